"""What every place for tray items must get from the tray, on each of them that is here."""

from __future__ import annotations

import functools
import sys
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Final, Self, TypeVar

import pytest

from deskbreak.agent import panel as agent_panel
from deskbreak.agent.panel import Panel
from deskbreak.core.model import Command, Icon
from deskbreak.core.views import tray_view
from deskbreak.platforms.linux.bus import Bus
from tests.core.scenes import ENGLISH, scene
from tests.desktop.hosts import EXTENSION, HOSTS, BareGnome, absent
from tests.desktop.matrix import NEEDS, cell, not_here
from tests.desktop.parts import missing, wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.core.model import Moment, TrayView
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words
    from tests.desktop.hosts import Host

if sys.platform != "linux":
    pytest.skip("panels are Linux programs", allow_module_level=True)

T = TypeVar("T")

BACK_S: Final = 2.0
"""Within that time of its panel's return the item must be there again; tests fail at ten times."""


class Desk:
    """The agent's side of a panel, and the scene that it tells of."""

    def __init__(self, address: str, runtime: Path) -> None:
        self.bus = Bus(address, "session")
        self.bus.start()
        self.scene = scene("8m work")
        self.icon: Icon | None = None
        self.commands: list[Command] = []
        self.panel = Panel(self.bus, runtime)
        self.panel.draw(self._look, self._post, self._tell)
        self._thread = threading.Thread(target=self.panel.run, daemon=True)

    def _look(self) -> TrayView:
        view = tray_view(self.scene.snap(), self.scene.now, ENGLISH)
        return view if self.icon is None else replace(view, icon=self.icon)

    def _post(self, command: Command) -> None:
        self.commands.append(command)

    def _tell(self, describe: Callable[[Snapshot, Moment, Words], T]) -> T:
        return describe(self.scene.snap(), self.scene.now, ENGLISH)

    @property
    def is_shown(self) -> bool:
        """Whether the panel says that it shows the item."""
        return self.panel.finding(required=True).ok

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.panel.stop()
        self._thread.join(5.0)
        self.bus.close()
        assert not self._thread.is_alive()


@pytest.fixture(params=HOSTS)
def host(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Host]:
    """A desktop of each sort, without its panel; the cell of the matrix is taken note of."""
    name: str = request.param
    why = missing("dbus-daemon", *NEEDS[name]) or absent(name)
    if why is not None:
        not_here("tray", name, why)
    with HOSTS[name](tmp_path) as running:
        yield running
        cell("tray", name)


@pytest.fixture
def desk(host: Host, tmp_path: Path) -> Iterator[Desk]:
    """A tray that runs on it, before there is a panel."""
    with Desk(host.bus.address, tmp_path) as running:
        yield running


def test_given_a_panel_when_it_comes_late_then_icon_menu_and_choice_work(
    host: Host, desk: Desk
) -> None:
    """The icon is one for each state, the menu opens, and what is chosen arrives."""
    assert not desk.is_shown
    host.start()
    wait_for(lambda: desk.is_shown, what="the item")
    empty = host.look()
    seen: list[bytes] = []
    for icon in Icon:
        desk.icon = icon
        desk.panel.refresh()
        wait_for(
            functools.partial(_is_another, host, [*seen, empty] if icon != "working" else seen),
            what=f"the icon for {icon}",
        )
        seen.append(host.look())
    host.choose_last()
    wait_for(lambda: desk.commands, what="the choice")

    assert 5 == len(set(seen))
    assert [Command("quit")] == desk.commands
    assert 1 == host.items()


def _is_another(host: Host, seen: list[bytes]) -> bool:
    """Whether there is a picture that was not there before, twice in a row: panels fade."""
    first = host.look()
    return first not in seen and first == host.look()


def test_given_a_panel_when_it_is_killed_again_and_again_then_the_item_is_back_each_time(
    host: Host, desk: Desk
) -> None:
    """Within two seconds, and once."""
    took_s: list[float] = []
    for n in range(host.kills + 1):
        host.start()
        began_s = time.monotonic()
        wait_for(lambda: desk.is_shown, 10 * BACK_S, "the item")
        took_s.append(time.monotonic() - began_s)
        assert 1 == host.items()
        if n < host.kills:
            host.kill()
            wait_for(lambda: not desk.is_shown, what="the panel to be missed")
    print(f"{host.name}: back {host.kills} times of {host.kills}, ", end="")  # noqa: T201 - a figure
    print(f"at most {max(took_s):.2f} s after the panel, target {BACK_S:g} s")  # noqa: T201 - a figure

    assert max(took_s) < 10 * BACK_S


def test_given_gnome_as_it_comes_then_a_notice_stands_in_until_the_extension_shows_the_item(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In the list, without a word; the remedy that is named helps at once."""
    why = missing("dbus-daemon", *NEEDS["gnome-shell"]) or absent("gnome-shell")
    if why is not None:
        pytest.skip(why)
    monkeypatch.setattr(agent_panel, "GRACE_S", 1.0)
    with BareGnome(tmp_path) as host, Desk(host.bus.address, tmp_path) as desk:
        host.start()

        def says(words: str) -> bool:
            return words in str(desk.panel.finding(required=True).why)

        wait_for(lambda: says("a notification stands in for it"), 60.0, "the notice")
        remedy = str(desk.panel.finding(required=True).remedy)
        assert remedy.endswith(f"gnome-extensions enable {EXTENSION}")
        host.screen.click((640, 16))
        host.screen.keep(tmp_path / "gnome-list.png")

        enabled = desk.bus.call(
            "org.gnome.Shell",
            "/org/gnome/Shell",
            "org.gnome.Shell.Extensions",
            "EnableExtension",
            "s",
            (EXTENSION,),
        )
        assert (True,) == enabled
        wait_for(lambda: desk.is_shown, 30.0, "the item")
        board = desk.panel._board
        assert board is not None
        wait_for(lambda: not board.lies_there, what="the notice to go")
