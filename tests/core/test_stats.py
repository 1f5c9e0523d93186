from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core import stats
from deskbreak.core.model import By, Episode, Moment, Outcome, Phase, Presence, Span
from deskbreak.core.stats import Day, KindDay, TakenBy

if TYPE_CHECKING:
    from random import Random

BERLIN = ZoneInfo("Europe/Berlin")
FOUR = 4 * 3600
MONDAY = date(2026, 3, 2)
NINE = Moment(1000.0, datetime(2026, 3, 2, 9, tzinfo=BERLIN).timestamp(), BERLIN)


def after(minutes: float) -> Moment:
    """Minutes after nine in the morning."""
    return NINE.on(NINE.boot_s + 60 * minutes)


def span(start: float, end: float, presence: str = "desk", *, change: bool = False) -> Span:
    """Minutes after nine."""
    return Span(after(start), after(end), Presence(presence), change=change)


def ended(
    at: float,
    outcome: str = "taken",
    by: str | None = None,
    kind: str = "position",
    **more: Any,  # noqa: ANN401 - any field of an episode
) -> Episode:
    """Minutes after nine, shown at the same time."""
    if outcome == "taken" and by is None:
        by = "answer"
    shown = None if outcome in ("natural", "undelivered") else after(at)
    row = Episode(1, kind, after(at), Phase.SHOWN, shown=shown, outcome=Outcome(outcome))
    return replace(row, **{"by": by and By(by), "ended": after(at), **more})


MORNING = [
    span(0, 50),
    span(50, 55, "away", change=True),
    span(55, 80),
    span(80, 110, "locked", change=True),
    span(110, 125),
]


@pytest.mark.parametrize(
    ("spans", "episodes", "expected"),
    [
        pytest.param([], [], {}, id="nothing yet"),
        pytest.param(
            MORNING,
            [],
            {"desk": 90, "away": 5, "locked": 30, "held": 50, "changes": 2},
            id="ordinary morning",
        ),
        pytest.param([span(0, 50)], [], {"desk": 50, "held": 50}, id="no breaks yet"),
        pytest.param(
            [span(0, 30), span(30, 60)], [], {"desk": 60, "held": 60}, id="spans without a change"
        ),
        pytest.param(
            [span(0, 20), span(20, 24, "away"), span(24, 50)],
            [],
            {"desk": 46, "away": 4, "held": 46},
            id="an absence that cleared nothing stands between, and does not count",
        ),
        pytest.param(
            [span(0, 20), span(20, 30, change=True)],
            [],
            {"desk": 30, "held": 20, "changes": 1},
            id="a rest so short that it is desk time",
        ),
        pytest.param(
            [span(0, 60)],
            [ended(35, change=True)],
            {"desk": 60, "held": 35, "changes": 1},
            id="a break taken in the middle of a span",
        ),
        pytest.param(
            [span(0, 60)],
            [ended(10, change=True), ended(20, change=True, asked=True)],
            {"desk": 60, "held": 40, "changes": 2},
            id="two breaks in one span, one of them asked for",
        ),
        pytest.param(
            [span(0, 20), span(20, 40), span(40, 60)],
            [ended(20, change=True), ended(60, change=True)],
            {"desk": 60, "held": 40, "changes": 2},
            id="breaks where spans meet and end",
        ),
        pytest.param(
            [span(0, 10), span(10, 12, "away"), span(12, 20)],
            [ended(11, "taken", "rest", change=True)],
            {"desk": 18, "away": 2, "held": 10, "changes": 1},
            id="a rest inside a short absence",
        ),
        pytest.param(
            [span(0, 10), span(10, 20, "asleep"), span(20, 60, "off")],
            [],
            {"desk": 10, "asleep": 10, "off": 40, "held": 10},
            id="asleep and off",
        ),
        pytest.param(
            list(reversed(MORNING)),
            [],
            {"desk": 90, "away": 5, "locked": 30, "held": 50, "changes": 2},
            id="rows out of order",
        ),
    ],
)
def test_given_the_rows_of_a_day_then_its_times_are_these(
    spans: list[Span], episodes: list[Episode], expected: dict[str, float]
) -> None:
    """Desk time, the longest held position and the position changes come from rows alone."""
    day = stats.day(MONDAY, spans, episodes)

    assert expected == {
        name: figure
        for name, figure in {
            "desk": day.desk_seconds / 60,
            "away": day.away_seconds / 60,
            "locked": day.locked_seconds / 60,
            "asleep": day.asleep_seconds / 60,
            "off": day.off_seconds / 60,
            "held": day.longest_held_seconds / 60,
            "changes": day.position_changes,
        }.items()
        if figure
    }


@pytest.mark.parametrize(
    ("episodes", "expected"),
    [
        pytest.param([ended(1)], KindDay(prompted=1, taken=1, taken_by=TakenBy(1)), id="answered"),
        pytest.param(
            [ended(1, by="guide"), ended(2, by="rest")],
            KindDay(prompted=2, taken=2, taken_by=TakenBy(0, 1, 1)),
            id="guide and rest",
        ),
        pytest.param([ended(1, "natural")], KindDay(natural=1), id="natural, never shown"),
        pytest.param(
            [ended(1, "natural", shown=after(0))],
            KindDay(prompted=1, natural=1),
            id="natural, after a prompt",
        ),
        pytest.param([ended(1, "skipped")], KindDay(prompted=1, skipped=1), id="skipped"),
        pytest.param([ended(1, "missed")], KindDay(prompted=1, missed=1), id="missed"),
        pytest.param([ended(1, "undelivered")], KindDay(undelivered=1), id="undelivered"),
        pytest.param(
            [ended(1, "skipped", postponed=2)],
            KindDay(prompted=1, skipped=1, postponed=2),
            id="postponed twice, then skipped",
        ),
        pytest.param(
            [ended(1, asked=True, postponed=1), ended(2, "skipped", asked=True)],
            KindDay(asked=2),
            id="asked only",
        ),
        pytest.param(
            [ended(1, folded=("eyes",))],
            KindDay(prompted=1, taken=1, taken_by=TakenBy(1)),
            id="with another folded in, which has no row of its own",
        ),
    ],
)
def test_given_an_episode_then_it_counts_once_for_its_own_kind(
    episodes: list[Episode], expected: KindDay
) -> None:
    """What came of a kind is counted by outcome; a break that was asked for stands apart."""
    assert {"position": expected} == stats.day(MONDAY, [], episodes).kinds


@pytest.mark.parametrize(
    ("counts", "expected"),
    [
        pytest.param(KindDay(natural=4, undelivered=2, asked=1), None, id="none to speak of"),
        pytest.param(KindDay(taken=7, skipped=1, missed=3), 7 / 11, id="some"),
        pytest.param(KindDay(missed=3), 0.0, id="missed only"),
        pytest.param(KindDay(taken=3, natural=9), 1.0, id="natural breaks stay beside it"),
    ],
)
def test_given_counts_then_compliance_is_taken_of_those_decided(
    counts: KindDay, expected: float | None
) -> None:
    """Compliance is taken ÷ (taken + skipped + missed), and None rather than 0 of 0."""
    assert expected == counts.compliance


def test_given_kinds_that_are_on_then_they_are_there_without_rows_and_come_first() -> None:
    """A kind is shown if it is on or has a row: those on in their order, then the rest."""
    rows = [ended(1, "natural", kind=kind) for kind in ("massage", "eyes", "stretch")]

    kinds = stats.day(MONDAY, [], rows, ("stretch", "position")).kinds

    assert ["stretch", "position", "eyes", "massage"] == list(kinds)
    assert KindDay() == kinds["position"]


def test_given_a_day_then_its_object_for_programs_is_this() -> None:
    """The day object has the names, the order and the rounding that programs rely on."""
    rows = [ended(1, by="rest", change=True), ended(2), ended(3, "missed"), ended(4, postponed=1)]

    text = json.dumps(stats.day_json(stats.day(MONDAY, [span(0, 90)], rows, ("stretch",))))

    assert text == (
        '{"date": "2026-03-02", "desk_seconds": 5400.0, "away_seconds": 0.0, '
        '"locked_seconds": 0.0, "asleep_seconds": 0.0, "off_seconds": 0.0, '
        '"longest_held_seconds": 5340.0, "position_changes": 1, "kinds": {'
        '"stretch": {"prompted": 0, "taken": 0, "taken_by": {"answer": 0, "guide": 0, "rest": 0}, '
        '"natural": 0, "skipped": 0, "missed": 0, "postponed": 0, "asked": 0, "undelivered": 0, '
        '"compliance": null}, '
        '"position": {"prompted": 4, "taken": 3, "taken_by": {"answer": 2, "guide": 0, "rest": 1}, '
        '"natural": 0, "skipped": 0, "missed": 1, "postponed": 1, "asked": 0, "undelivered": 0, '
        '"compliance": 0.75}}}'
    )


# ── days ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("day", "hours"),
    [
        pytest.param(date(2026, 3, 27), 24, id="ordinary"),
        pytest.param(date(2026, 3, 28), 23, id="summer time begins before four on the next date"),
        pytest.param(date(2026, 10, 24), 25, id="summer time ends before four on the next date"),
    ],
)
def test_given_a_change_of_the_clock_then_the_day_adds_up_to_its_true_length(
    day: date, hours: int
) -> None:
    """The parts of a day of 23, 24 or 25 hours add up to it, and belong to its date alone."""
    start = datetime(day.year, day.month, day.day, 4, tzinfo=BERLIN)
    begin = Moment(0.0, start.timestamp(), BERLIN)
    finish = (start + timedelta(days=1)).timestamp()  # local time: the same hour on the next date
    edges = [begin.on(hours * 3600 * part / 7) for part in range(8)]
    spans = [
        Span(edges[n], edges[n + 1], presence)
        for n, presence in enumerate([*Presence, Presence.DESK, Presence.AWAY])
    ]

    days = stats.days_of(spans, [], FOUR)

    assert hours * 3600 == finish - begin.unix_s
    assert [day] == [one.date for one in days]
    assert hours * 3600 == pytest.approx(
        sum(getattr(days[0], f"{presence}_seconds") for presence in Presence), abs=0.01
    )


def test_given_an_episode_that_ends_after_four_then_it_belongs_to_the_new_day() -> None:
    """An episode belongs to the day in which it ended, a span to the one in which it began."""
    night = [span(18 * 60, 19 * 60), span(19 * 60, 20 * 60)]  # 03:00 to 05:00, cut at four
    over = ended(19 * 60 + 2, "missed", due=after(18 * 60), shown=after(18 * 60))

    days = stats.days_of(night, [over], FOUR)

    assert [(MONDAY, 3600.0, 0), (MONDAY + timedelta(days=1), 3600.0, 1)] == [
        (one.date, one.desk_seconds, sum(kind.missed for kind in one.kinds.values()))
        for one in days
    ]


# ── weeks ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("of", "first_weekday", "start", "key"),
    [
        pytest.param("2026-11-18", 0, "2026-11-16", "2026-W47", id="in the middle"),
        pytest.param("2026-11-22", 0, "2026-11-16", "2026-W47", id="Sunday ends a week"),
        pytest.param("2026-11-22", 6, "2026-11-22", "2026-W48", id="Sunday begins a week"),
        pytest.param("2026-11-21", 6, "2026-11-15", "2026-W47", id="Saturday before it"),
        pytest.param("2026-11-21", 5, "2026-11-21", "2026-W48", id="Saturday begins a week"),
        pytest.param("2026-11-20", 4, "2026-11-20", "2026-W48", id="Friday begins a week"),
        pytest.param("2026-11-19", 3, "2026-11-19", "2026-W47", id="Thursday begins a week"),
        pytest.param("1970-01-01", 0, "1969-12-29", "1970-W01", id="the first year"),
        pytest.param("9998-12-31", 0, "9998-12-28", "9998-W53", id="the last year"),
        pytest.param("2025-12-28", 0, "2025-12-22", "2025-W52", id="week 52"),
        pytest.param("2025-12-29", 0, "2025-12-29", "2026-W01", id="week 1 begins in December"),
        pytest.param("2026-12-31", 0, "2026-12-28", "2026-W53", id="week 53"),
        pytest.param("2027-01-03", 0, "2026-12-28", "2026-W53", id="week 53 ends in January"),
        pytest.param("2027-01-04", 0, "2027-01-04", "2027-W01", id="and week 1 follows"),
        pytest.param("2027-01-03", 6, "2027-01-03", "2027-W01", id="a Sunday earlier there"),
        pytest.param("2027-01-02", 6, "2026-12-27", "2026-W53", id="week 53 from Sunday on"),
    ],
)
def test_given_a_date_then_its_week_begins_and_is_called_so(
    of: str, first_weekday: int, start: str, key: str
) -> None:
    """A week is named after its Thursday, whatever day it begins on."""
    day = date.fromisoformat(of)

    assert date.fromisoformat(start) == stats.week_start(day, first_weekday)
    assert key == stats.week_key(day, first_weekday)
    assert date.fromisoformat(start) == stats.parse_week(key, first_weekday)


@pytest.mark.parametrize(
    "key", ["", "2026-W54", "2026-W00", "2025-W53", "2026-47", "2026-W4", "1969-W01", "9999-W01"]
)
def test_given_a_week_that_there_is_not_then_it_is_refused(key: str) -> None:
    """A wrong week on the command line is wrong usage, not another week."""
    with pytest.raises(ValueError):  # noqa: PT011 - the calendar has words of its own for some
        stats.parse_week(key)


def test_given_two_weeks_then_one_is_total_and_the_other_before() -> None:
    """A week shows its seven days, missing ones empty, with the week before beside it."""
    monday = stats.day(MONDAY, [span(0, 50)], [ended(5), ended(9, "skipped")])
    sunday = stats.day(date(2026, 3, 8), [span(0, 20)], [ended(9, kind="eyes")])
    older = stats.day(date(2026, 2, 27), [span(0, 70)], [])
    other = stats.day(date(2026, 3, 9), [span(0, 99)], [])

    week = stats.week([other, sunday, older, monday], date(2026, 3, 5), ("stretch",))

    assert "2026-W10" == week.key
    assert [MONDAY + timedelta(days=n) for n in range(7)] == [one.date for one in week.days]
    assert Day(date(2026, 3, 4), kinds={"stretch": KindDay()}) == week.days[2]
    assert (70 * 60, 50 * 60) == (week.total.desk_seconds, week.total.longest_held_seconds)
    assert ["stretch", "eyes", "position"] == list(week.total.kinds)
    assert 0.5 == week.total.kinds["position"].compliance
    assert (date(2026, 2, 23), 70 * 60) == (week.before.date, week.before.desk_seconds)


def test_given_weeks_from_sunday_on_then_both_begin_there_and_have_the_kinds_that_are_on() -> None:
    """A Sunday opens the week that the Monday after it lies in."""
    sunday = stats.day(date(2026, 3, 1), [span(-1440, -1390)], [])

    week = stats.week([sunday], MONDAY, ("stretch",), first_weekday=6)

    assert ("2026-W10", date(2026, 3, 1)) == (week.key, week.days[0].date)
    assert 50 * 60 == week.days[0].desk_seconds
    assert (date(2026, 2, 22), {"stretch": KindDay()}) == (week.before.date, week.before.kinds)


def test_given_a_week_then_its_object_for_programs_has_these_parts() -> None:
    """`stats --json` prints the week's name, seven days, their sum, and the one before."""
    week = stats.week([stats.day(MONDAY, [span(0, 50)], [])], MONDAY)

    printed = stats.week_json(week)

    assert ["week", "days", "total", "before"] == list(printed)
    assert ("2026-W10", 7) == (printed["week"], len(printed["days"]))
    assert printed["total"] == {k: v for k, v in printed["days"][0].items() if k != "date"}
    assert 0.0 == printed["before"]["desk_seconds"]


def test_given_days_then_the_table_has_one_line_for_each() -> None:
    """Spreadsheets get a heading, and a line a day with a column for each figure."""
    days = [
        stats.day(MONDAY, [span(0, 50)], [ended(5, change=True), ended(9, "skipped")]),
        stats.day(MONDAY + timedelta(days=1), [], [ended(5, "natural", kind="eyes")]),
    ]

    head, first, second = (dict(enumerate(line)) for line in stats.table(days))

    named = {name: (first[n], second[n]) for n, name in head.items()}
    assert ("2026-03-02", "2026-03-03") == named["date"]
    assert ("3000.0", "0.0") == named["desk_seconds"]
    assert ("1", "0") == named["position_changes"]
    assert ("1", "0") == named["position_taken_by_answer"]
    assert ("0.5", "") == named["position_compliance"]
    assert ("0", "1") == named["eyes_natural"]
    assert 8 + 2 * 12 == len(head) == len(first) == len(second)


# ── properties ─────────────────────────────────────────────────────────────────────────────

STEP_S = st.integers(1, 30_000).map(lambda n: n / 8)


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Span], list[Episode]]:
    """Rows as an agent could write them over some days in UTC."""
    at = Moment(0.0, datetime(2026, 1, 1, 4, tzinfo=UTC).timestamp(), UTC)
    spans: list[Span] = []
    for length_s in draw(st.lists(STEP_S, max_size=60)):
        presence, change = draw(st.sampled_from(Presence)), draw(st.booleans())
        end = at.on(at.boot_s + length_s)
        midnight_s = (at.boot_s // 86_400 + 1) * 86_400
        if end.boot_s > midnight_s:
            spans.append(Span(at, at.on(midnight_s), presence, change=change))
            at, change = at.on(midnight_s), False
        spans.append(Span(at, end, presence, change=change))
        at = end
    moments = st.integers(0, int(at.boot_s * 8)).map(lambda n: at.on(n / 8))
    kinds, outcomes = st.sampled_from(("stretch", "position")), st.sampled_from(Outcome)
    episodes: list[Episode] = []
    for end in draw(st.lists(moments, max_size=20)):
        outcome = draw(outcomes)
        row = ended(0, outcome.value, kind=draw(kinds), ended=end, change=draw(st.booleans()))
        episodes.append(replace(row, asked=draw(st.booleans()), postponed=draw(st.integers(0, 2))))
    return spans, episodes


@given(histories())
def test_given_any_rows_then_no_second_and_no_outcome_is_lost(
    rows: tuple[list[Span], list[Episode]],
) -> None:
    """All presences add up to the time that passed, all outcomes to the ended episodes."""
    spans, episodes = rows

    days = stats.days_of(spans, episodes, FOUR, ("position",))
    total = stats.add(MONDAY, days)

    assert sum(one.seconds for one in spans) == sum(
        getattr(total, f"{presence}_seconds") for presence in Presence
    )
    assert len(episodes) == sum(
        kind.asked + kind.taken + kind.natural + kind.skipped + kind.missed + kind.undelivered
        for kind in total.kinds.values()
    )
    for one in days:
        length_s = sum(getattr(one, f"{presence}_seconds") for presence in Presence)
        assert 0 <= one.longest_held_seconds <= one.desk_seconds <= length_s <= 86_400


@given(histories(), st.integers(0, 6))
def test_given_any_days_then_a_week_is_the_sum_of_its_days(
    rows: tuple[list[Span], list[Episode]], first_weekday: int
) -> None:
    """However the days are grouped, the same figures come out."""
    days = stats.days_of(*rows, FOUR)
    first = stats.week_start(date(2026, 1, 1), first_weekday)

    weeks = [
        stats.week(days, first + n * timedelta(days=7), first_weekday=first_weekday)
        for n in range(12)
    ]

    totals = stats.add(first, [one.total for one in weeks])
    assert stats.add(first, days) == totals
    assert [one.total for one in weeks[:-1]] == [one.before for one in weeks[1:]]


@given(histories(), st.randoms(use_true_random=False))
def test_given_rows_in_any_order_then_the_days_are_the_same(
    rows: tuple[list[Span], list[Episode]], random: Random
) -> None:
    """Statistics are a function of which rows there are, not of how they came."""
    spans, episodes = rows
    days = stats.days_of(spans, episodes, FOUR)
    random.shuffle(spans)
    random.shuffle(episodes)

    assert days == stats.days_of(spans, episodes, FOUR)


@given(histories())
def test_given_a_stored_day_then_it_reads_back_as_it_was(
    rows: tuple[list[Span], list[Episode]],
) -> None:
    """Totals that outlive their rows are the totals that the rows gave."""
    days = stats.days_of(*rows, FOUR)

    assert days == [stats.day_from(json.loads(json.dumps(stats.day_json(one)))) for one in days]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"date": "Monday"}, id="no date"),
        pytest.param({"desk_seconds": "1"}, id="text for a number"),
        pytest.param({"desk_seconds": -1.0}, id="negative"),
        pytest.param({"desk_seconds": float("nan")}, id="no number"),
        pytest.param({"desk_seconds": float("inf")}, id="without end"),
        pytest.param({"position_changes": True}, id="a truth for a number"),
        pytest.param({"kinds": {"eyes": {"prompted": 1}}}, id="half a kind"),
        pytest.param({"kinds": []}, id="no kinds"),
    ],
)
def test_given_a_stored_day_that_is_odd_then_it_is_refused(change: dict[str, object]) -> None:
    """A figure that nobody can have written is no figure."""
    with pytest.raises(ValueError):  # noqa: PT011 - each row fails in words of its own
        stats.day_from({**stats.day_json(Day(MONDAY)), **change})
