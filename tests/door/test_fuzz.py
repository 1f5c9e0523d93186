"""Nonsense at the door, and clients that say nothing: the day goes on as if nobody were there."""

from __future__ import annotations

import itertools
import os
import random
import re
import socket
import statistics
import subprocess
import sys
import time
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

if sys.platform == "win32":
    pytest.skip("Windows has pipes instead", allow_module_level=True)

from deskbreak import door as door_
from deskbreak.core.model import Command
from deskbreak.core.words import Refusal
from deskbreak.door import Door, ask, is_running
from tests.board import Board, size
from tests.desktop.desk import at_home
from tests.desktop.parts import Program, wait_for
from tests.door.nonsense import messages
from tests.fakes import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator

DAY: Final = """\
from functools import partial
from deskbreak.agent import compose
from deskbreak.agent.player import Tempo
tell = partial(print, flush=True)
tell(*compose.demo(tell, debug=False, tempo=Tempo(20_000.0, 1.0, 0.0))["lines"], sep="\\n")
"""
"""A working day with its prompts, in a quarter of a minute."""
SLOW: Final = 200
ANSWERED_S: Final = 1.0
MOST_KB: Final = 10_000


class Day(Program):
    """An agent that plays a working day, in a home of its own and without a desktop."""

    def __init__(self, home: Path) -> None:
        self.runtime = home / "run" / "deskbreak"
        self.log = home / "state" / "deskbreak" / "deskbreak.log"
        (home / "run").mkdir(mode=0o700, parents=True)
        env = {
            "HOME": str(home),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "XDG_RUNTIME_DIR": str(home / "run"),
            "XDG_STATE_HOME": str(home / "state"),
        }
        super().__init__(
            [sys.executable, "-c", DAY], at_home(env), lambda: is_running(self.runtime)
        )

    @property
    def kb(self) -> int:
        """How much memory it has that nobody else has. Source: proc(5), smaps_rollup."""
        try:
            text = Path(f"/proc/{self.pid}/smaps_rollup").read_text(encoding="ascii")
        except OSError:
            return 0  # it has ended
        return sum(int(x.split()[1]) for x in text.splitlines() if x.startswith("Private_"))


def told(printed: str) -> list[str]:
    """Return what was told of the day: each prompt and each end, with its minute."""
    return sorted(re.findall(r"^\d\d:\d\d .+: .+$", printed, re.MULTILINE))


def kinds(lines: list[str]) -> set[str]:
    """Return which kinds of breaks these tell of."""
    return {line[len("09:20 ") :].partition(":")[0] for line in lines}


def send(path: str, said: bytes, drawn: random.Random) -> None:
    """Connect, say it, and go; every second one waits for what comes back."""
    with socket.socket(socket.AF_UNIX) as client, suppress(OSError):
        client.settimeout(5.0)
        client.connect(path)
        client.sendall(said)
        if drawn.random() < 0.1:
            client.shutdown(socket.SHUT_WR)
            client.recv(65_536)


@pytest.mark.row("S06", "protocol fuzz")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_given_malformed_messages_all_day_then_prompts_come_and_commands_are_answered(
    tmp_path: Path, board: Board
) -> None:
    """Two agents play one day; at the door of one of them there is no end of nonsense.

    A minute of that day takes 3 ms, so that a busy computer moves a prompt by minutes, and the
    answer that was given at its minute to another one: how many days were alike is a figure.
    """
    said, fed, grown_kb, days, alike, events = 0, messages(9), 0, 0, 0, 0
    drawn = random.Random(9)  # noqa: S311 - a test draws lots
    waited_s: list[float] = []
    while said < size(100_000, 1_000_000):
        days += 1
        with Day(tmp_path / f"quiet{days}") as quiet, Day(tmp_path / f"loud{days}") as loud:
            while loud.returncode is None:
                for message in itertools.islice(fed, 1000):
                    send(str(loud.runtime / "door"), message, drawn)
                said += 1000
                there, here = quiet.kb, loud.kb
                if there and here:  # who ends has none left for a moment, before it has ended
                    grown_kb = max(grown_kb, here - there)
                begun_s = time.monotonic()
                with suppress(door_.NotRunning, Refusal):  # as it ends
                    assert ask(loud.runtime, Command("status"))["ok"]
                    waited_s.append(time.monotonic() - begun_s)
            wait_for(lambda: quiet.returncode is not None, 20.0, "the end of the day")

            assert (0, 0) == (quiet.returncode, loud.returncode), loud.output
            expected, found = told(quiet.output), told(loud.output)
            assert kinds(expected) == kinds(found) != set()
            alike += expected == found
            events += len(found)
            assert "Traceback" not in loud.log.read_text(encoding="utf-8")
            assert loud.log.stat().st_size < 100_000
    board.note(
        load=said,
        faults=said,
        figure=f"{said:,} malformed messages in {days} days with {events} prompts and ends, {alike} of "
        f"the days minute for minute as without them: 0 crashes; {len(waited_s)} commands answered in "
        f"{statistics.median(waited_s) * 1000:.0f} ms, the slowest in {max(waited_s):.1f} s; "
        f"at most {grown_kb / 1000:.1f} MB more memory",
    )

    assert grown_kb < MOST_KB
    assert len(waited_s) >= 10 * days
    assert statistics.median(waited_s) < ANSWERED_S


@contextmanager
def answering(folder: Path) -> Iterator[list[Command]]:
    """Let an agent answer that only says that it heard."""
    heard: list[Command] = []

    def answer(command: Command) -> dict[str, object]:
        heard.append(command)
        return {"ok": True}

    ours = Door(folder)
    assert ours.claim()
    ours.open(answer)
    try:
        yield heard
    finally:
        ours.close()


@pytest.mark.row("S06", "slow clients")
def test_given_two_hundred_slow_clients_then_every_command_is_answered_at_once(
    folder: Path, board: Board
) -> None:
    """Some say nothing, some half a line, some a letter now and then; all are sent away."""
    waited_s: list[float] = []
    with answering(folder) as heard, ExitStack() as stack:
        clients = []
        for number in range(SLOW):
            client = stack.enter_context(socket.socket(socket.AF_UNIX))
            client.connect(str(folder / "door"))
            client.settimeout(10.0)
            if number % 3:
                client.sendall(b'{"command": "sta')
            clients.append(client)
            if number % 10 == 0:
                begun_s = time.monotonic()
                assert ask(folder, Command("status"))["ok"]
                waited_s.append(time.monotonic() - begun_s)
            for trickling in clients[2::3]:
                with suppress(OSError):
                    trickling.sendall(b"t")
        left = [_is_sent_away(client) for client in clients]
    board.note(
        load=SLOW,
        figure=f"{SLOW} slow clients: {len(waited_s)} commands answered in at most "
        f"{max(waited_s) * 1000:.0f} ms, {sum(left)} sent away",
    )

    assert max(waited_s) < ANSWERED_S
    assert SLOW == sum(left)
    assert [Command("status")] * len(waited_s) == heard


def _is_sent_away(client: socket.socket) -> bool:
    """Whether the other side closes it; the test waits for that."""
    try:
        return client.recv(1) == b""
    except ConnectionResetError:
        return True


FULL: Final = """
import resource, sys, time
from pathlib import Path
from deskbreak.door import Door
door = Door(Path(sys.argv[1]))
assert door.claim()
door.open(lambda command: {"heard": command.name})
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (3, hard))
print("full", flush=True)
sys.stdin.readline()
used_s = time.process_time()
sys.stdin.readline()
print(time.process_time() - used_s, flush=True)
resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
sys.stdin.readline()
door.close()
"""
"""An agent that can open no more files, until it is told that it can."""


def test_given_more_clients_than_files_may_be_open_then_they_are_let_in_later(folder: Path) -> None:
    """And meanwhile the door does not turn in circles."""
    argv = [sys.executable, "-c", FULL, str(folder)]
    pipe = subprocess.PIPE
    with (
        subprocess.Popen(
            argv, env=at_home(os.environ), stdin=pipe, stdout=pipe, text=True, bufsize=1
        ) as agent,
        socket.socket(socket.AF_UNIX) as client,
    ):
        assert agent.stdin is not None
        assert agent.stdout is not None
        assert "full\n" == agent.stdout.readline()
        agent.stdin.write("\n")
        client.connect(str(folder / "door"))
        client.sendall(b'{"command": "status"}\n')
        client.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.recv(1)
        agent.stdin.write("\n")
        used_s = float(agent.stdout.readline())
        client.settimeout(10.0)
        answer = client.recv(1000)
        agent.stdin.write("\n")

    assert b'"heard": "status"' in answer
    assert 0 == agent.returncode
    assert used_s < 0.25


def test_given_a_line_that_comes_letter_by_letter_then_it_has_no_longer_than_any_other() -> None:
    """Whoever keeps talking would keep everybody else waiting, where one is heard after another."""

    class Slow:
        def read(self) -> bytes:
            return b"x"

        def write(self, data: bytes) -> None: ...

        def close(self) -> None: ...

    with pytest.raises(TimeoutError):
        door_._line(Slow(), 1_000_000, 0.001)


@pytest.mark.row("S06", "arguments")
def test_given_any_argument_of_any_command_then_it_is_answered_in_words(
    tmp_path: Path, folder: Path, board: Board
) -> None:
    """Through the door to the real loop, which goes on."""
    drawn = random.Random(6)  # noqa: S311 - a test draws lots
    names = ("answer", "guide", "take", "pause", "status", "stats", "open", "launched", "set")
    strange = (
        *("\0", "\x1b[2J", "\u202e", "\ud800", "9" * 5000, "-1", "1e9m", "until 99:99", "=", "a=b"),
        *(
            "2026-W99",
            "1 begun",
            "99999999999999999999 skip",
            "until 24:00",
            "x" * 60_000,
            "\u0663m",
        ),
    )
    count = size(2_000, 100_000)
    desk, answers = Desk(tmp_path), 0

    def strangers() -> None:
        nonlocal answers
        ours = Door(folder)
        assert ours.claim()
        ours.open(lambda command: desk.ask(command.name, command.argument))
        for _ in range(count):
            argument = "".join(drawn.choice(strange) for _ in range(drawn.randrange(3)))
            if drawn.random() < 0.2:
                argument = "".join(map(chr, drawn.choices(range(0x3000), k=drawn.randrange(40))))
            reply = ask(folder, Command(drawn.choice(names), argument[:8_000]))
            answers += isinstance(reply["ok"], bool) and (reply["ok"] or bool(reply["error"]))
        ours.close()

    desk.run("1m work", strangers, "1m work")
    board.note(load=count, figure=f"{answers:,} of {count:,} strange arguments answered in words")

    assert count == answers
