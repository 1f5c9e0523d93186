"""Those who have come to the socket: whoever has said a line is heard, and nobody waits for the slow."""

from __future__ import annotations

import selectors
import time
from contextlib import closing, suppress
from dataclasses import field
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

SAYS_WITHIN_S: Final = 2.0
"""Whoever has not said a whole line by then is sent away. A command says it at once."""
_MOST: Final = 64
"""So many may be in the middle of their line; one more, and the first of them is sent away."""
_FULL_S: Final = 0.1
"""When to look again where no more files may be open. Our own choice."""
_PART: Final = 65_536
"""Bytes; whoever says more without an end is handed over as they are, to be refused."""


@quick_dataclass(slots=True)
class Arrival:
    """Somebody who has come, and what they have said so far."""

    socket: socket.socket
    until_s: float
    said: bytearray = field(default_factory=bytearray)

    def hear(self) -> bool:
        """Take what can be read; whether there is nothing more to wait for.

        Raises:
            OSError: They are gone.
        """
        part = self.socket.recv(_PART)
        self.said += part
        return not part or self.said.endswith(b"\n") or len(self.said) > _PART


class Arrivals:
    """Hears all at once, on one thread, and wakes for nobody while nobody comes."""

    def __init__(
        self, listening: socket.socket, end: int, is_ours: Callable[[socket.socket], bool]
    ) -> None:
        """Listen until something can be read from the descriptor *end*; only *is_ours* is heard."""
        listening.settimeout(0.0)
        self._listening = listening
        self._end = end
        self._is_ours = is_ours
        self._waiting: dict[socket.socket, Arrival] = {}
        self._selector = selectors.DefaultSelector()
        self._selector.register(listening, selectors.EVENT_READ)
        self._selector.register(end, selectors.EVENT_READ)

    def heard(self) -> Iterator[Arrival]:
        """Yield who has said a line, or all that they will; theirs is the socket from then on."""
        with closing(self._selector):
            try:
                while True:
                    ready = [key.fileobj for key, _ in self._selector.select(self._wait_s())]
                    if self._end in ready:
                        return
                    # Before others are let in: so nobody is sent away who has said all.
                    yield from self._hear([self._waiting[s] for s in ready if s in self._waiting])
                    if self._listening in ready:
                        self._let_in()
                    self._send_away()
            finally:
                for arrival in self._waiting.values():
                    arrival.socket.close()

    def _wait_s(self) -> float | None:
        """Return until when the first of them may speak: they are in the order in which they came."""
        first = next(iter(self._waiting.values()), None)
        return None if first is None else max(first.until_s - time.monotonic(), 0.0)

    def _hear(self, speaking: list[Arrival]) -> Iterator[Arrival]:
        for arrival in speaking:
            try:
                is_done = arrival.hear()
            except OSError:
                self._drop(arrival).close()
            else:
                if is_done:
                    self._drop(arrival)
                    yield arrival

    def _let_in(self) -> None:
        try:
            came, _ = self._listening.accept()
        except (BlockingIOError, ConnectionError):
            return  # gone already
        except OSError:
            time.sleep(_FULL_S)  # no more files may be open: whoever waits is let in later
            return
        if not self._is_ours(came):
            came.close()
            return
        came.settimeout(0.0)
        self._waiting[came] = Arrival(came, time.monotonic() + SAYS_WITHIN_S)
        self._selector.register(came, selectors.EVENT_READ)

    def _send_away(self) -> None:
        now_s = time.monotonic()
        late = [one for one in self._waiting.values() if one.until_s <= now_s]
        for arrival in late or list(self._waiting.values())[:-_MOST]:
            self._drop(arrival).close()

    def _drop(self, arrival: Arrival) -> socket.socket:
        del self._waiting[arrival.socket]
        with suppress(KeyError):
            self._selector.unregister(arrival.socket)
        return arrival.socket
