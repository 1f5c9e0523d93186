"""What a part with a thread of its own owes the watch; whoever imports these has `overseer` and `part`."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Protocol

import pytest

from tests.desktop.parts import wait_for
from tests.doubles.watched import WITHIN_S

if TYPE_CHECKING:
    from tests.doubles.watched import Overseer


class Part(Protocol):
    """A part that was opened, and reports to the overseer."""

    name: str
    """That of its thread."""

    def happen(self) -> None:
        """Let it report something soon, on its thread."""
        ...

    def spoil(self) -> None:
        """Let its thread end soon, and not because anybody asked for it."""
        ...

    def close(self) -> None: ...


def test_given_a_part_at_rest_when_it_is_looked_at_then_nobody_is_at_work(
    overseer: Overseer, part: Part
) -> None:
    """To wait for the system, however long, is not to hang."""
    part.happen()
    assert overseer.was_told.wait(WITHIN_S)
    wait_for(lambda: not overseer.alarm.is_set, what="its rest")

    assert () == overseer.look_twice()


def test_given_a_part_that_does_not_come_back_when_it_is_looked_at_then_it_hangs_until_it_does(
    overseer: Overseer, part: Part
) -> None:
    """Whatever keeps it."""
    overseer.hangs = True
    part.happen()
    assert overseer.was_told.wait(WITHIN_S)
    assert (part.name,) == overseer.look_twice()
    overseer.let_go.set()

    wait_for(lambda: not overseer.watch.parts, what="its way back")


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_given_a_part_whose_thread_ends_when_nobody_asked_for_it_then_it_is_missed(
    overseer: Overseer, part: Part
) -> None:
    """Nothing is silently gone."""
    part.spoil()

    wait_for(lambda: (part.name,) == overseer.watch.parts, what="the loss")


def test_given_a_part_that_is_closed_then_its_thread_ends_in_good_order(
    overseer: Overseer, part: Part
) -> None:
    """What is switched off in the settings is no loss."""
    part.close()

    assert () == overseer.look_twice()
    assert part.name not in {thread.name for thread in threading.enumerate()}
