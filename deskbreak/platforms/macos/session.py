"""Whether our session is locked, another person has the screen, or the computer sleeps, on macOS."""

from __future__ import annotations

import contextlib
import ctypes
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.macos import api
from deskbreak.platforms.macos.listener import Listener, Told
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty

_LOCKED: Final = "CGSSessionScreenIsLocked"
_ON_CONSOLE: Final = "kCGSSessionOnConsoleKey"
_SINT32: Final = 3  # kCFNumberSInt32Type


class MacSession:
    """Our session: asked whether it is locked whenever somebody looks, and told when to look.

    What tells of locks is not documented. Where it does not, a lock is noticed when input has
    stopped long enough for somebody to look, and dated back to the last input all the same.
    """

    name = "macos"

    def __init__(self, changed: Callable[[], None], duty: Duty | None = None) -> None:
        """Listen; at most 3 s. *changed* is called from a thread of our own; *duty* looks after it.

        Raises:
            Unavailable: This is not macOS, or no session before a screen.
        """
        self._changed = changed
        self._lock = threading.Lock()
        self._asleep = False
        self._told = (_read_locked(), False)
        self._closing = threading.Event()
        self._listener = Listener(self._hear, duty)

    @property
    def locked(self) -> bool:
        """Locked now, or another user has the screen; one question, with no waiting."""
        try:
            return _read_locked()
        except Unavailable:
            return False  # idle time still tells of an absence

    @property
    def asleep(self) -> bool:
        """Suspended, or about to be."""
        return self._asleep

    def close(self) -> None:
        """Let go; nothing is reported afterwards."""
        self._closing.set()
        self._listener.close()

    def _hear(self, told: Told) -> None:
        if told is not Told.SEAT:
            self._asleep = told is Told.SLEEPS
        now = (self.locked, self._asleep)
        with self._lock:
            before, self._told = self._told, now
        if now != before and not self._closing.is_set():
            self._changed()


# ── macOS's own functions ──────────────────────────────────────────────────────────────────────


def _read_locked() -> bool:
    """Ask the window server.

    Raises:
        Unavailable: This is not macOS, or no session before a screen.

    Source: CGSessionCopyCurrentDictionary, Apple's reference of CoreGraphics; that the screen is
    locked is told by a key that Apple does not document and many read.
    """
    copy = api.function("CoreGraphics", "CGSessionCopyCurrentDictionary", ctypes.c_void_p)
    session = copy()
    if not session:
        raise Unavailable(said(N_("this is no session before a screen")))
    try:
        return _flag(session, _LOCKED) is True or _flag(session, _ON_CONSOLE) is False
    finally:
        api.release(session)


def _flag(session: int, key: str) -> bool | None:
    """Look *key* up: CoreFoundation has numbers and booleans of its own; None where it is not."""
    pointer = ctypes.c_void_p
    name = api.text(key)
    with contextlib.ExitStack() as stack:
        stack.callback(api.release, name)
        get = api.function("CoreFoundation", "CFDictionaryGetValue", pointer, pointer, pointer)
        value = get(session, name)
        if not value:
            return None
        kind = api.function("CoreFoundation", "CFGetTypeID", ctypes.c_ulong, pointer)(value)
        if kind == api.function("CoreFoundation", "CFBooleanGetTypeID", ctypes.c_ulong)():
            get_boolean = api.function(
                "CoreFoundation", "CFBooleanGetValue", ctypes.c_ubyte, pointer
            )
            return bool(get_boolean(value))
        number = ctypes.c_int32()
        types = (pointer, ctypes.c_long, pointer)
        get_number = api.function("CoreFoundation", "CFNumberGetValue", ctypes.c_ubyte, *types)
        get_number(value, _SINT32, ctypes.byref(number))
        return bool(number.value)
