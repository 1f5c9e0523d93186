"""A timer of Windows' kernel that rings again and again, and wakes nobody before."""

from __future__ import annotations

import ctypes
import functools
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_TICKS_IN_A_SECOND: Final = 10_000_000
_FOR_EVER: Final = 0xFFFF_FFFF


class WaitableTimer:
    """Rings on a thread of its own, which sleeps until then; to set it and to clear it wakes nobody.

    Source: CreateWaitableTimerW, SetWaitableTimer, CancelWaitableTimer, Microsoft Win32 reference.
    """

    def __init__(self, ring: Callable[[], None], every_s: float) -> None:
        """Start the thread; *ring* is called on it."""
        types = (ctypes.c_void_p, ctypes.c_int, ctypes.c_wchar_p)
        self._timer = _kernel32("CreateWaitableTimerW", ctypes.c_void_p, *types)(None, 0, None)
        self._ring = ring
        self._every_s = every_s
        threading.Thread(target=self._serve, name="watch", daemon=True).start()

    def set(self) -> None:
        """Ring after a while, and again and again; from any thread."""
        from_now = ctypes.c_int64(-round(self._every_s * _TICKS_IN_A_SECOND))
        types = (ctypes.c_void_p, ctypes.POINTER(ctypes.c_int64), ctypes.c_long)
        no_routine = (ctypes.c_void_p, ctypes.c_void_p, ctypes.c_int)
        call = _kernel32("SetWaitableTimer", ctypes.c_int, *types, *no_routine)
        call(self._timer, ctypes.byref(from_now), round(1000 * self._every_s), None, None, 0)

    def clear(self) -> None:
        """Ring no more; from any thread."""
        _kernel32("CancelWaitableTimer", ctypes.c_int, ctypes.c_void_p)(self._timer)

    def _serve(self) -> None:
        types = (ctypes.c_void_p, ctypes.c_uint32)
        wait = _kernel32("WaitForSingleObject", ctypes.c_uint32, *types)
        while wait(self._timer, _FOR_EVER) == 0:
            self._ring()


@functools.cache
def _kernel32(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    if sys.platform != "win32":
        raise OSError(name)
    found = ctypes.WinDLL("kernel32")[name]
    found.restype, found.argtypes = result, arguments
    return found
