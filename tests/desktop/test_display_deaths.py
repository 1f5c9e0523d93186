"""The display dies under the agent: it goes on without, or ends in good order, and never spins."""

from __future__ import annotations

import os
import signal
import sys
import time
from contextlib import ExitStack
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.storage.store import Store
from tests.board import size
from tests.desktop.desk import Agent
from tests.desktop.desks import Sway
from tests.desktop.matrix import NEEDS
from tests.desktop.parts import PrivateBus, XServer, missing, wait_for
from tests.doubles.compositor import Compositor
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("these displays are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.board import Board

NEEDED: Final = ("dbus-daemon", "Xvfb")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

END_S: Final = 5.0
LOOK_S: Final = 1.0
SHARE: Final = 0.1
"""Of a processor in the second after the death: whoever spins uses all of one."""

Death = tuple[dict[str, str], "Callable[[], None]"]


@pytest.fixture(params=["Xvfb", "Wayland", "sway"])
def displays(request: pytest.FixtureRequest) -> Iterator[Callable[[], Death]]:
    """Start displays; each comes as what names it to programs, and what lets it die."""
    if request.param == "sway" and (reason := missing(*NEEDS["sway"])):
        pytest.skip(reason)
    with ExitStack() as stack:

        def xvfb() -> Death:
            server = stack.enter_context(XServer())
            return {"DISPLAY": server.display}, server.kill

        def wayland() -> Death:
            compositor = Compositor()
            compositor.start()
            return {"WAYLAND_DISPLAY": compositor.path}, compositor.stop

        def sway() -> Death:
            compositor = stack.enter_context(Sway())
            return {"WAYLAND_DISPLAY": compositor.path}, compositor.kill

        yield {"Xvfb": xvfb, "Wayland": wayland, "sway": sway}[request.param]


@pytest.mark.row("R24")
def test_given_a_display_that_dies_then_the_agent_is_alone_without_spinning_and_keeps_its_state(
    request: pytest.FixtureRequest,
    board: Board,
    bus: PrivateBus,
    tmp_path: Path,
    displays: Callable[[], Death],
) -> None:
    """Nobody can be at a desk that is gone; asked to end it ends at once, and all is kept."""
    deaths = size(2, 20)
    took_s: list[tuple[float, float, float]] = []
    with NotificationServer(bus.address), Panel(bus.address):
        for n in range(deaths):
            named, dies = displays()
            env = session(tmp_path / str(n), bus) | named
            with Agent(env) as agent:
                wait_for(lambda: agent.status["presence"] == "desk", what="somebody at the desk")
                took_s.append(_live_through(agent, dies, by_signal=n % 2 == 1))
                assert "Traceback" not in agent.output + agent.log
                state = _saved_at_s(agent)
                assert abs(time.time() - state) < END_S + 2.0
    noticed_s, share, ended_s = (max(column) for column in zip(*took_s, strict=True))
    figure = (
        f"{request.node.callspec.id}: {len(took_s)} of {deaths} noticed, after {noticed_s:.2f} s at most, {share:.1%} of a "
        f"processor after that, ended after {ended_s:.2f} s at most with its state"
    )
    board.note(load=deaths, faults=deaths, figure=figure)

    assert noticed_s <= END_S
    assert share < SHARE
    assert ended_s <= END_S


def session(folder: Path, bus: PrivateBus) -> dict[str, str]:
    """Return the environment of a session on *bus*, without a display."""
    folder.mkdir()
    (folder / "run").mkdir(mode=0o700)
    return {
        "PATH": os.environ.get("PATH", os.defpath),
        "LANG": "C.UTF-8",
        "HOME": str(folder),
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        "XDG_RUNTIME_DIR": str(folder / "run"),
    }


def _live_through(
    agent: Agent, dies: Callable[[], None], *, by_signal: bool
) -> tuple[float, float, float]:
    """Let the display die and the agent end; return when it knew, its share of a CPU, and its end."""
    dies()
    began_s = time.monotonic()
    wait_for(lambda: agent.status["presence"] == "locked", 3 * END_S, "the display to be missed")
    noticed_s = time.monotonic() - began_s
    assert agent.status["problems"]
    before_s, since_s = agent.cpu_s, time.monotonic()
    time.sleep(LOOK_S)
    share = (agent.cpu_s - before_s) / (time.monotonic() - since_s)
    ending_s = time.monotonic()
    if by_signal:
        os.kill(agent.pid, signal.SIGTERM)
    else:
        agent.ask("quit")
    wait_for(lambda: not agent.is_up, 3 * END_S, "the end")
    assert 0 == agent.returncode, agent.output
    return noticed_s, share, time.monotonic() - ending_s


def _saved_at_s(agent: Agent) -> float:
    """Return when (wall clock) the state that is on the disk was."""
    with Store.open(agent.places.history, read_only=True) as store:
        saved = store.load_saved()
    assert saved is not None
    return saved.state.at.unix_s
