"""The way to the settings: the layers of this user, merged, and changed by one writer."""

from __future__ import annotations

import contextlib
import os
import threading
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak import policy
from deskbreak.core import managed
from deskbreak.core.locks import see_that_free
from deskbreak.core.managed import Status
from deskbreak.core.settings import Layer, Origin, Resolved, describe, parse_value
from deskbreak.core.words import N_, Said, said
from deskbreak.policy import packs
from deskbreak.storage.files import read_settings, write_settings
from deskbreak.storage.lastgood import LastGood
from deskbreak.storage.policies import Policies
from deskbreak.storage.textfile import UNREADABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.managed import Document
    from deskbreak.storage.files import Places

    Stamp = tuple[int, ...] | None

_BROKEN_FIRST: Final = N_("{problem}; using the defaults until it is mended")
_BROKEN_ANEW: Final = N_(
    "{problem}; until it is mended, the settings from before stay in force, except those under person"
)
_BROKEN_LATER: Final = N_("{problem}; the settings from before stay in force")


class Settings:
    """The settings of this user; one object for as long as a process runs. For any thread."""

    def __init__(self, path: Path, policies: Policies | None = None) -> None:
        """Read nothing yet; *path* is the user's settings file. Without *policies* none counts."""
        self._path = path
        self._policies = policies
        self._good: Layer | None = None
        self._last_good = LastGood(path)
        self._seen: object = None
        self._withheld = False
        self._loading = threading.Lock()
        self.documents: tuple[Document, ...] = ()
        """What an organisation has set, as of the last `load`."""
        self.organisation_packs: tuple[Path, ...] = ()
        """The folders of an organisation's packs, as of the last `load`; they need not be there."""

    @classmethod
    def of(cls, places: Places) -> Settings:
        """Return the way to the settings of the user whose files are at *places*."""
        return cls(places.settings, Policies(places.policy_copy))

    def load(self) -> Resolved:
        """Read and merge all layers. Never raises; at most 0.2 s for each file.

        A file that cannot be read leaves the last good one in force, and is one problem; after a
        restart as well, but for what is about the person.
        """
        with self._loading:
            return self._load()

    def _load(self) -> Resolved:
        resolved = self._merged()
        self.organisation_packs = self._folders(resolved.organisation.packs)
        return resolved

    def _folders(self, named: str) -> tuple[Path, ...]:
        """Return the folder of every computer, then the one that a policy has *named*."""
        if self._policies is None:
            return ()
        found: list[Path] = []
        with contextlib.suppress(OSError):
            found.append(packs.folder())
        # What is the path of another system is none here; one policy may serve several.
        if named and Path(named).is_absolute():
            found.append(Path(named))
        return tuple(dict.fromkeys(found))

    def _merged(self) -> Resolved:
        self._seen = self.look()  # before they are read: a change in between is then seen as one
        self.documents = self._policies.load() if self._policies else ()
        read = read_settings(self._path)
        # A disk that did not give a file may do so the next time, and nothing else tells of that.
        self._withheld = read.withheld or any(map(_is_withheld, self.documents))
        if read.problem is None:
            resolved = managed.under(self.documents, [read.layer(str(self._path))])
            self._good = next(one for one in resolved.layers if one.origin is Origin.USER)
            self._last_good.keep(self._good.values)
            return resolved
        good = self._good or self._last_good.layer()
        resolved = managed.under(self.documents, [good] if good else [])
        sentence = _BROKEN_LATER if self._good else _BROKEN_ANEW if good else _BROKEN_FIRST
        broken = said(sentence, problem=read.problem)
        return replace(resolved, problems=(*resolved.problems, broken))

    def look(self) -> object:
        """Return what is another value when a file may be another one; one look at each."""
        return (self._policies.look() if self._policies else None, _stamp(self._path))

    def changed_on_disk(self) -> bool:
        """Tell whether a file is another than at the last `load`, or was withheld then.

        One look at each.
        """
        return self._withheld or self.look() != self._seen

    @property
    def places(self) -> tuple[Path, ...]:
        """The file and the folders in which a change can be noticed as it happens."""
        return (self._path, *(policy.folders() if self._policies else ()))

    def set(self, key: str, text: str) -> Resolved:
        """Change the user's value of *key* to what *text* says; return what is then in force.

        Raises:
            BadSetting: There is no such key, or the value cannot be.
            Locked: An organisation has set it, or does not allow the value.
            Refusal: The file cannot be changed; it is as it was.
        """
        return self.change({key: parse_value(key, text)})

    def unset(self, key: str) -> Resolved:
        """Remove the user's value of *key*, known or not; return what is then in force.

        Raises:
            BadSetting: There is no such key, and none in the file.
            Refusal: The file cannot be changed; it is as it was.
        """
        before = _stamp(self._path)
        write_settings(self._path, {key: None})
        if _stamp(self._path) == before:
            describe(key)  # a slip of the pen must not look like a success
        return self.load()

    def change(self, changes: Mapping[str, object | None]) -> Resolved:
        """Set the user's values, or remove them (None), all or none; return what is then in force.

        Raises:
            BadSetting: A value cannot be.
            Locked: An organisation has set one, or does not allow the value.
            Refusal: The file cannot be changed; it is as it was.
        """
        before = self.load()
        for key, value in changes.items():
            if value is not None:
                see_that_free(before, key, value)
        write_settings(self._path, changes)
        return self.load()


def _is_withheld(document: Document) -> bool:
    """Whether a disk did not give it; what it gave and makes no sense stays so until it is another."""
    problem = document.why and document.why.values.get("problem")
    return (
        document.status is Status.UNREADABLE
        and isinstance(problem, Said)
        and problem.template == UNREADABLE
    )


def _stamp(path: Path) -> Stamp:
    """Return what changes with the file; None where there is none."""
    try:
        found = os.stat(path)  # noqa: PTH116 - one word for one system call
    except OSError:
        return None
    return (found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns)
