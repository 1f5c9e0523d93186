"""However somebody tries, what an organisation has locked stays locked, and `policy` says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.policy.office.slips import forged_copy
from tests.policy.office.tried import WAYS, Seen, expected, tried
from tests.policy.office.way import CORP, FORGED, WANTED, Way, prepared

if TYPE_CHECKING:
    from tests.policy.office.computer import Office


@pytest.mark.parametrize("way", [pytest.param(way, id=way.said) for way in WAYS])
def test_given_a_way_around_a_locked_value_then_it_leads_nowhere_and_policy_shows_it(
    office: Office, way: Way
) -> None:
    """The value that they wanted is never in force."""
    person = prepared(office)
    way.go(person)

    assert expected(way) == tried(person, way)


@pytest.mark.row("S09", "policy bypass")
def test_given_a_table_of_ways_then_no_two_are_the_same() -> None:
    """Forty were asked for."""
    assert len({way.said for way in WAYS}) == len(WAYS) >= 40


@pytest.mark.row("S09", "policy bypass")
def test_given_a_policy_that_nobody_can_read_and_a_forged_copy_then_policy_says_so(
    office: Office,
) -> None:
    """Nothing else is left to go by, and the copy lies among the person's own files.

    It takes an administrator's mistake; the documents say so.
    """
    person = prepared(office)
    office.put(CORP, FORGED[:-20])
    person.write(person.copy, forged_copy())
    seen = tried(person, Way("", lambda _: None))

    assert Seen(WANTED, WANTED, "unreadable", 3) == seen
