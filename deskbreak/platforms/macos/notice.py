"""Prompts as macOS shows those of a script: text without buttons, answered in the menu."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING, Final

from deskbreak.core.plain import clipped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from deskbreak.core.model import PromptView

_PROGRAM: Final = "/usr/bin/osascript"
# The text is an argument of the script, and never a part of it.
_SCRIPT: Final = (
    "on run argv",
    "display notification (item 2 of argv) with title (item 1 of argv)",
    "end run",
)
"""Source: display notification, AppleScript Language Guide, Apple; osascript(1)."""
_UNITS: Final = 512
_WITHIN_S: Final = 2.5
"""A channel has 3 s in all."""


class ScriptChannel:
    """Shows prompts by way of osascript; nobody can replace or withdraw them.

    No one has run this on a Mac yet.
    """

    name = "osascript"
    lost = False

    def show(self, view: PromptView) -> None:
        """Show *view* beside whatever is on the screen. At most 3 s.

        Raises:
            Unavailable: osascript is not there, failed, or did not end in time.
        """
        say(view.title, view.body)

    def withdraw(self) -> None:
        """Do nothing: it cannot be done."""

    def close(self) -> None:
        """Do nothing: there is nothing to let go."""


def say(title: str, body: str) -> None:
    """Show a notification. At most 3 s.

    Raises:
        Unavailable: As `ScriptChannel.show`.
    """
    lines = [part for line in _SCRIPT for part in ("-e", line)]
    texts = [clipped(one_line(title), _UNITS), clipped(plain(body), _UNITS)]
    try:
        # What begins with a dash would be an option: "--" ends those.
        ended = _run([_PROGRAM, *lines, "--", *texts])
    except subprocess.TimeoutExpired as error:
        raise Unavailable(said(N_("osascript did not come to an end"))) from error
    except OSError as error:
        why = N_("osascript could not be run: {error}")
        raise Unavailable(said(why, error=error.strerror)) from error
    if ended.returncode != 0:
        text = one_line(ended.stderr.decode(errors="replace")) or f"status {ended.returncode}"
        raise Unavailable(said(N_("osascript failed: {error}"), error=clipped(text, 200)))


def _run(argv: list[str]) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        argv, stdin=subprocess.DEVNULL, capture_output=True, timeout=_WITHIN_S, check=False
    )
