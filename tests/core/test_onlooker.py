"""What is told of a day to whoever looks on."""

from __future__ import annotations

from itertools import pairwise

import pytest

from deskbreak.core.model import Shown, Undelivered
from deskbreak.core.onlooker import Seen, news
from deskbreak.core.timeline import statement
from tests.core.scenes import ENGLISH, Scene, german, scene


class Onlooker:
    """Somebody who looks after each statement, and what they were told then."""

    def __init__(self, desk: Scene) -> None:
        self.desk = desk
        self.seen = [Seen()]
        self.told: list[str] = []

    def look(self) -> list[str]:
        desk = self.desk
        seen, told = news(self.seen[-1], desk.snap(), desk.episodes[-10:], desk.now, ENGLISH)
        self.seen.append(seen)
        self.told += told
        return told


def watch(*lines: str) -> Onlooker:
    """Let *lines* happen, and somebody look on."""
    onlooker = Onlooker(scene())
    for line in lines:
        onlooker.desk.play(line)
        onlooker.look()
    return onlooker


@pytest.mark.parametrize(
    ("lines", "told"),
    [
        pytest.param(
            ("5m work", "15m work", "6s idle", "10s idle", "answer done", "1m work"),
            [
                "09:05 Change position in 15 min",
                "09:20 Change position: Stand up",
                "09:20 Change position: taken",
            ],
            id="a prompt and its answer",
        ),
        pytest.param(
            ("5m work", "15m work", "6s idle", "10s work", "answer postpone", "5m work", "6s idle"),
            [
                "09:05 Change position in 15 min",
                "09:20 Change position: Stand up",
                "09:20 Change position: postponed",
                "09:25 Change position: Stand up",
            ],
            id="not now",
        ),
        pytest.param(
            ("5m work", "15m work", "6s idle", "7m work"),
            [
                "09:05 Change position in 15 min",
                "09:20 Change position: Stand up",
                "09:27 Change position: Still a good moment for it?",
            ],
            id="a reminder",
        ),
        pytest.param(
            ("5m work", "15m work", "6s idle", "answer start", "45s work"),
            [
                "09:05 Change position in 15 min",
                "09:20 Change position: Stand up",
                "09:20 Change position: on the screen, step by step",
                "09:20 Change position: taken, with the guide",
            ],
            id="step by step",
        ),
        pytest.param(
            ("5m work", "5m work call", "5m idle call", "1m work"),
            [
                "09:05 Change position in 15 min",
                "09:10 Quiet: microphone or camera in use",
                "09:16 Change position in 4 min",
            ],
            id="a call",
        ),
        pytest.param(
            ("15m work", "3m idle", "1m work"),
            [
                "09:15 Change position in 5 min",
                "09:17 Change position: natural break",
                "09:18 Resting",
                "09:19 Change position in 19 min",
            ],
            id="a break that needed no prompt",
        ),
        pytest.param(
            ("5m work", "pause 1h", "1m work", "5m idle", "1m work"),
            ["09:05 Change position in 15 min", "09:05 Quiet: paused until 10:05"],
            id="a pause, and where the person is meanwhile",
        ),
        pytest.param(
            ("5m work", "15m work", "6s idle", "55s idle", "2m idle"),
            [
                "09:05 Change position in 15 min",
                "09:20 Change position: Stand up",
                "09:21 Change position: taken, by resting",
                "09:23 Resting",
            ],
            id="rest after a prompt",
        ),
        pytest.param(
            ("5m work", "15m work", "6s idle", "10s locked", "1m locked"),
            [
                "09:05 Change position in 15 min",
                "09:20 Change position: Stand up",
                "09:20 Resting",
                "09:20 Change position: taken, by resting",
            ],
            id="a lock that takes the prompt from the screen",
        ),
    ],
)
def test_given_a_day_when_somebody_looks_on_then_each_thing_is_told_once(
    lines: tuple[str, ...], told: list[str]
) -> None:
    """What happened, and then what comes next where that has changed; nothing twice."""
    onlooker = watch(*lines)

    assert told == onlooker.told
    assert [] == onlooker.look()


def test_given_a_prompt_that_no_channel_takes_then_that_is_told() -> None:
    """Who looks on must not wait for what does not come."""
    onlooker = watch("20m work")
    player = onlooker.desk.player
    player.take = lambda event: (  # type: ignore[method-assign]  # this desk has no screen
        type(player).take(
            player,
            Undelivered(event.at, event.episode, event.showing)
            if isinstance(event, Shown)
            else event,
        )
    )
    list(player.play([statement("6s idle")]))

    assert ["09:20 Change position: could not be shown"] == onlooker.look()


def test_given_what_happened_then_what_there_is_to_look_at_is_known() -> None:
    """A prompt on the screen and a reason for quiet take time to look at; an end does not."""
    onlooker = watch("5m work", "15m work", "6s idle", "answer done", "1m work call", "1m work")

    assert [False, False, True, False, True, False] == [
        after.shows_more_than(before) for before, after in pairwise(onlooker.seen)
    ]


def test_given_german_when_a_day_is_told_then_it_is_told_in_german() -> None:
    """The lines are made of words that are translated elsewhere."""
    desk = scene("5m work", "1m work call")

    _, told = news(Seen(), desk.snap(), [], desk.now, german())

    assert ["09:06 Still: Mikrofon oder Kamera in Benutzung"] == told
