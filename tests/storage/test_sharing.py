from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from deskbreak.storage.files import places, read_settings, write_settings
from deskbreak.storage.sharing import patiently

if TYPE_CHECKING:
    from pathlib import Path


class Held(PermissionError):  # noqa: N818 - it is called as it is meant
    """What Windows says of a file that another program has open."""

    winerror = 32


def test_given_a_file_that_is_held_for_a_moment_then_it_is_done_after_that() -> None:
    """A virus scanner looks into each new file, and is done soon."""
    refusals = [Held(), Held()]

    def act() -> str:
        if refusals:
            raise refusals.pop()
        return "done"

    assert "done" == patiently(act, 1.0)


def test_given_a_file_that_stays_held_then_it_is_given_up() -> None:
    """A program that hangs with the file open holds us up for as long as was said."""
    calls = []

    def act() -> None:
        calls.append(1)
        raise Held

    begun_s = time.monotonic()
    with pytest.raises(Held):
        patiently(act, 0.05)

    assert 6 == len(calls)
    assert time.monotonic() - begun_s >= 0.05


def test_given_another_reason_then_nobody_waits() -> None:
    """Who may not do a thing may not do it a second later."""
    calls = []

    def act() -> None:
        calls.append(1)
        raise PermissionError

    with pytest.raises(PermissionError):
        patiently(act, 1.0)

    assert [1] == calls


def test_given_a_reader_when_a_setting_is_changed_then_it_is_changed(tmp_path: Path) -> None:
    """Whoever looks into the file for a moment is no reason to refuse a change."""
    path = tmp_path / "settings.toml"
    path.write_text('plan = "busy"\n', encoding="utf-8")
    with path.open("rb") as reader:
        leave = threading.Timer(0.2, reader.close)
        leave.start()
        write_settings(path, {"plan": "gentle"})
        leave.join()

    assert "gentle" == read_settings(path).values["plan"]


@pytest.mark.skipif(sys.platform != "win32", reason="these are Windows' folders")
def test_given_windows_then_settings_go_with_the_person_and_the_history_stays(home: Path) -> None:
    """A roaming profile takes the settings along; a database in it would be copied while open."""
    found = places()

    assert home / "AppData/Roaming/Deskbreak/settings.toml" == found.settings
    assert home / "AppData/Local/Deskbreak/history.db" == found.history
    assert home / "AppData/Local/Deskbreak/Run" == found.runtime
