from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent.clock import boot_s
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.idle_mutter import NAME, MutterIdle
from deskbreak.ports import Unavailable
from tests.desktop.desks import Mutter, MutterDesk
from tests.desktop.matrix import NEEDS
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.peer import Peer

if sys.platform != "linux":
    pytest.skip("Mutter is for Linux", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Said

pytestmark = pytest.mark.alone

PROPERTIES = "org.freedesktop.DBus.Properties"
SESSIONS = "org.gnome.SessionManager"
SESSIONS_PATH = "/org/gnome/SessionManager"
IDLE = 8
"""What a video inhibits."""


class Sessions:
    """GNOME's session manager, as far as idle time goes: what programs keep from happening."""

    def __init__(self, address: str) -> None:
        self.actions = 0
        self._peer = Peer(address)
        self._peer.method(PROPERTIES, "GetAll", "a{sv}", lambda _: (self._properties(),))
        self._peer.method(PROPERTIES, "Get", "v", lambda _: (("u", self.actions),))
        self._peer.method(SESSIONS, "Setenv", "", lambda _: ())
        self._peer.start()
        self._peer.own(SESSIONS)

    def _properties(self) -> dict[str, tuple[str, object]]:
        return {"InhibitedActions": ("u", self.actions)}

    def inhibit(self, actions: int) -> None:
        self.actions = actions
        changed: tuple[Any, ...] = (SESSIONS, self._properties(), [])
        self._peer.emit(SESSIONS_PATH, PROPERTIES, "PropertiesChanged", "sa{sv}as", changed)

    def stop(self) -> None:
        self._peer.stop()


@pytest.fixture
def sessions(bus: PrivateBus) -> Iterator[Sessions]:
    """A session manager; Mutter looks for it when it starts."""
    manager = Sessions(bus.address)
    yield manager
    manager.stop()


@pytest.fixture
def mutter(bus: PrivateBus, sessions: Sessions) -> Iterator[Mutter]:
    """A Mutter of this test alone."""
    if reason := missing(*NEEDS["mutter"]):
        pytest.skip(reason)
    assert sessions.actions == 0
    with Mutter(bus) as running:
        yield running


def test_given_a_video_when_nobody_touches_anything_then_the_time_goes_on(
    mutter: Mutter, sessions: Sessions
) -> None:
    """Mutter's watches are silent while a program keeps the session awake; marks are not."""
    desk = MutterDesk(mutter)
    desk.touch()
    sessions.inhibit(IDLE)
    wait_for(lambda: desk.source._keeps_awake, what="the video to be noticed")
    fired: list[Any] = []
    desk.bus.subscribe(fired.append, interface=NAME, member="WatchFired", sender=NAME)
    desk.source.watch([0.2, 0.4])
    desk.settle(2)
    during = len(fired)
    desk.touch()
    desk.settle(3)
    sessions.inhibit(0)
    wait_for(lambda: not desk.source._keeps_awake, what="the video to end")
    desk.settle(5)
    desk.close()

    assert 0 == during, "Mutter has changed: its watches fire"
    assert [True, True, False] == [
        idle_s >= mark_s for idle_s, mark_s in zip(desk.reports, (0.2, 0.4, 0.2), strict=False)
    ]


def test_given_mutter_that_goes_when_asked_then_it_says_so_once(mutter: Mutter) -> None:
    """Its name tells at once; nobody waits for an answer that cannot come."""
    lost: list[Said] = []
    desk = MutterDesk(mutter, lost.append)
    desk.source.watch([60.0])
    mutter.stop()
    wait_for(lambda: lost, what="the loss")
    asked_s = time.monotonic()
    with pytest.raises(Unavailable):
        desk.source.idle_s()
    took_s = time.monotonic() - asked_s
    desk.close()

    assert [f"{NAME} is gone"] == [str(one) for one in lost]
    assert took_s < 0.5


def test_given_mutter_that_is_busy_when_nobody_is_there_then_the_time_is_still_known(
    mutter: Mutter,
) -> None:
    """It would have told of a return; unknown would end an absence. With somebody there it is."""
    desk = MutterDesk(mutter)
    desk.touch()
    with mutter.frozen(), pytest.raises(Unavailable, match="does not answer in time"):
        desk.source.idle_s()
    desk.source.watch([0.1])
    desk.settle(1)
    wait_for(lambda: desk.source._active, what="the watch for the return")
    with mutter.frozen():
        first_s = desk.source.idle_s()
        time.sleep(0.1)
        second_s = desk.source.idle_s()
    desk.close()

    assert 0.1 <= first_s
    assert second_s - first_s == pytest.approx(0.1, abs=0.09)


def test_given_a_bus_that_goes_then_the_source_is_lost_with_it(mutter: Mutter) -> None:
    """Whoever supervises it then asks something else."""
    lost: list[Said] = []
    desk = MutterDesk(mutter, lost.append)
    mutter.bus.kill()
    wait_for(lambda: lost, what="the loss")
    with pytest.raises(Unavailable, match="the session bus has gone"):
        desk.source.idle_s()
    desk.close()

    assert ["the session bus has gone"] == [str(one) for one in lost]


def test_given_a_question_on_the_bus_thread_then_it_is_answered_there(mutter: Mutter) -> None:
    """What arrives on that thread asks for idle time as well."""
    desk = MutterDesk(mutter)
    told: list[float] = []
    desk.bus.watch_owner(NAME, lambda _: told.append(desk.source.idle_s()))
    wait_for(lambda: told, what="an answer")
    desk.close()

    assert told[0] >= 0.0


def test_given_many_marks_when_they_change_then_mutter_keeps_only_the_last(mutter: Mutter) -> None:
    """The engine asks for other marks after each event, all day."""
    desk = MutterDesk(mutter)
    desk.touch()
    for round_ in range(100):
        desk.source.watch([0.3 + round_ / 1000, 60.0])
    wait_for(lambda: len(desk.source._watches) == 2, what="the last two")
    desk.settle(1)
    desk.close()

    assert [True] == [idle_s >= 0.399 for idle_s in desk.reports]


def test_given_a_bus_without_mutter_when_opened_then_it_says_that_this_is_not_gnome(
    bus: PrivateBus,
) -> None:
    """The name is what is looked for, not the name of a desktop."""
    own = Bus(bus.address, "session")
    own.start()
    with pytest.raises(Unavailable, match=f"nobody owns {NAME}"):
        MutterIdle(own, lambda: None, boot_s=boot_s, address=bus.address)
    own.close()
