"""What goes into the Windows programs that no import names, and what stays out that some import names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN: Final = (
    "pystray._win32",  # pystray makes the name of its module when it is imported
    "plyer.platforms.win.notification",  # plyer makes the name of this module when it is asked
)
"""Modules that PyInstaller cannot see."""

REPLACEABLE: Final = ("pystray", "Xlib")
"""Under the LGPL: plain files, so that anybody can put another version in their place."""

LEFT_OUT: Final = {
    "Xlib": "for X11",
    "deskbreak.platforms.linux": "for Linux; so are our modules whose names end so",
    "deskbreak.platforms.macos": "for macOS; the same",
    "jeepney": "for Linux's message bus",
    "asyncio": "APScheduler wants one function of it, which deskbreak.agent.pulse replaces",
    "multiprocessing": "for APScheduler's pools of processes, of which we use none",
    "ssl": "for asyncio; deskbreak makes no network connection",
    "_hashlib": "OpenSSL, 5 MB; Python has the hashes that we use itself",
    "setuptools": "is there to build the programs",
    "PIL": "pystray's other systems draw with it; Windows' pictures are read as they are",
}
"""Modules that somebody's import names, and why nobody misses them; a test looks into ours."""


def foreign(root: Path) -> tuple[str, ...]:
    """Name the modules of deskbreak under *root* that are one other system's, as their names say."""
    paths = (
        path for end in ("linux", "macos", "xdg") for path in root.glob(f"deskbreak/**/*_{end}.py")
    )
    return tuple(sorted(".".join(path.relative_to(root).with_suffix("").parts) for path in paths))
