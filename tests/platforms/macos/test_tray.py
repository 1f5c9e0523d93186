"""What we do otherwise than pystray's icon for macOS; AppKit is replaced, and no Mac has run it."""

from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.platforms.macos import tray as mac_tray
from deskbreak.platforms.macos.parts import MacParts
from deskbreak.ports import Unavailable, Unwatched
from deskbreak.storage.files import icon_theme
from tests.desktop.matrix import cell
from tests.doubles.watched import Overseer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    Thing = Any  # pystray's and AppKit's, untyped


class Menu:
    """An NSMenu."""

    def __init__(self, items: list[str], filler: Thing = None) -> None:
        self.items = items
        self.filler = filler

    def removeAllItems(self) -> None:
        self.items.clear()

    def itemArray(self) -> list[str]:
        return self.items

    def removeItem_(self, item: str) -> None:
        self.items.remove(item)

    def addItem_(self, item: str) -> None:
        self.items.append(item)


class Cocoa:
    """AppKit: its main thread is the test, when it calls `run`."""

    def __init__(self) -> None:
        self.jobs: list[Callable[[], object]] = []

    def on_main_thread(self, job: Callable[[], object]) -> None:
        self.jobs.append(job)

    def run(self) -> None:
        jobs, self.jobs = self.jobs, []
        for job in jobs:
            job()

    def empty_menu(self, filler: Thing) -> Menu:
        return Menu([], filler)

    def filler(self, fill: Callable[[Menu], None]) -> Callable[[Menu], None]:
        return fill


class DarwinIcon:
    """What we use of `pystray._darwin.Icon`."""

    def __init__(self, name: str, icon: object, title: str, menu: Thing) -> None:
        self.icon, self.title, self.menu = icon, title, menu
        self.done: list[str] = []
        self.hung: list[Menu] = []
        self._status_item = SimpleNamespace(setMenu_=self.hung.append)
        self._menu_handle: Thing = None

    def _create_menu(self, menu: Thing, chosen: list[Thing]) -> Menu | None:
        items = list(menu)
        chosen.extend(items)
        return Menu([item.text for item in items]) if items else None

    def _show(self) -> None:
        self.done.append("show")

    def _hide(self) -> None:
        self.done.append("hide")

    def _update_icon(self) -> None:
        self.done.append("icon")

    def _update_title(self) -> None:
        self.done.append("title")

    def _stop(self) -> None:
        self.done.append("stop")


class Desk:
    """An icon in a menu bar that is a list."""

    def __init__(self, cocoa: Cocoa) -> None:
        self.cocoa = cocoa
        self.told: list[Unavailable | None] = []
        self.labels = ["Change position in 12 min", "Quit"]
        self.overseer = Overseer()
        self.at_work: list[bool] = []  # for each menu that was made, whether that counted as work
        backend = mac_tray.open_backend(
            icon_theme(), told=self.told.append, duty=self.overseer.watch
        )
        self.item = backend.item
        self.icon: Thing = backend.icon(
            "deskbreak", backend.picture("due"), "Time to stand", backend.menu(self._items)
        )

    def _items(self) -> Iterator[object]:
        self.at_work.append(self.overseer.alarm.is_set)
        return iter([self.item(label, lambda: None) for label in self.labels])

    def opened(self) -> list[str]:
        """Open the menu, as AppKit does it; return what it says."""
        (menu,) = self.icon.hung
        menu.filler(menu)
        return list(menu.items)


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Desk:
    """An icon that has not been shown yet."""
    cell("tray", "menu bar peer")
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    import pystray._base as base

    cocoa = Cocoa()
    pystray = mac_tray._Pystray(DarwinIcon, base.Menu, base.MenuItem)
    monkeypatch.setattr(mac_tray, "_pystray", lambda: pystray)
    monkeypatch.setattr(mac_tray, "_cocoa", lambda: cocoa)
    return Desk(cocoa)


def test_given_any_thread_when_the_icon_is_changed_then_the_main_thread_does_it(
    desk: Desk,
) -> None:
    """AppKit belongs to the main thread; pystray changes it from wherever it is asked."""
    for change in ("_show", "_update_icon", "_update_title", "_hide", "_stop"):
        getattr(desk.icon, change)()
    assert [] == desk.icon.done
    desk.cocoa.run()

    assert ["show", "icon", "title", "hide", "stop"] == desk.icon.done
    assert [None] == desk.told


def test_given_a_label_that_ages_when_the_menu_opens_then_it_is_made_anew(desk: Desk) -> None:
    """One menu hangs there for good, and is filled when it opens."""
    desk.icon._update_menu()
    desk.icon._update_menu()
    desk.cocoa.run()
    assert ["Change position in 12 min", "Quit"] == desk.opened()
    desk.labels = ["Change position in 11 min"]

    assert ["Change position in 11 min"] == desk.opened()
    assert ["Change position in 11 min"] == [one.text for one in desk.icon._menu_handle[1]]


def test_given_a_main_thread_when_it_does_something_of_ours_then_that_counts_as_work(
    desk: Desk,
) -> None:
    """It waits for AppKit in between, and while a menu is open."""

    def hang(menu: Menu) -> None:
        desk.at_work.append(desk.overseer.alarm.is_set)
        desk.icon.hung.append(menu)

    desk.icon._status_item.setMenu_ = hang
    desk.icon._update_menu()
    desk.cocoa.run()
    desk.opened()

    assert [True, True] == desk.at_work
    assert not desk.overseer.alarm.is_set


def test_given_nothing_to_choose_when_the_menu_opens_then_it_is_empty(desk: Desk) -> None:
    """Pystray makes no menu of no entries."""
    desk.icon._update_menu()
    desk.cocoa.run()
    desk.labels = []

    assert [] == desk.opened()


def test_given_a_state_when_its_picture_is_read_then_it_is_one_of_the_bars_height(
    desk: Desk,
) -> None:
    """Twice that, for screens with two pixels for one point."""
    assert (44, 44) == desk.icon.icon.size


def test_given_a_picture_that_is_missing_when_it_is_read_then_a_plain_one_is_shown(
    desk: Desk, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """A reminder without its picture still reminds."""
    backend = mac_tray.open_backend(tmp_path, told=lambda _: None, duty=Unwatched())

    assert (44, 44) == backend.picture("due").size
    assert "cannot be read, a plain one is shown" in caplog.text


def test_given_no_pyobjc_when_the_tray_is_opened_then_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The reason stands in doctor, and prompts come all the same."""
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    monkeypatch.setitem(sys.modules, "AppKit", None)
    monkeypatch.delitem(sys.modules, "pystray._darwin", raising=False)

    with pytest.raises(Unavailable, match="the icon's library cannot be loaded"):
        MacParts(icon_theme(), Unwatched()).tray(lambda _: None)
