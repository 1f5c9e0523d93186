"""Engines with a planted defect: each is found, and so the simulator can see such a thing."""

from __future__ import annotations

import os
import re
import shutil
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import LONG, Board
from tests.simulator.defects import (
    CONTROL,
    FOLDER,
    Defect,
    Search,
    defects,
    is_well,
    main,
    plant,
    row,
    search_all,
    searched,
)

if TYPE_CHECKING:
    from pathlib import Path

YEARS: Final = 0.1  # one short life
# The seed in a defect's file has found it there. Where lives have changed since, others follow:
# with eleven of them each sort of person comes once.
SEEDS: Final = 22
AT_LEAST: Final = 40
DEFECTS: Final = defects()
_HUNK: Final = re.compile(r"@@ -(\d+)")


def test_given_the_failures_of_others_then_each_is_planted() -> None:
    """F01 to F25 are what has gone wrong in other programs; the rest is beyond that."""
    ids = Counter(defect.id for defect in DEFECTS)

    assert len(ids) >= AT_LEAST
    assert {f"F{n:02}" for n in range(1, 26)} <= set(ids)
    assert [1] * len(ids) == list(ids.values())
    assert all(defect.says for defect in DEFECTS)


def _lines_changed(defect: Defect) -> set[tuple[str, int]]:
    """Return which lines of which file a diff takes away, or puts others before."""
    assert defect.path is not None
    changed, name, number = set(), "", 0
    for line in defect.path.read_text("utf-8").splitlines():
        if line.startswith("--- "):
            name = line[4:]
        elif hunk := _HUNK.match(line):
            number = int(hunk[1])
        elif line.startswith("-"):
            changed.add((name, number))
            number += 1
        elif line.startswith(" "):
            number += 1
    return changed


def test_given_two_planted_defects_then_they_change_other_lines() -> None:
    """Forty changes of one line would show that one line is watched."""
    lines = Counter(line for defect in DEFECTS for line in _lines_changed(defect))

    assert [] == [line for line, count in lines.items() if count > 1]


def found(defect: Defect) -> bool:
    """Tell whether a few short lives find *defect*."""
    seeds = range(defect.seed, defect.seed + SEEDS)
    return bool(searched(defect, seeds, YEARS, once=True)[-1].rule)


plants = pytest.mark.skipif(shutil.which("git") is None, reason="not installed: git")


@plants
@pytest.mark.row("R03")
def test_given_every_planted_defect_then_it_is_found_within_a_few_short_lives(
    board: Board,
) -> None:
    """People live with an engine that is wrong, and the oracle objects."""
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(zip(DEFECTS, pool.map(found, DEFECTS), strict=True))
    missed = [defect.name for defect, is_found in results if not is_found]
    board.note(
        load=len(results),
        faults=len(results),
        figure=f"{len(results) - len(missed)} of {len(results)} found within {SEEDS} short lives",
    )

    assert [] == missed


@plants
@pytest.mark.row("R03")
@pytest.mark.skipif(not LONG, reason="20 seeds of 3 user-years are for a long run")
def test_given_twenty_seeds_then_every_planted_defect_is_found_on_nearly_all(board: Board) -> None:
    """Each within three user-years; the engine as it is is accused on none."""
    todo, seeds = [Defect(CONTROL, "", 0, None), *DEFECTS], range(1, 21)
    results = dict(search_all(todo, seeds, os.cpu_count() or 1))
    fewest = min(sum(bool(one.rule) for one in results[defect]) for defect in DEFECTS)
    board.note(
        load=len(results),
        faults=len(DEFECTS) * len(seeds),
        figure=f"each on at least {fewest} of {len(seeds)} seeds,"
        f" the engine as it is on {sum(bool(one.rule) for one in results[todo[0]])}",
    )

    assert [] == [
        row(defect, found) for defect, found in results.items() if not is_well(defect, found)
    ]


@plants
def test_given_a_diff_that_does_not_apply_then_it_is_said_what_to_do(tmp_path: Path) -> None:
    """The engine has changed where a defect was planted: it is planted anew."""
    diff = tmp_path / "F01-other.diff"
    diff.write_text(
        "# F01: other.\n# seed: 1\n--- a/deskbreak/core/held.py\n+++ b/deskbreak/core/held.py\n"
        "@@ -1 +1 @@\n-no such line\n+another\n",
        "utf-8",
    )

    with pytest.raises(ValueError, match=r"^F01-other\.diff does not apply: make its change"):
        plant(Defect("F01-other", "other.", 1, diff), tmp_path / "copy")


def test_given_what_was_found_then_the_table_says_how_soon_and_by_what() -> None:
    """One row: on how many of the seeds, the median of the years, the rule."""
    defect = Defect("F01-x", "", 1, FOLDER / "F01-x.diff")
    searches = [Search(1, 0.5, "INV-04"), Search(2, 1.5, "INV-04"), Search(3, 3.0)]

    assert ["!", "F01-x", "2", "of", "3", "1.00", "INV-04"] == row(defect, searches).split()
    assert is_well(defect, searches[:2])
    assert is_well(Defect(CONTROL, "", 0, None), searches[2:])
    assert not is_well(Defect(CONTROL, "", 0, None), searches[:1])


def test_given_names_of_none_then_the_command_fails() -> None:
    """A name that is misspelt must not look like a defect that was found."""
    assert 1 == main(["nonesuch"])
