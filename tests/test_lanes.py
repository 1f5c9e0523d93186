"""Tests side by side fail, count and keep out of each other's way as they would one after another."""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests import lanes
from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

pytest.importorskip("xdist", reason="pytest-xdist is not installed")

_TIMED: Final = """
import json, time
import pytest

@pytest.mark.parametrize("n", range(4))
{mark}
def test_timed(n):
    began_s = time.monotonic()
    time.sleep(0.1)
    with open({notes!r}, "a") as file:
        file.write(json.dumps([{alone}, began_s, time.monotonic()]) + "\\n")
"""


def run(folder: Path, *options: str, **modules: str) -> subprocess.CompletedProcess[str]:
    """Run test modules in two lanes."""
    for name, text in modules.items():
        (folder / f"test_{name}.py").write_text(text, encoding="utf-8")
    (folder / "pytest.ini").touch()
    own = ("-n2", *lanes.OPTIONS[2:], "-p", lanes.__name__, "-p", "no:cacheprovider")
    return subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *own, *options, folder],
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )


def test_given_tests_that_are_alone_then_none_runs_beside_them(tmp_path: Path) -> None:
    """Neither another of them nor any other test overlaps with one, and they are last."""
    notes = str(tmp_path / "notes")
    alone = _TIMED.format(mark="@pytest.mark.alone", notes=notes, alone=True)
    other = _TIMED.format(mark="", notes=notes, alone=False)
    ran = run(tmp_path, a=other, b=alone, c=other, d=alone)
    lines = (tmp_path / "notes").read_text(encoding="utf-8").splitlines()
    known = sorted((began_s, ended_s, alone) for alone, began_s, ended_s in map(json.loads, lines))
    touching = [
        (one, later)
        for one, later in itertools.combinations(known, 2)
        if later[0] < one[1] and (one[2] or later[2])
    ]

    assert 0 == ran.returncode, ran.stdout + ran.stderr
    assert 16 == len(known)
    assert [False] * 8 + [True] * 8 == [one[2] for one in known]
    assert [] == touching


@pytest.mark.parametrize(
    "wrong",
    [
        pytest.param("def test_it(): assert False", id="fails"),
        pytest.param("import os\ndef test_it(): os._exit(0)", id="ends its lane"),
        pytest.param("import nothing", id="cannot be read"),
        pytest.param(
            "import pytest\n@pytest.fixture\ndef it(): 1 / 0\ndef test_it(it): ...",
            id="has no start",
        ),
        pytest.param("print(\n", id="is no Python"),
    ],
)
def test_given_one_test_that_is_wrong_in_one_lane_then_all_of_it_failed(
    tmp_path: Path, wrong: str
) -> None:
    """However it is wrong, and however many others are right."""
    right = "def test_it(): pass\ndef test_that(): pass"
    ran = run(tmp_path, a=right, b=right, c=wrong, d=right)

    assert ran.returncode not in (0, 5), ran.stdout + ran.stderr


def test_given_words_that_no_encoding_has_when_a_test_says_them_then_they_are_told(
    tmp_path: Path,
) -> None:
    """A file's name may be any bytes, and a failed test prints it."""
    says = r"def test_it(): print('\udcff'); assert '\udcfe' == ''"
    ran = run(tmp_path, a=says)

    assert 1 == ran.returncode
    assert r"\udcff" in ran.stdout
    assert "1 failed" in ran.stdout


def test_given_tests_that_are_left_out_in_two_lanes_then_they_are_counted_together(
    tmp_path: Path,
) -> None:
    """One summary names each reason once."""
    (tmp_path / "why.py").write_text("import pytest\ndef it(): pytest.skip('no moon')\n")
    skips = "import why\ndef test_it(): why.it()"
    ran = run(tmp_path, "-rs", "--rootdir", str(tmp_path), "-p", "why", a=skips, b=skips)

    assert 0 == ran.returncode, ran.stdout + ran.stderr
    assert "SKIPPED [2]" in ran.stdout
    assert "no moon" in ran.stdout
