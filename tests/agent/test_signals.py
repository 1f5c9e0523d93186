"""What a signal does while the main thread waits, and afterwards."""

from __future__ import annotations

import os
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent.signals import heard

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    pytest.skip("Windows has no such signals", allow_module_level=True)


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the signals of these tests as they were."""
    before = {number: signal.getsignal(number) for number in (signal.SIGUSR1, signal.SIGUSR2)}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_given_a_waiting_main_thread_when_a_signal_reaches_another_one_then_it_is_heard() -> None:
    """It is not left for when the wait is over."""
    ours, theirs = threading.Event(), threading.Event()

    def pause() -> None:
        signal.raise_signal(signal.SIGUSR1)  # on this thread
        theirs.wait(10.0)

    with heard({signal.SIGUSR1: ours.set, signal.SIGUSR2: lambda: None}):
        other = threading.Thread(target=pause)
        other.start()

        assert ours.wait(10.0)
        theirs.set()
        other.join()


def test_given_the_end_when_signals_come_then_they_do_nothing_and_nothing_stays_open() -> None:
    """Who has been told to end is not killed while it does."""
    came: list[int] = []
    before = _kept()
    with heard({signal.SIGUSR1: lambda: came.append(1)}):
        assert before != _kept()
    os.kill(os.getpid(), signal.SIGUSR1)

    assert ([], before) == (came, _kept())


def _kept() -> tuple[int, int]:
    """Count open files and threads."""
    return len(list(Path("/dev/fd").iterdir())), threading.active_count()
