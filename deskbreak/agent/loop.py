"""The loop: event → step → rows and state kept → effects → redraw."""

from __future__ import annotations

import logging
import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, TypeVar

from deskbreak.agent import requests
from deskbreak.agent.effects import Effects
from deskbreak.agent.inbox import Request
from deskbreak.agent.program import Program
from deskbreak.agent.renewal import Care, Renewal
from deskbreak.agent.service import Service
from deskbreak.agent.watch import Watch
from deskbreak.core import engine, views
from deskbreak.core.model import (
    Episode,
    Log,
    Observed,
    Presence,
    Record,
    Span,
    Started,
    Stopped,
    Undo,
)
from deskbreak.core.turn import presence_of
from deskbreak.core.words import N_, said

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from deskbreak.agent.around import Delivery, Outside, Pulse
    from deskbreak.agent.clock import Clock
    from deskbreak.agent.inbox import Inbox
    from deskbreak.agent.keeper import Keeper
    from deskbreak.core.model import (
        Event,
        Moment,
        State,
        TrayView,
    )
    from deskbreak.core.words import Said, Words

T = TypeVar("T")

_log: Final = logging.getLogger(__name__)
HEARTBEAT_S: Final = 30.0
"""While at the desk the heartbeat dates a kill to this."""
_AFTER_FAILURE_S: Final = 60.0
_QUIET_S: Final = 0.5
"""So long nothing has happened when a new agent takes our place: by then whoever asked something
has the answer, and what was withdrawn is off the screen. Real seconds; our own choice."""
_FAILURES_SHOWN: Final = 3


class Loop:
    """Owns the state; everything that happens passes through `handle`, on one thread."""

    def __init__(  # noqa: PLR0913 - it is where all of these meet
        self,
        clock: Clock,
        inbox: Inbox,
        keeper: Keeper,
        outside: Outside,
        *,
        service: Service | None = None,
        care: Care | None = None,
    ) -> None:
        """Take up the state that *keeper* kept, or begin anew.

        *service* wants signs of life, *care* looks after our thread and all others.
        """
        self.clock = clock
        self.inbox = inbox
        self.keeper = keeper
        self.outside = outside
        self.program = Program()
        self.at_beat: Callable[[], None] = _nothing
        """Done with each sign of life, by whoever runs us."""
        self._service = service or Service({})
        self._care = care or Care(Watch(), Renewal(()))
        self.effects = Effects(clock, inbox, keeper, outside, self.snapshot)
        self._pulse: Pulse | None = None
        self._state: State = keeper.state or engine.begin(clock.now(), keeper.rules)
        self._beat_s = self._heard_s = -math.inf
        self._failures = 0
        self._ended = False

    @property
    def state(self) -> State:
        """The state after the last step; nobody changes it."""
        return self._state

    # ── the thread ─────────────────────────────────────────────────────────────────────────

    def run(
        self,
        pulse: Pulse,
        delivery: Delivery,
        alive_boot_s: float | None = None,
        *,
        off_is_known: bool = True,
    ) -> None:
        """Start the engine, then take what arrives until the end."""
        self._pulse, self.effects.delivery = pulse, delivery
        with self._care.watch.busy():
            seen = self.inbox.snapshot()
            if self.keeper.state is None:  # building us was no time off
                self._state = engine.begin(seen.at, self.keeper.rules)
            self._guard(Started(seen.at, seen.facts, alive_boot_s, off_is_known))
        self._service.ready()
        while not self._ended:
            what = self.inbox.take(self._until_beat_s())
            with self._care.watch.busy():
                self._turn(what)

    def _turn(self, what: Event | Request | None) -> None:
        if what is None:
            self._beat()
        elif isinstance(what, Request):
            self._serve(what)
        else:
            self._guard(what)
        now_s = self.clock.boot_s()
        self._service.alive(now_s / self.clock.speed)
        if what is not None:
            self._heard_s = now_s
        elif (from_s := self._hand_over_from_s()) is not None and now_s >= from_s:
            self._hand_over()

    def _hand_over_from_s(self) -> float | None:
        """Return from when on a new agent may take our place; None while none is to."""
        if self._state.episode is not None or not self._care.will_renew:
            return None
        return self._heard_s + _QUIET_S * self.clock.speed

    def _until_beat_s(self) -> float | None:
        """Return real seconds until the next sign of life, or until a disk may be of use again.

        None while nobody is at the desk, no file changes, nothing waits to be written and no
        service manager waits.
        """
        wanted_s = (
            self.keeper.look_again_s,
            self.keeper.write_again_s,
            self._hand_over_from_s(),
        )
        at_s = [when_s for when_s in wanted_s if when_s is not None]
        if self._service.next_s is not None:
            at_s.append(self._service.next_s * self.clock.speed)
        if presence_of(self._state) is Presence.DESK:
            at_s.append(self._beat_s + HEARTBEAT_S)
        if not at_s:
            return None
        wait_s = (min(at_s) - self.clock.boot_s()) / self.clock.speed
        return max(wait_s, 0.0 if self.clock.speed == 1.0 else 0.25)

    def _beat(self) -> None:
        now_s = self._beat_s = self.clock.boot_s()
        try:
            self.outside.heartbeat(now_s)
            self.at_beat()
        except Exception:  # noqa: BLE001 - as in `_guard`
            _log.exception("No sign of life could be left")
        if self.program.look():
            _log.warning("%s", self.program.problems[0])
            self.outside.redraw()
        again_s = self.keeper.write_again_s
        is_time = now_s >= self.keeper.save_by_s or (again_s is not None and now_s >= again_s)
        if self.keeper.reload_if_changed() or is_time:
            self._guard(self.inbox.snapshot())

    def _guard(self, event: Event) -> None:
        """The fence: an event that breaks the engine must not break the day."""
        try:
            self.handle(event)
        except Exception:  # noqa: BLE001 - that is what a fence is
            _log.exception("This event was not handled: %r", event)
            self._failures += 1
            if self._failures > _FAILURES_SHOWN:
                self._begin_anew()
            if self._pulse is not None:
                self._pulse.look_at(self.clock.boot_s() + _AFTER_FAILURE_S)
        else:
            self._failures = 0

    def _begin_anew(self) -> None:
        """Leave a state behind that breaks whatever comes: held times are lost, the day is not."""
        _log.warning("The state is left behind; held times begin anew")
        seen = self.inbox.snapshot()
        self._state = engine.begin(seen.at, self.keeper.rules)
        if self._failures == _FAILURES_SHOWN + 1:  # and no storm, if that does not help
            self.inbox.post(Started(seen.at, seen.facts))

    # ── one event ──────────────────────────────────────────────────────────────────────────

    def handle(self, event: Event) -> None:
        """Let the engine take *event*, keep what it says, then do it.

        That the computer slept is told first, whatever comes: *event* may have been stamped before
        that, or by a thread that was quicker than the one that noticed.
        """
        slept_s = self.clock.slept_s()
        if slept_s > 0.0:
            self._take(replace(self.inbox.snapshot(), slept_s=slept_s))
            if isinstance(event, Observed):
                return  # the facts just asked for are newer
        self._take(event)

    def _take(self, event: Event) -> None:
        if event.at.boot_s < self._state.at.boot_s:
            # Two threads stamped two events, and the later one was quicker to post its own.
            event = replace(event, at=event.at.on(self._state.at.boot_s))
        _log.debug("%r", event)
        before = self._state.episode
        result = engine.step(self._state, event, self.keeper.rules)
        self._state = result.state
        rows: list[Span | Episode] = []
        undo: list[Undo] = []
        for effect in result.effects:
            if isinstance(effect, Record):
                rows.append(effect.span)
            elif isinstance(effect, Log):
                rows.append(effect.episode)
            elif isinstance(effect, Undo):
                undo.append(effect)
        self.keeper.keep(self._state, rows, undo)
        for effect in result.effects:
            _log.debug("%r", effect)
            self.effects.perform(effect)
        self.effects.call_off(before, self._state.episode)
        if self._pulse is not None:
            self._pulse.look_at(result.next_look_s)
        self.outside.watch(result.idle_marks)
        self.outside.heed(self.keeper.rules.holds)
        self.inbox.asks_from_s = _asks_from_s(self._state)
        self.outside.redraw()

    def erase(self, before: date | None) -> Said | None:
        """Erase what happened before the day *before*, or until now (None), and go on from there.

        Returns what could not be erased, if anything.

        Raises:
            Refusal: Nothing was erased.
        """
        from deskbreak.core.forget import forgotten  # seldom wanted

        state = forgotten(self._state, self.keeper.rules, before)
        problem = self.keeper.erase(state, before)
        self._state = state
        self.handle(self.inbox.snapshot())  # what comes next, the tray and its week: all anew
        return problem

    # ── what others ask ────────────────────────────────────────────────────────────────────

    def snapshot(self) -> views.Snapshot:
        """Everything that words are made of."""
        problems = (*self.outside.problems(), *self.program.problems)
        if self._failures >= _FAILURES_SHOWN:
            why = said(N_("Something went wrong inside deskbreak; the log says what"))
            problems = (*problems, why)
        snap = self.keeper.snapshot(self._state, self.clock.now(), problems)
        return replace(snap, reasons=self.outside.reasons())

    def look(self) -> TrayView:
        """Describe the tray as it is now; called on the tray's thread, reads one state only.

        And whether deskbreak starts at login, from the disk: others switch that, too.
        """
        snap = self.snapshot()
        snap = replace(snap, autostart=self.outside.autostart(), pages=self.outside.pages())
        return views.tray_view(snap, self.clock.now(), self.outside.words)

    def tell(self, describe: Callable[[views.Snapshot, Moment, Words], T]) -> T:
        """Let *describe* see how things stand; from any thread, reads one state only."""
        return describe(self.snapshot(), self.clock.now(), self.outside.words)

    def _serve(self, request: Request) -> None:
        self._guard(self.inbox.snapshot())
        try:
            reply = requests.serve(self, request.command)
        except Exception:  # noqa: BLE001 - as in `_guard`
            _log.exception("This command was not carried out: %r", request.command)
            reply = requests.failed(self.outside.words)
        if request.reply is not None:
            request.reply.put(reply)
        if request.command.name == "quit":
            self._end()

    def _end(self) -> None:
        self._service.stopping()
        self._guard(Stopped(self.clock.now()))
        self._ended = True

    def _hand_over(self) -> None:
        """Keep all that happened, for the agent that takes our place; go on where that fails."""
        self._guard(Stopped(self.clock.now()))
        self._care.renew()
        seen = self.inbox.snapshot()
        self._guard(Started(seen.at, seen.facts))


def _asks_from_s(state: State) -> float:
    """Return from when on (boot clock) a prompt hangs on the facts of the next look.

    That is at the look that the engine asked for, while it waits for a good moment, and as long
    as an episode is open, which a hold would take from the screen.
    """
    if state.episode is not None or state.ready_s is not None:
        return -math.inf
    return math.inf if state.next_look_s is None else state.next_look_s


def _nothing() -> None:
    pass
