"""Where a person's files are, as each system is told it."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

# Windows tells it by itself; of these, platformdirs believes the last two.
_WINDOWS: Final = {
    "USERPROFILE": "",
    "APPDATA": "AppData/Roaming",
    "LOCALAPPDATA": "AppData/Local",
    "WIN_PD_OVERRIDE_APPDATA": "AppData/Roaming",
    "WIN_PD_OVERRIDE_LOCAL_APPDATA": "AppData/Local",
}

NO_BROWSER: Final = "/nowhere/browser"
"""BROWSER of a person who has none: a first start opens no page, and the menu offers none."""


def folders(home: Path) -> dict[str, str]:
    """Return what says that *home* is the home, and where the folders below it are."""
    if sys.platform != "win32":
        return {"HOME": str(home)}
    return {"HOME": str(home)} | {name: str(home / each) for name, each in _WINDOWS.items()}


def needed() -> dict[str, str]:
    """Return that of this environment without which no program of this system starts."""
    names = (
        ("PATH", "PATHEXT", "SYSTEMROOT", "TEMP", "TMP") if sys.platform == "win32" else ("PATH",)
    )
    return {name: os.environ[name] for name in names if name in os.environ}
