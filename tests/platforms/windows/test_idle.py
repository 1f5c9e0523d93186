from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from deskbreak.platforms.windows import api, idle
from deskbreak.platforms.windows.idle import _LastInput
from deskbreak.ports import Unavailable
from tests.desktop.matrix import cell
from tests.doubles.windows import LastInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.platforms.asking import AskedIdle


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> LastInput:
    """The counters of Windows, and a clock, as the test sets them."""
    return LastInput(monkeypatch)


@pytest.fixture
def source(desk: LastInput) -> Iterator[AskedIdle]:
    """A source over them."""
    cell("idle", "windows peer")
    opened = idle.windows_idle(lambda: None, boot_s=desk.boot_s, speed=1.0)
    yield opened
    opened.close()


def test_given_input_when_time_passes_then_idle_time_is_how_long_it_is_ago(
    desk: LastInput, source: AskedIdle
) -> None:
    """Whatever came before the agent was started counts as well."""
    desk.touch()
    desk.rest(40)

    assert 40.0 == source.idle_s()


def test_given_a_tick_counter_that_wrapped_then_idle_time_stays_small(
    desk: LastInput, source: AskedIdle
) -> None:
    """49.7 days after start-up the counter begins again at zero."""
    desk.now_ms = 0xFFFF_FF00
    desk.touch()
    desk.rest(0.512)

    assert 0.512 == pytest.approx(source.idle_s())


def test_given_an_absence_that_is_longer_than_the_counter_then_idle_time_goes_on(
    desk: LastInput, source: AskedIdle
) -> None:
    """Nobody comes back just because a counter begins anew."""
    desk.touch()
    source.idle_s()
    desk.rest(60 * 86_400)

    assert 60 * 86_400 == pytest.approx(source.idle_s())


def test_given_no_input_since_the_start_then_nothing_is_known(
    desk: LastInput, source: AskedIdle
) -> None:
    """Zero is no time at which input came: unknown is neither present nor away."""
    desk.rest(600)

    with pytest.raises(Unavailable, match="no input yet"):
        source.idle_s()


def test_given_no_input_yet_when_the_first_comes_then_idle_time_is_known(
    desk: LastInput, source: AskedIdle
) -> None:
    """From then on it is as on any other day."""
    desk.rest(600)
    with pytest.raises(Unavailable):
        source.idle_s()
    desk.touch()
    desk.rest(3)

    assert 3.0 == source.idle_s()


def test_given_input_that_a_program_made_when_its_stamp_lies_ahead_then_idle_time_is_zero(
    desk: LastInput, source: AskedIdle
) -> None:
    """Such input says itself when it was; it was not 49 days ago."""
    desk.touch()
    desk.stamp_ms += 200

    assert 0.0 == source.idle_s()


def test_given_windows_that_stops_telling_then_asking_fails_in_words(
    desk: LastInput, source: AskedIdle
) -> None:
    """The next way takes its place."""
    desk.refuses = True

    with pytest.raises(Unavailable, match="GetLastInputInfo"):
        source.idle_s()


def test_given_nothing_new_when_looked_again_then_the_tick_is_not_even_asked(
    desk: LastInput, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One question to Windows for each look."""
    desk.touch()
    seen = _LastInput(desk.boot_s)
    seen.look()
    desk.ticks_asked = 0
    desk.rest(1)
    seen.look()

    assert 0 == desk.ticks_asked


@pytest.mark.skipif(sys.platform == "win32", reason="here it is there")
def test_given_another_system_when_it_is_opened_then_it_says_so() -> None:
    """Whoever tries it elsewhere hears why not."""
    with pytest.raises(Unavailable, match="this is not Windows"):
        idle.windows_idle(lambda: None, boot_s=lambda: 0.0, speed=1.0)


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_given_real_windows_when_it_is_asked_then_it_tells_or_knows_of_no_input() -> None:
    """The call itself: its structure is understood, and both counters run from the same start."""
    assert 0 <= idle._last_input_ms() < 1 << 32
    assert 0 < api.tick_ms()
