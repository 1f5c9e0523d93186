"""The way into macOS's own libraries, all of them C; elsewhere they are unavailable."""

from __future__ import annotations

import ctypes
import functools
from typing import Any, Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

_FRAMEWORKS: Final = "/System/Library/Frameworks"
SYSTEM: Final = "/usr/lib/libSystem.B.dylib"
"""Where neither is a framework's: the C library."""
_UPTIME_RAW: Final = 8
_UTF_8: Final = 0x0800_0100


@functools.cache
def function(library: str, name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    """Return *name* of *library*: a framework's name, or a path.

    Raises:
        Unavailable: This is another system, or a macOS that does not have it.
    """
    path = library if "/" in library else f"{_FRAMEWORKS}/{library}.framework/{library}"
    try:
        found = getattr(ctypes.CDLL(path), name)
    except (OSError, AttributeError) as error:
        raise Unavailable(said(N_("this system has no {function}"), function=name)) from error
    found.restype = result
    found.argtypes = arguments
    return found


def awake_s() -> float:
    """Seconds since the start of the computer, without time asleep.

    Raises:
        Unavailable: This is another system.

    Source: clock_gettime_nsec_np(3), CLOCK_UPTIME_RAW.
    """
    ask = function(SYSTEM, "clock_gettime_nsec_np", ctypes.c_uint64, ctypes.c_int)
    return int(ask(_UPTIME_RAW)) / 1e9


def text(words: str) -> int:
    """Return *words* as CoreFoundation has them, to be given to `release`.

    Source: CFStringCreateWithCString, Apple's reference of CoreFoundation.
    """
    types = (ctypes.c_void_p, ctypes.c_char_p, ctypes.c_uint32)
    make = function("CoreFoundation", "CFStringCreateWithCString", ctypes.c_void_p, *types)
    return int(make(None, words.encode(), _UTF_8))


def release(thing: int) -> None:
    """Let go of what a function with Create or Copy in its name returned."""
    function("CoreFoundation", "CFRelease", None, ctypes.c_void_p)(thing)
