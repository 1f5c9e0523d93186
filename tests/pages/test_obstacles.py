"""What speaks against a prompt: in words, and just where it does not suit."""

from __future__ import annotations

from gettext import NullTranslations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deskbreak.core.content import AVOID_TAGS, EQUIPMENT, POSITIONS, Entry, Person, suits
from deskbreak.pages.obstacles import obstacles

ENGLISH = NullTranslations()
ENTRY = Entry(
    id="P-1",
    kind="stretch",
    areas=("neck",),
    positions=frozenset({"standing"}),
    needs=frozenset({"ball", "wall"}),
    avoid_if=frozenset({"balance", "pregnancy"}),
    discreet=False,
    wheelchair=False,
    total_s=90,
)

_entries = st.builds(
    Entry,
    id=st.sampled_from(["P-1", "P-2"]),
    kind=st.just("stretch"),
    areas=st.just(("neck",)),
    positions=st.frozensets(st.sampled_from(POSITIONS)),
    needs=st.frozensets(st.sampled_from(EQUIPMENT)),
    avoid_if=st.frozensets(st.sampled_from(AVOID_TAGS), max_size=2),
    discreet=st.booleans(),
    wheelchair=st.booleans(),
    total_s=st.integers(20, 120),
)
_people = st.builds(
    Person,
    seated_only=st.booleans(),
    discreet_only=st.booleans(),
    equipment=st.frozensets(st.sampled_from(EQUIPMENT)),
    avoid=st.frozensets(st.sampled_from(AVOID_TAGS), max_size=3),
    hidden=st.frozensets(st.sampled_from(["P-1", "P-2"])),
    max_total_s=st.none() | st.integers(20, 120),
    wheelchair_only=st.booleans(),
)


@given(_entries, _people)
def test_given_anybody_then_something_is_said_just_where_a_prompt_does_not_suit(
    entry: Entry, person: Person
) -> None:
    """Whoever finds a prompt left out is told why, and nobody else."""
    assert suits(entry, person) == (not list(obstacles(entry, person, ENGLISH)))


@pytest.mark.parametrize(
    ("person", "expected"),
    [
        pytest.param(
            Person(equipment=frozenset({"ball", "wall"}), hidden=frozenset({"P-1"})),
            ["You have said that this is not for you."],
            id="hidden",
        ),
        pytest.param(
            Person(),
            ["It needs what you have not said you have: A free wall; A small ball."],
            id="equipment",
        ),
        pytest.param(
            Person(equipment=ENTRY.needs, avoid=frozenset({"pregnancy", "balance", "sciatica"})),
            ["You have asked to take care with: Unsteady balance; Pregnancy."],
            id="health",
        ),
        pytest.param(
            Person(equipment=ENTRY.needs, seated_only=True, discreet_only=True),
            [
                "It may draw attention, and you want only what draws little.",
                "It is not done seated, and you want only what is.",
            ],
            id="wishes",
        ),
        pytest.param(
            Person(equipment=ENTRY.needs, wheelchair_only=True, max_total_s=60),
            [
                "It does not suit most wheelchair users, and your plan is for them.",
                "It takes 90 s, and your plan wants at most 60 s.",
            ],
            id="plan",
        ),
    ],
)
def test_given_somebody_then_each_thing_that_speaks_against_it_is_one_sentence(
    person: Person, expected: list[str]
) -> None:
    """In the order of what they could change."""
    assert expected == list(obstacles(ENTRY, person, ENGLISH))
