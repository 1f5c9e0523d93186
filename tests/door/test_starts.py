"""Whole agents that start at once, each time after one was killed; beside `test_racing`, of doors alone."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.model import Command
from deskbreak.door import ask, is_running
from tests.board import size
from tests.desktop.desk import Agent, at_home, deskbreak
from tests.desktop.parts import wait_for

if sys.platform == "win32":
    pytest.skip("Windows kills no process as the others do", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board import Board

STARTS: Final = 5
"""So many start at once."""


@pytest.mark.row("R25")
def test_given_whole_agents_that_start_at_once_then_one_runs_and_the_others_say_so_and_end(
    tmp_path: Path, board: Board
) -> None:
    """Each time the one before was killed; who starts too late changes nothing, and ends soon."""
    env, folder = _env(tmp_path), tmp_path / "run" / "deskbreak"
    rounds, slowest_s = size(3, 50), 0.0
    with contextlib.ExitStack() as stack:
        for _ in range(rounds):
            agents = [stack.enter_context(_agent(env)) for _ in range(STARTS)]
            began_s = time.monotonic()
            wait_for(lambda: len(_ended(agents)) == STARTS - 1, 30.0, "the others to end")  # noqa: B023 - called at once
            slowest_s = max(slowest_s, time.monotonic() - began_s)
            (up,) = {*agents} - {*_ended(agents)}
            assert ask(folder, Command("status"), 20.0)["ok"]
            for one in _ended(agents):
                assert (1, "deskbreak: already running") == (one.returncode, _said(one)[:26])
            up.kill()
            up.wait()
    board.note(
        load=rounds * STARTS,
        faults=rounds,
        figure=f"{rounds} of {rounds} times 1 whole agent of {STARTS} after kill -9 of the last;"
        f" the others ended within {slowest_s:.1f} s, all {STARTS} starting at once",
    )


def _ended(agents: list[subprocess.Popen[bytes]]) -> list[subprocess.Popen[bytes]]:
    return [one for one in agents if one.poll() is not None]


def _said(agent: subprocess.Popen[bytes]) -> str:
    assert agent.stderr is not None
    return agent.stderr.read().decode()


def test_given_a_runtime_folder_that_was_removed_then_commands_reach_the_agent_again(
    tmp_path: Path,
) -> None:
    """With its next sign of life; until then another one could begin beside it."""
    with Agent(_env(tmp_path), "--speed", "120") as running:
        shutil.rmtree(running.places.runtime, ignore_errors=True)
        wait_for(lambda: is_running(running.places.runtime))

        assert "desk" == running.status["presence"]
        running.assert_well()


def test_given_another_agent_after_the_runtime_folder_was_removed_then_the_first_one_ends(
    tmp_path: Path,
) -> None:
    """Two would write one history; the one that commands reach stays.

    Its log lies elsewhere: beside that of the first one, it would not have begun.
    """
    env = _env(tmp_path)
    with Agent(env, "--speed", "120") as first:
        os.kill(first.pid, signal.SIGSTOP)
        shutil.rmtree(first.places.runtime)
        with Agent({**env, "XDG_STATE_HOME": str(tmp_path / "other")}) as second:
            os.kill(first.pid, signal.SIGCONT)
            wait_for(lambda: not first.is_up)

            assert 0 == first.returncode
            assert "desk" == second.status["presence"]
            second.assert_well()


@pytest.mark.row("R25")
@pytest.mark.parametrize("first", ["of a desktop", "without one"])
def test_given_an_agent_in_another_session_of_its_user_then_a_second_one_says_so_and_ends(
    tmp_path: Path, first: str
) -> None:
    """A session over ssh may have no runtime folder, and nobody has two histories for that."""
    desktop = _env(tmp_path)
    shell = {name: value for name, value in desktop.items() if name != "XDG_RUNTIME_DIR"}
    ours, theirs = (desktop, shell) if first == "of a desktop" else (shell, desktop)
    with Agent(ours) as running:
        again = [deskbreak(theirs, *words) for words in (("run",), ("demo",), ("erase", "--yes"))]

        assert [1] * 3 == [one.status for one in again]
        assert [1] * 3 == [len(one.complaints) for one in again]
        assert all("already running, in a session of yours" in one.err for one in again)
        running.assert_well()
    with Agent(theirs) as next_one:
        assert "desk" == next_one.status["presence"]


def _env(folder: Path) -> dict[str, str]:
    """Return the environment of a session with neither display nor bus."""
    (folder / "run").mkdir(mode=0o700)
    return at_home(
        {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder / "run"),
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        }
    )


@contextlib.contextmanager
def _agent(env: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    argv = [sys.executable, "-m", "deskbreak", "run"]
    null = subprocess.DEVNULL
    with subprocess.Popen(
        argv, env=env, stdin=null, stdout=null, stderr=subprocess.PIPE
    ) as started:
        try:
            yield started
        finally:
            started.kill()
