"""What the agent costs while nothing happens; `benchmarks/presence_cost.py` measures for longer."""

from __future__ import annotations

import sys

import pytest

if sys.platform != "linux":
    pytest.skip("the desktops are those of Linux", allow_module_level=True)

from benchmarks.presence_cost import TARGETS, all_measured, lines
from tests.desktop.parts import missing

pytestmark = pytest.mark.alone


def test_given_an_agent_on_each_desktop_when_nothing_happens_then_it_sleeps() -> None:
    """Neither a person who types nor one who is away wakes it; its sign of life does, at a desk."""
    if reason := missing("dbus-daemon"):
        pytest.skip(reason)
    costs = all_measured(15.0)
    for line in lines(costs):
        print(line)  # noqa: T201 - figures for whoever runs the test
    for cost in costs.values():
        assert cost.typing <= 10 * TARGETS["typing"]
        assert cost.idle <= 10
        assert cost.pss_mib <= 10 * TARGETS["pss_mib"]
