from __future__ import annotations

import subprocess
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent.tray import DeskTray
from deskbreak.core.model import Command, Icon, MenuEntry, TrayView
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.tray import TrayStatus, open_backend, tray_status
from deskbreak.storage.files import icon_theme
from tests.desktop.parts import XfcePanel, missing, wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

if sys.platform != "linux":
    pytest.skip("needs an X server and a panel", allow_module_level=True)

NEEDED = ("dbus-daemon", "Xvfb", "xfce4-panel", "xfconfd", "xdotool", "import", "compare")
pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(missing(*NEEDED) is not None, reason=str(missing(*NEEDED))),
]

PANEL_HEIGHT = 32
ICON = (16, 16)  # where the panel puts its first item

VIEW = TrayView(
    Icon.WORKING,
    "Change position in 12 min",
    (
        MenuEntry("next", "Change position in 12 min", enabled=False),
        MenuEntry("line.1"),
        MenuEntry(
            "pause",
            "Pause",
            children=(
                MenuEntry("30m", "30 minutes", Command("pause", "30m")),
                MenuEntry("1h", "1 hour", Command("pause", "1h")),
            ),
        ),
        MenuEntry("on", "On", Command("set", "position.enabled=false"), checked=True),
        MenuEntry("20", "20 min", Command("set", "20"), checked=True, radio=True),
        MenuEntry("30", "30 min", Command("set", "30"), checked=False, radio=True),
        MenuEntry("locked", "Set by your organisation", Command("no"), enabled=False),
        MenuEntry("line.2"),
        MenuEntry("quit", "Quit", Command("quit")),
    ),
)


class Screen:
    """What a person does and sees on the X server of the test."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = dict(env)

    def do(self, *words: str) -> None:
        """Move, click and type, as xdotool has it."""
        subprocess.run(["xdotool", *words], env=self._env, check=True, timeout=10)

    def click_icon(self) -> None:
        self.do("mousemove", *map(str, ICON), "click", "1")

    def keep(self, picture: Path) -> Path:
        """Write down what is on the screen."""
        argv = ["import", "-window", "root", str(picture)]
        subprocess.run(argv, env=self._env, check=True, timeout=10)
        return picture

    def colours(self, area: str) -> set[str]:
        """The colours in *area*, as ImageMagick writes an area: WIDTHxHEIGHT+LEFT+TOP."""
        argv = ["import", "-window", "root", "-crop", area, "-depth", "8", "txt:-"]
        drawn = subprocess.run(
            argv, env=self._env, check=True, timeout=10, capture_output=True, text=True
        )
        return {line.split()[2] for line in drawn.stdout.splitlines()[1:]}

    @property
    def has_menu(self) -> bool:
        """Whether something is drawn below the panel."""
        return len(self.colours(f"150x150+5+{PANEL_HEIGHT + 4}")) > 1

    @property
    def has_submenu(self) -> bool:
        """Whether something is drawn to the right of the menu."""
        return len(self.colours("80x40+250+60")) > 1

    @property
    def has_icon(self) -> bool:
        """Whether there is more than the panel where the icon belongs."""
        return len(self.colours(f"24x24+{ICON[0] - 12}+{ICON[1] - 12}")) > 1


class Desk:
    """A tray that runs on the desktop of the test."""

    def __init__(self, bus: Bus, theme: Path) -> None:
        self.view = VIEW
        self.commands: list[Command] = []
        self.looks = 0
        self.tray = DeskTray(open_backend(bus, theme), self._look, self._post)
        self.thread = threading.Thread(target=self.tray.run, daemon=True)

    def _post(self, command: Command) -> None:
        self.commands.append(command)

    def _look(self) -> TrayView:
        self.looks += 1
        return self.view


@pytest.fixture
def session(desktop_env: dict[str, str]) -> Iterator[Bus]:
    """Our connection to the bus of the test."""
    ours = Bus(desktop_env["DBUS_SESSION_BUS_ADDRESS"], "session")
    ours.start()
    yield ours
    ours.close()


@pytest.fixture
def desk(session: Bus, tmp_path: Path) -> Iterator[Desk]:
    """A tray that runs, before there is a panel; its pictures go to the panel as pixels only."""
    (tmp_path / "pixels").symlink_to(icon_theme() / "pixels")
    running = Desk(session, tmp_path)
    running.thread.start()
    yield running
    running.tray.stop()
    running.thread.join(5.0)
    assert not running.thread.is_alive()


@pytest.fixture
def screen(desktop_env: dict[str, str]) -> Screen:
    """The screen of the test."""
    return Screen(desktop_env)


def _panel(desktop_env: dict[str, str], tmp_path: Path) -> XfcePanel:
    return XfcePanel(desktop_env, tmp_path / "home")


def _shown(session: Bus, screen: Screen) -> None:
    wait_for(lambda: TrayStatus(registered=True) == tray_status(session, "deskbreak"), what="it")
    wait_for(lambda: screen.has_icon, what="the icon on the screen")


def test_given_xfce_when_the_icon_is_clicked_then_its_menu_opens_and_the_choice_arrives(
    desktop_env: dict[str, str], tmp_path: Path, session: Bus, desk: Desk, screen: Screen
) -> None:
    """By mouse and by keyboard, on one level and on the next, with labels of this moment."""
    with _panel(desktop_env, tmp_path):
        _shown(session, screen)
        screen.keep(tmp_path / "1-icon.png")
        looks = desk.looks
        screen.click_icon()
        wait_for(lambda: screen.has_menu, what="the menu")
        screen.keep(tmp_path / "2-menu.png")
        assert desk.looks > looks

        screen.do("key", "Down", "Right")
        wait_for(lambda: screen.has_submenu, what="the submenu")
        screen.keep(tmp_path / "3-submenu.png")
        screen.do("key", "Down", "Return")
        wait_for(lambda: desk.commands, what="the choice")
        assert [Command("pause", "1h")] == desk.commands

        wait_for(lambda: not screen.has_menu, what="the menu to close")
        screen.click_icon()
        wait_for(lambda: screen.has_menu, what="the menu")
        screen.do("key", "Up", "Return")
        wait_for(lambda: len(desk.commands) == 2, what="the second choice")
        assert Command("quit") == desk.commands[1]


@pytest.mark.parametrize(
    ("opening", "choosing", "chosen"),
    [
        pytest.param((), ("Up", "Return"), Command("quit"), id="menu"),
        pytest.param(
            ("Down", "Right"), ("Down", "Return"), Command("pause", "1h"), id="menu and submenu"
        ),
    ],
)
def test_given_xfce_with_an_open_menu_when_a_prompt_comes_then_nothing_moves(  # noqa: PLR0917 - a row
    desktop_env: dict[str, str],
    tmp_path: Path,
    session: Bus,
    desk: Desk,
    screen: Screen,
    opening: tuple[str, ...],
    choosing: tuple[str, ...],
    chosen: Command,
) -> None:
    """What is under the pointer stays; the new lines are there when the menu opens again."""
    with _panel(desktop_env, tmp_path):
        _shown(session, screen)
        screen.click_icon()
        wait_for(lambda: screen.has_menu, what="the menu")
        if opening:
            screen.do("key", *opening)
            wait_for(lambda: screen.has_submenu, what="the submenu")
        before = screen.keep(tmp_path / "4-before.png")
        looks = desk.looks
        done = MenuEntry("answer.done", "Done", Command("answer", "done"))
        desk.view = replace(VIEW, menu=(done, *VIEW.menu))
        desk.tray.refresh()
        wait_for(lambda: desk.looks > looks + 1, what="the redrawing")
        session.owner("org.kde.StatusNotifierWatcher")  # the daemon has passed everything on

        assert _same(before, screen.keep(tmp_path / "4-still-open.png"))
        screen.do("key", *choosing)
        wait_for(lambda: desk.commands, what="the choice")
        assert [chosen] == desk.commands

        wait_for(lambda: not screen.has_menu, what="the menu to close")
        screen.click_icon()
        wait_for(lambda: screen.has_menu, what="the menu")
        screen.keep(tmp_path / "5-prompt.png")
        screen.do("key", "Down", "Return")
        wait_for(lambda: len(desk.commands) == 2, what="the answer")
        assert Command("answer", "done") == desk.commands[1]


def _same(before: Path, after: Path) -> bool:
    argv = ["compare", "-metric", "AE", str(before), str(after), "null:"]
    different = subprocess.run(argv, check=False, timeout=10, capture_output=True, text=True)
    return different.stderr.strip() == "0"


def test_given_xfce_when_it_is_killed_and_started_again_then_the_item_is_back(
    desktop_env: dict[str, str], tmp_path: Path, session: Bus, desk: Desk, screen: Screen
) -> None:
    """Late at first, then killed: the icon is there within moments of the panel."""
    assert not tray_status(session, "deskbreak").registered
    for _ in range(2):
        with _panel(desktop_env, tmp_path) as panel:
            _shown(session, screen)
            screen.click_icon()
            wait_for(lambda: screen.has_menu, what="the menu")
            panel.kill()
        wait_for(
            lambda: not tray_status(session, "deskbreak").registered, what="the panel to be gone"
        )
    assert desk.thread.is_alive()


def test_given_xfce_when_state_and_tooltip_change_then_the_icon_is_another_one(
    desktop_env: dict[str, str], tmp_path: Path, session: Bus, desk: Desk, screen: Screen
) -> None:
    """Each state has a shape and a colour of its own."""
    area = f"24x24+{ICON[0] - 12}+{ICON[1] - 12}"
    with _panel(desktop_env, tmp_path):
        _shown(session, screen)
        seen = [screen.colours(area)]
        for state in (Icon.DUE, Icon.RESTING, Icon.PAUSED, Icon.PROBLEM):
            desk.view = replace(VIEW, icon=state, tooltip=state.value)
            desk.tray.refresh()
            drawn = wait_for(
                lambda: new if (new := screen.colours(area)) not in seen else None,
                what=f"the icon of {state}",
            )
            screen.keep(tmp_path / f"6-{state}.png")
            assert drawn is not None
            seen.append(drawn)

    assert 5 == len(seen)
