"""A timeline as a desktop: it reports what a real one would, when a real one would."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Hold
from deskbreak.core.timeline import Statement, statement
from deskbreak.platforms.played import PlayedDesk

if TYPE_CHECKING:
    from collections.abc import Collection

    from deskbreak.ports import IdleSource, Session

START_S = 1000.0


class Day:
    """A played desk, its clock, and what it reported: when, how long idle, and what else held."""

    def __init__(self, *lines: str, marks_s: Collection[float] = (5.0, 120.0)) -> None:
        self.now_s = START_S
        self.reports: list[tuple[float, float, str]] = []
        self.said: list[Statement] = []
        self.desk = PlayedDesk(
            [statement(line) for line in lines], lambda: self.now_s, self._changed, self.said.append
        )
        self.desk.watch(marks_s)

    def _changed(self) -> None:
        desk = self.desk
        state = "locked" if desk.locked else "asleep" if desk.asleep else ""
        held = " ".join([*filter(None, [state]), *sorted(desk.holds)])
        self.reports.append((self.now_s - START_S, desk.idle_s(), held))

    def play(self, seconds: float = 1e9) -> Day:
        """Let that much time pass, at most to the end."""
        until_s = self.now_s + seconds
        while not self.desk.is_over and self.desk.next_s() <= until_s:
            self.now_s = self.desk.next_s()
            self.desk.go_on()
        self.now_s = min(until_s, self.now_s) if self.desk.is_over else until_s
        return self


@pytest.mark.parametrize(
    ("lines", "reports"),
    [
        pytest.param(("1h work",), [], id="typing"),
        pytest.param(("1m work", "4s idle", "1m work"), [], id="a pause too short for any mark"),
        pytest.param(
            ("1m work", "3m idle", "1m work"),
            [(65.0, 5.0, ""), (180.0, 120.0, ""), (240.0, 0.0, "")],
            id="marks, and the return of input",
        ),
        pytest.param(
            ("1m work", "5s idle", "1m work"),
            [(65.0, 5.0, ""), (65.0, 0.0, "")],
            id="a mark at the very end",
        ),
        pytest.param(
            ("1m work", "1m idle", "1m idle", "1m work"),
            [(65.0, 5.0, ""), (180.0, 120.0, ""), (180.0, 0.0, "")],
            id="one absence in two lines",
        ),
        pytest.param(
            ("1m work", "1m locked", "1m work"),
            [(60.0, 0.0, "locked"), (65.0, 5.0, "locked"), (120.0, 0.0, "")],
            id="a lock",
        ),
        pytest.param(
            ("1m work", "3s asleep", "3s idle", "1m work"),
            [(60.0, 0.0, "asleep"), (63.0, 3.0, ""), (65.0, 5.0, ""), (66.0, 0.0, "")],
            id="a sleep",
        ),
        pytest.param(
            ("1m work", "1m work call", "1m work call share", "1m work"),
            [(60.0, 0.0, "call"), (120.0, 0.0, "call share"), (180.0, 0.0, "")],
            id="holds",
        ),
    ],
)
def test_given_a_day_when_it_is_played_then_it_reports_what_a_desktop_would(
    lines: tuple[str, ...], reports: list[tuple[float, float, str]]
) -> None:
    """Marks once each, the return of what had stopped, locks, sleep and holds as they change."""
    assert reports == Day(*lines).play().reports


def test_given_a_desk_then_it_serves_the_ports() -> None:
    """Whoever watches idle time and session needs not know that they are played."""
    desk = Day("1m work call").play(1.0).desk
    idle: IdleSource = desk
    session: Session = desk

    assert ("played", 0.0) == (idle.name, idle.idle_s())
    assert (False, False) == (session.locked, session.asleep)
    assert frozenset({Hold.CALL}) == desk.holds
    idle.close()


def test_given_no_input_when_somebody_asks_in_between_then_idle_time_is_that_of_the_moment() -> (
    None
):
    """An answer by hand comes when nothing is due."""
    day = Day("1m work", "1m idle").play(77.0)

    assert 17.0 == day.desk.idle_s()


def test_given_other_marks_when_idle_time_has_passed_them_then_they_are_not_reported() -> None:
    """The reader has asked since; only what is to come is news."""
    day = Day("1m work", "3m idle").play(90.0)
    day.desk.watch({5.0, 20.0, 60.0})
    day.play(60.0)

    assert [(65.0, 5.0, ""), (120.0, 60.0, "")] == day.reports


def test_given_what_a_person_says_when_its_turn_comes_then_it_is_said_in_order() -> None:
    """Statements take no time; what falls due at the very end of a span comes before."""
    day = Day("1m work", "5s idle", "answer done", "pause 30m", "1m work").play(65.0)

    assert [Statement("answer", "done"), Statement("pause", "30m")] == day.said
    assert [(65.0, 5.0, ""), (65.0, 0.0, "")] == day.reports
    assert not day.desk.is_over


def test_given_the_end_of_the_day_when_it_goes_on_then_nothing_happens() -> None:
    """The last line lasts as long as it says, and is the last."""
    day = Day("1m work", "2s idle").play()
    day.now_s += 3600.0
    day.desk.go_on()

    assert day.desk.is_over
    assert START_S + 62.0 == day.desk.next_s()
    assert [] == day.reports


@pytest.mark.parametrize(
    "line",
    ["1m off", "clock +1h", "zone America/New_York", "set position.interval_minutes = 15"],
)
def test_given_a_line_that_no_desktop_can_do_then_that_is_our_own_mistake(line: str) -> None:
    """The agent runs all day, in one zone, with the same settings."""
    with pytest.raises(AssertionError):
        Day("1m work", line)
