"""Which browser a page opens in, and where the file lies that leads there."""

from __future__ import annotations

import os
import subprocess
import sys
import webbrowser
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.pages import browser
from deskbreak.pages.entrance import Entrance, ask_running
from deskbreak.pages.routes import server as make_server
from deskbreak.storage import files
from tests.pages.servers import running

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="paths of POSIX")


@pytest.fixture
def bin_(home: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty search path, and nobody who has said which browser."""
    folder = home / "bin"
    folder.mkdir()
    monkeypatch.setenv("PATH", str(folder))
    monkeypatch.delenv("BROWSER")
    monkeypatch.setattr(sys, "platform", "linux")
    return folder


@pytest.fixture
def opened(monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What was started or asked, instead of doing it."""
    found: list[Any] = []
    monkeypatch.setattr(subprocess, "Popen", lambda argv, **_: found.append(argv))

    def taken(uri: str) -> bool:
        found.append(uri)
        return True

    monkeypatch.setattr(webbrowser, "open", taken)
    return found


def program(path: Path, script: str = "#!/bin/sh\n") -> None:
    """Put a program there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(script, encoding="utf-8")
    path.chmod(0o755)


def test_given_a_browser_of_the_family_then_the_page_has_a_window_of_its_own(
    bin_: Path, opened: list[Any]
) -> None:
    """The first that is there; without one the desktop's own browser, or the one that is named."""
    page = bin_.parent / "open-ü.html"
    assert browser.show(page)
    program(bin_ / "chromium")
    assert browser.show(page)
    program(bin_ / "google-chrome")
    assert browser.show(page)

    own = f"--app={page.as_uri()}"
    assert [page.as_uri(), [f"{bin_}/chromium", own], [f"{bin_}/google-chrome", own]] == opened


def test_given_a_person_who_names_a_browser_then_it_is_that_one(
    bin_: Path, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Python's own way of reading BROWSER."""
    program(bin_ / "chromium")
    monkeypatch.setenv("BROWSER", "w3m")
    browser.show(bin_)

    assert [bin_.as_uri()] == opened


def test_given_a_browser_that_does_not_start_then_the_next_one_is_tried(
    bin_: Path, opened: list[Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the end, the desktop's own."""

    def broken(*_: object, **__: object) -> None:
        raise OSError

    program(bin_ / "chromium")
    monkeypatch.setattr(subprocess, "Popen", broken)

    assert browser.show(bin_)
    assert [bin_.as_uri()] == opened


def snap(bin_: Path, home: Path, name: str) -> Path:
    """Install a snap as snapd does, and let it have run once; its folder."""
    program(bin_.parent / "usr" / "snap")
    (bin_ / name).symlink_to(bin_.parent / "usr" / "snap")
    folder = home / "snap" / name / "common"
    folder.mkdir(parents=True)
    return folder


def _chromium(bin_: Path, home: Path) -> Path | None:
    return snap(bin_, home, "chromium")


def _firefox(bin_: Path, home: Path) -> Path | None:
    program(bin_ / "xdg-settings", "#!/bin/sh\necho firefox_firefox.desktop\n")
    return snap(bin_, home, "firefox")


def _named(bin_: Path, home: Path) -> Path | None:
    os.environ["BROWSER"] = "firefox --new-window %s"
    return snap(bin_, home, "firefox")


def _never_run(bin_: Path, home: Path) -> Path | None:
    snap(bin_, home, "chromium").rmdir()
    return None


def _ordinary(bin_: Path, home: Path) -> Path | None:
    program(bin_ / "xdg-settings", "#!/bin/sh\necho my_browser.desktop\n")
    return None


def _nothing(bin_: Path, home: Path) -> Path | None:
    return None


@pytest.mark.parametrize("scene", [_chromium, _firefox, _named, _never_run, _ordinary, _nothing])
def test_given_a_browser_that_cannot_read_our_folder_then_the_way_in_lies_where_it_can(
    bin_: Path,
    home: Path,
    scene: Callable[[Path, Path], Path | None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That of a snap; all others read the runtime folder, which is this user's alone."""
    monkeypatch.setenv("BROWSER", "")
    expected = scene(bin_, home)

    assert expected == browser.readable_folder()


def test_given_another_folder_for_ways_in_then_they_are_private_and_go_from_there(
    home: Path,
) -> None:
    """A second look finds them there as well; the secrets of the server stay where they were."""
    places, readable = files.places(), home / "snap"
    readable.mkdir()
    runtime = files.runtime_folder(places)
    server = make_server(places, Entrance(runtime, lambda: 0.0, readable))
    with running(server):
        way = server.way_in("safety")
        again = ask_running(runtime, "safety", readable)
        assert again is not None
        assert {readable} == {way.parent, again.parent}
        assert 0o600 == way.stat().st_mode & 0o777
        assert ["pages.json"] == [path.name for path in runtime.iterdir()]
    assert [] == list(readable.iterdir())
