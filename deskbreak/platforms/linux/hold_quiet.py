"""Whether the person has asked the desktop for quiet: do not disturb, in each desktop's own way.

Source: KDE's Inhibited, dunst's dunst(5) and dbus.c, gsettings-desktop-schemas, xfce4-notifyd,
xfce4-power-manager and xfconf.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.bus import Refused
from deskbreak.platforms.linux.hold_bus import ANSWER_S, BusFlag, News, call, changes, get, require
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.watcher import Watcher

NOTIFIER: Final = "org.freedesktop.Notifications"
_NOTIFIER_PATH: Final = "/org/freedesktop/Notifications"
_DUNST: Final = "org.dunstproject.cmd0"
_GNOME_SCHEMA: Final = "org.gnome.desktop.notifications"
_GNOME_KEY: Final = "show-banners"
_GNOME_FOLDER: Final = "/org/gnome/desktop/notifications/"
_DCONF: Final = "ca.desrt.dconf"
_DCONF_PATH: Final = "/ca/desrt/dconf/Writer/user"
_DCONF_WRITER: Final = "ca.desrt.dconf.Writer"
POWER_MANAGER: Final = "org.xfce.PowerManager"
XFCONF: Final = "org.xfce.Xfconf"
_XFCONF_PATH: Final = "/org/xfce/Xfconf"


def inhibited(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open what Plasma tells, and others that have the same property: also what is shared there.

    Raises:
        Unavailable: There is no notification service, or it does not tell.
    """

    def read() -> bool:
        return bool(get(bus, NOTIFIER, _NOTIFIER_PATH, NOTIFIER, "Inhibited"))

    require(bus, NOTIFIER)
    news = changes(NOTIFIER, NOTIFIER, _NOTIFIER_PATH)
    return BusFlag("inhibited", bus, watcher, changed, read, [news])


def dunst(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open what dunst tells (1.6 and later): it is paused.

    Raises:
        Unavailable: The notification service is another one.
    """

    def read() -> bool:
        return bool(get(bus, NOTIFIER, _NOTIFIER_PATH, _DUNST, "paused"))

    require(bus, NOTIFIER)
    news = changes(_DUNST, NOTIFIER, _NOTIFIER_PATH)
    return BusFlag("dunst", bus, watcher, changed, read, [news])


def gnome(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open GNOME's own setting, which its own shell follows.

    Raises:
        Unavailable: The notification service is another one, or the setting cannot be read.
    """
    _serves(bus, "gnome-shell")
    keys = (f"{_GNOME_FOLDER}{_GNOME_KEY}", _GNOME_FOLDER)  # alone, or among others of its folder
    news = [News(_DCONF_WRITER, "Notify", _DCONF, _DCONF_PATH, key) for key in keys]
    return BusFlag("gnome", bus, watcher, changed, _banners_are_off, news)


def xfce(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open the setting of Xfce's notification service.

    Raises:
        Unavailable: The notification service is another one, or the setting cannot be read.
    """
    _serves(bus, "Xfce Notify Daemon")
    return _xfconf("xfce", "xfce4-notifyd", "/do-not-disturb", bus, watcher, changed)


def xfce_presentation(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open the presentation mode of Xfce's power manager.

    Raises:
        Unavailable: There is no such power manager, or the setting cannot be read.
    """
    require(bus, POWER_MANAGER)
    key = "/xfce4-power-manager/presentation-mode"
    return _xfconf("xfce", "xfce4-power-manager", key, bus, watcher, changed)


def _xfconf(  # noqa: PLR0913, PLR0917 - a setting and who wants to know it
    name: str,
    channel: str,
    key: str,
    bus: Bus,
    watcher: Watcher,
    changed: Callable[[], None],
) -> BusFlag:
    def read() -> bool:
        try:
            found = call(bus, XFCONF, _XFCONF_PATH, XFCONF, "GetProperty", "ss", (channel, key))
        except Refused as refused:
            if refused.error.startswith("org.xfce.Xfconf.Error."):
                return False  # nobody has ever switched it
            raise
        return bool(found[1])

    require(bus, XFCONF)
    members = ("PropertyChanged", "PropertyRemoved")
    news = [News(XFCONF, member, XFCONF, _XFCONF_PATH, channel) for member in members]
    return BusFlag(name, bus, watcher, changed, read, news)


def _serves(bus: Bus, name: str) -> None:
    """Make sure that who shows notifications is *name*: another one heeds other settings."""
    require(bus, NOTIFIER)
    found = call(bus, NOTIFIER, _NOTIFIER_PATH, NOTIFIER, "GetServerInformation")
    if found != name:
        raise Unavailable(said(N_("notifications are shown by {name}"), name=found))


def _banners_are_off() -> bool:
    """Read GNOME's setting; the file that holds it has no other reader that is small.

    Raises:
        Unavailable: There is no gsettings, or no such setting.
    """
    import subprocess  # 1 MB, and needed on GNOME alone

    argv = ["gsettings", "get", _GNOME_SCHEMA, _GNOME_KEY]
    try:
        ran = subprocess.run(argv, capture_output=True, timeout=ANSWER_S, check=True)
    except FileNotFoundError as error:
        why = said(N_("{program} is not installed"), program="gsettings")
        raise Unavailable(why, said(N_("install the package libglib2.0-bin"))) from error
    except (OSError, subprocess.SubprocessError) as error:
        raise Unavailable(said(N_("the settings of GNOME cannot be read"))) from error
    return ran.stdout.strip() == b"false"
