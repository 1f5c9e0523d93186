"""Prompts as the balloon of our icon: no buttons, so a click on it opens the menu with the answers."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.core.plain import clipped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.platforms.windows.switches import refuse_when_switched_off
from deskbreak.platforms.windows.tray import refuse_without_taskbar
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Words

_BODY_UNITS: Final = 255
"""UTF-16 units of a balloon's text. Source: NOTIFYICONDATAW, Microsoft Win32 reference."""
_NIIF_USER, _NIIF_NOSOUND = 0x04, 0x10
"""Our own picture; no sound. Source: shellapi.h of the Windows SDK."""
_ICON_WITHIN_S: Final = 2.0
"""Delivery and tray start together; a channel has 3 s in all."""


class Icon(Protocol):
    """What a balloon hangs on."""

    def balloon(self, title: str, body: str, flags: int) -> bool:
        """Show a balloon, or take it away (no *body*); False where that failed."""
        ...


class Balloons:
    """The balloon of the icon in the taskbar; one at a time, and it goes with its icon."""

    def __init__(self) -> None:
        """Begin without an icon, and with none on its way."""
        self._lock = threading.Lock()
        self._icon: Icon | None = None
        self._settled = threading.Event()
        self._settled.set()
        self._is_up = False
        self.lost = False
        """The icon went, and took the balloon along."""

    def expect(self) -> None:
        """Let who wants to show something wait for the icon, which is on its way."""
        self._settled.clear()

    def hang_on(self, icon: Icon | None) -> None:
        """Hear that the icon is there, or there anew; None: that there is none."""
        with self._lock:
            self.lost = self.lost or self._is_up
            self._icon, self._is_up = icon, False
        self._settled.set()

    def refuse(self) -> None:
        """Raise `Unavailable` where nothing could be shown. At most 2 s."""
        self._settled.wait(_ICON_WITHIN_S)
        if self._icon is None:
            refuse_without_taskbar()

    def show(self, title: str, body: str, *, sound: bool = False) -> None:
        """Show it in place of the one before. At most 2 s, and what the shell takes.

        Raises:
            Unavailable: It is not on the screen.
        """
        self._settled.wait(_ICON_WITHIN_S)
        flags = _NIIF_USER | (0 if sound else _NIIF_NOSOUND)
        with self._lock:
            icon, self.lost = self._icon, False
        if icon is None:
            raise Unavailable(said(N_("there is no icon in the taskbar that could show it")))
        # Windows takes a balloon without text for none.
        if not icon.balloon(one_line(title), body or one_line(title), flags):
            raise Unavailable(said(N_("the taskbar does not answer")))
        with self._lock:
            self._is_up = True

    def withdraw(self) -> None:
        """Take away what hangs there."""
        with self._lock:
            icon, was_up, self._is_up, self.lost = self._icon, self._is_up, False, False
        if icon is not None and was_up:
            icon.balloon("", "", 0)


class BalloonChannel:
    """Shows prompts as balloons; what is answered is answered in the menu.

    That the shell has taken a balloon is all that it tells: with notifications switched off it
    takes them, too, so that is asked for.
    """

    name = "balloon"

    def __init__(self, balloons: Balloons, words: Words) -> None:
        """Find out whether there is an icon, or at least a place for it.

        Raises:
            Unavailable: There is neither, or notifications are switched off.
        """
        refuse_when_switched_off()
        self._balloons = balloons
        self._words = words
        balloons.refuse()

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before. At most 3 s.

        Raises:
            Unavailable: It is not on the screen.
        """
        refuse_when_switched_off()
        hint = self._words.gettext(N_("Click here to answer."))
        room = _BODY_UNITS - len(hint) - 1
        body = clipped(plain(view.body), room)
        self._balloons.show(view.title, f"{body}\n{hint}".lstrip(), sound=view.sound)

    def withdraw(self) -> None:
        """Take the balloon away."""
        self._balloons.withdraw()

    @property
    def lost(self) -> bool:
        """Whether the taskbar went, as when its program restarts, and the balloon with it."""
        return self._balloons.lost

    def close(self) -> None:
        """Take the balloon away; the icon is the tray's."""
        self._balloons.withdraw()
