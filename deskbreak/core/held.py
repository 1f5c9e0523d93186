"""Absence and credit: when the person left, what that clears, and when they are back."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from deskbreak.core import episode as episodes
from deskbreak.core.model import (
    PERSON_IS_HERE,
    Absence,
    By,
    Credit,
    Episode,
    Outcome,
    Phase,
    Presence,
    Undo,
)
from deskbreak.core.replacing import replace
from deskbreak.core.schedule import TICK_S
from deskbreak.core.turn import (
    clear,
    confirm,
    count_change,
    cut,
    doubt,
    idle_s,
    interval_s,
    log,
    presence_of,
    remember_for_undo,
    unmark,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.model import State
    from deskbreak.core.turn import Deadline, Turn

LONG_ABSENCE_S: Final = 300.0
"""After an absence of this length nothing new is offered for a while."""
REST_BEGINS_WITHIN_S: Final = 60.0
"""Who leaves later than this after a prompt did not leave because of it."""
REST_WITHOUT_LOCK_S: Final = 60.0
"""Shorter times without input happen while reading."""
NOBODY_AFTER_S: Final = 7200.0
"""A call that nobody has touched for so long is no sign of life."""
UNDO_FOR_S: Final = 600.0


# ── leaving ────────────────────────────────────────────────────────────────────────────────


def begin_absence(t: Turn) -> None:
    """Nothing has been touched since the last sign of life; from now on we know."""
    if t.s.absence is None:
        t.s.absence = Absence(t.s.idle_from_s)


def leave(t: Turn, change: Callable[[], None]) -> None:
    """A lock, a sleep or an outage begins or ends now; *change* makes it visible in the state."""
    s = t.s
    if s.sheltered or (s.absence is None and s.facts.idle_s is None):
        s.idle_from_s = t.now.boot_s  # the person was here until now
    s.sheltered = False
    begin_absence(t)
    _settle(t)
    cut(t, t.now)
    change()
    _follow_lock(t)
    s.next_act_s = -math.inf


def _settle(t: Turn, _n: int = 0) -> None:
    """The absence is long or hard enough to be no desk time, from its beginning."""
    s = t.s
    assert s.absence is not None
    if not s.absence.settled:
        doubt(t, s.absence.start_s)
        s.absence = replace(s.absence, settled=True)


def _follow_lock(t: Turn) -> None:
    """Keep account of the locked and asleep part of the absence."""
    s, absence = t.s, t.s.absence
    assert absence is not None
    shut = presence_of(s) in (Presence.LOCKED, Presence.ASLEEP)
    if shut and absence.lock_since_s is None:
        s.absence = replace(absence, lock_since_s=t.now.boot_s)
    elif not shut and absence.lock_since_s is not None:
        part = t.now.boot_s - absence.lock_since_s
        s.absence = replace(absence, lock_s=absence.lock_s + part, lock_since_s=None)


# ── coming back ────────────────────────────────────────────────────────────────────────────


def touched(t: Turn, input_s: float) -> None:
    """Input came at *input_s* (boot clock), which is now, with the session unlocked."""
    t.s.input_s = input_s
    come_back(t)
    t.s.idle_from_s = input_s  # earlier than now where something else was reported in between


def come_back(t: Turn) -> None:
    """The person is here: a running absence, if any, ends now."""
    s, absence = t.s, t.s.absence
    s.idle_from_s = t.now.boot_s
    if absence is None:
        s.present_day = s.today
        confirm(t)
        return
    s.next_act_s = -math.inf
    if not absence.settled:
        confirm(t)
        s.absence, s.present_day = None, s.today
        _run_again(t)
        return
    cut(t, t.now)
    absence = s.absence  # with what the cut recorded as away
    assert absence is not None
    s.absence = None
    _run_again(t, absence.away_s)
    s.returned_s, s.prompts_since_return = t.now.boot_s, ()
    first = s.present_day != s.today
    s.present_day = s.today
    if first:
        _clear_without_credit(t)
    if first or t.now.boot_s - absence.start_s >= LONG_ABSENCE_S:
        s.quiet_from_s = t.now.boot_s
    s.ready_s = None  # no wait for a good moment goes on through an absence
    episodes.returned(t, absence)


def _clear_without_credit(t: Turn) -> None:
    """The day's first presence: kinds that no absence clears begin anew."""
    for n, kind in enumerate(t.rules.kinds):
        if not kind.credit_idle_s and not kind.credit_lock_s:
            clear(t, n)


def _run_again(t: Turn, away_s: float = 0.0) -> None:
    """Let held time run that a credit had stopped; from now on that can be undone."""
    now = t.now.boot_s
    t.s.kinds = tuple(
        [
            replace(state, at_rest=False, held_from_s=now) if state.at_rest else state
            for state in t.s.kinds
        ]
    )
    if t.s.credit is not None and t.s.credit.end is None:
        t.s.credit = replace(t.s.credit, end=t.now, away_s=away_s)


def follow_shelter(t: Turn, *, call_began: bool = False) -> None:
    """Decide whether somebody is here without touching anything: in a call, before a screen."""
    s = t.s
    if not s.sheltered and PERSON_IS_HERE.isdisjoint(s.holds):
        return
    here = (
        presence_of(s) in (Presence.DESK, Presence.AWAY)
        and not PERSON_IS_HERE.isdisjoint(s.holds)
        and idle_s(t) < NOBODY_AFTER_S - TICK_S
    )
    if here and not s.sheltered:
        if s.absence is not None and s.absence.settled and not call_began:
            return  # a presentation brings nobody back; taking a call does
        come_back(t)
        s.sheltered = True
    elif s.sheltered and not here:
        cut(t, t.now)  # desk time for sure, before anything can put it in doubt
        s.sheltered = False
        s.idle_from_s = t.now.boot_s
        s.next_act_s = -math.inf


# ── what an absence brings, in time ────────────────────────────────────────────────────────


def collect(t: Turn, due: list[Deadline]) -> None:
    """Add when (boot clock) the running absence brings something, and what."""
    s, absence = t.s, t.s.absence
    if s.sheltered and s.idle_known and s.facts.idle_s is not None:
        due.append((s.input_s + NOBODY_AFTER_S, _nobody, 0))
    if absence is None:
        return
    if not absence.settled:
        due.append((absence.start_s + t.rules.away_after_s, _settle, 0))
    rest_s = rest_complete_s(t)
    if rest_s is not None:
        due.append((rest_s, _rested, 0))
    rules, locked = t.rules, absence.lock_since_s is not None
    idle_s = _least_s(t, rules.by_credit_idle)
    lock_s = _least_s(t, rules.by_credit_lock) if locked else math.inf
    due.append((_credit_s(absence, idle_s, lock_s), _credits, 0))


def _least_s(t: Turn, limits: tuple[tuple[float, int], ...]) -> float:
    """Return the first of these limits whose kind has a held time that runs; infinity for none."""
    for limit_s, n in limits:
        if not t.s.kinds[n].at_rest:
            return limit_s
    return math.inf


def _credit_s(absence: Absence, idle_s: float, lock_s: float) -> float:
    """Return when (boot clock) the absence reaches a credit; a limit of infinity means never."""
    if absence.lock_since_s is None:
        return absence.start_s + idle_s
    return min(absence.start_s + idle_s, absence.lock_since_s + lock_s - absence.lock_s)


def _credits(t: Turn, _n: int) -> None:
    """Clear what the absence clears by now, in the order of rank."""
    absence = t.s.absence
    assert absence is not None
    reached = [
        n
        for n, kind in enumerate(t.rules.kinds)
        if not t.s.kinds[n].at_rest
        and _credit_s(absence, kind.credit_idle_s or math.inf, kind.credit_lock_s or math.inf)
        <= t.now.boot_s
    ]
    remember_for_undo(t, reached)
    for n in reached:
        _credit(t, n)


def _nobody(t: Turn, _n: int) -> None:
    follow_shelter(t)
    begin_absence(t)


def rest_complete_s(t: Turn) -> float | None:
    """Return when the running absence will be the rest that the open prompt asked for."""
    e, absence = t.s.episode, t.s.absence
    if e is None or absence is None or e.shown is None:
        return None
    # Who follows the guide is not at rest yet; it ends by itself, and soon.
    if e.phase is not Phase.SHOWN and (e.phase is not Phase.WAITING or e.rest_void):
        return None
    kind, _ = t.kind(e.kind)
    if not kind.rest_counts or absence.start_s > e.shown_boot_s + REST_BEGINS_WITHIN_S:
        return None
    need = kind.duration_s if absence.had_lock else max(kind.duration_s, REST_WITHOUT_LOCK_S)
    return max(absence.start_s, e.shown_boot_s) + need


def _rested(t: Turn, _n: int = 0) -> None:
    """The prompted rest is complete."""
    e = t.s.episode
    assert e is not None
    kind, _ = t.kind(e.kind)
    names = (e.kind, *e.folded, *kind.folds, *kind.moves)
    remember_for_undo(t, [t.rules.place[name] for name in names])
    episodes.end(t, Outcome.TAKEN, By.REST, change=count_change(t), by_absence=True)


def _credit(t: Turn, n: int) -> None:
    """The absence clears the held time of the *n*-th kind."""
    s, kind = t.s, t.rules.kinds[n]
    assert s.absence is not None
    if s.episode is not None and s.episode.kind == kind.name and rest_complete_s(t) is not None:
        _rested(t)
    held_s = s.absence.start_s - s.kinds[n].held_from_s
    half_due = kind.enabled and not kind.daily and held_s >= interval_s(t, n) / 2
    if not _leave_episode(t, kind.name) and half_due:
        _natural(t, kind.name)
    t.put(n, replace(s.kinds[n], at_rest=True, stage=0))
    unmark(t, n)
    if kind.credit_is_change and count_change(t):
        if t.at_desk:
            cut(t, t.now)  # too short to be away: the change lies where a span begins
        s.span_change = True


def _leave_episode(t: Turn, kind: str) -> bool:
    """Let *kind* leave the open episode; return whether that needs no row of its own."""
    s, e = t.s, t.s.episode
    if e is None or (kind != e.kind and kind not in e.folded):
        return False
    if e.phase is Phase.GUIDED:
        return True  # its steps are being followed: that is no natural break
    if kind == e.kind:
        remember_for_undo(t, [t.rules.place[name] for name in e.folded])
        episodes.end(t, Outcome.NATURAL, by_absence=True)
        return True
    s.episode = replace(e, folded=tuple(name for name in e.folded if name != kind))
    return False


def _natural(t: Turn, kind: str) -> None:
    s = t.s
    row = Episode(s.next_episode, kind, t.now, Phase.WAITING, outcome=Outcome.NATURAL, ended=t.now)
    s.next_episode += 1
    log(t, row, by_absence=True)


# ── "I was reading" ────────────────────────────────────────────────────────────────────────


def undoable(credit: Credit | None, boot_s: float) -> bool:
    """Whether "I was reading" means something at *boot_s*: for ten minutes after the return."""
    return (
        credit is not None and credit.end is not None and boot_s <= credit.end.boot_s + UNDO_FOR_S
    )


def undo_credit(t: Turn) -> None:
    """Let held time run as if the last absence had counted in: "I was reading"."""
    s, undone = t.s, t.s.credit
    if undone is None or undone.end is None or not undoable(undone, t.now.boot_s):
        return
    end_s = undone.end.boot_s
    before = zip(undone.held_from_s, undone.moved_at_s, undone.stages, strict=True)
    for n, (held, moved, stage) in enumerate(before):
        state = s.kinds[n]
        if held is not None and stage is not None and state.held_from_s <= end_s:
            again = state.moved_at_s is not None and state.moved_at_s > end_s
            moved_at_s = state.moved_at_s if again else moved
            t.put(n, replace(state, held_from_s=held, moved_at_s=moved_at_s, stage=stage))
    if end_s > s.day_from_s:  # else its away time is of another day
        s.desk_s += undone.away_s
    t.out.append(Undo(undone.episodes, undone.start, undone.end))
    _undo_change(s, undone.start.boot_s, end_s)
    s.credit = None


def _undo_change(s: State, start_s: float, end_s: float) -> None:
    """Take back the change that what is not recorded yet says of an absence between the two."""
    s.pieces = tuple(
        [
            replace(one, change=False) if start_s <= one.start.boot_s <= end_s else one
            for one in s.pieces
        ]
    )
    if start_s <= s.span_start.boot_s <= end_s:
        s.span_change = False
