from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deskbreak.agent import launch

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def test_given_a_python_then_it_runs_our_commands() -> None:
    """Whatever started the agent, its commands are of the very same deskbreak."""
    assert (sys.executable, "-m", "deskbreak") == launch._own_command()


def test_given_the_built_program_then_its_commands_are_run_by_the_one_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """deskbreakw.exe takes no -m, and could not tell what went wrong."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "deskbreakw.exe"))

    assert (str(tmp_path / "deskbreak.exe"),) == launch._own_command()
