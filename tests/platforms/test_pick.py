from __future__ import annotations

import pytest

from deskbreak.core.words import said
from deskbreak.platforms import Picked, Refused, pick
from deskbreak.ports import Unavailable


def _refuses(why: str, remedy: str | None = None) -> str:
    raise Unavailable(said(why), None if remedy is None else said(remedy))


def _must_not_be_asked() -> str:
    pytest.fail("a later candidate was opened")


def test_given_several_candidates_when_the_second_opens_then_the_first_says_why_not() -> None:
    """The choice keeps the reasons, for whoever wonders why it is not the better one."""
    picked = pick(
        {
            "mutter": lambda: _refuses("no GNOME here", "install it"),
            "x11": lambda: "opened",
            "terminal": _must_not_be_asked,
        }
    )

    assert Picked(
        "opened", "x11", (Refused("mutter", said("no GNOME here"), said("install it")),)
    ) == (picked)


def test_given_no_candidate_that_opens_then_nothing_is_chosen_and_all_reasons_are_kept() -> None:
    """Nothing is an answer: the agent then says what it has to do without."""
    picked = pick({"a": lambda: _refuses("one"), "b": lambda: _refuses("two")})

    assert Picked(None, None, (Refused("a", said("one")), Refused("b", said("two")))) == picked


def test_given_a_fault_that_nobody_foresaw_when_picking_then_it_is_not_hidden() -> None:
    """Only "cannot work here" leads on to the next candidate; our own mistakes are seen."""
    with pytest.raises(ZeroDivisionError):
        pick({"a": lambda: str(1 // 0), "b": lambda: "opened"})
