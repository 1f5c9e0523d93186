"""Remedies as commands of the system at hand."""

from __future__ import annotations

import os
from typing import Final

_INSTALLERS: Final = (
    ("/usr/bin/apt-get", "sudo apt install"),
    ("/usr/bin/dnf", "sudo dnf install"),
    ("/usr/bin/pacman", "sudo pacman -S"),
    ("/usr/bin/zypper", "sudo zypper install"),
    ("/sbin/apk", "sudo apk add"),
)
"""Where each is, and how it is told to install something. Source: their manual pages."""


def install(package: str, **others: str) -> str | None:
    """Return the command that installs *package* here; None where nobody knows one.

    Args:
        package: Its name on Debian.
        **others: Its other names, by the program that installs it: ``dnf="libnotify"``.
    """
    for path, command in _INSTALLERS:
        if os.access(path, os.X_OK):
            return f"{command} {others.get(path.rpartition('/')[2], package)}"
    return None
