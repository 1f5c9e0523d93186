"""A notification service for tests: records every field, presses buttons, misbehaves on demand."""

from __future__ import annotations

import itertools
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tests.desktop.parts import wait_for
from tests.doubles.peer import Peer, PeerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    Message = Any  # jeepney ships no types

NAME = "org.freedesktop.Notifications"
PATH = "/org/freedesktop/Notifications"
FULL = ("actions", "body", "body-markup", "icon-static", "persistence")


@dataclass(frozen=True, slots=True)
class Note:
    """One `Notify`, every argument as it came; hints with their D-Bus types."""

    id: int
    app_name: str
    replaces_id: int
    app_icon: str
    summary: str
    body: str
    actions: tuple[str, ...]
    hints: Mapping[str, tuple[str, object]]
    expire_timeout: int


class NotificationServer(Peer):
    """Owns the well-known name from `start` to `stop`.

    Its faults can be set at any time; members are named as on the bus, e.g. ``Notify``.
    """

    def __init__(
        self,
        address: str,
        *,
        capabilities: Sequence[str] = FULL,
        first_id: int = 1,
        is_next: bool = False,
    ) -> None:
        super().__init__(address)
        self.capabilities = list(capabilities)
        self.notes: list[Note] = []
        self.on_screen: dict[int, Note] = {}
        self.closed: list[int] = []  # by CloseNotification, whether it was there or not
        self.calls: list[str] = []
        self.errors: dict[str, str] = {}  # member: name of the error that it answers
        self.mute: set[str] = set()  # done, but never answered
        self.deadly: set[str] = set()  # it ends, with the call in its hands
        self.rate_limit: int | None = None  # so many are shown, then none
        self.pressed_first: str | None = None  # its signal overtakes the answer to `Notify`
        self._is_next = is_next  # it waits for the name
        self._ids = itertools.count(first_id)
        self._thawed = threading.Event()
        self._thawed.set()
        self.method(NAME, "GetCapabilities", "as", self._capabilities)
        self.method(NAME, "GetServerInformation", "ssss", self._information)
        self.method("org.freedesktop.DBus.Peer", "Ping", "", self._ping)
        self.method(NAME, "Notify", "u", self._notify)
        self.method(NAME, "CloseNotification", "", self._close)

    def start(self) -> None:
        super().start()
        if self._is_next:
            self.own_next(NAME)
        else:
            self.own(NAME)

    def stop(self) -> None:
        self._thawed.set()
        super().stop()

    def freeze(self) -> None:
        """Answer nobody until `thaw`, as one that was stopped: what came meanwhile is done then."""
        self._thawed.clear()

    def thaw(self) -> None:
        self._thawed.set()

    def answers(self, member: str, signature: str, *body: object) -> None:
        """From now on answer *member* with this, whatever its type should be."""
        self.method(NAME, member, signature, lambda call: self._did(member, call, body))

    def note(self, number: int = 1) -> Note:
        """Wait for that many notifications; return the last of them."""
        wait_for(lambda: len(self.notes) >= number, what=f"{number} notifications")
        return self.notes[number - 1]

    def press(self, note_id: int, action: str, *, then_close: bool = True) -> None:
        """Do as when a person presses a button; most services then close it by themselves."""
        self.emit(PATH, NAME, "ActivationToken", "us", (note_id, "token"))
        self.emit(PATH, NAME, "ActionInvoked", "us", (note_id, action))
        if then_close:
            self.close(note_id, 2)

    def close(self, note_id: int, reason: int) -> None:
        """Take it from the screen; reason 1: expired, 2: closed by the person, 3: by its sender."""
        if self.on_screen.pop(note_id, None) is not None:
            self.emit(PATH, NAME, "NotificationClosed", "uu", (note_id, reason))

    def _capabilities(self, call: Message) -> tuple[Any, ...] | None:
        return self._did("GetCapabilities", call, (self.capabilities,))

    def _information(self, call: Message) -> tuple[Any, ...] | None:
        body = ("double", "deskbreak", "1", "1.2")
        return self._did("GetServerInformation", call, body)

    def _ping(self, call: Message) -> tuple[Any, ...] | None:
        return self._did("Ping", call, ())

    def _notify(self, call: Message) -> tuple[Any, ...] | None:
        self._did("Notify", call, ())
        if self.rate_limit is not None and len(self.notes) >= self.rate_limit:
            raise PeerError(f"{NAME}.Error.ExcessNotificationGeneration")
        app_name, replaces_id, icon, summary, body, actions, hints, expire_timeout = call.body
        note_id = replaces_id if replaces_id in self.on_screen else next(self._ids)
        buttons = tuple(actions)
        self.on_screen[note_id] = Note(
            note_id, app_name, replaces_id, icon, summary, body, buttons, hints, expire_timeout
        )
        self.notes.append(self.on_screen[note_id])
        if self.pressed_first is not None:
            self.press(note_id, self.pressed_first)
        return None if "Notify" in self.mute else (note_id,)

    def _close(self, call: Message) -> tuple[Any, ...] | None:
        self._did("CloseNotification", call, ())
        self.closed.append(call.body[0])
        self.close(call.body[0], 3)
        return ()

    def _did(self, member: str, call: Message, body: tuple[Any, ...]) -> tuple[Any, ...] | None:
        self._thawed.wait()
        self.calls.append(member)
        if member in self.deadly:
            self.die()
        if member in self.errors:
            raise PeerError(self.errors[member], "s", ("as the test wants it",))
        return None if member in self.mute else body
