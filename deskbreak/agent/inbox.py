"""The inbox: stamps what ports report, and hands it to the one loop."""

from __future__ import annotations

from dataclasses import dataclass
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

from deskbreak.core.model import Command, Event, Observed

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.clock import Clock
    from deskbreak.core.model import Facts


@dataclass(frozen=True, slots=True)
class Request:
    """A wish, and where its answer goes (None: nobody waits)."""

    command: Command
    reply: SimpleQueue[dict[str, Any]] | None = None


class Inbox:
    """What happened, in the order of arrival; any thread puts, one takes."""

    def __init__(self, clock: Clock, facts: Callable[[], Facts]) -> None:
        """Stamp by *clock*; *facts* asks every port."""
        self._clock = clock
        self._facts = facts
        self._queue: SimpleQueue[Event | Request] = SimpleQueue()

    def snapshot(self) -> Observed:
        """Ask every port, now."""
        facts = self._facts()
        return Observed(self._clock.now(), facts, self._clock.slept_s())

    def observe(self) -> None:
        """Something changed, or it is time to look: post the facts as they are now."""
        self._queue.put(self.snapshot())

    def post(self, what: Event | Request) -> None:
        """Post what needs no facts."""
        self._queue.put(what)

    def command(self, command: Command) -> None:
        """Leave a wish for which nobody waits."""
        self._queue.put(Request(command))

    def ask(self, command: Command, timeout_s: float) -> dict[str, Any] | None:
        """Leave a wish and wait for the answer; None if none comes in *timeout_s*."""
        reply: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._queue.put(Request(command, reply))
        try:
            return reply.get(timeout=timeout_s)
        except Empty:
            return None

    def take(self, timeout_s: float | None) -> Event | Request | None:
        """Wait for the next; None after *timeout_s* (None: for ever)."""
        try:
            return self._queue.get(timeout=timeout_s)
        except Empty:
            return None
