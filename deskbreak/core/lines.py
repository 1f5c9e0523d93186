"""Lines for a terminal: nothing in them steers it, and tables fit into it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.plain import steady_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

WIDTH: Final = 80
"""Columns that a table may take: what a terminal has at least."""
_BETWEEN: Final = 2


def printable(lines: Iterable[str]) -> list[str]:
    """Take from *lines* what would steer a terminal: texts come from files and other programs."""
    return [steady_line(line) for line in lines]


def block(title: str, lines: Iterable[str]) -> list[str]:
    """Return a title and its lines after an empty one; nothing where there are no lines."""
    found = [f"- {line}" for line in lines]
    return ["", title, *found] if found else []


def table(rows: Sequence[Sequence[str]]) -> list[str]:
    """Set *rows* in columns, the first to the left, figures to the right.

    Columns that do not fit beside the first ones follow below, after an empty line.
    """
    wide = [max(map(len, column)) for column in zip(*rows, strict=True)]
    lines: list[str] = []
    first = 1
    while first < len(wide):
        last, used = first, wide[0]
        while last < len(wide) and (last == first or used + _BETWEEN + wide[last] <= WIDTH):
            used += _BETWEEN + wide[last]
            last += 1
        lines += [""] if lines else []
        lines += (_row(row, wide, range(first, last)) for row in rows)
        first = last
    return lines


def _row(row: Sequence[str], wide: Sequence[int], columns: Iterable[int]) -> str:
    cells = (row[n].rjust(wide[n]) for n in columns)
    return (" " * _BETWEEN).join((row[0].ljust(wide[0]), *cells)).rstrip()
