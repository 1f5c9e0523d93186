"""plyer's balloon of Windows, kept on a leash; the balloon itself is replaced."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import plyer_windows
from deskbreak.agent.plyer_windows import PlyerBalloon
from deskbreak.core.model import PromptView
from deskbreak.core.words import said
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable

VIEW = PromptView(1, 1, "position", "Stand up", "Stand for two minutes.", ())


class Tip:
    """`WindowsBalloonTip`; it must be taken away by the thread that made it."""

    def __init__(self, taken: list[str], title: str) -> None:
        self._thread = threading.current_thread()
        self._taken = taken
        self._title = title

    def __del__(self) -> None:
        if self._title and threading.current_thread() is self._thread:
            self._taken.append(self._title)
            self._title = ""


class Tips:
    """What plyer was asked to show, and what was taken away again."""

    def __init__(self) -> None:
        self.shown: list[tuple[str, str]] = []
        self.taken: list[str] = []
        self.before: Callable[[], None] = lambda: None

    def __call__(self, title: str, body: str) -> Tip:
        self.before()
        self.shown.append((title, body))
        return Tip(self.taken, title)


@pytest.fixture
def tips(monkeypatch: pytest.MonkeyPatch) -> Tips:
    """Stands for plyer."""
    tips = Tips()
    monkeypatch.setattr(plyer_windows, "_tip", tips)
    return tips


def test_given_prompts_when_they_follow_each_other_then_one_is_there_and_none_is_left(
    tips: Tips,
) -> None:
    """In plyer's own hands each stays, with its icon and its window, until the process ends."""
    channel = PlyerBalloon(lambda: None)
    channel.show(VIEW)
    channel.show(PromptView(2, 1, "position", "t" * 64, "b" * 256, ()))
    wait_for(lambda: tips.taken, what="the end of the first one")
    assert ["Stand up"] == tips.taken
    channel.close()
    wait_for(lambda: len(tips.taken) == 2, what="the end of the second one")

    assert (63, 255) == (len(tips.shown[1][0]), len(tips.shown[1][1]))
    assert not [one for one in threading.enumerate() if one.name == "plyer" and not one.daemon]


def test_given_an_error_when_plyer_shows_a_prompt_then_it_is_not_lost(tips: Tips) -> None:
    """Plyer itself loses it with the thread."""

    def fail() -> None:
        raise ValueError("string too long")

    tips.before = fail

    with pytest.raises(Unavailable, match="plyer failed: string too long"):
        PlyerBalloon(lambda: None).show(VIEW)


def test_given_plyer_that_hangs_when_it_comes_back_then_nothing_stays_on_the_screen(
    tips: Tips, monkeypatch: pytest.MonkeyPatch
) -> None:
    """By then the prompt was told as not shown."""
    monkeypatch.setattr(plyer_windows, "_WITHIN_S", 0.05)
    goes_on = threading.Event()

    def hang() -> None:
        assert goes_on.wait(5.0)

    tips.before = hang
    with pytest.raises(Unavailable, match="did not come to an end"):
        PlyerBalloon(lambda: None).show(VIEW)
    goes_on.set()

    wait_for(lambda: tips.taken, what="its end")


def test_given_nobody_to_show_it_when_it_is_opened_or_used_then_it_is_refused(tips: Tips) -> None:
    """Plyer reports nothing when there is no taskbar."""
    has_taskbar = False

    def refuse() -> None:
        if not has_taskbar:
            raise Unavailable(said("there is no taskbar"))

    with pytest.raises(Unavailable, match="there is no taskbar"):
        PlyerBalloon(refuse)
    has_taskbar = True
    channel = PlyerBalloon(refuse)
    has_taskbar = False
    with pytest.raises(Unavailable, match="there is no taskbar"):
        channel.show(VIEW)

    assert [] == tips.shown
