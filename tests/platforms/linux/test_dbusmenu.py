from __future__ import annotations

import gc
import sys
import time
import weakref
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.platforms.linux import dbusmenu
from deskbreak.platforms.linux.bus import Bus
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.panel import Panel
from tests.doubles.peer import PeerError
from tests.doubles.trayicon import Tray

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.platforms.linux.tray import Backend
    from tests.doubles.panel import Entry
    from tests.doubles.trayicon import Menu

if sys.platform != "linux":
    pytest.skip("D-Bus is spoken on Linux only", allow_module_level=True)

pytestmark = [
    pytest.mark.desktop,
    pytest.mark.skipif(missing("dbus-daemon") is not None, reason="not installed: dbus-daemon"),
]


@pytest.fixture
def bus(daemon: PrivateBus) -> Iterator[Bus]:
    """Our connection to it."""
    ours = Bus(daemon.address, "session")
    ours.start()
    yield ours
    ours.close()


@pytest.fixture
def tray(bus: Bus) -> Iterator[Tray]:
    """An icon that runs."""
    with Tray(bus) as running:
        yield running


@pytest.fixture
def panel(daemon: PrivateBus) -> Iterator[Panel]:
    """A panel that runs."""
    with Panel(daemon.address) as running:
        yield running


def test_given_a_menu_when_it_is_read_then_every_sort_of_line_is_there(
    tray: Tray, panel: Panel
) -> None:
    """Disabled lines, separators, submenus, check and radio items; underscores stay."""
    menu = panel.item().menu()

    assert [
        "Stand_up in 12 min (off)",
        "──",
        "Done",
        "Skip",
        "Settings",
        "  [x] On",
        "  Every",
        "    (x) 20 min",
        "    ( ) 30 min",
        "──",
        "Quit",
    ] == menu.text()
    assert "Stand__up in 12 min" == menu.children[0].properties["label"]
    assert {"children-display": "submenu"} == menu.properties


def test_given_a_menu_when_hosts_read_it_in_pieces_then_each_gets_what_it_asked_for(
    tray: Tray, panel: Panel
) -> None:
    """Qt asks level by level, GNOME for types first and properties later."""
    item = panel.item()
    menu = item.menu()
    settings = menu.find("Settings")

    level = item.menu(settings.id, 1)
    assert ["[x] On", "Every"] == level.text()
    assert () == level.find("Every").children
    types = item.menu(0, -1, ["type", "children-display"])
    assert {"type": "separator"} == types.children[1].properties
    assert {} == types.children[2].properties
    wanted = [settings.id, 999]
    assert ([(settings.id, {"label": ("s", "Settings")})],) == item.call(
        "GetGroupProperties", "aias", (wanted, ["label"])
    )
    every = item.call("GetGroupProperties", "aias", ([], ["label"]))[0]
    assert {entry.id for entry in menu.below()} == {id_ for id_, _ in every}
    label = item.call("GetProperty", "is", (settings.id, "label"))
    assert (("s", "Settings"),) == label


@pytest.mark.parametrize(
    ("member", "signature", "body"),
    [
        pytest.param("GetLayout", "iias", (999, -1, []), id="layout"),
        pytest.param("GetProperty", "is", (999, "label"), id="item"),
        pytest.param("GetProperty", "is", (0, "label"), id="property"),
    ],
)
def test_given_an_id_that_nobody_has_when_it_is_asked_for_then_the_host_is_told(
    tray: Tray, panel: Panel, member: str, signature: str, body: tuple[Any, ...]
) -> None:
    """A host with an old menu gets an error, not silence."""
    with pytest.raises(PeerError) as caught:
        panel.item().call(member, signature, body)

    assert "org.freedesktop.DBus.Error.InvalidArgs" == caught.value.name


def test_given_labels_that_age_when_the_menu_opens_then_they_are_made_anew(
    tray: Tray, panel: Panel
) -> None:
    """A label such as "in 12 min" is true when it is read; the layout stays as it was."""
    item = panel.item()
    before = item.menu()
    revision = item.revision
    tray.minutes = 11

    assert item.about_to_show() is False
    assert "Stand_up in 11 min (off)" == item.menu().text()[0]
    assert revision == item.revision
    change = {"label": ("s", "Stand__up in 11 min")}
    wait_for(lambda: panel.bodies("ItemsPropertiesUpdated"), what="the change")
    assert [([(before.children[0].id, change)], [])] == panel.bodies("ItemsPropertiesUpdated")


def test_given_xfce_when_it_opens_the_menu_then_the_group_call_does_the_same(
    tray: Tray, panel: Panel
) -> None:
    """libdbusmenu-gtk asks for several at once, and reports events in groups."""
    item = panel.item()
    done = item.menu().find("Done")
    tray.minutes = 10

    assert ([], [999]) == item.call("AboutToShowGroup", "ai", ([0, 999],))
    assert "Stand_up in 10 min (off)" == item.menu().text()[0]
    tray.extra = ("more",)
    assert ([0], []) == item.call("AboutToShowGroup", "ai", ([0],))
    events = [(done.id, "clicked", ("i", 0), 1), (999, "clicked", ("i", 0), 1)]
    assert ([999],) == item.call("EventGroup", "a(isvu)", (events,))
    wait_for(lambda: tray.chosen, what="the click")
    assert ["done"] == tray.chosen


def test_given_a_property_that_goes_when_the_menu_is_updated_then_its_removal_is_told(
    bus: Bus, panel: Panel
) -> None:
    """A line that can be chosen again says so by having no "enabled" at all."""
    state = {"enabled": False}

    def menu(backend: Backend, tray: Tray) -> Menu:
        return backend.menu(backend.item("One", lambda: None, enabled=lambda _: state["enabled"]))

    with Tray(bus, menu) as tray:
        id_ = panel.item().menu().find("One").id
        state["enabled"] = True
        tray.icon.update_menu()
        wait_for(lambda: panel.bodies("ItemsPropertiesUpdated"), what="the change")

    assert [([], [(id_, ["enabled"])])] == panel.bodies("ItemsPropertiesUpdated")


def test_given_clicks_when_they_come_then_what_was_chosen_happens(tray: Tray, panel: Panel) -> None:
    """A plain line, a check item and a radio item two levels down."""
    item = panel.item()
    item.choose("Done")
    item.choose("Settings", "On")
    item.choose("Settings", "Every", "30 min")

    wait_for(lambda: tray.every == 30, what="the radio item")
    assert ["done", "turn"] == tray.chosen
    assert ["[ ] On", "Every", "  ( ) 20 min", "  (x) 30 min"] == [
        line[2:] for line in item.open().text()[5:9]
    ]


def test_given_lines_that_cannot_be_chosen_when_they_are_clicked_then_nothing_happens(
    tray: Tray, panel: Panel
) -> None:
    """A disabled line, a submenu, a separator, one that is gone; hosts differ in what they send."""
    item = panel.item()
    menu = item.menu()
    for entry in (menu.children[0], menu.children[1], menu.find("Settings")):
        item.event(entry.id, "clicked")
    item.event(999, "clicked")
    item.event(menu.find("Quit").id, "hovered")
    item.choose("Done")

    wait_for(lambda: tray.chosen, what="the last click")
    assert ["done"] == tray.chosen


def test_given_a_box_that_is_ticked_in_vain_when_it_is_clicked_then_the_host_is_corrected(
    tray: Tray, panel: Panel
) -> None:
    """Qt ticks it by itself; what could not be set must not look as if it were."""
    tray.refuses = True
    item = panel.item()
    box = item.menu().find("Settings", "On")
    item.choose("Settings", "On")

    wait_for(lambda: panel.bodies("ItemsPropertiesUpdated"), what="the correction")
    assert [(box.id, {"toggle-state": ("i", 1)})] == panel.bodies("ItemsPropertiesUpdated")[0][0]


def test_given_a_click_that_fails_when_the_next_one_comes_then_it_is_served(
    bus: Bus, panel: Panel, caplog: pytest.LogCaptureFixture
) -> None:
    """A fault in one command does not end the tray."""

    def menu(backend: Backend, tray: Tray) -> Menu:
        return backend.menu(
            backend.item("Bad", lambda: tray.chosen[0]),
            backend.item("Good", lambda: tray.chosen.append("good")),
        )

    with Tray(bus, menu) as tray:
        panel.item().choose("Bad")
        panel.item().choose("Good")
        wait_for(lambda: tray.chosen, what="the second click")

    assert "the tray could not do what was asked of it" in caplog.text


def test_given_two_hundred_refreshes_when_only_labels_change_then_ids_and_revision_stay(
    tray: Tray, panel: Panel
) -> None:
    """Nothing grows from one refresh to the next."""
    item = panel.item()
    before, revision = [entry.id for entry in item.menu().below()], item.revision
    for minutes in range(200):
        tray.minutes = minutes
        tray.icon.update_menu()

    assert before == [entry.id for entry in item.menu().below()]
    assert revision == item.revision
    wait_for(lambda: len(panel.bodies("ItemsPropertiesUpdated")) == 200, what="all changes")
    tray.icon.update_menu()
    tray.icon.title = "the last signal"
    wait_for(lambda: panel.bodies("NewToolTip"), what="the last signal")
    assert 200 == len(panel.bodies("ItemsPropertiesUpdated"))
    assert [] == panel.bodies("LayoutUpdated")


def test_given_lines_that_come_and_go_when_they_are_back_then_each_has_its_id_again(
    tray: Tray, panel: Panel
) -> None:
    """A line is known by its key, not by its place."""
    item = panel.item()
    before = _ids(item.menu())
    for _ in range(20):
        tray.extra = ("more",)
        tray.icon.update_menu()
        during = _ids(item.menu())
        tray.extra = ()
        tray.icon.update_menu()

    assert before == _ids(item.menu())
    assert {"Done", "Skip", "Settings"} <= before.keys() & during.keys()
    assert all(before[key] == during[key] for key in ("Done", "Skip", "Settings"))
    assert max(during.values()) == len(tray.icon._item.menu._ids) - 1
    assert [40, 0] == [
        len(panel.bodies(name)) for name in ("LayoutUpdated", "ItemsPropertiesUpdated")
    ]


def _ids(menu: Entry) -> dict[str, int]:
    return {entry.label: entry.id for entry in menu.below() if entry.label}


def test_given_an_open_menu_when_its_lines_change_then_they_wait_until_it_closes(
    tray: Tray, panel: Panel
) -> None:
    """Nothing moves under the pointer; labels may still change."""
    item = panel.item()
    settings = item.open().find("Settings")
    item.event(settings.id, "opened")
    revision = item.revision
    tray.extra, tray.minutes = ("more",), 3
    tray.icon.update_menu()

    assert "Stand_up in 3 min (off)" == item.menu().text()[0]
    assert "more" not in _ids(item.menu())
    item.event(settings.id, "closed")
    item.menu()
    assert revision == item.revision
    item.event(0, "closed")
    assert "more" in _ids(item.menu())
    assert revision + 1 == item.revision
    wait_for(lambda: panel.bodies("LayoutUpdated"), what="the new layout")


def test_given_an_open_menu_when_a_line_that_went_is_chosen_then_it_counts(
    tray: Tray, panel: Panel
) -> None:
    """What a person sees is what they choose; the layout follows as the menu closes."""
    tray.extra = ("more",)
    tray.icon.update_menu()
    item = panel.item()
    more = item.open().find("more")
    tray.extra = ()
    tray.icon.update_menu()
    item.event(more.id, "clicked")

    wait_for(lambda: tray.chosen, what="the click")
    assert ["more"] == tray.chosen
    wait_for(lambda: "more" not in _ids(item.menu()), what="the line to go")


def test_given_a_host_that_dies_with_its_menu_open_when_lines_change_then_they_come_later(
    tray: Tray, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A menu that nobody closes does not stay as it is for ever."""
    monkeypatch.setattr(dbusmenu, "_OPEN_S", 0.05)
    item = panel.item()
    item.open()
    tray.extra = ("more",)
    tray.icon.update_menu()

    wait_for(lambda: "more" in _ids(item.menu()), what="the new line")


def test_given_a_host_that_says_only_that_it_opens_when_lines_change_then_they_do_not_wait_for_long(
    tray: Tray, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As xfce4-panel: what changes a while after the menu was looked at is there at once."""
    monkeypatch.setattr(dbusmenu, "_OPEN_S", 0.2)
    item = panel.item()
    item.about_to_show()
    time.sleep(0.4)
    monkeypatch.setattr(dbusmenu, "_OPEN_S", 60.0)
    tray.extra = ("more",)
    tray.icon.update_menu()
    assert "more" in _ids(item.menu())

    item.about_to_show()
    settings = item.menu().find("Settings")
    item.event(settings.id, "opened")
    item.event(settings.id, "closed")
    tray.extra = ()
    tray.icon.update_menu()
    assert "more" in _ids(item.menu())


def test_given_a_menu_below_that_stays_open_when_lines_change_then_they_still_wait(
    tray: Tray, panel: Panel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A menu below is told of, and shows for how long a person reads."""
    monkeypatch.setattr(dbusmenu, "_OPEN_S", 0.2)
    item = panel.item()
    item.about_to_show()
    item.event(item.menu().find("Settings").id, "opened")
    time.sleep(0.4)
    monkeypatch.setattr(dbusmenu, "_OPEN_S", 60.0)
    tray.extra = ("more",)
    tray.icon.update_menu()

    assert "more" not in _ids(item.menu())


def test_given_a_menu_when_it_is_read_anew_then_nothing_of_the_old_one_stays(bus: Bus) -> None:
    """What refers to itself would stay until Python looks for such circles, which it seldom does."""
    chosen: list[weakref.ref[Callable[[], None]]] = []

    def read() -> list[dbusmenu.Line]:
        def choose() -> None: ...

        chosen.append(weakref.ref(choose))
        below = (dbusmenu.Line("below", "Below", choose=choose),)
        return [dbusmenu.Line("above", "Above", children=below)]

    menu = dbusmenu.MenuServer(bus, "/Menu", read)
    gc.disable()
    try:
        menu.update()
        menu.update()
        assert [False, True] == [one() is not None for one in chosen]
    finally:
        gc.enable()
