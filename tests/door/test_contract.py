"""The door: one agent, its own account only, one line of JSON each way, whatever it leads through."""

from __future__ import annotations

import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak import __version__, door
from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import Door, NotRunning, ask, is_running

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.usefixtures("way")


@pytest.fixture
def heard(way: str, folder: Path) -> Iterator[list[Command]]:
    """Hold a door open, and return the commands that came through it."""
    commands: list[Command] = []

    def answer(command: Command) -> dict[str, Any]:
        commands.append(command)
        return {"ok": True, "echo": command.argument}

    ours = Door(folder)
    assert ours.claim()
    ours.open(answer)
    yield commands
    ours.close()


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


@pytest.mark.row("R25")
@pytest.mark.usefixtures("heard")
def test_given_one_agent_when_a_second_claims_the_door_then_it_may_not(folder: Path) -> None:
    """One agent per person and machine."""
    assert not Door(folder).claim()
    assert is_running(folder)


def _is_number(number: int, _: Command) -> dict[str, int]:
    return {"number": number}


@pytest.mark.row("R25")
def test_given_an_agent_that_ended_when_the_next_one_claims_the_door_then_it_answers(
    folder: Path,
) -> None:
    """At once, as often as one likes; who asked the old one does not reach the new one."""
    for number in range(5):
        ours = Door(folder)
        assert ours.claim()
        ours.open(partial(_is_number, number))
        assert number == ask(folder, Command("status"))["number"]
        ours.close()
        assert not is_running(folder)
        with pytest.raises(NotRunning):
            ask(folder, Command("status"))


def test_given_two_agents_with_files_of_their_own_then_each_has_its_door(
    folder: Path, tmp_path: Path
) -> None:
    """Commands go to the agent whose files they would use."""
    other = tmp_path / "other"
    other.mkdir(mode=0o700)
    ours, theirs = Door(folder), Door(other)
    assert ours.claim()
    assert theirs.claim()
    ours.open(lambda _: {"whose": "ours"})
    theirs.open(lambda _: {"whose": "theirs"})
    whose = [ask(each, Command("status"))["whose"] for each in (folder, other)]
    ours.close()
    theirs.close()

    assert ["ours", "theirs"] == whose


def test_given_an_agent_that_is_still_starting_when_a_command_comes_then_it_is_answered(
    folder: Path,
) -> None:
    """From the claim on it is heard; it need not be asked again."""
    ours = Door(folder)
    assert ours.claim()
    with ThreadPoolExecutor(1) as pool:
        asked = pool.submit(ask, folder, Command("status"))
        assert is_running(folder)
        ours.open(lambda _: {"ok": True})
        reply = asked.result()
    ours.close()

    assert reply["ok"]


def test_given_an_agent_that_ends_before_it_listened_then_nothing_of_it_is_left(
    folder: Path,
) -> None:
    """Something else went wrong at its start."""
    ours = Door(folder)
    assert ours.claim()
    ours.close()
    assert not is_running(folder)
    ours = Door(folder)
    assert ours.claim()
    ours.open(lambda _: {})
    ours.close()

    with pytest.raises(NotRunning):
        ask(folder, Command("status"))


@pytest.mark.row("R25")
def test_given_many_starts_at_once_then_one_of_them_gets_the_door(folder: Path) -> None:
    """Who looks whether an agent runs does not keep it from starting."""
    together = threading.Barrier(8)

    def start(is_starting: bool) -> Door | None:
        ours = Door(folder)
        together.wait(10.0)
        if is_starting:
            return ours if ours.claim() else None
        is_running(folder)
        return None

    for _ in range(5):
        with ThreadPoolExecutor(8) as pool:
            started = [one for one in pool.map(start, [True, True, True, False] * 2) if one]
        assert 1 == len(started)
        started[0].close()


def test_given_many_commands_at_once_then_each_gets_its_own_answer(
    folder: Path, heard: list[Command]
) -> None:
    """They are served one after the other, more of them than may wait in a row."""
    arguments = [str(number) for number in range(48)]
    with ThreadPoolExecutor(24) as pool:
        replies = list(pool.map(lambda one: ask(folder, Command("pause", one), 30.0), arguments))

    assert arguments == [reply["echo"] for reply in replies]
    assert sorted(arguments) == sorted(command.argument for command in heard)


def test_given_a_long_answer_then_it_arrives_whole(folder: Path, heard: list[Command]) -> None:
    """A week of statistics, or a diagnosis; longer than what fits on the way."""
    argument = "ü" * 10_000

    assert argument == ask(folder, Command("pause", argument))["echo"]


def test_given_an_agent_that_does_not_answer_in_time_then_that_is_said(folder: Path) -> None:
    """With what to do about it."""
    is_over = threading.Event()

    def never(_: Command) -> dict[str, Any]:
        is_over.wait(10.0)
        return {}

    ours = Door(folder)
    assert ours.claim()
    ours.open(never)
    with pytest.raises(Refusal, match="runs but does not answer"):
        ask(folder, Command("status"), timeout_s=0.2)
    is_over.set()
    ours.close()


@pytest.mark.row("R25")
def test_given_a_killed_agent_when_the_next_one_claims_the_door_then_it_gets_it(
    way: str, folder: Path
) -> None:
    """The kernel frees the claim of a dead process; what it left behind is replaced."""
    if " of " in way:
        pytest.skip("what stands in for a kernel ends with us")
    code = (
        "import sys, time; from pathlib import Path; from deskbreak.door import Door;"
        "door = Door(Path(sys.argv[1])); assert door.claim(); door.open(lambda c: {});"
        "print('ready', flush=True); time.sleep(60)"
    )
    argv = [sys.executable, "-c", code, str(folder)]
    with subprocess.Popen(argv, stdout=subprocess.PIPE) as holder:
        assert holder.stdout is not None
        assert b"ready" == holder.stdout.readline().strip()
        holder.kill()
        holder.wait()

        with pytest.raises(NotRunning):
            ask(folder, Command("status"))
        ours = Door(folder)
        assert ours.claim()
        ours.open(lambda _: {"ok": True})

    assert ask(folder, Command("status"))["ok"]
    ours.close()


def test_given_a_command_that_breaks_when_it_is_asked_then_the_next_one_is_answered(
    way: str, folder: Path
) -> None:
    """An update may have taken away what it needs: that must not make the agent deaf."""

    def answer(command: Command) -> dict[str, Any]:
        return {"ok": 1 / len(command.argument)}

    ours = Door(folder)
    assert ours.claim()
    ours.open(answer)
    with pytest.raises(Refusal, match="does not answer"):
        ask(folder, Command("status"))
    reply = ask(folder, Command("status", "!"))
    ours.close()

    assert {"version": __version__, "ok": 1.0} == reply


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
    peer = door.way.reach(folder, 5.0)
    assert peer is not None
    try:
        peer.write(line)
    except OSError:
        pass  # it had read enough
    finally:
        peer.close()

    assert ask(folder, Command("status"))["ok"]
    assert [Command("status")] == heard


def test_given_a_slow_client_when_another_asks_then_it_is_served_all_the_same(
    folder: Path, heard: list[Command]
) -> None:
    """Who connects and says nothing holds up the others for two seconds at most."""
    silent = door.way.reach(folder, 5.0)
    assert silent is not None
    reply = ask(folder, Command("status"))
    silent.close()

    assert reply["ok"]
    assert [Command("status")] == heard
