"""The pulse: APScheduler holds one job, the engine's next look, and is guarded against clocks."""

from __future__ import annotations

import ctypes
import errno
import inspect
import logging
import os
import struct
import sys
import threading
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Final

from deskbreak import late
from deskbreak.agent import clock
from deskbreak.ports import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from apscheduler.events import JobExecutionEvent

    from deskbreak.ports import Duty


def _unknown_signature(*_: object, **__: object) -> object:
    """Say, as `inspect` does of some functions, that nobody knows what this one takes."""
    raise ValueError("not looked at")


_NOT_NEEDED: Final[Mapping[str, Mapping[str, object]]] = {
    "apscheduler.executors.pool": {"ThreadPoolExecutor": None},  # ours runs in the same thread
    # Our one job is none. What logging asks for each record has to be at hand, too.
    "asyncio": {"current_task": lambda: None, "iscoroutinefunction": lambda _: False},
    "concurrent.futures.process": {"BrokenProcessPool": RuntimeError},
    "inspect": {
        "isbuiltin": inspect.isbuiltin,
        "isclass": inspect.isclass,
        "isfunction": inspect.isfunction,
        "ismethod": inspect.ismethod,
        "signature": _unknown_signature,
    },
    "importlib.metadata": {"version": lambda _: "3", "entry_points": lambda **_: ()},
    "multiprocessing": {"current_process": lambda: SimpleNamespace(name="MainProcess")},
    # Of 3.9.1, as Debian 12 has it; newer ones do not ask for these.
    "pkg_resources": {
        "DistributionNotFound": LookupError,
        "get_distribution": lambda _: SimpleNamespace(version="3"),
        "iter_entry_points": lambda _: (),
    },
    "random": {},  # it would spread the times of several agents
    "pytz": {"FixedOffset": None, "timezone": None, "utc": UTC},
}
"""What APScheduler imports for pools, plug-ins, coroutines and zones, of which we use none, and the
little of it that is looked at: 7 MB and 70 ms. Source: apscheduler/{__init__,job,util}.py,
executors/pool.py, schedulers/base.py and triggers/base.py of 3.9.1 and 3.11.3; LogRecord in
CPython's logging/__init__.py."""


with late.standing_in(_NOT_NEEDED):
    from apscheduler.events import EVENT_JOB_ERROR, EVENT_JOB_MISSED
    from apscheduler.executors.debug import DebugExecutor
    from apscheduler.schedulers.background import BackgroundScheduler
    from apscheduler.schedulers.base import STATE_STOPPED
    from apscheduler.triggers.date import DateTrigger

_log: Final = logging.getLogger(__name__)
LONGEST_WAIT_S: Final = 600.0
"""At most six wake-ups an hour, even if nothing else notices that a clock was set."""
_JOB: Final = "look"
_STEP_S: Final = 1.0
_LATER_S: Final = 0.002  # two clocks and a float: a look must not come a hair too early
_TFD_CANCEL_ON_SET: Final = 3  # TFD_TIMER_ABSTIME | TFD_TIMER_CANCEL_ON_SET
_TFD_CLOEXEC: Final = 0o2000000
_CLOCK_REALTIME: Final = 0


class _Scheduler(BackgroundScheduler):  # type: ignore[misc]  # APScheduler 3 has no types
    """APScheduler waits on one clock and judges by another; before it judges, we compare them.

    Source: apscheduler#351, #339, #752: after a step back nothing runs for the size of the step.
    """

    def __init__(self, on_step: Callable[[], None], duty: Duty) -> None:
        super().__init__(
            timezone=UTC,  # no local time in the scheduler: apscheduler#1103, #980, #529
            executors={"default": DebugExecutor()},  # runs in the scheduler's thread: no pool
            job_defaults={"misfire_grace_time": None, "coalesce": True, "max_instances": 1},
        )
        self._on_step = on_step
        self._duty = duty

    def _main_loop(self) -> None:
        threading.current_thread().name = "pulse"
        with self._duty.lasts():
            wait_s, ahead_s = 0.0, clock.wall_ahead_s()
            while self.state != STATE_STOPPED:
                self._event.wait(wait_s)
                self._event.clear()
                before_s, ahead_s = ahead_s, clock.wall_ahead_s()
                with self._duty.busy():
                    if abs(ahead_s - before_s) > _STEP_S:
                        self._on_step()
                    next_s = self._process_jobs()
                wait_s = LONGEST_WAIT_S if next_s is None else min(next_s, LONGEST_WAIT_S)


class Pulse:
    """Calls *look* once at the time asked for last; *look* must return at once."""

    def __init__(
        self,
        look: Callable[[], None],
        real_s: Callable[[float], float],
        duty: Duty | None = None,
    ) -> None:
        """*real_s* gives the real seconds from now until an instant on the engine's clock.

        *duty* looks after our thread.
        """
        self._look = look
        self._real_s = real_s
        self._target_s: float | None = None
        self._ahead_s = clock.wall_ahead_s()
        self._scheduler = _Scheduler(self._stepped, duty or Unwatched())
        self._scheduler.add_listener(self._failed, EVENT_JOB_ERROR | EVENT_JOB_MISSED)

    def start(self) -> None:
        """Begin to wait; one thread, and one more that hears of clocks being set where it can."""
        self._scheduler.start()
        opened = _clock_set()
        if opened is not None:
            _ClockWatch(opened, self._scheduler.wakeup).start()

    def look_at(self, boot_s: float | None) -> None:
        """Replace the one job by a look at *boot_s* (None: no look).

        One that stays is put in anew if a clock was set, or if we slept, since: on Windows nobody
        tells the pulse, but it is asked for a look soon after.
        """
        is_void = abs(clock.wall_ahead_s() - self._ahead_s) > _STEP_S
        if boot_s != self._target_s or is_void:
            self._target_s = boot_s
            self._plan()

    def close(self) -> None:
        """Stop waiting."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)

    def _plan(self) -> None:
        self._ahead_s = clock.wall_ahead_s()
        if self._target_s is None:
            if self._scheduler.get_job(_JOB):
                self._scheduler.remove_job(_JOB)
            return
        wait_s = max(self._real_s(self._target_s), 0.0) + _LATER_S
        due = datetime.fromtimestamp(clock.wall_s() + wait_s, UTC)
        self._scheduler.add_job(self._run, DateTrigger(due), id=_JOB, replace_existing=True)

    def _run(self) -> None:
        # No lock: APScheduler holds its own here, which `look_at` takes from the agent's thread.
        self._target_s = None  # the same instant may be asked for again
        self._look()

    def _stepped(self) -> None:
        """A clock was set, or we slept: what the job's date meant is void."""
        self._plan()
        self._look()

    def _failed(self, event: JobExecutionEvent) -> None:
        _log.warning("The look at the engine failed or was missed: %s", event.exception)


class _ClockWatch(threading.Thread):
    """Waits for the wall clock to be set, or for the computer to resume; costs nothing till then."""

    def __init__(self, opened: int, stepped: Callable[[], None]) -> None:
        super().__init__(name="clock-watch", daemon=True)
        self._opened = opened
        self._stepped = stepped

    def run(self) -> None:
        while True:
            try:
                if not os.read(self._opened, 8):
                    return
            except OSError as error:
                if error.errno != errno.ECANCELED:
                    return
            self._stepped()


def _clock_set() -> int | None:
    """Return a descriptor whose reading ends whenever the clock was set; None where there is none."""
    if sys.platform == "win32":
        return None  # it tells windows, as that of the session, and then we are asked for a look
    if sys.platform == "darwin":
        from deskbreak.agent import clock_macos

        opened = clock_macos.clock_set()
    else:
        opened = _timer()
    if opened is None:
        _log.info(
            "Nothing here tells of clock steps; at worst they are noticed in %d s", LONGEST_WAIT_S
        )
    return opened


def _timer() -> int | None:
    """Return a timer that never rings, but whose waiting is cancelled when the clock is set.

    Source: timerfd_create(2), TFD_TIMER_CANCEL_ON_SET.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    timer = int(libc.timerfd_create(_CLOCK_REALTIME, _TFD_CLOEXEC))
    never = struct.pack("qqqq", 0, 0, (1 << 62) // 10**9, 0)
    if timer < 0 or libc.timerfd_settime(timer, _TFD_CANCEL_ON_SET, never, None):
        return None
    return timer
