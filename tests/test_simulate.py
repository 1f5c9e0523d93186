"""`deskbreak simulate` as a person and a program meet it."""

from __future__ import annotations

import errno
import io
import json
import os
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desktop.desk import Here

HEAD = "timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin\n"
ALONE = "".join(f"set {kind}.enabled = false\n" for kind in ("stretch", "posture", "habit"))
AT_ONCE = "set prompts.wait_for_lull_limit_seconds = 0\n"
MORNING = f"{HEAD}{ALONE}{AT_ONCE}45m work\n"


@pytest.fixture
def day(tmp_path: Path) -> Path:
    """A file with a morning of work, in which only one kind is on."""
    return written(tmp_path, MORNING)


def written(folder: Path, text: str, name: str = "day.timeline") -> Path:
    """Write a file, and return where it is."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def events(out: str) -> list[dict[str, Any]]:
    """Return what JSON Lines say."""
    return [json.loads(line) for line in out.splitlines()]


def test_given_a_file_then_people_read_lines_and_programs_a_line_per_event(
    here: Here, day: Path
) -> None:
    """The same day, told twice."""
    people = here("simulate", str(day))
    programs = here("simulate", str(day), "--json")

    assert (0, "") == (people.status, people.err)
    assert "09:20:00  Change position: prompt P-PC-01" == people.out.splitlines()[0]
    assert (0, "") == (programs.status, programs.err)
    assert ["prompt", "prompt", "end", "mark", "day"] == [
        one["event"] for one in events(programs.out)
    ]


def test_given_standard_input_then_it_is_played(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A dash is the file that comes through a pipe."""
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(MORNING.encode())))

    assert 0 == here("simulate", "-", "--json").status


def test_given_standard_input_that_is_closed_then_it_is_wrong_usage(
    here: Here, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A shell closes it with `<&-`; Python has none then."""
    monkeypatch.setattr("sys.stdin", None)
    ran = here("simulate", "-")

    assert 2 == ran.status
    assert [f"deskbreak: - cannot be read: {os.strerror(errno.EBADF)}"] == ran.complaints


def test_given_an_answer_then_every_prompt_gets_it_so_long_after(here: Here, day: Path) -> None:
    """`--answer done@20s`."""
    ran = here("simulate", str(day), "--json", "--answer", "done@20s")

    assert [1200.0, 1220.0, 2420.0, 2440.0] == [one["t"] for one in events(ran.out)[:-1]]


def test_given_settings_and_a_policy_then_the_stronger_wins(
    here: Here, tmp_path: Path, day: Path
) -> None:
    """Nested or dotted, a policy says more than the file of settings and the lines."""
    settings = written(tmp_path, "[position]\ninterval_minutes = 30\n", "settings.toml")
    nested = written(tmp_path, '{"position": {"interval_minutes": 10}}', "nested.json")
    dotted = written(tmp_path, '{"position.interval_minutes": 15}', "dotted.json")

    def first(*options: object) -> float:
        ran = here("simulate", str(day), "--json", *map(str, options))
        assert (0, "") == (ran.status, ran.err)
        return float(events(ran.out)[0]["t"])

    assert 1800.0 == first("--settings", settings)
    assert 600.0 == first("--settings", settings, "--policy", nested)
    assert 900.0 == first("--policy", dotted)


def test_given_bad_values_in_settings_or_policy_then_they_are_left_out_and_listed(
    here: Here, tmp_path: Path, day: Path
) -> None:
    """The day is played with what is sound; the exit status says that something was not."""
    settings = written(tmp_path, "plam = 1\n[position]\ninterval_minutes = 2000\n", "own.toml")
    policy = written(tmp_path, '{"stretch": {"enabled": "maybe"}}', "corp.json")
    ran = here("simulate", str(day), "--json", "--settings", str(settings), "--policy", str(policy))

    fault = "is not between 10 and 60"

    assert 3 == ran.status
    assert 1200.0 == events(ran.out)[0]["t"]
    assert [
        f"deskbreak: {settings}:3: position.interval_minutes = 2000 {fault}; using 20",
        f"deskbreak: {settings}:1: unknown key plam; did you mean plan?",
        f'deskbreak: {policy}:1: stretch.enabled = "maybe" is not true or false; using true',
    ] == ran.complaints


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        pytest.param(
            f"{HEAD}5m wrok\n",
            ':3: unknown presence "wrok"; expected work, idle, locked, asleep, off',
            id="presence",
        ),
        pytest.param(f"{HEAD}0m work\n", ':3: "0m" is not a duration; write it as', id="nothing"),
        pytest.param(f"{HEAD}1h locked call\n", ":3: holds stand with work and idle", id="hold"),
        pytest.param(
            f"{HEAD}set position.interval_minutes = 2000\n1h work\n",
            ":3: position.interval_minutes = 2000 is not between 10 and 60",
            id="bad set",
        ),
        pytest.param(f"{HEAD}\n# dinner\nanswer yes\n", ':5: unknown answer "yes"', id="answer"),
        pytest.param("", ":1: a timeline needs a start", id="empty"),
        pytest.param("start now\n", ':1: the first statement is "timeline 1"', id="no head"),
        pytest.param("timeline 1\n1h work\n", ":2: a timeline needs a start before", id="no start"),
        pytest.param(f"{HEAD}26304h work\n1s work\n", ":4: is longer than 3 years", id="long"),
    ],
)
def test_given_a_timeline_with_an_error_then_one_line_says_where_and_nothing_is_played(
    here: Here, tmp_path: Path, text: str, complaint: str
) -> None:
    """As a compiler says it, so that an editor can go there."""
    path = written(tmp_path, text)
    ran = here("simulate", str(path), "--json")

    assert (2, "") == (ran.status, ran.out)
    assert 1 == len(ran.complaints)
    assert ran.err.startswith(f"{path}{complaint}"), ran.err


@pytest.mark.parametrize(
    "options",
    [
        pytest.param(("{folder}/none",), id="no file"),
        pytest.param(("{folder}",), id="a folder"),
        pytest.param(("{day}", "--settings", "{folder}/none"), id="no settings"),
        pytest.param(("{day}", "--settings", "{broken}"), id="broken settings"),
        pytest.param(("{day}", "--policy", "{folder}/none"), id="no policy"),
        pytest.param(("{day}", "--policy", "{broken}"), id="broken policy"),
        pytest.param(("{day}", "--policy", "{deep}"), id="a policy that is too deep"),
        pytest.param(("{day}", "--policy", "{list}"), id="a policy that is a list"),
        pytest.param(("{day}", "--answer", "done"), id="an answer without a time"),
        pytest.param(("{day}", "--answer", "yes@20s"), id="an unknown answer"),
        pytest.param(("{day}", "--answer", "done@soon"), id="an answer at no time"),
    ],
)
def test_given_what_cannot_be_read_then_it_is_wrong_usage_in_one_line(
    here: Here, tmp_path: Path, day: Path, options: tuple[str, ...]
) -> None:
    """What, where and why, and exit status 2."""
    names = {
        "folder": tmp_path,
        "day": day,
        "broken": written(tmp_path, '{"position"', "broken"),
        "deep": written(tmp_path, "[" * 20_000, "deep"),
        "list": written(tmp_path, "[]", "list"),
    }
    ran = here("simulate", *(option.format(**names) for option in options))

    assert (2, "") == (ran.status, ran.out)
    assert 1 == len(ran.complaints)
    assert ran.err.startswith("deskbreak: ")


def test_given_a_settings_file_of_ones_own_then_it_is_neither_read_nor_written(
    here: Here, home: Path, day: Path
) -> None:
    """A timeline plays alike on every computer."""
    before = here("simulate", str(day), "--json").out
    assert 0 == here("config", "set", "position.interval_minutes", "45").status

    assert before == here("simulate", str(day), "--json").out
    assert [] == list(home.rglob("history*"))
