"""Names on Windows that are in the wrong hands, and several people on one computer."""

from __future__ import annotations

import subprocess
import sys
from functools import partial
from typing import TYPE_CHECKING, Final, cast

import pytest

from deskbreak import door
from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import Door, NotRunning, ask, is_running, pipes, single, win32
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.doubles.winpipes import Windows

OPEN: Final = "O:BAD:P(A;;GA;;;WD)"
"""Whoever has it lets everybody in, to hear what they say."""
SHUT: Final = "O:BAD:P(A;;GA;;;S-1-5-21-9-9-9-1009)"
"""Whoever has it only keeps us out."""


@pytest.fixture(params=["real", "stand-in"] if sys.platform == "win32" else ["stand-in"])
def computer(request: pytest.FixtureRequest) -> Windows:
    """Return this Windows, and a stand-in: they have the same functions."""
    if request.param == "stand-in":
        return cast("Windows", request.getfixturevalue("windows"))
    return cast("Windows", win32)


@pytest.fixture
def name(computer: Windows, folder: Path) -> str:
    """Return how the agent of *folder* is named."""
    return pipes._name(folder)


@pytest.fixture
def pipe_of_somebody(computer: Windows, name: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """Let somebody else have the pipe's name; return it."""
    path = pipes._pipe_of(name)
    pipe = computer.create_pipe(path, request.param)
    yield path
    computer.close(pipe)


@pytest.fixture
def mutex_of_somebody(
    computer: Windows, name: str, request: pytest.FixtureRequest
) -> Iterator[str]:
    """Let somebody else have the mutex's name; return it."""
    path = pipes._mutex_of(name)
    mutex, _ = computer.create_mutex(path, request.param)
    yield path
    computer.close(mutex)


@pytest.mark.row("S05", "pipe name")
@pytest.mark.parametrize("pipe_of_somebody", [OPEN, SHUT], indirect=True, ids=["open", "shut"])
def test_given_a_pipe_of_somebody_when_we_start_or_ask_then_it_is_named_and_not_used(
    pipe_of_somebody: str, folder: Path
) -> None:
    """A hijacked name is one clear line, and hears nothing from us; afterwards all is well."""
    ours = Door(folder)
    with pytest.raises(Refusal) as start:
        ours.claim()
    with pytest.raises(Refusal) as question:
        ask(folder, Command("status"))

    assert pipe_of_somebody in str(start.value)
    assert "does not belong to you" in str(start.value)
    assert str(start.value) == str(question.value)
    assert not is_running(folder)


@pytest.mark.row("S05", "pipe name")
@pytest.mark.parametrize("mutex_of_somebody", [OPEN, SHUT], indirect=True, ids=["open", "shut"])
def test_given_a_mutex_of_somebody_when_we_start_or_ask_then_nobody_of_ours_runs(
    mutex_of_somebody: str, folder: Path
) -> None:
    """It is named where it keeps us from starting; for a question, nobody is there."""
    with pytest.raises(Refusal) as start:
        Door(folder).claim()
    with pytest.raises(NotRunning):
        ask(folder, Command("status"))

    assert mutex_of_somebody in str(start.value)
    assert not is_running(folder)


def test_given_a_name_that_is_free_again_when_we_start_then_all_is_well(
    computer: Windows, name: str, folder: Path
) -> None:
    """A refused start leaves nothing behind that would be in the way."""
    pipe = computer.create_pipe(pipes._pipe_of(name), OPEN)
    with pytest.raises(Refusal):
        Door(folder).claim()
    computer.close(pipe)
    ours = Door(folder)
    assert ours.claim()
    ours.open(lambda _: {"ok": True})
    reply = ask(folder, Command("status"))
    ours.close()

    assert reply["ok"]


def _is_of(sid: str, _: Command) -> dict[str, str]:
    return {"whose": sid}


@pytest.mark.row("S05", "pipe name")
def test_given_two_people_on_one_computer_then_each_has_an_agent_and_nothing_is_shared(
    windows: Windows, folder: Path
) -> None:
    """Even were their files in the same place: names have the account in them, objects let no other in."""
    first = windows.sid
    doors = {}
    for sid in (first, "S-1-5-21-1-2-3-1002"):
        windows.sid = sid
        doors[sid] = Door(folder)
        assert doors[sid].claim()
        doors[sid].open(partial(_is_of, sid))
    for sid in doors:
        windows.sid = sid
        assert sid == ask(folder, Command("status"))["whose"]
    with pytest.raises(PermissionError):
        windows.open_pipe(pipes._pipe_of(pipes._name(folder).replace(sid, first)))
    for ours in doors.values():
        ours.close()


@pytest.mark.usefixtures("windows")
def test_given_two_sessions_of_one_account_then_the_mutex_alone_decides(folder: Path) -> None:
    """It is for all of them, so no folder has to be locked."""
    with single(folder), single(folder):
        assert Door(folder).claim()


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows itself")
def test_given_our_pipe_and_mutex_then_the_system_lets_our_account_in_alone(folder: Path) -> None:
    """What was asked for is in force: one entry, for our SID, and nothing inherited."""
    from tests.door.acl import dacl

    ours = Door(folder)
    assert ours.claim()
    entrance = ours._entrance
    assert isinstance(entrance, pipes.Entrance)
    found = [dacl(handle) for handle in (entrance._pipe, entrance._mutex)]
    ours.close()

    sid = win32.own_sid()
    for one in found:
        assert one.startswith("D:P(A;;")
        assert 1 == one.count("(")
        assert one.endswith(f";;;{sid})")
    assert sid in pipes._name(folder)
    assert pipes is door.way


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows itself")
@pytest.mark.parametrize("command", ["status", "run"])
def test_given_a_pipe_of_somebody_when_a_command_is_started_then_it_ends_with_one_line(
    command: str,
) -> None:
    """That names the pipe; nobody who reads it needs to know what a traceback is."""
    path = pipes._pipe_of(pipes._name(files.places().runtime))
    pipe = win32.create_pipe(path, OPEN)
    argv = [sys.executable, "-m", "deskbreak", command]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False, timeout=60)
    win32.close(pipe)

    assert (1, "") == (ran.returncode, ran.stdout)
    assert 1 == len(ran.stderr.splitlines())
    assert f"{path} does not belong to you" in ran.stderr
