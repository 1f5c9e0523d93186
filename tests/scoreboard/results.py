"""What came of a row: put together from what its tests told, and kept until the next run."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Final, Self

from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from tests.scoreboard.rows import Row

KEPT: Final = REPOSITORY / "tests/scoreboard/kept.json"
"""The last figures of each row, of which docs/reliability.md is made."""
PASSED: Final = "passed"
FAILED: Final = "failed"
NOT_RUN: Final = "not run"
_REASONS: Final = 2  # that a cell has room for
_LATER: Final = "long run"


@dataclass(frozen=True, slots=True)
class Run:
    """Where and of what figures were taken."""

    commit: str
    date: str
    machine: str


@dataclass(frozen=True, slots=True)
class Result:
    """What came of one row."""

    outcome: str
    why: str = ""
    """Why it, or a part of it, did not run; what failed."""
    load: int = 0
    faults: int = 0
    figure: str = ""
    seconds: float = 0.0
    seeds: tuple[int, int] | None = None
    """The first and the last, of people who are simulated."""
    run: Run | None = None


@dataclass(frozen=True, slots=True)
class Told:
    """What one test told of a row: a line of tests/board.py."""

    row: str
    test: str
    outcome: str
    why: str
    seconds: float
    load: int
    faults: int
    figures: tuple[str, ...]
    seeds: tuple[int, int] | None

    @classmethod
    def of(cls, line: str) -> Self:
        """Read a line."""
        told = json.loads(line)
        first_last = told.pop("seeds")
        figures = tuple(told.pop("figures"))
        return cls(**told, figures=figures, seeds=tuple(first_last) if first_last else None)


def gathered(lines: Iterable[str]) -> dict[str, Result]:
    """Put together what the tests of each row told."""
    told: dict[str, list[Told]] = {}
    # By file, as if one had run after another: within a file they do.
    for one in sorted(map(Told.of, lines), key=lambda one: one.test.partition("::")[0]):
        told.setdefault(one.row, []).append(one)
    return {row: _result(tests) for row, tests in told.items()}


def _result(tests: Iterable[Told]) -> Result:
    """Return failed where one failed, not run where none ran; a test that says nothing is a load of 1."""
    ran = [one for one in tests if one.outcome != "skipped"]
    failed = [one.test for one in ran if one.outcome != "passed"]
    skipped = [one.why for one in tests if one.outcome == "skipped"]
    # At each push a row is whole without what is for long runs.
    reasons = [why for why in skipped if not ran or _LATER not in why]
    figures = dict.fromkeys(figure for one in ran for figure in one.figures)
    return Result(
        outcome=FAILED if failed else PASSED if ran else NOT_RUN,
        why=_few(failed or reasons),
        load=sum(one.load or int(not one.figures) for one in ran),
        faults=sum(one.faults for one in ran),
        figure="; ".join(figures),
        seconds=round(sum(one.seconds for one in ran), 1),
        seeds=next((one.seeds for one in ran if one.seeds), None),
    )


def _few(texts: Iterable[str]) -> str:
    """Name the first few different ones."""
    known = list(dict.fromkeys(texts))
    more = len(known) - _REASONS
    return "; ".join(known[:_REASONS]) + (f"; and {more} more" if more > 0 else "")


def missing(row: Row) -> Result:
    """Return what is said of a row of which no test told anything."""
    return Result(NOT_RUN, row.elsewhere or "no test fills it")


# ── kept ───────────────────────────────────────────────────────────────────────────────────


@dataclass(slots=True)
class Kept:
    """The last results, by row; a row that did not run in a later run keeps what it had."""

    push: dict[str, Result] = field(default_factory=dict)
    long: dict[str, Result] = field(default_factory=dict)
    lives: list[tuple[int, int]] = field(default_factory=list)
    """Ranges of seeds whose people lived without a broken rule, each a user-year."""

    def take(self, results: Mapping[str, Result], run: Run, *, long: bool) -> None:
        """Keep *results* in place of what was known of their rows."""
        known = self.long if long else self.push
        for row, result in results.items():
            if result.outcome == NOT_RUN and known.get(row, result).outcome != NOT_RUN:
                continue
            known[row] = replace(result, run=run)
            if result.seeds and result.outcome == PASSED:
                self.lives = joined([*self.lives, result.seeds])

    @property
    def next_seed(self) -> int:
        """The first seed that no run had."""
        return max((last for _, last in self.lives), default=0) + 1


def joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Join ranges that touch; what was played twice counts once."""
    done: list[tuple[int, int]] = []
    for first, last in sorted(ranges):
        if done and first <= done[-1][1] + 1:
            done[-1] = (done[-1][0], max(done[-1][1], last))
        else:
            done.append((first, last))
    return done


def read(path: Path = KEPT) -> Kept:
    """Read what is kept; nothing where nothing is."""
    if not path.exists():
        return Kept()
    data = json.loads(path.read_text(encoding="utf-8"))
    push, long = ({row: _read(one) for row, one in data[part].items()} for part in ("push", "long"))
    return Kept(push, long, [(first, last) for first, last in data["lives"]])


def _read(data: dict[str, object]) -> Result:
    seeds, run = data.pop("seeds"), data.pop("run")
    return Result(
        **data,  # type: ignore[arg-type]  # as `write` wrote it
        seeds=tuple(seeds) if isinstance(seeds, list) else None,
        run=Run(**run) if isinstance(run, dict) else None,
    )


def write(kept: Kept, path: Path = KEPT) -> None:
    """Keep it, rows in order, so that a change shows only what is different."""
    data = {
        "push": {row: asdict(one) for row, one in sorted(kept.push.items())},
        "long": {row: asdict(one) for row, one in sorted(kept.long.items())},
        "lives": kept.lives,
    }
    path.write_text(json.dumps(data, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
