"""Parts of the desktop that are missing, or die: the agent stays up, and says what is missing."""

from __future__ import annotations

import sys
import time
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.agent import supervisor
from deskbreak.agent.desktop import Given
from deskbreak.agent.desktop_linux import LinuxDesktop
from tests.desktop.desk import SPEED, Agent, Hand, deskbreak, finding, timed
from tests.desktop.parts import PrivateBus, Program, XServer, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the parts are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NEEDED: Final = ("dbus-daemon", "Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

LOOK_S: Final = 2.0
CPU_S: Final = 0.2
"""A loop that spins uses ten times as much in that time."""

GONE: Final = {
    # part: (name in doctor, what status says)
    "display": ("idle", "X server"),
    "bus": ("bus", "session bus"),
    "notifier": ("notifications", "no notification service runs"),
    "panel": ("tray", "no place for tray items"),
}


class Parts:
    """The four parts that an agent wants; each can die and come back."""

    def __init__(self, bus: PrivateBus, display: XServer, env: dict[str, str]) -> None:
        self.bus, self.display = bus, display
        self.notifier = NotificationServer(bus.address)
        self.panel = Panel(bus.address)
        self.env = {**env, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
        self._up: list[Any] = []

    def start(self, *without: str) -> None:
        """Start notifier and panel, but for those *without* which the test goes."""
        if "notifier" not in without and "bus" not in without:
            self.bring("notifier")
        if "panel" not in without and "bus" not in without:
            self.bring("panel")
        if "display" in without:
            del self.env["DISPLAY"]
        if "bus" in without:
            self.env["DBUS_SESSION_BUS_ADDRESS"] = "unix:path=/nowhere"

    def bring(self, part: str) -> None:
        if part == "bus":
            self.bus.start()
            for name in ("notifier", "panel"):
                self.bring(name)
        else:
            getattr(self, part).start()
            self._up.append(getattr(self, part))

    def kill(self, part: str) -> None:
        if part == "bus":
            self.bus.kill()
            self.stop()
        elif part == "display":
            self.display.kill()
        else:
            getattr(self, part).stop()
            self._up.remove(getattr(self, part))

    def stop(self) -> None:
        while self._up:
            self._up.pop().stop()


@pytest.fixture
def parts(bus: PrivateBus, display: XServer, desktop_env: dict[str, str]) -> Iterator[Parts]:
    """Everything that an agent wants; nothing but display and bus is started yet."""
    every = Parts(bus, display, desktop_env)
    yield every
    every.stop()


def kept_s(agent: Agent) -> float:
    """How much time the agent has in its books, of whatever presence."""
    week = agent.ask("stats")["facts"]
    names = ("desk", "away", "locked", "asleep", "off")
    both = (week["total"], week["before"])
    return float(sum(days[f"{name}_seconds"] for days in both for name in names))


@contextmanager
def nothing_lost(agent: Agent) -> Iterator[None]:
    """See that each second of the block is in the books, and that the agent stayed well."""
    before_s, began_s = kept_s(agent), time.monotonic()
    yield
    passed_s = time.monotonic() - began_s
    assert abs(kept_s(agent) - before_s - passed_s) < 2.0
    agent.assert_well()


def assert_no_spin(agent: Agent) -> None:
    """An agent that waits uses next to no processor time."""
    before_s, until_s = agent.cpu_s, time.monotonic() + LOOK_S
    wait_for(lambda: time.monotonic() > until_s, LOOK_S + 5, "time to pass")
    used_s = agent.cpu_s - before_s
    print(f"processor time in {LOOK_S:g} s: {used_s:.2f} s, target below {CPU_S}")  # noqa: T201 - a figure
    assert before_s > 0, "measured something else"
    assert used_s < CPU_S


def has_problem(agent: Agent, words: str) -> bool:
    """Whether the status tells of a problem in these words."""
    return any(words in problem for problem in agent.status["problems"])


# ── not there from the beginning ───────────────────────────────────────────────────────────


def test_given_every_part_when_the_agent_runs_then_nothing_is_missing(parts: Parts) -> None:
    """Where all is well, doctor and status say so, and the agent sleeps."""
    parts.start()
    with Agent(parts.env) as agent:
        parts.panel.item()
        wait_for(lambda: not agent.status["problems"], what="no problem")
        ran = deskbreak(parts.env, "doctor", "--json")

        assert (0, True) == (ran.status, ran.facts["ok"])
        assert_no_spin(agent)
        agent.assert_well()


def test_given_every_part_and_no_agent_when_the_doctor_is_asked_then_nothing_is_missing(
    parts: Parts,
) -> None:
    """Who asks before the first start is not told that the tray does not work."""
    parts.start()
    ran = deskbreak(parts.env, "doctor", "--json")

    assert (0, True) == (ran.status, ran.facts["ok"])
    assert finding(ran.facts, "tray")["ok"]


@pytest.mark.parametrize("part", ["bus", "notifier", "panel"])
def test_given_a_part_that_is_not_there_when_the_agent_starts_then_it_runs_and_says_so(
    parts: Parts, part: str
) -> None:
    """The doctor and the status name it, with one sentence on what to do."""
    name, words = GONE[part]
    parts.start(part)
    with Agent(parts.env) as agent:
        wait_for(lambda: has_problem(agent, words), what=f"the status to tell of the {part}")
        with nothing_lost(agent):
            ran, printed = (deskbreak(parts.env, "doctor", *more) for more in (["--json"], []))
            told = finding(ran.facts, name)

            assert (3, False) == (ran.status, told["ok"])
            assert told["why"]
            assert told["remedy"]
            assert f"- to do: {told['remedy']}" in " ".join(printed.out.split())
            (problem,) = (each for each in agent.status["problems"] if words in each)
            assert f"(to do: {told['remedy']})" in problem
            assert_no_spin(agent)


def test_given_a_display_that_is_not_there_when_the_agent_starts_then_you_count_as_present(
    parts: Parts,
) -> None:
    """DISPLAY names a server that nobody started: no idle time, and it says what to do."""
    parts.start()
    parts.env["DISPLAY"] = ":9876"
    with Agent(parts.env) as agent, nothing_lost(agent):
        wait_for(lambda: has_problem(agent, "you count as present"), what="the problem")
        told = finding(deskbreak(parts.env, "doctor", "--json").facts, "idle")

        assert "desk" == agent.status["presence"]
        assert "start deskbreak from within the desktop session" == told["remedy"]
        assert any(":9876" in refused["why"] for refused in told["refused"])
        assert_no_spin(agent)


def test_given_no_part_at_all_when_the_agent_starts_then_it_runs_without(parts: Parts) -> None:
    """Neither display nor bus: prompts are printed, and everything that is missing is named."""
    parts.start("display", "bus", "notifier", "panel")
    with Agent(parts.env) as agent, nothing_lost(agent):
        facts = deskbreak(parts.env, "doctor", "--json").facts

        assert "desk" == agent.status["presence"]
        assert "Neither a desktop session nor a terminal was found" in agent.output
        assert "terminal" == finding(facts, "notifications")["chosen"]
        for name in ("bus", "idle", "session", "tray"):
            assert not finding(facts, name)["ok"], name
            assert finding(facts, name)["why"]
        assert_no_spin(agent)


def test_given_a_panel_that_comes_late_when_it_is_there_then_so_is_the_item(parts: Parts) -> None:
    """At login the panel is often slower; nobody has to start deskbreak again."""
    parts.start("panel")
    with Agent(parts.env) as agent:
        wait_for(lambda: has_problem(agent, GONE["panel"][1]), what="the problem")
        parts.bring("panel")
        with timed("the item after its panel", 5.0, 20.0):
            item = parts.panel.item()

        assert "deskbreak" == item.properties()["Id"]
        assert "Quit" in item.open().text()
        wait_for(lambda: not agent.status["problems"], what="no problem")
        agent.assert_well()


# ── dying in mid-run ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("part", ["bus", "notifier", "panel"])
def test_given_a_part_that_dies_when_it_comes_back_then_the_agent_goes_on_with_it(
    parts: Parts, part: str
) -> None:
    """Up all the time, not a second lost, told while it lasts, and healed by itself."""
    name, words = GONE[part]
    parts.start()
    with Agent(parts.env) as agent:
        parts.panel.item()
        wait_for(lambda: not agent.status["problems"], what="no problem")
        with nothing_lost(agent):
            parts.kill(part)
            wait_for(lambda: has_problem(agent, words), what=f"the status to tell of the {part}")
            ran = deskbreak(parts.env, "doctor", "--json")
            told = finding(ran.facts, name)

            assert (3, False) == (ran.status, told["ok"])
            assert told["why"]
            assert told["remedy"]
            assert_no_spin(agent)

            parts.bring(part)
            with timed(f"back after the {part}", 10.0, 60.0):
                item = parts.panel.item()
                wait_for(lambda: not agent.status["problems"], 60.0, "no problem")
            assert "Quit" in item.open().text()
            assert 0 == deskbreak(parts.env, "doctor").status


def test_given_a_display_that_dies_when_it_is_gone_then_nobody_is_taken_to_be_at_it(
    parts: Parts,
) -> None:
    """The session is over, whoever lives on: from then on it is an absence, and no desk time."""
    parts.start()
    with Agent(parts.env) as agent:
        wait_for(lambda: agent.status["presence"] == "desk", what="somebody at the desk")
        with nothing_lost(agent):
            parts.kill("display")
            wait_for(lambda: agent.status["presence"] == "locked", what="an absence")
            told = finding(deskbreak(parts.env, "doctor", "--json").facts, "idle")
            desk_s = agent.ask("stats")["facts"]["total"]["desk_seconds"]

            assert has_problem(agent, GONE["display"][1])
            assert not told["ok"]
            assert "twice a minute" in told["remedy"]
            assert_no_spin(agent)
            assert desk_s == agent.ask("stats")["facts"]["total"]["desk_seconds"]
        agent.stop()
        assert "Traceback" not in agent.log


def test_given_a_display_that_died_when_it_is_back_then_idle_time_is_known_again(
    parts: Parts, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without a restart; the same number may come back, as after a new login."""
    for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.setenv(name, parts.env[name])
    monkeypatch.setattr(supervisor, "LOOK_AGAIN_S", 0.05)
    changes: list[bool] = []
    ours = LinuxDesktop(Given(tmp_path, _words(), 1.0, tmp_path / "heartbeat"))
    ours.watch_over(lambda: changes.append(ours.facts().locked))
    try:
        assert ours.facts().idle_s is not None
        parts.kill("display")
        wait_for(lambda: ours.facts().locked, what="the display to be missed")
        assert ours.facts().idle_s is None

        with Program(["Xvfb", parts.env["DISPLAY"], "-nolisten", "tcp"]):
            wait_for(lambda: not ours.facts().locked, what="the display to be found")
            assert ours.facts().idle_s is not None
        wait_for(lambda: ours.facts().locked, what="the display to be missed again")
    finally:
        ours.close()
    assert [True, False, True] == changes[:3]


def _words() -> Any:  # noqa: ANN401 - any catalogue
    import gettext

    return gettext.NullTranslations()


def test_given_nobody_to_show_prompts_when_one_is_due_then_it_waits_for_somebody(
    parts: Parts,
) -> None:
    """It is not lost, not shown twice, and the tray tells that there is one."""
    parts.start("notifier")
    with Agent(parts.env, "--speed", str(SPEED)) as agent, Hand(parts.env):
        agent.ask("take", "position")
        wait_for(lambda: (agent.status["open"] or {}).get("phase") == "failed", what="a failure")
        assert "it could not be shown" in parts.panel.item().open().text()[0]

        parts.bring("notifier")
        with timed("the prompt after the service", 2.0, 20.0):
            note = parts.notifier.note()
        parts.notifier.press(note.id, "done")
        wait_for(lambda: agent.status["open"] is None, what="the end")

        assert [("taken", "answer")] == [(x["outcome"], x["by"]) for x in agent.status["last"]]
        assert 1 == len(parts.notifier.notes)
        agent.assert_well()


@pytest.mark.parametrize("part", ["bus", "notifier"])
def test_given_a_prompt_on_the_screen_when_its_service_goes_then_it_comes_back_with_it(
    parts: Parts, part: str
) -> None:
    """Once, and it can be answered; one that was answered meanwhile stays away."""
    parts.start()
    with Agent(parts.env) as agent:
        agent.ask("take", "position")
        parts.notifier.note()
        parts.kill(part)
        parts.notifier.on_screen.clear()  # a process that ends has no screen
        wait_for(lambda: agent.status["problems"], what="the status to tell")
        # While the last way out is being tried the service may come in time for that one.
        wait_for(lambda: "channel plyer: refused" in agent.log, what="every way to be refused")
        parts.bring(part)
        with timed(f"the prompt after the {part}", 2.0, 20.0):
            note = parts.notifier.note(2)
        parts.notifier.press(note.id, "done")
        wait_for(lambda: agent.status["last"], what="the answer")
        assert (2, {}) == (len(parts.notifier.notes), parts.notifier.on_screen)

        agent.ask("take", "stretch")
        parts.notifier.note(3)
        parts.kill(part)
        agent.ask("answer", "skip")
        parts.notifier.on_screen.clear()
        parts.bring(part)
        wait_for(lambda: not agent.status["problems"], 60.0, "no problem")
        assert 3 == len(parts.notifier.notes)
        agent.assert_well()


def test_given_all_parts_when_all_die_at_once_then_the_agent_still_ends_in_good_order(
    parts: Parts,
) -> None:
    """As at a log-out: everything goes, then we are told to end; what we know is kept."""
    parts.start()
    with ExitStack() as stack:
        agent = stack.enter_context(Agent(parts.env))
        parts.panel.item()
        kept_before_s = kept_s(agent)
        parts.kill("bus")
        parts.kill("display")
        with timed("the end", 5.0, 20.0):
            agent.stop()
        assert "Traceback" not in agent.output + agent.log
        with Agent(
            {**parts.env, "DISPLAY": "", "DBUS_SESSION_BUS_ADDRESS": "unix:path=/no"}
        ) as next_:
            assert kept_s(next_) >= kept_before_s
