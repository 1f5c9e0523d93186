"""What a signal does while the main thread waits, and afterwards."""

from __future__ import annotations

import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import console
from deskbreak.agent.signals import heard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

if sys.platform == "win32":
    ONE, TWO = signal.SIGINT, signal.SIGABRT
else:
    ONE, TWO = signal.SIGUSR1, signal.SIGUSR2


@pytest.fixture(autouse=True)
def _as_before() -> Iterator[None]:
    """Leave the signals of these tests as they were."""
    ours = [signal.SIGTERM, ONE, TWO]
    if sys.platform == "win32":
        ours.append(signal.SIGBREAK)
    before = {number: signal.getsignal(number) for number in ours}
    yield
    for number, handler in before.items():
        signal.signal(number, handler)


def test_given_a_waiting_main_thread_when_a_signal_reaches_another_one_then_it_is_heard() -> None:
    """It is not left for when the wait is over."""
    ours, theirs = threading.Event(), threading.Event()

    def pause() -> None:
        signal.raise_signal(ONE)  # on this thread
        theirs.wait(10.0)

    with heard({ONE: ours.set, TWO: lambda: None}):
        other = threading.Thread(target=pause)
        other.start()

        assert ours.wait(10.0)
        theirs.set()
        other.join()


def test_given_a_signal_that_cannot_be_handled_when_another_comes_then_it_is_heard(
    caplog: pytest.LogCaptureFixture,
) -> None:
    """Who is deaf from then on could not even be told to end."""
    told = threading.Event()
    with heard({ONE: lambda: [].clear(1), TWO: told.set}):  # type: ignore[call-arg] # that is the mistake
        signal.raise_signal(ONE)
        signal.raise_signal(TWO)

        assert told.wait(10.0)
    assert "could not be handled" in caplog.text


def test_given_the_end_when_signals_come_then_they_do_nothing_and_nothing_stays_open() -> None:
    """Who has been told to end is not killed while it does."""
    came: list[int] = []
    before = _kept()
    with heard({ONE: lambda: came.append(1)}):
        assert before != _kept()
    signal.raise_signal(ONE)

    assert ([], before) == (came, _kept())


def _kept() -> tuple[int, int]:
    """Count open files, where they can be counted, and threads."""
    files = Path("/dev/fd")
    return len(list(files.iterdir())) if files.exists() else 0, threading.active_count()


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere terminals end programs by SIGHUP")
def test_given_windows_when_ctrl_break_comes_then_it_is_heard_as_sigterm() -> None:
    """Nobody sends SIGTERM there."""
    if sys.platform != "win32":
        return
    heard_it = threading.Event()
    with heard({signal.SIGTERM: heard_it.set}):
        signal.raise_signal(signal.SIGBREAK)

        assert heard_it.wait(10.0)


@pytest.mark.parametrize(
    ("event", "is_told"),
    [
        pytest.param(0, False, id="Ctrl+C"),
        pytest.param(1, False, id="Ctrl+Break"),
        pytest.param(2, True, id="the window is closed"),
        pytest.param(5, True, id="the person logs off"),
        pytest.param(6, True, id="the system ends"),
    ],
)
def test_given_a_console_when_it_ends_then_it_is_told_and_the_handler_waits(
    monkeypatch: pytest.MonkeyPatch, event: int, is_told: bool
) -> None:
    """On Windows, which ends the process as soon as the handler returns; signals are left alone."""
    handlers: list[Callable[[int], bool]] = []
    told: list[int] = []
    monkeypatch.setattr(console, "_set_handler", handlers.append)
    monkeypatch.setattr(console, "_unset_handler", lambda _: handlers.clear())
    monkeypatch.setattr(console, "_PATIENCE_S", 0.2)
    with console.closing_told(lambda: told.append(event)):
        began_s = time.monotonic()
        assert is_told is handlers[0](event)
        took_s = time.monotonic() - began_s

    assert ([event] if is_told else []) == told
    assert is_told is (took_s > 0.1)
    assert [] == handlers


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows itself")
def test_given_this_windows_then_a_handler_can_be_set_and_unset() -> None:
    """With a console or without."""
    with console.closing_told(lambda: None):
        pass
