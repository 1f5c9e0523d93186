"""The history: rows and the state of the engine, on disk as soon as they are known.

One process writes, the agent; others look. Trouble with the disk stops nobody: what happens waits
in memory until it can be written, and `Store.problems` says so, once for each cause.
"""

from __future__ import annotations

import json
import math
import sqlite3
from collections import deque
from contextlib import closing, contextmanager, suppress
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final, Self

from deskbreak.core import stats
from deskbreak.core.model import Episode, Span
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, Said, said
from deskbreak.storage import rows
from deskbreak.storage.codec import Codec
from deskbreak.storage.disk import Disk
from deskbreak.storage.kept import Days
from deskbreak.storage.latest import Latest

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path
    from types import TracebackType

    from deskbreak.core.model import Moment, State, Undo
    from deskbreak.storage.database import Migrations
    from deskbreak.storage.kept import Kept

_WAITING: Final = 50_000  # changes that may wait in memory: months of an ordinary history
_DAYS_AT_ONCE: Final = 31  # whose rows go in one call of `prune`, which stays short that way
_FIRST_PAUSE_S: Final = 1.0
_LONGEST_PAUSE_S: Final = 30.0
_SYNC_S: Final = 600.0  # what a power cut may cost
_SYNC_ROWS_S: Final = 60.0  # as above, of a row that follows others so closely

_STATE: Final = N_("The state saved in {path} cannot be read; held times begin anew. ({why})")
_UNSAVED: Final = N_("The state could not be saved in {path}. ({why})")
_ODD: Final = N_("An entry made no sense and was left out of {path}. ({why})")
_LOST: Final = N_("So much waited to be written to {path} that the oldest of it is lost.")


@quick_dataclass(frozen=True, slots=True)
class Saved:
    """What the engine needs to go on where it was, and what tells how long ago that is."""

    state: State
    kind_names: tuple[str, ...]  # in the order of ``state.kinds``
    boot_id: str
    clock_offset_s: float


class Store:
    """The history at one place. One thread at a time may use it."""

    def __init__(self, path: Path, migrations: Migrations, latest: Path | None = None) -> None:
        """Use `open` or `look`, which do the work."""
        self._disk = Disk(path, migrations)
        self._looked_at: sqlite3.Connection | None = None
        self._codec = Codec()
        self._waiting: deque[rows.Statement] = deque(maxlen=_WAITING)
        self._unsaved: Saved | None = None
        self._latest = Latest(path, latest)
        self._newer: Saved | None = None  # the state that `Latest` has, and the file has not
        self._written: tuple[int, int] | None = None  # the file that has the state before that
        self._boot_s = 0.0
        self._synced_s = 0.0
        self._retry_at_s = 0.0
        self._pause_s = _FIRST_PAUSE_S

    @classmethod
    def open(
        cls,
        path: Path,
        latest: Path | None = None,
        *,
        read_only: bool = False,
        migrations: Migrations = rows.MIGRATIONS,
    ) -> Self:
        """Open the history at *path*; begin it where there is none, mend it where it is damaged.

        *latest* is where a state may lie that is newer. With *read_only*, look at a copy of what is
        there now, and change nothing. Never raises for what may be wrong with a disk: see
        `problems`. Reads the whole file once.
        """
        store = cls(path, migrations, latest)
        if read_only:
            store._looked_at = store._disk.look(closely=True)
        else:
            store._disk.attempt(store._write)
        return store

    @classmethod
    def look(
        cls, path: Path, latest: Path | None = None, *, migrations: Migrations = rows.MIGRATIONS
    ) -> Self:
        """Look at the history where it lies: at once, in little memory, however long it is.

        Changes nothing, and never raises. Damage is found only where it is read; whoever meets
        `problems` sees more in the copy of ``open(path, read_only=True)``.
        """
        store = cls(path, migrations, latest)
        store._looked_at = store._disk.glance() or store._disk.look(closely=True)
        return store

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        _type: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def path(self) -> Path:
        """Where it is."""
        return self._disk.path

    @property
    def problems(self) -> tuple[Said, ...]:
        """What is wrong, one sentence for each cause; what has passed is no longer there."""
        return self._disk.problems

    @property
    def notes(self) -> tuple[Said, ...]:
        """What the doctor should say of the place, though nothing is wrong."""
        return self._disk.notes

    @property
    def waiting(self) -> int:
        """How many changes are in memory only."""
        return len(self._waiting)

    @property
    def is_misread(self) -> bool:
        """Whether the last look into it missed something; the next one may not."""
        return self._disk.is_misread

    @property
    def write_again_s(self) -> float | None:
        """From when on (boot clock) to try again to write what waits; None where nothing does."""
        is_waiting = bool(self._waiting or self._unsaved) and not self._disk.frozen
        return self._retry_at_s if is_waiting and self._retry_at_s else None

    def close(self) -> None:
        """Write what waits, and let go."""
        if self._looked_at is not None:
            self._looked_at.close()
        else:
            self._unsaved = self._unsaved or self._newer
            self.flush()
            if not self._unsaved:
                self._latest.tidy()
        self._disk.close()

    # ── writing ────────────────────────────────────────────────────────────────────────────

    def append(self, new: Sequence[Span | Episode], undo: Sequence[Undo], saved: Saved) -> None:
        """Keep the rows of one step, take back what *undo* names, and keep the state: at once.

        Safe from a kill when this returns. From a power cut rows are safe then too, unless the disk
        was waited for in the minute before, and all is ten minutes later at the most: see
        `save_by_s`. At most 0.25 s, unless a damaged file is mended. While writing fails it is
        tried again after 1 to 30 s of the boot clock.
        """
        assert self._looked_at is None, "only the agent writes"
        added = list(rows.statements(new, undo, saved.state.day_starts_s))
        if len(self._waiting) + len(added) > _WAITING:
            self._disk.report("lost", said(_LOST, path=self._disk.path))
        self._boot_s = saved.state.at.boot_s
        if not added and self._put_aside(saved):
            return
        self._waiting.extend(added)
        self._unsaved = saved
        if not 0 < self._retry_at_s - self._boot_s <= _LONGEST_PAUSE_S:
            self.flush()

    @property
    def save_by_s(self) -> float:
        """When (boot clock) the state must be on a disk again: what a power cut may cost is over.

        Never where it cannot be, or where `write_again_s` says when.
        """
        is_stuck = self._disk.frozen or self.write_again_s is not None
        return math.inf if is_stuck else self._synced_s + _SYNC_S

    def _put_aside(self, saved: Saved) -> bool:
        """Keep a state beside the history, if that has what it goes on from, and need not change."""
        if self._waiting or self._unsaved or self._disk.found() != self._written:
            return False
        lasting = not 0 <= self._boot_s - self._synced_s < _SYNC_S
        try:
            is_kept = self._latest.keep(saved.state, self._values(saved), lasting=lasting)
        except ValueError:  # said where the file was to have it
            return False
        if is_kept:
            self._newer = saved
        if is_kept and lasting:
            self._sync()  # a power cut takes it with the row that it goes on from
        return is_kept

    def flush(self) -> None:
        """Write what waits, if anything does; where that fails it goes on waiting."""
        if self._disk.frozen or not (self._waiting or self._unsaved):
            return
        if not self._disk.attempt(self._write):
            self._retry_at_s = self._boot_s + self._pause_s
            self._pause_s = min(2 * self._pause_s, _LONGEST_PAUSE_S)
            return
        may_wait_s = _SYNC_ROWS_S if self._waiting else _SYNC_S
        self._waiting.clear()
        self._unsaved = self._newer = None
        self._written = self._disk.found()
        self._pause_s, self._retry_at_s = _FIRST_PAUSE_S, 0.0
        if not 0 <= self._boot_s - self._synced_s < may_wait_s:
            self._sync()

    def _sync(self) -> None:
        self._disk.sync()
        self._synced_s = self._boot_s

    def _write(self, db: sqlite3.Connection) -> None:
        for sql, values in self._waiting:
            self._put(db, sql, values)
        if self._unsaved is None:
            return
        saved = self._unsaved
        try:
            values = self._values(saved)
        except ValueError as error:  # the last good one stays
            self._disk.report("unsaved", said(_UNSAVED, path=self._disk.path, why=error))
            return
        row = rows.packed(values[0]), *values[1:]
        self._put(db, rows.SAVE, row)
        self._latest.follow(saved.state, row)

    def _values(self, saved: Saved) -> tuple[str, str, str, float]:
        state, names = self._codec.dump(saved.state), json.dumps(saved.kind_names)
        return state, names, saved.boot_id, float(saved.clock_offset_s)

    def _put(self, db: sqlite3.Connection, sql: str, values: tuple[object, ...]) -> None:
        try:
            db.execute(sql, values)
        except (sqlite3.IntegrityError, OverflowError, UnicodeEncodeError) as error:
            self._disk.report("odd", said(_ODD, path=self._disk.path, why=error))

    # ── reading ────────────────────────────────────────────────────────────────────────────

    def load_saved(self) -> Saved | None:
        """Return what was saved last; None where there is nothing, or nothing that makes sense."""
        saved = None
        with self._view() as db:
            found = db.execute(rows.LOAD).fetchone()
            if found is not None:
                try:
                    saved = self._decoded(*(self._latest.read(found) or found))
                except (ValueError, TypeError) as error:
                    self._disk.report("state", said(_STATE, path=self._disk.path, why=error))
        return saved

    def _decoded(self, state_: object, names: str, boot_id: str, clock_offset_s: float) -> Saved:
        state = self._codec.load(rows.unpacked(state_))
        kinds = tuple(str(name) for name in json.loads(names))
        credit = state.credit
        lengths = {len(state.kinds), len(kinds)}
        if credit is not None:
            lengths |= {len(credit.held_from_s), len(credit.moved_at_s)}
        if len(lengths) > 1:
            raise ValueError("not as many kinds as names")
        return Saved(state, kinds, boot_id, float(clock_offset_s))

    def days(
        self,
        first: date,
        last: date,
        kinds_on: Collection[str] = (),
        day_starts_s: int = 0,
        also: Iterable[Span | Episode] = (),
    ) -> list[stats.Day]:
        """Return the days from *first* to *last* of which anything is known, in order.

        A stored row belongs to the day that it belonged to when it was written. *also* are rows
        that are not kept yet, such as the span that is open; *day_starts_s* is for them.
        """
        kept = self.kept(first, last, day_starts_s, also)
        return [kept[on].day(on, kinds_on) for on in sorted(kept)]

    def kept(
        self, first: date, last: date, day_starts_s: int = 0, also: Iterable[Span | Episode] = ()
    ) -> dict[date, Kept]:
        """Return what `days` makes its figures of."""
        found = Days()
        with self._view() as db:
            found.read(db, first, last)
        found.add(also, day_starts_s)
        return {on: kept for on, kept in found.items() if first <= on <= last}

    def dated(
        self, first: date, last: date, *, undone: bool = False
    ) -> tuple[list[tuple[str, Span]], list[tuple[str, Episode]]]:
        """Return what `rows` does, each with the day that it belongs to, as 2026-03-02.

        With *undone* the episodes are those that were struck.
        """
        spans, episodes = list[tuple[str, Span]](), list[tuple[str, Episode]]()
        with self._view() as db:
            spans += rows.read_spans(db, first, last)
            episodes += rows.read_episodes(db, first, last, undone=undone)
        return spans, episodes

    def rows(self, first: date, last: date) -> tuple[list[Span], list[Episode]]:
        """Return what happened from the day *first* to *last*, in order, without what was undone."""
        spans, episodes = list[Span](), list[Episode]()
        with self._view() as db:
            spans += (span for _, span in rows.read_spans(db, first, last))
            episodes += (episode for _, episode in rows.read_episodes(db, first, last))
        return spans, episodes

    def known(self) -> tuple[date, date] | None:
        """Return the first and the last day of which anything is known."""
        found = None
        with self._view() as db, suppress(ValueError):
            edges = rows.edges(db)
            found = edges and (date.fromisoformat(edges[0]), date.fromisoformat(edges[1]))
        return found

    def newest(self) -> Moment | None:
        """Return the moment up to which the rows tell what happened.

        The boot clock of rows must go on from there, also where the saved state was lost.
        """
        found = None
        with self._view() as db, suppress(ValueError, TypeError):
            found = rows.newest(db)
        return found

    @contextmanager
    def _view(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection that shows all that is known, also what waits; report what fails."""
        try:
            if self._looked_at is not None:
                self._looked_at.execute(
                    "BEGIN"
                )  # the agent may write: all that we see is of one instant
                try:
                    yield self._looked_at
                finally:
                    self._looked_at.execute("ROLLBACK")
            elif self._disk.db is not None and not (self._waiting or self._unsaved):
                yield self._disk.db
            else:
                with closing(self._disk.look(closely=False)) as db:
                    with suppress(sqlite3.Error):
                        self._write(db)
                    yield db
        except sqlite3.Error as error:
            self._disk.unread(error)
        else:
            self._disk.forget("unread")

    # ── keeping house ──────────────────────────────────────────────────────────────────────

    def prune(self, today: date, keep_days: int) -> bool:
        """Keep only the figures of days that are *keep_days* old; make the weekly backup.

        At most 31 days in one call, which takes about 0.1 s; True means that there are more.
        Nothing is done while rows wait to be written: whoever holds the file holds it for this, too.
        """
        assert self._looked_at is None, "only the agent writes"
        before = today - timedelta(days=keep_days)
        old = list[date]()

        def act(db: sqlite3.Connection) -> None:
            old[:] = rows.days_with_rows(db, before)
            for on in old[:_DAYS_AT_ONCE]:
                spans = [span for _, span in rows.read_spans(db, on, on)]
                episodes = [episode for _, episode in rows.read_episodes(db, on, on)]
                day = stats.day(on, spans, episodes)
                rows.put_figures(db, stats.add(on, [*rows.read_figures(db, on, on), day]))
                rows.drop_rows(db, on)

        if self._disk.frozen or self.write_again_s is not None or not self._disk.attempt(act):
            return False
        self._disk.back_up(today)
        return len(old) > _DAYS_AT_ONCE

    def erase(self, before: date | None = None, saved: Saved | None = None) -> Said | None:
        """Erase the days before *before* (None: all that is kept here), backups and such too.

        *saved* is the state from now on, with nothing of these days in it; without one the engine
        begins anew. Returns what could not be erased, if anything; what happens from now on is
        kept again.

        Raises:
            Refusal: Nothing was erased.
        """
        assert self._looked_at is None, "only the agent writes"

        def act(db: sqlite3.Connection) -> None:
            self._write(db)
            rows.drop(db, before)

        if before is None:
            self._waiting.clear()
        problem = self._disk.erase(act, wholly=before is None)
        self._latest.drop()
        self._newer = None
        self._waiting.clear()
        self._unsaved = saved
        self.flush()
        return problem
