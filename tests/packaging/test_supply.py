"""What comes from elsewhere: pinned with hashes, installed by them, and nothing known against it."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests import board as board_

if TYPE_CHECKING:
    from tests.board import Board

REPOSITORY: Final = Path(__file__).parents[2]
LOCKS: Final = sorted(
    path for pattern in ("*.lock", "packaging/**/*.lock") for path in REPOSITORY.glob(pattern)
)
PINNED: Final = re.compile(
    r"(?P<name>[a-z0-9][\w.-]*(?:\[[\w,-]+\])?)==(?P<version>[\w.!+-]+)(?: ; [^\\\n]+?)? \\\n"
    r"(?:    --hash=sha256:[0-9a-f]{64}(?: \\)?\n)+",
    re.IGNORECASE,
)
INSTALLS: Final = re.compile(r"\bpip\)?\s[^\n|;&]*\binstall\b(?:[^\n]*\\\n)*[^\n]*", re.IGNORECASE)
OURS: Final = ("--require-hashes", "--no-deps")
TOOLS_ALONE: Final = ("mutmut==", "pip-tools==")
"""Of developers, in environments of their own: nothing that they make is shipped."""
NOT_RUN: Final = 77


def pins(lock: Path) -> dict[str, str]:
    """Return name and version of each library in a lock, all of which have hashes."""
    text = lock.read_text(encoding="utf-8")
    return {m["name"].partition("[")[0].lower(): m["version"] for m in PINNED.finditer(text)}


@pytest.mark.row("S11", "supply")
@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: str(lock.relative_to(REPOSITORY)))
def test_given_a_lock_then_each_library_has_one_version_and_its_hashes(
    lock: Path, board: Board
) -> None:
    """No addresses, no ranges, no folders: whatever is not a comment is a pin with hashes."""
    text = lock.read_text(encoding="utf-8")
    left = PINNED.sub("", text)
    rest = [
        line for line in left.splitlines() if line.strip() and not line.lstrip().startswith("#")
    ]
    board.note(load=len(pins(lock)), figure=f"{lock.relative_to(REPOSITORY)}: {len(pins(lock))}")

    assert [] == rest
    assert {} != pins(lock)


@pytest.mark.row("S11", "supply")
def test_given_what_we_need_then_the_lock_has_it_and_the_others_agree() -> None:
    """A release, its tests and its build are made with the same versions."""
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[^\w.-]", text)[0].lower() for text in project["dependencies"]}
    locked, tested = (pins(REPOSITORY / f"requirements{end}.lock") for end in ("", "-dev"))

    assert set() == names - locked.keys()
    assert {} == {name: tested.get(name) for name in locked if tested.get(name) != locked[name]}


@pytest.mark.row("S11", "supply")
def test_given_whatever_installs_then_it_asks_for_hashes(board: Board) -> None:
    """In the commands, in what runs before a change is taken, and in what makes packages."""
    texts = [REPOSITORY / "Makefile"]
    for folder in (".ci", "packaging"):
        texts += (
            path
            for path in (REPOSITORY / folder).rglob("*")
            if path.is_file() and path.suffix in ("", ".sh", ".py", ".in", ".spec")
        )
    found = [
        (path.name, call)
        for path in texts
        for call in INSTALLS.findall(path.read_text(encoding="utf-8", errors="replace"))
    ]
    loose = [
        (name, call)
        for name, call in found
        if not any(word in call for word in (*OURS, *TOOLS_ALONE))
    ]
    board.note(load=len(found), figure=f"{len(found)} installations, {len(loose)} without hashes")

    assert [] == loose
    assert len(found) > 5


@pytest.mark.row("S11", "supply")
@pytest.mark.skipif(not board_.FILE, reason="asks the network, and only for the scoreboard")
def test_given_the_locks_then_nothing_is_known_against_them(board: Board) -> None:
    """As `make audit` asks; where nobody answers it was not run."""
    python = REPOSITORY / ".venv-audit" / "bin" / "python"
    if not python.exists():
        pytest.skip("not installed: pip-audit (make .venv-audit/.run)")
    argv = [str(python), "packaging/audit.py", "requirements.lock", "requirements-build.lock"]
    ran = subprocess.run(argv, cwd=REPOSITORY, capture_output=True, text=True, check=False)
    if ran.returncode == NOT_RUN:
        pytest.skip(ran.stdout.splitlines()[-1])
    board.note(load=len(pins(REPOSITORY / "requirements.lock")), figure=ran.stdout.splitlines()[-1])

    assert (0, "") == (ran.returncode, ran.stderr)
