"""Which state met which fault: the table, and what is missing in it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tests.simulator.happenings import FAULTS
from tests.simulator.scenes import PAIRS, PHASES, PRESENCES, impossible

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Pair = tuple[str, str, str]


def unreached(pairs: Mapping[Pair, int]) -> list[Pair]:
    """Return the pairs that can be, and were not."""
    return [pair for pair in PAIRS if not pairs.get(pair)]


def lines_of_table(pairs: Mapping[Pair, int]) -> Iterator[str]:
    """Yield a table: a row for each fault, a column for each state; why some cannot be."""
    states = [(phase, presence) for phase in PHASES for presence in PRESENCES]
    columns = [
        state for state in states if any(impossible(*state, name) is None for name in FAULTS)
    ]
    for part in (0, 1):
        yield " " * 22 + "".join(f"{state[part]:>10}" for state in columns)
    reasons = dict[str, None]()
    for name in FAULTS:
        cells = list[str]()
        for state in columns:
            why = impossible(*state, name)
            cells.append(str(pairs.get((*state, name), 0)) if why is None else "-")
            reasons |= {} if why is None else {f"{state[1]}: {why}": None}
        yield f"{name:22}" + "".join(f"{cell:>10}" for cell in cells)
    for state in states:
        if state not in columns:
            reasons[f"{' '.join(state)}: {impossible(*state, FAULTS[0])}"] = None
    yield from reasons
