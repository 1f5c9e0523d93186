from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.words import said
from deskbreak.platforms import asking
from deskbreak.platforms.asking import AskedIdle, Seen, pause_s
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.watched import WITHIN_S, Overseer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.ports import Duty


class Keyboard:
    """Whoever may be asked, on a clock that the test sets."""

    def __init__(self) -> None:
        self.now_s = 5000.0
        self.input_s = 5000.0
        self.refuses = False
        self.looked = 0
        self.reports = 0
        self.before_look: Callable[[], None] = lambda: None

    def open(self, duty: Duty | None = None) -> AskedIdle:
        return AskedIdle(
            "test",
            self.look,
            self._changed,
            boot_s=lambda: self.now_s,
            return_s=lambda: 5.0,
            duty=duty,
        )

    def look(self) -> Seen:
        self.before_look()
        self.looked += 1
        if self.refuses:
            raise Unavailable(said("nobody answers"))
        return Seen(self.now_s - self.input_s, self.input_s)

    def _changed(self) -> None:
        self.reports += 1


@pytest.fixture
def keyboard() -> Keyboard:
    """A keyboard that was touched just now."""
    return Keyboard()


@pytest.fixture
def still(keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedIdle]:
    """A source whose thread never begins: the test takes its turns."""
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda self: None)
        source = keyboard.open()
    yield source
    source._closed = True


class Bell:
    """What wakes the thread of a source."""

    def __init__(self, source: AskedIdle) -> None:
        self.rung = 0
        source._wake = self  # type: ignore[assignment] # as far as it is used

    def notify_all(self) -> None:
        self.rung += 1

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


@pytest.mark.parametrize(
    ("idle_s", "marks_s", "expected"),
    [
        pytest.param(40.0, [300.0], 260.001, id="when the mark can be reached"),
        pytest.param(0.9, [5.0, 120.0], 10.0, id="who types on is not looked at all the time"),
        pytest.param(1.0, [5.0, 120.0], 4.001, id="who pauses is"),
        pytest.param(0.9, [120.0], 119.101, id="a far mark is exact for everybody"),
        pytest.param(6.0, [5.0, 120.0], 5.0, id="the return of input"),
        pytest.param(118.0, [5.0, 120.0], 2.001, id="the next mark comes sooner than that"),
        pytest.param(None, [120.0], 120.001, id="input may come at once"),
        pytest.param(3.0, [], None, id="nobody wants to know"),
        pytest.param(0.1, [], None, id="nobody wants to know of somebody who types"),
    ],
)
def test_given_an_idle_time_then_the_next_look_is_when_something_can_have_happened(
    idle_s: float | None, marks_s: list[float], expected: float | None
) -> None:
    """Nothing is asked that cannot have changed."""
    assert expected == pytest.approx(pause_s(idle_s, marks_s, 5.0, 10.0))


def test_given_a_mark_that_comes_later_than_the_next_look_then_nobody_is_woken_for_it(
    keyboard: Keyboard, still: AskedIdle
) -> None:
    """After every event the engine repeats its marks, or leaves one out."""
    bell = Bell(still)
    still.watch([60.0, 120.0])
    still._turn()
    first = bell.rung
    keyboard.now_s += 10
    still.idle_s()
    still.watch([120.0])

    assert (1, 1) == (first, bell.rung)


def test_given_a_mark_that_comes_sooner_than_the_next_look_then_its_thread_is_woken(
    keyboard: Keyboard, still: AskedIdle
) -> None:
    """Also where it was long ago that anybody asked: input may have stopped just after that."""
    bell = Bell(still)
    still.watch([160.0])
    still._turn()
    keyboard.now_s += 100
    still.watch([120.0, 160.0])

    assert 2 == bell.rung


def test_given_nobody_who_wants_to_know_of_a_loss_when_it_is_over_then_it_goes_on(
    keyboard: Keyboard, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that has no other in its place is asked again."""
    monkeypatch.setattr(asking, "_AGAIN_S", 0.005)
    source = keyboard.open()
    source.watch([120.0])
    keyboard.refuses = True
    source.watch([60.0])
    keyboard.looked = 0
    wait_for(lambda: keyboard.looked > 1, what="another try")
    keyboard.now_s += 61
    keyboard.refuses = False
    wait_for(lambda: keyboard.reports, what="the mark")
    source.close()

    assert 1 == keyboard.reports


def test_given_a_look_that_does_not_come_back_then_its_thread_hangs(keyboard: Keyboard) -> None:
    """It should take no time; whoever else asks waits for it."""
    overseer = Overseer()
    overseer.hangs = True
    keyboard.before_look = overseer.changed
    source = keyboard.open(overseer.watch)
    assert overseer.was_told.wait(WITHIN_S)
    found = overseer.look_twice()
    overseer.let_go.set()
    source.close()

    assert (("idle-test",), ()) == (found, overseer.watch.parts)
