"""One thread for many: waits for descriptors, and does small things soon or after a while."""

from __future__ import annotations

import contextlib
import heapq
import itertools
import logging
import math
import os
import select
import threading
from collections import deque
from typing import TYPE_CHECKING, Final, TypeVar

from deskbreak.ports import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty

    Act = Callable[[], None]

T = TypeVar("T")
_END_S: Final = 1.0
"""Our thread ends at once, unless whom it calls keeps it. Our own choice."""
_READABLE: Final = 0x001  # POLLIN; a hang-up or an error comes unasked. Source: poll(2)

_log = logging.getLogger(__name__)


class Watcher:
    """A daemon thread that sleeps until one of its descriptors, or a caller, has something.

    Whatever it calls must be done within 250 ms, because all that it watches waits meanwhile.
    """

    def __init__(self, name: str, now_s: Callable[[], float], duty: Duty | None = None) -> None:
        """Start the thread; *now_s* is a clock that never steps, in real seconds."""
        self._now_s = now_s
        self._duty = duty or Unwatched()
        self._poll = select.poll()
        self._ready: dict[int, Act] = {}
        self._soon: deque[Act] = deque()
        self._later: list[
            tuple[float, int, Act]
        ] = []  # a heap; a number, because acts have no order
        self._numbers = itertools.count()
        self._closing = False
        self._ear, self._bell = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        self._poll.register(self._ear, _READABLE)
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()

    @property
    def is_here(self) -> bool:
        """Whether the caller runs on our thread."""
        return threading.current_thread() is self._thread

    def soon(self, act: Act) -> None:
        """Call *act* on our thread, in turn; from any thread. After `close` nothing is called."""
        self._soon.append(act)
        if not self.is_here:
            with contextlib.suppress(OSError):  # a bell that rings already need not ring twice
                os.write(self._bell, b"!")

    def later(self, delay_s: float, act: Act) -> None:
        """Call *act* after *delay_s*; on our thread only."""
        assert self.is_here, "timers belong to the thread that waits for them"
        heapq.heappush(self._later, (self._now_s() + delay_s, next(self._numbers), act))

    def listen(self, fd: int, ready: Act) -> None:
        """Call *ready* whenever *fd* can be read, or has hung up; on our thread only."""
        assert self.is_here, "descriptors belong to the thread that waits for them"
        self._ready[fd] = ready
        self._poll.register(fd, _READABLE)

    def forget(self, fd: int) -> None:
        """Wait for *fd* no more; on our thread only. To be called before it is closed."""
        assert self.is_here, "descriptors belong to the thread that waits for them"
        if self._ready.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def close(self) -> None:
        """Do what was asked for so far, and end; from any thread."""

        def end() -> None:
            self._closing = True

        self.soon(end)
        if not self.is_here:
            self._thread.join(_END_S)

    # ── our thread ─────────────────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        with self._duty.lasts():
            while not self._closing:
                found = self._wait()
                with self._duty.busy():
                    self._do(found)
        os.close(self._bell)
        os.close(self._ear)

    def _do(self, found: list[int]) -> None:
        for fd in found:
            ready = self._ready.get(fd)  # one called before it may have let go of it
            if ready is not None:
                self._guarded(ready)
        while self._later and self._later[0][0] <= self._now_s():
            self._guarded(heapq.heappop(self._later)[2])
        while self._soon and not self._closing:
            self._guarded(self._soon.popleft())

    def _wait(self) -> list[int]:
        """Return the descriptors that have something; sleeps until one does, or it is time."""
        wait_ms = None
        if self._soon:
            wait_ms = 0.0
        elif self._later:  # rounded up: too early would be once more around
            wait_ms = float(max(0, math.ceil(1000 * (self._later[0][0] - self._now_s()))))
        found = [fd for fd, _ in self._poll.poll(wait_ms)]
        if self._ear in found:
            found.remove(self._ear)
            with contextlib.suppress(BlockingIOError):
                os.read(self._ear, 4096)
        return found

    @staticmethod
    def _guarded(act: Act) -> None:
        try:
            act()
        except Exception:  # noqa: BLE001 - one that fails must not make us deaf for all the others
            _log.exception("what was watched could not be handled")


def made_within(seconds: float, make: Callable[[], T], discard: Callable[[T], None]) -> T | None:
    """Return what *make* makes, or None where that takes longer; it is discarded when it comes.

    For servers that accept a connection and then say nothing: only a thread of its own can be
    left waiting for them. What *make* raises is raised here.
    """
    made: list[T] = []
    failed: list[Exception] = []
    is_late = threading.Event()

    def work() -> None:
        try:
            made.append(make())
        except Exception as error:  # noqa: BLE001 - raised where somebody waits for it
            failed.append(error)
        if is_late.is_set() and made:
            discard(made[0])

    thread = threading.Thread(target=work, name="connect", daemon=True)
    thread.start()
    thread.join(seconds)
    if failed:
        raise failed[0]
    if made:
        return made[0]
    is_late.set()
    return None
