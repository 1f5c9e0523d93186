from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

import pytest

from deskbreak.platforms.macos import idle
from deskbreak.platforms.macos.listener import Told
from deskbreak.platforms.macos.session import MacSession
from deskbreak.ports import Unavailable
from tests.doubles.mac import LastInput, Seat

if TYPE_CHECKING:
    from collections.abc import Iterator

# ── idle time ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("counts_sleep", [True, False])
def test_given_a_night_when_the_computer_sleeps_then_idle_time_goes_on(
    monkeypatch: pytest.MonkeyPatch, counts_sleep: bool
) -> None:
    """Whether or not macOS counts time asleep: waking up is no input, and the absence lasts."""
    desk = LastInput(monkeypatch, counts_sleep=counts_sleep)
    seen = idle._LastInput(desk.boot_s)
    desk.rest(20)
    before = seen.look()
    desk.sleep(8 * 3600)
    desk.rest(5)
    after = seen.look()
    desk.touch()
    desk.rest(3)
    back = seen.look()

    assert [20.0, 8 * 3600 + 25.0, 3.0] == [before.idle_s, after.idle_s, back.idle_s]
    assert before.input == after.input != back.input


def test_given_macos_that_stops_telling_then_asking_fails_in_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Unknown is neither present nor away."""
    desk = LastInput(monkeypatch)
    source = idle.mac_idle(lambda: None, boot_s=desk.boot_s, speed=1.0)
    desk.refuses = True

    with pytest.raises(Unavailable, match="macOS refuses"):
        source.idle_s()
    source.close()


# ── session ────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """A session over a listener of the test's own."""
    opened = Seat(monkeypatch)
    yield opened
    opened.session.close()


def test_given_a_lock_of_which_nobody_tells_when_somebody_looks_then_it_is_known(
    seat: Seat,
) -> None:
    """Another person at the screen is told by nothing but the answer to a question."""
    seat.is_locked = True

    assert seat.session.locked
    assert [] == seat.reports


def test_given_news_that_make_no_difference_then_nothing_is_reported(seat: Seat) -> None:
    """A screen saver locks what is locked."""
    seat.lock(locked=True)
    seat.tell(Told.SEAT)
    seat.tell(Told.WOKE)

    assert [(True, False)] == seat.reports


def test_given_a_session_that_is_gone_when_it_is_looked_at_then_nobody_stays_locked_out(
    seat: Seat,
) -> None:
    """A lock that nobody ends would silence us for ever."""
    seat.lock(locked=True)
    seat.is_locked = None

    assert not seat.session.locked


def test_given_a_session_that_was_closed_when_it_is_locked_then_nothing_is_reported(
    seat: Seat,
) -> None:
    """A report that comes after the end would find nobody."""
    seat.session.close()
    seat.lock(locked=True)

    assert [] == seat.reports
    assert seat.is_closed


# ── another system, and macOS itself ───────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform == "darwin", reason="here it is there")
def test_given_another_system_when_they_are_opened_then_they_say_so() -> None:
    """Whoever tries it elsewhere hears why not."""
    with pytest.raises(Unavailable, match="this system has no CGEventSource"):
        idle.mac_idle(lambda: None, boot_s=lambda: 0.0, speed=1.0)
    with pytest.raises(Unavailable, match="this system has no CGSession"):
        MacSession(lambda: None)


@pytest.mark.skipif(sys.platform != "darwin", reason="needs macOS")
def test_given_real_macos_when_it_is_asked_then_it_tells_and_listens() -> None:
    """The calls themselves; whoever runs this on a Mac knows more than we do."""
    source = idle.mac_idle(lambda: None, boot_s=time.monotonic, speed=1.0)
    opened = MacSession(lambda: None)
    seen = (source.idle_s(), opened.locked, opened.asleep)
    opened.close()
    source.close()

    assert seen[0] >= 0.0
    assert (False, False) == seen[1:]
