"""Start at login on macOS: LaunchAgents in folders of the test, and a launchctl that is replaced."""

from __future__ import annotations

import plistlib
import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.core.words import Refusal
from deskbreak.storage import autostart_macos as autostart
from deskbreak.storage.atlogin import Autostart

if TYPE_CHECKING:
    from pathlib import Path

DOMAIN = "gui/501"


class Launchd:
    """What launchd was told to leave alone."""

    def __init__(self) -> None:
        self.off: set[str] = set()
        self.is_deaf = False

    def __call__(self, verb: str, where: str) -> str:
        if self.is_deaf:
            return ""
        if verb == "disable":
            self.off.add(where)
        elif verb == "enable":
            self.off.discard(where)
        label = autostart.LABEL
        state = "disabled" if f"{DOMAIN}/{label}" in self.off else "enabled"
        return f'disabled services = {{\n\t"com.example.other" => disabled\n\t"{label}" => {state}\n}}\n'


@pytest.fixture
def launchd(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Launchd:
    """A Mac of the account 501, whose folder for everybody is in *tmp_path*."""
    for name in ("HOME", "USERPROFILE"):
        monkeypatch.setenv(name, str(tmp_path / "home"))
    made = Launchd()
    monkeypatch.setattr(autostart, "_launchctl", made)
    monkeypatch.setattr(autostart, "_account", lambda: 501)
    monkeypatch.setattr(autostart, "_everybodys", lambda: tmp_path / "Library/LaunchAgents")
    return made


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed program named deskbreak, as which we were started."""
    script = tmp_path / "bin" / "deskbreak"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr("deskbreak.storage.desktop_entry.own_command", lambda: (str(script),))
    monkeypatch.setattr(
        "deskbreak.storage.desktop_entry.is_there", lambda name: name == str(script)
    )
    return script


def written(path: Path, **wanted: Any) -> Path:  # noqa: ANN401 - what a property list may have
    """Put a LaunchAgent there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(plistlib.dumps({"Label": autostart.LABEL, **wanted}))
    return path


def test_given_nothing_when_enabled_and_disabled_then_the_agent_comes_and_goes(
    launchd: Launchd, program: Path
) -> None:
    """It starts this very program at login, and nothing is left behind."""
    own, _ = autostart.places()
    assert Autostart(enabled=False) == autostart.state()
    found = autostart.enable()
    wanted = plistlib.loads(own.read_bytes())

    assert (True, own, False, None) == (found.enabled, found.path, found.is_system, found.why)
    assert [str(program), "run"] == wanted["ProgramArguments"]
    assert (autostart.LABEL, True) == (wanted["Label"], wanted["RunAtLoad"])
    assert f"{autostart.LABEL}.plist" == own.name
    assert found == autostart.enable() == autostart.state()
    assert not autostart.disable().enabled
    assert not own.exists()
    assert not autostart.disable().enabled


def test_given_what_launchd_was_told_then_it_counts_until_it_is_enabled_here(
    launchd: Launchd, program: Path
) -> None:
    """People and their administrators switch it with launchctl."""
    autostart.enable()
    launchd("disable", f"{DOMAIN}/{autostart.LABEL}")
    before = autostart.state()

    assert not before.enabled
    assert autostart.enable().enabled


@pytest.mark.parametrize(
    ("wanted", "enabled", "works"),
    [
        pytest.param({"RunAtLoad": True}, True, False, id="nothing to start"),
        pytest.param({"RunAtLoad": False}, False, True, id="not at login"),
        pytest.param({}, False, True, id="not at login, as nothing is said"),
        pytest.param({"RunAtLoad": True, "Disabled": True}, False, True, id="switched off"),
        pytest.param(
            {"RunAtLoad": True, "ProgramArguments": ["/no/such/program"]}, True, False, id="gone"
        ),
        pytest.param({"RunAtLoad": True, "ProgramArguments": "x"}, True, False, id="no list"),
    ],
)
def test_given_an_agent_then_it_starts_deskbreak_as_launchd_understands_it(
    launchd: Launchd, program: Path, wanted: dict[str, object], enabled: bool, works: bool
) -> None:
    """And enabling makes it start us."""
    written(autostart.places()[0], **wanted)
    found = autostart.state()

    assert (enabled, works) == (found.enabled, found.why is None)
    after = autostart.enable()
    assert (True, None) == (after.enabled, after.why)


def test_given_an_agent_for_everybody_then_launchd_switches_it_for_this_account(
    launchd: Launchd, program: Path
) -> None:
    """The file of the package is not ours to change, and no second one is written beside it."""
    own, everybodys = autostart.places()
    written(everybodys, RunAtLoad=True, ProgramArguments=[str(program), "run"])
    before = everybodys.read_bytes()

    assert autostart.enable().is_system
    assert not autostart.disable().enabled
    assert {f"{DOMAIN}/{autostart.LABEL}"} == launchd.off
    assert autostart.enable().is_system
    assert (before, False) == (everybodys.read_bytes(), own.exists())
    launchd.is_deaf = True
    with pytest.raises(Refusal, match="for everybody"):
        autostart.disable()


@pytest.mark.parametrize("data", [b"no property list", b"<plist><dict>", b"bplist00\xff"])
def test_given_a_file_that_is_none_then_it_is_told(
    launchd: Launchd, program: Path, data: bytes
) -> None:
    """In words, and nothing is changed."""
    own, _ = autostart.places()
    own.parent.mkdir(parents=True)
    own.write_bytes(data)
    with pytest.raises(Refusal, match="is no property list"):
        autostart.enable()

    assert data == own.read_bytes()


@pytest.mark.skipif(sys.platform == "darwin", reason="there is one")
def test_given_no_launchctl_then_the_files_decide() -> None:
    """A command that cannot be started says nothing."""
    assert not autostart._launchctl("print-disabled", "gui/501")
