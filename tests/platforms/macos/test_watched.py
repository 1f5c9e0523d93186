"""What the parts of macOS with a thread of their own owe the watch. No Mac has run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.platforms.macos import idle, listener
from deskbreak.platforms.macos.parts import MacParts
from deskbreak.storage.files import icon_theme
from tests.desktop.parts import wait_for
from tests.doubles.mac import LastInput, RunLoop
from tests.doubles.watched import Overseer

pytest.register_assert_rewrite("tests.contracts.watched")
from tests.contracts.watched import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.watched import Part


def _parts(overseer: Overseer) -> MacParts:
    return MacParts(icon_theme(), overseer.watch)


class Input:
    """What looks at the input."""

    name = "idle-macos"

    def __init__(self, overseer: Overseer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._desk = LastInput(monkeypatch)
        (opens,) = _parts(overseer).idle(overseer.changed, self._desk.boot_s, 250.0).values()
        self._source = opens()
        self.close = self._source.close

    def happen(self) -> None:
        self._source.watch([0.05])
        self._desk.rest(1)
        self._source.watch([0.05, 3600.0])

    def spoil(self) -> None:
        self._source.watch([3600.0])
        self._monkeypatch.setattr(idle, "_silent_s", iter(()).__next__)
        self._source.watch([0.05])


class Listening:
    """What hears of sleep, and of the lock."""

    name = "session"

    def __init__(self, overseer: Overseer, loop: RunLoop) -> None:
        (opens,) = _parts(overseer).sessions(overseer.changed, lambda: None).values()
        self.close = opens().close
        self._loop = loop

    def happen(self) -> None:
        self._loop.power(listener._WILL_SLEEP)

    def spoil(self) -> None:
        self._loop.end()


@pytest.fixture
def overseer() -> Iterator[Overseer]:
    """Who looks after them; whoever hangs goes on with the end of the test."""
    made = Overseer()
    yield made
    made.let_go.set()


@pytest.fixture
def loop(monkeypatch: pytest.MonkeyPatch) -> RunLoop:
    """Where macOS tells."""
    return RunLoop(monkeypatch)


@pytest.fixture(params=["idle", "session"])
def part(
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
    overseer: Overseer,
    loop: RunLoop,
) -> Iterator[Part]:
    """Every part of macOS: what holds for one holds for all."""
    is_idle = request.param == "idle"
    opened: Part = Input(overseer, monkeypatch) if is_idle else Listening(overseer, loop)
    yield opened
    overseer.let_go.set()
    opened.close()


def test_given_a_lock_that_is_told_when_it_keeps_the_thread_then_that_is_noticed(
    overseer: Overseer, loop: RunLoop, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As of sleep, to which macOS waits for our word, and gets it."""
    part = Listening(overseer, loop)
    loop.power(listener._CAN_SLEEP)
    wait_for(lambda: loop.allowed, what="our word")
    monkeypatch.setattr("deskbreak.platforms.macos.session._read_locked", lambda: True)
    overseer.hangs = True
    loop.notice()
    assert overseer.was_told.wait(5.0)
    found = overseer.look_twice()
    overseer.let_go.set()
    part.close()

    assert (Listening.name,) == found
    assert [6] == loop.allowed
