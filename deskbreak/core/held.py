"""Absence and credit: when the person left, what that clears, and when they are back."""

from __future__ import annotations

from dataclasses import replace
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
from deskbreak.core.turn import (
    clear,
    confirm,
    count_change,
    cut,
    doubt,
    interval_s,
    log,
    remember_for_undo,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.turn import Turn

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


def settle(t: Turn) -> None:
    """The absence is long or hard enough to be no desk time, from its beginning."""
    s = t.s
    assert s.absence is not None
    if not s.absence.settled:
        doubt(t, s.absence.start_s)
        s.absence = replace(s.absence, settled=True)


def leave(t: Turn, change: Callable[[], None]) -> None:
    """A lock, a sleep or an outage begins now; *change* makes it visible in the state."""
    s = t.s
    if s.sheltered:
        s.sheltered = False
        s.idle_from_s = t.now.boot_s
    s.idle_from_s = min(s.idle_from_s, t.now.boot_s)
    if s.facts.idle_s is None and s.absence is None:
        s.idle_from_s = t.now.boot_s  # nothing told of input: the person was here until now
    begin_absence(t)
    settle(t)
    cut(t, t.now)
    change()
    follow_lock(t)


def follow_lock(t: Turn) -> None:
    """Keep account of the locked and asleep part of the absence."""
    s, absence = t.s, t.s.absence
    if absence is None:
        return
    shut = t.presence in (Presence.LOCKED, Presence.ASLEEP)
    if shut and absence.lock_since_s is None:
        s.absence = replace(absence, lock_since_s=t.now.boot_s)
    elif not shut and absence.lock_since_s is not None:
        part = t.now.boot_s - absence.lock_since_s
        s.absence = replace(absence, lock_s=absence.lock_s + part, lock_since_s=None)


# ── coming back ────────────────────────────────────────────────────────────────────────────


def touched(t: Turn) -> None:
    """Input came now, with the session unlocked."""
    t.s.input_s = t.now.boot_s
    come_back(t)


def come_back(t: Turn) -> None:
    """The person is here: a running absence, if any, ends now."""
    s, absence = t.s, t.s.absence
    now = t.now.boot_s
    s.idle_from_s = now
    if absence is None or not absence.settled:
        confirm(t)
        s.absence = None
        _run_again(t)
        s.present_day = s.today
        return
    cut(t, t.now)
    absence = s.absence  # with what the cut recorded as away
    assert absence is not None
    s.absence = None
    s.returned_s, s.prompts_since_return = now, ()
    first = s.present_day != s.today
    s.present_day = s.today
    if first or now - absence.start_s >= LONG_ABSENCE_S:
        s.quiet_from_s = now
    _run_again(t)
    if first:
        clear_without_credit(t)
    if s.credit is not None and s.credit.end is None:
        s.credit = replace(s.credit, end=t.now, away_s=absence.away_s)
    episodes.returned(t, absence)


def clear_without_credit(t: Turn) -> None:
    """The day's first presence: kinds that no absence clears begin anew."""
    for n, kind in enumerate(t.rules.kinds):
        if not kind.credit_idle_s and not kind.credit_lock_s:
            clear(t, n)


def _run_again(t: Turn) -> None:
    for n, state in enumerate(t.s.kinds):
        if state.at_rest:
            t.put(n, replace(state, at_rest=False, held_from_s=t.now.boot_s))


def follow_shelter(t: Turn, *, call_began: bool = False) -> None:
    """Decide whether somebody is here without touching anything: in a call, before a screen."""
    s = t.s
    here = (
        t.presence in (Presence.DESK, Presence.AWAY)
        and not PERSON_IS_HERE.isdisjoint(s.holds)
        and t.now.boot_s - s.input_s < NOBODY_AFTER_S
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


# ── what an absence brings, in time ────────────────────────────────────────────────────────


def deadlines(t: Turn) -> Iterator[tuple[float, Callable[[], None]]]:
    """Yield when (boot clock) the running absence brings something, and what."""
    s, absence = t.s, t.s.absence
    if s.sheltered:
        yield s.input_s + NOBODY_AFTER_S, lambda: _nobody(t)
    if absence is None:
        return
    if not absence.settled:
        yield absence.start_s + t.rules.away_after_s, lambda: settle(t)
    rest_s = rest_complete_s(t)
    if rest_s is not None:
        yield rest_s, lambda: rested(t)
    for n, kind in enumerate(t.rules.kinds):
        if s.kinds[n].at_rest:
            continue
        if kind.credit_idle_s:
            yield absence.start_s + kind.credit_idle_s, lambda n=n: credit(t, n)  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        if kind.credit_lock_s and absence.lock_since_s is not None:
            left = kind.credit_lock_s - absence.lock_s
            yield absence.lock_since_s + left, lambda n=n: credit(t, n)  # type: ignore[misc]  # as above


def _nobody(t: Turn) -> None:
    follow_shelter(t)
    begin_absence(t)


def rest_complete_s(t: Turn) -> float | None:
    """Return when the running absence will be the rest that the open prompt asked for."""
    s, e, absence = t.s, t.s.episode, t.s.absence
    if e is None or absence is None:
        return None
    kind, _ = t.kind(e.kind)
    on_screen = e.phase in (Phase.SHOWN, Phase.GUIDED)
    if not kind.rest_counts or not (on_screen or (e.phase is Phase.WAITING and not e.rest_void)):
        return None
    if absence.start_s > e.shown_boot_s + REST_BEGINS_WITHIN_S or e.shown is None:
        return None
    need = kind.duration_s if absence.had_lock else max(kind.duration_s, REST_WITHOUT_LOCK_S)
    return max(absence.start_s, e.shown_boot_s) + need


def rested(t: Turn) -> None:
    """The prompted rest is complete."""
    e = t.s.episode
    assert e is not None
    for name in (e.kind, *e.folded, *t.kind(e.kind)[0].folds):
        remember_for_undo(t, t.rules.place[name])
    for name in t.kind(e.kind)[0].moves:
        remember_for_undo(t, t.rules.place[name])
    episodes.end(t, Outcome.TAKEN, By.REST, change=count_change(t), by_absence=True)


def credit(t: Turn, n: int) -> None:
    """The absence clears the held time of the *n*-th kind."""
    s, kind, e = t.s, t.rules.kinds[n], t.s.episode
    absence = s.absence
    assert absence is not None
    if e is not None and e.kind == kind.name and rest_complete_s(t) is not None:
        rested(t)
        e = None
    remember_for_undo(t, n)
    held_s = absence.start_s - s.kinds[n].held_from_s
    if e is not None and e.kind == kind.name:
        for name in e.folded:
            remember_for_undo(t, t.rules.place[name])
        episodes.end(t, Outcome.NATURAL, by_absence=True)
    else:
        if e is not None and kind.name in e.folded:
            folded = tuple(name for name in e.folded if name != kind.name)
            s.episode = replace(e, folded=folded)
        if kind.enabled and held_s >= interval_s(t, n) / 2:
            _natural(t, kind.name)
    t.put(n, replace(s.kinds[n], at_rest=True, stage=0))
    if kind.credit_is_change and count_change(t):
        if t.at_desk:
            cut(t, t.now)  # too short to be away: the change lies where a span begins
        s.span_change = True


def _natural(t: Turn, kind: str) -> None:
    s = t.s
    row = Episode(
        s.next_episode, kind, t.now, Phase.WAITING, outcome=Outcome.NATURAL, ended=t.now
    )
    s.next_episode += 1
    log(t, row, by_absence=True)


def undoable(credit_: Credit | None, boot_s: float) -> bool:
    """Whether "I was reading" means something at *boot_s*: for ten minutes after the return."""
    return credit_ is not None and credit_.end is not None and boot_s <= credit_.end.boot_s + UNDO_FOR_S


def undo_credit(t: Turn) -> None:
    """ "I was reading": held time runs as if the last absence had counted in."""
    s, undone = t.s, t.s.credit
    if undone is None or undone.end is None or not undoable(undone, t.now.boot_s):
        return
    for n, (held, moved) in enumerate(zip(undone.held_from_s, undone.moved_at_s, strict=True)):
        state = s.kinds[n]
        if held is not None and state.held_from_s <= undone.end.boot_s:
            t.put(n, replace(state, held_from_s=held, moved_at_s=moved))
    if s.desk_day == s.today:
        s.desk_s += undone.away_s
    t.out.append(Undo(undone.episodes, undone.start, undone.end))
    s.credit = None
