"""By hour of the day: where rows of several days lie on the clock on the wall."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Outcome, Presence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskbreak.core.model import Episode, Span

HOURS: Final = 24
_HOUR_S: Final = 3600
_DIGITS: Final = 3  # of a second, as in the statistics of a day


@dataclass(frozen=True, slots=True)
class Hour:
    """What happened within one hour of the clock, of all days together.

    A break is counted in the hour in which it ended, as it is in the day in which it ended.
    """

    hour: int  # 0 to 23
    desk_seconds: float = 0.0
    taken: int = 0
    natural: int = 0
    skipped: int = 0
    missed: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing to tell of."""
        return not (self.desk_seconds or self.taken or self.natural or self.skipped or self.missed)


def by_hour(spans: Iterable[Span], episodes: Iterable[Episode]) -> tuple[Hour, ...]:
    """Return the 24 hours from midnight on; a break that was asked for counts in none."""
    desk_s = [0.0] * HOURS
    counts = {outcome: [0] * HOURS for outcome in Outcome}
    for span in spans:
        if span.presence is Presence.DESK:
            for hour, seconds in _cut(span):
                desk_s[hour] += seconds
    for e in episodes:
        if e.ended is not None and e.outcome is not None and not e.asked:
            counts[e.outcome][e.ended.wall.hour] += 1
    shown = (Outcome.TAKEN, Outcome.NATURAL, Outcome.SKIPPED, Outcome.MISSED)
    return tuple(
        Hour(n, round(desk_s[n], _DIGITS), *(counts[outcome][n] for outcome in shown))
        for n in range(HOURS)
    )


def _cut(span: Span) -> Iterator[tuple[int, float]]:
    """Yield the hours that *span* touches, each with its seconds there (boot clock)."""
    at, left_s = span.start, span.seconds
    while left_s > 0:
        wall = at.wall
        into_s = wall.minute * 60 + wall.second + wall.microsecond / 1e6
        seconds = min(_HOUR_S - into_s, left_s)
        yield wall.hour, seconds
        at, left_s = at.on(at.boot_s + seconds), left_s - seconds


def of_interest(hours: tuple[Hour, ...], day_starts_s: int) -> tuple[Hour, ...]:
    """Return the hours from the first to the last with anything in it, as a day goes.

    *day_starts_s* is after midnight: whoever works at night sees the night in one piece.
    """
    first = day_starts_s // _HOUR_S
    turned = (*hours[first:], *hours[:first])
    full = [n for n, hour in enumerate(turned) if not hour.is_empty]
    return turned[full[0] : full[-1] + 1] if full else ()
