"""What a settings file says, judged a second time and in another way than the product does."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Final, cast

from deskbreak.core.setting import Type
from deskbreak.core.settings_table import SETTINGS, TABLES

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet

    from deskbreak.core.setting import Setting

MOST_BYTES: Final = 64 * 1024
NAMED: Final = 20  # causes of one kind that are named one by one
_ENTRY: Final = re.compile(r"[0-9A-Za-z][\w.-]{0,63}", re.ASCII)
_LANGUAGE: Final = re.compile(
    r"|[a-z]{2,3}([_-][a-z0-9]{2,8}){0,3}(@[a-z]{1,8})?", re.IGNORECASE | re.ASCII
)


@dataclass(frozen=True, slots=True)
class Judged:
    """The causes of messages in a file that can be read, and what counts of it."""

    counts: Mapping[str, object]
    bad: tuple[str, ...]
    unknown: tuple[str, ...]
    doubled: int

    @property
    def messages(self) -> int:
        """One for each cause; of those that a file has room for thousands of, some share one."""
        return len(self.bad) + told(len(self.unknown)) + told(self.doubled)


def told(causes: int) -> int:
    """Return how many messages so many causes are: the first few, and one for all the others."""
    return min(causes, NAMED) + (causes > NAMED)


def judged(data: bytes) -> Judged | None:
    """Judge a settings file; None: it cannot be read."""
    if len(data) > MOST_BYTES or data[:2] in {b"\xff\xfe", b"\xfe\xff"}:
        return None
    try:
        tables = tomllib.loads(data.decode("utf-8").removeprefix("\ufeff"))
    except (ValueError, RecursionError):
        return None
    return weighed(tables)


def weighed(tables: Mapping[str, object]) -> Judged:
    """Judge what stands in tables, nested or dotted."""
    given, doubled = flat(tables, {*TABLES} - {""})
    unknown = tuple(key for key in given if key not in SETTINGS)
    bad = tuple(k for k, v in given.items() if k in SETTINGS and not is_sound(SETTINGS[k], v))
    counts = {key: kept(given[key]) for key in given if key not in {*unknown, *bad}}
    return Judged(counts, bad, unknown, doubled)


def flat(tables: Mapping[str, object], open_: AbstractSet[str]) -> tuple[dict[str, object], int]:
    """Return values by dotted key, those of *open_* tables too, and how often one came again."""
    rows = [
        row
        for name, value in tables.items()
        for row in (
            [(f"{name}.{key}", one) for key, one in value.items()]
            if name in open_ and isinstance(value, dict)
            else [(name, value)]
        )
    ]
    return dict(rows), len(rows) - len(dict(rows))


def kept(value: object) -> object:
    """Return a sound value as it is compared: dates and texts alike, each entry once."""
    if isinstance(value, list | tuple):
        return tuple(dict.fromkeys(str(entry).strip() for entry in value))
    return value.strip() if isinstance(value, str) else value


def is_sound(setting: Setting, value: object) -> bool:
    """Whether *value* can be, by the table of settings."""
    match setting.type:
        case Type.FLAG:
            return value is True or value is False
        case Type.WHOLE | Type.NUMBER:
            return type(value) in {int, float} and _is_number(setting, cast("float", value))
        case Type.CHOICE | Type.LANGUAGE | Type.CLOCK:
            return isinstance(value, str) and _is_word(setting, value)
        case _:
            some = isinstance(value, list) and len(value) <= cast("int", setting.high)
            return some and all(_is_entry(setting, entry) for entry in cast("list[object]", value))


def _is_number(setting: Setting, value: float) -> bool:
    if value != value or value in {float("inf"), -float("inf")}:  # noqa: PLR0124 - nan
        return False
    if setting.type is Type.WHOLE and value % 1:
        return False
    low, high = cast("float", setting.low), cast("float", setting.high)
    return (setting.or_zero and not value) or low <= value <= high


def _is_word(setting: Setting, value: str) -> bool:
    if setting.type is Type.CHOICE:
        return value in setting.choices
    if setting.type is Type.LANGUAGE:
        return _LANGUAGE.fullmatch(value) is not None
    return _minutes(value) not in {None, 24 * 60}


def _is_entry(setting: Setting, entry: object) -> bool:
    match setting.type:
        case Type.DATES:
            if isinstance(entry, str) and len(entry) == len("2026-12-24"):
                return _is_date(entry)
            return isinstance(entry, date) and not isinstance(entry, datetime)
        case Type.CHOICES:
            return entry in setting.choices if isinstance(entry, str) else False
        case Type.PROMPTS:
            return isinstance(entry, str) and _ENTRY.fullmatch(entry) is not None
        case _:
            return isinstance(entry, str) and _is_range(entry)


def _is_date(text: str) -> bool:
    year, month, day = text[:4], text[5:7], text[8:]
    digits = f"{year}{month}{day}"
    if text[4] + text[7] != "--" or not (digits.isascii() and digits.isdigit()):
        return False
    try:
        date(int(year), int(month), int(day))
    except ValueError:
        return False
    return True


def _is_range(text: str) -> bool:
    ends = [_minutes(part) for part in text.split("-")]
    return len(ends) == 2 and None not in ends and ends[0] not in {ends[1], 24 * 60}


def _minutes(text: str) -> int | None:
    """Return the minutes after midnight of ``HH:MM``, to 24:00."""
    found = re.fullmatch(r"(\d\d?):(\d\d)", text.strip())
    if found is None or int(found[2]) >= 60:
        return None
    minutes = int(found[1]) * 60 + int(found[2])
    return minutes if minutes <= 24 * 60 else None
