from __future__ import annotations

import random
import re
import shutil
import sqlite3
import sys
import time
from collections import Counter
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.storage import database, leaves, repair
from deskbreak.storage.store import Store
from tests.board import size
from tests.storage.faults import survived
from tests.storage.history import DAY, after, last_day, live, names, saved, span

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.board import Board

    Damage = Callable[[bytearray], bytes]

PAGE = database.PAGE
BLOCK = 4096
"""What a disk loses at once."""
DAYS = 20


@pytest.fixture(scope="module")
def healthy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A history of some weeks that nothing has happened to, and its log."""
    path = tmp_path_factory.mktemp("healthy") / "history.db"
    with Store.open(path) as store:
        live(store, DAYS)
    return path


@pytest.fixture
def path(tmp_path: Path, healthy: Path) -> Path:
    """A history of our own to break."""
    return Path(shutil.copy(healthy, tmp_path))


def counted(path: Path) -> int:
    """Return how many spans and episodes a healthy file has."""
    with closing(sqlite3.connect(path)) as db:
        sql = "SELECT (SELECT count(*) FROM spans) + (SELECT count(*) FROM episodes)"
        return int(db.execute(sql).fetchone()[0])


def flipped(data: bytearray, seed: int, pages: int) -> bytes:
    """Turn a few bits over in some blocks."""
    lots = random.Random(seed)  # noqa: S311 - no secret
    for page in lots.sample(range(len(data) // BLOCK), pages):
        for _ in range(8):
            data[page * BLOCK + lots.randrange(BLOCK)] ^= 1 << lots.randrange(8)
    return bytes(data)


def zeroed(data: bytearray, page: int, size: int = PAGE) -> bytes:
    """Lose one page, or what is of another *size*."""
    data[page * size : (page + 1) * size] = bytes(size)
    return bytes(data)


DAMAGES: dict[str, tuple[Damage, float]] = {
    "first page lost": (lambda data: zeroed(data, 0), 0.95),
    "header overwritten": (lambda data: b"nonsense" + bytes(data[8:]), 0.95),
    "a leaf lost": (lambda data: zeroed(data, len(data) // PAGE // 2), 0.95),
    "last page lost": (lambda data: zeroed(data, len(data) // PAGE - 1), 0.95),
    "bits turned over in one page": (lambda data: flipped(data, 1, 1), 0.95),
    "cut in half": (lambda data: bytes(data[: len(data) // 2]), 0.4),
    "cut within a page": (lambda data: bytes(data[:-1000]), 0.95),
    "root of a table lost": (lambda data: zeroed(data, 1), 0.95),
    "not a database": (lambda _data: b"Dear diary\n" * 1000, 0),
    "zeros": (lambda data: bytes(len(data)), 0),
    "empty": (lambda _data: b"", 0),
    "one byte": (lambda _data: b"S", 0),
    "another program's database": (lambda _data: foreign(), 0),
}


def foreign() -> bytes:
    """Return a healthy database that is not ours."""
    with closing(sqlite3.connect(":memory:")) as db:
        db.execute("CREATE TABLE songs (name TEXT)")
        db.commit()
        return db.serialize()


@pytest.mark.row("R13")
@pytest.mark.parametrize(("damage", "share"), DAMAGES.values(), ids=DAMAGES)
def test_given_a_damaged_file_then_it_is_set_aside_and_we_go_on(
    path: Path, damage: Damage, share: float
) -> None:
    """What was damaged is kept as it is, what can be read goes on, and one sentence says so."""
    whole = counted(path)
    broken = damage(bytearray(path.read_bytes()))
    path.write_bytes(broken)

    begun_s = time.perf_counter()
    with Store.open(path) as store:
        took_s = time.perf_counter() - begun_s
        problems = [str(problem) for problem in store.problems]
        (spans, episodes), state = store.rows(DAY, last_day(DAYS)), store.load_saved()
        store.append([span(90_000, 90_010)], [], saved(after(90_010)))
        (today,) = store.days(day := after(90_000).wall.date(), day)
    with Store.open(path) as store:
        assert () == store.problems
        assert saved(after(90_010)) == store.load_saved()

    assert broken == path.with_name("history.db.damaged-1").read_bytes()
    assert [True] == [f"{path} was damaged" in problem for problem in problems]
    assert ["history.db", "history.db.damaged-1"] == names(path.parent)
    assert len(spans) + len(episodes) >= share * whole
    assert (state is not None) == (share > 0)
    assert today.desk_seconds == 600
    assert took_s < 3


def hurt(how: int, data: bytearray, log: bytearray, lots: random.Random) -> tuple[str, float]:
    """Do to the file, or its log, what a disk or another program may; return what, and the share.

    The share of the rows is what must be saved of them: nearly all where a page in a hundred is hit.
    """
    blocks, slight = len(data) // BLOCK, max(1, len(data) // BLOCK // 100)
    match how:
        case 0:
            data[:] = flipped(data, lots.randrange(2**32), slight)
            return "bits", 0.95
        case 1:
            data[:] = zeroed(data, lots.randrange(blocks), BLOCK)
            return "zeros", 0.95
        case 2:
            length = lots.randrange(1, 100)
            data[:length] = lots.randbytes(length)
            return "header", 0.95
        case 3:
            del data[lots.randrange(len(data)) :]
            return "cut off", 0.0
        case _:
            at = lots.randrange(len(log))
            log[at:] = bytes(len(log) - at) if lots.random() < 0.5 else lots.randbytes(64)
            return "log", 0.95


@pytest.mark.row("R13")
def test_given_damage_of_any_kind_then_we_start_in_time_and_nearly_all_is_saved(
    path: Path, board: Board
) -> None:
    """It is said once and set aside; where less than a page in a hundred is hit, 95 in a hundred rows are there."""
    with Store.open(path) as store:
        for n in range(60):
            store.append([span(90_000 + n, 90_001 + n)], [], saved())
        log = path.with_name("history.db-wal").read_bytes()
        data = path.read_bytes()
    whole, times, lots = counted(path) - 60, size(40, 500), random.Random(13)  # noqa: S311 - no secret
    slowest_s, least, told, kinds = 0.0, 1.0, 0, Counter[str]()
    for number in range(times):
        for file in path.parent.iterdir():
            file.unlink()
        broken, broken_log = bytearray(data), bytearray(log)
        kind, share = hurt(number % 5, broken, broken_log, lots)
        path.write_bytes(broken)
        path.with_name("history.db-wal").write_bytes(broken_log)
        begun_s = time.perf_counter()
        with Store.open(path) as store:
            slowest_s = max(slowest_s, time.perf_counter() - begun_s)
            spans, episodes = store.rows(DAY, last_day(DAYS))
            assert len(store.problems) <= 1
            store.append([span(95_000, 95_010)], [], saved())
            assert 0 == store.waiting
        found = (len(spans) + len(episodes)) / whole
        assert found >= share, (number, kind)
        least = min(least, found if share == 0.95 else 1)
        aside = [name for name in names(path.parent) if re.search(r"damaged-\d+$", name)]
        assert len(aside) == len(store.problems) <= 1, (number, kind)
        told += len(store.problems)
        kinds[kind] += 1
    figure = f"{100 * least:.1f} % saved at least, opened in {slowest_s:.2f} s at most"
    board.note(load=times, faults=told, figure=figure)

    assert 5 == len(kinds)
    assert slowest_s < 3
    assert told > times / 3


def test_given_a_backup_then_it_fills_what_was_lost(path: Path) -> None:
    """What the damage took and last week's backup has is there again, and nothing twice."""
    with Store.open(path) as store:
        store.prune(last_day(DAYS), 3)
        before = store.days(DAY, last_day(DAYS))
        store.append([span(90_000, 90_010)], [], saved())
    path.write_bytes(zeroed(bytearray(path.read_bytes()), 1))
    with Store.open(path) as store:
        assert 1 == len(store.problems)
        assert before == store.days(DAY, last_day(DAYS))


def test_given_nothing_but_a_backup_then_it_is_the_history(path: Path) -> None:
    """A file that says nothing any more still has last week's backup beside it."""
    with Store.open(path) as store:
        store.prune(last_day(DAYS), 400)
        before = store.days(DAY, last_day(DAYS))
    path.write_bytes(b"")
    with Store.open(path) as store:
        assert before == store.days(DAY, last_day(DAYS))
        assert store.load_saved() is None


@pytest.mark.row("R13")
def test_given_damage_while_we_run_then_it_is_mended_at_once(path: Path) -> None:
    """The row that met the damage is kept in the mended file."""
    with Store.open(path) as store:
        broken = zeroed(bytearray(path.read_bytes()), 1)
        path.write_bytes(broken)
        with closing(sqlite3.connect(path)) as other:  # so that our connection looks again
            other.execute("PRAGMA user_version = 1")
        store.append([span(90_000, 90_010)], [], saved())
        (today,) = store.days(day := after(90_000).wall.date(), day)

        assert 600 == today.desk_seconds
        assert [True] == ["was damaged" in str(problem) for problem in store.problems]
    assert {"history.db", "history.db.damaged-1"} <= set(names(path.parent))


def test_given_a_damaged_file_when_a_program_only_looks_then_it_shows_what_it_can(
    path: Path,
) -> None:
    """`deskbreak stats` mends nothing and leaves nothing behind."""
    whole = counted(path)
    broken = zeroed(bytearray(path.read_bytes()), 0)
    path.write_bytes(broken)
    with Store.open(path, read_only=True) as reader:
        spans, episodes = reader.rows(DAY, last_day(DAYS))
        problems = [str(problem) for problem in reader.problems]

    assert whole == len(spans) + len(episodes)
    assert [True] == ["mends it when it starts" in problem for problem in problems]
    assert (["history.db"], broken) == (names(path.parent), path.read_bytes())


@pytest.mark.parametrize(
    ("verdicts", "is_damage"),
    [
        pytest.param(
            ["Tree 2 page 3: btreeInitPage() returns error code 11"] * 4, True, id="damage"
        ),
        pytest.param(
            ["Tree 2 page 3: unable to get the page. error code=266"] * 2, False, id="disk"
        ),
    ],
)
def test_given_a_check_that_finds_fault_then_a_disk_that_fails_is_told_from_a_damaged_file(
    path: Path, monkeypatch: pytest.MonkeyPatch, verdicts: list[str], is_damage: bool
) -> None:
    """Nothing is set aside because a disk did not give it just then."""
    monkeypatch.setattr(database, "_verdict", lambda _db: verdicts.pop() if verdicts else "ok")
    with Store.open(path) as store:
        problems = [str(problem) for problem in store.problems]

    assert [is_damage] == ["was damaged" in problem for problem in problems]
    assert is_damage == ("history.db.damaged-1" in names(path.parent))


@pytest.mark.parametrize(
    "check",
    [
        pytest.param(
            lambda _db: "Tree 2 page 3: unable to get the page. error code=266", id="rows"
        ),
        pytest.param(lambda _db: database.damage("malformed"), id="list of tables"),
    ],
)
def test_given_a_disk_that_failed_once_then_all_is_well(
    path: Path, monkeypatch: pytest.MonkeyPatch, check: Callable[[object], str | Exception]
) -> None:
    """It is tried once more before anything is believed."""
    checks = [check]

    def verdict(db: object) -> str:
        told = checks.pop()(db) if checks else "ok"
        if isinstance(told, Exception):
            raise told
        return told

    monkeypatch.setattr(database, "_verdict", verdict)
    with Store.open(path) as store:
        assert () == store.problems
    assert ["history.db"] == names(path.parent)


def test_given_a_file_that_stays_damaged_then_it_is_not_mended_for_ever(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A disk that breaks whatever is written must not fill up with what was set aside."""

    def mend(path: Path, _migrations: object) -> tuple[Path, int]:
        aside = repair.set_aside(path)
        path.write_text("nonsense")
        return aside, 0

    path.write_text("nonsense")
    monkeypatch.setattr(repair, "mend", mend)
    with Store.open(path) as store:
        for n in range(100):
            store.append([span(n, n + 1)], [], saved(after(n + 1)))

        assert 100 == store.waiting
        assert 6000 == store.days(DAY, DAY)[0].desk_seconds
    assert ["history.db", *(f"history.db.damaged-{n}" for n in (1, 2, 3))] == names(path.parent)


@pytest.mark.row("R13")
def test_given_a_log_that_was_damaged_then_what_came_before_is_there(path: Path) -> None:
    """SQLite goes on up to the first broken entry of its log; nothing is made up."""
    data = path.read_bytes()
    with Store.open(path) as store:
        for n in range(30):
            store.append([span(90_000 + n, 90_001 + n)], [], saved())
        log = bytearray(path.with_name("history.db-wal").read_bytes())
        data = path.read_bytes()
    shares = []
    for cut in (0, 10, 40, len(log) // 2, len(log) - 100, len(log)):
        for file in path.parent.iterdir():
            file.unlink()
        path.write_bytes(data)
        path.with_name("history.db-wal").write_bytes(log[:cut] + bytes(len(log) - cut))
        with Store.open(path) as store:
            day = after(90_000).wall.date()
            shares.append(sum(one.desk_seconds for one in store.days(day, day)) / 60)
            store.append([span(91_000, 91_001)], [], saved())
            assert (0, ()) == (store.waiting, store.problems)

    assert sorted(shares) == shares
    assert 30 == shares[-1]


def test_given_a_log_without_its_file_then_it_is_not_taken_for_the_new_ones(path: Path) -> None:
    """A log that outlived its file is set aside as well."""
    with Store.open(path) as store:
        store.append([span(0, 10)], [], saved())
        log = path.with_name("history.db-wal").read_bytes()
    path.unlink()
    path.with_name("history.db-wal").write_bytes(log)
    with Store.open(path) as store:
        assert ([], ()) == (store.days(DAY, DAY), store.problems)
    assert ["history.db", "history.db.damaged-1-wal"] == names(path.parent)


STRIDE = 3 if sys.platform == "win32" else 1
"""On Windows each death takes a new process."""


def opened(path: Path) -> None:
    """Begin the history there, or mend it."""
    Store.open(path).close()


@pytest.mark.row("R10")
@pytest.mark.parametrize("beginning", ["nothing", "damaged"])
def test_given_a_death_at_any_call_then_the_next_start_finds_all(
    path: Path, beginning: str
) -> None:
    """Wherever a beginning or a mending was cut off, the next start completes it."""
    whole = counted(path)
    broken = zeroed(bytearray(path.read_bytes()), len(path.read_bytes()) // PAGE // 2)
    number, done = 0, False
    while not done:
        number += STRIDE
        for file in path.parent.iterdir():
            file.unlink()
        if beginning == "damaged":
            path.write_bytes(broken)
        done = survived(partial(opened, path), number)
        with Store.open(path) as store:
            spans, episodes = store.rows(DAY, last_day(DAYS))
            store.append([span(90_000, 90_010)], [], saved())

            assert 0 == store.waiting
        if beginning == "damaged":
            assert len(spans) + len(episodes) >= 0.95 * whole
        left = set(names(path.parent)) - {"history.db", "history.db.damaged-1"}
        assert not left, f"after a death at call {number}"
    assert number > 5


def test_given_a_lost_first_page_then_rows_that_are_only_in_the_log_are_saved(
    tmp_path: Path,
) -> None:
    """What was committed to the log belongs to the history, whatever happened to the file."""
    with Store.open(tmp_path / "one" / "history.db") as store:
        for n in range(5):
            store.append([span(n, n + 1)], [], saved())
        for file in (tmp_path / "one").iterdir():
            shutil.copy(file, tmp_path)
    path = tmp_path / "history.db"
    path.write_bytes(bytes(PAGE))
    with Store.open(path) as store:
        spans, _ = store.rows(DAY, DAY)

    assert 5 == len(spans)


@pytest.fixture
def older(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A history with pages as they were in earlier versions."""
    path = tmp_path / "older" / "history.db"
    with monkeypatch.context() as earlier:
        earlier.setattr(database, "PAGE", 4096)
        with Store.open(path) as store:
            live(store, DAYS)
    assert b"\x10\x00" == path.read_bytes()[16:18]
    return path


@pytest.mark.parametrize("damage", ["first page lost", "header overwritten", "a leaf lost"])
def test_given_an_older_file_that_is_damaged_then_as_much_is_saved(
    older: Path, damage: str
) -> None:
    """Its pages are of another size, also where nothing says so any more."""
    whole = counted(older)
    data = bytearray(older.read_bytes())
    match damage:
        case "first page lost":
            data[:4096] = bytes(4096)
        case "header overwritten":
            data[:20] = b"n" * 20
        case _:
            middle = len(data) // 4096 // 2 * 4096
            data[middle : middle + 4096] = bytes(4096)
    older.write_bytes(data)
    with Store.open(older) as store:
        spans, episodes = store.rows(DAY, last_day(DAYS))

        assert ["was damaged" in str(problem) for problem in store.problems] == [True]
        assert store.load_saved() is not None
    assert len(spans) + len(episodes) >= 0.95 * whole


def test_given_an_older_file_then_it_gets_smaller_pages_as_soon_as_nobody_looks(
    older: Path,
) -> None:
    """A log has whole pages written; nothing of the file is lost, and nobody waits for it."""
    before = counted(older)
    with closing(sqlite3.connect(older)) as other:
        other.execute("SELECT count(*) FROM spans").fetchone()
        with Store.open(older) as store:
            assert () == store.problems
    kept = older.read_bytes()[16:18]
    with Store.open(older) as store:
        spans, episodes = store.rows(DAY, last_day(DAYS))
        assert () == store.problems

    assert (before, b"\x10\x00") == (len(spans) + len(episodes), kept)
    assert (b"\x04\x00", ["history.db"]) == (older.read_bytes()[16:18], names(older.parent))


def test_given_a_state_longer_than_a_page_then_it_is_saved_too(path: Path) -> None:
    """Long rows go on in other pages; they are put together again."""
    long = saved(after(5))
    long.state.seen = tuple(f"P-PC-{n:04}" for n in range(3000))
    with Store.open(path) as store:
        store.append([], [], long)
    path.write_bytes(zeroed(bytearray(path.read_bytes()), 0))
    with Store.open(path) as store:
        assert long == store.load_saved()


@settings(deadline=None)
@given(st.lists(st.binary(max_size=400), max_size=3), st.randoms(use_true_random=False))
def test_given_pages_of_anything_then_reading_them_never_fails(
    pieces: list[bytes], lots: random.Random
) -> None:
    """Whatever the bytes are, there are rows in them or there are none."""
    content = []
    for piece in pieces:
        page = bytearray(PAGE)
        for start in range(0, PAGE - len(piece) - 20, 500):
            page[start : start + len(piece)] = piece
        page[:8] = bytes([0x0D, 0, 0, 0, 40, 0, 0, 0])
        page[8:88] = b"".join(lots.randrange(PAGE).to_bytes(2, "big") for _ in range(40))
        content.append(bytes(page))

    for number, values in leaves.rows(content):
        assert isinstance(number, int)
        assert isinstance(values, list)
    assert [] == leaves.pages(b"", b"".join(content))
