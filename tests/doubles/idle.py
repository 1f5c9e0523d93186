"""An idle source whose hand and clock are the test's: time passes when the test says so."""

from __future__ import annotations

import math
from contextlib import suppress
from typing import TYPE_CHECKING

from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from deskbreak.ports import IdleSource


class FakeIdle:
    """Keeps the promises of `IdleSource`, on the thread of whoever calls `rest` and `touch`."""

    name = "fake"

    def __init__(self, changed: Callable[[], None]) -> None:
        self.marks_s: tuple[float, ...] = ()
        self.failure: Unavailable | None = None  # set it, and asking fails
        self.closed = False
        self._changed = changed
        self._now_ms = 0  # without input for so long; whole, so that marks are met exactly
        self._told_ms: int | None = None

    def idle_s(self) -> float:
        if self.failure is not None:
            raise self.failure
        self._told_ms = self._now_ms
        return self._now_ms / 1000

    def watch(self, marks_s: Collection[float]) -> None:
        self.marks_s = tuple(sorted(set(marks_s)))
        told_ms = self._now_ms if self._told_ms is None else self._told_ms
        if any(told_ms < mark_ms <= self._now_ms for mark_ms in self._marks_ms()):
            self._report()

    def close(self) -> None:
        self.closed = True

    def rest(self, seconds: float) -> None:
        """Let *seconds* pass without input."""
        until_ms = self._now_ms + round(1000 * seconds)
        while (mark_ms := self._next_mark_ms()) is not None and mark_ms <= until_ms:
            self._now_ms = mark_ms
            self._report()
        self._now_ms = until_ms

    def touch(self) -> None:
        """Be the hand on the mouse."""
        passed = any(mark_ms <= self._now_ms for mark_ms in self._marks_ms())
        self._now_ms = 0
        if passed:
            self._report()

    def _marks_ms(self) -> list[int]:
        return [math.ceil(1000 * mark_s) for mark_s in self.marks_s]

    def _next_mark_ms(self) -> int | None:
        return min(
            (mark_ms for mark_ms in self._marks_ms() if mark_ms > self._now_ms), default=None
        )

    def _report(self) -> None:
        if not self.closed:
            self._changed()


def asked(source: IdleSource) -> float:
    """Ask as the agent does: once more where a busy machine gave no answer in time."""
    for _ in range(5):
        with suppress(Unavailable):
            return source.idle_s()
    return source.idle_s()
