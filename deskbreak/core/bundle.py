"""What goes into a bundle for support, and what never does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core.plain import steady
from deskbreak.core.settings_table import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from deskbreak.core.words import Said

_LOG_LINES: Final = 200
"""The last ones; a bad day has fewer. Our own choice."""

_RECORD: Final = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d,\d{3} (?P<level>[A-Z]+) ")
_PROMPT: Final = re.compile(r"\bP-[A-Z]+-\d+\b")
_LEFT_OUT: Final = "(left out: it is about what only the person should know)"
_PRIVATE: Final = tuple(key for key, setting in SETTINGS.items() if setting.private)
"""Health data, and prompts that somebody hid."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a bundle: what it is, for the person and in the file, and its text."""

    told: Said
    title: str
    text: str

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())


def redacted(text: str, names: Mapping[str, str]) -> str:
    """Leave out of *text* what is private, and put other words in place of *names*.

    Longer names first, so that a path goes before the name in it. One that is a path is taken
    wherever it stands, any other only as a whole word, in capitals or not.
    """
    lines = (_LEFT_OUT if _is_private(line) else line for line in steady(text).splitlines())
    text = _PROMPT.sub("P-…", "\n".join(lines))
    for name in sorted(names, key=len, reverse=True):
        word, other = re.escape(name), names[name].replace("\\", "\\\\")
        if "/" not in name and "\\" not in name:
            word = rf"(?<![^\W_]){word}(?![^\W_])"
        if len(name) > 1:  # a home that is the root of all tells nothing
            text = re.sub(word, other, text, flags=re.IGNORECASE)
    return text


def log_lines(text: str) -> str:
    """Return the last records of a log, without those that tell of every single event."""
    # Without a level: what was cut off at its beginning.
    kept = (record for level, record in _records(text.splitlines()) if level not in ("", "DEBUG"))
    lines = [line for record in kept for line in record]
    return "\n".join(lines[-_LOG_LINES:])


def _records(lines: Iterable[str]) -> Iterator[tuple[str, list[str]]]:
    """Yield level and lines of each record: what has no time goes on with the one before."""
    level, record = "", list[str]()
    for line in lines:
        found = _RECORD.match(line)
        if found is None:
            record.append(line)
            continue
        yield level, record
        level, record = found["level"], [line]
    yield level, record


def bundle_text(parts: Iterable[Part], names: Mapping[str, str]) -> str:
    """Return the whole file."""
    blocks = (f"== {part.title} ==\n{redacted(part.text, names)}\n" for part in parts)
    return "\n".join(blocks)


def _is_private(line: str) -> bool:
    return any(key in line for key in _PRIVATE)
