"""What an administrator has set on this computer: read as it stands, judged in the core."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.managed import Document


def read() -> tuple[Document, ...]:
    """Return everything that an administrator has set, weakest first. Never raises.

    Its place is fixed: no argument, setting or variable of the environment moves it.
    """
    if sys.platform == "win32":
        from deskbreak.policy import windows

        return windows.read()
    if sys.platform == "darwin":
        from deskbreak.policy import macos

        return macos.read()
    from deskbreak.policy import linux

    return linux.read()


def folders() -> tuple[Path, ...]:
    """Return the folders in which a change can be noticed as it happens."""
    if sys.platform != "linux":
        return ()
    from deskbreak.policy import linux

    return linux.folders()


def stamp() -> object:
    """Return what is another value when `read` may return something else; at most a few looks."""
    if sys.platform == "win32":
        from deskbreak.policy import windows

        return windows.stamp()
    if sys.platform == "darwin":
        from deskbreak.policy import macos

        return macos.stamp()
    from deskbreak.policy import linux

    return linux.stamp()
