"""Idle time of a terminal, where there is no desktop; only asking tells, so it is asked seldom."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.asking import AskedIdle, Seen
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.words import Said
    from deskbreak.ports import Duty

_BLOCK_S: Final = 8
"""The kernel notes input only once in each 8 s, so that nobody can listen to typing.

Source: tty_update_time, drivers/tty/tty_io.c of Linux.
"""

_RETURN_S: Final = 8.0
"""How often we look whether input is back: nothing tells us, and more often shows no more."""


def terminal_idle(  # noqa: PLR0913 - a source, and who looks after it
    changed: Callable[[], None],
    *,
    boot_s: Callable[[], float],
    wall_s: Callable[[], float],
    lost: Callable[[Said], None] | None = None,
    terminal: int | None = None,
    duty: Duty | None = None,
) -> AskedIdle:
    """Watch *terminal*, a file descriptor, or the one that we were started from.

    *wall_s* is the clock by which the kernel stamps terminals, *boot_s* one that never
    steps; both real. *lost* is called once, from a thread of its own, if the terminal goes; *duty*
    looks after that thread.

    Once a mark is passed it is looked at every 8 s, 450 times an hour, each time one `fstat`.

    Raises:
        Unavailable: There is no terminal.
    """
    typed = _Typed(_our_terminal() if terminal is None else terminal, boot_s, wall_s)
    return AskedIdle(
        "terminal",
        typed.look,
        changed,
        boot_s=boot_s,
        return_s=lambda: _RETURN_S,
        lost=lost,
        let_go=typed.close,
        duty=duty,
    )


class _Typed:
    """How long nobody typed in our terminal, as ``w`` tells it.

    Typing counts when a program reads it: in a shell each key, in a program that reads lines
    each Enter. Other terminals are not looked at. Idle time is never told too long, and up to
    8 s too short.
    """

    def __init__(
        self, terminal: int, boot_s: Callable[[], float], wall_s: Callable[[], float]
    ) -> None:
        self._fd = os.dup(terminal)
        self._boot_s = boot_s
        self._wall_s = wall_s
        self._stamp: float | None = None
        self._input_s = self._looked_s = boot_s()

    def close(self) -> None:
        os.close(self._fd)

    def look(self) -> Seen:
        """Look at the terminal's stamp.

        Raises:
            Unavailable: The terminal is gone.
        """
        if not os.isatty(self._fd):
            raise Unavailable(said(N_("the terminal is gone")))
        stamp = os.fstat(self._fd).st_atime
        now_s = self._boot_s()
        if stamp != self._stamp:
            # Until the end of its block of 8 s there may have been input without another stamp.
            ago_s = self._wall_s() - (int(stamp) // _BLOCK_S + 1) * _BLOCK_S
            if self._stamp is not None:
                ago_s = min(ago_s, now_s - self._looked_s)  # whatever the wall clock did
            self._input_s = now_s - max(ago_s, -_BLOCK_S)
        self._stamp, self._looked_s = stamp, now_s
        return Seen(now_s - self._input_s, stamp)


def _our_terminal() -> int:
    if sys.platform == "win32":
        raise Unavailable(said(N_("this system does not tell when a terminal was last used")))
    for fd in (0, 1, 2):
        if os.isatty(fd):
            return fd
    raise Unavailable(said(N_("deskbreak was not started from a terminal")))
