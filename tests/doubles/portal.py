"""A desktop portal for tests: keeps what it is given, presses buttons, misbehaves on demand."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tests.desktop.parts import wait_for
from tests.doubles.peer import Peer, PeerError

if TYPE_CHECKING:
    Message = Any  # jeepney ships no types

NAME = "org.freedesktop.portal.Desktop"
PATH = "/org/freedesktop/portal/desktop"
INTERFACE = "org.freedesktop.portal.Notification"
PROPERTIES = "org.freedesktop.DBus.Properties"


class Portal(Peer):
    """Owns the portal's name from `start` to `stop`. Its faults can be set at any time."""

    def __init__(self, address: str) -> None:
        super().__init__(address)
        self.added: list[dict[str, tuple[str, Any]]] = []  # every one, with its D-Bus types
        self.on_screen: dict[str, dict[str, tuple[str, Any]]] = {}
        self.removed: list[str] = []
        self.error: str | None = None  # what it answers to AddNotification
        self.has_notifications = True
        self._thawed = threading.Event()
        self._thawed.set()
        self.method(PROPERTIES, "Get", "v", self._get)
        self.method(INTERFACE, "AddNotification", "", self._add)
        self.method(INTERFACE, "RemoveNotification", "", self._remove)

    def start(self) -> None:
        super().start()
        self.own(NAME)

    def stop(self) -> None:
        self._thawed.set()
        super().stop()

    def freeze(self) -> None:
        """Answer nobody until `thaw`; what came meanwhile is done then."""
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()

    def note(self, number: int = 1) -> dict[str, tuple[str, Any]]:
        """Wait for that many notifications; return the last of them."""
        wait_for(lambda: len(self.added) >= number, what=f"{number} notifications")
        return self.added[number - 1]

    def press(self, action: str, note_id: str = "prompt", target: str | None = None) -> None:
        """Do as when a person presses a button: the target comes back as it was given."""
        note = self.on_screen.get(note_id, {})
        if target is None and action == note.get("default-action", ("", ""))[1]:
            target = note["default-action-target"][1]
        elif target is None:
            buttons = note.get("buttons", ("", []))[1]
            target = next((b["target"][1] for b in buttons if b["action"][1] == action), None)
        parameter = [] if target is None else [("s", target)]
        self.emit(PATH, INTERFACE, "ActionInvoked", "ssav", (note_id, action, parameter))

    def settle(self) -> None:
        """See that all it has said is with the daemon."""
        self.daemon("GetId", "")

    def _get(self, call: Message) -> tuple[Any, ...]:
        self._thawed.wait()
        if call.body[0] != INTERFACE or not self.has_notifications:
            raise PeerError("org.freedesktop.DBus.Error.InvalidArgs", "s", ("No such interface",))
        return (("u", 1),)

    def _add(self, call: Message) -> tuple[Any, ...]:
        self._thawed.wait()
        if self.error is not None:
            raise PeerError(self.error, "s", ("as the test wants it",))
        note_id, note = call.body
        self.added.append(note)
        self.on_screen[note_id] = note
        return ()

    def _remove(self, call: Message) -> tuple[Any, ...]:
        self._thawed.wait()
        self.removed.append(call.body[0])
        self.on_screen.pop(call.body[0], None)
        return ()
