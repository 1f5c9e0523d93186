"""Every page there is, and the one way to serve them."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import SystemClock
from deskbreak.pages import guide, lookup, own_data, safety, settings_page, statistics, welcome, why
from deskbreak.pages.app import make_app
from deskbreak.pages.desk import Desk
from deskbreak.pages.entrance import Entrance
from deskbreak.pages.server import Server
from deskbreak.storage import files
from deskbreak.storage.layers import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.storage.files import Places

ROUTES: Final = (
    *guide.ROUTES,
    *lookup.ROUTES,
    *own_data.ROUTES,
    *safety.ROUTES,
    *settings_page.ROUTES,
    *statistics.ROUTES,
    *welcome.ROUTES,
    *why.ROUTES,
)

PAGES: Final[Mapping[str, str]] = MappingProxyType(
    {
        "safety": "/safety",
        "stats": "/stats",
        "settings": "/settings",
        "guide": "/guide",
        "welcome": "/welcome",
    }
)
"""What can be opened by name."""


def server(places: Places, entrance: Entrance | None = None) -> Server:
    """Return what serves the pages of the person whose files are at *places*.

    Raises:
        Refusal: It has no *entrance* yet, and the folder for one is in wrong hands.
    """
    clock = SystemClock()
    desk = Desk(places, clock.now, Settings.of(places))
    entrance = entrance or Entrance(files.runtime_folder(places), clock.boot_s)
    return Server(lambda made: make_app(made, desk, ROUTES, PAGES), entrance)
