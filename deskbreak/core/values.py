"""Values of settings: whether one is sound, how one is typed, how one is written."""

from __future__ import annotations

import json
import math
import re
import tomllib
from datetime import date, datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.schedule import parse_clock, parse_range
from deskbreak.core.setting import LISTS, Setting, Type
from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_LANGUAGE: Final = re.compile(r"([A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}(@[A-Za-z]{1,8})?)?")
_PROMPT: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_DATE: Final = re.compile(r"\d{4}-\d\d-\d\d")
_WHOLE: Final = re.compile(r"[+-]?[0-9]{1,18}")
_NUMBER: Final = re.compile(r"[+-]?[0-9]{1,18}\.[0-9]{1,18}")
_LONGEST: Final = 60  # characters of a value in a message
_MOST_ENTRIES: Final = 4  # of a list in a message
_MOST_BITS: Final = 64  # of a whole number in a message; Python refuses to print very long ones
_NOT_FINITE: Final = N_("is not a finite number")
_NOT_BETWEEN: Final = N_("is not between {low} and {high}")
_NEITHER: Final = N_("is neither 0 nor between {low} and {high}")
_NO_CHOICE: Final = N_("is not one of: {choices}")
_NO_ENTRY: Final = N_("has an entry that is not one of: {choices}")
_TOO_MANY: Final = N_("has more than {high} entries")
_OUT_OF_RANGE: Final = frozenset(
    {_NOT_FINITE, _NOT_BETWEEN, _NEITHER, _NO_CHOICE, _NO_ENTRY, _TOO_MANY}
)
_HOUR: Final = re.compile(r"(?<![\w:])(\d{1,2})(?![\w:])")  # of a range, without minutes
_MOST_TYPED: Final = 8192  # characters of a value on a command line; 400 days off have 4.8 kB


def judged(setting: Setting, value: object) -> object:
    """Return *value* as it is kept (lists as tuples), or a `Said` that says what is wrong.

    The sentence continues one that begins with the value: "is not between 1 and 60".
    """
    return _JUDGES[setting.type](setting, value)


def is_out_of_range(fault: Said) -> bool:
    """Whether what `judged` found wrong is the size or the choice, and not the type."""
    return fault.template in _OUT_OF_RANGE


def _flag(_: Setting, value: object) -> object:
    return value if isinstance(value, bool) else said(N_("is not true or false"))


def _number(setting: Setting, value: object) -> object:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return said(N_("is not a number"))
    # A very long whole number is finite, and too large for isfinite.
    if isinstance(value, float) and not math.isfinite(value):
        return said(_NOT_FINITE)
    return _bounded(setting, value)


def _whole(setting: Setting, value: object) -> object:
    kept = _number(setting, value)
    if isinstance(value, float) and not isinstance(kept, Said):
        # JSON, in which policies are written, does not tell 20 from 20.0.
        return int(value) if value.is_integer() else said(N_("is not a whole number"))
    return kept


def _bounded(setting: Setting, value: float) -> object:
    low, high = setting.low, setting.high
    assert isinstance(low, int | float)
    assert isinstance(high, int | float)
    if low <= value <= high or (setting.or_zero and value == 0):
        return value
    if setting.or_zero:
        return said(_NEITHER, low=low, high=high)
    return said(_NOT_BETWEEN, low=low, high=high)


def _choice(setting: Setting, value: object) -> object:
    if isinstance(value, str) and value in setting.choices:
        return value
    return said(_NO_CHOICE, choices=", ".join(setting.choices))


def _language(_: Setting, value: object) -> object:
    if isinstance(value, str) and _LANGUAGE.fullmatch(value):
        return value
    return said(N_("is not a language such as de or pt_BR"))


def _clock(setting: Setting, value: object) -> object:
    low, high = setting.low, setting.high
    assert isinstance(low, str)
    assert isinstance(high, str)
    try:
        if isinstance(value, str) and parse_clock(low) <= parse_clock(value) <= parse_clock(high):
            return value.strip()
    except ValueError:
        pass
    return said(N_("is not a time of day from {low} to {high}"), low=low, high=high)


def _list(setting: Setting, value: object) -> object:
    """Judge a list; one bad entry spoils it, for half a list means something else."""
    if not isinstance(value, list | tuple):
        return said(N_("is not a list"))
    assert isinstance(setting.high, int)
    if len(value) > setting.high:
        return said(_TOO_MANY, high=setting.high)
    entries: dict[object, None] = {}  # each once, in order
    for entry in value:
        kept = _ENTRIES[setting.type](setting, entry)
        if isinstance(kept, Said):
            return kept
        entries[kept] = None
    return tuple(entries)


def _entry_choice(setting: Setting, entry: object) -> object:
    if isinstance(entry, str) and entry in setting.choices:
        return entry
    choices = ", ".join(setting.choices)
    return said(_NO_ENTRY, choices=choices)


def _entry_prompt(_: Setting, entry: object) -> object:
    if isinstance(entry, str) and _PROMPT.fullmatch(entry):
        return entry
    return said(N_("has an entry that is not the id of a prompt"))


def _entry_range(_: Setting, entry: object) -> object:
    try:
        if isinstance(entry, str):
            parse_range(entry)
            return entry.strip()
    except ValueError:
        pass
    return said(N_("has an entry that is not a range such as 09:00-12:30"))


def _entry_date(_: Setting, entry: object) -> object:
    if isinstance(entry, date) and not isinstance(entry, datetime):
        return entry
    try:
        if isinstance(entry, str) and _DATE.fullmatch(entry):
            return date.fromisoformat(entry)
    except ValueError:
        pass
    return said(N_("has an entry that is not a date such as 2026-12-24"))


_ENTRIES: Final[Mapping[Type, Callable[[Setting, object], object]]] = MappingProxyType(
    {
        Type.CHOICES: _entry_choice,
        Type.PROMPTS: _entry_prompt,
        Type.RANGES: _entry_range,
        Type.DATES: _entry_date,
    }
)
_JUDGES: Final[Mapping[Type, Callable[[Setting, object], object]]] = MappingProxyType(
    {
        Type.FLAG: _flag,
        Type.WHOLE: _whole,
        Type.NUMBER: _number,
        Type.CHOICE: _choice,
        Type.LANGUAGE: _language,
        Type.CLOCK: _clock,
        **dict.fromkeys(LISTS, _list),
    }
)


def typed(setting: Setting, text: str) -> object:
    """Return what somebody meant who typed *text*, not yet judged; text where it is unclear.

    Lists are as in TOML, or separated by commas.
    """
    text = text.strip()
    if setting.type in LISTS:
        return _typed_list(_HOUR.sub(r"\1:00", text) if setting.type is Type.RANGES else text)
    if text[:1] in {'"', "'"}:
        return _toml(text)
    if setting.type is Type.FLAG:
        return {"true": True, "false": False}.get(text, text)
    if setting.type in {Type.WHOLE, Type.NUMBER}:
        return _typed_number(text)
    return text


def _typed_number(text: str) -> object:
    if _WHOLE.fullmatch(text):
        return int(text)
    if _NUMBER.fullmatch(text):
        return float(text)
    number = _toml(text)  # as 1_440, 0x3c or 1e2 is
    return text if isinstance(number, bool) or not isinstance(number, int | float) else number


def _typed_list(text: str) -> object:
    if text.startswith("["):
        return _toml(text)
    return [entry.strip() for entry in text.split(",")] if text else []


def _toml(text: str) -> object:
    """Return the TOML value in *text*, or *text* where it is none."""
    if len(text) > _MOST_TYPED:
        return text
    try:
        table = tomllib.loads(f"value = {text}")
    except (ValueError, RecursionError):
        return text
    return table["value"] if len(table) == 1 else text


def written(value: object) -> str:
    """Return a sound value as it stands in a settings file."""
    if isinstance(value, tuple):
        return f"[{', '.join(map(written, value))}]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, str):
        return json.dumps(value, ensure_ascii=False)
    return str(value)  # numbers; a date is in TOML as it is in ISO 8601


def plain(value: object) -> object:
    """Return a sound value as JSON knows it."""
    if isinstance(value, tuple):
        return [plain(entry) for entry in value]
    return value.isoformat() if isinstance(value, date) else value


def shown(value: object) -> str:
    """Return any value, sound or not, short and harmless enough for a message of one line."""
    if value is None:
        return "null"  # as in JSON; TOML has none
    if isinstance(value, bool):
        return written(value)
    if isinstance(value, int):
        return str(value) if value.bit_length() <= _MOST_BITS else "…"
    if isinstance(value, str):
        return f'"{shortened(value)}"'
    if isinstance(value, list | tuple):
        first = [
            "[…]" if isinstance(entry, list | tuple) else shown(entry)
            for entry in value[:_MOST_ENTRIES]
        ]
        return f"[{', '.join([*first, '…'] if len(value) > _MOST_ENTRIES else first)}]"
    return "{…}" if isinstance(value, dict) else shortened(str(value))


def shortened(text: str) -> str:
    """Return *text* cut to a length for messages, with what cannot be printed as escapes."""
    cut = text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
    return "".join(one if one.isprintable() else ascii(one)[1:-1] for one in cut)
