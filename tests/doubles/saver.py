"""A screen saver on a session bus, as the lockers of desktops without logind have it."""

from __future__ import annotations

from tests.doubles.peer import Peer, PeerError


class Saver:
    """Owns *name*, which is its interface as well, until `stop`."""

    def __init__(self, address: str, name: str) -> None:
        self.name = name
        self.active = False
        self.answers = True
        self._peer = Peer(address)
        self._peer.method(name, "GetActive", "b", lambda _: self._get_active())
        self._peer.start()
        self._peer.own(name)

    def _get_active(self) -> tuple[bool]:
        if not self.answers:
            raise PeerError("org.freedesktop.DBus.Error.NotSupported")
        return (self.active,)

    def set(self, *, active: bool) -> None:
        """Come on, or go off, and tell everybody."""
        self.active = active
        path = "/" + self.name.replace(".", "/")
        self._peer.emit(path, self.name, "ActiveChanged", "b", (active,))

    def stop(self) -> None:
        """Go from the bus at once, as a crash would."""
        self._peer.stop()
