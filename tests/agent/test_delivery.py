from __future__ import annotations

import gettext
import importlib.util
import subprocess
import sys
import threading
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, cast

import pytest

from deskbreak.agent.channels import ChannelReport, ChannelState
from deskbreak.agent.delivery import SENT_AGAIN, Delivery
from deskbreak.agent.plyer_channel import PlyerChannel, _Watched
from deskbreak.core.model import Button, Choice, PromptView
from deskbreak.core.words import said
from deskbreak.ports import Unavailable
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.notify_service import Guest
    from deskbreak.ports import Channel

of_linux = pytest.mark.skipif(
    sys.platform == "win32", reason="notify-send is no program of Windows"
)
through_notify_send = pytest.mark.skipif(
    missing("dbus-daemon", "notify-send") is not None,
    reason=missing("dbus-daemon", "notify-send") or "",
)
without_dbus_python = pytest.mark.skipif(
    importlib.util.find_spec("dbus") is not None, reason="plyer uses dbus-python where it is"
)

HUNG_S = 0.25

VIEW = PromptView(
    episode=7,
    showing=1,
    kind="position",
    title="Change your position",
    body="Stand up & walk a few steps.",
    buttons=(Button(Choice.DONE, "Done"),),
)
SECOND = replace(VIEW, showing=2)
THIRD = replace(VIEW, showing=3)


class Journal:
    """What happened, in order, whoever did it."""

    def __init__(self) -> None:
        self.lines: list[str] = []

    def shown(self, episode: int, showing: int) -> None:
        self.lines.append(f"shown {episode}/{showing}")

    def undelivered(self, episode: int, showing: int, why: Said) -> None:
        self.lines.append(f"undelivered {episode}/{showing}: {why}")

    def wait_for(self, line: str, timeout_s: float = 5.0) -> None:
        wait_for(lambda: line in self.lines, timeout_s, f"{line!r} in {self.lines}")


class FakeChannel:
    """Writes down what it is asked for; refuses, breaks or hangs on demand."""

    def __init__(self, name: str, journal: Journal) -> None:
        self.name = name
        self.raises: Exception | None = None
        self.refuses_to_open = False
        self.lost = False
        self.passes = threading.Event()
        self.passes.set()
        self.threads: set[threading.Thread] = set()
        self._journal = journal

    def open(self) -> Channel:
        self._note("open")
        if self.refuses_to_open:
            raise Unavailable(said("not there"), said("install it"))
        return self

    def show(self, view: PromptView) -> None:
        self.lost = False
        self._note(f"show {view.showing}")
        if self.raises is not None:
            raise self.raises

    def withdraw(self) -> None:
        self.lost = False
        self._note("withdraw")

    def close(self) -> None:
        self._note("close")

    def _note(self, what: str) -> None:
        self._journal.lines.append(f"{self.name} {what}")
        self.threads.add(threading.current_thread())
        self.passes.wait()


@pytest.fixture
def journal() -> Journal:
    """What happens in this test."""
    return Journal()


@pytest.fixture
def best(journal: Journal) -> Iterator[FakeChannel]:
    """The channel that is tried first."""
    channel = FakeChannel("best", journal)
    yield channel
    channel.passes.set()


@pytest.fixture
def last(journal: Journal) -> Iterator[FakeChannel]:
    """The last way out."""
    channel = FakeChannel("last", journal)
    yield channel
    channel.passes.set()


@pytest.fixture
def delivery(journal: Journal, best: FakeChannel, last: FakeChannel) -> Iterator[Delivery]:
    """Delivery through both, not started."""
    channels: list[tuple[str, Callable[[], Channel]]] = [("best", best.open), ("last", last.open)]
    built = Delivery(channels, journal.shown, journal.undelivered, hung_s=HUNG_S)
    yield built
    best.passes.set()
    last.passes.set()
    built.stop()


def states(delivery: Delivery) -> list[str]:
    """How the channels stand, without the reasons."""
    return [report.state.value for report in delivery.report()]


def hanging(name: str) -> int:
    """How many threads are in that channel."""
    return [thread.name for thread in threading.enumerate()].count(f"channel-{name}")


def test_given_a_channel_when_a_prompt_is_shown_and_withdrawn_then_that_is_told_in_order(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """The best channel is opened once; nothing runs on the caller's thread."""
    delivery.start()
    wait_for(lambda: states(delivery) == ["ready", "not tried"], what="the first to be open")
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")
    delivery.withdraw()
    journal.wait_for("best withdraw")
    delivery.show(SECOND)
    journal.wait_for("shown 7/2")
    delivery.stop()

    assert [
        "best open",
        "best show 1",
        "shown 7/1",
        "best withdraw",
        "best show 2",
        "shown 7/2",
        "best close",
    ] == journal.lines
    assert threading.current_thread() not in best.threads


def test_given_nothing_was_ever_shown_when_a_prompt_is_withdrawn_then_no_channel_is_asked(
    delivery: Delivery, journal: Journal
) -> None:
    """There is nothing to withdraw, whatever the agent thinks."""
    delivery.withdraw()
    delivery.start()
    delivery.stop()

    assert ["best open", "best close"] == journal.lines


def test_given_the_best_channel_is_refused_when_a_prompt_is_shown_then_the_next_one_shows_it(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """The reason and the remedy are kept for those who ask."""
    best.refuses_to_open = True
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")

    assert "best show 1" not in journal.lines
    assert "last show 1" in journal.lines
    assert (
        ChannelReport("best", ChannelState.REFUSED, said("not there"), said("install it")),
        ChannelReport("last", ChannelState.IN_USE),
    ) == delivery.report()


def test_given_a_service_that_appears_later_when_the_next_prompt_is_shown_then_it_is_used(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """What was refused is tried again each time; the other channel's prompt is withdrawn."""
    best.refuses_to_open = True
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")
    best.refuses_to_open = False
    delivery.show(SECOND)
    journal.wait_for("shown 7/2")

    assert ["best open", "best show 2", "last withdraw", "shown 7/2"] == journal.lines[-4:]
    assert ["in use", "ready"] == states(delivery)


def test_given_the_best_channel_fails_when_a_reminder_is_shown_then_only_one_prompt_is_left(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """The one that is still on the screen in the failed channel goes."""
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")
    best.raises = Unavailable(said("too many"))
    delivery.show(SECOND)
    journal.wait_for("shown 7/2")

    assert ["last show 2", "best withdraw", "shown 7/2"] == journal.lines[-3:]
    assert ["refused", "in use"] == states(delivery)
    delivery.withdraw()
    journal.wait_for("last withdraw")


def test_given_all_channels_fail_when_a_prompt_is_shown_then_it_is_undelivered_with_the_reasons(
    delivery: Delivery, journal: Journal, best: FakeChannel, last: FakeChannel
) -> None:
    """Each reason is said once, and the next prompt tries again."""
    best.raises = Unavailable(said("too many"))
    last.refuses_to_open = True
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("undelivered 7/1: too many; not there")
    last.raises, last.refuses_to_open = Unavailable(said("too many")), False
    delivery.show(SECOND)
    journal.wait_for("undelivered 7/2: too many")
    best.raises = None
    delivery.show(THIRD)
    journal.wait_for("shown 7/3")

    assert ["in use", "refused"] == states(delivery)


def test_given_no_channels_when_a_prompt_is_shown_then_it_is_undelivered(journal: Journal) -> None:
    """Nothing is lost silently."""
    delivery = Delivery([], journal.shown, journal.undelivered)
    delivery.start()
    delivery.show(VIEW)

    journal.wait_for("undelivered 7/1: there is no way to show a notification here")
    delivery.stop()


def test_given_a_channel_that_breaks_when_a_prompt_is_shown_then_the_next_one_shows_it(
    delivery: Delivery, journal: Journal, best: FakeChannel, caplog: pytest.LogCaptureFixture
) -> None:
    """A mistake in one channel costs neither the prompt nor the thread."""
    best.raises = ZeroDivisionError("mistake")
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")

    assert "best failed: ZeroDivisionError('mistake')" == str(delivery.report()[0].why)
    assert "ZeroDivisionError" in caplog.text
    caplog.clear()
    delivery.show(SECOND)
    journal.wait_for("shown 7/2")


# ── once more ──────────────────────────────────────────────────────────────────────────────


def test_given_a_prompt_that_nothing_could_show_when_something_can_then_it_is_shown_at_once(
    delivery: Delivery, journal: Journal, best: FakeChannel, last: FakeChannel
) -> None:
    """Nobody hears a second time that it could not be shown, and nobody waits for another try."""
    best.refuses_to_open = last.refuses_to_open = True
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("undelivered 7/1: not there")
    delivery.again()
    best.refuses_to_open = False
    delivery.again()
    journal.wait_for("shown 7/1")
    delivery.again()
    delivery.stop()

    assert ["best open", "best show 1", "shown 7/1", "best close"] == journal.lines[-4:]
    assert 1 == sum(line.startswith("undelivered") for line in journal.lines)


def test_given_a_prompt_that_went_with_its_service_then_it_is_shown_once_more(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """By whatever channel can: the first that shows it, and only that one."""
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")
    best.lost = True
    best.raises = Unavailable(said("it ended"))
    delivery.again()
    journal.wait_for("last show 1")
    wait_for(lambda: journal.lines.count("shown 7/1") == 2, what="the second showing")
    delivery.again()
    delivery.stop()

    assert ["best show 1", "last open", "last show 1", "best withdraw"] == journal.lines[3:7]
    assert 2 == journal.lines.count("best show 1")


def test_given_a_better_channel_that_comes_while_others_are_tried_then_it_shows_the_prompt(
    journal: Journal, best: FakeChannel, last: FakeChannel
) -> None:
    """A service that restarts is back in a moment; what plyer shows has no buttons."""
    tries: list[str] = []

    def open_best() -> Channel:
        tries.append("best")
        if len(tries) == 3:
            return best.open()
        if len(tries) == 2:
            built.again()  # it comes right after it was found missing
        raise Unavailable(said("not there"))

    channels: list[tuple[str, Callable[[], Channel]]] = [("best", open_best), ("last", last.open)]
    built = Delivery(channels, journal.shown, journal.undelivered)
    built.start()
    built.show(VIEW)
    journal.wait_for("shown 7/1")
    built.stop()

    assert ["last open", "best open", "best show 1", "shown 7/1"] == journal.lines[:4]


def test_given_nothing_to_show_when_a_channel_can_show_again_then_it_is_known(
    delivery: Delivery, journal: Journal, best: FakeChannel, last: FakeChannel
) -> None:
    """Otherwise the status would tell of the trouble until the next prompt."""
    best.refuses_to_open = last.refuses_to_open = True
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("undelivered 7/1: not there")
    delivery.withdraw()
    delivery.again()
    best.refuses_to_open = False
    delivery.again()
    wait_for(lambda: states(delivery) == ["ready", "refused"], what="the channel to be open")
    delivery.again()
    delivery.stop()

    assert ["best open", "best close"] == journal.lines[-2:]


@pytest.mark.parametrize("then", ["withdrawn", "followed"])
def test_given_a_prompt_that_is_not_wanted_any_more_then_it_is_not_shown_again(
    delivery: Delivery, journal: Journal, best: FakeChannel, last: FakeChannel, then: str
) -> None:
    """A hold has begun meanwhile, or there is a newer one."""
    best.refuses_to_open = last.refuses_to_open = True
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("undelivered 7/1: not there")
    best.refuses_to_open = False
    if then == "withdrawn":
        delivery.withdraw()
    else:
        delivery.show(SECOND)
    delivery.again()
    delivery.stop()

    assert "best show 1" not in journal.lines


def test_given_a_prompt_that_ends_its_service_each_time_then_it_is_given_up(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """It may be its text; the service is then left in peace, and the agent is told."""
    delivery.start()
    delivery.show(VIEW)
    journal.wait_for("shown 7/1")
    for number in range(SENT_AGAIN):
        best.lost = True
        delivery.again()
        wait_for(lambda: journal.lines.count("shown 7/1") == number + 2, what="another showing")  # noqa: B023
    best.lost = True
    delivery.again()
    journal.wait_for("undelivered 7/1: whoever shows it ends each time")
    delivery.again()
    delivery.stop()

    assert SENT_AGAIN + 1 == journal.lines.count("best show 1")


# ── a channel that hangs ───────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("when", ["open", "show"])
def test_given_a_channel_that_hangs_when_a_prompt_is_shown_then_the_next_one_shows_it(
    delivery: Delivery, journal: Journal, best: FakeChannel, when: str
) -> None:
    """It is left alone until it comes back, and what it shows then is taken from the screen."""
    if when == "show":
        delivery.start()
        wait_for(lambda: states(delivery)[0] == "ready", what="it to be open")
        best.passes.clear()
    else:
        best.passes.clear()
        delivery.start()
    for view in (VIEW, SECOND, THIRD):
        delivery.show(view)
        journal.wait_for(f"shown 7/{view.showing}")
    assert 1 == hanging("best")
    assert ["refused", "in use"] == states(delivery)

    asked = journal.lines.count(f"best {when}") + journal.lines.count(f"best {when} 1")
    assert 1 == asked
    best.passes.set()
    journal.wait_for("best withdraw")
    wait_for(lambda: hanging("best") == 0, what="its thread to end")
    delivery.show(VIEW)
    wait_for(lambda: states(delivery)[0] == "in use", what="it to be used again")


def test_given_a_channel_that_hangs_then_no_caller_waits(
    delivery: Delivery, journal: Journal, best: FakeChannel, last: FakeChannel
) -> None:
    """The agent has other things to do; 250 ms is its limit for anything."""
    best.passes.clear()
    last.passes.clear()
    delivery.start()
    began_s = time.monotonic()
    for _ in range(100):
        delivery.show(VIEW)
        delivery.withdraw()
        delivery.report()

    assert time.monotonic() - began_s < 0.25


def test_given_a_withdrawal_while_the_prompt_is_being_shown_then_it_follows_at_once(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """A hold that begins in that very moment leaves nothing on the screen."""
    delivery.start()
    wait_for(lambda: states(delivery)[0] == "ready", what="it to be open")
    best.passes.clear()
    delivery.show(VIEW)
    journal.wait_for("best show 1")
    delivery.withdraw()
    best.passes.set()
    journal.wait_for("best withdraw")

    assert ["best show 1", "shown 7/1", "best withdraw"] == journal.lines[-3:]


def test_given_a_withdrawal_while_a_channel_hangs_then_no_other_channel_shows_it(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """A prompt that nobody wants any more is not shown, and not reported either."""
    delivery.start()
    wait_for(lambda: states(delivery)[0] == "ready", what="it to be open")
    best.passes.clear()
    delivery.show(VIEW)
    journal.wait_for("best show 1")
    delivery.withdraw()
    delivery.show(SECOND)
    journal.wait_for("shown 7/2")

    assert ["best open", "best show 1", "last open", "last show 2"] == journal.lines[:4]


def test_given_prompts_that_wait_for_their_turn_when_newer_orders_come_then_they_are_dropped(
    delivery: Delivery, journal: Journal, best: FakeChannel
) -> None:
    """Only the last of them is still true."""
    best.passes.clear()
    delivery.start()
    journal.wait_for("best open")
    for view in (VIEW, SECOND, THIRD):
        delivery.show(view)
    best.passes.set()
    journal.wait_for("shown 7/3")

    assert ["best open", "best show 3", "shown 7/3"] == journal.lines


def test_given_a_channel_that_hangs_when_delivery_stops_then_it_does_not_wait_for_long(
    delivery: Delivery, best: FakeChannel, journal: Journal
) -> None:
    """Quitting must not hang on somebody else's program."""
    delivery.start()
    wait_for(lambda: states(delivery)[0] == "ready", what="it to be open")
    best.passes.clear()
    delivery.show(VIEW)
    journal.wait_for("best show 1")
    began_s = time.monotonic()
    delivery.stop()

    assert time.monotonic() - began_s < 5 * HUNG_S


# ── plyer ──────────────────────────────────────────────────────────────────────────────────


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[NotificationServer]:
    """A notification service without buttons on a bus that child processes find."""
    with PrivateBus() as daemon:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", daemon.address)
        with NotificationServer(daemon.address, capabilities=["body", "body-markup"]) as running:
            yield running


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_plyer_when_a_prompt_is_shown_then_the_real_notify_send_brings_it_to_the_service(
    server: NotificationServer,
) -> None:
    """Name, title and escaped text arrive; buttons and icon do not."""
    PlyerChannel(reads_markup=lambda: True).show(VIEW)

    note = server.note()
    expected = ("deskbreak", "Change your position", "Stand up &amp; walk a few steps.", ())
    assert expected == (note.app_name, note.summary, note.body, note.actions)
    assert ("y", 1) == note.hints["urgency"]
    assert (0, 0) == (note.replaces_id, note.expire_timeout)


@pytest.mark.row("S07", "markup and options")
@pytest.mark.desktop
@through_notify_send
@without_dbus_python
@pytest.mark.parametrize(
    ("title", "body", "expected"),
    [
        pytest.param(
            "-i/etc/passwd", "--help", ("\N{EN DASH}i/etc/passwd", "\N{EN DASH}-help"), id="options"
        ),
        pytest.param(" \n", "", ("deskbreak", ""), id="nothing"),
        pytest.param("a\x00b\nc", "d\x00\x1b[31m", ("ab c", "d[31m"), id="controls"),
        pytest.param("it's", "', <b> 'x': <", ("it's", "', <b> 'x': <"), id="quotes"),
        pytest.param("😀" * 40, "x" * 300, ("😀" * 31 + "…", "x" * 255 + "…"), id="too long"),
    ],
)
def test_given_hostile_text_when_plyer_shows_it_then_it_arrives_as_text(
    server: NotificationServer, title: str, body: str, expected: tuple[str, str]
) -> None:
    """No text becomes an option of a program, ends a thread or is cut through a character."""
    PlyerChannel(reads_markup=lambda: False).show(replace(VIEW, title=title, body=body))

    assert expected == (server.note().summary, server.note().body)


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_a_service_that_refuses_when_plyer_shows_a_prompt_then_that_is_noticed(
    server: NotificationServer,
) -> None:
    """Left alone, plyer reports success whatever became of it."""
    server.rate_limit = 0
    with pytest.raises(Unavailable, match=r"notify-send failed: .*ExcessNotificationGeneration"):
        PlyerChannel().show(VIEW)

    server.rate_limit = None
    PlyerChannel().show(VIEW)
    assert 1 == len(server.notes)


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_a_service_that_never_answers_when_plyer_shows_a_prompt_then_it_is_given_up(
    server: NotificationServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """notify-send would wait for 25 s; it is ended, so that none is left behind."""
    monkeypatch.setattr("deskbreak.agent.plyer_channel._NOTIFY_SEND_S", 0.3)
    server.mute.add("Notify")

    with pytest.raises(Unavailable, match="did not come to an end"):
        PlyerChannel().show(VIEW)


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_nobody_to_show_it_when_plyer_shows_a_prompt_then_that_is_noticed(
    server: NotificationServer,
) -> None:
    """Without a service, notify-send fails, and plyer would not say so."""
    channel = PlyerChannel()
    server.stop()

    with pytest.raises(Unavailable, match="notify-send failed"):
        channel.show(VIEW)


@pytest.fixture
def bus(server: NotificationServer) -> Iterator[Bus]:
    """Our connection to the bus of the service."""
    from deskbreak.platforms.linux.bus import Bus

    ours = Bus(server._address, "test")
    ours.start()
    yield ours
    ours.close()


def guest(bus: Bus) -> Guest:
    """Return what follows a prompt that notify-send has put at the service."""
    from deskbreak.platforms.linux.notify_service import Guest

    return Guest(bus)


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_a_prompt_by_plyer_when_it_is_withdrawn_or_replaced_then_it_goes(
    server: NotificationServer, bus: Bus
) -> None:
    """notify-send tells its id; without that it would stay for good, since it never expires."""
    channel = PlyerChannel(guest=guest(bus))
    channel.show(VIEW)
    channel.show(SECOND)
    wait_for(lambda: list(server.on_screen) == [2], what="the second alone")
    channel.withdraw()
    channel.withdraw()
    wait_for(lambda: not server.on_screen, what="nothing on the screen")

    assert [1, 2] == server.closed
    assert not channel.lost


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_a_prompt_by_plyer_when_its_service_goes_then_it_is_lost_and_no_other_is_closed(
    server: NotificationServer, bus: Bus
) -> None:
    """The same id at the next service is somebody else's."""
    channel = PlyerChannel(guest=guest(bus))
    channel.show(VIEW)
    server.stop()
    wait_for(lambda: channel.lost, what="the loss")
    with NotificationServer(server._address) as another:
        channel.withdraw()
        assert not channel.lost
        channel.show(SECOND)
        assert ([], [1]) == (another.closed, list(another.on_screen))


class ShortLived:
    """A bus on which the service ends as soon as it has been said who it is."""

    def __init__(self) -> None:
        self._tell: Callable[[str | None], None] = lambda _: None
        self.posted: list[str] = []

    def watch_owner(self, _name: str, tell: Callable[[str | None], None]) -> None:
        self._tell = tell
        tell(":1.5")

    def on_lost(self, tell: Callable[[], None]) -> None:
        pass

    def owner(self, _name: str, *, timeout_s: float) -> str:
        assert timeout_s > 0
        self._tell(None)
        return ":1.5"

    def post(self, destination: str, *_: object) -> None:
        self.posted.append(destination)


def test_given_a_service_that_ends_right_after_it_was_asked_then_what_it_showed_is_lost() -> None:
    """That it ended may be heard before we take note of what it has shown."""
    bus = ShortLived()
    followed = guest(cast("Bus", bus))
    followed.came(":1.5", 7)
    assert followed.lost
    followed.leave()

    assert ([], False) == (bus.posted, followed.lost)


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
@pytest.mark.parametrize(("signature", "answer"), [("u", 0), ("s", "17"), ("i", -1)])
def test_given_a_service_that_answers_no_id_when_plyer_shows_a_prompt_then_that_is_noticed(
    server: NotificationServer, signature: str, answer: object
) -> None:
    """notify-send takes it for success, but nobody showed anything."""
    server.answers("Notify", signature, answer)

    with pytest.raises(Unavailable):
        PlyerChannel().show(VIEW)
    assert 1 == server.calls.count("Notify")


@of_linux
def test_given_a_notify_send_that_tells_no_id_when_it_is_run_then_it_is_not_asked_for_one(
    tmp_path: Path,
) -> None:
    """So it is before libnotify 0.7.10, which does not know the option."""
    program, noted = tmp_path / "notify-send", tmp_path / "noted"
    program.write_text(f"#!/bin/sh\nprintf '%s|' \"$@\" >>{noted}\n", encoding="utf-8")
    program.chmod(0o755)
    watched = _Watched(subprocess)
    for title in ("Stand", "Walk"):
        watched.call([str(program), "-a", "deskbreak", title])

    assert "--help|-a|deskbreak|Stand|-a|deskbreak|Walk|" == noted.read_text(encoding="utf-8")
    assert watched.note_id is None


@of_linux
def test_given_a_plyer_that_passes_on_title_and_body_alone_then_our_name_and_no_end_are_added(
    tmp_path: Path,
) -> None:
    """So does 2.0.0, and the prompt would be one of notify-send's own."""
    program, noted = tmp_path / "notify-send", tmp_path / "noted"
    program.write_text(f"#!/bin/sh\nprintf '%s|' \"$@\" >{noted}\n", encoding="utf-8")
    program.chmod(0o755)

    _Watched(subprocess).call([str(program), "Change", "Stand up."])
    assert "-a|deskbreak|-u|normal|-t|0|Change|Stand up.|" == noted.read_text(encoding="utf-8")


def test_given_nobody_to_show_it_when_plyer_is_opened_then_it_is_refused() -> None:
    """It is asked before anything is run."""

    def nobody() -> bool:
        raise Unavailable(said("nobody is there"))

    with pytest.raises(Unavailable, match="nobody is there"):
        PlyerChannel(reads_markup=nobody, platform="freebsd")


def test_given_a_linux_without_notify_send_when_plyer_is_opened_then_the_remedy_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Left alone, plyer would do nothing and report success."""
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Unavailable, match="notify-send") as refused:
        PlyerChannel(platform="linux")
    assert "libnotify" in str(refused.value.remedy)


@of_linux
def test_given_a_linux_that_plyer_takes_for_a_flatpak_when_it_is_opened_then_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """There plyer writes text into a command, where an apostrophe is enough to change it."""
    monkeypatch.setattr(Path, "is_dir", lambda path: str(path) == "/app")

    with pytest.raises(Unavailable, match="/app"):
        PlyerChannel(platform="linux")


def test_given_a_mac_without_pyobjus_when_plyer_is_opened_then_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Left alone, plyer would print a traceback and show nothing."""
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)

    with pytest.raises(Unavailable, match="pyobjus"):
        PlyerChannel(platform="darwin")


class FakeNotification:
    """Stands for what plyer offers on the system at hand."""

    def __init__(self, error: Exception | None = None) -> None:
        self.calls: list[dict[str, object]] = []
        self._error = error

    def notify(self, **fields: object) -> None:
        self.calls.append(fields)
        if self._error is not None:
            raise self._error


def test_given_plyer_when_a_prompt_is_shown_then_it_is_called_by_keyword_with_safe_values(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Text within the limits of a balloon, no None, a whole number of seconds."""
    fake = FakeNotification()
    monkeypatch.setattr("plyer.notification", fake)
    view = replace(VIEW, title="t" * 65, body="b" * 257)
    channel = PlyerChannel(icon=Path("deskbreak.png"), platform="freebsd")
    channel.show(view)
    channel.withdraw()
    channel.close()

    assert [
        {
            "title": "t" * 63 + "…",
            "message": "b" * 255 + "…",
            "app_name": "deskbreak",
            "app_icon": "deskbreak.png",
            "timeout": 60,
        }
    ] == fake.calls


def test_given_plyer_finds_no_way_when_a_prompt_is_shown_then_it_is_refused(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """That is the only thing that plyer itself ever raises."""
    fake = FakeNotification(NotImplementedError("No usable implementation found!"))
    monkeypatch.setattr("plyer.notification", fake)

    with pytest.raises(Unavailable, match="no way"):
        PlyerChannel(platform="freebsd").show(VIEW)


@of_linux
def test_given_notify_send_went_away_when_a_prompt_is_shown_then_it_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """It was there when the channel was opened."""
    program = tmp_path / "notify-send"
    program.write_text("#!/bin/sh\n", encoding="utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    # What another test learnt of the real one is not true of this one.
    monkeypatch.setattr("plyer.platforms.linux.notification.subprocess", subprocess)
    channel = PlyerChannel(platform="linux")
    channel.show(VIEW)
    program.unlink()

    with pytest.raises(Unavailable, match="could not be run: No such file"):
        channel.show(VIEW)


# ── both channels, as the agent has them ───────────────────────────────────────────────────


@contextmanager
def whole(journal: Journal, address: str) -> Iterator[Delivery]:
    """Delivery with its real channels on the bus at *address*."""
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.notify import FreedesktopChannel
    from deskbreak.platforms.linux.notify_service import reads_markup

    bus = Bus(address, "test")
    words = gettext.NullTranslations()

    def answered(episode: int, choice: Choice) -> None:
        journal.lines.append(f"answered {episode} {choice}")

    def again() -> None:
        built.again()

    channels: list[tuple[str, Callable[[], Channel]]] = [
        ("freedesktop", lambda: FreedesktopChannel(bus, answered, words=words, changed=again)),
        ("plyer", lambda: PlyerChannel(reads_markup=lambda: reads_markup(bus))),
    ]
    built = Delivery(channels, journal.shown, journal.undelivered)
    try:
        yield built
    finally:
        built.stop()
        bus.close()


@pytest.fixture
def daemon(monkeypatch: pytest.MonkeyPatch) -> Iterator[PrivateBus]:
    """A bus with nobody on it, which child processes find."""
    with PrivateBus() as private:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", private.address)
        yield private


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_a_service_that_makes_no_sense_when_a_prompt_is_shown_then_plyer_brings_it(
    server: NotificationServer, journal: Journal
) -> None:
    """Whoever answers without an id may still show what a simple program sends."""
    server.answers("GetCapabilities", "s", "body")
    with whole(journal, server._address) as delivery:
        delivery.start()
        delivery.show(VIEW)
        server.answers("GetCapabilities", "as", ["body"])
        journal.wait_for("shown 7/1")

    assert [()] == [note.actions for note in server.notes]


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_no_service_when_one_appears_then_the_next_prompt_is_shown_there(
    daemon: PrivateBus, journal: Journal
) -> None:
    """Until then each prompt is reported as undelivered, and nothing is run in vain."""
    with whole(journal, daemon.address) as delivery:
        delivery.start()
        delivery.show(VIEW)
        wait_for(lambda: journal.lines, what="the prompt to be given up")
        assert journal.lines[0].startswith("undelivered 7/1: org.freedesktop.Notifications")
        with NotificationServer(daemon.address) as server:
            delivery.show(SECOND)
            journal.wait_for("shown 7/2")
            server.press(1, "done")
            journal.wait_for("answered 7 done")

        assert ["in use", "refused"] == states(delivery)


@pytest.mark.desktop
@through_notify_send
@without_dbus_python
def test_given_a_frozen_service_when_a_prompt_is_shown_then_it_is_undelivered_after_3_s(
    daemon: PrivateBus, journal: Journal
) -> None:
    """The caller never waits, plyer does not ask it as well; after the thaw it is shown, once."""
    with NotificationServer(daemon.address) as server, whole(journal, daemon.address) as delivery:
        delivery.start()
        wait_for(lambda: states(delivery)[0] == "ready", what="it to be open")
        server.freeze()
        began_s = time.monotonic()
        delivery.show(VIEW)
        asked_s = time.monotonic()
        wait_for(lambda: journal.lines, what="the prompt to be given up")
        ended_s = time.monotonic()
        server.thaw()
        journal.wait_for("shown 7/1")

        assert asked_s - began_s < 0.05
        assert 2.9 < ended_s - began_s < 3.5
        assert journal.lines[0].startswith("undelivered 7/1: the notification service does not")
        assert ([1], [2]) == (server.closed, list(server.on_screen))  # the late one, and again
