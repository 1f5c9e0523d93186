"""Rows that a command fills and no test: what it is, and how its last table is read."""

from __future__ import annotations

import re
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from tests.architecture import REPOSITORY
from tests.scoreboard.results import FAILED, NOT_RUN, PASSED, Result

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command that fills a row."""

    row: str
    arguments: tuple[str, ...]
    """After python, in the repository."""
    pattern: str
    """Finds the last line of its table."""
    read: Callable[[Mapping[str, str]], Result]
    """Makes of the groups of that line what came of it, as if it had passed."""
    document: str = ""
    """Where its last table is kept: it is quoted where nothing has run here."""


def _mutants(groups: Mapping[str, str]) -> Result:
    changes, left = int(groups["changes"]), int(groups["left"])
    tried = changes - left
    told = f"{groups['noticed']} of {tried} noticed, {groups['share']} %; {left} not tried"
    return Result(PASSED, load=tried, faults=changes, figure=told)


COMMANDS: Final = (
    Command(
        "R04",
        ("-m", "tests.mutants"),
        r"^all +(?P<changes>\d+) +(?P<noticed>\d+) +\d+ +(?P<share>[\d.]+)% +(?P<left>\d+)$",
        _mutants,
        document="docs/mutants.md",
    ),
)
_NOT_HERE: Final = (0, 77)
"""With which a command ends that prints no table and that nothing is wrong with."""


def run(command: Command, root: Path = REPOSITORY) -> Result:
    """Run it, and read its last table; not run where it has none, and nothing is wrong."""
    began_s = time.monotonic()
    argv = [sys.executable, *command.arguments]
    done = subprocess.run(argv, cwd=root, check=False, capture_output=True, text=True)
    found = _last(command.pattern, done.stdout)
    if found is not None:
        seconds = round(time.monotonic() - began_s, 1)
        outcome = FAILED if done.returncode else PASSED
        return replace(command.read(found), outcome=outcome, seconds=seconds)
    if done.returncode not in _NOT_HERE:
        said = (done.stderr or done.stdout).strip().splitlines()
        return Result(FAILED, said[-1] if said else f"ended with {done.returncode}")
    return Result(NOT_RUN, _quoted(command, root))


def _quoted(command: Command, root: Path) -> str:
    """Say that nothing has run, and what the document says of when it did."""
    told = f"{' '.join(command.arguments)} has no table here"
    if not command.document:
        return told
    kept = _last(command.pattern, (root / command.document).read_text(encoding="utf-8"))
    return told if kept is None else f"{told}; {command.document} says {command.read(kept).figure}"


def _last(pattern: str, text: str) -> Mapping[str, str] | None:
    """Return the groups of the last line that fits, if one says anything."""
    found = list(re.finditer(pattern, text, re.MULTILINE))
    return found[-1].groupdict() if found else None
