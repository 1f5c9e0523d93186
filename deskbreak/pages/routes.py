"""Every page there is, and the one way to serve them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import SystemClock
from deskbreak.pages import safety
from deskbreak.pages.app import make_app
from deskbreak.pages.desk import Desk
from deskbreak.pages.server import Server
from deskbreak.storage import files
from deskbreak.storage.layers import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from deskbreak.storage.files import Places

ROUTES: Final = (*safety.ROUTES,)

PAGES: Final[Mapping[str, str]] = MappingProxyType({"safety": "/safety"})
"""What can be opened by name."""


def server(places: Places, folder: Path | None = None) -> Server:
    """Return what serves the pages of the person whose files are at *places*.

    *folder* is for what only this person may read: the runtime folder, unless told otherwise.

    Raises:
        Refusal: The folder for it is in wrong hands.
    """
    clock = SystemClock()
    desk = Desk(places, clock.now, Settings.of(places))
    folder = folder or files.runtime_folder(places)
    return Server(lambda made: make_app(made, desk, ROUTES, PAGES), folder, clock.boot_s)
