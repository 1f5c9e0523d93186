"""What has to pass before a change is taken: whatever fails of it, all of it has failed."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform == "win32":
    pytest.skip("it is for Debian", allow_module_level=True)

PARTS: Final = (
    *("make lint", "make types", "make test", "make test-oldest", "make dist", "make try-deb"),
    *("make .venv-audit/.run", "audit", "make test-windows"),
)
INSTALLING: Final = ("desktop-tools", "debian/prepare", "wine/prepare")


def run(folder: Path, **codes: int) -> subprocess.CompletedProcess[str]:
    """Run it where each part says its name and ends as *codes* say."""
    places = {
        "desktop-tools": ".ci/desktop-tools",
        "debian/prepare": "packaging/debian/prepare",
        "wine/prepare": "packaging/wine/prepare",
        "audit": ".venv-audit/bin/python",
        "make": "bin/make",
        "apt-get": "bin/apt-get",
    }
    for name, place in places.items():
        program = folder / place
        program.parent.mkdir(parents=True, exist_ok=True)
        said = f"{name} $1" if name == "make" else name
        cases = "".join(f'    "{part}") exit {code};;\n' for part, code in codes.items())
        program.write_text(f'#!/bin/sh\necho "{said}"\ncase "{said}" in\n{cases}    *) ;;\nesac\n')
        program.chmod(0o755)
    shutil.copy(REPOSITORY / ".ci/run", folder / ".ci/run")
    return subprocess.run(
        ["bash", folder / ".ci/run"],
        env={**os.environ, "PATH": f"{folder / 'bin'}:{os.environ['PATH']}"},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_given_parts_that_pass_then_all_run_and_what_runs_beside_is_told_in_one_piece(
    tmp_path: Path,
) -> None:
    """Nobody has to take two outputs apart."""
    ran = run(tmp_path)

    assert (0, "") == (ran.returncode, ran.stderr)
    assert [*PARTS[:2], *INSTALLING, *PARTS[2:]] == ran.stdout.splitlines()


@pytest.mark.parametrize("part", [*PARTS, *INSTALLING])
def test_given_a_part_that_fails_then_all_of_it_has_failed_and_says_which(
    tmp_path: Path, part: str
) -> None:
    """Beside another or not."""
    ran = run(tmp_path, **{part: 3})

    assert 0 != ran.returncode
    assert part in ran.stdout.splitlines()


@pytest.mark.parametrize("part", ["audit", "debian/prepare", "wine/prepare"])
def test_given_what_cannot_be_had_here_then_that_holds_nothing_up(
    tmp_path: Path, part: str
) -> None:
    """They end with 77, and the rest goes on."""
    ran = run(tmp_path, **{part: 77})

    assert 0 == ran.returncode
    assert "make test-windows" in ran.stdout.splitlines()
