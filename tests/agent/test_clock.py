"""The clock that goes on over restarts, reboots and wrong dates."""

from __future__ import annotations

import sys
import time
from datetime import UTC
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest

from deskbreak.agent import clock
from deskbreak.agent.clock import PlayedClock, SystemClock, offset_after
from deskbreak.core.model import Moment

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DAY_S = 86_400.0
THEN = Moment(5000.0, 1_772_438_400.0, UTC)
"""When the last agent ended: its own boot clock was 1000 ahead of the computer's."""
OFFSET_S = 1000.0


@pytest.fixture
def system(monkeypatch: pytest.MonkeyPatch) -> Callable[[float, float], None]:
    """Set the computer's clocks: boot clock, and wall clock after `THEN`."""

    def set_(boot_s: float, later_s: float) -> None:
        monkeypatch.setattr(clock, "boot_s", lambda: boot_s)
        monkeypatch.setattr("time.time", lambda: THEN.unix_s + later_s)

    return set_


@pytest.mark.parametrize(
    ("same_boot", "boot_s", "later_s", "off_s", "known"),
    [
        pytest.param(True, 4060.0, 60.0, 60.0, True, id="a restart"),
        pytest.param(True, 4060.0, 7200.0, 60.0, True, id="a restart, wall clock set ahead"),
        pytest.param(True, 4060.0, -7200.0, 60.0, True, id="a restart, wall clock set back"),
        pytest.param(False, 12.0, 3600.0, 3600.0, True, id="a reboot"),
        pytest.param(False, 12.0, 30 * DAY_S, 30 * DAY_S, True, id="a holiday"),
        pytest.param(False, 12.0, 0.0, 0.0, True, id="a reboot in no time"),
        pytest.param(False, 12.0, 400 * DAY_S, 0.0, False, id="more than a year"),
        pytest.param(False, 12.0, -60.0, 0.0, False, id="a reboot into the past"),
        pytest.param(False, 12.0, -THEN.unix_s, 0.0, False, id="1970"),
        pytest.param(True, 100.0, 3600.0, 3600.0, True, id="the same id, but an older boot clock"),
    ],
)
def test_given_a_saved_moment_when_the_agent_starts_then_its_clock_goes_on_after_it(  # noqa: PLR0917 - a row
    system: Callable[[float, float], None],
    same_boot: bool,
    boot_s: float,
    later_s: float,
    off_s: float,
    known: bool,
) -> None:
    """By the boot clock in one boot, by the wall clock after another; what is absurd is unknown."""
    system(boot_s, later_s)

    offset_s, is_known = offset_after(THEN, OFFSET_S, same_boot=same_boot, speed=1.0)

    assert known is is_known
    assert THEN.boot_s + off_s == pytest.approx(SystemClock(offset_s).boot_s())


def test_given_a_trial_when_the_computer_was_started_anew_then_no_time_has_passed_for_it(
    system: Callable[[float, float], None],
) -> None:
    """A fast clock does not follow the wall clock, so nobody knows how long it was off."""
    system(12.0, 3600.0)

    offset_s, is_known = offset_after(THEN, OFFSET_S, same_boot=False, speed=120.0)

    assert is_known
    assert THEN.boot_s == pytest.approx(SystemClock(offset_s, 120.0).boot_s())


def test_given_a_fast_clock_when_time_passes_then_both_of_its_clocks_run_as_fast(
    system: Callable[[float, float], None],
) -> None:
    """The wall clock runs on from where it was, whatever the computer's does."""
    system(100.0, 0.0)
    fast = SystemClock(0.0, 60.0)
    before = fast.now()
    system(101.0, -5000.0)
    after = fast.now()

    assert THEN.unix_s == pytest.approx(before.unix_s)
    assert 60.0 == pytest.approx(after.boot_s - before.boot_s)
    assert 60.0 == pytest.approx(after.unix_s - before.unix_s)


def test_given_a_suspend_when_it_is_asked_for_then_it_is_told_once(
    system: Callable[[float, float], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """The boot clock ran ahead of the monotonic one; a hair is none."""
    awake_s = 100.0
    monkeypatch.setattr(clock, "awake_s", lambda: awake_s)
    system(100.0, 0.0)
    ours = SystemClock()
    system(101.0, 0.0)
    hair = ours.slept_s()
    system(3701.0, 0.0)

    assert (0.0, 3600.0, 0.0) == (hair, ours.slept_s(), ours.slept_s())


def test_given_this_computer_then_its_clocks_run_and_none_is_behind() -> None:
    """The one that goes on in suspend, and the one that stops in it."""
    before = clock.boot_s(), clock.awake_s()
    time.sleep(0.1)
    after = clock.boot_s(), clock.awake_s()

    for one in (0, 1):
        assert 0.05 < after[one] - before[one] < 10.0
    assert abs((after[0] - before[0]) - (after[1] - before[1])) < 0.1
    assert clock.boot_id() == clock.boot_id()


def test_given_another_zone_of_the_system_when_it_changes_then_it_is_looked_up_anew(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """And not before: looking it up takes longer than asking whether it is another one."""
    zones = iter((ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")))
    mark = [1]
    monkeypatch.setattr(clock, "_zone_mark", lambda: mark[0])
    monkeypatch.setattr("tzlocal.reload_localzone", lambda: next(zones))
    ours = SystemClock()
    found = []
    for one in (1, 1, 2, 2):
        mark[0] = one
        found.append(str(ours.now().zone))

    assert ["Europe/Berlin"] * 2 + ["America/New_York"] * 2 == found


def test_given_another_zone_when_it_changes_then_the_next_moment_is_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Travellers need not start anything anew."""
    ours = SystemClock()
    zones = []
    for name in ("Europe/Berlin", "America/New_York"):
        monkeypatch.setenv("TZ", name)
        zones.append(ours.now().zone)

    assert [ZoneInfo("Europe/Berlin"), ZoneInfo("America/New_York")] == zones


def test_given_a_zone_that_is_wrapped_then_it_is_unwrapped(monkeypatch: pytest.MonkeyPatch) -> None:
    """Version 4 of tzlocal wraps zones for those who come from pytz; history wants their names."""
    berlin = ZoneInfo("Europe/Berlin")
    monkeypatch.setattr("tzlocal.reload_localzone", lambda: Wrapped(berlin))

    assert berlin == SystemClock().zone()


class Wrapped:
    """Stands for what pytz_deprecation_shim makes of a zone."""

    def __init__(self, zone: ZoneInfo) -> None:
        self._zone = zone

    def unwrap_shim(self) -> ZoneInfo:
        return self._zone


@pytest.mark.parametrize(
    ("link", "expected"),
    [
        pytest.param("usr/share/zoneinfo/America/New_York", "America/New_York", id="a zone"),
        pytest.param("usr/share/zoneinfo/No/Where", "UTC", id="none that is known"),
        pytest.param("elsewhere", "UTC", id="something else"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such link")
def test_given_two_places_that_name_different_zones_then_the_link_of_the_system_counts(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, link: str, expected: str
) -> None:
    """Version 4 of tzlocal minds an /etc/timezone that was forgotten; 5 goes by the link."""
    localtime = tmp_path / "localtime"
    localtime.symlink_to(tmp_path / link)
    monkeypatch.setattr(clock, "_LOCALTIME", localtime)
    monkeypatch.setattr("tzlocal.reload_localzone", _differ)
    monkeypatch.delenv("TZ", raising=False)

    assert expected == str(SystemClock().zone())


def _differ() -> None:
    raise ValueError("Timezone offset does not match system offset")


def test_given_a_played_day_when_it_runs_then_it_stops_where_it_was_told_to(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Between two happenings it is as fast as it was told to be; it never passes the next one."""
    real_s = 50.0
    monkeypatch.setattr("time.monotonic", lambda: real_s)
    played = PlayedClock(THEN)
    real_s += 9.0
    before = played.now()
    left_s = played.run(THEN.boot_s + 600.0, 60.0)
    real_s += 4.0
    between = played.now()
    real_s += 3600.0

    assert (THEN, 10.0) == (before, left_s)
    assert THEN.on(THEN.boot_s + 240.0) == between
    assert THEN.on(THEN.boot_s + 600.0) == played.now()
    assert 0.0 == played.slept_s()


def test_given_a_played_day_when_its_pace_changes_then_it_goes_on_from_where_it_is(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Nobody sees it jump, and it never goes back."""
    real_s = 50.0
    monkeypatch.setattr("time.monotonic", lambda: real_s)
    played = PlayedClock(THEN)
    played.run(THEN.boot_s + 600.0, 60.0)
    real_s += 4.0
    left_s = played.run(THEN.boot_s + 600.0, 1.0)
    real_s += 4.0

    assert 360.0 == left_s
    assert THEN.boot_s + 244.0 == played.boot_s()
    assert 0.0 == played.run(THEN.boot_s, 1.0)
    assert THEN.boot_s + 244.0 == played.boot_s()
