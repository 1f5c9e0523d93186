"""The one notification that is no prompt: shown when asked for, or lying there for a missing tray."""

from __future__ import annotations

import threading
from collections import deque
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.plain import clipped, escaped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.platforms.linux import notify_service as service
from deskbreak.platforms.linux.notify_service import NAME, PATH, Memory, Service
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deskbreak.core.model import Command
    from deskbreak.core.notice import Notice
    from deskbreak.platforms.linux.bus import Bus, Signal
    from deskbreak.ports import OnCommand

_TITLE_UNITS: Final = 128
_BODY_UNITS: Final = 512
_LOW, _NORMAL = 0, 1
"""Urgency. Source: Desktop Notifications Specification 1.2; GNOME puts low ones into its list
without a banner."""
_FOR_THE_SERVER: Final = -1
_NEVER: Final = 0
_EARLY: Final = 8  # signals that may overtake the answer to the call they belong to
_CLICK: Final = "default"
"""The action of the notification itself, whose label few show. Source: as above."""


class NoticeBoard:
    """Shows one `Notice` at a time, through whoever owns ``org.freedesktop.Notifications``."""

    def __init__(  # noqa: PLR0913 - a board has these sides
        self,
        bus: Bus,
        on_command: OnCommand,
        icon: Path,
        *,
        remember: Path | None = None,
        clicked: Callable[[], None] = lambda: None,
        service_came: Callable[[], None] = lambda: None,
    ) -> None:
        """Prepare; nothing is asked of anybody yet.

        Args:
            bus: The session bus.
            on_command: Called with what a button wishes, on the bus thread or, where that was
                heard before the answer to `show`, on its thread. So is *clicked*.
            icon: The picture of the application, an absolute path.
            remember: A file in the runtime folder; what a killed agent left is then taken over.
            clicked: Called when the one that stays was clicked.
            service_came: Called on the bus thread when a service is there, or another one.
        """
        self._bus = bus
        self._on_command = on_command
        self._icon = str(icon)
        self._memory = Memory(remember)
        self._one_at_a_time = threading.Lock()
        self._lock = threading.Lock()
        self._up: tuple[str, int] | None = None  # owner and id of what is shown
        self._stays = False
        self._commands: Mapping[str, Command] = {}
        self._early: deque[Signal] = deque(maxlen=_EARLY)
        self.is_put_away = False
        """The person closed the one that lay there, or the service let it go."""
        self._clicked = clicked
        self._service_came = service_came
        bus.on_lost(lambda: self._owner_is(None))
        bus.watch_owner(NAME, self._owner_is)
        for member in ("ActionInvoked", "NotificationClosed"):
            bus.subscribe(self._heard, interface=NAME, member=member, sender=NAME, path=PATH)

    @property
    def lies_there(self) -> bool:
        """Whether one that stays is there."""
        with self._lock:
            return self._up is not None and self._stays

    @property
    def passes_by(self) -> bool:
        """Whether one that goes by itself is there."""
        with self._lock:
            return self._up is not None and not self._stays

    def can_stay(self) -> bool:
        """Ask whether a notification may lie there all day without being in anybody's way.

        That is where the service keeps a list of them, and has buttons. Elsewhere it would
        cover a part of the screen. At most 3 s.
        """
        try:
            if service.waits_to_be_started(self._bus):
                return False
            return {"actions", "persistence"} <= service.capabilities(self._bus)
        except Unavailable:
            return False

    def show(self, notice: Notice, *, stays: bool, aloud: bool) -> None:
        """Show *notice* in place of the one before. At most 10 s, never from the bus thread.

        Args:
            notice: What it says.
            stays: It lies there until `withdraw`, also when a button was pressed.
            aloud: It may come up on the screen; else it is only put into the list.

        Raises:
            Unavailable: It is not shown.
        """
        with self._one_at_a_time:
            can = service.capabilities(self._bus)
            owner, bus_id = self._bus.owner(NAME) or "", service.bus_id(self._bus)
            at = Service(owner, bus_id, "body-markup" in can, "actions" in can)
            with self._lock:
                replaces_id = self._up[1] if self._up and self._up[0] == at.owner else 0
                self._early.clear()
            replaces_id = replaces_id or self._memory.recall(at) or 0
            arguments = self._arguments(notice, at, replaces_id, stays=stays, aloud=aloud)
            match self._bus.call(NAME, PATH, NAME, "Notify", service.NOTIFY, arguments):
                case (int(note_id),) if note_id > 0:
                    early = self._took(at, note_id, notice, stays=stays)
                case _:
                    raise Unavailable(said(N_("the notification service answered nothing")))
        for signal in early:
            self._heard(signal)

    def withdraw(self) -> None:
        """Take what lies there away; no answer is waited for."""
        with self._lock:
            up, self._up = self._up, None
            self._memory.forget()
        if up is not None:
            self._close(*up)

    def _took(self, at: Service, note_id: int, notice: Notice, *, stays: bool) -> list[Signal]:
        """Take note of what is shown now; return what was heard before that."""
        with self._lock:
            self._up, self._stays = (at.owner, note_id), stays
            self._commands = {_key(wish.command): wish.command for wish in notice.wishes}
            self.is_put_away = False
            self._memory.keep(at, note_id)
            return list(self._early)

    def _arguments(
        self, notice: Notice, at: Service, replaces_id: int, *, stays: bool, aloud: bool
    ) -> tuple[object, ...]:
        body = clipped(plain(notice.body), _BODY_UNITS)
        buttons = [part for w in notice.wishes for part in (_key(w.command), one_line(w.label))]
        if stays:
            buttons = [_CLICK, one_line(notice.title), *buttons]
        hints: dict[str, tuple[str, Any]] = {
            "urgency": ("y", _NORMAL if aloud else _LOW),
            "category": ("s", "deskbreak.state"),
            "desktop-entry": ("s", "deskbreak"),
            "suppress-sound": ("b", True),
            "resident": ("b", stays),
            "transient": ("b", not stays),
        }
        return (
            "deskbreak",
            replaces_id,
            self._icon,
            clipped(one_line(notice.title), _TITLE_UNITS),
            escaped(body) if at.markup else body,
            buttons if at.buttons else [],
            hints,
            _NEVER if stays else _FOR_THE_SERVER,
        )

    # ── what the service says ──────────────────────────────────────────────────────────────

    def _owner_is(self, owner: str | None) -> None:
        with self._lock:
            if self._up is not None and self._up[0] != owner:
                self._up = None  # it went with its service
        if owner is not None:
            self._service_came()

    def _heard(self, signal: Signal) -> None:
        with self._lock:
            if self._up is None or (signal.sender, *signal.body[:1]) != self._up:
                self._early.append(signal)
                return
            match signal.member, signal.body:
                case "ActionInvoked", (int(), str(key)):
                    is_click = key == _CLICK and self._stays
                    command = self._commands.get(key)
                    closes = not self._stays
                case "NotificationClosed", (int(), int()):
                    self._up, self.is_put_away = None, self._stays
                    self._memory.forget()
                    return
                case _:
                    return
        if closes:
            self.withdraw()
        if is_click:
            self._clicked()
        if command is not None:
            self._on_command(command)

    def _close(self, owner: str, note_id: int) -> None:
        # To this very owner: at its successor the id is somebody else's.
        self._bus.post(owner, PATH, NAME, "CloseNotification", "u", (note_id,))


def _key(command: Command) -> str:
    """Name the action of *command*."""
    return f"{command.name} {command.argument}".rstrip()
