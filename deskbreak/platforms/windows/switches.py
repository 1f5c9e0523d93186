"""Whether Windows' notifications are switched off: it then takes a balloon, and shows none."""

from __future__ import annotations

import sys
from typing import Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

_FOLDER: Final = r"Microsoft\Windows\CurrentVersion\PushNotifications"
"""Source: "Turn off toast notifications", WPN.admx, Microsoft. What the person's own switch writes is
not documented, but what scripts that turn it write and read; no one has run this on Windows yet."""


def refuse_when_switched_off() -> None:
    """Raise `Unavailable` where the person or the organisation wants no notifications."""
    if _number(rf"Software\Policies\{_FOLDER}", "NoToastApplicationNotification") == 1:
        raise Unavailable(said(N_("your organisation has switched notifications off")))
    if _number(rf"Software\{_FOLDER}", "ToastEnabled") == 0:
        raise Unavailable(
            said(N_("notifications are switched off in Windows")),
            said(N_("switch them on: Settings, System, Notifications")),
        )


def _number(path: str, name: str) -> int | None:
    """Read a number from the person's part of the registry; None where there is none."""
    if sys.platform != "win32":
        return None
    import winreg

    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            value, _ = winreg.QueryValueEx(key, name)
    except OSError:
        return None
    return value if isinstance(value, int) else None
