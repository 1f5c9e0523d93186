from __future__ import annotations

from datetime import date

import pytest

from deskbreak.core.content import Entry, Person
from deskbreak.core.model import CycleStage, Hold, KindRules, Rules
from deskbreak.core.rules import rules
from deskbreak.core.schedule import WorkingHours
from deskbreak.core.settings import Layer, Origin, resolve


def ruled(**values: object) -> Rules:
    """Translate settings of the user; in a key, __ stands for the dot."""
    flat = {key.replace("__", "."): value for key, value in values.items()}
    resolved = resolve([Layer(Origin.USER, "user settings", flat)])
    assert () == resolved.problems
    return rules(resolved, ())


def kind(found: Rules, name: str) -> KindRules:
    """Return one kind."""
    return found.kinds[found.place[name]]


def test_given_the_defaults_then_all_is_in_seconds() -> None:
    """Minutes are for people; the engine counts seconds."""
    found = ruled()

    assert Rules(kinds=found.kinds) == found
    assert ["stretch", "position", "posture", "eyes", "massage", "habit"] == [
        row.name for row in found.kinds
    ]


def test_given_the_defaults_then_a_kind_has_its_nature_and_its_settings() -> None:
    """A row of the rules is a row of the table of kinds with the settings put in."""
    assert KindRules(
        name="stretch",
        rank=1,
        folds=frozenset({"position", "eyes"}),
        moves=frozenset({"posture"}),
        rest_counts=True,
        reminds=True,
        reminder_offers_guide=True,
        guide=True,
        taken_is_change=True,
        enabled=True,
        interval_s=3600,
        duration_s=60,
        credit_idle_s=300,
        credit_lock_s=300,
        daily_cap=8,
        postpone_s=300,
        postpone_max=2,
        patience_s=900,
        first_after_break_s=0,
    ) == kind(ruled(), "stretch")


@pytest.mark.parametrize(
    ("name", "nature"),
    [
        pytest.param("stretch", "folds rest reminds offers guide change", id="stretch"),
        pytest.param("position", "folds rest reminds guide change credit", id="position"),
        pytest.param("posture", "", id="posture"),
        pytest.param("eyes", "rest", id="eyes"),
        pytest.param("massage", "guide", id="massage"),
        pytest.param("habit", "guide daily", id="habit"),
    ],
)
def test_given_a_kind_then_it_has_the_agreed_nature(name: str, nature: str) -> None:
    """What rest, reminders and the guide mean for a kind is in its row alone."""
    row = kind(ruled(), name)
    flags = {
        "folds": row.folds,
        "rest": row.rest_counts,
        "reminds": row.reminds,
        "offers": row.reminder_offers_guide,
        "guide": row.guide,
        "daily": row.daily,
        "change": row.taken_is_change,
        "credit": row.credit_is_change,
    }

    assert nature.split() == [flag for flag, is_set in flags.items() if is_set]


def test_given_times_after_a_break_then_only_kinds_that_have_them_get_them() -> None:
    """For other kinds that setting has no meaning."""
    found = ruled(posture__first_after_break_minutes=45)

    assert [0, 0, 2700, 0, 0, 7200] == [row.first_after_break_s for row in found.kinds]


def test_given_every_number_changed_then_the_rules_follow() -> None:
    """No setting is forgotten in the translation."""
    found = ruled(
        prompts__daily_cap=1,
        prompts__max_per_hour=2,
        prompts__min_gap_minutes=3,
        prompts__fold_window_minutes=4,
        prompts__quiet_after_absence_minutes=5,
        prompts__wait_for_lull_seconds=6,
        prompts__wait_for_lull_limit_seconds=7,
        prompts__reminder_minutes=8,
        prompts__advance_notice_seconds=9,
        prompts__skips_before_backoff=10,
        prompts__backoff_factor=2.5,
        holds__deferral_limit_minutes=11,
        presence__away_after_seconds=31,
        day__starts_at="05:30",
    )

    assert (
        Rules(
            kinds=found.kinds,
            daily_cap=1,
            max_per_hour=2,
            min_gap_s=180,
            fold_window_s=240,
            quiet_s=300,
            lull_s=6,
            lull_limit_s=7,
            reminder_s=480,
            advance_s=9,
            skips_before_backoff=10,
            backoff_factor=2.5,
            deferral_s=660,
            away_after_s=31,
            day_starts_s=19800,
        )
        == found
    )


def test_given_every_setting_of_a_kind_changed_then_its_row_follows() -> None:
    """No setting of a kind is forgotten in the translation."""
    row = kind(
        ruled(
            eyes__enabled=True,
            eyes__interval_minutes=11,
            eyes__duration_seconds=21,
            eyes__credit_idle_seconds=22,
            eyes__credit_lock_seconds=0,
            eyes__daily_cap=3,
            eyes__postpone_minutes=4,
            eyes__postpone_max=5,
            eyes__patience_minutes=6,
        ),
        "eyes",
    )

    expected = KindRules(
        name="eyes",
        rank=4,
        rest_counts=True,
        enabled=True,
        interval_s=660,
        duration_s=21,
        credit_idle_s=22,
        credit_lock_s=0,
        daily_cap=3,
        postpone_s=240,
        postpone_max=5,
        patience_s=360,
    )
    assert expected == row


@pytest.mark.parametrize(
    ("key", "hold"),
    [
        pytest.param("holds__do_not_disturb", Hold.DND, id="dnd"),
        pytest.param("holds__full_screen", Hold.FULLSCREEN, id="fullscreen"),
        pytest.param("holds__call", Hold.CALL, id="call"),
        pytest.param("holds__screen_share", Hold.SHARE, id="share"),
        pytest.param("holds__presentation", Hold.PRESENTATION, id="presentation"),
    ],
)
def test_given_a_hold_switched_off_then_all_others_count(key: str, hold: Hold) -> None:
    """Pause and working hours cannot be switched off here; each has its own switch."""
    assert frozenset(Hold) - {hold} == ruled(**{key: False}).holds


def test_given_working_hours_then_they_count_only_when_switched_on() -> None:
    """Hours can be kept in the file while they are off; a day not given has none."""
    hours = {
        "working_hours__monday": ["09:00-12:30", "22:00-02:00"],
        "working_hours__sunday": ["10:00-11:00"],
        "working_hours__days_off": [date(2026, 12, 24), "2026-12-25"],
    }

    expected = WorkingHours(
        (((32400, 45000), (79200, 93600)), (), (), (), (), (), ((36000, 39600),)),
        frozenset({date(2026, 12, 24), date(2026, 12, 25)}),
    )
    assert ruled(**hours).hours is None
    assert expected == ruled(working_hours__enabled=True, **hours).hours


def test_given_a_person_then_the_choice_of_prompts_knows() -> None:
    """What suits a person filters what is chosen."""
    found = ruled(
        person__seated_only=True,
        person__discreet_only=True,
        person__equipment=["ball"],
        person__avoid=["sciatica"],
        person__hidden_prompts=["P-ST-01"],
    )

    expected = Person(
        seated_only=True,
        discreet_only=True,
        equipment=frozenset({"ball"}),
        avoid=frozenset({"sciatica"}),
        hidden=frozenset({"P-ST-01"}),
    )
    assert expected == found.person


@pytest.mark.parametrize(
    ("plan", "person"),
    [
        pytest.param("standard", Person(equipment=frozenset({"ball"})), id="standard"),
        pytest.param("custom", Person(equipment=frozenset({"ball"})), id="custom"),
        pytest.param(
            "busy",
            Person(discreet_only=True, max_total_s=60, equipment=frozenset({"ball"})),
            id="busy",
        ),
        pytest.param(
            "seated", Person(wheelchair_only=True, equipment=frozenset({"ball"})), id="seated"
        ),
        pytest.param(
            "sit_stand", Person(equipment=frozenset({"ball", "sit_stand_desk"})), id="sit_stand"
        ),
    ],
)
def test_given_a_plan_then_it_filters_what_is_chosen(plan: str, person: Person) -> None:
    """Some plans are for a place, a chair or a desk."""
    assert person == ruled(plan=plan, person__equipment=["ball"]).person


def test_given_sit_stand_then_position_goes_round() -> None:
    """Sit as long as the interval says, stand for 8 minutes, move for 2, without a word sit down."""
    found = ruled(plan="sit_stand", position__interval_minutes=25)

    cycle = (
        CycleStage(1500, prompts=True, content="stand"),
        CycleStage(480, prompts=True, content="move"),
        CycleStage(120, prompts=False),
    )
    assert [(), cycle, (), (), (), ()] == [row.cycle for row in found.kinds]
    assert ["position", "habit"] == [row.name for row in found.kinds if row.enabled]


def test_given_a_pack_then_its_index_is_in_the_rules() -> None:
    """The engine chooses from the pack that is in use."""
    nothing: frozenset[str] = frozenset()
    entry = Entry(
        id="a",
        kind="eyes",
        areas=("eyes",),
        positions=frozenset({"seated"}),
        needs=nothing,
        avoid_if=nothing,
        discreet=True,
        wheelchair=True,
        total_s=20,
    )

    assert (entry,) == rules(resolve([]), (entry,)).index
