"""The break engine: ``step(state, event, rules)`` → new state, effects, when to look next.

Pure. Time arrives inside events; silence until the next look means that nothing changed.
"""

from __future__ import annotations

import math
from operator import itemgetter
from typing import TYPE_CHECKING, Final, assert_never

from deskbreak.core import episode, gate, guided, held
from deskbreak.core.model import (
    Absence,
    Answered,
    Asked,
    Facts,
    Followed,
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
from deskbreak.core.replacing import replace
from deskbreak.core.turn import Turn, cut, new_day, presence_of

if TYPE_CHECKING:
    from deskbreak.core.model import Event, Moment, Rules
    from deskbreak.core.turn import Deadline

    Told = Stopped | Shown | Undelivered | Answered | Followed | Asked | Paused | Resumed | Read

CLOCK_STEP_S: Final = 1.0
"""A wall clock that moves further than this against the boot clock was set, not disciplined."""
_LISTEN_AGAIN_S: Final = 1.0
_UNKNOWN_S: Final = -math.inf
_when: Final = itemgetter(0)


def begin(at: Moment, rules: Rules) -> State:
    """Return the state of an agent that has never run; the first event is `Started`."""
    state = State(
        at=at,
        facts=Facts(None),
        kinds=tuple(KindState(at.boot_s) for _ in rules.kinds),
        input_s=_UNKNOWN_S,
        idle_from_s=at.boot_s,
        unlocked_s=at.boot_s,
        span_start=at,
        today=at.wall.date(),
        day_end_s=at.boot_s,
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
    s = t.s
    if isinstance(event, Started):
        _start(t, event)
    elif s.outage is not None:
        _pass(t, event.at)  # who does not run hears nothing
    elif isinstance(event, Observed):
        _observe(t, event)
    else:
        _missed(t, event.at)
        _pass(t, event.at)
        _tell(t, event)
    _settle_up(t)
    before = len(t.out)
    want = gate.decide(t)
    if len(t.out) > before:
        _run(t, t.now, t.now.boot_s)
    s.next_look_s = min(s.next_act_s, gate.look_s(t, want), _listen_again_s(t))
    marks = gate.marks(t, want)
    # Who was told that input has stopped must also be told that it is back.
    s.marks = marks | {min(s.marks)} if s.idle_known and s.marks else marks
    return Step(s, tuple(t.out), s.next_look_s, s.marks)


def _tell(t: Turn, event: Told) -> None:
    """Act on what somebody said."""
    match event:
        case Answered(choice=choice, episode=number):
            episode.answered(t, choice, number)
        case Shown(episode=number, showing=showing):
            episode.shown(t, number, showing)
        case Undelivered(episode=number, showing=showing):
            episode.undelivered(t, number, showing)
        case Followed():
            guided.followed(t, event)
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
        case _:
            assert_never(event)


# ── time ───────────────────────────────────────────────────────────────────────────────────


def _pass(t: Turn, at: Moment) -> None:
    """Let time go by until *at*, under the facts that were known."""
    s, before = t.s, t.s.at
    if at.boot_s < before.boot_s:
        return  # stamped by one thread before, queued after what another has seen
    moved_s = (at.unix_s - before.unix_s) - (at.boot_s - before.boot_s)
    stepped = abs(moved_s) > CLOCK_STEP_S or at.zone != before.zone
    if at.boot_s > before.boot_s and at.boot_s >= s.next_act_s:  # else `_settle_up` does it
        _run(t, before if stepped else at, at.boot_s)
    if stepped:
        cut(t, before.on(at.boot_s))
        s.span_start = at
        new_day(t, at)
    t.now = s.at = at


def _run(t: Turn, clock: Moment, until_s: float) -> None:
    """Do what falls due until *until_s*, in its order and each at its instant."""
    while True:
        # Of equal instants the first in this list happens first. What ends as the day does belongs
        # to the next one, as its row says.
        due: list[Deadline] = [(t.s.day_end_s, _cross_day, 0)]
        held.collect(t, due)
        episode.collect(t, due)
        gate.collect(t, due)
        when_s, act, n = min(due, key=_when)
        if when_s > until_s:
            t.s.next_act_s = when_s
            return
        t.now = clock.on(max(when_s, t.now.boot_s))
        act(t, n)


def _cross_day(t: Turn, _n: int) -> None:
    cut(t, t.now)
    new_day(t, t.now)


# ── facts ──────────────────────────────────────────────────────────────────────────────────


def _observe(t: Turn, event: Observed) -> None:
    s, at, facts = t.s, event.at, event.facts
    was_open = not (s.facts.locked or s.facts.asleep)
    is_open = not (facts.locked or facts.asleep)
    missed_s = _missed(t, at, event.slept_s)
    last_input_s = _last_input_s(at, facts)
    is_new = last_input_s > s.input_s + t.rules.noise_s and last_input_s > s.unlocked_s
    if was_open and missed_s is None and is_new:
        _pass(t, s.at.on(last_input_s))  # a clock that was set since then was set later
        held.touched(t, last_input_s)
    s.facts_s = at.boot_s
    s.idle_known = facts.idle_s is not None and facts.idle_s >= min(s.marks, default=math.inf)
    _perhaps_gone(t)
    _pass(t, at)
    s.idle_known = _is_silent(t, facts)  # what new settings make of it happens now, not before
    _change_session(t, facts)
    if is_open and (missed_s is not None or not was_open):
        since_s = s.unlocked_s if missed_s is None else missed_s + t.rules.noise_s
        _perhaps_back(t, last_input_s, since_s)
    elif is_open and facts.idle_s is None and s.absence is not None:
        held.come_back(t)  # nothing could ever tell that the person is back
    s.input_s = max(s.input_s, last_input_s)
    gate.update_holds(t)
    held.follow_shelter(t, call_began=not was_open and Hold.CALL in s.holds)


def _is_silent(t: Turn, facts: Facts) -> bool:
    """Tell whether we shall hear of the next input, for its end was reported or is known here.

    A mark that is asked for only now, after a start or a change of settings, may have gone by
    unheard; of such a one nothing is reported but the return of input.
    """
    mark_s = min(min(t.s.marks, default=math.inf), t.rules.least_mark_s)
    return facts.idle_s is not None and facts.idle_s >= mark_s


def _last_input_s(at: Moment, facts: Facts) -> float:
    """Return the boot clock at the last input; minus infinity where nothing can tell."""
    return _UNKNOWN_S if facts.idle_s is None else at.boot_s - max(facts.idle_s, 0.0)


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
    t.s.input_s = max(t.s.input_s, last_input_s)
    if t.s.facts.idle_s is None or last_input_s >= since_s:
        held.come_back(t)


def _perhaps_gone(t: Turn) -> None:
    """Begin an absence where it is known that nothing was touched since the last sign of life."""
    s = t.s
    if s.idle_known and s.absence is None and not s.sheltered:
        held.begin_absence(t)
        s.next_act_s = _UNKNOWN_S


def _missed(t: Turn, at: Moment, slept_s: float = 0.0) -> float | None:
    """Book time that passed unseen as an absence; return when it began, or None."""
    s = t.s
    start_s, presence = math.inf, Presence.OFF
    look_s = math.inf if s.next_look_s is None else s.next_look_s
    is_late = at.boot_s > look_s + t.rules.late_s
    if is_late and presence_of(s) in (Presence.DESK, Presence.AWAY):
        start_s = look_s
    if slept_s > 0 and not s.facts.asleep:
        start_s, presence = min(start_s, at.boot_s - slept_s), Presence.ASLEEP
    if start_s == math.inf:
        return None
    start_s = max(start_s, s.at.boot_s)
    _pass(t, s.at.on(start_s))
    _go(t, presence)
    _pass(t, at)
    _end_outage(t, s.facts)
    return start_s


def _go(t: Turn, presence: Presence) -> None:
    """The agent does not run, or the computer sleeps, from now on."""
    s = t.s
    if s.absence is None and not s.idle_known and s.facts_s < t.now.boot_s:
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
    if s.outage is None:
        alive_s = s.at.boot_s if event.alive_boot_s is None else event.alive_boot_s
        _pass(t, s.at.on(min(max(alive_s, s.at.boot_s), at.boot_s)))
        _go(t, Presence.OFF)
    here_s = at.boot_s - t.rules.away_after_s
    if s.returned_s is not None:  # it ran before: what was typed then is no sign of life
        here_s = max(here_s, t.now.boot_s + t.rules.noise_s)
    _pass(t, at)
    if not event.off_is_known:
        for n, kind in enumerate(s.kinds):
            t.put(n, replace(kind, held_from_s=t.now.boot_s, at_rest=False))
        if s.credit is not None:  # no reading brings back what nobody can tell
            s.credit = replace(s.credit, held_from_s=(None,) * len(s.kinds))
    _end_outage(t, event.facts)
    s.returned_s, s.prompts_since_return, s.ready_s = t.now.boot_s, (), None
    if not (event.facts.locked or event.facts.asleep):
        _perhaps_back(t, _last_input_s(at, event.facts), here_s)
    s.marks = frozenset()  # asked of a desktop that another process listened to
    s.idle_known, s.facts_s = _is_silent(t, event.facts), t.now.boot_s
    gate.update_holds(t)
    held.follow_shelter(t, call_began=Hold.CALL in s.holds)


# ── the end of a step ──────────────────────────────────────────────────────────────────────


def _settle_up(t: Turn) -> None:
    """Draw the conclusions that hang on no single event."""
    if t.s.day_starts_s != t.rules.day_starts_s:
        cut(t, t.now)
        new_day(t, t.now)
    gate.update_holds(t)
    _drop_what_is_off(t)
    _perhaps_gone(t)
    _run(t, t.now, t.now.boot_s)


def _drop_what_is_off(t: Turn) -> None:
    """A kind that was switched off shows nothing any more."""
    s, e = t.s, t.s.episode
    if e is not None and not e.kind_off and not t.kind(e.kind)[0].enabled:
        episode.end(t, Outcome.SKIPPED, switched_off=True)
    if s.mark is not None and not t.kind(s.mark.kind)[0].enabled:
        s.mark = None


def _listen_again_s(t: Turn) -> float:
    """Return when to ask again, where input came just before the unlocking."""
    idle_s = t.s.facts.idle_s
    just_now = t.s.absence is not None and idle_s is not None and idle_s < _LISTEN_AGAIN_S
    if just_now and presence_of(t.s) is Presence.AWAY:
        return t.now.boot_s + _LISTEN_AGAIN_S  # no mark was reached since, so none is reported
    return math.inf
