"""Who may import whom, and who may look at the clock.

Each rule is tried on a line that breaks it, so that a rule that catches nothing is noticed.
"""

from __future__ import annotations

import importlib.util
import subprocess
import sys

import pytest

from tests.architecture import REPOSITORY, is_in, modules, wrongs


def _in_a_new_interpreter(script: str, *names: str) -> str:
    """Run *script* without desktop, home or message bus; what it printed."""
    ran = subprocess.run(
        [sys.executable, "-c", script, *names],
        cwd=REPOSITORY,
        env={"PATH": "/usr/bin:/bin"},
        check=False,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return (ran.stdout + ran.stderr).strip()


@pytest.mark.parametrize("module", modules())
def test_given_a_module_then_it_imports_and_does_only_what_its_part_may(module: str) -> None:
    """The tables above hold for everything that is installed."""
    assert [] == wrongs(module, modules()[module].read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("module", "source", "expected"),
    [
        pytest.param("core.gate", "import os", "pure", id="operating system in the core"),
        pytest.param("core.gate", "import random", "pure", id="lots in the core"),
        pytest.param("core.gate", "import logging", "pure", id="log in the core"),
        pytest.param("core.gate", "from pathlib import Path", "pure", id="files in the core"),
        pytest.param("core.gate", "def f():\n import threading", "pure", id="hidden in a function"),
        pytest.param("core.gate", "import shlex", "pure", id="what reads a file, for one function"),
        pytest.param("core.gate", "open('x')", "may not call open", id="reading in the core"),
        pytest.param("agent.loop", "import tomllib", "only", id="TOML outside core and storage"),
        pytest.param("core.gate", "import deskbreak.ports", "may not", id="core to port"),
        pytest.param("ports", "from deskbreak import door", "may not", id="port to door"),
        pytest.param("door", "import deskbreak.storage.store", "may not", id="door to storage"),
        pytest.param("storage.store", "import deskbreak.agent", "may not", id="storage to agent"),
        pytest.param(
            "platforms.x", "import deskbreak.storage", "may not", id="platform to storage"
        ),
        pytest.param("agent.loop", "import deskbreak.platforms", "may not", id="agent to platform"),
        pytest.param(
            "agent.loop", "from deskbreak.agent import compose", "may not", id="to compose"
        ),
        pytest.param("agent.loop", "import deskbreak.cli", "may not", id="agent to command line"),
        pytest.param("agent.loop", "import uvicorn", "only", id="pages library in the agent"),
        pytest.param(
            "agent.loop", "import apscheduler.job", "only", id="scheduler outside the pulse"
        ),
        pytest.param("agent.loop", "from pystray import Menu", "only", id="tray library elsewhere"),
        pytest.param("agent.loop", "from PIL import Image", "only", id="pictures outside the tray"),
        pytest.param("agent.loop", "def f():\n import plyer", "only", id="plyer outside delivery"),
        pytest.param("agent.loop", "import sqlite3", "only", id="database outside storage"),
        pytest.param("agent.loop", "import socket", "only", id="socket outside the door"),
        pytest.param("agent.loop", "import pickle", "only nobody", id="pickle"),
        pytest.param(
            "platforms.linux.tray", "import pystray", "only", id="more than the base class"
        ),
        pytest.param("storage.files", "import tomlkit", "inside functions", id="tomlkit at import"),
        pytest.param(
            "platforms.linux.bus", "import jeepney", "inside functions", id="OS at import"
        ),
        pytest.param(
            "agent.here",
            "import deskbreak.platforms.linux",
            "inside functions",
            id="early adapter",
        ),
        pytest.param(
            "agent.compose",
            "from deskbreak.platforms.played import PlayedDesk",
            "inside functions",
            id="early demo",
        ),
        pytest.param(
            "agent.player", "import deskbreak.platforms.played", "may not", id="player to its desk"
        ),
        pytest.param(
            "commands.agent",
            "from deskbreak.agent import compose",
            "inside functions",
            id="early agent",
        ),
        pytest.param("agent.loop", "from . import inbox", "relative", id="relative import"),
        pytest.param("agent.loop", "def f():\n global x\n x = 1", "global x", id="global"),
        pytest.param("agent.loop", "import time\ntime.time()", "time.time is", id="wall clock"),
        pytest.param("door", "import time\ntime.time()", "time.time", id="date at the door"),
        pytest.param("agent.loop", "from time import monotonic as m\nm()", "time.mono", id="alias"),
        pytest.param(
            "door", "import time as t\nt.clock_gettime(7)", "time.clock_", id="boot clock"
        ),
        pytest.param(
            "storage.store", "from datetime import datetime\ndatetime.now()", "now is", id="now"
        ),
        pytest.param("core.gate", "import datetime\ndatetime.date.today()", "today is", id="today"),
    ],
)
def test_given_a_line_that_breaks_a_rule_then_it_is_named(
    module: str, source: str, expected: str
) -> None:
    """Each rule catches what it is there for, once."""
    found = wrongs(f"deskbreak.{module}", source)

    assert [True] == [expected in wrong for wrong in found], found


@pytest.mark.parametrize(
    ("module", "source"),
    [
        pytest.param("core.gate", "import deskbreak.core.model, math, zoneinfo", id="core"),
        pytest.param("door", "from deskbreak import __version__", id="version"),
        pytest.param("core.gate", "state.now(); clock.today()", id="a name of our own"),
        pytest.param("platforms.linux.bus", "def f():\n import jeepney", id="late"),
        pytest.param(
            "platforms.linux.bus", "import typing\nif TYPE_CHECKING:\n import jeepney", id="type"
        ),
        pytest.param("platforms.linux.tray", "from pystray._base import Icon", id="the base class"),
        pytest.param(
            "agent.compose", "from deskbreak.platforms import pick", id="a name of a package"
        ),
        pytest.param("agent.clock", "import time\ntime.clock_gettime(7)", id="the clock"),
        pytest.param(
            "commands.agent", "def f():\n from deskbreak.agent import compose", id="late agent"
        ),
    ],
)
def test_given_a_line_that_is_fine_then_nothing_is_said(module: str, source: str) -> None:
    """The rules leave alone what the parts need."""
    assert [] == wrongs(f"deskbreak.{module}", source)


@pytest.mark.parametrize(
    ("module", "unloaded"),
    [
        pytest.param(
            "deskbreak.commands.line",
            "pystray PIL apscheduler asyncio jeepney Xlib plyer argparse subprocess"
            " deskbreak.commands.usage deskbreak.commands.config deskbreak.core.simulate",
            id="command line",
        ),
        pytest.param(
            "deskbreak.agent.compose",
            "pystray jeepney Xlib plyer deskbreak.agent.player deskbreak.platforms.played difflib csv",
            id="agent",
        ),
        pytest.param(
            "deskbreak.agent.pulse",
            "asyncio concurrent.futures.process email importlib.metadata multiprocessing pickle"
            " pkg_resources pytz",
            id="pulse",
        ),
    ],
)
def test_given_a_module_when_it_is_imported_then_heavy_libraries_are_not(
    module: str, unloaded: str
) -> None:
    """A command answers at once, and the agent loads what it uses, whoever imports whom between."""
    if importlib.util.find_spec(module) is None:
        pytest.skip(f"{module} is not there")
    script = (
        "import importlib, sys; importlib.import_module(sys.argv[1]); "
        "print(*sorted(set(sys.argv[2:]) & set(sys.modules)))"
    )
    never = "asyncio PIL jinja2 starlette tkinter tomlkit uvicorn"

    assert not _in_a_new_interpreter(script, module, *unloaded.split(), *never.split())


def test_given_another_system_when_the_adapters_are_imported_then_none_fails() -> None:
    """Every adapter can be imported where there is no display and none of its libraries."""
    adapters = [module for module in modules() if is_in(module, "deskbreak.platforms")]
    # On Windows the standard library itself needs msvcrt.
    absent = "Xlib jeepney fcntl termios pwd grp winreg" + " msvcrt" * (sys.platform != "win32")
    script = (
        "import importlib, sys\n"
        f"for absent in '{absent}'.split():\n"
        "    sys.modules[absent] = None\n"
        "for module in sys.argv[1:]:\n"
        "    importlib.import_module(module)\n"
    )

    assert not _in_a_new_interpreter(script, *adapters)
    assert "ModuleNotFoundError" in _in_a_new_interpreter(script, "deskbreak.platforms.beos")
