from __future__ import annotations

import gettext

import pytest

from deskbreak.core.content import AVOID_TAGS, EQUIPMENT
from deskbreak.core.plans import PLANS
from deskbreak.core.setting_names import (
    choice_name,
    full_name,
    plan_about,
    plan_figures,
    setting_name,
)
from deskbreak.core.settings_table import SETTINGS

WORDS = gettext.NullTranslations()


@pytest.mark.parametrize("key", SETTINGS)
def test_given_a_setting_then_it_has_a_name_of_its_own(key: str) -> None:
    """No two settings go by one name where nothing around says which is meant."""
    names = [full_name(one, WORDS) for one in SETTINGS]

    assert setting_name(key, WORDS) in full_name(key, WORDS)
    assert 1 == names.count(full_name(key, WORDS))


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param("stretch.daily_cap", "Stretch: At most in a day", id="of every kind"),
        pytest.param(
            "habit.first_after_break_minutes",
            "Habit of the day: First after time at the desk",
            id="of one kind",
        ),
        pytest.param("prompts.sound", "Sound", id="of no kind"),
        pytest.param("plan", "Plan", id="at the top"),
    ],
)
def test_given_a_setting_of_a_kind_then_its_name_says_which(key: str, expected: str) -> None:
    """As in a list of errors."""
    assert expected == full_name(key, WORDS)


@pytest.mark.parametrize("plan", PLANS)
def test_given_a_plan_then_it_is_said_for_whom_and_how_often(plan: str) -> None:
    """Kinds that it switches off are left out."""
    figures = plan_figures(plan, WORDS)

    assert plan_about(plan, WORDS).endswith(".")
    assert "position" == figures[0][0]
    assert {
        kind: PLANS[plan].values.get(f"{kind}.interval_minutes", minutes)
        for kind, _, minutes in figures
    } == {kind: minutes for kind, _, minutes in figures}


def test_given_plans_then_their_figures_are_those_of_the_table() -> None:
    """The default, and one that leaves kinds out."""
    assert (
        ("position", "Change position", 20),
        ("stretch", "Stretch", 60),
        ("posture", "Posture check", 90),
    ) == plan_figures("standard", WORDS)
    assert (("position", "Change position", 30), ("stretch", "Stretch", 120)) == plan_figures(
        "busy", WORDS
    )


def test_given_choices_then_each_has_words() -> None:
    """An unknown one goes by its id."""
    for key, choices in (("person.avoid", AVOID_TAGS), ("person.equipment", EQUIPMENT)):
        for choice in choices:
            assert "_" not in choice_name(key, choice, WORDS)
            assert choice != choice_name(key, choice, WORDS)
    assert "Gentle" == choice_name("plan", "gentle", WORDS)
    assert "x" == choice_name("person.avoid", "x", WORDS)
    assert "x" == choice_name("language", "x", WORDS)
