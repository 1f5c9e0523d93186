from __future__ import annotations

import stat
import sys
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.settings import Origin
from deskbreak.storage.lastgood import copy_of
from deskbreak.storage.layers import Settings

if TYPE_CHECKING:
    from pathlib import Path

GOOD = """\
plan = "gentle"
[position]
interval_minutes = 31
[working_hours]
monday = ["09:00-12:30"]
days_off = [2026-12-24]
[person]
avoid = ["balance"]
"""
ANEW = "until it is mended, the settings from before stay in force, except those under person"


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file that has been read."""
    path = tmp_path / "settings.toml"
    path.write_text(GOOD, encoding="utf-8")
    Settings(path).load()
    return path


def test_given_a_file_that_breaks_before_a_restart_then_what_it_said_stays_in_force(
    file: Path,
) -> None:
    """All but what is about the person, which lies in the file alone; and it says so."""
    good = Settings(file).load()
    file.write_text("[position\n", encoding="utf-8")
    started = Settings(file).load()

    assert {**good.values, "person.avoid": ()} == started.values
    assert Origin.USER is started.origins["working_hours.days_off"]
    (said,) = map(str, started.problems)
    assert said.endswith(f"; {ANEW}")
    assert "balance" not in copy_of(file).read_text(encoding="utf-8")


def test_given_a_file_that_is_mended_or_removed_then_the_copy_follows(file: Path) -> None:
    """Whoever removes the settings leaves nothing behind that would come back."""
    file.write_text("[position\n", encoding="utf-8")
    agent = Settings(file)
    agent.load()
    file.write_text("position.interval_minutes = 40\n", encoding="utf-8")
    agent.load()
    file.write_text("[position\n", encoding="utf-8")
    mended = Settings(file).load()
    file.unlink()
    agent.load()

    assert 40 == mended.whole("position.interval_minutes")
    assert not copy_of(file).exists()
    assert not list(file.parent.iterdir())


def test_given_a_file_that_says_the_same_then_nothing_is_written(file: Path) -> None:
    """Every command reads the settings; most change nothing."""
    before = copy_of(file).stat()
    file.write_text(f"# {GOOD}".replace("# plan", "# mine\nplan"), encoding="utf-8")
    Settings(file).load()

    assert before.st_ino == copy_of(file).stat().st_ino
    if sys.platform != "win32":
        assert 0o600 == stat.S_IMODE(before.st_mode)


@pytest.mark.parametrize(
    "copy",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"{", id="half"),
        pytest.param(b"[]", id="a list"),
        pytest.param(b"\xff\xfe", id="no text"),
        pytest.param(b"[" * 50_000, id="nested"),
        pytest.param(
            b'{"position.interval_minutes": 5, "x": 1, "person.avoid": ["balance"]}', id="bad"
        ),
    ],
)
def test_given_a_copy_that_is_none_then_the_defaults_are_in_force(file: Path, copy: bytes) -> None:
    """It says nothing that could not be, and nothing of it is a problem of its own."""
    copy_of(file).write_bytes(copy)
    file.write_text("[position\n", encoding="utf-8")
    started = Settings(file).load()

    assert {Origin.DEFAULT} == set(started.origins.values())
    assert 1 == len(started.problems)
    assert str(started.problems[0]).endswith("; using the defaults until it is mended")


def test_given_a_copy_that_cannot_be_written_then_settings_are_read_all_the_same(
    file: Path,
) -> None:
    """What cannot be kept is no problem of today."""
    file.write_text("position.interval_minutes = 40\n", encoding="utf-8")
    copy_of(file).unlink()
    copy_of(file).mkdir()
    resolved = Settings(file).load()

    assert 40 == resolved.whole("position.interval_minutes")
    assert () == resolved.problems
