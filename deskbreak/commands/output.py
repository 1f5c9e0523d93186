"""What every command prints, and how one ends: lines for people, facts for programs."""

from __future__ import annotations

import contextlib
import json
import os
import sys
import textwrap
from typing import TYPE_CHECKING, Final

from deskbreak.core.plain import plain
from deskbreak.core.words import Refusal

if TYPE_CHECKING:
    from deskbreak.core.words import Said

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
WITH_PROBLEMS: Final = 3
_NARROW: Final = 20  # columns; nobody reads sentences in less


class Failed(Refusal):
    """A command could not be carried out; ``status`` is the exit status."""

    def __init__(self, why: Said, remedy: Said | None = None, status: int = FAILED) -> None:
        """Keep what the base keeps, and the exit status."""
        super().__init__(why, remedy)
        self.status = status


def say(*lines: str) -> None:
    """Print sentences for people: no control characters, no wider than the terminal."""
    for line in lines:
        inside = plain(line)
        indent = line[: len(line) - len(line.lstrip(" "))]
        for part in _wrapped(indent + inside if inside else ""):
            print(part)  # noqa: T201 - a command line prints


def _wrapped(line: str) -> list[str]:
    """Break a sentence between words where the terminal ends; a table is left as it is."""
    try:
        width = os.get_terminal_size(sys.stdout.fileno()).columns
    except (OSError, ValueError, AttributeError):
        return [line]  # no terminal: programs and files want whole lines
    inside = line.lstrip(" ")
    if len(line) <= width or "  " in inside or width < _NARROW:
        return [line]
    hang = " " * (len(line) - len(inside) + (2 if inside.startswith("- ") else 0))
    return textwrap.wrap(
        line, width, subsequent_indent=hang, break_long_words=False, break_on_hyphens=False
    )


def facts(what: object) -> None:
    """Print what a program reads."""
    # In ASCII: nothing in it can steer a terminal, and any program reads it.
    print(json.dumps(what, indent=2))  # noqa: T201 - as above


def complain(line: str) -> None:
    """Print one line for people beside the output."""
    print(f"deskbreak: {plain(line)}", file=sys.stderr)  # noqa: T201 - as above


def point_out(place: str, what: str) -> None:
    """Print what is wrong at a place in a file, as compilers do, so that editors can go there."""
    print(plain(f"{place}: {what}"), file=sys.stderr)  # noqa: T201 - as above


def drop_output() -> None:
    """Forget what is left to be written: Python would try once more at its end, and complain.

    Source: docs.python.org, signal, "Note on SIGPIPE".
    """
    with contextlib.suppress(OSError, ValueError, AttributeError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
