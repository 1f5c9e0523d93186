from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deskbreak import __version__, cli, door
from deskbreak.commands import output
from deskbreak.commands.output import DONE, FAILED

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

    from deskbreak.core.model import Command


def without_console(patch: pytest.MonkeyPatch) -> list[str]:
    """Be a Windows program without a console from here on; what it has shown on screen."""
    lines: list[str] = []
    # pytest sets this anew before each test, so no fixture can do it.
    patch.setattr(sys, "stderr", None)
    patch.setattr(output, "_show", lines.append)
    return lines


def test_given_no_console_when_something_is_wrong_then_it_is_shown_on_screen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Who chose deskbreak in a menu must learn why it does not come."""
    shown = without_console(monkeypatch)

    assert FAILED == cli.main(["status"])

    assert ["not running. Start it with: deskbreak run"] == shown


def test_given_no_console_when_it_is_started_twice_at_login_then_nobody_is_bothered(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The user's own entry and everybody's may both start it."""
    shown = without_console(monkeypatch)
    monkeypatch.setattr(door, "is_running", lambda _: True)

    assert FAILED == cli.main(["run"])

    assert [] == shown


def test_given_no_console_when_it_is_chosen_in_the_menu_then_the_running_one_answers(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A second start is not a mistake there: the one that runs shows itself."""
    shown = without_console(monkeypatch)
    asked: list[str] = []

    def ask(_: Path, command: Command) -> dict[str, object]:
        asked.append(command.name)
        return {"ok": True, "version": __version__}

    monkeypatch.setattr(door, "is_running", lambda _: True)
    monkeypatch.setattr(door, "ask", ask)

    assert DONE == cli.main(["run", "--launched"])

    assert (["launched"], []) == (asked, shown)
