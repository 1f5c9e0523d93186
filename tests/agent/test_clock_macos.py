"""The clocks of macOS, on every system: its library is replaced."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent import clock_macos

if TYPE_CHECKING:
    from collections.abc import Iterator


class Library:
    """The functions of libSystem that we call, as C sees them."""

    def __init__(self) -> None:
        self.ticks = {"mach_continuous_time": 0, "mach_absolute_time": 0}
        self.values = {b"kern.bootsessionuuid": b"0B6F-17"}
        self.opened: int | None = 5

    def __getitem__(self, name: str) -> Any:  # noqa: ANN401 - a function of C
        return ctypes.CFUNCTYPE(ctypes.c_uint64)(lambda: self.ticks[name])

    def mach_timebase_info(self, base: Any) -> int:  # noqa: ANN401 - a pointer of C
        # As on a Mac with Apple's own processor: 24 MHz.
        base._obj.numerator, base._obj.denominator = 125, 3
        return 0

    def sysctlbyname(self, name: bytes, value: Any, size: Any, *_: object) -> int:  # noqa: ANN401 - pointers
        if name not in self.values:
            return -1
        value.value = self.values[name]
        size._obj.value = len(value.value)
        return 0

    def notify_register_file_descriptor(
        self,
        name: bytes,
        opened: Any,  # noqa: ANN401 - a pointer of C
        flags: int,
        token: Any,  # noqa: ANN401 - a pointer of C
    ) -> int:
        assert b"com.apple.system.clock_set" == name
        opened._obj.value = self.opened or 0
        return 0 if self.opened is not None else 1


@pytest.fixture
def library(monkeypatch: pytest.MonkeyPatch) -> Iterator[Library]:
    """Stand-in for libSystem."""
    made = Library()
    monkeypatch.setattr(clock_macos, "_library", lambda: made)
    clock_macos._tick_s.cache_clear()
    yield made
    clock_macos._tick_s.cache_clear()


def test_given_ticks_then_both_clocks_say_seconds(library: Library) -> None:
    """A tick is no nanosecond on a Mac with Apple's own processor."""
    library.ticks = {"mach_continuous_time": 24_000_000 * 7200, "mach_absolute_time": 24_000_000}

    assert 7200.0 == pytest.approx(clock_macos.boot_s())
    assert 1.0 == pytest.approx(clock_macos.awake_s())


def test_given_a_boot_then_it_has_a_name_if_macos_says_so(library: Library) -> None:
    """Where it does not, nobody knows."""
    name = clock_macos.boot_id()
    library.values.clear()

    assert ("0B6F-17", "") == (name, clock_macos.boot_id())


def test_given_news_of_the_clock_then_there_is_something_to_wait_for(library: Library) -> None:
    """Or nothing, where macOS has none."""
    opened = clock_macos.clock_set()
    library.opened = None

    assert (5, None) == (opened, clock_macos.clock_set())
