from __future__ import annotations

import tomllib
from datetime import date
from pathlib import Path

import pytest

from deskbreak.core.content import KINDS
from deskbreak.core.kinds import KIND_TABLE
from deskbreak.core.plans import PLANS
from deskbreak.core.setting import LISTS, Setting, Type
from deskbreak.core.settings_table import SETTINGS, TABLES
from deskbreak.core.settings_text import example
from deskbreak.core.values import judged, typed, written
from tests.architecture import REPOSITORY

ROWS = [pytest.param(setting, id=key) for key, setting in SETTINGS.items()]
EXAMPLE = REPOSITORY / "config" / "deskbreak.example.toml"

# key: default, low, high
NUMBERS = """
stretch.interval_minutes 60 30 120
stretch.duration_seconds 60 40 120
stretch.credit_idle_seconds 300 20 3600
stretch.credit_lock_seconds 300 20 3600
stretch.daily_cap 8 0 60
stretch.postpone_minutes 5 1 60
stretch.postpone_max 2 0 5
stretch.patience_minutes 15 1 60
position.interval_minutes 20 10 60
position.duration_seconds 30 20 120
position.credit_idle_seconds 120 20 3600
position.credit_lock_seconds 30 20 3600
position.daily_cap 16 0 60
position.postpone_minutes 5 1 60
position.postpone_max 2 0 5
position.patience_minutes 10 1 60
posture.interval_minutes 90 20 240
posture.duration_seconds 24 20 40
posture.credit_idle_seconds 300 20 3600
posture.credit_lock_seconds 300 20 3600
posture.daily_cap 6 0 60
posture.postpone_minutes 10 1 60
posture.postpone_max 1 0 5
posture.patience_minutes 2 1 60
posture.first_after_break_minutes 30 0 480
eyes.interval_minutes 20 10 60
eyes.duration_seconds 25 20 40
eyes.credit_idle_seconds 120 20 3600
eyes.credit_lock_seconds 20 20 3600
eyes.daily_cap 12 0 60
eyes.postpone_minutes 5 1 60
eyes.postpone_max 1 0 5
eyes.patience_minutes 2 1 60
massage.interval_minutes 180 120 480
massage.duration_seconds 70 40 120
massage.credit_idle_seconds 0 20 3600
massage.credit_lock_seconds 0 20 3600
massage.daily_cap 2 0 60
massage.postpone_minutes 15 1 60
massage.postpone_max 2 0 5
massage.patience_minutes 2 1 60
habit.interval_minutes 1440 1440 10080
habit.duration_seconds 25 20 120
habit.credit_idle_seconds 0 20 3600
habit.credit_lock_seconds 0 20 3600
habit.daily_cap 1 0 60
habit.postpone_minutes 60 1 60
habit.postpone_max 1 0 5
habit.patience_minutes 2 1 60
habit.first_after_break_minutes 120 0 480
prompts.daily_cap 30 0 100
prompts.max_per_hour 4 1 20
prompts.min_gap_minutes 12 0 60
prompts.fold_window_minutes 8 0 60
prompts.quiet_after_absence_minutes 10 0 60
prompts.wait_for_lull_seconds 5 1 60
prompts.wait_for_lull_limit_seconds 120 0 600
prompts.reminder_minutes 5 0 30
prompts.advance_notice_seconds 30 0 300
prompts.skips_before_backoff 3 0 20
prompts.backoff_factor 1.5 1 3
holds.deferral_limit_minutes 45 5 240
presence.away_after_seconds 120 30 900
history.keep_days 400 30 3650
"""


def test_given_the_table_then_numbers_have_the_agreed_defaults_and_bounds() -> None:
    """Defaults and bounds are a contract with people who wrote a settings file."""
    numbers = [
        f"{setting.key} {setting.default} {setting.low} {setting.high}"
        for setting in SETTINGS.values()
        if setting.type in {Type.WHOLE, Type.NUMBER}
    ]

    assert NUMBERS.split("\n")[1:-1] == numbers


def test_given_the_table_then_flags_have_the_agreed_defaults() -> None:
    """Four kinds are on, two are off; every hold counts; all else is off."""
    on = {key for key, setting in SETTINGS.items() if setting.default is True}

    assert {
        *("stretch.enabled", "position.enabled", "posture.enabled", "habit.enabled"),
        *("holds.do_not_disturb", "holds.full_screen", "holds.call", "holds.screen_share"),
        "holds.presentation",
    } == on


@pytest.mark.parametrize("setting", ROWS)
def test_given_a_setting_then_it_is_declared_in_full(setting: Setting) -> None:
    """Its default is sound, its table is known, and it has help and a source."""
    assert setting.default == judged(setting, setting.default)
    assert setting.table in TABLES
    assert setting.help.endswith(".")
    assert setting.source
    assert (setting.unit != "") == setting.key.endswith(("_minutes", "_seconds", "_days"))


@pytest.mark.parametrize("setting", ROWS)
def test_given_a_setting_when_its_default_is_written_then_it_reads_back(setting: Setting) -> None:
    """What a settings file says is what was meant, from the file as from a command line."""
    text = written(setting.default)
    default = tomllib.loads(f"value = {text}")["value"]

    assert setting.default == judged(setting, default)
    assert setting.default == judged(setting, typed(setting, text))


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (("wall", "ball"), '["wall", "ball"]'),
        ('Grüße "n"', '"Grüße \\"n\\""'),
        (True, "true"),
        (7, "7"),
        ((date(2026, 12, 24),), "[2026-12-24]"),
    ],
    ids=["list", "text", "flag", "number", "dates"],
)
def test_given_a_value_then_a_settings_file_has_it_as_people_write_it(
    value: object, text: str
) -> None:
    """Lists with a space after the comma, letters as they are."""
    assert text == written(value)


@pytest.mark.parametrize("setting", [row for row in ROWS if SETTINGS[str(row.id)].quick])
def test_given_values_for_a_menu_then_they_are_within_bounds(setting: Setting) -> None:
    """A menu offers nothing that would be refused, and the default."""
    assert list(setting.quick) == [judged(setting, value) for value in setting.quick]
    assert setting.default in setting.quick


def test_given_the_kinds_then_the_interval_of_each_and_nothing_else_has_values_for_a_menu() -> None:
    """The menu asks how often; whatever else there is to set is in the file."""
    assert {f"{kind}.interval_minutes" for kind in KINDS} == {
        key for key, setting in SETTINGS.items() if setting.quick
    }


def test_given_all_keys_then_their_names_for_the_registry_are_as_many() -> None:
    """Registry and profile names are made from keys by leaving out dots and underscores."""
    names = {key.replace(".", "_").replace("_", "").lower() for key in SETTINGS}

    assert len(SETTINGS) == len(names)


def test_given_the_kinds_then_every_table_names_the_same_ones() -> None:
    """Nature, settings and pack agree on the kinds and on their order."""
    names = tuple(row.name for row in KIND_TABLE)

    assert KINDS == names
    assert KINDS == tuple(key.partition(".")[0] for key in SETTINGS if key.endswith(".enabled"))[:6]
    assert [1, 2, 3, 4, 5, 6] == [row.rank for row in KIND_TABLE]


@pytest.mark.parametrize("plan", PLANS)
def test_given_a_plan_then_it_sets_only_sound_values(plan: str) -> None:
    """A plan is bound by the same bounds as a person."""
    values = PLANS[plan].values

    assert dict(values) == {key: judged(SETTINGS[key], value) for key, value in values.items()}


def test_given_the_plans_then_two_of_them_switch_kinds_off() -> None:
    """Who has no time, or stands up all the time, is not asked to sit straight as well."""
    off = {
        name: [key for key in plan.values if key.endswith(".enabled")]
        for name, plan in PLANS.items()
    }

    assert {"busy": ["posture.enabled"], "sit_stand": ["posture.enabled", "stretch.enabled"]} == {
        name: keys for name, keys in off.items() if keys
    }
    assert {False} == {PLANS[name].values[key] for name, keys in off.items() for key in keys}


def test_given_the_person_then_all_of_that_table_is_private() -> None:
    """Health data is marked as such, and nothing else is."""
    private = {key for key, setting in SETTINGS.items() if setting.private}

    assert {key for key in SETTINGS if key.startswith("person.")} == private


def test_given_times_of_day_then_the_first_and_the_last_are_allowed() -> None:
    """The bounds that help and messages name are values themselves."""
    times = [setting for setting in SETTINGS.values() if setting.type is Type.CLOCK]

    assert times
    for setting in times:
        assert [setting.low, setting.high] == [
            judged(setting, value) for value in (setting.low, setting.high)
        ]


def test_given_lists_then_each_has_a_greatest_number_of_entries() -> None:
    """No list can grow until the file is too large to be read."""
    assert all(isinstance(s.high, int) for s in SETTINGS.values() if s.type in LISTS)


def test_given_the_example_file_then_it_is_the_one_that_the_table_makes() -> None:
    """The example has every setting; where this fails, write what `example()` returns to it."""
    assert EXAMPLE.read_text(encoding="utf-8") == example()


def test_given_the_example_file_when_all_is_commented_in_then_it_says_the_defaults() -> None:
    """Who takes the # away gets what is in force already."""
    lines = example().split("\n")
    text = "\n".join(
        line[1:] if line[:1] == "#" and line[1:2].isalpha() else line for line in lines
    )
    data = tomllib.loads(text)

    for setting in SETTINGS.values():
        table = data[setting.table] if setting.table else data
        assert setting.default == judged(setting, table[setting.key.rpartition(".")[2]])
    assert max(len(line) for line in lines) <= 100
    assert Path(EXAMPLE).stat().st_size < 64 * 1024
