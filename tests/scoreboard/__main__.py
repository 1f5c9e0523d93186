"""Fills the scoreboard: ``python -m tests.scoreboard``, or ``… --long R09 R18`` for two rows.

It runs the tests that say which row they fill, and the commands that are no tests, and prints one
table. With ``--write`` it keeps the figures and writes docs/reliability.md.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests import lanes
from tests.architecture import REPOSITORY
from tests.malformed.__main__ import machine
from tests.scoreboard import choosing, commands, page, results
from tests.scoreboard.rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.scoreboard.results import Kept, Result

_MARK: Final = "mark.row("
_JUDGED: Final = (0, 1, 5)  # of pytest: all passed, some failed, no test of these rows


def main(arguments: Sequence[str] | None = None) -> int:
    """Run, print, and perhaps write; return 1 where a row failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.scoreboard", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help="as R09 or S01; all otherwise")
    parser.add_argument("--long", action="store_true", help="the sizes of a long run")
    parser.add_argument("--write", action="store_true", help="write docs/reliability.md")
    asked = parser.parse_args(arguments)
    if unknown := set(asked.rows) - ROWS.keys():
        parser.error(f"no such row: {', '.join(sorted(unknown))}")
    kept, began_s = results.read(), time.monotonic()
    found = filled(asked.rows, kept, long=asked.long)
    for line in page.table(found, long=asked.long):
        _say(line)
    _say(f"{page.counted(found)}; {time.monotonic() - began_s:.0f} s on {machine()}")
    if asked.write:
        kept.take(found, this_run(), long=asked.long)
        results.write(kept)
        page.PAGE.write_text(page.document(kept), encoding="utf-8")
    return int(any(one.outcome == results.FAILED for one in found.values()))


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it is a program


def filled(asked: Sequence[str], kept: Kept, *, long: bool) -> dict[str, Result]:
    """Run what fills the rows, and return what came of each of them, in order."""
    rows = [row for row in ROWS if not asked or row in asked]
    with tempfile.TemporaryDirectory(prefix="deskbreak-board-") as folder:
        told = Path(folder, "told")
        told.touch()
        code = _test(asked, told, kept.next_seed if long else 1, long=long)
        found = results.gathered(told.read_text(encoding="utf-8").splitlines())
    if code == 1 and all(one.outcome != results.FAILED for one in found.values()):
        raise SystemExit("a test failed that told nothing: a lane may have broken down")
    for command in commands.COMMANDS:
        if command.row in rows:
            found[command.row] = commands.run(command)
    return {row: found.get(row) or results.missing(ROWS[row]) for row in rows}


def _test(asked: Sequence[str], told: Path, seed: int, *, long: bool) -> int:
    """Run the tests of the rows, and return how pytest ended; what they print goes where errors go.

    Raises:
        SystemExit: pytest itself failed, so that nobody knows what did not run.
    """
    env = os.environ | {
        "DESKBREAK_BOARD": str(told),
        "DESKBREAK_LONG": str(int(long)),
        "DESKBREAK_SEED": str(seed),
        choosing.NAME: " ".join(asked),
    }
    options = ["-q", "--no-header", "--tb=short", "-m", "row", "-p", choosing.__name__]
    if not long:  # nobody waits for a long one, and its figures are to be nobody's but their own
        options += lanes.OPTIONS
    command = [sys.executable, "-m", "pytest", *options, *files()]
    done = subprocess.run(command, cwd=REPOSITORY, env=env, check=False, stdout=sys.stderr)
    if done.returncode not in _JUDGED:
        raise SystemExit(f"pytest ended with {done.returncode}")
    return done.returncode


def files() -> list[str]:
    """Return the files with tests that fill a row: to collect all of them takes long."""
    tests = sorted((REPOSITORY / "tests").rglob("test_*.py"))
    return [str(path) for path in tests if _MARK in path.read_text(encoding="utf-8")]


def this_run() -> results.Run:
    """Name the commit, with + where files were changed since, its date, and the machine.

    What an earlier run has written is no change.
    """
    shown = _git("show", "--no-patch", "--format=%h %cs", "HEAD").split()
    own = (f":!{path.relative_to(REPOSITORY)}" for path in (page.PAGE, results.KEPT))
    changed = _git("status", "--porcelain", "--untracked-files=no", "--", *own)
    commit, date = shown or ("none", "no date")
    return results.Run(f"{commit}{'+' if changed else ''}", date, machine())


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    done = subprocess.run(command, cwd=REPOSITORY, check=False, capture_output=True, text=True)
    return done.stdout.strip()


if __name__ == "__main__":
    sys.exit(main())
