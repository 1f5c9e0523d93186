"""What happens to files and in folders, as the kernel tells it.

Source: inotify(7).
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import struct
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from deskbreak.platforms.linux.watcher import Watcher

    OnEvent = Callable[[str], None]
    """Takes the name within the folder that was watched; empty where that itself is meant."""

OPEN: Final = 0x020
CLOSE: Final = 0x008 | 0x010  # one that was open for writing, or for reading
CREATE: Final = 0x100
DELETE: Final = 0x200
ATTRIBUTES: Final = 0x004
MOVED_TO: Final = 0x080
MOVED_FROM: Final = 0x040
MODIFY: Final = 0x002
_APPEARS: Final = CREATE | MOVED_TO
_ANYTHING: Final = _APPEARS | DELETE | MOVED_FROM | MODIFY | ATTRIBUTES
_ONLY_FOLDER: Final = 0x0100_0000
_OVERFLOW: Final = 0x4000
_IGNORED: Final = 0x8000  # the watch is gone, with what it watched
_PENDING_S: Final = 0.5
"""What happens again so soon is told once. Our own choice: two wake-ups a second are allowed."""
_HEAD: Final = struct.Struct("iIII")  # watch, mask, cookie, length of the name


class Inotify:
    """Watches on files and folders; everything on the thread of its watcher."""

    def __init__(self, watcher: Watcher) -> None:
        """Open, with nothing watched.

        Raises:
            Unavailable: The kernel allows no more of them.
        """
        self._watcher = watcher
        self._libc = ctypes.CDLL(None, use_errno=True)
        self._handlers: dict[int, OnEvent] = {}
        self._fd = self._libc.inotify_init1(os.O_NONBLOCK | os.O_CLOEXEC)
        if self._fd < 0:
            raise _refusal()
        watcher.listen(self._fd, self._read)

    def watch(self, path: Path, mask: int, happened: OnEvent) -> int | None:
        """Call *happened* when one of *mask* happens to *path*; None where that is not there.

        Raises:
            Unavailable: The kernel allows no more watches.
        """
        found = self._libc.inotify_add_watch(self._fd, os.fsencode(path), ctypes.c_uint32(mask))
        if found >= 0:
            self._handlers[found] = happened
            return int(found)
        if ctypes.get_errno() in (errno.ENOSPC, errno.ENOMEM):
            raise _refusal()
        return None

    def unwatch(self, number: int | None) -> None:
        """Hear no more of what `watch` returned *number* for."""
        if number is not None and self._handlers.pop(number, None) is not None:
            self._libc.inotify_rm_watch(self._fd, number)

    def close(self) -> None:
        """Let go of everything."""
        self._watcher.forget(self._fd)
        os.close(self._fd)

    def _read(self) -> None:
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self._fd, 65_536)
        at = 0
        while at < len(data):
            number, mask, _, length = _HEAD.unpack_from(data, at)
            at += _HEAD.size + length
            name = os.fsdecode(data[at - length : at].rstrip(b"\0"))
            if mask & _OVERFLOW:
                for handler in list(self._handlers.values()):
                    handler("")
            elif mask & _IGNORED:
                gone = self._handlers.pop(number, None)
                if gone is not None:
                    gone("")
            elif number in self._handlers:
                self._handlers[number](name)


class Doorstep:
    """Waits for something to appear at a path, or to appear anew, as a server's socket does.

    Where its folder is not there yet, the nearest one that is there is watched for it.
    """

    def __init__(self, watcher: Watcher, path: Path, appeared: Callable[[], None]) -> None:
        """Begin to wait; *appeared* is called on the watcher's thread.

        Raises:
            Unavailable: The kernel allows no more watches.
        """
        self._path = path
        self._appeared = appeared
        self._inotify = Inotify(watcher)
        self._number: int | None = None
        self._follow()

    def close(self) -> None:
        """Wait no more."""
        self._inotify.close()

    def _follow(self) -> None:
        """Watch the folder nearest to the path that is there now."""
        for folder in self._path.parents:
            number = self._inotify.watch(folder, _APPEARS | _ONLY_FOLDER, self._happened)
            if number is not None:
                if self._number not in (None, number):
                    self._inotify.unwatch(self._number)
                self._number = number
                return

    def _happened(self, name: str) -> None:
        wanted = {self._path.name, *(folder.name for folder in self._path.parents)}
        if not name or name in wanted:
            self._follow()
            if self._path.exists():
                self._appeared()


class Changes:
    """Tells that something happens to files, or in folders, whether or not they are there yet.

    Where one is a link, what it leads to is watched as well.
    """

    def __init__(
        self, watcher: Watcher, paths: Sequence[Path], changed: Callable[[], None]
    ) -> None:
        """Begin; *changed* is called on the watcher's thread, at most twice a second.

        Raises:
            Unavailable: The kernel allows no more watches.
        """
        self._watcher = watcher
        self._paths = paths
        self._changed = changed
        self._is_pending = False
        self._inotify = Inotify(watcher)
        self._numbers: set[int] = set()
        self._follow()

    def close(self) -> None:
        """Tell nothing any more."""
        self._changed = lambda: None
        self._inotify.close()

    def _follow(self) -> None:
        """Watch the folder of each path, or the nearest one to it that is there now."""
        before, self._numbers = self._numbers, set()
        for folder, (mask, names) in _watched(self._paths).items():
            happened = partial(self._happened, names)
            number = self._inotify.watch(folder, mask | _ONLY_FOLDER, happened)
            if number is not None:
                self._numbers.add(number)
        for number in before - self._numbers:
            self._inotify.unwatch(number)

    def _happened(self, names: frozenset[str], name: str) -> None:
        if name and names and name not in names:
            return
        self._follow()
        if not self._is_pending:
            self._is_pending = True
            self._watcher.later(_PENDING_S, self._tell)

    def _tell(self) -> None:
        self._is_pending = False
        self._changed()


def _watched(paths: Iterable[Path]) -> dict[Path, tuple[int, frozenset[str]]]:
    """Return for each folder to watch what may happen there, and to which names (none: to any)."""
    found: dict[Path, tuple[int, frozenset[str]]] = {}
    for path in {each for one in paths for each in (one, Path(os.path.realpath(one)))}:
        above = (path, *path.parents)
        folder = next(one for one in above if os.path.isdir(one))  # noqa: PTH112 - raises nothing
        # In a folder that only leads there other programs are at work.
        mask = _ANYTHING if folder in {path, path.parent} else _APPEARS
        names = frozenset(path.relative_to(folder).parts[:1])
        if folder in found:
            other_mask, others = found[folder]
            mask, names = mask | other_mask, names | others if names and others else frozenset()
        found[folder] = mask, names
    return found


def _refusal() -> Unavailable:
    return Unavailable(said(N_("the kernel allows no more watches on files")))
