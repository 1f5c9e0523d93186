"""One thread for many: descriptors, acts soon and later, and sockets that appear."""

from __future__ import annotations

import os
import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

if sys.platform != "linux":
    pytest.skip("a part of Linux desktops", allow_module_level=True)

from deskbreak.platforms.linux.inotify import Changes, Doorstep
from deskbreak.platforms.linux.watcher import Watcher, made_within
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def watcher() -> Iterator[Watcher]:
    """A thread that waits."""
    made = Watcher("watcher", time.monotonic)
    yield made
    made.close()


def _fail() -> None:
    raise ZeroDivisionError


def _settle(watcher: Watcher) -> None:
    done = threading.Event()
    watcher.soon(done.set)
    assert done.wait(5.0)


def test_given_acts_when_they_are_left_then_they_are_done_in_turn_on_its_thread(
    watcher: Watcher,
) -> None:
    """Whatever thread leaves them, one does them."""
    done: list[tuple[int, bool]] = []
    for n in range(50):
        watcher.soon(lambda n=n: done.append((n, watcher.is_here)))  # type: ignore[misc] # mypy does not infer defaults of a lambda
    _settle(watcher)

    assert [(n, True) for n in range(50)] == done
    assert not watcher.is_here


def test_given_an_act_that_fails_when_others_wait_then_they_are_done_all_the_same(
    watcher: Watcher, caplog: pytest.LogCaptureFixture
) -> None:
    """One that fails must not make us deaf for all the others."""
    done: list[str] = []
    watcher.soon(_fail)
    watcher.soon(lambda: done.append("next"))
    _settle(watcher)

    assert ["next"] == done
    assert "ZeroDivisionError" in caplog.text


def test_given_acts_for_later_when_their_time_comes_then_the_earliest_is_first(
    watcher: Watcher,
) -> None:
    """They come in the order of their time, and not before it."""
    done: list[tuple[str, float]] = []
    began_s = time.monotonic()

    def plan() -> None:
        for name, delay_s in (("second", 0.1), ("first", 0.05), ("third", 0.1)):
            watcher.later(delay_s, lambda name=name: done.append((name, time.monotonic())))  # type: ignore[misc] # as above

    watcher.soon(plan)
    wait_for(lambda: len(done) > 2, what="all three")

    assert ["first", "second", "third"] == [name for name, _ in done]
    assert done[0][1] - began_s >= 0.05


def test_given_a_descriptor_when_it_can_be_read_then_its_owner_is_called_until_it_lets_go(
    watcher: Watcher,
) -> None:
    """A descriptor that is let go of is not waited for any more."""
    ours, theirs = os.pipe()
    read: list[bytes] = []

    def ready() -> None:
        read.append(os.read(ours, 100))
        if read[-1] == b"bye":
            watcher.forget(ours)

    watcher.soon(lambda: watcher.listen(ours, ready))
    os.write(theirs, b"hello")
    wait_for(lambda: read == [b"hello"], what="the first word")
    os.write(theirs, b"bye")
    wait_for(lambda: read == [b"hello", b"bye"], what="the last word")
    os.write(theirs, b"again")
    _settle(watcher)

    assert [b"hello", b"bye"] == read
    os.close(ours)
    os.close(theirs)


def test_given_a_watcher_that_was_closed_when_acts_are_left_then_nothing_happens() -> None:
    """Who has gone home does nothing more."""
    watcher = Watcher("watcher", time.monotonic)
    done: list[str] = []
    watcher.soon(lambda: done.append("before"))
    watcher.close()
    watcher.soon(lambda: done.append("after"))

    assert ["before"] == done


def test_given_a_path_when_its_folders_come_one_after_the_other_then_it_is_noticed(
    watcher: Watcher, tmp_path: Path
) -> None:
    """A server makes its folder first, and its socket in it; both may go and come again."""
    appeared: list[str] = []
    path = tmp_path / "a" / "b" / "socket"
    made: list[Doorstep] = []
    watcher.soon(lambda: made.append(Doorstep(watcher, path, lambda: appeared.append("here"))))
    _settle(watcher)

    (tmp_path / "a").mkdir()
    time.sleep(0.05)
    path.parent.mkdir()
    time.sleep(0.05)
    path.touch()
    wait_for(lambda: appeared, what="the socket")
    appeared.clear()
    path.unlink()
    path.parent.rmdir()
    time.sleep(0.05)
    assert [] == appeared
    path.parent.mkdir()
    path.touch()
    wait_for(lambda: appeared, what="the socket, once more")

    watcher.soon(made[0].close)
    _settle(watcher)


def test_given_files_and_folders_when_something_happens_to_them_then_it_is_told(
    watcher: Watcher, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether they are there yet, are written in place, replaced, or lie behind a link."""
    monkeypatch.setattr("deskbreak.platforms.linux.inotify._PENDING_S", 0.01)
    told: list[str] = []
    own, policies = tmp_path / "config" / "own" / "settings.toml", tmp_path / "policies"
    made: list[Changes] = []
    watcher.soon(
        lambda: made.append(Changes(watcher, (own, policies), lambda: told.append("again")))
    )
    _settle(watcher)

    def make_the_file() -> None:
        own.parent.mkdir(parents=True)
        own.write_text("a")

    def remove_the_folder() -> None:
        (policies / "10.json").unlink()
        policies.rmdir()

    def make_a_link() -> None:
        (tmp_path / "elsewhere").mkdir()
        (tmp_path / "elsewhere" / "real.toml").write_text("a")
        own.symlink_to(tmp_path / "elsewhere" / "real.toml")

    for what, act in (
        ("the file", make_the_file),
        ("another text", lambda: own.write_text("b")),
        ("another one in its place", lambda: own.with_name("new").replace(own)),
        ("that it is gone", own.unlink),
        ("a link", make_a_link),
        ("what it leads to", lambda: (tmp_path / "elsewhere" / "real.toml").write_text("b")),
        ("a folder", policies.mkdir),
        ("a file in it", lambda: (policies / "10.json").write_text("{}")),
        ("its mode", lambda: (policies / "10.json").chmod(0o600)),
        ("that the folder is gone", remove_the_folder),
    ):
        if "place" in what:
            own.with_name("new").write_text("c")
            time.sleep(0.1)
        told.clear()
        act()
        wait_for(lambda: told, what=what)
        _settle(watcher)

    watcher.soon(made[0].close)
    _settle(watcher)


def test_given_other_files_in_the_same_folder_when_they_change_then_nothing_is_told(
    watcher: Watcher, tmp_path: Path
) -> None:
    """Other programs have their settings there too; many changes in a row are told once."""
    told: list[str] = []
    made: list[Changes] = []
    own = tmp_path / "settings.toml"
    watcher.soon(lambda: made.append(Changes(watcher, (own,), lambda: told.append("again"))))
    _settle(watcher)
    for number in range(20):
        (tmp_path / f"other-{number}").write_text("x")
    time.sleep(0.6)
    nothing = list(told)
    for number in range(20):
        own.write_text("x" * number)
    wait_for(lambda: told, what="the change")
    time.sleep(0.6)

    assert [] == nothing
    assert len(told) <= 2
    watcher.soon(made[0].close)
    _settle(watcher)


def test_given_something_that_takes_too_long_when_it_comes_then_it_is_discarded() -> None:
    """A connection that comes after we have gone must not stay open."""
    may_come = threading.Event()
    discarded: list[str] = []

    def make() -> str:
        may_come.wait(5.0)
        return "late"

    assert made_within(0.05, make, discarded.append) is None
    may_come.set()
    wait_for(lambda: discarded == ["late"], what="it to be discarded")
    assert "soon" == made_within(5.0, lambda: "soon", discarded.append)
    with pytest.raises(ZeroDivisionError):
        made_within(5.0, _fail, lambda _: None)
