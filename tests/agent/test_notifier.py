from __future__ import annotations

import threading

from deskbreak.agent.notifier import Notifier
from tests.desktop.parts import wait_for


def test_given_a_service_that_is_back_before_its_absence_was_looked_into_then_it_is_there() -> None:
    """The answer of the bus comes late, and speaks of a moment that is over."""
    may_answer, changes = threading.Event(), list[bool]()

    def is_missing() -> bool:
        may_answer.wait()
        return True

    notifier = Notifier(is_missing, tuple, lambda: changes.append(notifier.is_gone))
    notifier.owner_is(None)
    notifier.owner_is(":1.7")
    may_answer.set()
    wait_for(
        lambda: "notifier" not in [thread.name for thread in threading.enumerate()],
        what="the question to be answered",
    )

    assert ([False], False) == (changes, notifier.is_gone)
    notifier.owner_is(None)
    wait_for(lambda: changes == [False, True], what="the absence to be told")
    assert notifier.is_gone
