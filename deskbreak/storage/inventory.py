"""What deskbreak has written for this user: which files, how large, and who can read them."""

from __future__ import annotations

import os
import stat
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core.privacy import Kept, Privacy
from deskbreak.core.words import Refusal
from deskbreak.storage import autostart, launcher, place
from deskbreak.storage.lastgood import copy_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path, PurePath

    from deskbreak.core.settings import Resolved
    from deskbreak.storage.files import Places

_NAMED_WHERE_THEY_ARE: Final = ("copies", "packs", "policy", "runtime")
_OTHERS_READ: Final = stat.S_IRGRP | stat.S_IROTH
_OTHERS_ENTER: Final = stat.S_IXGRP | stat.S_IXOTH


@dataclass(frozen=True, slots=True)
class Stored:
    """One kind of what is kept, by a name that stays, and the files that hold it."""

    name: str
    path: PurePath
    """Where it is, or will be: a file, or the folder of several."""
    files: tuple[Path, ...] = ()  # those that are there
    size: int = 0  # bytes of all of them
    readable: tuple[Path, ...] = ()  # by other accounts than this and the administrator's


def stored(places: Places) -> tuple[Stored, ...]:
    """Look at everything that deskbreak writes for this user. Never raises."""
    history, log = places.history, places.log
    ends = ("", *place.LOGS, place.STATE)
    main = (place.beside(history, ending) for ending in ends)
    copies = (path for path in _inside(history.parent) if path.name.startswith(f"{history.name}."))
    older = log.with_name(f"{log.name}.1")
    lock = places.settings.with_name(f"{places.settings.name}.lock")
    return (
        _looked("history", history, main),
        _looked("copies", history.parent, copies),
        _looked("settings", places.settings, (places.settings, lock, copy_of(places.settings))),
        _looked("packs", places.packs, _inside(places.packs)),
        _looked("log", log, (log, older)),
        _looked("policy", places.policy_copy, (places.policy_copy,)),
        _looked("runtime", places.runtime, _within(places.runtime)),
        *_entries(),
    )


def network(places: Places) -> str | None:
    """Return the name of the network file system on which the history lies, if it does."""
    return place.network(places.history)


def _looked(name: str, path: Path, files: Iterable[Path]) -> Stored:
    found: list[Path] = []
    readable: list[Path] = []
    size = 0
    for file in files:
        with suppress(OSError):
            status = file.stat()
            found.append(file)
            size += status.st_size
            if _is_open(status) and _is_reached(file):
                readable.append(file)
    return Stored(name, path, tuple(found), size, tuple(readable))


def _is_open(status: os.stat_result) -> bool:
    """Whether others may read it, and that is for this user to end: no link to what is for many."""
    if sys.platform == "win32":
        return False
    return bool(status.st_mode & _OTHERS_READ) and status.st_uid == os.getuid()


def _is_reached(file: Path) -> bool:
    """Whether others get as far as *file*: into each folder on the way to it."""
    return all(
        folder.stat().st_mode & _OTHERS_ENTER for folder in file.absolute().resolve().parents
    )


def _inside(folder: Path) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.is_file())
    except OSError:
        return []


def _within(folder: Path) -> Iterator[Path]:
    for where, _, names in os.walk(folder):
        yield from (folder.joinpath(where, name) for name in sorted(names))


def _entries() -> Iterator[Stored]:
    """Yield what stands in the desktop for us, written for this user."""
    with suppress(Refusal):
        login = autostart.state()
        if login.path is not None and not login.is_system:
            yield Stored("login", login.path)
    with suppress(Refusal):
        menu = launcher.state()
        if menu.path is not None and menu.is_ours and not menu.is_system:
            yield _looked("menu", menu.path, (menu.path,))


def told(places: Places, resolved: Resolved) -> Privacy:
    """Return what there is to tell of what is kept, in words of `deskbreak.core.privacy`."""
    kept = [
        Kept(
            one.name,
            str(one.path),
            tuple(map(str, one.files)),
            one.size,
            tuple(map(str, one.readable)),
        )
        for one in stored(places)
        if one.files or one.name not in _NAMED_WHERE_THEY_ARE
    ]
    return Privacy(
        kept,
        resolved.whole("history.keep_days"),
        resolved.origins["history.keep_days"],
        network(places),
        roams=sys.platform == "win32",
    )
