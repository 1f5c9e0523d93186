from __future__ import annotations

import json
import os
import sqlite3
import stat
import struct
import subprocess
import sys
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path, PurePath, PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.core import stats
from deskbreak.core.model import Episode, Hold, Moment, Outcome, Phase, Presence, Span, Undo
from deskbreak.core.words import Refusal
from deskbreak.storage import database, place, rows
from deskbreak.storage.rows import MIGRATIONS
from deskbreak.storage.store import Store
from tests.board import size
from tests.storage.history import (
    DAY,
    FOUR,
    START,
    after,
    last_day,
    life,
    live,
    names,
    saved,
    span,
    taken,
)
from tests.storage.rights import allow_writing, forbid_writing

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board import Board

KILLS = 20 if sys.platform == "win32" else size(200, 2000)  # there each takes a new process
ONE_DAY = timedelta(days=1)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where a history may be begun."""
    return tmp_path / "share" / "deskbreak" / "history.db"


def figures(kept: list[Span | Episode]) -> list[stats.Day]:
    """Return the days that *kept* makes, without any store."""
    spans = [row for row in kept if isinstance(row, Span)]
    episodes = [row for row in kept if isinstance(row, Episode)]
    return stats.days_of(spans, episodes, FOUR)


def said(store: Store) -> list[str]:
    """Return the first words of each problem, in English."""
    return [str(problem) for problem in store.problems]


# ── rows ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "win32", reason="only a checkpoint waits for the disk there")
def test_given_rows_and_states_when_they_wait_for_the_disk_then_the_log_goes_on(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A row at once, a state every ten minutes; the file itself is written when the log is long."""
    waited = list[int]()
    with Store.open(path) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        before = path.read_bytes()
        monkeypatch.setattr(os, "fsync", waited.append)
        counts = []
        for minutes, row in ((2.1, True), (2.9, True), (12, False), (12.2, False), (23, False)):
            store.append([span(1, minutes)] * row, [], saved(after(minutes)))
            counts.append(len(waited))

        assert (before, [1, 1, 1, 2, 3]) == (path.read_bytes(), counts)
        for n in range(10):
            store.append([span(30 + n, 31 + n)], [], saved(after(31 + n)))

        assert before != path.read_bytes()


def test_given_rows_when_they_are_read_again_then_nothing_is_lost(path: Path) -> None:
    """A row comes back as it was, from the same store and from the next one."""
    absence = Span(
        after(50), after(55), Presence.AWAY, frozenset({Hold.CALL, Hold.DND}), change=True
    )
    natural = Episode(
        7, "stretch", after(60), Phase.WAITING, outcome=Outcome.NATURAL, ended=after(60)
    )
    elsewhere = replace(
        taken(8, 70, change=True),
        due=replace(after(68), zone=ZoneInfo("Asia/Kathmandu")),
        by=None,
        asked=True,
    )
    kept = ([span(0, 50), absence], [natural, elsewhere])

    with Store.open(path) as store:
        store.append([*kept[0], *kept[1]], [], saved(after(60)))
        same = store.rows(DAY, DAY)
    with Store.open(path) as store:
        again = store.rows(DAY, DAY)

    assert kept == same == again


def test_given_a_saved_state_when_the_next_agent_starts_then_it_is_there(path: Path) -> None:
    """The state is kept with the rows, together with what tells how long ago that is."""
    with Store.open(path) as store:
        before = store.load_saved()
        store.append([], [], saved(after(1)))
        store.append([span(0, 2)], [], saved(after(2), 42))
    with Store.open(path) as store:
        loaded = store.load_saved()

    assert before is None
    assert saved(after(2), 42) == loaded


def test_given_a_history_then_days_are_those_that_its_rows_make(path: Path) -> None:
    """Statistics are made from rows, the same when stored and when not."""
    with Store.open(path) as store:
        kept = live(store, 4)
        days = store.days(DAY, last_day(4), ("stretch",))
        second = store.days(DAY + ONE_DAY, DAY + ONE_DAY)
        known = store.known()
        newest = store.newest()

    expected = figures(kept)
    assert [stats.add(day.date, [day], ("stretch",)) for day in expected] == days
    assert expected[1:2] == second
    assert (DAY, last_day(4)) == known
    assert list(life(4))[-1][1] == newest


def test_given_no_history_then_nothing_is_known(path: Path) -> None:
    """A new store is empty, not wrong."""
    with Store.open(path) as store:
        assert ([], None, None) == (store.days(DAY, DAY), store.known(), store.newest())
        assert ((), ()) == (store.problems, store.notes)


def test_given_an_open_span_when_days_are_asked_for_then_it_can_be_counted_in(path: Path) -> None:
    """What is not kept yet is part of today; an episode that is open is part of nothing."""
    with Store.open(path) as store:
        store.append([span(0, 50)], [], saved())
        also: list[Span | Episode] = [span(50, 60), replace(taken(1, 60), ended=None), taken(2, 20)]
        (day,) = store.days(DAY, DAY, (), FOUR, also)

    assert (3600.0, 1) == (day.desk_seconds, day.kinds["position"].taken)


def test_given_a_row_written_under_another_start_of_day_then_it_keeps_its_day(path: Path) -> None:
    """A closed day never changes, also when the day begins at another hour from now on."""
    late = saved()
    late.state.day_starts_s = 12 * 3600
    with Store.open(path) as store:
        store.append([span(0, 50)], [], saved())
        store.append([span(50, 60)], [], late)
        days = store.days(DAY - ONE_DAY, DAY, (), 12 * 3600)

    assert [(DAY - ONE_DAY, 600.0), (DAY, 3000.0)] == [(d.date, d.desk_seconds) for d in days]


# ── looking at it where it lies ────────────────────────────────────────────────────────────


def test_given_a_history_when_it_is_looked_at_where_it_lies_then_it_says_what_a_copy_says(
    path: Path,
) -> None:
    """Also while the agent has it, and when it has ended; nothing of it is changed."""
    with Store.open(path) as store:
        live(store, 4)
        with Store.look(path) as other, Store.open(path, read_only=True) as copy:
            at_once = _all_of(other)
            assert _all_of(copy) == at_once == _all_of(store)
    before = path.read_bytes()
    with Store.look(path) as other:
        later = _all_of(other)

    assert at_once == later
    assert before == path.read_bytes()


def _all_of(store: Store) -> tuple[object, ...]:
    first, last = DAY, last_day(4)
    return (store.days(first, last), store.rows(first, last), store.known(), store.load_saved())


def test_given_a_look_then_the_agent_writes_on_and_what_it_writes_is_seen(path: Path) -> None:
    """Nobody waits for anybody, and each question is answered as of the instant it is asked."""
    with Store.open(path) as store, Store.look(path) as other:
        store.append([span(0, 50)], [], saved())
        first = other.days(DAY, DAY)
        store.append([span(50, 60)], [], saved())
        second = other.days(DAY, DAY)

        assert not store.problems
        assert [3000.0, 3600.0] == [days[0].desk_seconds for days in (first, second)]


def test_given_nothing_to_look_at_then_there_is_nothing_and_nothing_is_made(path: Path) -> None:
    """A first look comes before the agent has begun a history."""
    with Store.look(path) as other:
        assert ([], None, ()) == (other.days(DAY, DAY), other.known(), other.problems)
    assert not path.exists()


@pytest.mark.row("R17")
def test_given_an_older_history_when_it_is_looked_at_then_a_copy_is_brought_up(path: Path) -> None:
    """Only the agent changes the file: a program that is newer than it reads a copy."""
    with Store.open(path) as store:
        store.append([span(0, 50)], [], saved())
    with Store.look(path, migrations=(*MIGRATIONS, ("CREATE TABLE more (id)",))) as other:
        days = other.days(DAY, DAY)
    with closing(sqlite3.connect(path)) as db:
        (found,) = db.execute("PRAGMA user_version").fetchone()

    assert [3000.0] == [day.desk_seconds for day in days]
    assert len(MIGRATIONS) == found


def test_given_a_damaged_history_when_it_is_looked_at_then_it_says_so(path: Path) -> None:
    """At its beginning at once, further on where it is read."""
    with Store.open(path) as store:
        live(store, 40)
    whole = path.read_bytes()
    path.write_bytes(b"no history at all" + whole[17:])
    with Store.look(path) as other:
        assert other.problems
    path.write_bytes(whole[: 2 * 4096] + bytes(len(whole) - 2 * 4096))
    with Store.look(path) as other:
        other.days(DAY, last_day(40))
        assert other.problems


# ── "I was reading" ────────────────────────────────────────────────────────────────────────


def is_undone(row: Span, undo: Undo) -> bool:
    """Tell whether *row* lies between both instants, or says at the desk what changed there."""
    last = row.start if row.presence is Presence.DESK else row.end
    return undo.start.boot_s <= row.start.boot_s and last.boot_s <= undo.end.boot_s


def undone(kept: list[Span | Episode], undo: Undo) -> list[Span | Episode]:
    """Return what is left of *kept*, as the contract has it."""
    left: list[Span | Episode] = []
    for row in kept:
        if isinstance(row, Episode):
            if row.id not in undo.episodes:
                left.append(row)
        elif not is_undone(row, undo):
            left.append(row)
        elif row.presence is Presence.AWAY:
            left.append(replace(row, presence=Presence.DESK, change=False))
        else:
            left.append(replace(row, change=False))
    return left


def test_given_reading_when_it_is_said_then_the_absence_was_desk_time(path: Path) -> None:
    """Away becomes desk, a lock stays one, no change is left, and the undone rows count nowhere."""
    kept: list[Span | Episode] = [
        span(0, 50, change=True),
        taken(1, 10, change=True),
        span(50, 60, "away", change=True),
        taken(2, 55, change=True),
        taken(3, 56),
        span(60, 61, "locked", change=True),
        span(61, 62, "away"),
        span(62, 80, change=True),
    ]
    undo = Undo((2, 3), after(50), after(62))

    with Store.open(path) as store:
        store.append(kept, [], saved())
        store.append([], [undo], saved())
        days = store.days(DAY, DAY)
        _, episodes = store.rows(DAY, DAY)

    assert figures(undone(kept, undo)) == days
    assert [1] == [episode.id for episode in episodes]
    assert 50 + 11 + 18 == days[0].desk_seconds / 60


def test_given_a_number_that_an_old_row_has_too_then_only_the_newest_is_undone(path: Path) -> None:
    """Episodes are numbered anew where a state was lost; history stays as it is."""
    with Store.open(path) as store:
        store.append([taken(1, 5), taken(1, 90)], [Undo((1,), after(80), after(95))], saved())
        _, episodes = store.rows(DAY, DAY)

    assert [after(5)] == [episode.ended for episode in episodes]


def test_given_a_boot_clock_that_ran_before_when_reading_is_said_then_old_days_stay(
    path: Path,
) -> None:
    """Where the history could not be read at the start, its times come again; they are not meant."""
    old = [span(0, 30), span(30, 40, "away"), span(40, 200)]
    new = [
        replace(row, start=_later(row.start), end=_later(row.end))
        for row in (span(0, 30), span(30, 40, "away"), span(40, 45))
    ]
    with Store.open(path) as store:
        store.append(old, [], saved())
        store.append(new, [Undo((), after(30), after(40))], saved())
        days = store.days(DAY, last_day(5))

    assert [(190, 10), (45, 0)] == [(day.desk_seconds / 60, day.away_seconds / 60) for day in days]


def _later(moment: Moment) -> Moment:
    """Return the same boot clock four days later."""
    return replace(moment, unix_s=moment.unix_s + 4 * 86_400)


@pytest.mark.row("R33")
@settings(max_examples=12, deadline=None)
@given(st.integers(0, 2**32), st.data())
def test_given_any_history_then_rebuilt_is_stored(seed: int, data: st.DataObject) -> None:
    """Whatever was kept, undone and pruned, and in how many runs: the same days come out."""
    kept: list[Span | Episode] = []
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "history.db")
        store = Store.open(place)
        for n, (step, at) in enumerate(life(3, seed)):
            kept += step
            undo = []
            if n % 7 == 6 and data.draw(st.booleans()):
                spans = [row for row in kept if isinstance(row, Span)]
                numbers = [row.id for row in kept if isinstance(row, Episode)]
                undo = [Undo(tuple(numbers[-1:]), spans[-data.draw(st.integers(1, 6))].start, at)]
                kept = undone(kept, undo[0])
            store.append(step, undo, saved(at))
            if data.draw(st.integers(0, 20)) == 0:
                store.close()
                store = Store.open(place)
        stored = store.days(DAY, last_day(3))
        store.prune(last_day(3), data.draw(st.integers(0, 3)))
        pruned = store.days(DAY, last_day(3))
        store.close()

    assert figures(kept) == stored == pruned
    weeks = [stats.week(days, DAY) for days in (stored, figures(kept))]
    assert weeks[0] == weeks[1]


# ── keeping house ──────────────────────────────────────────────────────────────────────────


def test_given_old_days_when_they_are_pruned_then_their_figures_stay(path: Path) -> None:
    """Raw rows go after a time, 31 days at once; the totals of a day stay for good."""
    with Store.open(path) as store:
        live(store, 40)
        before = store.days(DAY, last_day(40))
        more = [store.prune(last_day(40), 5), store.prune(last_day(40), 5)]
        spans, episodes = store.rows(DAY, last_day(35) - ONE_DAY)
        recent, _ = store.rows(last_day(35), last_day(40))

        assert [True, False] == more
        assert ([], []) == (spans, episodes)
        assert recent
        assert before == store.days(DAY, last_day(40))
        assert (DAY, last_day(40)) == store.known()


def test_given_rows_for_a_pruned_day_when_pruned_again_then_they_are_added(path: Path) -> None:
    """A clock that was set back for a while may write on a day whose rows are gone."""
    with Store.open(path) as store:
        store.append([span(0, 50)], [], saved())
        store.prune(DAY + 9 * ONE_DAY, 5)
        store.append([span(50, 60)], [], saved())
        seen = store.days(DAY, DAY)
        store.prune(DAY + 9 * ONE_DAY, 5)
        again = store.days(DAY, DAY)

    assert [3600.0] == [day.desk_seconds for day in seen] == [day.desk_seconds for day in again]


def test_given_a_week_when_it_is_over_then_the_backup_is_a_new_one(path: Path) -> None:
    """One backup is kept, made anew when it is a week old, or when it is of a day to come."""
    backups = []
    with Store.open(path) as store:
        store.append([span(0, 50)], [], saved())
        for today in (0, 6, 7, 8, 30, 3):
            store.prune(DAY + today * ONE_DAY, 400)
            backups.append(
                [n[len("history.db.backup-") :] for n in names(path.parent) if "back" in n]
            )

    assert [
        ["2026-03-02"],
        ["2026-03-02"],
        ["2026-03-09"],
        ["2026-03-09"],
        ["2026-04-01"],
        ["2026-03-05"],
    ] == backups


def test_given_a_history_when_it_is_erased_then_nothing_of_it_is_left(path: Path) -> None:
    """Rows, state, backups, set-aside files: all gone, and no byte of it stays in the file."""
    path.parent.mkdir(parents=True)
    for name in ("history.db.damaged-1", "history.db.damaged-1-wal", "history.db.version-0"):
        (path.parent / name).write_text("old")
    (path.parent / "settings.toml").write_text("not ours")
    with Store.open(path) as store:
        live(store, 3)
        store.prune(last_day(3), 1)
        assert store.erase() is None
        left = b"".join(file.read_bytes() for file in path.parent.glob("history.db*"))

        assert ([], None, None) == (store.days(DAY, last_day(3)), store.load_saved(), store.known())
        assert {"history.db", "history.db-wal", "history.db-shm", "settings.toml"} == set(
            names(path.parent)
        )
        assert not [word for word in (b"Berlin", b"P-PC-03", b"2026-03", b"boot-1") if word in left]
        store.append([span(0, 50)], [], saved())
        assert [3000.0] == [day.desk_seconds for day in store.days(DAY, DAY)]


def test_given_a_reader_that_holds_on_when_erased_then_the_file_goes_away(path: Path) -> None:
    """Where it cannot be emptied in place, the file itself is removed."""
    with Store.open(path) as store:
        live(store, 2)
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM spans").fetchone()
            problem = store.erase()
        if sys.platform == "win32":  # nobody can, while it is open
            assert "Not all of the history" in str(problem)
            assert store.erase() is None
        else:
            assert (None, False) == (problem, path.exists())
        store.append([span(0, 50)], [], saved())
        assert [3000.0] == [day.desk_seconds for day in store.days(DAY, last_day(2))]


def test_given_days_before_one_when_erased_then_only_they_are_gone(path: Path) -> None:
    """Rows, figures and copies of them; the later days are as they were, to the last byte."""
    second, now = DAY + ONE_DAY, saved(after(0), 7)
    now.state.today = last_day(4)
    with Store.open(path) as store:
        live(store, 4)
        store.prune(last_day(4), 3)  # of the first day, figures only
        kept, numbers = store.days(second, last_day(4)), _numbers(store, DAY, second)
        place.beside(path, ".damaged-1").write_bytes(numbers[-1])
        was_there = _found(path, numbers)
        assert store.erase(second + ONE_DAY, now) is None

        assert kept[1:] == store.days(DAY, last_day(4))
        assert (second + ONE_DAY, last_day(4)) == store.known()
        assert 7 == (store.load_saved() or saved()).state.next_episode
        assert (numbers, []) == (was_there, _found(path, numbers))
        assert len(numbers) > 10
        assert not [name for name in names(path.parent) if "damaged" in name or "backup" in name]


def _numbers(store: Store, first: date, last: date) -> list[bytes]:
    """Return the names of some days, and when spans of theirs began, as SQLite writes it."""
    starts = (span.start.unix_s for span in store.rows(first, last)[0])
    # A whole number is written shorter, and might stand anywhere.
    numbers = [struct.pack(">d", start_s) for start_s in starts if start_s % 1]
    return [first.isoformat().encode(), last.isoformat().encode(), *numbers]


def _found(path: Path, numbers: list[bytes]) -> list[bytes]:
    left = b"".join(file.read_bytes() for file in path.parent.iterdir())
    return [number for number in numbers if number in left]


def test_given_a_reader_that_holds_on_when_days_are_erased_then_that_is_said(path: Path) -> None:
    """The rows are gone for everybody who looks, and the file is not: the rest of it is wanted."""
    with Store.open(path) as store:
        live(store, 2)
        with closing(sqlite3.connect(path, isolation_level=None)) as reader:
            reader.execute("BEGIN")
            reader.execute("SELECT count(*) FROM spans").fetchone()
            problem = store.erase(DAY + ONE_DAY)
        seen = store.known()

        assert "traces of it stay in" in str(problem)
        assert (DAY + ONE_DAY, DAY + ONE_DAY) == seen
        assert store.erase(DAY + ONE_DAY) is None


def test_given_rows_that_wait_when_days_are_erased_then_only_the_later_ones_are_written(
    path: Path,
) -> None:
    """What could not be written yet is recorded, too."""
    with Store.open(path) as store:
        with closing(sqlite3.connect(path, isolation_level=None)) as other:
            other.execute("BEGIN EXCLUSIVE")
            store.append([span(0, 50), span(24 * 60, 25 * 60)], [], saved())
            with pytest.raises(Refusal, match="Another program holds"):
                store.erase(DAY + ONE_DAY)
            waiting = store.waiting
        assert store.erase(DAY + ONE_DAY) is None

        assert (2, 0) == (waiting, store.waiting)
        assert [3600.0] == [day.desk_seconds for day in store.days(DAY, last_day(9))]


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody can remove an open file")
def test_given_a_history_that_is_a_link_when_it_cannot_be_emptied_then_no_copy_stays(
    path: Path, tmp_path: Path
) -> None:
    """The file is gone wherever it really lies."""
    real = tmp_path / "elsewhere" / "real.db"
    for folder in (real.parent, path.parent):
        folder.mkdir(parents=True)
    path.symlink_to(real)
    with Store.open(real) as store:
        live(store, 1)
    with Store.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as reader:
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM spans").fetchone()
        assert store.erase() is None

        assert ([], []) == (names(real.parent), names(path.parent))


@pytest.mark.row("R30")
def test_given_ten_years_then_the_file_stays_small(path: Path, board: Board) -> None:
    """400 days of rows and ten years of totals need less than 20 MB, and open in time."""
    with Store.open(path) as store:
        live(store, 2)
        figures_of = store.days(DAY, DAY)[0]
    with closing(sqlite3.connect(path)) as db:
        for n in range(3650):
            rows.put_figures(db, replace(figures_of, date=date(2016, 1, 1) + n * ONE_DAY))
        (of_days,) = db.execute("SELECT count(DISTINCT day) FROM spans").fetchone()
        columns = [c[1] for c in db.execute("PRAGMA table_info(spans)")][1:]
        listed = ", ".join(columns)
        for _ in range(8):  # 2 days become 512
            db.execute(f"INSERT INTO spans ({listed}) SELECT {listed} FROM spans")  # noqa: S608 - no input
        columns = [c[1] for c in db.execute("PRAGMA table_info(episodes)")][1:]
        listed = ", ".join(columns)
        for _ in range(8):
            db.execute(f"INSERT INTO episodes ({listed}) SELECT {listed} FROM episodes")  # noqa: S608 - as above
        db.commit()
    begun_s = time.perf_counter()
    Store.open(path).close()

    took_s = time.perf_counter() - begun_s
    size_mb = path.stat().st_size / 1e6
    board.note(load=3650, figure=f"{size_mb:.1f} MB for ten years, opened in {took_s:.2f} s")
    assert of_days == 2
    assert path.stat().st_size < 20e6
    assert took_s < 3


# ── others ─────────────────────────────────────────────────────────────────────────────────


def test_given_a_running_agent_when_another_program_looks_then_it_sees_all(path: Path) -> None:
    """`deskbreak stats` reads what is there, and changes nothing."""
    with Store.open(path) as store:
        kept = live(store, 1)
        with Store.open(path, read_only=True) as reader:
            seen = reader.days(DAY, DAY)
            state = reader.load_saved()
            store.append([span(900, 950)], [], saved())
            later = reader.days(DAY, DAY)

    assert figures(kept) == seen == later
    assert state is not None
    assert ["history.db"] == [name for name in names(path.parent) if name.endswith(".db")]


def test_given_no_history_when_a_program_looks_then_none_is_begun(path: Path) -> None:
    """Looking at nothing leaves nothing behind."""
    with Store.open(path, read_only=True) as reader:
        assert ([], None, ()) == (reader.days(DAY, DAY), reader.load_saved(), reader.problems)

    assert not path.parent.exists()


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no modes of files")
@pytest.mark.parametrize("umask", [0o000, 0o022, 0o777])
def test_given_any_umask_then_only_the_user_may_read_it(path: Path, umask: int) -> None:
    """Files are 0600 in a 0700 folder, whatever the umask, and also if they were not before."""
    above = path.parent.parent
    before = os.umask(umask)
    try:
        with Store.open(path) as store:
            live(store, 2)
            store.prune(last_day(2), 1)
            modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
            path.chmod(0o666)
            path.parent.chmod(0o777)
        with Store.open(path) as store:
            store.append([], [], saved())
            modes |= {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    finally:
        os.umask(before)

    assert {0o600} == modes
    assert [0o700, 0o700] == [stat.S_IMODE(one.stat().st_mode) for one in (path.parent, above)]


# ── kill ───────────────────────────────────────────────────────────────────────────────────


@pytest.mark.row("R09")
def test_given_kills_in_the_middle_of_writing_then_no_acknowledged_row_is_lost(
    tmp_path: Path, board: Board
) -> None:
    """After kill -9 everything that `append` returned for is there, and the state with it."""
    ran = subprocess.run(
        [sys.executable, "-m", "tests.storage.killed", str(tmp_path), str(KILLS)],
        check=False,
        capture_output=True,
        text=True,
        timeout=10 * KILLS,
        cwd=Path(__file__).parents[2],
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    found = json.loads(ran.stdout)
    figure = f"{found['lost']} of {found['rows']:,} acknowledged rows lost"
    board.note(load=found["rows"], faults=found["kills"], figure=figure)

    assert (KILLS, 0, 0) == (found["kills"], found["lost"], found["damaged"])
    assert found["rows"] > 20 * KILLS
    least = (
        0 if os.name == "nt" else 1
    )  # a process starts slowly there: it is killed while it writes
    assert least <= found["opening"] < KILLS


# ── trouble ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.row("R12")
def test_given_a_lock_then_nobody_waits_long_and_nothing_is_lost(path: Path) -> None:
    """While another program has the file, rows wait in memory; then all are written, in order."""
    with Store.open(path) as store, closing(sqlite3.connect(path, isolation_level=None)) as other:
        store.append([span(0, 10)], [], saved(after(10)))
        other.execute("BEGIN IMMEDIATE")
        begun_s = time.perf_counter()
        store.append([span(10, 20), taken(1, 15)], [], saved(after(20)))
        took_s = time.perf_counter() - begun_s
        during = (
            said(store),
            store.waiting,
            store.days(DAY, DAY)[0].desk_seconds,
            store.load_saved(),
        )
        other.execute("ROLLBACK")
        soon = START.on(after(20).boot_s + 0.5)
        store.append(
            [Span(after(20), soon, Presence.DESK)], [Undo((1,), after(10), soon)], saved(soon)
        )
        too_soon = store.waiting
        later = START.on(after(20).boot_s + 1.5)
        store.append([Span(soon, later, Presence.DESK)], [], saved(later))
        after_all = (said(store), store.waiting, store.days(DAY, DAY)[0])

    print(f"\nheld up for {took_s * 1000:.0f} ms")  # noqa: T201 - the figure
    (problem,), waiting, desk_s, state = during
    assert problem.startswith("Another program holds the history")
    assert (2, 1200.0, saved(after(20))) == (waiting, desk_s, state)
    assert too_soon == 5
    assert ([], 0, 1201.5, 0) == (
        *after_all[:2],
        after_all[2].desk_seconds,
        len(after_all[2].kinds),
    )
    assert took_s < 0.4


@pytest.mark.row("R12")
def test_given_a_lock_at_the_start_then_the_history_is_opened_later(path: Path) -> None:
    """A locked file is no reason not to start; at the end it is tried once more."""
    Store.open(path).close()
    with closing(sqlite3.connect(path, isolation_level=None)) as other:
        other.execute("PRAGMA locking_mode = EXCLUSIVE")
        other.execute("BEGIN EXCLUSIVE")
        store = Store.open(path)
        store.append([span(0, 10)], [], saved())
        locked = (len(store.problems), store.load_saved(), store.days(DAY, DAY)[0].desk_seconds)
    store.close()
    with Store.open(path) as store:
        kept = store.days(DAY, DAY)

    assert (1, saved(), 600.0) == locked
    assert [600.0] == [day.desk_seconds for day in kept]


@contextmanager
def small_disk(size: int) -> Iterator[None]:
    """Let no file grow beyond *size* bytes."""
    if sys.platform == "win32":
        pytest.skip("Windows has no limit on the size of a file")
    import resource

    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.row("R11")
def test_given_no_room_when_there_is_some_again_then_nothing_was_lost(path: Path) -> None:
    """A full disk costs no row and is reported once, however often it is tried."""
    steps = list(life(3))
    kept: list[Span | Episode] = []
    with Store.open(path) as store:
        with small_disk(2_048):
            for step, at in steps[:-1]:
                store.append(step, [], saved(at))
                kept += step
            full = (len(store.problems), store.waiting, store.days(DAY, last_day(3)))
        step, at = steps[-1]
        store.append(step, [], saved(at))
        store.flush()
        whole = (said(store), store.waiting, store.days(DAY, last_day(3)))

    assert full[0] == 1
    assert full[1] > 10
    assert figures(kept) == full[2]
    assert ([], 0, figures(kept + step)) == whole


@pytest.mark.row("R11")
def test_given_a_limit_of_pages_then_it_is_called_no_room(
    path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """SQLite's own word for a full disk leads to words about room; the next try goes well here."""
    with Store.open(path) as store:
        assert store._disk.db is not None
        store._disk.db.execute("PRAGMA max_page_count = 8")
        kept = live(store, 2)
        store.flush()

        assert ((), figures(kept)) == (store.problems, store.days(DAY, last_day(2)))
    assert "There is no room left for the history" in caplog.text


@contextmanager
def nobody_special() -> Iterator[Path]:
    """Be a user who may not write everywhere; a folder of that user."""
    if sys.platform == "win32":  # nobody is special there
        with tempfile.TemporaryDirectory() as name:
            yield Path(name)
        return
    folder = Path(tempfile.mkdtemp())
    root = os.geteuid() == 0
    if root:
        os.chown(folder, 65534, 65534)
        os.seteuid(65534)
    try:
        yield folder
    finally:
        if root:
            os.seteuid(0)
        allow_writing(folder)
        for file in folder.iterdir():
            file.unlink()
        folder.rmdir()


@pytest.mark.row("R14")
def test_given_a_folder_that_cannot_be_written_then_it_is_read_and_memory_goes_on() -> None:
    """A read-only home stops nothing: what was there can be seen, what happens waits."""
    with nobody_special() as folder:
        path = folder / "history.db"
        with Store.open(path) as store:
            store.append([span(0, 10)], [], saved())
        forbid_writing(folder)
        with Store.open(path) as store:
            store.append([span(10, 30)], [], saved(after(30)))
            seen = store.days(DAY, DAY)[0].desk_seconds
            problems = said(store)
            with Store.open(path, read_only=True) as reader:
                read = (reader.days(DAY, DAY)[0].desk_seconds, reader.problems)
            allow_writing(folder)
        with Store.open(path) as store:
            kept = store.days(DAY, DAY)[0].desk_seconds

    assert 1800.0 == seen == kept
    assert [True] == ["cannot be opened or written" in problem for problem in problems]
    assert (600.0, ()) == read


@pytest.mark.row("R14")
def test_given_a_place_that_is_none_then_memory_goes_on(tmp_path: Path) -> None:
    """Where there can be no folder, one sentence says so, and rows are kept while we run."""
    (tmp_path / "file").write_text("")
    with Store.open(tmp_path / "file" / "history.db") as store:
        for n in range(5):
            store.append([span(10 * n, 10 * n + 10)], [], saved(after(10 * n + 10)))

        assert [3000.0] == [day.desk_seconds for day in store.days(DAY, DAY)]
        assert saved(after(50)) == store.load_saved()
        assert [True] == ["cannot be opened or written" in problem for problem in said(store)]
        assert not store.prune(DAY, 400)


@pytest.mark.skipif(sys.platform == "win32", reason="there nobody can remove an open file")
def test_given_a_file_that_vanished_then_a_new_one_is_begun(path: Path) -> None:
    """Rows are not written into a file that nobody can find any more."""
    with Store.open(path) as store:
        store.append([span(0, 10)], [], saved())
        for file in path.parent.iterdir():
            file.unlink()
        store.append([span(10, 30)], [], saved())
    with Store.open(path) as store:
        assert [1200.0] == [day.desk_seconds for day in store.days(DAY, DAY)]


def test_given_more_than_memory_should_hold_then_the_oldest_goes(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What waits is bounded, and losing it is not silent."""
    monkeypatch.setattr("deskbreak.storage.store._WAITING", 3)
    path.parent.parent.mkdir()
    path.parent.write_text("in the way")
    with Store.open(path) as store:
        for n in range(5):
            store.append([span(10 * n, 10 * n + 10)], [], saved())

        assert (3, 1800.0) == (store.waiting, store.days(DAY, DAY)[0].desk_seconds)
        assert "the oldest of it is lost" in said(store)[-1]


def test_given_a_row_that_makes_no_sense_then_the_others_are_kept(path: Path) -> None:
    """An impossible row is refused on its way in and named, and holds up nothing."""
    backwards = span(30, 20)
    never = replace(span(30, 40), start=Moment(float("nan"), START.unix_s, START.zone))
    odd_name = replace(taken(1, 5), kind="\ud800")
    with Store.open(path) as store:
        store.append([span(0, 10), backwards, never, odd_name, span(10, 20)], [], saved())

        assert ([span(0, 10), span(10, 20)], []) == store.rows(DAY, DAY)
        assert [True] == ["made no sense" in problem for problem in said(store)]


def test_given_a_state_that_cannot_be_written_then_the_last_good_one_stays(path: Path) -> None:
    """Rows are kept even if the state with them is not worth keeping."""
    broken = saved(after(1))
    broken.state.desk_s = float("nan")
    with Store.open(path) as store:
        store.append([], [], saved())
        store.append([span(0, 10)], [], broken)

        assert saved() == store.load_saved()
        assert [600.0] == [day.desk_seconds for day in store.days(DAY, DAY)]
        assert [True] == ["could not be saved" in problem for problem in said(store)]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param("state = '{}'", id="no state"),
        pytest.param("state = x'ff00'", id="not packed"),
        pytest.param("state = x''", id="empty"),
        pytest.param("state = substr(state, 1, 40)", id="cut off"),
        pytest.param("state = 7.0", id="no number"),
        pytest.param("""kinds = '["stretch"]'""", id="not as many kinds as names"),
        pytest.param("kinds = '1'", id="no names"),
        pytest.param("clock_offset_s = 'soon'", id="no number"),
    ],
)
def test_given_a_saved_state_that_is_odd_then_we_begin_anew_and_say_so(
    path: Path, change: str
) -> None:
    """A state that cannot be read is none; the rows have nothing to do with it."""
    with Store.open(path) as store:
        store.append([span(0, 10)], [], saved())
    with closing(sqlite3.connect(path)) as db:
        db.execute(f"UPDATE saved SET {change}")  # noqa: S608 - the rows above
        db.commit()
    with Store.open(path) as store:
        assert store.load_saved() is None
        assert [True] == ["held times begin anew" in problem for problem in said(store)]
        assert after(10) == store.newest()


def test_given_rows_that_are_odd_then_they_are_left_out(path: Path) -> None:
    """What no agent can have written counts nowhere, and hides nothing else."""
    with Store.open(path) as store:
        store.append(
            [span(0, 10), span(10, 20), taken(1, 5), taken(2, 6), taken(3, 7)], [], saved()
        )
    with closing(sqlite3.connect(path)) as db:
        db.execute("UPDATE spans SET zone = 'Europe/Atlantis' WHERE id = 1")
        db.execute("UPDATE episodes SET postponed = 1000000000000 WHERE id = 1")
        db.execute("UPDATE episodes SET ended_boot_s = 'soon' WHERE id = 2")
        db.execute("INSERT INTO days VALUES (1, '2026-03-02', '{}')")
        db.commit()
    with Store.open(path) as store:
        (day,) = store.days(DAY, DAY)

    assert (600.0, 1) == (day.desk_seconds, day.kinds["position"].taken)


# ── versions ───────────────────────────────────────────────────────────────────────────────


def old(path: Path, version: int) -> None:
    """Put a history of an old version at *path*."""
    path.parent.mkdir(parents=True)
    sql = (Path(__file__).parent / f"history-v{version}.sql").read_text(encoding="utf-8")
    with closing(sqlite3.connect(path)) as db:
        db.executescript(sql)


@pytest.mark.row("R34")
@pytest.mark.parametrize("version", range(1, len(MIGRATIONS) + 1))
def test_given_a_history_of_an_old_version_then_it_is_read(path: Path, version: int) -> None:
    """Every version that was ever released is kept as an example, and brought to the present."""
    old(path, version)
    with Store.open(path) as store:
        spans, episodes = store.rows(DAY, DAY)
        days = store.days(DAY - ONE_DAY, DAY)
        state = store.load_saved()
        problems = store.problems

    assert [span(0, 50), span(50, 55, "away", change=True), span(55, 80)] == spans
    assert [taken(1, 80, change=True)] == episodes
    assert [(DAY - ONE_DAY, 3600.0), (DAY, 75 * 60.0)] == [(d.date, d.desk_seconds) for d in days]
    assert saved(after(80), 3) == state
    assert () == problems


NEXT = ("ALTER TABLE spans ADD COLUMN mood TEXT", "UPDATE spans SET mood = 'calm'")


@pytest.mark.row("R34")
def test_given_a_new_version_then_the_old_file_is_kept_beside_it(path: Path) -> None:
    """Before anything is changed there is a copy of how it was."""
    old(path, 1)
    with Store.open(path, migrations=(*MIGRATIONS, NEXT)) as store:
        assert ((), 3) == (store.problems, len(store.rows(DAY, DAY)[0]))
    beside = path.with_name(f"history.db.version-{len(MIGRATIONS)}")
    with closing(sqlite3.connect(path)) as new, closing(sqlite3.connect(beside)) as kept:
        assert len(MIGRATIONS) + 1 == database.version(new)
        assert [("calm",)] * 3 == new.execute("SELECT mood FROM spans").fetchall()
        assert len(MIGRATIONS) == database.version(kept)
        assert (3,) == kept.execute("SELECT count(*) FROM spans").fetchone()
    if sys.platform != "win32":
        assert 0o600 == stat.S_IMODE(beside.stat().st_mode)


@pytest.mark.row("R34")
def test_given_a_step_to_a_new_version_that_fails_then_nothing_has_changed(path: Path) -> None:
    """All of a step happens or none of it; meanwhile we go on from memory."""
    old(path, 1)
    with Store.open(path, migrations=(*MIGRATIONS, (*NEXT, "NONSENSE"))) as store:
        store.append([span(80, 90)], [], saved(after(90)))
        assert (1, 1) == (len(store.problems), store.waiting)
    with Store.open(path) as store:
        assert ((), 3) == (store.problems, len(store.rows(DAY, DAY)[0]))


@pytest.mark.row("R34")
def test_given_an_old_history_when_a_program_only_looks_then_it_stays_old(path: Path) -> None:
    """A copy in memory is brought to the present; the file is left to the agent."""
    old(path, 1)
    with Store.open(path, read_only=True, migrations=(*MIGRATIONS, NEXT)) as reader:
        assert 3 == len(reader.rows(DAY, DAY)[0])
    with closing(sqlite3.connect(path)) as db:
        assert 1 == database.version(db)


@pytest.mark.row("R17")
def test_given_a_history_of_a_newer_program_then_it_is_read_and_left_alone(path: Path) -> None:
    """An older program shows what it can, writes nothing and says why."""
    with Store.open(path, migrations=(*MIGRATIONS, NEXT)) as store:
        store.append([span(0, 10)], [], saved())
    before = path.read_bytes()
    with Store.open(path) as store:
        store.append([span(10, 30)], [], saved(after(30)))
        store.prune(DAY, 400)
        seen = store.days(DAY, DAY)[0].desk_seconds
        problems = said(store)
    with Store.open(path, read_only=True) as reader:
        read = (reader.days(DAY, DAY)[0].desk_seconds, said(reader))

    assert before == path.read_bytes()
    assert 1800.0 == seen
    assert [True] == ["written by a newer deskbreak" in problem for problem in problems]
    assert (600.0, problems) == read


@pytest.mark.row("R17")
def test_given_a_history_of_a_newer_program_then_it_can_be_erased(path: Path) -> None:
    """It is one's own data, whoever wrote it."""
    with Store.open(path, migrations=(*MIGRATIONS, NEXT)) as store:
        store.append([span(0, 10)], [], saved())
    with Store.open(path) as store:
        assert store.erase() is None
        store.append([span(0, 20)], [], saved())

        assert [1200.0] == [day.desk_seconds for day in store.days(DAY, DAY)]
        assert () == store.problems


# ── places ─────────────────────────────────────────────────────────────────────────────────

MOUNTS = """\
22 1 254:0 / / rw,relatime shared:1 - ext4 /dev/vda rw
36 22 0:44 / /home rw,relatime - nfs4 server:/home rw,vers=4.2
37 36 0:45 / /home/local\\040disk rw - xfs /dev/sdb rw
38 22 0:46 / /mnt/vbox rw - vboxsf share rw
39 38 0:47 / /mnt/vbox rw - tmpfs tmpfs rw
40 22 0:48 / /home2 rw - cifs //server/share rw
nonsense
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("/home/me/history.db", "nfs4", id="network home"),
        pytest.param("/home/local disk/history.db", "xfs", id="a disk within it, with a blank"),
        pytest.param("/home2/me/history.db", "cifs", id="a name that begins alike"),
        pytest.param("/mnt/vbox/history.db", "tmpfs", id="mounted over another"),
        pytest.param("/var/history.db", "ext4", id="all else"),
    ],
)
def test_given_mounts_then_the_nearest_says_what_file_system_it_is(path: str, kind: str) -> None:
    """The innermost mount decides; of two at one place, the later."""
    assert kind == place.file_system(MOUNTS, Path(path))


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        pytest.param(PurePosixPath("/home/ann/a b.db"), "file:///home/ann/a%20b.db", id="posix"),
        pytest.param(PureWindowsPath("C:\\a\\ü.db"), "file:///C:/a/%C3%BC.db", id="drive"),
        pytest.param(
            PureWindowsPath("\\\\srv\\homes$\\ann\\h.db"),
            "file:////srv/homes%24/ann/h.db",
            id="share",
        ),
    ],
)
def test_given_a_path_then_sqlite_gets_it_as_an_address(path: PurePath, expected: str) -> None:
    """A profile may lie on a server, which SQLite does not take for the host of an address."""
    assert expected == database.address(path)


@pytest.mark.parametrize(
    ("drive", "kind", "remote"),
    [
        pytest.param("C:", 3, False, id="a disk of ours"),
        pytest.param("H:", 4, True, id="a share with a letter"),
        pytest.param("\\\\srv\\homes", 1, True, id="a share without"),
    ],
)
def test_given_a_drive_of_windows_then_it_is_known_whether_it_is_ours(
    monkeypatch: pytest.MonkeyPatch, drive: str, kind: int, remote: bool
) -> None:
    """Home folders of an office are often a server's."""
    monkeypatch.setattr(place, "_drive_type", lambda _drive: kind)

    assert remote == place._is_remote(drive)


@pytest.mark.row("R14")
def test_given_a_network_drive_then_no_log_is_shared_over_it(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Write-ahead logs break over a network; the doctor says that we do without."""
    with Store.open(path) as store:
        store.append([span(0, 10)], [], saved())
    monkeypatch.setattr(place, "network", lambda _path: "nfs4")
    with Store.open(path) as store:
        store.append([span(10, 20)], [], saved())
        beside = names(path.parent)
        assert store._disk.db is not None
        mode = store._disk.db.execute("PRAGMA journal_mode").fetchone()
        notes = [str(note) for note in store.notes]

        assert () == store.problems
        assert [1200.0] == [day.desk_seconds for day in store.days(DAY, DAY)]
    assert (["history.db"], ("delete",)) == (beside, mode)
    assert [True] == [f"{path} lies on a network drive (nfs4)" in note for note in notes]


ODD_NAMES = ("with blank", "100% #&=;", "Büro 桌面")
IMPOSSIBLE_ON_WINDOWS = () if sys.platform == "win32" else ("a?b", "a\udcffb")


@pytest.mark.row("R14")
@pytest.mark.parametrize("name", [*ODD_NAMES, *IMPOSSIBLE_ON_WINDOWS])
def test_given_a_folder_with_an_odd_name_then_it_works(tmp_path: Path, name: str) -> None:
    """Blanks, signs that mean something in addresses, and bytes that are no text."""
    path = tmp_path / name / "history.db"
    with suppress(OSError), Store.open(path) as store:
        store.append([span(0, 10)], [], saved())
        assert () == store.problems
    with Store.open(path, read_only=True) as reader:
        assert [600.0] == [day.desk_seconds for day in reader.days(DAY, DAY)]
