from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import launch

if TYPE_CHECKING:
    from pathlib import Path


def test_given_a_python_then_it_runs_our_commands() -> None:
    """Whatever started the agent, its commands are of the very same deskbreak."""
    assert (sys.executable, "-m", "deskbreak") == launch.own_command()


def test_given_the_built_program_then_its_commands_are_run_by_the_one_beside_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """deskbreakw.exe takes no -m, and could not tell what went wrong."""
    monkeypatch.setattr(sys, "frozen", True, raising=False)
    monkeypatch.setattr(sys, "executable", str(tmp_path / "deskbreakw.exe"))

    assert (str(tmp_path / "deskbreak.exe"),) == launch.own_command()


def test_given_a_person_who_names_a_browser_then_that_one_decides_whether_there_are_pages(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """One that is not there means none; without a word, what desktops have."""
    monkeypatch.setenv("BROWSER", os.pathsep.join(["", "/nowhere/it --new %s"]))
    assert not launch.can_show_pages("win32")
    monkeypatch.setenv("BROWSER", os.pathsep.join(["/nowhere/it", f"{sys.executable} %s"]))
    assert launch.can_show_pages("linux")
    monkeypatch.delenv("BROWSER")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert [True, True, False] == [*map(launch.can_show_pages, ("win32", "darwin", "linux"))]
    firefox = tmp_path / ("firefox.exe" if sys.platform == "win32" else "firefox")
    firefox.touch(mode=0o755)
    assert launch.can_show_pages("linux")


def test_given_a_page_when_it_is_opened_then_who_serves_it_is_started_and_waited_for() -> None:
    """By a command of this very deskbreak, which stays."""
    assert ["open", "stats", "--stay"] == launch.page_command("stats")[-3:]
    assert ["guide", "--prompt", "P-ST-01", "--stay"] == launch.page_command("guide", "P-ST-01")[
        -4:
    ]


def test_given_a_service_when_a_page_is_opened_then_it_is_in_a_unit_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where systemd's program for that is; without it as anywhere else."""
    plain = launch.page_command("stats")
    monkeypatch.setenv("NOTIFY_SOCKET", "/run/user/1000/systemd/notify")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert plain == launch.page_command("stats")
    (tmp_path / ("systemd-run.exe" if sys.platform == "win32" else "systemd-run")).touch(0o755)
    argv = launch.page_command("stats")

    assert (["systemd-run", "--user"], plain) == (argv[:2], argv[argv.index("--") + 1 :])


@pytest.mark.parametrize(
    ("script", "told"),
    [
        pytest.param("print('ready'); sys.stderr.write('later')", [], id="it works"),
        pytest.param("sys.exit('deskbreak: no browser')", ["no browser"], id="refused"),
        pytest.param("pass", [""], id="silent"),
    ],
)
def test_given_what_serves_pages_when_it_gives_up_then_why_is_told(
    script: str, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In its own words, without its name before them."""
    argv = [sys.executable, "-c", f"import sys; {script}"]
    monkeypatch.setattr(launch, "page_command", lambda *_, **__: argv)
    heard: list[str] = []
    before = set(threading.enumerate())
    launch.open_page("stats", heard.append)
    for thread in set(threading.enumerate()) - before:
        thread.join(20)

    assert told == heard


def test_given_no_program_when_a_page_is_opened_then_that_is_told(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """An update that took our own program away must not look like nothing."""
    heard: list[str] = []
    launch._show([str(tmp_path / "gone")], heard.append)

    assert 1 == len(heard)
