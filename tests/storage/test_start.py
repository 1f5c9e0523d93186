"""Desktop entries: how they are read and changed, start at login, the menu of programs."""

from __future__ import annotations

import errno
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.words import Refusal
from deskbreak.storage import autostart, desktop_entry, launcher
from deskbreak.storage.desktop_entry import command_line, edited, program, value

if TYPE_CHECKING:
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("desktop entries are for Linux", allow_module_level=True)

HIDDEN = "[Desktop Entry]\nHidden=true\n"
VALIDATE = "desktop-file-validate"


@pytest.fixture
def ours(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An installed program named deskbreak, as which we were started."""
    return installed(home / "venv" / "bin", monkeypatch)


@pytest.fixture
def system(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of autostart entries for all users."""
    monkeypatch.setenv("XDG_CONFIG_DIRS", f"relative:{home / 'etc'}")
    folder = home / "etc" / "autostart"
    folder.mkdir(parents=True)
    return folder


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put a program named deskbreak into *folder*, and be it."""
    script = folder / "deskbreak"
    folder.mkdir(parents=True)
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.setattr(sys, "argv", [str(script)])
    return script


def own(home: Path) -> Path:
    """Where the user's autostart entry is."""
    return home / ".config" / "autostart" / "deskbreak.desktop"


def written(path: Path, text: str) -> Path:
    """Put a file there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def valid(path: Path) -> str:
    """What desktop-file-validate has to say, which is nothing."""
    if shutil.which(VALIDATE) is None:
        pytest.skip(f"not installed: {VALIDATE}")
    ran = subprocess.run([VALIDATE, str(path)], capture_output=True, text=True, check=False)
    return ran.stdout + ran.stderr


# ── the file ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    "word",
    [
        "/usr/bin/deskbreak",
        "/home/a b/bin/deskbreak",
        "/100%/deskbreak",
        'a"b',
        "a\\b",
        "$HOME",
        "`x`",
        "a;b&c|d",
        "über",
    ],
)
def test_given_any_path_when_it_is_written_as_a_command_then_it_is_read_as_that_path(
    word: str,
) -> None:
    """Blanks, quotes, backslashes, percent and dollar signs have a meaning there."""
    text = edited("", {"Exec": command_line([word, "run"])})

    assert word == program(text)


def test_given_an_entry_when_a_key_changes_then_everything_else_stays() -> None:
    """Comments, order, other groups with the same key, and keys given twice."""
    before = (
        "# mine\n[Desktop Entry]\nName = deskbreak\nHidden=true\nHidden=false\n\n"
        "[Desktop Action x]\nHidden=true\n"
    )
    after = edited(before, {"Hidden": None, "Exec": "deskbreak run", "Name": "Pause"})

    assert (
        "# mine\n[Desktop Entry]\nName=Pause\nExec=deskbreak run\n\n"
        "[Desktop Action x]\nHidden=true\n" == after
    )
    assert ["Pause", "", ""] == [value(after, key) for key in ("Name", "Hidden", "Other")]


@pytest.mark.parametrize("text", ["", "\n\n", "no group at all\n", "# only this\n"])
def test_given_what_is_no_entry_when_a_key_is_set_then_it_becomes_one(text: str) -> None:
    """A file that somebody emptied."""
    assert "deskbreak" == value(edited(text, {"Name": "deskbreak"}), "Name")


def test_given_a_start_without_a_script_then_python_starts_us_where_it_can(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """With -m from anywhere; where deskbreak is found in this folder only, that is told."""
    monkeypatch.setattr(sys, "argv", ["/x/deskbreak/__main__.py"])
    python = tmp_path / "python"
    python.write_text('#!/bin/sh\nexit "${NOT_THERE:-0}"\n')
    python.chmod(0o755)
    monkeypatch.setattr(sys, "executable", str(python))

    assert (str(python), "-m", "deskbreak") == desktop_entry.own_command()
    monkeypatch.setenv("NOT_THERE", "1")
    with pytest.raises(Refusal, match="is not installed"):
        desktop_entry.own_command()
    (tmp_path / "deskbreak").write_text("")
    (tmp_path / "deskbreak").chmod(0o755)
    assert (str(tmp_path / "deskbreak"),) == desktop_entry.own_command()


def test_given_a_link_that_starts_us_then_the_link_is_written(
    ours: Path, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What pipx links to moves with each version; its link does not."""
    link = home / "bin" / "deskbreak"
    link.parent.mkdir()
    link.symlink_to(ours)
    monkeypatch.setattr(sys, "argv", [str(link)])

    assert (str(link),) == desktop_entry.own_command()


# ── start at login ─────────────────────────────────────────────────────────────────────────


def test_given_nothing_when_enabled_and_disabled_then_the_entry_comes_and_goes(
    ours: Path, home: Path, system: Path
) -> None:
    """It starts this very program by its whole path, and nothing is left behind."""
    assert not autostart.state().enabled
    found = autostart.enable()

    assert (True, own(home), False) == (found.enabled, found.path, found.is_system)
    assert (f"{ours} run", None) == (found.command, found.why)
    assert not valid(own(home))
    assert found == autostart.enable() == autostart.state()
    assert not autostart.disable().enabled
    assert not own(home).exists()
    assert autostart.Autostart(enabled=False) == autostart.disable()


def test_given_a_program_that_has_gone_then_the_entry_does_not_work_until_it_is_enabled_anew(
    ours: Path, home: Path
) -> None:
    """An environment that was removed; the desktop says nothing then, so we do."""
    autostart.enable()
    moved = ours.rename(ours.with_name("elsewhere"))
    found = autostart.state()

    assert found.enabled
    assert found.why is not None
    assert str(ours) in str(found.why)
    moved.rename(ours)
    assert autostart.enable().why is None


@pytest.mark.parametrize(
    ("text", "enabled"),
    [
        pytest.param("Exec=true\n", True, id="plain"),
        pytest.param("Exec=true\nHidden=true\n", False, id="hidden"),
        pytest.param("Exec=true\nHidden=1\n", False, id="hidden, as of old"),
        pytest.param("Exec=true\nX-GNOME-Autostart-enabled=false\n", False, id="GNOME's switch"),
        pytest.param("Exec=true\nOnlyShowIn=KDE;XFCE;\n", False, id="for others"),
        pytest.param("Exec=true\nOnlyShowIn=KDE;GNOME;\n", True, id="for us"),
        pytest.param("Exec=true\nNotShowIn=GNOME;\n", False, id="not for us"),
        pytest.param("", True, id="nothing to start"),
    ],
)
@pytest.mark.parametrize("whose", ["user", "system"])
def test_given_an_entry_then_it_starts_deskbreak_as_the_desktop_understands_it(  # noqa: PLR0917 - a row
    ours: Path,
    home: Path,
    system: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    enabled: bool,
    whose: str,
) -> None:
    """The user's or the system's; enabling makes each of them start us."""
    monkeypatch.setenv("XDG_CURRENT_DESKTOP", "ubuntu:GNOME")
    path = own(home) if whose == "user" else system / "deskbreak.desktop"
    written(path, f"[Desktop Entry]\nType=Application\nName=x\n{text}")
    found = autostart.state()

    assert (enabled, path) == (found.enabled, found.path)
    assert (not text) == (found.why is not None)
    after = autostart.enable()
    assert (True, None) == (after.enabled, after.why)
    assert not autostart.disable().enabled


@pytest.mark.parametrize("whose", ["own", "everybody's"])
def test_given_a_service_of_systemd_when_no_entry_starts_it_then_it_starts_at_login_by_that(
    ours: Path, home: Path, system: Path, whose: str
) -> None:
    """It is no second way that would be switched on, and not ours to switch off."""
    folder = home / ".config" if whose == "own" else home / "etc"
    link = folder / "systemd/user/graphical-session.target.wants/deskbreak.service"
    written(own(home), HIDDEN)
    assert not autostart.state().enabled
    written(link, "[Unit]\n")
    found = autostart.state()

    assert (True, link, whose != "own", None) == (
        found.enabled,
        found.path,
        found.is_system,
        found.why,
    )
    assert found == autostart.enable()
    with pytest.raises(Refusal) as refusal:
        autostart.disable()
    assert "systemctl --user disable deskbreak.service" in str(refusal.value.remedy)


def test_given_a_disk_that_does_not_tell_of_services_then_the_entry_alone_counts(
    ours: Path, home: Path, system: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The menu asks each time it is drawn, and must not stop because of that."""
    units = home / ".config" / "systemd" / "user"
    written(units / "default.target.wants" / "deskbreak.service", "[Unit]\n")
    scandir = os.scandir

    def failing(path: str) -> object:
        if str(path) == str(units):
            raise OSError(errno.EIO, "Input/output error")
        return scandir(path)

    monkeypatch.setattr(os, "scandir", failing)
    assert not autostart.state().enabled

    assert autostart.enable().enabled


def test_given_an_entry_for_all_users_when_disabled_then_the_users_own_hides_it_until_enabled(
    ours: Path, home: Path, system: Path
) -> None:
    """The package's file is not ours to change, and no second start is written beside it."""
    theirs = written(system / "deskbreak.desktop", "[Desktop Entry]\nExec=true\n")
    before = theirs.read_bytes()
    assert autostart.enable().is_system
    assert not own(home).exists()

    assert not autostart.disable().enabled
    assert "true" == value(own(home).read_text(), "Hidden")
    assert not valid(own(home))

    assert autostart.enable().is_system
    assert not own(home).exists()
    assert before == theirs.read_bytes()


def test_given_an_entry_that_the_user_changed_when_switched_then_their_changes_stay(
    ours: Path, home: Path
) -> None:
    """A delay, a comment, other options: all kept, and a link is written through."""
    mine = f"[Desktop Entry]\n# mine\nExec={ours} run --speed 1\nX-GNOME-Autostart-Delay=9\n"
    target = written(home / "dotfiles" / "entry", mine)
    own(home).parent.mkdir(parents=True)
    own(home).symlink_to(target)

    assert not autostart.disable().enabled
    assert f"{mine}Hidden=true\n" == target.read_text()
    assert autostart.enable().enabled
    assert f"{mine}X-GNOME-Autostart-enabled=true\n" == target.read_text()
    assert own(home).is_symlink()


def test_given_only_an_off_switch_when_enabled_without_a_system_entry_then_it_becomes_whole(
    ours: Path, home: Path, system: Path
) -> None:
    """Some desktops leave no more than that behind."""
    written(own(home), HIDDEN)

    assert f"{ours} run" == autostart.enable().command
    assert not valid(own(home)) or "Hidden" not in own(home).read_text()


def test_given_an_entry_that_cannot_be_read_or_written_then_it_is_told(
    ours: Path, home: Path
) -> None:
    """In words, and nothing is changed."""
    written(own(home), "[Desktop Entry]\nName=\xff\n").write_bytes(b"Name=\xff")
    with pytest.raises(Refusal, match="is not UTF-8"):
        autostart.state()
    own(home).unlink()
    own(home).mkdir()
    with pytest.raises(Refusal, match="is not a file"):
        autostart.enable()
    own(home).rmdir()
    assert autostart.enable().enabled
    own(home).parent.chmod(0o500)
    if os.access(own(home).parent, os.W_OK):
        return  # root may do everything
    with pytest.raises(Refusal, match="cannot be removed"):
        autostart.disable()


# ── the menu of programs ───────────────────────────────────────────────────────────────────


@pytest.fixture
def shared(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of what packages install for all users."""
    monkeypatch.setenv("XDG_DATA_DIRS", str(home / "usr"))
    return home / "usr"


def entry_of(home: Path) -> Path:
    """Where the user's entry in the menu of programs is."""
    return home / ".local/share/applications/deskbreak.desktop"


def test_given_nothing_when_installed_then_menus_have_entry_actions_and_icons(
    ours: Path, home: Path, shared: Path
) -> None:
    """And when it is removed, nothing of it is left."""
    assert launcher.Launcher(installed=False) == launcher.state()
    before = sorted(path for path in home.rglob("*") if path.is_file())
    found = launcher.install()
    text = entry_of(home).read_text(encoding="utf-8")

    assert (True, entry_of(home), True) == (found.installed, found.path, found.is_ours)
    assert not valid(entry_of(home))
    assert str(ours) == program(text)
    assert "take;pause;resume;stats;settings;" == value(text, "Actions")
    assert f"Exec={ours} run --launched take\n" in text
    assert "Name[de]=Jetzt eine Pause machen\n" in text
    icons = [path.name for path in (home / ".local/share/icons").rglob("*") if path.is_file()]
    assert ["deskbreak-symbolic.svg", "deskbreak.png", "deskbreak.png", "deskbreak.svg"] == sorted(
        icons
    )

    launcher.remove()
    assert before == sorted(path for path in home.rglob("*") if path.is_file())
    launcher.remove()


def test_given_any_umask_when_installed_then_no_other_user_can_change_entry_or_icons(
    ours: Path, home: Path, shared: Path
) -> None:
    """User files are 0600 in 0700 folders."""
    before = os.umask(0)
    try:
        launcher.install()
    finally:
        os.umask(before)
    made = [entry_of(home), *(home / ".local/share/icons").rglob("*")]

    assert {0o600} == {path.stat().st_mode & 0o777 for path in made if path.is_file()}
    assert {0o700} == {path.stat().st_mode & 0o777 for path in made if path.is_dir()}


@pytest.mark.parametrize("whose", ["a package", "the user"])
def test_given_an_entry_that_we_did_not_write_then_it_stays_alone(
    ours: Path, home: Path, shared: Path, whose: str
) -> None:
    """Neither written over, nor hidden behind one of ours, nor removed."""
    folder = shared if whose == "a package" else home / ".local/share"
    theirs = written(folder / "applications/deskbreak.desktop", "[Desktop Entry]\nExec=true\n")
    for act in (launcher.install, launcher.refresh, launcher.remove):
        act()
    found = launcher.state()

    assert (theirs, whose == "a package", False) == (found.path, found.is_system, found.is_ours)
    assert "[Desktop Entry]\nExec=true\n" == theirs.read_text()
    assert not (home / ".local/share/icons").exists()


def test_given_our_entry_when_the_program_moves_then_only_a_refresh_follows_it(
    ours: Path, home: Path, shared: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One that was hidden in a menu editor stays hidden, one that works stays as it is."""
    launcher.install()
    before = entry_of(home).read_text()
    launcher.refresh()
    assert before == entry_of(home).read_text()

    os.remove(ours)  # noqa: PTH107 - as a person removes an environment
    there = installed(home / "other", monkeypatch)
    launcher.refresh()
    assert str(there) == program(entry_of(home).read_text())

    written(entry_of(home), edited(entry_of(home).read_text(), {"Hidden": "true"}))
    there.unlink()
    launcher.refresh()
    assert not launcher.state().installed
    assert str(there) == program(entry_of(home).read_text())
    assert launcher.state().path is not None
    launcher.remove()
    launcher.refresh()
    assert not launcher.state().installed


def test_given_the_folders_of_all_users_when_they_are_asked_for_again_then_no_path_is_made_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The tray asks all the time, and each new path enters its names in Python's table of strings."""
    monkeypatch.setenv("XDG_CONFIG_DIRS", "/opt/xdg:relative:/etc/xdg")
    first, again = (
        desktop_entry.folders("XDG_CONFIG_HOME", ".config", "XDG_CONFIG_DIRS", "/etc/xdg")[1:]
        for _ in range(2)
    )

    assert ["/opt/xdg", "/etc/xdg"] == [str(path) for path in first]
    assert [id(path) for path in first] == [id(path) for path in again]


def test_given_folders_that_cannot_be_used_then_it_is_told(
    ours: Path, home: Path, shared: Path
) -> None:
    """A file where the icons should be; an icon that is a folder."""
    launcher.install()
    icon = home / ".local/share/icons/hicolor/48x48/apps/deskbreak.png"
    icon.unlink()
    icon.mkdir()
    with pytest.raises(Refusal, match="cannot be written"):
        launcher.install()
    with pytest.raises(Refusal, match="cannot be removed"):
        launcher.remove()
