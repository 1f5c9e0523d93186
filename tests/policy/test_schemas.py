from __future__ import annotations

import json
import tomllib
from typing import Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.core.setting import LISTS, Managed, Type
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.settings_text import example
from deskbreak.core.values import judged, plain
from deskbreak.core.words import Said
from deskbreak.policy.templates import settings_schema, template
from tests.policy.drawn import OURS, Wanted, sound, wanted
from tests.policy.jsonschema import accepts

POLICY: Final = json.loads(template("json-schema"))
PERSONS: Final = json.loads(settings_schema())

anything = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**6), 10**6),
    st.floats(-1e6, 1e6),
    st.text("0123456789:-abc_Z@.", max_size=16),
    st.lists(st.text("0123456789:-", max_size=11), max_size=14),
    st.dictionaries(st.text(max_size=3), st.integers(), max_size=2),
)


def nested(flat: dict[str, Any]) -> dict[str, Any]:
    """Return values in their tables."""
    made: dict[str, Any] = {}
    for key, value in flat.items():
        table, _, name = key.rpartition(".")
        (made.setdefault(table, {}) if table else made)[name] = value
    return made


def near(key: str) -> st.SearchStrategy[object]:
    """Return values about the bounds of a setting, and others."""
    setting = SETTINGS[key]
    if setting.type in {Type.WHOLE, Type.NUMBER}:
        assert isinstance(setting.low, int)
        assert isinstance(setting.high, int)
        return st.integers(setting.low - 2, setting.high + 2) | st.just(0) | anything
    if setting.type in LISTS and setting.choices:
        return st.lists(st.sampled_from([*setting.choices, "x"]), max_size=3) | anything
    return anything | st.sampled_from([*setting.choices, "de", "pt_BR"])


@settings(max_examples=1000)
@given(key=st.sampled_from(list(SETTINGS)), data=st.data())
def test_given_any_value_then_schema_and_program_agree(key: str, data: st.DataObject) -> None:
    """What an editor marks as wrong is what the program leaves out."""
    value = data.draw(near(key))
    kept = judged(SETTINGS[key], value)
    takes = accepts({**PERSONS["$defs"][key], "$defs": {}}, value)

    if not isinstance(kept, Said):
        assert takes
    elif takes:
        # No pattern knows how long a month is, or that a range must not be empty.
        assert SETTINGS[key].type in {Type.RANGES, Type.DATES}


@settings(max_examples=50)
@given(policy=wanted())
def test_given_a_sound_policy_then_the_schema_takes_it_nested_and_with_dots(policy: Wanted) -> None:
    """Both ways of writing a key, and both ways of writing bounds."""
    dotted = policy.mandatory | ({"bounds": policy.bounds} if policy.bounds else {})
    tables = nested(policy.mandatory) | {"bounds": nested(policy.bounds)}

    assert accepts(POLICY, dotted)
    assert accepts(POLICY, tables)
    assert accepts(POLICY, nested(policy.recommended))


@pytest.mark.parametrize(
    "value",
    [
        pytest.param({"person": {"seated_only": True}}, id="a person's own"),
        pytest.param({"person.seated_only": True}, id="the same with dots"),
        pytest.param({"history": {"keep_days": 401}}, id="longer than the default"),
        pytest.param({"bounds": {"history.keep_days": {"low": 30}}}, id="at least so long"),
        pytest.param({"bounds": {"plan": {"low": 1}}}, id="a choice has no low"),
        pytest.param({"bounds": {"eyes.enabled": {"choices": [True]}}}, id="a flag has no bounds"),
        pytest.param({"bounds": {"eyes.daily_cap": {}}}, id="no bound"),
        pytest.param({"bounds": {"eyes.daily_cap": {"high": 61}}}, id="beyond the setting's own"),
        pytest.param({"telemetry": True}, id="unknown"),
        pytest.param({"pause": False}, id="nobody's"),
        pytest.param({"organisation": {"name": "x" * 81}}, id="a long name"),
        pytest.param([], id="no object"),
    ],
)
def test_given_what_no_policy_may_say_then_the_schema_refuses_it(value: object) -> None:
    """An editor says so while it is written."""
    assert not accepts(POLICY, value)


def test_given_the_settings_file_with_all_commented_in_then_its_schema_takes_it() -> None:
    """Every setting is in the schema, under its table."""
    lines = [
        line[1:] if line.startswith("#") and line[1:2] != " " else line
        for line in example().splitlines()
    ]
    whole = tomllib.loads("\n".join(lines))

    assert accepts(PERSONS, whole)
    assert set(SETTINGS) == PERSONS["$defs"].keys()
    assert {one.key for one in OURS} == POLICY["$defs"].keys()
    for key, setting in SETTINGS.items():
        assert plain(setting.default) == PERSONS["$defs"][key]["default"]


@settings(max_examples=200)
@given(
    key=st.sampled_from([one.key for one in OURS if one.managed is Managed.FREELY]),
    data=st.data(),
)
def test_given_a_setting_that_a_policy_may_set_then_both_schemas_take_the_same(
    key: str, data: st.DataObject
) -> None:
    """A value means the same in either file."""
    value = data.draw(sound(SETTINGS[key]))

    assert accepts(POLICY, {key: value})
    assert accepts(PERSONS, {key: value})
