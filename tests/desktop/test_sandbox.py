"""The agent in a sandbox as Flatpak makes it: it sees the portal, which shows its prompts."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.desktop.desk import Agent, deskbreak
from tests.desktop.matrix import cell, not_here
from tests.desktop.notifiers import OnRealPortal, press_through
from tests.desktop.parts import missing, wait_for

if sys.platform != "linux":
    pytest.skip("Flatpak is a program for Linux", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

PORT, HERE = "prompts, portal", "sandbox"

INFO = """[Application]
name=org.deskbreak.Deskbreak
runtime=runtime/org.freedesktop.Platform/x86_64/23.08

[Instance]
instance-id=1
"""
"""What the portal reads in the sandbox of whoever calls it. Source: flatpak-metadata(5)."""


def boxed(info: Path) -> list[str]:
    """Return what begins a command that sees everything, in a sandbox that says so."""
    argv = ["bwrap", "--die-with-parent"]
    for path in sorted(Path("/").iterdir()):
        if path.is_symlink():
            argv += ["--symlink", str(path.readlink()), str(path)]
        elif path.is_dir() and path.name not in ("proc", "dev"):
            argv += ["--bind", str(path), str(path)]
    return [*argv, "--proc", "/proc", "--dev", "/dev", "--ro-bind", str(info), "/.flatpak-info"]


@pytest.fixture
def screen(tmp_path: Path) -> Iterator[OnRealPortal]:
    """The real portal, with a home of its own."""
    home = tmp_path / "home"
    home.mkdir(mode=0o700)
    if why := OnRealPortal.missing() or missing("bwrap"):
        not_here(PORT, HERE, why)
    (tmp_path / "info").write_text(INFO, encoding="utf-8")
    ran = subprocess.run(
        [*boxed(tmp_path / "info"), "true"], capture_output=True, text=True, check=False
    )
    if ran.returncode:
        not_here(PORT, HERE, f"bwrap cannot run here: {ran.stderr.strip()}")
    with OnRealPortal(home) as real:
        real.env["DBUS_SYSTEM_BUS_ADDRESS"] = "unix:path=/nowhere"
        yield real


def test_given_a_sandbox_when_a_prompt_is_due_then_the_portal_shows_it_and_brings_the_answer(
    screen: OnRealPortal, tmp_path: Path
) -> None:
    """The real agent, the real portal; its name there is that of its sandbox."""
    cell(PORT, HERE)
    agent = Agent(screen.env)
    agent.argv = [*boxed(tmp_path / "info"), *agent.argv]
    with agent:
        agent.ask("take", "position")
        note = screen.server.note()
        assert ("s", "org.deskbreak.Deskbreak") == note.hints["desktop-entry"]
        assert [("done::1", "Done"), ("postpone::1", "In 5 minutes"), ("skip::1", "Skip")] == list(
            zip(note.actions[2::2], note.actions[3::2], strict=True)
        )
        press_through(screen.server, "done")
        wait_for(lambda: agent.status["last"], what="the answer")
        assert ("taken", "answer") == tuple(agent.status["last"][0][x] for x in ("outcome", "by"))

        agent.ask("take", "stretch")
        screen.server.note(2)
        agent.ask("answer", "skip")
        wait_for(lambda: not screen.server.on_screen, what="it to be withdrawn")

        told = {x["name"]: x for x in deskbreak(screen.env, "doctor", "--json").facts["findings"]}
        assert ("portal", True) == (
            told["notifications"]["chosen"],
            told["notifications"]["ok"],
        )
        agent.assert_well()
