"""A damaged history: set aside, never deleted, and what can still be read of it saved."""

from __future__ import annotations

import shutil
import sqlite3
import tempfile
from contextlib import ExitStack, closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskbreak.storage import database
from deskbreak.storage.database import LOGS, beside, connect, copy, in_memory, migrate
from deskbreak.storage.rows import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from deskbreak.storage.database import Migrations

_BACKUP_DAYS: Final = 7
_PAGE: Final = 4096  # bytes; SQLite's default since 3.12, and ours
_ROWS_A_PAGE: Final = 100
_FAILURES: Final = 20_000  # so many unreadable pieces are tried; about a second
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
    for leftover in path.parent.glob(f"{path.name}.salvage-*"):
        shutil.rmtree(leftover, ignore_errors=True)
    new = beside(path, NEW)
    if new.exists() and not path.exists() and _is_whole(new):
        set_aside(path)
        database.settle(new, path)
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
    database.settle(beside(path, NEW), path)


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
    database.settle(beside(path, NEW), path)
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
            beside(path, ending).rename(beside(aside, ending))
    return aside


# ── salvage ────────────────────────────────────────────────────────────────────────────────


def rescue(path: Path, migrations: Migrations) -> sqlite3.Connection:
    """Return what can be read of a damaged file, in memory.

    The file stays as it is: a copy is read, since SQLite tidies up what it opens.

    Raises:
        sqlite3.Error, OSError: There is no room for that.
    """
    prefix = f"{path.name}.salvage-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=path.parent) as folder:
        patient = Path(folder, path.name)
        for ending in ("", *LOGS):
            with suppress(FileNotFoundError):
                shutil.copyfile(beside(path, ending), beside(patient, ending))
        found = _version(patient, migrations)
        with ExitStack() as undo:
            target = undo.enter_context(closing(in_memory()))
            migrate(target, migrations[:found])
            with suppress(sqlite3.Error), closing(connect(patient)) as source:
                for table in TABLES:
                    _pour(source, target, table)
            migrate(target, migrations)
            undo.pop_all()
            return target


def _version(patient: Path, migrations: Migrations) -> int:
    """Return the version of a damaged file; put a new first page on it where that is needed."""
    for attempt in (1, 2):
        with suppress(sqlite3.Error), closing(connect(patient)) as db:
            found = database.version(db)
            if 0 < found <= len(migrations) and database.is_ours(db):
                return found
        if attempt == 1:
            _new_first_page(patient, migrations)
    return len(migrations)


def _new_first_page(patient: Path, migrations: Migrations) -> None:
    """Lend *patient* the first page of an empty history, which says where each table begins.

    Sound because the tables are always made in one order. A new file's list of free pages is
    empty, and a size of 0 means: as long as the file. Source: sqlite.org/fileformat2.html.
    """
    donor = beside(patient, ".donor")
    with closing(in_memory()) as empty:
        migrate(empty, migrations)
        database.write(empty, donor)
    page = bytearray(donor.read_bytes()[:_PAGE])
    page[28:32] = bytes(4)
    with patient.open("r+b") as file:
        file.write(page)


def _pour(source: sqlite3.Connection, target: sqlite3.Connection, table: str) -> None:
    """Copy the rows of *table* that can be read and make sense."""
    columns = [row[1] for row in target.execute(f"PRAGMA table_info({table})")]
    if not columns:
        return  # of a later version
    names, places = ", ".join(columns), ", ".join("?" * len(columns))
    sql = f"INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})"  # noqa: S608 - our names
    target.execute("BEGIN")
    for row in _readable(source, table, names):
        with suppress(sqlite3.Error):
            target.execute(sql, row)
    target.execute("COMMIT")


def _readable(db: sqlite3.Connection, table: str, names: str) -> Iterator[tuple[Any, ...]]:
    """Yield every row that can be read: all at once, or, around damage, half by half."""
    sql = f"SELECT {names} FROM {table} WHERE id BETWEEN ? AND ?"  # noqa: S608 - our names
    failures, pieces = 0, [_range(db, table)]
    while pieces and failures < _FAILURES:
        low, high = pieces.pop()
        try:
            rows = db.execute(sql, (low, high)).fetchall()
        except sqlite3.Error:
            failures += 1
            if low < high:
                middle = (low + high) // 2
                pieces += [(middle + 1, high), (low, middle)]
            continue
        yield from rows


def _range(db: sqlite3.Connection, table: str) -> tuple[int, int]:
    """Return the first and the last id, guessed where the pages that hold them are damaged."""
    low, high = 1, None
    with suppress(sqlite3.Error):
        low = db.execute(f"SELECT min(id) FROM {table}").fetchone()[0] or 1  # noqa: S608 - as above
    with suppress(sqlite3.Error):
        high = db.execute(f"SELECT max(id) FROM {table}").fetchone()[0] or 1  # noqa: S608 - as above
    if high is None:
        (pages,) = db.execute("PRAGMA page_count").fetchone()
        high = low + pages * _ROWS_A_PAGE
    return low, high


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
    database.settle(beside(path, NEW), beside(path, f".backup-{today}"))
    for backup in old:
        backup.unlink(missing_ok=True)


def keep_old(db: sqlite3.Connection, path: Path, version: int) -> None:
    """Keep a copy of *db*, which will be changed to a later version, beside *path*.

    Raises:
        sqlite3.Error, OSError: It cannot be written.
    """
    database.write(db, beside(path, NEW))
    database.settle(beside(path, NEW), beside(path, f".version-{version}"))


def remove(path: Path) -> None:
    """Remove a file or a folder of ours, if it is there.

    Raises:
        OSError: It cannot be removed.
    """
    if path.is_dir():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _backups(path: Path) -> list[Path]:
    return sorted(path.parent.glob(f"{path.name}.backup-????-??-??"))


def _add_missing(backup: Path, saved: sqlite3.Connection, migrations: Migrations) -> None:
    """Take from *backup* the rows that *saved* lost, but none of which it has the figures."""
    with closing(snapshot(backup, migrations, closely=True)) as source:
        kept = {day for (day,) in saved.execute("SELECT day FROM days")}
        for table in ("spans", "episodes"):
            source.executemany(
                f"DELETE FROM {table} WHERE day = ?",  # noqa: S608 - our names
                [(day,) for day in kept],
            )
        for table in ("spans", "episodes", "days"):
            _pour(source, saved, table)
