"""Texts that would steer a terminal, turn the direction of what follows, or end where they should not."""

from __future__ import annotations

import unicodedata
from typing import Final

BIDI: Final = "\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
"""What Unicode calls Bidi_Control. Source: PropList.txt of Unicode 15."""
CONTROLS: Final = "".join(
    chr(code) for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"
)
_STEERING: Final = (
    "\x1b[2J\x1b[H",  # clears the screen
    "\x1b]0;owned\x07",  # sets the title
    "\x1b]8;;https://evil.example\x1b\\here\x1b]8;;\x1b\\",  # a link
    "\x1b]52;c;ZXZpbA==\x07",  # fills the clipboard
    "\x1b[8m",  # hides what follows
    "\x1b[31;1mdeskbreak: all is well\x1b[0m",
    "\x1bP+q544e\x1b\\",  # asks the terminal, which answers as if typed
    "\x1b[6n",
    "\x9b2J",  # the same with C1
    "\x9d0;owned\x9c",
    "\rdeskbreak: all is well",
    "ten\b\b\bone",
    "\x1b[1A\x1b[2K",  # over the line before
    "\x1bc",
    "\u202e\u2066gnp.exe\u2069\u202c",
    "\u2067\u2067\u2067unclosed",
    "a\u2028b\u2029c\x85d\x0be\x0cf",
    "\x00cut",
    "\x7f" * 40,
    "\ud800\x1b[2J",
    "\udc9b2J",  # a byte that is no UTF-8, as Python takes it from a command line
    "<b>\x1b[5m</b>",
    "%s%n\x1b[7m{0}{key}",
    "-\x1b[7m",
    "--\u202eyes",
)
VALUES: Final = (
    *(f"be{character}fore" for character in CONTROLS + BIDI),
    *_STEERING,
)
"""A hundred of them, none like another."""


def steering(printed: str) -> set[str]:
    """Return what of *printed* no terminal should get; line ends and tabs are fine."""
    return {
        repr(character)
        for character in printed
        if (unicodedata.category(character) in ("Cc", "Cs") and character not in "\n\t")
        or character in BIDI
    }
