"""A thread that hears what macOS tells of sleep, and of the lock of the screen."""

from __future__ import annotations

import ctypes
import enum
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.macos import api
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty

_OPEN_S: Final = 3.0
"""Listening begins at once; a system that needs 3 s is stuck. Our own choice."""
_END_S: Final = 1.0

# Source: IOMessage.h of IOKit.
_CAN_SLEEP: Final = 0xE000_0270
_WILL_SLEEP: Final = 0xE000_0280
_HAS_POWERED_ON: Final = 0xE000_0300
# Source: what others listen to; Apple documents neither.
_LOCKS: Final = ("com.apple.screenIsLocked", "com.apple.screenIsUnlocked")
_AT_ONCE: Final = 4  # CFNotificationSuspensionBehaviorDeliverImmediately

_POINTER: Final = ctypes.c_void_p
_POWER: Final = ctypes.CFUNCTYPE(None, _POINTER, ctypes.c_uint32, ctypes.c_uint32, _POINTER)
_NOTICE: Final = ctypes.CFUNCTYPE(None, *[_POINTER] * 5)

_log = logging.getLogger(__name__)


class Told(enum.Enum):
    """What is heard."""

    SLEEPS = "sleeps"
    WOKE = "woke"
    SEAT = "seat"
    """The screen was locked or unlocked: ask."""


class Listener:
    """Waits on a run loop of its own; costs nothing until something is told."""

    def __init__(self, hear: Callable[[Told], None], duty: Duty | None = None) -> None:
        """Begin to listen; at most 3 s. *hear* is called from our thread; *duty* looks after it.

        Raises:
            Unavailable: This is not macOS, or it refuses.
        """
        self._hear = hear
        self._duty = duty or Unwatched()
        self._root = 0  # where sleep is allowed
        self._loop: int | None = None
        self._trouble: Unavailable | None = None
        self._ready = threading.Event()
        self._on_power, self._on_notice = _POWER(self._power), _NOTICE(self._notice)
        self._thread = threading.Thread(target=self._serve, name="session", daemon=True)
        self._thread.start()
        if not self._ready.wait(_OPEN_S):
            raise Unavailable(said(N_("macOS does not answer in time")))
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Let go; nothing is heard afterwards."""
        self._hear = _nothing
        if self._loop is not None:
            _core("CFRunLoopStop", None, _POINTER)(self._loop)
        if self._thread is not threading.current_thread():
            self._thread.join(_END_S)

    # ── our thread ─────────────────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        with self._duty.lasts():
            try:
                with self._duty.busy():
                    self._loop = _core("CFRunLoopGetCurrent", _POINTER)()
                    self._listen_to_sleep()
                    self._listen_to_locks()
            except Unavailable as reason:
                self._trouble = reason
                return
            finally:
                self._ready.set()
            _core("CFRunLoopRun", None)()
            if self._hear is not _nothing:  # nobody asked for the end
                raise Unavailable(said(N_("macOS refuses {function}"), function="CFRunLoopRun"))

    def _listen_to_sleep(self) -> None:
        """Source: IORegisterForSystemPower, Apple's reference of IOKit."""
        port, notifier = _POINTER(), ctypes.c_uint32()
        types = (_POINTER, ctypes.POINTER(_POINTER), _POWER, ctypes.POINTER(ctypes.c_uint32))
        register = _io("IORegisterForSystemPower", ctypes.c_uint32, *types)
        self._root = register(None, ctypes.byref(port), self._on_power, ctypes.byref(notifier))
        if not self._root:
            raise Unavailable(said(N_("macOS does not tell of sleep")))
        source = _io("IONotificationPortGetRunLoopSource", _POINTER, _POINTER)(port)
        mode = api.text("kCFRunLoopDefaultMode")
        _core("CFRunLoopAddSource", None, _POINTER, _POINTER, _POINTER)(self._loop, source, mode)

    def _listen_to_locks(self) -> None:
        """Source: CFNotificationCenterAddObserver, Apple's reference of CoreFoundation."""
        center = _core("CFNotificationCenterGetDistributedCenter", _POINTER)()
        types = (_POINTER, _POINTER, _NOTICE, _POINTER, _POINTER, ctypes.c_long)
        add = _core("CFNotificationCenterAddObserver", None, *types)
        for name in _LOCKS:
            add(center, None, self._on_notice, api.text(name), None, _AT_ONCE)

    def _power(self, _context: int, _service: int, message: int, argument: int | None) -> None:
        try:
            with self._duty.busy():
                if message == _WILL_SLEEP:
                    self._hear(Told.SLEEPS)
                elif message == _HAS_POWERED_ON:
                    self._hear(Told.WOKE)
        finally:
            if message in (_CAN_SLEEP, _WILL_SLEEP):  # who does not answer delays it by 30 s
                allow = _io("IOAllowPowerChange", ctypes.c_int, ctypes.c_uint32, ctypes.c_ssize_t)
                allow(self._root, argument or 0)

    def _notice(self, *_: object) -> None:
        with self._duty.busy():
            self._hear(Told.SEAT)


def _nothing(_told: Told) -> None:
    return None


def _core(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    return api.function("CoreFoundation", name, result, *arguments)


def _io(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    return api.function("IOKit", name, result, *arguments)
