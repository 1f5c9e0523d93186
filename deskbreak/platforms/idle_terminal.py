"""Idle time of a terminal, where there is no desktop; only asking tells, so it is asked seldom."""

from __future__ import annotations

import bisect
import contextlib
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from deskbreak.core.words import Said

_BLOCK_S: Final = 8
"""The kernel notes input only once in each 8 s, so that nobody can listen to typing.

Source: tty_update_time, drivers/tty/tty_io.c of Linux.
"""

_RETURN_S: Final = 8.0
"""How often we look whether input is back: nothing tells us, and more often shows no more."""


class TerminalIdle:
    """How long nobody typed in our terminal, as ``w`` tells it.

    Typing counts when a program reads it: in a shell each key, in a program that reads lines
    each Enter. Other terminals are not looked at. Idle time is never told too long, and up to
    8 s too short.

    While somebody types, our thread looks when the smallest mark can be reached at the
    earliest: every 120 s or less often for a mark of 120 s. Once a mark is passed it looks
    every 8 s, 450 times an hour, each time one `fstat`. Without marks it sleeps.
    """

    name = "terminal"

    def __init__(
        self,
        changed: Callable[[], None],
        *,
        boot_s: Callable[[], float],
        wall_s: Callable[[], float],
        lost: Callable[[Said], None] | None = None,
        terminal: int | None = None,
    ) -> None:
        """Watch *terminal*, a file descriptor, or the one that we were started from.

        *wall_s* is the clock by which the kernel stamps terminals, *boot_s* one that never
        steps; both real. *lost* is called once, from our thread, if the terminal goes.

        Raises:
            Unavailable: There is no terminal.
        """
        self._fd = os.dup(_our_terminal() if terminal is None else terminal)
        self._changed = changed
        self._lost = lost
        self._boot_s = boot_s
        self._wall_s = wall_s
        self._stamp: float | None = None
        self._input_s = self._looked_s = boot_s()
        self._marks_s: list[float] = []
        self._passed = 0  # marks of which the reader knows
        self._known_stamp: float | None = None  # as the reader knows it
        self._told_s: float | None = None
        self._closed = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name="idle-terminal", daemon=True)
        self._thread.start()

    def idle_s(self) -> float:
        """Ask once; one `fstat`, from any thread.

        Raises:
            Unavailable: The terminal is gone.
        """
        with self._wake:
            self._told_s = max(0.0, self._look())
            self._known_stamp = self._stamp
            return self._told_s

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s*, and when input returns after that."""
        with self._wake, contextlib.suppress(Unavailable):
            self._marks_s = sorted(set(marks_s))
            if self._told_s is None:
                self._told_s = self._look()
                self._known_stamp = self._stamp
            self._passed = bisect.bisect_right(self._marks_s, self._told_s)
            self._wake.notify_all()

    def close(self) -> None:
        """Let go of the terminal; nothing is reported afterwards."""
        with self._wake:
            if not self._closed:
                self._closed = True
                os.close(self._fd)
            self._wake.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(1.0)

    def _serve(self) -> None:
        while True:
            with self._wake:
                if self._closed:
                    return
                try:
                    idle_s = self._look()
                except Unavailable as reason:
                    gone = reason
                    break
                is_news = self._is_news(idle_s)
                if not is_news:
                    self._wake.wait(_pause_s(idle_s, self._marks_s))
            if is_news:
                self._changed()
        if self._lost is not None:
            self._lost(gone.why)

    def _is_news(self, idle_s: float) -> bool:
        returned = self._passed > 0 and self._stamp != self._known_stamp
        passed = bisect.bisect_right(self._marks_s, idle_s)
        is_news = returned or passed > self._passed
        self._passed, self._known_stamp = passed, self._stamp
        return is_news

    def _look(self) -> float:
        """Idle time; negative while input may still come that the kernel will not note."""
        if self._closed or not os.isatty(self._fd):
            raise Unavailable(said(N_("the terminal is gone")))
        stamp = os.fstat(self._fd).st_atime
        now_s = self._boot_s()
        if stamp != self._stamp:
            # Until the end of its block of 8 s there may have been input without another stamp.
            ago_s = self._wall_s() - (int(stamp) // _BLOCK_S + 1) * _BLOCK_S
            if self._stamp is not None:
                ago_s = min(ago_s, now_s - self._looked_s)  # whatever the wall clock did
            self._input_s = now_s - max(ago_s, -_BLOCK_S)
        self._stamp, self._looked_s = stamp, now_s
        return now_s - self._input_s


def _our_terminal() -> int:
    if sys.platform == "win32":
        raise Unavailable(said(N_("this system does not tell when a terminal was last used")))
    for fd in (0, 1, 2):
        if os.isatty(fd):
            return fd
    raise Unavailable(said(N_("deskbreak was not started from a terminal")))


def _pause_s(idle_s: float, marks_s: list[float]) -> float | None:
    """Say when to look again: when the next mark can be reached, or input can have returned."""
    passed = bisect.bisect_right(marks_s, idle_s)
    pauses = [_RETURN_S] if passed else []
    # A millisecond more: waiting may end a little early.
    pauses += [mark_s - idle_s + 0.001 for mark_s in marks_s[passed : passed + 1]]
    return min(pauses, default=None)
