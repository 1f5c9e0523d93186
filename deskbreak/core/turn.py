"""One step in the making: the state being changed, the rules, and what is to be done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from deskbreak.core.model import Absence, Credit, Log, Presence, Record, Span
from deskbreak.core.schedule import day_of, day_start_after

if TYPE_CHECKING:
    from deskbreak.core.model import Effect, Episode, KindRules, KindState, Moment, Rules, State


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
    def presence(self) -> Presence:
        """Where the person is now, as far as is settled."""
        return presence_of(self.s)

    @property
    def at_desk(self) -> bool:
        """Whether the person is here; a short time without input is being here."""
        return self.presence is Presence.DESK


def presence_of(state: State) -> Presence:
    """Return where the person is, as far as is settled."""
    if state.outage:
        return state.outage
    if state.facts.asleep:
        return Presence.ASLEEP
    if state.facts.locked:
        return Presence.LOCKED
    return Presence.AWAY if state.absence and state.absence.settled else Presence.DESK


def open_spans(state: State, now: Moment) -> tuple[Span, ...]:
    """Return what is not recorded yet, as it would be if nothing more happened until *now*."""
    last = Span(state.span_start, now, presence_of(state), state.holds, state.span_change)
    return (*state.pieces, last) if last.seconds > 0 else state.pieces


# ── spans ──────────────────────────────────────────────────────────────────────────────────


def cut(t: Turn, at: Moment) -> None:
    """Close the open span at *at* and begin the next; called before what it shows changes."""
    s = t.s
    if at.boot_s > s.span_start.boot_s:
        span = Span(s.span_start, at, t.presence, s.holds, s.span_change)
        if span.presence is Presence.DESK and not s.sheltered and s.facts.idle_s is not None:
            s.pieces = (*s.pieces, span)  # the person may prove to have left before its end
        else:
            confirm(t)
            record(t, span)
        s.span_change = False
    s.span_start = at


def record(t: Turn, span: Span) -> None:
    """Write *span* down for good."""
    s = t.s
    t.out.append(Record(span))
    if span.presence is Presence.DESK:
        add_desk(t, span.start, span.seconds)
    elif span.presence is Presence.AWAY and s.absence:
        s.absence = replace(s.absence, away_s=s.absence.away_s + span.seconds)


def add_desk(t: Turn, start: Moment, seconds: float) -> None:
    """Count *seconds* of desk time on the day of *start*."""
    s = t.s
    day = day_of(start, t.rules.day_starts_s)
    if s.desk_day != day:
        if s.desk_day is not None and day < s.desk_day:
            return
        s.desk_day, s.desk_s = day, 0.0
    s.desk_s += seconds


def confirm(t: Turn) -> None:
    """The person was here: pieces of desk time that were in doubt are none any more."""
    pieces, t.s.pieces = t.s.pieces, ()
    for piece in pieces:
        record(t, piece)


def doubt(t: Turn, start_s: float) -> None:
    """Nobody was here from *start_s* on: what was taken for desk time since then was away."""
    s = t.s
    pieces, s.pieces = s.pieces, ()
    for piece in pieces:
        if piece.end.boot_s <= start_s:
            record(t, piece)
            continue
        if piece.start.boot_s < start_s:
            left = piece.start.on(start_s)
            record(t, replace(piece, end=left))
            record(t, Span(left, piece.end, Presence.AWAY, piece.holds))
        else:
            record(t, replace(piece, presence=Presence.AWAY))
    if s.span_start.boot_s < start_s:
        left = s.span_start.on(start_s)
        record(t, Span(s.span_start, left, Presence.DESK, s.holds, s.span_change))
        s.span_start, s.span_change = left, False


def desk_today_s(t: Turn) -> float:
    """Desk time of today until now; short times without input are in it."""
    s = t.s
    total = s.desk_s if s.desk_day == s.today else 0.0
    starts = t.rules.day_starts_s
    total += sum(p.seconds for p in s.pieces if day_of(p.start, starts) == s.today)
    return total + (t.now.boot_s - s.span_start.boot_s if t.at_desk else 0.0)


def new_day(t: Turn, at: Moment) -> None:
    """Look up the calendar: which day it is, and when it ends."""
    s = t.s
    s.day_starts_s = t.rules.day_starts_s
    s.today = day_of(at, s.day_starts_s)
    s.day_end_s = day_start_after(at, s.day_starts_s).boot_s


# ── held time ──────────────────────────────────────────────────────────────────────────────


def clear(t: Turn, n: int) -> None:
    """Set the held time of the *n*-th kind to zero; it runs on from now."""
    state = t.s.kinds[n]
    if not state.at_rest:
        t.put(n, replace(state, held_from_s=t.now.boot_s))


def interval_s(t: Turn, n: int) -> float:
    """Return the interval in force: the stage's where the kind goes round, longer after skips."""
    kind, state = t.rules.kinds[n], t.s.kinds[n]
    interval = kind.cycle[state.stage % len(kind.cycle)].interval_s if kind.cycle else kind.interval_s
    return interval * t.rules.backoff_factor if state.backoff_day == t.s.today else interval


def remember_for_undo(t: Turn, n: int) -> None:
    """Keep what an absence is about to clear of the *n*-th kind, for "I was reading"."""
    s, absence = t.s, t.s.absence
    assert absence is not None
    start = t.now.on(absence.start_s)
    if s.credit is None or s.credit.start.boot_s != absence.start_s:
        none = (None,) * len(s.kinds)
        s.credit = Credit(start, none, none)
    held, moved = list(s.credit.held_from_s), list(s.credit.moved_at_s)
    if held[n] is None:
        held[n], moved[n] = s.kinds[n].held_from_s, s.kinds[n].moved_at_s
    s.credit = replace(s.credit, held_from_s=tuple(held), moved_at_s=tuple(moved))


def log(t: Turn, ended: Episode, *, by_absence: bool) -> None:
    """Write an ended episode down; one that an absence ended can be undone."""
    t.out.append(Log(ended))
    if by_absence and t.s.credit is not None:
        t.s.credit = replace(t.s.credit, episodes=(*t.s.credit.episodes, ended.id))


def count_change(t: Turn) -> bool:
    """Count the running absence as a change of position, once."""
    absence: Absence | None = t.s.absence
    if absence is None or absence.changed:
        return False
    t.s.absence = replace(absence, changed=True)
    return True
