"""The package is replaced or removed while the agent runs."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.words import Refusal
from tests.board import size
from tests.desktop.desk import REPOSITORY, Agent, Ran, killed, midday
from tests.desktop.parts import wait_for

if sys.platform == "win32":
    pytest.skip("Windows replaces no file of a program that runs", allow_module_level=True)

if TYPE_CHECKING:
    from pathlib import Path

    from tests.board import Board

PARTS: Final = ("deskbreak", "config", "icons")
COMMANDS: Final = (
    ("status",),
    ("status", "--why", "12:00"),
    ("doctor",),
    ("stats",),
    ("erase", "--before", "2020-01-01", "--yes"),
    ("pause", "30m"),
    ("resume",),
)
OURS: Final = "private_folder"
THEIRS: Final = "own_folder"
"""What the next version calls something that much of it imports."""


def copied(folder: Path) -> Path:
    """Return a package as a package manager leaves it, without what only we have."""
    for part in PARTS:
        shutil.copytree(
            REPOSITORY / part, folder / part, ignore=shutil.ignore_patterns("__pycache__")
        )
    return folder


def next_version(folder: Path) -> Path:
    """Return the package of another version, in which much is called something else."""
    copied(folder)
    for path in folder.glob("deskbreak/**/*.py"):
        text = path.read_text(encoding="utf-8").replace(OURS, THEIRS)
        path.write_text(text, encoding="utf-8")
    (folder / "deskbreak" / "__init__.py").write_text('"""deskbreak."""\n__version__ = "9.9.9"\n')
    return folder


def updated(installed: Path, new: Path, share: float) -> None:
    """Put each file in the place of the old one, as dpkg does, or only some of them."""
    paths = sorted(path.relative_to(new) for path in new.glob("**/*") if path.is_file())
    paths.sort(key=lambda path: path.parts[0] != "deskbreak")
    for path in paths[: round(share * len(paths))]:
        staged = installed / path.with_name(f"{path.name}.dpkg-new")
        staged.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(new / path, staged)
        staged.replace(installed / path)


class Installed(Agent):
    """The agent of a package in a folder of its own."""

    def __init__(self, env: dict[str, str], package: Path) -> None:
        super().__init__(env, "--speed", "120")
        assert self.env is not None
        self.env["PYTHONPATH"] = str(package)
        self.argv.insert(1, "-P")  # not what lies in the folder that the tests run in

    def command(self, *argv: str) -> Ran:
        """Run a command of what is installed now."""
        command = [sys.executable, "-P", "-m", "deskbreak", *argv]
        ran = subprocess.run(
            command,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)

    def says_so(self) -> bool:
        """Whether it tells that it is an old one; leaves it the time for a look of its own."""
        time.sleep(0.5)
        return any("was updated or removed while it runs" in one for one in self.status["problems"])


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """The environment of somebody without a desktop."""
    (tmp_path / "run").mkdir(mode=0o700)
    return {
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "TZ": midday(),
        "HOME": str(tmp_path / "home"),
        "XDG_RUNTIME_DIR": str(tmp_path / "run"),
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
    }


@pytest.mark.row("R27")
@pytest.mark.parametrize(
    ("way", "share"), [("updated", 1.0), ("half updated", 0.5), ("removed", 0.0)]
)
def test_given_a_package_that_is_replaced_then_the_agent_says_so_and_goes_on(
    way: str, share: float, env: dict[str, str], tmp_path: Path, board: Board
) -> None:
    """No traceback reaches anybody, the old agent does what it can, and the next one has its state."""
    new, times, ran = next_version(tmp_path / "new"), size(1, 10), 0
    for number in range(times):
        installed = copied(tmp_path / f"installed-{number}")
        with Installed(env, installed) as agent:
            assert agent.ask("take", "stretch")["ok"]
            wait_for(lambda: agent.status["open"], what="the prompt")
            if way == "removed":
                shutil.rmtree(installed)
            else:
                updated(installed, new, share)
            wait_for(agent.says_so, 10.0, "the agent to say so")
            for argv in COMMANDS if way == "updated" else ():
                told = agent.command(*argv)
                ran += 1
                assert "Traceback" not in told.out + told.err, told
                assert "another version; start it anew" in told.err, (argv, told)
            with suppress(Refusal):  # what this needs is no longer there; all else still works
                agent.ask("erase", "2020-01-01")
            assert agent.ask("answer", "done")["ok"]
            wait_for(lambda: agent.status["last"], what="its end")
            assert "Traceback" not in agent.output
            killed(agent)
        updated(installed, new, 1.0)
        with Installed(env, installed) as agent:
            assert ["stretch"] == [one["kind"] for one in agent.status["last"]]
            assert not agent.says_so()
            assert "Traceback" not in agent.output  # the log may tell of what was missing
            agent.ask("quit")
    board.note(load=max(ran, times), faults=times, figure=f"{way} {times} times, 0 tracebacks")
