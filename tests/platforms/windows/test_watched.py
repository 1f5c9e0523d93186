"""What the parts of Windows with a thread of their own owe the watch: played, and real if it is here."""

from __future__ import annotations

import ctypes
import sys
from typing import TYPE_CHECKING, Final, NoReturn

import pytest

from deskbreak.core.words import said
from deskbreak.platforms.windows import api, idle, window
from deskbreak.platforms.windows.parts import WindowsParts
from deskbreak.platforms.windows.session import Message, WindowsSession
from deskbreak.ports import Unavailable
from deskbreak.storage.files import bundled
from tests.desktop.parts import wait_for
from tests.doubles.watched import WITHIN_S, Overseer
from tests.doubles.windows import Book, LastInput, Pump

pytest.register_assert_rewrite("tests.contracts.watched")
from tests.contracts.watched import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.watched import Part

WM_QUIT: Final = 0x0012


def _parts(overseer: Overseer) -> WindowsParts:
    return WindowsParts(bundled("icons", "taskbar"), overseer.watch)


class Input:
    """What looks at the input."""

    name = "idle-windows"

    def __init__(self, overseer: Overseer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._desk = LastInput(monkeypatch)
        self._desk.touch()
        (opens,) = _parts(overseer).idle(overseer.changed, self._desk.boot_s, 250.0).values()
        self._source = opens()
        self.close = self._source.close

    def happen(self) -> None:
        self._source.watch([0.05])
        self._desk.rest(1)
        self._source.watch([0.05, 3600.0])

    def spoil(self) -> None:
        self._source.watch([3600.0])
        self._monkeypatch.setattr(idle, "_last_input_ms", iter(()).__next__)
        self._source.watch([0.05])


class Window:
    """The session's hidden window."""

    name = "deskbreak-session"

    def __init__(self, overseer: Overseer, pump: Pump | None) -> None:
        (opens,) = _parts(overseer).sessions(overseer.changed, lambda: None).values()
        session = opens()
        assert isinstance(session, WindowsSession)
        self._window = session._window
        self._pump = pump
        self.close = session.close

    def happen(self) -> None:
        self._post(Message.TIME_CHANGE)

    def spoil(self) -> None:
        self._post(WM_QUIT)

    def _post(self, message: int) -> None:
        if self._pump is not None:
            self._pump.post(1, message)
            return
        values = (ctypes.c_uint32, ctypes.c_size_t, ctypes.c_ssize_t)
        if message == WM_QUIT:  # it is the thread's, not the window's
            post = api.function(
                "user32", "PostThreadMessageW", ctypes.c_int, ctypes.c_uint32, *values
            )
            assert post(self._window._thread.native_id, message, 0, 0)
            return
        post = api.function("user32", "PostMessageW", ctypes.c_int, ctypes.c_void_p, *values)
        assert post(self._window._handle, message, 0, 0)


class Microphone:
    """What follows the book of who uses it."""

    name = "microphone"

    def __init__(self, overseer: Overseer, monkeypatch: pytest.MonkeyPatch) -> None:
        self._monkeypatch = monkeypatch
        self._book = Book(monkeypatch)
        (topic,) = [one for one in _parts(overseer).topics() if one.key == self.name]
        (opens,) = topic.candidates.values()
        self.close = opens(overseer.changed).close
        self.happen = self._book.begin

    def spoil(self) -> None:
        self._monkeypatch.setattr(self._book, "uses", iter(()).__next__)
        self._book.begin()


@pytest.fixture
def overseer() -> Iterator[Overseer]:
    """Who looks after them; whoever hangs goes on with the end of the test."""
    made = Overseer()
    yield made
    made.let_go.set()


PARTS: Final = ("idle", "session", "microphone", *(("real",) if sys.platform == "win32" else ()))


@pytest.fixture(params=PARTS)
def part(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, overseer: Overseer
) -> Iterator[Part]:
    """Every part of Windows: what holds for one holds for all."""
    opened: Part
    match request.param:
        case "idle":
            opened = Input(overseer, monkeypatch)
        case "microphone":
            opened = Microphone(overseer, monkeypatch)
        case _:
            opened = Window(overseer, None if request.param == "real" else Pump(monkeypatch))
    yield opened
    overseer.let_go.set()
    opened.close()


def test_given_a_window_that_is_not_made_when_it_is_looked_at_then_it_hangs(
    monkeypatch: pytest.MonkeyPatch, overseer: Overseer
) -> None:
    """Whoever wants it waits no longer than 3 s (here: not at all), and hears why."""

    def make(*_: object) -> NoReturn:
        overseer.let_go.wait(WITHIN_S)
        raise Unavailable(said("it has taken too long"))

    Pump(monkeypatch)
    monkeypatch.setattr(window, "_OPEN_S", 0.0)
    monkeypatch.setattr(window, "_make", make)
    (opens,) = _parts(overseer).sessions(overseer.changed, lambda: None).values()
    with pytest.raises(Unavailable, match="does not answer in time"):
        opens()
    assert (Window.name,) == overseer.look_twice()
    overseer.let_go.set()

    wait_for(lambda: not overseer.watch.parts, what="its end")
