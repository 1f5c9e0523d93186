"""What the agent costs beside its peers, and whether it grows; both as `benchmarks` measure them."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if sys.platform != "linux":
    pytest.skip("the desktops are those of Linux", allow_module_level=True)

from benchmarks import growth, idle_cost
from tests.board import LONG, size
from tests.desktop.parts import missing

if TYPE_CHECKING:
    from tests.board import Board

pytestmark = pytest.mark.alone


@pytest.mark.row("R29")
def test_given_workrave_on_the_same_desktop_then_the_agent_costs_next_to_nothing_beside_it(
    board: Board,
) -> None:
    """A hand moves the pointer; memory, processor time, wake-ups and bytes are counted side by side."""
    if reason := missing("Xvfb", "dbus-daemon", "dunst", "xdotool", "workrave"):
        pytest.skip(reason)
    if _runs("workrave"):
        pytest.skip("somebody runs Workrave here already: it would share memory with the other")
    peers = idle_cost.installed_peers()
    minutes = size(1, 44) / 4
    (columns,) = idle_cost.one_run(peers, minutes, (2.0,), settle_s=10.0)
    misses = list(idle_cost.missed(columns, 0.0))
    ours, theirs = columns["deskbreak"], columns["workrave"]
    shares = ", ".join(
        f"{name.split(',')[0]} {ours[name] / theirs[name]:.3f}"
        for name in idle_cost.SHARES["workrave"]
        if theirs[name]
    )
    board.note(load=len(columns), figure=f"of Workrave: {shares}, in {minutes:g} min")

    assert [] == misses


@pytest.mark.row("R28")
def test_given_days_of_use_then_nothing_grows_after_the_first_hour(board: Board) -> None:
    """Memory, descriptors, threads and temporary files stay as they are."""
    if reason := missing("Xvfb", "dbus-daemon", "dunst", "xdotool"):
        pytest.skip(reason)
    hours, speed = size(4, 72), 60.0 if LONG else 360.0
    looks = list(growth.measured(hours, speed))
    board.note(
        load=hours,
        figure=f"{growth.grown_mib(looks):+.2f} MiB at most after the first of {hours} h at "
        f"{speed:g} times, {looks[-1].descriptors} descriptors, {looks[-1].threads} threads",
    )

    assert [] == list(growth.missed(looks))


def _runs(name: str) -> bool:
    """Whether a process of this *name* runs on this computer."""
    for comm in Path("/proc").glob("[0-9]*/comm"):
        with suppress(OSError):  # it has ended meanwhile
            if comm.read_text(encoding="utf-8").strip() == name:
                return True
    return False
