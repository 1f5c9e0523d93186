"""Whether a panel shows our tray item, and if not, why and what helps here."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.bus import Refused
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus

WATCHER: Final = "org.kde.StatusNotifierWatcher"
WATCHER_PATH: Final = "/StatusNotifierWatcher"
ITEM: Final = "org.kde.StatusNotifierItem"
ITEM_PATH: Final = "/StatusNotifierItem"
GNOME_SHELL: Final = "org.gnome.Shell"

_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_XFCE_PANEL: Final = "org.xfce.Panel"
_ASK_S: Final = 1.0  # ours: a panel that takes longer draws nothing either

_EXTENSIONS: Final = ("ubuntu-appindicators@ubuntu.com", "appindicatorsupport@rgcjonas.gmail.com")
"""One program under two names. Source: metadata.json of Debian's and of the author's package."""

_SHARED: Final = ("/usr/local/share", "/usr/share")

_INSTALL: Final = {
    "apt-get": "sudo apt install gnome-shell-extension-appindicator",
    "dnf": "sudo dnf install gnome-shell-extension-appindicator",
    "pacman": "sudo pacman -S gnome-shell-extension-appindicator",
}
"""Source: the package lists of Debian 12, Fedora 40 and Arch Linux."""


@quick_dataclass(frozen=True, slots=True)
class TrayStatus:
    """Whether a panel shows our item, and if not, why and what helps."""

    registered: bool
    reason: Said | None = None
    remedy: Said | None = None

    @property
    def is_shown(self) -> bool:
        """Whether a person can see it."""
        return self.registered and self.reason is None


NO_WATCHER: Final = said(N_("this desktop has no place for tray items"))
_NO_HOST: Final = said(N_("the desktop knows our tray item, but no panel shows it"))
NOT_THERE: Final = said(N_("the desktop does not know our tray item"))


def tray_status(bus: Bus, name: str | None) -> TrayStatus:
    """Ask the desktop whether it shows the item whose id is *name*. Never from the bus thread.

    None asks whether it would show one: nobody has offered any yet.
    """
    try:
        if bus.owner(WATCHER) is None:
            return TrayStatus(registered=False, reason=NO_WATCHER, remedy=remedy(bus))
        has_host = draws_items(bus, WATCHER)
        entries = _property(bus, WATCHER, WATCHER_PATH, WATCHER, "RegisteredStatusNotifierItems")
        is_there = name is None or (
            isinstance(entries, list) and any(_has_id(bus, e, name) for e in entries)
        )
    except Unavailable as refusal:
        return TrayStatus(registered=False, reason=refusal.why, remedy=refusal.remedy)
    if not is_there:
        return TrayStatus(registered=False, reason=NOT_THERE)
    if not has_host:
        return unseen(bus, registered=name is not None)
    return TrayStatus(registered=name is not None)


def unseen(bus: Bus, *, registered: bool) -> TrayStatus:
    """Tell that there is a watcher, and no panel behind it. Asks the bus."""
    return TrayStatus(registered, _NO_HOST if registered else NO_WATCHER, remedy(bus))


def draws_items(bus: Bus, watcher: str) -> bool:
    """Ask *watcher* whether a panel stands behind it; one that does not know the question is one.

    Raises:
        Unavailable: It does not answer.
    """
    try:
        has_host = _property(bus, watcher, WATCHER_PATH, WATCHER, "IsStatusNotifierHostRegistered")
    except Refused:
        return True
    return bool(has_host)


def remedy(bus: Bus) -> Said:
    """Say how this desktop comes to a tray, as a command where there is one. Asks the bus."""
    try:
        if bus.owner(GNOME_SHELL) is not None:
            return _on_gnome()
        if bus.owner(_XFCE_PANEL) is not None:
            return said(N_("add one to the panel: {command}"), command="xfce4-panel --add=systray")
    except Unavailable:
        pass  # what helps in general helps then as well
    return said(
        N_("on GNOME, the AppIndicator extension adds one; notifications and commands work without")
    )


def _on_gnome() -> Said:
    data = os.environ.get("XDG_DATA_HOME") or "~/.local/share"
    folders = [Path(data).expanduser(), *map(Path, _SHARED)]
    for name in _EXTENSIONS:
        if any((folder / "gnome-shell/extensions" / name).is_dir() for folder in folders):
            then = N_("switch the AppIndicator extension on: {command}")
            return said(then, command=f"gnome-extensions enable {name}")
    for program, command in _INSTALL.items():
        if shutil.which(program) is not None:
            then = N_("install the AppIndicator extension, then log out and in again: {command}")
            return said(then, command=command)
    return said(
        N_("install the extension “AppIndicator and KStatusNotifierItem Support”: {address}"),
        address="https://extensions.gnome.org/extension/615/appindicator-support/",
    )


def _property(bus: Bus, owner: str, path: str, interface: str, name: str) -> object:
    answer = bus.call(owner, path, _PROPERTIES, "Get", "ss", (interface, name), timeout_s=_ASK_S)
    value: object = answer[0][1]
    return value


def _has_id(bus: Bus, entry: str, name: str) -> bool:
    """Whether *entry* of the watcher's list, such as ``:1.7/StatusNotifierItem``, is our item."""
    owner, slash, path = entry.partition("/")
    owner = owner.partition("@")[0]  # the AppIndicator extension writes ``:1.7@/path``
    try:
        return _property(bus, owner, slash + path or ITEM_PATH, ITEM, "Id") == name
    except (Unavailable, ValueError):
        return False  # somebody else's item, and it does not answer
