"""Accounts other than the one that runs the tests, each with a session of its own; needs root."""

from __future__ import annotations

import functools
import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.desktop.desk import REPOSITORY, Ran
from tests.desktop.parts import PrivateBus, Program, XServer, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if TYPE_CHECKING:
    from collections.abc import Sequence

NAMES: Final = ("games", "bin")
"""Two accounts that every Linux has, and that own nothing; the bus takes no stranger."""
_PYTHONS: Final = (sys.executable, "/usr/bin/python3", "/usr/local/bin/python3")


def as_user(uid: int) -> list[str]:
    """Return what begins a command that *uid* runs, under a umask that takes no right away."""
    ids = (f"--reuid={uid}", f"--regid={uid}", "--clear-groups", "--no-new-privs")
    return ["setpriv", *ids, "sh", "-c", 'umask 000; exec "$@"', "sh"]


def _environment() -> dict[str, str]:
    import jeepney

    libraries = Path(jeepney.__file__).parents[1]
    return {
        "PATH": "/usr/bin:/bin",
        "LANG": "C.UTF-8",
        "PYTHONPATH": f"{REPOSITORY}:{libraries}",
        "PYTHONDONTWRITEBYTECODE": "1",
        "BROWSER": "/nowhere/browser",
    }


@functools.cache
def python() -> str | None:
    """Return an interpreter that another account can run deskbreak with; None if there is none."""
    for program in _PYTHONS:
        argv = [
            *as_user(pwd.getpwnam(NAMES[0]).pw_uid),
            program,
            "-c",
            "import deskbreak.cli, apscheduler, jeepney",
        ]
        ran = subprocess.run(argv, env=_environment(), capture_output=True, check=False)
        if ran.returncode == 0:
            return program
    return None


def absent() -> str | None:
    """Why there cannot be two users here, or None."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root can be somebody else"
    if reason := missing("dbus-daemon", "Xvfb", "setpriv"):
        return reason
    if not {*NAMES} <= {one.pw_name for one in pwd.getpwall()}:
        return f"no such accounts: {', '.join(NAMES)}"
    return None if python() else "no Python here can be run by another account"


class OwnBus(PrivateBus):
    """A message bus that another account runs, and that lets the tests in as well."""

    def __init__(self, uid: int) -> None:
        super().__init__()
        self.folder = self._folder
        config = self._folder / "bus.conf"
        text = config.read_text(encoding="utf-8")
        config.write_text(
            text.replace("</policy>", '<allow user="root"/></policy>'), encoding="utf-8"
        )
        os.chown(self._folder, uid, uid)
        self._argv = [*as_user(uid), *self._argv]


class User:
    """Somebody with a home that others can look into, a screen, a bus, and an agent."""

    def __init__(self, name: str, *, has_runtime: bool = True) -> None:
        self.name = name
        self.uid = uid = pwd.getpwnam(name).pw_uid
        self.home = Path(tempfile.mkdtemp(prefix="user-"))
        self.home.chmod(0o755)
        run = self.home / "run"
        run.mkdir(mode=0o700)
        for folder in (self.home, run):
            os.chown(folder, uid, uid)
        self.env = {**_environment(), "HOME": str(self.home)}
        if has_runtime:
            self.env["XDG_RUNTIME_DIR"] = str(run)
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, self.home)
            self.bus = bus = stack.enter_context(OwnBus(self.uid))
            display = stack.enter_context(XServer())
            self.service = stack.enter_context(NotificationServer(bus.address))
            stack.enter_context(Panel(bus.address))  # without one a notice stands in for it
            self.env |= {
                "DISPLAY": display.display,
                "DBUS_SESSION_BUS_ADDRESS": bus.address,
                "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
            }
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def begin(self) -> None:
        """Start the agent; `is_ready` tells when it runs."""
        self.agent = Program(self._argv("-m", "deskbreak", "run"), self.env)
        self._stack.enter_context(self.agent)

    def is_ready(self) -> bool:
        """Whether its agent has said that it runs."""
        assert self.agent.returncode is None, self.agent.output
        return "deskbreak is running" in self.agent.output

    def end(self) -> None:
        """Tell its agent to end, and wait."""
        assert 0 == self.run("quit").status
        wait_for(lambda: self.agent.returncode is not None, what="the end")
        assert 0 == self.agent.returncode, self.agent.output

    def run(self, *words: str, **env: str) -> Ran:
        """Run a command of deskbreak, with another environment in part."""
        ran = self._ran(self._argv("-m", "deskbreak", *words), self.env | env)
        assert "Traceback" not in ran.out + ran.err, ran.err
        return ran

    def script(self, text: str, given: Sequence[str]) -> list[str]:
        """Run a program in Python with lines as its input; return the lines that it prints."""
        ran = self._ran(self._argv("-c", text), self.env, "\n".join(given))
        assert 0 == ran.status, ran.err
        return ran.out.splitlines()

    def _argv(self, *words: str) -> list[str]:
        return [*as_user(self.uid), python() or sys.executable, *words]

    def _ran(self, argv: list[str], env: dict[str, str], given: str = "") -> Ran:
        ran = subprocess.run(
            argv, env=env, input=given, capture_output=True, text=True, check=False, timeout=30
        )
        return Ran(ran.returncode, ran.stdout, ran.stderr)
