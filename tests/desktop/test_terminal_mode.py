"""Without a desktop: the agent in a terminal, and without even that."""

from __future__ import annotations

import gettext
import io
import os
import subprocess
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, Self

import pytest

from deskbreak.platforms.terminal import TerminalChannel
from tests.desktop.desk import REPOSITORY, Agent, deskbreak, midday
from tests.desktop.parts import PrivateBus, _dies_with_us, wait_for
from tests.doubles.notifications import NotificationServer

if sys.platform == "win32":
    pytest.skip("Windows has other terminals", allow_module_level=True)

import fcntl
import pty
import select
import signal
import termios

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

FAST: Final = ("--speed", "600")
"""Twenty minutes in two seconds."""

_BLOCK_S: Final = 8
"""The kernel notes the use of a terminal once in so many seconds: until then it counts as used."""


class Terminal:
    """A terminal with the agent in the foreground, as a login shell has it after `exec`."""

    def __init__(self, env: Mapping[str, str], *argv: str) -> None:
        self._env = dict(env)
        self._argv = argv
        self.screen = ""

    def __enter__(self) -> Self:
        self._ours, theirs = pty.openpty()
        self.process = subprocess.Popen(
            [*_dies_with_us(), sys.executable, "-m", "deskbreak", *self._argv],
            env=self._env,
            cwd=REPOSITORY,
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            start_new_session=True,
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509 - no threads here
        )
        os.close(theirs)
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self.close()

    def close(self) -> None:
        """Close the window."""
        if self._ours >= 0:
            os.close(self._ours)
        self._ours = -1

    def type(self, text: str) -> None:
        os.write(self._ours, text.encode())

    def shows(self, words: str) -> bool:
        """Whether *words* have been printed since the last time that something was found."""
        while select.select([self._ours], [], [], 0)[0]:
            try:
                self.screen += os.read(self._ours, 65_536).decode()
            except OSError:  # nobody has it open any more
                break
        return words in self.screen

    def wait_for(self, words: str, timeout_s: float = 20.0) -> None:
        wait_for(lambda: self.shows(words), timeout_s, f"{words!r} in {self.screen!r}")

    def ended(self) -> int:
        """Wait for the end; return the exit status."""
        wait_for(lambda: self.process.poll() is not None, 10.0, "the end")
        return int(self.process.returncode)


@contextmanager
def _prompted(env: Mapping[str, str]) -> Iterator[Terminal]:
    """Return a terminal in which a prompt has come by itself, while it counted as used.

    A machine that is busy may need longer for that than a block lasts, so it may try again.
    """
    for tries_left in (3, 2, 1, 0):
        wait_for(lambda: time.time() % _BLOCK_S < 1, _BLOCK_S + 1, "a new block")
        with Terminal(env, "run", *FAST) as terminal:
            terminal.wait_for("No desktop session was found, so deskbreak runs in this terminal")
            terminal.wait_for("600 times as fast")
            deadline_s = time.monotonic() + (_BLOCK_S if tries_left else 20.0)
            while time.monotonic() < deadline_s and not terminal.shows("Type a letter, then Enter"):
                time.sleep(0.01)
            if terminal.shows("Type a letter, then Enter.") or not tries_left:
                yield terminal
                return
            deskbreak(env, "quit")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    """What ``env -i`` leaves: no display, no bus, no runtime folder, no language."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "TZ": midday(),
        "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
    }


def _log(home: Path) -> str:
    return (home / ".local/state/deskbreak/deskbreak.log").read_text(encoding="utf-8")


def test_given_a_terminal_when_a_prompt_is_due_then_it_is_printed_and_a_letter_answers_it(
    env: dict[str, str], tmp_path: Path
) -> None:
    """It says where it runs, prints the prompt with its letters, and takes `d` for Done."""
    with _prompted(env) as terminal:
        terminal.wait_for("d  Done")
        terminal.type("d\n")
        last = wait_for(
            lambda: deskbreak(env, "status", "--json").facts["last"], what="the end of the prompt"
        )
        printed = deskbreak(env, "status").out.splitlines()

        assert ("position", "taken", "answer") == tuple(
            last[0][name] for name in ("kind", "outcome", "by")
        )
        assert any(line.endswith("Change position: taken") for line in printed), printed
        ran = deskbreak(env, "quit")
        assert (0, 0) == (ran.status, terminal.ended())
        assert "Traceback" not in terminal.screen + _log(tmp_path)


def test_given_a_terminal_when_the_agent_is_interrupted_then_it_ends_in_good_order(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Ctrl+C means what it means everywhere; the terminal is as it was."""
    with Terminal(env, "run") as terminal:
        before = termios.tcgetattr(terminal._ours)
        terminal.wait_for("To end it: Ctrl+C")
        terminal.type("\x03")

        assert 0 == terminal.ended()
        assert before == termios.tcgetattr(terminal._ours)
        terminal.shows("")
        assert 1 == len(terminal.screen.replace("^C", "").split("\n")[:-1]), terminal.screen
        assert "Traceback" not in _log(tmp_path)


def test_given_a_desktop_when_the_agent_starts_in_a_terminal_then_it_says_how_to_end_it_there(
    env: dict[str, str],
) -> None:
    """Who tries it out by `make run` has no command on the path yet, but has these keys."""
    with Terminal({**env, "DISPLAY": ":4242"}, "run", *FAST) as terminal:
        terminal.wait_for("On trial, 600 times as fast, with a history of its own: ")
        terminal.wait_for("deskbreak is running. To end it: Ctrl+C, or deskbreak quit")
        terminal.type("\x03")

        assert 0 == terminal.ended()


def test_given_a_display_without_a_bus_when_a_break_is_taken_then_the_terminal_shows_it(
    env: dict[str, str],
) -> None:
    """After `startx` or `ssh -X` nothing else here could ever show a prompt."""
    here = {**env, "DISPLAY": ":4242"}
    with Terminal(here, "run") as terminal:
        terminal.wait_for("deskbreak is running")
        wait_for(lambda: deskbreak(here, "take", "position").status == 0, what="the agent")
        terminal.wait_for("d  Done")
        terminal.type("d\n")
        last = wait_for(
            lambda: deskbreak(here, "status", "--json").facts["last"], what="the end of the prompt"
        )

        assert "taken" == last[0]["outcome"]
        assert 0 == deskbreak(here, "quit").status


def test_given_a_notification_service_elsewhere_when_a_break_is_taken_then_the_terminal_shows_it(
    env: dict[str, str],
) -> None:
    """Over SSH the bus of the account may lead to the screen at a desk that is empty."""
    with PrivateBus() as bus, NotificationServer(bus.address) as service:
        here = {**env, "DBUS_SESSION_BUS_ADDRESS": bus.address}
        with Terminal(here, "run") as terminal:
            terminal.wait_for("prompts are printed here")
            wait_for(lambda: deskbreak(here, "take", "position").status == 0, what="the agent")
            terminal.wait_for("d  Done")

            assert [] == service.notes
            assert 0 == deskbreak(here, "quit").status


def test_given_a_terminal_when_its_window_is_closed_then_the_agent_ends_and_keeps_all(
    env: dict[str, str], tmp_path: Path
) -> None:
    """Nobody could see its prompts any more; the time until then is in the books."""
    with Terminal(env, "run") as terminal:
        terminal.wait_for("To end it: Ctrl+C")
        wait_for(lambda: deskbreak(env, "status").status == 0, what="an answer")
        terminal.close()

        assert 0 == terminal.ended()
        assert "Traceback" not in _log(tmp_path)
    facts = deskbreak(env, "stats", "--json").facts
    assert 0 < sum(day["desk_seconds"] for day in facts["days"])


def test_given_a_terminal_when_a_hangup_comes_from_elsewhere_then_the_agent_stays(
    env: dict[str, str],
) -> None:
    """``kill -HUP`` asks to read the settings again."""
    with Terminal(env, "run") as terminal:
        terminal.wait_for("To end it: Ctrl+C")
        os.kill(terminal.process.pid, signal.SIGHUP)

        assert 0 == deskbreak(env, "status").status
        assert terminal.process.poll() is None


def test_given_no_terminal_either_when_a_prompt_is_due_then_it_is_printed_all_the_same(
    env: dict[str, str],
) -> None:
    """Nothing tells of input, so one counts as present; a command answers."""
    with Agent(env, *FAST) as agent:
        wait_for(lambda: "deskbreak answer done" in agent.output, 20.0, "a prompt")
        status = agent.status

        assert "Neither a desktop session nor a terminal was found" in agent.output
        assert ("desk", "position") == (status["presence"], status["open"]["kind"])
        assert 0 == deskbreak(env, "answer", "done").status
        assert ["taken"] == [one["outcome"] for one in agent.status["last"]]
        assert agent.ask("stats")["facts"]["total"]["desk_seconds"] > 20 * 60
        agent.assert_well()


def test_given_no_prompt_yet_when_somebody_types_then_it_is_read_so_that_it_counts() -> None:
    """The kernel tells idle time by what is read; unread typing would look like an absence."""
    ours, theirs = pty.openpty()
    with os.fdopen(theirs, encoding="utf-8", closefd=True) as keyboard:
        words = gettext.NullTranslations()
        channel = TerminalChannel(io.StringIO(), lambda *_: None, words=words, keyboard=keyboard)
        os.write(ours, b"\n")
        wait_for(lambda: not _unread(theirs), what="somebody to read")
        channel.close()
    os.close(ours)


def _unread(fd: int) -> int:
    count = fcntl.ioctl(fd, termios.FIONREAD, bytes(4))
    return int.from_bytes(count, sys.byteorder)


def test_given_a_terminal_when_the_doctor_is_asked_then_what_was_typed_ahead_stays(
    env: dict[str, str],
) -> None:
    """It looks for a way to show prompts, and leaves the next command to the shell."""
    ours, theirs = pty.openpty()
    os.write(ours, b"next\n")
    argv = [sys.executable, "-m", "deskbreak", "doctor"]
    ran = subprocess.run(
        argv, env=env, cwd=REPOSITORY, stdin=theirs, capture_output=True, check=False, timeout=20
    )
    left = _unread(theirs)
    os.close(ours)
    os.close(theirs)

    assert b"Notifications: ok (terminal)" in ran.stdout
    assert len("next\n") == left
