"""What was recorded is erased: by the running agent, beside it, and where none runs."""

from __future__ import annotations

import struct
from contextlib import closing
from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import erasing
from deskbreak.core.model import Presence
from deskbreak.core.words import Refusal
from deskbreak.door import Door
from deskbreak.storage import database, files, place
from deskbreak.storage.store import Store
from tests.fakes import MONDAY as MORNING_S
from tests.fakes import Desk, FakeClock

if TYPE_CHECKING:
    from pathlib import Path

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, n) for n in (2, 3, 4))
TO_A_PROMPT = ("20m work", "6s idle")
NIGHT = ("1h locked", "19h asleep")


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on which nothing has happened yet."""
    return Desk(tmp_path)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FakeClock:
    """The clock of this computer, which has run since before anything happened."""
    clock = FakeClock()
    monkeypatch.setattr(erasing, "boot_id", lambda: "one boot")
    monkeypatch.setattr(erasing, "offset_after", lambda *_, **__: (0.0, True))
    monkeypatch.setattr(erasing, "SystemClock", lambda _offset_s: clock)
    return clock


def answer(desk: Desk, choice: str = "done") -> object:
    """Answer what is on the screen."""
    return desk.ask("answer", choice)


def week(desk: Desk) -> tuple[float, int]:
    """Return desk time and prompts of the week, as the tray and `stats` tell them."""
    facts = desk.ask("stats")["facts"]
    return facts["total"]["desk_seconds"], facts["total"]["kinds"]["position"]["prompted"]


def traces(folder: Path, known: list[bytes]) -> list[bytes]:
    """Return what of *known* stands in any file below *folder*."""
    every = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return [each for each in known if each in every]


# ── by the running agent ───────────────────────────────────────────────────────────────────


def test_given_a_day_when_it_is_erased_then_week_and_tray_show_it_at_once(desk: Desk) -> None:
    """What happens from then on is recorded again, and counted once."""
    seen: list[object] = []

    def erase() -> None:
        seen.append(week(desk))
        drawn = desk.outside.redrawn
        seen.append(desk.ask("erase"))
        seen.append(desk.outside.redrawn > drawn)
        seen.append(week(desk))
        seen.append(desk.loop.snapshot().week)

    desk.run(
        *TO_A_PROMPT,
        lambda: answer(desk),
        "1h work",
        erase,
        "5m work",
        lambda: seen.append(week(desk)),
    )
    spans, episodes = desk.rows()
    before, reply, redrawn, after, tray, later = seen

    assert (4806.0, 2) == before
    assert ({"ok": True, "problems": []}, True) == (reply, redrawn)
    assert (0.0, 0) == after
    assert 0.0 == tray.total.desk_seconds  # type: ignore[attr-defined]  # a week
    assert 300.0 == later[0]  # type: ignore[index]  # a pair
    assert 300.0 == sum(span.seconds for span in spans)
    assert all(span.start.boot_s >= 1000.0 + 4806.0 for span in spans)
    assert all(episode.due.boot_s >= 1000.0 + 4806.0 for episode in episodes)


def test_given_a_held_position_when_all_is_erased_then_the_next_prompt_comes_as_it_would(
    desk: Desk,
) -> None:
    """Also over a restart: the state is kept, without what it remembered."""
    desk.run("15m work", lambda: desk.ask("erase"), quits=False)
    kinds = {kind.held_from_s for kind in desk.saved_state().kinds}
    again = Desk(desk.path.parent, clock=desk.clock)
    again.run("5m work", "6s idle", "1m work", alive_s=desk.clock.boot_s())

    assert {1000.0} == kinds
    assert ["position"] == [view.kind for view in again.delivery.shown]
    assert [366.0] == [sum(span.seconds for span in again.rows()[0])]


@pytest.mark.row("S10", "erase")
def test_given_all_kinds_of_traces_when_all_is_erased_then_no_byte_is_left(
    tmp_path: Path,
) -> None:
    """Rows, state, the write-ahead log, and every file that was copied or set aside."""
    desk = Desk(tmp_path, clock=FakeClock(1000.123, MORNING_S + 0.456))
    left: list[list[bytes]] = []
    for name in (".damaged-1", ".damaged-1-wal", ".version-0", ".backup-2026-02-27", ".new"):
        place.beside(desk.path, name).write_text("2026-02-27 P-PC-01")

    def erase() -> None:
        spans, episodes = desk.rows()
        moments = [at for span in spans for at in (span.start, span.end)]
        moments += (at for e in episodes for at in (e.due, e.ended) if at is not None)
        known = [b"P-PC-01", b"2026-02-27", *(e.prompt.encode() for e in episodes if e.prompt)]
        # As SQLite writes a number; a saved state has it as text.
        known += (struct.pack(">d", x) for at in moments for x in (at.boot_s, at.unix_s))
        texts = [repr(at.unix_s).encode() for at in moments]
        assert 40 < len(known) == len(traces(tmp_path, known))
        desk.ask("erase")
        left.append(traces(tmp_path, [*known, *texts]))

    desk.run(*TO_A_PROMPT, lambda: answer(desk, "skip"), "3h work", "1m locked", "1m work", erase)

    assert [[]] == left


def test_given_three_days_when_those_before_one_are_erased_then_that_one_is_as_it_was(
    desk: Desk,
) -> None:
    """Rows and figures of the days before go; the state goes on untouched."""
    seen: list[object] = []
    day = (*TO_A_PROMPT, lambda: answer(desk), "3h40m work", *NIGHT)

    def erase() -> None:
        state = desk.loop.state
        seen.append(desk.ask("erase", TUESDAY.isoformat()))
        seen.append(
            [
                getattr(desk.loop.state, name) == getattr(state, name)
                for name in ("kinds", "seen", "showings", "credit")
            ]
        )
        seen.append(week(desk))

    desk.run(*day, *day, "10m work", erase, "5m work")
    spans, episodes = desk.rows()
    with Store.open(desk.path, read_only=True) as store:
        known = store.known()

    assert [{"ok": True, "problems": []}, [True] * 4] == seen[:2]
    assert (TUESDAY, WEDNESDAY) == known
    assert (14406.0 + 600.0) == seen[2][0]  # type: ignore[index]  # a pair
    assert {3} == {episode.ended.wall.day for episode in episodes if episode.ended}
    assert all(one.end.boot_s == two.start.boot_s for one, two in pairwise(spans))


def test_given_a_day_to_come_when_days_before_it_are_erased_then_that_is_all(desk: Desk) -> None:
    """Everything until now lies before it."""
    desk.run("10m work", lambda: desk.ask("erase", "2099-01-01"), "1m work")

    assert [60.0] == [span.seconds for span in desk.rows()[0]]


def test_given_no_date_when_that_is_to_be_erased_then_nothing_is(desk: Desk) -> None:
    """One sentence says how a date is written."""
    replies: list[dict[str, object]] = []
    desk.run("10m work", lambda: replies.append(desk.ask("erase", "yesterday")), "1m work")

    assert (False, True) == (replies[0]["ok"], replies[0]["usage"])
    assert [660.0] == [sum(span.seconds for span in desk.rows()[0])]


def test_given_a_history_of_a_newer_program_when_days_are_erased_then_it_is_left_alone(
    tmp_path: Path,
) -> None:
    """Nobody knows what its rows mean; to erase all of it needs no knowledge."""
    clock = FakeClock()
    Desk(tmp_path, clock=clock).run("10m work")
    path = tmp_path / "history.db"
    with closing(database.connect(path)) as db:
        db.execute("PRAGMA user_version = 99")
    desk, replies = Desk(tmp_path, clock=clock), list[dict[str, object]]()
    before = path.read_bytes()
    desk.run(
        "5m work",
        lambda: replies.append(desk.ask("erase", TUESDAY.isoformat())),
        lambda: replies.append({"same": path.read_bytes() == before}),
        lambda: replies.append(desk.ask("erase")),
        "1m work",
    )

    assert (False, {"same": True}) == (replies[0]["ok"], replies[1])
    assert "Nothing was erased. The history" in str(replies[0]["error"])
    assert {"ok": True, "problems": []} == replies[2]
    assert [60.0] == [sum(span.seconds for span in desk.rows()[0])]


# ── beside it, and without one ─────────────────────────────────────────────────────────────


def _lived(clock: FakeClock, *acts: str, quits: bool = True) -> None:
    places = files.places()
    place.prepare_folder(places.data)
    Desk(places.data, clock=clock).run(*acts, quits=quits)


def test_given_an_agent_that_has_ended_when_all_is_erased_then_its_time_off_begins_then(
    clock: FakeClock,
) -> None:
    """The next one finds nothing from before, and tells how long deskbreak did not run."""
    _lived(clock, *TO_A_PROMPT, "30m work")
    clock.until(clock.boot_s() + 3600)
    cut_s = clock.boot_s()
    assert [] == erasing.alone(None)
    clock.until(clock.boot_s() + 600)
    places = files.places()
    desk = Desk(places.data, clock=clock)
    desk.run("5m work")
    spans, episodes = desk.rows()

    assert [(cut_s, 600.0, Presence.OFF)] == [
        (span.start.boot_s, span.seconds, span.presence) for span in spans[:1]
    ]
    assert [900.0] == [sum(span.seconds for span in spans)]
    assert [] == episodes
    assert {300.0} == {clock.boot_s() - kind.held_from_s for kind in desk.loop.state.kinds[:3]}


def test_given_an_agent_that_was_killed_when_all_is_erased_then_it_was_off_since(
    clock: FakeClock,
) -> None:
    """Held times do not run on until the next start, though nobody said good-bye."""
    _lived(clock, "15m work", quits=False)
    clock.until(clock.boot_s() + 1800)
    assert [] == erasing.alone(None)
    clock.until(clock.boot_s() + 10)
    desk = Desk(files.places().data, clock=clock)
    desk.run("10m work")

    assert [610.0] == [sum(span.seconds for span in desk.rows()[0])]
    assert [] == desk.delivery.shown


def test_given_an_agent_that_ended_long_ago_when_days_are_erased_then_none_comes_back(
    clock: FakeClock,
) -> None:
    """The time off since then is told from the first day that is kept."""
    _lived(clock, "15m work")
    clock.until(clock.boot_s() + 2 * 86_400.0)
    assert [] == erasing.alone(TUESDAY)
    desk = Desk(files.places().data, clock=clock)
    desk.run("10m work")
    spans, _ = desk.rows()

    assert ("2026-03-03T04:00:00+01:00", Presence.OFF) == (
        spans[0].start.wall.isoformat(),
        spans[0].presence,
    )
    assert [clock.boot_s()] == [span.end.boot_s for span in spans[-1:]]
    assert all(one.end.boot_s == two.start.boot_s for one, two in pairwise(spans))


def test_given_clocks_that_do_not_tell_when_all_is_erased_then_the_engine_begins_anew(
    clock: FakeClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As it does at a start after which nobody knows how long deskbreak was off."""
    _lived(clock, "15m work")
    monkeypatch.setattr(erasing, "offset_after", lambda *_, **__: (0.0, False))

    assert [] == erasing.alone(None)
    with Store.open(files.places().history, read_only=True) as store:
        assert (None, None) == (store.load_saved(), store.known())


def test_given_no_history_when_all_is_erased_then_none_is_begun(clock: FakeClock) -> None:
    """Nothing was there, and nothing is left behind."""
    assert [] == erasing.alone(None)
    assert not files.places().history.exists()


def test_given_logs_and_trials_when_anything_is_erased_then_they_go_as_well(
    clock: FakeClock,
) -> None:
    """They tell of the days too; only the trial that is running stays for its own agent."""
    places = files.places()
    _lived(clock, "15m work")
    trial, demo = places.runtime / "trial" / "history.db", places.runtime / "demo" / "history.db"
    older = places.log.with_name("deskbreak.log.1")
    for path in (trial, demo, places.log, older):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("2026-03-02 09:20:00")
    left = erasing.elsewhere(places, TUESDAY, trial)

    assert [] == left
    assert (True, False, False, 0) == (
        trial.exists(),
        demo.exists(),
        older.exists(),
        places.log.stat().st_size,
    )
    with Store.open(places.history, read_only=True) as store:
        assert [] == store.days(MONDAY, MONDAY)
    assert [] == erasing.elsewhere(places, None, places.history)
    assert not trial.exists()


def test_given_a_running_agent_when_somebody_else_wants_to_erase_then_they_are_told(
    clock: FakeClock,
) -> None:
    """The history has one writer."""
    _lived(clock, "15m work")
    door = Door(files.runtime_folder(files.places()))
    assert door.claim()
    try:
        assert erasing.alone(None) is None
    finally:
        door.close()
    with Store.open(files.places().history, read_only=True) as store:
        assert (MONDAY, MONDAY) == store.known()


def test_given_a_history_that_nobody_can_write_when_days_are_erased_then_that_is_said(
    clock: FakeClock,
) -> None:
    """Nothing of it is gone then."""
    places = files.places()
    _lived(clock, "15m work")
    with closing(database.connect(places.history)) as other:
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(Refusal, match=r"Nothing was erased\. Another program holds"):
            erasing.alone(TUESDAY)
    with Store.open(places.history, read_only=True) as store:
        assert [900.0] == [day.desk_seconds for day in store.days(MONDAY, MONDAY)]
