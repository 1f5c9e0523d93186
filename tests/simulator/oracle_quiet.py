"""Which holds are in force, since when and until when: the reasons to be silent."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Hold

if TYPE_CHECKING:
    from deskbreak.core.model import Rules, Until
    from tests.simulator.oracle_days import Calendar

_HAIR_S: Final = 1e-6
NO_HOLDS: Final[frozenset[Hold]] = frozenset()


class Quiet:
    """The desktop's holds, the pause and the working hours, as one set."""

    __slots__ = (
        "_edge_s",
        "_outside",
        "ended_s",
        "from_s",
        "holds",
        "pause",
        "raw",
        "since_s",
    )

    def __init__(self) -> None:
        self.raw = NO_HOLDS  # what the desktop says
        self.pause: Until | None = None
        self.holds = NO_HOLDS  # in force
        self.from_s: float | None = None  # the unbroken time of holds
        self.since_s = -math.inf  # where it is not said whether it is the same: perhaps since then
        self.ended_s = -math.inf  # the last one
        self._outside = False
        self._edge_s = -math.inf  # the hours are to be looked at again

    def forget_hours(self) -> None:
        """The clock or the settings were changed."""
        self._edge_s = -math.inf

    def change_s(self, calendar: Calendar) -> float:
        """Return when the set may change by itself."""
        return self._edge_s if self.pause is None else min(self._edge_s, self._resumes_s(calendar))

    def _resumes_s(self, calendar: Calendar) -> float:
        assert self.pause is not None
        if self.pause.local is not None:
            return calendar.local_s(self.pause.local)
        return math.inf if self.pause.boot_s is None else self.pause.boot_s

    def look(self, at_s: float, calendar: Calendar, rules: Rules) -> frozenset[Hold] | None:
        """Bring the set up to date; return what began, or None if nothing changed."""
        if self.pause is not None and self._resumes_s(calendar) <= at_s + _HAIR_S:
            self.pause = None
        if self._edge_s <= at_s + _HAIR_S:
            self._outside, self._edge_s = calendar.outside_hours(at_s, rules)
        holds = self.raw & rules.holds
        if self.pause is not None:
            holds |= {Hold.PAUSED}
        if self._outside:
            holds |= {Hold.HOURS}
        if holds == self.holds:
            return None
        begun, was = holds - self.holds, self.holds
        self.holds = holds
        if not was:
            # One that begins at the very instant at which another ends: perhaps the same time.
            self.since_s = self.since_s if at_s <= self.ended_s + _HAIR_S else at_s
            self.from_s = at_s
        elif not holds:
            self.from_s, self.ended_s = None, at_s
        return begun
