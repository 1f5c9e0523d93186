"""Text as any desktop can carry it: no control characters, no half characters, not too long."""

from __future__ import annotations

import re
from typing import Final

# Control characters, and the marks that turn the direction of all text after them.
_UNWANTED: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\u202a-\u202e]")
_BREAKS: Final = re.compile("\r\n?|[\u0085\u2028\u2029]")
_AROUND_BREAKS: Final = re.compile(r"\s*\n\s*")
_HALVES: Final = re.compile("[\ud800-\udfff]")  # of a surrogate pair; no encoding takes them


def plain(text: str) -> str:
    """Leave out of *text* what nobody can read; line breaks stay."""
    text = _UNWANTED.sub("", _BREAKS.sub("\n", text).replace("\t", " "))
    return _HALVES.sub("\N{REPLACEMENT CHARACTER}", text).strip()


def one_line(text: str) -> str:
    """Return `plain` text, with spaces for line breaks."""
    return _AROUND_BREAKS.sub(" ", plain(text))


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
