"""The database file: opened with care, checked, brought to the present version, copied.

Needs SQLite 3.22 (2018): before that a file with a write-ahead log could not be opened to read only.
"""

from __future__ import annotations

import errno
import os
import re
import sqlite3
import sys
from contextlib import closing, suppress
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_from_bytes

from deskbreak.storage.place import BUSY_S, make_private_file

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path, PurePath

    Migrations = Sequence[Sequence[str]]

_LOG_PAGES: Final = 24
"""So many go into the file itself at once: a damaged log costs a few rows, and a row is seldom
written twice. Our own choice."""
PAGE: Final = 1024
"""Bytes: a log has whole pages written for each row."""
_CACHE_KIB: Final = 128
_PRIMARY: Final = 0xFF  # the low byte of an extended result code. Source: sqlite.org/rescode.html
# How integrity_check tells that a page could not be read. Source: checkAppendMsg in SQLite's btree.c.
_ERROR: Final = re.compile(r"error code[ =](\d+)")


class Newer(Exception):  # noqa: N818 - it reads as a statement where it is raised and caught
    """The file was written by a later program; ``found`` is its version."""

    def __init__(self, found: int) -> None:
        """Keep the version."""
        super().__init__(f"version {found}")
        self.found = found


# ── errors ─────────────────────────────────────────────────────────────────────────────────


def code_of(error: BaseException) -> int:
    """Return SQLite's primary result code; 0 where the error is not SQLite's own."""
    return getattr(error, "sqlite_errorcode", 0) & _PRIMARY


def is_damage(error: BaseException) -> bool:
    """Whether *error* says that the file's content is broken, not that it is out of reach."""
    return (
        code_of(error) in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
        or getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_IOERR_SHORT_READ
    )


def damage(text: str) -> sqlite3.DatabaseError:
    """Return the error that SQLite itself raises for a damaged file."""
    return _error(sqlite3.SQLITE_CORRUPT, text)


def _error(code: int, text: str) -> sqlite3.DatabaseError:
    error = sqlite3.DatabaseError(text)
    error.sqlite_errorcode = code
    return error


# ── connections ────────────────────────────────────────────────────────────────────────────


def address(path: PurePath) -> str:
    """Return *path*, which is absolute, as SQLite wants it in an address.

    Unlike `as_uri`, with the server of a Windows share in the path: SQLite takes no other host
    than localhost. Source: sqlite.org/uri.html.
    """
    text = quote_from_bytes(os.fsencode(path.as_posix()), safe="/:")
    return f"file://{'' if text.startswith('/') else '/'}{text}"


def connect(path: Path, how: str = "mode=rw") -> sqlite3.Connection:
    """Open the file at *path*, which must be there; *how* is as in SQLite's URI file names.

    The connection may wander from thread to thread, but only one at a time may use it.

    Raises:
        sqlite3.Error: It cannot be opened.
    """
    return _ready(
        sqlite3.connect(
            f"{address(path.absolute())}?{how}",
            uri=True,
            timeout=BUSY_S,
            isolation_level=None,  # transactions are written out
            check_same_thread=False,
        )
    )


def in_memory() -> sqlite3.Connection:
    """Return an empty database that lives as long as the connection."""
    return _ready(sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False))


def _ready(db: sqlite3.Connection) -> sqlite3.Connection:
    # A bit that fell over in a text makes a row odd, not a table unreadable.
    db.text_factory = lambda raw: raw.decode("utf-8", "replace")
    db.execute("PRAGMA secure_delete = ON")  # what was erased is overwritten
    db.execute(f"PRAGMA page_size = {PAGE}")  # of a file that is new, or written anew
    return db


def limit_cache(db: sqlite3.Connection) -> None:
    """Let few pages stay in memory, of a connection that stays.

    Else to read a history of 2 MB or more once, as `check` does, would cost these 2 MB for good. A
    check takes twice as long without (0.1 s instead of 0.05 s for 7 MB), the rest no longer.

    Raises:
        sqlite3.Error: The file cannot be read.
    """
    db.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")


def fit_pages(db: sqlite3.Connection) -> None:
    """Give a file of an earlier version pages of today's size; where that fails it keeps its own.

    Nobody else may have it open. Source: sqlite.org/lang_vacuum.html.
    """
    if db.execute("PRAGMA page_size").fetchone() != (PAGE,):
        with suppress(sqlite3.Error):
            db.execute("PRAGMA journal_mode = DELETE")  # with a log the size is fixed
            db.execute(f"PRAGMA page_size = {PAGE}")
            db.execute("VACUUM")


def choose_journal(db: sqlite3.Connection, *, local: bool) -> None:
    """Write ahead on a disk of ours; over a network only what works without shared memory.

    With a write-ahead log, NORMAL loses nothing to a kill, and to a power cut only what came
    after the last `sync_log`. Source: sqlite.org/pragma.html#pragma_synchronous.
    """
    wanted = "WAL" if local else "DELETE"
    (mode,) = db.execute(f"PRAGMA journal_mode = {wanted}").fetchone()
    db.execute(f"PRAGMA synchronous = {'NORMAL' if mode == 'wal' else 'FULL'}")
    db.execute(f"PRAGMA wal_autocheckpoint = {_LOG_PAGES}")
    db.execute("PRAGMA journal_size_limit = 4194304")


def sync_log(path: Path) -> bool:
    """Wait until the write-ahead log of the database at *path* is on the disk; False: there is none.

    Unlike the database's own file, it may be opened and closed beside SQLite, which has no locks
    on it. Source: sqlite.org/howtocorrupt.html, section 2.2; sqlite.org/walformat.html, section 2.
    """
    if sys.platform == "win32":
        return False  # only who may write to a file may wait for it there
    try:
        log = os.open(f"{path}-wal", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        os.fsync(log)
    except OSError:
        return False
    finally:
        os.close(log)
    return True


def copy(source: sqlite3.Connection, target: sqlite3.Connection) -> None:
    """Make *target* a copy of *source*, page by page.

    Raises:
        sqlite3.Error: Another program holds the source, or one of the two is broken.
    """

    def watch(status: int, _left: int, _all: int) -> None:
        # CPython tries again for ever where another program has the lock.
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise _error(status, "database is locked")

    source.backup(target, progress=watch, sleep=0)


# ── content ────────────────────────────────────────────────────────────────────────────────


def version(db: sqlite3.Connection) -> int:
    """Return the version of the tables; 0 where there are none yet."""
    (found,) = db.execute("PRAGMA user_version").fetchone()
    return int(found)


def check(db: sqlite3.Connection) -> None:
    """Read all of it once (0.2 s for the largest that we expect).

    Raises:
        sqlite3.DatabaseError: It is damaged, or no history at all; `is_damage` knows it. Or the
            disk does not give all of it, which is no damage.
    """
    verdict = _verdict(db)
    if verdict != "ok" and (verdict := _verdict(db)) != "ok":  # a disk may fail just once
        found = _ERROR.search(verdict)
        withheld = found is not None and int(found[1]) & _PRIMARY == sqlite3.SQLITE_IOERR
        raise _error(sqlite3.SQLITE_IOERR, "disk I/O error") if withheld else damage(verdict)
    if not is_ours(db):
        raise damage("these are not our tables")


def _verdict(db: sqlite3.Connection) -> str:
    (verdict,) = db.execute("PRAGMA integrity_check(1)").fetchone()
    return str(verdict)


def is_ours(db: sqlite3.Connection) -> bool:
    """Whether the tables are there that every version has."""
    sql = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name IN ('spans', 'episodes')"
    )
    return bool(db.execute(sql).fetchone() == (2,))


def migrate(
    db: sqlite3.Connection, migrations: Migrations, before: Callable[[int], None] | None = None
) -> None:
    """Bring the tables to the last version, each step in a transaction of its own.

    *before* is called with the version that there is, if something will be changed.

    Raises:
        Newer: They are beyond the last version.
        sqlite3.Error: A step failed and was taken back.
    """
    found = version(db)
    if found > len(migrations):
        raise Newer(found)
    if found < len(migrations) and before is not None:
        before(found)
    for number, statements in enumerate(migrations[found:], found + 1):
        db.execute("BEGIN IMMEDIATE")
        try:
            for statement in statements:
                db.execute(statement)
            db.execute(f"PRAGMA user_version = {number}")
            db.execute("COMMIT")
        except BaseException:
            with suppress(sqlite3.Error):
                db.execute("ROLLBACK")
            raise


def write(source: sqlite3.Connection, path: Path) -> None:
    """Write a copy of *source* to a new private file at *path*, and all of it to the disk.

    Raises:
        sqlite3.Error, OSError: It cannot be written.
    """
    make_private_file(path)
    with closing(connect(path)) as target:
        copy(source, target)
        target.execute("PRAGMA journal_mode = DELETE")  # to be one file until it is the history


def is_full(error: BaseException) -> bool:
    """Whether *error* says that there is no room left, or no more for this user."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
    return code_of(error) == sqlite3.SQLITE_FULL


def is_locked(error: BaseException) -> bool:
    """Whether *error* says that another program has the file."""
    return code_of(error) in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)
