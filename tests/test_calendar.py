"""Every zone and every change of its clock from 2020 to 2037: days, weeks and hours (R06)."""

from __future__ import annotations

import zoneinfo
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from itertools import chain, pairwise
from random import Random
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest

from deskbreak.core import stats
from deskbreak.core.model import Moment, Presence, Record, Span
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.schedule import WorkingHours, day_of
from deskbreak.core.settings import resolve
from deskbreak.core.timeline import Stretch, Zone
from deskbreak.core.turn import open_spans
from tests.board import LONG, size

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.model import Effect
    from tests.board import Board

FROM: Final = datetime(2020, 1, 1, tzinfo=UTC).timestamp()
UNTIL: Final = datetime(2038, 1, 1, tzinfo=UTC).timestamp()
DAY_S: Final = 86_400.0
ONE_DAY: Final = timedelta(days=1)
STARTS_S: Final = (0, 4 * 3600, 2 * 3600 + 1800)  # of days: at midnight, as usual, in most gaps
HOURS: Final = ((0, 86_400), (5_400, 12_600), (9_000, 9_900), (32_400, 61_200), (79_200, 108_000))
RULES: Final = rules(resolve(()), ())


NAMES: Final = frozenset(zoneinfo.available_timezones() - {"localtime", "Factory"})


@lru_cache(maxsize=1)
def zones() -> dict[str, tuple[float, ...]]:
    """Return every zone that this computer knows with the instants at which its clock is changed.

    Of zones that change alike one is enough.
    """
    known: dict[tuple[tuple[float, float], ...], str] = {}
    for name in sorted(NAMES):
        zone = ZoneInfo(name)
        jumps = tuple((at_s, _offset_s(at_s, zone)) for at_s in (FROM, *_changes(zone)))
        known.setdefault(jumps, name)
    return {name: tuple(at_s for at_s, _ in jumps[1:]) for jumps, name in known.items()}


def _changes(zone: ZoneInfo) -> Iterator[float]:
    """Yield the first second with each other offset; looked for week by week, then by halves."""
    weeks = range(int(FROM), int(UNTIL), 7 * int(DAY_S))
    for low, high in pairwise(weeks):
        if _offset_s(low, zone) == _offset_s(high, zone):
            continue
        before, after = low, high
        while after - before > 1:
            middle = (before + after) // 2
            if _offset_s(middle, zone) == _offset_s(low, zone):
                before = middle
            else:
                after = middle
        yield float(after)


def _offset_s(unix_s: float, zone: ZoneInfo) -> float:
    offset = datetime.fromtimestamp(unix_s, zone).utcoffset()
    assert offset is not None
    return offset.total_seconds()


def chosen(name: str, changes: Sequence[float]) -> Sequence[float]:
    """Return all changes in a long run, and at each push one of them, another in each zone."""
    if LONG or not changes:
        return changes or (FROM + 30 * DAY_S,)
    return [Random(name).choice(changes)]  # noqa: S311 - lots for a test


def shown_first(day: date, starts_s: int, zone: ZoneInfo) -> float:
    """Return the first instant at which a wall clock shows that time of that date, or a later one.

    By trying: from a day before, in steps and then by seconds. The code under test computes it.
    """
    wanted = datetime(day.year, day.month, day.day) + timedelta(seconds=starts_s)  # noqa: DTZ001 - local
    low = int((wanted - timedelta(hours=20)).replace(tzinfo=UTC).timestamp())
    step_s = 900
    while datetime.fromtimestamp(low, zone).replace(tzinfo=None) < wanted:
        low += step_s
    low -= step_s
    while datetime.fromtimestamp(low, zone).replace(tzinfo=None) < wanted:
        low += 1
    return float(low)


# ── days ───────────────────────────────────────────────────────────────────────────────────


def played(start: Moment, lines: Sequence[Stretch | Zone], starts_s: int) -> list[Span]:
    """Return the spans of a person who does nothing but be away, locked or at work."""
    player = Player(start, replace(RULES, day_starts_s=starts_s))
    effects: list[Effect] = [*player.play(lines), *player.finish()]
    done = [one.span for one in effects if isinstance(one, Record)]
    return [*done, *open_spans(player.state, player.now)]


def figures(spans: Sequence[Span], starts_s: int) -> dict[date, float]:
    """Return how long each day is by its own figures."""
    days = stats.days_of(spans, [], starts_s)
    return {one.date: sum(getattr(one, f"{each}_seconds") for each in Presence) for one in days}


@pytest.mark.row("R06")
def test_given_any_change_of_any_clock_then_a_day_is_as_long_as_it_truly_is(board: Board) -> None:
    """Spans are cut at the day's start, and those of a day add up to its true length."""
    lengths: Counter[float] = Counter()
    changes = 0
    for name, all_ in zones().items():
        zone = ZoneInfo(name)
        for number, change_s in enumerate(chosen(name, all_)):
            starts_s = STARTS_S[number % len(STARTS_S)]
            start = Moment(1_000.0, change_s - 1.5 * DAY_S, zone)
            spans = played(start, [Stretch(3.5 * DAY_S, "locked")], starts_s)
            days = figures(spans, starts_s)
            for day in sorted(days)[1:-1]:
                first_s, next_s = (shown_first(day + n * ONE_DAY, starts_s, zone) for n in (0, 1))
                lengths[(next_s - first_s) / 3600] += 1
                assert next_s - first_s == pytest.approx(days[day], abs=0.01), (name, day)
            assert 3.5 * DAY_S == pytest.approx(sum(days.values()), abs=0.01), name
            changes += 1
    told = ", ".join(f"{hours:g} h: {count:,}" for hours, count in sorted(lengths.items()))
    board.note(
        load=len(NAMES),
        faults=changes,
        figure=f"{len(zones())} of them differ; days of {told}",
    )

    assert {23, 24, 25} <= lengths.keys()


@pytest.mark.row("R06")
def test_given_a_person_who_travels_then_no_day_that_was_over_changes(board: Board) -> None:
    """INV-21. A day that goes on in the west lasts longer by what the clock was put back.

    Over the date line a date comes a second time; what happens then is booked on that date.
    """
    names, lots = sorted(zones()), Random(1)  # noqa: S311 - lots for a test
    travels, twice, longest_s = size(300, 6_000), 0, 0.0
    for _ in range(travels):
        one, other = (ZoneInfo(name) for name in lots.sample(names, 2))
        start = Moment(1_000.0, lots.uniform(FROM, UNTIL - 9 * DAY_S), one)
        there_s = lots.uniform(0.1, 3.0) * DAY_S
        there = start.on(start.boot_s + there_s)
        stays: list[Stretch | Zone] = [
            Stretch(there_s, "locked"),
            Zone(other),
            Stretch(3 * DAY_S, "locked"),
        ]
        before = figures(played(start, stays[:1], STARTS_S[1]), STARTS_S[1])
        after = figures(played(start, stays, STARTS_S[1]), STARTS_S[1])
        here = day_of(Moment(there.boot_s, there.unix_s, other), STARTS_S[1])
        over = {day for day in before if day < day_of(there, STARTS_S[1])}
        back_s = max(0.0, _offset_s(there.unix_s, one) - _offset_s(there.unix_s, other))
        changed = [day for day in over if before[day] != pytest.approx(after[day])]
        assert set(changed) <= {here}, (one, other, there)
        assert max(after.values()) <= 25 * 3600 + back_s + 3601, (one, other, there)
        assert there_s + 3 * DAY_S == pytest.approx(sum(after.values()))
        twice, longest_s = twice + len(changed), max(longest_s, *after.values())
    board.note(
        faults=travels,
        figure=f"{travels:,} travels: longest day {longest_s / 3600:.1f} h,"
        f" a date that was over came again {twice} times",
    )


# ── hours ──────────────────────────────────────────────────────────────────────────────────


def merged(parts: Sequence[tuple[float, float]]) -> list[tuple[float, float]]:
    """Join what touches or overlaps; what has no length is nothing."""
    done: list[tuple[float, float]] = []
    for first_s, last_s in sorted(part for part in parts if part[1] - part[0] > 0.5):
        if done and first_s <= done[-1][1] + 0.5:
            done[-1] = (done[-1][0], max(done[-1][1], last_s))
        else:
            done.append((first_s, last_s))
    return done


def opened(hours: WorkingHours, start: Moment, until_s: float) -> list[tuple[float, float]]:
    """Return when hours are open, by asking at each edge, as the engine does."""
    parts, at = list[tuple[float, float]](), start
    while at.unix_s < until_s:
        is_open, next_s = hours.within(at)
        then = at.on(min(next_s, at.boot_s + DAY_S))
        if is_open:
            parts.append((at.unix_s, min(then.unix_s, until_s)))
        at = then
    return merged(parts)


@pytest.mark.row("R06")
def test_given_any_change_of_any_clock_then_hours_open_and_close_once_a_day(board: Board) -> None:
    """An hour that is shown twice opens nothing twice; one that is never shown loses nothing."""
    edges = 0
    for name, all_ in zones().items():
        zone = ZoneInfo(name)
        for change_s in chosen(name, all_):
            start = Moment(1_000.0, change_s - 2 * DAY_S, zone)
            until_s, first = change_s + 2 * DAY_S, start.wall.date() - ONE_DAY
            for one in HOURS:
                days = [first + n * ONE_DAY for n in range(7)]
                expected = merged(
                    [
                        (max(opens_s, start.unix_s), min(closes_s, until_s))
                        for opens_s, closes_s in (
                            [shown_first(day, at_s, zone) for at_s in one] for day in days
                        )
                    ]
                )
                found = opened(WorkingHours(((one,),) * 7), start, until_s)
                assert len(expected) == len(found), (name, one, expected, found)
                assert list(chain(*expected)) == pytest.approx(list(chain(*found)), abs=0.01), name
                edges += 2 * len(found)
    board.note(figure=f"{edges:,} edges of hours right")


# ── weeks ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.row("R06")
@pytest.mark.parametrize("first_weekday", [0, 5, 6], ids=["Monday", "Saturday", "Sunday"])
def test_given_all_weeks_then_each_is_the_sum_of_its_days_and_each_day_is_in_one(
    first_weekday: int, board: Board
) -> None:
    """INV-20: over week 52, 53 and 1, over leap days, wherever weeks begin."""
    dates = [date(2019, 12, 1) + n * ONE_DAY for n in range(6_700)]
    lots = Random(2)  # noqa: S311 - lots for a test
    days = {
        on: replace(stats.add(on, []), desk_seconds=float(lots.randrange(40_000))) for on in dates
    }
    names: Counter[str] = Counter()
    for on in dates[14:-7:7]:
        near = [day for date_, day in days.items() if abs((date_ - on).days) < 21]
        week = stats.week(near, on, first_weekday=first_weekday)
        before = stats.week(near, on - 7 * ONE_DAY, first_weekday=first_weekday)
        own = [day.date for day in week.days]
        names[week.key] += 1
        assert on in own
        assert [own[0] + n * ONE_DAY for n in range(7)] == own
        assert first_weekday == own[0].weekday()
        assert sum(days[one].desk_seconds for one in own) == week.total.desk_seconds
        assert before.total.desk_seconds == week.before.desk_seconds
        assert own[0] == stats.parse_week(week.key, first_weekday)
    ends = Counter(name[-2:] for name in names)
    board.note(figure=f"{len(names)} weeks, {ends['53']} of them the 53rd")

    assert {1} == set(names.values())
    assert ends["53"] >= 3
