from __future__ import annotations

import gettext
import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.agent.delivery import Delivery
from deskbreak.agent.plyer_channel import PlyerChannel
from deskbreak.core.model import Button, Choice, PromptView
from tests.desktop.parts import Dunst, missing, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said
    from deskbreak.ports import Channel

if sys.platform != "linux":
    pytest.skip("dunst is a program for Linux", allow_module_level=True)

PARTS = ("dunst", "dunstctl", "dbus-send", "busctl", "notify-send", "import", "xdotool")

pytestmark = pytest.mark.skipif(missing(*PARTS) is not None, reason=missing(*PARTS) or "")

ICON = Path(__file__).parents[2] / "icons/hicolor/128x128/apps/deskbreak.png"

VIEW = PromptView(
    episode=7,
    showing=1,
    kind="position",
    title="Change your position",
    body="Stand up & <walk> a few steps, then sit down in another way than before.",
    buttons=(
        Button(Choice.DONE, "Done"),
        Button(Choice.POSTPONE, "In 5 minutes"),
        Button(Choice.SKIP, "Skip"),
    ),
)
REMINDER = replace(VIEW, showing=2, title="Still time for another position")


class Desktop:
    """Delivery with its real channels, and what a person sees and does."""

    def __init__(self, env: dict[str, str]) -> None:
        self.env = env
        self.happened: list[str] = []

    def shown(self, episode: int, showing: int) -> None:
        self.happened.append(f"shown {episode}/{showing}")

    def undelivered(self, episode: int, showing: int, why: Said) -> None:
        self.happened.append(f"undelivered {episode}/{showing}")

    def answered(self, episode: int, choice: Choice) -> None:
        self.happened.append(f"answered {episode} {choice}")

    def wait_for(self, what: str) -> None:
        wait_for(lambda: what in self.happened, what=f"{what!r} in {self.happened}")

    def run(self, *argv: str) -> str:
        ran = subprocess.run(
            argv, env=self.env, capture_output=True, text=True, timeout=10, check=True
        )
        return ran.stdout

    def wait_until_displayed(self, count: int) -> None:
        """Wait until dunst says so, and until the screen does."""
        wait_for(
            lambda: int(self.run("dunstctl", "count", "displayed")) == count,
            what=f"{count} notifications on the screen",
        )
        wait_for(lambda: self._is_lit() == bool(count), what="the screen to be drawn")

    def history(self) -> list[dict[str, Any]]:
        """What dunst has shown, newest first; field: value."""
        (notes,) = json.loads(self.run("dunstctl", "history"))["data"]
        return [{name: field["data"] for name, field in note.items()} for note in notes]

    def _is_lit(self) -> bool:
        colours = self.run("import", "-window", "root", "-format", "%k", "info:")
        return int(colours) > 1

    @contextmanager
    def delivery(self, *, buttons: bool = True) -> Iterator[Delivery]:
        from deskbreak.platforms.linux.bus import Bus
        from deskbreak.platforms.linux.notify import FreedesktopChannel
        from deskbreak.platforms.linux.notify_service import reads_markup

        bus = Bus(self.env["DBUS_SESSION_BUS_ADDRESS"], "test")
        words = gettext.NullTranslations()
        channels: list[tuple[str, Callable[[], Channel]]] = [
            ("plyer", lambda: PlyerChannel(icon=ICON, reads_markup=lambda: reads_markup(bus)))
        ]
        if buttons:
            channels.insert(
                0,
                (
                    "freedesktop",
                    lambda: FreedesktopChannel(bus, self.answered, words=words, icon=ICON),
                ),
            )
        delivery = Delivery(channels, self.shown, self.undelivered)
        delivery.start()
        try:
            yield delivery
        finally:
            delivery.stop()
            bus.close()


@pytest.fixture
def desktop(desktop_env: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Desktop:
    """A desktop without its notification daemon; child processes find it too."""
    for name in ("DISPLAY", "DBUS_SESSION_BUS_ADDRESS"):
        monkeypatch.setenv(name, desktop_env[name])
    return Desktop(desktop_env)


@pytest.fixture
def dunst(desktop: Desktop) -> Iterator[Dunst]:
    """The notification daemon, as its distribution configures it."""
    with Dunst(desktop.env) as running:
        yield running


@contextmanager
def configured(desktop: Desktop, tmp_path: Path, text: str) -> Iterator[None]:
    """The notification daemon, as this person configures it."""
    config = tmp_path / "dunstrc"
    config.write_text(text, encoding="utf-8")
    with Dunst(desktop.env, "-config", str(config)):
        yield


def test_given_dunst_when_a_prompt_is_shown_and_withdrawn_then_the_screen_shows_it_and_is_dark(
    desktop: Desktop, dunst: Dunst
) -> None:
    """The whole way to the pixels and back; a reminder takes the prompt's place."""
    with desktop.delivery() as delivery:
        delivery.show(VIEW)
        desktop.wait_for("shown 7/1")
        desktop.wait_until_displayed(1)
        delivery.show(REMINDER)
        desktop.wait_for("shown 7/2")
        desktop.wait_until_displayed(1)
        delivery.withdraw()
        desktop.wait_until_displayed(0)

    (note,) = desktop.history()
    body = "Stand up &amp; &lt;walk&gt; a few steps, then sit down in another way than before."
    expected = {
        "appname": "deskbreak",
        "category": "deskbreak.position",
        "summary": "Still time for another position",
        "body": body,
        "icon_path": str(ICON),
        "timeout": 0,
    }
    assert expected == {name: note[name] for name in expected}
    assert ["shown 7/1", "shown 7/2"] == desktop.happened


def test_given_dunst_when_its_default_action_is_done_then_the_guide_is_asked_for(
    desktop: Desktop, dunst: Dunst
) -> None:
    """A middle click on the bubble, and ``dunstctl action``, mean the default action."""
    with desktop.delivery() as delivery:
        delivery.show(VIEW)
        desktop.wait_until_displayed(1)
        desktop.run("xdotool", "mousemove", "1100", "85", "click", "2")
        desktop.wait_for("answered 7 start")
        desktop.wait_until_displayed(0)
        delivery.show(replace(VIEW, episode=8))
        desktop.wait_until_displayed(1)
        desktop.run("dunstctl", "action", "0")
        desktop.wait_for("answered 8 start")
        desktop.wait_until_displayed(0)


def test_given_dunst_when_the_bubble_is_clicked_away_then_that_is_no_answer(
    desktop: Desktop, dunst: Dunst
) -> None:
    """The left button closes it, and nobody knows why."""
    with desktop.delivery() as delivery:
        delivery.show(VIEW)
        desktop.wait_until_displayed(1)
        desktop.run("xdotool", "mousemove", "1100", "85", "click", "1")
        desktop.wait_until_displayed(0)
        delivery.show(REMINDER)
        desktop.wait_until_displayed(1)

    assert ["shown 7/1", "shown 7/2"] == desktop.happened


def test_given_dunst_that_acts_done_when_it_acts_then_the_prompt_is_done_once_and_gone(
    desktop: Desktop, tmp_path: Path
) -> None:
    """A person may give the click another of our actions."""
    rule = '[breaks]\n    appname = "deskbreak"\n    action_name = "done"\n'
    with configured(desktop, tmp_path, rule), desktop.delivery() as delivery:
        delivery.show(VIEW)
        desktop.wait_until_displayed(1)
        desktop.run("dunstctl", "action", "0")
        desktop.wait_for("answered 7 done")
        desktop.wait_until_displayed(0)

        assert ["shown 7/1", "answered 7 done"] == desktop.happened


@pytest.mark.parametrize(
    ("label", "choice"),
    [("Done", "done"), ("In 5 minutes", "postpone"), ("Skip", "skip"), ("Show me how", "start")],
)
def test_given_dunst_when_an_action_is_chosen_from_its_menu_then_it_is_the_answer(
    desktop: Desktop, tmp_path: Path, label: str, choice: str
) -> None:
    """The menu lists our buttons by their labels."""
    menu = tmp_path / "menu"
    menu.write_text(f'#!/bin/sh\ngrep -F "{label}"\n', encoding="utf-8")
    menu.chmod(0o755)
    with (
        configured(desktop, tmp_path, f"[global]\n    dmenu = {menu}\n"),
        desktop.delivery() as delivery,
    ):
        delivery.show(VIEW)
        desktop.wait_until_displayed(1)
        desktop.run("dunstctl", "context")
        desktop.wait_for(f"answered 7 {choice}")
        desktop.wait_until_displayed(0)


def test_given_dunst_is_killed_when_it_is_back_then_the_next_prompt_is_shown_there(
    desktop: Desktop, dunst: Dunst
) -> None:
    """Meanwhile a prompt is reported as undelivered, by both channels."""
    with desktop.delivery() as delivery:
        delivery.show(VIEW)
        desktop.wait_until_displayed(1)
        dunst.kill()
        delivery.show(REMINDER)
        desktop.wait_for("undelivered 7/2")
        with Dunst(desktop.env):
            delivery.show(replace(VIEW, showing=3))
            desktop.wait_for("shown 7/3")
            desktop.wait_until_displayed(1)
            delivery.withdraw()
            desktop.wait_until_displayed(0)


def test_given_dunst_is_frozen_when_it_thaws_then_no_prompt_that_was_given_up_is_left(
    desktop: Desktop, dunst: Dunst
) -> None:
    """It shows what it finds when it wakes; ours is closed at once, and there is one only."""
    with desktop.delivery() as delivery:
        wait_for(lambda: delivery.report()[0].state == "ready", what="the channel to be open")
        os.kill(dunst.pid, signal.SIGSTOP)
        delivery.show(VIEW)
        desktop.wait_for("undelivered 7/1")
        os.kill(dunst.pid, signal.SIGCONT)
        wait_for(lambda: len(desktop.history()) == 1, what="the late one to be closed")
        desktop.wait_until_displayed(0)
        delivery.show(REMINDER)
        desktop.wait_for("shown 7/2")
        desktop.wait_until_displayed(1)


def test_given_plyer_alone_when_a_prompt_is_shown_then_notify_send_brings_it_to_dunst(
    desktop: Desktop, dunst: Dunst
) -> None:
    """The last way out works for real; nobody can withdraw it."""
    with desktop.delivery(buttons=False) as delivery:
        delivery.show(VIEW)
        desktop.wait_for("shown 7/1")
        desktop.wait_until_displayed(1)
        delivery.withdraw()
    desktop.wait_until_displayed(1)
    desktop.run("dunstctl", "close")
    desktop.wait_until_displayed(0)

    (note,) = desktop.history()
    assert ("deskbreak", VIEW.title) == (note["appname"], note["summary"])
    assert note["body"].startswith("Stand up &amp; &lt;walk&gt;")
