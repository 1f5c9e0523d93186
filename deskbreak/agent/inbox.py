"""The inbox: stamps what ports report, and hands it to the one loop."""

from __future__ import annotations

import itertools
import math
import threading
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any, Protocol

from deskbreak.core.model import Command, Event, Observed
from deskbreak.core.replacing import quick_dataclass
from deskbreak.ports import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.clock import Clock
    from deskbreak.core.model import Facts
    from deskbreak.ports import Duty


@quick_dataclass(frozen=True, slots=True)
class Request:
    """A wish, and where its answer goes (None: nobody waits)."""

    command: Command
    reply: SimpleQueue[dict[str, Any]] | None = None


class Play(Protocol):
    """What lets the time of a played day pass, and posts what happens in it."""

    def wait_s(self) -> float:
        """Return real seconds until something happens; called when all that did is done with."""
        ...

    def go_on(self) -> None:
        """Post what happens, if it is time."""
        ...


class Inbox:
    """What happened, in the order of arrival; any thread puts, one takes."""

    def __init__(
        self,
        clock: Clock,
        facts: Callable[[bool], Facts],
        play: Play | None = None,
        duty: Duty | None = None,
    ) -> None:
        """Stamp by *clock*; *facts* asks every port. *play* stands in for a day that passes.

        *facts* is told whether a prompt hangs on it: then it asks also what is not told by itself.
        *duty* looks after whoever asks.
        """
        self._duty = duty or Unwatched()
        self._clock = clock
        self._facts = facts
        self._play = play
        self._queue: SimpleQueue[Event | Request | None] = SimpleQueue()
        self._numbers = itertools.count(1)
        self._posting = threading.Lock()
        self._posted = 0
        self.asks_from_s = -math.inf
        """From this instant (boot clock) on a prompt hangs on the facts: one may come, or is open."""

    def snapshot(self) -> Observed:
        """Ask every port, now."""
        facts = self._facts(self._clock.boot_s() >= self.asks_from_s)
        return Observed(self._clock.now(), facts)

    def observe(self) -> None:
        """Something changed, or it is time to look: post the facts as they are now.

        Facts that were read before others that are posted already are read again: the last that
        the loop hears must be the newest.
        """
        with self._duty.busy():
            self._observe()

    def _observe(self) -> None:
        while True:
            number = next(self._numbers)
            seen = self.snapshot()
            with self._posting:
                if number > self._posted:
                    self._posted = number
                    self._queue.put(seen)
                    return

    def post(self, what: Event | Request) -> None:
        """Post what needs no facts."""
        self._queue.put(what)

    def command(self, command: Command) -> None:
        """Leave a wish for which nobody waits."""
        self._queue.put(Request(command))

    def wake(self) -> None:
        """Let the loop look at what lies on the disk; from any thread."""
        self._queue.put(None)

    def ask(self, command: Command, timeout_s: float) -> dict[str, Any] | None:
        """Leave a wish and wait for the answer; None if none comes in *timeout_s*."""
        reply: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._queue.put(Request(command, reply))
        try:
            return reply.get(timeout=timeout_s)
        except Empty:
            return None

    def take(self, timeout_s: float | None) -> Event | Request | None:
        """Wait for the next; None after *timeout_s* (None: for ever, and in a played day) or `wake`."""
        while self._play is not None and self._queue.empty():
            try:
                return self._queue.get(timeout=self._play.wait_s())
            except Empty:
                self._play.go_on()
        try:
            return self._queue.get(timeout=timeout_s)
        except Empty:
            return None
