"""Rows told in the timeline language: what happened on some days, to be read or played again."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from deskbreak.core.engine import CLOCK_STEP_S
from deskbreak.core.gate import INPUT_WITHIN_S
from deskbreak.core.held import REST_WITHOUT_LOCK_S
from deskbreak.core.model import PERSON_IS_HERE, By, Hold, Moment, Outcome, Presence
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.timeline import HOLDS, Set, Statement, Stretch, Timeline, Zone
from deskbreak.core.timeline_text import duration_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deskbreak.core.model import Episode, Rules, Span
    from deskbreak.core.settings import Resolved
    from deskbreak.core.timeline import Line

    Said = tuple[float, Statement]
    Still = tuple[float, float]

_PRESENCES: Final = {
    Presence.DESK: "work",
    Presence.AWAY: "idle",
    Presence.LOCKED: "locked",
    Presence.ASLEEP: "asleep",
    Presence.OFF: "off",
}
_NONE: Final = frozenset[Hold]()
_SAYABLE: Final = frozenset(HOLDS.values())
_LEAD_S: Final = 1200
"""Longer than any `presence.away_after_seconds`: who was last seen that long ago is not here."""
_ANSWERS: Final = {
    (Outcome.SKIPPED, None): Statement("answer", "skip"),
    (Outcome.TAKEN, By.ANSWER): Statement("answer", "done"),
    (Outcome.TAKEN, By.GUIDE): Statement("answer", "start"),
}


def presence(spans: Sequence[Span], episodes: Iterable[Episode], rules: Rules) -> Timeline:
    """Return where the person was, without what they said to a prompt.

    *spans* are at least one, in order of time. Time at the desk is ``work``: rows do not know
    short stillness, but for that which *rules* let count as a natural break.
    """
    return _told(spans, episodes, (), (still for e in episodes for still in _natural(e, rules)))


def happened(spans: Sequence[Span], episodes: Sequence[Episode], rules: Rules) -> Timeline:
    """Return the same with the answers, each where the prompt that it was given to is played.

    A prompt comes at a lull, and rest is one, so these are told as ``idle`` where rows imply them.
    Of a postponement only the number is kept: it is told as early as it can have been.
    """
    known = [e for e in episodes if e.kind in rules.place]
    said = (one for e in known for one in _said(e, rules))
    return _told(spans, known, said, (still for e in known for still in _still(e, rules)))


def settings(resolved: Resolved, *, private: bool = False) -> tuple[Set, ...]:
    """Return what is set otherwise than by default; what is *private* only if asked for."""
    plan = resolved.text("plan")
    before = resolve([Layer(Origin.USER, "", {"plan": plan})]).values
    changed = (
        Set(key, resolved.values[key])
        for key, setting in SETTINGS.items()
        if (private or not setting.private) and resolved.values[key] != before[key]
    )
    chosen = () if plan == SETTINGS["plan"].default else (Set("plan", plan),)
    return (*chosen, *changed)


# ── what an episode tells ──────────────────────────────────────────────────────────────────


def _said(e: Episode, rules: Rules) -> Iterator[Said]:
    """Yield what the person said, with its instant (boot clock)."""
    assert e.ended is not None, "only ended episodes are rows"
    kind, end_s = rules.kinds[rules.place[e.kind]], e.ended.boot_s
    if e.asked:
        yield e.due.boot_s, Statement("take", e.kind)
    from_s = (e.shown or e.due).boot_s
    for n in range(e.postponed):
        if from_s + n * kind.postpone_s < end_s:
            yield from_s + n * kind.postpone_s, Statement("answer", "postpone")
    answer = _ANSWERS.get((e.outcome or Outcome.MISSED, e.by))
    if answer is not None:
        guided = e.by is By.GUIDE  # a timeline's guide lasts that long, whatever the steps
        yield max(from_s, end_s - kind.duration_s) if guided else end_s, answer


def _still(e: Episode, rules: Rules) -> Iterator[Still]:
    """Yield when (boot clock) nothing was touched, by what came of it at the desk."""
    assert e.ended is not None, "only ended episodes are rows"
    if e.shown is not None and not e.asked:
        yield e.shown.boot_s - rules.lull_s, e.shown.boot_s
    if e.by is By.REST:
        duration_s = rules.kinds[rules.place[e.kind]].duration_s
        yield e.ended.boot_s - max(duration_s, REST_WITHOUT_LOCK_S), e.ended.boot_s
    yield from _natural(e, rules)


def _natural(e: Episode, rules: Rules) -> Iterator[Still]:
    """Yield the stillness that was a natural break, where that can be too short to be away."""
    assert e.ended is not None, "only ended episodes are rows"
    credit_s = rules.kinds[rules.place[e.kind]].credit_idle_s if e.kind in rules.place else 0.0
    if e.outcome is Outcome.NATURAL and 0 < credit_s < rules.away_after_s:
        yield e.ended.boot_s - credit_s, e.ended.boot_s


# ── what spans tell ────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Piece:
    """A span in whole seconds since the start, and what is to be said before it."""

    start_s: int
    end_s: int
    presence: str
    holds: frozenset[Hold] = _NONE
    before: tuple[Line, ...] = ()


class _Ruler:
    """Whole seconds of the boot clock since the first row, counted so that 04:00 is one."""

    def __init__(self, first: Moment) -> None:
        self.start = Moment(0.0, math.floor(first.unix_s + 0.5), first.zone)
        self._zero_s = first.boot_s - (first.unix_s - self.start.unix_s)

    def second(self, boot_s: float) -> int:
        """Return the second in which *boot_s* lies, half of one rounded up."""
        return math.floor(self.exact_s(boot_s) + 0.5)

    def exact_s(self, boot_s: float) -> float:
        """Return the same without rounding."""
        return boot_s - self._zero_s


def _told(
    spans: Sequence[Span], episodes: Iterable[Episode], said: Iterable[Said], still: Iterable[Still]
) -> Timeline:
    """Return *spans* as a timeline; stillness counts where it ended at the desk.

    Elsewhere it is part of the absence, and the spans tell it better.
    """
    ruler, starts = _Ruler(spans[0].start), [span.start.boot_s for span in spans]
    marks: list[_Mark] = [_Mark(ruler.second(at_s), said=line) for at_s, line in said]
    marks += (
        _Mark(ruler.second(start_s), still_s=ruler.second(end_s))
        for start_s, end_s in still
        if spans[bisect_right(starts, end_s) - 1].presence is Presence.DESK
    )
    marks += (
        _Mark(ruler.second(start_s), still_s=ruler.second(end_s))
        for start_s, end_s in _left_in_call(spans, episodes)
    )
    # Who plays it takes the person to be there at the start. Where they were not, that lies before.
    lead_s = 0 if spans[0].presence is Presence.DESK else _LEAD_S
    teller = _Teller(sorted(marks, key=lambda mark: mark.at_s), begun_s=-lead_s)
    pieces = [*_pieces(spans, ruler), None]
    for piece, following in pairwise(pieces):
        assert piece is not None
        teller.tell(piece, is_left=following is None or following.presence != "work")
    start = Moment(0.0, ruler.start.unix_s - lead_s, ruler.start.zone)
    return Timeline(start, teller.end())


def _left_in_call(spans: Sequence[Span], episodes: Iterable[Episode]) -> Iterator[Still]:
    """Yield the last minute (boot clock) of each call after which nobody touched anything.

    What was shown right after it says that somebody had touched something a moment before.
    """
    shown = sorted(e.shown.boot_s for e in episodes if e.shown is not None)
    for before, after in pairwise(spans):
        end_s = before.end.boot_s
        left = after.presence is Presence.AWAY and after.start == before.end
        if not left or not _is_sheltered(before):
            continue
        if bisect_right(shown, end_s) == bisect_right(shown, end_s + INPUT_WITHIN_S):
            yield max(before.start.boot_s, end_s - INPUT_WITHIN_S), end_s


def _is_sheltered(span: Span) -> bool:
    """Whether missing input was no absence."""
    return span.presence is Presence.DESK and not PERSON_IS_HERE.isdisjoint(span.holds)


def _pieces(spans: Sequence[Span], ruler: _Ruler) -> Iterator[_Piece]:
    """Yield every span that is left of when seconds are whole, and what lies between them."""
    at_s, clock, paused = 0, _Clock(ruler), False
    for span in spans:
        start_s, end_s = max(ruler.second(span.start.boot_s), at_s), ruler.second(span.end.boot_s)
        hard = span.presence not in (Presence.DESK, Presence.AWAY)
        if hard and span.seconds > 0:  # as short as it was, it makes the time around it away
            end_s = max(end_s, start_s + 1)
        if end_s <= start_s:
            continue
        if start_s > at_s:
            yield _Piece(at_s, start_s, "off")
        before = list(clock.follow(span.start))
        if (Hold.PAUSED in span.holds) != paused:
            paused = not paused
            before.append(Statement("pause" if paused else "resume"))
        yield _Piece(start_s, end_s, _PRESENCES[span.presence], _holds(span), tuple(before))
        at_s = end_s


def _holds(span: Span) -> frozenset[Hold]:
    if span.presence is Presence.DESK:
        return span.holds & _SAYABLE
    if span.presence is Presence.AWAY:  # with these it would be no absence
        return span.holds & _SAYABLE - PERSON_IS_HERE
    return _NONE


class _Clock:
    """The wall clock of a timeline, which runs evenly until it is said to be moved."""

    def __init__(self, ruler: _Ruler) -> None:
        self._ruler = ruler
        self._ahead_s = 0
        self._zone = ruler.start.zone

    def follow(self, at: Moment) -> Iterator[Line]:
        """Yield what puts it right at *at*."""
        shows_s = self._ruler.start.unix_s + self._ruler.exact_s(at.boot_s) + self._ahead_s
        moved_s = at.unix_s - shows_s
        if abs(moved_s) > CLOCK_STEP_S:
            whole_s = round(moved_s)
            self._ahead_s += whole_s
            sign = "+" if whole_s > 0 else "-"
            yield Statement("clock", f"{sign}{duration_text(abs(whole_s))}")
        if at.zone != self._zone:
            self._zone = at.zone
            yield Zone(at.zone)


@dataclass(frozen=True, slots=True)
class _Mark:
    """Something that happens within a span: words, or stillness until a later second."""

    at_s: int
    said: Statement | None = None
    still_s: int = 0


@dataclass(slots=True)
class _Teller:
    """Tells pieces as lines: neighbours that are alike as one, cut where something is said."""

    marks: list[_Mark]
    lines: list[Line] = field(default_factory=list)
    here: tuple[str, frozenset[Hold]] = ("off", _NONE)  # from begun_s to at_s
    begun_s: int = 0
    at_s: int = 0  # what lies before is told, but for that
    next: int = 0  # of the marks
    still_s: int = 0  # until then nothing is touched
    before: str = ""  # the presence of the piece that was told last
    is_left: bool = True  # an absence may follow the piece that is being told

    def tell(self, piece: _Piece, *, is_left: bool) -> None:
        """Tell *piece*, with what happens in it; unless it *is_left* somebody stays at the desk."""
        self.is_left = is_left
        for line in piece.before:
            self._say(line)
        if piece.presence != self.before:  # who came to the desk touched something
            self._go_on(piece.presence, piece.holds, piece.start_s + 1)
        self.before = piece.presence
        while self.next < len(self.marks) and self.marks[self.next].at_s <= piece.end_s:
            mark = self.marks[self.next]
            self.next += 1
            self._pass(piece, mark.at_s)
            if mark.said is not None:
                self._say(mark.said)
            self.still_s = max(self.still_s, mark.still_s)
        self._pass(piece, piece.end_s)

    def end(self) -> tuple[Line, ...]:
        """Return all lines."""
        self._close()
        return tuple(self.lines)

    def _pass(self, piece: _Piece, until_s: int) -> None:
        if piece.presence == "work":
            # Not to its end: stillness there would be part of the absence that may follow, except
            # in a call, at whose end that begins.
            rest_s = 1 if self.is_left and PERSON_IS_HERE.isdisjoint(piece.holds) else 0
            self._go_on("idle", piece.holds, min(self.still_s, until_s, piece.end_s - rest_s))
        self._go_on(piece.presence, piece.holds, until_s)

    def _go_on(self, presence: str, holds: frozenset[Hold], until_s: int) -> None:
        if until_s <= self.at_s:
            return
        if (presence, holds) != self.here:
            self._close()
            self.here = presence, holds
        self.at_s = until_s

    def _say(self, line: Line) -> None:
        self._close()
        self.lines.append(line)

    def _close(self) -> None:
        if self.at_s > self.begun_s:
            self.lines.append(Stretch(float(self.at_s - self.begun_s), *self.here))
        self.begun_s = self.at_s
