from __future__ import annotations

import dataclasses
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from deskbreak.core.model import Absence, Episode, KindState, Moment, Phase
from deskbreak.core.replacing import quick_dataclass, replace

AT = Moment(1.0, 2.0, ZoneInfo("UTC"))


@dataclasses.dataclass(frozen=True, slots=True)
class _Usual:
    """What the standard library makes."""

    name: str
    seconds: float = 0.0


@quick_dataclass(frozen=True, slots=True)
class _Quick:
    """The same, made by us."""

    name: str
    seconds: float = 0.0


@quick_dataclass(slots=True)
class _Draft:
    """One that is not frozen."""

    name: str


@quick_dataclass(frozen=True, slots=True)
class _Empty:
    """One without fields."""

    def __repr__(self) -> str:
        return "nothing"


@pytest.mark.parametrize(
    ("value", "changes"),
    [
        pytest.param(Absence(1.0, lock_s=3.0), {"settled": True}, id="one field"),
        pytest.param(KindState(1.0, skips=2), {"stage": 1, "last_day": date(2026, 3, 2)}, id="two"),
        pytest.param(Episode(1, "eyes", AT, Phase.SHOWN), {}, id="none"),
    ],
)
def test_given_fields_to_change_then_it_is_what_the_standard_library_makes(
    value: Absence | KindState | Episode, changes: dict[str, object]
) -> None:
    """Only the time that it takes differs; the value that is given stays as it was."""
    before = dataclasses.replace(value)
    expected = dataclasses.replace(value, **changes)  # type: ignore[arg-type]  # of its fields

    assert expected == replace(value, **changes)  # type: ignore[arg-type]  # the same
    assert before == value


def test_given_equal_values_of_a_quick_dataclass_then_their_hashes_are_equal() -> None:
    """They are kept in sets as frozen ones are."""
    other = dataclasses.replace(AT)

    assert {AT} == {AT, other}


def test_given_a_quick_dataclass_then_it_does_what_the_standard_librarys_does() -> None:
    """Only the time that it takes to make the class, and its values, differs."""
    usual, quick = _Usual("stretch", 20.0), _Quick("stretch", 20.0)

    assert repr(usual).replace("_Usual", "_Quick") == repr(quick)
    assert dataclasses.asdict(usual) == dataclasses.asdict(quick)
    assert hash(usual) == hash(quick)
    assert _Quick("stretch", 20.0) == quick
    assert _Quick("stretch") != quick
    assert _Usual.__match_args__ == _Quick.__match_args__


def test_given_a_quick_dataclass_that_is_not_frozen_then_it_has_no_hash() -> None:
    """What can change must not be kept in a set, as the standard library has it."""
    assert _Draft("a") == _Draft("a")
    with pytest.raises(TypeError, match="unhashable"):
        hash(_Draft("a"))


def test_given_a_quick_dataclass_without_fields_then_all_are_equal_and_its_own_methods_stay() -> (
    None
):
    """A class may bring a method of its own."""
    assert {_Empty()} == {_Empty(), _Empty()}
    assert "nothing" == repr(_Empty())
