"""`tune` and `export --timeline`: what they read, what they print, and what they refuse."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import timeline, tune
from deskbreak.core.model import Log, Moment, Prompt, Record
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.settings import resolve
from deskbreak.core.timeline import Line, Set, Stretch
from deskbreak.core.turn import open_spans
from deskbreak.storage import files
from deskbreak.storage.store import Saved, Store
from tests.test_cli import _documented

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from deskbreak.core.model import Episode, Span
    from tests.desktop.desk import Here

DONE, FAILED, WRONG_USAGE, WITH_PROBLEMS = 0, 1, 2, 3
DEFAULTS: Final = rules(resolve(()), ())
KINDS: Final = tuple(kind.name for kind in DEFAULTS.kinds)
WEEK_S: Final = 7 * 86_400.0
MONDAY: Final = timeline.parse(b"timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin").start


def live(lines: Iterable[Line], start: Moment = MONDAY) -> tuple[Span, ...]:
    """Record *lines*, of whose prompts two of three are taken; return the span that is open."""
    player = Player(start, DEFAULTS)
    share = tune.Share(2, 1, 0, tune.Source.KIND)
    person = tune._Person(dict.fromkeys(KINDS, share))
    rows: list[Span | Episode] = []
    for effect in player.play(lines):
        match effect:
            case Record(span=span):
                rows.append(span)
            case Log(episode=episode):
                rows.append(episode)
            case Prompt(episode=episode):
                player.answer_with(person.answer(episode))
    with Store.open(files.places().history) as store:
        store.append(rows, [], Saved(player.state, KINDS, "boot", 0.0))
    return open_spans(player.state, player.state.at)


def weeks(count: int) -> list[Line]:
    """Return that many weeks, as the first sample week has them."""
    (week, *_), lines = files.sample_weeks(), list[Line]()
    length_s = sum(line.seconds for line in week.lines if isinstance(line, Stretch))
    for _ in range(count):
        lines += [*week.lines, Stretch(WEEK_S - length_s, "asleep")]
    return lines


def test_given_the_sample_weeks_then_they_are_ordinary_and_set_nothing() -> None:
    """Five days each, of six to nine hours at the desk, with calls, and readable by people."""
    for week in files.sample_weeks():
        found = tune.compare([week], DEFAULTS, DEFAULTS, tune.shares((), KINDS)).now
        stretches = [line for line in week.lines if isinstance(line, Stretch)]

        assert len(week.lines) == len(stretches) < 5 * 60
        assert [0, 1, 2, 3, 4] == [day.date.weekday() for day in found.days]
        assert all(5.5 * 3600 < day.desk_seconds < 9 * 3600 for day in found.days)
        assert any(line.holds for line in stretches)


def test_given_the_sample_weeks_then_no_two_have_a_day_in_common() -> None:
    """Their days are counted together."""
    starts = [week.start.wall.isocalendar().week for week in files.sample_weeks()]

    assert len(starts) == len(set(starts)) > 1


# ── tune ───────────────────────────────────────────────────────────────────────────────────


def test_given_no_history_when_a_setting_is_tried_then_sample_weeks_are_played(here: Here) -> None:
    """It works on the first day, and says that the days are nobody's."""
    ran = here("tune", "position.interval_minutes=25")

    first, second, *_ = ran.out.splitlines()
    assert (DONE, "") == (ran.status, ran.err)
    assert "Played: 2 sample weeks, days at the desk: 10, as there is no history yet." == first
    assert second.endswith("5 of 10 taken, 2 skipped, 3 without answer.")
    assert "Tried: position.interval_minutes = 25 (now 20)" in ran.out
    assert not files.places().history.exists()


def test_given_a_history_when_settings_are_tried_then_its_last_weeks_and_answers_count(
    here: Here,
) -> None:
    """As many weeks as are asked for, with the shares of answers in them."""
    live(weeks(3))
    here("config", "set", "eyes.enabled", "true")
    began_s = time.perf_counter()
    four = here("tune", "position.interval_minutes = 40", "plan=gentle", "--json")
    took_s = time.perf_counter() - began_s
    one = here("tune", "position.interval_minutes=40", "--weeks", "1", "--json").facts

    assert (DONE, "") == (four.status, four.err)
    assert ("history", 15, 5) == (four.facts["source"], four.facts["days"], one["days"])
    assert "2026-03-22" == four.facts["last"]
    by_kind = {answer.pop("kind"): answer for answer in four.facts["answers"]}
    assert {"kind"} == {by_kind[kind]["source"] for kind in ("stretch", "position", "habit")}
    assert "all" == by_kind["eyes"]["source"]
    assert 0.55 < by_kind["position"]["taken"] / sum(
        by_kind["position"][end] for end in ("taken", "skipped", "missed")
    )
    assert four.facts["now"]["prompts"] > four.facts["tried"]["prompts"]
    assert four.facts["now"]["desk_seconds"] == four.facts["tried"]["desk_seconds"]
    assert took_s < 3.0


def test_given_a_comparison_when_its_facts_are_asked_for_then_they_are_the_documented_ones(
    here: Here,
) -> None:
    """docs/json.md names every field of `tune`."""
    facts = here("tune", "position.interval_minutes=25", "--json").facts

    top, setting, answer, side, kind = _documented()["tune"]
    assert top == facts.keys()
    assert all(setting == each.keys() for each in facts["settings"])
    assert all(answer == each.keys() for each in facts["answers"])
    assert side == facts["now"].keys() == facts["tried"].keys()
    assert all(kind == each.keys() for each in facts["now"]["kinds"])


def test_given_a_day_that_goes_on_when_a_setting_is_tried_then_it_counts_so_far(here: Here) -> None:
    """What the running agent has saved, though the span has not ended yet."""
    open_now = live([Stretch(3600.0, "work")])

    facts = here("tune", "position.interval_minutes=25", "--json").facts
    assert ("history", 1) == (facts["source"], facts["days"])
    assert sum(span.seconds for span in open_now) <= facts["now"]["desk_seconds"] <= 3600.0


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ("position.interval_minutes=5", "position.interval_minutes = 5 is not between 10 and 60"),
        ("position.interval=5", "unknown key position.interval; did you mean position.enabled?"),
        ("plan", '"plan" sets nothing; write it as position.interval_minutes=25'),
        ("plan=gentle eyes.enabled=yes", 'eyes.enabled = "yes" is not true or false'),
    ],
)
def test_given_a_setting_that_cannot_be_when_it_is_tried_then_one_line_says_why(
    here: Here, argv: str, why: str
) -> None:
    """Each is checked as `config set` does, before anything is played."""
    ran = here("tune", *argv.split())

    assert (WRONG_USAGE, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert ran.complaints[0].startswith(f"deskbreak: {why.partition(';')[0]}")


@pytest.mark.parametrize(
    "argv",
    ["tune", "tune plan=gentle --weeks 0", "tune plan=gentle --weeks 53", "tune a=1 --weeks x"],
)
def test_given_wrong_usage_when_settings_are_tried_then_the_usage_is_shown(
    here: Here, argv: str
) -> None:
    """Something to try, on 1 to 52 weeks."""
    ran = here(*argv.split())

    assert (WRONG_USAGE, "") == (ran.status, ran.out)
    assert ran.err.startswith("usage: deskbreak tune")


def test_given_settings_with_a_fault_when_others_are_tried_then_it_is_listed(here: Here) -> None:
    """The comparison is done with what is in force, and the status says that there is more."""
    places = files.places()
    places.settings.parent.mkdir(parents=True)
    places.settings.write_text("position.interval_minutes = 5\n", encoding="utf-8")
    ran = here("tune", "position.interval_minutes=25")

    assert (WITH_PROBLEMS, 1) == (ran.status, len(ran.complaints))
    assert "(now 20)" in ran.out


# ── export ─────────────────────────────────────────────────────────────────────────────────


def test_given_a_history_when_it_is_exported_then_the_last_seven_days_can_be_read_again(
    here: Here,
) -> None:
    """A timeline with the settings that differ, and nothing on anybody's health."""
    live(weeks(2))
    here("config", "set", "prompts.min_gap_minutes", "10")
    here("config", "set", "person.avoid", "neck_symptoms")
    ran = here("export", "--timeline")
    read = timeline.parse(ran.out.encode())

    assert (DONE, "") == (ran.status, ran.err)
    assert "# What deskbreak recorded from 2026-03-09 to 2026-03-15." == ran.out.splitlines()[0]
    assert "neck" not in ran.out
    assert Set("prompts.min_gap_minutes", 10) == read.lines[0]
    assert "answer done" in ran.out
    assert "answer skip" in ran.out
    seconds = sum(line.seconds for line in read.lines if isinstance(line, Stretch))
    assert 7 * 86_400 + 1200 == seconds


def test_given_an_export_when_it_is_simulated_then_the_same_came_of_the_prompts(
    here: Here, tmp_path: Path
) -> None:
    """A bug report can be played by whoever gets it."""
    live(weeks(1))
    path = tmp_path / "days.timeline"
    path.write_text(here("export", "--timeline").out, encoding="utf-8")
    ran = here("simulate", str(path), "--json")
    days = [fact for line in ran.out.splitlines() if (fact := json.loads(line))["event"] == "day"]
    recorded = {
        day["date"]: day for day in here("stats", "--week", "2026-W10", "--json").facts["days"]
    }

    assert (DONE, "") == (ran.status, ran.err)
    assert 5 == sum(day["desk_seconds"] > 0 for day in days)
    for day in days[:5]:
        assert recorded[day["date"]]["kinds"] == day["kinds"]


@pytest.mark.parametrize(
    ("argv", "start"),
    [
        ("--from 2026-03-03 --to 2026-03-03", "2026-03-03T03:40:00"),
        ("--to 2026-03-08", "2026-03-02T08:52:00"),
        ("--from 2026-03-14", "2026-03-14T03:40:00"),
    ],
)
def test_given_days_when_they_are_exported_then_nothing_else_is(
    here: Here, argv: str, start: str
) -> None:
    """From four in the morning to four in the morning; a day that begins asleep has a lead."""
    live(weeks(2), MONDAY.on(-480.0))
    ran = here("export", "--timeline", *argv.split())

    assert (DONE, "") == (ran.status, ran.err)
    assert f"start {start} Europe/Berlin" in ran.out


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        ("", "nothing is recorded yet"),
        ("--from 2026-04-01 --to 2026-04-03", "nothing is recorded from 2026-04-01 to 2026-04-03"),
        ("--from 2026-03-03 --to 2026-03-02", "nothing is recorded from 2026-03-03 to 2026-03-02"),
        ("--from 1970-01-01", "These days are more than 3 years, which no timeline can be. Choose"),
    ],
)
def test_given_days_without_rows_when_they_are_exported_then_one_line_says_so(
    here: Here, argv: str, why: str
) -> None:
    """Status 1, and nothing on standard output."""
    if argv:
        live([Stretch(3600.0, "work"), Stretch(86_400.0, "off")])
        live([Stretch(3600.0, "work")], MONDAY.on(MONDAY.boot_s + 4 * 366 * 86_400.0))
    ran = here("export", "--timeline", *argv.split())

    assert (FAILED, "", 1) == (ran.status, ran.out, len(ran.complaints))
    assert ran.complaints[0].startswith(f"deskbreak: {why}")


@pytest.mark.parametrize(
    "argv",
    [
        "export --timeline --json",
        "export --timeline --from yesterday",
        "export --timeline --to 0001-01-01",
    ],
)
def test_given_wrong_usage_when_days_are_exported_then_the_usage_is_shown(
    here: Here, argv: str
) -> None:
    """One form, and days."""
    ran = here(*argv.split())

    assert (WRONG_USAGE, "") == (ran.status, ran.out)
    assert ran.err.startswith("usage: deskbreak export")
