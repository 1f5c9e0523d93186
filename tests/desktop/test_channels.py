"""One contract for every way of showing a prompt, on every real service that can be had here."""

from __future__ import annotations

import gettext
import io
import os
import signal
import sys
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent.plyer_channel import PlyerChannel
from deskbreak.core.model import Button, Choice, PromptView
from deskbreak.ports import Unavailable
from tests.desktop import notifiers
from tests.desktop.matrix import cell, not_here
from tests.desktop.parts import missing, wait_for

if sys.platform != "linux":
    pytest.skip("these services are programs for Linux", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.ports import Channel, OnAnswer
    from tests.desktop.notifiers import Screen
    from tests.desktop.parts import Program

    Open = Callable[[Screen, OnAnswer, Callable[[], None]], Channel]

VIEW = PromptView(
    episode=7,
    showing=1,
    kind="position",
    title="Change your position",
    body="Stand up and walk a few steps.",
    buttons=(
        Button(Choice.DONE, "Done"),
        Button(Choice.POSTPONE, "In 5 minutes"),
        Button(Choice.SKIP, "Skip"),
    ),
)
AGAIN = replace(VIEW, showing=2)
"""The same words: a second bubble would be seen, a new text would look different anyway."""

ENVIRONMENTS = {
    "fake": notifiers.Fake,
    "dunst": notifiers.OnDunst,
    "xfce4-notifyd": notifiers.OnXfce,
    "mate-notification-daemon": notifiers.OnMate,
    "lxqt-notificationd": notifiers.OnLxqt,
    "mako on sway": notifiers.OnMako,
}
PORTALS = {"fake": notifiers.OnPortal, "xdg-desktop-portal-gtk": notifiers.OnRealPortal}


class Desk:
    """A screen, a channel to it, and the answers that came back."""

    def __init__(self, screen: Screen, open_channel: Open) -> None:
        self.screen = screen
        self.answers: list[tuple[int, Choice]] = []
        self.changes = 0
        self.channel = open_channel(screen, self._answered, self._changed)

    def _changed(self) -> None:
        self.changes += 1

    def _answered(self, episode: int, choice: Choice) -> None:
        self.answers.append((episode, choice))

    def shows(self, what: str = "the prompt") -> str:
        """Wait until there is something, and stays as it is; return how it looks."""
        last = ""

        def is_steady() -> str:
            nonlocal last
            before, last = last, self.screen.looks()
            return last if last == before else ""

        return wait_for(is_steady, what=what)

    def is_dark(self) -> None:
        wait_for(lambda: not self.screen.looks(), what="nothing to be on the screen")


def _freedesktop(screen: Screen, on_answer: OnAnswer, changed: Callable[[], None]) -> Channel:
    from deskbreak.platforms.linux.notify import FreedesktopChannel

    words = gettext.NullTranslations()
    return FreedesktopChannel(_bus(screen), on_answer, words=words, changed=changed)


def _portal(screen: Screen, on_answer: OnAnswer, changed: Callable[[], None]) -> Channel:
    from deskbreak.platforms.linux.portal import PortalChannel

    return PortalChannel(_bus(screen), on_answer, changed=changed)


def _plyer(screen: Screen, on_answer: OnAnswer, changed: Callable[[], None]) -> Channel:
    from deskbreak.platforms.linux.notify_service import Guest, reads_markup

    bus = _bus(screen)
    bus.start()
    return PlyerChannel(reads_markup=lambda: reads_markup(bus), guest=Guest(bus))


def _bus(screen: Screen) -> Bus:
    from deskbreak.platforms.linux.bus import Bus

    bus = Bus(screen.bus.address, "test")
    screen.stack.callback(bus.close)
    return bus


WAYS: dict[str, tuple[Any, dict[str, type[Screen]]]] = {
    "freedesktop": (_freedesktop, ENVIRONMENTS),
    "portal": (_portal, PORTALS),
    "plyer": (_plyer, {"dunst": notifiers.OnDunst, "xfce4-notifyd": notifiers.OnXfce}),
}
CELLS = [(way, environment) for way, (_, screens) in WAYS.items() for environment in screens]


# Where there are buttons that can be pressed, and where it is a program that can die.
WITH_BUTTONS = [cell for cell in CELLS if cell[0] != "plyer" and WAYS[cell[0]][1][cell[1]].presses]
MORTAL = [cell for cell in CELLS if cell[0] == "freedesktop" and cell[1] != "fake"]


def _named(cell: tuple[str, str]) -> str:
    return " on ".join(cell)


@pytest.fixture(params=CELLS, ids=_named)
def desk(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Desk]:
    """One way of showing prompts, on one real service."""
    way, environment = request.param
    open_channel, screens = WAYS[way]
    if why := screens[environment].missing() or (way == "plyer" and missing("notify-send")):
        not_here(f"prompts, {way}", environment, why)
    with screens[environment](tmp_path) as screen:
        for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):  # notify-send looks there
            if name in screen.env:
                monkeypatch.setenv(name, screen.env[name])
        made = Desk(screen, open_channel)
        cell(f"prompts, {way}", environment)
        yield made
        made.channel.close()


def test_given_any_way_when_a_prompt_is_shown_then_it_is_on_the_screen(desk: Desk) -> None:
    """And it stays there: nobody answers for the person."""
    desk.channel.show(VIEW)

    assert desk.shows()
    assert [] == desk.answers
    assert not desk.channel.lost


def test_given_any_way_when_another_prompt_is_shown_then_there_is_one(desk: Desk) -> None:
    """Each way can replace what it shows."""
    desk.channel.show(VIEW)
    before = desk.shows()
    desk.channel.show(AGAIN)

    after = desk.shows("the second")
    assert before == after


def test_given_any_way_when_a_prompt_is_withdrawn_then_the_screen_is_dark(desk: Desk) -> None:
    """More than once does no harm, and there may be nothing to withdraw."""
    desk.channel.withdraw()
    desk.channel.show(VIEW)
    desk.shows()
    desk.channel.withdraw()
    desk.channel.withdraw()

    desk.is_dark()


@pytest.mark.parametrize("desk", WITH_BUTTONS, ids=_named, indirect=True)
@pytest.mark.parametrize("choice", [Choice.DONE, Choice.SKIP], ids=str)
def test_given_any_way_with_buttons_when_one_is_pressed_then_it_is_the_answer_and_gone(
    desk: Desk, choice: Choice
) -> None:
    """Once, to the prompt that is shown; a later one is shown all the same."""
    desk.channel.show(VIEW)
    desk.shows()
    desk.screen.press(choice)
    wait_for(lambda: desk.answers, what="the answer")
    desk.is_dark()

    assert [(7, choice)] == desk.answers


def test_given_any_way_when_the_channel_is_closed_then_nothing_is_left(desk: Desk) -> None:
    """The agent has ended; a prompt without it would be a riddle."""
    desk.channel.show(VIEW)
    desk.shows()
    desk.channel.close()

    desk.is_dark()


def _service(desk: Desk) -> Program:
    assert desk.screen.service is not None
    return desk.screen.service


@pytest.mark.parametrize("desk", MORTAL, ids=_named, indirect=True)
def test_given_a_real_service_when_it_is_killed_then_what_it_showed_is_lost_until_the_next_one(
    desk: Desk,
) -> None:
    """Shown once more it looks as before: there is one, and not two."""
    service = _service(desk)
    desk.channel.show(VIEW)
    before = desk.shows()
    service.kill()
    wait_for(lambda: desk.channel.lost, what="the loss")
    assert 1 == desk.changes
    with pytest.raises(Unavailable):
        desk.channel.show(VIEW)
    service.start()
    desk.channel.show(VIEW)

    assert before == desk.shows()
    assert not desk.channel.lost


@pytest.mark.parametrize("desk", MORTAL, ids=_named, indirect=True)
def test_given_a_real_service_when_it_is_frozen_then_what_it_shows_late_is_taken_away(
    desk: Desk,
) -> None:
    """Three seconds are waited, not more; then it is told, and the prompt is shown once."""
    service = _service(desk)
    desk.channel.show(VIEW)
    before = desk.shows()
    desk.channel.withdraw()
    desk.is_dark()
    os.kill(service.pid, signal.SIGSTOP)
    with pytest.raises(Unavailable, match="does not answer"):
        desk.channel.show(VIEW)
    os.kill(service.pid, signal.SIGCONT)
    wait_for(lambda: desk.changes, what="the service to be heard of")
    desk.is_dark()
    desk.channel.show(VIEW)

    assert before == desk.shows()


def test_given_a_terminal_when_a_prompt_is_shown_then_the_contract_holds_there_too() -> None:
    """It is printed, withdrawn in words, and answered by typing, which other tests do."""
    from deskbreak.platforms.terminal import TerminalChannel

    ours, theirs = os.openpty()
    with (
        os.fdopen(theirs, "w", encoding="utf-8") as stream,
        os.fdopen(ours, "rb", buffering=0) as screen,
    ):
        channel: Channel = TerminalChannel(
            stream, lambda *_: None, words=gettext.NullTranslations(), keyboard=io.StringIO()
        )
        channel.withdraw()
        channel.show(VIEW)
        channel.withdraw()
        channel.withdraw()
        channel.close()
        stream.write("The end.\n")
        stream.flush()
        printed = b""
        while b"The end." not in printed:  # it comes in pieces
            printed += screen.read(4096)

    cell("prompts, terminal", "pseudo-terminal")
    assert 1 == printed.count(b"No longer needed: Change your position")
    assert VIEW.body.encode() in printed
    assert not channel.lost


@pytest.mark.parametrize("way", ["freedesktop", "portal", "plyer"])
def test_given_a_bus_with_nobody_when_a_way_is_opened_then_it_says_what_is_missing(
    way: str, tmp_path: Path
) -> None:
    """Each refuses in words, and at once."""

    class Nobody(notifiers.Fake):
        def start(self) -> None:
            """Start nothing."""

    if why := Nobody.missing() or missing("notify-send"):
        not_here(f"prompts, {way}", "empty bus", why)
    with Nobody(tmp_path) as screen:
        with pytest.raises(Unavailable):
            WAYS[way][0](screen, lambda *_: None, lambda: None)
        cell(f"prompts, {way}", "empty bus")
