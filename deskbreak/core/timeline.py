"""The timeline language: one statement a line describes what happens at a desk."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from deskbreak.core.kinds import KIND_TABLE
from deskbreak.core.model import Choice, Hold, Moment
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import moment_of, parse_clock
from deskbreak.core.settings import BadSetting, parse_value
from deskbreak.core.values import shortened
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
LONGEST_S: Final = (3 * 365 + 1) * 86_400.0
"""Three years, of which at most one has a 29th of February."""
LARGEST_BYTES: Final = 4_000_000
# Calendars end there; two days are room for any zone and for looking a day back and ahead.
_EARLIEST_S: Final = 2 * 86_400.0
_LATEST_S: Final = datetime(9998, 12, 30, tzinfo=UTC).timestamp()
_KINDS: Final = tuple(kind.name for kind in KIND_TABLE)
_DURATION: Final = re.compile(r"(?:([0-9]{1,9})h)?(?:([0-9]{1,9})m)?(?:([0-9]{1,9})s)?")
_DATE_AND_TIME: Final = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}(:[0-9]{2})?")
_STATEMENT: Final = re.compile(r"""(?:[^#"']|"[^"]*"|'[^']*')*""")


@quick_dataclass(frozen=True, slots=True)
class Stretch:
    """A time in which nothing changes: ``work`` is input throughout, never idle for a second."""

    seconds: float
    presence: str
    holds: frozenset[Hold] = frozenset()


@quick_dataclass(frozen=True, slots=True)
class Statement:
    """Something that takes no time: answer, reading, pause, resume, take, clock; sound as it is."""

    verb: str
    argument: str = ""


@quick_dataclass(frozen=True, slots=True)
class Zone:
    """The time zone changes; no time passes."""

    zone: tzinfo


@quick_dataclass(frozen=True, slots=True)
class Set:
    """A setting is changed; *value* is sound."""

    key: str
    value: object


Line = Stretch | Statement | Zone | Set


@quick_dataclass(frozen=True, slots=True)
class Timeline:
    """A whole file."""

    start: Moment  # on a boot clock that begins with it
    lines: tuple[Line, ...]


class Unreadable(ValueError):  # noqa: N818 - it reads as a statement
    """A statement that means nothing; ``why`` is one sentence for people."""

    def __init__(self, why: Said, line: int | None = None) -> None:
        """Keep the sentence for whoever shows it, and the line of the file."""
        super().__init__(str(why))
        self.why = why
        self.line = line


# ── a file ─────────────────────────────────────────────────────────────────────────────────


def parse(data: bytes) -> Timeline:
    """Read a whole file.

    Raises:
        Unreadable: It is none; ``line`` is the first that cannot be read.
    """
    if len(data) > LARGEST_BYTES:
        raise Unreadable(said(N_("is larger than 4 MB")), 1)
    reader, number = _Reader(), 0
    for number, raw in enumerate(data.removeprefix(b"\xef\xbb\xbf").split(b"\n"), start=1):
        try:
            reader.take(_statement(raw))
        except Unreadable as unreadable:
            raise Unreadable(unreadable.why, number) from None
    if reader.start is None:
        raise Unreadable(said(N_("a timeline needs a start")), number)
    return Timeline(reader.start, tuple(reader.lines))


class _Reader:
    """What was read so far, and what may come next."""

    def __init__(self) -> None:
        self.begun = False
        self.start: Moment | None = None
        self.seconds = 0.0
        self.unix_s = 0.0  # on the wall clock, after all that was read
        self.lines: list[Line] = []

    def take(self, text: str) -> None:
        """Read the next statement; an empty one is none."""
        if not text:
            return
        if not self.begun:
            if text.split() != ["timeline", "1"]:
                raise Unreadable(said(N_('the first statement is "timeline 1"')))
            self.begun = True
        elif text.split(maxsplit=1)[0] == "start":
            if self.start is not None:
                raise Unreadable(said(N_("a timeline has one start, before anything happens")))
            self.start = _start(text)
            self.unix_s = self.start.unix_s
            self._check_calendar()
        else:
            self._add(statement(text))

    def _add(self, line: Line) -> None:
        if self.start is None and not isinstance(line, Set):
            raise Unreadable(said(N_("a timeline needs a start before anything happens")))
        match line:
            case Stretch(seconds=seconds):
                self.seconds += seconds
                self.unix_s += seconds
            case Statement(verb="clock", argument=argument):
                self.unix_s += shift_s(argument)
        if self.seconds > LONGEST_S:
            raise Unreadable(said(N_("is longer than 3 years")))
        self._check_calendar()
        self.lines.append(line)

    def _check_calendar(self) -> None:
        if self.start is not None and not _EARLIEST_S <= self.unix_s <= _LATEST_S:
            raise Unreadable(said(N_("the wall clock would leave the years 1970 to 9998")))


def _statement(raw: bytes) -> str:
    """Return the statement of a line, without its comment."""
    try:
        line = raw.decode()
    except UnicodeDecodeError:
        raise Unreadable(said(N_("is not UTF-8"))) from None
    found = _STATEMENT.match(line)
    assert found is not None
    return (found[0] if line[found.end() : found.end() + 1] == "#" else line).strip()


def _start(text: str) -> Moment:
    words = text.split()
    if len(words) != 3 or not _DATE_AND_TIME.fullmatch(words[1]):  # noqa: PLR2004 - start, when, where
        raise Unreadable(said(N_('write it as "start 2026-03-02T09:00:00 Europe/Berlin"')))
    zone = _zone(words[2])
    try:
        local = datetime.fromisoformat(words[1])
        return Moment(0.0, moment_of(local, Moment(0.0, 0.0, zone)).unix_s, zone)
    except (ValueError, OverflowError):
        sentence = N_('"{text}" is no date and time')
        raise Unreadable(said(sentence, text=shortened(words[1]))) from None


# ── a statement ────────────────────────────────────────────────────────────────────────────


def statement(text: str) -> Line:
    """Read one statement.

    Raises:
        Unreadable: It is none.
    """
    verb, _, rest = text.replace("\t", " ").strip().partition(" ")
    argument = " ".join(rest.split())
    if verb == "set":
        return _set(rest)
    if verb == "zone":
        return Zone(_zone(argument))
    check = _CHECKS.get(verb)
    if check is not None:
        check(argument)
        return Statement(verb, argument)
    if verb.isalpha():
        known = ", ".join((*_CHECKS, "set", "zone"))
        sentence = N_('unknown statement "{word}"; expected a duration such as 30m, or {expected}')
        raise Unreadable(said(sentence, word=shortened(verb), expected=known))
    return _stretch(verb, argument.split())


def _stretch(duration: str, words: list[str]) -> Stretch:
    seconds = duration_s(duration)
    presence, holds = words[0] if words else "", words[1:]
    _one_of(N_('unknown presence "{word}"; expected {expected}'), presence, PRESENCES)
    for hold in holds:
        if presence not in ("work", "idle"):
            raise Unreadable(said(N_("holds stand with work and idle only")))
        _one_of(N_('unknown hold "{word}"; expected {expected}'), hold, tuple(HOLDS))
    return Stretch(seconds, presence, frozenset(HOLDS[hold] for hold in holds))


def _one_of(template: str, word: str, known: tuple[str, ...]) -> None:
    if word not in known:
        raise Unreadable(said(template, word=shortened(word), expected=", ".join(known)))


def duration_s(text: str) -> float:
    """Return the seconds of ``1h30m``, ``50m``, ``20s``, or a mixture.

    Raises:
        Unreadable: It is no duration, or an empty one.
    """
    found = _DURATION.fullmatch(text)
    hours, minutes, seconds = (int(part or 0) for part in found.groups()) if found else (0, 0, 0)
    total = hours * 3600 + minutes * 60 + seconds
    if total <= 0:
        sentence = N_('"{text}" is not a duration; write it as 30m, 1h30m or 20s')
        raise Unreadable(said(sentence, text=shortened(text)))
    return float(total)


def choice(text: str) -> Choice:
    """Return the answer of that name.

    Raises:
        Unreadable: There is none.
    """
    _one_of(N_('unknown answer "{word}"; expected {expected}'), text, tuple(Choice))
    return Choice(text)


def clock_s(text: str) -> int:
    """Return the seconds after midnight of ``14:00``.

    Raises:
        Unreadable: It is no time of day.
    """
    try:
        return parse_clock(text)
    except ValueError:
        sentence = N_('"{text}" is not a time of day; write it as 14:00')
        raise Unreadable(said(sentence, text=shortened(text))) from None


def shift_s(text: str) -> float:
    """Return by how many seconds ``+1h`` or ``-30m`` moves the wall clock.

    Raises:
        Unreadable: It does not.
    """
    if text[:1] not in ("+", "-"):
        sentence = N_('"{text}" moves no clock; write it as +1h or -30m')
        raise Unreadable(said(sentence, text=shortened(text)))
    return duration_s(text[1:]) * (1 if text[0] == "+" else -1)


def see_that_reads(verb: str, argument: str) -> None:
    """Check what stands behind *verb*, one of those that somebody says to deskbreak.

    Raises:
        Unreadable: It cannot stand there.
    """
    _CHECKS[verb](argument)


def _set(text: str) -> Set:
    key, equals, value = (part.strip() for part in text.partition("="))
    if not equals:
        raise Unreadable(said(N_('write it as "set position.interval_minutes = 15"')))
    try:
        return Set(key, parse_value(key, value))
    except BadSetting as bad:
        raise Unreadable(bad.why) from None


def _zone(name: str) -> tzinfo:
    try:
        return ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        sentence = N_('there is no time zone "{name}"')
        raise Unreadable(said(sentence, name=shortened(name))) from None


def _take(text: str) -> None:
    _one_of(N_('unknown kind "{word}"; expected {expected}'), text, _KINDS)


def _pause(text: str) -> None:
    if text.startswith("until "):
        clock_s(text.removeprefix("until "))
    elif text not in ("", "tomorrow"):
        duration_s(text)


def _nothing(text: str) -> None:
    if text:
        raise Unreadable(said(N_('"{text}" is too much'), text=shortened(text)))


_CHECKS: Final = {
    "answer": choice,
    "clock": shift_s,
    "pause": _pause,
    "reading": _nothing,
    "resume": _nothing,
    "take": _take,
}
