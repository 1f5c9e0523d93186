from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent import supervisor
from deskbreak.agent.supervisor import Supervisor
from deskbreak.core.words import said
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for
from tests.doubles.idle import FakeIdle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said

NAMES = ("best", "good", "fair")


class Source(FakeIdle):
    """A fake that can be lost."""

    def __init__(
        self, name: str, changed: Callable[[], None], lost: Callable[[Said], None]
    ) -> None:
        super().__init__(changed)
        self.name = name
        self.lost = lost


class Ways:
    """Three ways to idle time, each there or not as the test says, and their supervisor."""

    def __init__(
        self, *there: str, announced: tuple[str, ...] = (), looks_again: bool = True
    ) -> None:
        self.there = set(there)
        self.opened: list[Source] = []
        self.tried: list[str] = []
        self.changes: list[str | None] = []
        self.display = True
        self.dies_at_birth = False
        self.supervisor = Supervisor(
            {name: self._way(name) for name in NAMES},
            lambda: self.changes.append(self.supervisor.name),
            display_answers=lambda: self.display,
            announced=announced,
            looks_again=looks_again,
        )

    def _way(self, name: str) -> Callable[[Callable[[], None], Callable[[Said], None]], Source]:
        def open_(changed: Callable[[], None], lost: Callable[[Said], None]) -> Source:
            self.tried.append(name)
            if name not in self.there:
                raise Unavailable(said("{name} is not there", name=name))
            self.opened.append(Source(name, changed, lost))
            if self.dies_at_birth:
                lost(said("it died"))
            return self.opened[-1]

        return open_

    def lose(self, name: str) -> None:
        self.there.discard(name)
        source = next(one for one in reversed(self.opened) if one.name == name)
        source.lost(said("{name} is gone", name=name))

    def settle(self, name: str | None) -> None:
        wait_for(lambda: self.supervisor.name == name and not _looking(), what=f"{name}")


def _looking() -> bool:
    return any(thread.name == "idle-again" for thread in threading.enumerate())


@pytest.fixture
def ways() -> Iterator[Ways]:
    """All of them there."""
    made = Ways(*NAMES)
    yield made
    made.supervisor.close()
    wait_for(lambda: not _looking(), what="its thread to end")


@pytest.fixture
def hurry(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look again at once, and not twice a minute."""
    monkeypatch.setattr(supervisor, "LOOK_AGAIN_S", 0.02)


def test_given_all_ways_when_opened_then_the_best_is_taken_and_no_other_touched(ways: Ways) -> None:
    """Nothing waits in the background, and there is nothing to refuse."""
    ways.supervisor.open()

    assert ("best", ["best"], ()) == (ways.supervisor.name, ways.tried, ways.supervisor.refused)
    assert not _looking()


def test_given_a_source_that_dies_when_another_is_there_then_it_takes_its_place_with_the_marks(
    ways: Ways,
) -> None:
    """At once, told once, and the dead one is let go of."""
    ways.supervisor.open()
    ways.supervisor.watch(frozenset({120.0}))
    ways.lose("best")
    wait_for(lambda: ways.changes, what="word of it")
    best, good = ways.opened

    assert ["good"] == ways.changes
    assert (True, False) == (best.closed, good.closed)
    assert (120.0,) == good.marks_s
    assert ["best is not there"] == [str(one.why) for one in ways.supervisor.refused]
    assert (None, False) == (ways.supervisor.lost, ways.supervisor.is_display_gone)


@pytest.mark.usefixtures("hurry")
def test_given_a_better_one_that_died_when_it_is_back_then_it_is_taken_back(ways: Ways) -> None:
    """It was there before, so it is looked for; then nothing more is."""
    ways.supervisor.open()
    ways.lose("best")
    wait_for(lambda: ways.supervisor.name == "good", what="the next one")
    ways.there.add("best")
    ways.settle("best")
    tried = len(ways.tried)

    assert [True, True, False] == [one.closed for one in ways.opened]
    assert ["good", "best"] == ways.changes
    assert tried == len(ways.tried)


def test_given_a_better_one_that_was_never_there_then_nobody_looks_for_it() -> None:
    """An X11 desktop has no Mutter, today or tomorrow."""
    ways = Ways("fair")
    ways.supervisor.open()

    assert ("fair", list(NAMES)) == (ways.supervisor.name, ways.tried)
    assert not _looking()
    ways.supervisor.close()


def test_given_a_better_one_that_appears_when_somebody_says_so_then_it_is_taken() -> None:
    """GNOME's shell may come after us at login."""
    ways = Ways("good")
    ways.supervisor.open()
    ways.there.add("best")
    ways.supervisor.look()
    ways.settle("best")

    assert [True, False] == [one.closed for one in ways.opened]
    ways.supervisor.look()
    assert not _looking()
    ways.supervisor.close()


@pytest.mark.usefixtures("hurry")
def test_given_one_that_is_announced_when_it_dies_then_nobody_looks_for_it_until_it_is_back() -> (
    None
):
    """The bus tells who owns a name; asking again and again would tell no more."""
    ways = Ways("best", "good", announced=("best",))
    ways.supervisor.open()
    ways.lose("best")
    ways.settle("good")
    tried = list(ways.tried)
    ways.there.add("best")
    ways.supervisor.look()
    ways.settle("best")

    assert ["best", "best", "good"] == tried
    assert ["good", "best"] == ways.changes
    ways.supervisor.close()


@pytest.mark.usefixtures("hurry")
def test_given_nothing_when_opened_then_it_is_looked_for_until_it_is_there() -> None:
    """Unknown meanwhile, which is neither active nor idle, and no lock."""
    ways = Ways()
    ways.supervisor.open()
    first = (ways.supervisor.name, ways.supervisor.idle_s(), ways.supervisor.is_display_gone)
    ways.display = False
    wait_for(lambda: len(ways.tried) > 6, what="several attempts")
    never_there = ways.supervisor.is_display_gone
    ways.there.add("fair")
    ways.settle("fair")

    assert (None, None, False) == first
    assert not never_there
    assert ["fair"] == ways.changes
    ways.supervisor.close()


@pytest.mark.usefixtures("hurry")
@pytest.mark.parametrize("answers", [True, False])
def test_given_the_last_source_that_dies_then_the_display_says_whether_somebody_can_be_there(
    *, answers: bool
) -> None:
    """A bus that died is no reason to take the person for gone; a display is."""
    ways = Ways("fair")
    ways.display = answers
    ways.supervisor.open()
    ways.lose("fair")
    wait_for(lambda: ways.changes, what="word of it")
    gone = ways.supervisor.is_display_gone
    lost = ways.supervisor.lost
    ways.there.add("fair")
    ways.settle("fair")

    assert (not answers, "fair is gone") == (gone, str(lost))
    assert (False, None) == (ways.supervisor.is_display_gone, ways.supervisor.lost)
    assert [None, "fair"] == ways.changes
    ways.supervisor.close()


@pytest.mark.usefixtures("hurry")
def test_given_a_look_that_breaks_when_a_source_is_back_then_it_is_found_all_the_same(
    monkeypatch: pytest.MonkeyPatch, ways: Ways
) -> None:
    """Whatever a library raises that finds a display half gone."""
    broken = threading.Event()

    def breaks() -> bool:
        broken.set()
        raise ValueError

    monkeypatch.setattr(ways.supervisor, "_display_answers", breaks)
    ways.there = {"best"}
    ways.supervisor.open()
    ways.lose("best")
    assert broken.wait(10)
    ways.there = {"best"}

    ways.settle("best")


def test_given_a_source_that_dies_while_it_is_opened_then_it_is_not_taken() -> None:
    """Its word that it is lost comes before anybody has it."""
    ways = Ways("fair", looks_again=False)
    ways.dies_at_birth = True
    ways.supervisor.open()

    assert (None, True) == (ways.supervisor.name, ways.opened[0].closed)
    assert "it died" == str(ways.supervisor.refused[-1].why)
    ways.supervisor.close()


def test_given_a_terminal_that_is_closed_then_nobody_looks_for_it() -> None:
    """It does not come back."""
    ways = Ways("fair", looks_again=False)
    ways.supervisor.open()
    ways.lose("fair")
    wait_for(lambda: ways.changes and not _looking(), what="word of it")

    assert (None, False) == (ways.supervisor.name, ways.supervisor.is_display_gone)
    ways.supervisor.close()


def test_given_a_source_that_does_not_answer_when_asked_then_the_time_is_unknown(
    ways: Ways,
) -> None:
    """It is asked twice, and stays in use."""
    ways.supervisor.open()
    ways.opened[0].failure = Unavailable(said("busy"))

    assert (None, "best") == (ways.supervisor.idle_s(), ways.supervisor.name)


def test_given_a_closed_supervisor_when_a_source_dies_then_nothing_happens(ways: Ways) -> None:
    """At the end everything dies, in whatever order."""
    ways.supervisor.open()
    ways.supervisor.close()
    ways.lose("best")
    ways.supervisor.look()

    assert ([], True, False) == (ways.changes, ways.opened[0].closed, _looking())
