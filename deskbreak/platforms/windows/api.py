"""The way into Windows' own libraries; elsewhere they are unavailable."""

from __future__ import annotations

import ctypes
import functools
import sys
from typing import Any

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable


@functools.cache
def function(library: str, name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    """Return *name* of *library*; it remembers the error code for `trouble`.

    A library opened here shares no declarations with anybody else's.

    Raises:
        Unavailable: This is another system, or a Windows that does not have it.
    """
    if sys.platform != "win32":
        raise Unavailable(said(N_("this is not Windows")))
    try:
        found = getattr(ctypes.WinDLL(library, use_last_error=True), name)
    except (OSError, AttributeError) as error:
        why = N_("this Windows has no {function}")
        raise Unavailable(said(why, function=f"{library}.{name}")) from error
    found.restype = result
    found.argtypes = arguments
    return found


def callback(result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    """Return the type of a function of ours that Windows calls.

    Raises:
        Unavailable: This is another system.
    """
    if sys.platform != "win32":
        raise Unavailable(said(N_("this is not Windows")))
    return ctypes.WINFUNCTYPE(result, *arguments)


def registry() -> Any:  # noqa: ANN401 - the module winreg, which is not everywhere
    """Return Python's way into the registry.

    Raises:
        Unavailable: This is another system.
    """
    if sys.platform != "win32":
        raise Unavailable(said(N_("this is not Windows")))
    import winreg

    return winreg


def trouble(function_name: str) -> Unavailable:
    """Return what the last call on this thread failed with, to be raised."""
    code = 0
    if sys.platform == "win32":
        code = ctypes.get_last_error()
    why = N_("Windows refuses {function} (error {code})")
    return Unavailable(said(why, function=function_name, code=code))


def tick_ms() -> int:
    """Milliseconds since the start of the computer, with time asleep.

    Raises:
        Unavailable: This is another system.

    Source: GetTickCount64, Microsoft Win32 reference.
    """
    return int(function("kernel32", "GetTickCount64", ctypes.c_uint64)())
