from __future__ import annotations

import contextlib
import os
import signal
import struct
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import pytest

from deskbreak.core.words import said
from deskbreak.platforms.linux.idle_x11 import X11Idle
from deskbreak.platforms.linux.xdisplay import connect
from deskbreak.platforms.linux.xsync import IdleCounter, _declared, _extension, _idletime, _value
from deskbreak.ports import Unavailable
from tests.desktop.parts import XServer, missing, wait_for
from tests.doubles.idle import FakeIdle

if sys.platform != "linux":
    pytest.skip("X servers are started on Linux only", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said
    from deskbreak.ports import IdleSource


class Desk(Protocol):
    """A source, a hand, and what the source reported: the idle time read at each report."""

    reports: list[float]

    @property
    def source(self) -> IdleSource: ...
    def touch(self) -> None: ...
    def rest(self, seconds: float) -> None: ...
    def settle(self, reports: int) -> None: ...


class FakeDesk:
    def __init__(self) -> None:
        self.reports: list[float] = []
        self.source = FakeIdle(lambda: self.reports.append(self.source.idle_s()))
        self.touch = self.source.touch
        self.rest = self.source.rest

    def settle(self, reports: int) -> None:
        """Everything has been reported already."""


class XDesk:
    def __init__(self, display: str, lost: Callable[[Said], None] | None = None) -> None:
        self.reports: list[float] = []
        self.display = display
        self._at = 100
        self._eyes = X11Idle(lambda: None, display)  # the test's own, not to disturb the source
        self.source = X11Idle(self._changed, display, lost)

    def touch(self) -> None:
        self.rest(0.01)
        before = self._eyes.idle_s()
        self._at += 1
        argv = ["xdotool", "mousemove", str(self._at % 1000), "100"]
        subprocess.run(argv, env={**os.environ, "DISPLAY": self.display}, check=True)
        wait_for(lambda: self._eyes.idle_s() < before, what="the X server to see the mouse")

    def rest(self, seconds: float) -> None:
        if seconds > 0:
            # Timer, not a fixed sleep: the server's clock decides.
            until_s = self._eyes.idle_s() + seconds
            wait_for(lambda: self._eyes.idle_s() >= until_s, what=f"{seconds} s without input")

    def settle(self, reports: int) -> None:
        wait_for(lambda: len(self.reports) >= reports, what=f"{reports} reports")

    def close(self) -> None:
        self.source.close()
        self._eyes.close()

    def _changed(self) -> None:
        self.reports.append(self.source.idle_s())


@pytest.fixture
def x(display: XServer) -> Iterator[XDesk]:
    """A desk with a real X server."""
    if reason := missing("xdotool"):
        pytest.skip(reason)
    desk = XDesk(display.display)
    yield desk
    desk.close()


@pytest.fixture(params=["fake", "x11"])
def desk(request: pytest.FixtureRequest) -> Desk:
    """Every desk there is: what holds for one holds for all."""
    if request.param == "fake":
        return FakeDesk()
    real: XDesk = request.getfixturevalue("x")
    return real


# ── the contract of IdleSource ─────────────────────────────────────────────────────────────


def test_given_a_mark_when_input_stops_for_so_long_then_it_is_reported(desk: Desk) -> None:
    """Whoever hears of a mark reads an idle time that has reached it."""
    desk.touch()
    desk.source.watch([0.05])
    desk.rest(0.1)
    desk.settle(1)

    assert 1 == len(desk.reports)
    assert desk.reports[0] >= 0.05


def test_given_a_mark_that_is_reached_when_input_returns_then_that_is_reported(desk: Desk) -> None:
    """The return of input is news as well, and only once."""
    desk.touch()
    desk.source.watch([0.05])
    desk.rest(0.1)
    desk.touch()
    desk.settle(2)

    assert 2 == len(desk.reports)
    assert desk.reports[1] < 0.05


def test_given_input_that_goes_on_below_the_smallest_mark_then_nothing_is_reported(
    desk: Desk,
) -> None:
    """Somebody who works disturbs nobody."""
    desk.touch()
    desk.source.watch([2.0, 5.0])
    for _ in range(10):
        desk.touch()
        desk.rest(0.02)

    assert [] == desk.reports


def test_given_several_marks_when_input_stops_then_each_is_reported_in_turn(desk: Desk) -> None:
    """A lull, a break and an absence are three marks of one silence."""
    desk.touch()
    desk.source.watch([0.2, 0.05, 0.4])
    desk.rest(0.5)
    desk.settle(3)
    desk.touch()
    desk.settle(4)

    assert 4 == len(desk.reports)
    assert [True] * 3 == [
        idle_s >= mark_s for idle_s, mark_s in zip(desk.reports, (0.05, 0.2, 0.4), strict=False)
    ]
    assert desk.reports[3] < 0.05


def test_given_a_mark_that_is_passed_when_it_is_watched_then_only_the_return_is_reported(
    desk: Desk,
) -> None:
    """What the reader knows is not told again; that the person is back is."""
    desk.touch()
    desk.rest(0.1)
    desk.source.idle_s()
    desk.source.watch([0.05])
    desk.rest(0.1)
    silent = list(desk.reports)
    desk.touch()
    desk.settle(1)

    assert [] == silent
    assert 1 == len(desk.reports)
    assert desk.reports[0] < 0.05


def test_given_a_mark_that_is_passed_between_asking_and_watching_then_it_is_reported(
    desk: Desk,
) -> None:
    """The reader decides on what it read; what happened meanwhile must not be lost."""
    desk.touch()
    desk.source.idle_s()
    desk.rest(0.1)
    desk.source.watch([0.05])
    desk.settle(1)

    assert 1 == len(desk.reports)
    assert desk.reports[0] >= 0.05


def test_given_new_marks_when_time_passes_then_the_old_ones_are_forgotten(desk: Desk) -> None:
    """The engine wants to hear of other marks after each event."""
    desk.touch()
    desk.source.watch([0.3])
    desk.source.watch([0.05])
    desk.rest(0.5)
    desk.settle(1)

    assert 1 == len(desk.reports)


def test_given_no_marks_when_input_stops_and_returns_then_nothing_is_reported(desk: Desk) -> None:
    """Nobody wants to know, so nobody is woken."""
    desk.touch()
    desk.source.watch([0.05])
    desk.source.watch([])
    desk.rest(0.2)
    desk.touch()

    assert [] == desk.reports


def test_given_the_same_marks_again_when_one_is_reached_then_it_is_reported_once(
    desk: Desk,
) -> None:
    """The loop repeats its marks after every event."""
    desk.touch()
    for _ in range(3):
        desk.source.watch([0.1])
    desk.rest(0.3)
    desk.settle(1)

    assert 1 == len(desk.reports)


def test_given_a_source_when_it_is_closed_then_nothing_is_reported_any_more(desk: Desk) -> None:
    """A report that comes after the end would find nobody."""
    desk.touch()
    desk.source.watch([0.05])
    desk.source.close()
    desk.rest(0.2)
    desk.touch()

    assert [] == desk.reports


# ── the real X server ──────────────────────────────────────────────────────────────────────


def test_given_a_mark_when_it_is_reached_then_the_report_is_exact_to_some_ms(x: XDesk) -> None:
    """Sped up 120 times, 5 s without input are 42 ms."""
    x.touch()
    x.source.watch([5 / 120])
    for round_ in range(1, 6):
        x.settle(2 * round_ - 1)
        x.touch()
        x.settle(2 * round_)

    late_ms = [1000 * idle_s - 41.7 for idle_s in x.reports[0::2]]
    assert 0 <= min(late_ms) < 5


def test_given_a_question_in_the_same_turn_as_input_then_its_return_is_still_reported(
    x: XDesk,
) -> None:
    """Any program may ask the server for its idle time; the server then forgets the old one."""
    from Xlib.ext import xtest
    from Xlib.protocol import rq

    connection = connect(x.display)
    with contextlib.closing(connection), contextlib.closing(IdleCounter(x.display)) as other:
        opcode, _ = _extension(connection, "SYNC")
        answer = [*_value(rq, "value"), rq.Pad(16)]
        ask = _declared(connection, opcode, 5, [rq.Card32("counter")], answer)
        opcode, _ = _extension(connection, xtest.extname)
        connection.set_extension_major(xtest.extname, opcode)
        x.touch()
        x.source.watch([0.03])
        for round_ in range(1, 11):
            x.settle(2 * round_ - 1)
            motion = {"event_type": 6, "detail": 0, "time": 0, "root": 0, "x": round_, "y": 5}
            xtest.FakeInput(display=connection, opcode=opcode, **motion)
            ask(counter=other._counter, defer=True)
            connection.flush()
            x.settle(2 * round_)

    assert [True] * 10 == [idle_s < 0.03 for idle_s in x.reports[1:20:2]]


def test_given_a_person_at_work_when_nothing_is_asked_then_the_thread_sleeps(
    x: XDesk, record_property: Callable[[str, object], None]
) -> None:
    """Three seconds of mouse at 20 Hz wake our thread not at all, and neither does rest."""
    x.source.watch([5.0, 120.0])
    status = Path(f"/proc/self/task/{x.source._thread.native_id}/status")
    wait_for(lambda: _is_quiet(status), what="the thread to have heard of its marks")
    before = _switches(status)
    with _moving_mouse(x.display):
        time.sleep(3.0)  # what is measured is a rate
    active = _switches(status) - before
    x.rest(1.0)
    idle = _switches(status) - before - active
    record_property("voluntary_switches_active_3s", active)
    print(  # noqa: T201 - the figure is what a reader of the test run wants
        f"voluntary context switches of the idle thread: {active} in 3 s of input, {idle} in 1 s of rest"
    )

    assert active <= 2
    assert idle <= 2
    assert [] == x.reports


def test_given_two_threads_that_ask_while_the_mouse_moves_then_all_are_answered_in_time(
    x: XDesk,
) -> None:
    """Asking is safe from any thread, and does not wait for another's long."""
    x.source.watch([1.0])
    took_s: list[float] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.wait(0.002):
            asked_s = time.monotonic()
            x.source.idle_s()
            took_s.append(time.monotonic() - asked_s)

    askers = [threading.Thread(target=ask) for _ in range(2)]
    with _moving_mouse(x.display):
        for asker in askers:
            asker.start()
        wait_for(lambda: len(took_s) > 600 or not all(a.is_alive() for a in askers), 20.0)
        stop.set()
        for asker in askers:
            asker.join()

    assert len(took_s) > 600
    assert max(took_s) < 0.05
    assert [] == x.reports


@contextlib.contextmanager
def _moving_mouse(display: str) -> Iterator[None]:
    """Move the mouse 20 times a second."""
    script = "".join(f"mousemove {100 + step % 500} 100\nsleep 0.05\n" for step in range(2000))
    mouse = subprocess.Popen(
        ["xdotool", "-"], env={**os.environ, "DISPLAY": display}, stdin=subprocess.PIPE
    )
    assert mouse.stdin is not None
    with mouse, mouse.stdin as pipe:
        pipe.write(script.encode())
        pipe.flush()
        yield
        mouse.kill()


def _is_quiet(status: Path) -> bool:
    before = _switches(status)
    time.sleep(0.1)
    return before == _switches(status)


def _switches(status: Path) -> int:
    lines = status.read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("voluntary_ctxt"))


def test_given_the_x_server_dies_then_that_is_told_once_and_asking_fails(
    display: XServer, capfd: pytest.CaptureFixture[str]
) -> None:
    """The agent lives on without a screen, quietly, and knows that it cannot tell."""
    if reason := missing("xdotool"):
        pytest.skip(reason)
    lost: list[Said] = []
    desk = XDesk(display.display, lost.append)
    desk.source.watch([5.0])
    desk.source.idle_s()
    display.kill()
    wait_for(lambda: lost and not desk.source._thread.is_alive(), what="the thread to end")

    with pytest.raises(Unavailable, match="gone"):
        desk.source.idle_s()
    desk.source.watch([1.0])
    desk.close()
    assert [said("the X server is gone")] == lost
    assert [] == desk.reports
    assert ("", "") == capfd.readouterr()


def test_given_an_x_server_that_is_stuck_then_asking_ends_in_time_and_recovers(
    display: XServer,
) -> None:
    """A stopped server costs 50 ms a question; once it goes on, answers are fresh."""
    source = X11Idle(lambda: None, display.display)
    source.watch([60.0])
    os.kill(display.pid, signal.SIGSTOP)
    took_s = []
    for _ in range(3):
        asked_s = time.monotonic()
        with pytest.raises(Unavailable, match="does not answer in time"):
            source.idle_s()
        took_s.append(time.monotonic() - asked_s)
    time.sleep(0.3)  # the answer to the first question must not pass for one to the last
    os.kill(display.pid, signal.SIGCONT)
    first_s = wait_for(lambda: _or_zero(source), what="an answer")
    source.close()

    assert max(took_s) < 0.06
    assert first_s > 0.3


def _or_zero(source: X11Idle) -> float:
    try:
        return source.idle_s()
    except Unavailable:
        return 0.0


def test_given_a_closed_source_when_asked_then_it_says_so(x: XDesk) -> None:
    """Closing twice is closing once, and its thread is gone."""
    x.source.close()
    x.source.close()

    assert not x.source._thread.is_alive()
    with pytest.raises(Unavailable, match="gone"):
        x.source.idle_s()


# ── refusals ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("display_name", "expected"),
    [
        pytest.param(None, "there is no X display: DISPLAY is not set", id="no display"),
        pytest.param("nonsense", "nonsense is no name of an X display", id="no name"),
        pytest.param(
            ":4242", "the X server at :4242 does not answer: Connection refused", id="nobody there"
        ),
        pytest.param("127.0.0.1:4242", "127.0.0.1:4242 does not answer", id="nobody at a host"),
    ],
)
def test_given_no_x_server_when_opened_then_it_says_why_and_what_to_do(
    display_name: str | None, expected: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A display that is not there is an ordinary thing, with a sentence of its own."""
    with pytest.raises(Unavailable, match=expected) as refused:
        X11Idle(lambda: None, display_name)

    assert refused.value.remedy is not None
    assert ("", "") == capfd.readouterr()


def test_given_a_server_that_wants_a_key_when_opened_then_it_names_xauthority(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    """Started from another account or by cron: the display is there, but not for us."""
    if reason := missing("Xvfb", "xauth"):
        pytest.skip(reason)
    key = tmp_path / "key"
    empty = tmp_path / "empty"
    empty.touch()
    subprocess.run(["xauth", "-f", str(key), "add", ":0", ".", "0" * 32], check=True)
    monkeypatch.setenv("XAUTHORITY", str(empty))
    capfd.readouterr()
    with (
        XServer("-auth", str(key)) as server,
        pytest.raises(Unavailable, match="refuses us: Authorization required") as refused,
    ):
        X11Idle(lambda: None, server.display)

    assert "XAUTHORITY" in str(refused.value.remedy)
    assert ("", "") == capfd.readouterr()


def test_given_a_server_without_what_is_needed_when_opened_then_it_says_what(
    display: XServer,
) -> None:
    """Without the extension or the counter nothing could be event-driven."""
    with (
        contextlib.closing(connect(display.display)) as connection,
        pytest.raises(Unavailable, match="the X server has no NEVER extension"),
    ):
        _extension(connection, "NEVER")
    with pytest.raises(Unavailable, match="does not count idle time"):
        _idletime(struct.pack("=IiIH10s", 17, 0, 4, 10, b"SERVERTIME"), 1)


def test_given_a_wayland_session_when_opened_then_its_x_server_is_not_trusted(
    display: XServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Xwayland sees the input of X programs only, and would call a busy person idle."""
    monkeypatch.setenv("WAYLAND_DISPLAY", "wayland-0")
    monkeypatch.setenv("DISPLAY", display.display)

    with pytest.raises(Unavailable, match="Wayland"):
        X11Idle(lambda: None)
