"""The table of the scoreboard, on a terminal and as docs/reliability.md."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from tests.architecture import REPOSITORY
from tests.scoreboard.results import NOT_RUN, PASSED, Kept, Result
from tests.scoreboard.rows import ROWS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tests.scoreboard.rows import Row

PAGE: Final = REPOSITORY / "docs/reliability.md"
_WIDTHS: Final = (3, 34, 26, 9, 7, 56)
_HEAD: Final = ("id", "test", "load", "faults", "result", "figure")
_HEADLINES: Final = ("R01", "R09", "R15", "R18", "R04")


def load(row: Row, result: Result, *, long: bool) -> str:
    """Say how much was done, and of how much where that is more."""
    asked = row.asked(long=long)
    if not result.load:
        return "-"
    of = f" of {asked:,}" if result.load < asked else ""
    return f"{result.load:,}{of} {row.unit}"


def said(result: Result) -> str:
    """Return figure and reasons in one cell."""
    if result.outcome == NOT_RUN:
        return result.why
    names = {PASSED: "not all of it ran: "}
    why = f"{names.get(result.outcome, '')}{result.why}" if result.why else ""
    return "; ".join(part for part in (result.figure, why) if part) or "-"


def cells(row: Row, result: Result, *, long: bool) -> tuple[str, ...]:
    """Return the cells of a row, in the order of the head."""
    faults = f"{result.faults:,}" if result.faults else "-"
    doing = load(row, result, long=long)
    return (row.id, row.title, doing, faults, result.outcome, said(result))


def counted(results: Mapping[str, Result]) -> str:
    """Count the rows by what came of them."""
    outcomes = [one.outcome for one in results.values()]
    counts = (f"{outcomes.count(name)} {name}" for name in dict.fromkeys(sorted(outcomes)))
    return f"{len(results)} rows: {', '.join(counts)}"


def table(results: Mapping[str, Result], *, long: bool) -> Iterator[str]:
    """Yield the lines for a terminal; a cell that is too long goes on below."""
    for row in (_HEAD, *(cells(ROWS[id_], one, long=long) for id_, one in results.items())):
        wrapped = [
            textwrap.wrap(cell, width, break_long_words=False) or [""]
            for cell, width in zip(row, _WIDTHS, strict=True)
        ]
        for n in range(max(map(len, wrapped))):
            parts = (column[n] if n < len(column) else "" for column in wrapped)
            padded = (f"{part:{width}}" for part, width in zip(parts, _WIDTHS, strict=True))
            yield "  ".join(padded).rstrip()


# ── the document ───────────────────────────────────────────────────────────────────────────

_INTRODUCTION: Final = """\
# Reliability

How deskbreak is tried against what real desktops do, and what came of it.
`make scoreboard` runs it; `make scoreboard ARGS=--write` and `make scoreboard-long ARGS=--write` write this page, and nobody else does.

A row passes if everything holds that stands for it under [What each row has to show](#what-each-row-has-to-show).
What could not run is not run, and never passed.
Where a load is less than it should be, both are named.
Nothing in n tries means, with 95 % certainty, at most 3 in n of what is played here; it says nothing of what nobody thought of.
"""


def document(kept: Kept) -> str:
    """Return docs/reliability.md."""
    parts = (
        _INTRODUCTION,
        _headlines(kept),
        *_part("At each push", kept.push, long=False),
        *_part("In long runs", kept.long, long=True),
        _legend(),
    )
    return "\n".join(parts)


def _headlines(kept: Kept) -> str:
    lines = ["## In five numbers", ""]
    years = sum(last - first + 1 for first, last in kept.lives)
    seeds = ", ".join(f"{first} to {last}" for first, last in kept.lives) or "none"
    lines.append(f"- R01: {years:,} user-years without a broken rule, seeds {seeds}.")
    for id_ in _HEADLINES[1:]:
        long = kept.long.get(id_)
        ran = long is not None and long.outcome != NOT_RUN
        best = long if long is not None and ran else kept.push.get(id_, Result(NOT_RUN, "never"))
        done = load(ROWS[id_], best, long=ran)
        lines.append(f"- {id_}: {'' if done == '-' else f'{done}: '}{said(best)}.")
    return "\n".join([*lines, ""])


def _part(title: str, results: Mapping[str, Result], *, long: bool) -> Iterator[str]:
    """Yield a table; a row that never ran at this size says so."""
    all_ = {id_: results.get(id_, Result(NOT_RUN, "not yet at this size")) for id_ in ROWS}
    yield f"## {title}\n\n{counted(all_)}.\n"
    yield "\n".join(
        (
            _line(*_HEAD, "commit"),
            _line(*["---"] * (len(_HEAD) + 1)),
            *(
                _line(*cells(ROWS[id_], one, long=long), _commit(one))
                for id_, one in sorted(all_.items())
            ),
            "",
        )
    )
    machines = dict.fromkeys(one.run.machine for one in all_.values() if one.run)
    yield "".join(f"Measured on {machine}.\n" for machine in machines)


def _commit(result: Result) -> str:
    return f"{result.run.commit} of {result.run.date}" if result.run else "-"


def _legend() -> str:
    rows = (
        _line(row.id, row.title, row.passes, _asked(row, long=False), _asked(row, long=True))
        for row in ROWS.values()
    )
    head = ("id", "test", "passes if", "at each push", "long")
    lines = (_line(*head), _line(*["---"] * len(head)), *rows)
    return "\n".join(("## What each row has to show", "", *lines, ""))


def _asked(row: Row, *, long: bool) -> str:
    asked = row.asked(long=long)
    return f"{asked:,} {row.unit}" if asked else "-"


def _line(*parts: str) -> str:
    return f"| {' | '.join(part.replace('|', '/') for part in parts)} |"
