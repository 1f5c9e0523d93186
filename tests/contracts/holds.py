"""What every probe of a hold promises; whoever imports these has a `hold` to run them on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Protocol

from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from deskbreak.core.words import Said
    from deskbreak.ports import HoldProbe

WITHIN_S = 1.0
"""So soon must the desktop's word arrive."""
AT_MOST_S = 10.0
ASKED_S = 0.25


class Opened(Protocol):
    """A probe, and what it reported."""

    changes: list[bool | None]
    lost: list[Said]

    @property
    def probe(self) -> HoldProbe: ...
    def let_go(self) -> None: ...
    def settle(self) -> None: ...


class Hold(Protocol):
    """One thing that can be begun and ended, and whoever tells of it."""

    def open(self) -> AbstractContextManager[Opened]: ...
    def begin(self) -> object: ...
    def end(self) -> object: ...
    def die(self) -> bool: ...


def _answers(one: Opened, expected: bool | None, what: str) -> None:
    """Wait for *expected*; print how long that took."""
    began_s = time.monotonic()
    wait_for(lambda: one.probe.ask() is expected, AT_MOST_S, what)
    took_s = time.monotonic() - began_s
    # A figure for whoever runs the test.
    print(f"{one.probe.name}: {what} after {took_s:.3f} s, target {WITHIN_S:g} s")  # noqa: T201 - as said
    assert took_s < 10 * WITHIN_S


def _reported(one: Opened, expected: bool, what: str, *, since: int) -> None:
    """Wait until a subscribed probe has reported it."""
    if one.probe.subscribed:
        wait_for(lambda: one.changes[since:], AT_MOST_S, f"the {what} to be reported")
        assert [expected] == one.changes[since:]


def test_given_a_probe_when_it_begins_and_ends_then_it_says_so(hold: Hold) -> None:
    """A probe knows of the beginning and of the end, and reports both if it is subscribed."""
    with hold.open() as one:
        _answers(one, False, "not in force")
        before = len(one.changes)
        hold.begin()
        _answers(one, True, "in force")
        _reported(one, True, "beginning", since=before)
        hold.end()
        _answers(one, False, "over")
        _reported(one, False, "end", since=before + 1)

        assert [] == one.lost


def test_given_what_is_in_force_already_when_a_probe_is_opened_then_it_knows(hold: Hold) -> None:
    """An agent that starts in the middle of a call is quiet from the start."""
    hold.begin()
    with hold.open() as one:
        _answers(one, True, "in force")


def test_given_a_probe_when_it_is_asked_then_it_answers_within_a_quarter_second(
    hold: Hold,
) -> None:
    """A prompt does not wait for it."""
    with hold.open() as one:
        began_s = time.monotonic()
        one.probe.ask()
        took_s = time.monotonic() - began_s

        print(f"{one.probe.name}: asked in {1000 * took_s:.2f} ms, target {1000 * ASKED_S:g} ms")  # noqa: T201 - a figure for whoever runs the test
        assert took_s < 10 * ASKED_S


def test_given_a_probe_that_was_closed_when_it_begins_then_nothing_is_reported(
    hold: Hold,
) -> None:
    """Who has let go hears no more."""
    with hold.open() as one:
        _answers(one, False, "not in force")
        one.let_go()
        one.let_go()  # once more does no harm
        before = len(one.changes)
        hold.begin()
        one.settle()

        assert before == len(one.changes)
        assert [] == one.lost


def test_given_whoever_tells_when_they_die_then_it_is_unknown(hold: Hold) -> None:
    """What nobody tells any more is not in force; a probe that hears that nobody does says so, as a loss or as news."""
    hold.begin()
    with hold.open() as one:
        _answers(one, True, "in force")
        if not hold.die():
            return
        _answers(one, None, "unknown")
        if one.probe.subscribed:
            wait_for(lambda: one.lost or one.changes[-1:] == [None], what="the loss to be reported")
