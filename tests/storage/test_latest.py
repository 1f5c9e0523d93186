"""The newest state in memory or in a small file, beside a history that has one before."""

from __future__ import annotations

import random
import sqlite3
import string
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Facts, Until
from deskbreak.storage import latest
from deskbreak.storage.store import Store
from tests.storage.history import DAY, after, names, saved, span, taken

if TYPE_CHECKING:
    from deskbreak.storage.store import Saved


@pytest.fixture
def path(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where a history may be; the folder of the state counts as memory."""
    (tmp_path / "run").mkdir()
    monkeypatch.setattr(latest, "_is_memory", Path.is_dir)
    return tmp_path / "history.db"


def state_of(path: Path) -> Path:
    """Return where the newest state lies."""
    return path.parent / "run" / "state"


def slots_of(path: Path) -> Path:
    """Return where the state of every ten minutes lies."""
    return path.with_name("history.db-state")


def on_disk(path: Path) -> Saved | None:
    """Return the state that a power cut would leave."""
    with Store.open(path, read_only=True) as store:
        return store.load_saved()


def in_history(path: Path) -> Saved | None:
    """Return the state that the history has."""
    slots = slots_of(path)
    data = slots.read_bytes() if slots.is_file() else None
    if data is None:
        return on_disk(path)
    slots.unlink()
    try:
        return on_disk(path)
    finally:
        slots.write_bytes(data)


def newest(path: Path) -> Saved | None:
    """Return the state that a kill would leave."""
    with Store.open(path, state_of(path), read_only=True) as store:
        return store.load_saved()


def test_given_a_step_without_rows_then_only_memory_has_its_state(path: Path) -> None:
    """A kill leaves it, and the file is as it was; whoever ends in good order writes it."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        first = (on_disk(path), newest(path), names(path.parent / "run"))
        for minutes in (2, 3):
            store.append([], [], saved(after(minutes)))
        then = (on_disk(path), newest(path), store.load_saved(), names(path.parent / "run"))

    assert (saved(after(1)), saved(after(1)), []) == first
    assert (saved(after(1)), saved(after(3)), saved(after(3)), ["state"]) == then
    assert (saved(after(3)), []) == (on_disk(path), names(path.parent / "run"))


def test_given_a_kill_then_the_next_agent_goes_on_from_memory(path: Path) -> None:
    """And takes it for the newest only until the file has something newer."""
    first = Store.open(path, state_of(path))
    first.append([span(0, 1)], [], saved(after(1)))
    first.append([], [], saved(after(2), 7))
    first._disk.close()  # as the kernel does it
    with Store.open(path, state_of(path)) as second:
        found = second.load_saved()
        second.append([], [], saved(after(3)))

        assert (saved(after(2), 7), saved(after(3))) == (found, on_disk(path))


def test_given_ten_minutes_then_the_disk_has_the_state_again(path: Path) -> None:
    """So much a power cut may cost; the history is left alone, and what is newest of all counts."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        found = []
        for minutes in (10.9, 11, 20.9, 21, 21.5, 31, 41, 41.5):
            store.append([], [], saved(after(minutes)))
            found.append((on_disk(path), newest(path), store.load_saved()))
        due_s = store.save_by_s
        kept = in_history(path), names(path.parent)

    lasting = (1, 11, 11, 21, 21, 31, 41, 41)
    assert [saved(after(minutes)) for minutes in lasting] == [state for state, _, _ in found]
    newer = [saved(after(minutes)) for minutes in (10.9, 11, 20.9, 21, 21.5, 31, 41, 41.5)]
    assert [(one, one) for one in newer] == [found[1:] for found in found]
    assert after(51).boot_s == due_s
    assert saved(after(1)) == kept[0]
    assert "history.db-state" in kept[1]
    assert (["history.db", "run"], saved(after(41.5))) == (names(path.parent), on_disk(path))


def test_given_a_power_cut_then_the_next_agent_goes_on_from_the_disk(path: Path) -> None:
    """Nothing is in the runtime folder any more; what it does then is newer than all of that."""
    first = Store.open(path, state_of(path))
    first.append([span(0, 1)], [], saved(after(1)))
    for minutes in (11, 21, 25):
        first.append([], [], saved(after(minutes), 7))
    first._disk.close()
    state_of(path).unlink()
    with Store.open(path, state_of(path)) as second:
        found = second.load_saved()
        second.append([span(1, 26)], [], saved(after(26)))
        then = on_disk(path), newest(path)
        for minutes in (36, 46, 47):
            second.append([], [], saved(after(minutes)))

        assert (saved(after(21), 7), (saved(after(26)),) * 2) == (found, then)
        assert (saved(after(46)), saved(after(47))) == (on_disk(path), newest(path))


def rot(data: bytearray, how: str, slot: int, lots: random.Random) -> bytes:
    """Spoil one of the two slots."""
    start, size = slot * 4096, 4096
    match how:
        case "bit":
            data[start + lots.randrange(300)] ^= 1 << lots.randrange(8)
        case "padding":
            data[start + size - 1] ^= 1
        case "torn":
            data[start + 64 : start + size] = lots.randbytes(size - 64)
        case _:
            data[start : start + size] = bytes(size)
    return bytes(data)


def killed(path: Path) -> None:
    """Have what an agent leaves that was killed after two states that had to last."""
    store = Store.open(path, state_of(path))
    store.append([span(0, 1)], [], saved(after(1)))
    for minutes in (11, 21):
        store.append([], [], saved(after(minutes)))
    store._disk.close()


def goes_on(path: Path) -> None:
    """See that the next agent keeps states there again, or in the history."""
    with Store.open(path, state_of(path)) as store:
        for minutes in (22, 32, 33, 42, 43, 52):
            store.append([], [], saved(after(minutes)))
            left, found = on_disk(path), newest(path)
            assert left is not None
            assert left.state.at.boot_s >= after(minutes // 10 * 10 + 2).boot_s
            assert saved(after(minutes)) == found
        assert () == store.problems
    assert ["history.db", "run"] == names(path.parent)


@pytest.mark.parametrize("spoilt", [(0,), (1,), (0, 1)])
@pytest.mark.parametrize("how", ["bit", "padding", "torn", "zeros"])
def test_given_a_slot_that_is_torn_or_rotten_then_the_other_one_counts(
    path: Path, how: str, spoilt: tuple[int, ...]
) -> None:
    """Of two, what was written last may be half there; with neither, the history's counts."""
    lots = random.Random(how)  # noqa: S311 - no secret
    killed(path)
    for slot in spoilt:
        slots_of(path).write_bytes(rot(bytearray(slots_of(path).read_bytes()), how, slot, lots))

    assert saved(after({(0,): 21, (1,): 11, (0, 1): 1}[spoilt])) == on_disk(path)
    goes_on(path)


@pytest.mark.parametrize("size", [0, 1, 4095, 4096, 8191, 100_000])
def test_given_a_file_of_another_length_then_what_is_whole_in_it_counts(
    path: Path, size: int
) -> None:
    """And the next state that must last is on the disk, wherever."""
    killed(path)
    slots_of(path).write_bytes(slots_of(path).read_bytes()[:size].ljust(size, b"x"))

    assert saved(after(11 if 4096 <= size < 8192 else 1)) == on_disk(path)
    goes_on(path)


def test_given_slots_that_follow_another_state_then_they_are_nothing(path: Path) -> None:
    """As where a row came since, or a backup was put in the place of the history."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], saved(after(11)))
        older = slots_of(path).read_bytes()
        store.append([span(1, 12)], [], saved(after(12)))
        after_a_row = on_disk(path)
    slots_of(path).write_bytes(older)

    assert saved(after(12)) == after_a_row == on_disk(path)
    with Store.open(path, state_of(path)) as store:
        assert saved(after(12)) == store.load_saved()
        store.append([], [], saved(after(13)))
        store.append([], [], saved(after(23)))
        assert (saved(after(23)), ()) == (on_disk(path), store.problems)


@pytest.mark.parametrize("how", ["folder", "network", "too long"])
def test_given_no_place_for_a_state_that_must_last_then_the_history_has_it(
    path: Path, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody loses more for it, and nothing is said of it."""
    last = saved(after(11))
    match how:
        case "folder":
            slots_of(path).mkdir()
        case "network":
            monkeypatch.setattr("deskbreak.storage.place.network", lambda _: "nfs4")
        case _:
            lots = random.Random(1)  # noqa: S311 - no secret
            kinds = ("".join(lots.choices(string.ascii_letters, k=6000)), "position")
            last = replace(last, kind_names=kinds)
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], saved(after(2)))
        store.append([], [], last)

        assert last == on_disk(path) == newest(path)
        assert not slots_of(path).is_file()
        assert () == store.problems


@pytest.mark.skipif(sys.platform == "win32", reason="nobody can replace an open file there")
def test_given_a_history_that_is_no_longer_the_same_file_then_the_next_state_goes_there(
    path: Path,
) -> None:
    """Whoever removes it, or mends it, must not have the state hang on what was there before."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], saved(after(11)))
        with closing(sqlite3.connect(path)) as copy, closing(sqlite3.connect(f"{path}2")) as new:
            copy.backup(new)
        Path(f"{path}2").replace(path)
        store.append([], [], saved(after(12)))

        assert saved(after(12)) == in_history(path) == newest(path)


@pytest.mark.parametrize("is_lost", [False, True], ids=["its row is saved", "its row is lost"])
def test_given_a_damaged_history_then_the_state_beside_it_counts_if_what_it_follows_is_saved(
    path: Path, *, is_lost: bool
) -> None:
    """A state that follows nothing may tell of what is no longer there."""
    killed(path)
    with closing(sqlite3.connect(path)) as db:
        (page,) = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'saved'").fetchone()
    for name in ("history.db-wal", "history.db-shm"):
        path.with_name(name).unlink(missing_ok=True)
    data = bytearray(path.read_bytes())
    start = (page - 1) * 1024 if is_lost else 0
    path.write_bytes(data[:start] + bytes(1024) + data[start + 1024 :])
    with Store.open(path, state_of(path)) as store:
        assert ["was damaged" in str(problem) for problem in store.problems] == [True]
        assert (None if is_lost else saved(after(21))) == store.load_saved()
        for minutes in (22, 32):
            store.append([], [], saved(after(minutes)))
        assert saved(after(32)) == on_disk(path)


def test_given_readers_while_states_go_to_and_fro_then_each_sees_what_is_newest(path: Path) -> None:
    """One that looks at the history in its place, and has looked before."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        with Store.look(path, state_of(path)) as reader:
            for minutes in (2, 11, 12, 21, 22):
                store.append([span(1, 12)] * (minutes == 12), [], saved(after(minutes)))
                assert saved(after(minutes)) == reader.load_saved() == newest(path)
            assert () == reader.problems


def test_given_a_start_that_keeps_nothing_then_the_state_is_where_it_was(path: Path) -> None:
    """Only what has something newer may put it away."""
    first = Store.open(path, state_of(path))
    first.append([span(0, 1)], [], saved(after(1)))
    for minutes in (11, 12):
        first.append([], [], saved(after(minutes)))
    first._disk.close()
    Store.open(path, state_of(path)).close()

    assert (saved(after(11)), saved(after(12))) == (on_disk(path), newest(path))


def test_given_a_step_that_somebody_made_then_it_is_in_the_file_at_once(path: Path) -> None:
    """A pause, or that somebody has gone or put off, is no mere look; a prompt alone is one."""
    prompted, put_off, paused, locked = (saved(after(minutes)) for minutes in (2, 3, 4, 5))
    prompted.state.episode = replace(
        taken(1, 2), outcome=None, by=None, ended=None, postponed=0, reminders=0
    )
    put_off.state.episode = replace(prompted.state.episode, postponed=1)
    paused.state.pause = Until()
    locked.state.pause, locked.state.facts = Until(), Facts(0.0, locked=True)
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], prompted)
        assert (saved(after(1)), prompted) == (in_history(path), newest(path))
        for one in (put_off, paused, locked):
            store.append([], [], one)

            assert one == in_history(path)


@pytest.mark.parametrize("how", ["other file", "cut off", "nonsense", "folder"])
def test_given_a_state_in_memory_that_does_not_belong_here_then_it_is_nothing(
    path: Path, how: str
) -> None:
    """What the file has is used; the next step puts that right."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], saved(after(2)))
        state = state_of(path)
        whole = state.read_bytes()
        state.unlink()
        match how:
            case "other file":
                store.append([span(1, 2)], [], saved(after(2)))
                state.write_bytes(whole)
            case "cut off":
                state.write_bytes(whole[:100])
            case "folder":
                state.mkdir()
            case _:
                state.write_text("dear diary", encoding="utf-8")
        expected = on_disk(path)

        assert expected == newest(path)
        store.append([], [], saved(after(3)))
        assert saved(after(3)) == newest(path)


def test_given_no_memory_then_every_state_goes_to_the_file(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A runtime folder on a disk spares it nothing, and one that cannot be written keeps nothing."""
    monkeypatch.undo()
    monkeypatch.setattr(latest, "_is_memory", lambda _: False)
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], saved(after(2)))

        assert (saved(after(2)), []) == (on_disk(path), names(path.parent / "run"))


def test_given_a_history_that_is_erased_then_nothing_of_it_is_kept_beside_it(path: Path) -> None:
    """What is kept from now on is the state that tells of none of these days."""

    def traces() -> list[str]:
        return [
            name for name in (*names(path.parent), *names(path.parent / "run")) if "state" in name
        ]

    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        for minutes in (11, 12):
            store.append([], [], saved(after(minutes)))
        before = traces()
        store.erase(DAY, saved(after(12), 9))
        left = newest(path), traces()
        for minutes in (22, 23):
            store.append([], [], saved(after(minutes)))
        store.erase()
        nothing = newest(path), traces()
        store.append([], [], saved(after(24)))

        assert ["history.db-state", "state"] == before
        assert (saved(after(12), 9), []) == left
        assert (None, []) == nothing
        assert saved(after(24)) == newest(path) == on_disk(path)


def test_given_a_disk_that_fails_then_states_wait_with_the_rows(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing overtakes a row that waits."""
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        with monkeypatch.context() as broken:
            broken.setattr(store._disk, "attempt", lambda _act: False)
            store.append([span(1, 2)], [], saved(after(2)))
            store.append([], [], saved(after(3)))
            meanwhile = (newest(path), store.load_saved(), store.waiting)
        store.append([], [], saved(after(4)))

        assert (saved(after(1)), saved(after(3)), 1) == meanwhile
        assert (saved(after(4)), 0) == (on_disk(path), store.waiting)


def test_given_a_state_with_a_number_that_is_none_then_the_last_good_one_stays(path: Path) -> None:
    """It is said, as where the file was to have it."""
    odd = replace(saved(after(2)), clock_offset_s=0.0)
    odd.state.input_s = float("nan")
    with Store.open(path, state_of(path)) as store:
        store.append([span(0, 1)], [], saved(after(1)))
        store.append([], [], odd)

        assert ["could not be saved" in str(problem) for problem in store.problems] == [True]
        assert saved(after(1)) == newest(path)
