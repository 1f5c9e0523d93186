"""The history's file in the long run: what goes wrong with it is mended, reported, tried again."""

from __future__ import annotations

import logging
import sqlite3
from collections import Counter
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Refusal, Said, said
from deskbreak.storage import database, place, repair
from deskbreak.storage.sharing import patiently

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date
    from pathlib import Path

    from deskbreak.storage.database import Migrations

_log: Final = logging.getLogger(__name__)
_LOGGED_AT_MOST: Final = 3  # trouble that comes and goes must not fill the log
_MENDED_AT_MOST: Final = 3  # in one run: a disk that breaks whatever is written fills up otherwise

_DAMAGED: Final = N_(
    "The history {path} was damaged. It was set aside as {name}; "
    "{rows} entries were saved from it, and deskbreak goes on with them."
)
_PARTLY: Final = N_(
    "The history {path} is damaged; what can be read of it is shown. "
    "deskbreak mends it when it starts."
)
_UNREAD: Final = N_("The history {path} cannot be read: {why}.")
_NEWER: Final = N_(
    "The history {path} was written by a newer deskbreak (version {found} of the file, "
    "this one knows {known}). It is left as it is, and what happens now is not kept. "
    "Install the newer deskbreak again."
)
_FULL: Final = N_(
    "There is no room left for the history {path}. What happens waits in memory; "
    "free some space, and it will be written."
)
_LOCKED: Final = N_(
    "Another program holds the history {path}. What happens waits in memory until it lets go."
)
_OUT_OF_REACH: Final = N_(
    "The history {path} cannot be opened or written: {why}. What happens waits in memory; "
    "see to the folder and its rights, and it will be written."
)
_NETWORK: Final = N_(
    "The history {path} lies on a network drive ({kind}); "
    "it is written there in a slower way that such drives can bear."
)
_NOT_ERASED: Final = N_("Not all of the history {path} could be erased: {why}.")
_UNTOUCHED: Final = N_("Nothing was erased. {why}")
_TRACES: Final = N_(
    "What was to be erased is gone from the history, but traces of it stay in {path} as long as "
    "another program has it open, or the disk is full. Mend that, and erase once more."
)
_PASSING: Final = ("full", "locked", "reach")
_MISREAD: Final = frozenset({"partly", "unread"})


class Disk:
    """One file, the connection to it while there is one, and what is wrong with it."""

    def __init__(self, path: Path, migrations: Migrations) -> None:
        """Remember where; nothing is opened yet."""
        self.path = path
        self.notes: tuple[Said, ...] = ()  # nothing is wrong, but the doctor should say so
        self.frozen = False  # a newer program's file: nothing is written
        self._migrations = migrations
        self._db: sqlite3.Connection | None = None
        self._identity: tuple[int, int] | None = None  # device and number of the open file
        self._mended = 0
        self._problems: dict[str, Said] = {}
        self._times: Counter[str] = Counter()

    @property
    def problems(self) -> tuple[Said, ...]:
        """What is wrong, one sentence for each cause; what has passed is no longer there."""
        return tuple(self._problems.values())

    def report(self, cause: str, problem: Said) -> None:
        """Say once what is wrong."""
        if cause not in self._problems:
            self._problems[cause] = problem
            self._times[cause] += 1
            loud = self._times[cause] <= _LOGGED_AT_MOST
            _log.log(logging.WARNING if loud else logging.DEBUG, "%s", problem)

    def forget(self, cause: str) -> None:
        """This is no longer wrong."""
        if self._problems.pop(cause, None):
            _log.debug("%s: no longer %s", self.path, cause)

    @property
    def is_misread(self) -> bool:
        """Whether something could not be read, and perhaps can be by now."""
        return bool(_MISREAD & self._problems.keys())

    @property
    def db(self) -> sqlite3.Connection | None:
        """The connection, while all is well."""
        return None if any(cause in self._problems for cause in _PASSING) else self._db

    # ── writing ────────────────────────────────────────────────────────────────────────────

    def attempt(self, act: Callable[[sqlite3.Connection], None]) -> bool:
        """Do *act* in one transaction, on a file that is opened, begun or mended where needed.

        False: nothing of it was done, and `problems` says why.
        """
        for is_first in (True, False, False):
            try:
                self._act(act)
            except database.Newer as newer:
                self.frozen = True
                self._say_newer(newer.found)
            except (sqlite3.Error, OSError) as error:
                is_damage = database.is_damage(error)
                if is_damage and is_first:  # so is a list of tables that a disk withholds just once
                    self.close()
                    continue
                if is_damage and self._mend():
                    continue
                self._failed(error)
            else:
                self._well()
                return True
            return False
        return False

    def _act(self, act: Callable[[sqlite3.Connection], None]) -> None:
        if self._db is not None and self.found() != self._identity:
            self.close()  # somebody removed or replaced the file
        if self._db is None:
            self._db = self._open()
        self._db.execute("BEGIN IMMEDIATE")
        try:
            act(self._db)
            self._db.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _open(self) -> sqlite3.Connection:
        path = self.path
        place.prepare_folder(path.parent)
        repair.take_up(path)
        if not path.exists():
            repair.begin(path, self._migrations)
        if path.stat().st_size == 0:
            raise database.damage("empty")
        place.keep_private(path)
        db = database.connect(path)
        try:
            database.limit_cache(db)
            database.check(db)
            database.migrate(db, self._migrations, lambda old: repair.keep_old(db, path, old))
            database.fit_pages(db)
            database.choose_journal(db, local=self._see_place() is None)
        except BaseException:
            db.close()
            raise
        self._identity = self.found()
        return db

    def _see_place(self) -> str | None:
        """Return the name of the network file system that it lies on, if any, and note that."""
        kind = place.network(self.path)
        self.notes = (said(_NETWORK, path=self.path, kind=kind),) if kind else ()
        return kind

    def found(self) -> tuple[int, int] | None:
        """Return what tells the file in that place from any other; None where there is none."""
        with suppress(OSError):
            found = self.path.stat()
            return found.st_dev, found.st_ino
        return None

    def _failed(self, error: sqlite3.Error | OSError) -> None:
        path = self.path
        if database.is_locked(error):
            self.report("locked", said(_LOCKED, path=path))
            return
        self.close()
        if database.is_full(error):
            self.report("full", said(_FULL, path=path))
        else:
            self.report("reach", said(_OUT_OF_REACH, path=path, why=_reason(error)))

    def _well(self) -> None:
        for cause in _PASSING:
            self.forget(cause)

    def _mend(self) -> bool:
        self.close()
        if self._mended >= _MENDED_AT_MOST:
            return False
        try:
            aside, count = repair.mend(self.path, self._migrations)
        except (sqlite3.Error, OSError) as error:
            _log.debug("%s is damaged and cannot be mended now: %s", self.path, error)
            return False
        self._mended += 1
        self.forget("partly")
        self.report("damaged", said(_DAMAGED, path=self.path, name=aside.name, rows=count))
        return True

    def back_up(self, today: date) -> None:
        """Make the backup of this week, if there is none yet; where it fails there is none."""
        if self._db is not None:
            try:
                repair.back_up(self._db, self.path, today)
            except (sqlite3.Error, OSError) as error:
                _log.warning("no backup of %s: %s", self.path, error)

    def sync(self) -> None:
        """Wait until everything is on the disk, as far as that is possible now."""
        if self._db is not None and not database.sync_log(self.path):
            with suppress(sqlite3.Error):
                self._db.execute("PRAGMA wal_checkpoint(PASSIVE)")

    def _roll_back(self) -> None:
        if self._db is not None and self._db.in_transaction:
            with suppress(sqlite3.Error):
                self._db.execute("ROLLBACK")

    def close(self) -> None:
        """Let go of the file; what was not committed is not written."""
        if self._db is not None:
            self._roll_back()
            self._db.close()
            self._db = None

    # ── looking ────────────────────────────────────────────────────────────────────────────

    def look(self, *, closely: bool) -> sqlite3.Connection:
        """Return a copy of the file in memory; of a damaged or missing one, what there is.

        *closely*: find out whether it is damaged, and say so.
        """
        try:
            if self.path.exists():
                self._see_place()
                db = repair.snapshot(self.path, self._migrations, closely=closely)
                if database.version(db) > len(self._migrations):
                    self._say_newer(database.version(db))
                return db
        except (sqlite3.Error, OSError) as error:
            if closely:
                self.unread(error)
            if closely and database.is_damage(error):
                with suppress(sqlite3.Error, OSError):
                    return repair.rescue(self.path, self._migrations)
        empty = database.in_memory()
        database.migrate(empty, self._migrations)
        return empty

    def glance(self) -> sqlite3.Connection | None:
        """Return a connection that reads the file in its place; None where only a copy will do."""
        try:
            if self.path.exists():
                return repair.in_place(self.path, self._migrations)
        except (sqlite3.Error, OSError) as error:
            _log.debug("%s cannot be read in its place: %s", self.path, error)
        return None

    def unread(self, error: sqlite3.Error | OSError) -> None:
        """Report that something could not be read; a damaged file is looked at anew."""
        if database.is_damage(error):
            self.close()  # and mended when it is opened the next time
            self.report("partly", said(_PARTLY, path=self.path))
        else:
            self.report("unread", said(_UNREAD, path=self.path, why=_reason(error)))

    def _say_newer(self, found: int) -> None:
        known = len(self._migrations)
        self.report("newer", said(_NEWER, path=self.path, found=found, known=known))

    # ── erasing ────────────────────────────────────────────────────────────────────────────

    def erase(self, act: Callable[[sqlite3.Connection], None], *, wholly: bool) -> Said | None:
        """Do *act*, which deletes rows, and leave no trace of them; backups and all go too.

        With *wholly* nothing is to be left: a file that cannot be emptied is removed. Returns
        what is left all the same.

        Raises:
            Refusal: Nothing of it could be done.
        """
        is_gone = not self.frozen and self.attempt(act)
        if not (is_gone or wholly):
            raise Refusal(said(_UNTOUCHED, why=next(self._stopping())))
        doomed, problem = self._copies(), None
        if not (is_gone and self._swept()):
            problem = said(_TRACES, path=self.path)
            if wholly:
                self.close()
                doomed, problem = [*self._main(), *doomed], None
        self.frozen = False
        self._problems.clear()
        try:
            for path in doomed:
                _unlink(path)
        except OSError as error:
            problem = said(_NOT_ERASED, path=self.path, why=_reason(error))
        return problem

    def _stopping(self) -> Iterator[Said]:
        """Yield what keeps us from writing."""
        yield from (self._problems[x] for x in ("newer", *_PASSING) if x in self._problems)

    def _swept(self) -> bool:
        """Overwrite what there was; False where another program is in the way, or no room."""
        if self._db is None:
            return False
        try:
            self._db.execute("VACUUM")
            (held, *_) = self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            return False
        return not held

    def _main(self) -> list[Path]:
        """Return the file and its logs, which lie where it really is."""
        real = self.path.resolve()
        return [self.path, *(place.beside(real, ending) for ending in ("", *place.LOGS))]

    def _copies(self) -> list[Path]:
        """Return the backups, what was set aside and what a crash left behind; and the state."""
        copies = sorted(self.path.parent.glob(f"{self.path.name}.*"))
        return [place.beside(self.path, place.STATE), *copies]


def _unlink(path: Path) -> None:
    patiently(lambda: path.unlink(missing_ok=True), place.BUSY_S)


def _reason(error: sqlite3.Error | OSError) -> str:
    """Return what the system says, without the path that the sentence names anyway."""
    return (isinstance(error, OSError) and error.strerror) or str(error)
