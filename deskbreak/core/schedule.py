"""Days and working hours: what the wall clock and its zone decide."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Moment

_DAY_S: Final = 86_400
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")


@dataclass(frozen=True, slots=True)
class WorkingHours:
    """When deskbreak may speak: ranges per weekday (Monday first), and days without any.

    A range is (start, end) in seconds after local midnight; one that crosses midnight ends
    after 86,400 and belongs to the day on which it begins.
    """

    ranges: tuple[tuple[tuple[int, int], ...], ...]
    days_off: frozenset[date] = frozenset()

    def open_at(self, local: datetime) -> bool:
        """Tell whether the naive *local* time lies in working hours."""
        return any(start <= local < end for start, end in self._around(local.date()))

    def next_edge(self, local: datetime) -> datetime | None:
        """Return the first opening or closing after the naive *local* time, within nine days."""
        edges = (
            edge
            for ahead in range(-1, 9)
            for opening in self._of(local.date() + timedelta(days=ahead))
            for edge in opening
            if edge > local
        )
        return min(edges, default=None)

    def _around(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        yield from self._of(day - timedelta(days=1))
        yield from self._of(day)

    def _of(self, day: date) -> Iterator[tuple[datetime, datetime]]:
        if day in self.days_off:
            return
        midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local time, any zone
        for start, end in self.ranges[day.weekday()]:
            yield midnight + timedelta(seconds=start), midnight + timedelta(seconds=end)


def parse_clock(text: str) -> int:
    """Return the seconds after midnight of ``HH:MM``; 24:00 is the end of the day.

    Raises:
        ValueError: It is not a time of day.
    """
    found = _CLOCK.fullmatch(text.strip())
    if not found:
        raise ValueError(text)
    hour, minute = int(found[1]), int(found[2])
    if minute > 59 or hour * 60 + minute > 24 * 60:  # noqa: PLR2004 - minutes of an hour
        raise ValueError(text)
    return hour * 3600 + minute * 60


def parse_range(text: str) -> tuple[int, int]:
    """Return (start, end) of ``09:00-12:30``; an end before the start lies on the next day.

    Raises:
        ValueError: It is no range, or an empty one.
    """
    start_text, dash, end_text = text.partition("-")
    if not dash:
        raise ValueError(text)
    start, end = parse_clock(start_text), parse_clock(end_text)
    if start == end or start == _DAY_S:
        raise ValueError(text)
    return start, end if end > start else end + _DAY_S


def local_time(at: Moment) -> datetime:
    """Return what a clock on the wall shows, without its zone."""
    return at.wall.replace(tzinfo=None)


def day_of(at: Moment, day_starts_s: int) -> date:
    """Return the day to which *at* belongs: a day begins *day_starts_s* after local midnight."""
    return (local_time(at) - timedelta(seconds=day_starts_s)).date()


def moment_of(local: datetime, near: Moment) -> Moment:
    """Return the moment at which the wall clock shows the naive *local* time.

    A time that occurs twice (end of summer time) means its first occurrence, one that does not
    occur at all the instant to which the clock jumps.
    """
    unix_s = local.replace(tzinfo=near.zone).timestamp()
    return near.on(near.boot_s + (unix_s - near.unix_s))


def day_start_after(at: Moment, day_starts_s: int) -> Moment:
    """Return the next beginning of a day after *at*, in the zone in force at *at*."""
    day = day_of(at, day_starts_s)
    for ahead in (1, 2):
        midnight = datetime(day.year, day.month, day.day) + timedelta(days=ahead)  # noqa: DTZ001
        start = moment_of(midnight + timedelta(seconds=day_starts_s), at)
        if start.unix_s > at.unix_s:
            return start
    return at.on(at.boot_s + _DAY_S)
