"""Whether a program keeps the screen awake, as a film or a presentation does.

Source: org.gnome.SessionManager of gnome-session; PolicyAgent of PowerDevil; org.freedesktop.
PowerManagement.Inhibit; org.freedesktop.login1(5).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.platforms.linux.hold_bus import BusFlag, News, call, changes, get, require

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.watcher import Watcher

GNOME: Final = "org.gnome.SessionManager"
_GNOME_PATH: Final = "/org/gnome/SessionManager"
_GNOME_IDLE: Final = 8  # what is inhibited: that the session is marked as idle
KDE: Final = "org.kde.Solid.PowerManagement.PolicyAgent"
_KDE_PATH: Final = "/org/kde/Solid/PowerManagement/PolicyAgent"
_KDE_SCREEN: Final = 4  # ChangeScreenSettings
POWER: Final = "org.freedesktop.PowerManagement.Inhibit"
_POWER_PATH: Final = "/org/freedesktop/PowerManagement/Inhibit"
_LOGIND: Final = "org.freedesktop.login1"
_LOGIND_PATH: Final = "/org/freedesktop/login1"
_LOGIND_MANAGER: Final = "org.freedesktop.login1.Manager"


def gnome(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open GNOME's session manager; MATE's and Cinnamon's go by the same name.

    Raises:
        Unavailable: There is none.
    """

    def read() -> bool:
        asked = (_GNOME_IDLE,)
        return bool(call(bus, GNOME, _GNOME_PATH, GNOME, "IsInhibited", "u", asked))

    require(bus, GNOME)
    members = ("InhibitorAdded", "InhibitorRemoved")
    news = [News(GNOME, member, GNOME, _GNOME_PATH) for member in members]
    return BusFlag("gnome", bus, watcher, changed, read, news)


def kde(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open Plasma's power management.

    Raises:
        Unavailable: There is none.
    """

    def read() -> bool:
        return bool(call(bus, KDE, _KDE_PATH, KDE, "HasInhibition", "u", (_KDE_SCREEN,)))

    require(bus, KDE)
    news = News(KDE, "InhibitionsChanged", KDE, _KDE_PATH)
    return BusFlag("kde", bus, watcher, changed, read, [news])


def power(bus: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open the power manager of Xfce and others.

    Raises:
        Unavailable: There is none.
    """

    def read() -> bool:
        return bool(call(bus, POWER, _POWER_PATH, POWER, "HasInhibit"))

    require(bus, POWER)
    news = News(POWER, "HasInhibitChanged", POWER, _POWER_PATH)
    return BusFlag("freedesktop", bus, watcher, changed, read, [news])


def logind(system: Bus, watcher: Watcher, changed: Callable[[], None]) -> BusFlag:
    """Open logind, whose list of inhibitors all desktops share.

    Raises:
        Unavailable: No system bus, or no logind.
    """

    def read() -> bool:
        held = get(system, _LOGIND, _LOGIND_PATH, _LOGIND_MANAGER, "BlockInhibited")
        return "idle" in str(held).split(":")

    system.start()
    require(system, _LOGIND)
    news = changes(_LOGIND_MANAGER, _LOGIND, _LOGIND_PATH)
    return BusFlag("logind", system, watcher, changed, read, [news])
