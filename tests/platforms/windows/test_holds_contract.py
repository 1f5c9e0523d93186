"""What every probe of a hold promises, on Windows: played everywhere, and real where it is here."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.platforms.asking import AskedProbe
from deskbreak.platforms.windows import holds
from deskbreak.platforms.windows.consent import ConsentProbe
from deskbreak.platforms.windows.holds import Shell, topics
from tests.desktop.matrix import cell
from tests.doubles.windows import Book, RealBook

pytest.register_assert_rewrite("tests.contracts.holds")
from tests.contracts.holds import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said
    from deskbreak.ports import HoldProbe
    from tests.contracts.holds import Hold


class NativeProbe:
    """A probe, and what it reported; nobody loses it, because each is the only one of its kind."""

    def __init__(self, opens: Callable[[Callable[[], None]], HoldProbe]) -> None:
        self.changes: list[bool | None] = []
        self.lost: list[Said] = []
        self.probe = opens(self._changed)

    def let_go(self) -> None:
        self.probe.close()

    def settle(self) -> None:
        """Whatever is told is told by the time that `let_go` returns."""

    def _changed(self) -> None:
        self.changes.append(self.probe.ask())


class NotedHold:
    """A program that uses the microphone, in a book that the test writes, or in the real one."""

    CAPABILITY = "deskbreak-test"

    def __init__(self, book: Book | RealBook) -> None:
        self._book = book
        self.begin, self.end, self.die = book.begin, book.end, book.die

    @contextmanager
    def open(self) -> Iterator[NativeProbe]:
        """Open its probe as long as the block lasts."""
        one = NativeProbe(lambda changed: ConsentProbe(self.CAPABILITY, changed))
        try:
            yield one
        finally:
            one.let_go()


class AskedHold:
    """A program that fills the screen, as the shell says when the test has told it so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._state = Shell.ACCEPTS
        monkeypatch.setattr(holds, "_shell_state", lambda: self._state)

    @contextmanager
    def open(self) -> Iterator[NativeProbe]:
        """Open its probe as long as the block lasts."""
        (topic,) = [one for one in topics() if one.key == "full_screen"]
        one = NativeProbe(topic.candidates["shell"])
        assert isinstance(one.probe, AskedProbe)
        yield one
        one.let_go()

    def begin(self) -> None:
        self._state = Shell.BUSY

    def end(self) -> None:
        self._state = Shell.ACCEPTS

    def die(self) -> bool:
        return False  # the shell starts again by itself, and answers then


HOLDS: Final = ("noted", "asked", *(["windows"] if sys.platform == "win32" else []))


@pytest.fixture(params=HOLDS)
def hold(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hold]:
    """Each way of Windows to know of a hold."""
    cell("holds", "windows" if request.param == "windows" else "windows peer")
    if request.param == "asked":
        yield AskedHold(monkeypatch)
    elif request.param == "noted":
        yield NotedHold(Book(monkeypatch))
    else:
        with RealBook(NotedHold.CAPABILITY) as book:
            yield NotedHold(book)
