from __future__ import annotations

import sys
import threading
from queue import SimpleQueue
from typing import Any

import pytest

from deskbreak.agent import timer_windows
from deskbreak.agent.timer_windows import WaitableTimer
from tests.doubles.watched import WITHIN_S


class Kernel:
    """A timer of which the test decides when its time has come."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[tuple[object, ...]] = []
        self.answers: SimpleQueue[int] = SimpleQueue()
        calls: dict[str, Any] = {
            "CreateWaitableTimerW": lambda *_: 7,
            "SetWaitableTimer": self._set,
            "CancelWaitableTimer": lambda handle: self.asked.append(("cancel", handle)),
            "WaitForSingleObject": lambda *_: self.answers.get(timeout=15),
        }
        monkeypatch.setattr(timer_windows, "_kernel32", lambda name, *_: calls[name])

    def _set(self, handle: int, due: Any, period_ms: int, *_: object) -> None:  # noqa: ANN401 - a reference as C has it
        self.asked.append(("set", handle, due._obj.value, period_ms))


def test_given_a_timer_when_its_time_has_come_then_it_rings_on_its_own_thread(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """To set and to clear it is one call each, of which nobody is woken."""
    kernel = Kernel(monkeypatch)
    rung: SimpleQueue[str] = SimpleQueue()
    made = WaitableTimer(lambda: rung.put(threading.current_thread().name), 20.0)
    made.set()
    kernel.answers.put(0)
    where = rung.get(timeout=WITHIN_S)
    made.clear()
    kernel.answers.put(0xFFFF_FFFF)  # WAIT_FAILED

    assert "watch" == where
    assert [("set", 7, -200_000_000, 20_000), ("cancel", 7)] == kernel.asked


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_given_a_real_timer_when_it_is_set_then_it_rings_until_it_is_cleared() -> None:
    """And not before it is set."""
    rung = threading.Semaphore(0)
    made = WaitableTimer(rung.release, 0.05)
    assert not rung.acquire(timeout=0.2)
    made.set()
    assert rung.acquire(timeout=WITHIN_S)
    assert rung.acquire(timeout=WITHIN_S)
    made.clear()
    while rung.acquire(timeout=0.2):  # what rang before that
        pass

    made.set()
    assert rung.acquire(timeout=WITHIN_S)
    made.clear()
