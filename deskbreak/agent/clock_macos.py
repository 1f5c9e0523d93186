"""The clocks of macOS that never step, what names its runs, and what tells that a clock was set.

Everything of macOS is loaded when it is called, so this can be imported anywhere.
"""

from __future__ import annotations

import ctypes
import sys
from functools import cache
from typing import Any, Final

_LONGEST_ID: Final = 64
_CLOCK_SET: Final = b"com.apple.system.clock_set"
"""Source: notify_keys.h of macOS, kNotifyClockSet."""


class _Timebase(ctypes.Structure):
    """How long a tick is: a fraction of nanoseconds. Source: mach_timebase_info."""

    _fields_ = (("numerator", ctypes.c_uint32), ("denominator", ctypes.c_uint32))


def boot_s() -> float:
    """Seconds on a clock that goes on during suspend and never steps.

    Source: mach_continuous_time, Apple's Kernel reference.
    """
    return _ticks("mach_continuous_time") * _tick_s()


def awake_s() -> float:
    """Seconds on a clock that stops during suspend and never steps.

    Source: mach_absolute_time, Apple's Kernel reference.
    """
    return _ticks("mach_absolute_time") * _tick_s()


def boot_id() -> str:
    """Name this run of the computer; empty where macOS does not say.

    Source: sysctl kern.bootsessionuuid, a new one at each boot.
    """
    return _sysctl(b"kern.bootsessionuuid").decode("ascii", "replace")


def clock_set() -> int | None:
    """Return a descriptor from which something can be read whenever the wall clock was set.

    Source: notify(3) of macOS, notify_register_file_descriptor.
    """
    opened, token = ctypes.c_int(-1), ctypes.c_int()
    arguments = (_CLOCK_SET, ctypes.byref(opened), 0, ctypes.byref(token))
    failed = _library().notify_register_file_descriptor(*arguments)
    return None if failed else opened.value


@cache
def _library() -> Any:  # noqa: ANN401 - a library of C
    if sys.platform != "darwin":
        raise OSError(_CLOCK_SET)
    return ctypes.CDLL("/usr/lib/libSystem.B.dylib")


def _ticks(name: str) -> int:
    function = _library()[name]
    function.restype = ctypes.c_uint64
    return int(function())


@cache
def _tick_s() -> float:
    base = _timebase()
    return float(base.numerator / base.denominator / 1e9)


def _timebase() -> _Timebase:
    base = _Timebase()
    _library().mach_timebase_info(ctypes.byref(base))
    return base


def _sysctl(name: bytes) -> bytes:
    value = ctypes.create_string_buffer(_LONGEST_ID)
    size = ctypes.c_size_t(_LONGEST_ID)
    arguments = (name, value, ctypes.byref(size), None, ctypes.c_size_t(0))
    return b"" if _library().sysctlbyname(*arguments) else value.value
