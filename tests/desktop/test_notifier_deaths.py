"""A notification service that dies and freezes, with the real agent: the benchmark, as rows."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from tests.board import LONG, size
from tests.desktop import held
from tests.desktop.parts import missing

NEEDED = ("dbus-daemon", "Xvfb", "dunst", "xdotool")

if sys.platform != "linux":
    pytest.skip("dunst is a program for Linux", allow_module_level=True)

if TYPE_CHECKING:
    from tests.board import Board

pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))


@pytest.mark.row("R18")
def test_given_a_service_that_is_killed_then_no_prompt_is_lost_and_none_comes_twice(
    board: Board,
) -> None:
    """At random moments; each prompt is on the screen soon after the service is back."""
    from benchmarks import notifier_deaths as deaths

    tally, thread = deaths.play(deaths.kills(size(50, 500)))
    figure = f"{deaths.figures(tally)}; {thread}"
    board.note(load=tally.wanted, faults=tally.kills, figure=figure)

    assert (0, 0, 0, 0) == (tally.lost, tally.untold, tally.twice, tally.stayed)
    assert tally.shown >= deaths.SHARE * tally.wanted
    assert thread.longest_s <= held.LIMIT_S


@pytest.mark.row("R19")
def test_given_a_service_that_is_frozen_then_it_is_given_up_and_shows_one_prompt_when_it_wakes(
    board: Board,
) -> None:
    """Three seconds are waited, and not by the agent; what comes late is taken away."""
    from benchmarks import notifier_deaths as deaths

    lengths_s = deaths.lengths_s(size(3, 45)) + [120.0] * (5 if LONG else 0)
    tally, thread = deaths.play(deaths.freezes(lengths_s))
    figure = f"{deaths.figures(tally)}; {thread}"
    board.note(load=tally.wanted, faults=tally.freezes, figure=figure)

    assert (0, 0, 0, 0) == (tally.lost, tally.untold, tally.twice, tally.stayed)
    assert tally.dropped_s
    assert max(tally.dropped_s) <= deaths.DROPPED_S + 1.0
    assert thread.longest_s <= held.LIMIT_S
