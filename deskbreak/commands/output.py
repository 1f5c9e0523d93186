"""What every command prints, and how one ends: lines for people, facts for programs."""

from __future__ import annotations

import contextlib
import errno
import json
import os
import sys
import textwrap
from typing import TYPE_CHECKING, Final

from deskbreak.core.plain import plain, steady, steady_line
from deskbreak.core.words import N_, Refusal, said

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from deskbreak.core.words import Said

DONE: Final = 0
FAILED: Final = 1
WRONG_USAGE: Final = 2
WITH_PROBLEMS: Final = 3
REFUSED: Final = 4
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
        inside = steady(line)
        indent = line[: len(line) - len(line.lstrip(" "))]
        for part in _wrapped(indent + inside if inside else ""):
            write(f"{part}\n")


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
    write(json.dumps(what, indent=2) + "\n")


def fact(what: object) -> None:
    """Print one of many things that a program reads, in a line."""
    write(json.dumps(what) + "\n")


def write(text: str) -> None:
    """Print *text* as it is.

    Raises:
        Failed: It could not be written.
    """
    with _printing():
        if sys.stdout is not None:
            sys.stdout.write(text)


def write_file(text: str) -> None:
    """Print *text* as a file has it: in UTF-8, as it says of itself, wherever it is sent.

    Raises:
        Failed: It could not be written.
    """
    with _printing():
        if sys.stdout is not None:
            sys.stdout.flush()
            sys.stdout.buffer.write(text.encode())


def finish() -> None:
    """Write what is left to be written: later nobody could say that it cannot be.

    Raises:
        Failed: It could not be written.
    """
    with _printing():
        if sys.stdout is not None:
            sys.stdout.flush()


@contextlib.contextmanager
def _printing() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise  # whoever read us has gone, and misses nothing
    except OSError as error:
        if sys.platform == "win32" and error.errno == errno.EINVAL:
            raise BrokenPipeError from error  # so it is called there
        raise Failed(
            said(N_("what is printed could not be written: {reason}"), reason=error.strerror),
            said(N_("Make room there, or print it elsewhere.")),
        ) from error


def complain(line: str) -> None:
    """Print one line for people beside the output; show it on screen where nothing can be printed."""
    if sys.stderr is None:
        _show(plain(line))
    else:
        point_out("deskbreak", line)


def _show(line: str) -> None:
    """Show *line* until the person has seen it: a Windows program without a console has no other way.

    Source: MessageBox, Microsoft Win32 reference.
    """
    if sys.platform == "win32":
        import ctypes

        in_front_with_a_warning_sign = 0x10000 | 0x30  # MB_SETFOREGROUND, MB_ICONWARNING
        ctypes.windll.user32.MessageBoxW(None, line, "deskbreak", in_front_with_a_warning_sign)


def point_out(place: str, what: str) -> None:
    """Print what is wrong at a place in a file, as compilers do, so that editors can go there."""
    with contextlib.suppress(OSError):  # nobody hears it; the exit status tells
        print(steady_line(f"{place}: {what}"), file=sys.stderr)  # noqa: T201 - a command line prints


def settle(stream: TextIO | None) -> None:
    """Forget what *stream* cannot write: Python would try once more at its end, and complain.

    Source: docs.python.org, signal, "Note on SIGPIPE".
    """
    if stream is None:
        return
    try:
        stream.flush()
    except OSError:
        with contextlib.suppress(OSError):  # one in memory has no number
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
