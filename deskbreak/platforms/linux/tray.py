"""A pystray backend for Linux that needs neither GTK nor a display: our tray item over D-Bus."""

from __future__ import annotations

import logging
import os
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.platforms.linux.dbusmenu import Line
from deskbreak.platforms.linux.statusitem import StatusItem
from deskbreak.platforms.linux.trayhost import TrayStatus, tray_status

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path
    from types import ModuleType

    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.statusitem import Pixmap, Wish
    from deskbreak.ports import Duty

    Item = Any  # pystray's, untyped

__all__ = ["Backend", "TrayStatus", "open_backend", "tray_status"]

_ONE_OF_THEM: Final = "hicolor/22x22/status/{}.png"
_HEAD: Final = struct.Struct(">II")  # width and height, before the pixels of each size
_PLAIN: Final = [(22, 22, b"\xff\x80\x80\x80" * 22 * 22)]
"""A grey that can be seen on light and on dark panels."""

_log: Final = logging.getLogger(__name__)


@quick_dataclass(frozen=True, slots=True)
class Backend:
    """What pystray has on other systems: its three classes, and the pictures that they take."""

    icon: Callable[..., Any]
    menu: Any
    item: Any
    picture: Callable[[str], list[Pixmap]]


def open_backend(
    bus: Bus,
    theme: Path,
    *,
    clicked: Wish | None = None,
    told: Callable[[TrayStatus], None] = lambda _: None,
    duty: Duty | None = None,
) -> Backend:
    """Load pystray, without the display that it would look for, and put our item under it.

    *bus* may have no connection yet, or lose it: the item comes and comes back with it. The icon
    class takes pictures of several sizes, as they lie in the icon theme *theme*; one that has a
    ``state`` is also offered by its name there. Of *clicked*, *told* and *duty* see `StatusItem`.
    """
    base = _pystray_base()
    # Not a class statement: what it inherits from is known only now.
    icon = type("Icon", (_OverStatusItem, base.Icon), {})

    def make(name: str, picture: object, title: str | None = None, menu: Item = None) -> Item:
        made = icon(name, picture, title, menu)
        made.attach(bus, base.Menu.SEPARATOR, theme, clicked, told, duty)
        return made

    def picture(state: str) -> list[Pixmap]:
        path = f"{theme}/pixels/{state}.argb"
        try:
            with open(path, "rb") as file:  # noqa: PTH123 - no path anew for each, see `desktop_entry`
                return list(_pixmaps(file.read()))
        except (OSError, struct.error) as error:
            _log.warning("the icon %s cannot be read, a plain one is shown: %s", path, error)
            return _PLAIN

    return Backend(make, base.Menu, base.MenuItem, picture)


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
    icon: list[Pixmap]
    visible: bool
    menu: Iterable[Item] | None
    _icon_valid: bool
    _mark_ready: Callable[[], None]
    _handler: Callable[[Item], Callable[[object], None]]
    __call__: Callable[[], None]

    state: str | None = None  # what the icon stands for, where it has a name in the theme

    def attach(  # noqa: PLR0913, PLR0917 - what an item is made from
        self,
        bus: Bus,
        separator: Item,
        theme: Path,
        clicked: Wish | None,
        told: Callable[[TrayStatus], None],
        duty: Duty | None,
    ) -> None:
        """Put the item under it."""
        self._bus, self._separator, self._theme = bus, separator, theme
        self._item = StatusItem(
            bus, self.name, self._read, self._default, clicked=clicked, told=told, duty=duty
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
        if os.path.isfile(f"{self._theme}/{_ONE_OF_THEM.format(name)}"):  # noqa: PTH113 - as above
            self._item.draw(self.icon, name, str(self._theme))
        else:
            self._item.draw(self.icon)
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


def _pixmaps(data: bytes) -> Iterator[Pixmap]:
    """Read the sizes of one picture: how wide, how high, then the pixels as the bus carries them.

    Raises:
        struct.error: There is less than the numbers say.
    """
    at = 0
    while at < len(data) or not at:  # at least one
        width, height = _HEAD.unpack_from(data, at)
        (pixels,) = struct.unpack_from(f"{4 * width * height}s", data, at + _HEAD.size)
        yield width, height, pixels
        at += _HEAD.size + len(pixels)
