"""Prompts through plyer's balloon of Windows, for the case that our own icon is not there."""

from __future__ import annotations

import atexit
import queue
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.plain import clipped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.model import PromptView

    Tip = Any  # plyer's, untyped

_APP_NAME: Final = "deskbreak"
_TITLE_UNITS, _BODY_UNITS = 63, 255
"""UTF-16 units of a balloon, without its closing zero. Source: NOTIFYICONDATAW, Microsoft Win32
reference."""
_WITHIN_S: Final = 2.5
"""A channel has 3 s in all."""


class PlyerBalloon:
    """The last way out: text without buttons, which menu and commands answer.

    plyer itself shows each on a thread that sleeps as long as it stays, keeps the process alive
    so long, loses every error, and leaves its icon, window and window class behind until the
    process ends. Ours makes the same object on a thread that says what came of it and takes
    everything away again. Source: plyer/platforms/win of plyer 2.1.0; plyer#752, #798, #645.
    """

    name = "plyer"
    lost = False

    def __init__(self, refuse: Callable[[], None]) -> None:
        """Find out whether it can work; *refuse* raises `Unavailable` where nobody would show it."""
        self._refuse = refuse
        self._ends: threading.Event | None = None  # of what is shown
        refuse()

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before. At most 3 s.

        Raises:
            Unavailable: It is not on the screen.
        """
        self.withdraw()
        self._refuse()
        came_of_it: queue.SimpleQueue[Exception | None] = queue.SimpleQueue()
        ends = threading.Event()
        threading.Thread(
            target=_lie, args=(view, came_of_it.put, ends), name="plyer", daemon=True
        ).start()
        try:
            error = came_of_it.get(timeout=_WITHIN_S)
        except queue.Empty:
            ends.set()
            raise Unavailable(said(N_("plyer did not come to an end"))) from None
        if error is not None:
            raise Unavailable(said(N_("plyer failed: {error}"), error=error)) from error
        self._ends = ends

    def withdraw(self) -> None:
        """Take away what is shown."""
        if self._ends is not None:
            self._ends.set()
            self._ends = None

    def close(self) -> None:
        """Take away what is shown."""
        self.withdraw()


def _lie(view: PromptView, tell: Callable[[Exception | None], None], ends: threading.Event) -> None:
    """Show it until *ends*; on one thread, since Windows lets only who made a window destroy it."""
    try:
        tip = _tip(
            clipped(one_line(view.title), _TITLE_UNITS), clipped(plain(view.body), _BODY_UNITS)
        )
    except Exception as error:  # noqa: BLE001 - plyer raises just that
        tell(error)
        return
    tell(None)
    ends.wait()
    tip.__del__()  # takes icon, window and class away
    _forget(tip)


def _tip(title: str, body: str) -> Tip:
    from plyer.platforms.win.libs.balloontip import WindowsBalloonTip

    return WindowsBalloonTip(title or _APP_NAME, body or title, _APP_NAME, timeout=0)


def _forget(tip: Tip) -> None:
    """See that nothing is taken away twice: its numbers may be another window's by then."""
    atexit.unregister(tip.__del__)
    tip._hicon = tip._wnd_class_ex = tip._hwnd = None  # noqa: SLF001 - plyer has no other way
