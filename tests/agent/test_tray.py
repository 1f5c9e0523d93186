from __future__ import annotations

import threading
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

import pytest

from deskbreak.agent.tray import DeskTray
from deskbreak.core.model import Command, Icon, MenuEntry, TrayView
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    # pystray: untyped, or imported late.
    Menu = Any
    MenuItem = Any

VIEW = TrayView(
    Icon.WORKING,
    "Change position in 12 min",
    (
        MenuEntry("next", "Change position in 12 min", enabled=False),
        MenuEntry("line.1"),
        MenuEntry("take", "Take a break now", Command("take")),
        MenuEntry(
            "settings",
            "Settings",
            children=(
                MenuEntry("on", "On", Command("set", "x=false"), checked=True),
                MenuEntry("20", "20 min", Command("set", "y=20"), checked=True, radio=True),
                MenuEntry("30", "30 min", Command("set", "y=30"), checked=False, radio=True),
                MenuEntry("told", "Set by your organisation"),
            ),
        ),
        MenuEntry("quit", "Quit", Command("quit")),
    ),
)


class FakeIcon:
    """Does what pystray's icon promises, and writes down what is asked of it."""

    def __init__(self, name: str, image: object, title: str, menu: Menu) -> None:
        self.name = name
        self.menu = menu
        self.told: list[tuple[str, object]] = [("image", image), ("title", title)]
        self.visible = False
        self._over = threading.Event()

    def run(self, setup: Callable[[FakeIcon], None]) -> None:
        thread = threading.Thread(target=setup, args=(self,))
        thread.start()
        self._over.wait()
        thread.join(5.0)
        assert not thread.is_alive()

    def stop(self) -> None:
        self._over.set()

    def update_menu(self) -> None:
        self.told.append(("menu", [item.text for item in self.menu]))

    def _set_image(self, image: object) -> None:
        self.told.append(("image", image))

    def _set_title(self, title: str) -> None:
        self.told.append(("title", title))

    icon = property(None, _set_image)
    title = property(None, _set_title)


@dataclass(slots=True)
class Backend:
    """Pystray's own menus under an icon that nobody sees."""

    icon: Callable[..., Any]
    menu: Menu
    item: MenuItem

    def picture(self, state: str) -> str:
        return f"picture of {state}"


class Tray:
    """A tray that runs on a thread, and what it looks at."""

    def __init__(self, backend: Backend) -> None:
        self.view = VIEW
        self.looks = 0
        self.commands: list[Command] = []
        self.fault: Exception | None = None
        self.may_look = threading.Event()
        self.may_look.set()
        self.icons: list[FakeIcon] = []
        backend.icon = self._make
        self.tray = DeskTray(backend, self._look, self._post)
        self.most_at_once = 0
        self._inside = 0
        self._thread = threading.Thread(target=self.tray.run, daemon=True)

    @property
    def icon(self) -> FakeIcon:
        return self.icons[0]

    def _make(self, name: str, image: object, title: str, menu: Menu) -> FakeIcon:
        self.icons.append(FakeIcon(name, image, title, menu))
        return self.icons[0]

    def _post(self, command: Command) -> None:
        self.commands.append(command)

    def _look(self) -> TrayView:
        self._inside += 1
        self.most_at_once = max(self.most_at_once, self._inside)
        self.may_look.wait(5.0)
        self.looks += 1
        self._inside -= 1
        if self.fault is not None:
            fault, self.fault = self.fault, None
            raise fault
        return self.view

    def show(self, **changes: object) -> None:
        """Change the view and ask for it; wait until it was looked at."""
        looks = self.looks
        self.view = replace(self.view, **changes)  # type: ignore[arg-type] # a test's shorthand
        self.tray.refresh()
        wait_for(lambda: self.looks > looks, what="a look")

    def told(self, count: int) -> list[tuple[str, object]]:
        """Wait for so many things told to the icon after its birth."""
        return wait_for(lambda: told if len(told := self.icon.told[2:]) >= count else None) or []

    def __enter__(self) -> Self:
        self._thread.start()
        wait_for(lambda: self.icons and self.icon.visible, what="the icon")
        return self

    def __exit__(self, *_: object) -> None:
        self.may_look.set()
        self.tray.stop()
        self._thread.join(5.0)
        assert not self._thread.is_alive()


@pytest.fixture
def backend(monkeypatch: pytest.MonkeyPatch) -> Backend:
    """Pystray's menus, without the display that it would look for."""
    monkeypatch.setenv("PYSTRAY_BACKEND", "dummy")
    import pystray._base

    return Backend(FakeIcon, pystray._base.Menu, pystray._base.MenuItem)


@pytest.fixture
def tray(backend: Backend) -> Iterator[Tray]:
    """A tray that runs."""
    with Tray(backend) as running:
        yield running


def test_given_a_view_when_the_tray_runs_then_icon_and_tooltip_are_those_of_the_view(
    tray: Tray,
) -> None:
    """The item is called deskbreak, and has the picture of its state."""
    assert "deskbreak" == tray.icon.name
    assert [("image", "picture of working"), ("title", "Change position in 12 min")] == (
        tray.icon.told
    )


def test_given_a_view_when_the_menu_opens_then_every_entry_is_there_under_its_key(
    tray: Tray, backend: Backend
) -> None:
    """Disabled lines, separators, submenus, check and radio items."""
    items = list(tray.icon.menu)
    rows = list(items[3].submenu)

    assert VIEW.menu[0].label == items[0].text
    assert [False, True, True, True] == [items[n].enabled for n in (0, 2, 3, 4)]
    assert items[1] is backend.menu.SEPARATOR
    assert ["take", "settings", "quit"] == [item.key for item in items[2:]]
    assert [("On", True, False), ("20 min", True, True), ("30 min", False, True)] == [
        (row.text, row.checked, row.radio) for row in rows[:3]
    ]
    assert [True, True, True, False] == [row.enabled for row in rows]
    assert rows[3].checked is None


def test_given_a_label_that_ages_when_the_menu_opens_then_it_is_asked_for_again(
    tray: Tray,
) -> None:
    """Nobody has to refresh for a menu that is about to be read."""
    tray.view = replace(VIEW, menu=(MenuEntry("next", "Change position in 11 min"),))

    assert ["Change position in 11 min"] == [item.text for item in tray.icon.menu]


def test_given_entries_when_they_are_chosen_then_their_commands_are_posted(tray: Tray) -> None:
    """One that only says something posts nothing."""
    items = list(tray.icon.menu)
    for item in (items[0], items[2], list(items[3].submenu)[2], items[4]):
        item(tray.icon)

    assert [Command("take"), Command("set", "y=30"), Command("quit")] == tray.commands


def test_given_a_refresh_when_one_thing_changed_then_only_that_is_drawn(tray: Tray) -> None:
    """A panel may leak a little with each new icon (mate-desktop/mate-panel#1444)."""
    tray.show()
    tray.show(tooltip="Time to stand")
    tray.show(menu=VIEW.menu[:3])
    tray.show()
    tray.show(icon=Icon.DUE)

    assert ["title", "menu", "image"] == [what for what, _ in tray.told(3)]
    assert ("title", "Time to stand") == tray.told(3)[0]
    assert ("image", "picture of due") == tray.told(3)[2]


def test_given_many_refreshes_when_the_tray_is_busy_then_they_become_one_look(tray: Tray) -> None:
    """However often the agent asks, the last state is drawn, once."""
    before = tray.looks
    tray.may_look.clear()
    for _ in range(100):
        tray.tray.refresh()
    tray.view = replace(VIEW, tooltip="the last")
    for _ in range(100):
        tray.tray.refresh()
    tray.may_look.set()

    assert [("title", "the last")] == tray.told(1)
    assert tray.looks - before <= 2


def test_given_menus_and_refreshes_when_they_come_from_many_threads_then_looks_take_turns(
    tray: Tray,
) -> None:
    """Whoever describes the view is never asked twice at once."""

    def work() -> None:
        for _ in range(50):
            tray.tray.refresh()
            list(tray.icon.menu)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10.0)

    assert 1 == tray.most_at_once


def test_given_a_view_that_fails_when_the_next_one_comes_then_it_is_drawn(
    tray: Tray, caplog: pytest.LogCaptureFixture
) -> None:
    """One bad view does not freeze the tray for the rest of the day."""
    tray.fault = ValueError("no view")
    tray.show()
    tray.show(tooltip="better")

    assert [("title", "better")] == tray.told(1)
    assert "the tray could not be drawn" in caplog.text


def test_given_a_stop_before_the_start_when_it_runs_then_it_ends_at_once(backend: Backend) -> None:
    """A signal may come before there is an icon."""
    tray = Tray(backend)
    tray.tray.stop()
    tray._thread.start()
    tray._thread.join(5.0)

    assert not tray._thread.is_alive()


def test_given_a_backend_that_fails_when_it_runs_then_nothing_is_left_waiting(
    backend: Backend,
) -> None:
    """The process can then end: Python waits for pystray's second thread."""

    class Broken(FakeIcon):
        def run(self, setup: Callable[[FakeIcon], None]) -> None:
            self.thread = threading.Thread(target=setup, args=(self,))
            self.thread.start()
            raise OSError("no panel")

    tray = Tray(backend)
    icons: list[Broken] = []

    def make(*args: object) -> Broken:
        icons.append(Broken(*args))  # type: ignore[arg-type] # handed on as they came
        return icons[0]

    backend.icon = make
    with pytest.raises(OSError, match="no panel"):
        tray.tray.run()

    icons[0].thread.join(5.0)
    assert not icons[0].thread.is_alive()


def test_given_a_loop_that_ends_by_itself_then_that_is_no_end_in_good_order(
    backend: Backend,
) -> None:
    """Pystray logs what ended it, and returns as if it had been stopped."""

    class Fragile(FakeIcon):
        def run(self, setup: Callable[[FakeIcon], None]) -> None:
            threading.Thread(target=setup, args=(self,), daemon=True).start()

    tray = Tray(backend)
    backend.icon = Fragile

    with pytest.raises(RuntimeError, match="nobody asked for that"):
        tray.tray.run()
