"""What is softer than a prompt that is too much."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from deskbreak.core.content import Entry, Person, Step, Text, suits
from deskbreak.core.pack import parse
from deskbreak.core.softer import softer

if TYPE_CHECKING:
    from deskbreak.core.pack import Pack

EVERYTHING = Person(equipment=frozenset({"wall", "ball", "sit_stand_desk"}))
ENTRY = Entry(
    id="A",
    kind="stretch",
    areas=("neck", "shoulders"),
    positions=frozenset({"seated"}),
    needs=frozenset(),
    avoid_if=frozenset({"neck_symptoms"}),
    discreet=True,
    wheelchair=True,
    total_s=50,
)
EASY = replace(ENTRY, id="B", avoid_if=frozenset())


def text(entry: Entry, held_s: int = 20) -> Text:
    """Return words for *entry* that hold or press for so long."""
    kind = "pressure" if entry.kind == "massage" else "hold"
    steps = (Step("move", entry.total_s - held_s, "Move."), Step(kind, held_s, "Hold."))
    return Text(entry.id, "Title", "Body.", "", steps)


def found(*entries: Entry, held_s: int = 20, person: Person = EVERYTHING) -> str | None:
    """Return what is softer than ENTRY among *entries*, all of which hold for *held_s*."""
    texts = {"A": text(ENTRY), **{one.id: text(one, held_s) for one in entries}}
    one = softer(ENTRY, (ENTRY, *entries), texts, person)
    return one.id if one else None


@pytest.fixture(scope="module")
def pack() -> Pack:
    """The English pack."""
    path = Path(__file__).parents[2] / "config" / "packs" / "en.toml"
    return parse(path.read_text(encoding="utf-8"), "en.toml")


def test_given_a_prompt_with_fewer_cautions_or_shorter_holds_then_it_is_softer() -> None:
    """Either will do, where the other is no worse."""
    same = replace(ENTRY, id="B")

    assert "B" == found(EASY)
    assert "B" == found(same, held_s=10)
    assert found(same) is None
    assert found(EASY, held_s=30) is None


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"kind": "position"}, id="another kind"),
        pytest.param({"areas": ("hips",)}, id="another place"),
        pytest.param({"avoid_if": frozenset({"balance"})}, id="a caution of its own"),
        pytest.param({"positions": frozenset({"standing"})}, id="asks one up"),
        pytest.param({"wheelchair": False}, id="uses the legs"),
        pytest.param({"discreet": False}, id="is seen"),
    ],
)
def test_given_a_prompt_that_asks_for_something_else_then_it_is_not_softer(
    change: dict[str, Any],
) -> None:
    """Whatever else it spares."""
    assert found(replace(EASY, **change), held_s=0) is None


def test_given_what_does_not_suit_the_person_then_it_is_not_offered() -> None:
    """Hidden, too long, or with equipment that is not there."""
    assert found(EASY, person=Person(hidden=frozenset({"B"}))) is None
    assert found(replace(EASY, needs=frozenset({"wall"})), person=Person()) is None


def test_given_several_then_the_closest_comes_and_of_those_what_asks_for_least() -> None:
    """More of the same areas, fewer cautions, shorter; then the first in the pack."""
    near = replace(EASY, id="near")
    far = replace(EASY, id="far", areas=("neck",))
    short = replace(EASY, id="short", total_s=40)

    assert "near" == found(far, near)
    assert "short" == found(near, short)
    assert "near" == found(near, replace(near, id="later"))


def test_given_the_english_pack_then_who_asks_again_comes_to_an_end(pack: Pack) -> None:
    """And what is pressed or held has something softer, where the pack has it."""
    chains = {}
    for entry in pack.index:
        chain = [entry]
        while (one := softer(chain[-1], pack.index, pack.texts, EVERYTHING)) is not None:
            assert one not in chain
            assert suits(one, EVERYTHING)
            chain.append(one)
        chains[entry.id] = [one.id for one in chain[1:]]

    assert ["P-ST-04"] == chains["P-ST-01"]
    assert ["P-ST-06", "P-ST-04"] == chains["P-ST-16"]
    assert ["P-PC-01"] == chains["P-PC-13"]
    assert ["P-MA-01"] == chains["P-MA-06"]
    assert [] == chains["P-ST-20"]  # whoever finds this too much stays in the chair
    assert 27 == sum(map(bool, chains.values()))
