"""Whether our session is locked, disconnected or asleep, and when it ends, as Windows tells."""

from __future__ import annotations

import ctypes
import enum
import logging
import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from deskbreak.platforms.windows import api
from deskbreak.platforms.windows.window import HiddenWindow
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty


class Message(enum.IntEnum):
    """What windows are told. Source: winuser.h, Microsoft Win32 reference."""

    CLOSE = 0x0010
    QUERY_END_SESSION = 0x0011
    END_SESSION = 0x0016
    TIME_CHANGE = 0x001E
    POWER = 0x0218
    SESSION = 0x02B1


class Power(enum.IntEnum):
    """What `Message.POWER` tells. Source: WM_POWERBROADCAST, Microsoft Win32 reference."""

    SUSPEND = 0x04
    RESUMED_BY_PERSON = 0x07
    RESUMED = 0x12


class Change(enum.IntEnum):
    """What `Message.SESSION` tells. Source: WM_WTSSESSION_CHANGE, Microsoft Win32 reference."""

    CONSOLE_CONNECT = 1
    CONSOLE_DISCONNECT = 2
    REMOTE_CONNECT = 3
    REMOTE_DISCONNECT = 4
    LOCK = 7
    UNLOCK = 8


_BELIEVE_MS: Final = 10_000
"""What was told counts for so long whatever Windows answers when asked. Our own choice."""
_RETRY_S: Final = (1.0, 5.0, 15.0, 30.0, 60.0)
"""Pauses before we register again: at login the service may not run yet. Our own choice."""

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Known:
    """What Windows said last; as it stands here where it said nothing."""

    locked: bool = False
    away: bool = False  # nobody has this session in front of them: disconnected, or another's turn
    asleep: bool = False


class WindowsSession:
    """Our session, as Windows tells a hidden window of it; nothing is asked in between.

    A session that is disconnected from the screen, because a remote desktop was closed or another
    person logged in, counts as locked. On a computer of several people each hears of their own.

    A computer that woke by itself is awake with nobody there: idle time, which goes on during
    sleep, tells that the absence lasts.
    """

    name = "windows"

    def __init__(
        self,
        changed: Callable[[], None],
        *,
        ended: Callable[[], None],
        duty: Duty | None = None,
    ) -> None:
        """Listen; at most 3 s. Both are called from the window's thread.

        *changed* is called as well when somebody set the clock or the time zone: whoever looks
        compares them. *ended* is called when the session ends, or whoever installs programs wants
        us gone: what must be kept is on disk when it returns, within 5 s, after which Windows may
        kill us. *duty* looks after that thread.

        Raises:
            Unavailable: This is not Windows, or a session without a desktop.
        """
        self._changed = changed
        self._ended = ended
        self._lock = threading.Lock()
        self._known = _Known()
        self._told_ms = api.tick_ms()
        self._closing = threading.Event()
        self._handle: int | None = None  # of the window, as soon as it is registered
        self._is_open = False
        self._window = HiddenWindow("deskbreak-session", self._hear, self._attach, duty)
        self._is_open = True  # until here the caller cannot look, and then looks anyway

    @property
    def locked(self) -> bool:
        """Locked now, or nobody has this session in front of them."""
        known = self._known
        if (known.locked or known.away) and api.tick_ms() >= self._told_ms + _BELIEVE_MS:
            # A lock that nobody ends would silence us for ever: its end may have been missed.
            known = self._asked()
        return known.locked or known.away

    @property
    def asleep(self) -> bool:
        """Suspended, or about to be."""
        return self._known.asleep

    def close(self) -> None:
        """Let go; nothing is reported afterwards."""
        self._closing.set()
        if self._handle is not None:
            _unregister(self._handle)
        self._window.close()

    # ── on the window's thread ─────────────────────────────────────────────────────────────

    def _attach(self, handle: int) -> None:
        _listen_to_sleep(handle)
        self._asked()  # here, where it keeps nobody waiting
        self._register(handle, _RETRY_S)

    def _register(self, handle: int, pauses_s: tuple[float, ...]) -> None:
        """Ask to hear of locks, again and again while the service for it is not there."""
        try:
            _register(handle)
        except Unavailable as reason:
            _log.info("session: %s", reason)
            if pauses_s and not self._closing.is_set():
                args = (handle, pauses_s[1:])
                again = threading.Timer(pauses_s[0], self._register, args)
                again.daemon = True
                again.start()
        else:
            self._handle = handle
            if pauses_s != _RETRY_S:
                self._asked()  # what happened until now was not told
                self._report()

    def _hear(self, message: int, wparam: int, _lparam: int) -> int | None:
        match message:
            case Message.SESSION:
                self._seat_changed(wparam)
            case Message.POWER:
                return self._power_changed(wparam)
            case Message.TIME_CHANGE:
                self._report()
            case Message.QUERY_END_SESSION:
                return 1
            case Message.END_SESSION if wparam:
                self._end()
            case Message.CLOSE:
                self._end()  # the window stays until we let go of it
            case _:
                return None
        return 0

    def _end(self) -> None:
        if not self._closing.is_set():
            self._ended()

    def _seat_changed(self, what: int) -> None:
        self._told_ms = api.tick_ms()
        match what:
            case Change.LOCK:
                self._note(locked=True)
            case Change.UNLOCK:
                self._note(locked=False, away=False)
            case Change.CONSOLE_DISCONNECT | Change.REMOTE_DISCONNECT:
                self._note(away=True)
            case Change.CONSOLE_CONNECT | Change.REMOTE_CONNECT:
                self._note(away=False)

    def _power_changed(self, what: int) -> int | None:
        match what:
            case Power.SUSPEND:
                self._note(asleep=True)
            case Power.RESUMED | Power.RESUMED_BY_PERSON:
                self._note(asleep=False)
            case _:
                return None
        return 1

    def _note(self, **news: bool) -> None:
        """Take *news* in, and report if it makes a difference."""
        with self._lock:
            before, self._known = self._known, replace(self._known, **news)
            after = self._known
        is_other = (before.locked or before.away, before.asleep) != (
            after.locked or after.away,
            after.asleep,
        )
        if is_other:
            self._report()

    def _report(self) -> None:
        if self._is_open and not self._closing.is_set():
            self._changed()

    def _asked(self) -> _Known:
        """Ask how it is, and keep the answer where there is one; silently, for who looks anyway."""
        seat = _read_seat()
        with self._lock:
            if seat is not None:
                self._known = replace(self._known, locked=seat[0], away=seat[1])
            return self._known


# ── Windows' own functions ─────────────────────────────────────────────────────────────────────


def _register(handle: int) -> None:
    """Let the window hear of locks of our session, and who has it in front of them.

    Raises:
        Unavailable: Not yet: at login the service that tells may start later than we do.

    Source: WTSRegisterSessionNotification, Microsoft Win32 reference.
    """
    this_session = 0
    types = (ctypes.c_void_p, ctypes.c_uint32)
    register = api.function("wtsapi32", "WTSRegisterSessionNotification", ctypes.c_int, *types)
    if not register(handle, this_session):
        raise api.trouble("WTSRegisterSessionNotification")


def _unregister(handle: int) -> None:
    unregister = api.function(
        "wtsapi32", "WTSUnRegisterSessionNotification", ctypes.c_int, ctypes.c_void_p
    )
    unregister(handle)


def _listen_to_sleep(handle: int) -> None:
    """Let the window hear of sleep on computers that never quite sleep as well.

    Source: RegisterSuspendResumeNotification, Microsoft Win32 reference.
    """
    to_window = 0
    types = (ctypes.c_void_p, ctypes.c_uint32)
    try:
        api.function("user32", "RegisterSuspendResumeNotification", ctypes.c_void_p, *types)(
            handle, to_window
        )
    except Unavailable as reason:
        _log.info("session: %s", reason)  # it is told to all windows elsewhere


class _Seat(ctypes.Structure):
    """The beginning of WTSINFOEXW, of level 1."""

    _fields_ = (
        ("level", ctypes.c_uint32),
        ("gap", ctypes.c_uint32),
        ("session", ctypes.c_uint32),
        ("state", ctypes.c_int32),
        ("flags", ctypes.c_int32),
    )


def _read_seat() -> tuple[bool, bool] | None:
    """Tell whether our session is (locked, disconnected); None where nobody says.

    Source: WTSQuerySessionInformationW and WTSINFOEX_LEVEL1_W, Microsoft Win32 reference.
    """
    this_session, info_ex, locked, unlocked, disconnected = 0xFFFF_FFFF, 25, 0, 1, 4
    found = ctypes.POINTER(_Seat)()
    size = ctypes.c_uint32()
    types = (
        *(ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int),
        *(ctypes.POINTER(ctypes.POINTER(_Seat)), ctypes.POINTER(ctypes.c_uint32)),
    )
    try:
        ask = api.function("wtsapi32", "WTSQuerySessionInformationW", ctypes.c_int, *types)
        free = api.function("wtsapi32", "WTSFreeMemory", None, ctypes.c_void_p)
    except Unavailable:
        return None
    if not ask(None, this_session, info_ex, ctypes.byref(found), ctypes.byref(size)):
        return None
    try:
        if size.value < ctypes.sizeof(_Seat) or found.contents.flags not in (locked, unlocked):
            return None
        return found.contents.flags == locked, found.contents.state == disconnected
    finally:
        free(found)
