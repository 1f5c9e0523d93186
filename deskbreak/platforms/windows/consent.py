"""Whether a program uses the microphone or the camera, as Windows' own book of it tells.

Settings > Privacy shows the same book. It is a hint: some Windows 11 keeps it no longer (build
26220, HASS.Agent#476), and what a program that crashed has left open stays open in it.
"""

from __future__ import annotations

import contextlib
import ctypes
import logging
import threading
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskbreak.core.words import N_, said
from deskbreak.platforms.windows import api
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.ports import Duty

_BOOK: Final = r"Software\Microsoft\Windows\CurrentVersion\CapabilityAccessManager\ConsentStore"
"""Of this person alone: the one of the whole computer would tell of everybody who works at it."""
_DESKTOP_PROGRAMS: Final = "NonPackaged"
_END_S: Final = 1.0
_TICKS_IN_MS: Final = 10_000  # a FILETIME counts 100 ns

_log = logging.getLogger(__name__)


class Use(NamedTuple):
    """When a program used it last; FILETIMEs, in units of 100 ns since 1601. Which one, nobody knows."""

    began: int
    ended: int  # 0: it uses it still, or has never said that it does not


class ConsentProbe:
    """Watches Windows' book of who uses *capability*; costs nothing between two entries."""

    name = "ConsentStore"
    subscribed = True

    def __init__(
        self, capability: str, changed: Callable[[], None], duty: Duty | None = None
    ) -> None:
        """Watch the book; *changed* is called from a thread of our own; *duty* looks after it.

        Raises:
            Unavailable: This Windows keeps no such book.
        """
        self._capability = capability
        self._changed = changed
        self._duty = duty or Unwatched()
        self._closing = threading.Event()
        self._book = Book(capability)
        try:
            self._book.listen()
            self._in_use: bool | None = self._read()
        except BaseException:
            self._book.close()
            raise
        self._thread = threading.Thread(target=self._serve, name=capability, daemon=True)
        self._thread.start()

    def ask(self) -> bool | None:
        """Tell whether it is in use; None once nobody tells any more."""
        return self._in_use

    def close(self) -> None:
        """Let go of the book; nothing is reported afterwards."""
        self._closing.set()
        if self._thread.is_alive():
            self._book.wake()
        if self._thread is not threading.current_thread():
            self._thread.join(_END_S)

    def _serve(self) -> None:
        with self._duty.lasts():
            try:
                with contextlib.closing(self._book):
                    self._follow()
            except Unavailable as reason:
                _log.info("%s is unknown: %s", self._capability, reason)
            finally:  # whatever ended it: or else a call would last for ever
                if not self._closing.is_set():
                    self._settle(None)

    def _follow(self) -> None:
        """Take in each entry until `close`.

        Raises:
            Unavailable: The book was thrown away.
        """
        while self._book.wait() and not self._closing.is_set():
            with self._duty.busy():
                self._book.listen()  # before reading: what is entered meanwhile is not missed
                self._settle(self._read())

    def _settle(self, in_use: bool | None) -> None:  # noqa: FBT001 - an answer
        if in_use is not self._in_use:
            self._in_use = in_use
            if not self._closing.is_set():
                self._changed()

    def _read(self) -> bool:
        started = _started()
        # One that began before the computer was started has not gone on since.
        return any(use.ended == 0 and use.began > started for use in self._book.uses())


# ── Windows' own functions ─────────────────────────────────────────────────────────────────────


class Book:
    """The part of the registry in which Windows notes who uses what.

    Source: RegNotifyChangeKeyValue, Microsoft Win32 reference; the names of the keys and what
    they mean: seen on Windows 10 and 11, not documented.
    """

    def __init__(self, capability: str) -> None:
        """Open it.

        Raises:
            Unavailable: It is not there.
        """
        create = api.function("kernel32", "CreateEventW", ctypes.c_void_p, *_CREATE_EVENT)
        self._key = _opened(rf"{_BOOK}\{capability}")
        self._is_changed = create(None, 0, 0, None)
        self._is_woken = create(None, 1, 0, None)

    def listen(self) -> None:
        """Let the next `wait` end with the first entry from now on.

        Raises:
            Unavailable: The book was thrown away.
        """
        names, values, any_thread = 0x1, 0x4, 0x1000_0000
        types = (ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32, ctypes.c_void_p, ctypes.c_int)
        notify = api.function("advapi32", "RegNotifyChangeKeyValue", ctypes.c_long, *types)
        if notify(self._key.handle, 1, names | values | any_thread, self._is_changed, 1):
            raise Unavailable(said(N_("Windows does not tell any more who uses what")))

    def wait(self) -> bool:
        """Wait for an entry; False after `wake`."""
        handles = (ctypes.c_void_p * 2)(self._is_changed, self._is_woken)
        types = (ctypes.c_uint32, ctypes.c_void_p, ctypes.c_int, ctypes.c_uint32)
        wait = api.function("kernel32", "WaitForMultipleObjects", ctypes.c_uint32, *types)
        for_ever, first = 0xFFFF_FFFF, 0
        return bool(wait(2, handles, 0, for_ever) == first)

    def wake(self) -> None:
        """End the waiting; from any thread."""
        api.function("kernel32", "SetEvent", ctypes.c_int, ctypes.c_void_p)(self._is_woken)

    def uses(self) -> Iterator[Use]:
        """Yield when each program used it last; the names of programs go no further than here."""
        for name in _names(self._key):
            with contextlib.suppress(OSError), _child(self._key, name) as one:
                if name == _DESKTOP_PROGRAMS:
                    for program in _names(one):
                        with contextlib.suppress(OSError), _child(one, program) as inner:
                            yield _use(inner)
                else:
                    yield _use(one)

    def close(self) -> None:
        """Let go of it."""
        self._key.Close()
        let_go = api.function("kernel32", "CloseHandle", ctypes.c_int, ctypes.c_void_p)
        for handle in (self._is_changed, self._is_woken):
            let_go(handle)


_CREATE_EVENT: Final = (ctypes.c_void_p, ctypes.c_int, ctypes.c_int, ctypes.c_wchar_p)


def _opened(path: str) -> Any:  # noqa: ANN401 - a key as winreg has it
    registry = api.registry()
    try:
        return registry.OpenKey(registry.HKEY_CURRENT_USER, path)
    except OSError as error:
        raise Unavailable(said(N_("this Windows does not note who uses it"))) from error


def _child(key: Any, name: str) -> Any:  # noqa: ANN401 - a key as winreg has it
    return api.registry().OpenKey(key, name)


def _names(key: Any) -> list[str]:  # noqa: ANN401 - a key as winreg has it
    """Return what lies in *key*; not counted first, because one of them may go meanwhile."""
    found: list[str] = []
    with contextlib.suppress(OSError):  # it ends so
        while True:
            found.append(api.registry().EnumKey(key, len(found)))
    return found


def _use(key: Any) -> Use:  # noqa: ANN401 - a key as winreg has it
    began, ended = (
        api.registry().QueryValueEx(key, name)[0]
        for name in ("LastUsedTimeStart", "LastUsedTimeStop")
    )
    return Use(int(began), int(ended))


def _started() -> int:
    """Return when the computer was started, a FILETIME by the wall clock as it stands now.

    Source: GetSystemTimeAsFileTime, Microsoft Win32 reference.
    """
    now = ctypes.c_uint64()
    pointer = ctypes.POINTER(ctypes.c_uint64)
    api.function("kernel32", "GetSystemTimeAsFileTime", None, pointer)(ctypes.byref(now))
    return now.value - api.tick_ms() * _TICKS_IN_MS
