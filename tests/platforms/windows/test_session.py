from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING

import pytest

from deskbreak.platforms.windows import session
from deskbreak.platforms.windows.session import Change, Message, Power, WindowsSession
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.windows import RealWindow, Window

if TYPE_CHECKING:
    from collections.abc import Iterator


class Desk:
    """A session over a window of the test's own, and what was reported."""

    def __init__(self, window: Window) -> None:
        self.window = window
        self.reports: list[tuple[bool, bool]] = []
        self.ends = 0
        self.session = WindowsSession(
            lambda: self.reports.append((self.session.locked, self.session.asleep)),
            ended=self._ended,
        )

    def _ended(self) -> None:
        self.ends += 1


@pytest.fixture
def window(monkeypatch: pytest.MonkeyPatch) -> Window:
    """A hidden window to which the test sends messages."""
    return Window(monkeypatch)


@pytest.fixture
def desk(window: Window) -> Iterator[Desk]:
    """A session that was just opened."""
    opened = Desk(window)
    yield opened
    opened.session.close()


# ── whose turn it is ───────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("leave", "come"),
    [
        pytest.param(Change.REMOTE_DISCONNECT, Change.REMOTE_CONNECT, id="remote desktop"),
        pytest.param(Change.CONSOLE_DISCONNECT, Change.CONSOLE_CONNECT, id="another person"),
        pytest.param(Change.REMOTE_DISCONNECT, Change.CONSOLE_CONNECT, id="from afar to the desk"),
        pytest.param(Change.REMOTE_DISCONNECT, Change.UNLOCK, id="back by unlocking"),
    ],
)
def test_given_a_session_that_is_disconnected_then_it_is_as_locked_until_it_is_connected(
    desk: Desk, leave: Change, come: Change
) -> None:
    """Nobody sits before it, whatever goes on in it."""
    desk.window.send(Message.SESSION, leave)
    desk.window.send(Message.SESSION, come)

    assert [(True, False), (False, False)] == desk.reports


def test_given_a_lock_when_the_session_is_disconnected_too_then_only_both_ends_end_it(
    desk: Desk,
) -> None:
    """Switching to another person locks as well; being connected is not being let in."""
    for change in (Change.LOCK, Change.CONSOLE_DISCONNECT, Change.CONSOLE_CONNECT):
        desk.window.send(Message.SESSION, change)
    while_locked = desk.session.locked
    desk.window.send(Message.SESSION, Change.UNLOCK)

    assert while_locked
    assert [(True, False), (False, False)] == desk.reports


@pytest.mark.parametrize(
    ("seat", "expected"),
    [
        pytest.param((True, False), True, id="behind a lock"),
        pytest.param((False, True), True, id="disconnected"),
        pytest.param((False, False), False, id="at the desk"),
        pytest.param(None, False, id="Windows does not say"),
    ],
)
def test_given_a_session_when_we_are_started_in_it_then_it_is_asked_how_it_is(
    window: Window, seat: tuple[bool, bool] | None, expected: bool
) -> None:
    """We may be started behind a lock; nothing is reported, because who opens it looks."""
    window.seat = seat
    opened = Desk(window)

    assert expected == opened.session.locked
    assert [] == opened.reports


def test_given_a_lock_whose_end_nobody_told_when_it_is_looked_at_later_then_it_has_ended(
    desk: Desk,
) -> None:
    """A lock that nobody ends would silence us for ever."""
    desk.window.send(Message.SESSION, Change.LOCK)
    desk.window.seat = (False, False)
    at_once = desk.session.locked
    desk.window.now_ms += 11_000
    later = desk.session.locked

    assert (True, False) == (at_once, later)


def test_given_a_lock_that_lasts_when_windows_does_not_say_then_it_stays(desk: Desk) -> None:
    """What was told counts where nobody answers."""
    desk.window.send(Message.SESSION, Change.LOCK)
    desk.window.now_ms += 3_600_000

    assert desk.session.locked


def test_given_a_service_that_starts_after_us_then_we_register_again(
    window: Window, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At login everything starts at once."""
    monkeypatch.setattr(session, "_RETRY_S", (0.001, 0.001, 0.001))
    window.refusals = 2
    window.meanwhile = (True, False)  # it is locked, and nobody tells us
    opened = Desk(window)
    wait_for(lambda: window.registered, what="the registration")
    wait_for(lambda: opened.session.locked, what="what it finds")
    opened.session.close()

    assert 1 == window.registered


# ── sleep, clocks and ends ─────────────────────────────────────────────────────────────────


def test_given_a_computer_that_woke_by_itself_then_it_is_awake_and_that_is_all(desk: Desk) -> None:
    """That somebody is there is told by input, and another message says no more than that."""
    desk.window.send(Message.POWER, Power.SUSPEND)
    desk.window.send(Message.POWER, Power.RESUMED)
    desk.window.send(Message.POWER, Power.RESUMED_BY_PERSON)

    assert [(False, True), (False, False)] == desk.reports


def test_given_a_clock_that_was_set_then_that_is_told(desk: Desk) -> None:
    """Whoever looks then compares the clocks; presence is what it was."""
    desk.window.send(Message.TIME_CHANGE)

    assert [(False, False)] == desk.reports


def test_given_a_session_that_ends_then_there_is_time_to_save(desk: Desk) -> None:
    """Windows asks first, and may change its mind; then it waits until the message is handled."""
    allowed = desk.window.send(Message.QUERY_END_SESSION)
    asked = desk.ends
    desk.window.send(Message.END_SESSION, 0)
    called_off = desk.ends
    desk.window.send(Message.END_SESSION, 1)

    assert 1 == allowed
    assert (0, 0, 1) == (asked, called_off, desk.ends)


def test_given_somebody_who_wants_us_gone_then_we_end_as_at_the_end_of_the_session(
    desk: Desk,
) -> None:
    """taskkill, and whoever replaces our files."""
    assert 0 == desk.window.send(Message.CLOSE)
    assert 1 == desk.ends


def test_given_a_message_that_is_none_of_ours_then_windows_answers_it(desk: Desk) -> None:
    """A window gets many."""
    wm_paint, a_battery_at_half = 0x000F, 0x0A

    assert [None, None] == [
        desk.window.send(wm_paint),
        desk.window.send(Message.POWER, a_battery_at_half),
    ]


def test_given_a_session_that_was_closed_when_messages_come_then_nothing_is_reported(
    desk: Desk,
) -> None:
    """A report that comes after the end would find nobody."""
    desk.session.close()
    desk.window.send(Message.SESSION, Change.LOCK)
    desk.window.send(Message.END_SESSION, 1)

    assert ([], 0) == (desk.reports, desk.ends)
    assert desk.window.is_closed


@pytest.mark.skipif(sys.platform == "win32", reason="here it is there")
def test_given_another_system_when_it_is_opened_then_it_says_so() -> None:
    """Whoever tries it elsewhere hears why not."""
    with pytest.raises(Unavailable, match="this is not Windows"):
        WindowsSession(lambda: None, ended=lambda: None)


# ── Windows itself ─────────────────────────────────────────────────────────────────────────


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_given_a_real_window_when_the_session_ends_then_who_ends_it_waits_until_all_is_kept() -> (
    None
):
    """Whatever must be kept is on disk when the message is answered."""
    kept: list[str] = []

    def keep() -> None:
        time.sleep(0.1)  # a slow disk
        kept.append("kept")

    opened = WindowsSession(lambda: None, ended=keep)
    window = RealWindow(opened)
    answers = [window.send(Message.QUERY_END_SESSION), window.send(Message.END_SESSION, 1)]
    at_once = list(kept)
    opened.close()

    assert ([1, 0], ["kept"]) == (answers, at_once)


@pytest.mark.skipif(sys.platform != "win32", reason="needs Windows")
def test_given_a_real_window_when_it_is_closed_then_its_thread_ends_and_another_may_come() -> None:
    """Nothing stays behind."""
    for _ in range(3):
        opened = WindowsSession(lambda: None, ended=lambda: None)
        assert not opened.locked
        opened.close()

        assert not [one for one in threading.enumerate() if one.name == "deskbreak-session"]
