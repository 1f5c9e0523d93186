"""The door: one agent, its own account only, one line of JSON each way."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak import __version__
from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import Door, NotRunning, ask, is_running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("the door is a Unix socket", allow_module_level=True)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a runtime folder as the agent makes it."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    return runtime


@pytest.fixture
def heard(folder: Path) -> Iterator[list[Command]]:
    """Hold a door open, and return the commands that came through it."""
    commands: list[Command] = []

    def answer(command: Command) -> dict[str, Any]:
        commands.append(command)
        return {"ok": True, "echo": command.argument}

    door = Door(folder)
    assert door.claim()
    door.open(answer)
    yield commands
    door.close()


def test_given_a_running_agent_when_a_command_is_asked_then_it_arrives_and_is_answered(
    folder: Path, heard: list[Command]
) -> None:
    """A command reaches the agent with its argument, whatever letters it has."""
    reply = ask(folder, Command("pause", "until 14:00 — ü\n"))

    assert [Command("pause", "until 14:00 — ü\n")] == heard
    assert {"version": __version__, "ok": True, "echo": "until 14:00 — ü\n"} == reply


def test_given_no_agent_when_a_command_is_asked_then_that_is_said(folder: Path) -> None:
    """Nobody behind the door is not a failure of the door."""
    with pytest.raises(NotRunning):
        ask(folder, Command("status"))

    assert not is_running(folder)


@pytest.mark.usefixtures("heard")
def test_given_one_agent_when_a_second_claims_the_door_then_it_may_not(folder: Path) -> None:
    """One agent per person and machine."""
    assert not Door(folder).claim()
    assert is_running(folder)


def test_given_a_killed_agent_when_the_next_one_claims_the_door_then_it_gets_it(
    folder: Path,
) -> None:
    """The kernel frees the lock of a dead process; its stale socket is replaced."""
    code = (
        "import sys, time; from pathlib import Path; from deskbreak.door import Door;"
        "door = Door(Path(sys.argv[1])); assert door.claim(); door.open(lambda c: {});"
        "print('ready', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert b"ready\n" == holder.stdout.readline()
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        assert (folder / "door").exists()

        with pytest.raises(NotRunning):
            ask(folder, Command("status"))
        door = Door(folder)
        assert door.claim()
        door.open(lambda _: {"ok": True})

    assert ask(folder, Command("status"))["ok"]
    door.close()


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


@pytest.mark.parametrize(
    "line",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\n", id="an empty line"),
        pytest.param(b"nonsense\n", id="no JSON"),
        pytest.param(b'["status"]\n', id="a list"),
        pytest.param(b'{"command": 7}\n', id="a number for a command"),
        pytest.param(b'{"command": "status", "argument": {}}\n', id="a table for an argument"),
        pytest.param(b"\xff\xfe\n", id="no UTF-8"),
        pytest.param(b"[" * 50_000 + b"\n", id="nested too deep"),
        pytest.param(b"x" * 200_000, id="too long"),
    ],
)
def test_given_nonsense_at_the_door_when_it_is_read_then_the_next_command_still_works(
    folder: Path, heard: list[Command], line: bytes
) -> None:
    """What is not understood is dropped; the door stays open."""
    with socket.socket(socket.AF_UNIX) as peer:
        peer.connect(str(folder / "door"))
        try:
            peer.sendall(line)
            peer.shutdown(socket.SHUT_WR)
            peer.recv(4096)
        except (BrokenPipeError, ConnectionResetError):
            pass  # it had read enough

    assert ask(folder, Command("status"))["ok"]
    assert [Command("status")] == heard


def test_given_a_folder_behind_a_link_when_the_door_is_claimed_then_it_is_refused(
    tmp_path: Path, folder: Path
) -> None:
    """A hijacked path is refused with words."""
    link = tmp_path / "link"
    link.symlink_to(folder)

    with pytest.raises(Refusal, match="does not belong to you"):
        Door(link).claim()


def test_given_a_slow_client_when_another_asks_then_it_is_served_all_the_same(
    folder: Path, heard: list[Command]
) -> None:
    """Who connects and says nothing holds up the others for two seconds at most."""
    with socket.socket(socket.AF_UNIX) as silent:
        silent.connect(str(folder / "door"))
        reply = ask(folder, Command("status"))

    assert reply["ok"]
    assert [Command("status")] == heard
