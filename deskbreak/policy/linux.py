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

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Said

ROOT: Final = Path("/etc/deskbreak/policies")
_FOLDERS: Final = ((Level.RECOMMENDED, "recommended"), (Level.MANDATORY, "managed"))
_MOST_LINKS: Final = 40  # as the kernel follows; source: path_resolution(7)


class _Insecure(Exception):  # noqa: N818 - it reads as a statement
    """Somebody else than root could have written it."""

    def __init__(self, why: Said) -> None:
        super().__init__(str(why))
        self.why = why


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
        _see_that_secure(folder, owners)
    except FileNotFoundError as error:
        # A link to where nothing is today is no missing policy.
        if any(path.is_symlink() for path in (folder, *folder.parents[:2])):
            yield _without(whole, Status.UNREADABLE, _unread(folder, error))
        return
    except _Insecure as insecure:
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
        _see_that_secure(path, owners)
        data = _read(path, owners)
        values, lines, doubled = parsed(data, str(path))
    except FileNotFoundError as error:
        if not path.is_symlink():
            return None
        return _without(whole, Status.UNREADABLE, _unread(path, error))
    except _Insecure as insecure:
        return _without(whole, Status.INSECURE, insecure.why)
    except OSError as error:
        return _without(whole, Status.UNREADABLE, _unread(path, error))
    except Refusal as refusal:
        return _without(whole, Status.UNREADABLE, refusal.why)
    return Document(whole.name, level, whole.scope, values, lines, doubled)


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
        _see_owner(path, found, owners)
        return file.read(MOST_BYTES + 1)


def _see_that_secure(path: Path, owners: frozenset[int]) -> None:
    """See that nobody else could change *path*, or what leads to it: each folder, each link.

    Raises:
        _Insecure: Somebody could.
        OSError: It cannot be looked at.
    """
    links = 0
    here, parts = Path("/"), [*reversed(path.parts[1:])]
    while parts:
        part = parts.pop()
        if part == "..":  # of where we are, which is no link: as the kernel goes
            here = here.parent
            continue
        here /= part
        found = here.lstat()
        if not stat.S_ISLNK(found.st_mode):
            _see_owner(here, found, owners)
            continue
        if found.st_uid not in owners:
            raise _Insecure(_belongs(here))
        links += 1
        if links > _MOST_LINKS:
            raise OSError(40, os.strerror(40))
        target = here.readlink()
        here = Path("/") if target.is_absolute() else here.parent
        parts += reversed(target.parts[1:] if target.is_absolute() else target.parts)


def _see_owner(path: Path, found: os.stat_result, owners: frozenset[int]) -> None:
    if found.st_uid not in owners:
        raise _Insecure(_belongs(path))
    # In a folder such as /tmp nobody can replace what belongs to somebody else.
    shared = stat.S_ISDIR(found.st_mode) and found.st_mode & stat.S_ISVTX
    if found.st_mode & (stat.S_IWGRP | stat.S_IWOTH) and not shared:
        sentence = N_("{path} can be written by others than root, so it does not count")
        raise _Insecure(said(sentence, path=path))


def _belongs(path: Path) -> Said:
    return said(N_("{path} does not belong to root, so it does not count"), path=path)


def _unread(path: Path, error: OSError) -> Said:
    sentence = N_("{path} cannot be read: {reason}")
    return said(sentence, path=path, reason=error.strerror or str(error))
