"""What `doctor --bundle` writes: everything that support needs, nothing that is private."""

from __future__ import annotations

import getpass
import re
import socket
import stat
import sys
from typing import TYPE_CHECKING

from deskbreak.commands.output import FAILED, WITH_PROBLEMS
from deskbreak.storage import files

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desktop.desk import Here

SETTINGS = """
[position]
interval_minutes = 25
[person]
avoid = ["knee", "nonsense"]
hidden_prompts = ["P-PC-03"]
[working_hours]
friday = ["9-5"]
"""


def _with_settings_and_log(home: Path) -> None:
    places = files.places()
    for path in (places.settings, places.log):
        path.parent.mkdir(parents=True, exist_ok=True)
    places.settings.write_text(SETTINGS, encoding="utf-8")
    start = "2026-03-02 09:00:00,001"
    places.log.write_text(
        f"{start} INFO deskbreak.agent.channels: channel freedesktop: ready\n"
        f"{start} WARNING deskbreak: {home}/x: person.avoid = ['knee'] is not known\n"
        f"{start} DEBUG deskbreak.agent.loop: Answered(skip)\n"
        f"{start} ERROR deskbreak: {home}/y belongs to {getpass.getuser()}\n",
        encoding="utf-8",
    )


def test_given_a_bundle_is_asked_for_then_it_is_listed_first_and_tells_nothing_private(
    here: Here, home: Path, tmp_path: Path
) -> None:
    """Plain text, for this user alone; the exit status is that of doctor."""
    _with_settings_and_log(home)
    file = tmp_path / "bundle.txt"
    ran = here("doctor", "--bundle", str(file))
    text = file.read_text(encoding="utf-8")

    assert WITH_PROBLEMS == ran.status
    assert f"This is written to {file}:" in ran.out.splitlines()[0]
    listed = [line for line in ran.out.splitlines() if line.startswith("- ")]
    titles = ["versions", "desktop", "doctor", "settings", "log"]
    assert titles == re.findall("^== (.*) ==$", text, re.MULTILINE)
    assert len(titles) == len(listed)
    if sys.platform != "win32":
        assert 0o600 == stat.S_IMODE(file.stat().st_mode)
    for there in ("channel freedesktop: ready", "position.interval_minutes = 25", "~/y belongs"):
        assert there in text
    for private in ("knee", "P-PC-03", "Answered", str(home), "nonsense"):
        assert private not in text
    for name in (getpass.getuser(), socket.gethostname()):
        assert not re.search(rf"\b{re.escape(name)}\b", text)


def test_given_a_file_that_is_there_when_a_bundle_is_asked_for_then_it_stays_as_it_is(
    here: Here, tmp_path: Path
) -> None:
    """Nor is a link followed; a folder that is not there is said too."""
    file, link = tmp_path / "mine", tmp_path / "link"
    file.write_text("mine", encoding="utf-8")
    refused = [(file, "there already"), (tmp_path / "a/b", "No")]
    if sys.platform != "win32":  # where to make one is a right of administrators
        link.symlink_to(tmp_path / "target")
        refused.append((link, "there already"))
    for path, words in refused:
        ran = here("doctor", "--bundle", str(path))
        assert FAILED == ran.status
        assert words in ran.err
        assert "" == ran.out  # nothing says that it is written

    assert "mine" == file.read_text(encoding="utf-8")
    assert not (tmp_path / "target").exists()


def test_given_a_bundle_with_facts_then_programs_read_what_is_in_it(
    here: Here, tmp_path: Path
) -> None:
    """What people read does not stand among the facts."""
    ran = here("doctor", "--json", "--bundle", str(tmp_path / "b"))

    assert str(tmp_path / "b") == ran.facts["bundle"]["file"]
    assert "versions" == ran.facts["bundle"]["parts"][0]["name"]
    assert "This is written to" in ran.err
