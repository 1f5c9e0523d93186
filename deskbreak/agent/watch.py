"""Notices threads of ours that hang or end, without waking anybody who is well."""

from __future__ import annotations

import contextlib
import logging
import signal
import sys
import threading
import traceback
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

LOOK_S: Final = 20.0
"""Between two looks, as long as any thread does anything. What two of them find a thread at hangs:
it is noticed after 20 to 40 s, where 60 s are allowed; nothing of ours takes 20 s. Our own choice."""
_ON_DISK: Final = "D"  # waits for a disk; nothing ends it. Source: proc(5), stat

_log: Final = logging.getLogger(__name__)


class Alarm(Protocol):
    """Calls the watch every `LOOK_S` while it is set."""

    def set(self) -> None:
        """Begin; from any thread."""
        ...

    def clear(self) -> None:
        """Call no more; from any thread."""
        ...


@dataclass(slots=True, eq=False)
class _Task:
    """What a thread does now."""

    thread: threading.Thread
    was_seen: bool = False  # by a look
    hangs: bool = False


class Watch:
    """A `Duty`: each thread says when it lasts and when it is busy, and the looks find who hangs.

    Nobody is woken to be asked, and while all wait nobody looks. A clock is not read either: after
    the computer has slept, or we were stopped, a thread has 20 s as at any other time.
    """

    def __init__(self) -> None:
        """Look at nothing before `begin`."""
        self._alarm: Alarm | None = None
        self._noticed: Callable[[], None] = lambda: None
        self._lock = threading.Lock()
        self._tasks: dict[int, _Task] = {}  # by thread
        self._ended: dict[str, None] = {}  # names, in order

    def begin(self, alarm: Alarm, noticed: Callable[[], None]) -> None:
        """Look from now on; *noticed* is called, from any thread, when `parts` are others."""
        with self._lock:
            self._alarm, self._noticed = alarm, noticed
            if self._tasks:
                alarm.set()

    def end(self) -> None:
        """Look no more: whoever ends now was asked to."""
        with self._lock:
            alarm, self._alarm, self._noticed = self._alarm, None, lambda: None
            if alarm is not None:
                alarm.clear()

    @property
    def parts(self) -> tuple[str, ...]:
        """The threads that hang, or have ended, by name."""
        with self._lock:
            hanging = [_name(task.thread) for task in self._tasks.values() if task.hangs]
        return (*hanging, *self._ended)

    def hangs_on_disk(self) -> bool:
        """Whether one of them waits for a disk that does not answer, which no new start would change."""
        with self._lock:
            hanging = [task.thread.native_id for task in self._tasks.values() if task.hangs]
        return any(_state(number) == _ON_DISK for number in hanging)

    # ── what threads say ───────────────────────────────────────────────────────────────────

    @contextlib.contextmanager
    def lasts(self) -> Iterator[None]:
        """Stand around all that a thread does."""
        name = _name(threading.current_thread())
        try:
            yield
        except BaseException:  # SystemExit too: without this thread we are not whole
            if self._alarm is not None:
                _log.exception("The thread %s has ended", name)
                self._ended[name] = None
                self._noticed()
            raise

    @contextlib.contextmanager
    def busy(self) -> Iterator[None]:
        """Stand around what a thread does when it is needed; within another such it changes nothing."""
        number = threading.get_ident()
        if number in self._tasks:
            yield
            return
        task = _Task(threading.current_thread())
        with self._lock:
            self._tasks[number] = task
            if len(self._tasks) == 1 and self._alarm is not None:
                self._alarm.set()
        try:
            yield
        finally:
            self._done(number, task)

    def _done(self, number: int, task: _Task) -> None:
        with self._lock:
            del self._tasks[number]
            if not self._tasks and self._alarm is not None:
                self._alarm.clear()
        if task.hangs:
            _log.warning("The thread %s goes on", _name(task.thread))
            self._noticed()

    # ── looking ────────────────────────────────────────────────────────────────────────────

    def look(self) -> None:
        """Find out who has been at one and the same thing since the last look."""
        with self._lock:
            tasks = [task for task in self._tasks.values() if not task.hangs]
            found = [task for task in tasks if task.was_seen]
            for task in tasks:
                task.hangs, task.was_seen = task.was_seen, True
        for task in found:
            _log.error("The thread %s hangs:\n%s", _name(task.thread), _stack(task.thread))
        if found:
            self._noticed()


def _name(thread: threading.Thread) -> str:
    """Return what people are told: the main thread is the tray's, where there is one."""
    return "tray" if thread is threading.main_thread() else thread.name


def _stack(thread: threading.Thread) -> str:
    frame = sys._current_frames().get(thread.ident or 0)  # noqa: SLF001 - documented, for debugging
    return "".join(traceback.format_stack(frame)) if frame is not None else ""


def _state(thread: int | None) -> str:
    """Return what the kernel says that a *thread* of ours does; empty where it says nothing."""
    try:
        text = Path(f"/proc/self/task/{thread}/stat").read_text(encoding="utf-8")
    except OSError:
        return ""
    return text.rpartition(")")[2].split()[0]


# ── the alarm ──────────────────────────────────────────────────────────────────────────────


class Timer:
    """Rings by SIGALRM, which whoever hears signals takes to `Watch.look`; costs nothing till then.

    Source: setitimer(2), signal.setitimer of Python; the clock stands still while we sleep.
    """

    def set(self) -> None:
        """Ring after `LOOK_S`, and again and again."""
        if sys.platform != "win32":
            signal.setitimer(signal.ITIMER_REAL, LOOK_S, LOOK_S)

    def clear(self) -> None:
        """Ring no more."""
        silence()


def silence() -> None:
    """Let no timer ring that was set."""
    if sys.platform != "win32":
        signal.setitimer(signal.ITIMER_REAL, 0.0)


def alarm(watch: Watch) -> tuple[Alarm, dict[int, Callable[[], None]]]:
    """Return what rings on this system, and which signals are to be heard for it."""
    if sys.platform == "win32":
        from deskbreak.agent.timer_windows import WaitableTimer

        return WaitableTimer(watch.look, LOOK_S), {}
    return Timer(), {signal.SIGALRM: watch.look}
