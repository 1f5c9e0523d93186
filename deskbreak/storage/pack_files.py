"""Folders of packs that are not built in: which files are read, with limits, and why others are not.

A pack may come from anywhere. So no link and no pipe is opened, nothing is read without bounds, and
no name is more than the name of a file in its folder. Nothing is ever written here.
"""

from __future__ import annotations

import os
from dataclasses import field
from itertools import islice
from typing import TYPE_CHECKING, Final

from deskbreak.core.checks import brief
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, Refusal, said
from deskbreak.storage.textfile import BOM, UNREADABLE, Withheld, decoded, read_bytes
from deskbreak.storage.toml_text import see_that_quick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from deskbreak.core.words import Said

    SeeThatSecure = Callable[[Path], None]

# All of these are our own choice: a prompt has 1 kB, and what is read here is parsed by the agent,
# which pauses after each file: 256 kB of sound prompts take 60 ms, and nothing but numbers 230 ms.
MOST_BYTES: Final = 256 * 1024  # of one file
MOST_FILES: Final = 50
MOST_TOGETHER: Final = 1024 * 1024  # bytes of all files that are read of one folder
_MOST_ENTRIES: Final = 1000
_ENDING: Final = ".toml"


@quick_dataclass(frozen=True, slots=True)
class Looked:
    """What was read of a folder: texts by the names of their files, and why others were not.

    ``names`` are those of all packs in it, read or not.
    """

    names: tuple[str, ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    problems: tuple[Said, ...] = ()


def look_into(
    folder: Path,
    chosen: Callable[[Sequence[str]], Iterable[str]],
    see_that_secure: SeeThatSecure | None = None,
) -> Looked:
    """Read those files of *folder* that *chosen* picks of all names; no folder is an empty one.

    With *see_that_secure*, which raises what is wrong, only what passes it. Never raises.
    """
    try:
        names = _names(folder)
        if see_that_secure is not None:
            see_that_secure(folder)
    except (FileNotFoundError, NotADirectoryError):
        return Looked()
    except OSError as error:
        return Looked(problems=(_unread(folder, error),))
    except Refusal as refusal:
        return Looked(problems=(refusal.why,))
    texts: dict[str, str] = {}
    problems: list[Said] = []
    left = MOST_TOGETHER
    wanted = sorted(chosen(names))
    for name in wanted[:MOST_FILES]:
        try:
            data = _data(folder / name, see_that_secure, left)
            texts[name] = _text(data, str(folder / name))
            left -= len(data)
        except Refusal as refusal:
            problems.append(refusal.why)
    if len(wanted) > MOST_FILES:
        sentence = N_("{path} has more than {most} packs; the others are not read")
        problems.append(said(sentence, path=folder, most=MOST_FILES))
    return Looked(tuple(names), texts, tuple(problems))


def text_of(path: Path) -> str:
    """Return what is in one file, which somebody has named, with the same limits.

    Raises:
        Refusal: It is not there, too large, or cannot be read.
    """
    data = read_bytes(path, MOST_BYTES)
    if data is None:
        raise Refusal(said(N_("{path} is not there"), path=path))
    return _text(data, str(path))


def is_given(path: Path) -> bool:
    """Whether a file or a folder can be read now."""
    try:
        if path.is_dir():
            _names(path)
        else:
            read_bytes(path, MOST_BYTES)
    except (OSError, Withheld):
        return False
    except Refusal:
        pass  # it can, and is wrong in another way
    return True


def stamp(folder: Path) -> object:
    """Return what is another value when something in *folder* may have changed; a look at each."""
    try:
        paths = [folder, *(folder / name for name in _names(folder))]
    except (OSError, Refusal) as why:
        return type(why), _stamp(folder)
    return tuple(_stamp(path) for path in paths)


def _stamp(path: Path) -> tuple[str, int, int, int, int, int, int] | None:
    try:
        found = path.lstat()
    except OSError:
        return None
    times = found.st_mtime_ns, found.st_ctime_ns
    return path.name, found.st_ino, found.st_size, *times, found.st_mode, found.st_uid


def _names(folder: Path) -> list[str]:
    """Return the names of packs in order; one that begins with a dot is being written.

    Raises:
        Refusal: There is too much in the folder to be looked through.
        OSError: It cannot be read.
    """
    with os.scandir(folder) as entries:
        names = [entry.name for entry in islice(entries, _MOST_ENTRIES + 1)]
    if len(names) > _MOST_ENTRIES:
        sentence = N_("{path} has more than {most} files, so no pack in it is read")
        raise Refusal(said(sentence, path=folder, most=_MOST_ENTRIES))
    return sorted(name for name in names if name.endswith(_ENDING) and name[0] != ".")


def _data(path: Path, see_that_secure: SeeThatSecure | None, left: int) -> bytes:
    """Return what is in a file, if it may be read.

    Raises:
        Refusal: It may not, or cannot.
    """
    if not path.name.isprintable():
        sentence = N_("{path} has characters in its name that cannot be shown, so it is not read")
        raise Refusal(said(sentence, path=brief(str(path))))
    try:
        # What it leads to could be a file of the person that is none of a pack's business.
        if path.is_symlink():
            raise Refusal(said(N_("{path} is a link, so it is not read; copy the file"), path=path))
        if see_that_secure is not None:
            see_that_secure(path)
    except OSError as error:
        raise Refusal(_unread(path, error)) from error
    data = read_bytes(path, MOST_BYTES)
    if data is None:  # it went while we looked
        raise Refusal(said(N_("{path} is not there"), path=path))
    if len(data) > left:
        sentence = N_(
            "{path} is not read: together the packs of its folder have more than {most} kB"
        )
        raise Refusal(said(sentence, path=path, most=MOST_TOGETHER // 1024))
    return data


def _text(data: bytes, name: str) -> str:
    text = decoded(data, name).removeprefix(BOM)
    see_that_quick(text, name)
    return text


def _unread(path: Path, error: OSError) -> Said:
    return said(UNREADABLE, path=path, reason=error.strerror or str(error))
