from __future__ import annotations

import dataclasses
from datetime import date
from zoneinfo import ZoneInfo

import pytest

from deskbreak.core.model import Absence, Episode, KindState, Moment, Phase
from deskbreak.core.replacing import replace

AT = Moment(1.0, 2.0, ZoneInfo("UTC"))


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
