"""Services on a bus that tell one yes or no, as desktops do: the test switches it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.doubles.peer import Peer, PeerError

if TYPE_CHECKING:
    from collections.abc import Callable

    Message = Any  # jeepney ships no types

NOTIFIER = "org.freedesktop.Notifications"
NOTIFIER_PATH = "/org/freedesktop/Notifications"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Flag(Peer):
    """Owns *names* from `start` to `stop`, and tells whether it is on."""

    def __init__(self, address: str, *names: str) -> None:
        super().__init__(address)
        self._names = names
        self.on = False
        self.is_mute = False  # takes calls and never answers them
        self.tell: Callable[[], None] = lambda: None  # emits what follows a change

    def start(self) -> None:
        super().start()
        for name in self._names:
            self.own(name)

    def switch(self, *, on: bool) -> None:
        self.on = on
        self.tell()

    def answers(
        self, interface: str, member: str, signature: str, value: Callable[[Message], Any]
    ) -> None:
        """Answer *member* with *value*, unless it is mute."""

        def perform(call: Message) -> tuple[Any, ...] | None:
            return None if self.is_mute else (value(call),)

        self.method(interface, member, signature, perform)

    def has_property(self, interface: str, name: str, value: Callable[[], tuple[str, Any]]) -> None:
        """Have a property, and no other one."""

        def get(call: Message) -> tuple[str, Any]:
            if call.body != (interface, name):
                raise PeerError(
                    "org.freedesktop.DBus.Error.InvalidArgs", "s", ("no such property",)
                )
            return value()

        self.answers(PROPERTIES, "Get", "v", get)

    def properties_changed(
        self, path: str, interface: str, name: str, value: tuple[str, Any]
    ) -> None:
        body: tuple[Any, ...] = (interface, {name: value}, [])
        self.emit(path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)


def plasma(address: str) -> Flag:
    """A notification service that has ``Inhibited``."""
    flag = Flag(address, NOTIFIER)
    flag.has_property(NOTIFIER, "Inhibited", lambda: ("b", flag.on))
    flag.tell = lambda: flag.properties_changed(
        NOTIFIER_PATH, NOTIFIER, "Inhibited", ("b", flag.on)
    )
    return flag


def notifier(address: str, name: str) -> Flag:
    """A notification service that has nothing but a name."""
    flag = Flag(address, NOTIFIER)
    flag.has_property("", "", lambda: ("b", False))

    def information(_call: Message) -> tuple[Any, ...]:
        return (name, "deskbreak", "1", "1.2")

    flag.method(NOTIFIER, "GetServerInformation", "ssss", information)
    return flag


def gnome_session(address: str) -> Flag:
    """GNOME's session manager: somebody inhibits that the session counts as idle."""
    name, path = "org.gnome.SessionManager", "/org/gnome/SessionManager"
    flag = Flag(address, name)
    flag.answers(name, "IsInhibited", "b", lambda call: flag.on and call.body == (8,))

    def tell() -> None:
        member = "InhibitorAdded" if flag.on else "InhibitorRemoved"
        flag.emit(path, name, member, "o", (f"{path}/Inhibitor1",))

    flag.tell = tell
    return flag


def kde_power(address: str) -> Flag:
    """Plasma's power management: somebody keeps the screen awake."""
    name = "org.kde.Solid.PowerManagement.PolicyAgent"
    flag = Flag(address, name)
    flag.answers(name, "HasInhibition", "b", lambda call: flag.on and call.body == (4,))

    def tell() -> None:
        body: tuple[list[Any], list[Any]] = ([], ["film"])
        if flag.on:
            body = ([("film", "playing")], [])
        path = "/org/kde/Solid/PowerManagement/PolicyAgent"
        flag.emit(path, name, "InhibitionsChanged", "a(ss)as", body)

    flag.tell = tell
    return flag


def power_manager(address: str) -> Flag:
    """The power manager of Xfce and others: somebody inhibits it."""
    name = "org.freedesktop.PowerManagement.Inhibit"
    flag = Flag(address, name)
    flag.answers(name, "HasInhibit", "b", lambda _: flag.on)
    path = "/org/freedesktop/PowerManagement/Inhibit"
    flag.tell = lambda: flag.emit(path, name, "HasInhibitChanged", "b", (flag.on,))
    return flag


def logind_inhibitors(address: str) -> Flag:
    """A logind that knows no session, and who inhibits what."""
    name, path = "org.freedesktop.login1", "/org/freedesktop/login1"
    manager = f"{name}.Manager"
    flag = Flag(address, name)

    def held() -> tuple[str, str]:
        return ("s", "sleep:idle:handle-lid-switch" if flag.on else "sleep:handle-lid-switch")

    flag.has_property(manager, "BlockInhibited", held)
    flag.tell = lambda: flag.properties_changed(path, manager, "BlockInhibited", held())
    return flag


def mutter_screencast(address: str) -> Flag:
    """GNOME's compositor, which has an object for each screen that is shared, and says no word."""
    name = "org.gnome.Mutter.ScreenCast"
    flag = Flag(address, name)

    def tree(_call: Message) -> str:
        if not flag.on:
            raise PeerError("org.freedesktop.DBus.Error.UnknownMethod", "s", ("no such object",))
        return '<node>\n  <node name="u1"/>\n</node>'

    flag.answers("org.freedesktop.DBus.Introspectable", "Introspect", "s", tree)
    return flag
