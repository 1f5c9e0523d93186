"""Our icon in a real taskbar: Windows itself, or Wine's. Clicks are the messages that it sends."""

from __future__ import annotations

import gettext
import queue
import sys
import threading
from typing import TYPE_CHECKING, Any, Self

import pytest

from deskbreak.agent.plyer_windows import PlyerBalloon
from deskbreak.agent.tray import DeskTray
from deskbreak.core.model import Command, Icon, MenuEntry, PromptView, TrayView
from deskbreak.platforms.windows import tray as windows_tray
from deskbreak.platforms.windows.balloon import BalloonChannel, Balloons
from deskbreak.ports import Unwatched
from deskbreak.storage.files import bundled
from tests.desktop.matrix import cell
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.ports import Unavailable

if sys.platform != "win32":
    pytest.skip("Windows only", allow_module_level=True)

import ctypes
from ctypes import wintypes

WM_KEYDOWN, WM_QUERYENDSESSION = 0x0100, 0x0011
VK_RETURN, VK_ESCAPE, VK_DOWN = 0x0D, 0x1B, 0x28
RIGHT_CLICK = 0x0205
ICONS = bundled("icons", "taskbar")
VIEW = PromptView(1, 1, "position", "Stand up", "Stand for two minutes.", ())
user32 = ctypes.windll.user32


class Taskbar:
    """A tray that runs on a thread, and Windows' side of it."""

    def __init__(self) -> None:
        self.looks = 0
        self.commands: queue.SimpleQueue[Command] = queue.SimpleQueue()
        self.told: list[Unavailable | None] = []
        self.balloons = Balloons()
        self.icons: list[Any] = []
        backend = windows_tray.open_backend(
            ICONS, self.balloons, told=self.told.append, duty=Unwatched()
        )

        def make(*arguments: object) -> object:
            self.icons.append(backend.icon(*arguments))
            return self.icons[-1]

        kept = windows_tray.Backend(make, backend.menu, backend.item, backend.picture)
        self.tray = DeskTray(kept, self._look, self._post)
        self.thread = threading.Thread(target=self.tray.run, daemon=True)

    def _post(self, command: Command) -> None:
        self.commands.put(command)

    def _look(self) -> TrayView:
        self.looks += 1
        menu = (
            MenuEntry("next", f"look {self.looks}", enabled=False),
            MenuEntry("line.1"),
            MenuEntry("take", "Take a break now", Command("take")),
            MenuEntry("quit", "Quit", Command("quit")),
        )
        return TrayView(Icon.WORKING, f"look {self.looks}", menu)

    @property
    def hwnd(self) -> int:
        """The window that hears of clicks."""
        return int(self.icons[0]._hwnd)

    def click(self) -> None:
        """Click on the icon; the menu opens a moment later."""
        looks = self.looks
        user32.PostMessageW(wintypes.HWND(self.hwnd), 0x400 + 11, 0, RIGHT_CLICK)
        wait_for(lambda: self.looks > looks and self.icons[0]._is_open, what="the menu")
        wait_for(self._menu_window, what="the menu's window")

    def _menu_window(self) -> int:
        return int(user32.FindWindowW("#32768", None) or 0)

    def press(self, *keys: int) -> None:
        """Press keys in the menu."""
        for key in keys:
            user32.PostMessageW(wintypes.HWND(self.icons[0]._menu_hwnd), WM_KEYDOWN, key, 0)

    def __enter__(self) -> Self:
        self.balloons.expect()
        self.thread.start()
        wait_for(lambda: self.told, what="the icon")
        assert [None] == self.told
        return self

    def __exit__(self, *_: object) -> None:
        self.tray.stop()
        self.thread.join(10.0)
        assert not self.thread.is_alive()


@pytest.fixture
def taskbar() -> Iterator[Taskbar]:
    """An icon that is there."""
    for port in ("tray", "prompts, balloon", "prompts, plyer"):
        cell(port, "taskbar")
    with Taskbar() as running:
        yield running


def test_given_a_menu_when_an_entry_is_chosen_then_its_command_is_posted(
    taskbar: Taskbar,
) -> None:
    """By the keyboard: down to the first entry that can be chosen, and return."""
    taskbar.click()
    taskbar.press(VK_DOWN, VK_DOWN, VK_RETURN)

    assert taskbar.commands.get(timeout=10.0).name in ("take", "quit")
    wait_for(lambda: not taskbar.icons[0]._is_open, what="the menu's end")


def test_given_a_menu_when_it_opens_twice_then_its_labels_are_fresh(taskbar: Taskbar) -> None:
    """And a refresh in between leaves an open one alone."""
    for _ in range(2):
        taskbar.click()
        taskbar.tray.refresh()
        assert taskbar.icons[0]._is_open
        taskbar.press(VK_ESCAPE)
        wait_for(lambda: not taskbar.icons[0]._is_open, what="the menu's end")


def test_given_an_open_menu_when_the_agent_ends_then_the_tray_ends(taskbar: Taskbar) -> None:
    """Pystray's own never does."""
    taskbar.click()
    taskbar.tray.stop()
    taskbar.thread.join(10.0)

    assert not taskbar.thread.is_alive()


def test_given_a_shell_that_restarts_when_it_says_so_then_the_icon_is_there_again(
    taskbar: Taskbar,
) -> None:
    """And a balloon that hung on it is known to be lost."""
    channel = BalloonChannel(taskbar.balloons, gettext.NullTranslations())
    channel.show(VIEW)
    assert not channel.lost
    user32.PostMessageW(
        wintypes.HWND(taskbar.hwnd), user32.RegisterWindowMessageW("TaskbarCreated"), 0, 0
    )

    wait_for(lambda: len(taskbar.told) == 2, what="the icon")
    assert [None, None] == taskbar.told
    assert channel.lost


def test_given_a_log_out_when_windows_asks_the_window_then_it_agrees(taskbar: Taskbar) -> None:
    """Who answers 0 here keeps everybody from logging out."""
    assert 1 == user32.SendMessageW(wintypes.HWND(taskbar.hwnd), WM_QUERYENDSESSION, 0, 0)


def test_given_texts_that_are_too_long_when_they_are_shown_then_the_tray_goes_on(
    taskbar: Taskbar,
) -> None:
    """Pystray's own ends with "string too long"."""
    taskbar.icons[0].title = "\N{GRINNING FACE}" * 100
    channel = BalloonChannel(taskbar.balloons, gettext.NullTranslations())
    channel.show(PromptView(1, 1, "position", "t" * 100, "\N{GRINNING FACE}" * 300, ()))
    channel.withdraw()

    assert taskbar.thread.is_alive()


def test_given_every_state_many_times_when_it_is_drawn_then_no_picture_is_left_behind(
    taskbar: Taskbar,
) -> None:
    """Windows gives a process ten thousand of them."""
    process, icon = ctypes.windll.kernel32.GetCurrentProcess(), taskbar.icons[0]
    before = user32.GetGuiResources(process, 1)
    for _ in range(20):
        for state in Icon:
            icon.icon = str(ICONS / f"{state.value}.ico")
            assert icon._icon_handle

    assert user32.GetGuiResources(process, 1) <= before + 2


def test_given_plyer_when_it_shows_again_and_again_then_nothing_is_left_behind(
    taskbar: Taskbar,
) -> None:
    """Neither its window nor its thread, which in plyer's own hands stay until the process ends."""
    channel = PlyerBalloon(windows_tray.refuse_without_taskbar)
    for _ in range(3):
        channel.show(VIEW)
    wait_for(lambda: 1 == _plyer_threads(), what="the end of all but the last")
    channel.close()

    wait_for(lambda: not _plyer_threads(), what="the end of the last one")


def _plyer_threads() -> int:
    return sum(thread.name == "plyer" for thread in threading.enumerate())
