"""The tray: draws a `TrayView` through pystray and posts what is chosen; it decides nothing."""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING, Any, Final, Protocol

from deskbreak.ports import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.model import MenuEntry, TrayView
    from deskbreak.ports import Duty, Look, OnCommand

    # pystray: untyped, or imported late.
    PystrayIcon = Any
    PystrayMenu = Any
    PystrayItem = Any

NAME: Final = "deskbreak"

_log = logging.getLogger(__name__)


class Backend(Protocol):
    """Pystray's classes, or others with their interface, and the pictures that they take."""

    @property
    def icon(self) -> Callable[..., PystrayIcon]:
        """Stands for ``pystray.Icon``."""
        ...

    @property
    def menu(self) -> PystrayMenu:
        """Stands for ``pystray.Menu``."""
        ...

    @property
    def item(self) -> Callable[..., PystrayItem]:
        """Stands for ``pystray.MenuItem``."""
        ...

    def picture(self, state: str) -> object:
        """Return what `icon` takes as the picture of *state* (see `Icon`); never raises."""
        ...


class DeskTray:
    """The item in the panel; a `deskbreak.ports.Tray`.

    *look* is called from whichever thread draws (ours, or the backend's when the menu opens),
    but never from two at once.
    """

    def __init__(
        self, backend: Backend, look: Look, on_command: OnCommand, duty: Duty | None = None
    ) -> None:
        self._backend = backend
        self._duty = duty or Unwatched()
        self._look = look
        self._on_command = on_command
        self._looking = threading.Lock()
        self._changed = threading.Event()
        self._stopping = False
        self._drawn: TrayView | None = None

    def run(self) -> None:
        """Draw and serve clicks on the calling (main) thread until `stop`."""
        view = self._view()
        icon = self._backend.icon(
            NAME,
            self._backend.picture(view.icon.value),
            view.tooltip,
            self._backend.menu(self._items),
        )
        icon.state = view.icon.value
        self._drawn = view
        try:
            icon.run(self._keep_fresh)
            if not self._stopping:  # pystray swallows what ended it
                raise RuntimeError("the icon's loop has ended, and nobody asked for that")
        finally:
            # pystray's other thread is ours for as long as it runs, and Python waits for it.
            self.stop()

    def refresh(self) -> None:
        """What is shown may have changed; several calls become one look. From any thread."""
        self._changed.set()

    def stop(self) -> None:
        """End `run`, also if it has not begun. From any thread."""
        self._stopping = True
        self._changed.set()

    def _keep_fresh(self, icon: PystrayIcon) -> None:
        """Show the icon, then redraw whenever asked; on the thread that pystray has for this."""
        threading.current_thread().name = "tray-draws"  # pystray gives it none
        with self._duty.lasts():
            icon.visible = True
            while True:
                self._changed.wait()
                self._changed.clear()
                if self._stopping:
                    break
                with self._duty.busy():
                    self._try_redraw(icon)
            icon.stop()

    def _try_redraw(self, icon: PystrayIcon) -> None:
        try:
            self._redraw(icon)
        except Exception:  # noqa: BLE001 - the next view may be drawn better than this one
            _log.exception("the tray could not be drawn")

    def _redraw(self, icon: PystrayIcon) -> None:
        """Change what is different, and nothing else: panels leak on each new icon."""
        view, drawn = self._view(), self._drawn
        assert drawn is not None
        self._drawn = view
        if view.icon is not drawn.icon:
            icon.state = view.icon.value
            icon.icon = self._backend.picture(view.icon.value)
        if view.tooltip != drawn.tooltip:
            icon.title = view.tooltip
        if view.menu != drawn.menu:
            icon.update_menu()

    def _view(self) -> TrayView:
        with self._looking:
            return self._look()

    def _items(self) -> Iterator[PystrayItem]:
        """Make the menu anew; pystray asks for it whenever it needs it."""
        return iter([self._item(entry) for entry in self._view().menu])

    def _item(self, entry: MenuEntry) -> PystrayItem:
        if not entry.label:
            return self._backend.menu.SEPARATOR
        if entry.children:
            action = self._backend.menu(*(self._item(child) for child in entry.children))
        else:
            action = self._action(entry)
        item = self._backend.item(
            entry.label,
            action,
            checked=None if entry.checked is None else lambda _: entry.checked,
            radio=entry.radio,
            enabled=entry.enabled and bool(entry.command or entry.children),
        )
        item.key = entry.key
        return item

    def _action(self, entry: MenuEntry) -> Callable[[], None]:
        def choose() -> None:
            if entry.command is not None:
                self._on_command(entry.command)

        return choose
