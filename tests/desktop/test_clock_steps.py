"""The wall clock is set under a running agent: the next prompt comes when it is due."""

from __future__ import annotations

import random
import sys
import time
from contextlib import ExitStack
from datetime import datetime
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import size
from tests.desktop.desk import Agent, midday
from tests.desktop.parts import PrivateBus, XServer, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the clocks of a process can be set on Linux only", allow_module_level=True)

from tests.desktop.clocks import SETTINGS, Clocks, absent, due_soon, memory_bytes

if TYPE_CHECKING:
    from pathlib import Path

    from tests.board import Board

pytestmark = pytest.mark.skipif(absent() is not None, reason=str(absent()))

DAY_S: Final = 86_400.0
YEAR_S: Final = 365.25 * DAY_S
SIZES_S: Final = (30 * YEAR_S, 3600.0, 1.0, YEAR_S, 60.0, DAY_S, 10 * YEAR_S, 5.0, 7 * DAY_S, 600.0)
DUE_S: Final = 22.0
"""So long after it is made ready: at least 15 s of presence come first, and the start."""
LATE_S: Final = 5.0
CPU_S: Final = 1.0
GROWTH_BYTES: Final = 5_000_000
AT_A_TIME: Final = 5


class Desk:
    """One agent with clocks of its own, and a break that is due in `DUE_S`."""

    def __init__(self, folder: Path, display: str, stack: ExitStack) -> None:
        folder.mkdir()
        for name in ("home", "runtime"):
            (folder / name).mkdir(mode=0o700)
        bus = stack.enter_context(PrivateBus())
        self.service = stack.enter_context(NotificationServer(bus.address))
        stack.enter_context(Panel(bus.address))  # without one a notice stands in for it
        self.clocks = Clocks(folder / "clocks")
        stack.callback(self.clocks.close)
        home = folder / "home"
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TZ": midday(),
            "DISPLAY": display,
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
            "XDG_RUNTIME_DIR": str(folder / "runtime"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            **self.clocks.env,
        }
        self.due_s = due_soon(env, DUE_S, SETTINGS)
        self.agent = Agent(env)
        self._stack = stack

    def start(self) -> None:
        self._stack.enter_context(self.agent)

    def step(self, by_s: float) -> None:
        """Set the clock, and take note of what the agent has used and has in memory."""
        self._before = self.agent.cpu_s, memory_bytes(self.agent)
        self.clocks.step(by_s)
        self.clocks.tell()

    def assert_believes(self) -> None:
        """Show that the agent's wall clock is the one that was set."""
        told = datetime.fromisoformat(self.agent.status["at"]).timestamp()
        assert abs(told - time.time() - self.clocks.wall_ahead_s) < LATE_S

    def late_s(self) -> float:
        """Wait for the prompt; return how long after it was due, negative for too early."""
        wait_for(lambda: self.service.notes, DUE_S + 4 * LATE_S, "the prompt")
        return time.clock_gettime(time.CLOCK_BOOTTIME) - self.due_s

    def used(self) -> tuple[float, int]:
        """Return processor seconds and bytes since the step."""
        cpu_s, memory = self._before
        return self.agent.cpu_s - cpu_s, memory_bytes(self.agent) - memory


@pytest.mark.row("R07")
def test_given_a_clock_that_is_set_then_the_next_prompt_is_on_time_and_nothing_explodes(
    board: Board, tmp_path: Path
) -> None:
    """From a second to thirty years, there and back, and out of 1970."""
    count = size(5, 50)
    lots = random.Random(7)  # noqa: S311 - chance, no secret
    steps = [sign * size_s for size_s in SIZES_S for sign in (1, -1)]
    steps += [lots.choice((-1, 1)) * 10 ** lots.uniform(0, 8.9) for _ in range(count)]
    late_s: list[float] = []
    used: list[tuple[float, int]] = []
    for first in range(0, count, AT_A_TIME):
        with XServer() as display, ExitStack() as stack:
            desks = []
            for n in range(first, min(first + AT_A_TIME, count)):
                desk = Desk(tmp_path / str(n), display.display, stack)
                if n % AT_A_TIME == 0:  # the battery was empty: 1970, until somebody tells the time
                    steps[n] = time.time()
                    desk.clocks.step(-steps[n])
                desk.start()
                desks.append((desk, steps[n]))
            for desk, by_s in desks:
                time.sleep(lots.uniform(0.2, 1.0))
                assert not desk.service.notes, "it was to be set before"
                desk.step(by_s)
            late_s += [desk.late_s() for desk, _ in desks]
            used += [desk.used() for desk, _ in desks]
            for desk, _ in desks:
                desk.assert_believes()
                assert "shown" == desk.agent.status["open"]["phase"]
                assert 1 == len(desk.service.notes)
                desk.agent.assert_well()
    cpu_s, grown = (max(column) for column in zip(*used, strict=True))
    figure = (
        f"prompt {min(late_s):.1f} to {max(late_s):.1f} s after it was due; at most {cpu_s:.2f} s "
        f"of processor and {grown / 1e6:.1f} MB more in a step (clocks set in the agent)"
    )
    board.note(load=count, faults=count, figure=figure)

    assert count == len(late_s)
    assert -0.5 <= min(late_s)
    assert max(late_s) <= LATE_S
    assert cpu_s < CPU_S
    assert grown < GROWTH_BYTES
