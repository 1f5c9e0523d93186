"""What an organisation has set, and a copy of what was last good of it."""

from __future__ import annotations

import json
import os
from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from deskbreak import policy
from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage.textfile import private_folder, read_bytes, replace_text

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

_MOST_BYTES: Final = 1024 * 1024  # of the copy: sixteen files as large as they may be
_BEFORE: Final = N_("{problem}; what it said before stays in force")
_NOTHING: Final = N_("{problem}; it has never been read, so none of it is in force")


class Policies:
    """The documents of an organisation; one object for as long as a process runs. For one thread.

    A document that cannot be read is no reason to do without it: what it said before stays in
    force. A copy of that in the user's own folder outlives the process; it is used for as long as
    the document cannot be read, and never instead of one that can.
    """

    def __init__(
        self,
        copy: Path,
        read: Callable[[], Sequence[Document]] = policy.read,
        stamp: Callable[[], object] = policy.stamp,
    ) -> None:
        """Read nothing yet; *read* and *stamp* are others in tests."""
        self._copy = copy
        self._read = read
        self._stamp = stamp
        self._good: dict[str, Document] | None = None

    def load(self) -> tuple[Document, ...]:
        """Read all documents. Never raises."""
        found = self._read()
        if self._good is None:
            # Where there is no policy, and never was, nobody pays for it.
            self._good = _loaded(self._copy)
        good = self._good
        known = tuple(whole for one in found for whole in _with_good(one, good))
        kept = {one.name: one for one in known if one.status is not Status.INSECURE and one.values}
        is_new = {name: one.values for name, one in kept.items()} != {
            name: one.values for name, one in good.items()
        }
        # Another process needs it, and the person may have removed it since.
        if is_new or (kept and not os.path.exists(self._copy)):  # noqa: PTH110 - never raises
            _save(self._copy, kept)
        self._good = {name: replace(one, status=Status.OK, why=None) for name, one in kept.items()}
        return known

    def look(self) -> object:
        """Return what is another value when `load` may return something else; one look at each."""
        return self._stamp()


def _with_good(document: Document, good: Mapping[str, Document]) -> Sequence[Document]:
    """Return *document*, or where it cannot be read what it (or what lies in it) said before."""
    if document.status is not Status.UNREADABLE:
        return [document]
    assert document.why is not None
    inside = [one for name, one in good.items() if name.startswith(_within(document.name))]
    if document.name in good:
        why = said(_BEFORE, problem=document.why)
        return [replace(good[document.name], status=Status.UNREADABLE, why=why), *inside]
    sentence = _BEFORE if inside else _NOTHING
    return [replace(document, why=said(sentence, problem=document.why)), *inside]


def _within(name: str) -> tuple[str, str]:
    """Return how the names of what lies in a folder, a profile or a key of the registry begin."""
    return f"{name}/", f"{name}\\"


def _loaded(copy: Path) -> dict[str, Document]:
    """Return the documents of the copy; one that is not ours says nothing."""
    with suppress(Refusal, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        data = read_bytes(copy, _MOST_BYTES)
        rows: dict[str, Any] = json.loads(data) if data else {}
        return {
            name: Document(name, Level(row["level"]), Scope(row["scope"]), {**row["values"]})
            for name, row in rows.items()
        }
    return {}


def _save(copy: Path, documents: Mapping[str, Document]) -> None:
    """Write the copy, or remove it where there is nothing to keep; where that fails there is none."""
    with suppress(Refusal, OSError):
        if not documents:
            copy.unlink(missing_ok=True)
            return
        private_folder(copy.parent)
        rows = {
            name: {"level": one.level.value, "scope": one.scope.value, "values": one.values}
            for name, one in documents.items()
        }
        replace_text(copy, json.dumps(rows))
