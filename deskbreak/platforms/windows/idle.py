"""Idle time on Windows: when the last input came to our session; only asking tells."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Final

from deskbreak.platforms.asking import AskedIdle, Seen, desktop_idle
from deskbreak.platforms.windows import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty

_BITS: Final = 1 << 32


def windows_idle(
    changed: Callable[[], None],
    *,
    boot_s: Callable[[], float],
    speed: float,
    duty: Duty | None = None,
) -> AskedIdle:
    """Watch the input of our session, whoever is in front of it or far from it.

    Raises:
        Unavailable: This is not Windows, or it does not tell.
    """
    return desktop_idle("windows", _LastInput(boot_s).look, changed, boot_s, speed, duty=duty)


class _LastInput:
    """How long there was no input, from two counters of 32 bits."""

    def __init__(self, boot_s: Callable[[], float]) -> None:
        self._boot_s = boot_s
        self._stamp_ms = 0
        self._input_s: float | None = None

    def look(self) -> Seen:
        """Look at the last input; nobody knows of it before the first one.

        The counters begin anew every 49.7 days, so an input is dated once, when it is first
        seen, and from then on by our clock.
        """
        stamp_ms, now_s = _last_input_ms(), self._boot_s()
        if stamp_ms != self._stamp_ms:
            # Input that a program makes brings a stamp of its own, which may lie ahead.
            ago_ms = _signed(api.tick_ms() - stamp_ms)
            self._stamp_ms, self._input_s = stamp_ms, now_s - max(0, ago_ms) / 1000
        return Seen(None if self._input_s is None else now_s - self._input_s, stamp_ms)


def _signed(difference: int) -> int:
    """Return a difference of two counters of 32 bits: the nearer way around."""
    return (difference + _BITS // 2) % _BITS - _BITS // 2


class _LASTINPUTINFO(ctypes.Structure):
    _fields_ = (("cbSize", ctypes.c_uint32), ("dwTime", ctypes.c_uint32))


def _last_input_ms() -> int:
    """Milliseconds from the start of the computer to the last input; 0 before the first.

    Raises:
        Unavailable: This is not Windows, or it does not tell.

    Source: GetLastInputInfo, Microsoft Win32 reference; that 0 means nothing: seen in Wine 8.
    """
    info = _LASTINPUTINFO(cbSize=ctypes.sizeof(_LASTINPUTINFO))
    pointer = ctypes.POINTER(_LASTINPUTINFO)
    if not api.function("user32", "GetLastInputInfo", ctypes.c_int, pointer)(ctypes.byref(info)):
        raise api.trouble("GetLastInputInfo")
    return int(info.dwTime)
