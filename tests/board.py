"""The scoreboard: tests say which row of it they fill, how often they injected a fault, and their figure.

    @pytest.mark.row("R09")
    def test_...(board: Board) -> None:
        ...
        board.note(load=size(200, 2000), faults=kills, figure=f"{lost} of {rows} rows lost")

A test may fill several rows, by a mark for each; what else a mark says is for whoever reads it.
``python -m tests.scoreboard`` runs them and prints the table; rows and figures
stand in docs/reliability.md.
"""

from __future__ import annotations

import json
import os
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import pytest

LONG: Final = os.environ.get("DESKBREAK_LONG") == "1"
"""Whether the nightly sizes are run."""
FILE: Final = os.environ.get("DESKBREAK_BOARD", "")
"""Where each test that fills a row appends a line of JSON; nowhere where that is empty."""
FIRST_SEED: Final = int(os.environ.get("DESKBREAK_SEED", "1"))
"""The first seed of the people who are simulated: a long run takes such as no run had before."""


def size(push: int, long: int) -> int:
    """Return how often something is done: at each push, or in a long run."""
    return long if LONG else push


@dataclass(slots=True)
class Board:
    """What one test has to say about its row."""

    load: int = 0
    faults: int = 0
    figures: list[str] = field(default_factory=list)
    seeds: tuple[int, int] | None = None

    def note(
        self, *, load: int = 0, faults: int = 0, figure: str = "", seeds: range | None = None
    ) -> None:
        """Add to what was done, to what was injected, and say a *figure* and which *seeds*."""
        self.load += load
        self.faults += faults
        if figure:
            self.figures.append(figure)
        if seeds is not None:
            self.seeds = (seeds[0], seeds[-1])


def rows_of(item: pytest.Item) -> list[str]:
    """Return the rows that a test fills, in order."""
    return sorted({marker.args[0] for marker in item.iter_markers("row")})


def write(item: pytest.Item, report: pytest.TestReport, board: Board | None) -> None:
    """Append what became of a test, once for each row that it fills."""
    rows = rows_of(item)
    if not FILE or not rows:
        return
    why = report.longrepr[2] if isinstance(report.longrepr, tuple) else ""
    told = {
        "test": item.nodeid,
        "outcome": report.outcome,
        "why": why.removeprefix("Skipped: "),
        "seconds": round(report.duration, 1),
        **asdict(board or Board()),
    }
    lines = "".join(f"{json.dumps({'row': row, **told})}\n" for row in rows)
    with Path(FILE).open("ab", buffering=0) as file:
        file.write(lines.encode())  # at once: other lanes add to it too
