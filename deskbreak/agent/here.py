"""Which desktop is this system's."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deskbreak.storage import files

if TYPE_CHECKING:
    from deskbreak.agent.desktop import Desktop, Given


def open_desktop(given: Given) -> Desktop:
    """Return the desktop of this system, with nothing opened yet but its bus, if it has one."""
    if sys.platform == "win32":
        from deskbreak.agent.desktop_native import NativeDesktop
        from deskbreak.platforms.windows.parts import WindowsParts

        return NativeDesktop(given, WindowsParts(files.bundled("icons", "taskbar"), given.duty))
    if sys.platform == "darwin":
        from deskbreak.agent.desktop_native import NativeDesktop
        from deskbreak.platforms.macos.parts import MacParts

        return NativeDesktop(given, MacParts(files.icon_theme(), given.duty))
    from deskbreak.agent.desktop_linux import LinuxDesktop

    return LinuxDesktop(given)
