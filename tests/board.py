"""The scoreboard: tests say which row of it they fill, how often they injected a fault, and their figure.

    @pytest.mark.row("R09", "kill -9 in writes")
    def test_...(board: Board) -> None:
        ...
        board.note(load=size(200, 2000), faults=kills, figure=f"{lost} of {rows} rows lost")

``python -m tests.scoreboard`` runs them and prints the table. Rows are told in docs/reliability.md.
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


def size(push: int, long: int) -> int:
    """Return how often something is done: at each push, or in a long run."""
    return long if LONG else push


@dataclass(slots=True)
class Board:
    """What one test has to say about its row."""

    load: int = 0
    faults: int = 0
    figures: list[str] = field(default_factory=list)

    def note(self, *, load: int = 0, faults: int = 0, figure: str = "") -> None:
        """Add to what was done, to what was injected, and say a *figure*."""
        self.load += load
        self.faults += faults
        if figure:
            self.figures.append(figure)


def write(item: pytest.Item, report: pytest.TestReport, board: Board | None) -> None:
    """Append what became of a test that fills a row."""
    marker = item.get_closest_marker("row")
    if not FILE or marker is None:
        return
    told = {
        "row": marker.args[0],
        "test": item.nodeid,
        "outcome": report.outcome,
        "why": report.longrepr[2] if isinstance(report.longrepr, tuple) else "",
        "seconds": round(report.duration, 1),
        **asdict(board or Board()),
    }
    with Path(FILE).open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps(told)}\n")
