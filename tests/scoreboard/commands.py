"""Rows that a command fills and no test: what it is, and how its last table is read."""

from __future__ import annotations

import re
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from tests.architecture import REPOSITORY
from tests.scoreboard.results import FAILED, NOT_RUN, PASSED, Result

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Command:
    """A command that fills a row."""

    row: str
    arguments: tuple[str, ...]
    """After python, in the repository."""
    pattern: str
    """Finds the last line of its table; the groups `load` and `faults` are numbers."""
    figure: str
    """The figure, with the groups of the pattern in it."""
    document: str = ""
    """Where its last table is kept: it is named where nothing has run here."""
    why: str = ""
    """Why nothing may have run here."""


COMMANDS: Final = (
    Command(
        "R04",
        ("-m", "tests.mutants"),
        r"^all +(?P<faults>\d+) +(?P<noticed>\d+) +(?P<missed>\d+) +(?P<share>[\d.]+)% +(?P<left>\d+)$",
        "{noticed} of {load} noticed, {share} %; {left} not tried",
        "docs/mutants.md",
        "`make mutants` takes an hour or two",
    ),
)


def run(command: Command, root: Path = REPOSITORY) -> Result:
    """Run it, and read its last table; not run where it has none."""
    done = subprocess.run(
        [sys.executable, *command.arguments], cwd=root, check=False, capture_output=True, text=True
    )
    found = _last(command.pattern, done.stdout)
    if found is not None:
        load, faults, figure = _figures(command, found)
        return Result(FAILED if done.returncode else PASSED, "", load, faults, figure)
    kept = _last(command.pattern, (root / command.document).read_text(encoding="utf-8"))
    told = "" if kept is None else f"; {command.document} says {_figures(command, kept)[2]}"
    return Result(NOT_RUN, f"{command.why}{told}")


def _last(pattern: str, text: str) -> dict[str, str] | None:
    """Return the groups of the last line that fits, if one says anything."""
    found: Sequence[re.Match[str]] = list(re.finditer(pattern, text, re.MULTILINE))
    return found[-1].groupdict() if found else None


def _figures(command: Command, groups: dict[str, str]) -> tuple[int, int, str]:
    """Return load, faults and figure; the load of changes is those that were tried."""
    faults = int(groups["faults"])
    load = int(groups.get("load", faults - int(groups.get("left", "0"))))
    return load, faults, command.figure.format(**groups | {"load": str(load)})
