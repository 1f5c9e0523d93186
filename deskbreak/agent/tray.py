"""The tray: draws a `TrayView` through pystray and posts what is chosen; it decides nothing."""

from __future__ import annotations

import logging
import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, Any, Final, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.core.model import Icon, MenuEntry, TrayView
    from deskbreak.ports import Look, OnCommand

    # pystray and Pillow's images: untyped, or imported late.
    PystrayIcon = Any
    PystrayMenu = Any
    PystrayItem = Any
    Image = Any
    IconPath = Callable[[str, int], Path]
    """Where the PNG of a state (`Icon`) in a size (pixels) lies."""

NAME: Final = "deskbreak"

_IMAGES: Final = 24
"""So many rendered icons are kept at most. Source: pystray#73, programs that drew one a minute."""

_PLAIN: Final = (0x80, 0x80, 0x80, 0xFF)
"""A grey that can be seen on light and on dark panels."""

_log = logging.getLogger(__name__)


class Backend(Protocol):
    """Pystray's classes, or others with their interface, and the icons that they take.

    With one size the icon class gets an image, with several a list of them.
    """

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

    @property
    def sizes(self) -> tuple[int, ...]:
        """Pixels."""
        ...


class DeskTray:
    """The item in the panel; a `deskbreak.ports.Tray`.

    *look* is called from whichever thread draws (ours, or the backend's when the menu opens),
    but never from two at once.
    """

    def __init__(
        self, backend: Backend, look: Look, on_command: OnCommand, icon_path: IconPath
    ) -> None:
        self._backend = backend
        self._look = look
        self._on_command = on_command
        self._images = _Images(icon_path)
        self._looking = threading.Lock()
        self._changed = threading.Event()
        self._stopping = False
        self._drawn: TrayView | None = None

    def run(self) -> None:
        """Draw and serve clicks on the calling (main) thread until `stop`."""
        view = self._view()
        icon = self._backend.icon(
            NAME, self._picture(view.icon), view.tooltip, self._backend.menu(self._items)
        )
        icon.state = view.icon.value
        self._drawn = view
        try:
            icon.run(self._keep_fresh)
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
        icon.visible = True
        while True:
            self._changed.wait()
            self._changed.clear()
            if self._stopping:
                break
            try:
                self._redraw(icon)
            except Exception:  # noqa: BLE001 - the next view may be drawn better than this one
                _log.exception("the tray could not be drawn")
        icon.stop()

    def _redraw(self, icon: PystrayIcon) -> None:
        """Change what is different, and nothing else: panels leak on each new icon."""
        view, drawn = self._view(), self._drawn
        assert drawn is not None
        self._drawn = view
        if view.icon is not drawn.icon:
            icon.state = view.icon.value
            icon.icon = self._picture(view.icon)
        if view.tooltip != drawn.tooltip:
            icon.title = view.tooltip
        if view.menu != drawn.menu:
            icon.update_menu()

    def _view(self) -> TrayView:
        with self._looking:
            return self._look()

    def _picture(self, state: Icon) -> Image:
        images = [self._images.get(state, size) for size in self._backend.sizes]
        return images[0] if len(images) == 1 else images

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


class _Images:
    """Icons as images, the most recently used of them kept."""

    def __init__(self, icon_path: IconPath) -> None:
        self._icon_path = icon_path
        self._kept: OrderedDict[tuple[str, int], Image] = OrderedDict()

    def get(self, state: Icon, size: int) -> Image:
        key = (state.value, size)
        image = self._kept.pop(key, None)
        if image is None:
            image = self._load(*key)
        self._kept[key] = image
        if len(self._kept) > _IMAGES:
            self._kept.popitem(last=False)
        return image

    def _load(self, state: str, size: int) -> Image:
        # Not PIL.Image.open: it loads the code for five formats to find out which one it is.
        from PIL import Image
        from PIL.PngImagePlugin import PngImageFile

        path = self._icon_path(state, size)
        try:
            with path.open("rb") as file, PngImageFile(file) as image:
                return image.convert("RGBA")
        except (OSError, SyntaxError) as error:  # SyntaxError: it is no PNG
            _log.warning("the icon %s cannot be read, a plain one is shown: %s", path, error)
            return Image.new("RGBA", (size, size), _PLAIN)
