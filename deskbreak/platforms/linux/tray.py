"""A pystray backend for Linux that needs neither GTK nor a display: our tray item over D-Bus."""

from __future__ import annotations

import os
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deskbreak.platforms.linux.dbusmenu import Line
from deskbreak.platforms.linux.statusitem import StatusItem
from deskbreak.platforms.linux.trayhost import TrayStatus, tray_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from pathlib import Path
    from types import ModuleType

    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.statusitem import Pixmap, Wish

    Item = Any  # pystray and Pillow's images, untyped or imported late
    Image = Any

__all__ = ["SIZES", "Backend", "TrayStatus", "open_backend", "tray_status"]

SIZES: Final = (22, 24, 32, 44, 48, 64)
"""Pixels of the icons that panels ask for, up to double density. Source: 22 and 24 are the sizes
of the Icon Naming Specification for panels, 44 and 48 their doubles, 32 is xfce4-panel's, 64 its
double."""

_ONE_OF_THEM: Final = "hicolor/22x22/status/{}.png"


@dataclass(frozen=True, slots=True)
class Backend:
    """What pystray has on other systems: its three classes, and the sizes of the icons it takes."""

    icon: Callable[..., Any]
    menu: Any
    item: Any
    sizes: tuple[int, ...] = SIZES


def open_backend(
    bus: Bus,
    *,
    theme: Path | None = None,
    clicked: Wish | None = None,
    told: Callable[[TrayStatus], None] = lambda _: None,
) -> Backend:
    """Load pystray, without the display that it would look for, and put our item under it.

    *bus* may have no connection yet, or lose it: the item comes and comes back with it. The icon
    class takes one image, which is then scaled, or one for each of the sizes. One that has a
    ``state`` is also offered by its name in the icon theme *theme*. Of *clicked* and *told* see
    `StatusItem`.
    """
    base = _pystray_base()
    # Not a class statement: what it inherits from is known only now.
    icon = type("Icon", (_OverStatusItem, base.Icon), {})

    def make(name: str, image: Image = None, title: str | None = None, menu: Item = None) -> Image:
        made = icon(name, image, title, menu)
        made.attach(bus, base.Menu.SEPARATOR, theme, clicked, told)
        return made

    return Backend(make, base.Menu, base.MenuItem)


def _pystray_base() -> ModuleType:
    """Import `pystray._base`, which is all that we use of pystray on Linux."""
    # Importing any part of pystray imports a backend: on Linux one that opens the display, and
    # fails where there is none, or GTK, which costs 25 MB. `dummy` opens nothing. A backend that
    # the person has chosen for other programs is theirs, so it is put back.
    chosen = os.environ.get("PYSTRAY_BACKEND")
    os.environ["PYSTRAY_BACKEND"] = "dummy"
    try:
        import pystray._base  # noqa: F401 - it is taken from where imports leave it
    finally:
        del os.environ["PYSTRAY_BACKEND"]
        if chosen is not None:
            os.environ["PYSTRAY_BACKEND"] = chosen
    return sys.modules["pystray._base"]


class _OverStatusItem:
    """What `pystray._base.Icon` leaves to a backend, done by a `StatusItem`."""

    HAS_NOTIFICATION = False  # ours have buttons, which pystray's have not

    # Of pystray's Icon.
    name: str
    title: str
    icon: Image
    visible: bool
    menu: Iterable[Item] | None
    _icon_valid: bool
    _mark_ready: Callable[[], None]
    _handler: Callable[[Item], Callable[[object], None]]
    __call__: Callable[[], None]

    state: str | None = None  # what the icon stands for, where it has a name in the theme

    def attach(
        self,
        bus: Bus,
        separator: Item,
        theme: Path | None,
        clicked: Wish | None,
        told: Callable[[TrayStatus], None],
    ) -> None:
        """Put the item under it."""
        self._bus, self._separator, self._theme = bus, separator, theme
        self._item = StatusItem(
            bus, self.name, self._read, self._default, clicked=clicked, told=told
        )

    def status(self) -> TrayStatus:
        """Ask the desktop whether it shows the item. Never from the bus thread."""
        return tray_status(self._bus, self.name)

    def _read(self) -> list[Line]:
        # Not "self.menu or ()": whether a menu is empty costs pystray one more reading of it.
        items = () if self.menu is None else self.menu
        return _lines(items, self._separator, self._chosen)

    def _chosen(self, item: Item) -> Wish:
        def queue() -> None:
            self._item.wish(lambda: self._handler(item)(self))

        return queue

    def _default(self) -> Wish | None:
        items = () if self.menu is None else self.menu
        return self if any(item.default for item in items) else None

    def _show(self) -> None:
        self._item.describe(self.title)
        self._item.show(visible=True)

    def _hide(self) -> None:
        self._item.show(visible=False)

    def _update_icon(self) -> None:
        # No dash: Qt would take an icon "deskbreak" that is installed for "deskbreak-due".
        name = f"{self.name}_{self.state}"
        if self._theme is None or not (self._theme / _ONE_OF_THEM.format(name)).is_file():
            self._item.draw(_pixmaps(self.icon))
        else:
            self._item.draw(_pixmaps(self.icon), name, str(self._theme))
        self._icon_valid = True

    def _update_title(self) -> None:
        self._item.describe(self.title)

    def _update_menu(self) -> None:
        self._item.menu.update()

    def _run(self) -> None:
        self._mark_ready()
        self._item.serve()
        self.visible = False  # or pystray hides it when it is collected, as the interpreter ends

    def _run_detached(self) -> None:
        threading.Thread(target=self._run, name="tray", daemon=True).start()

    def _stop(self) -> None:
        self._item.wish(None)


def _lines(items: Iterable[Item], separator: Item, chosen: Callable[[Item], Wish]) -> list[Line]:
    """Describe pystray's *items*; one with a ``key`` keeps its id wherever it moves."""
    lines: list[Line] = []
    separators = 0
    for place, item in enumerate(items):
        if item is separator:
            separators += 1
            lines.append(Line(f"separator {separators}", is_separator=True))
            continue
        children = (
            tuple(_lines(item.submenu, separator, chosen)) if item.submenu is not None else ()
        )
        lines.append(
            Line(
                getattr(item, "key", f"item {place}"),
                item.text,
                enabled=bool(item.enabled),
                checked=item.checked,
                radio=bool(item.radio),
                choose=None if children else chosen(item),
                children=children,
            )
        )
    return lines


def _pixmaps(images: Image) -> list[Pixmap]:
    """Turn one image into those of all sizes, or several as they are, into what the bus carries."""
    if not isinstance(images, list):
        images = [images.resize((size, size)) for size in SIZES]
    return [(image.width, image.height, _argb(image.convert("RGBA").tobytes())) for image in images]


def _argb(rgba: bytes) -> bytes:
    argb = bytearray(len(rgba))
    argb[0::4] = rgba[3::4]
    for place in range(3):
        argb[place + 1 :: 4] = rgba[place::4]
    return bytes(argb)
