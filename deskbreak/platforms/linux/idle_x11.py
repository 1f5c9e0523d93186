"""Idle time on X11, from alarms that the X server sets off; nothing is asked in between."""

from __future__ import annotations

import bisect
import contextlib
import logging
import math
import os
import select
import socket
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.xsync import Alarm, IdleCounter
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from deskbreak.core.words import Said
    from deskbreak.ports import Duty

_OPEN_S: Final = 3.0
"""Connecting takes some 5 ms; a server that needs 3 s is stuck. Our own choice."""

_TURN_S: Final = 0.01
"""To wait for another thread's question; with the 40 ms of one's own it makes 50 (ports.py)."""

_END_S: Final = 1.0
"""Our thread ends at once, unless whom it reports to keeps it. Our own choice."""

_log = logging.getLogger(__name__)


class X11Idle:
    """How long there was no input on an X display.

    Two connections, one for the thread that waits for alarms and one for whoever asks. On a
    single one python-xlib would make those who ask wait for ever when the server goes: the
    thread that reads leaves `send_and_recv` without waking them.
    """

    name = "x11"

    def __init__(
        self,
        changed: Callable[[], None],
        display_name: str | None = None,
        lost: Callable[[Said], None] | None = None,
        duty: Duty | None = None,
    ) -> None:
        """Connect to *display_name*, or to the display that DISPLAY names; at most 3 s.

        Both are called from our thread; *lost* once, if the server goes before `close`.

        Raises:
            Unavailable: There is no such display, or it cannot tell the idle time.
        """
        if display_name is None and os.environ.get("WAYLAND_DISPLAY"):
            why = N_("this is a Wayland session, whose X server sees only some of the input")
            raise Unavailable(said(why))
        self._changed = changed
        self._lost = lost
        self._duty = duty or Unwatched()
        self._display_name = display_name
        self._marks_ms: tuple[int, ...] = ()
        self._questions: IdleCounter | None = None
        self._asking = threading.Lock()
        self._told_ms: int | None = None  # what whoever asks knows
        self._over: Unavailable | None = None
        self._closing = threading.Event()
        self._opened = threading.Event()
        self._bell, self._ear = socket.socketpair()
        self._bell.settimeout(0)  # a bell that rings already need not ring twice
        self._thread = threading.Thread(target=self._serve, name="idle-x11", daemon=True)
        self._thread.start()
        is_open = self._opened.wait(_OPEN_S)
        if is_open and self._over is None:
            return
        reason = self._over or Unavailable(said(N_("the X server does not answer in time")))
        self.close()
        raise reason

    def idle_s(self) -> float:
        """Ask once; at most 50 ms, from any thread. Time asleep is not in it.

        Raises:
            Unavailable: The X server is gone, does not answer, or was closed.
        """
        if not self._asking.acquire(timeout=_TURN_S):
            raise Unavailable(said(N_("the X server does not answer in time")))
        try:
            if self._over is not None or self._questions is None:
                raise Unavailable(said(N_("the X server is gone")))
            self._told_ms = self._questions.read_ms()
            return self._told_ms / 1000
        finally:
            self._asking.release()

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s*, and when input returns after that.

        What is news is measured by what `idle_s` told last: a mark that is passed between
        asking and watching is reported.
        """
        # Rounded up: whoever hears that a mark is reached must then read no less.
        self._marks_ms = tuple(sorted({max(1, math.ceil(1000 * mark_s)) for mark_s in marks_s}))
        self._ring()

    def close(self) -> None:
        """Let go of the display; nothing is reported afterwards."""
        self._closing.set()
        self._ring()
        # A thread that never got a connection hangs until the server moves; it is a daemon.
        if self._opened.is_set() and self._thread is not threading.current_thread():
            self._thread.join(_END_S)
        self._bell.close()

    def _ring(self) -> None:
        with contextlib.suppress(OSError):
            self._bell.send(b"!")

    # ── our thread ─────────────────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        with self._duty.lasts(), self._ear:
            try:
                with contextlib.closing(IdleCounter(self._display_name)) as alarms:
                    self._questions = IdleCounter(self._display_name)
                    self._opened.set()
                    self._listen(alarms)
            except Unavailable as reason:
                self._over = reason
            finally:
                self._hang_up()

    def _hang_up(self) -> None:
        with self._asking:
            over = self._over = self._over or Unavailable(said(N_("the X server is gone")))
            if self._questions is not None:
                self._questions.close()
        if not self._opened.is_set():
            self._opened.set()
        elif not self._closing.is_set():
            _log.info("idle time: %s", over)
            if self._lost is not None:
                self._lost(over.why)

    def _listen(self, alarms: IdleCounter) -> None:
        armed: tuple[int, ...] = ()
        while True:
            with self._duty.busy():
                armed = self._turn(alarms, armed)
            if self._closing.is_set():
                return
            ear = self._ear.fileno()
            if ear in select.select([alarms.fileno(), ear], [], [])[0]:
                self._ear.recv(4096)

    def _turn(self, alarms: IdleCounter, armed: tuple[int, ...]) -> tuple[int, ...]:
        marks_ms = self._marks_ms
        if marks_ms != armed:
            self._arm(alarms, marks_ms, self._known_ms(alarms))
        while went_off := alarms.went_off():
            # The last one tells where the counter was last; whatever happened since is
            # noticed, because an alarm that is armed too late goes off at once.
            self._arm(alarms, marks_ms, went_off[-1][1])
            if not self._closing.is_set():
                self._changed()
        return marks_ms

    def _known_ms(self, alarms: IdleCounter) -> int:
        if self._told_ms is not None:
            return self._told_ms
        try:
            return alarms.read_ms()
        except Unavailable:
            return 0  # all marks that are passed will then be reported

    @staticmethod
    def _arm(alarms: IdleCounter, marks_ms: tuple[int, ...], idle_ms: int) -> None:
        """Wait for what must come next after *idle_ms*: the next mark, or input."""
        passed = bisect.bisect_right(marks_ms, idle_ms)
        if passed < len(marks_ms):
            alarms.arm(Alarm.REACHED, marks_ms[passed])
        else:
            alarms.mute(Alarm.REACHED)
        if passed:
            alarms.arm(Alarm.RETURNED, marks_ms[0] - 1)
        else:
            alarms.mute(Alarm.RETURNED)
