"""The door on Windows: a named pipe for our own SID alone, and a named mutex that is the claim.

Everybody on a computer shares one space of names, several people on a terminal server too. So the
names say whose they are, and that they are in the right hands is looked at before they are used.
"""

from __future__ import annotations

import os
import time
import zlib
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.door import win32

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_PEER_WAITS_S: Final = 2.0
_LOOK_S: Final = 0.02
_CLAIMS: Final = 10
"""Who looks whether the mutex is there keeps it there for an instant; so look twice."""


def _name(folder: Path) -> str:
    """Name the agent of this account that has its files there."""
    place = os.path.normcase(os.path.abspath(folder))  # noqa: PTH100 - resolve() asks the disk
    return f"deskbreak-{win32.own_sid()}-{zlib.crc32(place.encode()):08x}"


def _mutex_of(name: str) -> str:
    # For all sessions of an account, because they share one history.
    return rf"Global\{name}"


def _pipe_of(name: str) -> str:
    return rf"\\.\pipe\{name}"


def _ours_alone() -> str:
    """Describe an object of ours that nobody else may touch.

    Without the owner, those of an administrator would belong to all administrators.
    Source: Security Descriptor String Format, Microsoft Win32 reference.
    """
    sid = win32.own_sid()
    return f"O:{sid}D:P(A;;GA;;;{sid})"


def _taken(path: str) -> Refusal:
    return Refusal(
        said(N_("{path} does not belong to you; deskbreak does not use it"), path=path),
        said(N_("Ask who looks after this computer which program has it.")),
    )


class Peer:
    """The agent, as a command sees it."""

    def __init__(self, pipe: int, timeout_s: float) -> None:
        """Wait so long for each part."""
        self._pipe = pipe
        self._timeout_s = timeout_s

    def read(self) -> bytes:
        """Return some of what came."""
        return win32.read(self._pipe, self._timeout_s)

    def write(self, data: bytes) -> None:
        """Send all of *data*."""
        win32.write(self._pipe, data, self._timeout_s)

    def close(self) -> None:
        """Let go."""
        win32.close(self._pipe)


class _Caller:
    """A command, as the agent sees it."""

    def __init__(self, pipe: int) -> None:
        self._pipe = pipe

    def read(self) -> bytes:
        """Return some of what came."""
        return win32.read(self._pipe, _PEER_WAITS_S)

    def write(self, data: bytes) -> None:
        """Send all of *data*, and wait until it has been read: then the other end is closed."""
        win32.write(self._pipe, data, _PEER_WAITS_S)
        with suppress(OSError):
            win32.read(self._pipe, _PEER_WAITS_S)

    def close(self) -> None:
        """Send them away."""
        win32.disconnect(self._pipe)


class Entrance:
    """The agent's side: the mutex makes it the one, the pipe lets commands in."""

    def __init__(self, folder: Path) -> None:
        """Be the entrance to the agent whose files are in *folder*."""
        self._name = _name(folder)
        self._mutex: int | None = None
        self._pipe: int | None = None
        self._stop: int | None = None

    def claim(self) -> bool:
        """Take the mutex and the pipe's name; False if another agent has them.

        Raises:
            Refusal: They are in the hands of somebody else.
        """
        for _ in range(_CLAIMS):
            mutex, was_there = _own_mutex(self._name)
            if not was_there:
                self._mutex = mutex
                self._pipe = self._first_pipe()
                self._stop = win32.create_event()
                return True
            win32.close(mutex)
            time.sleep(_LOOK_S)
        return False

    def _first_pipe(self) -> int:
        """Make the pipe; that of an agent that ends just now may still be there for a moment."""
        path = _pipe_of(self._name)
        for looks_left in range(_CLAIMS, -1, -1):
            try:
                return win32.create_pipe(path, _ours_alone())
            except OSError as error:
                if not looks_left:
                    self.close()
                    raise _taken(path) from error
                time.sleep(_LOOK_S)
        raise AssertionError

    def peers(self) -> Iterator[_Caller]:
        """Yield whoever connects, one after the other, until `stop`; the system lets us alone in."""
        assert self._pipe is not None
        assert self._stop is not None
        while win32.is_connected(self._pipe, self._stop):
            yield _Caller(self._pipe)

    def stands(self) -> bool:
        """Whether others still find us: the system keeps mutex and pipe, and nobody can remove them."""
        return self._mutex is not None

    def stop(self) -> None:
        """Let nobody in any more: `peers` ends."""
        if self._pipe is not None and self._stop is not None:
            win32.set_event(self._stop)
            win32.cancel(self._pipe)

    def close(self) -> None:
        """Let go of pipe and mutex."""
        for handle in (self._pipe, self._stop, self._mutex):
            if handle is not None:
                win32.close(handle)
        self._pipe = self._stop = self._mutex = None


def _own_mutex(name: str) -> tuple[int, bool]:
    """Make or open the mutex; return it, and whether an agent had it.

    Raises:
        Refusal: It belongs to somebody else.
    """
    path = _mutex_of(name)
    try:
        mutex, was_there = win32.create_mutex(path, _ours_alone())
    except PermissionError as error:
        raise _taken(path) from error
    if was_there and not _is_ours(mutex):
        win32.close(mutex)
        raise _taken(path)
    return mutex, was_there


def _is_ours(handle: int) -> bool:
    try:
        return win32.owner(handle) == win32.own_sid()
    except OSError:
        return False


def is_running(folder: Path) -> bool:
    """Whether an agent has the mutex."""
    try:
        mutex = win32.open_mutex(_mutex_of(_name(folder)))
    except OSError:
        return False
    try:
        return _is_ours(mutex)
    finally:
        win32.close(mutex)


@contextmanager
def held(_folder: Path) -> Iterator[bool]:
    """Say that nobody else has the folder: all sessions of an account share one mutex."""
    yield True


def reach(folder: Path, timeout_s: float) -> Peer | None:
    """Connect to the agent of *folder*, if there is one; it speaks with one after the other.

    Raises:
        Refusal: The pipe belongs to somebody else.
        OSError: It does not let us in.
    """
    path = _pipe_of(_name(folder))
    for looks_left in range(int(timeout_s / _LOOK_S), -1, -1):
        try:
            pipe = win32.open_pipe(path)
        except (BlockingIOError, FileNotFoundError) as error:
            if isinstance(error, FileNotFoundError) and not is_running(folder):
                return None
            if not looks_left:
                raise
            time.sleep(_LOOK_S)
        except PermissionError as error:
            raise _taken(path) from error
        else:
            if _is_ours(pipe):
                return Peer(pipe, timeout_s)
            win32.close(pipe)
            raise _taken(path)
    return None
