"""The scoreboard says what its tests told, no more, and its page is nobody's own writing."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

import pytest

from tests.architecture import REPOSITORY
from tests.scoreboard import commands, page, results
from tests.scoreboard.__main__ import files, main
from tests.scoreboard.commands import Command
from tests.scoreboard.results import FAILED, NOT_RUN, PASSED, Kept, Result, Run
from tests.scoreboard.rows import ROWS

if TYPE_CHECKING:
    from pathlib import Path

HERE: Final = Run("abc1234", "2026-03-02", "a machine")
MARK: Final = re.compile(r"mark\.row\(\s*\"(\w+)\"")


def line(row: str = "R09", outcome: str = "passed", **more: object) -> str:
    """Return what a test tells."""
    told = {
        "row": row,
        "test": "tests/test_x.py::test_y",
        "outcome": outcome,
        "why": "",
        "seconds": 1.0,
        "load": 0,
        "faults": 0,
        "figures": [],
        "seeds": None,
    }
    return json.dumps(told | more)


def result(*lines: str) -> Result:
    """Return what is made of one row."""
    (made,) = results.gathered(lines).values()
    return made


# ── what a row says ────────────────────────────────────────────────────────────────────────


def test_given_several_tests_of_a_row_then_they_are_one_result() -> None:
    """Loads and faults add up; what two of them say is said once; a test that says nothing is a load."""
    made = result(
        line(load=200, faults=200, figures=["0 lost"], seeds=[1, 60]),
        line(load=3, figures=["0 lost", "opens"]),
        line(figures=["opens"]),
        line(),
    )

    assert Result(PASSED, "", 204, 200, "0 lost; opens", 4.0, (1, 60)) == made


def test_given_a_test_that_failed_then_the_row_failed_and_names_it() -> None:
    """One of many is enough."""
    made = result(line(), line(outcome="failed", test="tests/test_x.py::test_z"))

    assert (FAILED, "tests/test_x.py::test_z") == (made.outcome, made.why)


@pytest.mark.parametrize(
    ("lines", "outcome", "text"),
    [
        pytest.param(
            [line(outcome="skipped", why="not installed: Xvfb")] * 2,
            NOT_RUN,
            "not installed: Xvfb",
            id="none ran",
        ),
        pytest.param(
            [line(figures=["0 lost"]), line(outcome="skipped", why="not installed: Xvfb")],
            PASSED,
            "0 lost; not all of it ran: not installed: Xvfb",
            id="one did not",
        ),
        pytest.param(
            [line(figures=["0 lost"]), line(outcome="skipped", why="for a long run")],
            PASSED,
            "0 lost",
            id="one is for later",
        ),
        pytest.param(
            [line(outcome="skipped", why="for a long run")],
            NOT_RUN,
            "for a long run",
            id="all are for later",
        ),
        pytest.param(
            [line(outcome="skipped", why=f"no {name}") for name in "abcd"],
            NOT_RUN,
            "no a; no b; and 2 more",
            id="many reasons",
        ),
    ],
)
def test_given_tests_that_could_not_run_then_that_is_said(
    lines: list[str], outcome: str, text: str
) -> None:
    """What did not run is never passed in silence."""
    made = result(*lines)

    assert (outcome, text) == (made.outcome, page.said(made))


@pytest.mark.parametrize(
    ("done", "long", "text"),
    [
        pytest.param(50, False, "50 kills", id="as asked"),
        pytest.param(400, True, "400 of 500 kills", id="less than asked"),
        pytest.param(0, False, "-", id="nothing"),
    ],
)
def test_given_less_than_was_asked_for_then_both_numbers_are_said(
    done: int, text: str, *, long: bool
) -> None:
    """A row must not look like one that did all of it."""
    assert text == page.load(ROWS["R18"], Result(PASSED, load=done), long=long)


def test_given_results_then_the_table_has_a_line_for_each_and_a_count() -> None:
    """What is too long for its column goes on below."""
    found = {"R18": result(line(load=50, figures=["0 of 9 lost"])), "R23": _elsewhere()}
    lines = list(page.table(found, long=False))

    assert lines[0].split() == ["id", "test", "load", "faults", "result", "figure"]
    assert lines[1].split()[:1] == ["R18"]
    assert "50 kills" in lines[1]
    assert all(len(one) < 150 for one in lines)
    assert "2 rows: 1 not run, 1 passed" == page.counted(found)


def _elsewhere() -> Result:
    return results.missing(ROWS["R23"])


def test_given_a_row_that_does_not_exist_then_the_command_says_so(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A slip of the pen must not look like a row without tests."""
    with pytest.raises(SystemExit):
        main(["R99"])

    assert "no such row: R99" in capsys.readouterr().err


# ── commands ───────────────────────────────────────────────────────────────────────────────

TABLE: Final = "module changes\\nall 10 8 1 88.9% 1\\n"
FIGURE: Final = "8 of 9 noticed, 88.9 %; 1 not tried"


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        pytest.param(f"print('{TABLE}')", Result(PASSED, "", 9, 10, FIGURE), id="enough"),
        pytest.param(
            f"print('{TABLE}'); raise SystemExit(1)",
            Result(FAILED, "", 9, 10, FIGURE),
            id="too little",
        ),
        pytest.param(
            "print('all 0 0 0 - 0')",
            Result(
                NOT_RUN, " has no table here; kept.md says 2 of 2 noticed, 100.0 %; 0 not tried"
            ),
            id="nothing was tried",
        ),
        pytest.param(
            "raise SystemExit(77)",
            Result(
                NOT_RUN, " has no table here; kept.md says 2 of 2 noticed, 100.0 %; 0 not tried"
            ),
            id="not here",
        ),
        pytest.param("raise KeyError('x')", Result(FAILED, "KeyError: 'x'"), id="fell over"),
    ],
)
def test_given_a_command_then_its_last_table_is_read(
    tmp_path: Path, code: str, expected: Result
) -> None:
    """Where it tried nothing here, what is kept of it is quoted, and the row did not run."""
    (tmp_path / "kept.md").write_text("all 2 2 0 100.0% 0\n", encoding="utf-8")
    known = commands.COMMANDS[0]
    command = Command("R04", ("-c", code), known.pattern, known.read, document="kept.md")
    came = commands.run(command, tmp_path)

    own_words = expected.outcome == NOT_RUN
    assert expected == replace(came, seconds=0.0, why=came.why.removeprefix(f"-c {code}"))
    assert own_words == came.why.startswith("-c")


# ── what is kept ───────────────────────────────────────────────────────────────────────────


def test_given_a_later_run_then_only_its_rows_are_new(tmp_path: Path) -> None:
    """A row that could not run this time keeps what it once had, with its commit."""
    kept = Kept()
    kept.take({"R09": Result(PASSED, load=1), "R10": Result(PASSED)}, HERE, long=False)
    later = Run("def5678", "2026-03-03", "another machine")
    kept.take({"R09": Result(NOT_RUN, "why"), "R10": Result(FAILED)}, later, long=False)
    results.write(kept, tmp_path / "kept.json")

    assert Result(PASSED, load=1, run=HERE) == kept.push["R09"]
    assert Result(FAILED, run=later) == kept.push["R10"]
    assert {} == kept.long
    assert kept == results.read(tmp_path / "kept.json")


def test_given_lives_that_were_played_then_the_next_ones_are_new_and_none_counts_twice() -> None:
    """Years are counted by their seeds; those of a run that found something do not count."""
    kept = Kept()
    for seeds, outcome in (((1, 60), PASSED), ((1, 60), PASSED), ((61, 90), FAILED)):
        kept.take({"R01": Result(outcome, seeds=seeds)}, HERE, long=True)
    kept.take({"R01": Result(PASSED, seeds=(1001, 3000))}, HERE, long=True)

    assert [(1, 60), (1001, 3000)] == kept.lives
    assert 3001 == kept.next_seed
    assert [(1, 12)] == results.joined([(6, 12), (1, 5), (2, 3)])


# ── the page ───────────────────────────────────────────────────────────────────────────────


def test_given_what_is_kept_then_the_page_is_what_the_command_writes() -> None:
    """Figures are measured, never typed."""
    assert page.document(results.read()) == page.PAGE.read_text(encoding="utf-8")


def test_given_the_page_then_every_row_is_in_each_of_its_tables() -> None:
    """A row that nobody fills is seen."""
    text = page.PAGE.read_text(encoding="utf-8")
    ids = [*(f"R{n:02}" for n in range(1, 36)), *(f"S{n:02}" for n in range(1, 13))]

    assert ids == list(ROWS)
    assert sorted(ids * 3) == sorted(re.findall(r"^\| ([RS]\d\d) \|", text, re.MULTILINE))
    assert all(len(row.passes) > 10 for row in ROWS.values())


def test_given_all_tests_then_they_fill_rows_that_there_are() -> None:
    """A test that fills a row by a wrong name would be missing there."""
    named = {name for path in files() for name in MARK.findall(_text(path))}

    assert len(named) > 10
    assert set() == named - ROWS.keys()


def _text(path: str) -> str:
    return (REPOSITORY / path).read_text(encoding="utf-8")
