"""The door: commands reach the running agent here, and only one agent can hold it.

A Unix stream socket (0600) in our own folder (0700), one line of JSON each way; never pickle.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import socket
import stat
import struct
import sys
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from deskbreak import __version__
from deskbreak.core.model import Command
from deskbreak.core.words import N_, Refusal, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

_log: Final = logging.getLogger(__name__)
_LONGEST_REQUEST: Final = 65_536
_LONGEST_REPLY: Final = 16 * 1024 * 1024
_LISTENER_WAITS_S: Final = 2.0
_ELSEWHERE: Final = said(N_("deskbreak runs on Linux so far"))
ANSWER_WITHIN_S: Final = 5.0
_LOOK_S: Final = 0.02
_CLAIMS: Final = 10
"""Who looks whether somebody holds the lock holds it himself for an instant; so look twice."""
_LONGEST_PATH: Final = 100
"""Bytes; a socket's path may have 107. Source: unix(7), sun_path."""


class NotRunning(Exception):  # noqa: N818 - it reads as a statement
    """No agent holds the door."""


def _check_ours(path: Path) -> None:
    """Refuse a folder or socket that another account could have put there."""
    if sys.platform == "win32":
        raise Refusal(_ELSEWHERE)
    status = path.lstat()
    if stat.S_ISLNK(status.st_mode) or status.st_uid != os.getuid():
        raise Refusal(
            said(N_("{path} does not belong to you; deskbreak does not use it"), path=path),
            said(N_("Remove it, or log out and in again.")),
        )


class Door:
    """The agent's side."""

    def __init__(self, folder: Path) -> None:
        """Use *folder* (it exists, 0700)."""
        self._folder = folder
        self._path = folder / "door"
        self._lock: int | None = None
        self._socket: socket.socket | None = None

    def claim(self) -> bool:
        """Become the one agent; False if another one runs.

        The kernel frees the lock with the process, so a killed agent blocks nobody.

        Raises:
            Refusal: The folder is not ours.
        """
        if sys.platform == "win32":
            raise Refusal(_ELSEWHERE)
        import fcntl

        _check_ours(self._folder)
        lock = os.open(self._folder / "lock", os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)
        for _ in range(_CLAIMS):
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                time.sleep(_LOOK_S)
            else:
                self._lock = lock
                return True
        os.close(lock)
        return False

    def open(self, answer: Callable[[Command], dict[str, Any]]) -> None:
        """Answer commands on a thread of our own, until `close`."""
        if sys.platform == "win32":
            raise Refusal(_ELSEWHERE)
        with contextlib.suppress(FileNotFoundError):
            self._path.unlink()
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        before = os.umask(0o177)
        try:
            with _short(self._folder) as path:
                self._socket.bind(path)
        finally:
            os.umask(before)
        self._socket.listen(8)
        listener = threading.Thread(target=self._listen, args=(answer,), name="door", daemon=True)
        listener.start()

    def _listen(self, answer: Callable[[Command], dict[str, Any]]) -> None:
        assert self._socket is not None
        while True:
            try:
                peer, _ = self._socket.accept()
            except OSError:
                return  # closed
            try:
                with peer:
                    self._serve(peer, answer)
            except (OSError, ValueError, RecursionError) as error:
                _log.info("A command was not understood: %s", error)

    def _serve(self, peer: socket.socket, answer: Callable[[Command], dict[str, Any]]) -> None:
        if sys.platform == "win32":
            raise Refusal(_ELSEWHERE)
        peer.settimeout(_LISTENER_WAITS_S)
        if _peer_uid(peer) != os.getuid():
            return
        asked = json.loads(_line(peer, _LONGEST_REQUEST))
        if not isinstance(asked, dict):
            raise ValueError(asked)  # noqa: TRY004 - one kind of error for all that is not understood
        name, argument = asked.get("command"), asked.get("argument", "")
        if not isinstance(name, str) or not isinstance(argument, str):
            raise ValueError(asked)  # noqa: TRY004 - as above
        reply = {"version": __version__, **answer(Command(name, argument))}
        peer.sendall(json.dumps(reply).encode() + b"\n")

    def close(self) -> None:
        """Answer no more, and let the next agent in."""
        if self._socket is not None:
            # accept() in the other thread returns only when the socket is shut down.
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)
            self._socket.close()
            with contextlib.suppress(FileNotFoundError):
                self._path.unlink()
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None


def is_running(folder: Path) -> bool:
    """Whether an agent holds the door; asks the kernel, not the agent."""
    if sys.platform == "win32":
        raise Refusal(_ELSEWHERE)
    import fcntl

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


def ask(folder: Path, command: Command, timeout_s: float = ANSWER_WITHIN_S) -> dict[str, Any]:
    """Hand *command* to the running agent and return its answer.

    Raises:
        NotRunning: There is none.
        Refusal: It does not answer, or what answers is not ours.
    """
    if sys.platform == "win32":
        raise Refusal(_ELSEWHERE)
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as agent:
        agent.settimeout(timeout_s)
        _reach(agent, folder, timeout_s)
        try:
            request = {
                "version": __version__,
                "command": command.name,
                "argument": command.argument,
            }
            agent.sendall(json.dumps(request).encode() + b"\n")
            reply = json.loads(_line(agent, _LONGEST_REPLY))
        except (OSError, ValueError) as error:
            raise Refusal(
                said(N_("deskbreak runs but does not answer")),
                said(N_("Start it anew: deskbreak quit, then deskbreak run.")),
            ) from error
    return dict(reply)


def _reach(agent: socket.socket, folder: Path, timeout_s: float) -> None:
    """Connect to the agent behind *folder*; one that has just started may need a moment."""
    if sys.platform == "win32":
        raise Refusal(_ELSEWHERE)
    for looks_left in range(int(timeout_s / _LOOK_S), -1, -1):
        try:
            _check_ours(folder)
            _check_ours(folder / "door")
            with _short(folder) as path:
                agent.connect(path)
        except (FileNotFoundError, ConnectionRefusedError, NotADirectoryError):
            if not looks_left or not is_running(folder):
                raise NotRunning from None
            time.sleep(_LOOK_S)
        else:
            return


@contextmanager
def _short(folder: Path) -> Iterator[str]:
    """Lend a path of the socket in *folder* that is short enough, however long the folder's is."""
    path = folder / "door"
    if len(os.fsencode(path)) <= _LONGEST_PATH or sys.platform != "linux":
        yield str(path)
        return
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW)
    try:
        yield f"/proc/self/fd/{descriptor}/door"
    finally:
        os.close(descriptor)


def _line(peer: socket.socket, longest: int) -> bytes:
    data = bytearray()
    while not data.endswith(b"\n"):
        part = peer.recv(65_536)
        if not part or len(data) > longest:
            raise ValueError(bytes(data[:80]))
        data += part
    return bytes(data)


def _peer_uid(peer: socket.socket) -> int:
    """Return the account at the other end. Source: unix(7), SO_PEERCRED."""
    if sys.platform != "linux":
        raise Refusal(_ELSEWHERE)
    raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    _, uid, _ = struct.unpack("3i", raw)
    return int(uid)
