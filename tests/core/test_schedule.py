"""Days and working hours, on ordinary days and on those that a clock change makes odd."""

from __future__ import annotations

import math
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core.model import Moment
from deskbreak.core.schedule import (
    WorkingHours,
    day_of,
    day_start_after,
    moment_of,
    parse_clock,
    parse_range,
)

if TYPE_CHECKING:
    from datetime import tzinfo

BERLIN = ZoneInfo("Europe/Berlin")
FOUR = 4 * 3600
ZONES = st.sampled_from(
    [
        BERLIN,
        ZoneInfo("America/Santiago"),  # changes at midnight
        ZoneInfo("Australia/Lord_Howe"),  # by half an hour
        ZoneInfo("Pacific/Apia"),  # left out a whole day in 2011
        ZoneInfo("Asia/Kathmandu"),
        UTC,
    ]
)


def at(text: str, zone: tzinfo = BERLIN, *, again: bool = False) -> Moment:
    """Return the moment of a local time; *again*: when it is shown for the second time."""
    local = datetime.fromisoformat(text).replace(tzinfo=zone, fold=int(again))
    return Moment(1000.0, local.timestamp(), zone)


def wall(moment: Moment) -> str:
    """Return what the clock on the wall shows, with its offset."""
    return moment.wall.isoformat(timespec="minutes")


# ── days ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "day"),
    [
        pytest.param("2026-03-02T03:59:59", date(2026, 3, 1), id="the night is yesterday's"),
        pytest.param("2026-03-02T04:00:00", date(2026, 3, 2), id="four in the morning"),
        pytest.param("2026-03-03T03:59:59", date(2026, 3, 2), id="until the next"),
    ],
)
def test_given_a_moment_then_it_belongs_to_the_day_that_began_at_four(text: str, day: date) -> None:
    """Who works after midnight is still at yesterday's desk."""
    assert day == day_of(at(text), FOUR)


def test_given_a_hair_before_the_full_second_then_it_is_the_full_second() -> None:
    """Sums of floats may end a little early."""
    four = at("2026-03-02T04:00:00")

    assert date(2026, 3, 2) == day_of(Moment(0.0, four.unix_s - 1e-6, BERLIN), FOUR)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("1969-12-31T23:59:59", id="before the first second of Unix"),
        pytest.param("1901-01-01T12:00:00", id="before any computer"),
        pytest.param("3001-01-01T12:00:00", id="beyond what Windows' library knows"),
    ],
)
def test_given_a_clock_set_to_another_century_then_it_shows_its_day(text: str) -> None:
    """An empty battery sets a clock anywhere, and not every system's library goes along."""
    assert text == at(text).wall.replace(tzinfo=None).isoformat()
    assert date.fromisoformat(text[:10]) == day_of(at(text), FOUR)


@pytest.mark.parametrize(
    ("text", "hours"),
    [
        pytest.param("2026-03-02T04:00:00", 24, id="an ordinary day"),
        pytest.param("2026-03-28T04:00:00", 23, id="summer time begins"),
        pytest.param("2026-10-24T04:00:00", 25, id="summer time ends"),
    ],
)
def test_given_a_day_then_the_next_begins_after_its_true_length(text: str, hours: int) -> None:
    """The wall clock says four again, 23, 24 or 25 hours later."""
    began = at(text)
    ends = day_start_after(began, FOUR)

    assert hours * 3600 == ends.boot_s - began.boot_s
    assert (4, 0) == (ends.wall.hour, ends.wall.minute)


def test_given_a_day_that_begins_in_an_hour_shown_twice_then_it_begins_once() -> None:
    """Half past two comes twice; the day begins with the first, and the second is in it."""
    half_past_two = int(2.5 * 3600)
    before, first = at("2026-10-25T02:10:00"), at("2026-10-25T02:30:00")
    second = at("2026-10-25T02:10:00", again=True)

    assert date(2026, 10, 24) == day_of(before, half_past_two)
    assert date(2026, 10, 25) == day_of(first, half_past_two) == day_of(second, half_past_two)
    assert wall(first) == wall(day_start_after(before, half_past_two))
    assert date(2026, 10, 24) == day_of(second, int(3.5 * 3600))


def test_given_a_day_that_begins_in_an_hour_never_shown_then_it_begins_with_the_jump() -> None:
    """At half past two it is three already."""
    starts = day_start_after(at("2026-03-29T01:00:00"), int(2.5 * 3600))

    assert "2026-03-29T03:00+02:00" == wall(starts)
    assert date(2026, 3, 29) == day_of(starts, int(2.5 * 3600))


@given(st.integers(1_300_000_000, 1_900_000_000), ZONES, st.integers(0, 47))
def test_given_any_moment_then_its_day_ends_later_and_the_next_one_begins_there(
    unix_s: int, zone: tzinfo, half_hours: int
) -> None:
    """Days follow one another in every zone, wherever they begin."""
    now, starts_s = Moment(0.0, float(unix_s), zone), half_hours * 1800
    today, ends = day_of(now, starts_s), day_start_after(now, starts_s)

    assert 0 < ends.boot_s <= 25 * 3600
    assert today == day_of(ends.on(ends.boot_s - 1), starts_s)
    assert today + timedelta(days=1) == day_of(ends, starts_s)


# ── local times ────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("local", "then"),
    [
        pytest.param("2026-03-02T14:00", "2026-03-02T14:00+01:00", id="ordinary"),
        pytest.param("2026-10-25T02:30", "2026-10-25T02:30+02:00", id="shown twice: the first"),
        pytest.param("2026-03-29T02:30", "2026-03-29T03:00+02:00", id="never shown: the jump"),
        pytest.param("2026-03-29T02:00", "2026-03-29T03:00+02:00", id="the jump itself"),
    ],
)
def test_given_a_local_time_then_it_is_the_moment_at_which_the_clock_shows_it(
    local: str, then: str
) -> None:
    """Also on the two nights of the year that are odd."""
    near = at("2026-03-01T00:00")

    assert then == wall(moment_of(datetime.fromisoformat(local), near))


@pytest.mark.parametrize("local", ["02:00:01", "02:17:41", "02:20:00", "02:59:58", "02:59:59"])
def test_given_a_time_that_is_never_shown_then_the_jump_is_found_to_the_second(local: str) -> None:
    """Wherever in the missing hour it is asked for."""
    found = moment_of(datetime.fromisoformat(f"2026-03-29T{local}"), at("2026-03-28T12:00:00"))

    assert "2026-03-29T03:00:00+02:00" == found.wall.isoformat()


# ── working hours ──────────────────────────────────────────────────────────────────────────


def hours(*ranges: str, weekday: int = 0, off: tuple[date, ...] = ()) -> WorkingHours:
    """Return working hours on one weekday."""
    days: list[tuple[tuple[int, int], ...]] = [()] * 7
    days[weekday] = tuple(parse_range(text) for text in ranges)
    return WorkingHours(tuple(days), frozenset(off))


def until(made: WorkingHours, now: Moment) -> tuple[bool, float]:
    """Return whether it is open, and for how many hours at most that stays so."""
    is_open, until_s = made.within(now)
    return is_open, (until_s - now.boot_s) / 3600


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("2026-03-02T08:00", (False, 1.0), id="before"),
        pytest.param("2026-03-02T09:00", (True, 3.5), id="opening"),
        pytest.param("2026-03-02T12:00", (True, 0.5), id="open"),
        pytest.param("2026-03-02T12:30", (False, 0.5), id="closing"),
        pytest.param("2026-03-02T17:00", (False, 160.0), id="until next Monday"),
        pytest.param("2026-03-03T09:00", (False, 144.0), id="another weekday"),
    ],
)
def test_given_working_hours_then_they_are_open_from_the_first_to_before_the_last_second(
    text: str, found: tuple[bool, float]
) -> None:
    """And the next change is known."""
    made = hours("13:00-17:00", "09:00-12:30")

    assert found == until(made, at(text))


def test_given_ranges_that_overlap_then_they_are_one() -> None:
    """Within both nothing closes."""
    made = hours("09:00-14:00", "10:00-11:00")

    assert [True, True, True] == [made.within(at(f"2026-03-02T{h}:00"))[0] for h in (10, 11, 13)]


def test_given_hours_over_midnight_then_the_next_morning_is_open() -> None:
    """They belong to the day on which they begin."""
    made = hours("22:00-02:00")

    assert (True, 1.0) == until(made, at("2026-03-03T01:00"))
    assert (False, 164.0) == until(made, at("2026-03-03T02:00"))


def test_given_a_day_off_then_it_has_no_hours_but_the_night_before_ends_in_it() -> None:
    """A shift that began on a working day goes on."""
    made = hours("22:00-02:00", off=(date(2026, 3, 3),))
    none = hours("09:00-17:00", off=(date(2026, 3, 2), date(2026, 3, 9)))

    assert made.within(at("2026-03-03T01:00"))[0]
    assert (False, math.inf) == until(none, at("2026-03-02T10:00"))


def test_given_no_hours_at_all_then_it_is_never_open() -> None:
    """Nothing will ever change."""
    made = WorkingHours(((),) * 7)

    assert (False, math.inf) == made.within(at("2026-03-02T10:00"))
    assert made.next_edge(datetime(2026, 3, 2, 10)) is None  # noqa: DTZ001 - local


def test_given_an_hour_shown_twice_then_it_opens_and_closes_once() -> None:
    """Open from the first half past two to three, though two o'clock comes again."""
    made = hours("02:30-05:00", weekday=6)

    assert (True, 3.5) == until(made, at("2026-10-25T02:30"))
    assert (True, 2.75) == until(made, at("2026-10-25T02:15", again=True))


def test_given_an_opening_that_is_never_shown_then_it_opens_with_the_jump() -> None:
    """At three it has been open for no time at all."""
    made = hours("02:30-05:00", weekday=6)

    assert (False, 0.5) == until(made, at("2026-03-29T01:30"))
    assert (True, 2.0) == until(made, at("2026-03-29T03:00"))


def test_given_hours_over_midnight_then_the_next_edge_is_that_of_the_evening_before() -> None:
    """At one in the morning they close at two."""
    local = datetime(2026, 3, 3, 1)  # noqa: DTZ001 - local

    assert datetime(2026, 3, 3, 2) == hours("22:00-02:00").next_edge(local)  # noqa: DTZ001 - local


def test_given_hours_then_the_next_edge_on_the_wall_clock_is_known() -> None:
    """For the words: closed until nine o'clock on Monday."""
    made = hours("09:00-12:30", "13:00-17:00")
    edges = [
        made.next_edge(datetime.fromisoformat(text))
        for text in ("2026-03-02T09:00", "2026-03-02T12:45", "2026-03-02T18:00")
    ]

    assert ["2026-03-02T12:30", "2026-03-02T13:00", "2026-03-09T09:00"] == [
        edge.isoformat(timespec="minutes") for edge in edges if edge is not None
    ]


# ── reading them ───────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("00:00", 0), ("9:05", 32_700), ("23:59", 86_340), (" 24:00 ", 86_400)],
)
def test_given_a_time_of_day_then_it_is_read(text: str, seconds: int) -> None:
    """The end of the day is one too."""
    assert seconds == parse_clock(text)


@pytest.mark.parametrize("text", ["", "9", "24:01", "12:60", "noon", "-1:00", "09:00:00"])
def test_given_no_time_of_day_then_it_is_refused(text: str) -> None:
    """Half of a time is none."""
    with pytest.raises(ValueError, match=text or "^$"):
        parse_clock(text)


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("09:00-12:30", (32_400, 45_000)),
        ("22:00-02:00", (79_200, 93_600)),
        ("00:00-24:00", (0, 86_400)),
        ("22:00-00:00", (79_200, 86_400)),
    ],
)
def test_given_a_range_then_it_is_read(text: str, seconds: tuple[int, int]) -> None:
    """One whose end comes first goes on after midnight."""
    assert seconds == parse_range(text)


@pytest.mark.parametrize("text", ["09:00", "09:00-09:00", "24:00-02:00", "09:00-25:00", "-"])
def test_given_no_range_then_it_is_refused(text: str) -> None:
    """An empty one is none."""
    with pytest.raises(ValueError, match=r".*"):
        parse_range(text)
