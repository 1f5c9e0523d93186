from __future__ import annotations

import math
from datetime import date
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core.plans import PLANS
from deskbreak.core.settings import (
    BadSetting,
    Layer,
    Origin,
    Resolved,
    check,
    describe,
    flatten,
    parse_value,
    resolve,
)
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import judged
from deskbreak.core.words import Said
from tests.core.extreme import EXTREME

if TYPE_CHECKING:
    from tests.board import Board


def user(name: str = "user settings", /, **values: object) -> Layer:
    """Make a layer; in a key, __ stands for the dot."""
    flat = {key.replace("__", "."): value for key, value in values.items()}
    return Layer(Origin.USER, name, flat)


def lines(resolved: Resolved) -> list[str]:
    """Return the problems as a person reads them."""
    return [str(problem) for problem in resolved.problems]


def test_given_no_layers_then_the_defaults_are_in_force() -> None:
    """Without a file everything is as the table says, and nothing is wrong."""
    resolved = resolve([])

    assert {key: setting.default for key, setting in SETTINGS.items()} == resolved.values
    assert {Origin.DEFAULT} == set(resolved.origins.values())
    assert () == resolved.problems


def test_given_several_layers_then_the_strongest_wins_key_by_key() -> None:
    """Each value comes from the strongest layer that gives it, and says so."""
    resolved = resolve(
        [
            Layer(Origin.RECOMMENDED, "it", {"prompts.sound": True, "eyes.enabled": True}),
            user(eyes__enabled=False, prompts__daily_cap=20),
            Layer(Origin.POLICY, "it", {"prompts.daily_cap": 10}),
        ]
    )

    keys = ("prompts.sound", "eyes.enabled", "prompts.daily_cap", "stretch.enabled")
    assert [True, False, 10, True] == [resolved.values[key] for key in keys]
    assert [Origin.RECOMMENDED, Origin.USER, Origin.POLICY, Origin.DEFAULT] == [
        resolved.origins[key] for key in keys
    ]


def test_given_two_layers_of_one_origin_then_the_later_wins() -> None:
    """A file and lines after it are both the user's."""
    resolved = resolve([user(prompts__daily_cap=20), user(prompts__daily_cap=21)])

    assert 21 == resolved.whole("prompts.daily_cap")


@pytest.mark.parametrize(
    ("plan", "position", "posture", "stretch", "caps"),
    [
        pytest.param("standard", 20, 90, 60, (30, 12, 4, 16), id="standard"),
        pytest.param("fifteen", 15, 90, 60, (40, 6, 5, 32), id="fifteen"),
        pytest.param("fifty", 20, 90, 50, (34, 12, 5, 16), id="fifty"),
        pytest.param("gentle", 30, 120, 90, (20, 10, 3, 16), id="gentle"),
        pytest.param("busy", 30, None, 120, (16, 15, 2, 16), id="busy"),
        pytest.param("sit_stand", 20, None, None, (32, 2, 4, 32), id="sit_stand"),
        pytest.param("seated", 20, 90, 60, (30, 12, 4, 16), id="seated"),
        pytest.param("custom", 20, 90, 60, (30, 12, 4, 16), id="custom"),
    ],
)
def test_given_a_plan_then_it_sets_intervals_caps_and_gap(
    plan: str, position: int, posture: int | None, stretch: int | None, caps: tuple[int, ...]
) -> None:
    """None means that the plan switches the kind off."""
    resolved = resolve([user(plan=plan)])

    def interval(kind: str) -> int | None:
        on = resolved.flag(f"{kind}.enabled")
        return resolved.whole(f"{kind}.interval_minutes") if on else None

    assert (position, posture, stretch) == tuple(map(interval, ("position", "posture", "stretch")))
    assert caps == (
        resolved.whole("prompts.daily_cap"),
        resolved.whole("prompts.min_gap_minutes"),
        resolved.whole("prompts.max_per_hour"),
        resolved.whole("position.daily_cap"),
    )
    assert {Origin.PLAN} >= {resolved.origins[key] for key in PLANS[plan].values}


def test_given_a_plan_when_a_key_is_set_in_any_layer_then_that_wins() -> None:
    """A plan lies over the defaults and under everything that somebody chose."""
    resolved = resolve(
        [
            Layer(Origin.RECOMMENDED, "it", {"prompts.min_gap_minutes": 20}),
            user(plan="busy", posture__enabled=True, position__interval_minutes=25),
        ]
    )

    assert resolved.flag("posture.enabled")
    assert 25 == resolved.whole("position.interval_minutes")
    assert 20 == resolved.whole("prompts.min_gap_minutes")
    assert 16 == resolved.whole("prompts.daily_cap")


def test_given_plans_in_two_layers_then_only_the_stronger_counts() -> None:
    """Two plans are not mixed."""
    resolved = resolve([Layer(Origin.RECOMMENDED, "it", {"plan": "busy"}), user(plan="gentle")])

    assert resolved.flag("posture.enabled")
    assert 20 == resolved.whole("prompts.daily_cap")


@pytest.mark.parametrize(
    ("key", "value", "expected"),
    [
        pytest.param(
            "stretch.postpone_minutes",
            0,
            "user settings: stretch.postpone_minutes = 0 is not between 1 and 60; using 5",
            id="too small",
        ),
        pytest.param(
            "position.credit_idle_seconds",
            5,
            "user settings: position.credit_idle_seconds = 5 is neither 0 nor between 20 and 3600;"
            " using 120",
            id="small credit",
        ),
        pytest.param(
            "prompts.backoff_factor",
            math.nan,
            "user settings: prompts.backoff_factor = nan is not a finite number; using 1.5",
            id="nan",
        ),
        pytest.param(
            "prompts.daily_cap",
            2**20000,
            "user settings: prompts.daily_cap = … is not between 0 and 100; using 30",
            id="too long to print",
        ),
        pytest.param(
            "position.interval_minutes",
            20.5,
            "user settings: position.interval_minutes = 20.5 is not a whole number; using 20",
            id="half",
        ),
        pytest.param(
            "position.interval_minutes",
            True,
            "user settings: position.interval_minutes = true is not a number; using 20",
            id="true for a number",
        ),
        pytest.param(
            "position.interval_minutes",
            "15",
            'user settings: position.interval_minutes = "15" is not a number; using 20',
            id="text for a number",
        ),
        pytest.param(
            "eyes.enabled",
            1,
            "user settings: eyes.enabled = 1 is not true or false; using false",
            id="number for a flag",
        ),
        pytest.param(
            "plan",
            "lazy\n",
            'user settings: plan = "lazy\\n" is not one of: standard, fifteen, fifty, gentle, busy,'
            ' sit_stand, seated, custom; using "standard"',
            id="unknown plan",
        ),
        pytest.param(
            "day.starts_at",
            "24:00",
            'user settings: day.starts_at = "24:00" is not a time of day from 00:00 to 23:59;'
            ' using "04:00"',
            id="time of day",
        ),
        pytest.param(
            "working_hours.monday",
            "09:00-12:00",
            'user settings: working_hours.monday = "09:00-12:00" is not a list; using []',
            id="no list",
        ),
        pytest.param(
            "working_hours.monday",
            ["09:00-12:00", "13-17"],
            'user settings: working_hours.monday = ["09:00-12:00", "13-17"] has an entry that is'
            " not a range such as 09:00-12:30; using []",
            id="bad range",
        ),
        pytest.param(
            "working_hours.monday",
            ["09:00-10:00"] * 13,
            'user settings: working_hours.monday = ["09:00-10:00", "09:00-10:00", "09:00-10:00",'
            ' "09:00-10:00", …] has more than 12 entries; using []',
            id="long list",
        ),
        pytest.param(
            "working_hours.monday",
            [["09:00-12:00"]],
            "user settings: working_hours.monday = [[…]] has an entry that is not a range such as"
            " 09:00-12:30; using []",
            id="list in a list",
        ),
        pytest.param(
            "working_hours.days_off",
            ["2026-02-30"],
            'user settings: working_hours.days_off = ["2026-02-30"] has an entry that is not a date'
            " such as 2026-12-24; using []",
            id="no date",
        ),
        pytest.param(
            "language",
            "../de",
            'user settings: language = "../de" is not a language such as de or pt_BR; using ""',
            id="language",
        ),
        pytest.param(
            "holds.call",
            {"a": 1},
            "user settings: holds.call = {…} is not true or false; using true",
            id="table for a flag",
        ),
        pytest.param(
            "stretch.intervl_minutes",
            5,
            "user settings: unknown key stretch.intervl_minutes; did you mean"
            " stretch.interval_minutes?",
            id="unknown key",
        ),
        pytest.param(
            "strech",
            {"enabled": True},
            "user settings: unknown key strech; did you mean stretch?",
            id="unknown table",
        ),
        pytest.param(
            "position", 5, "user settings: position is a table, not a value", id="table as value"
        ),
        pytest.param("\u202ezzz", 5, "user settings: unknown key \\u202ezzz", id="strange key"),
        pytest.param("", 5, 'user settings: unknown key ""', id="empty key"),
    ],
)
def test_given_a_bad_value_then_it_is_left_out_and_named_once(
    key: str, value: object, expected: str
) -> None:
    """A message has the place, the key, the value, what is allowed and what is used instead."""
    resolved = resolve([Layer(Origin.USER, "user settings", {key: value})])

    assert [expected] == lines(resolved)
    assert resolve([]).values == resolved.values


def test_given_lines_then_a_message_names_the_line() -> None:
    """Who has to mend a file wants to know where."""
    file = Layer(Origin.USER, "/s.toml", {"eyes.enabled": 1, "x": 1}, {"eyes.enabled": 12, "x": 3})

    assert [
        "/s.toml:12: eyes.enabled = 1 is not true or false; using false",
        "/s.toml:3: unknown key x",
    ] == lines(resolve([file]))


def test_given_a_bad_value_then_the_weaker_layer_is_used_and_named() -> None:
    """What is used instead is what is in force in the end, whoever set it."""
    resolved = resolve(
        [user(prompts__daily_cap=7), Layer(Origin.POLICY, "policy", {"prompts.daily_cap": -1})]
    )

    assert 7 == resolved.values["prompts.daily_cap"]
    assert ["policy: prompts.daily_cap = -1 is not between 0 and 100; using 7"] == lines(resolved)


def test_given_health_data_then_no_message_holds_it() -> None:
    """Messages are logged; what suits a person, and why, is not."""
    resolved = resolve([user(person__avoid=["sciatca"], person__pregnant=True)])

    said = "".join(map(repr, resolved.problems)) + "".join(lines(resolved))
    assert "sciatca" not in said
    assert "pregnant" not in said
    assert "unknown key person.…;" in said
    assert 2 == len(resolved.problems)


def test_given_thousands_of_unknown_keys_then_twenty_are_named_and_the_rest_counted() -> None:
    """A file of another program does not fill the log."""
    resolved = resolve([Layer(Origin.USER, "x.toml", {f"k{n}": n for n in range(5000)})])

    assert 21 == len(resolved.problems)
    assert "x.toml: 4980 more unknown keys" == lines(resolved)[-1]


@pytest.mark.row("R31")
@pytest.mark.parametrize("key", SETTINGS)
def test_given_extreme_values_then_each_is_in_bounds_or_refused_with_one_line(
    key: str, board: Board
) -> None:
    """Whatever a file says, what is in force is sound."""
    board.note(load=len(EXTREME), figure="0 values out of bounds in force")

    for value in EXTREME:
        resolved = resolve([Layer(Origin.USER, "u", {key: value})])

        problems = lines(resolved)
        assert not isinstance(judged(SETTINGS[key], resolved.values[key]), Said)
        assert (resolved.origins[key] is Origin.USER) == (not problems)
        assert len(problems) <= 1
        assert all("\n" not in line and len(line) < 500 for line in problems)


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.dates(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=10,
)


@given(st.dictionaries(st.sampled_from([*SETTINGS, "position", "x"]) | st.text(), anything))
def test_given_any_values_then_resolve_answers_and_says_each_problem_once(
    values: dict[str, object],
) -> None:
    """No value raises; every key is in force or in a line."""
    resolved = resolve([Layer(Origin.USER, "u", values)])

    taken = sum(1 for origin in resolved.origins.values() if origin is Origin.USER)
    assert len(values) == taken + len(resolved.problems)
    assert SETTINGS.keys() == resolved.values.keys()


def test_given_tables_then_they_are_flattened() -> None:
    """Tables, dotted and quoted keys are the same; what is unknown stays as it is."""
    values, problems = flatten(
        {"plan": "busy", "position": {"daily_cap": 3}, "eyes.enabled": True, "x": {"y": {"z": 1}}}
    )

    assert {
        "plan": "busy",
        "position.daily_cap": 3,
        "eyes.enabled": True,
        "x": {"y": {"z": 1}},
    } == values
    assert () == problems


def test_given_thousands_of_keys_twice_then_twenty_are_named_and_the_rest_counted() -> None:
    """A file has room for more than anybody reads."""
    names = [f"k{number}" for number in range(1000)]
    dotted = {f"eyes.{name}": 1 for name in names}
    values, told = flatten({**dotted, "eyes": dict.fromkeys(names, 2)})

    assert {2} == set(values.values())
    assert 21 == len(told)
    assert "980 more keys are given twice" == str(told[-1])


def test_given_a_key_twice_then_the_later_counts_and_it_is_said() -> None:
    """Two ways to write one key can contradict each other."""
    values, problems = flatten({"eyes.enabled": True, "eyes": {"enabled": False}})
    resolved = resolve([Layer(Origin.USER, "s.toml", values, problems=problems)])

    assert not resolved.flag("eyes.enabled")
    assert ["s.toml: eyes.enabled is given twice; the later one counts"] == lines(resolved)


def test_given_resolved_settings_then_each_can_be_had_by_its_type() -> None:
    """Whoever reads a setting gets the type that it asked for."""
    resolved = resolve([user(person__equipment=["ball", "wall", "ball"])])

    assert ("ball", "wall") == resolved.texts("person.equipment")
    assert "04:00" == resolved.text("day.starts_at")
    assert 1.5 == resolved.number("prompts.backoff_factor")
    assert not resolved.flag("prompts.sound")
    assert 30 == resolved.whole("prompts.daily_cap")


def test_given_a_key_near_the_name_of_a_table_then_no_table_is_offered_for_it() -> None:
    """A value cannot be given to a table."""
    with pytest.raises(BadSetting) as refused:
        describe("position.")

    assert "unknown key position.; did you mean position.enabled?" == str(refused.value)


def test_given_a_key_then_it_can_be_described() -> None:
    """A page shows help and bounds; an unknown key is refused with the nearest known one."""
    assert "min" == describe("position.interval_minutes").unit
    with pytest.raises(BadSetting, match=r"did you mean position\.interval_minutes"):
        describe("position.intervall_minutes")


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        pytest.param("position.interval_minutes", "15", 15, id="whole"),
        pytest.param("position.interval_minutes", " +15 ", 15, id="blanks"),
        pytest.param("position.interval_minutes", "20.0", 20, id="whole with point"),
        pytest.param("habit.interval_minutes", "1_440", 1440, id="thousands, as in TOML"),
        pytest.param("prompts.daily_cap", "0x1e", 30, id="sixteens, as in TOML"),
        pytest.param("prompts.daily_cap", "3e1", 30, id="a power of ten, as in TOML"),
        pytest.param("prompts.backoff_factor", "2.5", 2.5, id="number"),
        pytest.param("plan", "'busy'", "busy", id="single quotes"),
        pytest.param("prompts.backoff_factor", "2", 2, id="whole for number"),
        pytest.param("eyes.enabled", "true", True, id="true"),
        pytest.param("eyes.enabled", "false", False, id="false"),
        pytest.param("plan", "busy", "busy", id="choice"),
        pytest.param("plan", '"busy"', "busy", id="quoted"),
        pytest.param("day.starts_at", "5:30", "5:30", id="clock"),
        pytest.param("language", "", "", id="empty text"),
        pytest.param("language", "pt_BR", "pt_BR", id="language"),
        pytest.param("person.equipment", "wall, ball", ("wall", "ball"), id="commas"),
        pytest.param("person.equipment", '["wall", "ball"]', ("wall", "ball"), id="toml list"),
        pytest.param("person.equipment", "", (), id="empty list"),
        pytest.param("person.hidden_prompts", "P-ST-01", ("P-ST-01",), id="prompt"),
        pytest.param(
            "working_hours.monday",
            "22:00-02:00,9:00-12:30",
            ("22:00-02:00", "9:00-12:30"),
            id="hours",
        ),
        pytest.param("working_hours.days_off", "2026-12-24", (date(2026, 12, 24),), id="date"),
        pytest.param("working_hours.days_off", "[2026-12-24]", (date(2026, 12, 24),), id="toml"),
        pytest.param(
            "working_hours.monday",
            "9-12, 13-17:30",
            ("9:00-12:00", "13:00-17:30"),
            id="hours alone",
        ),
    ],
)
def test_given_a_typed_value_then_it_is_understood(key: str, text: str, expected: object) -> None:
    """On a command line a value is typed as people type it, or as in the file."""
    found = parse_value(key, text)

    assert expected == found
    assert type(expected) is type(found)


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        pytest.param("eyes.enabled", "yes", 'eyes.enabled = "yes" is not true or false', id="yes"),
        pytest.param(
            "prompts.daily_cap", "1__0", 'prompts.daily_cap = "1__0" is not a number', id="_"
        ),
        pytest.param(
            "prompts.daily_cap", "true", 'prompts.daily_cap = "true" is not a number', id="true"
        ),
        pytest.param(
            "prompts.daily_cap", "٣", 'prompts.daily_cap = "٣" is not a number', id="arabic"
        ),
        pytest.param(
            "prompts.daily_cap", "nan", "prompts.daily_cap = nan is not a finite number", id="nan"
        ),
        pytest.param(
            "prompts.daily_cap",
            "101",
            "prompts.daily_cap = 101 is not between 0 and 100",
            id="bounds",
        ),
        pytest.param(
            "prompts.daily_cap",
            "9" * 19,
            f"prompts.daily_cap = {'9' * 19} is not between 0 and 100",
            id="long",
        ),
        pytest.param(
            "prompts.daily_cap",
            "9" * 5000,
            f'prompts.daily_cap = "{"9" * 59}…" is not a number',
            id="longer than Python reads",
        ),
        pytest.param(
            "plan",
            '"busy',
            'plan = ""busy" is not one of: standard, fifteen, fifty, gentle, busy, sit_stand, seated, custom',
            id="quote",
        ),
        pytest.param("person.avoid", "[", 'person.avoid = "[" is not a list', id="half a list"),
        pytest.param(
            "person.avoid",
            "[]\nplan = 1",
            'person.avoid = "[]\\nplan = 1" is not a list',
            id="two lines",
        ),
        pytest.param(
            "person.avoid", "[" * 3000, f'person.avoid = "{"[" * 59}…" is not a list', id="deep"
        ),
        pytest.param(
            "person.avoid",
            "[" * 9000,
            f'person.avoid = "{"[" * 59}…" is not a list',
            id="long list",
        ),
        pytest.param(
            "person.equipment",
            "wall, pool",
            'person.equipment = ["wall", "pool"] has an entry that is not one of: '
            "wall, ball, sit_stand_desk",
            id="no such equipment",
        ),
        pytest.param(
            "person.hidden_prompts",
            "a b",
            'person.hidden_prompts = ["a b"] has an entry that is not the id of a prompt',
            id="no id",
        ),
        pytest.param("nothing.at_all", "5", "unknown key nothing.at_all", id="unknown"),
        pytest.param("position", "5", "position is a table, not a value", id="table"),
    ],
)
def test_given_a_typed_value_that_cannot_be_then_it_is_refused_with_words(
    key: str, text: str, expected: str
) -> None:
    """The person who typed it reads what is wrong with it."""
    with pytest.raises(BadSetting) as refused:
        parse_value(key, text)

    assert expected == str(refused.value)
    assert expected == str(refused.value.why)


@given(st.sampled_from(list(SETTINGS)), st.text())
def test_given_any_typed_text_then_it_is_sound_or_refused(key: str, text: str) -> None:
    """Nothing that can be typed ends in anything but a value or a sentence."""
    try:
        value = parse_value(key, text)
    except BadSetting as refused:
        sentence = str(refused)
    else:
        sentence = ""
        assert value == check(key, value)

    assert "\n" not in sentence
