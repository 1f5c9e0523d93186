"""Who looks after the threads, and what becomes of one that hangs or ends."""

from __future__ import annotations

import contextlib
import signal
import sys
import threading
import time
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.agent import watch as watch_
from deskbreak.agent.inbox import Inbox
from deskbreak.agent.renewal import RENEWED, SOON_S, Care, Renewal, own_argv
from deskbreak.agent.watch import Timer, Watch, alarm
from deskbreak.core.model import Facts
from tests.doubles.watched import WITHIN_S, FakeAlarm
from tests.fakes import FakeClock

if TYPE_CHECKING:
    from collections.abc import Iterator

ARGV: Final = [sys.executable, "-m", "deskbreak", "run"]


class Bench:
    """A watch, an alarm, and one thread that does what the test lets it."""

    def __init__(self) -> None:
        self.alarm = FakeAlarm()
        self.watch = Watch()
        self.noticed = 0
        self.watch.begin(self.alarm, self._note)
        self.began, self.let_go = threading.Event(), threading.Event()
        self.error: BaseException | None = None
        self.thread = threading.Thread(target=self._work, name="worker", daemon=True)

    def _note(self) -> None:
        self.noticed += 1

    def _work(self) -> None:
        with (
            contextlib.suppress(ValueError, SystemExit),
            self.watch.lasts(),
            self.watch.busy(),
            self.watch.busy(),
        ):
            self.began.set()
            self.let_go.wait(WITHIN_S)
            if self.error is not None:
                raise self.error

    def start(self) -> None:
        self.thread.start()
        assert self.began.wait(WITHIN_S)

    def end(self) -> None:
        self.let_go.set()
        if self.thread.ident is not None:
            self.thread.join(WITHIN_S)


@pytest.fixture
def bench() -> Iterator[Bench]:
    """A bench whose thread ends with the test."""
    made = Bench()
    yield made
    made.end()


def test_given_nobody_at_work_then_no_alarm_is_set(bench: Bench) -> None:
    """It is set with the first who begins, and cleared with the last who is done."""
    with bench.watch.busy():
        assert (True, 1) == (bench.alarm.is_set, bench.alarm.sets)
        with bench.watch.busy():
            pass
        assert bench.alarm.is_set

    assert (False, 1, ()) == (bench.alarm.is_set, bench.alarm.sets, bench.watch.parts)


def test_given_a_thread_at_one_thing_when_a_second_look_finds_it_then_it_hangs(
    bench: Bench,
) -> None:
    """One look is no proof: it may have begun just before; when it goes on that is noticed too."""
    bench.start()
    bench.watch.look()
    assert (0, ()) == (bench.noticed, bench.watch.parts)
    bench.watch.look()
    assert (1, ("worker",)) == (bench.noticed, bench.watch.parts)
    bench.watch.look()
    assert 1 == bench.noticed
    bench.end()

    assert (2, ()) == (bench.noticed, bench.watch.parts)
    assert not bench.alarm.is_set


def test_given_a_thread_at_many_short_things_then_it_never_hangs(bench: Bench) -> None:
    """A look that finds it busy each time finds it at another thing each time."""
    for _ in range(5):
        with bench.watch.busy():
            bench.watch.look()

    assert (0, ()) == (bench.noticed, bench.watch.parts)


@pytest.mark.parametrize("error", [ValueError("no"), SystemExit()], ids=["mistake", "exit"])
def test_given_a_thread_that_ends_by_an_exception_then_it_is_missed_for_ever(
    bench: Bench, error: BaseException
) -> None:
    """SystemExit is one that Python itself would not even print."""
    bench.error = error
    bench.start()
    bench.end()

    assert (1, ("worker",)) == (bench.noticed, bench.watch.parts)
    assert not bench.alarm.is_set


def test_given_a_watch_that_has_ended_when_threads_end_then_nobody_hears_of_it(
    bench: Bench,
) -> None:
    """Who is told to quit ends in whatever order."""
    bench.error = ValueError("too late")
    bench.start()
    bench.watch.end()
    bench.end()

    assert (0, ()) == (bench.noticed, bench.watch.parts)


def test_given_a_thread_that_was_at_work_before_when_the_watch_begins_then_it_is_looked_after() -> (
    None
):
    """Parts are opened before the watch begins."""
    watch, bell = Watch(), FakeAlarm()
    with watch.busy():
        watch.begin(bell, lambda: None)
        assert bell.is_set

    assert not bell.is_set


def test_given_a_timer_when_it_is_set_then_it_rings_until_it_is_cleared(
    monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    """By a signal, which is heard wherever signals are."""
    if sys.platform == "win32":
        pytest.skip("Windows has no such timer")
    rung: list[int] = []
    before = signal.signal(signal.SIGALRM, lambda number, _: rung.append(number))
    monkeypatch.setattr(watch_, "LOOK_S", 0.01)
    request.addfinalizer(lambda: signal.signal(signal.SIGALRM, before))
    timer = Timer()
    request.addfinalizer(timer.clear)
    timer.set()
    _wait(lambda: len(rung) > 1)
    timer.clear()

    assert (0.0, 0.0) == signal.getitimer(signal.ITIMER_REAL)


def test_given_this_system_then_there_is_an_alarm_for_it() -> None:
    """With the signals that have to be heard for it."""
    _, heard = alarm(Watch())

    assert (sys.platform == "win32") is not bool(heard)


def _wait(condition: object) -> None:
    assert callable(condition)
    until_s = time.monotonic() + WITHIN_S
    while not condition() and time.monotonic() < until_s:
        time.sleep(0.005)
    assert condition()


def test_given_facts_that_nobody_answers_when_they_are_asked_for_then_whoever_asks_hangs(
    bench: Bench,
) -> None:
    """Timers, too, which come and go, and which nobody looks after otherwise."""
    asked = threading.Event()

    def facts(_: bool) -> Facts:
        asked.set()
        bench.let_go.wait(WITHIN_S)
        return Facts(0.0)

    inbox = Inbox(FakeClock(), facts, duty=bench.watch)
    timer = threading.Thread(target=inbox.observe, name="timer", daemon=True)
    timer.start()
    assert asked.wait(WITHIN_S)
    bench.watch.look()
    bench.watch.look()
    found = bench.watch.parts
    bench.end()
    timer.join(WITHIN_S)

    assert (("timer",), ()) == (found, bench.watch.parts)


# ── starting anew ──────────────────────────────────────────────────────────────────────────


class Starts:
    """What would be started in our place, with what is said to it."""

    def __init__(self, **environ: str) -> None:
        self.environ = environ
        self.now_s = 1000.0
        self.started: list[tuple[str, list[str], str]] = []
        self.error: OSError | None = None
        self.renewal = Renewal(ARGV, self.environ, lambda: self.now_s, self._start)

    def _start(self, program: str, argv: list[str]) -> None:
        if self.error is not None:
            raise self.error
        self.started.append((program, argv, self.environ[RENEWED]))


def test_given_a_thread_that_hangs_when_it_may_help_then_a_new_agent_is_told_why(
    bench: Bench,
) -> None:
    """The very command that started this one, and the name of the part."""
    starts = Starts()
    care = Care(bench.watch, starts.renewal)
    assert (False, (), ()) == (care.will_renew, care.problems(), care.findings())
    bench.start()
    bench.watch.look()
    bench.watch.look()
    assert care.will_renew
    assert ["worker" in str(one) for one in care.problems()] == [True]
    assert ["as soon as no prompt is open" in str(one.why) for one in care.findings()] == [True]
    care.renew()

    assert [(ARGV[0], ARGV, "worker")] == starts.started


def test_given_an_agent_that_was_started_anew_then_it_says_so_and_does_not_do_it_again_soon(
    bench: Bench,
) -> None:
    """After ten minutes it may: that was no storm."""
    starts = Starts(**{RENEWED: "tray"})
    care = Care(bench.watch, starts.renewal)
    (found,) = care.findings()
    assert (True, False) == (found.ok, found.required)
    assert "because of tray" in str(found.why)
    assert RENEWED not in starts.environ
    bench.start()
    bench.watch.look()
    bench.watch.look()
    assert not care.will_renew
    assert ["deskbreak quit" in str(one) for one in care.problems()] == [True]
    starts.now_s += SOON_S

    assert care.will_renew


def test_given_a_program_that_is_gone_when_a_new_agent_should_start_then_this_one_goes_on(
    bench: Bench,
) -> None:
    """It tries no more for ten minutes, and says what is wrong."""
    starts = Starts()
    starts.error = FileNotFoundError()
    care = Care(bench.watch, starts.renewal)
    bench.start()
    bench.watch.look()
    bench.watch.look()
    care.renew()

    assert not care.will_renew
    assert care.problems()
    bench.end()  # it goes on after all, and so there is nothing to say any more
    assert ((), {}) == (care.findings(), starts.environ)


def test_given_a_thread_that_waits_for_a_disk_then_no_new_start_is_tried(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The next one would wait for the same disk, without a tray."""
    care = Care(bench.watch, Starts().renewal)
    bench.start()
    monkeypatch.setattr(watch_, "_state", lambda _: "D")
    bench.watch.look()
    bench.watch.look()

    assert not care.will_renew
    assert care.problems()


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux itself")
def test_given_a_thread_of_ours_then_the_kernel_says_what_it_does() -> None:
    """This one runs; one that is not there does nothing."""
    assert "R" == watch_._state(threading.get_native_id())
    assert not watch_._state(0)


def test_given_a_wish_at_the_start_then_the_next_agent_does_not_do_it_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A break that was asked for once is offered once; Windows starts nothing anew."""
    argv = ["python3", "-I", "/usr/bin/deskbreak", "run", "--launched", "take"]
    monkeypatch.setattr(sys, "orig_argv", argv)

    expected = [] if sys.platform == "win32" else [sys.executable, *argv[1:4]]
    assert expected == own_argv()
