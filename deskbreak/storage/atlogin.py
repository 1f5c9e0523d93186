"""Whether deskbreak starts at login: what each system's answer has in common."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from pathlib import PurePath

    from deskbreak.core.words import Said

GONE: Final = N_("{path} starts {program}, which is not there")
"""Why it will not work, though it is switched on."""


@quick_dataclass(frozen=True, slots=True)
class Autostart:
    """Whether deskbreak starts at login, and what says so."""

    enabled: bool
    path: PurePath | None = None  # the entry that decides, on Windows in the registry; or none
    is_system: bool = False  # it is one for all users
    command: str = ""  # what is started
    why: Said | None = None  # why that will not work though it is enabled
