"""Idle time on macOS: how long ago the last input came to our session; only asking tells."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Final

from deskbreak.platforms.asking import AskedIdle, Seen, desktop_idle
from deskbreak.platforms.macos import api

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty

_GRAIN_S: Final = 0.05
"""Two clocks that are read one after the other differ by less. Our own choice."""
_COMBINED_SESSION: Final = 0  # also input from afar, as by screen sharing
_ANY_INPUT: Final = 0xFFFF_FFFF


def mac_idle(
    changed: Callable[[], None],
    *,
    boot_s: Callable[[], float],
    speed: float,
    duty: Duty | None = None,
) -> AskedIdle:
    """Watch the input of our session.

    Raises:
        Unavailable: This is not macOS.
    """
    return desktop_idle("macos", _LastInput(boot_s).look, changed, boot_s, speed, duty=duty)


class _LastInput:
    """When the last input was, dated once, when it is first seen."""

    def __init__(self, boot_s: Callable[[], float]) -> None:
        self._boot_s = boot_s
        self._awake_s: float | None = None  # of the last input, without time asleep
        self._input_s = 0.0

    def look(self) -> Seen:
        """Look at the last input.

        Nobody says whether time asleep is in what macOS tells. It is another input only if it
        came later on a clock that stops during sleep: so waking up alone is none.
        """
        silent_s = _silent_s()
        now_s, awake_s = self._boot_s(), api.awake_s() - silent_s
        if self._awake_s is None or awake_s > self._awake_s + _GRAIN_S:
            self._awake_s, self._input_s = awake_s, now_s - silent_s
        return Seen(now_s - self._input_s, self._awake_s)


def _silent_s() -> float:
    """Seconds since the last input.

    Raises:
        Unavailable: This is not macOS.

    Source: CGEventSourceSecondsSinceLastEventType, Apple's reference of CoreGraphics.
    """
    types = (ctypes.c_int32, ctypes.c_uint32)
    name = "CGEventSourceSecondsSinceLastEventType"
    ask = api.function("CoreGraphics", name, ctypes.c_double, *types)
    return max(0.0, float(ask(_COMBINED_SESSION, _ANY_INPUT)))
