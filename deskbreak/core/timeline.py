"""The timeline language: one statement a line describes what happens at a desk.

Read so far are the statements that a day is made of; times are on the boot clock.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from deskbreak.core.model import Choice, Hold
from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from datetime import tzinfo

PRESENCES: Final = ("work", "idle", "locked", "asleep", "off")
HOLDS: Final = {
    "call": Hold.CALL,
    "dnd": Hold.DND,
    "fullscreen": Hold.FULLSCREEN,
    "share": Hold.SHARE,
    "presentation": Hold.PRESENTATION,
}
_DURATION: Final = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")


@dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which nothing changes: ``work`` is input throughout, never idle for a second."""

    seconds: float
    presence: str
    holds: frozenset[Hold] = frozenset()


@dataclass(frozen=True, slots=True)
class Statement:
    """Something that takes no time: a verb (answer, reading, pause, …) and its argument."""

    verb: str
    argument: str = ""


@dataclass(frozen=True, slots=True)
class Zone:
    """The time zone changes; no time passes."""

    zone: tzinfo


class Unreadable(ValueError):  # noqa: N818 - it reads as a statement
    """A statement that means nothing; ``why`` is one sentence for people."""

    def __init__(self, why: Said) -> None:
        """Keep the sentence for whoever shows it."""
        super().__init__(str(why))
        self.why = why


def duration_s(text: str) -> float:
    """Return the seconds of ``1h30m``, ``50m``, ``20s``, or a mixture.

    Raises:
        Unreadable: It is no duration, or an empty one.
    """
    found = _DURATION.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if total <= 0:
        raise Unreadable(
            said(N_('"{text}" is not a duration; write it as 30m, 1h30m or 20s'), text=text)
        )
    return float(total)


def statement(text: str) -> Stretch | Statement | Zone:
    """Read one statement.

    Raises:
        Unreadable: It is none.
    """
    words = text.split()
    if words[0] == "zone":
        return Zone(ZoneInfo(words[1]))
    if words[0] in ("pause", "resume", "reading", "take", "answer", "clock"):
        return Statement(words[0], " ".join(words[1:]))
    if len(words) < 2 or words[1] not in PRESENCES:  # noqa: PLR2004 - a length and a presence
        raise Unreadable(
            said(
                N_('unknown presence "{word}"; expected {expected}'),
                word=words[1] if len(words) > 1 else "",
                expected=", ".join(PRESENCES),
            )
        )
    return Stretch(duration_s(words[0]), words[1], frozenset(HOLDS[hold] for hold in words[2:]))


def choice(text: str) -> Choice:
    """Return the answer of that name.

    Raises:
        Unreadable: There is none.
    """
    try:
        return Choice(text)
    except ValueError:
        expected = ", ".join(Choice)
        raise Unreadable(
            said(N_('unknown answer "{word}"; expected {expected}'), word=text, expected=expected)
        ) from None
