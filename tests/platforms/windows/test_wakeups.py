"""How often the agent is woken on Windows while somebody works without a pause."""

from __future__ import annotations

import threading
from collections import Counter
from datetime import UTC
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import rules
from deskbreak.core.model import Choice, Facts, Moment, Observed, Started
from deskbreak.core.replay import Player
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.platforms.windows import idle
from tests.core.scenes import MONDAY
from tests.doubles.windows import LastInput

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Event
    from deskbreak.platforms.asking import AskedIdle

HOURS: Final = 9
AT_MOST: Final = 120
"""Wake-ups an hour, besides the heartbeat, which is everybody's: one in 30 s."""
SILENT_S: Final = 0.9  # between two inputs of somebody who is never idle for a whole second


class Working:
    """The engine and the real source, whose thread the test stands in for, on one clock.

    The thread wakes to look; it also wakes whenever the engine wants to hear of other marks.
    The engine's own looks are counted too: they wake another thread.
    """

    def __init__(self, desk: LastInput, source: AskedIdle, player: Player) -> None:
        self._desk = desk
        self._source = source
        self._player = player
        self._look_s = 0.0  # when the source's thread looks again
        self._bell = source._wake = Bell()  # type: ignore[assignment] # as far as it is used
        self._began_s = desk.boot_s()
        self.looks: Counter[int] = Counter()  # of the source, an hour of the day
        self.engine_looks: Counter[int] = Counter()

    def work(self) -> None:
        """Work from nine to six."""
        self._tell(Started(self._at(), Facts(SILENT_S)))
        while (next_s := self._next_s()) < self._began_s + HOURS * 3600:
            now_ms = max(int(1000 * next_s) + 1, self._desk.now_ms)  # never before its time
            self._desk.now_ms = now_ms - round(1000 * SILENT_S)
            self._desk.touch()
            self._desk.rest(SILENT_S)
            if self._desk.boot_s() >= self._look_s:
                self._turn()
            else:
                self.engine_looks[self._hour] += 1
                self._observe()

    @property
    def _hour(self) -> int:
        return int((self._desk.boot_s() - self._began_s) // 3600)

    def _at(self) -> Moment:
        return self._player.now.on(self._desk.boot_s())

    def _next_s(self) -> float:
        look_s, due = self._player._next_look_s, self._player._due
        others = (self._look_s, *([] if due is None else [due[0]]))
        return min(self._look_s if look_s is None else look_s, *others)

    def _turn(self) -> None:
        self.looks[self._hour] += 1
        is_news, wait_s = self._source._turn()
        assert not is_news, "somebody who works disturbs nobody"
        assert wait_s is not None
        self._look_s = self._desk.boot_s() + wait_s

    def _observe(self) -> None:
        due = self._player._due
        self._tell(Observed(self._at(), Facts(self._source.idle_s())))
        if due is not None and due[0] <= self._desk.boot_s():
            self._tell(due[1])

    def _tell(self, event: Event) -> None:
        self._player.now = self._at()
        for _ in self._player.take(event):
            pass
        self._source.watch(self._player._marks)
        if self._bell.has_rung:
            self._bell.has_rung = False
            self._turn()


class Bell:
    """What wakes the thread of the source."""

    def __init__(self) -> None:
        self.has_rung = False

    def notify_all(self) -> None:
        self.has_rung = True

    def __enter__(self) -> None:
        pass

    def __exit__(self, *_: object) -> None:
        pass


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> LastInput:
    """The counters of Windows, and a clock, as the test sets them."""
    return LastInput(monkeypatch)


@pytest.fixture
def source(desk: LastInput, monkeypatch: pytest.MonkeyPatch) -> Iterator[AskedIdle]:
    """A source whose thread never begins."""
    with monkeypatch.context() as patch:
        patch.setattr(threading.Thread, "start", lambda self: None)
        opened = idle.windows_idle(lambda: None, boot_s=desk.boot_s, speed=1.0)
    yield opened
    opened._closed = True  # there is no thread to be waited for


@pytest.mark.parametrize("plan", ["standard", "fifteen", "fifty", "gentle", "busy", "sit_stand"])
@pytest.mark.parametrize(
    "answer",
    [pytest.param((Choice.DONE, 20.0), id="done"), pytest.param(None, id="never answered")],
)
def test_given_a_day_of_work_without_a_pause_then_there_are_few_wake_ups(
    desk: LastInput, source: AskedIdle, plan: str, answer: tuple[Choice, float] | None
) -> None:
    """Nothing is asked that cannot have changed."""
    layer = Layer(Origin.USER, "settings.toml", {"plan": plan})
    start = Moment(desk.boot_s(), MONDAY.timestamp(), UTC)
    desk.touch()
    working = Working(desk, source, Player(start, rules.rules(resolve([layer]), ()), answer))
    working.work()
    most, hour = max(((working.looks + working.engine_looks)[hour], hour) for hour in range(HOURS))

    # A figure for whoever runs the test.
    looks = f"{working.looks[hour]} looks at the input, {working.engine_looks[hour]} at the engine"
    print(f"{plan}: {most} wake-ups in the busiest hour ({looks}), at most {AT_MOST}")  # noqa: T201 - as said
    assert most <= AT_MOST
