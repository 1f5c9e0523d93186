"""What keeps prompts back: chosen in order, told or asked, and never waited for long."""

from __future__ import annotations

import sys
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

if sys.platform != "linux":
    pytest.skip("these probes are Linux's own", allow_module_level=True)

from deskbreak.agent.holds import ASK_S, Holds
from deskbreak.core.model import Hold
from deskbreak.core.words import said
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.holds import Topic
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.core.words import Said
    from deskbreak.ports import HoldProbe

EVERY = frozenset(Hold)
NO_BUS = "unix:path=/nowhere"


class Probe:
    """A probe that says what the test wants."""

    def __init__(self, changed: Callable[[], None], *, subscribed: bool, on: bool | None) -> None:
        self.name = "fake"
        self.subscribed = subscribed
        self.on = on
        self.asked = 0
        self.takes_s = 0.0
        self.is_closed = False
        self.changed = changed

    def ask(self) -> bool | None:
        self.asked += 1
        if self.takes_s:
            time.sleep(self.takes_s)
        return self.on

    def close(self) -> None:
        self.is_closed = True


class Source:
    """A candidate: what it opens, and what it opened last."""

    def __init__(self, *, subscribed: bool = True, on: bool | None = False) -> None:
        self.subscribed = subscribed
        self.on = on
        self.refuses: str | None = None
        self.opened = 0
        self.probe: Probe | None = None
        self.lose: Callable[[Said], None] = lambda _: None

    def __call__(self, changed: Callable[[], None], lost: Callable[[Said], None]) -> HoldProbe:
        if self.refuses is not None:
            raise Unavailable(said(self.refuses), said("mend it"))
        self.opened += 1
        self.lose = lost
        self.probe = Probe(changed, subscribed=self.subscribed, on=self.on)
        return self.probe

    @property
    def here(self) -> Probe:
        assert self.probe is not None, "never opened"
        return self.probe


class Desk:
    """`Holds` over topics of the test's own, and what it reported."""

    def __init__(self, *topics: Topic, speed: float = 1.0) -> None:
        self.changes: list[frozenset[Hold]] = []
        bus = Bus(NO_BUS, "session")
        self.watcher: Any = None

        def no_bus() -> Bus:
            raise Unavailable(said("there is no bus"))

        def made(_bus: object, _system: object, watcher: object) -> tuple[Topic, ...]:
            self.watcher = watcher
            return topics

        self.holds = Holds(no_bus, bus, self._changed, speed=speed, topics=made)

    def _changed(self) -> None:
        self.changes.append(self.now())

    def now(self, *, asks: bool = False) -> frozenset[Hold]:
        return self.holds.in_force(asks=asks)

    def heed(self, holds: frozenset[Hold] = EVERY) -> None:
        self.holds.heed(holds)
        self.settle()

    def settle(self) -> None:
        """Wait until its thread has done what it was told."""
        done = threading.Event()
        self.watcher.soon(done.set)
        assert done.wait(5.0)

    def switch(self, source: Source, *, on: bool | None) -> None:
        """Let a probe tell something else."""

        def act() -> None:
            source.here.on = on
            source.here.changed()

        self.watcher.soon(act)
        self.settle()

    def lose(self, source: Source) -> None:
        self.watcher.soon(lambda: source.lose(said("it has gone")))
        self.settle()

    def finding(self, key: str) -> Any:  # noqa: ANN401 - a row
        return next(one for one in self.holds.findings() if one.name == key)


@pytest.fixture
def desks() -> Iterator[Callable[..., Desk]]:
    """Make desks, and clear them away."""
    made: list[Desk] = []

    def make(*topics: Topic, speed: float = 1.0) -> Desk:
        made.append(Desk(*topics, speed=speed))
        return made[-1]

    yield make
    for desk in made:
        desk.holds.close()


def _topic(key: str, hold: Hold, *sources: Source, **more: Any) -> Topic:  # noqa: ANN401 - fields of a topic
    return Topic(key, hold, {f"way {n}": one for n, one in enumerate(sources, 1)}, **more)


def test_given_a_probe_that_tells_when_it_changes_then_the_hold_follows_at_once(
    desks: Callable[..., Desk],
) -> None:
    """What is subscribed to is known without asking, and reported when it changes."""
    quiet = Source()
    desk = desks(_topic("do_not_disturb", Hold.DND, quiet))
    desk.heed()

    desk.switch(quiet, on=True)
    desk.switch(quiet, on=False)

    assert [frozenset({Hold.DND}), frozenset()] == desk.changes


def test_given_two_ways_when_the_first_refuses_then_the_second_serves_and_doctor_says_why(
    desks: Callable[..., Desk],
) -> None:
    """Ways are tried in order, and reasons are kept."""
    first, second = Source(), Source(on=True)
    first.refuses = "not on this desktop"
    desk = desks(_topic("do_not_disturb", Hold.DND, first, second))
    desk.heed()

    finding = desk.finding("do_not_disturb")

    assert frozenset({Hold.DND}) == desk.now()
    assert ("way 2", True) == (finding.chosen, finding.ok)
    assert [("way 1", "not on this desktop")] == [(x.name, str(x.why)) for x in finding.refused]


def test_given_no_way_when_doctor_looks_then_it_names_the_unknown_and_it_is_no_hold(
    desks: Callable[..., Desk],
) -> None:
    """Unknown keeps nothing back, but is no secret."""
    refused = Source(on=True)
    refused.refuses = "not on this desktop"
    desk = desks(_topic("do_not_disturb", Hold.DND, refused))
    desk.heed()

    finding = desk.finding("do_not_disturb")

    assert frozenset() == desk.now(asks=True)
    assert (None, False, "mend it") == (finding.chosen, finding.ok, str(finding.remedy))


def test_given_a_probe_that_must_be_asked_when_no_prompt_hangs_on_it_then_it_is_not(
    desks: Callable[..., Desk],
) -> None:
    """Who does not tell is left in peace until a prompt is due or open."""
    share = Source(subscribed=False)
    desk = desks(_topic("screen_share", Hold.SHARE, share))
    desk.heed()
    before = share.here.asked

    for _ in range(5):
        desk.now()

    assert before == share.here.asked
    desk.now(asks=True)
    assert before + 1 == share.here.asked
    assert "asked when a prompt is due" in str(desk.finding("screen_share").why)


def test_given_an_asked_hold_in_force_when_it_ends_then_that_is_noticed_without_a_look(
    desks: Callable[..., Desk],
) -> None:
    """The engine does not look while it is held back, so we ask again until it is over."""
    share = Source(subscribed=False)
    desk = desks(_topic("screen_share", Hold.SHARE, share), speed=600.0)
    desk.heed()
    share.here.on = True
    assert frozenset({Hold.SHARE}) == desk.now(asks=True)

    share.here.on = False
    wait_for(lambda: not desk.now(), 5.0, "the end to be noticed")
    desk.settle()
    asked = share.here.asked
    time.sleep(0.2)

    assert asked == share.here.asked  # and then nobody is asked any more
    assert desk.changes[-1] == frozenset()


def test_given_a_probe_that_does_not_answer_when_a_prompt_hangs_on_it_then_nobody_waits_long(
    desks: Callable[..., Desk],
) -> None:
    """A prompt waits a quarter of a second at most; what comes later is news then."""
    share = Source(subscribed=False)
    desk = desks(_topic("screen_share", Hold.SHARE, share))
    desk.heed()
    share.here.on, share.here.takes_s = True, 3 * ASK_S

    began_s = time.monotonic()
    first = desk.now(asks=True)
    took_s = time.monotonic() - began_s

    assert frozenset() == first
    print(f"waited {took_s:.3f} s, target {ASK_S} s")  # noqa: T201 - a figure for whoever runs the test
    assert took_s < 2.5 * ASK_S
    wait_for(lambda: desk.changes == [frozenset({Hold.SHARE})], 5.0, "the late answer")


def test_given_a_setting_switched_off_when_a_call_begins_then_nobody_listens(
    desks: Callable[..., Desk],
) -> None:
    """What does not count is not even listened to, until it counts again."""
    microphone = Source(on=True)
    desk = desks(_topic("microphone", Hold.CALL, microphone))
    desk.heed(EVERY - {Hold.CALL})
    assert 0 == microphone.opened
    assert "switched off" in str(desk.finding("microphone").why)

    desk.heed()
    assert frozenset({Hold.CALL}) == desk.now()
    desk.heed(EVERY - {Hold.CALL})

    assert frozenset() == desk.now()
    assert microphone.here.is_closed


@pytest.mark.parametrize(
    ("microphone", "camera", "reason"),
    [
        pytest.param(True, False, "microphone in use", id="microphone"),
        pytest.param(False, True, "camera in use", id="camera"),
        pytest.param(True, True, "microphone and camera in use", id="both"),
        pytest.param(False, None, None, id="neither"),
    ],
)
def test_given_a_call_when_somebody_wants_to_know_then_it_is_said_which(
    desks: Callable[..., Desk], microphone: bool, camera: bool | None, reason: str | None
) -> None:
    """The reason says what is in use, and never by whom."""
    desk = desks(
        _topic("microphone", Hold.CALL, Source(on=microphone)),
        _topic("camera", Hold.CALL, Source(on=camera)),
    )
    desk.heed()

    told = desk.holds.reasons.get(Hold.CALL)

    assert reason == (None if told is None else str(told))


@pytest.mark.parametrize("fills", [True, False, None])
def test_given_a_film_when_it_does_not_fill_the_screen_then_prompts_come(
    desks: Callable[..., Desk], fills: bool | None
) -> None:
    """A video in a corner keeps the screen awake all day; only one that fills it is a presentation."""
    desk = desks(
        _topic(
            "full_screen", Hold.FULLSCREEN, Source(on=fills), aids=frozenset({Hold.PRESENTATION})
        ),
        _topic("screen_awake", Hold.PRESENTATION, Source(on=True), alone=False),
    )
    desk.heed()

    expected = {Hold.FULLSCREEN, Hold.PRESENTATION} if fills else set()

    assert frozenset(expected) == desk.now()


def test_given_a_probe_that_is_lost_when_another_way_is_there_then_it_takes_over(
    desks: Callable[..., Desk],
) -> None:
    """A source that dies is replaced by the next one that opens."""
    first, second = Source(on=True), Source(on=False)
    desk = desks(_topic("full_screen", Hold.FULLSCREEN, first, second))
    desk.heed()
    time.sleep(0.01)
    first.refuses = "gone"

    _age(desk)
    desk.lose(first)

    assert frozenset() == desk.now()
    assert "way 2" == desk.finding("full_screen").chosen
    assert first.here.is_closed


def test_given_a_server_that_refuses_at_once_when_it_is_lost_then_it_is_not_asked_for_ever(
    desks: Callable[..., Desk],
) -> None:
    """A server that lets us in and throws us out again must not keep us busy."""
    server = Source()
    desk = desks(_topic("microphone", Hold.CALL, server))
    desk.heed()

    desk.lose(server)

    assert 1 == server.opened
    assert "it has gone" == str(desk.finding("microphone").why)


def test_given_a_lost_server_when_its_socket_appears_then_it_is_taken_up_again(
    desks: Callable[..., Desk], tmp_path: Path
) -> None:
    """A server that was restarted is found by its socket, however late its folder is made."""
    server, socket = Source(), tmp_path / "pulse" / "native"
    desk = desks(_topic("microphone", Hold.CALL, server, doorstep=lambda: socket))
    server.refuses = "nobody there"
    desk.heed()
    assert 0 == server.opened

    server.refuses = None
    socket.parent.mkdir()
    socket.touch()
    wait_for(lambda: server.opened, 5.0, "the server to be found")

    desk.settle()
    assert "way 1" == desk.finding("microphone").chosen


def test_given_an_unknown_when_a_prompt_hangs_on_it_then_it_is_looked_for_once_more(
    desks: Callable[..., Desk],
) -> None:
    """A service that was stuck says nothing of its return."""
    quiet = Source(on=True)
    quiet.refuses = "no answer in time"
    desk = desks(_topic("do_not_disturb", Hold.DND, quiet))
    desk.heed()
    quiet.refuses = None

    desk.now(asks=True)
    wait_for(lambda: desk.changes, 5.0, "the answer")

    assert [frozenset({Hold.DND})] == desk.changes


def test_given_a_report_on_our_own_thread_when_facts_are_asked_there_then_nobody_waits_for_himself(
    desks: Callable[..., Desk],
) -> None:
    """Whoever hears of a change asks for all the facts, on the thread that told of it."""
    quiet, share = Source(), Source(subscribed=False, on=True)
    desk = desks(
        _topic("do_not_disturb", Hold.DND, quiet), _topic("screen_share", Hold.SHARE, share)
    )
    desk.heed()
    seen: list[tuple[float, frozenset[Hold]]] = []

    def changed() -> None:
        began_s = time.monotonic()
        holds = desk.now(asks=True)
        seen.append((time.monotonic() - began_s, holds))

    desk.holds._changed = changed
    desk.switch(quiet, on=True)

    assert frozenset({Hold.DND, Hold.SHARE}) == seen[0][1]
    assert seen[0][0] < ASK_S


def _age(desk: Desk) -> None:
    """Let the probes be open for a while already."""
    for seat in desk.holds._seats:
        seat._opened_s -= 60.0
