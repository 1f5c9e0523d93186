"""A tray icon of a program that uses pystray, on our backend."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from deskbreak.platforms.linux.tray import open_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.statusitem import Pixmap
    from deskbreak.platforms.linux.tray import Backend
    from deskbreak.platforms.linux.trayhost import TrayStatus

    # pystray: untyped, or imported late.
    Icon = Any
    Menu = Any
    MenuItem = Any


class Tray:
    """An icon with a menu of every sort, as a program that uses pystray makes it."""

    def __init__(
        self,
        bus: Bus,
        menu: Callable[[Backend, Tray], Menu] | None = None,
        *,
        theme: Path | None = None,
        has_click: bool = False,
    ) -> None:
        self.minutes = 12
        self.every = 20
        self.is_on = True
        self.refuses = False
        self.extra: tuple[str, ...] = ()
        self.chosen: list[str] = []
        self.told: list[TrayStatus] = []
        self.backend = open_backend(
            bus,
            theme or Path("/nowhere"),
            clicked=(lambda: self.chosen.append("click")) if has_click else None,
            told=self.told.append,
        )
        made = (menu or every_sort)(self.backend, self)
        self.icon = self.backend.icon("deskbreak", [pixmap(22)], "At work", made)

    def __enter__(self) -> Self:
        ready = threading.Event()

        def show(icon: Icon) -> None:
            icon.visible = True
            ready.set()

        self._thread = threading.Thread(target=self.icon.run, args=(show,), daemon=True)
        self._thread.start()
        assert ready.wait(5.0)
        return self

    def __exit__(self, *_: object) -> None:
        self.icon.stop()
        self._thread.join(5.0)
        assert not self._thread.is_alive()


def every_sort(backend: Backend, tray: Tray) -> Menu:
    """A menu with every sort of line."""
    item, menu = backend.item, backend.menu

    def choose(name: str) -> Callable[[], None]:
        return lambda: tray.chosen.append(name)

    def turn() -> None:
        tray.chosen.append("turn")
        tray.is_on = tray.is_on if tray.refuses else not tray.is_on

    def every(minutes: int) -> MenuItem:
        def set_it() -> None:
            tray.every = minutes

        checked = lambda _: tray.every == minutes  # noqa: E731 - that is how pystray wants it
        return item(f"{minutes} min", set_it, checked=checked, radio=True)

    def rows() -> Iterator[Any]:
        yield item(f"Stand_up in {tray.minutes} min", None, enabled=False)
        yield menu.SEPARATOR
        for name in tray.extra:
            more = item(name, choose(name))
            more.key = name
            yield more
        for name in ("done", "skip"):
            answer = item(name.title(), choose(name))
            answer.key = name
            yield answer
        settings = item("Settings", menu(item("On", turn, checked=lambda _: tray.is_on),
                                         item("Every", menu(every(20), every(30)))))  # fmt: skip
        settings.key = "settings"
        yield settings
        yield menu.SEPARATOR
        yield item("Quit", choose("quit"))

    return menu(rows)


def pixmap(size: int) -> Pixmap:
    """A picture whose upper half is one colour and whose lower half is nothing."""
    half = size * (size // 2)
    return size, size, b"\x44\x11\x22\x33" * half + bytes(4 * half)
