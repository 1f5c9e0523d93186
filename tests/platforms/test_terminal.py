from __future__ import annotations

import contextlib
import gettext
import io
import os
import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Button, Choice, PromptView
from deskbreak.platforms.terminal import TerminalChannel
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for

if sys.platform == "win32":
    pytest.skip("Windows has no terminal devices", allow_module_level=True)

import termios

if TYPE_CHECKING:
    from collections.abc import Iterator

WORDS = gettext.NullTranslations()
VIEW = PromptView(
    episode=7,
    showing=1,
    kind="stretch",
    title="Time to stretch",
    body="One minute, then a few steps.",
    buttons=(
        Button(Choice.DONE, "Done"),
        Button(Choice.POSTPONE, "In 5 minutes"),
        Button(Choice.SKIP, "Skip"),
    ),
)


class German(gettext.NullTranslations):
    """Enough of a catalogue to see that it is asked."""

    def gettext(self, message: str) -> str:
        return {"Not for me": "Nichts für mich", "Type a letter, then Enter.": "Taste?"}.get(
            message, message
        )


class Tty:
    """A real pseudo terminal with a person before it."""

    def __init__(self) -> None:
        self._master, fd = os.openpty()
        self.screen = os.fdopen(os.dup(fd), "w", encoding="utf-8")
        self.keyboard = os.fdopen(fd, encoding="utf-8")
        os.set_blocking(self._master, False)
        self.answers: list[tuple[int, Choice]] = []
        self._seen = b""
        self._opened: list[TerminalChannel] = []

    def open(self, words: gettext.NullTranslations = WORDS) -> TerminalChannel:
        channel = TerminalChannel(
            self.screen,
            lambda episode, choice: self.answers.append((episode, choice)),
            words=words,
            keyboard=self.keyboard,
        )
        self._opened.append(channel)
        return channel

    def type(self, line: str) -> None:
        os.write(self._master, f"{line}\n".encode())

    @property
    def text(self) -> str:
        """All that stands on the screen, what was typed too."""
        with contextlib.suppress(BlockingIOError):
            self._seen += os.read(self._master, 65536)
        return self._seen.decode().replace("\r\n", "\n")

    def settle(self, *texts: str) -> None:
        wait_for(lambda: all(text in self.text for text in texts), what=f"{texts}")

    def stop_output(self) -> None:
        """Be Ctrl-S."""
        termios.tcflow(self.screen.fileno(), termios.TCOOFF)

    def start_output(self) -> None:
        termios.tcflow(self.screen.fileno(), termios.TCOON)

    def close(self) -> None:
        for channel in self._opened:
            channel.close()
        self.screen.close()
        self.keyboard.close()
        os.close(self._master)


@pytest.fixture
def tty() -> Iterator[Tty]:
    """A terminal of this test alone."""
    opened = Tty()
    yield opened
    opened.close()


def test_given_a_prompt_when_it_is_shown_then_it_says_how_to_answer(tty: Tty) -> None:
    """Everything that can be answered stands below, with the key that answers it."""
    tty.open().show(VIEW)
    tty.settle("Enter.\n")

    assert (
        """
Time to stretch
One minute, then a few steps.

  d  Done
  p  In 5 minutes
  s  Skip
  n  Not for me
Type a letter, then Enter.
"""
        == tty.text
    )


def test_given_another_language_when_a_prompt_is_shown_then_our_words_are_in_it(tty: Tty) -> None:
    """The view is translated already; the rest is ours to translate."""
    tty.open(German()).show(VIEW)

    tty.settle("  n  Nichts für mich\n", "Taste?\n")


@pytest.mark.parametrize(
    ("line", "choice"),
    [
        pytest.param("d", Choice.DONE, id="letter"),
        pytest.param("  S ", Choice.SKIP, id="capital, with spaces"),
        pytest.param("postpone", Choice.POSTPONE, id="name"),
        pytest.param("in 5 minutes", Choice.POSTPONE, id="what the button says"),
        pytest.param("n", Choice.NOT_FOR_ME, id="not among the buttons"),
        pytest.param("not-for-me", Choice.NOT_FOR_ME, id="name with hyphens"),
    ],
)
def test_given_a_prompt_when_an_answer_is_typed_then_it_is_passed_on(
    tty: Tty, line: str, choice: Choice
) -> None:
    """A letter, a name or the words on the button: whatever comes to mind."""
    tty.open().show(VIEW)
    tty.type(line)
    wait_for(lambda: tty.answers, what="the answer")

    assert [(7, choice)] == tty.answers


def test_given_a_prompt_when_something_else_is_typed_then_one_line_helps(tty: Tty) -> None:
    """Nobody has to remember anything; the prompt stays open."""
    tty.open().show(VIEW)
    tty.type("")
    tty.type("yes please")
    tty.settle("Please type one of d, p, s, n, then Enter.\n")
    tty.type("d")
    wait_for(lambda: tty.answers, what="the answer")

    assert [(7, Choice.DONE)] == tty.answers
    assert 1 == tty.text.count("Please type")


def test_given_an_answered_prompt_when_it_is_answered_again_then_nothing_is_passed_on(
    tty: Tty,
) -> None:
    """One prompt, one answer."""
    tty.open().show(VIEW)
    tty.type("d")
    tty.type("s")
    tty.settle("There is nothing to answer now.\n")

    assert [(7, Choice.DONE)] == tty.answers


def test_given_a_prompt_with_a_guide_when_it_is_asked_for_then_the_prompt_stays_open(
    tty: Tty,
) -> None:
    """Who wants to see how has not answered yet."""
    shown = replace(VIEW, buttons=(*VIEW.buttons, Button(Choice.START, "Show me how")))
    tty.open().show(shown)
    tty.type("g")
    tty.type("d")
    wait_for(lambda: len(tty.answers) == 2, what="both answers")

    assert [(7, Choice.START), (7, Choice.DONE)] == tty.answers


def test_given_keys_typed_before_the_prompt_then_they_are_no_answer_to_it(tty: Tty) -> None:
    """What lies in the keyboard's buffer was meant for something else."""
    tty.type("d")
    tty.settle("d\n")
    tty.open().show(VIEW)
    tty.settle("Enter.\n")
    tty.type("s")
    wait_for(lambda: tty.answers, what="the answer")

    assert [(7, Choice.SKIP)] == tty.answers


def test_given_an_open_prompt_when_it_is_withdrawn_then_one_line_says_so(tty: Tty) -> None:
    """What stands on the screen cannot be taken back, only explained."""
    channel = tty.open()
    channel.show(VIEW)
    channel.withdraw()
    channel.withdraw()
    tty.settle("No longer needed: Time to stretch\n")
    tty.type("d")
    tty.settle("There is nothing to answer now.\n")

    assert 1 == tty.text.count("No longer needed")
    assert [] == tty.answers


def test_given_an_answered_prompt_when_it_is_withdrawn_then_nothing_is_said(tty: Tty) -> None:
    """The person knows."""
    channel = tty.open()
    channel.show(VIEW)
    tty.type("d")
    wait_for(lambda: tty.answers, what="the answer")
    channel.withdraw()
    channel.show(replace(VIEW, title="Later"))
    tty.settle("Later")

    assert "No longer needed" not in tty.text


def test_given_a_reminder_when_it_is_shown_then_it_takes_the_place_of_the_prompt(
    tty: Tty,
) -> None:
    """An answer is one to what was shown last."""
    channel = tty.open()
    channel.show(VIEW)
    channel.show(replace(VIEW, episode=8))
    tty.type("d")
    wait_for(lambda: tty.answers, what="the answer")

    assert [(8, Choice.DONE)] == tty.answers


def test_given_texts_with_control_characters_when_shown_then_the_terminal_gets_none(
    tty: Tty,
) -> None:
    """A text of a pack cannot colour, clear or type into somebody's terminal."""
    evil = "a\x1b[2Jb\x07c\x9b31md\re\x00f"
    buttons = (Button(Choice.DONE, evil),)
    channel = tty.open()
    channel.show(replace(VIEW, title=evil, body=f"{evil}\nsecond line", buttons=buttons))
    channel.withdraw()
    tty.settle("No longer needed")

    assert [] == [letter for letter in tty.text if ord(letter) < 32 and letter != "\n"]
    assert not {"\x7f", "\x9b"} & set(tty.text)
    assert "second line\n" in tty.text


def test_given_a_terminal_that_cannot_show_a_letter_then_it_shows_another() -> None:
    """A prompt in plain ASCII is better than none."""
    written = io.BytesIO()
    stream = io.TextIOWrapper(written, encoding="ascii")
    TerminalChannel(stream, _never, words=WORDS).show(replace(VIEW, title="Pause … jetzt"))

    assert b"Pause ? jetzt" in written.getvalue()


def test_given_no_keyboard_when_a_prompt_is_shown_then_commands_answer_it() -> None:
    """In the background, or with its input from elsewhere, answers come from the command line."""
    stream = io.StringIO()
    channel = TerminalChannel(stream, _never, words=WORDS, keyboard=io.StringIO())
    channel.show(VIEW)
    channel.close()

    assert "  deskbreak answer not-for-me  Not for me\n" in stream.getvalue()
    assert "Answer with one of these commands.\n" in stream.getvalue()
    assert not [t for t in threading.enumerate() if t.name == "terminal"]


def test_given_a_stream_that_is_closed_when_a_prompt_is_shown_then_it_is_not_on_the_screen() -> (
    None
):
    """The agent then tries another way, and says so."""
    stream = io.StringIO()
    stream.close()
    channel = TerminalChannel(stream, _never, words=WORDS, keyboard=io.StringIO())

    with pytest.raises(Unavailable, match="the terminal takes no text"):
        channel.show(VIEW)
    channel.close()


def test_given_output_that_is_stopped_when_a_prompt_is_shown_then_it_gives_up(
    tty: Tty, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-S in the terminal must not hold the agent."""
    monkeypatch.setattr("deskbreak.platforms.terminal._WRITE_S", 0.05)
    tty.stop_output()

    with pytest.raises(Unavailable, match="output is stopped"):
        tty.open().show(VIEW)
    tty.start_output()


def test_given_a_channel_when_it_is_closed_then_its_thread_ends(tty: Tty) -> None:
    """Closing twice is closing once."""
    channel = tty.open()
    channel.show(VIEW)
    channel.close()
    channel.close()
    tty.settle("No longer needed")

    assert not [t for t in threading.enumerate() if t.name == "terminal"]
    assert 1 == tty.text.count("No longer needed")


# A shell in a terminal of its own, with job control, and in its background our channel.
SHELL = """
import fcntl, subprocess, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
mode = termios.tcgetattr(0)
mode[3] |= termios.TOSTOP
termios.tcsetattr(0, termios.TCSANOW, mode)
ran = subprocess.Popen([sys.executable, "-c", sys.argv[1]], process_group=0)
print("job ended with", ran.wait(10), flush=True)
"""
JOB = """
import gettext, sys
from tests.platforms.test_terminal import VIEW
from deskbreak.platforms.terminal import TerminalChannel
channel = TerminalChannel(sys.stdout, lambda *_: None, words=gettext.NullTranslations())
channel.show(VIEW)
channel.close()
"""


def test_given_a_job_in_the_background_when_it_prints_and_reads_then_it_is_not_stopped(
    tty: Tty,
) -> None:
    """`deskbreak run &` leaves the keyboard to the shell, and goes on where `stty tostop` is set."""
    with subprocess.Popen(
        [sys.executable, "-c", SHELL, JOB],
        stdin=tty.keyboard,
        stdout=tty.screen,
        stderr=tty.screen,
        start_new_session=True,
    ) as shell:
        wait_for(lambda: "job ended" in tty.text, 20.0, "the job to end")
        shell.kill()

    assert "  deskbreak answer done        Done\n" in tty.text
    assert "No longer needed: Time to stretch\n" in tty.text
    assert "job ended with 0\n" in tty.text


def _never(episode: int, choice: Choice) -> None:
    pytest.fail(f"{choice} to {episode}, which nobody gave")
