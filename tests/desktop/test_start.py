"""How deskbreak comes to run: a first start, a second one from a menu of programs, a log-in."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desktop.desk import Agent, deskbreak
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the parts are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    missing("dbus-daemon", "Xvfb") is not None, reason=str(missing("dbus-daemon", "Xvfb"))
)


@pytest.fixture
def env(desktop_env: dict[str, str]) -> dict[str, str]:
    """The environment of a session without logind."""
    return {**desktop_env, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}


@pytest.fixture
def server(bus: PrivateBus) -> Iterator[NotificationServer]:
    """A notification service with everything."""
    with NotificationServer(bus.address) as running:
        yield running


def entry(env: dict[str, str]) -> Path:
    """Where the entry in the menu of programs is."""
    return Path(env["XDG_DATA_HOME"], "applications/deskbreak.desktop")


def test_given_a_first_start_then_menus_have_deskbreak_until_it_is_taken_out(
    env: dict[str, str], server: NotificationServer
) -> None:
    """It is said, once; what was taken out stays out, and a trial writes nothing."""
    with Agent(env, "--speed", "60"):
        pass
    assert not entry(env).exists()
    with Agent(env) as agent:
        assert entry(env).exists()
        wait_for(lambda: "launcher remove" in agent.output, what="the word about it")
    assert 0 == deskbreak(env, "launcher", "remove").status
    with Agent(env) as agent:
        wait_for(lambda: "deskbreak is running" in agent.output, what="the greeting")
        assert "launcher remove" not in agent.output
        assert not entry(env).exists()
        agent.assert_well()


def test_given_a_running_agent_when_it_is_started_from_a_menu_then_it_shows_itself(
    env: dict[str, str], server: NotificationServer, bus: PrivateBus
) -> None:
    """State, week, pause and what cannot be done come as notifications; a break as itself."""
    with Panel(bus.address) as panel, Agent(env) as agent:
        panel.item()
        wait_for(lambda: not agent.status["problems"], what="no problem")
        told = []
        for number, wish in enumerate(((), ("stats",), ("pause",), ("resume",), ("resume",)), 1):
            ran = deskbreak(env, "run", "--launched", *wish)
            assert (0, "", "") == (ran.status, ran.out, ran.err)
            told.append(server.note(number).summary)
        refused = server.notes[-1].body
        deskbreak(env, "run", "--launched", "take")
        wait_for(lambda: agent.status["open"], what="the break")

        assert ["Change position in 20 min", "Statistics"] == told[:2]
        assert told[2].startswith("Quiet: paused until ")
        assert "deskbreak is not paused" == refused
        server.note(6)
        wait_for(lambda: 1 == len(server.on_screen), what="the prompt alone")
        agent.assert_well()


def test_given_no_agent_when_a_wish_comes_from_a_menu_then_it_runs_and_does_it(
    env: dict[str, str], server: NotificationServer
) -> None:
    """Who chooses a break there need not know that nothing ran."""
    with Agent(env, "--launched", "take") as agent:
        wait_for(lambda: agent.status["open"], what="the break")
        assert agent.status["open"]["asked"]
        server.note()
        agent.assert_well()


def test_given_the_menu_when_start_at_login_is_chosen_then_it_is_switched(
    env: dict[str, str], server: NotificationServer, bus: PrivateBus
) -> None:
    """On and off; switched elsewhere it is ticked at the next look, and doctor knows."""
    file = Path(env["XDG_CONFIG_HOME"], "autostart/deskbreak.desktop")
    with Panel(bus.address) as panel, Agent(env) as agent:
        item = panel.item()
        ticked = "[x] Start at login"
        assert "  [ ] Start at login" in item.open().text()
        item.choose("Settings", "Start at login")
        wait_for(file.exists, what="the entry")
        wait_for(lambda: f"  {ticked}" in item.open().text(), what="the tick")
        found = deskbreak(env, "doctor", "--json").facts["findings"]
        (told,) = (each for each in found if each["name"] == "autostart")
        assert (True, str(file)) == (told["ok"], told["chosen"])

        file.write_text(file.read_text() + "Hidden=true\n")
        assert "  [ ] Start at login" in item.open().text()
        deskbreak(env, "autostart", "enable")
        assert f"  {ticked}" in item.open().text()
        item.choose("Settings", "Start at login")
        wait_for(lambda: not file.exists(), what="the entry to go")
        agent.assert_well()
