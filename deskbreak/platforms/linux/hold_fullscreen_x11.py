"""Whether the window in front fills the screen, on X11. Its state is read, never its title.

Source: Extended Window Manager Hints 1.5: _NET_SUPPORTED, _NET_ACTIVE_WINDOW, _NET_WM_STATE.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.xproperties import Change, Properties
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.watcher import Watcher

_NO_WINDOW: Final = 0


class X11FullScreen:
    """Follows the window in front, and hears of changes of its properties."""

    name = "x11"
    subscribed = True

    def __init__(
        self,
        watcher: Watcher,
        changed: Callable[[], None],
        lost: Callable[[Said], None],
        display_name: str | None = None,
    ) -> None:
        """Connect to *display_name*, or to the display that DISPLAY names; on *watcher*'s thread.

        Raises:
            Unavailable: There is none, or it cannot tell.
        """
        if display_name is None and os.environ.get("WAYLAND_DISPLAY"):
            why = N_("this is a Wayland session, whose X server knows only some of the windows")
            raise Unavailable(said(why))
        self._watcher = watcher
        self._changed = changed
        self._lost = lost
        self._window = _NO_WINDOW
        self._fills: bool | None = None
        self._is_open = True
        self._server = Properties(display_name)
        self._fd = self._server.fileno()
        watcher.listen(self._fd, self._receive)
        try:
            self._supported = self._server.atom("_NET_SUPPORTED")
            self._active = self._server.atom("_NET_ACTIVE_WINDOW")
            self._state = self._server.atom("_NET_WM_STATE")
            self._full_screen = self._server.atom("_NET_WM_STATE_FULLSCREEN")
            self._server.hear(self._server.root, changes=True)
            self._follow()
        except BaseException:
            self.close()
            raise
        watcher.soon(self._receive)  # what came with the answers makes nothing readable

    def ask(self) -> bool | None:
        """Tell whether the window in front fills the screen; None where no window manager does."""
        return self._fills

    def close(self) -> None:
        """Let go of the display; on the watcher's thread."""
        if self._is_open:
            self._is_open, self._fills = False, None
            self._watcher.forget(self._fd)
            self._server.close()

    # ── on the watcher's thread ────────────────────────────────────────────────────────────

    def _receive(self) -> None:
        try:
            self._take_changes()
        except Unavailable as reason:
            if self._is_open:
                self.close()
                self._lost(reason.why)

    def _take_changes(self) -> None:
        """Look at the window in front once, whatever number of changes is told of."""
        before = self._fills
        while changes := self._server.changes():  # some may have come with our own answers
            # A manager may go on naming a window that has gone, as openbox does with the last one.
            if not self._where_another_is_in_front().isdisjoint(changes):
                self._follow()
            elif (self._window, self._state) in changes:
                self._fills = self._is_full_screen()
        if self._fills is not before:
            self._changed()

    def _where_another_is_in_front(self) -> set[Change]:
        root = self._server.root
        return {
            Change(root, self._active),
            Change(root, self._supported),
            Change(self._window, None),
        }

    def _follow(self) -> None:
        """Turn to the window that is in front now."""
        active = self._server.values(self._server.root, self._active)
        before, self._window = self._window, active[0] if active else _NO_WINDOW
        if before != self._window:
            self._hear(before, changes=False)
        self._hear(self._window, changes=True)  # anew: another may have the number of one that went
        self._fills = self._is_full_screen()

    def _hear(self, window: int, *, changes: bool) -> None:
        if window not in (_NO_WINDOW, self._server.root):
            self._server.hear(window, changes=changes)

    def _is_full_screen(self) -> bool | None:
        if not self._server.values(self._server.root, self._supported):
            return None
        if self._window == _NO_WINDOW or not self._server.is_there(self._window):
            return False
        return self._full_screen in self._server.values(self._window, self._state)
