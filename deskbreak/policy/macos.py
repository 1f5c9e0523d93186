"""What an organisation has set on macOS: managed preferences, which a profile makes.

Read are the files that macOS writes for our domain, of the machine and of the user; what a person
sets with `defaults` is not among them.
"""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.words import N_, Refusal, said
from deskbreak.policy.names import from_names
from deskbreak.policy.secure import Insecure

if TYPE_CHECKING:
    from collections.abc import Iterable

DOMAIN: Final = "org.deskbreak.Deskbreak"
ROOT: Final = Path("/Library/Managed Preferences")
RECOMMENDED: Final = "Defaults"
BOUNDS: Final = "Bounds"
_MOST_BYTES: Final = 256 * 1024  # with every setting three times it has 15 kB
_MOST_PARTS: Final = 10_000  # the longest list has 1,000 entries
_DEEPEST: Final = 16  # the bounds of one setting lie three deep
_OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH


def read(root: Path = ROOT, owner: int = 0) -> tuple[Document, ...]:
    """Return what is set for this machine and for this user. Never raises."""
    return tuple(one for path, scope in _places(root) for one in _documents(path, scope, owner))


def stamp(root: Path = ROOT) -> object:
    """Return what compares unequal when something may have changed. Four looks at the disk."""
    return tuple(_stamp(one) for path, _ in _places(root) for one in (path.parent, path))


def _places(root: Path) -> tuple[tuple[Path, Scope], ...]:
    name = f"{DOMAIN}.plist"
    return (root / name, Scope.MACHINE), (root / _user() / name, Scope.USER)


def _user() -> str:
    """Return the name of this user as the system has it; what the environment says is ignored."""
    if sys.platform == "win32":
        return ""
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a user without an entry has no preferences either
        return "."


def _stamp(path: Path) -> tuple[int, ...] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    times = found.st_mtime_ns, found.st_ctime_ns
    return (found.st_ino, found.st_size, *times, found.st_mode, found.st_uid)


def _documents(path: Path, scope: Scope, owner: int) -> Iterable[Document]:
    name = str(path)
    try:
        data = _bytes(path, owner)
        if data is None:
            return
        given = _parsed(data, name)
    except Insecure as reason:
        yield Document(name, Level.MANDATORY, scope, status=Status.INSECURE, why=reason.why)
    except Refusal as reason:
        yield Document(name, Level.MANDATORY, scope, status=Status.UNREADABLE, why=reason.why)
    else:
        recommended, bounds = given.pop(RECOMMENDED, {}), given.pop(BOUNDS, {})
        yield Document(name, Level.MANDATORY, scope, from_names(given, bounds))
        if recommended:
            values = recommended if isinstance(recommended, dict) else {RECOMMENDED: recommended}
            yield Document(f"{name}/{RECOMMENDED}", Level.RECOMMENDED, scope, from_names(values))


def _bytes(path: Path, owner: int) -> bytes | None:
    """Return what stands in *path*; None where it is not there.

    Raises:
        Refusal: It cannot be read, or must not be.
    """
    try:
        for one in (path.parent, path):
            _see_that_secure(one, owner)
        if not stat.S_ISREG(path.lstat().st_mode):
            raise Refusal(said(N_("{path} is not a file"), path=path))
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
    except (FileNotFoundError, NotADirectoryError):
        return None
    except OSError as error:
        sentence = N_("{path} cannot be read: {reason}")
        reason = error.strerror or error
        raise Refusal(said(sentence, path=path, reason=reason)) from error
    if len(data) > _MOST_BYTES:
        sentence = N_("{path} is larger than {most} kB, so it cannot be what it should be")
        raise Refusal(said(sentence, path=path, most=_MOST_BYTES // 1024))
    return data


def _see_that_secure(path: Path, owner: int) -> None:
    found = path.lstat()
    if found.st_uid != owner:
        raise Insecure(said(N_("{path} does not belong to root, so it does not count"), path=path))
    if not stat.S_ISLNK(found.st_mode) and found.st_mode & _OTHERS_WRITE:
        sentence = N_("{path} can be written by others than root, so it does not count")
        raise Insecure(said(sentence, path=path))


def _parsed(data: bytes, name: str) -> dict[str, object]:
    """Return the dictionary in a property list.

    Raises:
        Refusal: It is none.
    """
    import plistlib  # loads a parser of XML, which on other systems nobody needs
    from xml.parsers.expat import ExpatError

    try:
        found = plistlib.loads(data)
    except (
        ExpatError,
        plistlib.InvalidFileException,
        AttributeError,  # what plistlib itself stumbles over, in XML that is no property list
        LookupError,
        OverflowError,
        RecursionError,
        TypeError,
        ValueError,
    ):
        found = None
    if not isinstance(found, dict) or not _is_plain(found):
        raise Refusal(said(N_("{path} is no property list"), path=name))
    return found


def _is_plain(found: object) -> bool:
    """Whether the names in it are texts, and its parts no more and no deeper than a policy has.

    In a binary property list a name may be a number, and a part may hold itself or be in many
    places at once, so that a small file has more parts than any memory.
    """
    parts, count = [(found, 0)], 0
    while parts:
        part, depth = parts.pop()
        if not isinstance(part, dict | list):
            continue
        count += len(part)
        if count > _MOST_PARTS or depth > _DEEPEST:
            return False
        if isinstance(part, dict) and not all(isinstance(name, str) for name in part):
            return False
        inside = part.values() if isinstance(part, dict) else part
        parts += [(one, depth + 1) for one in inside]
    return True
