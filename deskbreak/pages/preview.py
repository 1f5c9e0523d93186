"""What other settings would make of a week: it is played with them, and its days are drawn."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core import diary, labels, tune
from deskbreak.core.model import PERSON_IS_HERE, Presence
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.storage import files
from deskbreak.storage.recorded import WEEK, recorded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import date

    from deskbreak.core.model import Moment, Rules
    from deskbreak.core.settings import Resolved
    from deskbreak.core.timeline import Timeline
    from deskbreak.core.tune import Share, Side
    from deskbreak.core.words import Words
    from deskbreak.pages.desk import Desk

_ENOUGH_S: Final = 3 * 3600.0
"""Less time at the desk says nothing of a day, and the sample week says more. Our opinion."""
_HOUR_S: Final = 3600
_LEFT: Final = 34  # of the strips, in units of the picture
_WIDE: Final = 300
_ROW: Final = 30
_AXIS: Final = 18
_MOST_HOURS: Final = 6  # that are named below the strips


@dataclass(frozen=True, slots=True)
class Week:
    """What is played, and how prompts in it are answered."""

    timelines: Sequence[Timeline]
    shares: Mapping[str, Share]
    last: date | None  # the last day; None: it is nobody's own


@dataclass(frozen=True, slots=True)
class Block:
    """A time at the desk, in the picture."""

    x: float
    width: float
    call: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """A prompt, in the picture and in words."""

    x: float
    kind: str
    words: str


@dataclass(frozen=True, slots=True)
class Strip:
    """One day."""

    y: int
    name: str
    blocks: tuple[Block, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind that comes, and how often."""

    id: str
    name: str
    a_day: str


@dataclass(frozen=True, slots=True)
class Picture:
    """Everything that the template of the preview shows; lengths are units of the picture."""

    last: date | None
    width: int
    height: int
    strips: tuple[Strip, ...]
    hours: tuple[tuple[float, str], ...]
    kinds: tuple[Kind, ...]
    a_day: tuple[str, str]  # with the values that are tried, and with those in force
    longest: tuple[str, str]


class Preview:
    """Plays a week for as long as the pages are served; reads it when a page is opened."""

    def __init__(self, desk: Desk) -> None:
        """Read nothing yet."""
        self._desk = desk
        self._week: Week | None = None
        self._in_force: tuple[Rules, Side] | None = None

    def read(self, resolved: Resolved) -> Week:
        """Read the last week on record; where there is too little of it, the sample week."""
        made = rules(resolved, ())
        with self._desk.store() as store:
            found = recorded(store, made.day_starts_s, WEEK)
        shares = tune.shares(found.episodes, (kind.name for kind in made.kinds))
        desk_s = sum(x.seconds for x in found.spans if x.presence is Presence.DESK)
        if found.days is None or desk_s < _ENOUGH_S:
            week = Week(files.sample_weeks()[:1], shares, None)
        else:
            told = diary.presence(found.spans, found.episodes, made)
            week = Week((told,), shares, found.days[1])
        self._week, self._in_force = week, None
        return week

    def picture(self, resolved: Resolved, values: Mapping[str, object], words: Words) -> Picture:
        """Play the week with *values* over *resolved*; about 20 ms for a week of five days."""
        week = self._week or self.read(resolved)
        now, tried = rules(resolved, ()), rules(tune.tried(resolved, values), ())
        if self._in_force is None or self._in_force[0] != now:
            self._in_force = now, tune.play(week.timelines, now, week.shares)
        before = self._in_force[1]
        side = before if tried == now else tune.play(week.timelines, tried, week.shares)
        return _picture(side, before, tried, week.last, words)


def _picture(side: Side, before: Side, made: Rules, last: date | None, words: Words) -> Picture:
    days = _days(side, made.day_starts_s)
    scale = _Scale.over(days)
    strips = tuple(
        Strip(
            n * _ROW,
            labels.weekday(day, words),
            tuple(scale.blocks(day, spans)),
            tuple(scale.marks(day, prompts, words)),
        )
        for n, (day, (spans, prompts)) in enumerate(days.items())
    )
    kinds = (
        Kind(kind, labels.kind_name(kind, words), labels.tenths(side.per_day(count), words))
        for kind, count in side.prompts.items()
    )
    return Picture(
        last,
        _LEFT + _WIDE,
        len(strips) * _ROW + _AXIS,
        strips,
        tuple(scale.hours()),
        tuple(kinds),
        (labels.tenths(side.a_day, words), labels.tenths(before.a_day, words)),
        (_length(side.longest_s, words), _length(before.longest_s, words)),
    )


def _length(seconds: float, words: Words) -> str:
    return labels.duration(seconds, words) if seconds else "-"


def _days(side: Side, day_starts_s: int) -> dict[date, tuple[list[Any], list[Any]]]:
    """Return the spans at the desk and the prompts of each day that has any."""
    days: dict[date, tuple[list[Any], list[Any]]] = {}
    for span in side.spans:
        if span.presence is Presence.DESK and span.seconds > 0:
            days.setdefault(day_of(span.start, day_starts_s), ([], []))[0].append(span)
    for at, kind in side.prompted:
        day = day_of(at, day_starts_s)
        if day in days:
            days[day][1].append((at, kind))
    return dict(sorted(days.items()))


@dataclass(frozen=True, slots=True)
class _Scale:
    """Hours of the day across the picture."""

    from_h: int
    to_h: int

    @classmethod
    def over(cls, days: Mapping[date, tuple[list[Any], list[Any]]]) -> _Scale:
        """Return the one that has room for the time at the desk of all *days*."""
        starts = [_s(x.start, day) for day, (spans, _) in days.items() for x in spans]
        ends = [_s(x.end, day) for day, (spans, _) in days.items() for x in spans]
        if not starts:
            return cls(8, 18)
        from_h = math.floor(min(starts) / _HOUR_S)
        return cls(from_h, max(math.ceil(max(ends) / _HOUR_S), from_h + 1))

    def x(self, seconds: float) -> float:
        """Return where a time of day is, which is *seconds* after midnight."""
        part = (seconds / _HOUR_S - self.from_h) / (self.to_h - self.from_h)
        return round(_LEFT + part * (_WIDE - 8), 1)

    def blocks(self, day: date, spans: Sequence[Any]) -> Iterator[Block]:
        """Yield the time at the desk; what follows without a gap and is alike is one block."""
        begun: tuple[float, float, bool] | None = None
        for span in spans:
            start_s, end_s = _s(span.start, day), _s(span.end, day)
            call = not PERSON_IS_HERE.isdisjoint(span.holds)
            if begun is not None and begun[2] == call and start_s - begun[1] < 1:
                begun = begun[0], end_s, call
                continue
            if begun is not None:
                yield self._block(begun)
            begun = start_s, end_s, call
        if begun is not None:
            yield self._block(begun)

    def _block(self, one: tuple[float, float, bool]) -> Block:
        x = self.x(one[0])
        return Block(x, round(max(self.x(one[1]) - x, 0.5), 1), one[2])

    def marks(
        self, day: date, prompts: Sequence[tuple[Moment, str]], words: Words
    ) -> Iterator[Mark]:
        """Yield the prompts."""
        for at, kind in prompts:
            told = f"{at.wall:%H:%M} {labels.kind_name(kind, words)}"
            yield Mark(self.x(_s(at, day)), kind, told)

    def hours(self) -> Iterator[tuple[float, str]]:
        """Yield the hours that are named, and where."""
        step = math.ceil((self.to_h - self.from_h) / _MOST_HOURS)
        for hour in range(self.from_h, self.to_h + 1, step):
            yield self.x(hour * _HOUR_S), f"{hour % 24}"


def _s(at: Moment, day: date) -> float:
    """Return the seconds after the midnight of *day* that a clock on the wall shows."""
    wall = at.wall
    midnights = (wall.date() - day).days
    return midnights * 86_400 + wall.hour * 3600 + wall.minute * 60 + wall.second
