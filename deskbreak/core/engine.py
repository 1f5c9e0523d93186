"""The break engine: ``step(state, event, rules)`` → new state, effects, when to look next.

Pure. Time arrives inside events; silence until the next look means that nothing changed.
"""

from __future__ import annotations

import math
from dataclasses import replace
from itertools import chain
from typing import TYPE_CHECKING, Final, assert_never

from deskbreak.core import episode, gate, held
from deskbreak.core.model import (
    Absence,
    Answered,
    Asked,
    Facts,
    Hold,
    KindState,
    Observed,
    Outcome,
    Paused,
    Presence,
    Read,
    Reason,
    Resumed,
    Shown,
    Started,
    State,
    Step,
    Stopped,
    Undelivered,
)
from deskbreak.core.turn import Turn, cut, new_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.model import Event, Moment, Rules

CLOCK_STEP_S: Final = 2.0
"""A wall clock that moves further than this against the boot clock was set, not disciplined."""
_LISTEN_AGAIN_S: Final = 1.0
_NEVER_TOUCHED_S: Final = -math.inf


def begin(at: Moment, rules: Rules) -> State:
    """Return the state of an agent that has never run; the first event is `Started`."""
    state = State(
        at=at,
        facts=Facts(None),
        kinds=tuple(KindState(at.boot_s) for _ in rules.kinds),
        input_s=_NEVER_TOUCHED_S,
        idle_from_s=at.boot_s,
        unlocked_s=at.boot_s,
        span_start=at,
        today=at.wall.date(),
        day_end_s=0.0,
        day_starts_s=rules.day_starts_s,
        absence=Absence(at.boot_s, settled=True),
        outage=Presence.OFF,
    )
    turn = Turn(state, rules)
    new_day(turn, at)
    return turn.s


def step(state: State, event: Event, rules: Rules) -> Step:
    """Take one event; *state* is left as it was."""
    t = Turn(state, rules)
    if t.s.day_starts_s != rules.day_starts_s:
        new_day(t, t.now)
    match event:
        case Started():
            _start(t, event)
        case Observed():
            _observe(t, event)
        case _:
            _pass(t, event.at)
            _tell(t, event)
    _settle_up(t)
    gate.decide(t)
    s = t.s
    s.next_look_s = _next_look_s(t)
    s.marks = gate.marks(t)
    return Step(s, tuple(t.out), s.next_look_s, s.marks)


def _tell(t: Turn, event: Event) -> None:
    """Act on what somebody said."""
    match event:
        case Answered(choice=choice, episode=number):
            episode.answered(t, choice, number)
        case Shown(episode=number, showing=showing):
            episode.shown(t, number, showing)
        case Undelivered(episode=number, showing=showing):
            episode.undelivered(t, number, showing)
        case Asked(kind=kind):
            episode.ask(t, kind)
        case Paused(until=until):
            t.s.pause = until
        case Resumed():
            t.s.pause = None
        case Read():
            held.undo_credit(t)
        case Stopped():
            _go(t, Presence.OFF)
        case Started() | Observed():
            pass  # facts, not words: taken in before
        case _:
            assert_never(event)


# ── time ───────────────────────────────────────────────────────────────────────────────────


def _pass(t: Turn, at: Moment) -> None:
    """Let time go by until *at*, under the facts that were known."""
    s = t.s
    before = s.at
    moved_s = (at.unix_s - before.unix_s) - (at.boot_s - before.boot_s)
    stepped = abs(moved_s) > CLOCK_STEP_S or at.zone != before.zone
    _run(t, before if stepped else at, at.boot_s)
    if stepped:
        cut(t, before.on(at.boot_s))
        s.span_start = at
        new_day(t, at)
    t.now = s.at = at


def _run(t: Turn, clock: Moment, until_s: float) -> None:
    """Do what falls due until *until_s*, in its order and each at its instant."""
    while True:
        first, act = math.inf, None
        day_end = (t.s.day_end_s, lambda: _cross_day(t))
        for when, what in chain(_deadlines(t), (day_end,)):
            if when <= until_s and when < first:
                first, act = when, what
        if act is None:
            return
        t.now = clock.on(max(first, t.now.boot_s))
        act()


def _deadlines(t: Turn) -> Iterator[tuple[float, Callable[[], None]]]:
    """Yield what happens by itself; of equal instants, the first happens first."""
    return chain(
        held.deadlines(t), episode.deadlines(t), gate.deadlines(t), gate.silent_stages(t)
    )


def _cross_day(t: Turn) -> None:
    cut(t, t.now)
    new_day(t, t.now)
    if t.at_desk and (t.s.sheltered or t.s.facts.idle_s is None):
        t.s.present_day = t.s.today


# ── facts ──────────────────────────────────────────────────────────────────────────────────


def _observe(t: Turn, event: Observed) -> None:
    s, at, facts = t.s, event.at, event.facts
    was_open = not (s.facts.locked or s.facts.asleep)
    missed_s = _missed(t, event)
    last_input_s = _last_input_s(at, facts)
    if was_open and missed_s is None and last_input_s > max(
        s.input_s + t.rules.noise_s, s.unlocked_s
    ):
        _pass(t, at.on(last_input_s) if last_input_s < at.boot_s else at)
        held.touched(t)
    _pass(t, at)
    _change_session(t, facts)
    open_now = not (facts.locked or facts.asleep)
    if open_now and (missed_s is not None or not was_open):
        _perhaps_back(t, last_input_s, s.unlocked_s if missed_s is None else missed_s)
    s.idle_known = facts.idle_s is not None and facts.idle_s >= min(s.marks, default=math.inf)
    gate.update_holds(t)
    held.follow_shelter(t, call_began=not was_open and Hold.CALL in s.holds)


def _last_input_s(at: Moment, facts: Facts) -> float:
    """Return the boot clock at the last input; minus infinity where nothing can tell."""
    return -math.inf if facts.idle_s is None else at.boot_s - facts.idle_s


def _change_session(t: Turn, facts: Facts) -> None:
    """Take in *facts*; a lock, a sleep or their end changes the presence."""
    s = t.s
    before = (s.facts.asleep, s.facts.locked)
    if (facts.asleep, facts.locked) == before:
        s.facts = facts
        return

    def change() -> None:
        s.facts = facts

    held.leave(t, change)
    if facts.locked and not before[1]:
        episode.withdraw(t, Reason.LOCKED)
    elif facts.asleep and not before[0]:
        episode.withdraw(t, Reason.ASLEEP)
    if not (facts.locked or facts.asleep):
        s.unlocked_s = t.now.boot_s


def _perhaps_back(t: Turn, last_input_s: float, since_s: float) -> None:
    """End the absence now if there was input after *since_s*, or nothing can tell of input."""
    if t.s.facts.idle_s is None:
        held.come_back(t)
    elif last_input_s >= since_s:
        held.touched(t)


def _missed(t: Turn, event: Observed) -> float | None:
    """Book time that passed unseen as an absence; return when it began, or None."""
    s, at = t.s, event.at
    start_s, presence = math.inf, Presence.OFF
    late = s.next_look_s is not None and at.boot_s > s.next_look_s + t.rules.late_s
    if late and t.presence in (Presence.DESK, Presence.AWAY) and s.next_look_s is not None:
        start_s = s.next_look_s
    if event.slept_s > 0 and not s.facts.asleep:
        start_s, presence = min(start_s, at.boot_s - event.slept_s), Presence.ASLEEP
    if start_s == math.inf:
        return None
    start_s = max(start_s, s.at.boot_s)
    _pass(t, at.on(start_s))
    _go(t, presence)
    _pass(t, at)
    _end_outage(t, s.facts)
    return start_s


def _go(t: Turn, presence: Presence) -> None:
    """The agent does not run, or the computer sleeps, from now on."""
    s = t.s
    if s.absence is None and not s.idle_known:
        s.idle_from_s = t.now.boot_s  # input went on, or its end would have been reported

    def change() -> None:
        s.outage = presence

    held.leave(t, change)
    episode.withdraw(t, Reason.OFF if presence is Presence.OFF else Reason.ASLEEP)


def _end_outage(t: Turn, facts: Facts) -> None:
    s = t.s

    def change() -> None:
        s.outage, s.facts = None, facts

    held.leave(t, change)
    s.unlocked_s = t.now.boot_s


def _start(t: Turn, event: Started) -> None:
    s, at = t.s, event.at
    first = s.outage is not None and s.returned_s is None and event.alive_boot_s is None
    if s.outage is None:
        alive_s = s.at.boot_s if event.alive_boot_s is None else event.alive_boot_s
        _pass(t, s.at.on(min(max(alive_s, s.at.boot_s), at.boot_s)))
        _go(t, Presence.OFF)
    off_since_s = t.now.boot_s
    _pass(t, at)
    if not event.off_is_known:
        for n in range(len(s.kinds)):
            t.put(n, replace(s.kinds[n], held_from_s=at.boot_s, at_rest=False))
    _end_outage(t, event.facts)
    s.returned_s, s.prompts_since_return = at.boot_s, ()
    if not (event.facts.locked or event.facts.asleep):
        last_input_s = _last_input_s(at, event.facts)
        _perhaps_back(t, last_input_s, at.boot_s - t.rules.away_after_s if first else off_since_s)
    gate.update_holds(t)
    held.follow_shelter(t, call_began=Hold.CALL in s.holds)


# ── the end of a step ──────────────────────────────────────────────────────────────────────


def _settle_up(t: Turn) -> None:
    """Draw the conclusions that hang on no single event."""
    s = t.s
    gate.update_holds(t)
    e = s.episode
    if e is not None and not e.asked and not t.kind(e.kind)[0].enabled:
        episode.end(t, Outcome.SKIPPED, switched_off=True)
    if s.idle_known and s.absence is None and not s.sheltered and s.facts.idle_s is not None:
        held.begin_absence(t)
    _run(t, t.now, t.now.boot_s)


def _next_look_s(t: Turn) -> float | None:
    """Return when something happens by itself, or may come to the screen."""
    s = t.s
    first = min(chain((when for when, _ in _deadlines(t)), gate.looks(t)), default=math.inf)
    idle_s = s.facts.idle_s
    if t.presence is Presence.AWAY and idle_s is not None and idle_s < _LISTEN_AGAIN_S:
        first = min(first, t.now.boot_s + _LISTEN_AGAIN_S)  # typed since the unlocking, no mark yet
    return None if first == math.inf else max(first, t.now.boot_s)
