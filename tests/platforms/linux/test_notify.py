from __future__ import annotations

import gettext
import os
import stat
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.core.model import Button, Choice, PromptView
from deskbreak.platforms.linux import notify_service
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.notify import FreedesktopChannel
from deskbreak.platforms.linux.notify_service import Memory, Service, described, reads_markup
from deskbreak.ports import Unavailable
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NAME, PATH, Note, NotificationServer
from tests.doubles.peer import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
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
    body="Stand up & <b>walk</b> a few steps.",
    buttons=(
        Button(Choice.DONE, "Done"),
        Button(Choice.POSTPONE, "In 5 minutes"),
        Button(Choice.SKIP, "Skip"),
    ),
)
REMINDER = replace(VIEW, showing=2, title="Still time for it")
NEXT = replace(VIEW, episode=8, title="Time to stretch")

ACTIONS = (
    "done",
    "Done",
    "postpone",
    "In 5 minutes",
    "skip",
    "Skip",
    "default",
    "Show me how",
)


class Answers:
    """What `on_answer` was told."""

    def __init__(self) -> None:
        self.given: list[tuple[int, Choice]] = []

    def __call__(self, episode: int, choice: Choice) -> None:
        self.given.append((episode, choice))

    def first(self) -> tuple[int, Choice]:
        wait_for(lambda: self.given, what="an answer")
        return self.given[0]


class Backwards(gettext.NullTranslations):
    """A language in which everything reads backwards."""

    def gettext(self, message: str) -> str:
        return message[::-1]


@pytest.fixture
def server(daemon: PrivateBus) -> Iterator[NotificationServer]:
    """A notification service in good order."""
    with NotificationServer(daemon.address) as running:
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


def opened(
    bus: Bus,
    answers: Answers,
    *,
    icon: Path | None = None,
    remember: Path | None = None,
    changed: Callable[[], object] = lambda: None,
) -> FreedesktopChannel:
    """Return a channel that speaks English."""
    words = gettext.NullTranslations()
    return FreedesktopChannel(
        bus, answers, words=words, icon=icon, remember=remember, changed=changed
    )


@pytest.fixture
def channel(server: NotificationServer, bus: Bus, answers: Answers) -> FreedesktopChannel:
    """A channel to a service in good order."""
    return opened(bus, answers)


def settled(bus: Bus, *servers: NotificationServer) -> None:
    """Wait until all that was sent, in either direction, has been taken in."""
    for server in servers:
        server.daemon("GetId", "")  # what it emitted is with the daemon
        if bus.connected:
            bus.call(server.unique_name, PATH, NAME, "GetServerInformation")


# ── showing ────────────────────────────────────────────────────────────────────────────────


def test_given_a_view_when_it_is_shown_then_every_field_of_the_notification_is_as_agreed(
    server: NotificationServer, bus: Bus, answers: Answers, tmp_path: Path
) -> None:
    """Name, icon, text, buttons in order, hints with their types, no expiry."""
    channel = opened(bus, answers, icon=tmp_path / "deskbreak.png")

    channel.show(VIEW)

    hints = {
        "urgency": ("y", 1),
        "category": ("s", "deskbreak.position"),
        "desktop-entry": ("s", "deskbreak"),
        "transient": ("b", True),
        "suppress-sound": ("b", True),
    }
    body = "Stand up &amp; &lt;b&gt;walk&lt;/b&gt; a few steps."
    icon = str(tmp_path / "deskbreak.png")
    expected = Note(1, "deskbreak", 0, icon, "Change your position", body, ACTIONS, hints, 0)
    assert [expected] == server.notes


def test_given_sound_is_wanted_when_it_is_shown_then_the_service_is_told_which(
    server: NotificationServer, channel: FreedesktopChannel
) -> None:
    """The desktop plays its own sound for a message; silence is asked for otherwise."""
    channel.show(replace(VIEW, sound=True))

    assert ("s", "message-new-instant") == server.note().hints["sound-name"]
    assert "suppress-sound" not in server.note().hints


def test_given_a_service_without_markup_when_it_is_shown_then_the_text_is_not_escaped(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """Where nobody reads markup, an escape would be seen."""
    with NotificationServer(daemon.address, capabilities=["actions", "body"]) as server:
        opened(bus, answers).show(VIEW)

        assert VIEW.body == server.note().body


@pytest.mark.row("S07", "markup and options")
def test_given_hostile_text_when_it_is_shown_then_what_no_screen_can_show_is_left_out(
    server: NotificationServer, channel: FreedesktopChannel
) -> None:
    """NUL or half a character would end the connection, and a long text covers the screen."""
    label = Button(Choice.DONE, "Do\x00ne\n")
    channel.show(
        replace(VIEW, title="\x00 \x1b\n", body="a\x00\ud800" + "b" * 5000, buttons=(label,))
    )

    note = server.note()
    assert "deskbreak" == note.summary
    assert "a\N{REPLACEMENT CHARACTER}bb" == note.body[:4]
    assert 1024 == len(note.body)
    assert ("done", "Done", "default", "Show me how") == note.actions


def test_given_the_guide_among_the_buttons_when_it_is_shown_then_a_click_is_labelled_like_it(
    server: NotificationServer, bus: Bus, answers: Answers
) -> None:
    """A reminder offers the guide by name; the click on the notification itself does the same."""
    channel = FreedesktopChannel(bus, answers, words=Backwards())
    channel.show(VIEW)
    channel.show(replace(VIEW, buttons=(Button(Choice.START, "Show it"),)))

    assert ("default", "woh em wohS") == server.note(1).actions[-2:]
    assert ("start", "Show it", "default", "Show it") == server.note(2).actions


def test_given_one_on_the_screen_when_another_is_shown_then_it_takes_its_place(
    server: NotificationServer, channel: FreedesktopChannel, bus: Bus
) -> None:
    """At most one of ours is ever on the screen."""
    for view in (VIEW, REMINDER, NEXT):
        channel.show(view)

    assert [0, 1, 1] == [note.replaces_id for note in server.notes]
    assert {1: "Time to stretch"} == {key: n.summary for key, n in server.on_screen.items()}


def test_given_one_on_the_screen_when_it_is_withdrawn_then_it_is_closed_once(
    server: NotificationServer, channel: FreedesktopChannel, bus: Bus
) -> None:
    """The next one then takes nobody's place."""
    channel.withdraw()
    channel.show(VIEW)
    channel.withdraw()
    channel.withdraw()
    channel.show(NEXT)
    settled(bus, server)

    assert [1] == server.closed
    assert 0 == server.note(2).replaces_id


def test_given_one_on_the_screen_when_the_channel_is_closed_then_it_goes(
    server: NotificationServer, channel: FreedesktopChannel, bus: Bus, answers: Answers
) -> None:
    """An agent that ends leaves nothing behind, and nobody to answer to."""
    channel.show(VIEW)
    channel.close()
    server.press(1, "done")
    settled(bus, server)

    assert [1] == server.closed
    assert [] == answers.given
    with pytest.raises(Unavailable):
        channel.show(VIEW)


# ── answers ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("action", "choice"),
    [
        ("done", Choice.DONE),
        ("postpone", Choice.POSTPONE),
        ("skip", Choice.SKIP),
        ("default", Choice.START),
    ],
)
@pytest.mark.parametrize("then_close", [True, False], ids=["service closes", "service does not"])
def test_given_one_on_the_screen_when_a_button_is_pressed_then_it_is_answered_once_and_gone(  # noqa: PLR0917 - fixtures and a table
    server: NotificationServer,
    channel: FreedesktopChannel,
    bus: Bus,
    answers: Answers,
    action: str,
    choice: Choice,
    then_close: bool,
) -> None:
    """Some services leave a notification on the screen after a button."""
    channel.show(VIEW)
    server.press(1, action, then_close=then_close)
    server.press(1, "skip")

    assert (7, choice) == answers.first()
    settled(bus, server, server)
    assert [(7, choice)] == answers.given
    assert {} == server.on_screen


@pytest.mark.parametrize("reason", [1, 2, 3, 4], ids=["expired", "dismissed", "closed", "unknown"])
def test_given_one_on_the_screen_when_it_is_closed_by_others_then_that_is_no_answer(
    server: NotificationServer,
    channel: FreedesktopChannel,
    bus: Bus,
    answers: Answers,
    reason: int,
) -> None:
    """A bubble that went away says nothing; the next one is a new one."""
    channel.show(VIEW)
    server.close(1, reason)
    settled(bus, server)
    channel.show(REMINDER)

    assert [] == answers.given
    assert [0, 0] == [note.replaces_id for note in server.notes]


def test_given_a_button_that_we_did_not_offer_when_it_is_pressed_then_nothing_happens(
    server: NotificationServer, channel: FreedesktopChannel, bus: Bus, answers: Answers
) -> None:
    """Neither unknown actions nor the signals of another make are answers."""
    channel.show(VIEW)
    server.press(1, "explode", then_close=False)
    server.press(1, "not-for-me", then_close=False)
    server.emit(PATH, NAME, "ActionInvoked", "ss", ("1", "done"))
    server.emit(PATH, NAME, "ActionInvoked", "u", (1,))
    server.emit(PATH, NAME, "ActionInvoked")
    server.emit(PATH, NAME, "NotificationClosed", "us", (1, "done"))
    settled(bus, server)

    assert [] == answers.given
    server.press(1, "done")
    assert (7, Choice.DONE) == answers.first()


def test_given_one_of_ours_is_gone_when_its_button_is_pressed_then_nothing_happens(
    server: NotificationServer, channel: FreedesktopChannel, bus: Bus, answers: Answers
) -> None:
    """Answers count for what is on the screen, not for what was there or is somebody else's."""
    channel.show(VIEW)
    channel.withdraw()
    channel.show(NEXT)
    server.press(1, "done")
    server.press(99, "done")
    settled(bus, server)

    assert [] == answers.given
    server.press(2, "skip")
    assert (8, Choice.SKIP) == answers.first()


def test_given_somebody_else_on_the_bus_when_they_press_our_button_then_nothing_happens(
    daemon: PrivateBus,
    server: NotificationServer,
    channel: FreedesktopChannel,
    bus: Bus,
    answers: Answers,
) -> None:
    """Any program can send the signal, to everybody or straight to us; only the service counts."""
    channel.show(VIEW)
    with Peer(daemon.address) as stranger:
        for to in (None, bus.unique_name):
            stranger.emit(PATH, NAME, "ActionInvoked", "us", (1, "done"), to=to)
        stranger.daemon("GetId", "")
    settled(bus, server)

    assert [] == answers.given
    server.emit(PATH, NAME, "ActionInvoked", "us", (1, "done"), to=bus.unique_name)
    assert (7, Choice.DONE) == answers.first()


def test_given_a_signal_that_overtakes_the_answer_to_the_call_then_it_counts(
    server: NotificationServer, channel: FreedesktopChannel, bus: Bus, answers: Answers
) -> None:
    """A service may say that a button was pressed before it says which notification that is."""
    server.pressed_first = "postpone"
    channel.show(VIEW)

    assert (7, Choice.POSTPONE) == answers.first()
    settled(bus, server)
    assert [(7, Choice.POSTPONE)] == answers.given
    assert {} == server.on_screen


# ── services that are not there, or not in order ───────────────────────────────────────────


def test_given_no_bus_when_a_channel_is_opened_then_it_says_so(answers: Answers) -> None:
    """Somebody without a session bus hears what to do."""
    with pytest.raises(Unavailable, match="no connection"):
        opened(Bus("unix:path=/nowhere", "test"), answers)


def test_given_nobody_shows_notifications_when_a_channel_is_opened_then_it_is_refused(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """The reason names the service that is missing."""
    with pytest.raises(Unavailable, match=NAME):
        opened(bus, answers)
    with pytest.raises(Unavailable, match=NAME):
        reads_markup(bus)


def test_given_a_service_without_buttons_when_a_prompt_is_shown_then_it_has_none(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """It can still be replaced and withdrawn; tray and commands answer it."""
    with NotificationServer(daemon.address, capabilities=["body", "body-markup"]) as server:
        channel = opened(bus, answers)
        channel.show(VIEW)
        channel.show(REMINDER)
        channel.withdraw()
        settled(bus, server)

        assert [(0, ()), (1, ())] == [(note.replaces_id, note.actions) for note in server.notes]
        assert {} == server.on_screen
        assert reads_markup(bus)


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        pytest.param("s", ("actions",), id="text for a list"),
        pytest.param("au", ([1, 2],), id="numbers"),
        pytest.param("", (), id="nothing"),
        pytest.param("asas", (["actions"], []), id="too much"),
    ],
)
def test_given_capabilities_that_make_no_sense_when_a_channel_is_opened_then_it_is_refused(
    server: NotificationServer, bus: Bus, answers: Answers, signature: str, body: tuple[Any, ...]
) -> None:
    """A service that answers in another way than agreed is not trusted with a prompt."""
    server.answers("GetCapabilities", signature, *body)

    with pytest.raises(Unavailable, match="no sense"):
        opened(bus, answers)


@pytest.mark.parametrize(
    ("signature", "body"),
    [
        pytest.param("s", ("7",), id="text"),
        pytest.param("i", (-1,), id="negative"),
        pytest.param("u", (0,), id="zero"),
        pytest.param("", (), id="nothing"),
        pytest.param("uu", (1, 2), id="too much"),
        pytest.param("v", (("u", 1),), id="wrapped"),
    ],
)
def test_given_an_answer_without_an_id_when_a_prompt_is_shown_then_it_is_refused(
    server: NotificationServer,
    channel: FreedesktopChannel,
    signature: str,
    body: tuple[Any, ...],
) -> None:
    """An id or nothing: without it the prompt could neither be answered nor withdrawn."""
    server.answers("Notify", signature, *body)

    with pytest.raises(Unavailable, match="no sense"):
        channel.show(VIEW)


@pytest.mark.parametrize(
    "error",
    [
        "org.freedesktop.DBus.Error.ServiceUnknown",
        "org.freedesktop.DBus.Error.Spawn.ChildSignaled",
        "org.freedesktop.DBus.Error.NoReply",
        "org.freedesktop.DBus.Error.LimitsExceeded",
        "org.freedesktop.DBus.Error.AccessDenied",
        "org.freedesktop.DBus.Error.InvalidArgs",
        "org.freedesktop.DBus.Error.UnknownMethod",
        "org.freedesktop.Notifications.Error.ExcessNotificationGeneration",
        "org.freedesktop.Notifications.MaxNotificationsExceeded",
        "com.example.Whatever",
    ],
)
def test_given_an_error_when_a_prompt_is_shown_then_it_is_refused_and_the_next_one_works(
    server: NotificationServer, channel: FreedesktopChannel, error: str
) -> None:
    """Whatever the error is called, it means that nothing was shown."""
    server.errors["Notify"] = error
    with pytest.raises(Unavailable, match="as the test wants it"):
        channel.show(VIEW)

    del server.errors["Notify"]
    channel.show(REMINDER)
    assert "Still time for it" == server.note().summary


def test_given_a_service_that_limits_the_rate_when_one_too_many_is_shown_then_it_is_refused(
    server: NotificationServer, channel: FreedesktopChannel
) -> None:
    """The one before stays on the screen, with its buttons."""
    server.rate_limit = 1
    channel.show(VIEW)
    with pytest.raises(Unavailable, match="ExcessNotificationGeneration"):
        channel.show(REMINDER)

    assert [1] == list(server.on_screen)


def test_given_a_service_that_starts_on_demand_when_a_channel_is_opened_then_it_is_left_alone(
    tmp_path: Path, answers: Answers
) -> None:
    """At login the desktop's own service may come a moment later, and would find its name taken."""
    service = tmp_path / "any.service"
    service.write_text(f"[D-BUS Service]\nName={NAME}\nExec=/bin/false\n", encoding="utf-8")
    with PrivateBus(services=tmp_path) as daemon:
        bus = Bus(daemon.address, "test")
        channel = opened(bus, answers)
        with NotificationServer(daemon.address) as server:
            channel.show(VIEW)
            server.press(1, "done")

            assert (7, Choice.DONE) == answers.first()
        wait_for(lambda: channel._owner is None, what="the service to be gone")
        with pytest.raises(Unavailable, match="exited"):
            channel.show(VIEW)
        bus.close()


# ── services that stop, freeze, come back ──────────────────────────────────────────────────


def test_given_the_service_ended_when_another_comes_then_the_next_prompt_is_shown_there(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """Its notifications went with it, and its successor may be of another make."""
    with NotificationServer(daemon.address) as first:
        channel = opened(bus, answers)
        channel.show(VIEW)
        assert 0 == first.note().replaces_id
    with pytest.raises(Unavailable):
        channel.show(REMINDER)
    with NotificationServer(daemon.address, capabilities=["actions"]) as second:
        second.press(1, "done")  # an old id means nothing here
        channel.show(REMINDER)

        assert (0, VIEW.body) == (second.note().replaces_id, second.note().body)
        second.press(1, "skip")
        assert (7, Choice.SKIP) == answers.first()
        assert [(7, Choice.SKIP)] == answers.given


def test_given_the_successor_has_no_buttons_when_a_prompt_is_shown_then_it_has_none(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """What was true of the one before is asked anew."""
    with NotificationServer(daemon.address):
        channel = opened(bus, answers)
        channel.show(VIEW)
    with NotificationServer(daemon.address, capabilities=["body"]) as second:
        channel.show(REMINDER)

        assert () == second.note().actions


def test_given_the_bus_is_lost_when_it_is_back_then_the_next_prompt_is_shown(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """The unique names of the new bus are those of the old one; the ids are not."""
    with NotificationServer(daemon.address):
        channel = opened(bus, answers)
        channel.show(VIEW)
        daemon.kill()
        wait_for(lambda: not bus.connected, what="the loss to be noticed")
        with pytest.raises(Unavailable):
            channel.show(REMINDER)
        channel.withdraw()
    daemon.start()
    with NotificationServer(daemon.address) as server:
        wait_for(lambda: bus.connected, what="the bus to be back")
        channel.show(REMINDER)
        server.press(1, "done")

        assert 0 == server.note().replaces_id
        assert (7, Choice.DONE) == answers.first()


@pytest.fixture
def short_deadline(monkeypatch: pytest.MonkeyPatch) -> float:
    """A deadline that a test can wait for; the real one is tried with delivery."""
    monkeypatch.setattr(notify_service, "DEADLINE_S", 0.2)
    return 0.2


def test_given_a_service_that_is_stuck_when_it_wakes_then_what_it_shows_late_is_closed(
    server: NotificationServer,
    channel: FreedesktopChannel,
    bus: Bus,
    answers: Answers,
    short_deadline: float,
) -> None:
    """A prompt that was given up comes to the screen after all, with nobody behind its buttons."""
    server.freeze()
    with pytest.raises(Unavailable, match="does not answer"):
        channel.show(VIEW)
    with pytest.raises(Unavailable, match="does not answer"):
        channel.show(REMINDER)  # at once: the service must never find two
    channel.withdraw()
    server.thaw()

    wait_for(lambda: server.closed, what="the late one to be closed")
    assert [VIEW.title] == [note.summary for note in server.notes]
    assert {} == server.on_screen
    wait_for(lambda: channel._attempt is None, what="the channel to be free")
    channel.show(NEXT)
    server.press(2, "done")
    assert (8, Choice.DONE) == answers.first()


def test_given_a_service_that_is_stuck_from_the_beginning_when_it_wakes_then_that_is_told(
    server: NotificationServer, bus: Bus, answers: Answers, short_deadline: float
) -> None:
    """It is known who it is, and nothing else; what waits for it can then be shown at once."""
    changes: list[str] = []
    server.freeze()
    ours = opened(bus, answers, changed=lambda: changes.append("told"))
    with pytest.raises(Unavailable, match="does not answer"):
        ours.show(VIEW)
    server.thaw()
    wait_for(lambda: changes, what="the change to be told")
    assert [] == server.notes
    ours.show(VIEW)

    assert (["told"], [1]) == (changes, list(server.on_screen))


def test_given_a_service_then_it_says_what_it_is(daemon: PrivateBus, bus: Bus) -> None:
    """Its name, and whether it has buttons; one that is stuck is named with what ends it."""
    bus.start()
    assert None is described(bus)
    with NotificationServer(daemon.address) as server:
        assert ("double 1", True) == described(bus)
        server.capabilities = ["body"]
        assert ("double 1", False) == described(bus)
        server.answers("GetServerInformation", "s", "odd")
        assert (NAME, False) == described(bus)
        server.freeze()
        with pytest.raises(Unavailable, match="does not answer") as stuck:
            described(bus)
    assert f"kill -KILL {os.getpid()}" in str(stuck.value.remedy)


def test_given_a_reminder_that_is_late_when_it_comes_then_the_notification_is_closed(
    server: NotificationServer,
    channel: FreedesktopChannel,
    answers: Answers,
    short_deadline: float,
) -> None:
    """It took the place of the one that was there, so both are gone."""
    channel.show(VIEW)
    server.freeze()
    with pytest.raises(Unavailable):
        channel.show(REMINDER)
    server.thaw()

    wait_for(lambda: [1] == server.closed, what="the late one to be closed")
    wait_for(lambda: channel._attempt is None, what="the channel to be free")
    channel.show(NEXT)
    assert 0 == server.note(3).replaces_id


def test_given_a_service_that_never_answers_when_prompts_are_shown_then_threads_do_not_pile_up(
    server: NotificationServer, channel: FreedesktopChannel, short_deadline: float
) -> None:
    """One call is waited for; more are refused at once until that one came back."""
    server.mute.add("Notify")
    for _ in range(20):
        with pytest.raises(Unavailable):
            channel.show(VIEW)

    assert 1 == len(server.notes)
    assert 1 == [thread.name for thread in threading.enumerate()].count("notify")


def test_given_a_stuck_service_when_it_is_killed_then_the_next_one_is_used_at_once(
    daemon: PrivateBus, bus: Bus, answers: Answers, short_deadline: float
) -> None:
    """The bus answers for the dead, so nothing is waited for any longer."""
    with NotificationServer(daemon.address) as first:
        channel = opened(bus, answers)
        first.mute.add("Notify")
        with pytest.raises(Unavailable):
            channel.show(VIEW)
    wait_for(lambda: channel._attempt is None, what="the channel to be free")
    with NotificationServer(daemon.address) as second:
        channel.show(REMINDER)

        assert 1 == len(second.notes)


def test_given_a_service_that_gives_its_name_away_when_it_lives_on_then_its_prompt_is_closed(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """Otherwise there would be two of ours: the old one, and the one that is shown again."""
    changes: list[bool] = []
    with NotificationServer(daemon.address) as first:
        ours = opened(bus, answers, changed=lambda: changes.append(ours.lost))
        ours.show(VIEW)
        first.daemon("ReleaseName", "s", NAME)
        wait_for(lambda: changes, what="the loss to be told")
        with NotificationServer(daemon.address) as second:
            ours.show(VIEW)
            settled(bus, second)

            assert ([True], False) == (changes, ours.lost)
            assert ({}, [1]) == (first.on_screen, list(second.on_screen))


@pytest.mark.parametrize("end", ["withdraw", "press", "close"])
def test_given_a_prompt_that_came_to_its_end_when_the_service_goes_then_nothing_is_lost(
    daemon: PrivateBus, bus: Bus, answers: Answers, end: str
) -> None:
    """What a person has closed must not come back with the next service."""
    changes: list[bool] = []
    with NotificationServer(daemon.address) as server:
        ours = opened(bus, answers, changed=lambda: changes.append(ours.lost))
        ours.show(VIEW)
        match end:
            case "withdraw":
                ours.withdraw()
            case "press":
                server.press(1, "done")
            case "close":
                server.close(1, 2)
        settled(bus, server)
    wait_for(lambda: ours._owner is None, what="the service to be gone")

    assert ([], False) == (changes, ours.lost)


def test_given_a_service_that_is_replaced_during_the_call_then_its_successor_shows_the_prompt(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """It ends with the call in its hands; nobody has to wait for another try."""
    with (
        NotificationServer(daemon.address) as first,
        NotificationServer(daemon.address, is_next=True) as second,
    ):
        channel = opened(bus, answers)
        first.deadly.add("Notify")
        channel.show(VIEW)

        assert [0] == [note.replaces_id for note in second.notes]


def test_given_a_service_that_is_killed_again_and_again_then_nothing_is_lost_and_nothing_twice(
    daemon: PrivateBus, bus: Bus, answers: Answers
) -> None:
    """Each prompt is on the screen once as soon as the service is back."""
    bus.start()
    with NotificationServer(daemon.address):
        channel = opened(bus, answers)
    for number in range(50):
        with pytest.raises(Unavailable):
            channel.show(replace(VIEW, episode=number))
        with NotificationServer(daemon.address, first_id=number + 1) as server:
            channel.show(replace(VIEW, episode=number))
            server.press(number + 1, "done")
            wait_for(lambda: len(answers.given) > number, what="the answer")  # noqa: B023

            assert 1 == len(server.notes)
    assert [(number, Choice.DONE) for number in range(50)] == answers.given


# ── what a killed agent left ───────────────────────────────────────────────────────────────


def test_given_an_agent_that_was_killed_when_the_next_one_starts_then_its_prompt_is_closed(
    daemon: PrivateBus, server: NotificationServer, bus: Bus, answers: Answers, tmp_path: Path
) -> None:
    """Nobody is behind the buttons of the old one any more."""
    place = tmp_path / "live"
    killed = Bus(daemon.address, "killed")
    opened(killed, answers, remember=place).show(VIEW)
    assert 0o600 == stat.S_IMODE(place.stat().st_mode)
    killed.close()
    opened(bus, answers, remember=place)
    settled(bus, server)

    assert [1] == server.closed
    assert not place.exists()


@pytest.mark.parametrize("end", ["withdraw", "press", "close"])
def test_given_nothing_of_ours_on_the_screen_then_nothing_is_remembered(
    server: NotificationServer, bus: Bus, answers: Answers, tmp_path: Path, end: str
) -> None:
    """An id that is no longer ours would close somebody else's notification."""
    place = tmp_path / "live"
    channel = opened(bus, answers, remember=place)
    channel.show(VIEW)
    assert place.exists()
    match end:
        case "withdraw":
            channel.withdraw()
        case "press":
            server.press(1, "done")
        case "close":
            server.close(1, 2)

    wait_for(lambda: not place.exists(), what="it to be forgotten")


def test_given_an_agent_killed_under_another_service_when_the_next_starts_then_nothing_is_closed(
    daemon: PrivateBus, bus: Bus, answers: Answers, tmp_path: Path
) -> None:
    """The same id means another program's notification there."""
    place = tmp_path / "live"
    killed = Bus(daemon.address, "killed")
    with NotificationServer(daemon.address):
        opened(killed, answers, remember=place).show(VIEW)
        killed.close()
    with NotificationServer(daemon.address) as second:
        opened(bus, answers, remember=place)
        settled(bus, second)

        assert [] == second.closed
        assert not place.exists()


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"", id="empty"),
        pytest.param(b"bus :1.1", id="too short"),
        pytest.param(b"bus :1.1 -4", id="negative"),
        pytest.param(b"bus :1.1 0", id="zero"),
        pytest.param(b"bus :1.1 4294967296", id="too large"),
        pytest.param("bus :1.1 ٣".encode(), id="digits of another script"),
        pytest.param(b"\xff\x00" * 100_000, id="garbage"),
    ],
)
def test_given_a_memory_that_makes_no_sense_then_nothing_is_recalled(
    tmp_path: Path, content: bytes
) -> None:
    """The file is ours, but a half-written one must not stop anybody."""
    place = tmp_path / "live"
    place.write_bytes(content)

    assert None is Memory(place).recall(Service(":1.1", "bus", markup=True, buttons=True))
    assert not place.exists()


def test_given_a_place_that_cannot_be_written_then_prompts_are_shown_all_the_same(
    server: NotificationServer, bus: Bus, answers: Answers, tmp_path: Path
) -> None:
    """Remembering is a courtesy to the next agent; a link is never written through."""
    target = tmp_path / "target"
    (tmp_path / "link").symlink_to(target)
    for place in (tmp_path / "no folder/live", tmp_path / "link"):
        channel = opened(bus, answers, remember=place)
        channel.show(VIEW)
        channel.withdraw()

    assert 2 == len(server.notes)
    assert not target.exists()
