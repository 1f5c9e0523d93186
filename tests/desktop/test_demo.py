"""The demo as a person starts it: a day with notifications and tray, and what it leaves behind."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Final

import pytest

from deskbreak import door
from tests.desktop.desk import Agent, Ran, at_home, deskbreak
from tests.desktop.parts import Dunst, PrivateBus, Program, XfcePanel, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the desktop of the tests is made of Linux programs", allow_module_level=True)

FAST: Final = """\
from functools import partial
from deskbreak.agent import compose
from deskbreak.agent.player import Tempo
tell = partial(print, flush=True)
tell(*compose.demo(tell, debug=False, tempo=Tempo(20_000.0, 1.0, 0.0))["lines"], sep="\\n")
"""
"""The same day in a quarter of the time."""
BUSY: Final = (
    "deskbreak: deskbreak is running, and the demo needs its place. "
    "End it with “deskbreak quit”; start it again after the demo."
)


class Demo(Program):
    """A demo that runs: ready when it answers commands."""

    def __init__(self, env: dict[str, str], *argv: str) -> None:
        runtime = Path(env["XDG_RUNTIME_DIR"]) / "deskbreak"
        self.runtime = runtime
        super().__init__([sys.executable, *argv], at_home(env), lambda: door.is_running(runtime))

    def ended(self, timeout_s: float) -> int:
        """Wait for the end; return the exit status."""
        wait_for(lambda: self.returncode is not None, timeout_s, "the end of the day")
        assert self.returncode is not None
        assert "Traceback" not in self.output, self.output
        return self.returncode


def left_behind(env: dict[str, str]) -> list[str]:
    """Name the files below the person's home and runtime folder, without log and lock."""
    folders = (Path(env["HOME"]), Path(env["XDG_RUNTIME_DIR"]))
    found = sorted(path.name for folder in folders for path in folder.rglob("*") if path.is_file())
    return [name for name in found if name not in ("deskbreak.log", "lock")]


@pytest.fixture
def env(bus: PrivateBus, tmp_path: Path) -> dict[str, str]:
    """A desktop without a screen: what shows things is a double on the bus."""
    home, runtime = tmp_path / "home", tmp_path / "run"
    home.mkdir()
    runtime.mkdir(mode=0o700)
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "HOME": str(home),
        "DISPLAY": ":none",  # nobody asks it: idle time is the day's
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        "XDG_RUNTIME_DIR": str(runtime),
    }


def test_given_a_desktop_when_the_demo_runs_then_the_day_is_seen_there_and_leaves_nothing(
    bus: PrivateBus, env: dict[str, str]
) -> None:
    """Notifications, the menu, an answer by hand, commands, statistics; and no trace of it."""
    notifier, panel = NotificationServer(bus.address), Panel(bus.address)
    with notifier, panel, Demo(env, "-c", FAST) as demo:
        notifier.press(notifier.note().id, "skip")
        wait_for(lambda: "09:20 Change position: skipped" in demo.output, what="the answer")
        second = deskbreak(env, "run")
        said = deskbreak(env, "status").out
        quiet = "Quiet: microphone or camera in use"
        wait_for(lambda: panel.item().menu().children[0].label == quiet, 20.0, "the call")
        week = panel.item().menu().find("This week").children[0].label

        assert 0 == demo.ended(60.0)
        out = demo.output

    assert 1 == second.status
    assert "Change position: skipped" in said
    assert week.startswith("Mon: 1:")
    assert {"deskbreak"} == {note.app_name for note in notifier.notes}
    assert len(notifier.notes) >= 8
    assert not notifier.on_screen
    assert out.startswith("A working day in about a minute, with default settings")
    assert "No desktop session" not in out
    assert "by answer" in out
    assert [] == left_behind(env)


def test_given_the_running_agent_when_the_demo_is_started_then_one_line_says_what_to_do(
    env: dict[str, str],
) -> None:
    """There can be one at a time; the one that runs stays as it is."""
    with Agent(env) as agent:
        ran = deskbreak(env, "demo")

        assert Ran(1, "", BUSY + "\n") == ran
        agent.assert_well()


def test_given_the_demo_when_it_is_interrupted_then_it_ends_with_its_statistics_so_far(
    env: dict[str, str],
) -> None:
    """Ctrl+C is no failure: who has seen enough still gets the figures."""
    with Demo(env, "-m", "deskbreak", "demo") as demo:
        wait_for(lambda: "09:20 Change position: " in demo.output, what="a prompt")
        os.kill(demo.pid, signal.SIGINT)

        assert 0 == demo.ended(10.0)
        assert "Mon 2026-03-02   0:20" in demo.output
        assert [] == left_behind(env)


def test_given_no_desktop_when_the_demo_runs_for_a_program_then_that_gets_facts_alone(
    env: dict[str, str],
) -> None:
    """Prompts are printed where people read, and the facts are those of `stats`."""
    del env["DISPLAY"], env["DBUS_SESSION_BUS_ADDRESS"]
    with subprocess.Popen(
        [sys.executable, "-m", "deskbreak", "demo", "--json"],
        env=at_home(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as demo:
        assert demo.stderr is not None
        told = ""
        while "09:20 Change position: taken" not in told and (line := demo.stderr.readline()):
            told += line
        demo.send_signal(signal.SIGINT)
        out, _ = demo.communicate(timeout=10.0)

    assert 0 == demo.returncode
    monday = json.loads(out)["days"][0]
    assert "2026-03-02" == monday["date"]
    assert 1 <= monday["kinds"]["position"]["taken"]
    assert "No desktop session was found, so prompts are printed here." in told
    assert "Answer with one of these commands." in told


@pytest.mark.skipif(
    missing("dunst", "dunstctl", "xfce4-panel", "xfconfd", "Xvfb") is not None,
    reason=str(missing("dunst", "dunstctl", "xfce4-panel", "xfconfd", "Xvfb")),
)
def test_given_dunst_and_a_panel_when_the_demo_runs_then_prompts_come_and_it_takes_a_minute(
    desktop_env: dict[str, str], tmp_path: Path
) -> None:
    """What people see is what the doubles were told, and it takes no longer than was said."""
    env = {**desktop_env, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    panel, began_s = XfcePanel(env, tmp_path / "panel"), time.monotonic()
    with Dunst(env), panel, Demo(env, "-m", "deskbreak", "demo") as demo:

        def is_shown() -> bool:
            count = ["dunstctl", "count", "displayed"]
            return "1" == subprocess.check_output(count, env=env, text=True).strip()

        wait_for(is_shown, 20.0, "a prompt on the screen")
        wait_for(lambda: not is_shown(), 20.0, "its end")
        assert 0 == demo.ended(120.0)
        assert "No desktop session" not in demo.output
        assert "This week: 6 of 7 prompted breaks taken (86 %), 1 by resting" in demo.output
    took_s = time.monotonic() - began_s

    print(f"the demo took {took_s:.1f} s, about a minute is promised")  # noqa: T201 - a figure
    assert 50.0 < took_s < 90.0
