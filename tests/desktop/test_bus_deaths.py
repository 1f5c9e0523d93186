"""A session bus that is killed again and again: time is kept, and all is back soon after it."""

from __future__ import annotations

import random
import sys
import time
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import size
from tests.desktop.desk import Agent
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("a session bus is a part of Linux desktops", allow_module_level=True)

if TYPE_CHECKING:
    from tests.board import Board

NEEDED: Final = ("dbus-daemon", "Xvfb")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

BACK_S: Final = 10.0
KEPT_S: Final = 1.0
SHARE: Final = 0.01
"""Of a processor, while there is no bus: nothing spins."""
MOST_GONE_S: Final = 5.0


class Desk:
    """An agent, and what is on its bus: each bus has a service and a panel of its own."""

    def __init__(self, bus: PrivateBus, agent: Agent) -> None:
        self.bus = bus
        self.agent = agent
        self.took_s: list[float] = []
        self.used_s = self.gone_s = 0.0
        self.furnish()

    def furnish(self) -> None:
        """Bring a notification service and a panel to the bus."""
        self.service, self.panel = NotificationServer(self.bus.address), Panel(self.bus.address)
        self.service.start()
        self.panel.start()

    def clear(self) -> None:
        """Take them away."""
        self.service.stop()
        self.panel.stop()

    def prompt(self) -> None:
        self.agent.ask("take", "position")
        wait_for(lambda: self.agent.status["open"]["phase"] == "shown", what="a prompt")

    def live_through(self, gone_s: float, *, answer: bool) -> None:
        """Let the bus go for so long, with a prompt on the screen that is answered meanwhile or not."""
        self.prompt()
        self.bus.kill()
        self.clear()
        if answer:
            self.agent.ask("answer", "done")
        before_s, cpu_s = time.monotonic(), self.agent.cpu_s
        time.sleep(gone_s)
        self.used_s += self.agent.cpu_s - cpu_s
        self.gone_s += time.monotonic() - before_s
        self.bus.start()
        back_s = time.monotonic()
        self.furnish()
        wait_for(lambda: self.panel.items, 3 * BACK_S, "the tray item")
        wait_for(lambda: answer or self.service.on_screen, 3 * BACK_S, "the prompt")
        self.took_s.append(time.monotonic() - back_s)
        assert "Quit" in self.panel.item().open().text()
        assert (0 if answer else 1) == len(self.service.on_screen)
        for note_id in list(self.service.on_screen):
            self.service.press(note_id, "done")
        wait_for(lambda: self.agent.status["open"] is None, what="the end")
        assert not self.service.on_screen

    def booked_s(self) -> float:
        """How much time is in the agent's books, whatever the presence."""
        week = self.agent.ask("stats")["facts"]
        names = ("desk", "away", "locked", "asleep", "off")
        days = (week["total"], week["before"])
        return float(sum(day[f"{name}_seconds"] for day in days for name in names))


@pytest.mark.row("R21")
def test_given_a_bus_that_is_killed_then_tray_and_prompts_are_back_soon_after_the_next_one(
    board: Board, bus: PrivateBus, desktop_env: dict[str, str]
) -> None:
    """A prompt that was on the screen is there again, unless it was answered meanwhile."""
    kills, lots = size(4, 50), random.Random(21)  # noqa: S311 - chance, no secret
    with Agent({**desktop_env, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}) as agent:
        desk = Desk(bus, agent)
        desk.panel.item()
        began_s, before_s = time.monotonic(), desk.booked_s()
        for n in range(kills):
            desk.live_through(lots.uniform(0.0, MOST_GONE_S), answer=n % 2 == 1)
        lost_s = abs(time.monotonic() - began_s - (desk.booked_s() - before_s))
        outcomes = {one["outcome"] for one in agent.status["last"]}
        agent.assert_well()
        desk.clear()
    share = desk.used_s / desk.gone_s
    figure = (
        f"back {len(desk.took_s)} of {kills} times, {max(desk.took_s):.1f} s after the bus at most; "
        f"{lost_s:.1f} s of time lost; {share:.2%} of a processor without it"
    )
    board.note(load=kills, faults=kills, figure=figure)

    assert {"taken"} == outcomes
    assert max(desk.took_s) <= BACK_S
    assert lost_s <= KEPT_S
    assert share < SHARE
