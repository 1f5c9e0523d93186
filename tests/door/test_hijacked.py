"""What somebody else may have put where the door belongs: it is refused, and nothing goes through it."""

from __future__ import annotations

import os
import socket
import stat
import sys
import threading
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Final

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has pipes instead", allow_module_level=True)

from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import Door, NotRunning, ask, is_running

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.board import Board

NOBODY: Final = 65_534
UMASKS: Final = (0o000, 0o002, 0o022, 0o027, 0o077, 0o177, 0o277, 0o777)
SECRET: Final = b"not ours to touch"


class Stranger:
    """A program that listens elsewhere, and whose socket or folder is put in our way."""

    def __init__(self, folder: Path) -> None:
        self.heard = b""
        self.folder = folder
        folder.mkdir(mode=0o700)
        self.file = folder / "file"
        self.file.write_bytes(SECRET)
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.bind(str(folder / "door"))
        self._socket.listen()
        self._thread = threading.Thread(target=self._listen)
        self._thread.start()

    def _listen(self) -> None:
        while True:
            try:
                came, _ = self._socket.accept()
            except OSError:
                return
            with came:
                came.settimeout(0.2)
                with suppress(OSError):
                    self.heard += came.recv(100)

    def close(self) -> None:
        """Listen no more."""
        with suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._thread.join()


@contextmanager
def stranger(folder: Path) -> Iterator[Stranger]:
    """Let one listen meanwhile."""
    made = Stranger(folder)
    try:
        yield made
    finally:
        made.close()


def _folder_of_somebody(path: Path, _: Stranger) -> None:
    path.mkdir(mode=0o777)
    os.chown(path, NOBODY, NOBODY)


def _socket_of_somebody(path: Path, _: Stranger) -> None:
    with socket.socket(socket.AF_UNIX) as made:
        made.bind(str(path))
    os.chown(path, NOBODY, NOBODY)


PLANTED: Final[dict[str, Callable[[Path, Stranger], object]]] = {
    "a link to their socket": lambda path, other: path.symlink_to(other.folder / "door"),
    "a link to their folder": lambda path, other: path.symlink_to(other.folder),
    "a link to a file": lambda path, other: path.symlink_to(other.file),
    "a link to nothing": lambda path, other: path.symlink_to(other.folder / "nothing"),
    "a link to itself": lambda path, _: path.symlink_to(path),
    "a pipe": lambda path, _: os.mkfifo(path),
    "a file": lambda path, _: path.write_bytes(SECRET),
    "a folder": lambda path, _: path.mkdir(),
    "a folder of somebody": _folder_of_somebody,
    "a socket of somebody": _socket_of_somebody,
    "another name of their file": lambda path, other: os.link(other.file, path),
    "a device": lambda path, _: os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3)),
}
CALLS: Final = ("claim", "ask", "is_running")


@pytest.mark.row("S05", "planted")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
@pytest.mark.parametrize("place", ["", "door", "lock"], ids=["folder", "door", "lock"])
def test_given_what_somebody_put_there_when_the_door_is_used_then_nothing_goes_through_it(
    tmp_path: Path, board: Board, place: str
) -> None:
    """Refused with words, or replaced where it is in a folder of ours; nobody waits, nobody hears."""
    tried, refused = 0, 0
    for number, (name, plant) in enumerate(PLANTED.items()):
        for call in CALLS:
            where = tmp_path / f"{number}-{call}"
            where.mkdir(mode=0o700)
            folder = where / "run"
            if place:
                folder.mkdir(mode=0o700)
            with stranger(where / "other") as other:
                plant(folder / place if place else folder, other)
                refused += _is_refused(call, folder)
                tried += 1

                assert (b"", SECRET) == (other.heard, other.file.read_bytes()), (name, call)
                assert ["door", "file"] == sorted(path.name for path in other.folder.iterdir())
    board.note(
        load=tried,
        faults=tried,
        figure=f"{place or 'folder'}: 0 of {tried} planted things let anything through, {refused} "
        f"refused, {tried - refused} replaced by ours",
    )

    assert tried == len(PLANTED) * len(CALLS)


def _is_refused(call: str, folder: Path) -> bool:
    """Use the door as *call* says; what is made is ours alone, and is let go."""
    if call == "is_running":
        return not is_running(folder)
    if call == "ask":
        with pytest.raises((NotRunning, Refusal)):
            ask(folder, Command("status"), 0.5)
        return True
    door = Door(folder)
    try:
        claimed = door.claim()
    except Refusal:
        return True
    assert claimed
    status = (folder / "door").lstat()
    assert (stat.S_IFSOCK | 0o600, os.getuid()) == (status.st_mode, status.st_uid)
    door.open(lambda _: {"ok": True})
    assert ask(folder, Command("status"))["ok"]
    door.close()
    return False


@pytest.mark.row("S05", "modes")
@pytest.mark.parametrize("umask", UMASKS, ids=oct)
def test_given_any_umask_when_the_door_is_there_then_it_is_ours_alone(
    folder: Path, board: Board, umask: int
) -> None:
    """Socket and lock, while it is open and while it is asked; the umask is as it was."""
    before = os.umask(umask)
    try:
        door = Door(folder)
        assert door.claim()
        door.open(lambda _: {"ok": True})
        assert ask(folder, Command("status"))["ok"]
        after = os.umask(umask)
    finally:
        os.umask(before)
    modes = {path.name: stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    door.close()
    board.note(load=1, faults=1)

    assert umask == after
    assert {"door": 0o600} == {"door": modes["door"]}
    assert modes["lock"] & ~0o600 == 0
