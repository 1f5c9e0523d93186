"""Whether the window in front fills the screen, on Wayland compositors that list their windows.

Source: wlr-foreign-toplevel-management-unstable-v1.xml, version 3, wlr-protocols. Titles and the
names of programs come with the list; they are passed over unread.
"""

from __future__ import annotations

import functools
import struct
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.watcher import made_within
from deskbreak.platforms.linux.wayland import Wayland
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.watcher import Watcher

_MANAGER: Final = "zwlr_foreign_toplevel_manager_v1"
_LEAST_VERSION: Final = 2  # the first that tells of full screen
_TOPLEVEL, _FINISHED = 0, 1  # events of the manager
_STATE, _CLOSED = 4, 6  # events of a window
_DESTROY: Final = 7  # a request of a window
_IN_FRONT: Final = frozenset({2, 3})  # activated, fullscreen
_OPEN_S: Final = 0.25


class WaylandFullScreen:
    """Hears of the state of each window."""

    name = "wlr-foreign-toplevel"
    subscribed = True

    def __init__(
        self,
        watcher: Watcher,
        changed: Callable[[], None],
        lost: Callable[[Said], None],
        display_name: str | None = None,
    ) -> None:
        """Connect to the compositor *display_name*, or to that of WAYLAND_DISPLAY.

        Raises:
            Unavailable: There is none, or it does not list its windows.
        """
        self._watcher = watcher
        self._changed = changed
        self._lost = lost
        self._in_front: set[int] = set()
        self._fills = False
        self._is_open = True
        found = made_within(_OPEN_S, lambda: Wayland(display_name), Wayland.close)
        if found is None:
            raise Unavailable(said(N_("the Wayland compositor does not answer in time")))
        self._wayland = found
        if self._wayland.version(_MANAGER) < _LEAST_VERSION:
            self._wayland.close()
            raise Unavailable(said(N_("the Wayland compositor does not list its windows")))
        self._wayland.start(lambda gone: self._end(gone.why))
        self._wayland.bind(_MANAGER, _LEAST_VERSION, self._on_manager)
        self._wayland.round_trip(_OPEN_S)  # those that are open already

    def ask(self) -> bool | None:
        """Tell whether the window in front fills the screen; None where nobody tells any more."""
        return self._fills if self._is_open else None

    def close(self) -> None:
        """Let go of the compositor."""
        self._is_open = False
        self._wayland.close()

    # ── on the thread of the connection ────────────────────────────────────────────────────

    def _end(self, why: Said) -> None:
        if self._is_open:
            self._is_open = False
            self._watcher.soon(functools.partial(self._lost, why))

    def _on_manager(self, opcode: int, body: bytes) -> None:
        if opcode == _TOPLEVEL:
            (number,) = struct.unpack_from("=I", body)
            self._wayland.listen(number, functools.partial(self._on_window, number))
        elif opcode == _FINISHED:
            self._end(said(N_("the Wayland compositor lists its windows no more")))

    def _on_window(self, number: int, opcode: int, body: bytes) -> None:
        if opcode == _STATE:
            (size,) = struct.unpack_from("=I", body)
            states = struct.unpack_from(f"={size // 4}I", body, 4)
            self._note(number, in_front=_IN_FRONT.issubset(states))
        elif opcode == _CLOSED:
            self._note(number, in_front=False)
            self._wayland.request(number, _DESTROY)
            self._wayland.forget(number)

    def _note(self, number: int, *, in_front: bool) -> None:
        if in_front:
            self._in_front.add(number)
        else:
            self._in_front.discard(number)
        fills = bool(self._in_front)
        if fills is not self._fills:
            self._fills = fills
            if self._is_open:
                self._watcher.soon(self._changed)
