"""A whole desk for tests: the agent as a real process, its commands, and a hand on the mouse."""

from __future__ import annotations

import json
import locale
import os
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from unittest.mock import patch

from deskbreak import cli, door
from deskbreak.core.model import Command
from deskbreak.storage import files
from tests.desktop.parts import Program, wait_for
from tests.homes import NO_BROWSER

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

REPOSITORY: Final = Path(__file__).parents[2]
SPEED: Final = 120
"""Twenty minutes in ten seconds: the first prompt comes while one looks on."""

_MOVE_S: Final = 0.15  # 18 s at this speed: a lull each time, and never an absence
_MOVES: Final = 800  # two minutes; the hand rests when the test says so


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:  # noqa: ANN401 - whatever JSON says
        return json.loads(self.out)

    @property
    def complaints(self) -> list[str]:
        return self.err.splitlines()


class Here:
    """Commands in this process, which is quicker."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *argv: str) -> Ran:
        try:
            status = cli.main(argv)
        except SystemExit as exit_:
            status = int(exit_.code or 0)
        out, err = self._capsys.readouterr()
        assert "Traceback" not in out + err, err
        return Ran(status, out, err)


def deskbreak(env: Mapping[str, str], *argv: str, timeout_s: float = 20.0) -> Ran:
    """Run one command as a person does; it never shows a traceback."""
    ran = subprocess.run(
        [sys.executable, "-m", "deskbreak", *argv],
        env=at_home(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=timeout_s,
    )
    out, err = _text(ran.stdout), _text(ran.stderr)
    assert "Traceback" not in out + err, err
    return Ran(ran.returncode, out, err)


def _text(printed: bytes) -> str:
    """Return what a command printed, on Windows in the encoding and with the ends of lines of old."""
    encoding = locale.getencoding() if sys.platform == "win32" else "utf-8"
    return printed.decode(encoding).replace("\r\n", "\n")


def at_home(env: Mapping[str, str]) -> dict[str, str]:
    """Add to *env* where deskbreak is, if nobody installed it; without a browser, unless it has one."""
    return {"BROWSER": NO_BROWSER, **env, "PYTHONPATH": str(REPOSITORY)}


def midday() -> str:
    """Name a zone in which it is about noon: a fast hour then lies within one day."""
    # POSIX has the sign the other way round. Source: tzdata, etcetera.
    return f"Etc/GMT{datetime.now(UTC).hour - 12:+d}"


class Agent(Program):
    """The running agent: ready when it answers commands; whoever leaves it asks it to end."""

    def __init__(
        self, env: Mapping[str, str], *options: str, argv: tuple[str, ...] = ("run",)
    ) -> None:
        with patch.dict(os.environ, env, clear=True):
            self.places = files.places()
        command = [sys.executable, "-m", "deskbreak", *argv, *options]
        super().__init__(command, at_home(env), self._is_open)

    def _is_open(self) -> bool:
        return door.is_running(self.places.runtime) and bool(self.ask("status")["ok"])

    def ask(self, name: str, argument: str = "") -> dict[str, Any]:
        """Ask it something at its door, without a process for the question."""
        return door.ask(self.places.runtime, Command(name, argument), 10.0)

    @property
    def status(self) -> Any:  # noqa: ANN401 - whatever JSON says
        """What ``status --json`` says."""
        return self.ask("status")["facts"]

    @property
    def is_up(self) -> bool:
        return self.returncode is None

    @property
    def log(self) -> str:
        path = self.places.log
        return path.read_text(encoding="utf-8") if path.exists() else ""

    @property
    def cpu_s(self) -> float:
        """Processor time since it started, of all its threads. Source: proc(5), stat."""
        text = Path(f"/proc/{self.pid}/stat").read_text(encoding="ascii")
        user, system = text.rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")

    def assert_well(self) -> None:
        """It runs, and has nothing to tell that only its authors would understand."""
        assert self.is_up, self.output
        assert "Traceback" not in self.output, self.output
        assert "Traceback" not in self.log, self.log


def killed(agent: Agent) -> None:
    """End it as a crash or a power cut would: it cannot say good-bye."""
    agent.kill()
    assert (agent.places.runtime / "door").exists()


class Hand(Program):
    """A hand that moves the mouse, as long as the block lasts."""

    def __init__(self, env: Mapping[str, str]) -> None:
        argv = ["xdotool"]
        for n in range(_MOVES):
            argv += ["mousemove", str(600 + n % 40), "500", "sleep", str(_MOVE_S)]
        super().__init__(argv, env)


@contextmanager
def timed(what: str, target_s: float, at_most_s: float) -> Iterator[None]:
    """Print how long the block took; fail only far beyond the target."""
    from time import monotonic

    began_s = monotonic()
    yield
    took_s = monotonic() - began_s
    print(f"{what}: {took_s:.1f} s, target {target_s:g} s")  # noqa: T201 - a figure for whoever runs the test
    assert took_s < at_most_s, f"{what} took {took_s:.1f} s"


def wait_until(agent: Agent, what: str, timeout_s: float = 10.0, **facts: object) -> Any:  # noqa: ANN401 - JSON
    """Wait until the status has these *facts*; return it."""

    def found() -> Any:  # noqa: ANN401 - JSON
        status = agent.status
        return status if all(status[name] == value for name, value in facts.items()) else None

    return wait_for(found, timeout_s, what)


def finding(facts: Any, name: str) -> Any:  # noqa: ANN401 - JSON
    """Return what the doctor found of one part."""
    return next(each for each in facts["findings"] if each["name"] == name)
