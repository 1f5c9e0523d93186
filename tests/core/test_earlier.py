"""Why nothing was shown at an earlier instant of a played day."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.core import earlier, timeline
from deskbreak.core.model import Episode, Log, Record, Span
from deskbreak.core.outlook import Reason, Silence
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.turn import open_spans
from tests.core.scenes import ENGLISH, german

if TYPE_CHECKING:
    from deskbreak.core.model import Moment, Rules

DAY = """\
timeline 1
start 2026-03-02T09:00:00 Europe/Berlin
19m work
50m work call
5m  work
2m  work
3m  work
10m work dnd
5m  work fullscreen
10m locked
9m  work
10m work share
20s off
20m work presentation
pause 30m
40m work
"""
"""A morning with every kind of silence; position is due at 09:20."""


class Played:
    """The rows of a day, as they are on the disk, and what is open at its end."""

    def __init__(self, text: str) -> None:
        day = timeline.parse(text.encode())
        self.rules: Rules = rules(resolve([Layer(Origin.DEFAULT, "", {})]), ())
        player = Player(day.start, self.rules, None, lambda _: self.rules)
        effects = [*player.play(day.lines), *player.finish()]
        self.now: Moment = player.now
        self.state = player.state
        self.spans: list[Span] = [x.span for x in effects if isinstance(x, Record)]
        self.spans += open_spans(player.state, player.now)
        self.episodes: list[Episode] = [x.episode for x in effects if isinstance(x, Log)]
        if player.state.episode is not None:
            self.episodes.append(player.state.episode)

    def at(self, text: str) -> earlier.Then:
        """How it was at a time of day."""
        return earlier.then(self.spans, self.episodes, self.rules, earlier.moment(text, self.now))

    def lines(self, text: str) -> list[str]:
        """What is said of a time of day."""
        return earlier.then_lines(self.at(text), self.now, ENGLISH)


@pytest.fixture(scope="module")
def day() -> Played:
    """The morning above."""
    return Played(DAY)


@pytest.mark.parametrize(
    ("time", "lines"),
    [
        pytest.param(
            "09:05",
            [
                "Why nothing was shown at 09:05:",
                "- nothing is due (until 09:20)",
                "- you came back a moment ago (until 09:10)",
            ],
            id="early in the morning",
        ),
        pytest.param(
            "09:30",
            ["Why nothing was shown at 09:30:", "- microphone or camera in use"],
            id="in a call",
        ),
        pytest.param(
            "10:09",
            [
                "Why nothing was shown at 10:09:",
                "- what kept prompts back ended only a moment ago (until 10:09)",
            ],
            id="right after it",
        ),
        pytest.param(
            "10:20",
            [
                "At 10:20 a prompt had been shown:",
                "- Stretch, since 10:11; at 10:39: natural break",
                "- do not disturb is on",
            ],
            id="a prompt that was taken from the screen",
        ),
        pytest.param(
            "10:36",
            [
                "At 10:36 a prompt had been shown:",
                "- Stretch, since 10:11; at 10:39: natural break",
                "- screen locked",
            ],
            id="before the lock was long enough",
        ),
        pytest.param(
            "10:40", ["Why nothing was shown at 10:40:", "- screen locked"], id="at lunch"
        ),
        pytest.param(
            "10:48",
            [
                "Why nothing was shown at 10:48:",
                "- nothing is due (until 11:04)",
                "- the last break was a moment ago (until 10:51)",
                "- you came back a moment ago (until 10:54)",
            ],
            id="after lunch",
        ),
        pytest.param(
            "10:55",
            ["Why nothing was shown at 10:55:", "- the screen is being shared"],
            id="sharing the screen",
        ),
        pytest.param(
            "11:10",
            ["Why nothing was shown at 11:10:", "- a presentation is running"],
            id="in a presentation",
        ),
        pytest.param("11:40", ["Why nothing was shown at 11:40:", "- paused"], id="in a pause"),
        pytest.param(
            "11:58", ["At 11:58 a prompt had been shown:", "- Stretch, since 11:55"], id="now"
        ),
        pytest.param("12:30", ["Nothing is recorded of Sun 12:30"], id="yesterday"),
    ],
)
def test_given_a_played_day_when_somebody_asks_why_then_each_silence_has_its_reason(
    day: Played, time: str, lines: list[str]
) -> None:
    """Calls, sharing, locks and pauses are recorded; caps, gaps and the rest are found by playing."""
    assert lines == day.lines(time)


def test_given_a_day_of_many_holds_when_every_minute_is_asked_for_then_none_is_unexplained(
    day: Played,
) -> None:
    """There is no silence without a reason."""
    minutes = [f"{n // 60:02}:{n % 60:02}" for n in range(9 * 60, 12 * 60 + 3)]

    assert [] == [time for time in minutes if not day.at(time).silences]


def test_given_a_time_when_deskbreak_was_off_when_somebody_asks_why_then_it_says_so() -> None:
    """Who does not run shows nothing."""
    day = Played(DAY.replace("20s off", "30m off"))

    assert ["off"] == [x.reason.value for x in day.at("11:20").silences]
    assert ["Why nothing was shown at 11:20:", "- deskbreak not running"] == day.lines("11:20")


def test_given_a_hole_in_the_rows_when_somebody_asks_why_then_deskbreak_was_off(
    day: Played,
) -> None:
    """A time between two rows is known to have none; what lies before the first is not."""
    spans = [day.spans[0], day.spans[-1]]
    hole = spans[0].end
    asked = (hole, hole.on(hole.boot_s + 60), spans[0].start.on(spans[0].start.boot_s - 1))
    found = [earlier.then_json(earlier.then(spans, (), day.rules, at)) for at in asked]

    off = [{"reason": "off", "until": None}]
    assert [(True, off), (True, off), (False, [])] == [(x["known"], x["silent"]) for x in found]


def test_given_a_prompt_of_yesterday_when_somebody_asks_why_then_its_day_is_named() -> None:
    """In the language of who asks, and with how the break was taken."""
    played = Played(
        "timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin\n20m work\n2m idle\n4m work\n"
    )
    now = played.now.on(played.now.boot_s + 24 * 3600)
    lines = [earlier.then_lines(played.at(time), now, german()) for time in ("09:21", "09:05")]

    assert "- Positionswechsel, seit Mo 09:20; um Mo 09:21: gemacht, durch Ausruhen" == lines[0][1]
    assert "- nichts steht an (bis Mo 09:20)" == lines[1][1]


def test_given_a_prompt_about_to_come_when_somebody_asks_why_then_nothing_kept_it_back(
    day: Played,
) -> None:
    """Where there is no reason none is made up."""
    found = earlier.Then(day.now, True)

    assert ["At 12:03 nothing kept prompts back"] == earlier.then_lines(found, day.now, ENGLISH)


def test_given_a_reason_without_an_end_when_somebody_asks_why_then_none_is_named(
    day: Played,
) -> None:
    """Kinds that are switched off come back when somebody switches them on."""
    found = earlier.Then(day.now, True, (Silence(Reason.OFF),))

    assert "- all breaks are switched off" == earlier.then_lines(found, day.now, ENGLISH)[1]
    assert earlier.then_json(found)["silent"] == [{"reason": "all_off", "until": None}]


def test_given_a_prompt_that_only_the_played_day_has_when_somebody_asks_why_then_it_is_not_told(
    day: Played,
) -> None:
    """What the rows do not have was not shown, whatever would come of the same day now."""
    at = earlier.moment("10:13", day.now)

    assert () == earlier.then(day.spans, (), day.rules, at).silences


def test_given_a_played_day_when_a_program_asks_why_then_it_gets_the_same_facts(
    day: Played,
) -> None:
    """Programs read names, not sentences."""
    early, call, shown = (earlier.then_json(day.at(time)) for time in ("09:05", "09:30", "10:36"))

    assert ["not_due", "quiet_after_absence"] == [one["reason"] for one in early["silent"]]
    assert "2026-03-02T09:20:00+01:00" == early["silent"][0]["until"]
    assert {"reason": "call", "until": None} == call["silent"][0]
    assert (True, None, "2026-03-02T09:30:00+01:00") == (call["known"], call["open"], call["at"])
    number = next(e.id for e in day.episodes if e.kind == "stretch")
    assert {"episode": number, "kind": "stretch", "outcome": "natural"} == shown["open"]
    assert earlier.then_json(day.at("11:58"))["open"]["outcome"] is None


@pytest.mark.parametrize("text", ["later", "25:00", "noon", "10:61", "2 pm"])
def test_given_a_text_that_is_no_time_when_it_is_asked_for_then_it_is_refused(
    day: Played, text: str
) -> None:
    """A time of day is written as 14:20."""
    with pytest.raises(ValueError, match=text):
        earlier.moment(text, day.now)


def test_given_a_time_that_is_still_to_come_when_it_is_asked_for_then_yesterdays_is_meant(
    day: Played,
) -> None:
    """Nobody asks why nothing will have been shown."""
    assert "2026-03-01T18:00:00+01:00" == earlier.moment("18:00", day.now).wall.isoformat()
    assert "2026-03-02T09:00:00+01:00" == earlier.moment("9:00", day.now).wall.isoformat()
