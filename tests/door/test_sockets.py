"""The socket of Linux and macOS: who may use it, and what is refused."""

from __future__ import annotations

import errno
import os
import shutil
import socket
import struct
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has pipes instead", allow_module_level=True)

from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import Door, NotRunning, ask, is_running, single, sockets
from tests.board import Board, size

if TYPE_CHECKING:
    from collections.abc import Iterator

NOBODY: Final = 65_534
"""An account of others."""


def test_given_a_killed_agent_then_its_socket_is_there_and_is_replaced(folder: Path) -> None:
    """A stale socket is nobody, and in nobody's way."""
    with socket.socket(socket.AF_UNIX) as stale:
        stale.bind(str(folder / "door"))
    with pytest.raises(NotRunning):
        ask(folder, Command("status"))
    ours = Door(folder)
    assert ours.claim()
    ours.open(lambda _: {"ok": True})
    reply = ask(folder, Command("status"))
    ours.close()

    assert reply["ok"]
    assert not (folder / "door").exists()


def test_given_a_disk_that_locks_no_folders_then_nobody_is_kept_out(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """NFS locks only what is open for writing, which a folder never is; nor is there always one."""

    def locks_none(*_: int) -> None:
        raise OSError(errno.EBADF, "Bad file descriptor")

    with single(folder), pytest.raises(Refusal, match="in a session of yours"), single(folder):
        pass
    with single(folder / "none"), single(folder / "none"):
        pass
    monkeypatch.setattr("deskbreak.door.sockets.fcntl.flock", locks_none)
    with single(folder), single(folder):
        assert folder.is_dir()


@pytest.mark.parametrize("gone", ["door", "lock"])
def test_given_a_folder_that_was_tidied_when_the_door_is_made_anew_then_it_is_found_again(
    folder: Path, gone: str
) -> None:
    """Commands reach it, and it is the only one; without either file it does not stand."""
    ours = Door(folder)
    ours.claim()
    ours.open(lambda _: {"ok": True})
    before = ours.stands()
    (folder / gone).unlink()
    without = ours.stands()
    made, reply, second = ours.make_anew(), ask(folder, Command("status")), Door(folder).claim()
    after = ours.stands()
    ours.close()

    assert (True, False, True, True) == (before, without, made, after)
    assert (True, False) == (reply["ok"], second)


def test_given_another_agent_in_a_tidied_folder_when_ours_looks_then_it_leaves_that_one_alone(
    folder: Path,
) -> None:
    """Neither its lock nor its socket goes with us."""
    ours, other = Door(folder), Door(folder)
    ours.claim()
    ours.open(lambda _: {"who": "ours"})
    for path in folder.iterdir():
        path.unlink()
    other.claim()
    other.open(lambda _: {"ok": True, "who": "other"})
    stands, made = ours.stands(), ours.make_anew()
    ours.close()
    reply = ask(folder, Command("status"))
    other.close()

    assert (False, False, "other") == (stands, made, reply["who"])


@pytest.mark.parametrize("umask", [0o000, 0o077])
def test_given_any_umask_when_the_door_opens_then_only_its_owner_may_use_it(
    folder: Path, umask: int
) -> None:
    """Socket and lock are 0600, whatever the account's umask says."""
    before = os.umask(umask)
    try:
        door = Door(folder)
        door.claim()
        door.open(lambda _: {})
    finally:
        os.umask(before)

    modes = {path.name: path.stat().st_mode & 0o777 for path in folder.iterdir()}
    door.close()

    assert {"door": 0o600, "lock": 0o600} == modes


def test_given_a_folder_behind_a_link_when_the_door_is_claimed_then_it_is_refused(
    tmp_path: Path, folder: Path
) -> None:
    """A hijacked path is refused with words."""
    link = tmp_path / "link"
    link.symlink_to(folder)

    with pytest.raises(Refusal, match="does not belong to you"):
        Door(link).claim()


def test_given_a_lock_that_is_a_link_then_nobody_runs_and_nothing_is_written_through_it(
    tmp_path: Path, folder: Path
) -> None:
    """Neither made where it points to, nor believed."""
    (folder / "lock").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(Refusal, match="lock cannot be written"):
        Door(folder).claim()

    assert not is_running(folder)
    assert not (tmp_path / "elsewhere").exists()


def test_given_a_folder_in_the_place_of_the_socket_then_it_is_named_and_nothing_is_kept(
    folder: Path,
) -> None:
    """It is not ours to remove; once it is gone, all is well."""
    (folder / "door").mkdir()
    with pytest.raises(Refusal, match="door cannot be written"):
        Door(folder).claim()
    assert not is_running(folder)
    (folder / "door").rmdir()
    ours = Door(folder)
    assert ours.claim()
    ours.close()

    assert ["lock"] == [path.name for path in folder.iterdir()]


@pytest.fixture
def wide_open() -> Iterator[Path]:
    """A folder that its owner has opened to everybody, with a door in it that is open as well."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        folder.chmod(0o777)
        heard: list[Command] = []
        door = Door(folder)
        assert door.claim()

        def answer(command: Command) -> dict[str, object]:
            heard.append(command)
            return {"heard": len(heard)}

        door.open(answer)
        (folder / "door").chmod(0o777)
        yield folder
        door.close()


STRANGER: Final = """
import socket, sys
told = 0
for _ in range(int(sys.argv[2])):
    with socket.socket(socket.AF_UNIX) as peer:
        peer.settimeout(10)
        peer.connect(sys.argv[1])
        try:
            peer.sendall(b'{"command": "quit"}\\n')
            told += len(peer.recv(100))
        except ConnectionError:
            pass
print(told)
"""
"""Connects as often as it is told, and prints how many bytes it was answered."""


@pytest.mark.row("S05", "another account")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_given_another_account_when_it_gets_to_the_socket_then_it_is_not_heard(
    wide_open: Path, board: Board
) -> None:
    """The kernel says who is at the other end, whatever the modes are."""
    count = size(100, 10_000)
    python = shutil.which("python3", path=os.defpath)  # ours may be in a folder of root's
    if python is None:
        pytest.skip("not installed for everybody: python3")
    argv = [python, "-I", "-c", STRANGER, str(wide_open / "door"), str(count)]
    ran = subprocess.run(argv, user=NOBODY, capture_output=True, text=True, check=False)
    board.note(load=count, faults=count, figure=f"0 of {count:,} connections of others accepted")

    assert ("0\n", "") == (ran.stdout, ran.stderr)
    assert 1 == ask(wide_open, Command("status"))["heard"]


@pytest.mark.row("S05", "another account")
@pytest.mark.skipif(os.getuid() != 0, reason="only root can be somebody else")
def test_given_two_accounts_then_neither_uses_what_the_other_has_put_there(
    wide_open: Path,
) -> None:
    """A socket in the right place that belongs to somebody else is refused with words."""
    os.chown(wide_open / "door", NOBODY, NOBODY)
    with pytest.raises(Refusal, match="does not belong to you"):
        ask(wide_open, Command("status"))
    os.chown(wide_open, NOBODY, NOBODY)
    with pytest.raises(Refusal, match="does not belong to you"):
        Door(wide_open).claim()
    os.chown(wide_open, 0, 0)


def test_given_a_path_longer_than_a_socket_may_have_then_linux_finds_a_way_and_macos_says_so(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Homes can be deep."""
    deep = folder / ("d" * 120)
    deep.mkdir(mode=0o700)
    door = Door(deep)
    assert door.claim()
    if sys.platform == "linux":
        door.open(lambda _: {"ok": True})
        assert ask(deep, Command("status"))["ok"]
    monkeypatch.setattr("deskbreak.door.sockets.sys.platform", "darwin")
    with pytest.raises(Refusal, match="too long"), sockets._short(deep):
        pass
    door.close()


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(struct.pack("IIhxx16I", 1, 0, 1, *[0] * 16), id="another version"),
        pytest.param(struct.pack("II", 0, 0), id="too short"),
    ],
)
def test_given_credentials_that_we_do_not_know_then_nobody_is_let_in(
    raw: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """On macOS, whose answer has a version."""
    monkeypatch.setattr(sockets, "_xucred", lambda _: raw)
    with socket.socket(socket.AF_UNIX) as peer, pytest.raises(OSError, match="xucred"):
        sockets._macos_account(peer)
