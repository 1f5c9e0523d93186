from __future__ import annotations

import re
from typing import Any

import pytest

from deskbreak.core.organisation import ORGANISATION
from deskbreak.core.settings_table import SETTINGS
from deskbreak.policy.names import ENDS, from_names, key_of, registry_name

KEYS = (*SETTINGS, *ORGANISATION)
LEVELS = ("Recommended", "Bounds", "Defaults")


def test_given_all_keys_then_no_two_have_one_name() -> None:
    """Windows does not tell capitals apart, and names of bounds stand for themselves."""
    names = [registry_name(key) for key in KEYS]
    ends = [f"{registry_name(key)}{end}" for key in SETTINGS for end in ENDS.values()]
    every = [name.casefold() for name in (*names, *ends, *LEVELS)]

    assert len(set(every)) == len(every)


@pytest.mark.parametrize("key", KEYS)
def test_given_a_key_then_its_name_leads_back_to_it(key: str) -> None:
    """The way back goes through the table, whatever the capitals."""
    name = registry_name(key)

    assert re.fullmatch(r"([A-Z][a-z]+)+", name)
    assert [key] * 3 == [key_of(name), key_of(name.upper()), key_of(name.lower())]


def test_given_the_names_that_were_shipped_then_they_stay() -> None:
    """What administrators have written down must not mean something else one day."""
    assert "PositionIntervalMinutes" == registry_name("position.interval_minutes")
    assert "Plan" == registry_name("plan")
    assert "OrganisationName" == registry_name("organisation.name")
    assert key_of("PositionInterval") is None


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        pytest.param({"EyesEnabled": 1}, {"eyes.enabled": True}, id="on"),
        pytest.param({"EyesEnabled": 0}, {"eyes.enabled": False}, id="off"),
        pytest.param({"EyesEnabled": 2}, {"eyes.enabled": 2}, id="neither"),
        pytest.param({"EyesEnabled": True}, {"eyes.enabled": True}, id="a flag of a profile"),
        pytest.param({"EyesDailyCap": 1}, {"eyes.daily_cap": 1}, id="a number stays one"),
        pytest.param({"EyesDailyCap": "1"}, {"eyes.daily_cap": "1"}, id="a text stays one"),
        pytest.param({"PromptsBackoffFactor": "1.5"}, {"prompts.backoff_factor": 1.5}, id="1.5"),
        pytest.param({"PromptsBackoffFactor": "2"}, {"prompts.backoff_factor": 2}, id="2"),
        pytest.param({"PromptsBackoffFactor": "x"}, {"prompts.backoff_factor": "x"}, id="x"),
        pytest.param({"plan": "busy"}, {"plan": "busy"}, id="small letters"),
        pytest.param({"Plam": "busy"}, {"Plam": "busy"}, id="unknown"),
        pytest.param(
            {"OrganisationName": "Example Ltd"}, {"organisation.name": "Example Ltd"}, id="who"
        ),
        pytest.param(
            {"WorkingHoursMonday": ["09:00-12:30"]},
            {"working_hours.monday": ["09:00-12:30"]},
            id="a list",
        ),
        pytest.param({}, {}, id="nothing"),
    ],
)
def test_given_names_then_a_file_would_say_the_same(
    values: dict[str, Any], expected: dict[str, Any]
) -> None:
    """The registry knows neither flags nor fractions; nothing else is made up."""
    found = from_names(values)

    assert expected == found
    assert [type(one) for one in expected.values()] == [type(one) for one in found.values()]


@pytest.mark.parametrize(
    ("bounds", "expected"),
    [
        pytest.param(
            {"PositionIntervalMinutesLow": 10, "PositionIntervalMinutesHigh": 30},
            {"position.interval_minutes": {"low": 10, "high": 30}},
            id="low and high",
        ),
        pytest.param({"PlanChoices": ["gentle"]}, {"plan": {"choices": ["gentle"]}}, id="choices"),
        pytest.param(
            {"PromptsBackoffFactorHigh": "2.5"},
            {"prompts.backoff_factor": {"high": 2.5}},
            id="a fraction",
        ),
        pytest.param({"PlanLowest": 1}, {"PlanLowest": 1}, id="unknown"),
        pytest.param("narrow", "narrow", id="no table"),
    ],
)
def test_given_names_of_bounds_then_a_file_would_say_the_same(
    bounds: object, expected: object
) -> None:
    """Each end of each setting has a name of its own."""
    assert {"bounds": expected} == from_names({}, bounds)
