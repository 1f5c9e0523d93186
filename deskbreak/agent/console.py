"""Hears that the console window in which we run is closed, on Windows.

There no signal comes for it: the process ends when our handler returns. So it does not, until the
process has ended by itself, or the system loses patience.
"""

from __future__ import annotations

import contextlib
import ctypes
import sys
import threading
from ctypes import wintypes
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ENDS: Final = frozenset((2, 5, 6))
"""The window closes, the person logs off, the system ends. Source: HandlerRoutine, Microsoft Win32
reference, as are the five seconds that it waits at most."""
_PATIENCE_S: Final = 10.0


@contextlib.contextmanager
def closing_told(told: Callable[[], None]) -> Iterator[None]:
    """Call *told* when our console is closed, meanwhile; it may be called from any thread."""

    def handle(event: int) -> bool:
        if event not in _ENDS:
            return False  # Ctrl+C and Ctrl+Break are signals, which others hear
        told()
        threading.Event().wait(_PATIENCE_S)  # to return is to end, in the midst of saving
        return True

    kept = _set_handler(handle)
    try:
        yield
    finally:
        _unset_handler(kept)


def _set_handler(handle: Callable[[int], bool]) -> Any:  # noqa: ANN401 - a function of C
    if sys.platform != "win32":
        raise OSError(handle)
    made = ctypes.WINFUNCTYPE(wintypes.BOOL, wintypes.DWORD)(handle)
    ctypes.WinDLL("kernel32").SetConsoleCtrlHandler(made, 1)
    return made  # the system has its address as long as it is set


def _unset_handler(made: Any) -> None:  # noqa: ANN401 - as above
    if sys.platform != "win32":
        raise OSError(made)
    ctypes.WinDLL("kernel32").SetConsoleCtrlHandler(made, 0)
