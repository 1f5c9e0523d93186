"""Whether deskbreak starts at login, as each system has it; switched on and off."""

from __future__ import annotations

import sys

from deskbreak.storage.atlogin import Autostart

if sys.platform == "win32":
    from deskbreak.storage import autostart_windows as system
elif sys.platform == "darwin":
    from deskbreak.storage import autostart_macos as system
else:
    from deskbreak.storage import autostart_xdg as system

__all__ = ["Autostart", "disable", "enable", "state"]


def state() -> Autostart:
    """Read whether deskbreak starts at login.

    Raises:
        Refusal: It cannot be read.
    """
    return system.state()


def enable() -> Autostart:
    """Let deskbreak start at login; return how that stands then. Two disk syncs at most.

    An entry for all users that does so is enough.

    Raises:
        Refusal: Nothing could start it, or the entry cannot be written.
    """
    return system.enable()


def disable() -> Autostart:
    """Let deskbreak not start at login; return how that stands then. Two disk syncs at most.

    Raises:
        Refusal: The entry cannot be written, or is not the user's to switch off.
    """
    return system.disable()
