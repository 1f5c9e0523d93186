"""A damaged history: set aside, never deleted, and what can still be read of it saved."""

from __future__ import annotations

import sqlite3
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from deskbreak.storage import database, leaves
from deskbreak.storage.database import connect, copy, in_memory, migrate
from deskbreak.storage.place import LOGS, beside, move, settle
from deskbreak.storage.rows import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date
    from pathlib import Path

    from deskbreak.storage.database import Migrations
    from deskbreak.storage.leaves import Row

_BACKUP_DAYS: Final = 7
NEW: Final = ".new"
"""What is being written, before it takes the place of the history."""


# ── looking ────────────────────────────────────────────────────────────────────────────────


def snapshot(path: Path, migrations: Migrations, *, closely: bool) -> sqlite3.Connection:
    """Return a copy in memory, in the present version or a later one; the file stays as it is.

    *closely*: look for damage everywhere.

    Raises:
        sqlite3.Error, OSError: It is out of reach, or damaged; `is_damage` knows which.
    """
    with ExitStack() as undo:
        target = undo.enter_context(closing(in_memory()))
        with closing(_to_read(path)) as source:
            copy(source, target)
        if closely:
            database.check(target)
        with suppress(database.Newer):
            migrate(target, migrations)
        undo.pop_all()
        return target


def in_place(path: Path, migrations: Migrations) -> sqlite3.Connection | None:
    """Return a connection that reads the file as it lies there; None where it must be brought up first.

    Raises:
        sqlite3.Error, OSError: It is out of reach, or damaged at its beginning.
    """
    with ExitStack() as undo:
        db = undo.enter_context(closing(_to_read(path)))
        if database.version(db) != len(migrations) or not database.is_ours(db):
            return None
        undo.pop_all()
        return db


def _to_read(path: Path) -> sqlite3.Connection:
    if path.stat().st_size == 0:
        raise database.damage("empty")
    db = connect(path, "mode=ro")
    try:
        db.execute("SELECT count(*) FROM sqlite_master").fetchone()
    except sqlite3.OperationalError as error:
        db.close()
        if database.code_of(error) not in (sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_READONLY):
            raise
        # A write-ahead log wants a folder that can be written; without one, only the file counts.
        return connect(path, "immutable=1")
    except BaseException:
        db.close()
        raise
    return db


# ── beginning and mending ──────────────────────────────────────────────────────────────────


def take_up(path: Path) -> None:
    """Finish or clear away what a crash left half done beside *path*.

    Raises:
        OSError: It cannot be done now.
    """
    new = beside(path, NEW)
    if new.exists() and not path.exists() and _is_whole(new):
        set_aside(path)
        settle(new, path)
    for ending in ("", *LOGS):
        beside(new, ending).unlink(missing_ok=True)


def _is_whole(path: Path) -> bool:
    with suppress(sqlite3.Error), closing(connect(path)) as db:
        database.check(db)
        return True
    return False


def begin(path: Path, migrations: Migrations) -> None:
    """Begin a history at *path*, where there is none.

    Raises:
        sqlite3.Error, OSError: It cannot be done now.
    """
    set_aside(path)  # a log that outlived its file would be taken for the new one's
    with closing(in_memory()) as empty:
        migrate(empty, migrations)
        database.write(empty, beside(path, NEW))
    settle(beside(path, NEW), path)


def mend(path: Path, migrations: Migrations) -> tuple[Path, int]:
    """Set the damaged file aside and begin a new one with what can be read of it.

    What the last backup has besides is taken from there. Returns the name that the damaged file
    has now, and how many rows the new one has.

    Raises:
        sqlite3.Error, OSError: It cannot be done now; the damaged file is where it was.
    """
    with closing(rescue(path, migrations)) as saved:
        for backup in _backups(path)[-1:]:
            with suppress(sqlite3.Error, OSError):
                _add_missing(backup, saved, migrations)
        rows = sum(_count(saved, table) for table in TABLES)
        database.write(saved, beside(path, NEW))
    aside = set_aside(path)
    settle(beside(path, NEW), path)
    return aside, rows


def set_aside(path: Path) -> Path:
    """Rename the file and its logs, whichever are there, and return the new name.

    Raises:
        OSError: They cannot be renamed.
    """
    number = 1
    while list(path.parent.glob(f"{path.name}.damaged-{number}*")):
        number += 1
    aside = beside(path, f".damaged-{number}")
    for ending in (*LOGS, ""):
        if beside(path, ending).exists():
            move(beside(path, ending), beside(aside, ending))
    return aside


# ── salvage ────────────────────────────────────────────────────────────────────────────────


def rescue(path: Path, migrations: Migrations) -> sqlite3.Connection:
    """Return what can be read of a damaged file, in memory; the file stays as it is.

    Raises:
        sqlite3.Error, OSError: Not even its bytes can be read.
    """
    log = beside(path, "-wal")
    content = leaves.pages(path.read_bytes(), log.read_bytes() if log.exists() else b"")
    found = leaves.version(content)
    with ExitStack() as undo:
        target = undo.enter_context(closing(in_memory()))
        migrate(target, migrations[:found] if 0 < found <= len(migrations) else migrations)
        _take_in(leaves.rows(content), target)
        migrate(target, migrations)
        undo.pop_all()
        return target


def _take_in(found: Iterable[Row], target: sqlite3.Connection) -> None:
    """Put rows where they belong: no two tables have the same number of columns."""
    inserts = {}
    for table in TABLES:
        columns = len(target.execute(f"PRAGMA table_info({table})").fetchall())
        inserts[columns] = _insert(table, columns)
    target.execute("BEGIN")
    for number, values in found:
        if len(values) in inserts and values[0] is None:
            with suppress(sqlite3.Error):  # what can no longer be true is refused by the table
                target.execute(inserts[len(values)], (number, *values[1:]))
    target.execute("COMMIT")


def _insert(table: str, columns: int) -> str:
    return f"INSERT OR IGNORE INTO {table} VALUES ({', '.join('?' * columns)})"  # noqa: S608 - our names


def _count(db: sqlite3.Connection, table: str) -> int:
    (count,) = db.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - our names
    return int(count)


# ── backups ────────────────────────────────────────────────────────────────────────────────


def back_up(db: sqlite3.Connection, path: Path, today: date) -> None:
    """Keep a copy beside *path*, named after its day, if there is none of the last seven days.

    Raises:
        sqlite3.Error, OSError: It cannot be written.
    """
    wanted = {beside(path, f".backup-{today - timedelta(days=n)}") for n in range(_BACKUP_DAYS)}
    old = _backups(path)
    if wanted.intersection(old):
        return
    database.write(db, beside(path, NEW))
    settle(beside(path, NEW), beside(path, f".backup-{today}"))
    for backup in old:
        backup.unlink(missing_ok=True)


def keep_old(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Keep a copy of *db*, which will be changed to a later version, beside *path*.

    Raises:
        sqlite3.Error, OSError: It cannot be written.
    """
    database.write(db, beside(path, NEW))
    settle(beside(path, NEW), beside(path, f".version-{version}"))


def _backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.backup-????-??-??"))


def _add_missing(backup: Path, saved: sqlite3.Connection, migrations: Migrations) -> None:
    """Take from *backup* the rows that *saved* lost, but none of which it has the figures."""
    with closing(snapshot(backup, migrations, closely=True)) as source:
        kept = saved.execute("SELECT day FROM days").fetchall()
        source.executemany("DELETE FROM spans WHERE day = ?", kept)
        source.executemany("DELETE FROM episodes WHERE day = ?", kept)
        for table in ("spans", "episodes", "days"):
            rows = source.execute(f"SELECT * FROM {table}")  # noqa: S608 - our names
            saved.executemany(_insert(table, len(rows.description)), rows)
