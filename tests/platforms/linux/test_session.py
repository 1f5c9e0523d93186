from __future__ import annotations

import os
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.platforms.linux import session as session_module
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.session import LogindSession
from deskbreak.ports import Unavailable
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.logind import Login, Logind

if sys.platform != "linux":
    pytest.skip("logind is a service of Linux", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator


class Seat:
    """A session of ours on a logind of the test's, and what it reported."""

    def __init__(self, bus: PrivateBus, logind: Logind) -> None:
        self.bus = bus
        self.logind = logind
        self.reports: list[tuple[bool, bool]] = []  # locked, asleep
        self._opened: list[LogindSession] = []

    def open(self, believe_s: float = 10.0) -> LogindSession:
        self._opened.append(
            LogindSession(Bus("SYSTEM", "system"), self._changed, believe_s=believe_s)
        )
        return self._opened[-1]

    def settle(self, *expected: tuple[bool, bool]) -> None:
        """Wait until exactly these were reported."""
        wait_for(lambda: len(self.reports) >= len(expected), what=f"{expected}")
        assert list(expected) == self.reports

    def close(self) -> None:
        for session in self._opened:
            session.close()

    def _changed(self) -> None:
        session = self._opened[-1]
        self.reports.append((session.locked, session.asleep))


LOCKED = (True, False)
ASLEEP = (False, True)
NEITHER = (False, False)


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """A system bus with a logind, where session 1 is ours."""
    if reason := missing("dbus-daemon"):
        pytest.skip(reason)
    with PrivateBus() as bus, Logind(bus.address, Login("1"), Login("2")) as logind:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", bus.address)
        monkeypatch.setenv("XDG_SESSION_ID", "1")
        opened = Seat(bus, logind)
        yield opened
        opened.close()


def _barrier(seat: Seat) -> None:
    """Let everything that was sent so far arrive: a sleep that begins comes last."""
    count = len(seat.reports)
    seat.logind.sleep(begins=True)
    wait_for(lambda: len(seat.reports) > count, what="the last of the signals")
    del seat.reports[count:]


# ── how it stands at the start ─────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("login", "preparing", "expected"),
    [
        pytest.param(Login("1"), False, (False, False), id="nothing special"),
        pytest.param(Login("1", hint=True), False, (True, False), id="locked"),
        pytest.param(Login("1", active=False), False, (True, False), id="another user's seat"),
        pytest.param(Login("1"), True, (False, True), id="about to sleep"),
    ],
)
def test_given_a_session_when_opened_then_its_state_is_known(
    seat: Seat, login: Login, preparing: bool, expected: tuple[bool, bool]
) -> None:
    """An agent that starts behind a lock screen knows it from the first instant."""
    seat.logind.logins["1"] = login
    seat.logind.preparing = preparing
    session = seat.open()

    assert expected == (session.locked, session.asleep)
    assert [] == seat.reports


# ── what happens then ──────────────────────────────────────────────────────────────────────


def test_given_a_locker_that_keeps_the_hint_then_the_hint_is_followed(seat: Seat) -> None:
    """GNOME, Plasma and others set LockedHint when they lock, for whatever reason."""
    seat.open()
    seat.logind.set(hint=True)
    seat.settle(LOCKED)
    seat.logind.set(hint=False)

    seat.settle(LOCKED, NEITHER)


def test_given_another_user_takes_the_seat_then_that_is_a_lock(seat: Seat) -> None:
    """Behind somebody else's desktop nobody can see a prompt."""
    seat.open()
    seat.logind.set(active=False)
    seat.settle(LOCKED)
    seat.logind.set(active=True)

    seat.settle(LOCKED, NEITHER)


def test_given_the_computer_sleeps_and_wakes_then_both_are_told(seat: Seat) -> None:
    """PrepareForSleep comes before the suspend and after the resume."""
    seat.open()
    seat.logind.sleep(begins=True)
    seat.settle(ASLEEP)
    seat.logind.sleep(begins=False)

    seat.settle(ASLEEP, NEITHER)


def test_given_a_wish_to_lock_when_it_is_taken_back_then_the_lock_is_over(seat: Seat) -> None:
    """`loginctl lock-session` and `unlock-session` say no more than this."""
    seat.open()
    seat.logind.wish("Lock")
    seat.settle(LOCKED)
    seat.logind.wish("Unlock")

    seat.settle(LOCKED, NEITHER)


def test_given_a_wish_to_lock_when_no_hint_follows_then_it_is_believed_for_a_while_only(
    seat: Seat,
) -> None:
    """Nobody may have heard it, and who locks without a hint never tells of the end."""
    seat.open(believe_s=0.05)
    seat.logind.wish("Lock")

    seat.settle(LOCKED, NEITHER)


def test_given_a_wish_to_lock_when_the_hint_follows_then_the_hint_counts(seat: Seat) -> None:
    """The lock is one, from the wish to the end of the hint, with no gap."""
    session = seat.open(believe_s=0.05)
    seat.logind.wish("Lock")
    seat.logind.set(hint=True)
    seat.settle(LOCKED)
    wait_for(lambda: session._doubt is None, what="the wish to be forgotten")
    seat.logind.wish("Lock")
    wait_for(lambda: not session._known.wish, what="the second wish to be forgotten")
    seat.logind.set(hint=False)

    seat.settle(LOCKED, NEITHER)


def test_given_a_wish_to_lock_when_the_hint_goes_then_the_wish_goes_with_it(seat: Seat) -> None:
    """Locked and unlocked again within the 10 s."""
    seat.open()
    seat.logind.wish("Lock")
    seat.logind.set(hint=True)
    seat.logind.set(hint=False)

    seat.settle(LOCKED, NEITHER)


def test_given_the_session_of_somebody_else_when_it_is_locked_then_ours_is_not(
    seat: Seat,
) -> None:
    """Two people on one machine are two sessions."""
    seat.open()
    seat.logind.wish("Lock", "2")
    seat.logind.set("2", hint=True)
    seat.logind.set("2", active=False)
    _barrier(seat)

    assert [] == seat.reports


def test_given_a_change_without_its_value_when_it_is_told_then_it_is_looked_up(
    seat: Seat,
) -> None:
    """A property may be announced as changed without saying to what."""
    seat.open()
    seat.logind.logins["1"].hint = True
    seat.logind.invalidate("LockedHint")

    seat.settle(LOCKED)


def test_given_a_lock_while_the_state_is_read_then_the_newer_one_holds(seat: Seat) -> None:
    """The signal overtakes the answer, which is older."""
    once = iter([True])

    def lock() -> None:
        if next(once, False):
            seat.logind.set(hint=True)

    seat.logind.on_read = lock
    session = seat.open()

    wait_for(lambda: session.locked, what="the lock")


def test_given_a_closed_session_when_it_is_locked_then_nothing_is_reported(seat: Seat) -> None:
    """Its bus is closed with it, and no thread stays."""
    seat.open().close()
    seat.logind.set(hint=True)

    assert [] == seat.reports
    assert not [t for t in threading.enumerate() if t.name.startswith(("bus-", "session"))]


# ── when logind or the bus goes ────────────────────────────────────────────────────────────


def test_given_logind_vanishes_while_locked_then_nothing_is_taken_for_granted(
    seat: Seat,
) -> None:
    """A lock that nobody will end must not silence the agent for ever."""
    seat.logind.logins["1"].hint = True
    seat.open()
    seat.logind.stop()

    seat.settle(NEITHER)


def test_given_logind_restarts_then_its_state_is_read_anew_and_followed(seat: Seat) -> None:
    """What happened in between is not missed, nor what happens from there on."""
    seat.open()
    seat.logind.stop()
    seat.logind.logins["1"].hint = True
    seat.logind.start()
    seat.settle(LOCKED)
    seat.logind.set(hint=False)

    seat.settle(LOCKED, NEITHER)


def test_given_the_bus_restarts_then_logind_is_found_again(seat: Seat) -> None:
    """The connection comes back by itself, with everything that was asked for."""
    seat.logind.preparing = True
    seat.open()
    seat.logind.stop()
    seat.bus.restart()
    seat.logind.start()
    wait_for(lambda: len(seat.reports) >= 2, 10.0, "the state from the new bus")
    seat.logind.sleep(begins=False)

    seat.settle(NEITHER, ASLEEP, NEITHER)


def test_given_an_answer_that_makes_no_sense_when_the_state_is_read_then_it_is_asked_again(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Else a lock that began while logind was away would never be known, nor any later one."""
    monkeypatch.setattr(session_module, "_RETRY_S", (0.01,))
    session = seat.open()
    find, nonsense = session._find, [("/", {"Active": True})]

    def finds() -> tuple[str, dict[str, Any]]:
        return nonsense.pop() if nonsense else find()

    monkeypatch.setattr(session, "_find", finds)
    seat.logind.stop()
    seat.logind.logins["1"].hint = True
    seat.logind.start()

    seat.settle(LOCKED)


def test_given_logind_restarts_before_it_knows_our_session_then_it_is_asked_again(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first answers after a restart may be errors."""
    monkeypatch.setattr(session_module, "_RETRY_S", (0.01, 0.01, 0.01))
    seat.open()
    seat.logind.stop()
    seat.logind.unready = 4  # two ways, twice
    seat.logind.logins["1"].hint = True
    seat.logind.start()

    seat.settle(LOCKED)
    assert seat.logind.unready < 0


# ── finding our session ────────────────────────────────────────────────────────────────────


def test_given_no_session_id_when_opened_then_our_process_leads_to_the_session(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not everything that starts programs hands the variable on."""
    monkeypatch.delenv("XDG_SESSION_ID")
    seat.logind.logins["2"].pids = {os.getpid()}
    seat.logind.logins["2"].hint = True

    assert seat.open().locked


def test_given_a_session_id_that_is_stale_when_opened_then_the_next_way_is_tried(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A terminal multiplexer outlives the session that it was started in."""
    monkeypatch.setenv("XDG_SESSION_ID", "17")
    seat.logind.logins["2"].pids = {os.getpid()}
    seat.logind.logins["2"].hint = True

    assert seat.open().locked


def test_given_a_service_of_the_user_when_opened_then_it_follows_the_users_display(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Services run in a session of their own, which nobody ever locks."""
    monkeypatch.delenv("XDG_SESSION_ID")
    seat.logind.logins["3"] = Login("3", kind="manager", pids={os.getpid()})
    seat.logind.logins["2"].hint = True
    seat.logind.display = "2"

    assert seat.open().locked


# ── refusals ───────────────────────────────────────────────────────────────────────────────


def test_given_no_session_of_ours_when_opened_then_it_says_so(
    seat: Seat, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A container, or a cron job."""
    monkeypatch.delenv("XDG_SESSION_ID")

    with pytest.raises(Unavailable, match="logind knows no session of ours"):
        seat.open()


def test_given_no_logind_when_opened_then_it_says_what_is_lost(seat: Seat) -> None:
    """Some distributions have no logind; idle time then has to tell everything."""
    seat.logind.stop()

    with pytest.raises(Unavailable, match="logind is not there"):
        seat.open()


def test_given_no_system_bus_when_opened_then_it_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There is none in most containers."""
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", "unix:path=/nowhere/at/all")

    with pytest.raises(Unavailable, match="no connection to the system bus"):
        LogindSession(Bus("SYSTEM", "system"), lambda: None)
