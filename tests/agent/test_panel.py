"""What stands in for the tray where no panel shows it, and what is shown to who asks."""

from __future__ import annotations

import functools
import sys
import threading
from typing import TYPE_CHECKING, Self, TypeVar, cast

import pytest

from deskbreak.agent import panel as agent_panel
from deskbreak.agent.panel import Panel
from deskbreak.agent.panel_native import NativePanel
from deskbreak.agent.watch import Timer, Watch
from deskbreak.core.views import tray_view
from deskbreak.platforms.linux.bus import Bus
from tests.core.scenes import ENGLISH, Scene, scene
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel as Host

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak import ports
    from deskbreak.agent.parts import Parts
    from deskbreak.core.model import Command, Moment, TrayView
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words

if sys.platform != "linux":
    pytest.skip("D-Bus is spoken on Linux only", allow_module_level=True)

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(missing("dbus-daemon") is not None, reason="not installed: dbus-daemon"),
]

T = TypeVar("T")


class Desk:
    """An agent's panel that runs, and the scene that it tells of."""

    def __init__(self, bus: Bus | None, runtime: Path) -> None:
        self.scene: Scene = scene("8m work")
        self.commands: list[Command] = []
        self.panel = Panel(bus, runtime)
        self.panel.draw(self._look, self._post, self._tell)
        self._thread = threading.Thread(target=self.panel.run, daemon=True)

    def _look(self) -> TrayView:
        return tray_view(self.scene.snap(), self.scene.now, ENGLISH)

    def _post(self, command: Command) -> None:
        self.commands.append(command)

    def _tell(self, describe: Callable[[Snapshot, Moment, Words], T]) -> T:
        return describe(self.scene.snap(), self.scene.now, ENGLISH)

    def play(self, *lines: str) -> None:
        """Let something happen, as the loop would tell it."""
        self.scene.play(*lines)
        self.panel.refresh()

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.panel.stop()
        self._thread.join(5.0)
        assert not self._thread.is_alive()


@pytest.fixture
def daemon() -> Iterator[PrivateBus]:
    """A message bus of this test alone."""
    with PrivateBus() as private:
        yield private


@pytest.fixture
def server(daemon: PrivateBus) -> Iterator[NotificationServer]:
    """A notification service that keeps a list, as GNOME's does."""
    with NotificationServer(daemon.address) as running:
        yield running


@pytest.fixture
def desk(daemon: PrivateBus, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A panel that waits a tenth of a second only for the tray to come."""
    monkeypatch.setattr(agent_panel, "GRACE_S", 0.1)
    ours = Bus(daemon.address, "session")
    ours.start()
    with Desk(ours, tmp_path) as running:
        yield running
    ours.close()


def waits_no_more(desk: Desk) -> None:
    """Wait until the tray's time to come is over."""
    wait_for(lambda: desk.panel._status is not None, what="the first news")
    wait_for(lambda: desk.panel._waiting is None, what="the end of waiting")


def test_given_no_tray_when_none_comes_then_one_quiet_notice_stands_in_for_it(
    server: NotificationServer, desk: Desk
) -> None:
    """Its buttons do what the menu does, and it changes only where its buttons must."""
    note = server.note()
    assert ("deskbreak is running", ("y", 0)) == (note.summary, note.hints["urgency"])
    desk.play("1m work")
    server.press(note.id, "pause 30m", then_close=False)
    wait_for(lambda: desk.commands, what="the wish")
    desk.play("pause 30m")
    paused = server.note(2)
    desk.play("1m work")
    desk.panel.refresh()

    assert ("Quiet: paused until 09:39", note.id) == (paused.summary, paused.id)
    assert "resume" in paused.actions
    assert ("y", 0) == paused.hints["urgency"]
    finding = desk.panel.finding(required=True)
    assert "a notification stands in for it" in str(finding.why)
    desk.panel.stop()
    wait_for(lambda: not server.on_screen, what="the end")
    assert 2 == len(server.notes)


def test_given_a_notice_in_place_of_the_tray_when_it_is_clicked_then_it_says_what_is_next(
    server: NotificationServer, desk: Desk
) -> None:
    """In its place, and where the person sees it."""
    server.press(server.note().id, "default", then_close=False)
    told = server.note(2)

    assert ("Change position in 12 min", "As of 09:08.") == (told.summary, told.body)
    assert ("y", 1) == told.hints["urgency"]
    assert 1 == len(server.on_screen)


def test_given_a_notice_in_place_of_the_tray_when_a_panel_comes_then_it_goes(
    server: NotificationServer, desk: Desk, daemon: PrivateBus
) -> None:
    """And comes again when the panel has gone for longer than a restart takes."""
    server.note()
    with Host(daemon.address) as host:
        host.item()
        wait_for(lambda: not server.on_screen, what="the notice to go")
        wait_for(lambda: desk.panel.problem() is None, what="no problem")
        assert desk.panel.finding(required=True).ok
    server.note(2)

    assert desk.panel.problem() is not None
    assert 1 == len(server.on_screen)


def test_given_a_panel_that_restarts_then_no_notice_comes(
    server: NotificationServer, desk: Desk, daemon: PrivateBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor at a log-in at which the panel is the slower one."""
    waits_no_more(desk)
    server.note()
    monkeypatch.setattr(agent_panel, "GRACE_S", 30.0)
    with Host(daemon.address) as host:
        host.item()
        wait_for(lambda: not server.on_screen, what="the notice to go")
        for _ in range(3):
            host.restart()
            host.item()

    assert 1 == len(server.notes)


def test_given_a_notice_that_was_put_away_then_it_comes_again_only_when_asked_for(
    server: NotificationServer, desk: Desk
) -> None:
    """No second word in the same session; a second start is a question."""
    server.close(server.note().id, 2)
    board = desk.panel._board
    assert board is not None
    wait_for(lambda: board.is_put_away, what="the news")
    server.stop()
    server.start()
    wait_for(lambda: desk.panel._waiting is not None, what="the service to be seen")
    waits_no_more(desk)
    assert 1 == len(server.notes)
    desk.panel.show()

    assert "Change position in 12 min" == server.note(2).summary


def test_given_a_service_without_a_list_then_nothing_lies_on_the_screen(
    daemon: PrivateBus, desk: Desk
) -> None:
    """What is asked for comes, and goes by itself."""
    with NotificationServer(daemon.address, capabilities=("actions", "body")) as server:
        wait_for(lambda: desk.panel._waiting is not None, what="the service to be seen")
        waits_no_more(desk)
        assert not server.notes
        desk.panel.show()
        note = server.note()

        assert (-1, ("b", True)) == (note.expire_timeout, note.hints["transient"])


def test_given_a_tray_when_somebody_asks_then_it_is_said_in_passing(
    server: NotificationServer, desk: Desk, daemon: PrivateBus
) -> None:
    """How things stand, what could not be done, how the week went; a prompt is never covered."""
    with Host(daemon.address) as host:
        host.item()
        wait_for(lambda: desk.panel.problem() is None, what="the tray")
        asked: list[Callable[[], None]] = [
            desk.panel.show,
            functools.partial(desk.panel.show, "not paused"),
            desk.panel.show_week,
        ]
        for ask in asked:
            count = len(server.notes)
            ask()
            server.note(count + 1)
        told = server.notes[-3:]

        assert ["Change position in 12 min"] * 2 == [note.summary for note in told[:2]]
        assert "not paused" == told[1].body
        assert {("b", True)} == {note.hints["transient"] for note in told}
        assert 1 == len(server.on_screen)
        desk.play("20m work", "10s idle")
        wait_for(lambda: not server.on_screen, what="room for the prompt")


def test_given_a_click_that_the_host_passes_on_then_it_says_how_things_stand(
    server: NotificationServer, desk: Desk, daemon: PrivateBus
) -> None:
    """On LXQt a left click opens no menu; it must not look dead."""
    with Host(daemon.address) as host:
        item = host.item()
        wait_for(lambda: desk.panel.problem() is None, what="the tray")
        count = len(server.notes)
        item.activate()

        assert "Change position in 12 min" == server.note(count + 1).summary
        assert "deskbreak_working" == item.properties()["IconName"]


def test_given_a_panel_that_refuses_then_the_finding_has_its_words(
    desk: Desk, daemon: PrivateBus
) -> None:
    """Not only that the item is not there."""
    with Host(daemon.address, refusals=99) as host:
        wait_for(lambda: host.registrations, what="an attempt")
        wait_for(lambda: "not yet" in str(desk.panel.finding(required=True).why), what="the words")


def test_given_no_bus_then_there_is_neither_tray_nor_notice(tmp_path: Path) -> None:
    """And that is what the finding says."""
    desk = Desk(None, tmp_path)
    desk.panel.run()
    desk.play("1m work")
    desk.panel.show()
    desk.panel.stop()

    assert desk.panel.problem() is None
    assert "without a session bus" in str(desk.panel.finding(required=False).why)


def test_given_start_at_login_then_the_panel_knows_and_tells_it(tmp_path: Path, home: Path) -> None:
    """On, off, broken, and not to be read."""
    panel, entry = Panel(None, tmp_path), home / ".config/autostart/deskbreak.desktop"
    found = [(panel.autostart(), panel.autostart_finding())]
    entry.parent.mkdir(parents=True)
    for text in (b"[Desktop Entry]\nExec=true\n", b"[Desktop Entry]\nExec=/no/such\n", b"\xff"):
        entry.write_bytes(text)
        found.append((panel.autostart(), panel.autostart_finding()))

    assert [False, True, True, None] == [known for known, _ in found]
    assert [(False, False), (True, False), (False, True), (False, False)] == [
        (finding.ok, finding.required) for _, finding in found
    ]
    assert "deskbreak autostart enable" in str(found[0][1].remedy)
    assert str(entry) == found[1][1].chosen


@pytest.mark.parametrize("error", [ValueError, SystemExit])
def test_given_a_tray_that_ends_by_itself_then_the_rest_goes_on_and_it_is_missed(
    tmp_path: Path, error: type[BaseException]
) -> None:
    """On the main thread `SystemExit` would end the whole process, and the loop in the middle of it."""

    class Tray:
        def run(self) -> None:
            raise error

    watch, tray = Watch(), cast("ports.Tray", Tray())
    watch.begin(Timer(), lambda: None)
    panel, native = Panel(None, tmp_path, watch), NativePanel(cast("Parts", None), print, watch)
    panel._tray = tray
    panel.run()
    assert ("tray",) == watch.parts
    native._run(tray)
