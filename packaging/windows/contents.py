"""What goes into the Windows programs that no import names, and what stays out that some import names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path

HIDDEN: Final = (
    "pystray._win32",  # pystray makes the name of its module when it is imported
    "plyer.platforms.win.notification",  # plyer makes the name of this module when it is asked
    "anyio._backends._asyncio",  # the names of the others are in tables of anyio and uvicorn
    "uvicorn.lifespan.off",
    "uvicorn.protocols.http.h11_impl",
)
"""Modules that PyInstaller cannot see."""

REPLACEABLE: Final = ("pystray", "Xlib")
"""Under the LGPL: plain files, so that anybody can put another version in their place."""

LEFT_OUT: Final = {
    "Xlib": "for X11",
    "deskbreak.platforms.linux": "for Linux; so are our modules whose names end so",
    "deskbreak.platforms.macos": "for macOS; the same",
    "jeepney": "for Linux's message bus",
    "setuptools": "is there to build the programs",
    "PIL": "pystray's other systems draw with it; Windows' pictures are read as they are",
}
"""Modules that somebody's import names, and why nobody misses them; a test looks into ours."""

DATA: Final = (
    ("config", "deskbreak/_data/config"),
    ("icons", "deskbreak/_data/icons"),
    ("deskbreak/pages/templates", "deskbreak/pages/templates"),
    ("deskbreak/pages/static", "deskbreak/pages/static"),
)
"""Folders of the repository that are no modules, and where they are looked for."""


def foreign(root: Path) -> tuple[str, ...]:
    """Name the modules of deskbreak under *root* that are one other system's, as their names say."""
    paths = (
        path for end in ("linux", "macos", "xdg") for path in root.glob(f"deskbreak/**/*_{end}.py")
    )
    return tuple(sorted(".".join(path.relative_to(root).with_suffix("").parts) for path in paths))
