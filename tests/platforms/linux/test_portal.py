from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import Button, Choice, PromptView
from deskbreak.core.words import said
from deskbreak.platforms.linux import notify_service, portal
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.portal import ID, PortalChannel, refuse_unless_shown
from deskbreak.ports import Unavailable
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.peer import Peer
from tests.doubles.portal import INTERFACE, PATH, Portal

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("D-Bus is spoken on Linux only", allow_module_level=True)

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(missing("dbus-daemon") is not None, reason="not installed: dbus-daemon"),
]

VIEW = PromptView(
    episode=7,
    showing=1,
    kind="position",
    title="Change your position",
    body="Stand up & walk a few steps.",
    buttons=(Button(Choice.DONE, "Done"), Button(Choice.SKIP, "Skip")),
)
NEXT = replace(VIEW, episode=8, title="Time to stretch")


class Answers:
    """What `on_answer` was told."""

    def __init__(self) -> None:
        self.given: list[tuple[int, Choice]] = []

    def __call__(self, episode: int, choice: Choice) -> None:
        self.given.append((episode, choice))

    def first(self) -> tuple[int, Choice]:
        wait_for(lambda: self.given, what="an answer")
        return self.given[0]


@pytest.fixture
def desk(daemon: PrivateBus) -> Iterator[Portal]:
    """A portal in good order."""
    with Portal(daemon.address) as running:
        yield running


@pytest.fixture
def bus(daemon: PrivateBus) -> Iterator[Bus]:
    """Ours; the channel connects it."""
    ours = Bus(daemon.address, "test")
    yield ours
    ours.close()


@pytest.fixture
def answers() -> Answers:
    """Where the channel leaves answers."""
    return Answers()


@pytest.fixture
def channel(desk: Portal, bus: Bus, answers: Answers) -> PortalChannel:
    """A channel to a portal in good order."""
    return PortalChannel(bus, answers)


def settled(bus: Bus, desk: Portal) -> None:
    """Wait until all that was sent, in either direction, has been taken in."""
    desk.settle()
    bus.call(desk.unique_name, PATH, portal._PROPERTIES, "Get", "ss", (INTERFACE, "version"))


def test_given_a_view_when_it_is_shown_then_every_field_of_the_notification_is_as_agreed(
    desk: Portal, channel: PortalChannel
) -> None:
    """Title, body, buttons in order; a click on it opens the guide; the target says of which."""
    channel.show(VIEW)

    target = ("s", "7")
    buttons = [
        {"label": ("s", "Done"), "action": ("s", "done"), "target": target},
        {"label": ("s", "Skip"), "action": ("s", "skip"), "target": target},
    ]
    expected = {
        "title": ("s", "Change your position"),
        "body": ("s", "Stand up & walk a few steps."),
        "priority": ("s", "normal"),
        "icon": ("(sv)", ("themed", ("as", ["deskbreak"]))),
        "default-action": ("s", "start"),
        "default-action-target": target,
        "buttons": ("aa{sv}", buttons),
    }
    assert expected == desk.note()


@pytest.mark.parametrize(
    ("action", "choice"), [("done", Choice.DONE), ("skip", Choice.SKIP), ("start", Choice.START)]
)
def test_given_one_on_the_screen_when_a_button_is_pressed_then_it_is_answered_once_and_gone(  # noqa: PLR0917 - fixtures and a table
    desk: Portal,
    channel: PortalChannel,
    bus: Bus,
    answers: Answers,
    action: str,
    choice: Choice,
) -> None:
    """Whoever shows it may leave it there, so that it is taken away."""
    channel.show(VIEW)
    desk.press(action)
    desk.press("done", target="7")
    settled(bus, desk)
    settled(bus, desk)

    assert [(7, choice)] == answers.given
    assert {} == desk.on_screen


def test_given_one_on_the_screen_when_another_is_shown_then_it_takes_its_place(
    desk: Portal, channel: PortalChannel, bus: Bus, answers: Answers
) -> None:
    """A late click on the first one says nothing of the second."""
    channel.show(VIEW)
    channel.show(NEXT)
    desk.press("done", target="7")
    settled(bus, desk)

    assert ([], ["prompt"]) == (answers.given, list(desk.on_screen))
    desk.press("skip")
    assert (8, Choice.SKIP) == answers.first()


def test_given_one_on_the_screen_when_it_is_withdrawn_then_it_goes(
    desk: Portal, channel: PortalChannel, bus: Bus, answers: Answers
) -> None:
    """And so do its answers; an agent that ends leaves nothing either."""
    channel.show(VIEW)
    channel.withdraw()
    channel.withdraw()
    desk.press("done", target="7")
    settled(bus, desk)
    assert ({}, []) == (desk.on_screen, answers.given)

    channel.show(VIEW)
    channel.close()
    settled(bus, desk)
    assert {} == desk.on_screen
    assert [ID] * 6 == desk.removed  # what an agent that was killed left, and these, each twice


def test_given_answers_that_make_no_sense_then_nothing_happens(
    daemon: PrivateBus, desk: Portal, channel: PortalChannel, bus: Bus, answers: Answers
) -> None:
    """Neither unknown actions, nor signals of another make, nor those of anybody else."""
    channel.show(VIEW)
    for signature, body in (
        ("ssav", ("prompt", "explode", [("s", "7")])),
        ("ssav", ("prompt", "postpone", [("s", "7")])),
        ("ssav", ("other", "done", [("s", "7")])),
        ("ssav", ("prompt", "done", [])),
        ("ssav", ("prompt", "done", [("u", 7)])),
        ("ss", ("prompt", "done")),
    ):
        desk.emit(PATH, INTERFACE, "ActionInvoked", signature, body)
    with Peer(daemon.address) as stranger:
        body = ("prompt", "done", [("s", "7")])
        stranger.emit(PATH, INTERFACE, "ActionInvoked", "ssav", body, to=bus.unique_name)
        stranger.daemon("GetId", "")
    settled(bus, desk)

    assert [] == answers.given


def test_given_no_portal_then_the_channel_is_refused(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """Nor without a bus, nor where the portal has nobody for notifications."""
    with pytest.raises(Unavailable, match=r"portal\.Desktop"):
        PortalChannel(bus, answers)
    with pytest.raises(Unavailable, match="no connection"):
        PortalChannel(Bus("unix:path=/nowhere", "test"), answers)
    with Portal(daemon.address) as desk:
        desk.has_notifications = False
        with pytest.raises(Unavailable, match="No such interface"):
            PortalChannel(bus, answers)


def test_given_an_error_when_a_prompt_is_shown_then_it_is_refused_and_the_next_one_works(
    desk: Portal, channel: PortalChannel
) -> None:
    """Whatever the error is called, it means that nothing was shown."""
    desk.error = "org.freedesktop.portal.Error.NotAllowed"
    with pytest.raises(Unavailable, match="as the test wants it"):
        channel.show(VIEW)

    desk.error = None
    channel.show(NEXT)
    assert "Time to stretch" == desk.note()["title"][1]


def test_given_a_portal_that_is_stuck_when_it_wakes_then_what_it_shows_late_is_taken_away(
    desk: Portal, channel: PortalChannel, bus: Bus, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It finds the call, and after it that nobody wants it any more."""
    monkeypatch.setattr(portal, "_DEADLINE_S", 0.2)
    desk.freeze()
    with pytest.raises(Unavailable, match="did not answer"):
        channel.show(VIEW)
    desk.thaw()
    settled(bus, desk)

    assert (1, {}) == (len(desk.added), desk.on_screen)


@pytest.mark.parametrize("what", ["portal", "bus"])
def test_given_one_on_the_screen_when_the_portal_goes_then_it_is_lost(
    daemon: PrivateBus, desk: Portal, bus: Bus, answers: Answers, what: str
) -> None:
    """Nobody is behind its buttons any more; the next portal shows it anew."""
    changes: list[bool] = []
    ours = PortalChannel(bus, answers, changed=lambda: changes.append(ours.lost))
    ours.show(VIEW)
    settled(bus, desk)
    if what == "portal":
        desk.stop()
    else:
        daemon.restart()
    wait_for(lambda: changes == [True], what="the loss to be told")
    with Portal(daemon.address) as second:
        wait_for(lambda: bus.connected, what="the bus to be back")
        ours.show(VIEW)

        assert not ours.lost
        assert "Change your position" == second.note()["title"][1]


def test_given_nobody_whom_the_portal_could_pass_it_on_to_then_it_is_refused(
    daemon: PrivateBus, desk: Portal, bus: Bus, answers: Answers
) -> None:
    """A portal says that all is well whatever becomes of it, so that is asked before."""
    channel = PortalChannel(bus, answers)
    with pytest.raises(Unavailable, match="nobody is there"):
        PortalChannel(bus, answers, refuse=lambda: refuse_unless_shown(bus))
    with NotificationServer(daemon.address) as server:
        refuse_unless_shown(bus)
        server.freeze()
        with pytest.raises(Unavailable, match="does not answer"):
            refuse_unless_shown(bus)
    channel.show(VIEW)
    channel._refuse = _nobody
    with pytest.raises(Unavailable, match="nobody"):
        channel.show(NEXT)


def _nobody() -> None:
    raise Unavailable(said("nobody"))


def test_given_a_service_that_can_be_started_then_the_portal_is_not_refused(
    tmp_path: Path,
) -> None:
    """It is started when the portal passes the first notification on."""
    service = tmp_path / "any.service"
    text = f"[D-BUS Service]\nName={notify_service.NAME}\nExec=/bin/false\n"
    service.write_text(text, encoding="utf-8")
    with PrivateBus(services=tmp_path) as daemon:
        bus = Bus(daemon.address, "test")
        bus.start()
        refuse_unless_shown(bus)
        bus.close()


def test_given_a_sandbox_then_it_is_known_by_its_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody asks for the name of a desktop."""
    monkeypatch.setattr(portal, "_SANDBOX", tmp_path / ".flatpak-info")
    assert not portal.in_sandbox()
    (tmp_path / ".flatpak-info").touch()
    assert portal.in_sandbox()
