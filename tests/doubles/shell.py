"""A Windows that is a list of what it was asked: pystray's icon for Windows, and the calls below."""

from __future__ import annotations

import ctypes
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from deskbreak.platforms.windows import tray as windows_tray

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    Menu = Any  # pystray's, untyped
    Item = Any

NIM_ADD, NIM_MODIFY, NIM_DELETE = 0, 1, 2
RIGHT_CLICK, LEFT_CLICK, BALLOON_CLICK = 0x205, 0x202, 0x405


class NotifyIconData(ctypes.Structure):
    """The fields that are filled, with room for more than Windows has: what is too long shows."""

    _fields_ = (
        ("cbSize", ctypes.c_uint32),
        ("hWnd", ctypes.c_size_t),
        ("uFlags", ctypes.c_uint32),
        ("uCallbackMessage", ctypes.c_uint32),
        ("hIcon", ctypes.c_void_p),
        ("szTip", ctypes.c_wchar * 1024),
        ("szInfo", ctypes.c_wchar * 1024),
        ("szInfoTitle", ctypes.c_wchar * 1024),
        ("dwInfoFlags", ctypes.c_uint32),
    )


@dataclass(slots=True)
class Shell:
    """The taskbar: what it was told of the icon, and whether it listens."""

    listens: bool = True
    has_taskbar: bool = True
    is_sharp: bool = False
    told: list[tuple[int, str, str, str]] = field(default_factory=list)  # code, tip, title, body
    flags: list[int] = field(default_factory=list)
    calls: list[str] = field(default_factory=list)
    menus: list[list[Item]] = field(default_factory=list)  # the items of each that was opened
    choose: Callable[[], int] = lambda: 0
    """What the person does with an open menu: the number of the row, from 1."""

    def notify_icon(self, code: int, data: NotifyIconData) -> int:
        """Stand for Shell_NotifyIconW."""
        self.told.append((code, data.szTip, data.szInfoTitle, data.szInfo))
        self.flags.append(data.dwInfoFlags)
        return int(self.listens)

    def codes(self) -> list[int]:
        """What it was told to do with the icon."""
        return [code for code, *_ in self.told]

    def balloons(self) -> list[tuple[str, str]]:
        """Title and text of each balloon; empty ones take the one before away."""
        return [(title, body) for code, tip, title, body in self.told if code == 1 and not tip]

    def user32(self) -> User32:
        """Return the calls that pystray has no name for."""
        return User32(self)

    def win32(self) -> SimpleNamespace:
        """Return pystray's names for the calls."""

        def called(name: str, answer: int = 1) -> Callable[..., int]:
            def call(*_: object) -> int:
                self.calls.append(name)
                return answer

            return call

        return SimpleNamespace(
            NOTIFYICONDATAW=NotifyIconData,
            NIF_MESSAGE=1,
            NIF_ICON=2,
            NIF_TIP=4,
            NIF_INFO=16,
            WM_NOTIFY=1035,
            Shell_NotifyIcon=self.notify_icon,
            SetForegroundWindow=called("foreground"),
            GetCursorPos=called("pointer"),
            TrackPopupMenuEx=self._track,
            PostMessage=called("post"),
            PostQuitMessage=called("quit"),
            DestroyMenu=called("destroy"),
            wintypes=SimpleNamespace(POINT=_Point),
        )

    def _track(self, *_: object) -> int:
        self.calls.append("track")
        return self.choose()


class _Point(ctypes.Structure):
    _fields_ = (("x", ctypes.c_long), ("y", ctypes.c_long))


class User32:
    """Stands for `deskbreak.platforms.windows.tray.User32`."""

    def __init__(self, shell: Shell) -> None:
        self._shell = shell

    def end_menu(self) -> None:
        self._shell.calls.append("end menu")

    def icon(self, path: str) -> int:
        return Path(path).stat().st_size if Path(path).is_file() else 0

    def has_taskbar(self) -> bool:
        return self._shell.has_taskbar

    def be_sharp(self) -> None:
        self._shell.is_sharp = True


class Win32Icon:
    """What we use of `pystray._win32.Icon`, without its window: a click is a call of `on_notify`."""

    shell: Shell

    def __init__(self, name: str, icon: str, title: str, menu: Menu) -> None:
        self.name, self.icon, self.title, self.menu = name, icon, title, menu
        self.visible = True
        self._hwnd, self._menu_hwnd, self._icon_handle = 11, 12, None
        # pystray fills it with bound methods, so what a subclass overrides counts.
        self._message_handlers: dict[int, Any] = {1034: self._on_stop, 1035: self._on_notify}

    def _create_menu(self, menu: Menu, chosen: list[Item]) -> int | None:
        items = list(menu)
        self.shell.menus.append(items)
        chosen.extend(items)
        return len(items) or None

    def _on_stop(self, _wparam: int, _lparam: int) -> None:
        raise AssertionError("not ours")

    def _on_notify(self, _wparam: int, _lparam: int) -> None:
        raise AssertionError("not ours")


def put_in_place(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Let pystray and Windows be these."""
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    import pystray._base as base

    shell = Shell()
    icon = type("Win32Icon", (Win32Icon,), {"shell": shell})
    pystray = windows_tray._Pystray(icon, base.Menu, base.MenuItem, shell.win32())
    monkeypatch.setattr(windows_tray, "_pystray", lambda: pystray)
    monkeypatch.setattr(windows_tray, "_user32", shell.user32)
    return shell
