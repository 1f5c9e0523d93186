"""The door on Linux and macOS: a Unix socket that asks who is at the other end, and a lock."""

from __future__ import annotations

import contextlib
import fcntl
import os
import socket
import stat
import struct
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, said
from deskbreak.door.arrivals import SAYS_WITHIN_S, Arrivals

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

assert sys.platform != "win32"  # the type checker, too, looks for pipes there

_LOOK_S: Final = 0.02
_CLAIMS: Final = 10
"""Who looks whether somebody holds the lock holds it himself for an instant; so look twice."""
_LONGEST_PATH: Final = 100
"""Bytes; a socket's path may have 107, or 103. Source: unix(7) of Linux and of macOS, sun_path."""
_SOL_LOCAL, _LOCAL_PEERCRED = 0, 1
_XUCRED: Final = struct.Struct("IIhxx16I")
"""Version, account, number of groups, groups. Source: sys/un.h and sys/ucred.h of macOS."""
_XUCRED_VERSION: Final = 0


class Peer:
    """Who is at the other end of a socket."""

    def __init__(self, connected: socket.socket, timeout_s: float, came: bytes = b"") -> None:
        """Take over *connected*, from which *came* was read; wait so long for each part."""
        connected.settimeout(timeout_s)
        self._socket = connected
        self._came = came

    def read(self) -> bytes:
        """Return some of what came."""
        came, self._came = self._came, b""
        return came or self._socket.recv(65_536)

    def write(self, data: bytes) -> None:
        """Send all of *data*."""
        self._socket.sendall(data)

    def close(self) -> None:
        """Let go."""
        self._socket.close()


class Entrance:
    """The agent's side: the lock makes it the one, the socket lets commands in."""

    def __init__(self, folder: Path) -> None:
        """Use *folder* (it exists, 0700)."""
        self._folder = folder
        self._path = folder / "door"
        self._lock: int | None = None
        self._socket: socket.socket | None = None
        self._made: tuple[int, int] | None = None
        self._end: tuple[int, int] | None = None

    def claim(self) -> bool:
        """Take the lock, and make the socket; False if another agent has them.

        Raises:
            Refusal: The folder is not ours, or they cannot be made in it.
        """
        _check_ours(self._folder)
        lock = self._folder / "lock"
        try:
            self._lock = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        except OSError as error:
            raise _not_made(lock, error) from error
        for _ in range(_CLAIMS):
            try:
                fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOOK_S)
            else:
                self._bind()
                return True
        self.close()
        return False

    def _bind(self) -> None:
        """Make the socket, in place of one that a killed agent left."""
        made = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            self._path.unlink(missing_ok=True)
            with _short(self._folder) as path:
                made.bind(path)
            self._made = _file(self._path)
            made.listen(8)
            self._end = os.pipe()
            self._socket = made
        except OSError as error:
            raise _not_made(self._path, error) from error
        finally:
            os.umask(before)
            if self._socket is None:
                made.close()
                self.close()

    def peers(self) -> Iterator[Peer]:
        """Return whoever of this account says something, one after the other, until `stop`."""
        assert self._socket is not None
        assert self._end is not None
        # At once, and not when the first is asked for: what is missing then is missed at the start.
        arrivals = Arrivals(self._socket, self._end[0], _is_ours)
        return (
            Peer(arrival.socket, SAYS_WITHIN_S, bytes(arrival.said)) for arrival in arrivals.heard()
        )

    def stands(self) -> bool:
        """Whether commands and other agents still find lock and socket in the folder."""
        if self._lock is None:
            return False
        held = os.fstat(self._lock)
        lock = _file(self._folder / "lock")
        return (held.st_dev, held.st_ino) == lock and self._made == _file(self._path) is not None

    def stop(self) -> None:
        """Let nobody in any more: `peers` ends."""
        if self._socket is not None and self._end is not None:
            os.write(self._end[1], b".")
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            # Where the folder was tidied away meanwhile, another agent may have its own there.
            if self._made == _file(self._path):
                self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of socket and lock."""
        if self._socket is not None:
            self._socket.close()
            self._socket = None
        for descriptor in (*(self._end or ()), self._lock):
            if descriptor is not None:
                os.close(descriptor)
        self._end = self._lock = None


def _file(path: Path) -> tuple[int, int] | None:
    """Return what tells the file of that name from a later one; None where there is none."""
    try:
        found = path.lstat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _is_ours(peer: socket.socket) -> bool:
    """Whether the kernel says that this account is at the other end."""
    try:
        return _account(peer) == os.getuid()
    except OSError:
        return False  # gone already


def is_running(folder: Path) -> bool:
    """Whether an agent has the lock."""
    try:
        lock = os.open(folder / "lock", os.O_RDWR | os.O_NOFOLLOW)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    else:
        return False
    finally:
        os.close(lock)


@contextmanager
def held(folder: Path) -> Iterator[bool]:
    """Keep *folder* itself locked meanwhile; False where another process does so.

    A disk that locks no folders, as NFS, keeps nobody out; nor does a folder that is not there.
    """
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    except OSError:
        yield True
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = True
    except BlockingIOError:
        is_ours = False
    except OSError:
        is_ours = True
    try:
        yield is_ours
    finally:
        os.close(descriptor)


def reach(folder: Path, timeout_s: float) -> Peer | None:
    """Connect to the agent behind *folder*, if there is one; who has just started needs a moment.

    Raises:
        Refusal: Folder or socket are not ours.
        OSError: It does not let us in.
    """
    for looks_left in range(int(timeout_s / _LOOK_S), -1, -1):
        try:
            return Peer(_connected(folder, timeout_s), timeout_s)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            if not looks_left or not is_running(folder):
                break
        except BlockingIOError:  # as many as may wait do so already
            if not looks_left:
                raise
        time.sleep(_LOOK_S)
    return None


def _connected(folder: Path, timeout_s: float) -> socket.socket:
    _check_ours(folder)
    _check_ours(folder / "door")
    # A new one each time: what has failed to connect once is of no use on macOS.
    agent = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        agent.settimeout(timeout_s)
        with _short(folder) as path:
            agent.connect(path)
    except BaseException:
        agent.close()
        raise
    return agent


def _check_ours(path: Path) -> None:
    """Refuse a folder or socket that another account could have put there."""
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.getuid():
        raise Refusal(
            said(N_("{path} does not belong to you; deskbreak does not use it"), path=path),
            said(N_("Remove it, or log out and in again.")),
        )


def _not_made(path: Path, error: OSError) -> Refusal:
    sentence = N_("{path} cannot be written: {reason}")
    return Refusal(said(sentence, path=path, reason=error.strerror or error))


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """Lend a path of the socket in *folder* that is short enough, however long the folder's is."""
    path = folder / "door"
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    if sys.platform != "linux":
        raise Refusal(
            said(N_("{path} is too long for a socket"), path=path),
            said(N_("Let TMPDIR name a folder with a shorter path.")),
        )
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield f"/proc/self/fd/{descriptor}/door"
    finally:
        os.close(descriptor)


def _linux_account(peer: socket.socket) -> int:
    """Return the account at the other end. Source: unix(7), SO_PEERCRED."""
    if sys.platform != "linux":
        raise OSError(peer)
    raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", raw)
    return int(uid)


def _macos_account(peer: socket.socket) -> int:
    """Return the account at the other end. Source: unix(4) of macOS, LOCAL_PEERCRED.

    Raises:
        OSError: It is gone, or the answer is not what we know.
    """
    raw = _xucred(peer)
    if len(raw) != _XUCRED.size or _XUCRED.unpack(raw)[0] != _XUCRED_VERSION:
        message = f"LOCAL_PEERCRED answers with {len(raw)} bytes that are no xucred"
        raise OSError(message)
    return int(_XUCRED.unpack(raw)[1])


def _xucred(peer: socket.socket) -> bytes:
    return peer.getsockopt(_SOL_LOCAL, _LOCAL_PEERCRED, _XUCRED.size)


_account = _macos_account if sys.platform == "darwin" else _linux_account
