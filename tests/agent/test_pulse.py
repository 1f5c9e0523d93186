"""The pulse: one job, on time, whatever the clocks do."""

from __future__ import annotations

import threading
import time
from datetime import datetime
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import clock
from deskbreak.agent.pulse import Pulse

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import tzinfo


class Looks:
    """Counts the looks, and lets a test wait for them."""

    def __init__(self) -> None:
        """Begin with none."""
        self.at: list[float] = []
        self._came = threading.Condition()

    def __call__(self) -> None:
        """Note a look."""
        with self._came:
            self.at.append(time.monotonic())
            self._came.notify_all()

    def wait(self, count: int, timeout_s: float = 5.0) -> bool:
        """Wait for *count* looks in all."""
        with self._came:
            return self._came.wait_for(lambda: len(self.at) >= count, timeout_s)

    def first_from(self, at_s: float, timeout_s: float = 5.0) -> float | None:
        """Wait for a look at *at_s* (monotonic clock) or later; return when the first came."""
        with self._came:
            self._came.wait_for(lambda: self.at and self.at[-1] >= at_s, timeout_s)
            return next((one_s for one_s in self.at if one_s >= at_s), None)


@pytest.fixture
def looks() -> Looks:
    """Return a fresh counter."""
    return Looks()


@pytest.fixture
def pulse(looks: Looks) -> Iterator[Pulse]:
    """Start a pulse on the monotonic clock."""
    beating = Pulse(looks, lambda at_s: at_s - time.monotonic())
    beating.start()
    yield beating
    beating.close()


def test_given_a_next_look_when_its_time_comes_then_there_is_one_look(
    pulse: Pulse, looks: Looks
) -> None:
    """A look comes once, and not before its time."""
    due = time.monotonic() + 0.1
    pulse.look_at(due)

    assert looks.wait(1)
    assert looks.at[0] >= due
    assert not looks.wait(2, 0.2)


def test_given_a_next_look_when_another_replaces_it_then_only_that_comes(
    pulse: Pulse, looks: Looks
) -> None:
    """There is exactly one job."""
    pulse.look_at(time.monotonic() + 0.05)
    pulse.look_at(time.monotonic() + 60.0)
    assert not looks.wait(1, 0.2)
    pulse.look_at(time.monotonic())

    assert looks.wait(1)


def test_given_no_next_look_when_time_goes_by_then_nothing_comes(
    pulse: Pulse, looks: Looks
) -> None:
    """None takes the job away."""
    pulse.look_at(time.monotonic() + 0.05)
    pulse.look_at(None)

    assert not looks.wait(1, 0.2)


@pytest.mark.parametrize("step_s", [-3600.0, 3600.0 * 8, -30 * 365 * 86_400.0, 30 * 365 * 86_400.0])
def test_given_a_wall_clock_that_is_set_when_the_look_is_due_then_it_comes_on_time(
    monkeypatch: pytest.MonkeyPatch, step_s: float
) -> None:
    """APScheduler judges by the wall clock; a step of it may neither delay nor repeat the look."""
    looks = Looks()
    shift = [0.0]
    real = time.time
    monkeypatch.setattr("deskbreak.agent.clock.time.time", lambda: real() + shift[0])
    monkeypatch.setattr("apscheduler.schedulers.base.datetime", _Shifted())
    pulse = Pulse(looks, lambda at_s: at_s - time.monotonic())
    pulse.start()
    due = time.monotonic() + 0.4
    pulse.look_at(due)

    shift[0] = step_s
    pulse._scheduler.wakeup()
    assert looks.wait(1)  # the step itself is a reason to look
    while time.monotonic() < due:
        pulse.look_at(due)  # as the loop does after each look; a step may come in mid-judgement
        time.sleep(0.01)
    came_s = looks.first_from(due)
    pulse.close()

    assert came_s is not None
    assert came_s - due < 2.0


@pytest.mark.parametrize("what", ["the wall clock was set", "the computer slept"])
def test_given_nobody_who_tells_of_it_when_the_same_look_is_asked_for_then_it_is_put_in_anew(
    monkeypatch: pytest.MonkeyPatch, what: str
) -> None:
    """On Windows the windows are told, and the pulse is only asked for the next look again."""
    monkeypatch.setattr("deskbreak.agent.pulse._clock_set", lambda: None)
    shift = [0.0]
    if what == "the computer slept":
        awake_s = clock.awake_s
        monkeypatch.setattr(clock, "awake_s", lambda: awake_s() - shift[0])
    else:
        real = time.time
        monkeypatch.setattr("deskbreak.agent.clock.time.time", lambda: real() - shift[0])
        monkeypatch.setattr("apscheduler.schedulers.base.datetime", _Shifted())
    looks = Looks()
    left_s = [60.0]
    pulse = Pulse(looks, lambda _: left_s[0])
    pulse.start()
    pulse.look_at(1000.0)
    assert not looks.wait(1, 0.2)

    shift[0], left_s[0] = 3600.0, 0.1
    pulse.look_at(1000.0)
    assert looks.wait(1)
    pulse.close()


class _Shifted:
    """Stands in for datetime inside APScheduler: C code would not see the shifted clock."""

    def now(self, zone: tzinfo) -> datetime:
        """Return the shifted time."""
        return datetime.fromtimestamp(time.time(), zone)
