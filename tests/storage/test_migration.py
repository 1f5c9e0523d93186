"""The history is brought to a new version, and the process dies at any statement of it (R34)."""

from __future__ import annotations

import os
import shutil
import signal
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Final, NoReturn

import pytest

from deskbreak.storage import database
from deskbreak.storage.rows import MIGRATIONS
from deskbreak.storage.store import Store
from tests.storage.history import DAY, names

if TYPE_CHECKING:
    from tests.board import Board

if sys.platform == "win32":
    pytest.skip("Windows does not fork", allow_module_level=True)

NEXT: Final = (
    "ALTER TABLE spans ADD COLUMN mood TEXT",
    "UPDATE spans SET mood = 'calm'",
    "CREATE INDEX by_mood ON spans (mood)",
)
AFTER_NEXT: Final = ("CREATE TABLE moods (id INTEGER PRIMARY KEY)", "DELETE FROM days")
STEPS: Final = (*MIGRATIONS, NEXT, AFTER_NEXT)
NEWEST: Final = len(STEPS)


def begin(path: Path, version: int) -> None:
    """Put a history of that version at *path*; 0: none."""
    path.parent.mkdir(parents=True, exist_ok=True)
    for file in path.parent.iterdir():
        file.unlink()
    if version:
        sql = Path(__file__).with_name(f"history-v{version}.sql").read_text(encoding="utf-8")
        with closing(sqlite3.connect(path)) as db:
            db.executescript(sql)


def survived(path: Path, number: int) -> bool:
    """Tell whether a process came past the statement of that number (from 1) on any connection."""
    child = os.fork()
    if child == 0:
        _bring_up(path, number)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    assert status in {0, -signal.SIGKILL}, f"statement {number}: {status}"
    return status == 0


def _bring_up(path: Path, number: int) -> NoReturn:
    """Open the history, which brings it to the newest version; die at the statement."""
    seen, connect = 0, database.connect

    def count(_: str) -> None:
        nonlocal seen
        seen += 1
        if seen == number:
            os.kill(os.getpid(), signal.SIGKILL)

    def counted(where: Path, how: str = "mode=rw") -> sqlite3.Connection:
        db = connect(where, how)
        db.set_trace_callback(count)
        return db

    setattr(database, "connect", counted)  # noqa: B010 - of this process alone, and no type is kept
    try:
        Store.open(path, migrations=STEPS).close()
    except BaseException:  # noqa: BLE001 - the parent sees it in the status
        os._exit(1)
    os._exit(0)


def found(path: Path) -> tuple[int, int, int]:
    """Return the version and how many spans and episodes there are, of a file that is sound.

    Looked at is a copy: who opens a database mends what a death has left.
    """
    if not path.exists():
        return 0, 0, 0
    scratch = path.parent.with_name("scratch")
    shutil.rmtree(scratch, ignore_errors=True)
    shutil.copytree(path.parent, scratch)
    with closing(sqlite3.connect(scratch / path.name)) as db:
        assert [("ok",)] == db.execute("PRAGMA integrity_check").fetchall()
        tables = {name for (name,) in db.execute("SELECT name FROM sqlite_schema")}
        spans, episodes = (
            db.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - names of ours
            if name in tables
            else 0
            for name in ("spans", "episodes")
        )
        return database.version(db), spans, episodes


@pytest.mark.row("R34")
@pytest.mark.parametrize("version", range(len(MIGRATIONS) + 1))
def test_given_a_death_at_any_statement_then_each_step_is_done_or_not_begun(
    tmp_path: Path, version: int, board: Board
) -> None:
    """Rows are all there, and once anything has changed there is a copy of how it was."""
    path = tmp_path / "deskbreak" / "history.db"
    copy = path.with_name(f"{path.name}.version-{version}")
    rows, number, seen = (3, 2) if version else (0, 0), 0, set[int]()
    while True:
        number += 1
        begin(path, version)
        done = survived(path, number)
        known, *counts = found(path)
        seen.add(known)
        assert rows == tuple(counts), f"after a death at statement {number}"
        if version and known > version:
            assert (version, *rows) == found(copy), f"after a death at statement {number}"
        with Store.open(path, migrations=STEPS) as store:
            assert () == store.problems
            assert rows[0] == len(store.rows(DAY, DAY)[0])
        assert (NEWEST, *rows) == found(path)
        # One step was done, and the other began with a copy of its own.
        between = {f"{path.name}.version-{known}"} if version < known < NEWEST else set()
        expected = {path.name} | ({copy.name} if version else set()) | between
        assert expected == set(names(path.parent)), f"after a death at statement {number}"
        if version:
            assert (version, *rows) == found(copy)
        if done:
            break
    board.note(
        load=number - 1,
        faults=number - 1,
        figure=f"version {version} to {NEWEST}: 0 of {number - 1} deaths lost a row, by SQLite"
        f" {sqlite3.sqlite_version}",
    )

    assert {version, NEWEST} <= seen
    assert number > (20 if version else 5)
