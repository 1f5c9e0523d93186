"""What we do otherwise than pystray's icon for Windows; the calls below it are replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.core.model import Icon
from deskbreak.platforms.windows import tray as windows_tray
from deskbreak.platforms.windows.balloon import Balloons
from deskbreak.ports import Unavailable
from deskbreak.storage.files import bundled
from tests.desktop.matrix import cell
from tests.desktop.parts import wait_for
from tests.doubles import shell as doubles
from tests.doubles.watched import Overseer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.doubles.shell import Shell

ICONS = bundled("icons", "taskbar")


class Desk:
    """An icon in a taskbar that is a list."""

    def __init__(self, shell: Shell) -> None:
        self.shell = shell
        self.balloons = Balloons()
        self.told: list[str | None] = []
        self.chosen: list[str] = []
        self.labels = ["Change position in 12 min", "Quit"]
        self.overseer = Overseer()
        self.at_work: list[tuple[str, bool]] = []  # what was done, and whether it counts as work
        backend = windows_tray.open_backend(
            ICONS, self.balloons, told=self._told, duty=self.overseer.watch
        )
        self.backend = backend
        self.icon: Any = backend.icon(
            "deskbreak", backend.picture("due"), "Time to stand", backend.menu(self._items)
        )

    def _told(self, missing: Unavailable | None) -> None:
        self.told.append(None if missing is None else str(missing.why))

    def note(self, what: str) -> None:
        """Take down whether somebody looks after what is done now."""
        self.at_work.append((what, self.overseer.alarm.is_set))

    def _items(self) -> Iterator[object]:
        self.note("the menu is made")

        def choose(label: str) -> Callable[[], None]:
            def chosen() -> None:
                self.note(label)
                self.chosen.append(label)

            return chosen

        return iter([self.backend.item(label, choose(label)) for label in self.labels])

    def click(self, what: int = doubles.RIGHT_CLICK) -> None:
        """Let Windows tell the icon of a click, or what else is in the message."""
        self.icon._message_handlers[1035](0, what)


@pytest.fixture
def shell(monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Windows, as far as we ask it."""
    return doubles.put_in_place(monkeypatch)


@pytest.fixture
def desk(shell: Shell) -> Desk:
    """An icon that has not been shown yet."""
    cell("tray", "taskbar peer")
    return Desk(shell)


def test_given_texts_of_any_length_when_windows_is_told_then_they_fit_its_fields(
    desk: Desk,
) -> None:
    """127, 63 and 255 UTF-16 units and a zero; one more is an error that ends pystray's thread."""
    desk.icon.title = "\N{GRINNING FACE}" * 200
    desk.icon._show()
    desk.icon.balloon("t" * 64, "b" * 256, 0)

    (_, tip, _, _), (_, _, title, body) = desk.shell.told
    assert 126 == len(tip.encode("utf-16-le")) // 2 - 1  # 63 faces, two units each, and the dots
    assert (63, 255) == (len(title), len(body))
    assert all(text.endswith("…") for text in (tip, title, body))


def test_given_an_icon_when_windows_has_it_then_that_is_told(desk: Desk) -> None:
    """The picture is loaded as it lies there: nothing is left in the temporary folder."""
    desk.icon._show()

    assert [None] == desk.told
    assert [doubles.NIM_ADD] == desk.shell.codes()
    assert (ICONS / "due.ico").stat().st_size == desk.icon._icon_handle


def test_given_a_busy_taskbar_when_it_listens_again_then_the_icon_comes(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """At login the shell may take its time; nobody has to start deskbreak anew."""
    monkeypatch.setattr(windows_tray, "_AGAIN_S", (0.01, 0.01))
    desk.shell.listens = False
    desk.icon._show()
    assert ["there is no taskbar in this session"] == desk.told[:1]
    desk.shell.listens = True

    wait_for(lambda: desk.told[-1] is None, what="the icon")


def test_given_no_taskbar_at_all_when_it_was_tried_often_then_it_is_left_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process that sleeps is not woken for ever by what is never there."""
    monkeypatch.setattr(windows_tray, "_AGAIN_S", (0.01, 0.01))
    desk.shell.listens = False
    desk.icon._show()
    wait_for(lambda: len(desk.told) == 3, what="the last attempt")
    desk.icon._again.join(5.0)

    assert 3 == len(desk.told)


def test_given_an_icon_that_came_late_when_windows_says_that_it_failed_then_it_is_there(
    desk: Desk,
) -> None:
    """Windows reports a failure when its shell was slow, and has the icon all the same."""
    answers = iter([0, 1])
    desk.icon._win32.Shell_NotifyIcon = lambda *_: next(answers)
    desk.icon._show()

    assert [None] == desk.told


@pytest.mark.parametrize("click", [doubles.RIGHT_CLICK, doubles.LEFT_CLICK, doubles.BALLOON_CLICK])
def test_given_a_click_on_icon_or_balloon_when_it_comes_then_the_menu_opens(
    desk: Desk, click: int
) -> None:
    """A balloon has no buttons: its answers are in the menu."""
    desk.shell.choose = lambda: 2
    desk.click(click)

    assert ["Quit"] == desk.chosen
    assert ["foreground", "pointer", "track", "post", "destroy"] == desk.shell.calls


def test_given_a_menu_when_nothing_is_chosen_then_nothing_happens(desk: Desk) -> None:
    """Esc, or a click elsewhere."""
    desk.click()

    assert [] == desk.chosen


def test_given_a_label_that_ages_when_the_menu_opens_again_then_it_is_made_anew(
    desk: Desk,
) -> None:
    """And not in between: whoever reads it keeps it under the pointer."""
    desk.click()
    desk.labels = ["Change position in 11 min", "Quit"]
    desk.icon._update_menu()
    assert 1 == len(desk.shell.menus)
    desk.click()

    assert ["Change position in 12 min", "Change position in 11 min"] == [
        items[0].text for items in desk.shell.menus
    ]


def test_given_an_open_menu_when_it_is_clicked_again_then_there_is_one_menu(desk: Desk) -> None:
    """Windows delivers clicks on the icon while the menu is open."""

    def choose() -> int:
        desk.click()
        return 0

    desk.shell.choose = choose
    desk.click()

    assert 1 == desk.shell.calls.count("track")


def test_given_an_open_menu_when_the_agent_ends_then_it_closes_first(desk: Desk) -> None:
    """Its own loop would take the message that ends ours, and the process would never end."""

    def choose() -> int:
        desk.icon._message_handlers[1034](0, 0)
        assert "quit" not in desk.shell.calls
        return 2

    desk.shell.choose = choose
    desk.click()

    assert ["end menu", "quit"] == [
        call for call in desk.shell.calls if call in ("end menu", "quit")
    ]
    assert [] == desk.chosen


def test_given_a_menu_when_it_stays_open_then_only_what_we_do_ourselves_counts_as_work(
    desk: Desk,
) -> None:
    """A person may think for as long as they like; a shell that does not answer is another thing."""

    def choose() -> int:
        desk.note("the menu is open")
        return 2

    desk.shell.choose = choose
    desk.click()
    desk.icon._win32.PostQuitMessage = lambda _: desk.note("the end")
    desk.icon._message_handlers[1034](0, 0)

    assert [
        ("the menu is made", True),
        ("the menu is open", False),
        ("Quit", True),
        ("the end", True),
    ] == desk.at_work
    assert () == desk.overseer.look_twice()


def test_given_no_menu_when_the_agent_ends_then_the_loop_ends(desk: Desk) -> None:
    """The usual case."""
    desk.icon._message_handlers[1034](0, 0)

    assert ["quit"] == desk.shell.calls


def test_given_a_log_out_when_windows_asks_then_nobody_objects(desk: Desk) -> None:
    """Pystray answers 0 to what it does not know, and here that means "do not log out"."""
    assert 1 == desk.icon._message_handlers[0x0011](0, 0)


def test_given_a_label_with_marks_when_it_is_drawn_then_it_is_read_as_written(desk: Desk) -> None:
    """An ampersand would underline the letter after it, a tab begin a second column."""
    desk.labels = ["Rest\t& move"]
    desk.click()

    assert "Rest && move" == desk.shell.menus[0][0].text


def test_given_a_picture_that_is_missing_when_it_is_loaded_then_there_is_an_icon_without(
    desk: Desk, caplog: pytest.LogCaptureFixture
) -> None:
    """A reminder without its picture still reminds."""
    desk.icon.icon = desk.backend.picture("unknown")
    desk.icon._show()

    assert [None] == desk.told
    assert "cannot be loaded" in caplog.text


def test_given_a_screen_of_small_pixels_when_the_icon_is_made_then_windows_knows_that_we_know(
    desk: Desk,
) -> None:
    """Else it takes our icon and menu for those of a screen of 96 dpi, and blows them up."""
    assert desk.shell.is_sharp


@pytest.mark.parametrize("state", list(Icon))
def test_given_a_state_when_its_picture_is_read_then_it_has_every_size(state: Icon) -> None:
    """From 16 pixels at 100 % to 48 at 300 %."""
    from PIL import IcoImagePlugin

    with (ICONS / f"{state.value}.ico").open("rb") as file:
        sizes = IcoImagePlugin.IcoFile(file).sizes()

    assert {(size, size) for size in (16, 20, 24, 28, 32, 40, 48)} == sizes


def test_given_a_session_without_a_taskbar_when_it_is_asked_then_it_says_so(shell: Shell) -> None:
    """As that of a service."""
    windows_tray.refuse_without_taskbar()
    shell.has_taskbar = False

    with pytest.raises(Unavailable, match="there is no taskbar in this session"):
        windows_tray.refuse_without_taskbar()
