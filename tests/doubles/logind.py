"""A logind for tests: sessions that the test locks, leaves, puts to sleep and forgets."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from tests.doubles.peer import Peer, PeerError

if TYPE_CHECKING:
    from collections.abc import Callable

    Message = Any

NAME = "org.freedesktop.login1"
MANAGER_PATH = "/org/freedesktop/login1"
MANAGER = "org.freedesktop.login1.Manager"
SESSION = "org.freedesktop.login1.Session"
USER = "org.freedesktop.login1.User"
PROPERTIES = "org.freedesktop.DBus.Properties"


@dataclass(slots=True)
class Login:
    """One session of somebody."""

    number: str
    hint: bool = False
    active: bool = True
    kind: str = "user"
    pids: set[int] = field(default_factory=set)

    @property
    def path(self) -> str:
        return f"{MANAGER_PATH}/session/_3{self.number}"

    @property
    def properties(self) -> dict[str, tuple[str, object]]:
        return {
            "Id": ("s", self.number),
            "Class": ("s", self.kind),
            "Active": ("b", self.active),
            "LockedHint": ("b", self.hint),
        }


class Logind:
    """Owns the well-known name on the bus at *address* from `start` to `stop`."""

    def __init__(self, address: str, *logins: Login) -> None:
        self.logins = {login.number: login for login in logins}
        self.display: str | None = None  # number of the session that the user looks at
        self.preparing = False
        self.unready = 0  # so many lookups of a session fail first
        self.on_read: Callable[[], None] = lambda: None  # right after a state was answered
        self._address = address
        self._peer: Peer | None = None

    def start(self) -> None:
        self._peer = Peer(self._address)
        self._peer.method(MANAGER, "GetSession", "o", self._by_number)
        self._peer.method(MANAGER, "GetSessionByPID", "o", self._by_pid)
        self._peer.method(MANAGER, "GetUser", "o", self._by_uid)
        self._peer.method(PROPERTIES, "Get", "v", self._get)
        self._peer.method(PROPERTIES, "GetAll", "a{sv}", self._get_all)
        self._peer.start()
        self._peer.own(NAME)

    def stop(self) -> None:
        """Go at once, as a crash would."""
        if self._peer is not None:
            self._peer.stop()
        self._peer = None

    def wish(self, member: str, number: str = "1") -> None:
        """Send ``Lock`` or ``Unlock``, as loginctl would have it."""
        self._emit(self.logins[number].path, SESSION, member)

    def set(
        self, number: str = "1", *, hint: bool | None = None, active: bool | None = None
    ) -> None:
        """Change a session and tell everybody."""
        login = self.logins[number]
        login.hint = login.hint if hint is None else hint
        login.active = login.active if active is None else active
        names = {"LockedHint": hint, "Active": active}
        changed = {name: ("b", value) for name, value in names.items() if value is not None}
        self._emit(login.path, PROPERTIES, "PropertiesChanged", "sa{sv}as", (SESSION, changed, []))

    def invalidate(self, name: str, number: str = "1") -> None:
        """Tell that *name* changed, but not to what."""
        body: tuple[Any, ...] = (SESSION, {}, [name])
        self._emit(self.logins[number].path, PROPERTIES, "PropertiesChanged", "sa{sv}as", body)

    def sleep(self, *, begins: bool) -> None:
        self.preparing = begins
        self._emit(MANAGER_PATH, MANAGER, "PrepareForSleep", "b", (begins,))

    def _emit(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
    ) -> None:
        assert self._peer is not None, "not started"
        self._peer.emit(path, interface, member, signature, body)

    def _by_number(self, call: Message) -> tuple[Any, ...]:
        return (self._path_of(self.logins.get(call.body[0])),)

    def _by_pid(self, call: Message) -> tuple[Any, ...]:
        wanted = (login for login in self.logins.values() if call.body[0] in login.pids)
        return (self._path_of(next(wanted, None)),)

    def _by_uid(self, call: Message) -> tuple[Any, ...]:
        if sys.platform == "win32" or call.body[0] != os.getuid():
            raise PeerError("org.freedesktop.login1.NoSuchUser", "s", ("no such user",))
        return (f"{MANAGER_PATH}/user/self",)

    def _path_of(self, login: Login | None) -> str:
        self.unready -= 1
        if login is None or self.unready >= 0:
            raise PeerError("org.freedesktop.login1.NoSuchSession", "s", ("no such session",))
        return login.path

    def _get(self, call: Message) -> tuple[Any, ...]:
        match call.body:
            case (interface, "PreparingForSleep") if interface == MANAGER:
                return (("b", self.preparing),)
            case (interface, "Display") if interface == USER:
                login = self.logins.get(self.display or "")
                return (("(so)", ("", "/") if login is None else (login.number, login.path)),)
        raise PeerError("org.freedesktop.DBus.Error.UnknownProperty", "s", (repr(call.body),))

    def _get_all(self, call: Message) -> tuple[Any, ...]:
        from jeepney import HeaderFields

        path = call.header.fields[HeaderFields.path]
        for login in self.logins.values():
            if login.path == path:
                answer = login.properties
                self.on_read()
                return (answer,)
        raise PeerError("org.freedesktop.DBus.Error.UnknownObject", "s", (path,))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
