"""Days and working hours: what the wall clock and its zone decide."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass

if TYPE_CHECKING:
    from datetime import tzinfo

    from deskbreak.core.model import Moment

TICK_S: Final = 0.001
"""Sums of floats differ by less than this."""
_DAY_S: Final = 86_400
_DAYS_AHEAD: Final = 9
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d{2})")


@quick_dataclass(frozen=True, slots=True)
class WorkingHours:
    """When deskbreak may speak: ranges per weekday (Monday first), and days without any.

    A range is (start, end) in seconds after local midnight; one that crosses midnight ends
    after 86,400 and belongs to the day on which it begins.
    """

    ranges: tuple[tuple[tuple[int, int], ...], ...]
    days_off: frozenset[date] = frozenset()

    def within(self, at: Moment) -> tuple[bool, float]:
        """Tell whether *at* lies in working hours, and until when (boot clock) at most.

        Compared are instants, not times of day: when the clock is put back, an hour that is
        shown twice opens and closes nothing a second time.
        """
        is_open, until_s = False, math.inf
        today = at.wall.date()
        for ahead in range(-1, _DAYS_AHEAD):
            day = today + timedelta(days=ahead)
            for opens, closes in _instants(day, self._of(day), at.zone):
                start_s = at.boot_s + (opens - at.unix_s) - TICK_S
                end_s = at.boot_s + (closes - at.unix_s) - TICK_S
                is_open = is_open or start_s <= at.boot_s < end_s
                if end_s > at.boot_s:
                    until_s = min(until_s, (start_s if start_s > at.boot_s else end_s) + TICK_S)
            if until_s < math.inf:
                break
        return is_open, until_s

    def next_edge(self, local: datetime) -> datetime | None:
        """Return the first opening or closing after the naive *local* time, within nine days."""
        days = (local.date() + timedelta(days=ahead) for ahead in range(-1, _DAYS_AHEAD))
        edges = (
            edge
            for day in days
            for opening in self._of(day)
            for edge in _local(day, opening)
            if edge > local
        )
        return min(edges, default=None)

    def _of(self, day: date) -> tuple[tuple[int, int], ...]:
        return () if day in self.days_off else self.ranges[day.weekday()]


def _local(day: date, opening: tuple[int, int]) -> tuple[datetime, datetime]:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local time, any zone
    return midnight + timedelta(seconds=opening[0]), midnight + timedelta(seconds=opening[1])


# Every step asks for the same two or three days.
@lru_cache(maxsize=64)
def _instants(
    day: date, ranges: tuple[tuple[int, int], ...], zone: tzinfo
) -> tuple[tuple[float, float], ...]:
    """Return when (Unix time) the ranges of *day* begin and end in *zone*."""
    days = [_local(day, opening) for opening in ranges]
    return tuple((_unix_s(start, zone), _unix_s(end, zone)) for start, end in days)


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
    if start in (end, _DAY_S):
        raise ValueError(text)
    return start, end if end > start else end + _DAY_S


def wall_at(unix_s: float, zone: tzinfo) -> datetime:
    """Return the date and time that a clock on the wall of *zone* shows.

    Raises:
        OverflowError: It is not in the years 1 to 9999.
    """
    # Windows' fromtimestamp refuses what lies before 1970, and a clock may be set to that.
    return (_EPOCH + timedelta(seconds=unix_s)).astimezone(zone)


def local_time(at: Moment) -> datetime:
    """Return what a clock on the wall shows, without its zone."""
    return at.wall.replace(tzinfo=None)


def day_of(at: Moment, day_starts_s: int) -> date:
    """Return the day to which *at* belongs: a day begins *day_starts_s* after local midnight."""
    wall = at.wall
    day = (wall.replace(tzinfo=None) - timedelta(seconds=day_starts_s)).date()
    if wall.fold and at.unix_s >= _day_start(day + timedelta(days=1), day_starts_s, at).unix_s:
        return day + timedelta(days=1)  # its beginning is shown twice, and this is the second time
    return day


def _day_start(day: date, day_starts_s: int, near: Moment) -> Moment:
    midnight = datetime(day.year, day.month, day.day)  # noqa: DTZ001 - local time, any zone
    return moment_of(midnight + timedelta(seconds=day_starts_s), near)


def moment_of(local: datetime, near: Moment) -> Moment:
    """Return the moment at which the wall clock shows the naive *local* time.

    A time that occurs twice (end of summer time) means its first occurrence, one that does not
    occur at all the instant at which the clock jumps over it.
    """
    return near.on(near.boot_s + (_unix_s(local, near.zone) - near.unix_s))


@lru_cache(maxsize=64)  # while a pause goes on, every step asks for its end
def _unix_s(local: datetime, zone: tzinfo) -> float:
    """Return `moment_of` as a Unix time."""
    unix_s = local.replace(tzinfo=zone, fold=0).timestamp()
    early_s = local.replace(tzinfo=zone, fold=1).timestamp()
    if early_s < unix_s:  # a gap: the clock jumps somewhere between the two readings of it
        unix_s = _jump_s(early_s, unix_s, zone)
    return unix_s


def _jump_s(before_s: float, after_s: float, zone: tzinfo) -> float:
    """Return the first whole second from *before_s* on at which the zone is as at *after_s*."""
    offset = wall_at(after_s, zone).utcoffset()
    low, high = math.floor(before_s), math.ceil(after_s)
    while high - low > 1:
        middle = (low + high) // 2
        if wall_at(middle, zone).utcoffset() == offset:
            high = middle
        else:
            low = middle
    return float(high)


def day_start_after(at: Moment, day_starts_s: int) -> Moment:
    """Return the next beginning of a day after *at*, in the zone in force at *at*."""
    return _day_start(day_of(at, day_starts_s) + timedelta(days=1), day_starts_s, at)
