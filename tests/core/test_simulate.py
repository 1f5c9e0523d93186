"""What `simulate` tells of a timeline: happenings in order, days at their end, facts for programs."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deskbreak.core import simulate, timeline
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.core.model import Choice
from deskbreak.core.reports import simulated_lines
from deskbreak.core.settings import Layer, Origin
from tests.core.days import index
from tests.core.scenes import ENGLISH, german

PACK = index("position-1", "position-2", "stretch-1", "posture-1")
BERLIN = "start 2026-03-02T09:00:00 Europe/Berlin"
AT_ONCE = "set prompts.wait_for_lull_limit_seconds = 0"
ONLY_POSITION = tuple(f"set {kind}.enabled = false" for kind in ("stretch", "posture", "habit"))


def play(
    *lines: str,
    start: str = BERLIN,
    below: tuple[Layer, ...] = (),
    policy: tuple[Document, ...] = (),
    answer: tuple[Choice, float] | None = None,
) -> list[simulate.Happening]:
    """Play *lines* with the prompts of a small pack."""
    text = "\n".join(["timeline 1", start, *lines])
    given = simulate.Given(below, policy, PACK)
    return simulate.happenings(timeline.parse(text.encode()), given, answer)


def facts(*lines: str, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - as `play` has it
    """Return what a program reads."""
    return list(simulate.facts(play(*lines, **more)))


def told(*lines: str, **more: Any) -> list[str]:  # noqa: ANN401 - as `play` has it
    """Return each event as "1200 prompt position", and each day as "day 2026-03-02"."""
    return [_brief(fact) for fact in facts(*lines, **more)]


def _brief(fact: dict[str, Any]) -> str:
    if fact["event"] == "day":
        return f"day {fact['date']}"
    parts = [f"{fact['t']:g}", fact["event"], fact["kind"]]
    parts += (fact[name] for name in ("reason", "outcome", "by") if fact.get(name))
    return " ".join(parts)


def test_given_a_prompt_and_rest_then_the_facts_are_those_of_the_contract() -> None:
    """Names, order and values are what programs rely on."""
    found = facts(*ONLY_POSITION, AT_ONCE, "20m work", "20s work", "1m30s locked", "10m work")

    assert [
        {
            "at": "2026-03-02T09:20:00+01:00",
            "t": 1200.0,
            "event": "prompt",
            "kind": "position",
            "folded": [],
            "reminder": 0,
            "prompt": "position-1",
            "episode": 1,
        },
        {
            "at": "2026-03-02T09:20:20+01:00",
            "t": 1220.0,
            "event": "withdraw",
            "kind": "position",
            "reason": "locked",
            "episode": 1,
        },
        {
            "at": "2026-03-02T09:20:50+01:00",
            "t": 1250.0,
            "event": "end",
            "kind": "position",
            "outcome": "taken",
            "by": "rest",
            "episode": 1,
        },
    ] == found[:-1]
    day = found[-1]
    counts = day.pop("kinds")
    assert {
        "event": "day",
        "date": "2026-03-02",
        "desk_seconds": 1820.0,
        "away_seconds": 0.0,
        "locked_seconds": 90.0,
        "asleep_seconds": 0.0,
        "off_seconds": 0.0,
        "longest_held_seconds": 1220.0,
        "position_changes": 1,
    } == day
    assert {
        "position": {
            "prompted": 1,
            "taken": 1,
            "taken_by": {"answer": 0, "guide": 0, "rest": 1},
            "natural": 0,
            "skipped": 0,
            "missed": 0,
            "postponed": 0,
            "asked": 0,
            "undelivered": 0,
            "compliance": 1.0,
        }
    } == counts


def test_given_a_reminder_and_no_answer_then_both_are_told_and_the_tray_marks_it() -> None:
    """The reminder is the same episode; after the end of a miss only the mark stays."""
    found = facts(*ONLY_POSITION, AT_ONCE, "31m work")

    assert [
        ("prompt", 1200.0, 0),
        ("prompt", 1500.0, 1),
        ("end", 1800.0, None),
        ("mark", 1800.0, None),
    ] == [(fact["event"], fact["t"], fact.get("reminder")) for fact in found[:-1]]
    assert "missed" == found[3]["reason"]


def test_given_a_slow_answer_when_a_reminder_comes_first_then_the_answer_comes_in_time() -> None:
    """Six minutes after the prompt, not after its reminder."""
    found = facts(*ONLY_POSITION, AT_ONCE, "27m work", answer=(Choice.DONE, 360.0))

    assert [("prompt", 1200.0), ("prompt", 1500.0), ("end", 1560.0)] == [
        (fact["event"], fact["t"]) for fact in found[:-1]
    ]


def test_given_a_break_that_is_asked_for_while_deskbreak_is_off_then_none_is_shown() -> None:
    """Once it starts one can be asked for."""
    while_off = ("10m work", "10s off", "take stretch", "10s off", "1m work")
    as_it_starts = ("10m work", "20s off", "take stretch", "1m work")

    assert ["day 2026-03-02"] == told(*ONLY_POSITION, *while_off)
    assert ["620 prompt stretch", "day 2026-03-02"] == told(*ONLY_POSITION, *as_it_starts)


def test_given_a_kind_that_is_switched_on_then_the_day_before_has_it_not() -> None:
    """The row of the day before is written late, for nobody knew yet whether it was an absence."""
    found = facts(
        "20m work",
        "30s idle",
        "set eyes.enabled = true",
        "10m work",
        start="start 2026-03-02T03:39:50 Europe/Berlin",
    )

    assert [False, True] == ["eyes" in fact["kinds"] for fact in found if fact["event"] == "day"]


def test_given_a_delayed_break_then_its_mark_names_the_episode_where_there_is_one() -> None:
    """A program joins the mark with the end of the same break."""
    missed = facts(*ONLY_POSITION, AT_ONCE, "31m work")
    held = facts(*ONLY_POSITION, AT_ONCE, "70m work call")

    assert [(1, 1)] == [
        (missed[2]["episode"], x["episode"]) for x in missed if x["event"] == "mark"
    ]
    assert [None] == [x["episode"] for x in held if x["event"] == "mark"]


def test_given_something_between_two_seconds_then_a_program_reads_when() -> None:
    """Milliseconds, as the contract has them."""
    found = facts(*ONLY_POSITION, AT_ONCE, "21m work", answer=(Choice.DONE, 20.25))

    assert [1200.0, 1220.25] == [fact["t"] for fact in found[:2]]


def test_given_nights_then_each_day_is_told_at_its_end() -> None:
    """A day's line comes after its last event, and before the first of the next."""
    found = told(
        *ONLY_POSITION, AT_ONCE, "25m work", "18h asleep", "12h asleep", "25m work", answer=DONE
    )

    assert [
        "1200 prompt position",
        "1220 end position taken answer",
        "day 2026-03-02",
        "110700 prompt position",
        "110720 end position taken answer",
        "day 2026-03-03",
    ] == found


DONE = (Choice.DONE, 20.0)


def test_given_a_day_without_events_then_it_is_told_where_it_ends() -> None:
    """A weekend asleep has lines of its own."""
    found = facts(*ONLY_POSITION, "1h work", "60h asleep", "1h work", answer=DONE)
    days = [fact for fact in found if fact["event"] == "day"]

    assert ["2026-03-02", "2026-03-03", "2026-03-04"] == [day["date"] for day in days]
    assert [3600.0, 0.0, 3600.0] == [day["desk_seconds"] for day in days]
    assert [64_800.0, 86_400.0, 64_800.0] == [
        sum(day[f"{name}_seconds"] for name in ("desk", "away", "locked", "asleep", "off"))
        - day["desk_seconds"]
        for day in days
    ]


@pytest.mark.parametrize(
    ("start", "hours"),
    [
        pytest.param("start 2026-03-28T04:00:00 Europe/Berlin", 23, id="spring"),
        pytest.param("start 2026-10-24T04:00:00 Europe/Berlin", 25, id="autumn"),
        pytest.param("start 2026-04-04T04:00:00 Australia/Lord_Howe", 24.5, id="half an hour"),
    ],
)
def test_given_the_clocks_change_then_the_day_has_its_true_length(start: str, hours: float) -> None:
    """The spans of a day add up to 23, 24 or 25 hours, or half an hour more or less."""
    found = facts("48h off", start=start)
    lengths = [
        sum(fact[f"{name}_seconds"] for name in ("desk", "away", "locked", "asleep", "off"))
        for fact in found
        if fact["event"] == "day"
    ]

    assert hours * 3600 == lengths[0]
    assert 48 * 3600 == sum(lengths)


def test_given_something_at_the_very_end_of_a_day_then_it_belongs_to_the_next() -> None:
    """A day ends where the next begins; what happens at that instant is the next one's."""
    found = told(
        *ONLY_POSITION,
        AT_ONCE,
        "set prompts.quiet_after_absence_minutes = 0",
        "20m work",
        start="start 2026-03-02T03:40:00 Europe/Berlin",
    )

    assert ["day 2026-03-01", "1200 prompt position", "day 2026-03-02"] == found


def test_given_reading_then_the_undone_row_is_told_and_counted_nowhere() -> None:
    """What was said at its time stays said; the day's figures are as if it had not been."""
    found = facts(*ONLY_POSITION, "15m work", "3m idle", "reading", "1m work", "reading")
    day = found[-1]

    assert ["1020 end position natural", "day 2026-03-02"] == [_brief(fact) for fact in found]
    assert 0 == day["kinds"]["position"]["natural"]
    assert (19 * 60, 0, 0) == (
        day["desk_seconds"],
        day["away_seconds"],
        day["position_changes"],
    )


@pytest.mark.parametrize(
    ("lines", "figures"),
    [
        pytest.param(
            ("15m work", "3m idle", "5m work", "3m idle", "1m work"), (24, 3, 0, 1), id="earlier"
        ),
        pytest.param(("15m work", "3m locked", "1m work"), (16, 0, 3, 0), id="locked"),
        pytest.param(
            ("15m work", "3m idle", "3m locked", "1m work"), (19, 0, 3, 0), id="then locked"
        ),
    ],
)
def test_given_reading_then_only_the_last_absence_and_no_locked_screen_was_desk_time(
    lines: tuple[str, ...], figures: tuple[int, ...]
) -> None:
    """A break that came before stays one; nobody reads a screen that is locked."""
    day = facts(*ONLY_POSITION, *lines, "reading")[-1]
    seconds = (day[f"{name}_seconds"] for name in ("desk", "away", "locked"))

    assert figures == (*(s / 60 for s in seconds), day["position_changes"])


@pytest.mark.parametrize("still_s", [30, 59, 119, 120], ids=lambda s: f"{s} s")
@pytest.mark.parametrize("since", [(), ("1m work dnd",)], ids=["open", "recorded"])
def test_given_reading_after_a_short_credit_then_it_was_no_position_change(
    still_s: int, since: tuple[str, ...]
) -> None:
    """A credit of less than what counts as away is undone whole: nobody changed the position."""
    found = facts(
        *ONLY_POSITION,
        "set position.credit_idle_seconds = 30",
        *("12m work", f"{still_s}s idle", "1m work", *since, "1m work", "reading", "1m work"),
    )
    day = found[-1]

    assert "750 end position natural" == _brief(found[0])
    assert (0, 0) == (day["position_changes"], day["kinds"]["position"]["natural"])
    assert day["desk_seconds"] == day["longest_held_seconds"]


def test_given_a_clock_put_back_over_midnight_then_each_date_is_told_once() -> None:
    """Rows of one date are one day, even where the date came twice."""
    found = told(
        *ONLY_POSITION,
        AT_ONCE,
        *("25m work", "clock -24h", "25m work", "clock +24h", "25m work"),
        answer=DONE,
    )

    assert 1 == found.count("day 2026-03-01")
    assert "day 2026-03-02" == found[-1]
    times = [float(one.split(maxsplit=1)[0]) for one in found if not one.startswith("day")]
    assert sorted(times) == times


def test_given_a_clock_put_back_into_the_day_before_then_that_day_is_told_last() -> None:
    """Days come in the order in which they end, whatever their dates are."""
    start = "start 2026-03-02T03:00:00 Europe/Berlin"
    found = told(*ONLY_POSITION, "2h work", "clock -3h", "1h work", start=start)

    assert ["day 2026-03-02", "day 2026-03-01"] == [one for one in found if one.startswith("day")]
    assert "day 2026-03-01" == found[-1]


def test_given_layers_then_the_lines_win_over_the_file_and_the_policy_over_both() -> None:
    """Default < settings file < set < policy."""
    below = (Layer(Origin.USER, "file", {"position.interval_minutes": 50}),)
    values = {"position": {"interval_minutes": 15}}
    policy = (Document("policy", Level.MANDATORY, Scope.MACHINE, values),)
    lines = (*ONLY_POSITION, AT_ONCE, "set position.interval_minutes = 30", "61m work")

    assert "3000 prompt position" == told(*ONLY_POSITION, AT_ONCE, "61m work", below=below)[0]
    assert "1800 prompt position" == told(*lines, below=below)[0]
    assert "900 prompt position" == told(*lines, below=below, policy=policy)[0]


def test_given_not_for_me_then_another_prompt_is_told() -> None:
    """The episode goes on with another text."""
    found = facts(*ONLY_POSITION, AT_ONCE, "20m work", "answer not-for-me", "1m work")

    assert [("position-1", 1), ("position-2", 1)] == [
        (fact["prompt"], fact["episode"]) for fact in found[:-1]
    ]


def test_given_not_for_me_then_that_text_comes_no_more() -> None:
    """A simulated person is asked no better than a real one."""
    work = ("21m work", "answer done")
    found = facts(
        *ONLY_POSITION, AT_ONCE, "20m work", "answer not-for-me", "answer done", *work, *work
    )

    assert ["position-1", *["position-2"] * 3] == [
        fact["prompt"] for fact in found if fact["event"] == "prompt"
    ]


def test_given_not_for_me_and_a_setting_then_that_text_still_comes_no_more() -> None:
    """What a line sets says nothing of texts."""
    work = ("21m work", "answer done")
    found = facts(
        *ONLY_POSITION,
        *(AT_ONCE, "20m work", "answer not-for-me", "answer done"),
        *("set prompts.daily_cap = 20", *work, "set prompts.daily_cap = 21", *work),
    )

    assert ["position-1", *["position-2"] * 3] == [
        fact["prompt"] for fact in found if fact["event"] == "prompt"
    ]


def test_given_the_guide_then_it_lasts_as_long_as_the_kind_says() -> None:
    """Nobody follows the steps of a text here."""
    found = told(*ONLY_POSITION, AT_ONCE, "20m work", "answer start", "5m work")

    assert ["1200 prompt position", "1230 end position taken guide"] == found[:2]


def test_given_the_same_file_then_the_bytes_are_the_same() -> None:
    """A bug report is a file and what came of it."""
    lines = ("25m work call", "3m idle", "2h work", "12h asleep", "1h work", "zone Asia/Kathmandu")

    assert json.dumps(facts(*lines)) == json.dumps(facts(*lines))


def test_given_a_timeline_of_nothing_then_nothing_is_told() -> None:
    """No time passed."""
    assert [] == play()
    assert [] == simulated_lines(play(), ENGLISH)


def test_given_a_day_then_people_read_a_line_per_happening_and_the_days_table() -> None:
    """Times to the second, names as everywhere else, and the day as in the week."""
    lines = simulated_lines(
        play(
            AT_ONCE,
            *("20m work", "answer postpone", "10m work call", "2m work dnd", "50m work dnd"),
            *("10m work", "5m locked", "pause", "8m work", "resume", "50m work"),
        ),
        ENGLISH,
    )

    assert [
        "09:20:00  Change position: prompt position-1",
        "09:20:00  Change position: withdrawn (postponed)",
    ] == lines[:2]
    assert any("due, said by the tray alone (do not disturb is on)" in line for line in lines), (
        lines
    )
    assert "Day             Desk   Taken  Natural  Longest held  Changes" in lines


def test_given_two_days_then_all_that_is_printed_is_this() -> None:
    """Each day's table stands after its last line, with an empty line before and after it."""
    day = play(
        *(
            "set stretch.enabled = false",
            "set posture.enabled = false",
            "set habit.enabled = false",
        ),
        *("20m work", "6s idle", "answer done", "42m work", "6s idle", "40s work", "take eyes"),
        *("1m work", "20h asleep", "5m work"),
    )

    assert """\
09:20:05  Change position: prompt position-1
09:20:06  Change position: taken
09:42:06  Change position: prompt position-2
09:49:06  Change position: reminder
09:52:06  Change position: no answer
09:52:06  Change position: due, said by the tray alone (no answer)
10:02:52  Rest your eyes: prompt
10:03:52  Rest your eyes: withdrawn (computer asleep)
10:04:12  Rest your eyes: taken, by resting
10:04:22  Change position: natural break

Day             Desk   Taken  Natural  Longest held  Changes
Mon 2026-03-02  1:04  1 of 2        1          0:44        2

Break           Change position  Rest your eyes
prompted                      2               0
taken                         1               0
by answer                     1               0
with the guide                0               0
by resting                    0               0
natural breaks                1               0
skipped                       0               0
no answer                     1               0
postponed                     0               0
asked for                     0               1
not delivered                 0               0
share taken       1 of 2 (50 %)


Day             Desk  Taken  Natural  Longest held  Changes
Tue 2026-03-03  0:05               0          0:05        0

Break           Change position
prompted                      0
taken                         0
by answer                     0
with the guide                0
by resting                    0
natural breaks                0
skipped                       0
no answer                     0
postponed                     0
asked for                     0
not delivered                 0
share taken""" == "\n".join(simulated_lines(day, ENGLISH))
    assert [] == simulated_lines([], ENGLISH)


def test_given_folded_kinds_and_a_reminder_then_the_lines_say_so() -> None:
    """Kinds that share a prompt are named together."""
    lines = simulated_lines(play(AT_ONCE, "52m work", "20m work", answer=None), ENGLISH)
    words = "\n".join(lines)

    assert "Change position: reminder" in words
    assert "Stretch + Change position: prompt stretch-1" in words


def test_given_holds_and_absences_then_each_reason_has_words_in_each_language() -> None:
    """What withdrew a prompt is said as the menu says it."""
    day = play(
        *ONLY_POSITION,
        AT_ONCE,
        *("20m work", "40s asleep", "20m work", "pause 1m", "2m work", "20s off", "2m work"),
    )

    assert [
        "withdrawn (computer asleep)",
        "withdrawn (paused)",
        "withdrawn (deskbreak not running)",
    ] == [line.split(": ")[1] for line in simulated_lines(day, ENGLISH) if "withdrawn" in line]
    assert simulated_lines(day, ENGLISH) != simulated_lines(day, german())
