from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Command
from deskbreak.core.notice import Notice, Wish
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.notice import NoticeBoard
from deskbreak.ports import Unavailable
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("D-Bus is spoken on Linux only", allow_module_level=True)

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(missing("dbus-daemon") is not None, reason="not installed: dbus-daemon"),
]

STATE = Notice(
    "Change position in 12 min",
    "A < B & so on",
    (
        Wish(Command("pause", "30m"), "Pause for 30 minutes"),
        Wish(Command("take"), "Take a break now"),
    ),
)


class Board:
    """A board, and what comes of it."""

    def __init__(self, bus: Bus, remember: Path) -> None:
        self.commands: list[Command] = []
        self.clicks = 0
        self.came = 0
        self.board = NoticeBoard(
            bus,
            self._post,
            remember.with_name("icon.png"),
            remember=remember,
            clicked=self._click,
            service_came=self._come,
        )

    def _post(self, command: Command) -> None:
        self.commands.append(command)

    def _click(self) -> None:
        self.clicks += 1

    def _come(self) -> None:
        self.came += 1


@pytest.fixture
def bus(daemon: PrivateBus) -> Iterator[Bus]:
    """Our connection to it."""
    ours = Bus(daemon.address, "session")
    ours.start()
    yield ours
    ours.close()


@pytest.fixture
def server(daemon: PrivateBus) -> Iterator[NotificationServer]:
    """A notification service with everything."""
    with NotificationServer(daemon.address) as running:
        yield running


@pytest.fixture
def board(bus: Bus, server: NotificationServer, tmp_path: Path) -> Board:
    """A board with nothing on it."""
    return Board(bus, tmp_path / "notice")


def test_given_a_notice_that_stays_when_it_is_put_quietly_then_it_only_lies_in_the_list(
    board: Board, server: NotificationServer
) -> None:
    """Low urgency, resident, without sound and without end; markup is not made of the words."""
    board.board.show(STATE, stays=True, aloud=False)
    note = server.note()

    assert board.board.lies_there
    assert ("deskbreak", "Change position in 12 min") == (note.app_name, note.summary)
    assert "A &lt; B &amp; so on" == note.body
    assert ("default", "pause 30m", "take") == note.actions[::2]
    assert 0 == note.expire_timeout
    assert {
        "urgency": ("y", 0),
        "category": ("s", "deskbreak.state"),
        "desktop-entry": ("s", "deskbreak"),
        "suppress-sound": ("b", True),
        "resident": ("b", True),
        "transient": ("b", False),
    } == note.hints


def test_given_a_notice_that_passes_by_when_a_button_is_pressed_then_it_goes(
    board: Board, server: NotificationServer
) -> None:
    """It comes up, goes by itself, and has no action but its buttons."""
    board.board.show(STATE, stays=False, aloud=True)
    note = server.note()
    assert board.board.passes_by
    assert (-1, ("y", 1)) == (note.expire_timeout, note.hints["urgency"])
    assert "default" not in note.actions
    server.press(note.id, "take", then_close=False)
    wait_for(lambda: board.commands, what="the wish")

    assert [Command("take")] == board.commands
    wait_for(lambda: server.closed, what="the end")
    assert not board.board.passes_by


@pytest.mark.parametrize("stays", [True, False])
def test_given_a_button_whose_signal_overtakes_the_answer_to_the_call_then_it_is_heard(
    board: Board, server: NotificationServer, *, stays: bool
) -> None:
    """Which id it belongs to is known only afterwards; so is the end of the notification."""
    server.pressed_first = "take"
    board.board.show(STATE, stays=stays, aloud=True)
    wait_for(lambda: board.commands, what="the wish")
    wait_for(lambda: not board.board.lies_there and not board.board.passes_by, what="the end")

    assert [Command("take")] == board.commands


def test_given_a_notice_that_stays_when_it_is_used_then_it_stays_and_is_replaced(
    board: Board, server: NotificationServer
) -> None:
    """One at a time, whatever is pressed; a click on it is told as such."""
    board.board.show(STATE, stays=True, aloud=False)
    note = server.note()
    server.press(note.id, "pause 30m", then_close=False)
    server.press(note.id, "default", then_close=False)
    server.press(note.id, "no such action", then_close=False)
    server.press(note.id + 5, "take", then_close=False)
    wait_for(lambda: board.clicks, what="the click")
    board.board.show(STATE, stays=True, aloud=False)

    assert [Command("pause", "30m")] == board.commands
    assert [note.id] == list(server.on_screen)
    board.board.withdraw()
    wait_for(lambda: not server.on_screen, what="the end")
    assert not board.board.is_put_away


def test_given_a_notice_that_stays_when_the_person_closes_it_then_that_is_remembered(
    board: Board, server: NotificationServer
) -> None:
    """Until they ask for it again."""
    board.board.show(STATE, stays=True, aloud=False)
    server.close(server.note().id, 2)
    wait_for(lambda: board.board.is_put_away, what="the news")
    assert not board.board.lies_there
    board.board.show(STATE, stays=True, aloud=True)

    assert not board.board.is_put_away


def test_given_a_service_that_restarts_then_it_is_told_and_the_notice_is_gone(
    board: Board, server: NotificationServer
) -> None:
    """Its notifications went with it."""
    wait_for(lambda: board.came == 1, what="the service")
    board.board.show(STATE, stays=True, aloud=False)
    server.stop()
    wait_for(lambda: not board.board.lies_there, what="the loss")
    assert not board.board.is_put_away
    server.start()
    wait_for(lambda: board.came == 2, what="the service")


def test_given_an_agent_that_was_killed_when_the_next_one_shows_a_notice_then_there_is_one(
    board: Board, server: NotificationServer, daemon: PrivateBus, tmp_path: Path
) -> None:
    """What it left is taken over, once."""
    board.board.show(STATE, stays=True, aloud=False)
    with_other = Bus(daemon.address, "session")
    with_other.start()
    try:
        Board(with_other, tmp_path / "notice").board.show(STATE, stays=True, aloud=False)
    finally:
        with_other.close()

    assert 2 == len(server.notes)
    assert 1 == len(server.on_screen)


@pytest.mark.parametrize(
    ("capabilities", "stays"),
    [
        pytest.param(("actions", "body", "persistence"), True, id="GNOME"),
        pytest.param(("actions", "body"), False, id="dunst"),
        pytest.param(("body", "persistence"), False, id="no buttons"),
    ],
)
def test_given_a_service_then_a_notice_may_stay_where_there_is_a_list_and_buttons(
    daemon: PrivateBus, bus: Bus, tmp_path: Path, capabilities: tuple[str, ...], stays: bool
) -> None:
    """Elsewhere it would lie over the work all day."""
    with NotificationServer(daemon.address, capabilities=capabilities):
        assert stays == Board(bus, tmp_path / "notice").board.can_stay()


def test_given_no_service_or_a_broken_one_then_nothing_is_shown_and_that_is_said(
    daemon: PrivateBus, bus: Bus, tmp_path: Path
) -> None:
    """Nobody; one that answers nonsense."""
    board = Board(bus, tmp_path / "notice").board
    assert not board.can_stay()
    with pytest.raises(Unavailable):
        board.show(STATE, stays=True, aloud=True)
    with NotificationServer(daemon.address) as server:
        server.answers("Notify", "u", 0)
        with pytest.raises(Unavailable, match="answered nothing"):
            board.show(STATE, stays=True, aloud=True)
    board.withdraw()
