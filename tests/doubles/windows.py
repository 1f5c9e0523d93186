"""Windows as far as our parts look at it, with the test in its place."""

from __future__ import annotations

import ctypes
import time
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Self

from deskbreak.core.words import said
from deskbreak.platforms.windows import api, consent, idle, session, window
from deskbreak.platforms.windows.consent import Use
from deskbreak.platforms.windows.session import Change, Message, Power, WindowsSession
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.idle import asked

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from deskbreak.platforms.windows.window import Hear
    from deskbreak.ports import Duty


class LastInput:
    """The two counters of 32 and 64 bits from which idle time is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ms = 5_000_000  # since the computer started
        self.stamp_ms = 0  # no input yet
        self.refuses = False
        self.looked = 0
        self.ticks_asked = 0
        monkeypatch.setattr(idle, "_last_input_ms", self._last_input_ms)
        monkeypatch.setattr(api, "tick_ms", self._tick_ms)

    def boot_s(self) -> float:
        return self.now_ms / 1000

    def touch(self) -> None:
        """Be the hand on the mouse."""
        self.stamp_ms = self.now_ms % (1 << 32)

    def rest(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self.now_ms += round(1000 * seconds)

    def _last_input_ms(self) -> int:
        self.looked += 1
        if self.refuses:
            raise Unavailable(said("Windows refuses GetLastInputInfo"))
        return self.stamp_ms

    def _tick_ms(self) -> int:
        self.ticks_asked += 1
        return self.now_ms


class PlayedDesk:
    """A desk whose input the test makes, over the source that Windows has; time is real."""

    speed = 250.0  # tests are in a hurry: what takes 5 s at a desk takes 0.02 s here

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reports: list[float] = []
        self._input = LastInput(monkeypatch)
        self._began_s = time.monotonic()
        self.touch()
        self.source = idle.windows_idle(self._changed, boot_s=time.monotonic, speed=self.speed)

    def touch(self) -> None:
        self.rest(0.002)  # so that it is another one than the last
        self._input.now_ms = self._now_ms()
        self._input.touch()

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)  # nothing but time passes
        self._input.now_ms = self._now_ms()

    def settle(self, reports: int) -> None:
        wait_for(lambda: len(self.reports) >= reports, what=f"{reports} reports")

    def _now_ms(self) -> int:
        return 5_000_000 + round(1000 * (time.monotonic() - self._began_s))

    def _changed(self) -> None:
        self.reports.append(asked(self.source))


class RealDesk:
    """Windows itself, with the mouse moved by the test."""

    speed = PlayedDesk.speed

    def __init__(self) -> None:
        self.reports: list[float] = []
        self.touch()
        self.source = idle.windows_idle(self._changed, boot_s=time.monotonic, speed=self.speed)

    def touch(self) -> None:
        before_ms = idle._last_input_ms()
        until_s = time.monotonic() + 5
        while idle._last_input_ms() == before_ms and time.monotonic() < until_s:
            self.rest(0.02)  # the counter moves in steps of 16 ms
            _move_mouse()

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)  # nothing but time passes

    def settle(self, reports: int) -> None:
        wait_for(lambda: len(self.reports) >= reports, what=f"{reports} reports")

    def _changed(self) -> None:
        self.reports.append(asked(self.source))


def _move_mouse() -> None:
    """Move the mouse by one pixel. Source: mouse_event, Microsoft Win32 reference."""
    move, one = 0x0001, 1
    types = (ctypes.c_uint32, *[ctypes.c_uint32] * 3, ctypes.c_void_p)
    api.function("user32", "mouse_event", None, *types)(move, one, 0, 0, None)


class Window:
    """A hidden window to which the test sends messages; as many as are opened are one."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.refusals = 0  # so many times the service that tells of locks is not there yet
        self.seat: tuple[bool, bool] | None = None  # what Windows answers when asked
        self.meanwhile: tuple[bool, bool] | None = None  # the same, once it has refused
        self.registered = 0
        self.is_closed = False
        self.now_ms = 5_000_000
        monkeypatch.setattr(api, "tick_ms", lambda: self.now_ms)
        self._hear: Hear = lambda _message, _wparam, _lparam: None
        monkeypatch.setattr(session, "HiddenWindow", self._open)
        monkeypatch.setattr(session, "_register", self._register)
        monkeypatch.setattr(session, "_unregister", lambda _handle: None)
        monkeypatch.setattr(session, "_listen_to_sleep", lambda _handle: None)
        monkeypatch.setattr(session, "_read_seat", lambda: self.seat)

    def send(self, message: int, wparam: int = 0) -> int | None:
        return self._hear(message, wparam, 0)

    def close(self) -> None:
        self.is_closed = True

    def _open(
        self, _name: str, hear: Hear, opened: Callable[[int], None], _duty: Duty | None
    ) -> Window:
        self._hear = hear
        opened(1)
        return self

    def _register(self, _handle: int) -> None:
        if self.refusals:
            self.refusals -= 1
            self.seat = self.meanwhile
            raise Unavailable(said("not yet"))
        self.registered += 1


class Pump:
    """Windows' messages for the hidden window of a session, whose own thread takes them."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._messages: SimpleQueue[int] = SimpleQueue()
        self._procedure: Any = None
        monkeypatch.setattr(window, "_procedure_type", lambda: lambda procedure: procedure)
        monkeypatch.setattr(window, "_make", self._make)
        monkeypatch.setattr(window, "_serve_messages", self._serve)
        monkeypatch.setattr(window, "_post", self.post)
        monkeypatch.setattr(window, "_default", lambda *_: 0)
        monkeypatch.setattr(window, "_destroy", lambda _handle: self._take(window.WM_DESTROY))
        monkeypatch.setattr(window, "_leave", lambda: self.post(1, self._QUIT))
        monkeypatch.setattr(window, "_forget", lambda *_: None)
        monkeypatch.setattr(api, "tick_ms", lambda: 5_000_000)
        monkeypatch.setattr(session, "_register", lambda _handle: None)
        monkeypatch.setattr(session, "_unregister", lambda _handle: None)
        monkeypatch.setattr(session, "_listen_to_sleep", lambda _handle: None)
        monkeypatch.setattr(session, "_read_seat", lambda: None)

    _QUIT = 0x0012  # WM_QUIT

    def post(self, _handle: int, message: int) -> None:
        self._messages.put(message)

    def _make(self, _name: str, procedure: object) -> int:
        self._procedure = procedure
        return 1

    def _serve(self) -> None:
        while (message := self._messages.get(timeout=15)) != self._QUIT:
            self._take(message)

    def _take(self, message: int) -> None:
        self._procedure(1, message, 0, 0)


class RealWindow:
    """The session's real window: messages are sent to it from another thread."""

    def __init__(self, opened: WindowsSession) -> None:
        self._opened = opened

    def send(self, message: int, wparam: int = 0) -> int:
        types = (ctypes.c_void_p, ctypes.c_uint32, ctypes.c_size_t, ctypes.c_ssize_t)
        send = api.function("user32", "SendMessageW", ctypes.c_ssize_t, *types)
        return int(send(self._opened._window._handle, message, wparam, 0))


class WindowsSeat:
    """A session of Windows, and a hand on its lock."""

    sleeps = True

    def __init__(self, played: Window | None) -> None:
        self.reports: list[tuple[bool, bool]] = []
        self.session = WindowsSession(self._changed, ended=lambda: None)
        self._window = RealWindow(self.session) if played is None else played

    def lock(self, *, locked: bool) -> None:
        self._window.send(Message.SESSION, Change.LOCK if locked else Change.UNLOCK)

    def sleep(self, *, begins: bool) -> None:
        self._window.send(Message.POWER, Power.SUSPEND if begins else Power.RESUMED)

    def _changed(self) -> None:
        self.reports.append((self.session.locked, self.session.asleep))


class Book:
    """Windows' book of who uses the microphone, written by the test."""

    STARTED = 1000  # the computer, on the clock of the entries

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.entries: dict[str, Use] = {}
        self.is_there = True
        self.is_open = False
        self.is_thrown_away = False
        self._told: SimpleQueue[bool] = SimpleQueue()
        monkeypatch.setattr(consent, "Book", self._open)
        monkeypatch.setattr(consent, "_started", lambda: self.STARTED)

    def begin(self, program: str = "a program") -> None:
        self.enter(program, Use(self.STARTED + 60, 0))

    def end(self, program: str = "a program") -> None:
        self.enter(program, Use(self.STARTED + 60, self.STARTED + 90))

    def enter(self, program: str, use: Use) -> None:
        self.entries[program] = use
        self._told.put(True)

    def die(self) -> bool:
        self.is_thrown_away = True
        self._told.put(True)
        return True

    def listen(self) -> None:
        if self.is_thrown_away:
            raise Unavailable(said("nobody tells any more"))

    def wait(self) -> bool:
        return self._told.get(timeout=15)

    def wake(self) -> None:
        self._told.put(False)

    def uses(self) -> list[Use]:
        return list(self.entries.values())

    def close(self) -> None:
        self.is_open = False

    def _open(self, _capability: str) -> Book:
        if not self.is_there:
            raise Unavailable(said("there is no book"))
        self.is_open = True
        return self


class RealBook:
    """The registry, with entries that the test makes under a name of its own."""

    _MINE, _OTHER = "NonPackaged\\C:#a.exe", "NonPackaged\\C:#an#other.exe"

    def __init__(self, capability: str) -> None:
        self._registry = api.registry()
        self._path = rf"{consent._BOOK}\{capability}"
        self._began = 0

    def __enter__(self) -> Self:
        self.enter(self._OTHER, Use(1, 2))
        return self

    def __exit__(self, *_: object) -> None:
        for name in (self._OTHER, self._MINE, "NonPackaged", ""):
            with suppress(OSError):
                self._registry.DeleteKey(self._root, f"{self._path}\\{name}".rstrip("\\"))

    def begin(self) -> None:
        self._began = consent._started() + 36_000_000_000  # an hour after the computer was started
        self.enter(self._MINE, Use(self._began, 0))

    def end(self) -> None:
        self.enter(self._MINE, Use(self._began, self._began + 1))

    def die(self) -> bool:
        return False  # Wine does not tell whoever watches a key that it is thrown away

    def enter(self, program: str, use: Use) -> None:
        with self._registry.CreateKey(self._root, f"{self._path}\\{program}") as key:
            for name, value in (("LastUsedTimeStart", use.began), ("LastUsedTimeStop", use.ended)):
                self._registry.SetValueEx(key, name, 0, self._registry.REG_QWORD, value)

    @property
    def _root(self) -> Any:  # noqa: ANN401 - a handle
        return self._registry.HKEY_CURRENT_USER
