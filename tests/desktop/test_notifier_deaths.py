"""A notification service that dies and freezes, with the real agent: a short run of the benchmark."""

from __future__ import annotations

import sys

import pytest

from tests.desktop.parts import missing

NEEDED = ("dbus-daemon", "Xvfb", "dunst", "dunstctl", "dbus-send")

if sys.platform != "linux":
    pytest.skip("dunst is a program for Linux", allow_module_level=True)


@pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))
def test_given_a_service_that_is_killed_and_frozen_then_no_prompt_is_lost_and_none_comes_twice(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each is on the screen soon after the service is back, and the agent is never held up."""
    from benchmarks import notifier_deaths

    kills, freezes = 4, 2
    tally, longest_s = notifier_deaths.play(kills, freezes)
    with capsys.disabled():
        notifier_deaths.print_figures(tally, longest_s, kills, freezes)

    assert (0, 0, 0) == (tally.lost, tally.untold, tally.twice)
    assert max(tally.took_s) < 10 * notifier_deaths.TARGET_S
    assert longest_s < 10 * notifier_deaths.BLOCKED_S
