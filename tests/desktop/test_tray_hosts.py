"""The place for tray items comes late, again and again, or not at all, with the real agent."""

from __future__ import annotations

import os
import random
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import LONG, size
from tests.desktop.desk import Agent, deskbreak
from tests.desktop.hosts import HOSTS, absent, registered
from tests.desktop.matrix import NEEDS
from tests.desktop.parts import PrivateBus, XServer, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("panels are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.board import Board

NEEDED: Final = ("dbus-daemon", "Xvfb")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

BACK_S: Final = 5.0
MOST_LATE_S: Final = 10.0
VERY_LATE_S: Final = 120.0
AT_A_TIME: Final = 5
COMMANDS: Final = (("status",), ("answer", "done"), ("pause", "30m"), ("resume",), ("stats",))


def session(folder: Path, display: str, address: str) -> dict[str, str]:
    """Return the environment of a session with this display and bus."""
    folder.mkdir()
    (folder / "run").mkdir(mode=0o700)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "DISPLAY": display,
        "DBUS_SESSION_BUS_ADDRESS": address,
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        "XDG_RUNTIME_DIR": str(folder / "run"),
    }


def windows(display: str) -> int:
    """How many windows somebody has put on the screen."""
    from Xlib.display import Display

    screen = Display(display)
    try:
        tree = screen.screen().root.query_tree()
        return sum(bool(window.get_attributes().map_state) for window in tree.children)
    finally:
        screen.close()


def wait_for_item(panel: Panel) -> None:
    """Wait for the item, and open its menu."""
    wait_for(lambda: panel.items, 3 * BACK_S, "the item")
    assert "Quit" in panel.item().open().text()


@pytest.mark.row("R22")
def test_given_a_panel_that_comes_late_then_the_item_is_there_soon_after_it(
    board: Board, tmp_path: Path
) -> None:
    """At login the panel is often slower than we are; several log in at once here."""
    lots = random.Random(22)  # noqa: S311 - chance, no secret
    late_s = [lots.uniform(0.0, MOST_LATE_S) for _ in range(size(5, 45))]
    late_s += [VERY_LATE_S] * (5 if LONG else 0)
    took_s: list[float] = []
    for first in range(0, len(late_s), AT_A_TIME):
        with ExitStack() as stack:
            display = stack.enter_context(XServer()).display
            logins = []
            for n in range(first, min(first + AT_A_TIME, len(late_s))):
                bus = stack.enter_context(PrivateBus())
                stack.enter_context(NotificationServer(bus.address))
                agent = Agent(session(tmp_path / str(n), display, bus.address))
                stack.enter_context(agent)
                logins.append((time.monotonic() + late_s[n], bus, agent))
            for at_s, bus, agent in sorted(logins, key=lambda login: login[0]):
                time.sleep(max(0.0, at_s - time.monotonic()))
                assert agent.status["problems"], "the status must tell that there is no panel"
                began_s = time.monotonic()
                wait_for_item(stack.enter_context(Panel(bus.address)))
                took_s.append(time.monotonic() - began_s)
                assert 0 == windows(display), "an error box"
                agent.assert_well()
    figure = f"{len(took_s)} of {len(late_s)} late panels: item and menu after {max(took_s):.2f} s at most"
    board.note(load=len(late_s), faults=len(late_s), figure=figure)

    assert max(took_s) <= BACK_S


@pytest.mark.row("R22")
def test_given_a_panel_that_ends_again_and_again_then_the_item_is_back_each_time(
    board: Board, bus: PrivateBus, display: XServer, tmp_path: Path
) -> None:
    """Once each time, and its menu opens."""
    restarts, lots = size(5, 50), random.Random(23)  # noqa: S311 - chance, no secret
    took_s: list[float] = []
    env = session(tmp_path / "home", display.display, bus.address)
    with NotificationServer(bus.address), Panel(bus.address) as panel, Agent(env) as agent:
        wait_for_item(panel)
        for _ in range(restarts):
            panel.stop()
            wait_for(lambda: agent.status["problems"], what="the status to tell")
            time.sleep(lots.choice((0.0, lots.uniform(0.0, 1.0))))
            panel.start()
            began_s = time.monotonic()
            wait_for_item(panel)
            took_s.append(time.monotonic() - began_s)
            assert 1 == len(panel.items)
        wait_for(lambda: not agent.status["problems"], what="no problem")
        agent.assert_well()
    figure = f"back {len(took_s)} of {restarts} times, {max(took_s):.2f} s after the panel at most"
    board.note(load=restarts, faults=restarts, figure=figure)

    assert max(took_s) <= BACK_S


@pytest.mark.row("R22")
@pytest.mark.parametrize("name", ["xfce4-panel", "lxqt-panel"])
def test_given_a_real_panel_that_is_killed_then_the_agents_item_is_back_with_the_next_one(
    board: Board, tmp_path: Path, name: str
) -> None:
    """Each registers items in its own way and at its own time."""
    if reason := missing(*NEEDS[name]) or absent(name):
        pytest.skip(reason)
    restarts, took_s = size(1, 10), []
    with HOSTS[name](tmp_path) as host:
        env = session(tmp_path / "ours", host.screen.env["DISPLAY"], host.bus.address)
        with NotificationServer(host.bus.address), Agent(env) as agent:
            host.start()
            wait_for(lambda: registered(host.bus.address), 3 * BACK_S, "the item")
            for _ in range(restarts):
                host.kill()
                host.start()
                began_s = time.monotonic()
                wait_for(lambda: registered(host.bus.address), 3 * BACK_S, "the item")
                took_s.append(time.monotonic() - began_s)
                assert 1 == host.items()
            agent.assert_well()
    figure = f"{name}: back {len(took_s)} of {restarts} times, {max(took_s):.2f} s at most"
    board.note(load=restarts, faults=restarts, figure=figure)

    assert max(took_s) <= BACK_S


@pytest.mark.row("R22")
def test_given_no_panel_at_all_then_commands_do_all_that_it_does_and_no_box_comes(
    board: Board, display: XServer, tmp_path: Path
) -> None:
    """A prompt is shown and answered, a pause begun and ended, the agent ended."""
    sessions = size(2, 5)
    for n in range(sessions):
        with PrivateBus() as bus, NotificationServer(bus.address) as service:
            env = session(tmp_path / str(n), display.display, bus.address)
            with Agent(env) as agent:
                agent.ask("take", "position")
                service.note()
                said = [deskbreak(env, *words) for words in COMMANDS]
                assert 0 == windows(display.display), "an error box"
                assert [("taken", "answer")] == [
                    (one["outcome"], one["by"]) for one in agent.status["last"]
                ]
                assert [0] * len(COMMANDS) == [ran.status for ran in said], said
                agent.assert_well()
                assert 0 == deskbreak(env, "quit").status
                wait_for(lambda: not agent.is_up, what="the end")
    figure = f"{sessions * (len(COMMANDS) + 1)} commands did what they say, 0 boxes"
    board.note(load=sessions, faults=sessions, figure=figure)
