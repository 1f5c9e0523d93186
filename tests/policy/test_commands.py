"""What an administrator reads before a policy is rolled out."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from deskbreak.commands import usage
from deskbreak.commands.output import DONE, WITH_PROBLEMS, WRONG_USAGE
from deskbreak.policy import templates
from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desktop.desk import Here

GOOD = (
    '{"position": {"interval_minutes": 15},\n "bounds": {"stretch.interval_minutes": {"low": 45}}}'
)
BAD = '{"position": {"interval_minutes": "soon"},\n "bogus": 1}'


def put(folder: Path, text: str) -> str:
    """Write a policy file."""
    path = folder / "10.json"
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_given_no_policy_then_that_is_said_and_all_is_well(here: Here) -> None:
    """Most computers are nobody's but their user's."""
    ran = here("policy")

    assert (DONE, "No organisation has set anything here.\n") == (ran.status, ran.out)
    nobody: dict[str, object] = {
        "managed": False,
        "organisation": None,
        "contact": None,
        "policies": [],
    }
    assert nobody | {"packs": [], "pack_problems": []} == here("policy", "--json").facts


def test_given_a_good_file_when_it_is_checked_then_it_tells_what_would_change(
    here: Here, tmp_path: Path
) -> None:
    """Beside what the person who asks has set."""
    path = put(tmp_path, GOOD)
    here("config", "set", "position.interval_minutes", "30")
    ran = here("policy", "check", path)

    assert DONE == ran.status
    assert "With your settings on this computer it would change:" in ran.out
    assert "- position.interval_minutes: 30 → 15, locked" in ran.out
    assert [] == ran.complaints
    facts = here("policy", "check", path, "--json").facts
    assert ["ok", "ok"] == [one["status"] for one in facts["policies"]]
    assert [
        {"name": "position.interval_minutes", "before": 30, "after": 15, "locked": True}
    ] == facts["changes"]


def test_given_a_bad_file_when_it_is_checked_then_each_problem_has_its_line(
    here: Here, tmp_path: Path
) -> None:
    """And a status that says that there are some."""
    path = put(tmp_path, BAD)
    ran = here("policy", "check", path)

    assert WITH_PROBLEMS == ran.status
    assert [
        f"deskbreak: {path}:2: unknown key bogus",
        f'deskbreak: {path}:1: position.interval_minutes = "soon" is not a number; using 20',
    ] == ran.complaints


def test_given_a_value_for_a_whole_table_when_it_is_checked_then_that_is_said(
    here: Here, tmp_path: Path
) -> None:
    """Whoever wrote it knows the name; nothing else was meant."""
    ran = here("policy", "check", put(tmp_path, '{"position": 3}'))

    assert WITH_PROBLEMS == ran.status
    assert "unknown key (position is a table, not a value)" in ran.out


@pytest.mark.parametrize(
    ("text", "out"),
    [
        pytest.param('{"position"', "unreadable", id="half a file"),
        pytest.param("[]", "unreadable", id="a list"),
    ],
)
def test_given_a_broken_file_when_it_is_checked_then_that_is_its_problem(
    here: Here, tmp_path: Path, text: str, out: str
) -> None:
    """There is a file, and it would leave in force what was there before."""
    ran = here("policy", "check", put(tmp_path, text))

    assert WITH_PROBLEMS == ran.status
    assert out in ran.out
    assert 1 == len(ran.complaints)


def test_given_an_empty_policy_when_it_is_checked_then_it_sets_nothing(
    here: Here, tmp_path: Path
) -> None:
    """The same as none."""
    ran = here("policy", "check", put(tmp_path, "{}"))

    assert DONE == ran.status
    assert "It sets nothing.\n\nWith your settings on this computer it would change nothing.\n" == (
        ran.out
    )


def test_given_recommended_values_when_they_are_checked_then_they_lock_nothing(
    here: Here, tmp_path: Path
) -> None:
    """And bounds have no meaning there."""
    path = put(tmp_path, GOOD)
    facts = here("policy", "check", "--recommended", path, "--json").facts

    assert ["recommended ok", "bounds not allowed"] == [
        f"{one['level']} {one['status']}" for one in facts["policies"]
    ]
    assert [False] == [one["locked"] for one in facts["changes"]]


def test_given_no_file_when_it_is_checked_then_that_is_wrong_usage(here: Here) -> None:
    """As with every file that is named on a command line."""
    assert WRONG_USAGE == here("policy", "check", "nowhere.json").status


@pytest.mark.parametrize("form", usage.TEMPLATES)
def test_given_a_format_then_its_template_is_printed_in_both_languages(
    here: Here, form: str
) -> None:
    """The command line knows the same ones as what makes them."""
    printed = {
        here("policy", "template", "--format", form, "--language", one).out
        for one in usage.TEMPLATE_LANGUAGES
    }

    assert templates.template(form) in printed
    assert set(usage.TEMPLATE_LANGUAGES) == set(templates.CULTURES)
    assert usage.TEMPLATES == templates.FORMATS


def test_given_an_editor_then_it_gets_the_schema_of_the_settings_file(here: Here) -> None:
    """As it is kept with the sources."""
    assert templates.settings_schema() == here("config", "schema").out


def test_given_an_encoding_that_has_no_umlauts_then_a_template_is_whole_all_the_same() -> None:
    """It says of itself that it is UTF-8, and an administrator sends it into a file."""
    argv = [sys.executable, "-m", "deskbreak", "policy", "template"]
    printed = subprocess.run(
        [*argv, "--format", "adml", "--language", "de"],
        env={**os.environ, "PYTHONPATH": str(REPOSITORY), "PYTHONIOENCODING": "ascii"},
        capture_output=True,
        check=True,
    )

    assert templates.template("adml", "de") == printed.stdout.decode()
