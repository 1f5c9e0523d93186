"""Lets a played day pass: fast while nothing happens, slowly enough to read what does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.core.model import Command, Phase
from deskbreak.core.onlooker import Seen, news

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.clock import PlayedClock
    from deskbreak.agent.loop import Loop
    from deskbreak.core.model import State


@dataclass(frozen=True, slots=True)
class Tempo:
    """How fast a day passes. Our own choice: a working day in about a minute."""

    speed: float = 3000.0
    """How many times as fast as a real day it passes while nothing happens."""
    look_s: float = 4.0
    """How long it passes no faster than a real one where there is something to look at: a prompt
    that appears, or the tray that says why it is quiet."""
    line_s: float = 0.25
    """The same for what is only a line."""


TEMPO: Final = Tempo()
_OFFERED_S: Final = 1.0  # what is on its way to the screen is waited for, second by second
_MOST_ENDED: Final = 10  # episodes that end at one instant: no more than there are kinds


class Desk(Protocol):
    """The day, as the player needs it."""

    @property
    def is_over(self) -> bool:
        """Whether the day has come to its end."""
        ...

    def next_s(self) -> float:
        """Return when the next thing happens, on the clock of the day."""
        ...

    def go_on(self) -> None:
        """Let happen what happens at this instant."""
        ...


class Player:
    """The pulse of a played day, and what makes its time pass; all on the agent's thread.

    No time passes beyond the next happening before the agent has done with that, so a day goes
    the same way on any machine. ``loop`` is built around its player, and so is set afterwards.
    """

    loop: Loop

    def __init__(
        self, clock: PlayedClock, desk: Desk, tempo: Tempo, tell: Callable[[str], None]
    ) -> None:
        """Prepare; *tell* prints a line for people."""
        self._clock = clock
        self._desk = desk
        self._tempo = tempo
        self._tell = tell
        self._look_s = math.inf
        self._slow_until_s = -math.inf
        self._seen = Seen()
        self._told: State | None = None

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""

    # ── the pulse ──────────────────────────────────────────────────────────────────────────

    def look_at(self, boot_s: float | None) -> None:
        """Let the engine look at that instant; None: no look."""
        self._look_s = math.inf if boot_s is None else boot_s

    # ── the time ───────────────────────────────────────────────────────────────────────────

    def wait_s(self) -> float:
        """Let time run on to the next happening; return the real seconds until then."""
        self._tell_news()
        now_s, next_s = self._clock.boot_s(), min(self._look_s, self._desk.next_s())
        e = self.loop.state.episode
        if e is not None and e.phase is Phase.OFFERED:  # on its way to the screen
            self._slow_until_s = max(self._slow_until_s, now_s + _OFFERED_S)
        if now_s < self._slow_until_s:
            return self._clock.run(min(next_s, self._slow_until_s), 1.0)
        return self._clock.run(next_s, self._tempo.speed)

    def go_on(self) -> None:
        """Let the next thing happen, if its time has come."""
        if self._look_s <= self._clock.boot_s():
            self._look_s = math.inf
            self.loop.inbox.observe()
        elif self._desk.is_over:
            self.loop.inbox.command(Command("quit"))
        else:
            self._desk.go_on()

    def _tell_news(self) -> None:
        """Tell what happened, and leave time to read it."""
        loop, now = self.loop, self._clock.now()
        if loop.state is self._told:
            return
        self._told = loop.state
        ended = loop.keeper.recent(loop.state, _MOST_ENDED)
        before = self._seen
        self._seen, lines = news(before, loop.snapshot(), ended, now, loop.outside.words)
        for line in lines:
            self._tell(line)
        if self._seen.shows_more_than(before):
            self._slow_until_s = now.boot_s + self._tempo.look_s
        elif lines:
            self._slow_until_s = now.boot_s + self._tempo.line_s
