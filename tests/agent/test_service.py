"""What a service manager hears of us, and that nobody hears anything where there is none."""

from __future__ import annotations

import os
import socket
import sys
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.agent.service import Service
from tests.fakes import Desk

if sys.platform == "win32":
    pytest.skip("Windows has no datagrams among its own", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskbreak.agent.inbox import Request
    from deskbreak.core.model import Event

MINUTE: Final = "60000000"
"""Microseconds, as systemd says them for ``WatchdogSec=60``."""


class Manager:
    """The other end of the socket."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(address.replace("@", "\0", 1))
        self._socket.setblocking(False)

    def heard(self) -> list[str]:
        found = []
        try:
            while True:
                found.append(self._socket.recv(4096).decode())
        except BlockingIOError:
            return found

    def close(self) -> None:
        self._socket.close()

    def env(self, **more: str) -> dict[str, str]:
        return {"NOTIFY_SOCKET": self.address, **more}


@pytest.fixture(params=["path", "abstract"])
def manager(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Manager]:
    """A service manager with either kind of address."""
    if request.param == "abstract" and sys.platform != "linux":
        pytest.skip("only Linux has these")
    made = Manager(str(tmp_path / "s") if request.param == "path" else f"@deskbreak-{os.getpid()}")
    yield made
    made.close()


def test_given_a_manager_then_it_hears_the_start_the_end_and_that_we_live(manager: Manager) -> None:
    """In the words of the protocol, a line each."""
    service = Service(manager.env(WATCHDOG_USEC=MINUTE, WATCHDOG_PID=str(os.getpid())))
    service.ready()
    service.alive(100.0)
    service.stopping()

    assert ["READY=1", "WATCHDOG=1", "STOPPING=1"] == manager.heard()
    assert service.is_watched


@pytest.mark.parametrize(
    "more",
    [
        pytest.param({}, id="none wanted"),
        pytest.param({"WATCHDOG_USEC": "0"}, id="zero"),
        pytest.param({"WATCHDOG_USEC": "soon"}, id="no number"),
        pytest.param({"WATCHDOG_USEC": "-5"}, id="negative"),
    ],
)
def test_given_a_manager_that_wants_no_signs_of_life_then_it_gets_none_and_nobody_wakes(
    manager: Manager, more: dict[str, str]
) -> None:
    """It hears of the start all the same."""
    service = Service(manager.env(**more))
    service.ready()
    service.alive(100.0)

    assert (["READY=1"], None) == (manager.heard(), service.next_s)
    assert not service.is_watched


def test_given_variables_that_are_meant_for_another_process_then_nothing_is_sent(
    manager: Manager,
) -> None:
    """Whatever a service starts inherits them."""
    service = Service(manager.env(WATCHDOG_USEC=MINUTE, WATCHDOG_PID="1"))
    service.ready()
    service.alive(100.0)

    assert ([], None) == (manager.heard(), service.next_s)


def test_given_no_manager_then_nothing_is_sent_or_awaited() -> None:
    """The interval alone means nothing."""
    service = Service({"WATCHDOG_USEC": MINUTE})
    service.ready()
    service.alive(100.0)

    assert service.next_s is None


def test_given_a_manager_that_is_gone_then_the_loop_goes_on(tmp_path: Path) -> None:
    """Nobody is told, and nothing is raised."""
    service = Service({"NOTIFY_SOCKET": str(tmp_path / "gone"), "WATCHDOG_USEC": MINUTE})
    service.alive(100.0)

    assert 130.0 == service.next_s


def test_given_many_events_when_it_is_told_then_not_at_each_and_in_time(manager: Manager) -> None:
    """From a quarter of the time on any event will do, and after half of it there is a turn for it."""
    service = Service(manager.env(WATCHDOG_USEC=MINUTE))
    for now_s in (100.0, 101.0, 114.9):
        service.alive(now_s)
    assert (["WATCHDOG=1"], 130.0) == (manager.heard(), service.next_s)
    service.alive(115.0)
    assert (["WATCHDOG=1"], 145.0) == (manager.heard(), service.next_s)


def lived(folder: Path, service: Service, manager: Manager, *acts: str) -> tuple[int, int]:
    """Live through *acts*; return how often the loop woke, and how many signs of life were heard."""
    folder.mkdir()
    desk, turns = Desk(folder), []
    desk.loop._service = service
    take = desk.inbox.take

    def counted(timeout_s: float | None) -> Event | Request | None:
        turns.extend(manager.heard() or ["nothing"])  # or its queue is full, as one never is
        return take(timeout_s)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(desk.inbox, "take", counted)
        desk.run(*acts)
    heard = [*turns, *manager.heard()]
    assert (1, 1) == (heard.count("READY=1"), heard.count("STOPPING=1")) or "READY=1" not in heard
    return len(turns), heard.count("WATCHDOG=1")


def test_given_work_when_the_manager_waits_then_hardly_anybody_wakes_for_it_alone(
    tmp_path: Path, manager: Manager
) -> None:
    """The heart beats as often anyway."""
    alone, none = lived(tmp_path / "alone", Service({}), manager, "15m work")
    told, heard = lived(
        tmp_path / "told", Service(manager.env(WATCHDOG_USEC=MINUTE)), manager, "15m work"
    )

    assert (0, True) == (none, 29 <= heard <= 33)
    assert told <= alone + 2


def test_given_an_absence_when_the_manager_waits_then_it_hears_twice_a_minute(
    tmp_path: Path, manager: Manager
) -> None:
    """Silence would have us ended."""
    service = Service(manager.env(WATCHDOG_USEC=MINUTE))
    _, heard = lived(tmp_path / "desk", service, manager, "1m work", "30m locked")

    assert 60 <= heard <= 66
