"""What everything promises that tells of lock and sleep."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.core.timeline import statement
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.screensaver import ScreenSavers
from deskbreak.platforms.linux.session import LogindSession
from deskbreak.platforms.played import PlayedDesk
from tests.desktop.matrix import NEEDS, cell, not_here
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.logind import Login, Logind
from tests.doubles.saver import Saver

if sys.platform != "linux":
    pytest.skip("logind and its likes are for Linux", allow_module_level=True)

pytest.register_assert_rewrite("tests.contracts.session")
from tests.contracts.session import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.session import Report, Seat


class PlayedSeat:
    """A played day: one minute of work, then whatever the test wants, a minute each."""

    sleeps = True

    def __init__(self) -> None:
        self.reports: list[Report] = []
        self._now_s = 0.0
        order = ("work", "locked", "work", "asleep", "work")
        lines = [statement(f"1m {presence}") for presence in order]
        self.session = PlayedDesk(lines, lambda: self._now_s, self._changed, lambda _: None)
        self._go_on()

    def lock(self, *, locked: bool) -> None:
        self._go_on()
        assert locked == self.session.locked

    def sleep(self, *, begins: bool) -> None:
        self._go_on()
        assert begins == self.session.asleep

    def _go_on(self) -> None:
        self._now_s = self.session.next_s()
        self.session.go_on()

    def _changed(self) -> None:
        self.reports.append((self.session.locked, self.session.asleep))


class RealSeat:
    """Something on a real message bus."""

    session: Any  # each has one of its own

    def __init__(self) -> None:
        self.reports: list[Report] = []

    def _changed(self) -> None:
        self.reports.append((self.session.locked, self.session.asleep))


class LogindSeat(RealSeat):
    sleeps = True

    def __init__(self, bus: PrivateBus, logind: Logind) -> None:
        super().__init__()
        self._logind = logind
        self.session = LogindSession(Bus(bus.address, "system"), self._changed)

    def lock(self, *, locked: bool) -> None:
        self._logind.set(hint=locked)

    def sleep(self, *, begins: bool) -> None:
        self._logind.sleep(begins=begins)


class SaverSeat(RealSeat):
    sleeps = False

    def __init__(self, bus: Bus, saver: Saver) -> None:
        super().__init__()
        self._saver = saver
        self.session = ScreenSavers(bus, self._changed)
        wait_for(lambda: self.session.told, what="the saver to be found")

    def lock(self, *, locked: bool) -> None:
        self._saver.set(active=locked)

    def sleep(self, *, begins: bool) -> None:
        raise AssertionError("a saver tells of no sleep")


@pytest.fixture(params=["fake", "logind peer", "saver peer"])
def seat(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """Every session there is: what holds for one holds for all."""
    if request.param == "fake":
        cell("session", "fake")
        yield PlayedSeat()
        return
    if reason := missing(*NEEDS[request.param]):
        not_here("session", request.param, reason)
    cell("session", request.param)
    with PrivateBus() as bus:
        if request.param == "logind peer":
            monkeypatch.setenv("XDG_SESSION_ID", "1")
            with Logind(bus.address, Login("1")) as logind:
                opened: Seat = LogindSeat(bus, logind)
                yield opened
                opened.session.close()
            return
        own, saver = Bus(bus.address, "session"), Saver(bus.address, "org.mate.ScreenSaver")
        own.start()
        yield SaverSeat(own, saver)
        own.close()
        saver.stop()


# ── screen savers ──────────────────────────────────────────────────────────────────────────


@pytest.fixture
def own(bus: PrivateBus) -> Iterator[Bus]:
    """A connection of ours to this test's bus."""
    connection = Bus(bus.address, "session")
    connection.start()
    yield connection
    connection.close()


def test_given_a_saver_that_is_on_when_it_is_found_then_that_is_a_lock(
    bus: PrivateBus, own: Bus
) -> None:
    """We may be started behind a lock; a saver may come later than we do."""
    reports: list[bool] = []
    savers = ScreenSavers(own, lambda: reports.append(savers.locked))
    late = Saver(bus.address, "org.gnome.ScreenSaver")
    late.set(active=True)
    wait_for(lambda: savers.locked, what="the lock")
    late.stop()
    wait_for(lambda: not savers.locked, what="its end")
    savers.close()

    assert [True, False] == reports
    assert savers.told is None


def test_given_a_saver_that_does_not_say_then_it_does_not_count(bus: PrivateBus, own: Bus) -> None:
    """GNOME's stand-in for the other name knows of no lock, and answers with an error."""
    mute = Saver(bus.address, "org.freedesktop.ScreenSaver")
    mute.answers = False
    known = Saver(bus.address, "org.gnome.ScreenSaver")
    savers = ScreenSavers(own, lambda: None)
    wait_for(lambda: savers.told, what="the one that answers")
    told = savers.told
    savers.close()
    for one in (mute, known):
        one.stop()

    assert ("org.gnome.ScreenSaver", False) == (told, savers.locked)


def test_given_a_bus_that_goes_when_a_saver_was_on_then_nobody_stays_locked_out(
    bus: PrivateBus, own: Bus
) -> None:
    """A lock that nobody ends would silence us for ever."""
    saver = Saver(bus.address, "org.gnome.ScreenSaver")
    savers = ScreenSavers(own, lambda: None)
    saver.set(active=True)
    wait_for(lambda: savers.locked, what="the lock")
    bus.kill()
    wait_for(lambda: not savers.locked, what="its end")
    savers.close()
    saver.stop()

    assert savers.told is None


def test_given_a_saver_that_is_closed_when_it_comes_on_then_nothing_is_reported(
    bus: PrivateBus, own: Bus
) -> None:
    """A report that comes after the end would find nobody."""
    reports: list[bool] = []
    saver = Saver(bus.address, "org.gnome.ScreenSaver")
    savers = ScreenSavers(own, lambda: reports.append(True))
    wait_for(lambda: savers.told, what="the saver")
    savers.close()
    saver.set(active=True)
    own.call("org.gnome.ScreenSaver", "/", "org.gnome.ScreenSaver", "GetActive")
    saver.stop()

    assert [] == reports
