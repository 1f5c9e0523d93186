"""When days begin and when work is over, by the clock on the wall: the oracle's own calendar."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deskbreak.core.model import Moment, Rules

_DAYS_AHEAD = 9
_DAY = timedelta(days=1)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def _wall(unix_s: float, zone: tzinfo) -> datetime:
    # Windows' fromtimestamp refuses what lies before 1970.
    return (_EPOCH + timedelta(seconds=unix_s)).astimezone(zone)


def instant_s(day: date, after_midnight_s: float, zone: tzinfo) -> float:
    """Return the instant at which a wall clock in *zone* first shows that time of *day*."""
    midnight = datetime.combine(day, datetime.min.time())
    return shown_s(midnight + timedelta(seconds=after_midnight_s), zone)


def shown_s(local: datetime, zone: tzinfo) -> float:
    """Return when a wall clock in *zone* first shows *local* (naive), or is put on past it."""
    before_s = local.replace(tzinfo=zone).timestamp()
    after_s = local.replace(tzinfo=zone, fold=1).timestamp()
    if after_s >= before_s:
        return before_s
    # It is left out: the clock is put on somewhere between these two.
    low_s, high_s = round(after_s), round(before_s)
    while high_s - low_s > 1:
        middle_s = (low_s + high_s) // 2
        if _wall(middle_s, zone).replace(tzinfo=None) < local:
            low_s = middle_s
        else:
            high_s = middle_s
    return float(high_s)


class Calendar:
    """The wall clock as it is set now; all that it answers is on the boot clock."""

    __slots__ = ("_to_s", "day", "unix_minus_boot_s", "zone")

    def __init__(self, at: Moment, rules: Rules) -> None:
        self.set(at, rules)

    def set(self, at: Moment, rules: Rules) -> None:
        """Take the wall clock from *at*, and the day's start from *rules*."""
        self.zone = at.zone
        self.unix_minus_boot_s = at.unix_s - at.boot_s
        day = (_wall(at.unix_s, at.zone) - _DAY).date()
        # A hair early is the day: what is asked for at a day's start comes from sums of floats.
        while at.unix_s + 1e-3 >= instant_s(day + _DAY, rules.day_starts_s, at.zone):
            day += _DAY
        self.day = day
        self._to_s = instant_s(day + _DAY, rules.day_starts_s, at.zone)

    @property
    def day_to_s(self) -> float:
        """When the next day begins, as the clock stands."""
        return self._to_s - self.unix_minus_boot_s

    def next_day(self, rules: Rules) -> None:
        """Turn the page."""
        self.day += _DAY
        self._to_s = instant_s(self.day + _DAY, rules.day_starts_s, self.zone)

    def local_s(self, local: datetime) -> float:
        """Return when the wall clock shows *local* (naive)."""
        return shown_s(local, self.zone) - self.unix_minus_boot_s

    def outside_hours(self, now_s: float, rules: Rules) -> tuple[bool, float]:
        """Say whether it is outside working hours, and when that may change next."""
        hours = rules.hours
        if hours is None:
            return False, math.inf
        unix_s = now_s + self.unix_minus_boot_s + 1e-3
        today = _wall(unix_s, self.zone).date()
        outside, change_s = True, math.inf
        for ahead in range(-1, _DAYS_AHEAD):
            day = today + timedelta(days=ahead)
            if day in hours.days_off:
                continue
            for start_s, end_s in hours.ranges[day.weekday()]:
                first = instant_s(day, start_s, self.zone)
                last = instant_s(day, end_s, self.zone)
                if first <= unix_s < last:
                    outside = False
                for edge in (first, last):
                    if edge > unix_s:
                        change_s = min(change_s, edge)
            if change_s < math.inf and ahead > 0:
                break
        return outside, min(change_s, unix_s + 86400.0) - self.unix_minus_boot_s
