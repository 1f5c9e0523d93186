"""The clocks of Windows, on every system: its calls are replaced, or real where there are any."""

from __future__ import annotations

import ctypes
import sys

import pytest

from deskbreak.agent import clock_windows

only_windows = pytest.mark.skipif(sys.platform != "win32", reason="asks Windows itself")


def test_given_the_clock_of_windows_10_then_its_ticks_are_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """100 ns each; 50 days do not fit into 32 bits of milliseconds, and are none the less 50."""
    fifty_days = 50 * 86_400
    monkeypatch.setattr(clock_windows, "_ticks", lambda dll, name: fifty_days * 10_000_000 + 5)

    assert fifty_days + 5e-7 == pytest.approx(clock_windows.boot_s(), abs=1e-8)
    assert clock_windows.boot_s() == clock_windows.awake_s()


def test_given_a_windows_without_that_clock_then_the_coarse_one_counts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It goes on during suspend as well."""
    monkeypatch.setattr(clock_windows, "_ticks", lambda dll, name: None)
    monkeypatch.setattr(clock_windows, "_tick_count_ms", lambda: 12_345)

    assert 12.345 == clock_windows.boot_s()


@pytest.mark.parametrize(("number", "name"), [(0, ""), (41, "boot 41"), (42, "boot 42")])
def test_given_the_number_of_a_boot_then_each_has_its_name(
    monkeypatch: pytest.MonkeyPatch, number: int, name: str
) -> None:
    """Where nobody counts, nobody knows."""
    monkeypatch.setattr(clock_windows, "_boot_number", lambda: number)

    assert name == clock_windows.boot_id()


def test_given_another_zone_or_daylight_saving_off_then_the_mark_is_another(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Both are chosen in the same place."""
    zone = clock_windows._Zone()
    monkeypatch.setattr(clock_windows, "_zone", lambda: zone)
    marks = [clock_windows.zone_mark()]
    zone.key = "W. Europe Standard Time"
    marks.append(clock_windows.zone_mark())
    zone.has_no_daylight = 1
    marks.append(clock_windows.zone_mark())

    assert 3 == len(set(marks))


@only_windows
def test_given_this_windows_then_every_call_answers() -> None:
    """Under Wine the newest clock may be missing; the others are not."""
    assert clock_windows._tick_count_ms() > 0
    assert clock_windows.awake_s() > 0
    assert abs(clock_windows.boot_s() - clock_windows._tick_count_ms() / 1000) < 1
    assert clock_windows._zone().key
    assert 432 == ctypes.sizeof(clock_windows._Zone)
    assert clock_windows._boot_number() >= 0
