"""Rows as a timeline: what was recorded, told so that playing it gives the same days."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core import diary, stats
from deskbreak.core.model import (
    By,
    Choice,
    Episode,
    Hold,
    Log,
    Moment,
    Outcome,
    Phase,
    Presence,
    Record,
    Rules,
    Span,
    Undo,
)
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.timeline import Line, Set, Statement, Stretch, Zone, parse, statement
from deskbreak.core.timeline_text import write
from deskbreak.core.turn import open_spans
from tests.core.days import START, Play
from tests.core.test_engine_properties import BY_THE_CLOCK, GONE, SPOKEN, STARTS, THERE

if TYPE_CHECKING:
    import random
    from collections.abc import Iterable, Sequence

    from deskbreak.core.model import Effect

FOUR: Final = 4 * 3600
BERLIN: Final = ZoneInfo("Europe/Berlin")
NINE: Final = Moment(1000.0, datetime(2026, 3, 2, 9, tzinfo=BERLIN).timestamp(), BERLIN)
DEFAULTS: Final = rules(resolve(()), ())
LEAD_S: Final = 1200.0


@dataclass
class Rows:
    """What the store would have of a play: what was undone is not there any more."""

    spans: list[Span] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)

    def keep(self, effect: Effect) -> None:
        match effect:
            case Record(span=span):
                self.spans.append(span)
            case Log(episode=e):
                self.episodes.append(e)
            case Undo(episodes=numbers, start=start, end=end):
                self.episodes = [e for e in self.episodes if e.id not in numbers]
                self.spans = [_undone(span, start, end) for span in self.spans]

    def seconds(self) -> dict[str, tuple[float, ...]]:
        """Return each day's desk, away, locked, asleep and off seconds."""
        return {
            str(day.date): (
                *(day.desk_seconds, day.away_seconds, day.locked_seconds),
                *(day.asleep_seconds, day.off_seconds),
            )
            for day in stats.days_of(self.spans, (), FOUR)
        }

    def without_lead(self) -> Rows:
        """Leave out the time before the first row."""
        late = [span for span in self.spans if span.end.boot_s > LEAD_S]
        begun = [replace(x, start=x.start.on(max(LEAD_S, x.start.boot_s))) for x in late]
        return Rows(begun, self.episodes)


def _undone(span: Span, start: Moment, end: Moment) -> Span:
    if span.start.boot_s < start.boot_s - 1e-3 or span.end.boot_s > end.boot_s + 1e-3:
        return span
    away = span.presence is Presence.AWAY
    return replace(span, presence=Presence.DESK if away else span.presence, change=False)


def play(
    lines: Iterable[Line], start: str = START, answer: tuple[Choice, float] | None = None
) -> tuple[Rows, Rules]:
    """Play *lines* from the default settings; return the rows, and the rules in the end."""
    table = Play(start, (), answer)
    return kept(table.player, lines), table.rules()


def kept(player: Player, lines: Iterable[Line]) -> Rows:
    """Return the rows of *lines*, with what would be recorded if nothing more happened."""
    rows = Rows()
    for effect in (*player.play(lines), *player.look()):
        rows.keep(effect)
    rows.spans += open_spans(player.state, player.now)
    return rows


def again(rows: Rows, made: Rules) -> Rows:
    """Tell *rows*, write and read that, and play it."""
    told = parse(write(diary.happened(rows.spans, rows.episodes, made)).encode())
    found = kept(Player(told.start, made), told.lines)
    return found if rows.spans[0].presence is Presence.DESK else found.without_lead()


def told(spans: Sequence[Span], episodes: Sequence[Episode] = (), made: Rules = DEFAULTS) -> str:
    """Return *spans* as a file, without its first line."""
    head, rest = write(diary.happened(spans, episodes, made)).split("\n", 1)
    assert "timeline 1" == head
    return rest


def at(minutes: float, *, ahead_s: float = 0.0, zone: ZoneInfo = BERLIN) -> Moment:
    """Return the moment *minutes* after nine, on a wall clock that goes *ahead_s* before ours."""
    moment = NINE.on(NINE.boot_s + 60 * minutes)
    return replace(moment, unix_s=moment.unix_s + ahead_s, zone=zone)


def span(start: float, end: float, presence: str = "desk", *holds: Hold) -> Span:
    """Return a span between two times in minutes after nine."""
    return Span(at(start), at(end), Presence(presence), frozenset(holds))


def ended(
    outcome: str, shown: float | None, end: float, by: str | None = None, **more: object
) -> Episode:
    """Return a position break that was shown and ended then, in minutes after nine."""
    e = Episode(
        1,
        "position",
        due=at(end if shown is None else shown),
        phase=Phase.WAITING,
        shown=None if shown is None else at(shown),
        outcome=Outcome(outcome),
        by=None if by is None else By(by),
        ended=at(end),
    )
    return replace(e, **more)  # type: ignore[arg-type]  # any of its fields


# ── the same days ──────────────────────────────────────────────────────────────────────────

SETTINGS = st.sampled_from(
    [
        (),
        (Set("presence.away_after_seconds", 30),),
        (Set("presence.away_after_seconds", 600),),
        (Set("position.credit_idle_seconds", 45), Set("eyes.enabled", True)),
        (Set("prompts.wait_for_lull_limit_seconds", 0), Set("prompts.min_gap_minutes", 0)),
        (Set("holds.call", False), Set("plan", "fifteen")),
        (Set("working_hours.enabled", True), Set("working_hours.monday", ("09:00-12:00",))),
    ]
)
LINES = st.lists(THERE | THERE | GONE | SPOKEN | BY_THE_CLOCK, max_size=25)
ANSWERS = st.sampled_from(
    [None, (Choice.DONE, 20.0), (Choice.POSTPONE, 7.0), (Choice.START, 7.0), (Choice.SKIP, 0.0)]
)
ONE_SECOND: Final = Stretch(1.0, "work")


@given(SETTINGS, LINES, STARTS, ANSWERS)
def test_given_any_rows_when_they_are_told_and_played_then_the_days_are_the_same(
    sets: tuple[Set, ...], lines: list[Line], start: str, answer: tuple[Choice, float] | None
) -> None:
    """Whoever gets the file sees the desk, away, locked, asleep and off seconds of the rows."""
    rows, made = play([*sets, *lines, ONE_SECOND], start, answer)

    assert rows.seconds() == again(rows, made).seconds()


@given(LINES, STARTS, st.randoms(use_true_random=False))
def test_given_rows_between_seconds_when_they_are_told_then_the_days_differ_by_one_a_change(
    lines: list[Line], start: str, lots: random.Random
) -> None:
    """Instants are rounded, so nothing adds up over a day."""
    uneven = (
        replace(x, seconds=x.seconds + lots.random()) if isinstance(x, Stretch) else x
        for x in lines
    )
    rows, made = play([*uneven, ONE_SECOND], start)
    changes = Counter(str(day_of(x.start, FOUR)) for x in rows.spans)
    found = again(rows, made).seconds()

    assert [] == [
        (day, seconds, found.get(day))
        for day, seconds in rows.seconds().items()
        for one, two in zip(seconds, found.get(day, (0.0,) * 5), strict=True)
        if abs(one - two) > changes[day]
    ]


DAY: Final = """\
19m55s work
8s idle
20s work
answer done
19m30s work
1m30s idle
9m work
2m locked
20m work
10s idle
answer postpone
6m work
6s idle
5s work
answer skip
40m work call
25m work
45m idle
12m10s work
answer start
21m20s work
take stretch
10s work
answer done
24m work
8s idle
20m work
7s idle
3m work
3m locked
50m work
"""


def test_given_a_day_with_every_kind_of_answer_when_it_is_played_then_the_same_comes_of_it() -> (
    None
):
    """Prompts come where they came, and the answers find them."""
    lines = [statement(line) for line in DAY.splitlines()]
    rows, made = play(lines)

    def outcomes(of: Rows) -> list[tuple[str, float, object, object]]:
        return [(e.kind, round(e.ended.boot_s), e.outcome, e.by) for e in of.episodes if e.ended]

    assert {"answer", "guide", "rest"} <= {e.by for e in rows.episodes if e.by}
    assert set(Outcome) - {Outcome.UNDELIVERED} == {e.outcome for e in rows.episodes}
    assert outcomes(rows) == outcomes(again(rows, made))


# ── spans ──────────────────────────────────────────────────────────────────────────────────


def test_given_each_presence_then_it_has_its_word_and_neighbours_are_one() -> None:
    """A day that was cut into rows reads as it was lived."""
    found = told(
        [
            span(0, 20, "desk"),
            span(20, 50, "desk"),
            span(50, 60, "away"),
            span(60, 90, "desk", Hold.DND, Hold.CALL, Hold.HOURS),
            span(90, 95, "locked", Hold.CALL),
            span(95, 215, "asleep"),
            span(215, 216, "off"),
            span(216, 217, "desk"),
        ]
    )

    assert (
        """\
start 2026-03-02T09:00:00 Europe/Berlin
50m work
10m idle
30m work call dnd
5m locked
2h asleep
1m off
1m work
"""
        == found
    )


def test_given_rows_that_begin_without_anybody_then_that_lies_before_them() -> None:
    """Who plays a timeline takes the person to have been there at its start."""
    found = told([span(0, 10, "asleep"), span(10, 12)])

    assert "start 2026-03-02T08:40:00 Europe/Berlin\n20m off\n10m asleep\n2m work\n" == found


def test_given_days_of_which_nothing_is_known_then_they_are_off() -> None:
    """Time between rows passes, and nobody saw how."""
    found = told([span(0, 10), span(1450, 1460)])

    assert "start 2026-03-02T09:00:00 Europe/Berlin\n10m work\n24h off\n10m work\n" == found


def test_given_rows_that_overlap_then_time_does_not_run_twice() -> None:
    """A damaged history is told as far as it goes."""
    found = told([span(0, 10), span(5, 20, "locked"), span(6, 8)])

    assert "start 2026-03-02T09:00:00 Europe/Berlin\n10m work\n10m locked\n" == found


def test_given_a_moment_off_then_it_is_a_second() -> None:
    """Without it the few seconds until the next input would be no absence."""
    found = told([span(0, 10), span(10, 10.005, "off"), span(10.005, 10.5, "away"), span(10.5, 11)])

    assert "10m work\n1s off\n29s idle\n30s work\n" == found.split("\n", 1)[1]


def test_given_a_call_that_nobody_sat_in_then_it_is_idle_without_the_call() -> None:
    """With a call in force missing input would be no absence."""
    found = told([span(0, 10, "desk", Hold.CALL), span(10, 20, "away", Hold.CALL, Hold.DND)])

    assert "9m work call\n1m idle call\n10m idle dnd\n" == found.split("\n", 1)[1]


def test_given_a_call_that_was_left_then_a_prompt_tells_whether_input_had_stopped() -> None:
    """Nothing is shown to somebody who has not touched anything for a minute."""
    rows = [span(0, 10, "desk", Hold.CALL), span(10, 20, "away"), span(20, 30)]
    without, shown = told(rows), told(rows, [ended("missed", 10.5, 25)])

    assert "9m work call\n1m idle call\n10m idle\n10m work\n" == without.split("\n", 1)[1]
    assert "10m work call\n10m idle\n10m work\n" == shown.split("\n", 1)[1]


def test_given_calls_of_which_only_a_later_one_was_left_then_that_one_is_told_so() -> None:
    """Somebody who worked on after the first call says nothing of the second."""
    rows = [span(0, 5), span(5, 10, "desk", Hold.CALL), span(10, 15)]
    rows += [span(15, 20, "locked"), span(20, 30, "desk", Hold.CALL), span(30, 40, "away")]
    rows += [span(40, 50)]

    assert told(rows).endswith("\n9m work call\n1m idle call\n10m idle\n10m work\n")


def test_given_a_pause_then_it_is_said() -> None:
    """It goes on through a lock, and what happens in it is told as ever."""
    paused = Hold.PAUSED
    found = told(
        [span(0, 5), span(5, 9, "desk", paused), span(9, 10, "locked", paused), span(10, 11)]
    )

    assert "5m work\npause\n4m work\n1m locked\nresume\n1m work\n" == found.split("\n", 1)[1]


def test_given_a_wall_clock_that_was_moved_then_it_is_said() -> None:
    """Small steps are said once they add up to something."""
    found = told(
        [
            span(0, 5),
            Span(at(5, ahead_s=0.9), at(6, ahead_s=0.9), Presence.DESK),
            Span(at(6, ahead_s=1.8), at(7, ahead_s=1.8), Presence.DESK),
            Span(at(7, ahead_s=-3600), at(8, ahead_s=-3600), Presence.DESK),
            Span(at(8, ahead_s=-3599), at(9, ahead_s=-3599), Presence.DESK),
        ]
    )

    assert "6m work\nclock +2s\n1m work\nclock -1h2s\n2m work\n" == found.split("\n", 1)[1]


def test_given_a_journey_then_the_zone_is_said() -> None:
    """The day begins by the zone in force."""
    there = ZoneInfo("America/New_York")
    made = diary.happened(
        [span(0, 5), Span(at(5, zone=there), at(6, zone=there), Presence.OFF)], (), DEFAULTS
    )

    assert (Stretch(300.0, "work"), Zone(there), Stretch(60.0, "off")) == made.lines


def test_given_a_journey_and_what_followed_then_the_zone_is_said_once() -> None:
    """It is in force until another one is."""
    there = ZoneInfo("America/New_York")
    found = told(
        [
            span(0, 5),
            Span(at(5, zone=there), at(6, zone=there), Presence.OFF),
            Span(at(6, zone=there), at(7, zone=there), Presence.DESK),
        ]
    )

    assert "5m work\nzone America/New_York\n1m off\n1m work\n" == found.split("\n", 1)[1]


def test_given_the_smallest_step_of_a_wall_clock_then_it_is_told_as_a_second() -> None:
    """Forwards, for the clock was put on."""
    found = told([span(0, 6), Span(at(6, ahead_s=1.2), at(7, ahead_s=1.2), Presence.DESK)])

    assert "6m work\nclock +1s\n1m work\n" == found.split("\n", 1)[1]


# ── episodes ───────────────────────────────────────────────────────────────────────────────

AN_HOUR: Final = (span(0, 60),)


@pytest.mark.parametrize(
    ("episode", "expected"),
    [
        pytest.param(
            ended("taken", 20, 21, "answer"),
            "19m55s work; 5s idle; 1m work; answer done; 39m work",
            id="done",
        ),
        pytest.param(
            ended("skipped", 20, 21),
            "19m55s work; 5s idle; 1m work; answer skip; 39m work",
            id="skipped",
        ),
        pytest.param(
            ended("taken", 20, 21, "guide"),
            "19m55s work; 5s idle; 30s work; answer start; 39m30s work",
            id="the guide takes half a minute",
        ),
        pytest.param(
            ended("taken", 20, 20.25, "guide"),
            "19m55s work; 5s idle; answer start; 40m work",
            id="a guide of few steps",
        ),
        pytest.param(
            ended("taken", 20, 21.25, "rest"),
            "19m55s work; 5s idle; 15s work; 1m idle; 38m45s work",
            id="rested at the desk",
        ),
        pytest.param(ended("missed", 20, 30), "19m55s work; 5s idle; 40m work", id="missed"),
        pytest.param(
            ended("taken", 20, 28, "answer", postponed=2),
            "19m55s work; 5s idle; answer postpone; 5m work; answer postpone; 3m work; answer done; 32m work",
            id="postponed twice",
        ),
        pytest.param(
            ended("natural", 20, 24, postponed=2),
            "19m55s work; 5s idle; answer postpone; 40m work",
            id="the second one cannot have been so early",
        ),
        pytest.param(
            ended("taken", 20, 21, "answer", asked=True),
            "20m work; take position; 1m work; answer done; 39m work",
            id="asked for",
        ),
        pytest.param(
            ended("taken", None, 21, "answer"),
            "21m work; answer done; 39m work",
            id="answered while it waited",
        ),
        pytest.param(ended("undelivered", None, 30), "1h work", id="never shown"),
        pytest.param(ended("natural", None, 30), "1h work", id="natural, and seen in the spans"),
        pytest.param(ended("missed", 20, 30, kind="yoga"), "1h work", id="a kind that is no more"),
        pytest.param(ended("taken", -1, -0.5, "rest"), "1h work", id="before the first row"),
        pytest.param(ended("taken", 60, 61, "answer"), "59m55s work; 4s idle; 1s work", id="after"),
    ],
)
def test_given_how_a_prompt_ended_then_the_words_and_the_lull_are_told(
    episode: Episode, expected: str
) -> None:
    """Each where the prompt that it was given to is played."""
    assert expected == "; ".join(told(AN_HOUR, [episode]).splitlines()[1:])


def test_given_a_rest_with_the_screen_locked_then_the_work_before_it_stays() -> None:
    """Rest is still from the lock on, not for a whole minute."""
    rows = (span(0, 20.5), span(20.5, 25, "locked"), span(25, 26))
    found = told(rows, [ended("taken", 20, 21, "rest")])

    assert "19m55s work\n5s idle\n30s work\n4m30s locked\n1m work\n" == found.split("\n", 1)[1]


def test_given_short_natural_breaks_then_stillness_is_told_with_and_without_answers() -> None:
    """Where 45 s are a break, the spans show nothing of it."""
    resolved = resolve([Layer(Origin.USER, "", {"position.credit_idle_seconds": 45})])
    made = rules(resolved, ())
    rows = [ended("natural", None, 30), ended("natural", None, 40, kind="yoga")]
    lines = (Stretch(1755.0, "work"), Stretch(45.0, "idle"), Stretch(1800.0, "work"))

    assert lines == diary.happened(AN_HOUR, rows, made).lines
    assert lines == diary.presence(AN_HOUR, rows, made).lines


@pytest.mark.parametrize(
    ("rows", "episodes", "expected"),
    [
        pytest.param(
            (span(0, 10, "locked"), span(10, 20)),
            [ended("natural", None, 10.75)],
            "20m off; 10m locked; 1s work; 44s idle; 9m15s work",
            id="who comes to the desk touches something",
        ),
        pytest.param(
            (span(0, 20),),
            [ended("natural", None, 10.75), ended("undelivered", 10.5, 12, asked=True)],
            "10m work; 30s idle; take position; 15s idle; 9m15s work",
            id="words in the midst of it",
        ),
        pytest.param(
            (span(0, 15 + 1 / 3), span(15 + 1 / 3, 30, "desk", Hold.DND)),
            [ended("natural", None, 15.75)],
            "15m work; 20s idle; 25s idle dnd; 14m15s work dnd",
            id="a hold that begins in it",
        ),
    ],
)
def test_given_a_short_natural_break_then_what_lies_around_it_stays_where_it_was(
    rows: tuple[Span, ...], episodes: list[Episode], expected: str
) -> None:
    """Stillness is told within the spans, and hides nothing of them."""
    made = rules(resolve([Layer(Origin.USER, "", {"position.credit_idle_seconds": 45})]), ())

    assert expected == "; ".join(told(rows, episodes, made).splitlines()[1:])


def test_given_an_answer_with_the_end_of_the_rows_then_it_is_told() -> None:
    """It is what was said last."""
    found = told((span(0, 21),), [ended("taken", 20, 21, "answer")])

    assert "answer done" == found.splitlines()[-1]


def test_given_answers_when_only_presence_is_told_then_nobody_says_anything() -> None:
    """Another setting brings other prompts, and the old answers fit none of them."""
    paused = span(60, 70, "desk", Hold.PAUSED)
    made = diary.presence((*AN_HOUR, paused), [ended("taken", 20, 21, "answer")], DEFAULTS)

    assert (Stretch(3600.0, "work"), Statement("pause"), Stretch(600.0, "work")) == made.lines


# ── settings ───────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({}, (), id="nothing"),
        pytest.param({"position.interval_minutes": 20}, (), id="the default"),
        pytest.param(
            {"position.interval_minutes": 25, "eyes.enabled": True},
            (Set("position.interval_minutes", 25), Set("eyes.enabled", True)),
            id="in the order of the file",
        ),
        pytest.param(
            {"position.interval_minutes": 20, "plan": "fifteen", "prompts.min_gap_minutes": 6},
            (Set("plan", "fifteen"), Set("position.interval_minutes", 20)),
            id="against the plan",
        ),
        pytest.param(
            {
                "person.avoid": ("neck",),
                "person.hidden_prompts": ("P-1",),
                "person.seated_only": True,
            },
            (),
            id="what is private",
        ),
    ],
)
def test_given_settings_then_those_that_differ_are_told(
    values: dict[str, object], expected: tuple[Set, ...]
) -> None:
    """What a reader needs to play the days, and nothing on anybody's health."""
    assert expected == diary.settings(resolve([Layer(Origin.USER, "", values)]))


def test_given_the_beginning_of_a_second_then_midnight_stays_midnight() -> None:
    """Rows that end at 04:00:00 end there in the timeline too, whenever the first one began."""
    start = Moment(
        7.0, datetime(2026, 3, 2, 3, 59, 29, 600_000, tzinfo=UTC).timestamp(), ZoneInfo("UTC")
    )
    rows = [
        Span(start, start.on(37.4), Presence.DESK),
        Span(start.on(37.4), start.on(47.4), Presence.LOCKED),
    ]

    assert "start 2026-03-02T03:59:30 UTC\n30s work\n10s locked\n" == told(rows)
