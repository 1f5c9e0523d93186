"""Two people who are nobody special, on one computer, under one policy."""

from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.policy.office.people import STEPS, is_as, prepared, taken

if TYPE_CHECKING:
    from pathlib import Path

    from tests.policy.office.computer import Office, Person


@pytest.mark.row("R26")
def test_given_two_people_then_values_refusals_and_exit_codes_are_as_documented(
    office: Office,
) -> None:
    """Each command, one after the other, the last ones while both have an agent."""
    seen = list(taken(office))

    assert len(STEPS) == len(seen)
    wrong = [
        f"{step.argv}: {person}"
        for step, *people in seen
        for expected, person in zip((step.alice, step.bob), people, strict=True)
        if not is_as(expected, person)
    ]
    assert [] == wrong


@pytest.mark.row("R26")
def test_given_two_agents_then_each_has_the_policy_and_neither_sees_the_other(
    office: Office,
) -> None:
    """One who pauses, quits, or knocks at the other's door changes nothing for the other."""
    alice, bob = prepared(office)
    with alice.agent():
        with bob.agent():
            assert 900.0 == alice.interval() == bob.interval()
            assert bob.deskbreak("pause").status == 0
            assert "paused" in [one["reason"] for one in bob.ask("status")["facts"]["silent"]]
            at_alice = alice.env["XDG_RUNTIME_DIR"]
            bob.extra["XDG_RUNTIME_DIR"] = at_alice
            # A folder that is not his is not used, so that he reaches his own or nobody.
            assert bob.deskbreak("quit").status == 1
            bob.extra.clear()
        assert alice.interval() == 900.0
        silent = [one["reason"] for one in alice.ask("status")["facts"]["silent"]]
        assert "paused" not in silent


@pytest.mark.row("R26")
def test_given_what_is_kept_of_one_then_the_other_can_read_none_of_it(office: Office) -> None:
    """Everything is closed to others: 0600, in folders that are 0700."""
    alice, bob = prepared(office)
    with alice.agent():
        assert alice.deskbreak("config", "set", "plan", "gentle").status == 0
    kept = [path for path in walked(alice) if path.is_file()]

    names = {path.name for path in kept}
    assert {"settings.toml", "history.db", "deskbreak.log", "policy.json"} <= names
    for path in kept:
        assert 0o600 == stat.S_IMODE(path.stat().st_mode), path
        inside = str(path).partition("/root")[2]
        assert bob.run("cat", inside).status == 1, inside


def walked(person: Person) -> list[Path]:
    """Return everything in the home of *person*, as seen from outside."""
    return sorted(person.office.at(person.home).rglob("*"))
