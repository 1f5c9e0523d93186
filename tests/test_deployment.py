"""The page for administrators: which of its commands are run by tests, and where."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.managed import Document, Level, Scope, under
from deskbreak.policy import macos
from tests.architecture import REPOSITORY
from tests.deployment import PAGE, not_run, shown

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desktop.desk import Here

WINDOWS: Final = [one.text for one in shown() if one.where == "bat"]
ELSEWHERE: Final = [one.text for one in shown() if one.where in {"sh", "text"}]


def test_given_a_command_of_the_page_then_a_test_runs_it_or_says_why_not() -> None:
    """Commands of Linux are run in tests/policy/office, those of Windows below."""
    known = {"", "bat", "console", "sh", "text"}

    assert [] == [one.text for one in shown() if one.where not in known]
    ours = ("deskbreak ", "strace ")
    assert [] == [text for text in ELSEWHERE if not not_run(text) and not text.startswith(ours)]
    assert len(shown()) > 40


def test_given_a_link_on_the_page_then_it_leads_somewhere() -> None:
    """To a heading of this page, or to a file."""
    text = PAGE.read_text(encoding="utf-8")
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.*)$", text, re.MULTILINE)
    }
    for target in re.findall(r"\]\(([^)]+)\)", text):
        path, _, anchor = target.partition("#")
        assert anchor in headings or path, target
        assert not path or (PAGE.parent / path).exists(), target


@pytest.mark.skipif(sys.platform == "win32", reason="owners of files, as POSIX has them")
def test_given_the_policy_of_the_page_then_it_is_the_same_for_linux_and_for_a_mac(
    tmp_path: Path,
) -> None:
    """Two JSON files, and one property list as a management tool lays it down."""
    files = {one.name: one.text for one in shown() if one.name}
    linux = [
        Document(name, level, Scope.MACHINE, json.loads(files[name]))
        for name, level in (
            ("10-example.json", Level.MANDATORY),
            ("20-hints.json", Level.RECOMMENDED),
        )
    ]
    tmp_path.chmod(0o755)
    plist = tmp_path / f"{macos.DOMAIN}.plist"
    plist.write_text(files[plist.name], encoding="utf-8")
    plist.chmod(0o644)

    own, mac = under(linux, []), under(macos.read(tmp_path, tmp_path.stat().st_uid), [])
    assert () == own.problems == mac.problems
    assert own.values == mac.values
    assert own.organisation == mac.organisation
    for resolved in (own, mac):
        assert 25 == resolved.values["position.interval_minutes"]
        assert resolved.is_locked("position.interval_minutes")
        assert 15 == resolved.values["prompts.min_gap_minutes"]
        assert not resolved.is_locked("prompts.min_gap_minutes")
        bounds = resolved.bounds["stretch.interval_minutes"]
        assert (40, 90) == (bounds.low, bounds.high)
        assert "busy" not in resolved.bounds["plan"].choices


@pytest.mark.parametrize("command", sorted({one for one in ELSEWHERE if not_run(one)}))
def test_given_a_command_that_cannot_be_run_here_then_it_is_named(command: str) -> None:
    """In the summary of every run of the tests, with its reason."""
    pytest.skip(f"not run: {command}: {not_run(command)}")


@pytest.mark.parametrize("command", sorted({one for one in ELSEWHERE if one[:5] == "deskb"}))
def test_given_a_command_in_the_text_then_there_is_one(here: Here, command: str) -> None:
    """With that action and these options; what it does is shown by tests of its own."""
    words = command.split()[1:]
    ran = here(*words, "--help")

    assert (0, "") == (ran.status, ran.err)


@pytest.mark.skipif(sys.platform != "win32", reason="these are Windows' commands")
def test_given_the_commands_for_windows_then_they_set_what_the_page_says_and_take_it_back(
    tmp_path: Path,
) -> None:
    """In their order, in the shell that the page names; what needs a domain is left out."""
    from tests.policy.registry import Registry

    with Registry():
        printed = [(command, _in_cmd(command, tmp_path)) for command in WINDOWS]
    policies = [out for command, out in printed if command == "deskbreak policy"]

    assert "Managed by Example Ltd" in policies[0]
    for name, value in (
        ("position.interval_minutes", "25"),
        ("stretch.interval_minutes", "40..90"),
    ):
        assert re.search(rf"{name} +{re.escape(value)} ", policies[0]), policies[0]
    assert re.search(r"plan +standard, gentle +bounds", policies[0])
    assert re.search(r"prompts.min_gap_minutes +15 +recommended", policies[0])
    assert "No organisation has set anything here." in policies[1]
    for name, where in (("admx", "deskbreak.admx"), ("adml", "en-US/deskbreak.adml")):
        kept = (REPOSITORY / "config/policy" / where).read_bytes()
        assert kept == (tmp_path / f"deskbreak.{name}").read_bytes()


def _in_cmd(command: str, folder: Path) -> str:
    """Run a command as a person types it; return what it printed."""
    if not_run(command):
        return ""
    ours = subprocess.list2cmdline([sys.executable, "-m", "deskbreak"])
    ran = subprocess.run(  # noqa: S602 - the page's own commands, in the shell that it names
        re.sub(r"^deskbreak(?= )", lambda _: ours, command),
        shell=True,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        check=False,
        text=True,
    )
    assert ran.returncode == 0, (command, ran.stdout, ran.stderr)
    return ran.stdout
