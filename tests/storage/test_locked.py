"""Another program holds the history, for a moment or for long."""

from __future__ import annotations

import random
import sqlite3
import time
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.storage.disk import Disk
from tests.board import size
from tests.fakes import Desk

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.model import Event
    from tests.board import Board
    from tests.fakes import Act

HELD_UP_S: Final = 0.25
PATIENCE: Final = 1.6
"""So many times as long on a machine that has other things to do."""


class Watched:
    """A desk, its history, and how long each event held up the agent."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        folder.mkdir()
        self.desk = Desk(folder)
        self.tries = 0
        self.worst_s = 0.0
        self.said: Counter[str] = Counter()
        self._other: sqlite3.Connection | None = None
        handle, attempt = self.desk.loop.handle, Disk.attempt

        def timed(event: Event) -> None:
            begun_s = time.perf_counter()
            handle(event)
            self.worst_s = max(self.worst_s, time.perf_counter() - begun_s)
            self.said.update(str(one) for one in self.desk.store.problems)

        def counted(disk: Disk, act: Callable[[sqlite3.Connection], None]) -> bool:
            self.tries += self._other is not None
            return attempt(disk, act)

        monkeypatch.setattr(self.desk.loop, "handle", timed)
        monkeypatch.setattr(Disk, "attempt", counted)

    def lock(self) -> None:
        self._other = sqlite3.connect(self.desk.path, isolation_level=None)
        self._other.execute("BEGIN EXCLUSIVE")

    def let_go(self) -> None:
        assert self._other is not None
        self._other.close()
        self._other = None


def stretches(length_s: int) -> tuple[Act, ...]:
    """Return what happens meanwhile, with rows now and then."""
    part_s = max(1, length_s // 10)
    return tuple(f"{part_s}s {what}" for what in ("work", "locked") * (length_s // part_s // 2 + 1))


@pytest.mark.row("R12")
def test_given_a_lock_of_any_length_then_no_row_is_lost_and_nobody_waits(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, board: Board
) -> None:
    """Rows wait in memory, are tried again seldom, and are written within 30 s of its end."""
    lots = random.Random(12)  # noqa: S311 - no secret
    locks, tries, worst_s = size(8, 100), 0, 0.0
    for number in range(locks):
        length_s = 600 if number % 20 == 5 else lots.randint(1, 10)
        acts = stretches(length_s)
        free = Watched(tmp_path / f"{number} free", monkeypatch)
        free.desk.run("30s work", *acts, "31s work")
        held = Watched(tmp_path / f"{number} held", monkeypatch)
        held.desk.run("30s work", held.lock, *acts, held.let_go, "31s work")

        assert [] == [*held.desk.store.problems]
        assert free.desk.rows() == held.desk.rows()
        assert {1} >= {len(held.said)}
        assert 1 <= held.tries <= 1 + length_s
        tries += held.tries
        worst_s = max(worst_s, held.worst_s)
    figure = f"0 rows lost, held up for {1000 * worst_s:.0f} ms at most, {tries} tries"
    board.note(load=locks, faults=locks, figure=figure)

    assert worst_s < PATIENCE * HELD_UP_S


def test_given_a_lock_when_a_new_day_begins_then_nobody_waits_twice(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What a new day tidies up can wait as well."""
    held = Watched(tmp_path / "held", monkeypatch)
    held.desk.run("1m work", "18h locked", held.lock, "2h locked", held.let_go, "1m work")

    assert not held.desk.store.problems
    assert held.worst_s < PATIENCE * HELD_UP_S
