"""Prompts by way of osascript; the program is replaced, and no Mac has run it."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import PromptView
from deskbreak.platforms.macos import notice
from deskbreak.ports import Unavailable
from tests.desktop.matrix import cell

if TYPE_CHECKING:
    from collections.abc import Callable

    Ran = subprocess.CompletedProcess[bytes]

VIEW = PromptView(1, 1, "position", 'Say "no"', "-e 'do evil'\nStand \\ up.", ())


class Script:
    """osascript, and how it ends."""

    def __init__(self) -> None:
        self.argv: list[str] = []
        self.end: Callable[[list[str]], Ran] = lambda argv: subprocess.CompletedProcess(argv, 0)

    def __call__(self, argv: list[str]) -> Ran:
        self.argv = argv
        return self.end(argv)


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Script:
    """Stands for the program."""
    cell("prompts, osascript", "script peer")
    script = Script()
    monkeypatch.setattr(notice, "_run", script)
    return script


def test_given_a_prompt_when_it_is_shown_then_its_text_is_no_part_of_the_script(
    script: Script,
) -> None:
    """Quotes, backslashes and options in it are text."""
    channel = notice.ScriptChannel()
    channel.show(VIEW)
    channel.withdraw()
    channel.close()

    assert "/usr/bin/osascript" == script.argv[0]
    assert ["--", 'Say "no"', "-e 'do evil'\nStand \\ up."] == script.argv[-3:]
    assert not any("no" in part.split('"') for part in script.argv[:-3])
    assert not channel.lost


def _late(argv: list[str]) -> Ran:
    raise subprocess.TimeoutExpired(argv, 2.5)


def _absent(argv: list[str]) -> Ran:
    raise FileNotFoundError(2, "No such file or directory")


def _failed(argv: list[str]) -> Ran:
    return subprocess.CompletedProcess(argv, 1, stderr=b"not allowed\n")


@pytest.mark.parametrize(
    ("end", "why"),
    [
        pytest.param(_late, "osascript did not come to an end", id="late"),
        pytest.param(_absent, "osascript could not be run: No such file", id="absent"),
        pytest.param(_failed, "osascript failed: not allowed", id="failed"),
    ],
)
def test_given_a_script_that_fails_when_a_prompt_comes_then_it_is_not_shown(
    script: Script, end: Callable[[list[str]], Ran], why: str
) -> None:
    """Only what is on the screen counts as prompted."""
    script.end = end

    with pytest.raises(Unavailable, match=why):
        notice.ScriptChannel().show(VIEW)
