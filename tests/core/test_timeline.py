"""The timeline language: what is read, what is refused, and what is said of it."""

from __future__ import annotations

from datetime import UTC, date, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from deskbreak.core.model import Choice, Hold, Moment, Until
from deskbreak.core.replay import Player, until
from deskbreak.core.rules import rules
from deskbreak.core.settings import resolve
from deskbreak.core.timeline import (
    HOLDS,
    LARGEST_BYTES,
    Line,
    Set,
    Statement,
    Stretch,
    Timeline,
    Unreadable,
    Zone,
    parse,
    statement,
)
from deskbreak.core.timeline_text import write
from tests.core.days import day
from tests.core.fuzz_timelines import attempts

HEAD = "timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin\n"
NINE = Moment(0.0, 1_772_438_400.0, ZoneInfo("Europe/Berlin"))

EXAMPLE = """\
timeline 1                              # first statement, always
start 2026-03-02T09:00:00 Europe/Berlin
set position.interval_minutes = 15      # any setting, as in TOML

50m   work                              # input throughout
1m30s idle
20m   work call
10m   idle dnd fullscreen share presentation
1h    locked
8h    asleep
20s   off

answer done
reading
pause 30m
pause
pause until 14:00
pause tomorrow
resume
take stretch
clock +1h
clock -1h30m
zone America/New_York
set plan = "busy"                       # "#" is a comment only outside of quotes
set working_hours.monday = ["09:00-12:30", '13:00-17:00']
"""


def test_given_a_whole_file_then_every_statement_is_read() -> None:
    """Comments and empty lines are nothing; spaces do not matter."""
    read = parse(EXAMPLE.encode())

    assert read.start == NINE
    assert (
        Set("position.interval_minutes", 15),
        Stretch(3000.0, "work"),
        Stretch(90.0, "idle"),
        Stretch(1200.0, "work", frozenset({Hold.CALL})),
        Stretch(600.0, "idle", frozenset(Hold) - {Hold.CALL, Hold.PAUSED, Hold.HOURS}),
        Stretch(3600.0, "locked"),
        Stretch(28_800.0, "asleep"),
        Stretch(20.0, "off"),
        Statement("answer", "done"),
        Statement("reading"),
        Statement("pause", "30m"),
        Statement("pause"),
        Statement("pause", "until 14:00"),
        Statement("pause", "tomorrow"),
        Statement("resume"),
        Statement("take", "stretch"),
        Statement("clock", "+1h"),
        Statement("clock", "-1h30m"),
        Zone(ZoneInfo("America/New_York")),
        Set("plan", "busy"),
        Set("working_hours.monday", ("09:00-12:30", "13:00-17:00")),
    ) == read.lines


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("\ufeff" + HEAD, id="a byte order mark"),
        pytest.param(HEAD.replace("\n", "\r\n"), id="lines that end as on Windows"),
        pytest.param("\n# hello\n\n" + HEAD, id="a comment first"),
        pytest.param("timeline  1\nstart 2026-03-02T09:00 Europe/Berlin", id="no seconds, no end"),
        pytest.param(HEAD.replace(" ", "\t"), id="tabs"),
    ],
)
def test_given_a_file_as_editors_write_it_then_it_is_read(text: str) -> None:
    """Nobody should have to know how a file ends its lines."""
    assert ((), NINE) == (parse(text.encode()).lines, parse(text.encode()).start)


@pytest.mark.parametrize(
    ("text", "line", "why"),
    [
        pytest.param("", 1, "a timeline needs a start", id="nothing"),
        pytest.param("5m work", 1, 'the first statement is "timeline 1"', id="no head"),
        pytest.param("timeline 2", 1, 'the first statement is "timeline 1"', id="another version"),
        pytest.param("timeline 1\n\n", 3, "a timeline needs a start", id="no start"),
        pytest.param(
            "timeline 1\n5m work",
            2,
            "a timeline needs a start before anything happens",
            id="a late start",
        ),
        pytest.param(
            HEAD + "start 2026-03-02T09:00:00 Europe/Berlin",
            3,
            "a timeline has one start, before anything happens",
            id="two starts",
        ),
        pytest.param(
            "timeline 1\nstart 2026-03-02 Europe/Berlin",
            2,
            'write it as "start 2026-03-02T09:00:00 Europe/Berlin"',
            id="a date alone",
        ),
        pytest.param(
            "timeline 1\nstart 2026-02-30T09:00:00 Europe/Berlin",
            2,
            '"2026-02-30T09:00:00" is no date and time',
            id="a day that never was",
        ),
        pytest.param(
            "timeline 1\nstart 2026-03-02T09:00:00 Europe/Atlantis",
            2,
            'there is no time zone "Europe/Atlantis"',
            id="no such zone",
        ),
        pytest.param(
            HEAD + "\n5m work # fine\n5m wrok",
            5,
            'unknown presence "wrok"; expected work, idle, locked, asleep, off',
            id="a slip",
        ),
        pytest.param(
            HEAD + "1096d work",
            3,
            '"1096d" is not a duration; write it as 30m, 1h30m or 20s',
            id="days",
        ),
        pytest.param(HEAD + "26300h off\n1h off\n60h off", 5, "is longer than 3 years", id="years"),
        pytest.param(
            "timeline 1\nstart 1969-07-20T20:17:00 UTC",
            2,
            "the wall clock would leave the years 1970 to 9998",
            id="before all calendars",
        ),
        pytest.param(
            HEAD + "clock +99999999h",
            3,
            "the wall clock would leave the years 1970 to 9998",
            id="a clock too far",
        ),
        pytest.param(
            HEAD + 'set plan = "busy # all of it',
            3,
            'plan = ""busy # all of it" is not one of: standard, fifteen, fifty, gentle, busy, '
            "sit_stand, seated, custom",
            id="a quote that is not closed",
        ),
        pytest.param(
            "timeline 1\nstart 9998-12-28T00:00:00 UTC\nclock -1h\nclock +1h\nclock +99h",
            5,
            "the wall clock would leave the years 1970 to 9998",
            id="a clock too far, and not the one that was put back",
        ),
        pytest.param(
            "timeline 1\nstart 9998-12-28T00:00:00 UTC\n1h off\n72h off",
            4,
            "the wall clock would leave the years 1970 to 9998",
            id="time too far",
        ),
    ],
)
def test_given_a_file_with_an_error_then_its_line_is_named(text: str, line: int, why: str) -> None:
    """One line on standard error says where and what."""
    with pytest.raises(Unreadable) as refused:
        parse(text.encode())

    assert (line, why) == (refused.value.line, str(refused.value.why))


def test_given_bytes_that_are_no_text_then_their_line_is_named() -> None:
    """A timeline is UTF-8."""
    with pytest.raises(Unreadable) as refused:
        parse(HEAD.encode() + b"5m work\n\xff\xfe")

    assert (4, "is not UTF-8") == (refused.value.line, str(refused.value.why))


def test_given_a_file_that_is_too_large_then_it_is_refused_unread() -> None:
    """Four megabytes are three years of minutes."""
    with pytest.raises(Unreadable) as refused:
        parse(b"#" * (LARGEST_BYTES + 1))

    assert (1, "is larger than 4 MB") == (refused.value.line, str(refused.value.why))
    whole = HEAD.encode() + b"5m work\n"
    assert parse(whole) == parse(whole + b"#" * (LARGEST_BYTES - len(whole)))


def test_given_three_years_then_not_a_second_more_is_read() -> None:
    """That is enough for any history."""
    years = f"{HEAD}{(3 * 365 + 1) * 24}h off\n"

    assert 1 == len(parse(years.encode()).lines)
    with pytest.raises(Unreadable, match="is longer than 3 years"):
        parse(f"{years}1s off\n".encode())


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("5m", 'unknown presence ""; expected work, idle, locked, asleep, off'),
        ("0s work", '"0s" is not a duration; write it as 30m, 1h30m or 20s'),
        ("-5m work", '"-5m" is not a duration; write it as 30m, 1h30m or 20s'),
        (
            "wrok 5m",
            (
                'unknown statement "wrok"; expected a duration such as 30m, '
                "or answer, clock, pause, reading, resume, take, set, zone"
            ),
        ),
        (
            "5m \x1b[31mwork",
            'unknown presence "\\x1b[31mwork"; expected work, idle, locked, asleep, off',
        ),
        (
            f"take {'x' * 99}",
            f'unknown kind "{"x" * 59}…"; expected stretch, position, posture, eyes, massage, habit',
        ),
        (f"zone {'x' * 9999}", f'there is no time zone "{"x" * 59}…"'),
        ("5m30 work", '"5m30" is not a duration; write it as 30m, 1h30m or 20s'),
        ("9999999999h work", '"9999999999h" is not a duration; write it as 30m, 1h30m or 20s'),
        ("\u0665m work", '"\u0665m" is not a duration; write it as 30m, 1h30m or 20s'),
        (
            "5m work music",
            'unknown hold "music"; expected call, dnd, fullscreen, share, presentation',
        ),
        ("5m locked call", "holds stand with work and idle only"),
        ("5m off dnd", "holds stand with work and idle only"),
        ("answer", 'unknown answer ""; expected done, postpone, skip, not-for-me, start'),
        ("answer yes", 'unknown answer "yes"; expected done, postpone, skip, not-for-me, start'),
        (
            "take yoga",
            'unknown kind "yoga"; expected stretch, position, posture, eyes, massage, habit',
        ),
        ("reading on", '"on" is too much'),
        ("resume now", '"now" is too much'),
        ("pause 0m", '"0m" is not a duration; write it as 30m, 1h30m or 20s'),
        ("pause until noon", '"noon" is not a time of day; write it as 14:00'),
        ("clock 1h", '"1h" moves no clock; write it as +1h or -30m'),
        ("clock +later", '"later" is not a duration; write it as 30m, 1h30m or 20s'),
        ("zone", 'there is no time zone ""'),
        ("zone ../../etc/passwd", 'there is no time zone "../../etc/passwd"'),
        ("set position.interval_minutes 15", 'write it as "set position.interval_minutes = 15"'),
    ],
)
def test_given_a_statement_that_means_nothing_then_it_says_why(text: str, why: str) -> None:
    """A sentence for people, with what was expected."""
    with pytest.raises(Unreadable) as refused:
        statement(text)

    assert why == str(refused.value.why)


@pytest.mark.parametrize(
    "text",
    ["set position.interval_minutes = 5", "set position.nothing = 5", "set position.enabled = 1"],
)
def test_given_a_setting_that_cannot_be_then_the_statement_is_refused(text: str) -> None:
    """A bad value is an error of the file."""
    with pytest.raises(Unreadable, match="position"):
        statement(text)


@given(st.text())
def test_given_any_text_then_it_is_read_or_refused(text: str) -> None:
    """Whatever stands in a line, reading it never fails in another way."""
    try:
        line: Line | None = statement(text)
    except Unreadable:
        line = None

    assert line is None or not isinstance(line, Stretch) or line.seconds > 0


@given(st.binary())
def test_given_any_bytes_then_the_file_is_read_or_refused(data: bytes) -> None:
    """The same holds for a file."""
    with pytest.raises(Unreadable):
        parse(HEAD.encode() + data + b"\nno statement")


# ── pauses ─────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "local"),
    [
        pytest.param("until 14:00", "2026-03-02T14:00:00", id="today"),
        pytest.param("until 08:00", "2026-03-03T08:00:00", id="tomorrow, for it has passed"),
        pytest.param("until 09:00", "2026-03-03T09:00:00", id="now is too late"),
        pytest.param("until 24:00", "2026-03-03T00:00:00", id="midnight"),
        pytest.param("tomorrow", "2026-03-03T04:00:00", id="the next day"),
    ],
)
def test_given_a_pause_until_a_time_then_it_is_the_next_one(text: str, local: str) -> None:
    """What the wall clock will show."""
    found = until(text, NINE).local

    assert found is not None
    assert local == found.isoformat()


def test_given_a_moment_between_minutes_then_a_pause_ends_on_the_minute() -> None:
    """Ten o'clock is ten o'clock, whenever it is said."""
    found = until("until 10:00", NINE.on(30.25)).local

    assert found is not None
    assert "2026-03-02T10:00:00" == found.isoformat()


def test_given_a_pause_for_a_time_or_for_good_then_it_is_on_the_boot_clock_or_endless() -> None:
    """Thirty minutes are thirty minutes."""
    later = NINE.on(500.0)

    assert Until(boot_s=500.0 + 1800.0) == until("30m", later)
    assert Until() == until("", later)


@pytest.mark.parametrize("text", ["a while", "until", "until 25:00", "30"])
def test_given_a_pause_that_means_nothing_then_it_is_refused(text: str) -> None:
    """Commands come with any words."""
    with pytest.raises(Unreadable):
        until(text, NINE)


def test_given_a_day_that_starts_elsewhere_then_tomorrow_is_there() -> None:
    """Whoever works nights begins the day at noon."""
    found = until("tomorrow", NINE, 12 * 3600).local

    assert found is not None
    assert timedelta(hours=3) == found - NINE.wall.replace(tzinfo=None)


# ── playing ────────────────────────────────────────────────────────────────────────────────


def test_given_an_answer_to_every_prompt_then_a_withdrawn_prompt_is_not_answered() -> None:
    """Nobody answers what is not there; the second showing is answered."""
    day(
        "set stretch.enabled = false",
        "set posture.enabled = false",
        "set habit.enabled = false",
        "set prompts.wait_for_lull_limit_seconds = 0",
        ("20m10s work", "20:00 prompt position"),
        ("1m work dnd", "20:10 withdraw position dnd"),
        ("1m work", "21:40 prompt position; 22:00 end position taken answer"),
        answer=(Choice.DONE, 20.0),
    )


def test_given_hidden_prompts_when_the_settings_change_then_they_stay_hidden() -> None:
    """Not for me is for good."""
    player = Player(NINE, rules(resolve(()), ()))
    player._hidden = frozenset({"P-1"})
    for _ in player.use(rules(resolve(()), ())):
        pass

    assert {"P-1"} == player.rules.person.hidden


def test_given_thousands_of_mutated_files_then_each_is_refused_in_words_or_played() -> None:
    """No file brings an exception, or is read for a second."""
    tried = list(attempts(0, 3000))

    assert {"refused", "played", "read"} >= {one.outcome for one in tried}
    assert 500 < sum(one.outcome == "played" for one in tried)
    assert 1.0 > max(one.parse_s for one in tried)


# ── and back ───────────────────────────────────────────────────────────────────────────────


def test_given_a_timeline_then_it_is_written_as_people_write_it() -> None:
    """One statement a line; spaces, comments and empty lines of the original are not kept."""
    assert """\
timeline 1
start 2026-03-02T09:00:00 Europe/Berlin
set position.interval_minutes = 15
50m work
1m30s idle
20m work call
10m idle dnd fullscreen share presentation
1h locked
8h asleep
20s off
answer done
reading
pause 30m
pause
pause until 14:00
pause tomorrow
resume
take stretch
clock +1h
clock -1h30m
zone America/New_York
set plan = "busy"
set working_hours.monday = ["09:00-12:30", "13:00-17:00"]
""" == write(parse(EXAMPLE.encode()))


def test_given_fractions_of_a_second_then_they_do_not_add_up() -> None:
    """Instants are rounded: a hundred times 1.4 s are 140 s, and what vanishes leaves no line."""
    lines = tuple(Stretch(1.4, "idle" if n % 2 else "work") for n in range(100))
    read = parse(write(Timeline(NINE, (Stretch(0.3, "locked"), *lines))).encode())

    assert "work" == getattr(read.lines[0], "presence", "")
    assert 140.0 == sum(line.seconds for line in read.lines if isinstance(line, Stretch))


@pytest.mark.parametrize(
    ("zone", "name"),
    [
        pytest.param(timezone(timedelta(hours=2)), "Etc/GMT-2", id="east"),
        pytest.param(timezone(-timedelta(hours=3.5)), "Etc/GMT+4", id="half an hour"),
        pytest.param(timezone(timedelta(hours=23)), "Etc/GMT-14", id="further than any"),
        pytest.param(UTC, "UTC", id="none"),
    ],
)
def test_given_a_zone_without_a_name_then_one_with_a_name_is_written(
    zone: timezone, name: str
) -> None:
    """The language knows zones by name only; the instant stays the same."""
    start = parse(write(Timeline(Moment(0.0, NINE.unix_s, zone), ())).encode()).start

    assert Moment(0.0, NINE.unix_s, ZoneInfo(name)) == start


def test_given_a_start_in_the_hour_that_is_shown_twice_then_the_instant_stays() -> None:
    """The second time has no way of its own to be written; UTC has."""
    twice = Moment(0.0, 1_792_890_000.0, ZoneInfo("Europe/Berlin"))
    read = parse(write(Timeline(twice, ())).encode())

    assert 1 == twice.wall.fold
    assert twice.unix_s == read.start.unix_s
    assert (Zone(twice.zone),) == read.lines


ZONES = st.sampled_from(["Europe/Berlin", "America/New_York", "Asia/Kathmandu", "UTC"]).map(
    ZoneInfo
)
SECONDS = st.integers(1, 400_000).map(float)
LINES = st.one_of(
    st.builds(
        Stretch,
        SECONDS,
        st.sampled_from(["work", "idle"]),
        st.frozensets(st.sampled_from(sorted(HOLDS.values()))),
    ),
    st.builds(Stretch, SECONDS, st.sampled_from(["locked", "asleep", "off"])),
    st.builds(Zone, ZONES),
    st.sampled_from(
        [
            *(Statement("answer", choice) for choice in Choice),
            *(Statement("pause", when) for when in ("", "1h30m", "until 14:00", "tomorrow")),
            *(Statement("clock", shift) for shift in ("+1h", "-20s")),
            *(Statement("reading"), Statement("resume"), Statement("take", "habit")),
            Set("plan", "fifty"),
            Set("language", ""),
            Set("day.starts_at", "04:30"),
            Set("prompts.backoff_factor", 2.25),
            Set("position.enabled", False),
            Set("person.equipment", ("wall", "ball")),
            Set("working_hours.friday", ()),
            Set(
                "working_hours.days_off", tuple(date(2026, 1, 1) + timedelta(n) for n in range(400))
            ),
        ]
    ),
)
BEGINNINGS = st.builds(
    lambda unix_s, zone: Moment(0.0, float(unix_s), zone), st.integers(10**9, 2 * 10**9), ZONES
)


@given(BEGINNINGS, st.lists(LINES, max_size=20))
def test_given_any_timeline_when_it_is_written_and_read_then_it_is_the_same(
    start: Moment, lines: list[Line]
) -> None:
    """A timeline in whole seconds loses nothing on its way through a file."""
    assume(not start.wall.fold)
    told = Timeline(start, tuple(lines))
    text = write(told)

    assert told == parse(text.encode())
    assert text == write(parse(text.encode()))
