"""What an organisation has set: from the documents that were read to the settings in force."""

from __future__ import annotations

import enum
from dataclasses import field, replace
from typing import TYPE_CHECKING, Final

from deskbreak.core import bounds as bounds_
from deskbreak.core import organisation
from deskbreak.core.bounds import Bounds
from deskbreak.core.organisation import ORGANISATION
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.setting import Managed
from deskbreak.core.settings import (
    MOST_UNKNOWN,
    Layer,
    Organisation,
    Origin,
    flatten,
    left_out,
    named,
    resolve,
    unknown,
)
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import is_out_of_range, judged
from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskbreak.core.setting import Setting
    from deskbreak.core.settings import Resolved


class Level(enum.Enum):
    """How much a value of an organisation weighs."""

    MANDATORY = "mandatory"
    RECOMMENDED = "recommended"
    BOUNDS = "bounds"


class Scope(enum.Enum):
    """Whom a document is for."""

    USER = "user"
    MACHINE = "machine"


class Status(enum.Enum):
    """What became of a document, or of a value in it."""

    OK = N_("ok")
    SUPERSEDED = N_("superseded")
    OVERRIDDEN = N_("overridden by user")
    CLAMPED = N_("clamped to {bounds}")
    UNKNOWN = N_("unknown key")
    WRONG_TYPE = N_("wrong type")
    OUT_OF_RANGE = N_("out of range")
    NOT_ALLOWED = N_("not allowed")
    INSECURE = N_("insecure permissions")
    UNREADABLE = N_("unreadable")

    @property
    def is_problem(self) -> bool:
        """Whether an administrator should do something about it."""
        return self not in {Status.OK, Status.SUPERSEDED, Status.OVERRIDDEN}


@quick_dataclass(frozen=True, slots=True)
class Document:
    """One file, registry key or profile of an organisation, as it was read.

    ``name`` is its path or key. ``values`` are just as written: nested tables or dotted keys, with
    ``bounds`` and ``organisation`` in mandatory ones; ``lines`` are by dotted key, as
    ``bounds.plan``. Where ``status`` is not OK they are those of before, or none, and ``why`` is
    a sentence that names the document.
    """

    name: str
    level: Level
    scope: Scope
    values: Mapping[str, object] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Said, ...] = ()  # whatever else there is to say; the values count all the same
    status: Status = Status.OK
    why: Said | None = None


_NOBODYS: Final = frozenset(
    {
        *("erase", "export", "pause", "person", "policy", "privacy", "quit", "resume", "skip"),
        *("collect", "report", "reporting", "telemetry", "upload"),
    }
)
"""What no policy reaches, whatever comes after the dot: it is told so, and not of a slip of the pen."""

_THE_PERSONS: Final = N_("is the person's own, and not for a policy to set")
_ONLY_SHORTER: Final = N_("is too long: policy may only shorten it")
_IN_MANDATORY: Final = N_("has no meaning among recommended values")
_NO_TABLE: Final = N_("is not a table with name, contact and packs")


@quick_dataclass(frozen=True, slots=True)
class Entry:
    """One value in a document.

    ``key`` is as it is written where it is no setting. ``status`` is OK where the document alone
    gives no reason for another; ``fault`` continues a sentence that begins with key or value.
    """

    key: str
    value: object  # as it is kept, where the status is OK
    level: Level
    document: Document
    line: int | None
    status: Status = Status.OK
    fault: Said | None = None

    @property
    def place(self) -> str:
        """What a message calls its place."""
        return self.document.name if self.line is None else f"{self.document.name}:{self.line}"

    @property
    def is_private(self) -> bool:
        """Whether its value is in no message: it may be about health."""
        return self.key.startswith("person.")


def under(documents: Sequence[Document], own: Sequence[Layer]) -> Resolved:
    """Merge what *documents* of an organisation say with the layers of the person, *own*.

    Never raises: what cannot be is left out and named in the problems.
    """
    found = entries(documents)
    resolved = resolve(
        [
            *_layers(found, Level.RECOMMENDED, Origin.RECOMMENDED),
            *own,
            *_layers(found, Level.MANDATORY, Origin.POLICY),
        ],
        _bounds(found),
    )
    problems = [document.why for document in documents if document.why is not None]
    problems += [problem for document in documents for problem in document.problems]
    problems += _problems(found, resolved)
    return replace(
        resolved,
        problems=(*resolved.problems, *problems),
        policy_problems=tuple(problems),
        organisation=_organisation(found),
    )


# ── from documents to entries ──────────────────────────────────────────────────────────────


def entries(documents: Sequence[Document]) -> tuple[Entry, ...]:
    """Return everything that *documents* say, weakest first: the machine's weighs most."""
    ordered = sorted(documents, key=lambda one: one.scope is Scope.MACHINE)
    return tuple(entry for document in ordered for entry in _entries(document))


def _entries(document: Document) -> Iterator[Entry]:
    level, lines = document.level, document.lines
    tables = {key: value for key, value in document.values.items() if key != "bounds"}
    for key, value in flatten(tables, ("organisation",))[0].items():
        yield _judged(Entry(key, value, level, document, lines.get(key)))
    if "bounds" not in document.values:
        return
    given, line = document.values["bounds"], lines.get("bounds")
    whole = Entry("bounds", given, Level.BOUNDS, document, line)
    if level is not Level.MANDATORY:
        yield replace(whole, status=Status.NOT_ALLOWED, fault=said(_IN_MANDATORY))
    elif not isinstance(given, dict):
        fault = said(N_("is not a table of keys and their bounds"))
        yield replace(whole, status=Status.WRONG_TYPE, fault=fault)
    else:
        for key, value in flatten(given)[0].items():
            line = lines.get(f"bounds.{key}")
            yield _judged(Entry(key, value, Level.BOUNDS, document, line))


def _judged(entry: Entry) -> Entry:
    """Say whether *entry* can be, and keep its value as it is kept."""
    key, setting = entry.key, SETTINGS.get(entry.key)
    if key in ORGANISATION and entry.level is not Level.BOUNDS:
        return _named(entry)
    if key == "organisation":
        return replace(entry, status=Status.WRONG_TYPE, fault=said(_NO_TABLE))
    # Also what is no setting: a hint at another one of theirs would be no help.
    if key.partition(".")[0].lower() in _NOBODYS:
        return replace(entry, status=Status.NOT_ALLOWED, fault=said(_THE_PERSONS))
    if setting is None:
        return replace(entry, status=Status.UNKNOWN)
    return _judged_for(setting, entry)


def _judged_for(setting: Setting, entry: Entry) -> Entry:
    if setting.managed is Managed.NEVER:
        return replace(entry, status=Status.NOT_ALLOWED, fault=said(_THE_PERSONS))
    is_bounds = entry.level is Level.BOUNDS
    kept: object = (
        bounds_.parsed(setting, entry.value, entry.place)
        if is_bounds
        else judged(setting, entry.value)
    )
    if isinstance(kept, Said):
        inner = kept.values.get("fault", kept)  # bounds say what is wrong with one of their ends
        beyond = isinstance(inner, Said) and is_out_of_range(inner)
        status = Status.OUT_OF_RANGE if beyond else Status.WRONG_TYPE
        return replace(entry, status=status, fault=kept)
    if setting.managed is Managed.SHORTEN and _is_more(kept, setting.default):
        return replace(entry, status=Status.NOT_ALLOWED, fault=said(_ONLY_SHORTER))
    return replace(entry, value=kept)


def _named(entry: Entry) -> Entry:
    if entry.level is not Level.MANDATORY:
        return replace(entry, status=Status.NOT_ALLOWED, fault=said(_IN_MANDATORY))
    kept = organisation.judged(entry.key, entry.value)
    if isinstance(kept, Said):
        return replace(entry, status=Status.WRONG_TYPE, fault=kept)
    return replace(entry, value=kept)


def _is_more(value: object, default: object) -> bool:
    return isinstance(value, int) and isinstance(default, int) and value > default


# ── from entries to settings ───────────────────────────────────────────────────────────────


def _layers(found: Sequence[Entry], level: Level, origin: Origin) -> Iterator[Layer]:
    """Yield a layer for each document with sound values of that level, weakest first."""
    for document in dict.fromkeys(entry.document.name for entry in found):
        values, lines = dict[str, object](), dict[str, int]()
        for entry in found:
            if entry.document.name == document and entry.level is level and _is_value(entry):
                values[entry.key] = entry.value
                if entry.line is not None:
                    lines[entry.key] = entry.line
        if values:
            yield Layer(origin, document, values, lines)


def _is_value(entry: Entry) -> bool:
    """Whether it is what a layer has: a sound value, and none that only bounds the person's own."""
    if entry.status is not Status.OK or entry.key in ORGANISATION:
        return False
    return entry.level is Level.RECOMMENDED or not _is_ceiling(entry)


def _is_ceiling(entry: Entry) -> bool:
    """Whether it is a mandatory value than which a person's own may be smaller."""
    return entry.level is Level.MANDATORY and SETTINGS[entry.key].managed is Managed.SHORTEN


def _bounds(found: Sequence[Entry]) -> dict[str, Bounds]:
    """Return the bounds of each key that has some; of two documents the later one counts."""
    bounds: dict[str, Bounds] = {}
    ceilings: dict[str, Bounds] = {}
    for entry in found:
        if entry.status is not Status.OK or entry.key in ORGANISATION:
            continue
        if isinstance(entry.value, Bounds):
            bounds[entry.key] = entry.value
        elif _is_ceiling(entry):
            assert isinstance(entry.value, int)
            ceilings[entry.key] = Bounds(entry.place, high=entry.value)
    for key, ceiling in ceilings.items():
        other = bounds.get(key)
        if other is None or _is_more(other.high, ceiling.high):
            bounds[key] = ceiling
    return bounds


def _organisation(found: Sequence[Entry]) -> Organisation:
    texts = {
        entry.key: str(entry.value)
        for entry in found
        if entry.status is Status.OK and entry.key in ORGANISATION
    }
    return Organisation(*(texts.get(key, "") for key in ORGANISATION))


def _problems(found: Sequence[Entry], resolved: Resolved) -> Iterator[Said]:
    """Yield a line for each entry that cannot be, and one for unknown keys beyond the first few."""
    # Where a document cannot be read now, that is to be mended, and not what it said before.
    read = [entry for entry in found if entry.document.status is Status.OK]
    strange = [entry for entry in read if entry.status is Status.UNKNOWN]
    # Each look for a similar name takes a millisecond, and a file has room for ten thousand.
    yield from (unknown(one.key, one.place, _called(one)) for one in strange[:MOST_UNKNOWN])
    more = len(strange) - MOST_UNKNOWN
    if more > 0:
        place = strange[-1].document.name
        yield said(N_("{place}: {more} more unknown keys"), place=place, more=more)
    wrong = [entry for entry in read if entry.fault is not None]
    others = [entry for entry in wrong if entry.key not in SETTINGS]  # of which there may be many
    for entry in (*(one for one in wrong if one.key in SETTINGS), *others[:MOST_UNKNOWN]):
        yield _problem(entry, entry.fault, resolved)
    more = len(others) - MOST_UNKNOWN
    if more > 0:
        place = others[-1].document.name
        yield said(N_("{place}: {more} more keys that no policy can set"), place=place, more=more)


def _called(entry: Entry) -> str:
    """Return what a message calls the key: one thing may be wrong as a value and as bounds."""
    inside = entry.level is Level.BOUNDS and entry.key != "bounds"
    return f"bounds.{named(entry.key)}" if inside else named(entry.key)


def _problem(entry: Entry, fault: object, resolved: Resolved) -> Said:
    """Return the line that says what is wrong with *entry*, and what is used instead."""
    key, place = entry.key, entry.place
    if entry.level is Level.BOUNDS and key in SETTINGS and entry.status is not Status.NOT_ALLOWED:
        sentence = N_("{place}: the bounds of {key} {fault}; left out")
        return said(sentence, place=place, key=named(key), fault=fault)
    if entry.is_private or key not in SETTINGS:
        return said(
            N_("{place}: {key} {fault}; left out"), place=place, key=_called(entry), fault=fault
        )
    return left_out(place, key, entry.value, fault, resolved.values[key])
