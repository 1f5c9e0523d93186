from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from deskbreak.core import managed
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.core.setting import Type
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import judged
from deskbreak.core.words import Said
from deskbreak.pages.settings_form import Maker, Typed, read, seen, text_of
from deskbreak.pages.settings_groups import groups, keys
from deskbreak.storage import files, language, packs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.setting import Setting
    from deskbreak.core.settings import Resolved
    from deskbreak.pages.settings_form import Field

POSITION = "position.interval_minutes"


def own(**values: object) -> Layer:
    """Return what a person has set; two underscores stand for the dot."""
    named = {key.replace("__", "."): value for key, value in values.items()}
    return Layer(Origin.USER, "/home/u/settings.toml", named, {POSITION: 3})


def form(resolved: Resolved, **typed: str) -> dict[str, list[str]]:
    """Return what a browser sends of the whole page after something was *typed*."""
    fields = {key: [text_of(resolved.values[key])] for key in SETTINGS}
    fields |= {key.replace("__", "."): [text] for key, text in typed.items()}
    return fields | {"seen": [seen(resolved)]}


def said(typed: Typed) -> dict[str, str]:
    """Return the faults in English."""
    return {key: str(fault) for key, fault in typed.faults.items()}


def other_values(setting: Setting) -> Iterator[object]:
    """Yield sound values that are not the default."""
    given: dict[Type, list[object]] = {
        Type.FLAG: [not setting.default],
        Type.WHOLE: [setting.low, setting.high, *([0] if setting.or_zero else [])],
        Type.NUMBER: [1.25, 3.0],
        Type.CHOICE: list(setting.choices),
        Type.LANGUAGE: ["de", "pt_BR"],
        Type.CLOCK: ["00:00", "23:59"],
        Type.CHOICES: [setting.choices[:1], setting.choices],
        Type.PROMPTS: [("P-ST-01", "mine.x")],
        Type.RANGES: [("09:00-12:30", "22:00-02:00")],
        Type.DATES: [("2026-12-24", "2026-12-31")],
    }
    for value in given[setting.type]:
        kept = judged(setting, value)
        assert not isinstance(kept, Said), (setting.key, kept)
        if kept != setting.default:
            yield kept


# ── what was typed ─────────────────────────────────────────────────────────────────────────


def test_given_every_setting_then_each_stands_on_the_page_once() -> None:
    """Nobody has to look for one in a file."""
    assert sorted(SETTINGS) == sorted(keys())


@pytest.mark.parametrize("key", SETTINGS)
def test_given_any_sound_value_when_it_is_typed_then_it_is_the_change(key: str) -> None:
    """What a field shows of a value is read as that value; nothing else changes."""
    resolved = resolve([own(massage__enabled=True)])
    for value in other_values(SETTINGS[key]):
        if value == resolved.values[key]:
            continue
        fields = form(resolved) | {key: [text_of(value)]}

        assert Typed({key: text_of(value)}, {key: value}, {}) == read(fields, resolved)


def test_given_nothing_typed_then_nothing_changes() -> None:
    """Whatever else has happened to the settings since the page was opened."""
    before = resolve([])
    later = resolve([own(plan="gentle", position__interval_minutes=15)])

    assert Typed() == read(form(before), later)


def test_given_a_value_that_is_typed_back_then_it_is_a_change() -> None:
    """The plan brought 30, the page showed that, and the person wants 20 all the same."""
    resolved = resolve([])
    shown = json.loads(seen(resolved)) | {POSITION: "30"}
    fields = form(resolved, position__interval_minutes="20") | {"seen": [json.dumps(shown)]}

    assert {POSITION: 20} == read(fields, resolved).changes


@pytest.mark.parametrize(
    ("key", "text", "expected"),
    [
        pytest.param(POSITION, "5", "5 is not between 10 and 60.", id="too small"),
        pytest.param(POSITION, "soon", '"soon" is not a number.', id="no number"),
        pytest.param(POSITION, "", "Please write a value here.", id="nothing"),
        pytest.param(
            "working_hours.monday",
            "from nine",
            '["from nine"] has an entry that is not a range such as 09:00-12:30.',
            id="no range",
        ),
        pytest.param(
            "day.starts_at",
            "4 am",
            '"4 am" is not a time of day from 00:00 to 23:59.',
            id="no time of day",
        ),
    ],
)
def test_given_what_cannot_be_then_it_is_said_at_the_field_and_stays(
    key: str, text: str, expected: str
) -> None:
    """With what is wrong, what would be right, and what was typed."""
    resolved = resolve([])
    found = read(form(resolved) | {key: [text]}, resolved)

    assert ({key: expected}, {key: text}, {}) == (said(found), found.texts, found.changes)


def test_given_a_decimal_comma_then_it_is_a_number() -> None:
    """As people in many countries write it."""
    resolved = resolve([])

    assert {"prompts.backoff_factor": 1.25} == read(
        form(resolved, prompts__backoff_factor="1,25"), resolved
    ).changes


def test_given_massage_then_it_is_switched_on_only_by_who_has_read_its_cautions() -> None:
    """Off it goes without."""
    resolved = resolve([])
    fields = form(resolved, massage__enabled="true")
    on = resolve([own(massage__enabled=True)])

    assert {} == read(fields, resolved).changes
    assert ["massage.enabled"] == list(read(fields, resolved).faults)
    assert {"massage.enabled": True} == read(fields | {"massage_read": ["yes"]}, resolved).changes
    assert {"massage.enabled": False} == read(form(on, massage__enabled="false"), on).changes


def test_given_an_organisation_then_its_locks_and_bounds_hold() -> None:
    """What is locked is not read; what is out of bounds is a fault."""
    resolved = with_policy()
    fields = form(resolved, stretch__interval_minutes="90", posture__interval_minutes="240")
    found = read(fields, resolved)

    assert {} == found.changes
    assert {"posture.interval_minutes": "Not allowed by Example; only 60..120."} == said(found)


@pytest.mark.parametrize("text", ["", "[]", "nonsense", "[" * 100_000], ids=len)
def test_given_a_broken_form_then_fields_are_compared_with_what_is_in_force(text: str) -> None:
    """A browser that has lost something loses nothing of the person's."""
    resolved = resolve([])
    fields = form(resolved, position__interval_minutes="30") | {"seen": [text]}

    assert {POSITION: 30} == read(fields, resolved).changes


# ── how it stands there ────────────────────────────────────────────────────────────────────


def with_policy(*layers: Layer) -> Resolved:
    """Return settings of which an organisation has locked one and bounded two."""
    values = {
        "organisation": {"name": "Example", "contact": "help desk"},
        "stretch": {"interval_minutes": 45},
        "bounds": {
            "posture.interval_minutes": {"low": 60, "high": 120},
            "plan": {"choices": ["standard", "gentle"]},
        },
    }
    document = Document("/etc/p.json", Level.MANDATORY, Scope.MACHINE, values)
    return managed.under([document], layers)


def fields(resolved: Resolved, typed: Typed | None = None) -> dict[str, Field]:
    """Return every field of the page."""
    maker = Maker(
        resolved,
        typed or Typed(),
        {},
        language.known(),
        packs.read(files.places().packs, ""),
        language.catalogue("en"),
    )
    parts = [part for group in groups(maker) for part in group.parts]
    return {one.key: one for part in parts for one in (*part.fields, *part.more)}


def test_given_a_value_then_it_is_said_whence_it_is_and_what_it_goes_back_to() -> None:
    """Without the person's own, the plan's is in force."""
    found = fields(resolve([own(plan="gentle", position__interval_minutes=25)]))[POSITION]

    assert ("25", "set by you", "30 min") == (found.text, found.origin, found.undo)
    assert ("10 to 60 min", "min", "") == (found.allowed, found.unit, found.locked)
    assert (
        ("set by you", "25 min", "/home/u/settings.toml:3"),
        ("from the plan Gentle", "30 min", "gentle"),
        ("the default", "20 min", ""),
    ) == found.given


def test_given_no_value_of_ones_own_then_there_is_nothing_to_undo() -> None:
    """Nor anywhere else on the page."""
    found = fields(resolve([]))

    assert {""} == {one.undo for one in found.values()}
    assert {"the default"} == {one.origin for one in found.values()}


def test_given_every_setting_then_it_has_a_name_help_and_a_source() -> None:
    """In words, not as a key."""
    for key, one in fields(resolve([])).items():
        assert one.name
        assert "_" not in one.name
        assert one.help
        assert one.sources
        assert one.control in {"flag", "plan", "choice", "several", "short", "long"}, key


def test_given_an_organisation_then_it_is_said_what_is_locked_and_what_is_bounded() -> None:
    """By its name."""
    found = fields(with_policy(own(stretch__interval_minutes=90)))
    stretch, posture = found["stretch.interval_minutes"], found["posture.interval_minutes"]
    refused = {option.value: option.refused for option in found["plan"].options}

    assert ("45", "Example", "") == (stretch.text, stretch.locked, stretch.undo)
    assert "set by Example" == stretch.origin
    assert ("60 to 120 min", "") == (posture.allowed, posture.locked)
    assert ("", "", "Example") == (refused["standard"], refused["gentle"], refused["busy"])


def test_given_a_plan_then_its_figures_are_said() -> None:
    """How often it asks for what."""
    found = {one.value: one for one in fields(resolve([]))["plan"].options}

    assert ("position", "Change position", 30) == found["gentle"].figures[0]
    assert ["position"] == [kind for kind, _, _ in found["sit_stand"].figures]


def test_given_values_of_each_type_then_they_are_words() -> None:
    """A prompt goes by its title, a list that is empty is nothing."""
    layer = own(
        person__hidden_prompts=("P-ST-01", "gone"), person__equipment=("wall",), language="de"
    )
    found = fields(resolve([layer]))
    hidden = found["person.hidden_prompts"]

    assert "nothing" == found["person.avoid"].given[0][1]
    assert "A free wall" == found["person.equipment"].given[0][1]
    assert "Deutsch" == found["language"].given[0][1]
    assert "as the desktop" == found["language"].undo
    assert "Every day" == found["habit.interval_minutes"].given[0][1]
    assert ["gone"] == [one.name for one in hidden.options if one.name == one.value]


def test_given_what_was_typed_then_it_stands_in_its_field() -> None:
    """Right or wrong; its part is open where it lies among the less usual ones."""
    resolved = resolve([])
    typed = read(form(resolved, stretch__postpone_minutes="90"), resolved)
    found = fields(resolved, typed)["stretch.postpone_minutes"]

    assert ("90", "90 is not between 1 and 60.") == (found.text, found.fault)
    assert found.is_own
    assert not replace(found, fault="").is_own
    assert not typed.without(found.key).faults
