"""Threads of the real agent that hang or end: noticed, told, and cured; and no second prompt."""

from __future__ import annotations

import sys
import time
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak import door
from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import NotRunning
from tests.board import size
from tests.desktop.desk import Agent, deskbreak, finding
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the parts are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board import Board

pytestmark = pytest.mark.skipif(
    missing("dbus-daemon", "Xvfb") is not None, reason=str(missing("dbus-daemon", "Xvfb"))
)

LOOK_S: Final = 0.5
"""Between two looks here; 20 s in an agent that nobody tests, which scales all that is measured."""
PARTS: Final = (
    *("agent", "writer", "tray", "tray-draws", "idle-x11"),
    *("delivery", "holds", "bus-session", "pulse", "door"),
)
STOPS_ALL: Final = ("agent", "writer")
"""Without these nothing goes on, so nobody waits for a quiet moment."""


class Struck(Agent):
    """An agent whose parts can be struck."""

    def __init__(self, env: dict[str, str], folder: Path, *, soon_s: float = 0.0) -> None:
        folder.mkdir()
        self.folder = folder
        more = {"FAULTS": str(folder), "LOOK": str(LOOK_S), "SOON": str(soon_s)}
        super().__init__({**env, **more})
        self.argv[self.argv.index("deskbreak")] = "tests.doubles.faulty"

    def strike(self, fault: str, part: str) -> None:
        """Have it so; returns when it is."""
        file = self.folder / f"{fault}-{part}"
        file.touch()
        if part == "door":
            wait_for(lambda: self._is_struck(file), 10.0, f"{file.name}")
        wait_for(lambda: not file.exists(), 10.0, f"{file.name}")

    def _is_struck(self, file: Path) -> bool:
        with suppress(Refusal, NotRunning):
            self.ask_for(0.2)
        return not file.exists()

    def ask_for(self, timeout_s: float) -> dict[str, Any]:

        return door.ask(self.places.runtime, Command("status"), timeout_s)

    @property
    def renewals(self) -> int:
        """How often it has started anew."""
        return self.log.count("deskbreak starts anew")

    def is_renewed(self, after: int) -> bool:
        """Whether it has started anew since it had done so *after* times, and answers."""
        if self.renewals <= after:
            return False
        with suppress(Refusal, NotRunning):
            return bool(self.ask_for(2.0)["ok"])
        return False


@dataclass(frozen=True, slots=True)
class Scene:
    """A desktop with all that an agent wants."""

    env: dict[str, str]
    server: NotificationServer
    panel: Panel
    folder: Path  # for the saboteur

    def agent(self, *, soon_s: float = 0.0) -> Struck:
        """Return one whose parts can be struck; one that started anew less than *soon_s* ago does not again."""
        return Struck(self.env, self.folder, soon_s=soon_s)


@pytest.fixture
def scene(desktop_env: dict[str, str], bus: PrivateBus, tmp_path: Path) -> Iterator[Scene]:
    """The desktop of a session without logind."""
    env = {**desktop_env, "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere"}
    with NotificationServer(bus.address) as server, Panel(bus.address) as panel:
        yield Scene(env, server, panel, tmp_path / "faults")


@pytest.mark.row("R35")
@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("fault", ["hang", "kill"])
def test_given_a_thread_that_stops_when_no_prompt_is_open_then_there_is_a_new_agent_soon(
    scene: Scene,
    part: str,
    fault: str,
    board: Board,
) -> None:
    """Whichever it is: noticed within two looks, the process stays the same, and no prompt is shown."""
    times, took = size(1, 25), []  # 50 of each part, half of them hang
    with scene.agent() as agent:
        scene.panel.item()
        number = agent.pid
        for _ in range(times):
            before = agent.renewals
            agent.strike(fault, part)
            began_s = time.monotonic()
            wait_for(lambda: agent.renewals > before, 15.0, "the next agent")  # noqa: B023 - called at once
            took.append(time.monotonic() - began_s)
            wait_for(lambda: agent.is_renewed(before), 15.0, "its answer")  # noqa: B023 - called at once
            scene.panel.item()
        found = finding(deskbreak(scene.env, "doctor", "--json").facts, "threads")

        assert (number, times) == (agent.pid, agent.renewals)
        assert agent.is_up
        assert found["ok"]
        assert [] == scene.server.notes
    board.note(load=times, faults=times, figure=f"{part} {fault}: {max(took) / LOOK_S:.1f} looks")
    assert max(took) < 3 * LOOK_S + 2.0


def open_prompt(agent: Struck, server: NotificationServer) -> None:
    """Have a prompt on the screen."""
    agent.ask("take", "position")
    server.note()
    wait_for(lambda: agent.status["open"], what="the prompt")


@pytest.mark.row("R35")
@pytest.mark.parametrize("part", sorted({*PARTS} - {*STOPS_ALL} - {"door", "tray-draws"}))
def test_given_a_prompt_on_the_screen_when_a_thread_hangs_then_it_is_told_and_waits_for_the_answer(
    scene: Scene,
    part: str,
    board: Board,
) -> None:
    """Nobody is interrupted while they are being asked; status, doctor and the icon say what is wrong."""
    with scene.agent() as agent:
        item = scene.panel.item()
        open_prompt(agent, scene.server)
        agent.strike("hang", part)
        wait_for(lambda: told(agent, part), what="the status to tell")
        found = finding(deskbreak(scene.env, "doctor", "--json").facts, "threads")
        if part != "bus-session":  # which would have to carry the news
            wait_for(
                lambda: str(item.properties()["IconName"]).endswith("problem"), what="the icon"
            )

        assert not found["ok"]
        assert "as soon as no prompt is open" in found["why"]
        assert (0, 1) == (agent.renewals, len(scene.server.notes))

        agent.ask("answer", "done")
        wait_for(lambda: agent.is_renewed(0), 15.0, "the next agent")
        assert [("taken", "answer")] == [(x["outcome"], x["by"]) for x in agent.status["last"]]
        assert 1 == len(scene.server.notes)
        wait_for(lambda: not scene.server.on_screen, what="an empty screen")
    board.note(load=1, faults=1, figure=f"{part}: told, answered once, 1 prompt shown")


def told(agent: Struck, part: str) -> bool:
    """Whether the status names *part* among what is wrong."""
    return any(f"does not work ({part})" in problem for problem in agent.status["problems"])


@pytest.mark.row("R35")
@pytest.mark.parametrize("part", STOPS_ALL)
@pytest.mark.parametrize("fault", ["hang", "kill"])
def test_given_a_prompt_on_the_screen_when_the_loop_stops_then_it_stays_the_only_one(
    scene: Scene,
    part: str,
    fault: str,
    board: Board,
) -> None:
    """The next agent takes it over, and the one answer to it counts once."""
    with scene.agent() as agent:
        scene.panel.item()
        open_prompt(agent, scene.server)
        agent.strike(fault, part)
        wait_for(lambda: agent.is_renewed(0), 15.0, "the next agent")
        wait_for(lambda: agent.status["open"], 30.0, "the prompt")
        scene.panel.item()

        assert len(scene.server.on_screen) <= 1
        first, *later = scene.server.notes
        assert {first.id} >= {note.replaces_id for note in later}
        agent.ask("answer", "done")
        wait_for(lambda: not scene.server.on_screen, what="an empty screen")
        assert [("taken", "answer")] == [(x["outcome"], x["by"]) for x in agent.status["last"]]
    board.note(load=1, faults=1, figure=f"{part} {fault}: 1 prompt on the screen, answered once")


@pytest.mark.row("R35")
def test_given_an_agent_that_was_started_anew_when_a_thread_hangs_again_then_it_only_says_so(
    scene: Scene, board: Board
) -> None:
    """What a new start did not cure is not cured by another; prompts go on, and quit ends it."""
    with scene.agent(soon_s=600.0) as agent:
        scene.panel.item()
        agent.strike("hang", "tray")
        wait_for(lambda: agent.is_renewed(0), 15.0, "the next agent")
        scene.panel.item()
        agent.strike("hang", "tray")
        wait_for(lambda: told(agent, "tray"), what="the status to tell")
        until_s = time.monotonic() + 4 * LOOK_S
        wait_for(lambda: time.monotonic() > until_s, what="time to pass")
        (problem,) = (each for each in agent.status["problems"] if "tray" in each)
        open_prompt(agent, scene.server)

        assert 1 == agent.renewals
        assert "deskbreak quit" in problem
        agent.ask("answer", "done")
        assert 0 == deskbreak(scene.env, "quit").status
        wait_for(lambda: agent.returncode is not None, 15.0, "its end")
        assert 0 == agent.returncode
    board.note(load=2, faults=2, figure="the second time within 10 min: told, not started anew")


@pytest.mark.row("R35")
@pytest.mark.parametrize("part", STOPS_ALL)
def test_given_an_agent_that_was_started_anew_when_its_loop_ends_again_then_a_notification_says_so(
    scene: Scene, part: str, board: Board
) -> None:
    """It is gone then, but not without a word; the log has the rest."""
    with scene.agent(soon_s=600.0) as agent:
        agent.strike("kill", part)
        wait_for(lambda: agent.is_renewed(0), 15.0, "the next agent")
        scene.panel.item()
        agent.strike("kill", part)
        wait_for(lambda: agent.returncode is not None, 15.0, "its end")
        note = scene.server.note()

        assert (1, "deskbreak has ended.") == (agent.returncode, note.summary)
        assert "went wrong" in note.body
        assert "went wrong" in agent.output
        assert 1 == len(scene.server.notes)
    board.note(load=2, faults=2, figure=f"{part} killed twice in 10 min: ended, and said so")
