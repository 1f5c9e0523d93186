"""Makes a life in which something is broken as short as it can be, and still broken alike."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.core import timeline
from deskbreak.core.timeline import Statement, Stretch
from tests.simulator.happenings import Aside, duration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.simulator.happenings import Happening
    from tests.simulator.run import Lived

    Lines = tuple[Happening, ...]
    StillBroken = Callable[[str, Sequence[Happening]], bool]

ROUND_S: Final = (3600, 1800, 1200, 600, 300, 60, 30, 10, 5, 1)


class Minimiser:
    """Tries shorter and shorter lines; ``broken`` tells whether they still show it.

    Ends after about *patience_s* of processor time with the shortest that was found.
    """

    def __init__(self, broken: StillBroken, patience_s: float = 40.0) -> None:
        """Be ready."""
        self._broken = broken
        self._until_s = time.process_time() + patience_s
        self.tried = 0

    def _is(self, start: str, lines: Sequence[Happening]) -> bool:
        self.tried += 1
        return self._broken(start, lines)

    @property
    def _tired(self) -> bool:
        return time.process_time() > self._until_s

    def shortest(self, lived: Lived) -> tuple[str, Lines]:
        """Return when it starts, and the fewest lines that show what is broken in *lived*."""
        start, lines = self._last_days(lived)
        before: Lines = ()
        while lines != before and not self._tired:
            before = lines
            lines = self._fewer(start, lines)
            lines = self._joined(start, lines)
            lines = self._simpler(start, lines)
        return start, lines

    def _last_days(self, lived: Lived) -> tuple[str, Lines]:
        """Take the life up as late as possible."""
        back = 1
        while back < len(lived.points) and not self._tired:
            point = lived.points[-back]
            lines = (*point.before, *lived.lines[point.line :])
            if self._is(point.start, lines):
                return point.start, lines
            back *= 2
        first = lived.points[0]
        return first.start, (*first.before, *lived.lines)

    def _fewer(self, start: str, lines: Lines) -> Lines:
        """Leave out runs of lines, shorter and shorter ones.

        Source: Zeller and Hildebrandt, Simplifying and Isolating Failure-Inducing Input, 2002.
        """
        size = max(1, len(lines) // 2)
        while not self._tired:
            at = 0
            while at < len(lines) and not self._tired:
                less = lines[:at] + lines[at + size :]
                if self._is(start, less):
                    lines = less
                else:
                    at += size
            if size == 1:
                break
            size = max(1, size // 2)
        return lines

    def _joined(self, start: str, lines: Lines) -> Lines:
        """Make one stretch of two neighbours."""
        at = 0
        while at + 1 < len(lines) and not self._tired:
            one, two = lines[at], lines[at + 1]
            if isinstance(one, Stretch) and isinstance(two, Stretch):
                for kept in (one, two):
                    both = replace(kept, seconds=one.seconds + two.seconds)
                    less = (*lines[:at], both, *lines[at + 2 :])
                    if self._is(start, less):
                        lines = less
                        break
                else:
                    at += 1
            else:
                at += 1
        return lines

    def _simpler(self, start: str, lines: Lines) -> Lines:
        """Put something plainer or shorter in the place of each line."""
        for at in range(len(lines)):
            found = True
            while found and not self._tired:
                found = False
                for other in plainer(lines[at]):
                    changed = (*lines[:at], other, *lines[at + 1 :])
                    if self._is(start, changed):
                        lines, found = changed, True
                        break
        return lines


def plainer(line: Happening) -> Iterator[Happening]:
    """Yield what says less than *line*, the least first; each way leads to an end."""
    match line:
        case Stretch(seconds=seconds, presence=presence, holds=holds):
            for hold in sorted(holds):
                yield replace(line, holds=holds - {hold})
            yield from (replace(line, seconds=float(less)) for less in less_than(seconds))
            if presence == "asleep":
                yield replace(line, presence="locked")
        case Statement(verb="clock", argument=argument):
            seconds = abs(timeline.shift_s(argument))
            for less in less_than(seconds):
                yield Statement("clock", f"{argument[0]}{duration(less)}")
        case Aside(words=words):
            for n, word in enumerate(words):
                if word.isdigit() and int(word) > 1:
                    for less in less_than(float(word)):
                        yield replace(line, words=(*words[:n], str(less), *words[n + 1 :]))


def less_than(seconds: float) -> Iterator[int]:
    """Yield shorter and rounder lengths; what is round already may only become much shorter."""
    whole = int(seconds)
    half = whole // 2
    tried = set[int]()
    for unit in ROUND_S:
        for less in (half // unit * unit, (whole - 1) // unit * unit):
            rounder = less and (less <= half or whole % unit)
            if 0 < less < whole and rounder and less not in tried:
                tried.add(less)
                yield less
