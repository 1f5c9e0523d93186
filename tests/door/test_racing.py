"""Many processes that want to be the agent, at once and after the last one was killed (R25)."""

from __future__ import annotations

import os
import signal
import sys
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NoReturn

import pytest

from deskbreak.core.model import Command
from deskbreak.door import Door, ask, is_running
from tests.board import size

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from tests.board import Board

if sys.platform == "win32":
    pytest.skip("Windows does not fork", allow_module_level=True)

ROUNDS: Final = size(25, 250)
HOMES: Final = 4  # at once: a start that finds an agent looks twice, and that takes a while
AT_ONCE: Final = 5
BLOCKED_S: Final = 2.0
"""Within which a start has to end, or to be the agent. Source: INV-35."""


def _start(folder: Path, go: int, told: int) -> NoReturn:
    """Wait until all are there, try to be the agent, say what came of it, and stay if it is we."""
    os.read(go, 1)
    begun_s = time.monotonic()
    ours = Door(folder)
    won = ours.claim()
    if won:
        ours.open(lambda _: {"ok": True, "pid": os.getpid()})
    os.write(told, b"%d %d %.4f\n" % (won, os.getpid(), time.monotonic() - begun_s))
    while won:
        signal.pause()
    os._exit(0)


@dataclass(frozen=True, slots=True)
class Race:
    """Some processes that are about to start, at one home."""

    folder: Path
    start: int  # is closed when they may
    listen: int
    everybody: tuple[int, ...]


def lined_up(folder: Path, others: Sequence[Race]) -> Race:
    """Start processes that wait; they hold nothing open of the races beside."""
    go, start = os.pipe()
    listen, told = os.pipe()
    everybody = list[int]()
    for _ in range(AT_ONCE):
        child = os.fork()
        if child == 0:
            for end in (start, *(race.start for race in others)):
                os.close(end)
            _start(folder, go, told)
        everybody.append(child)
    for end in (go, told):
        os.close(end)
    return Race(folder, start, listen, tuple(everybody))


def raced(race: Race) -> tuple[list[int], float]:
    """Return who is the agent now, and how long the slowest start took."""
    said = list[list[str]]()
    with os.fdopen(race.listen, encoding="ascii") as lines:
        while len(said) < AT_ONCE:
            said.append(lines.readline().split())
    return [int(pid) for won, pid, _ in said if won == "1"], max(float(s) for *_, s in said)


def killed(race: Race) -> None:
    """Kill who is left of them."""
    for child in race.everybody:
        os.kill(child, signal.SIGKILL)
    for child in race.everybody:
        os.waitpid(child, 0)


@pytest.mark.row("R25")
def test_given_starts_at_once_and_after_kills_then_there_is_one_agent_and_nobody_waits(
    tmp_path: Path, board: Board
) -> None:
    """Each race begins with what a killed agent has left: its lock, its socket, its threads."""
    homes = [tmp_path / str(number) for number in range(HOMES)]
    for home in homes:
        home.mkdir(mode=0o700)
    slowest_s = 0.0
    for number in range(ROUNDS):
        races: list[Race] = []
        for home in homes:
            races.append(lined_up(home, races))
        for race in races:
            os.close(race.start)
        try:
            for race in races:
                winners, took_s = raced(race)
                slowest_s = max(slowest_s, took_s)
                assert 1 == len(winners), f"round {number}"
                assert winners[0] == ask(race.folder, Command("status"))["pid"]
        finally:
            for race in races:
                killed(race)
        assert not any(is_running(home) for home in homes)
    kills = ROUNDS * HOMES
    board.note(
        load=kills * AT_ONCE,
        faults=kills,
        figure=f"1 agent in each of {kills} races; slowest start {1000 * slowest_s:.0f} ms",
    )

    assert slowest_s < BLOCKED_S
