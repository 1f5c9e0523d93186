"""Packs that take long to read: a little at a time, and in force once all are read."""

from __future__ import annotations

import gc
import time
from functools import partial
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.agent.clock import SystemClock
from deskbreak.agent.prompts import Prompts
from deskbreak.core.model import Command
from deskbreak.core.pack import Whose
from tests.fakes import Desk, FakeClock
from tests.storage.packing import pack, put, trust

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.agent.clock import Clock

HELD_MS: Final = 250.0
"""No call on the agent's thread takes longer; tests fail at ten times."""
_TIMES: Final = 3


class SlowClock(FakeClock):
    """Whatever is done between two looks at it takes 20 ms."""

    def boot_s(self) -> float:
        self.until(self.at.boot_s + 0.02)
        return self.at.boot_s


@pytest.fixture
def prompts(tmp_path: Path) -> Callable[[Clock], Prompts]:
    """Return what reads packs in three folders, none of which is there yet."""
    organisation = (tmp_path / "theirs", tmp_path / "more")
    return partial(Prompts, tmp_path / "own", lambda: ("en", organisation))


@pytest.fixture(autouse=True)
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)


def turns(reading: Prompts) -> Iterator[bool]:
    """Let *reading* go on, turn by turn, to its end."""
    while reading.is_being_read:
        yield reading.read_on(reading.look())


def test_given_packs_that_take_long_when_they_are_read_then_those_of_before_last_until_the_end(
    tmp_path: Path, prompts: Callable[[Clock], Prompts]
) -> None:
    """One turn a file, one a folder; the last tells that it is."""
    reading = prompts(SlowClock())
    put(tmp_path / "theirs", a=pack("A-1"), b=pack("B-1"))
    put(tmp_path / "own", mine=pack("M-1"))
    reading.read_if_other()
    told, seen = [], []
    for is_done in turns(reading):
        told.append(is_done)
        seen.append(reading.pack.whose)

    assert [False] * 4 + [True] == told
    assert [{}] * 4 == seen[:-1]
    assert ["A-1", "B-1", "M-1"] == list(seen[-1])
    assert not reading.are_other(reading.look())
    assert not reading.read_on(reading.look())


def test_given_nothing_but_what_is_built_in_then_it_is_read_in_one_turn(
    prompts: Callable[[Clock], Prompts],
) -> None:
    """As it is for nearly everybody."""
    reading = prompts(SlowClock())
    before = reading.pack
    reading._seen = None
    reading.read_if_other()

    assert not reading.is_being_read
    assert before is not reading.pack
    assert before == reading.pack


def test_given_a_file_that_changes_while_packs_are_read_then_they_are_left_until_it_rests(
    tmp_path: Path, prompts: Callable[[Clock], Prompts]
) -> None:
    """Half of one folder and half of another were in force at no time."""
    reading = prompts(SlowClock())
    put(tmp_path / "own", a=pack("A-1"), b=pack("B-1"))
    reading.read_if_other()
    put(tmp_path / "own", b=pack("B-2"))
    is_done = reading.read_on(reading.look())
    left = (reading.is_being_read, reading.are_other(reading.look()), reading.pack.whose)
    reading.read_if_other()
    list(turns(reading))

    assert not is_done
    assert (False, True, {}) == left
    assert ["A-1", "B-2"] == list(reading.pack.whose)


def test_given_settings_that_want_another_language_meanwhile_then_packs_are_read_in_it(
    tmp_path: Path,
) -> None:
    """From the beginning, and with no turn lost."""
    languages = ["en"]
    reading = Prompts(tmp_path / "own", lambda: (languages[-1], ()), SlowClock())
    english = reading.pack.texts
    put(tmp_path / "own", a=pack("A-1"))
    reading.read_if_other()
    languages.append("de")
    reading.read_if_other()
    list(turns(reading))

    assert "de" == reading.pack.language
    assert english["P-ST-01"] != reading.pack.texts["P-ST-01"]
    assert ["A-1"] == list(reading.pack.whose)


def test_given_an_agent_when_packs_take_long_then_it_does_what_comes_in_between(
    tmp_path: Path,
) -> None:
    """It is paused while the packs of before are in force; then come the new ones."""
    desk = Desk(tmp_path, clock=SlowClock())
    seen: list[tuple[bool, int]] = []

    def read() -> None:
        put(tmp_path / "packs", a=pack("A-1"), b=pack("B-1"), c=pack("C-1"))
        desk.inbox.command(Command("reload"))

    def look() -> None:
        if desk.keeper._prompts.is_being_read:
            seen.append((desk.loop.state.pause is not None, len(desk.keeper.pack.whose)))
            if len(seen) == 1:
                desk.inbox.command(Command("pause", "30m"))

    desk.loop.at_beat = look
    desk.run("2s work", read, "1s work")

    assert [(False, 0), *[(True, 0)] * 3] == seen
    assert {"A-1", "B-1", "C-1"} <= {entry.id for entry in desk.keeper.rules.index}


@pytest.fixture
def little_rubbish() -> Iterator[None]:
    """A collector that does not look through what other tests have left: 0.2 s in one turn or another."""
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.alone
@pytest.mark.usefixtures("little_rubbish")
def test_given_three_full_folders_when_all_become_others_then_no_turn_takes_long(
    tmp_path: Path, prompts: Callable[[Clock], Prompts]
) -> None:
    """As much as is ever read, on the processor: each turn is a small part of the whole."""
    long = ["x" * 400] * 3
    steps = [{"kind": "move", "seconds": 10, "text": "To the stairs and up, then back."}] * 6
    reading = prompts(SystemClock())
    for time_ in range(_TIMES):
        for folder, whose in (("theirs", "T"), ("more", "N"), ("own", "O")):
            texts = {
                f"p{file}": pack(
                    *(f"{whose}{file}-{n}" for n in range(125)), source=long, steps=steps
                )
                for file in range(4)
            }
            put(tmp_path / folder, **{name: f"{text}#{time_}" for name, text in texts.items()})
        took_ms: list[float] = []
        while not took_ms or reading.is_being_read:
            began_s = time.thread_time()
            if took_ms:
                reading.read_on(reading.look())
            else:
                reading.read_if_other()
            took_ms.append(1000 * (time.thread_time() - began_s))

        assert 1500 == len(reading.pack.whose)
        assert {Whose.ORGANISATION, Whose.OWN} == set(reading.pack.whose.values())
        assert max(took_ms) < sum(took_ms) / 4, took_ms
        assert max(took_ms) < 10 * HELD_MS, took_ms
