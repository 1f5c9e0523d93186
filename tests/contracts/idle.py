"""What every idle source promises; whoever imports these tests has a `desk` to run them on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from tests.doubles.idle import asked

if TYPE_CHECKING:
    from deskbreak.ports import IdleSource


class Desk(Protocol):
    """A source, a hand, and what the source reported: the idle time read at each report."""

    reports: list[float]

    @property
    def source(self) -> IdleSource: ...
    def touch(self) -> None: ...
    def rest(self, seconds: float) -> None: ...
    def settle(self, reports: int) -> None: ...


def test_given_a_mark_when_input_stops_for_so_long_then_it_is_reported(desk: Desk) -> None:
    """Whoever hears of a mark reads an idle time that has reached it."""
    desk.touch()
    desk.source.watch([0.05])
    desk.rest(0.1)
    desk.settle(1)

    assert 1 == len(desk.reports)
    assert desk.reports[0] >= 0.05


def test_given_a_mark_that_is_reached_when_input_returns_then_that_is_reported(desk: Desk) -> None:
    """The return of input is news as well, and only once."""
    desk.touch()
    desk.source.watch([0.05])
    desk.rest(0.1)
    desk.touch()
    desk.settle(2)

    assert 2 == len(desk.reports)
    assert desk.reports[1] < 0.05


def test_given_input_that_goes_on_below_the_smallest_mark_then_nothing_is_reported(
    desk: Desk,
) -> None:
    """Somebody who works disturbs nobody."""
    desk.touch()
    desk.source.watch([2.0, 5.0])
    for _ in range(10):
        desk.touch()
        desk.rest(0.02)

    assert [] == desk.reports


def test_given_several_marks_when_input_stops_then_each_is_reported_in_turn(desk: Desk) -> None:
    """A lull, a break and an absence are three marks of one silence."""
    desk.touch()
    desk.source.watch([0.2, 0.05, 0.4])
    desk.rest(0.5)
    desk.settle(3)
    desk.touch()
    desk.settle(4)

    assert 4 == len(desk.reports)
    assert [True] * 3 == [
        idle_s >= mark_s for idle_s, mark_s in zip(desk.reports, (0.05, 0.2, 0.4), strict=False)
    ]
    assert desk.reports[3] < 0.05


def test_given_a_mark_that_is_passed_when_it_is_watched_then_only_the_return_is_reported(
    desk: Desk,
) -> None:
    """What the reader knows is not told again; that the person is back is."""
    desk.touch()
    desk.rest(0.1)
    asked(desk.source)
    desk.source.watch([0.05])
    desk.rest(0.1)
    silent = list(desk.reports)
    desk.touch()
    desk.settle(1)

    assert [] == silent
    assert 1 == len(desk.reports)
    assert desk.reports[0] < 0.05


def test_given_a_mark_that_is_passed_between_asking_and_watching_then_it_is_reported(
    desk: Desk,
) -> None:
    """The reader decides on what it read; what happened meanwhile must not be lost."""
    desk.touch()
    asked(desk.source)
    desk.rest(0.1)
    desk.source.watch([0.05])
    desk.settle(1)

    assert 1 == len(desk.reports)
    assert desk.reports[0] >= 0.05


def test_given_new_marks_when_time_passes_then_the_old_ones_are_forgotten(desk: Desk) -> None:
    """The engine wants to hear of other marks after each event."""
    desk.touch()
    desk.source.watch([0.3])
    desk.source.watch([0.05])
    desk.rest(0.5)
    desk.settle(1)

    assert 1 == len(desk.reports)


def test_given_no_marks_when_input_stops_and_returns_then_nothing_is_reported(desk: Desk) -> None:
    """Nobody wants to know, so nobody is woken."""
    desk.touch()
    desk.source.watch([0.05])
    desk.source.watch([])
    desk.rest(0.2)
    desk.touch()

    assert [] == desk.reports


def test_given_the_same_marks_again_when_one_is_reached_then_it_is_reported_once(
    desk: Desk,
) -> None:
    """The loop repeats its marks after every event."""
    desk.touch()
    for _ in range(3):
        desk.source.watch([0.1])
    desk.rest(0.3)
    desk.settle(1)

    assert 1 == len(desk.reports)


def test_given_a_source_when_it_is_closed_then_nothing_is_reported_any_more(desk: Desk) -> None:
    """A report that comes after the end would find nobody."""
    desk.touch()
    desk.source.watch([0.05])
    desk.source.close()
    desk.rest(0.2)
    desk.touch()

    assert [] == desk.reports
