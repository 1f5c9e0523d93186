"""Start at login on Windows: the registry of a stand-in on every system, and Windows' own."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.words import Refusal
from deskbreak.storage import autostart_windows as autostart
from deskbreak.storage import desktop_entry, launcher
from deskbreak.storage.atlogin import Autostart

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Put = Callable[[str, str, object], None]

RUN, APPROVED = autostart.RUN, autostart.APPROVED
ON, OFF = b"\x02" + bytes(11), b"\x03\x00\x00\x00\xd4\x0d\x43\x8d\xc8\x3b\xd9\x01"
EVERYBODYS: Final = "HKLM"


@pytest.fixture(params=["real", "stand-in"] if sys.platform == "win32" else ["stand-in"])
def put(request: pytest.FixtureRequest) -> Put:
    """Return what puts a value of ours into the registry; None takes it out."""
    fixture = "_stand_in" if request.param == "stand-in" else "_registry"
    made: Put = request.getfixturevalue(fixture)
    return made


@pytest.fixture
def _stand_in(monkeypatch: pytest.MonkeyPatch) -> Put:
    values: dict[tuple[str, str], object] = {}

    def put(root: str, key: str, value: object) -> None:
        values[root, key] = value

    monkeypatch.setattr(autostart, "_value", lambda root, key: values.get((root, key)))
    monkeypatch.setattr(autostart, "_write", lambda command: put("HKCU", RUN, command))
    monkeypatch.setattr(autostart, "_unset", lambda key: put("HKCU", key, None))
    return put


@pytest.fixture
def _registry() -> Iterator[Put]:
    places = [(root, key) for root in ("HKCU", EVERYBODYS) for key in (RUN, APPROVED)]
    assert [None] * 4 == [autostart._value(root, key) for root, key in places]
    yield _put
    for root, key in places:
        _put(root, key, None)


def _put(root: str, key: str, value: object) -> None:
    if sys.platform != "win32":
        return
    import winreg

    with winreg.CreateKeyEx(autostart._root(root), key, 0, winreg.KEY_ALL_ACCESS) as opened:
        if isinstance(value, bytes):
            winreg.SetValueEx(opened, autostart.NAME, 0, winreg.REG_BINARY, value)
        elif value is not None:
            winreg.SetValueEx(opened, autostart.NAME, 0, winreg.REG_SZ, str(value))
        elif autostart._value(root, key) is not None:
            winreg.DeleteValue(opened, autostart.NAME)


@pytest.fixture
def program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed deskbreak, as which we were started: in a folder that needs quotes."""
    folder = tmp_path / "Programme für alle"
    folder.mkdir()
    monkeypatch.setattr(sys, "argv", [str(folder / "deskbreak.exe")])
    (folder / "deskbreakw.exe").write_bytes(b"MZ")
    return folder / "deskbreakw.exe"


def test_given_nothing_when_enabled_and_disabled_then_the_value_comes_and_goes(
    put: Put, program: Path
) -> None:
    """It starts the program without a console, by its whole path."""
    assert Autostart(enabled=False) == autostart.state()
    found = autostart.enable()

    assert (True, False, None) == (found.enabled, found.is_system, found.why)
    assert f'"{program}" run' == found.command
    assert rf"HKCU\{RUN}\deskbreak" == str(found.path)
    assert found == autostart.enable() == autostart.state()
    assert Autostart(enabled=False) == autostart.disable() == autostart.disable()


def test_given_a_program_that_has_gone_then_it_is_told_until_it_is_enabled_anew(
    put: Put, program: Path
) -> None:
    """Windows says nothing then, so we do."""
    autostart.enable()
    put("HKCU", RUN, r'"C:\no such folder\deskbreakw.exe" run')
    found = autostart.state()

    assert found.enabled
    assert r"C:\no such folder\deskbreakw.exe" in str(found.why)
    assert autostart.enable().why is None


@pytest.mark.parametrize(
    ("approval", "enabled"),
    [
        pytest.param(ON, True, id="on"),
        pytest.param(OFF, False, id="off"),
        pytest.param(b"\x07" + bytes(11), False, id="off, of another kind"),
        pytest.param(b"", True, id="nothing in it"),
        pytest.param("3", True, id="of another type"),
    ],
)
def test_given_what_was_chosen_in_task_manager_then_it_counts_until_it_is_enabled_here(
    put: Put, program: Path, approval: object, enabled: bool
) -> None:
    """Who switches it off there need not know about us."""
    autostart.enable()
    put("HKCU", APPROVED, approval)
    before = autostart.state()
    after = autostart.enable()

    assert (enabled, str(program)) == (before.enabled, autostart._program(before.command))
    assert (True, None) == (after.enabled, after.why)


def test_given_a_value_for_everybody_then_it_is_enough_and_not_ours_to_take_out(
    put: Put, program: Path
) -> None:
    """No second start is written beside it; Task Manager can switch it off, and we on again."""
    put(EVERYBODYS, RUN, f'"{program}" run')
    found = autostart.enable()
    with pytest.raises(Refusal, match="for everybody"):
        autostart.disable()

    assert (True, True) == (found.enabled, found.is_system)
    assert autostart._value("HKCU", RUN) is None
    put("HKCU", APPROVED, OFF)
    assert not autostart.state().enabled
    assert not autostart.disable().enabled
    assert autostart.enable().is_system
    put(EVERYBODYS, APPROVED, OFF)
    after = autostart.enable()
    assert (True, False) == (after.enabled, after.is_system)


def test_given_a_path_that_is_too_long_for_windows_then_it_is_told(
    put: Put, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Windows would start nothing, and say nothing."""
    command = ("C:\\" + "d" * 260 + "\\deskbreakw.exe",)
    monkeypatch.setattr(autostart, "own_command", lambda: command)
    with pytest.raises(Refusal, match="too long for Windows"):
        autostart.enable()

    assert not autostart.state().enabled


def test_given_a_registry_that_refuses_then_it_is_told_in_words(
    monkeypatch: pytest.MonkeyPatch, program: Path
) -> None:
    """An organisation may have locked it."""

    def refuse(_: str) -> None:
        raise PermissionError(13, "Access denied")

    monkeypatch.setattr(autostart, "_value", lambda root, key: None)
    monkeypatch.setattr(autostart, "_unset", lambda key: None)
    monkeypatch.setattr(autostart, "_write", refuse)
    with pytest.raises(Refusal, match=r"deskbreak cannot be written: Access denied"):
        autostart.enable()
    monkeypatch.setattr(autostart, "_unset", refuse)
    with pytest.raises(Refusal, match=r"deskbreak cannot be written: Access denied"):
        autostart.disable()


@pytest.mark.parametrize(
    ("command", "name"),
    [
        (
            r'"C:\Program Files\Deskbreak\deskbreakw.exe" run',
            "C:\\Program Files\\Deskbreak\\deskbreakw.exe",
        ),
        (r"C:\Deskbreak\deskbreakw.exe run", r"C:\Deskbreak\deskbreakw.exe"),
        ("deskbreakw", "deskbreakw"),
        ('"', ""),
    ],
)
def test_given_a_command_then_it_is_known_what_it_starts(command: str, name: str) -> None:
    """With quotes or without."""
    assert name == autostart._program(command)


def test_given_no_program_of_ours_then_python_starts_us_where_it_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Without a window, if it has a Python for that; where deskbreak is in this folder only, that is told."""
    monkeypatch.setattr(sys, "argv", [str(tmp_path / "__main__.py")])
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python.exe"))
    monkeypatch.setattr(desktop_entry, "is_installed", lambda: True)

    assert (str(tmp_path / "python.exe"), "-m", "deskbreak") == autostart.own_command()
    (tmp_path / "pythonw.exe").write_bytes(b"MZ")
    assert (str(tmp_path / "pythonw.exe"), "-m", "deskbreak") == autostart.own_command()
    (tmp_path / "Scripts").mkdir()
    (tmp_path / "Scripts/deskbreakw.exe").write_bytes(b"MZ")
    assert (str(tmp_path / "Scripts" / "deskbreakw.exe"),) == autostart.own_command()
    (tmp_path / "Scripts/deskbreakw.exe").unlink()
    monkeypatch.setattr(desktop_entry, "is_installed", lambda: False)
    with pytest.raises(Refusal, match="is not installed"):
        autostart.own_command()


@pytest.mark.skipif(sys.platform != "win32", reason="asks Windows' own program")
@pytest.mark.usefixtures("_registry")
def test_given_a_value_of_ours_then_windows_reg_sees_it(program: Path) -> None:
    """Under the name and in the place that administrators know."""
    autostart.enable()
    argv = ["reg", "query", rf"HKCU\{RUN}", "/v", "deskbreak"]
    ran = subprocess.run(argv, capture_output=True, check=False)

    assert b"deskbreakw.exe" in ran.stdout


# ── the menu of programs, which others fill there ──────────────────────────────────────────


@pytest.mark.parametrize(
    ("platform", "words"), [("win32", "the installer"), ("darwin", "no application")]
)
def test_given_another_system_when_the_menu_of_programs_is_asked_about_then_it_says_how_it_is_there(
    monkeypatch: pytest.MonkeyPatch, platform: str, words: str
) -> None:
    """In words, and start at login does not depend on it."""
    monkeypatch.setattr("deskbreak.storage.launcher.sys.platform", platform)
    for act in (launcher.state, launcher.install, launcher.refresh, launcher.remove):
        with pytest.raises(Refusal, match=words):
            act()

    assert not launcher.belongs_here()
