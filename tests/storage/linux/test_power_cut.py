"""What is left of a history and of the states beside it when the power goes."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from deskbreak.storage import latest
from deskbreak.storage.store import Store
from tests.board import Board, size
from tests.storage.history import DAY, after, saved, span

START_S = after(0).boot_s


class Survivors:
    """What each file had when it was last waited for, as far as its name was waited for as well.

    What SQLite waits for by itself is not seen: all that it writes to its log without us is lost.
    """

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder = folder
        self._content = {path.name: path.read_bytes() for path in folder.iterdir()}
        self._names = {*self._content, "history.db-wal"}  # SQLite sees to that name
        monkeypatch.setattr(os, "fsync", self._wait)

    def _wait(self, opened: int) -> None:
        path = Path(f"/proc/self/fd/{opened}").readlink()
        if path == self._folder:
            self._names |= {one.name for one in path.iterdir()}
        elif path.parent == self._folder:
            self._content[path.name] = path.read_bytes()

    def copy(self, folder: Path) -> Path:
        """Put into *folder* what is left, and return where the history is."""
        folder.mkdir()
        for name in self._names & self._content.keys() - {"history.db-shm"}:
            (folder / name).write_bytes(self._content[name])
        return folder / "history.db"


@pytest.mark.row("R10")
def test_given_a_power_cut_at_any_time_then_ten_minutes_of_the_open_span_are_lost_at_most(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, board: Board
) -> None:
    """Whatever steps there were, with rows and without; and the state is that of the rows."""
    monkeypatch.setattr(latest, "_is_memory", Path.is_dir)
    lots = random.Random(1)  # noqa: S311 - no secret
    lives, cuts, longest_s = size(20, 500), 0, 0.0
    for life in range(lives):
        folder, run = tmp_path / f"life-{life}", tmp_path / f"run-{life}"
        run.mkdir()
        Store.open(folder / "history.db").close()
        with monkeypatch.context() as patch, Store.open(folder / "history.db", run / "s") as store:
            disk = Survivors(folder, patch)
            minutes, rows = 1.0, 0
            for step in range(10):
                is_row = step == 0 or (rows < 4 and lots.random() < 0.4)
                added = [span(minutes - 1, minutes)] * is_row
                rows += is_row
                store.append(added, [], saved(after(minutes), rows))
                due = (store.save_by_s - START_S) / 60
                minutes = min(minutes + lots.choice((0.2, 0.7, 3.0, 9.0)), due)
                with Store.open(disk.copy(tmp_path / f"cut-{life}-{step}")) as left:
                    state = left.load_saved()
                    spans, _ = left.rows(DAY, DAY)
                    assert () == left.problems
                assert state is not None
                assert state.state.next_episode == len(spans)
                longest_s = max(longest_s, after(minutes).boot_s - state.state.at.boot_s)
                cuts += 1
    board.note(load=cuts, faults=cuts, figure=f"power cuts: at most {longest_s:.0f} s are lost")

    assert 540 < longest_s <= 600 + 1e-6
