"""The computer is suspended under a running agent: the absence is booked, and one prompt comes."""

from __future__ import annotations

import itertools
import os
import random
import signal
import subprocess
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.board import size
from tests.desktop.desk import Agent, midday
from tests.desktop.parts import PrivateBus, XServer, wait_for
from tests.doubles.logind import Login, Logind
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the clocks of a process can be set on Linux only", allow_module_level=True)

from tests.desktop.clocks import SETTINGS, Clocks, absent, due_soon

if TYPE_CHECKING:
    from pathlib import Path

    from tests.board import Board

pytestmark = pytest.mark.skipif(absent() is not None, reason=str(absent()))

WAYS: Final = ("told", "told late", "begun and never ended", "not told")
"""What logind says: both ends, the end alone, the beginning alone before it is gone, nothing."""
BOOKED_S: Final = 2.0
FIRST_S: Final = 15.0
"""No prompt comes before that long at the desk. Source: INV-07."""
ALONE_S: Final = 60.0
"""Within that time of the return at most one comes. Source: INV-07."""
SEEN_S: Final = 1.0
"""So much later than the agent a test on a busy machine may see that somebody is back."""
SHORT_S: Final = 200.0
"""Clears none of the two kinds that are overdue: their credit is 300 s."""
OVERDUE: Final = {
    **SETTINGS,
    "position.enabled": False,
    "stretch.enabled": True,
    "stretch.interval_minutes": 30,
    "posture.enabled": True,
    "posture.interval_minutes": 30,
    "posture.first_after_break_minutes": 0,
}
MOST_EACH: Final = 25
"""So many suspends of one agent: more would reach beyond the two weeks that it tells of."""
_MOVE_S: Final = 0.1
_TO_AND_FRO: Final = itertools.cycle((("9", "0"), ("-9", "0")))


class Desk:
    """An agent, a logind, clocks of its own, and two kinds that are soon overdue."""

    def __init__(self, folder: Path, display: str, stack: ExitStack) -> None:
        folder.mkdir()
        for name in ("home", "runtime"):
            (folder / name).mkdir(mode=0o700)
        bus = stack.enter_context(PrivateBus())
        self.service = stack.enter_context(NotificationServer(bus.address))
        stack.enter_context(Panel(bus.address))  # without one a notice stands in for it
        self.logind = stack.enter_context(Logind(bus.address, Login("1")))
        self.clocks = Clocks(folder / "clocks")
        stack.callback(self.clocks.close)
        home = folder / "home"
        env = {
            "PATH": "/usr/bin:/bin",
            "HOME": str(home),
            "TZ": midday(),
            "DISPLAY": display,
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": bus.address,
            "XDG_SESSION_ID": "1",
            "XDG_RUNTIME_DIR": str(folder / "runtime"),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            **self.clocks.env,
        }
        self._display = display
        self.back_s = 0.0
        self.came_s: list[float] = []  # prompts, since then
        due_soon(env, 0.0, OVERDUE, held="29m58s work")
        self.agent = Agent(env)
        stack.enter_context(self.agent)

    def suspend(self, for_s: float, way: str) -> float:
        """Suspend and resume; return by how much more or less than that was booked."""
        before_s, began_s = self._asleep_s(), time.monotonic()
        if way in ("told", "begun and never ended"):
            self.logind.sleep(begins=True)
            wait_for(lambda: self._presence == "asleep", what="the agent to hear of it")
        os.kill(self.agent.pid, signal.SIGSTOP)
        self.clocks.sleep(for_s)
        os.kill(self.agent.pid, signal.SIGCONT)
        self.clocks.tell()
        if way == "begun and never ended":
            self.logind.stop()
            self.logind.preparing = False
            self.logind.start()
        elif way != "not told":
            self.logind.sleep(begins=False)
        wait_for(lambda: self._presence != "asleep", what=f"the resume, {way}, {for_s:g} s")
        wait_for(self._comes_back, what=f"the return, {way}, {for_s:g} s")
        passed_s = time.monotonic() - began_s
        extra_s = self._asleep_s() - before_s - for_s
        return max(0.0, extra_s - passed_s) or min(0.0, extra_s)

    def answer_at_once(self) -> None:
        """Press Done on whatever is on the screen, and take note of when it came."""
        for note_id in list(self.service.on_screen):
            self.came_s.append(time.monotonic() - self.back_s)
            self.service.press(note_id, "done")

    def _comes_back(self) -> bool:
        """Move the mouse, as somebody does who is back: an absence lasts until then."""
        move = ["xdotool", "mousemove_relative", "--", *next(_TO_AND_FRO)]
        subprocess.run(move, env={**os.environ, "DISPLAY": self._display}, check=True)
        time.sleep(_MOVE_S)
        return bool(self._presence == "desk")

    @property
    def _presence(self) -> Any:  # noqa: ANN401 - JSON
        return self.agent.status["presence"]

    def _asleep_s(self) -> float:
        week = self.agent.ask("stats")["facts"]
        return float(sum(days["asleep_seconds"] for days in (week["total"], week["before"])))


@pytest.mark.row("R08")
def test_given_a_computer_that_is_suspended_then_all_of_that_is_booked_as_sleep(
    board: Board, tmp_path: Path
) -> None:
    """Whatever logind says, what the clocks say counts; seconds to hours, one after the other."""
    count = size(60, 500)
    lots = random.Random(8)  # noqa: S311 - chance, no secret
    wrong_s: list[float] = []
    for first in range(0, count, MOST_EACH):
        with XServer() as display, ExitStack() as stack:
            desk = Desk(tmp_path / f"{first}", display.display, stack)
            for n in range(min(MOST_EACH, count - first)):
                for_s = lots.choice((30.0, 120.0, 1800.0, lots.uniform(3.0, 8 * 3600.0)))
                wrong_s.append(desk.suspend(for_s, WAYS[n % len(WAYS)]))
            desk.agent.assert_well()
    most_s = max(map(abs, wrong_s))
    wrong = sum(abs(one_s) > BOOKED_S for one_s in wrong_s)
    figure = f"{wrong} of {count} booked otherwise than as sleep; off by {most_s:.2f} s at most"
    board.note(load=count, faults=count, figure=figure)

    assert count == len(wrong_s)
    assert 0 == wrong


@pytest.mark.row("R08")
def test_given_two_overdue_breaks_when_the_computer_resumes_then_one_prompt_comes_and_not_at_once(
    board: Board, tmp_path: Path
) -> None:
    """It is answered at once, and the other one still waits: no storm after a resume."""
    batches, watched_s = size(1, 5), size(25, 65)
    came_s: list[list[float]] = []
    for batch in range(batches):
        with XServer() as display, ExitStack() as stack:
            desks = [Desk(tmp_path / f"{batch}-{n}", display.display, stack) for n in range(4)]
            for desk, way in zip(desks, WAYS, strict=True):
                desk.suspend(SHORT_S, way)
                desk.back_s = time.monotonic()
            until_s = desks[-1].back_s + watched_s
            while time.monotonic() < until_s:
                for desk in desks:
                    desk.answer_at_once()
                time.sleep(0.05)
            came_s += [desk.came_s for desk in desks]
            for desk in desks:
                desk.agent.assert_well()
    first_s = [times[0] for times in came_s if times]
    second_s = [times[1] for times in came_s if times[1:]]
    next_ = f"the next one {min(second_s):.1f} s" if second_s else f"none else in {watched_s} s"
    figure = (
        f"after {len(came_s)} resumes the first prompt {min(first_s, default=0.0):.1f} s after the "
        f"return at the earliest, {next_}"
    )
    board.note(load=len(came_s), faults=len(came_s), figure=figure)

    assert len(came_s) == len(first_s) == 4 * batches
    assert FIRST_S - SEEN_S <= min(first_s)
    assert ALONE_S - SEEN_S <= min(second_s, default=ALONE_S)
