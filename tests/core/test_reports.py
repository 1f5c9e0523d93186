from __future__ import annotations

import json
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings

from deskbreak.core import outlook
from deskbreak.core.lines import WIDTH, block, printable, table
from deskbreak.core.model import Phase, Undelivered
from deskbreak.core.reports import (
    Finding,
    doctor_json,
    doctor_lines,
    stats_lines,
    status_json,
    status_lines,
)
from deskbreak.core.stats import Day, KindDay, TakenBy, week
from deskbreak.core.words import N_, Said, said
from tests.core.scenes import ENGLISH, MONDAY, Scene, german, scene
from tests.core.test_views import HOURS, SETTINGS, STATEMENTS

if TYPE_CHECKING:
    from deskbreak.core.words import Words


def status(desk: Scene, words: Words = ENGLISH, **changes: object) -> list[str]:
    """Return what `deskbreak status` prints."""
    return status_lines(desk.snap(**changes), desk.now, words, desk.episodes[-3:])


def facts(desk: Scene, **changes: object) -> dict[str, Any]:
    """Return what `deskbreak status --json` prints."""
    return status_json(desk.snap(**changes), desk.now, desk.episodes[-3:])


def under(title: str, lines: list[str]) -> list[str]:
    """Return the lines of the block *title*, without their dash."""
    start = lines.index(title) + 1
    rest = [*lines[start:], ""]
    return [line.removeprefix("- ") for line in rest[: rest.index("")]]


WHY = "Why nothing is shown at this moment:"
KINDS = "Each kind by itself:"


# ── status ─────────────────────────────────────────────────────────────────────────────────


def test_given_an_ordinary_morning_then_status_says_where_everything_stands() -> None:
    """What comes, why not now, each kind, what came of the last."""
    desk = scene("20m work", "6s idle", "answer done", "5m work")

    assert [
        "Change position in 15 min",
        "Today: 0:25 h at the desk, 1 of 1 break taken",
        "",
        "Why nothing is shown at this moment:",
        "- nothing is due (until 09:40)",
        "- the last break was a moment ago (until 09:32)",
        "",
        "Each kind by itself:",
        "- Stretch: due at 10:00",
        "- Change position: due at 09:40",
        "- Posture check: due at 10:30",
        "- Habit of the day: due at 11:00",
        "",
        "The last prompts and breaks:",
        "- 09:20 Change position: taken",
    ] == status(desk)


def test_given_a_german_desktop_then_status_is_german() -> None:
    """The same facts, the other words."""
    desk = scene("20m work", "6s idle", "answer done", "5m work")

    assert [
        "Positionswechsel in 15 Min.",
        "Heute: 0:25 Std. am Platz, 1 von 1 Pause gemacht",
        "",
        "Warum gerade nichts gezeigt wird:",
        "- nichts steht an (bis 09:40)",
    ] == status(desk, german())[:5]


@pytest.mark.parametrize(
    ("lines", "user", "expected"),
    [
        pytest.param(("11m work",), {}, ["nothing is due (until 09:20)"], id="not due"),
        pytest.param(("20m work", "6s idle"), {}, ["a prompt is on the screen"], id="open"),
        pytest.param(
            ("21m work",), {}, ["a pause in your typing is waited for (until 09:22)"], id="lull"
        ),
        pytest.param(
            ("20m work fullscreen", "35s idle fullscreen", "40s idle"),
            {},
            ["nobody seems to be at the screen"],
            id="no input",
        ),
        pytest.param(
            ("25m work call dnd",),
            {},
            ["microphone or camera in use", "do not disturb is on"],
            id="two holds",
        ),
        pytest.param(
            ("10m work", "pause 30m"),
            {},
            ["paused until 09:40", "nothing is due (until 09:20)"],
            id="paused",
        ),
        pytest.param(
            ("3h30m work",),
            HOURS,
            ["outside working hours until 13:00"],
            id="outside working hours",
        ),
        pytest.param(("19m work", "5m locked"), {}, ["screen locked"], id="locked"),
        pytest.param(
            ("20m work", "6s idle", "answer postpone", "1m work"),
            {},
            ["you postponed it (until 09:25)"],
            id="postponed",
        ),
        pytest.param(
            ("20m work",),
            {},
            ["a pause in your typing is waited for (until 09:22)"],
            id="due this moment",
        ),
        pytest.param(
            ("20m work", "6s idle", "answer postpone", "5m work"),
            {},
            ["a pause in your typing is waited for (until 09:27)"],
            id="postponed until this moment",
        ),
        pytest.param(
            ("20m work", "6s idle", "answer postpone", "5m30s work"),
            {},
            ["a pause in your typing is waited for (until 09:27)"],
            id="postponed, and back",
        ),
        pytest.param(
            ("30m work",),
            {f"{kind}.daily_cap": 0 for kind in ("stretch", "position", "posture", "habit")},
            ["nothing is due", "the prompts of this day have all been shown (until Tue 04:00)"],
            id="no prompts of any kind",
        ),
        pytest.param(
            ("50m work", "20m locked", "1m work"),
            {"position.credit_lock_seconds": 0, "position.credit_idle_seconds": 0},
            ["you came back a moment ago (until 10:20)"],
            id="just back",
        ),
        pytest.param(
            ("30m work",),
            {"prompts.daily_cap": 0},
            ["the prompts of this day have all been shown (until Tue 04:00)"],
            id="no prompts allowed",
        ),
        pytest.param(
            ("20m work", "6s idle", "answer done", "21m work"),
            {"prompts.max_per_hour": 1},
            ["there were enough prompts within an hour (until 10:20)"],
            id="enough in this hour",
        ),
        pytest.param(
            ("5m work",),
            {f"{kind}.enabled": False for kind in ("stretch", "position", "posture", "habit")},
            ["all breaks are switched off"],
            id="all off",
        ),
    ],
)
def test_given_silence_then_status_says_why(
    lines: tuple[str, ...], user: dict[str, object], expected: list[str]
) -> None:
    """Whoever wonders why it is silent gets an answer at any time."""
    desk = scene(*lines, user=user)

    found = under(WHY, status(desk))

    assert expected == found
    assert len(found) == len(facts(desk)["silent"])


def test_given_a_prompt_that_could_not_be_shown_then_status_says_when_it_is_tried_again() -> None:
    """Nothing is lost silently."""
    desk = scene("20m work", "6s idle")
    e = desk.player.state.episode
    assert e is not None
    desk.player.state.episode = replace(e, phase=Phase.OFFERED)
    list(desk.player.take(Undelivered(desk.now, e.id, e.showing)))

    assert ["the last prompt could not be shown and is tried again (until 09:21)"] == under(
        WHY, status(desk)
    )
    assert "Open: Change position, could not be shown" in status(desk)


def test_given_a_prompt_that_ended_unshown_then_what_is_due_waits_for_the_next_attempt() -> None:
    """And no longer than that: a time that was kept of an earlier failure is no reason."""
    desk = scene("20m work")
    state = desk.player.state.copy()
    state.failures_in_row, state.retry_at_s = 3, desk.now.boot_s + 60

    assert ["the last prompt could not be shown and is tried again (until 09:21)"] == under(
        WHY, status(desk, state=state)
    )
    state.failures_in_row = 0
    assert ["a pause in your typing is waited for (until 09:22)"] == under(
        WHY, status(desk, state=state)
    )


@pytest.mark.parametrize(
    ("lines", "user", "expected"),
    [
        pytest.param(("25m work",), {}, "Change position: due", id="due"),
        pytest.param(("20m work",), {}, "Change position: due", id="due this moment"),
        pytest.param(("5m work",), {}, "Habit of the day: due at 11:00", id="first of the day"),
        pytest.param(
            ("20m work", "6s idle", "answer done", "5m work"),
            {"position.daily_cap": 1},
            "Change position: no more today",
            id="capped",
        ),
        pytest.param(
            ("25m work", "5m locked"), {}, "Change position: not counting now", id="at rest"
        ),
        pytest.param(
            ("21m work", "6s idle", "answer skip") * 3,
            {"stretch.enabled": False, "posture.enabled": False, "habit.enabled": False},
            "Change position: due at 10:33; less often today, after several skips",
            id="skipped several times",
        ),
    ],
)
def test_given_a_kind_then_status_says_where_it_stands(
    lines: tuple[str, ...], user: dict[str, object], expected: str
) -> None:
    """Each kind has its own held time, caps and interval."""
    assert expected in under(KINDS, status(scene(*lines, user=user)))


def test_given_a_postponed_prompt_then_status_says_when_it_comes_back() -> None:
    """And which it is."""
    lines = status(scene("20m work", "6s idle", "answer postpone"))

    assert ["Open: Change position, postponed", "It comes back at 09:25"] == lines[2:4]


def test_given_breaks_that_were_taken_then_status_says_what_showed_it() -> None:
    """An answer, the guide, or rest."""
    desk = scene("20m work", "6s idle", "answer done", "22m work", "6s idle", "3m idle", "5s work")

    assert ["09:20 Change position: taken", "09:43 Change position: taken, by resting"] == under(
        "The last prompts and breaks:", status(desk)
    )


def test_given_problems_then_status_has_them_all() -> None:
    """The menu shows three, the command all."""
    problems = tuple(said(N_("{number} is wrong"), number=n) for n in range(5))
    desk = scene("5m work")

    assert [f"{n} is wrong" for n in range(5)] == under(
        "Problems:", status(desk, problems=problems)
    )
    assert [f"{n} is wrong" for n in range(5)] == facts(desk, problems=problems)["problems"]


def test_given_no_week_then_status_has_no_line_of_today() -> None:
    """A history that cannot be read is a problem, not an empty day."""
    assert "" == status(scene("5m work"), week=None)[1]


def test_given_an_ordinary_morning_then_the_facts_for_programs_are_complete() -> None:
    """Every field is there, and is what docs/json.md says."""
    desk = scene("20m work", "6s idle", "answer done", "5m work")

    found = facts(desk)

    assert {
        "at": "2026-03-02T09:25:06+01:00",
        "presence": "desk",
        "next": {"kind": "position", "at": "2026-03-02T09:40:06+01:00", "in_seconds": 900.0},
        "silent": [
            {"reason": "not_due", "until": "2026-03-02T09:40:06+01:00"},
            {"reason": "gap", "until": "2026-03-02T09:32:06+01:00"},
        ],
        "holds": [],
        "paused_until": None,
        "open": None,
        "reading": False,
        "problems": [],
    } == {key: value for key, value in found.items() if key not in ("kinds", "last")}
    assert {
        "kind": "position",
        "held_seconds": 300.0,
        "interval_seconds": 1200.0,
        "due": {"at": "2026-03-02T09:40:06+01:00", "in_seconds": 900.0},
        "longer_after_skips": False,
        "capped": False,
    } == found["kinds"][1]
    assert [
        {
            "episode": 1,
            "kind": "position",
            "folded": [],
            "prompt": "T-PC-1",
            "asked": False,
            "shown_at": "2026-03-02T09:20:05+01:00",
            "ended_at": "2026-03-02T09:20:06+01:00",
            "outcome": "taken",
            "by": "answer",
        }
    ] == found["last"]


def test_given_an_open_prompt_and_a_pause_then_the_facts_name_both() -> None:
    """A program can tell a postponed prompt from one that waits."""
    desk = scene("20m work", "6s idle", "answer postpone", "pause 30m")

    found = facts(desk)

    assert {
        "episode": 1,
        "kind": "position",
        "folded": [],
        "phase": "postponed",
        "prompt": "T-PC-1",
        "asked": False,
        "shown_at": "2026-03-02T09:20:05+01:00",
        "back_at": "2026-03-02T09:25:06+01:00",
        "reminders": 0,
        "postponed": 1,
    } == found["open"]
    assert ("2026-03-02T09:50:06+01:00", ["paused"], None) == (
        found["paused_until"],
        found["holds"],
        found["next"],
    )


def test_given_time_between_seconds_then_programs_get_tenths() -> None:
    """Finer than that is noise; and what is overdue is due in no time."""
    desk = scene("20m work", "6s idle", "answer done", "5m work")
    later = status_json(desk.snap(), desk.later(0.26))["kinds"][1]

    assert (300.3, 899.7) == (later["held_seconds"], later["due"]["in_seconds"])
    assert 0.0 == facts(scene("25m work"))["kinds"][1]["due"]["in_seconds"]
    assert 0.0 == facts(scene("20m work", "6s idle", "answer done"))["kinds"][1]["held_seconds"]


def test_given_a_kind_at_rest_then_it_holds_nothing_and_is_due_at_no_time() -> None:
    """It counts again when the person is back; and then it can be said that it was reading."""
    away = scene("10m work", "10m idle")
    found = facts(away)

    assert (0.0, {"at": None, "in_seconds": None}) == (
        found["kinds"][1]["held_seconds"],
        found["kinds"][1]["due"],
    )
    assert {"at": None, "in_seconds": None} == found["kinds"][3]["due"]  # by desk time of the day
    assert facts(away.play("1m work"))["reading"] is True


def test_given_desk_time_in_doubt_then_it_counts_for_what_is_due_by_the_days_desk_time() -> None:
    """Short times without input are desk time as well, however many spans they are cut into."""
    desk = scene("1h work", "1m idle", "30s idle dnd", "10s idle")

    assert "2026-03-02T11:00:00+01:00" == facts(desk)["kinds"][3]["due"]["at"]


def test_given_a_prompt_that_was_never_shown_then_it_has_no_time_of_showing() -> None:
    """No channel took it."""
    desk = scene("20m work", "6s idle")
    e = desk.player.state.episode
    assert e is not None
    desk.player.state.episode = replace(e, phase=Phase.OFFERED, shown=None)
    list(desk.player.take(Undelivered(desk.now, e.id, e.showing)))

    assert facts(desk)["open"]["shown_at"] is None


def test_given_an_open_prompt_that_waits_then_it_has_no_time_of_return() -> None:
    """It comes back when the call has ended, and nobody knows when."""
    assert facts(scene("20m work", "6s idle", "10s work call"))["open"]["back_at"] is None


@pytest.mark.parametrize(
    "lines",
    [
        pytest.param(("20m work", "6s idle"), id="a prompt is on the screen"),
        pytest.param(("10m work", "1m locked"), id="nobody is at the desk"),
    ],
)
def test_given_no_question_of_what_comes_then_programs_get_nothing(lines: tuple[str, ...]) -> None:
    """A reminder, or what would come after a return, is not what is next."""
    assert facts(scene(*lines))["next"] is None


@given(STATEMENTS, SETTINGS)
@settings(max_examples=50)
def test_given_any_state_then_there_are_lines_and_facts_of_it(
    lines: list[str], user: dict[str, object]
) -> None:
    """`deskbreak status` answers at any time, in plain text and in JSON."""
    desk = scene(*lines, user=user)

    found = status(desk)

    assert found[0]
    assert not [line for line in found if set(line) & {chr(n) for n in range(32)}]
    assert json.loads(json.dumps(facts(desk), allow_nan=False)) == facts(desk)


@given(STATEMENTS, SETTINGS)
@settings(max_examples=50)
def test_given_any_state_then_silence_has_a_reason_and_a_prompt_has_none(
    lines: list[str], user: dict[str, object]
) -> None:
    """Without a reason for silence the next lull brings a prompt; and the other way round."""
    desk = scene(*lines, user=user)
    state, rules = desk.player.state, desk.player.rules
    reasons = {x.reason for x in outlook.silences(state, rules, desk.now)}
    waits = reasons - {outlook.Reason.LULL}
    if outlook.Reason.OPEN in reasons:
        return  # what may be ready then is its reminder

    # The wait for a lull runs already while who came back settles.
    assert (state.ready_s is not None) <= (not waits - {outlook.Reason.SETTLING})
    assert (not waits) <= (outlook.upcoming(state, rules, desk.now).at_s <= desk.now.boot_s + 31)


# ── stats ──────────────────────────────────────────────────────────────────────────────────

ON = ("stretch", "position")


def full(day: int, minutes: float = 400) -> Day:
    """Return a day on which a lot happened."""
    counts = KindDay(
        prompted=12,
        taken=7,
        taken_by=TakenBy(answer=4, guide=1, rest=2),
        natural=4,
        skipped=1,
        missed=3,
        postponed=2,
    )
    return Day(
        MONDAY.date().replace(day=day),
        desk_seconds=minutes * 60,
        longest_held_seconds=3100,
        position_changes=13,
        kinds={"position": counts, "stretch": KindDay(prompted=1, taken=1, taken_by=TakenBy(1))},
    )


def test_given_a_week_then_its_days_its_kinds_and_the_week_before_are_a_table() -> None:
    """Figures with what they are made of, and nothing about how good they are."""
    days = [full(2), full(3, 361.4), Day(MONDAY.date().replace(day=4), desk_seconds=29)]

    assert [
        "Week 2026-W10",
        "",
        "Day               Desk     Taken  Natural  Longest held  Changes",
        "Mon 2026-03-02    6:40   8 of 12        4          0:52       13",
        "Tue 2026-03-03    6:01   8 of 12        4          0:52       13",
        "Wed 2026-03-04    0:00                  0          0:00        0",
        "Thu 2026-03-05    0:00                  0          0:00        0",
        "Fri 2026-03-06    0:00                  0          0:00        0",
        "Sat 2026-03-07    0:00                  0          0:00        0",
        "Sun 2026-03-08    0:00                  0          0:00        0",
        "The week         12:42  16 of 24        8          0:52       26",
        "The week before   0:00                  0          0:00        0",
        "",
        "Break                  Stretch  Change position",
        "prompted                     2               24",
        "taken                        2               14",
        "by answer                    2                8",
        "with the guide               0                2",
        "by resting                   0                4",
        "natural breaks               0                8",
        "skipped                      0                2",
        "no answer                    0                6",
        "postponed                    0                4",
        "asked for                    0                0",
        "not delivered                0                0",
        "share taken     2 of 2 (100 %)  14 of 22 (64 %)",
        "",
        "This week: 16 of 24 prompted breaks taken (67 %), 4 by resting",
        "The week before: no prompted breaks",
    ] == stats_lines(week(days, MONDAY.date(), ON), ENGLISH)


def test_given_one_prompted_break_then_the_sentence_agrees() -> None:
    """One break is no breaks."""
    one = Day(MONDAY.date(), kinds={"position": KindDay(prompted=1, skipped=1)})

    assert (
        "This week: 0 of 1 prompted break taken (0 %), 0 by resting"
        == (stats_lines(week([one], MONDAY.date()), ENGLISH)[-2])
    )


def test_given_every_break_taken_then_that_is_100_percent() -> None:
    """Nobody takes more than there were."""
    all_taken = Day(MONDAY.date(), kinds={"position": KindDay(prompted=1, taken=1)})

    assert (
        "This week: 1 of 1 prompted break taken (100 %), 0 by resting"
        == (stats_lines(week([all_taken], MONDAY.date()), ENGLISH)[-2])
    )


def test_given_a_week_without_kinds_then_there_is_no_table_of_them() -> None:
    """Nobody reads a table of nothing."""
    lines = stats_lines(week([], MONDAY.date()), ENGLISH)

    assert not [line for line in lines if line.startswith("Break")]


@pytest.mark.parametrize("words", [ENGLISH, german()], ids=["English", "German"])
def test_given_all_kinds_then_no_line_is_wider_than_a_terminal(words: Words) -> None:
    """Columns that do not fit stand below."""
    kinds = ("stretch", "position", "posture", "eyes", "massage", "habit")

    lines = stats_lines(week([full(2)], MONDAY.date(), kinds), words)

    assert [] == [line for line in lines if len(line) > WIDTH]
    assert 2 <= sum(line.startswith(words.gettext("share taken")) for line in lines)


def test_given_the_default_kinds_then_their_table_is_one() -> None:
    """Four kinds fit beside each other in English."""
    kinds = ("stretch", "position", "posture", "habit")
    lines = stats_lines(week([full(2)], MONDAY.date(), kinds), ENGLISH)

    assert 1 == sum(line.startswith("share taken") for line in lines)


# ── doctor ─────────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True)
class Tried:
    name: str
    why: Said
    remedy: Said | None = None


WRONG = said(N_("it does not answer"))
REMEDY = said(N_("start it anew"))
FOUND = (
    Finding(
        "idle", "x11", ok=True, refused=(Tried("mutter", WRONG), Tried("wayland", WRONG, REMEDY))
    ),
    Finding("notifications", None, ok=False, why=WRONG, remedy=REMEDY),
    Finding("tray", None, ok=False, required=False, why=WRONG),
    Finding("gadget", "7", ok=True),
    Finding("bus", None, ok=True),
)


def test_given_findings_then_each_part_says_what_serves_it_and_what_helps() -> None:
    """What was refused and why, and the remedy for each; what is missing is read last."""
    assert [
        "Idle time: ok (x11)",
        "  - mutter was tried: it does not answer",
        "  - wayland was tried: it does not answer",
        "  - to do: start it anew",
        "gadget: ok (7)",
        "Message bus: ok",
        "",
        "Tray icon: not there",
        "  - it does not answer",
        "",
        "Notifications: does not work",
        "  - it does not answer",
        "  - to do: start it anew",
        "",
        "1 part does not work as it should: Notifications",
    ] == doctor_lines(FOUND, ENGLISH)


def test_given_several_findings_of_one_part_then_its_name_and_each_remedy_are_said_once() -> None:
    """A file with three slips is one part; and what serves us in spite of them does work."""
    slips = [
        Finding("settings", "settings.toml", ok=False, why=said(N_("{path} is wrong"), path=path))
        for path in "ab"
    ]
    tried = (Tried("mutter", WRONG, REMEDY), Tried("wayland", WRONG, REMEDY))
    idle = Finding("idle", None, ok=False, why=said(N_("nobody knows")), refused=tried)

    assert [
        "Settings: with problems (settings.toml)",
        "  - a is wrong",
        "  - b is wrong",
        "Idle time: does not work",
        "  - nobody knows",
        "  - mutter was tried: it does not answer",
        "  - to do: start it anew",
        "  - wayland was tried: it does not answer",
        "",
        "2 parts do not work as they should: Settings, Idle time",
    ] == doctor_lines([*slips, idle], ENGLISH)


def test_given_only_parts_that_work_then_the_last_line_says_so() -> None:
    """One glance at the end is enough."""
    lines = doctor_lines((FOUND[0], FOUND[2]), ENGLISH)

    assert "Everything that deskbreak needs works here" == lines[-1]


def test_given_findings_then_programs_get_them_too() -> None:
    """Whether all is well is a question of what is needed."""
    found = doctor_json(FOUND, ENGLISH)

    assert found["ok"] is False
    assert doctor_json(FOUND[2:], ENGLISH)["ok"] is True
    assert {
        "name": "idle",
        "chosen": "x11",
        "ok": True,
        "required": True,
        "why": None,
        "remedy": None,
        "command": None,
        "refused": [
            {"name": "mutter", "why": "it does not answer", "remedy": None, "command": None},
            {
                "name": "wayland",
                "why": "it does not answer",
                "remedy": "start it anew",
                "command": None,
            },
        ],
    } == found["findings"][0]
    assert ("it does not answer", "start it anew") == (
        found["findings"][1]["why"],
        found["findings"][1]["remedy"],
    )


def test_given_a_remedy_that_is_a_command_then_programs_get_the_command_too() -> None:
    """Whoever looks after a thousand desks does not want to read sentences."""
    remedy = said(N_("install it: {command}"), command="sudo apt install\ndunst")
    tried = (Tried("dunst", WRONG, remedy),)
    missing = Finding("notifications", None, ok=False, why=WRONG, remedy=remedy, refused=tried)
    found = doctor_json([missing], ENGLISH)["findings"][0]

    assert ("install it: sudo apt install dunst", "sudo apt install dunst") == (
        found["remedy"],
        found["command"],
    )
    assert "sudo apt install dunst" == found["refused"][0]["command"]


def test_given_a_remedy_that_is_a_command_then_it_is_on_a_line_of_its_own() -> None:
    """Broken at the end of a line it could not be copied."""
    at_end = said(N_("install it: {command}"), command="apt install x")
    alone = said("{command}", command="deskbreak run")
    inside = said(N_("with {command} it works"), command="it")
    tried = (Tried("a", WRONG, alone), Tried("b", WRONG, inside))
    lines = doctor_lines([Finding("tray", None, ok=False, remedy=at_end, refused=tried)], ENGLISH)

    assert [
        "Tray icon: does not work",
        "  - to do: install it:",
        "      apt install x",
        "  - a was tried: it does not answer",
        "      deskbreak run",
        "  - b was tried: it does not answer",
        "  - to do: with it it works",
    ] == lines[:-2]


# ── lines ──────────────────────────────────────────────────────────────────────────────────


def test_given_text_that_would_steer_a_terminal_then_it_is_taken_out() -> None:
    """A file's name or another program's message is only text."""
    evil = said(N_("{path} is wrong"), path="a\x1b]0;b\x07\x9b31m\u202ec\nd")
    finding = Finding("idle", "\x1b[2J", ok=False, why=evil)
    desk = scene("5m work")

    lines = [*doctor_lines([finding], ENGLISH), *status(desk, problems=(evil,))]

    assert "  - a]0;b31mc d is wrong" in lines
    assert not [line for line in lines if set(line) & {"\x1b", "\x07", "\x9b", "\u202e", "\n"}]
    assert "\\u001b" not in json.dumps([doctor_json([finding], ENGLISH)["findings"][0]["why"]])
    assert "\\u001b" not in json.dumps(facts(desk, problems=(evil,)))


def test_given_nothing_to_say_then_a_block_has_no_title() -> None:
    """An empty heading says nothing."""
    assert ([], ["", "a", "- b"]) == (block("a", []), block("a", ["b"]))
    assert ["a b"] == printable(["a\nb"])


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        pytest.param([["a", "b"], ["long", "1"]], ["a     b", "long  1"], id="fits"),
        pytest.param(
            [["a", "b" * 50, "c" * 40], ["d", "1", ""]],
            ["a  " + "b" * 50, "d  " + " " * 49 + "1", "", "a  " + "c" * 40, "d"],
            id="second column below",
        ),
        pytest.param(
            [["a" * 40, "b" * 10, "c" * 30]],
            ["a" * 40 + "  " + "b" * 10, "", "a" * 40 + "  " + "c" * 30],
            id="wide names count as well",
        ),
        pytest.param([["a", "b" * 90]], ["a  " + "b" * 90], id="too wide in any case"),
        pytest.param([["a"]], [], id="nothing beside the first"),
    ],
)
def test_given_cells_then_they_stand_in_columns(
    cells: list[list[str]], expected: list[str]
) -> None:
    """The first column is a name, the others are figures."""
    assert expected == table(cells)


def test_given_a_moment_that_the_engine_has_not_seen_then_nothing_is_made_up() -> None:
    """Between two looks nobody knows of a lull."""
    desk = scene("19m work")

    assert () == outlook.silences(desk.player.state, desk.player.rules, desk.later(70))


def test_given_input_that_is_known_to_have_stopped_then_it_is_still_stopped_later() -> None:
    """Its return would have been reported."""
    desk = scene("19m work", "30s idle", user={"eyes.credit_idle_seconds": 20})
    found = outlook.silences(desk.player.state, desk.player.rules, desk.later(40))

    assert (outlook.Silence(outlook.Reason.NO_INPUT),) == found


def test_given_another_zone_then_times_are_of_the_moment_s_zone() -> None:
    """Records keep the zone in force then."""
    desk = scene("20m work", start=datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Asia/Tokyo")))

    assert "2026-03-02T09:20:00+09:00" == facts(desk)["at"]
