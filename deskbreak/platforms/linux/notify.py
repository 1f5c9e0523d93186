"""Prompts as desktop notifications with buttons, over D-Bus: one at a time, replaced and closed."""

from __future__ import annotations

import contextlib
import threading
from collections import deque
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_
from deskbreak.platforms.linux import notify_service as service
from deskbreak.platforms.linux.bus import Late, Refused
from deskbreak.platforms.linux.notify_service import NAME, PATH, Memory, Service
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deskbreak.core.model import Choice, PromptView
    from deskbreak.core.words import Words
    from deskbreak.platforms.linux.bus import Bus, Signal
    from deskbreak.ports import OnAnswer

_LATE_S: Final = 600.0
"""So long we listen for an answer that comes too late, to close what it shows. Our own choice."""

_EARLY: Final = 16
"""Signals that we keep while we do not know our id yet. Our own choice; one is usual."""


@quick_dataclass(frozen=True, slots=True)
class _Live:
    """Our notification that is on the screen."""

    id: int
    at: Service
    episode: int
    choices: Mapping[str, Choice]  # by action


class _Attempt:
    """One call of `Notify`, on a thread of its own: its answer may come when nobody waits."""

    def __init__(self, view: PromptView) -> None:
        self.view = view
        self.done = threading.Event()
        self.abandoned = False
        self.refused: Unavailable | None = service.stuck()  # until we know better


class FreedesktopChannel:
    """Shows prompts with buttons through whoever owns ``org.freedesktop.Notifications``.

    Only a button is an answer; that a notification expired or was closed is none.
    """

    name = "freedesktop"

    def __init__(  # noqa: PLR0913 - each is one thing that it cannot know
        self,
        bus: Bus,
        on_answer: OnAnswer,
        *,
        words: Words,
        icon: Path | None = None,
        remember: Path | None = None,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        """Find the service, and close what an agent that was killed left on the screen.

        A service that does not run, but that the bus can start, is left alone until the first
        prompt: started at login it could take the name before the desktop's own one does.

        Args:
            bus: The session bus; it is started if nobody has.
            on_answer: Called on the bus thread, or on one of ours.
            words: Asked anew at each prompt.
            icon: The picture of the application, an absolute path.
            remember: A file in the runtime folder, for `Memory`.
            changed: Called from any thread when `lost` has become true, or when a service that
                was stuck has come to itself: what should be on the screen may not be there.

        Raises:
            Unavailable: Nobody shows notifications here.
        """
        self._bus = bus
        self._on_answer = on_answer
        self._words = words
        self._changed = changed
        self._icon = "" if icon is None else str(icon)
        self._memory = Memory(remember)
        self._lock = threading.Lock()
        self._listening = False
        self._closed = False
        self._lost = False
        self._owner: str | None = None
        self._service: Service | None = None
        self._live: _Live | None = None
        self._attempt: _Attempt | None = None
        self._early: deque[tuple[str, int, str | None]] = deque(maxlen=_EARLY)
        bus.start()
        if not service.waits_to_be_started(bus):
            with contextlib.suppress(Late):  # `show` notices when it comes to itself
                self._known_service(service.DEADLINE_S)
        self._listen()

    # ── the port ───────────────────────────────────────────────────────────────────────────

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before. At most 3 s.

        A call that we give up goes on in the background: a service that was stuck shows what
        it finds when it wakes, and that is then closed. Until it has answered, nothing else is
        sent, so it never finds two.

        Raises:
            Unavailable: It is not on the screen.
        """
        attempt = _Attempt(view)
        with self._lock:
            self._lost = False
            if self._attempt is not None:
                raise service.stuck()
            self._attempt = attempt
        threading.Thread(target=self._perform, args=(attempt,), name="notify", daemon=True).start()
        attempt.done.wait(service.DEADLINE_S)
        with self._lock:
            attempt.abandoned = not attempt.done.is_set()
        if attempt.abandoned:
            raise service.stuck()
        if attempt.refused is not None:
            raise attempt.refused

    def withdraw(self) -> None:
        """Close the notification that is on the screen; no answer is waited for."""
        with self._lock:
            self._lost = False
            live = self._forget()
            if live is not None:
                self._close_note(live.at.owner, live.id)

    @property
    def lost(self) -> bool:
        """Whether what was shown went with its service, or with the bus, unanswered."""
        return self._lost

    def close(self) -> None:
        """Withdraw, and hear no more answers."""
        with self._lock:
            self._closed = True
        self.withdraw()

    # ── the service ────────────────────────────────────────────────────────────────────────

    def _known_service(self, timeout_s: float) -> Service:
        """Return what we know of the service; ask, if it is another one than last time."""
        with self._lock:
            if self._service is not None and self._service.owner == self._owner:
                return self._service
        can = service.capabilities(self._bus, timeout_s)
        self._listen()
        bus_id = service.bus_id(self._bus)
        with self._lock:
            # That was a round trip: who owns the name came before its answer.
            if self._owner is None:
                raise service.gone()
            self._service = Service(self._owner, bus_id, "body-markup" in can, "actions" in can)
            left_over = None if self._live else self._memory.recall(self._service)
            if left_over is not None:
                self._close_note(self._owner, left_over)
            return self._service

    def _listen(self) -> None:
        if self._listening:
            return
        self._listening = True
        self._bus.on_lost(self._on_lost)
        self._bus.watch_owner(NAME, self._on_owner)
        for member in ("ActionInvoked", "NotificationClosed"):
            self._bus.subscribe(
                self._on_signal, interface=NAME, member=member, sender=NAME, path=PATH
            )

    def _on_owner(self, owner: str | None) -> None:
        with self._lock:
            self._owner = owner
            is_lost = self._live is not None and self._live.at.owner != owner and self._lose()
        if is_lost:
            self._changed()

    def _on_lost(self) -> None:
        with self._lock:
            self._owner = self._service = None
            is_lost = self._live is not None and self._lose()
        if is_lost:
            self._changed()

    def _lose(self) -> bool:
        """Notifications go with their service; one that only gave its name away still has ours."""
        live = self._forget()
        assert live is not None
        self._close_note(live.at.owner, live.id)
        self._lost = True
        return True

    # ── one notification ───────────────────────────────────────────────────────────────────

    def _perform(self, attempt: _Attempt) -> None:
        shown: _Live | None = None
        try:
            shown = self._sent(attempt)
        except Unavailable as reason:
            attempt.refused = reason
        finally:
            answers = self._settle(attempt, shown)
        for choice in answers:
            self._on_answer(attempt.view.episode, choice)
        if attempt.abandoned:
            self._changed()  # it was stuck, and is not any more

    def _sent(self, attempt: _Attempt) -> _Live:
        """Send it to the service that is there; once more, if that one was replaced meanwhile."""
        at = self._known_service(_LATE_S)
        try:
            return self._notify(attempt, at)
        except Refused:
            with self._lock:
                if self._owner == at.owner:
                    raise
        return self._notify(attempt, self._known_service(_LATE_S))

    def _notify(self, attempt: _Attempt, at: Service) -> _Live:
        with self._lock:
            if attempt.abandoned or self._closed:
                raise service.stuck()
            replaces_id = 0 if self._live is None else self._live.id
            self._early.clear()
        arguments = service.arguments(
            attempt.view,
            at,
            replaces_id=replaces_id,
            icon=self._icon,
            guide_label=self._words.gettext(N_("Show me how")),
        )
        # To this very service: the id that it answers means nothing to another one.
        match self._bus.call(
            at.owner, PATH, NAME, "Notify", service.NOTIFY, arguments, timeout_s=_LATE_S
        ):
            case (int(note_id),) if note_id > 0:
                return _Live(note_id, at, attempt.view.episode, service.keys(attempt.view))
        raise Unavailable(service.nonsense("Notify"))

    def _settle(self, attempt: _Attempt, shown: _Live | None) -> list[Choice]:
        """Take note of how *attempt* ended; return the answers that overtook its end."""
        answers: list[Choice] = []
        with self._lock:
            early = list(self._early)
            self._early.clear()
            self._attempt = None
            if shown is not None and self._owner != shown.at.owner:
                attempt.refused = service.gone()
                self._close_note(shown.at.owner, shown.id)
            elif shown is not None and (attempt.abandoned or self._closed):
                if self._live is not None and self._live.id == shown.id:
                    self._forget()
                self._close_note(shown.at.owner, shown.id)
            elif shown is not None:
                attempt.refused = None
                self._live = shown
                self._memory.keep(shown.at, shown.id)
                took = [self._took(*signal) for signal in early]
                answers = [choice for choice in took if choice is not None]
            attempt.done.set()
        return answers

    def _on_signal(self, signal: Signal) -> None:
        action: str | None = None
        match signal.member, signal.body:
            case "ActionInvoked", (int(note_id), str(action)):
                pass
            case "NotificationClosed", (int(note_id), int()):
                pass
            case _:
                return
        with self._lock:
            live = self._live
            if live is None or live.id != note_id:
                if self._attempt is not None:
                    self._early.append((signal.sender, note_id, action))
                return
            choice = self._took(signal.sender, note_id, action)
        if choice is not None:
            self._on_answer(live.episode, choice)

    def _took(self, sender: str, note_id: int, action: str | None) -> Choice | None:
        """Take in what happened to a notification (no *action*: closed); return our answer."""
        live = self._live
        if live is None or (live.at.owner, live.id) != (sender, note_id) or self._closed:
            return None
        if action is None:
            self._forget()
            return None
        choice = live.choices.get(action)
        if choice is not None:
            self._forget()
            # Some services leave it on the screen (dunst#660).
            self._close_note(sender, note_id)
        return choice

    def _close_note(self, owner: str, note_id: int) -> None:
        # To this very owner: at its successor the id is somebody else's.
        self._bus.post(owner, PATH, NAME, "CloseNotification", "u", (note_id,))

    def _forget(self) -> _Live | None:
        live, self._live = self._live, None
        if live is not None:
            self._memory.forget()
        return live
