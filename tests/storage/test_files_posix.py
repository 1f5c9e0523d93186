from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from platformdirs import windows

from deskbreak.core.words import Refusal
from deskbreak.storage import files
from deskbreak.storage.files import places, read_settings, runtime_folder, write_settings
from deskbreak.storage.textfile import private_file
from tests.storage.test_files import NEW, OLD

if TYPE_CHECKING:
    from collections.abc import Iterator

if sys.platform == "win32":
    pytest.skip("modes, links and pipes of POSIX", allow_module_level=True)

HOME = Path("/home/ann")


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A settings file of a person."""
    path = tmp_path / "settings.toml"
    path.write_text(OLD, encoding="utf-8")
    return path


@pytest.fixture
def umask() -> Iterator[None]:
    """Give the process its umask back."""
    old = os.umask(0o022)
    yield
    os.umask(old)


def mode(path: Path) -> int:
    """Return who may do what with it."""
    return stat.S_IMODE(path.stat().st_mode)


@pytest.mark.parametrize(
    ("platform", "environ", "expected"),
    [
        pytest.param(
            "linux",
            {},
            ".config/deskbreak/settings.toml .local/share/deskbreak/history.db"
            " .local/share/deskbreak/packs .local/state/deskbreak/deskbreak.log"
            " .local/state/deskbreak/run",
            id="linux",
        ),
        pytest.param(
            "linux",
            {
                "XDG_CONFIG_HOME": "/c",
                "XDG_DATA_HOME": "/d",
                "XDG_STATE_HOME": "/s",
                "XDG_RUNTIME_DIR": "/",  # there, and ours where the tests run as root
            },
            "/c/deskbreak/settings.toml /d/deskbreak/history.db /d/deskbreak/packs"
            " /s/deskbreak/deskbreak.log "
            + ("/deskbreak" if Path("/").stat().st_uid == os.getuid() else "/s/deskbreak/run"),
            id="XDG",
        ),
        pytest.param(
            "linux",
            {
                "XDG_CONFIG_HOME": "c",
                "XDG_DATA_HOME": "./d",
                "XDG_STATE_HOME": "",
                "XDG_RUNTIME_DIR": "r",
            },
            ".config/deskbreak/settings.toml .local/share/deskbreak/history.db"
            " .local/share/deskbreak/packs .local/state/deskbreak/deskbreak.log"
            " .local/state/deskbreak/run",
            id="relative XDG is ignored",
        ),
        pytest.param(
            "linux",
            {"XDG_RUNTIME_DIR": "/nowhere/at/all", "XDG_STATE_HOME": "/s"},
            ".config/deskbreak/settings.toml .local/share/deskbreak/history.db"
            " .local/share/deskbreak/packs /s/deskbreak/deskbreak.log /s/deskbreak/run",
            id="runtime folder that is not there",
        ),
        pytest.param(
            "win32",
            {"APPDATA": "/R", "LOCALAPPDATA": "/L"},
            "/R/Deskbreak/settings.toml /L/Deskbreak/history.db /L/Deskbreak/packs"
            " /L/Deskbreak/Logs/deskbreak.log /L/Deskbreak/Run",
            id="windows",
        ),
        pytest.param(
            "darwin",
            {"TMPDIR": "/T"},
            "Library/Application_Support/Deskbreak/settings.toml"
            " Library/Application_Support/Deskbreak/history.db"
            " Library/Application_Support/Deskbreak/packs Library/Logs/Deskbreak/deskbreak.log"
            f" /T/deskbreak-{os.getuid()}",
            id="macos",
        ),
    ],
)
def test_given_a_system_then_files_are_where_its_rules_put_them(
    monkeypatch: pytest.MonkeyPatch, platform: str, environ: dict[str, str], expected: str
) -> None:
    """Settings, history, packs, log and runtime folder, on each OS, tested on each OS."""
    for name in [name for name in os.environ if name.startswith("XDG_")]:
        monkeypatch.delenv(name)
    for name, value in {"HOME": str(HOME), **environ}.items():
        monkeypatch.setenv(name, value)
    # Elsewhere than on Windows platformdirs can only ask the environment, as it does there in need.
    monkeypatch.setattr(windows, "get_win_folder", windows.get_win_folder_from_env_vars)
    found = places(platform)

    wanted = [HOME / one.replace("_S", " S") for one in expected.split()]
    assert wanted == [found.settings, found.history, found.packs, found.log, found.runtime]
    assert found.history.parent == found.data


def test_given_the_environment_then_it_is_used(home: Path) -> None:
    """Without arguments it is about whoever runs it."""
    assert home / ".config/deskbreak/settings.toml" == places().settings


@pytest.mark.row("S05", "runtime folder")
@pytest.mark.usefixtures("umask")
@pytest.mark.parametrize("mask", [0o000, 0o022, 0o077, 0o777])
def test_given_any_umask_then_what_is_made_is_the_users_alone(tmp_path: Path, mask: int) -> None:
    """Folders 0700 and files 0600, however careless or strict the shell was."""
    os.umask(mask)
    folder = tmp_path / "a" / "b"
    write_settings(folder / "settings.toml", {"plan": "busy"})
    private_file(folder / "c" / "history.db")

    made = [folder.parent, folder, folder / "c"]
    written = [folder / "settings.toml", folder / "settings.toml.lock", folder / "c/history.db"]
    assert [0o700] * 3 == [mode(path) for path in made]
    assert [0o600] * 3 == [mode(path) for path in written]


def test_given_a_folder_and_file_that_are_there_then_they_stay_as_they_are(tmp_path: Path) -> None:
    """What a person opened to others is their business."""
    tmp_path.chmod(0o755)
    path = tmp_path / "history.db"
    path.write_bytes(b"rows")
    path.chmod(0o644)

    assert path == private_file(path)
    assert (0o755, 0o644, b"rows") == (mode(tmp_path), mode(path), path.read_bytes())


@pytest.mark.row("S05", "runtime folder")
def test_given_no_runtime_folder_then_it_is_made_for_this_user_alone(home: Path) -> None:
    """Channel and lock lie where nobody else can reach them."""
    folder = runtime_folder(places())

    assert home / "run" / "deskbreak" == folder
    assert 0o700 == mode(folder)
    assert folder == runtime_folder(places())


@pytest.mark.row("S05", "runtime folder")
def test_given_a_runtime_folder_that_others_can_enter_then_it_is_refused(home: Path) -> None:
    """The remedy is a command that can be copied."""
    (home / "run" / "deskbreak").mkdir()
    (home / "run" / "deskbreak").chmod(0o750)

    with pytest.raises(Refusal, match="other users can reach into") as refused:
        runtime_folder(places())
    assert f"Close it: chmod 700 {home}/run/deskbreak" == str(refused.value.remedy)

    (home / "run dir" / "deskbreak").mkdir(parents=True)
    (home / "run dir" / "deskbreak").chmod(0o750)
    with pytest.raises(Refusal) as odd:
        runtime_folder(replace(places(), runtime=home / "run dir" / "deskbreak"))
    assert f"Close it: chmod 700 '{home}/run dir/deskbreak'" == str(odd.value.remedy)


@pytest.mark.row("S05", "runtime folder")
def test_given_a_link_as_runtime_folder_then_it_is_refused(home: Path) -> None:
    """Somebody may have put it there to get at what is said."""
    (home / "elsewhere").mkdir(mode=0o700)
    (home / "run" / "deskbreak").symlink_to(home / "elsewhere")

    with pytest.raises(Refusal, match="deskbreak is a link; it must be a folder"):
        runtime_folder(places())


@pytest.mark.row("S05", "runtime folder")
def test_given_a_runtime_folder_of_another_user_then_it_is_refused(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In a place that all users share anybody may have been faster."""
    found = places()
    runtime_folder(found)
    monkeypatch.setattr(files, "_user", lambda: os.getuid() + 1)

    with pytest.raises(Refusal, match="belongs to another user"):
        runtime_folder(found)
    assert home / ".local/state/deskbreak/run" == places().runtime


def test_given_something_that_is_no_file_then_it_is_one_line(tmp_path: Path) -> None:
    """A folder, a pipe, a link to nothing, a link to itself, a giant: each is named."""
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "dangling").symlink_to(tmp_path / "gone")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with (tmp_path / "giant").open("wb") as giant:
        giant.truncate(10 * 1024 * 1024)

    found = {path.name: read_settings(path) for path in tmp_path.iterdir()}
    found["below"] = read_settings(tmp_path / "giant" / "settings.toml")
    assert {
        "folder": f"{tmp_path}/folder is not a file",
        "pipe": f"{tmp_path}/pipe is not a file",
        "dangling": f"{tmp_path}/dangling is a link to {tmp_path}/gone, which is not there",
        "loop": f"{tmp_path}/loop cannot be read: {os.strerror(errno.ELOOP)}",
        "giant": f"{tmp_path}/giant is larger than 64 kB, so it cannot be what it should be",
        "below": f"{tmp_path}/giant/settings.toml cannot be read: {os.strerror(errno.ENOTDIR)}",
    } == {name: str(read.problem) for name, read in found.items()}
    assert not any(read.values for read in found.values())


def test_given_modes_then_they_are_kept(file: Path) -> None:
    """Who lets others read the file goes on doing so."""
    file.chmod(0o644)
    write_settings(file, {"plan": "gentle"})

    assert 0o644 == mode(file)


def test_given_a_link_then_it_is_written_through(file: Path, tmp_path: Path) -> None:
    """Settings may lie among the files that a person keeps under version control."""
    (tmp_path / "dotfiles").mkdir()
    target = tmp_path / "dotfiles" / "deskbreak.toml"
    file.rename(target)
    file.symlink_to(Path("dotfiles") / "deskbreak.toml")
    write_settings(file, {"position.interval_minutes": 15})

    assert file.is_symlink()
    assert NEW == target.read_text(encoding="utf-8")
    assert ["deskbreak.toml"] == [path.name for path in target.parent.iterdir()]


def test_given_a_link_to_nothing_then_its_target_is_made(tmp_path: Path) -> None:
    """The folder must be there; to guess at it would hide a typing error."""
    path = tmp_path / "settings.toml"
    path.symlink_to(tmp_path / "target.toml")
    write_settings(path, {"plan": "busy"})
    (tmp_path / "target.toml").unlink()
    path.unlink()
    path.symlink_to(tmp_path / "none" / "target.toml")

    with pytest.raises(Refusal, match=r"none/target\.toml cannot be written: No such file"):
        write_settings(path, {"plan": "busy"})
