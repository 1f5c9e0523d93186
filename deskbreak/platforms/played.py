"""A timeline as a desktop: its idle time, its session and its holds are those of a played day."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from deskbreak.core.timeline import Statement, Stretch

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from deskbreak.core.model import Hold
    from deskbreak.core.timeline import Line


class PlayedDesk:
    """An `IdleSource` and a `Session` in one, at which *lines* happen one after the other.

    It has no thread and no clock: whoever plays the day calls `go_on` when `next_s` has come.
    Then it reports what a real desktop would: marks of idle time, the return of input, locks,
    sleep and holds.
    """

    name = "played"

    def __init__(
        self,
        lines: Sequence[Line],
        boot_s: Callable[[], float],
        changed: Callable[[], None],
        say: Callable[[Statement], None],
    ) -> None:
        """Begin now, with somebody at the keyboard.

        Args:
            lines: Only stretches other than ``off``, and what a person says: the agent runs all
                day, in one zone and with the same settings.
            boot_s: The clock of the day, whose seconds are the real ones here.
            changed: Called on the thread of `go_on`, which reports.
            say: The same, with what the person says.
        """
        assert all(map(_can_happen, lines)), "a played desk cannot do all of this"
        self._lines = list(reversed(lines))
        self._boot_s = boot_s
        self._changed = changed
        self._say = say
        self._marks_s: frozenset[float] = frozenset()
        self._told_s = -math.inf  # the last mark that was reported
        self._end_s = boot_s()  # of what goes on
        # What goes on, and the last input before it: one value, because other threads ask.
        self._here = (Stretch(0.0, "work"), self._end_s)

    # ── what is asked ──────────────────────────────────────────────────────────────────────

    def idle_s(self) -> float:
        """Return the time since the last input."""
        what, input_s = self._here
        return 0.0 if what.presence == "work" else max(self._boot_s() - input_s, 0.0)

    @property
    def locked(self) -> bool:
        """Locked now."""
        return self._here[0].presence == "locked"

    @property
    def asleep(self) -> bool:
        """Suspended now."""
        return self._here[0].presence == "asleep"

    @property
    def holds(self) -> frozenset[Hold]:
        """What the desktop holds against a prompt now."""
        return self._here[0].holds

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s*, and when input returns after that."""
        self._marks_s = frozenset(marks_s)

    def close(self) -> None:
        """Do nothing: who plays no longer hears no more."""

    # ── what happens ───────────────────────────────────────────────────────────────────────

    @property
    def is_over(self) -> bool:
        """Whether the day has come to its end."""
        return not self._lines and self._boot_s() >= self._end_s

    def next_s(self) -> float:
        """Return when the next thing happens, on the clock of the day."""
        return min(self._next_mark_s(), self._end_s)

    def go_on(self) -> None:
        """Let happen what happens at this instant, one thing at a time."""
        now_s = self._boot_s()
        if self._next_mark_s() <= now_s:
            self._told_s = now_s
            self._changed()
        elif self._end_s <= now_s and self._lines:
            match self._lines.pop():
                case Statement() as said:
                    self._say(said)
                case Stretch() as what:
                    self._begin(what)

    def _next_mark_s(self) -> float:
        """Return when idle time reaches a mark that is neither passed nor told."""
        what, input_s = self._here
        if what.presence == "work":
            return math.inf
        now_s = self._boot_s()
        reached_s = (input_s + mark_s for mark_s in self._marks_s)
        return min((x for x in reached_s if x >= now_s and x > self._told_s), default=math.inf)

    def _begin(self, what: Stretch) -> None:
        before, input_s = self._here
        now_s = self._end_s
        if before.presence == "work":
            input_s = now_s
        self._here = (what, input_s)
        self._end_s = now_s + what.seconds
        is_return = what.presence == "work" and now_s - input_s >= min(
            self._marks_s, default=math.inf
        )
        if is_return or _state(before) != _state(what):
            self._changed()


def _can_happen(line: Line) -> bool:
    match line:
        case Stretch():
            return line.presence != "off"
        case Statement():
            return line.verb != "clock"
        case _:
            return False


def _state(what: Stretch) -> tuple[str, frozenset[Hold]]:
    """Return what a desktop reports as soon as it changes: the session and its holds."""
    return what.presence if what.presence in ("locked", "asleep") else "", what.holds
