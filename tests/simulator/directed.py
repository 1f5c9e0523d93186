"""Faults in pairs: two things go wrong one after the other in one state, then all is quiet (R02).

In a life faults come as they come. Here each comes after each other one, in a state that is
brought about for it; then everything works again, and the person works on for hours, in which
what is due has to come.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.timeline import Set
from tests.simulator.happenings import FAULTS, Aside
from tests.simulator.people import Life
from tests.simulator.scenes import PHASES, PRESENCES, impossible, played

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulator.happenings import Happening

    Pair = tuple[str, str]

STATES: Final = tuple((phase, presence) for phase in PHASES for presence in PRESENCES)
ORDERED: Final = tuple((one, other) for one in FAULTS for other in FAULTS)
"""Each fault after each other one, and after itself."""
_BEFORE_S: Final = 2_400
_QUIET_S: Final = 2 * 3_600


def state_for(pair: Pair, number: int) -> Pair:
    """Return a state in which both of *pair* can happen, another one for each number."""
    can = [state for state in STATES if not any(impossible(*state, name) for name in pair)]
    return can[number % len(can)]


def case(seed: int, pair: Pair, state: Pair) -> tuple[str, list[Happening]]:
    """Return where and when it begins, and all that happens."""
    life = Life(seed)
    return life.start, list(_lines(life, pair, state))


def _lines(life: Life, pair: Pair, state: Pair) -> Iterator[Happening]:
    before, goes_on, after = played(*state, life.rng)
    for key, value in life.who.settings:
        yield Set(key, value)
    yield life._for(_BEFORE_S, "work")
    for line in before:
        yield life._counted(line)
    yield from life._fault(pair[0])
    yield life._counted(goes_on)
    yield from life._fault(pair[1])
    for line in (goes_on, *after):
        yield life._counted(line)
    yield Aside("react", ("none",))
    yield life._for(_QUIET_S, "work")
