"""What everything promises that tells of lock and sleep; whoever imports these has a `seat`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from deskbreak.ports import Session

Report = tuple[bool, bool]
"""Locked, asleep."""


class Seat(Protocol):
    """A session, a hand on its lock, and what was reported."""

    reports: list[Report]
    sleeps: bool

    @property
    def session(self) -> Session: ...
    def lock(self, *, locked: bool) -> None: ...
    def sleep(self, *, begins: bool) -> None: ...


def _settle(seat: Seat, *expected: Report) -> None:
    wait_for(lambda: len(seat.reports) >= len(expected), what=f"{expected}")
    assert list(expected) == seat.reports


def test_given_a_person_at_the_desk_when_asked_then_it_is_neither_locked_nor_asleep(
    seat: Seat,
) -> None:
    """And nothing is reported: whoever opens it looks by themselves."""
    assert (False, False) == (seat.session.locked, seat.session.asleep)
    assert [] == seat.reports


def test_given_a_lock_when_it_begins_and_ends_then_each_is_reported_once(seat: Seat) -> None:
    """Whoever hears of it reads the new state."""
    seat.lock(locked=True)
    _settle(seat, (True, False))
    seat.lock(locked=False)
    _settle(seat, (True, False), (False, False))


def test_given_a_sleep_after_a_lock_when_it_begins_and_ends_then_each_is_reported_once(
    seat: Seat,
) -> None:
    """Going to sleep is told before it happens."""
    seat.lock(locked=True)
    seat.lock(locked=False)
    wait_for(lambda: len(seat.reports) == 2, what="the lock and its end")
    if seat.sleeps:
        seat.sleep(begins=True)
        wait_for(lambda: len(seat.reports) == 3, what="the sleep")
        seat.sleep(begins=False)
        _settle(seat, (True, False), (False, False), (False, True), (False, False))
    assert not seat.session.asleep
