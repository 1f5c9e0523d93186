"""Checks of what a file contains: each returns what is wrong with a value, or None."""

from __future__ import annotations

import re
import reprlib
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    Check = Callable[[object], Said | None]

EMPTY: Final = N_("is empty")
FIELD_FAULT: Final = N_("{field}: {fault}")
_NOT_ONE_LINE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# What turns all text after it. Marks of Arabic and Hebrew (U+061C, U+200E, U+200F) do not.
# Source: Unicode Standard Annex 9, section 2.
_TURNS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")


def table_fault(raw: object, checks: Mapping[str, Check], needed: Collection[str]) -> Said | None:
    """Return the first fault of a table; *checks* has every field that may be in it."""
    if not isinstance(raw, dict):
        return said(N_("{value} is not a table"), value=brief(raw))
    for name in checks:
        if name in needed and name not in raw:
            return said(N_("{field} is missing"), field=name)
    for name, value in raw.items():
        fault = (
            checks[name](value) if name in checks else said(N_("is no field that is known here"))
        )
        if fault is not None:
            return said(FIELD_FAULT, field=name if name in checks else brief(name), fault=fault)
    return None


def brief(value: object) -> str:
    """Return *value* short enough for a line, however large or deep it is."""
    if isinstance(value, bool):
        return str(value).lower()  # as TOML writes it
    try:
        return reprlib.repr(value)
    except ValueError:  # a number with more digits than Python will print
        return "…"


def line(limit: int, *, may_be_empty: bool = False) -> Check:
    """Check for a text of one line with at most *limit* characters."""

    def check(value: object) -> Said | None:
        if not isinstance(value, str) or _NOT_ONE_LINE.search(value):
            return said(N_("{value} is not a text of one line"), value=brief(value))
        if _TURNS.search(value):
            sentence = N_("{value} has a character that turns the direction of writing")
            return said(sentence, value=brief(value))
        if not value.strip() and (value or not may_be_empty):
            return said(EMPTY)
        if len(value) > limit:
            return said(
                N_("has {count} characters, at most {limit}"), count=len(value), limit=limit
            )
        return None

    return check


def one_of(*known: object) -> Check:
    """Check for one of the *known* values."""

    def check(value: object) -> Said | None:
        # By type too, for to Python true is 1.
        if any(value == one and type(value) is type(one) for one in known):
            return None
        expected = ", ".join(str(one).lower() for one in known)
        return said(N_("{value} is not one of: {expected}"), value=brief(value), expected=expected)

    return check


def within(low: int, high: int) -> Check:
    """Check for a whole number within bounds."""

    def check(value: object) -> Said | None:
        if type(value) is int and low <= value <= high:
            return None
        sentence = N_("{value} is not a whole number from {low} to {high}")
        return said(sentence, value=brief(value), low=low, high=high)

    return check


def written(pattern: str, example: str) -> Check:
    """Check for a text that is written like *pattern*; people are told an *example*."""

    def check(value: object) -> Said | None:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return None
        return said(N_("{value} is not of the form {form}"), value=brief(value), form=example)

    return check


def list_of(check_one: Check, *, may_be_empty: bool = False, most: int | None = None) -> Check:
    """Check for a list, of at most *most* things where that is said, and each thing in it."""

    def check(value: object) -> Said | None:
        if not isinstance(value, list):
            return said(N_("{value} is not a list"), value=brief(value))
        if not value and not may_be_empty:
            return said(EMPTY)
        if most is not None and len(value) > most:
            return said(N_("has {count} entries, at most {limit}"), count=len(value), limit=most)
        for number, one in enumerate(value, start=1):
            fault = check_one(one)
            if fault is not None:
                return said(N_("no. {number}: {fault}"), number=number, fault=fault)
        return None

    return check
