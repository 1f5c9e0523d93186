"""Windows as far as our parts look at it, with the test in its place."""

from __future__ import annotations

import ctypes
import time
from typing import TYPE_CHECKING

from deskbreak.core.words import said
from deskbreak.platforms.windows import api, idle
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.idle import asked

if TYPE_CHECKING:
    import pytest


class LastInput:
    """The two counters of 32 and 64 bits from which idle time is told."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now_ms = 5_000_000  # since the computer started
        self.stamp_ms = 0  # no input yet
        self.refuses = False
        self.looked = 0
        self.ticks_asked = 0
        monkeypatch.setattr(idle, "_last_input_ms", self._last_input_ms)
        monkeypatch.setattr(idle, "_tick_ms", self._tick_ms)

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
