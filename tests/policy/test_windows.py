from __future__ import annotations

import pytest

from deskbreak.core.managed import Level, Scope, Status
from deskbreak.policy import windows
from deskbreak.policy.windows import KEY, Key
from tests.policy.editor import Written, tree

R, B = rf"{KEY}\Recommended", rf"{KEY}\Bounds"


@pytest.fixture
def registry(monkeypatch: pytest.MonkeyPatch) -> dict[str, Key | None]:
    """Stand in for the registry: what is below our key of each root."""
    found: dict[str, Key | None] = {"HKLM": None, "HKCU": None}
    monkeypatch.setattr(windows, "_registry", lambda root: found[root])
    return found


def below(*written: tuple[str, str, int | str]) -> Key | None:
    """Return our key with these values: the key of each, its name, its data."""
    return tree([Written(*one) for one in written], KEY)


def test_given_no_key_then_nothing_is_set(registry: dict[str, Key | None]) -> None:
    """A machine that nobody manages has no documents."""
    assert {"HKLM", "HKCU"} == registry.keys()
    assert () == windows.read()


def test_given_values_then_they_are_one_document_for_each_scope_and_level(
    registry: dict[str, Key | None],
) -> None:
    """The names of documents are what an administrator looks for in the registry."""
    registry["HKLM"] = below((KEY, "Plan", "gentle"), (R, "EyesEnabled", 1))
    registry["HKCU"] = below((KEY, "EyesDailyCap", 3))

    found = [(one.name, one.level, one.scope, one.values) for one in windows.read()]
    mandatory, recommended, user = found
    assert (rf"HKLM\{KEY}", Level.MANDATORY, Scope.MACHINE, {"plan": "gentle"}) == mandatory
    name = rf"HKLM\{KEY}\Recommended"
    assert (name, Level.RECOMMENDED, Scope.MACHINE, {"eyes.enabled": True}) == recommended
    assert (rf"HKCU\{KEY}", Level.MANDATORY, Scope.USER, {"eyes.daily_cap": 3}) == user


def test_given_lists_then_their_entries_come_in_the_order_of_their_numbers(
    registry: dict[str, Key | None],
) -> None:
    """Ten comes after two; what has no number comes last."""
    monday = rf"{KEY}\WorkingHoursMonday"
    names = ("10", "2", "1", "x")
    registry["HKLM"] = below(*((monday, name, f"0{name[0]}:00-09:00") for name in names))

    (found,) = windows.read()
    expected = ["01:00-09:00", "02:00-09:00", "01:00-09:00", "0x:00-09:00"]
    assert {"working_hours.monday": expected} == found.values


def test_given_bounds_then_they_are_part_of_what_is_mandatory(
    registry: dict[str, Key | None],
) -> None:
    """Bounds have a key of their own, and lists of choices one below that."""
    registry["HKLM"] = below(
        (B, "EyesDailyCapHigh", 8), (rf"{B}\PlanChoices", "1", "gentle"), (R, "Bounds", 1)
    )

    found = windows.read()
    bounds = {"eyes.daily_cap": {"high": 8}, "plan": {"choices": ["gentle"]}}
    assert [{"bounds": bounds}, {"Bounds": 1}] == [one.values for one in found]


def test_given_a_key_that_is_left_over_then_it_sets_nothing(
    registry: dict[str, Key | None],
) -> None:
    """An editor that takes values away may leave empty keys behind."""
    empty = Key({}, {})
    registry["HKLM"] = Key({}, {"recommended": empty, "BOUNDS": empty, "WorkingHoursMonday": empty})

    assert [{}, {}] == [one.values for one in windows.read()]


def test_given_a_key_that_cannot_be_read_then_that_is_not_taken_for_none(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A policy that cannot be read must not look like no policy."""

    def refuse(root: str) -> Key | None:
        raise PermissionError(5, f"no access to {root}")

    monkeypatch.setattr(windows, "_registry", refuse)

    found = windows.read()
    assert [(Status.UNREADABLE, {})] * 2 == [(one.status, one.values) for one in found]
    assert rf"HKLM\{KEY} cannot be read: no access to HKLM" == str(found[0].why)


def test_given_a_change_then_the_stamp_is_another(registry: dict[str, Key | None]) -> None:
    """The agent asks for the stamp when it wakes, and reads again when it is another."""
    before = windows.stamp()
    registry["HKCU"] = below((rf"{B}\PlanChoices", "1", "gentle"))
    between = windows.stamp()
    registry["HKCU"] = below((rf"{B}\PlanChoices", "1", "busy"))

    assert before != between
    assert between != windows.stamp()
    assert windows.stamp() == windows.stamp()


def test_given_what_no_file_can_say_then_it_is_text(registry: dict[str, Key | None]) -> None:
    """A copy of the policy is kept as JSON, and what is wrong with a value is said later."""
    registry["HKLM"] = Key({"Plan": b"\x00\x01", "WorkingHoursMonday": ["09:00-12:30"]}, {})

    (found,) = windows.read()
    assert {"plan": repr(b"\x00\x01"), "working_hours.monday": ["09:00-12:30"]} == found.values
