"""What the kernel sees of a day: nobody is spoken to outside this computer, and nothing private is kept."""

from __future__ import annotations

import os
import re
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.storage.rows import LOAD, unpacked
from tests.board import Board, size
from tests.desktop.desk import Agent, Hand, deskbreak, midday
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.desktop.test_pages import Person
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("strace is a Linux program", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

NEEDED: Final = ("strace", "dbus-daemon", "Xvfb", "xdotool")
pytestmark = pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED)))

SPEED: Final = 600
TITLE, PROGRAM, KEYS = "Salary-of-Grace-Hopper", "Secretprogram", "correcthorsebattery"
CALLS: Final = "socket,connect,bind,listen,open,openat,execve"
NETWORK_FILES: Final = re.compile(r'open(?:at)?\(.*"/etc/(resolv\.conf|hosts|gai\.conf)"')
INPUT_FILES: Final = re.compile(r'open(?:at)?\(.*"/dev/(input|uinput|hidraw|video)')
PRIVATE: Final = re.compile(r"title|window|program|process|key|url|path|app|text", re.IGNORECASE)


class Traced(Agent):
    """An agent of which each connection and each file that it opens is written down."""

    def __init__(self, env: dict[str, str], file: Path, *options: str) -> None:
        super().__init__(env, *options)
        self.argv = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(file), *self.argv]


@pytest.fixture
def person(desktop_env: dict[str, str]) -> Iterator[Person]:
    """Somebody at a desk around noon; what serves their pages ends with the test."""
    person = Person({**desktop_env, "TZ": midday()})
    try:
        yield person
    finally:
        for pid in person.servers():
            with suppress(OSError):
                os.kill(pid, 15)


def secret_window(env: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    """Open a window whose title and program are nobody's business, and type into it."""
    code = (
        "import sys, time; from Xlib import X, display; d = display.Display(); s = d.screen();"
        "w = s.root.create_window(0, 0, 200, 100, 0, s.root_depth, X.InputOutput);"
        f"w.set_wm_name({TITLE!r}); w.set_wm_class({PROGRAM!r}, {PROGRAM!r});"
        "w.map(); w.set_input_focus(X.RevertToParent, X.CurrentTime); d.sync(); time.sleep(600)"
    )
    window = subprocess.Popen([sys.executable, "-c", code], env=env)
    argv = ["xdotool", "sleep", "1", "type", "--delay", "100", f"{KEYS} " * 10]
    return [window, subprocess.Popen(argv, env=env)]


def wrong_calls(trace: str, *, may_listen: bool) -> list[str]:
    """Return the calls in *trace* that reach outside, or for what is nobody's business."""
    wrong = []
    for line in trace.splitlines():
        call = line.partition(" ")[2].strip()
        family = re.search(r"\bAF_(\w+)", call)
        is_local = family is None or family[1] in ("UNIX", "UNSPEC")
        if call.startswith(("socket(", "bind(")) and may_listen:
            is_local = is_local or "AF_INET, SOCK_STREAM" in call or '"127.0.0.1"' in call
        if not is_local or NETWORK_FILES.search(call) or INPUT_FILES.search(call):
            wrong.append(call)
    return wrong


def foreign_modes(*folders: Path) -> list[str]:
    """Name what of deskbreak's own files others may read or enter."""
    found = []
    for folder in folders:
        for path in (folder, *folder.rglob("*")):
            mode = stat.S_IMODE(path.lstat().st_mode)
            expected = 0o700 if path.is_dir() else 0o600
            if not path.is_symlink() and mode & ~expected:
                found.append(f"{path}: {mode:o}")
    return found


def ours(agent: Agent) -> tuple[Path, ...]:
    """Return the folders that are deskbreak's own."""
    places = agent.places
    folders = (places.runtime, places.data, places.settings.parent, places.log.parent)
    return tuple({folder for folder in folders if folder.exists()})


def columns(history: Path) -> list[str]:
    """Return what a history has a place for."""
    with closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as db:
        tables = [
            name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        return [row[1] for name in tables for row in db.execute(f"PRAGMA table_info({name})")]


@pytest.mark.parametrize(
    ("call", "is_wrong"),
    [
        pytest.param(
            'connect(3, {sa_family=AF_UNIX, sun_path="/run/bus"}, 16) = 0', (0, 0), id="bus"
        ),
        pytest.param("socket(AF_INET, SOCK_STREAM|SOCK_CLOEXEC, 0) = 3", (1, 0), id="a port"),
        pytest.param(
            'bind(3, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")})', (1, 0), id="us"
        ),
        pytest.param(
            'bind(3, {sa_family=AF_INET, sin_addr=inet_addr("0.0.0.0")})', (1, 1), id="all"
        ),
        pytest.param(
            'connect(3, {sa_family=AF_INET, sin_addr=inet_addr("127.0.0.1")})', (1, 1), id="in"
        ),
        pytest.param("socket(AF_INET, SOCK_DGRAM|SOCK_CLOEXEC, 0) = 3", (1, 1), id="a name"),
        pytest.param("socket(AF_INET6, SOCK_STREAM, 0) = 3", (1, 1), id="IPv6"),
        pytest.param("socket(AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, 0) = 3", (1, 1), id="addresses"),
        pytest.param('openat(AT_FDCWD, "/etc/resolv.conf", O_RDONLY) = 3', (1, 1), id="resolver"),
        pytest.param('openat(AT_FDCWD, "/dev/input/event0", O_RDONLY) = 3', (1, 1), id="keyboard"),
    ],
)
def test_given_a_call_then_it_is_known_for_what_it_is(call: str, is_wrong: tuple[int, int]) -> None:
    """Of what sits there all day, and of the pages; else the test below would show nothing."""
    found = tuple(len(wrong_calls(f"77 {call}", may_listen=may)) for may in (False, True))

    assert is_wrong == found


@pytest.mark.row("S10", "privacy")
def test_given_a_day_under_the_eyes_of_the_kernel_then_nothing_leaves_and_nothing_private_stays(
    bus: PrivateBus, person: Person, tmp_path: Path, board: Board
) -> None:
    """Prompts, answers, a page, statistics; beside a window and keys that must not be found again."""
    trace, pages = tmp_path / "trace", tmp_path / "pages-trace"
    env = person.env
    length_s = size(12, 144)
    with NotificationServer(bus.address) as server, Panel(bus.address), Hand(env):
        others = secret_window(env)
        try:
            with Traced(env, trace, "--speed", str(SPEED)) as agent:
                begun_s = time.monotonic()
                prompts = 0
                while time.monotonic() < begun_s + length_s:
                    if server.on_screen:
                        prompts += 1
                        with suppress(IndexError, RuntimeError):
                            server.press(next(iter(server.on_screen)), "done")
                    time.sleep(0.2)
                assert deskbreak(env, "stats").out
                _open_a_page(person, env, pages)
                history = agent.places.runtime / "trial" / "history.db"
                kept = columns(history)
                modes = foreign_modes(*ours(agent))
                written = _bytes_of(*ours(agent)) + _state(history)
                agent.ask("erase")
                left = _rows(history)
        finally:
            for one in others:
                one.kill()
                one.wait()
    lines = trace.read_text(encoding="utf-8", errors="replace")
    connections = lines.count("connect(")
    wrong = wrong_calls(lines, may_listen=False) + wrong_calls(
        pages.read_text(encoding="utf-8", errors="replace"), may_listen=True
    )
    board.note(
        load=length_s * SPEED // 3600,
        faults=prompts,
        figure=f"{length_s * SPEED / 3600:.0f} h, {prompts} prompts: {connections} connections, "
        f"0 of them to a network; {len(kept)} columns, {left} rows after erase",
    )

    assert [] == wrong
    assert connections > 0
    assert prompts > 0
    assert [] == modes
    assert [] == [word for word in (TITLE, PROGRAM, KEYS) if word.encode() in written]
    assert b"deskbreak" in written
    assert [] == [name for name in kept if PRIVATE.search(name)]
    assert left <= 1  # what is at the desk since


def _open_a_page(person: Person, env: dict[str, str], trace: Path) -> None:
    """Open the statistics in a browser that only takes notes."""
    argv = ["strace", "-f", "-qq", "-e", f"trace={CALLS}", "-o", str(trace)]
    argv += [sys.executable, "-m", "deskbreak", "open", "stats", "--stay"]
    opened = subprocess.Popen(argv, env={**env, "PYTHONPATH": str(Path(__file__).parents[2])})
    person.sees("stats")
    wait_for(lambda: "127.0.0.1" in trace.read_text(encoding="utf-8"), what="a page")
    for pid in person.servers():
        with suppress(OSError):
            os.kill(pid, 15)
    opened.wait(20)


def _bytes_of(*folders: Path) -> bytes:
    paths = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return b"".join(path.read_bytes() for path in paths)


def _state(history: Path) -> bytes:
    """Return what is deflated in the file."""
    with closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as db:
        return unpacked(db.execute(LOAD).fetchone()[0]).encode()


def _rows(history: Path) -> int:
    with closing(sqlite3.connect(f"file:{history}?mode=ro", uri=True)) as db:
        tables = ("spans", "episodes", "days")
        return sum(db.execute(f"SELECT count(*) FROM {name}").fetchone()[0] for name in tables)  # noqa: S608 - three names of ours
