"""The loop and what keeps prompts back: when it asks, and what it says."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent.inbox import Inbox
from deskbreak.core.model import Facts, Hold, Observed
from deskbreak.core.words import said
from tests.fakes import Desk, FakeClock

if TYPE_CHECKING:
    from pathlib import Path

MINUTE_S = 60.0
ADVANCE_S = 30.0


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    """A desk on which nothing has happened yet."""
    return Desk(tmp_path)


def _asked_minutes(desk: Desk, since_s: float) -> list[float]:
    return [round((at_s - since_s) / MINUTE_S, 1) for at_s in desk.asked_at_s]


def test_given_work_when_no_break_is_due_then_nobody_is_asked_what_holds(desk: Desk) -> None:
    """What has to be asked is asked at the looks that the engine itself wants, and no others."""
    start_s = desk.clock.boot_s()

    # Idle marks, a return and a command come in between.
    desk.run("5m work", "3m idle", "1m work", lambda: desk.ask("status"), "5m work")

    assert [0.0] == _asked_minutes(desk, start_s)  # a prompt may be open since the last time


def test_given_a_hold_of_which_nobody_tells_when_a_break_is_due_then_it_is_asked_in_time(
    desk: Desk,
) -> None:
    """No prompt comes into a shared screen only because the desktop does not tell of it."""
    start_s = desk.clock.boot_s()

    def shared() -> None:
        desk.asked = frozenset({Hold.SHARE})

    def quiet() -> None:
        assert "Quiet: the screen is being shared" == desk.loop.look().menu[0].label

    desk.run("10m work", shared, "15m work", quiet)

    assert [] == desk.delivery.shown
    # At the advance notice: from there on the hold is known.
    assert [0.0, 19.5] == _asked_minutes(desk, start_s)


def test_given_an_open_prompt_when_anything_is_observed_then_it_is_asked_whether_it_may_stay(
    desk: Desk,
) -> None:
    """A prompt that is on the screen goes from it when somebody begins to share that."""

    def shared() -> None:
        assert desk.delivery.on_screen is not None
        desk.asked = frozenset({Hold.SHARE})
        desk.inbox.observe()  # whatever it is that has changed

    desk.run("20m work", "10s idle", shared, "1m work")

    assert 1 == len(desk.delivery.shown)
    assert desk.delivery.on_screen is None


def test_given_a_call_when_its_reason_is_known_then_menu_and_status_say_it(desk: Desk) -> None:
    """The words say what is in use; what programs read says that it is a call."""

    def called() -> None:
        desk.outside.known_reasons = {Hold.CALL: said("camera in use")}

    def look() -> None:
        status = desk.ask("status")

        assert "Quiet: camera in use" == desk.loop.look().menu[0].label
        assert "Quiet: camera in use" == status["lines"][0]
        assert "camera in use" in " ".join(status["lines"][1:])
        assert ["call"] == status["facts"]["holds"]

    desk.run(called, "1m work call", look)


def test_given_settings_when_they_let_a_hold_count_no_more_then_the_desktop_is_told(
    desk: Desk,
) -> None:
    """What does not count need not even be listened to."""

    def switched_off() -> None:
        assert Hold.CALL in desk.outside.heeded
        desk.file.write_text("[holds]\ncall = false\n", encoding="utf-8")
        desk.ask("reload")
        assert Hold.CALL not in desk.outside.heeded

    desk.run("1m work", switched_off)


def test_given_two_threads_when_the_one_with_older_facts_is_slower_then_the_newest_come_last() -> (
    None
):
    """Facts that were read before others that are posted already are read again."""
    holds = [frozenset[Hold]()]
    is_reading, may_go_on = threading.Event(), threading.Event()

    def facts(_asks: bool) -> Facts:
        read = holds[0]
        if threading.current_thread() is not threading.main_thread() and not may_go_on.is_set():
            is_reading.set()
            may_go_on.wait(5.0)
        return Facts(0.0, holds=read)

    inbox = Inbox(FakeClock(), facts)
    slow = threading.Thread(target=inbox.observe)
    slow.start()
    is_reading.wait(5.0)
    holds[0] = frozenset({Hold.CALL})
    inbox.observe()
    may_go_on.set()
    slow.join()

    posted = [inbox.take(0.0) for _ in range(2)]
    assert [{Hold.CALL}, {Hold.CALL}] == [
        one.facts.holds for one in posted if isinstance(one, Observed)
    ]
