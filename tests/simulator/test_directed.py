"""Each fault after each other one, in every state, and quiet after that."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.model import Prompt
from tests.board import size
from tests.simulator.directed import ORDERED, STATES, case, state_for
from tests.simulator.driver import Driver
from tests.simulator.happenings import FAULTS, moment, written_down
from tests.simulator.oracle import Oracle
from tests.simulator.watch import Broken

if TYPE_CHECKING:
    from deskbreak.core.model import Event, Step
    from tests.board import Board

ROUNDS: Final = size(1, 30)
"""Each has every pair once, in another state; there are some 25 of these."""


class Prompted(Driver):
    """Counts prompts: what never asks for anything would break little."""

    prompts = 0

    def step(self, event: Event) -> Step:
        """Count those that the engine asks for."""
        step = super().step(event)
        self.prompts += sum(isinstance(effect, Prompt) for effect in step.effects)
        return step


@pytest.mark.row("R02")
def test_given_two_faults_one_after_the_other_then_nothing_is_broken_and_prompts_go_on(
    board: Board,
) -> None:
    """The engine is judged at every step, through both faults and two hours of work after them."""
    fired: Counter[str] = Counter()
    met = set[tuple[str, str, tuple[str, str]]]()
    silent = 0
    for n in range(ROUNDS * len(ORDERED)):
        round_, place = divmod(n, len(ORDERED))
        pair = ORDERED[place]
        state = state_for(pair, place + round_)
        start, lines = case(n, pair, state)
        driver = Prompted(moment(start), Oracle)
        try:
            driver.feed(lines)
            driver.close_books()
        except Broken as broken:
            pytest.fail(
                f"{pair} in {state}: {broken}\n\n{written_down(start, lines)}", pytrace=False
            )
        for (_, _, name), times in driver.pairs.items():
            fired[name] += times
        met.add((*pair, state))
        silent += not driver.prompts
    rarest, times = min(fired.items(), key=lambda one: one[1])
    board.note(
        load=len(met),
        faults=fired.total(),
        figure=f"0 objections; {len(ORDERED):,} pairs in {len(STATES)} states;"
        f" rarest {rarest}, {times:,} times; no prompt in {silent}",
    )

    assert set(FAULTS) == set(fired)
    assert times >= size(50, 100)
    assert 0 == silent
