"""Pystray's icon for the macOS menu bar, with what is missing: the main thread, fresh labels."""

from __future__ import annotations

import logging
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path

    from deskbreak.ports import Duty

    Item = Any  # pystray's, untyped
    Told = Callable[[Unavailable | None], None]
    """Hears whether the icon is there, or why not; from any thread."""

_PIXELS: Final = 44  # the menu bar is 22 points high, and most screens have two pixels for one
_PLAIN: Final = (0x80, 0x80, 0x80, 0xFF)
"""A grey that can be seen on light and on dark bars."""
_log: Final = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Backend:
    """Pystray's three classes, ours in place of its icon, and the picture that it takes."""

    icon: Callable[..., Any]
    menu: Any
    item: Any
    picture: Callable[[str], Any]


def open_backend(theme: Path, *, told: Told, duty: Duty) -> Backend:
    """Load pystray for macOS; its pictures are those of the icon theme *theme*.

    *duty* looks after the main thread, as far as it is ours.

    Raises:
        Unavailable: pystray, or PyObjC below it, cannot be loaded.
    """
    pystray, cocoa = _pystray(), _cocoa()
    # Not a class statement: what it inherits from is known only now.
    icon = type("Icon", (_OnMainThread, pystray.Icon), {})

    def make(name: str, picture: object, title: str | None = None, menu: object = None) -> Item:
        made = icon(name, picture, title, menu)
        made.attach(cocoa, told, duty)
        return made

    return Backend(make, pystray.Menu, pystray.MenuItem, lambda state: _picture(theme, state))


def _picture(theme: Path, state: str) -> Any:  # noqa: ANN401 - Pillow is imported late
    # Not PIL.Image.open: it loads the code for five formats to find out which one it is.
    from PIL import Image
    from PIL.PngImagePlugin import PngImageFile

    path = theme / "hicolor" / f"{_PIXELS}x{_PIXELS}" / "status" / f"deskbreak_{state}.png"
    try:
        with path.open("rb") as file, PngImageFile(file) as image:
            return image.convert("RGBA")
    except (OSError, SyntaxError) as error:  # SyntaxError: it is no PNG
        _log.warning("the icon %s cannot be read, a plain one is shown: %s", path, error)
        return Image.new("RGBA", (_PIXELS, _PIXELS), _PLAIN)


class _OnMainThread:
    """What we do otherwise than `pystray._darwin.Icon`, which is the class after this one.

    pystray changes the menu bar from whichever thread asks, but AppKit belongs to the main one.
    Its menu is made at each change, so its labels age; ours is filled when it opens.
    """

    # Of pystray's Icon.
    menu: Iterable[Item]
    _status_item: Any
    _menu_handle: Any
    _create_menu: Callable[[Any, list[Any]], Any]
    _cocoa: Cocoa
    _told: Told

    def attach(self, cocoa: Cocoa, told: Told, duty: Duty) -> None:
        """Give it what it needs; once, before it runs."""
        self._cocoa, self._told, self._duty = cocoa, told, duty
        self._filler = cocoa.filler(self._fill)

    def _show(self) -> None:
        self._later("_show")
        self._told(None)

    def _hide(self) -> None:
        self._later("_hide")

    def _update_icon(self) -> None:
        self._later("_update_icon")

    def _update_title(self) -> None:
        self._later("_update_title")

    def _stop(self) -> None:
        self._later("_stop")

    def _later(self, name: str) -> None:
        self._on_main_thread(getattr(super(), name))

    def _on_main_thread(self, job: Callable[[], object]) -> None:
        def done() -> None:
            with self._duty.busy():
                job()

        self._cocoa.on_main_thread(done)

    def _update_menu(self) -> None:
        """Hang on an empty menu, once, which is filled whenever it opens."""
        if getattr(self, "_hangs", False):
            return
        self._hangs = True

        def hang() -> None:
            menu = self._cocoa.empty_menu(self._filler)
            self._status_item.setMenu_(menu)
            self._menu_handle = (menu, [])

        self._on_main_thread(hang)

    def _fill(self, menu: Any) -> None:  # noqa: ANN401 - PyObjC has no types
        """Put the entries as they are now into *menu*; AppKit asks for it on the main thread."""
        chosen: list[Any] = []
        with self._duty.busy():
            made = self._create_menu(self.menu, chosen)
            menu.removeAllItems()
            for item in list(made.itemArray()) if made else []:
                made.removeItem_(item)
                menu.addItem_(item)
        self._menu_handle = (menu, chosen)


# ── what macOS has ─────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Pystray:
    Icon: type
    Menu: Any
    MenuItem: Any


def _pystray() -> _Pystray:
    try:
        import pystray._darwin
    except ImportError as error:
        raise Unavailable(
            said(N_("the icon's library cannot be loaded: {error}"), error=error)
        ) from error
    base = sys.modules["pystray._base"]
    return _Pystray(pystray._darwin.Icon, base.Menu, base.MenuItem)  # noqa: SLF001 - see pyproject.toml


class Cocoa:
    """The calls of AppKit that pystray does not make. No one has run this on a Mac yet.

    Source: NSMenuDelegate, menuNeedsUpdate:, and NSMenu, Apple developer documentation;
    PyObjCTools.AppHelper, callAfter, PyObjC documentation.
    """

    def on_main_thread(self, job: Callable[[], object]) -> None:
        """Have *job* done as soon as the main thread's loop is free."""
        from PyObjCTools import AppHelper

        AppHelper.callAfter(job)

    def empty_menu(self, filler: Any) -> Any:  # noqa: ANN401 - PyObjC has no types
        """Make a menu that *filler* fills."""
        import AppKit

        menu = AppKit.NSMenu.alloc().initWithTitle_("deskbreak")
        menu.setAutoenablesItems_(False)
        menu.setDelegate_(filler)
        return menu

    def filler(self, fill: Callable[[Any], None]) -> Any:  # noqa: ANN401 - PyObjC has no types
        """Make what AppKit asks for the entries of a menu that opens."""
        import Foundation

        def needs_update(_self: object, menu: object) -> None:
            fill(menu)

        methods = {"menuNeedsUpdate_": needs_update}
        made: Any = type("DeskbreakMenuFiller", (Foundation.NSObject,), methods)
        return made.alloc().init()


def _cocoa() -> Cocoa:
    return Cocoa()
