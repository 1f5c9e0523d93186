"""Policy files of Linux: JSON in two folders under /etc that root alone may change."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.words import N_, Refusal, said
from deskbreak.policy.json_text import MOST_BYTES, parsed
from deskbreak.policy.secure import Insecure, see_owner, see_that_secure

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Said

ROOT: Final = Path("/etc/deskbreak/policies")
_FOLDERS: Final = ((Level.RECOMMENDED, "recommended"), (Level.MANDATORY, "managed"))


def read(root: Path = ROOT, owner: int = 0) -> tuple[Document, ...]:
    """Return what the files say, weakest first. Never raises.

    *root* and *owner* (the user id that is trusted besides root) are for tests alone.
    """
    return tuple(
        document
        for level, name in _FOLDERS
        for document in _folder(root / name, level, frozenset({0, owner}))
    )


def folders(root: Path = ROOT) -> tuple[Path, ...]:
    """Return the folders of the files."""
    return tuple(root / name for _, name in _FOLDERS)


def stamp(root: Path = ROOT) -> object:
    """Return what is another value when a file may have changed; one look at each."""
    return tuple(_stamp(path) for _, name in _FOLDERS for path in (root, *_seen(root / name)))


def _seen(folder: Path) -> Iterator[Path]:
    yield folder
    try:
        yield from _files(folder)
    except OSError:
        return


def _stamp(path: Path) -> tuple[str, int, int, int, int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    times = found.st_mtime_ns, found.st_ctime_ns
    return str(path), found.st_ino, found.st_size, *times, found.st_mode, found.st_uid


def _files(folder: Path) -> list[Path]:
    """Return the files that count, in order of name; one that begins with a dot is being written."""
    names = [name for name in os.listdir(folder) if name.endswith(".json") and name[0] != "."]  # noqa: PTH208 - one call for each wake-up
    return [folder / name for name in sorted(names)]


def _folder(folder: Path, level: Level, owners: frozenset[int]) -> Iterator[Document]:
    whole = Document(str(folder), level, Scope.MACHINE)
    try:
        paths = _files(folder)
        see_that_secure(folder, owners)
    except FileNotFoundError as error:
        # A link to where nothing is today is no missing policy.
        if any(_is_link(path) for path in (folder, *folder.parents[:2])):
            yield _without(whole, Status.UNREADABLE, _unread(folder, error))
        return
    except Insecure as insecure:
        yield _without(whole, Status.INSECURE, insecure.why)
        return
    except OSError as error:
        yield _without(whole, Status.UNREADABLE, _unread(folder, error))
        return
    for path in paths:
        document = _file(path, level, owners)
        if document is not None:
            yield document


def _without(document: Document, status: Status, why: Said) -> Document:
    return Document(document.name, document.level, document.scope, status=status, why=why)


def _file(path: Path, level: Level, owners: frozenset[int]) -> Document | None:
    """Read one file; None where it went while we looked."""
    whole = Document(str(path), level, Scope.MACHINE)
    try:
        see_that_secure(path, owners)
        data = _read(path, owners)
        values, lines, doubled = parsed(data, str(path))
    except FileNotFoundError as error:
        if not _is_link(path):
            return None
        return _without(whole, Status.UNREADABLE, _unread(path, error))
    except Insecure as insecure:
        return _without(whole, Status.INSECURE, insecure.why)
    except OSError as error:
        return _without(whole, Status.UNREADABLE, _unread(path, error))
    except Refusal as refusal:
        return _without(whole, Status.UNREADABLE, refusal.why)
    return Document(whole.name, level, whole.scope, values, lines, doubled)


def _is_link(path: Path) -> bool:
    """Whether it is a link, as far as the disk tells: unlike `is_symlink` it never raises."""
    return os.path.islink(path)  # noqa: PTH114 - as said


def _read(path: Path, owners: frozenset[int]) -> bytes:
    flags = os.O_RDONLY
    if sys.platform != "win32":  # where the type checker looks as well
        flags |= os.O_NONBLOCK | os.O_CLOEXEC  # not to wait for a pipe
    # What is looked at is what is read.
    opened = os.open(path, flags)
    with os.fdopen(opened, "rb") as file:
        found = os.fstat(file.fileno())
        if not stat.S_ISREG(found.st_mode):
            raise Refusal(said(N_("{path} is not a file"), path=path))
        see_owner(path, found, owners)
        return file.read(MOST_BYTES + 1)


def _unread(path: Path, error: OSError) -> Said:
    sentence = N_("{path} cannot be read: {reason}")
    return said(sentence, path=path, reason=error.strerror or str(error))
