"""Other settings on days that were: how prompts are answered, what is counted, what is said."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import tune
from deskbreak.core.model import Episode, Moment, Outcome, Phase
from deskbreak.core.rules import rules
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.timeline import parse
from deskbreak.core.tune import ASSUMED, Share, Side, Source, compare, shares, tried
from deskbreak.core.tune_text import Tuned, tune_json, tune_lines
from tests.core.days import START
from tests.core.scenes import ENGLISH

if TYPE_CHECKING:
    from deskbreak.core.timeline import Timeline

KINDS: Final = tuple(kind.name for kind in rules(resolve(()), ()).kinds)
ALL_TAKEN: Final = dict.fromkeys(KINDS, Share(1, 0, 0, Source.KIND))
NO_ANSWER: Final = dict.fromkeys(KINDS, Share(0, 0, 1, Source.KIND))


def week(*lines: str) -> Timeline:
    """Return *lines* as a timeline that begins on a Monday at nine."""
    return parse("\n".join(("timeline 1", f"start {START}", *lines)).encode())


def side(
    *lines: str,
    answers: dict[str, Share] = ALL_TAKEN,
    values: dict[str, object] | None = None,
) -> Side:
    """Return what comes of *lines* with these settings and position as the only kind."""
    others = {f"{kind}.enabled": kind == "position" for kind in KINDS}
    made = rules(resolve([Layer(Origin.USER, "", others | (values or {}))]), ())
    return compare([week(*lines)], made, made, answers).now


# ── answers ────────────────────────────────────────────────────────────────────────────────


def decided(kind: str, *, taken: int = 0, skipped: int = 0, missed: int = 0) -> list[Episode]:
    """Return that many ended prompts of *kind*."""
    at = Moment(0.0, 0.0, week().start.zone)
    e = Episode(1, kind, at, Phase.WAITING, shown=at, ended=at)
    counts = {Outcome.TAKEN: taken, Outcome.SKIPPED: skipped, Outcome.MISSED: missed}
    return [replace(e, outcome=outcome) for outcome, n in counts.items() for _ in range(n)]


def test_given_answers_then_each_kind_has_its_own_where_they_are_enough() -> None:
    """Four answers say little; those of all kinds stand in for them."""
    found = shares(
        [*decided("position", taken=3, missed=2), *decided("stretch", skipped=4)],
        ("position", "stretch", "eyes"),
    )

    assert {
        "position": Share(3, 0, 2, Source.KIND),
        "stretch": Share(3, 4, 2, Source.ALL),
        "eyes": Share(3, 4, 2, Source.ALL),
    } == found


def test_given_five_answers_of_all_kinds_then_they_are_enough_together() -> None:
    """Fewer than five are too few; five are not."""
    answers = [*decided("position", taken=3), *decided("stretch", skipped=2)]

    assert {"position": Share(3, 2, 0, Source.ALL)} == shares(answers, ("position",))


def test_given_few_answers_at_all_then_it_is_assumed_how_prompts_are_answered() -> None:
    """Half of them are taken, and no more."""
    assert {"position": ASSUMED} == shares(decided("position", skipped=4), ("position",))
    assert 5 == ASSUMED.taken
    assert 10 == ASSUMED.decided


def test_given_breaks_that_were_asked_for_or_natural_then_they_are_no_answers() -> None:
    """Only what was prompted and decided tells how prompts are answered."""
    asked = [replace(e, asked=True) for e in decided("position", taken=9)]
    natural = [replace(e, outcome=Outcome.NATURAL) for e in decided("position", taken=9)]

    assert {"position": ASSUMED} == shares([*asked, *natural], ("position",))


def test_given_shares_then_prompts_are_answered_in_them_evenly_and_always_alike() -> None:
    """Of ten prompts five are taken, two skipped, three missed; never all of one kind first."""
    timeline, ends = week("16h work"), []
    keys = ("position.daily_cap", "prompts.daily_cap", "prompts.skips_before_backoff")
    values = dict(zip(keys, (60, 100, 0), strict=True))
    made = rules(resolve([Layer(Origin.USER, "", values)]), ())
    for _ in range(2):
        person, tally = tune._Person(dict.fromkeys(KINDS, ASSUMED)), tune._Tally()
        tally.play(timeline, made, person)
        ends.append([e.outcome for e in tally.episodes if e.kind == "position"])

    assert ends[0] == ends[1]
    assert {"taken": 5, "skipped": 2, "missed": 3} == Counter(ends[0][:10])
    assert {"taken": 5, "skipped": 2, "missed": 3} == Counter(ends[0][10:20])
    assert 3 == len(set(ends[0][:4]))


def test_given_a_prompt_that_is_shown_again_then_it_has_the_same_answer() -> None:
    """A call between the prompt and its answer makes no second prompt of it."""
    found = side(
        *("22m5s work", "10m work call", "1h work"),
        answers=dict.fromkeys(KINDS, Share(1, 1, 0, Source.KIND)),
    )

    assert {"position": 3} == found.prompts
    assert 4 == found.shown
    assert 1 == sum(day.kinds["position"].skipped for day in found.days)


# ── figures ────────────────────────────────────────────────────────────────────────────────


def test_given_a_longer_interval_then_there_are_fewer_prompts() -> None:
    """The same day twice; the difference is the setting's."""
    now = resolve([Layer(Origin.USER, "", {"position.enabled": True})])
    other = tried(now, {"position.interval_minutes": 40})
    found = compare([week("8h work")], rules(now, ()), rules(other, ()), ALL_TAKEN)

    assert found.now.days[0].desk_seconds == found.tried.days[0].desk_seconds == 8 * 3600
    assert found.now.prompts["position"] > found.tried.prompts["position"] > 0
    assert found.now.longest_s < found.tried.longest_s


def test_given_a_reminder_then_it_is_an_interruption_and_no_prompt() -> None:
    """Who does not answer is interrupted twice."""
    found = side("40m work", answers=NO_ANSWER)

    assert {"position": 1} == found.prompts
    assert 2 == found.shown
    assert 3.0 == found.an_hour


def test_given_a_hold_before_the_last_input_then_all_of_the_day_counts() -> None:
    """What was in doubt until the last look is desk time with it."""
    assert 31 * 60 == side("30m work", "1m work dnd").desk_s


def test_given_several_weeks_then_their_days_are_counted_together() -> None:
    """A day without desk time is none."""
    made = rules(resolve(()), ())
    weeks = [week("1h work", "80h off", "2h work"), week("100h off", "3h work")]
    found = compare(weeks, made, made, ALL_TAKEN).now

    assert [2, 5, 6] == [day.date.day for day in found.days]
    assert 6 * 3600 == found.desk_s
    assert found.per_day(6) == 2.0
    assert 3 * found.a_day == sum(found.prompts.values())


def test_given_no_desk_time_then_every_figure_is_nothing() -> None:
    """Nothing is divided by nothing."""
    found = side("8h off")

    assert (0.0, 0.0, 0.0, 0.0) == (found.a_day, found.an_hour, found.longest_s, found.desk_s)
    assert (0.0, 0) == (found.usual_longest_s, found.natural)


def test_given_days_then_the_usual_longest_is_that_of_the_middle_one() -> None:
    """One long call does not make a usual day."""
    found = side(*("10m work", "23h50m off") * 2, *("10h work call", "14h off"))

    assert 10 * 3600 == found.longest_s
    assert 600 == found.usual_longest_s


def test_given_natural_breaks_then_they_are_counted() -> None:
    """Lunch and coffee need no prompt."""
    assert 2 == side("15m work", "10m idle", "15m work", "1h locked").natural


def test_given_days_then_it_is_known_when_each_prompt_came_and_where_the_person_was() -> None:
    """For a picture of the day; a reminder is no prompt."""
    found = side("25m work", "10m idle", "25m work", answers=NO_ANSWER)

    assert [("09:22", "position"), ("09:57", "position")] == [
        (f"{at.wall:%H:%M}", kind) for at, kind in found.prompted
    ]
    assert ["desk", "away", "desk"] == [span.presence.value for span in found.spans]


# ── calls ──────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("lines", "values", "expected"),
    [
        pytest.param(("19m work", "5m work call", "1h work"), {}, 1, id="due in a call"),
        pytest.param(("10m work", "5m work call", "1h work"), {}, 0, id="not due in a call"),
        pytest.param(
            (
                "19m work",
                "5m work call",
                "5m work share",
                "pause",
                "resume",
                "5m idle call",
                "9m idle",
            ),
            {},
            1,
            id="one call, whatever happens in it",
        ),
        pytest.param(
            ("19m work", "5m work call", "5m work", "9m work call"),
            {},
            1,
            id="the second comes first",
        ),
        pytest.param(("1h work presentation",), {}, 1, id="to the end"),
        pytest.param(("22m5s work", "5m work call", "1h work"), {}, 1, id="withdrawn by the call"),
        pytest.param(("1h work dnd",), {}, 0, id="no call"),
        pytest.param(("pause", "1h work call", "1h work"), {}, 0, id="silent anyway"),
        pytest.param(("1h work call",), {"position.daily_cap": 0}, 0, id="no prompts left"),
        pytest.param(("25m work call",), {"holds.call": False}, 1, id="shown in the call"),
        pytest.param(("20m30s work call",), {"holds.call": False}, 0, id="about to be shown"),
    ],
)
def test_given_a_call_then_what_would_have_come_in_it_is_counted(
    lines: tuple[str, ...], values: dict[str, object], expected: int
) -> None:
    """A prompt that had to wait for its end, or that came in it where calls are no hold."""
    assert expected == side("1s work", *lines, values=values).in_calls


# ── settings ───────────────────────────────────────────────────────────────────────────────


def test_given_settings_to_try_then_they_win_over_everybody() -> None:
    """Also over what is locked: nothing is changed by it."""
    now = resolve(
        [
            Layer(Origin.USER, "", {"position.interval_minutes": 15, "eyes.enabled": True}),
            Layer(Origin.POLICY, "", {"stretch.interval_minutes": 30}),
        ]
    )
    found = tried(now, {"plan": "gentle", "stretch.interval_minutes": 90})

    assert 15 == found.values["position.interval_minutes"]
    assert 90 == found.values["stretch.interval_minutes"]
    assert 120 == found.values["posture.interval_minutes"]
    assert found.values["eyes.enabled"]


# ── words and facts ────────────────────────────────────────────────────────────────────────


def tuned(
    answers: dict[str, Share], last: date | None = date(2026, 3, 27), weeks: int = 4
) -> Tuned:
    """Return a day that was played with two kinds, and then with a third one."""
    now = resolve([Layer(Origin.USER, "", {f"{x}.enabled": False for x in ("posture", "habit")})])
    other = tried(now, {"eyes.enabled": True, "position.interval_minutes": 30})
    day = week("1h30m work", "40m work call", "10m idle", "1h40m work")
    compared = compare([day], rules(now, ()), rules(other, ()), answers)
    return Tuned(compared, now, other, ("eyes.enabled", "position.interval_minutes"), weeks, last)


def test_given_a_history_then_its_answers_and_both_sides_are_shown() -> None:
    """What was played, how prompts were answered, what was tried, and a table."""
    answers = {
        **dict.fromkeys(KINDS, Share(4, 1, 3, Source.ALL)),
        "position": Share(4, 1, 2, Source.KIND),
    }

    assert """\
Played: your last 4 weeks until 2026-03-27, days at the desk: 1.
Answered after 20 s, as you answered each kind:
- Stretch: too few answers, so as all kinds together: 4 of 8 taken, 1 skipped, 3 without answer
- Change position: 4 of 7 taken, 1 skipped, 2 without answer
- Rest your eyes: too few answers, so as all kinds together: 4 of 8 taken, 1 skipped, 3 without answer

Tried: eyes.enabled = true (now false)
Tried: position.interval_minutes = 30 (now 20)

Side by side                          Now  Tried
Prompts a day                         8.0    9.0
- Stretch                             3.0    2.0
- Change position                     5.0    3.0
- Rest your eyes                             4.0
Interruptions an hour at the desk     2.3    2.6
Prompts a day that fell into a call   1.0    1.0
Natural breaks a day                  0.0    1.0
Longest time in one position         1:01   1:03
- the same on a usual day            1:01   1:03""" == "\n".join(
        tune_lines(tuned(answers), ENGLISH)
    )


@pytest.mark.parametrize(
    ("last", "weeks", "first"),
    [
        pytest.param(
            None,
            2,
            "Played: 2 sample weeks, days at the desk: 1, as there is no history yet.",
            id="none",
        ),
        pytest.param(
            None,
            1,
            "Played: 1 sample week, days at the desk: 1, as there is no history yet.",
            id="one sample week",
        ),
        pytest.param(
            date(2026, 3, 27),
            1,
            "Played: your last week until 2026-03-27, days at the desk: 1.",
            id="one week",
        ),
    ],
)
def test_given_no_answers_then_what_is_assumed_is_said(
    last: date | None, weeks: int, first: str
) -> None:
    """Nobody should take figures of nobody for their own."""
    assert [
        first,
        (
            "Answered after 20 s, with too few answers of your own to go by: "
            "5 of 10 taken, 2 skipped, 3 without answer."
        ),
        "",
    ] == tune_lines(tuned(dict.fromkeys(KINDS, ASSUMED), last, weeks), ENGLISH)[:3]


def test_given_a_comparison_then_programs_get_all_of_it() -> None:
    """Both sides have the same fields; a kind that is off on one side is missing there."""
    found = tune_json(tuned(ALL_TAKEN | {"eyes": ASSUMED}))
    now, other = found.pop("now"), found.pop("tried")

    assert {
        "source": "history",
        "weeks": 4,
        "last": "2026-03-27",
        "days": 1,
        "settings": [
            {"key": "eyes.enabled", "now": False, "tried": True},
            {"key": "position.interval_minutes", "now": 20, "tried": 30},
        ],
        "answer_after_seconds": 20.0,
        "answers": [
            {"kind": "stretch", "source": "kind", "taken": 1, "skipped": 0, "missed": 0},
            {"kind": "position", "source": "kind", "taken": 1, "skipped": 0, "missed": 0},
            {"kind": "eyes", "source": "assumed", "taken": 5, "skipped": 2, "missed": 3},
        ],
    } == found
    assert {
        "desk_seconds": 13_800.0,
        "prompts": 9,
        "prompts_a_day": 9.0,
        "kinds": [
            {"kind": "stretch", "prompts": 3, "prompts_a_day": 3.0},
            {"kind": "position", "prompts": 6, "prompts_a_day": 6.0},
        ],
        "shown": 9,
        "interruptions_an_hour": 2.348,
        "in_calls": 1,
        "natural": 0,
        "longest_held_seconds": 2720.0,
        "usual_longest_held_seconds": 2720.0,
    } == now
    assert now.keys() == other.keys()
    assert ["stretch", "position"] == [kind["kind"] for kind in now["kinds"]]
    assert ["stretch", "position", "eyes"] == [kind["kind"] for kind in other["kinds"]]
    assert now["prompts"] == sum(kind["prompts"] for kind in now["kinds"])
    assert now["shown"] >= now["prompts"] > 0
    assert 13_800 == now["desk_seconds"] == other["desk_seconds"]
    assert (1, 1) == (now["in_calls"], other["in_calls"])
    assert json.loads(json.dumps(now)) == now


def test_given_seven_days_then_programs_get_thousandths() -> None:
    """Finer than that means nothing."""
    one = tuned(ALL_TAKEN)
    now = replace(one.comparison.now, days=one.comparison.now.days * 7)
    found = tune_json(replace(one, comparison=replace(one.comparison, now=now)))["now"]

    assert (1.286, 0.335) == (found["prompts_a_day"], found["interruptions_an_hour"])
    assert [0.429, 0.857] == [kind["prompts_a_day"] for kind in found["kinds"]]


def test_given_sample_weeks_then_programs_are_told_that_there_is_no_history() -> None:
    """What is nobody's has no last day."""
    found = tune_json(tuned(ALL_TAKEN, None, 2))

    assert ("sample", 2, None) == (found["source"], found["weeks"], found["last"])
