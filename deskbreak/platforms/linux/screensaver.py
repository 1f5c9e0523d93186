"""Whether a screen saver is active, for desktops whose locker tells logind nothing.

Source: org.freedesktop.ScreenSaver and its likes of GNOME, Cinnamon, MATE and Xfce: `GetActive`
and `ActiveChanged`, xdg-specs "Idle Inhibition Service" and the sources of these lockers.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.platforms.linux.bus import Bus, Signal

SAVERS: Final = (
    ("org.freedesktop.ScreenSaver", "/org/freedesktop/ScreenSaver"),
    ("org.gnome.ScreenSaver", "/org/gnome/ScreenSaver"),
    ("org.cinnamon.ScreenSaver", "/org/cinnamon/ScreenSaver"),
    ("org.mate.ScreenSaver", "/org/mate/ScreenSaver"),
    ("org.xfce.ScreenSaver", "/org/xfce/ScreenSaver"),
)
"""Names, which are their interfaces as well, and where they are."""


class ScreenSavers:
    """Every screen saver on a session bus, whenever it comes; one that is gone locks nothing.

    A saver that blanks the screen without a lock counts as well: nobody looks at it.
    """

    name = "screensaver"

    def __init__(self, bus: Bus, changed: Callable[[], None]) -> None:
        """Listen on *bus*, which stays whose it is; *changed* is called from its thread."""
        self._changed = changed
        self._bus = bus
        self._active: dict[str, bool] = {}  # of those that told
        self._ends: list[Callable[[], None]] = [bus.on_lost(self._forget)]
        for name, path in SAVERS:
            heard = functools.partial(self._on_changed, name)
            owned = functools.partial(self._on_owner, name, path)
            self._ends.append(
                bus.subscribe(heard, interface=name, member="ActiveChanged", sender=name)
            )
            self._ends.append(bus.watch_owner(name, owned))

    @property
    def locked(self) -> bool:
        """One of them is active now."""
        return any(self._active.values())

    @property
    def asleep(self) -> bool:
        """Never: savers tell of no sleep."""
        return False

    @property
    def told(self) -> str | None:
        """The name of one that tells whether it is active; None where there is none."""
        return next(iter(self._active), None)

    def close(self) -> None:
        """Let go; nothing is reported afterwards."""
        for end in self._ends:
            end()
        self._ends.clear()

    # ── on the bus thread ──────────────────────────────────────────────────────────────────

    def _on_changed(self, name: str, signal: Signal) -> None:
        self._note(name, is_active=bool(signal.body[0]))

    def _on_owner(self, name: str, path: str, owner: str | None) -> None:
        if owner is None:
            self._note(name, is_active=None)
            return

        def answered(body: tuple[Any, ...] | None) -> None:
            self._note(name, is_active=None if body is None else bool(body[0]))

        self._bus.ask(name, path, name, "GetActive", answered=answered)

    def _forget(self) -> None:
        for name in list(self._active):
            self._note(name, is_active=None)

    def _note(self, name: str, *, is_active: bool | None) -> None:
        before = self.locked
        # Replaced as a whole: other threads read it.
        others = {one: active for one, active in self._active.items() if one != name}
        self._active = others if is_active is None else {**others, name: is_active}
        if self._ends and self.locked != before:
            self._changed()
