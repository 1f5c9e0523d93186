"""The clocks of Windows that never step, and what names its runs and its time zone.

Everything of Windows is loaded when it is called, so this can be imported anywhere.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from functools import cache
from typing import Any, Final

_TICKS_IN_A_SECOND: Final = 10_000_000
_BOOT_ID_AT: Final = 0x7FFE_02C4
"""Where every process can read it. Source: KUSER_SHARED_DATA.BootId, ntddk.h, since Windows 10."""


class _Zone(ctypes.Structure):
    """Source: DYNAMIC_TIME_ZONE_INFORMATION, Microsoft Win32 reference."""

    _fields_ = (
        ("bias", wintypes.LONG),
        ("standard", wintypes.WCHAR * 32),
        ("standard_from", wintypes.WORD * 8),
        ("standard_bias", wintypes.LONG),
        ("daylight", wintypes.WCHAR * 32),
        ("daylight_from", wintypes.WORD * 8),
        ("daylight_bias", wintypes.LONG),
        ("key", wintypes.WCHAR * 128),
        ("has_no_daylight", wintypes.BOOLEAN),
    )


def boot_s() -> float:
    """Seconds on a clock that goes on during suspend and never steps.

    Source: QueryInterruptTime, Microsoft Win32 reference, since Windows 10. Where it is not, as
    in Wine, GetTickCount64 counts the same in larger steps.
    """
    ticks = _ticks("api-ms-win-core-realtime-l1-1-1", "QueryInterruptTime")
    return _tick_count_ms() / 1000 if ticks is None else ticks / _TICKS_IN_A_SECOND


def awake_s() -> float:
    """Seconds on a clock that stops during suspend and never steps.

    Source: QueryUnbiasedInterruptTime, Microsoft Win32 reference.
    """
    ticks = _ticks("kernel32", "QueryUnbiasedInterruptTime")
    assert ticks is not None
    return ticks / _TICKS_IN_A_SECOND


def boot_id() -> str:
    """Name this run of the computer: the loader counts them; empty where it does not, as in Wine.

    A fast startup goes on with the boot clock of before, and may count or not: both are right.
    """
    number = _boot_number()
    return f"boot {number}" if number else ""


def zone_mark() -> tuple[str, bool]:
    """Return what is another one as soon as the time zone is; a few microseconds."""
    zone = _zone()
    return zone.key, bool(zone.has_no_daylight)


@cache
def _function(dll: str, name: str) -> Any:  # noqa: ANN401 - a function of C
    if sys.platform != "win32":
        raise OSError(name)
    try:
        return ctypes.WinDLL(dll)[name]
    except (AttributeError, OSError):
        return None


def _ticks(dll: str, name: str) -> int | None:
    """Return what a clock of 100 ns says; None where this Windows has no such clock."""
    function, ticks = _function(dll, name), ctypes.c_ulonglong()
    if function is None:
        return None
    function(ctypes.byref(ticks))
    return ticks.value


def _tick_count_ms() -> int:
    function = _function("kernel32", "GetTickCount64")
    function.restype = ctypes.c_ulonglong
    return int(function())


def _boot_number() -> int:
    return ctypes.c_uint32.from_address(_BOOT_ID_AT).value


def _zone() -> _Zone:
    """Source: GetDynamicTimeZoneInformation, Microsoft Win32 reference."""
    zone = _Zone()
    _function("kernel32", "GetDynamicTimeZoneInformation")(ctypes.byref(zone))
    return zone
