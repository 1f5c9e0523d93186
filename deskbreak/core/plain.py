"""Text as any desktop can carry it: no control characters, no half characters, not too long."""

from __future__ import annotations

import re
from typing import Final

# Control characters, and the marks that turn the direction of all text after them.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e]")
# What Unicode calls Bidi_Control. Source: PropList.txt of Unicode 15.
_TURNS: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
# A cell that begins so is a formula to a spreadsheet. Source: OWASP, CSV Injection.
_FORMULA: Final = ("=", "+", "-", "@")
_BREAKS: Final = re.compile("\r\n?|[\u0085\u2028\u2029]")
_AROUND_BREAKS: Final = re.compile(r"\s*\n\s*")
_HALVES: Final = re.compile("[\ud800-\udfff]")  # of a surrogate pair; no encoding takes them


def readable(text: str) -> str:
    """Leave out of *text* what nobody can read; all space stays."""
    text = _UNWANTED.sub("", _BREAKS.sub("\n", text))
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text)


def plain(text: str) -> str:
    """Return `readable` text without space around it, and without tabs; line breaks stay."""
    return readable(text).replace("\t", " ").strip()


def one_line(text: str) -> str:
    """Return `plain` text, with spaces for line breaks."""
    return _AROUND_BREAKS.sub(" ", plain(text))


def steady(text: str) -> str:
    """Return `plain` text in which nothing turns the direction of the rest, for a terminal.

    A desktop shows each text on its own; in a terminal what follows belongs to somebody else.
    """
    return plain(_TURNS.sub("", text))


def steady_line(text: str) -> str:
    """Return `steady` text, with spaces for line breaks."""
    return _AROUND_BREAKS.sub(" ", steady(text))


def cell(text: str) -> str:
    """Return *text* for a table: it steers no terminal, and is no formula to a spreadsheet."""
    line = steady_line(text)
    return f"'{line}" if line.startswith(_FORMULA) else line


def clipped(text: str, units: int) -> str:
    """Cut *text* to *units* UTF-16 units, as Windows counts them; a cut shows as an ellipsis."""
    data = text.encode("utf-16-le")
    if len(data) <= 2 * units:
        return text
    # "ignore" leaves out the half of a pair that the cut went through.
    return data[: 2 * (units - 1)].decode("utf-16-le", "ignore").rstrip() + "…"


def escaped(text: str) -> str:
    """Write *text* so that a reader of markup shows it as it is."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
