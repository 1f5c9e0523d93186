"""Prompts as balloons of the icon in the taskbar."""

from __future__ import annotations

import gettext
import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.model import PromptView
from deskbreak.platforms.windows import balloon as windows_balloon
from deskbreak.platforms.windows.balloon import BalloonChannel, Balloons
from deskbreak.ports import Unavailable
from tests.desktop.matrix import cell
from tests.doubles import shell as doubles

if TYPE_CHECKING:
    from tests.doubles.shell import Shell

VIEW = PromptView(1, 1, "position", "Stand up", "Stand for two minutes.", ())


class Icon:
    """What hangs on it, and whether the taskbar listens."""

    def __init__(self) -> None:
        self.balloons: list[tuple[str, str, int]] = []
        self.listens = True

    def balloon(self, title: str, body: str, flags: int) -> bool:
        self.balloons.append((title, body, flags))
        return self.listens


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Windows, as far as we ask it."""
    return doubles.put_in_place(monkeypatch)


@pytest.fixture
def icon() -> Icon:
    """The icon in the taskbar."""
    return Icon()


@pytest.fixture
def balloons(icon: Icon) -> Balloons:
    """What hangs on the icon, which is there."""
    balloons = Balloons()
    balloons.expect()
    balloons.hang_on(icon)
    return balloons


@pytest.fixture
def channel(balloons: Balloons) -> BalloonChannel:
    """The way to show prompts there."""
    cell("prompts, balloon", "taskbar peer")
    return BalloonChannel(balloons, gettext.NullTranslations())


def test_given_a_prompt_when_it_is_shown_then_it_says_where_the_answers_are(
    channel: BalloonChannel, icon: Icon
) -> None:
    """Silent, with our picture."""
    channel.show(VIEW)

    assert [("Stand up", "Stand for two minutes.\nClick here to answer.", 0x14)] == icon.balloons
    assert not channel.lost


def test_given_a_long_prompt_when_it_is_shown_then_the_hint_is_still_there(
    channel: BalloonChannel, icon: Icon
) -> None:
    """What is cut is the text, not how to answer it."""
    channel.show(PromptView(1, 1, "position", "Stand up", "b" * 400, ()))

    (_, body, _) = icon.balloons[0]
    assert 255 == len(body)
    assert body.endswith("…\nClick here to answer.")


def test_given_sound_in_the_settings_when_it_is_shown_then_windows_makes_it(
    channel: BalloonChannel, icon: Icon
) -> None:
    """The one of the system, as loud as the person has it."""
    channel.show(PromptView(1, 1, "position", "Stand up", "", (), sound=True))

    assert [("Stand up", "Click here to answer.", 0x04)] == icon.balloons


def test_given_a_prompt_when_it_is_withdrawn_then_the_balloon_goes_once(
    channel: BalloonChannel, icon: Icon
) -> None:
    """Windows takes a balloon away that is told to say nothing."""
    channel.show(VIEW)
    channel.withdraw()
    channel.withdraw()
    channel.close()

    assert [("", "", 0)] == icon.balloons[1:]


def test_given_a_taskbar_that_restarts_when_a_balloon_was_there_then_it_is_lost(
    channel: BalloonChannel, balloons: Balloons, icon: Icon
) -> None:
    """Delivery then shows it once more, on the new icon."""
    channel.show(VIEW)
    balloons.hang_on(icon)
    assert channel.lost
    channel.show(VIEW)

    assert not channel.lost


def test_given_a_taskbar_that_restarts_when_no_balloon_was_there_then_nothing_is_lost(
    channel: BalloonChannel, balloons: Balloons, icon: Icon
) -> None:
    """There is nothing to show again."""
    balloons.hang_on(icon)

    assert not channel.lost


def test_given_a_taskbar_that_does_not_listen_when_a_prompt_comes_then_it_is_not_shown(
    channel: BalloonChannel, icon: Icon
) -> None:
    """Only what is on the screen counts as prompted."""
    icon.listens = False

    with pytest.raises(Unavailable, match="the taskbar does not answer"):
        channel.show(VIEW)


def test_given_an_icon_that_went_when_a_prompt_comes_then_it_is_not_shown(
    channel: BalloonChannel, balloons: Balloons
) -> None:
    """Plyer comes next."""
    balloons.hang_on(None)

    with pytest.raises(Unavailable, match="there is no icon in the taskbar"):
        channel.show(VIEW)


def test_given_an_icon_on_its_way_when_the_channel_opens_then_it_is_waited_for(
    icon: Icon, shell: Shell
) -> None:
    """The tray and delivery start side by side."""
    shell.has_taskbar = False
    balloons = Balloons()
    balloons.expect()
    threading.Timer(0.05, balloons.hang_on, [icon]).start()

    BalloonChannel(balloons, gettext.NullTranslations()).show(VIEW)

    assert 1 == len(icon.balloons)


def test_given_no_icon_when_the_channel_opens_then_a_taskbar_is_enough(
    shell: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`doctor` draws none where no agent runs, and tells whether one could."""
    monkeypatch.setattr(windows_balloon, "_ICON_WITHIN_S", 0.0)
    BalloonChannel(Balloons(), gettext.NullTranslations())
    shell.has_taskbar = False

    with pytest.raises(Unavailable, match="there is no taskbar in this session"):
        BalloonChannel(Balloons(), gettext.NullTranslations())
