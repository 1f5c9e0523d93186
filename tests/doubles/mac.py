"""macOS as far as our parts look at it, with the test in its place."""

from __future__ import annotations

import time
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from deskbreak.core.words import said
from deskbreak.platforms.macos import api, idle, listener, session
from deskbreak.platforms.macos.listener import Told
from deskbreak.platforms.macos.session import MacSession
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.idle import asked

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest

    from deskbreak.ports import Duty


class LastInput:
    """The time since the last input, as macOS tells it; it may or may not count time asleep."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, *, counts_sleep: bool = False) -> None:
        self.now_s = 5000.0
        self.awake_s = 4000.0
        self.silent_s = 0.0
        self.refuses = False
        self._counts_sleep = counts_sleep
        monkeypatch.setattr(idle, "_silent_s", self._silent_s)
        monkeypatch.setattr(api, "awake_s", lambda: self.awake_s)

    def boot_s(self) -> float:
        return self.now_s

    def touch(self) -> None:
        """Be the hand on the mouse."""
        self.silent_s = 0.0

    def rest(self, seconds: float) -> None:
        """Let *seconds* pass."""
        self.now_s += seconds
        self.awake_s += seconds
        self.silent_s += seconds

    def sleep(self, seconds: float) -> None:
        """Let the computer sleep for *seconds*."""
        self.now_s += seconds
        if self._counts_sleep:
            self.silent_s += seconds

    def _silent_s(self) -> float:
        if self.refuses:
            raise Unavailable(said("macOS refuses"))
        return self.silent_s


class PlayedDesk:
    """A desk whose input the test makes, over the source that macOS has; time is real."""

    speed = 250.0  # tests are in a hurry: what takes 5 s at a desk takes 0.02 s here

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reports: list[float] = []
        self._touched_s = time.monotonic()
        monkeypatch.setattr(idle, "_GRAIN_S", 0.0005)
        monkeypatch.setattr(idle, "_silent_s", lambda: time.monotonic() - self._touched_s)
        monkeypatch.setattr(api, "awake_s", time.monotonic)
        self.source = idle.mac_idle(self._changed, boot_s=time.monotonic, speed=self.speed)

    def touch(self) -> None:
        self.rest(0.01)
        self._touched_s = time.monotonic()

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)  # nothing but time passes

    def settle(self, reports: int) -> None:
        wait_for(lambda: len(self.reports) >= reports, what=f"{reports} reports")

    def _changed(self) -> None:
        self.reports.append(asked(self.source))


class Seat:
    """A session of macOS, and a hand on its lock."""

    sleeps = True

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.reports: list[tuple[bool, bool]] = []
        self.is_locked: bool | None = False  # None: there is no session before a screen
        self.is_closed = False
        monkeypatch.setattr(session, "Listener", self._listen)
        monkeypatch.setattr(session, "_read_locked", self._read_locked)
        self.session = MacSession(self._changed)

    def lock(self, *, locked: bool) -> None:
        self.is_locked = locked
        self.tell(Told.SEAT)

    def sleep(self, *, begins: bool) -> None:
        self.tell(Told.SLEEPS if begins else Told.WOKE)

    def tell(self, told: Told) -> None:
        self._hear(told)

    def close(self) -> None:
        self.is_closed = True

    def _listen(self, hear: Callable[[Told], None], _duty: Duty | None) -> Seat:
        self._hear = hear
        return self

    def _read_locked(self) -> bool:
        if self.is_locked is None:
            raise Unavailable(said("this is no session before a screen"))
        return self.is_locked

    def _changed(self) -> None:
        self.reports.append((self.session.locked, self.session.asleep))


class RunLoop:
    """The run loop of a listener, and what macOS tells there; all of it is the test's."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._told: SimpleQueue[Callable[[], None] | None] = SimpleQueue()
        self._power: Any = None
        self._notice: Any = None
        self.allowed: list[int] = []  # what macOS was told to go on with
        calls: dict[str, Any] = {
            "CFRunLoopGetCurrent": lambda: 1,
            "CFRunLoopRun": self._run,
            "CFRunLoopStop": lambda _loop: self.end(),
            "CFRunLoopAddSource": lambda *_: None,
            "CFNotificationCenterGetDistributedCenter": lambda: 2,
            "CFNotificationCenterAddObserver": self._observe,
            "IORegisterForSystemPower": self._register,
            "IONotificationPortGetRunLoopSource": lambda _port: 4,
            "IOAllowPowerChange": lambda _root, argument: self.allowed.append(argument),
        }
        monkeypatch.setattr(listener, "_core", lambda name, *_: calls[name])
        monkeypatch.setattr(listener, "_io", lambda name, *_: calls[name])
        monkeypatch.setattr(api, "text", lambda _words: 5)
        monkeypatch.setattr(session, "_read_locked", lambda: False)

    def power(self, message: int) -> None:
        """Tell of sleep, or of its end."""
        self._told.put(lambda: self._power(None, 0, message, 6))

    def notice(self) -> None:
        """Tell that the screen was locked or unlocked."""
        self._told.put(lambda: self._notice(None, None, None, None, None))

    def end(self) -> None:
        """Let the loop end."""
        self._told.put(None)

    def _run(self) -> None:
        while (tell := self._told.get(timeout=15)) is not None:
            tell()

    def _observe(self, _center: int, _observer: None, callback: object, *_: object) -> None:
        self._notice = callback

    def _register(self, _refcon: None, _port: object, callback: object, _notifier: object) -> int:
        self._power = callback
        return 3
