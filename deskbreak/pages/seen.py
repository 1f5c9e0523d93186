"""What the statistics page shows, as it is read from the history."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import chain
from typing import TYPE_CHECKING, Final

from deskbreak.core import stats
from deskbreak.core.model import Presence
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.core.turn import open_spans
from deskbreak.pages.hours import by_hour
from deskbreak.storage import language
from deskbreak.storage.kept import Kept

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from deskbreak.core.model import Episode, Moment, Rules, Span
    from deskbreak.core.stats import Day, Week
    from deskbreak.core.words import Said
    from deskbreak.pages.desk import Desk
    from deskbreak.pages.hours import Hour
    from deskbreak.storage.store import Saved, Store

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)
WEEKS: Final = 4
"""So many weeks are looked at together, the chosen one last."""
_FRESH_S: Final = 86_400.0  # an agent that runs saves its state at every event, and at each new day


@dataclass(frozen=True, slots=True)
class Chosen:
    """A week, by any day of it, and a day of it to be seen closely; None: those that it is now."""

    week: date | None = None
    day: date | None = None


@dataclass(frozen=True, slots=True)
class Seen:
    """A week of one person, and what is shown beside it."""

    today: date
    now: Moment
    week: Week
    before: tuple[Day, ...]  # the seven days before
    weeks: tuple[Day, ...]  # the sums of four weeks, the chosen one last
    hours: tuple[Hour, ...]  # of those four weeks, from midnight on
    hours_days: int  # of so many days with time at the desk
    day: Day  # seen closely
    spans: tuple[Span, ...]  # of that day
    episodes: tuple[Episode, ...]  # of that day, with the one that is open, last
    day_starts_s: int
    known: tuple[date, date] | None  # the first and the last day of which anything is known
    problems: tuple[Said, ...] = ()

    @property
    def is_now(self) -> bool:
        """Whether today lies in this week."""
        return self.week.days[0].date <= self.today <= self.week.days[-1].date


def see(desk: Desk, chosen: Chosen) -> Seen:
    """Read what was *chosen*, with what the running agent has not recorded yet."""
    made, runs, clock = rules(desk.resolved(), ()), desk.agent_runs(), desk.now()
    return desk.read(lambda store: _seen(store, chosen, made, runs=runs, clock=clock))


def _seen(store: Store, chosen: Chosen, made: Rules, *, runs: bool, clock: Moment) -> Seen:
    saved = store.load_saved() if runs else None
    now, open_now, episode = _going_on(saved, clock)
    today, first_weekday = day_of(now, made.day_starts_s), language.first_weekday()
    first = stats.week_start(chosen.week or today, first_weekday)
    edges = first - (WEEKS - 1) * _WEEK, first + _WEEK - _DAY
    on = [kind.name for kind in made.kinds if kind.enabled]
    kept = store.kept(*edges, made.day_starts_s, open_now)
    days = [kept[day].day(day, on) for day in kept]
    spans = list(chain.from_iterable(one.spans for one in kept.values()))
    episodes = list(chain.from_iterable(one.episodes for one in kept.values()))

    def week(start: date) -> Week:
        return stats.week(days, start, on, first_weekday=first_weekday)

    week_now = week(first)
    day = _day(week_now.days, chosen.day or today)
    closely = kept.get(day.date, Kept())
    waits = () if episode is None or day.date != today else (episode,)
    return Seen(
        today,
        now,
        week_now,
        week(first - _WEEK).days,
        tuple(week(first - n * _WEEK).total for n in reversed(range(WEEKS))),
        by_hour(spans, episodes),
        sum(any(x.presence is Presence.DESK for x in one.spans) for one in kept.values()),
        day,
        tuple(closely.spans),
        (*closely.episodes, *waits),
        made.day_starts_s,
        store.known(),
        tuple(store.problems),
    )


def _going_on(
    saved: Saved | None, clock: Moment
) -> tuple[Moment, tuple[Span, ...], Episode | None]:
    """Return what time it is for the agent, and what goes on there.

    An agent on trial has a clock of its own, which runs ahead of ours.
    """
    if saved is None or clock.boot_s - saved.state.at.boot_s > _FRESH_S:
        return clock, (), None
    now = max(saved.state.at, clock, key=lambda at: at.boot_s)
    return now, open_spans(saved.state, now), saved.state.episode


def _day(days: Sequence[Day], wanted: date) -> Day:
    """Return the day that is wanted; of a week without it the last one at the desk."""
    for one in days:
        if one.date == wanted:
            return one
    return next((one for one in reversed(days) if one.desk_seconds), days[-1])
