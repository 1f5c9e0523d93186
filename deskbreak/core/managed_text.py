"""What an organisation has set, for people and programs: each value with what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from deskbreak.core import managed
from deskbreak.core.bounds import Bounds
from deskbreak.core.lines import printable
from deskbreak.core.locks import setter
from deskbreak.core.managed import Level, Status
from deskbreak.core.organisation import ORGANISATION
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.settings import MOST_UNKNOWN, similar
from deskbreak.core.settings_table import SETTINGS, TABLES
from deskbreak.core.values import plain, shown, written
from deskbreak.core.words import N_, said, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.managed import Document, Entry
    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Said, Words


@quick_dataclass(frozen=True, slots=True)
class Row:
    """A value, or (without ``key``) a whole document of an organisation, and what became of it."""

    key: str
    value: object  # as JSON knows it; of what may be about health, nothing
    shown: str
    level: Level
    document: Document
    line: int | None
    status: Status
    bounds: str = ""  # to which it was clamped
    note: Said | None = None

    def status_in(self, words: Words) -> str:
        """Return the status in words, with what else there is to say."""
        status = words.gettext(self.status.value).format(bounds=self.bounds)
        return status if self.note is None else f"{status} ({spoken(self.note, words)})"


def rows(documents: Sequence[Document], resolved: Resolved) -> tuple[Row, ...]:
    """Return each value in *documents*, the strongest of its key first, as the keys are declared."""
    found = managed.entries(documents)
    order = {key: number for number, key in enumerate((*ORGANISATION, *SETTINGS))}
    made = [_row(found, number, resolved) for number in reversed(range(len(found)))]
    levels = list(Level)
    made.sort(key=lambda row: (order.get(row.key, len(order)), row.key, levels.index(row.level)))
    whole = (
        Row("", None, "", one.level, one, None, one.status, note=one.why)
        for one in documents
        if one.status is not Status.OK
    )
    return (*whole, *made)


def _row(found: Sequence[Entry], number: int, resolved: Resolved) -> Row:
    entry = found[number]
    status, bounds = entry.status, ""
    if status is Status.OK:
        status, bounds = _became(entry, found[number + 1 :], resolved)
    note = entry.fault
    if status is Status.UNKNOWN and number < MOST_UNKNOWN:
        note = _meant(entry.key)
    value = None if entry.is_private else _plain(entry.value)
    text = "…" if entry.is_private else _shown(entry)
    return Row(
        entry.key, value, text, entry.level, entry.document, entry.line, status, bounds, note
    )


def _meant(key: str) -> Said | None:
    if key in TABLES:
        return said(N_("{key} is a table, not a value"), key=key)
    near = similar(key)
    return said(N_("did you mean {near}?"), near=near) if near else None


def _became(entry: Entry, stronger: Sequence[Entry], resolved: Resolved) -> tuple[Status, str]:
    """Return what became of a sound value, and the bounds to which it was clamped."""
    key = entry.key
    others = [one for one in stronger if one.key == key and one.status is Status.OK]
    if any(one.level is entry.level for one in others):
        return Status.SUPERSEDED, ""
    if entry.level is Level.RECOMMENDED and resolved.is_locked(key):
        return Status.SUPERSEDED, ""
    if key in ORGANISATION or entry.level is Level.BOUNDS or resolved.values[key] == entry.value:
        return Status.OK, ""
    bounds = resolved.bounds.get(key)
    if bounds is not None and bounds.clamped(SETTINGS[key], entry.value) != entry.value:
        return Status.CLAMPED, bounds.spoken(SETTINGS[key])
    return Status.OVERRIDDEN, ""


def _plain(value: object) -> object:
    if isinstance(value, Bounds):
        ends = {"low": value.low, "high": value.high, "choices": list(value.choices)}
        return {name: end for name, end in ends.items() if end not in (None, [])}
    return plain(value)


def _shown(entry: Entry) -> str:
    value = entry.value
    if isinstance(value, Bounds):
        return value.spoken(SETTINGS[entry.key])
    return written(value) if entry.status is Status.OK else shown(value)


def policy_json(documents: Sequence[Document], resolved: Resolved) -> dict[str, Any]:
    """Return what `policy --json` prints."""
    return {
        "managed": bool(documents),
        "organisation": resolved.organisation.name or None,
        "contact": resolved.organisation.contact or None,
        "policies": [
            {
                "name": row.key or None,
                "value": row.value,
                "level": row.level.value,
                "scope": row.document.scope.value,
                "source": row.document.name,
                "line": row.line,
                "status": row.status.value.format(bounds=row.bounds),
                "note": None if row.note is None else str(row.note),
            }
            for row in rows(documents, resolved)
        ],
    }


def policy_lines(documents: Sequence[Document], resolved: Resolved, words: Words) -> list[str]:
    """Return what `policy` prints for people."""
    _ = words.gettext
    if not documents:
        return [_("No organisation has set anything here.")]
    return printable([*_head(resolved, words), "", *_table(documents, resolved, words)])


def check_lines(document: Document, resolved: Resolved, words: Words) -> list[str]:
    """Return what `policy check` prints of one document, before what it would change."""
    if not managed.entries([document]) and document.status is Status.OK:
        return [words.gettext(N_("It sets nothing."))]
    return printable(_table([document], resolved, words))


def _head(resolved: Resolved, words: Words) -> Iterator[str]:
    _ = words.gettext
    by = spoken(setter(resolved), words)
    yield _("Managed by {organisation}").format(organisation=by)
    if resolved.organisation.contact:
        yield _("Questions: {contact}").format(contact=resolved.organisation.contact)


def _table(documents: Sequence[Document], resolved: Resolved, words: Words) -> Iterator[str]:
    _ = words.gettext
    heads = (_("NAME"), _("VALUE"), _("LEVEL"), _("SCOPE"), _("SOURCE"), _("STATUS"))
    cells = [
        (
            row.key or "-",
            row.shown or "-",
            words.gettext(_LEVELS[row.level]),
            words.gettext(_SCOPES[row.document.scope]),
            _short(row),
            row.status_in(words),
        )
        for row in rows(documents, resolved)
    ]
    wide = [max(map(len, column)) for column in zip(heads, *cells, strict=True)]
    for line in (heads, *cells):
        padded = (cell.ljust(width) for cell, width in zip(line, wide, strict=True))
        yield "  ".join(padded).rstrip()


def _short(row: Row) -> str:
    """Return the end of a path, or a key, short enough for a table, with the line."""
    parts = row.document.name.replace("\\", "/").split("/")
    name = "/".join(parts[-2:]) if row.document.name.startswith("/") else row.document.name
    return name if row.line is None else f"{name}:{row.line}"


@quick_dataclass(frozen=True, slots=True)
class Change:
    """A setting that would be another, or would be locked or free from then on."""

    key: str
    before: object
    after: object
    was_locked: bool
    is_locked: bool


def changes(before: Resolved, after: Resolved) -> tuple[Change, ...]:
    """Return what *after* has otherwise than *before*, as settings are declared."""
    every = (
        Change(
            key, before.values[key], after.values[key], before.is_locked(key), after.is_locked(key)
        )
        for key in SETTINGS
    )
    return tuple(one for one in every if one.before != one.after or one.was_locked != one.is_locked)


def changes_json(found: Sequence[Change]) -> list[dict[str, Any]]:
    """Return *found* as `policy check --json` has it."""
    return [
        {
            "name": one.key,
            "before": plain(one.before),
            "after": plain(one.after),
            "locked": one.is_locked,
        }
        for one in found
        if not SETTINGS[one.key].private
    ]


def changes_lines(found: Sequence[Change], words: Words) -> list[str]:
    """Return a line for each of *found*."""
    _ = words.gettext
    if not found:
        return [_("With your settings on this computer it would change nothing.")]
    lines = [_("With your settings on this computer it would change:")]
    for one in found:
        line = f"- {one.key}: {written(one.before)}"
        if one.before != one.after:
            line = f"{line} → {written(one.after)}"
        if one.is_locked and not one.was_locked:
            line = _("{change}, locked").format(change=line)
        if one.was_locked and not one.is_locked:
            line = _("{change}, no longer locked").format(change=line)
        lines.append(line)
    return lines


_LEVELS = {
    Level.MANDATORY: N_("mandatory"),
    Level.RECOMMENDED: N_("recommended"),
    Level.BOUNDS: N_("bounds"),
}
_SCOPES = {managed.Scope.MACHINE: N_("machine"), managed.Scope.USER: N_("user")}
