"""Pystray's icon for Windows, with what is missing: clipped texts, a menu that is never stale."""

from __future__ import annotations

import ctypes
import logging
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Protocol

from deskbreak.core.plain import clipped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from deskbreak.platforms.windows.balloon import Balloons
    from deskbreak.ports import Duty

    Handle = Callable[[int, int], int | None]  # a message, by its two values
    Item = Any  # pystray's, untyped
    Told = Callable[[Unavailable | None], None]
    """Hears whether the icon is there, or why not; from any thread."""

__all__ = ["Backend", "open_backend", "refuse_without_taskbar"]

_UNITS: Final = {"szTip": 127, "szInfo": 255, "szInfoTitle": 63}
"""UTF-16 units that each field takes before its closing zero. Source: NOTIFYICONDATAW, Microsoft
Win32 reference."""
_AGAIN_S: Final = (1.0, 2.0, 5.0, 10.0, 30.0, 60.0)
"""A shell that is busy at login refuses an icon; tried after each of these. Our own choice. A shell
that comes later than that says so itself."""
_NIM_ADD, _NIM_MODIFY = 0, 1
_WM_NULL, _WM_QUERYENDSESSION = 0x0000, 0x0011
_WM_LBUTTONUP, _WM_RBUTTONUP = 0x0202, 0x0205
_NIN_BALLOONUSERCLICK: Final = 0x0405
_TPM_RIGHTALIGN, _TPM_BOTTOMALIGN, _TPM_RETURNCMD = 0x0008, 0x0020, 0x0100
"""Source of all of these: shellapi.h and winuser.h of the Windows SDK."""
_NO_TASKBAR: Final = said(N_("there is no taskbar in this session"))
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backend:
    """Pystray's three classes, ours in place of its icon, and the picture that it takes."""

    icon: Callable[..., Any]
    menu: Any
    item: Callable[..., Any]
    picture: Callable[[str], str]


class User32(Protocol):
    """The calls of Windows that pystray has no name for."""

    def end_menu(self) -> None:
        """Close the menu that this thread has open."""
        ...

    def icon(self, path: str) -> int:
        """Load an icon in the size of those in the taskbar; 0 where that fails."""
        ...

    def has_taskbar(self) -> bool:
        """Whether there is a place for icons."""
        ...

    def be_sharp(self) -> None:
        """Have what this process draws in the screen's own pixels, before it draws anything."""
        ...


def open_backend(icons: Path, balloons: Balloons, *, told: Told, duty: Duty) -> Backend:
    """Load pystray for Windows; the pictures lie in *icons*, one file for each state.

    *duty* looks after the tray's thread.

    Raises:
        Unavailable: pystray cannot be loaded.
    """
    pystray, user32 = _pystray(), _user32()
    user32.be_sharp()
    # Not a class statement: what it inherits from is known only now.
    icon = type("Icon", (_Fenced, pystray.Icon), {})

    def make(name: str, picture: str, title: str | None = None, menu: object = None) -> Item:
        made = icon(name, picture, title, menu)
        made.attach(pystray.win32, user32, balloons, told, duty)
        return made

    def item(text: str, *arguments: object, **options: object) -> Item:
        # Windows takes an ampersand for the mark of a key, and a tab for a second column.
        return pystray.MenuItem(one_line(text).replace("&", "&&"), *arguments, **options)

    return Backend(make, pystray.Menu, item, lambda state: str(icons / f"{state}.ico"))


def refuse_without_taskbar() -> None:
    """Raise `Unavailable` where there is no taskbar, as in the session of a service."""
    if not _user32().has_taskbar():
        raise Unavailable(_NO_TASKBAR)


class _Fenced:
    """What we do otherwise than `pystray._win32.Icon`, which is the class after this one.

    Its menu is made when it opens and lives as long as it is open: pystray makes it at each
    change, so its labels age, and destroys it under the hands of who reads it.
    """

    # Of pystray's Icon.
    icon: str  # a file
    title: str
    visible: bool
    menu: Iterable[Item]
    _hwnd: int
    _menu_hwnd: int
    _icon_handle: int | None
    _menu_handle: object
    _message_handlers: dict[int, Handle]
    _create_menu: Callable[[object, list[Any]], int | None]

    _win32: Any  # pystray's names for Windows' calls
    _is_open = False
    _is_stopping = False
    _tries = 0

    def attach(
        self,
        win32: Any,  # noqa: ANN401 - untyped
        user32: User32,
        balloons: Balloons,
        told: Told,
        duty: Duty,
    ) -> None:
        """Give it what it needs; once, before it runs."""
        self._win32, self._user32, self._balloons, self._told = win32, user32, balloons, told
        self._duty = duty
        self._menu_handle = None
        self._again: threading.Timer | None = None
        for message, handle in self._message_handlers.items():
            if message != win32.WM_NOTIFY:  # a menu is open for as long as a person likes
                self._message_handlers[message] = self._looked_after(handle)
        # Who answers 0 here keeps Windows from logging out, and pystray answers 0 to what it
        # does not know.
        self._message_handlers[_WM_QUERYENDSESSION] = lambda _wparam, _lparam: 1

    def _looked_after(self, handle: Handle) -> Handle:
        def handled(wparam: int, lparam: int) -> int | None:
            with self._duty.busy():
                return handle(wparam, lparam)

        return handled

    # ── the icon ───────────────────────────────────────────────────────────────────────────

    def _message(self, code: int, flags: int, **fields: Any) -> bool:  # noqa: ANN401 - of many types
        """Tell the shell something of the icon; pystray drops whether it listened."""
        for name, units in _UNITS.items():
            if fields.get(name):
                fields[name] = clipped(plain(fields[name]), units)
        data = self._win32.NOTIFYICONDATAW(
            cbSize=ctypes.sizeof(self._win32.NOTIFYICONDATAW),
            hWnd=self._hwnd,
            uFlags=flags,
            **fields,
        )
        return bool(self._win32.Shell_NotifyIcon(code, data))

    def _show(self) -> None:
        """Add the icon, now or when the shell has time for it; also after the shell's restart."""
        self._assert_icon_handle()
        win32 = self._win32
        flags = win32.NIF_MESSAGE | win32.NIF_ICON | win32.NIF_TIP
        fields = {
            "uCallbackMessage": win32.WM_NOTIFY,
            "hIcon": self._icon_handle,
            "szTip": self.title,
        }
        # One that comes late says that it failed, though the icon is there then.
        if self._message(_NIM_ADD, flags, **fields) or self._message(_NIM_MODIFY, flags, **fields):
            self._tries = 0
            self._balloons.hang_on(self)
            self._told(None)
            return
        self._balloons.hang_on(None)
        self._told(Unavailable(_NO_TASKBAR))
        if self._tries < len(_AGAIN_S) and not self._is_stopping:
            self._again = threading.Timer(_AGAIN_S[self._tries], self._show)
            self._again.daemon = True
            self._tries += 1
            self._again.start()

    def _assert_icon_handle(self) -> None:
        """Have the picture as Windows wants it; pystray's way leaves files in the temporary folder."""
        if not self._icon_handle:
            self._icon_handle = self._user32.icon(self.icon) or None
            if self._icon_handle is None:
                _log.warning("the icon %s cannot be loaded, there is a gap instead", self.icon)

    def _update_menu(self) -> None:
        """Do nothing: it is made when it opens."""

    def balloon(self, title: str, body: str, flags: int) -> bool:
        """Show a balloon, or take it away (no *body*); False where there is no icon to hang it on."""
        win32 = self._win32
        return self._message(
            _NIM_MODIFY, win32.NIF_INFO, szInfo=body, szInfoTitle=title, dwInfoFlags=flags
        )

    # ── on the tray's thread ───────────────────────────────────────────────────────────────

    def _on_notify(self, _wparam: int, lparam: int) -> None:
        """Hear what was done with the icon, or what became of the balloon."""
        if lparam in (_WM_LBUTTONUP, _WM_RBUTTONUP, _NIN_BALLOONUSERCLICK):
            self._open_menu()

    def _open_menu(self) -> None:
        """Show the menu at the pointer, and do what is chosen; returns when it has closed."""
        if self._is_open:
            return
        chosen: list[Callable[[object], None]] = []
        with self._duty.busy():
            hmenu = self._create_menu(self.menu, chosen)
            if not hmenu:
                return
            self._is_open = True
            self._balloons.withdraw()  # it would lie on the menu, and has been noticed
        try:
            index = self._track(hmenu)
        finally:
            self._is_open = False
            self._win32.DestroyMenu(hmenu)
        if self._is_stopping:
            self._win32.PostQuitMessage(0)
        elif index > 0:
            with self._duty.busy():
                chosen[index - 1](self)

    def _track(self, hmenu: int) -> int:
        win32 = self._win32
        # Source: TrackPopupMenu, Microsoft Win32 reference: without both of these a click
        # elsewhere does not close it, and the next menu closes at once.
        win32.SetForegroundWindow(self._hwnd)
        point = win32.wintypes.POINT()
        win32.GetCursorPos(ctypes.byref(point))
        flags = _TPM_RIGHTALIGN | _TPM_BOTTOMALIGN | _TPM_RETURNCMD
        index = win32.TrackPopupMenuEx(hmenu, flags, point.x, point.y, self._menu_hwnd, None)
        win32.PostMessage(self._hwnd, _WM_NULL, 0, 0)
        return int(index)

    def _on_stop(self, _wparam: int, _lparam: int) -> None:
        """End; a menu that is open first, since its loop takes the message that ends ours."""
        self._is_stopping = True
        if self._again is not None:
            self._again.cancel()
        if self._is_open:
            self._user32.end_menu()
        else:
            self._win32.PostQuitMessage(0)


# ── what Windows has ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Pystray:
    Icon: type
    Menu: Any
    MenuItem: Any
    win32: Any


def _pystray() -> _Pystray:
    try:
        import pystray._win32
    except (ImportError, AttributeError, OSError) as error:
        raise Unavailable(
            said(N_("the icon's library cannot be loaded: {error}"), error=error)
        ) from error
    base, win32 = pystray._win32, sys.modules["pystray._util.win32"]  # noqa: SLF001 - see pyproject.toml
    return _Pystray(base.Icon, base._base.Menu, base._base.MenuItem, win32)  # noqa: SLF001 - as above


class _OverUser32:
    """`User32` as Windows has it."""

    def end_menu(self) -> None:
        """Source: EndMenu, Microsoft Win32 reference."""
        _library().EndMenu()

    def icon(self, path: str) -> int:
        """Source: LoadImageW and SM_CXSMICON: of a file's sizes it takes the nearest."""
        user32 = _library()
        load = user32.LoadImageW
        load.restype = ctypes.c_void_p
        pixels = user32.GetSystemMetrics(_SM_CXSMICON)
        return int(load(None, path, _IMAGE_ICON, pixels, pixels, _LR_LOADFROMFILE) or 0)

    def has_taskbar(self) -> bool:
        """Source: the window class of the taskbar, as every shell that replaces it has it."""
        return bool(_library().FindWindowW("Shell_TrayWnd", None))

    def be_sharp(self) -> None:
        """Source: SetProcessDPIAware; without it Windows blows our menu and icon up from 96 dpi."""
        _library().SetProcessDPIAware()


_SM_CXSMICON: Final = 49
_IMAGE_ICON: Final = 1
_LR_LOADFROMFILE: Final = 0x10


def _user32() -> User32:
    return _OverUser32()


def _library() -> Any:  # noqa: ANN401 - untyped
    """Open user32 anew: what we declare of its functions is not the business of other libraries."""
    if sys.platform != "win32":
        raise Unavailable(_NO_TASKBAR)
    return ctypes.WinDLL("user32")
