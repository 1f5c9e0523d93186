from __future__ import annotations

import gettext
import json
from dataclasses import asdict
from datetime import date

import pytest

from deskbreak.core.settings import BadSetting, Layer, Origin, Resolved, resolve
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.settings_text import as_file, explain, explain_lines, find, show, show_lines
from deskbreak.core.sources import Source

WORDS = gettext.NullTranslations()
KNOWN = {
    "G-07": Source("G-07", "15-20 minutes in one position"),
    "E-08": Source("E-08", "McLean 2001.", "moderate-weak"),
    "E-57": Source("E-57", "Workrave.", "practice"),
}


def resolved() -> Resolved:
    """Return settings with a plan, a file and a policy."""
    file = {
        "plan": "busy",
        "position.interval_minutes": 15,
        "working_hours.days_off": [date(2026, 12, 24)],
        "day.starts_at": "05:00",
    }
    lines = {"plan": 1, "position.interval_minutes": 12}
    return resolve(
        [
            Layer(Origin.USER, "/s.toml", file, lines),
            Layer(Origin.POLICY, "/p.json", {"prompts.daily_cap": 9}),
        ]
    )


def test_given_settings_then_all_are_shown_with_where_they_come_from() -> None:
    """A program gets every setting in the order of the file, as JSON."""
    rows = show(resolved())

    assert list(SETTINGS) == [row.key for row in rows]
    found = {row.key: list(json.loads(json.dumps(asdict(row))).values())[1:] for row in rows}
    assert ["busy", "", "user", "/s.toml:1"] == found["plan"]
    assert [120, "min", "plan", "busy"] == found["stretch.interval_minutes"]
    assert [60, "s", "default", ""] == found["stretch.duration_seconds"]
    assert [["2026-12-24"], "", "user", "/s.toml"] == found["working_hours.days_off"]
    assert [9, "", "policy", "/p.json"] == found["prompts.daily_cap"]


def test_given_settings_then_each_is_a_line() -> None:
    """A person sees at a glance what is not as it comes."""
    lines = show_lines(resolved(), WORDS)

    assert len(SETTINGS) == len(lines)
    assert 'plan                                 "busy"  (user /s.toml:1)' == lines[0]
    assert 'language                             ""' == lines[1]
    assert "stretch.interval_minutes             120 min  (plan busy)" == lines[3]


@pytest.mark.parametrize(
    ("key", "expected"),
    [
        pytest.param(
            "position.interval_minutes",
            """\
position.interval_minutes = 15 min, set by you (/s.toml:12)
  Time without a break of this kind after which it is due.
  allowed  10 to 60 min
  source
  - G-07, from the article behind the prompts: 15-20 minutes in one position
  - E-08, moderate to weak evidence: McLean 2001.
  - E-13
  - E-16
  - E-17
  - E-52
  - E-59
* user     15  /s.toml:12
  plan     30  busy
  default  20""",
            id="three layers",
        ),
        pytest.param(
            "prompts.daily_cap",
            """\
prompts.daily_cap = 9, set by your organisation (/p.json)
  Most prompts in a day, of all kinds.
  allowed  0 to 100
  source   our opinion
* policy   9   /p.json
  plan     16  busy
  default  30""",
            id="policy",
        ),
        pytest.param(
            "massage.credit_idle_seconds",
            """\
massage.credit_idle_seconds = 0 s, the default
  An absence that long is a break; 0: none is.
  allowed  0, or 20 to 3600 s
  source
  - E-25
  - E-57, what other programs do; no evidence: Workrave.
* default  0""",
            id="0 or",
        ),
        pytest.param(
            "person.equipment",
            """\
person.equipment = [], the default
  What you have at hand.
  allowed  wall, ball, sit_stand_desk
  source   our opinion
* default  []""",
            id="choices",
        ),
        pytest.param(
            "working_hours.days_off",
            """\
working_hours.days_off = [2026-12-24], set by you (/s.toml)
  Days without any.
  source   our opinion
* user     [2026-12-24]  /s.toml
  default  []""",
            id="no bounds",
        ),
        pytest.param(
            "day.starts_at",
            """\
day.starts_at = "05:00", set by you (/s.toml)
  Work after midnight belongs to the day before, until then.
  allowed  00:00 to 23:59
  source
  - E-57, what other programs do; no evidence: Workrave.
* user     "05:00"  /s.toml
  default  "04:00\"""",
            id="time of day",
        ),
    ],
)
def test_given_a_key_then_it_is_explained(key: str, expected: str) -> None:
    """What it means, what is allowed, who gave which value, and which one counts."""
    assert expected.split("\n") == explain_lines(resolved(), key, KNOWN, WORDS)


def test_given_a_key_then_programs_get_the_same() -> None:
    """The same facts as JSON."""
    found = json.loads(
        json.dumps(asdict(explain(resolved(), "stretch.credit_lock_seconds", KNOWN)))
    )

    now = {
        "key": "stretch.credit_lock_seconds",
        "value": 300,
        "unit": "s",
        "origin": "default",
        "place": "",
    }
    assert {
        "now": now,
        "help": "With the screen locked, an absence that long is a break; 0: none is.",
        "source": "E-25, E-57",
        "sources": [
            {"id": "E-25", "title": "", "strength": ""},
            {"id": "E-57", "title": "Workrave.", "strength": "practice"},
        ],
        "low": 20,
        "high": 3600,
        "or_zero": True,
        "choices": [],
        "layers": [now],
        "locked": False,
        "bounds": None,
    } == found


def test_given_an_unknown_key_then_it_is_refused() -> None:
    """A typing error is named with what was probably meant."""
    with pytest.raises(BadSetting):
        find(resolved(), "strech.enabled")
    with pytest.raises(BadSetting):
        explain(resolved(), "strech.enabled", KNOWN)
    with pytest.raises(BadSetting):
        explain_lines(resolved(), "strech.enabled", KNOWN, WORDS)


def test_given_one_key_then_its_value_in_force_is_found() -> None:
    """The strongest layer that says something has it."""
    row = find(resolved(), "position.interval_minutes")

    assert ("position.interval_minutes", 15, "user") == (row.key, row.value, row.origin)


def test_given_values_then_they_are_a_settings_file_without_what_is_private() -> None:
    """In the order of the example; what is about health comes if it is asked for."""
    values = {"person.avoid": ("sciatica",), "plan": "gentle", "stretch.daily_cap": 3}

    assert '# Settings of deskbreak.\n\nplan = "gentle"\n\n[stretch]\ndaily_cap = 3\n' == as_file(
        values
    )
    assert as_file(values, private=True).endswith('\n[person]\navoid = ["sciatica"]\n')
    assert "# Settings of deskbreak.\n" == as_file({})
