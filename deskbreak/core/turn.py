"""One step in the making: the state being changed, the rules, and what is to be done."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from deskbreak.core.model import Credit, Log, Outcome, Presence, Record, Span
from deskbreak.core.replacing import replace
from deskbreak.core.schedule import day_of, day_start_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from deskbreak.core.model import Effect, Episode, KindRules, KindState, Moment, Rules, State

    Act = Callable[["Turn", int], None]
    Deadline = tuple[float, Act, int]


class Turn:
    """A private, mutable draft; only `engine.step` makes one, and freezes it at the end."""

    __slots__ = ("now", "out", "rules", "s")

    def __init__(self, state: State, rules: Rules) -> None:
        """Begin where *state* ended."""
        self.s = state.copy()
        self.rules = rules
        self.now: Moment = state.at
        self.out: list[Effect] = []

    def kind(self, name: str) -> tuple[KindRules, KindState]:
        """Return the rules and the state of one kind."""
        n = self.rules.place[name]
        return self.rules.kinds[n], self.s.kinds[n]

    def put(self, n: int, state: KindState) -> None:
        """Remember the state of the *n*-th kind."""
        kinds = self.s.kinds
        self.s.kinds = (*kinds[:n], state, *kinds[n + 1 :])

    @property
    def at_desk(self) -> bool:
        """Whether the person is here; a short time without input is being here."""
        return presence_of(self.s) is Presence.DESK


def presence_of(state: State) -> Presence:
    """Return where the person is, as far as is settled."""
    if state.outage:
        return state.outage
    if state.facts.asleep:
        return Presence.ASLEEP
    if state.facts.locked:
        return Presence.LOCKED
    return Presence.AWAY if state.absence and state.absence.settled else Presence.DESK


def idle_s(t: Turn) -> float:
    """Return the time without input as far as is known; zero where nothing can tell."""
    said_s = t.s.facts.idle_s
    if said_s is None:
        return 0.0
    since_s = t.now.boot_s - t.s.input_s
    # Until a mark is reached, silence means that input may have gone on after the last reading.
    return since_s if t.s.idle_known else min(since_s, max(said_s, 0.0))


# ── spans ──────────────────────────────────────────────────────────────────────────────────


def open_spans(state: State, now: Moment) -> tuple[Span, ...]:
    """Return what is not recorded yet, as it would be if nothing more happened until *now*."""
    last = Span(state.span_start, now, presence_of(state), state.holds, state.span_change)
    return (*state.pieces, last) if last.seconds > 0 else state.pieces


def cut(t: Turn, at: Moment) -> None:
    """Close the open span at *at* and begin the next; called before what it shows changes."""
    s = t.s
    if at.boot_s > s.span_start.boot_s:
        span = Span(s.span_start, at, presence_of(s), s.holds, s.span_change)
        if span.presence is Presence.DESK and not s.sheltered and s.facts.idle_s is not None:
            s.pieces = (*s.pieces, span)  # the person may prove to have left before its end
        else:
            confirm(t)
            _record(t, span)
        s.span_change = False
    s.span_start = at


def _record(t: Turn, span: Span) -> None:
    """Write *span* down for good."""
    s = t.s
    t.out.append(Record(span))
    if span.start.boot_s < s.day_from_s:
        return  # what is counted here is counted for today
    if span.presence is Presence.DESK:
        s.desk_s += span.seconds
    elif span.presence is Presence.AWAY and s.absence:
        s.absence = replace(s.absence, away_s=s.absence.away_s + span.seconds)


def confirm(t: Turn) -> None:
    """The person was here: pieces of desk time that were in doubt are none any more."""
    if t.s.pieces:
        pieces, t.s.pieces = t.s.pieces, ()
        for piece in pieces:
            _record(t, piece)


def doubt(t: Turn, start_s: float) -> None:
    """Nobody was here from *start_s* on: what was taken for desk time since then was away."""
    s = t.s
    pieces, s.pieces = s.pieces, ()
    for piece in pieces:
        if piece.end.boot_s <= start_s:
            _record(t, piece)
        elif piece.start.boot_s < start_s:
            left = piece.start.on(start_s)
            _record(t, replace(piece, end=left))
            _record(t, Span(left, piece.end, Presence.AWAY, piece.holds))
        else:
            _record(t, replace(piece, presence=Presence.AWAY))
    if s.span_start.boot_s < start_s:
        left = s.span_start.on(start_s)
        _record(t, Span(s.span_start, left, Presence.DESK, s.holds, s.span_change))
        s.span_start, s.span_change = left, False


# ── days ───────────────────────────────────────────────────────────────────────────────────


def desk_today_s(t: Turn) -> float:
    """Desk time of today until now; short times without input are in it."""
    s = t.s
    total = s.desk_s + sum(p.seconds for p in s.pieces if p.start.boot_s >= s.day_from_s)
    return total + (t.now.boot_s - s.span_start.boot_s if t.at_desk else 0.0)


def new_day(t: Turn, at: Moment) -> None:
    """Look up the calendar: which day it is at *at*, where a span begins, and when it ends."""
    s = t.s
    s.day_starts_s = t.rules.day_starts_s
    s.day_end_s = day_start_after(at, s.day_starts_s).boot_s
    s.next_act_s = -math.inf
    today = day_of(at, s.day_starts_s)
    if today == s.today:
        return
    s.today, s.day_from_s, s.desk_s = today, at.boot_s, 0.0
    if s.absence is not None:
        s.absence = replace(s.absence, away_s=0.0)
    if t.at_desk and (s.sheltered or s.facts.idle_s is None):
        s.present_day = today  # of others the next sign of life tells whether they were here


# ── held time ──────────────────────────────────────────────────────────────────────────────


def clear(t: Turn, n: int) -> None:
    """Set the held time of the *n*-th kind to zero; it runs on from now."""
    unmark(t, n)
    state = t.s.kinds[n]
    if not state.at_rest:
        t.put(n, replace(state, held_from_s=t.now.boot_s))


def unmark(t: Turn, n: int) -> None:
    """Let the tray say no more that the *n*-th kind is due."""
    if t.s.mark is not None and t.s.mark.kind == t.rules.kinds[n].name:
        t.s.mark = None


def interval_s(t: Turn, n: int) -> float:
    """Return the interval in force: the stage's where the kind goes round, longer after skips."""
    kind, state = t.rules.kinds[n], t.s.kinds[n]
    interval = kind.interval_s
    if kind.cycle:
        interval = kind.cycle[state.stage % len(kind.cycle)].interval_s
    if state.backoff_day is not None and state.backoff_day == t.s.today:
        return interval * t.rules.backoff_factor
    return interval


def remember_for_undo(t: Turn, places: Iterable[int]) -> None:
    """Keep what an absence is about to clear of the kinds at *places*, for "I was reading"."""
    s, absence = t.s, t.s.absence
    assert absence is not None
    credit = s.credit
    if credit is None or credit.end is not None:
        none = (None,) * len(s.kinds)
        credit = Credit(t.now.on(absence.start_s), none, none, stages=none)
    held, moved, stages = list(credit.held_from_s), list(credit.moved_at_s), list(credit.stages)
    for n in places:
        if held[n] is None:
            kind = s.kinds[n]
            held[n], moved[n], stages[n] = kind.held_from_s, kind.moved_at_s, kind.stage
    s.credit = Credit(
        credit.start, tuple(held), tuple(moved), credit.episodes, stages=tuple(stages)
    )


def log(t: Turn, ended: Episode, *, by_absence: bool) -> None:
    """Write an ended episode down; one that an absence ended can be undone."""
    t.out.append(Log(ended))
    if by_absence and t.s.credit is not None:
        t.s.credit = replace(t.s.credit, episodes=(*t.s.credit.episodes, ended.id))
    elif not by_absence and ended.outcome is not Outcome.UNDELIVERED:
        _keep_through_undo(t, ended)


def _keep_through_undo(t: Turn, ended: Episode) -> None:
    """Let stand what was *ended* while nobody was there, but not by the absence."""
    credit = t.s.credit
    if credit is None or credit.end is not None:
        return
    kind, _ = t.kind(ended.kind)
    taken = ended.outcome is Outcome.TAKEN
    cleared = {ended.kind, *ended.folded, *(kind.folds if taken else ())}
    held, moved = list(credit.held_from_s), list(credit.moved_at_s)
    for n, other in enumerate(t.rules.kinds):
        if held[n] is not None and other.name in cleared:
            held[n] = t.now.boot_s
        if held[n] is not None and taken and other.name in kind.moves:
            moved[n] = t.now.boot_s
    t.s.credit = replace(credit, held_from_s=tuple(held), moved_at_s=tuple(moved))


def count_change(t: Turn) -> bool:
    """Count the running absence as a change of position, once."""
    absence = t.s.absence
    if absence is None or absence.changed:
        return False
    t.s.absence = replace(absence, changed=True)
    return True
