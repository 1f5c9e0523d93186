from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from deskbreak.platforms import idle_terminal
from deskbreak.platforms.asking import AskedIdle, pause_s
from deskbreak.platforms.idle_terminal import terminal_idle
from deskbreak.ports import Unavailable
from tests.desktop.matrix import cell
from tests.desktop.parts import wait_for

if sys.platform == "win32":
    pytest.skip("Windows has no terminal devices", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Said


class Terminal:
    """A real pseudo terminal, with clocks that the test sets."""

    def __init__(self) -> None:
        self.master, self.fd = os.openpty()
        self.boot = 5000.0
        self.wall = 1_700_000_000.0  # at the start of a block of 8 s
        self.reports: list[float] = []
        self.lost: list[Said] = []
        self._opened: list[AskedIdle] = []
        self.typed_at(self.wall)

    def open(self) -> AskedIdle:
        source = terminal_idle(
            lambda: self.reports.append(source.idle_s()),
            boot_s=lambda: self.boot,
            wall_s=lambda: self.wall,
            lost=self.lost.append,
            terminal=self.fd,
        )
        self._opened.append(source)
        return source

    def typed_at(self, wall: float) -> None:
        """Stamp the terminal as the kernel does when a program reads from it."""
        os.utime(os.ttyname(self.fd), (wall, wall))

    def pass_s(self, seconds: float) -> None:
        self.boot += seconds
        self.wall += seconds

    def hang_up(self) -> None:
        os.close(self.master)
        self.master = -1

    def close(self) -> None:
        for source in self._opened:
            source.close()
        for fd in {self.master, self.fd} - {-1}:
            os.close(fd)


@pytest.fixture
def terminal() -> Iterator[Terminal]:
    """A terminal of this test alone."""
    opened = Terminal()
    yield opened
    opened.close()


# ── idle time ──────────────────────────────────────────────────────────────────────────────


def test_given_typing_when_time_passes_then_idle_time_begins_after_its_8_s(
    terminal: Terminal,
) -> None:
    """The kernel notes only the first input of 8 s, so nothing is known before they are over."""
    source = terminal.open()
    idle = []
    for step in (0, 7, 1, 1, 100):
        terminal.pass_s(step)
        idle.append(source.idle_s())

    assert [0.0, 0.0, 0.0, 1.0, 101.0] == idle


def test_given_a_clock_that_steps_when_nobody_types_then_idle_time_does_not(
    terminal: Terminal,
) -> None:
    """Durations are told by the boot clock; the wall clock only says when input was."""
    source = terminal.open()
    source.idle_s()
    terminal.pass_s(20)
    before = source.idle_s()
    terminal.wall += 3600
    forward = source.idle_s()
    terminal.wall -= 7200
    back = source.idle_s()

    assert (12.0, 12.0, 12.0) == (before, forward, back)


def test_given_a_clock_that_steps_when_somebody_types_then_it_was_after_the_last_look(
    terminal: Terminal,
) -> None:
    """A clock that was put forward an hour must not turn a key pressed now into an absence."""
    source = terminal.open()
    terminal.pass_s(20)
    source.idle_s()
    terminal.pass_s(10)
    terminal.typed_at(terminal.wall)
    terminal.wall += 3600

    assert source.idle_s() <= 10.0


def test_given_a_stamp_from_the_future_then_somebody_types_now(terminal: Terminal) -> None:
    """The clock was put back: idle time is at least not negative, and starts again."""
    terminal.typed_at(terminal.wall + 3600)
    source = terminal.open()
    first = source.idle_s()
    terminal.pass_s(20)

    assert (0.0, 12.0) == (first, source.idle_s())


def test_given_a_real_key_when_a_program_reads_it_then_the_kernel_stamps_the_terminal() -> None:
    """The fact that all of this stands on; reading counts, not typing."""
    master, fd = os.openpty()
    os.utime(os.ttyname(fd), (1.0, 1.0))
    os.write(master, b"d\n")
    typed = os.fstat(fd).st_atime
    os.read(fd, 10)
    read = os.fstat(fd).st_atime
    os.close(master)
    os.close(fd)

    assert 1.0 == typed
    assert abs(read - time.time()) < 10


# ── reports ────────────────────────────────────────────────────────────────────────────────


def test_given_a_mark_when_it_is_passed_then_it_is_reported_once(terminal: Terminal) -> None:
    """Our thread looks when the mark can have been reached.

    The kernel's blocks of 8 s leave no room for the times of the common contract.
    """
    cell("idle", "terminal")
    terminal.wall += 8  # right after the last 8 s in which somebody typed
    source = terminal.open()
    source.idle_s()
    source.watch([0.05])
    terminal.pass_s(0.06)
    wait_for(lambda: terminal.reports, what="the mark")
    source.watch([0.05])

    assert [0.06] == [round(idle_s, 3) for idle_s in terminal.reports]


def test_given_a_mark_that_is_passed_when_input_returns_then_it_is_noticed_by_and_by(
    terminal: Terminal, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nothing tells of input here: we look every 8 s."""
    monkeypatch.setattr(idle_terminal, "_RETURN_S", 0.02)
    terminal.wall += 200
    source = terminal.open()
    source.idle_s()
    source.watch([120.0])
    terminal.pass_s(8)
    terminal.typed_at(terminal.wall)
    wait_for(lambda: terminal.reports, what="the return")

    assert [0.0] == terminal.reports


def test_given_a_mark_that_is_passed_between_asking_and_watching_then_it_is_reported(
    terminal: Terminal,
) -> None:
    """The reader decides on what it read; what happened meanwhile must not be lost."""
    terminal.wall += 8
    source = terminal.open()
    source.idle_s()
    terminal.pass_s(130)
    source.watch([120.0])
    wait_for(lambda: terminal.reports, what="the mark")

    assert [130.0] == terminal.reports


def test_given_a_mark_that_is_passed_when_it_is_watched_then_nothing_is_reported(
    terminal: Terminal,
) -> None:
    """What the reader knows is not told again."""
    terminal.wall += 200
    source = terminal.open()
    source.idle_s()
    source.watch([120.0])
    source.watch([120.0, 60.0])
    source.close()

    assert [] == terminal.reports


@pytest.mark.parametrize(
    ("idle_s", "marks_s", "expected"),
    [
        pytest.param(40.0, [120.0], 80.001, id="when the mark can be reached"),
        pytest.param(-8.0, [5.0], 13.001, id="not while the kernel notes nothing"),
        pytest.param(130.0, [120.0], 8.0, id="every 8 s for the return of input"),
        pytest.param(130.0, [120.0, 133.0], 3.001, id="the next mark comes sooner"),
        pytest.param(130.0, [], None, id="nobody wants to know"),
    ],
)
def test_given_an_idle_time_then_the_next_look_is_when_something_can_have_happened(
    idle_s: float, marks_s: list[float], expected: float | None
) -> None:
    """Nothing is asked that cannot have changed."""
    assert expected == pytest.approx(pause_s(idle_s, marks_s, 8.0))


# ── ends ───────────────────────────────────────────────────────────────────────────────────


def test_given_the_terminal_goes_then_that_is_told_once_and_asking_fails(
    terminal: Terminal,
) -> None:
    """A window that is closed must not look like a person who went away."""
    source = terminal.open()
    source.watch([120.0])
    terminal.hang_up()
    source.watch([60.0])
    wait_for(lambda: terminal.lost, what="the loss")

    assert ["the terminal is gone"] == [str(why) for why in terminal.lost]
    with pytest.raises(Unavailable, match="the terminal is gone"):
        source.idle_s()


def test_given_a_source_when_it_is_closed_then_its_thread_ends(terminal: Terminal) -> None:
    """Closing twice is closing once."""
    source = terminal.open()
    source.watch([120.0])
    source.close()
    source.close()

    assert not [t for t in threading.enumerate() if t.name == "idle-terminal"]
    assert [] == terminal.lost
    with pytest.raises(Unavailable):
        source.idle_s()


def test_given_no_terminal_at_all_when_opened_then_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Started by cron or a service manager."""
    monkeypatch.setattr(os, "isatty", lambda fd: False)

    with pytest.raises(Unavailable, match="not started from a terminal"):
        terminal_idle(lambda: None, boot_s=lambda: 0.0, wall_s=lambda: 0.0)
