"""What settings are called in the registry and in profiles, and what their values are there."""

from __future__ import annotations

import re
from datetime import datetime
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.organisation import ORGANISATION
from deskbreak.core.setting import Type
from deskbreak.core.settings_table import SETTINGS

if TYPE_CHECKING:
    from collections.abc import Mapping

ENDS: Final[Mapping[str, str]] = MappingProxyType(
    {"low": "Low", "high": "High", "choices": "Choices"}
)
"""What is added to the name of a setting for its bounds."""

_NUMBER: Final = re.compile(r"\d{1,9}(\.\d{1,9})?")
_NOTHING: Final[Mapping[str, object]] = MappingProxyType({})


def registry_name(key: str) -> str:
    """Return what *key* is called where names have no dots: PositionIntervalMinutes."""
    return "".join(word[:1].upper() + word[1:] for word in re.split(r"[._]", key))


# The way back is a table: capitals do not tell a dot from an underscore. Windows' registry does
# not tell large letters from small ones.
_KEYS: Final[Mapping[str, str]] = MappingProxyType(
    {registry_name(key).casefold(): key for key in (*SETTINGS, *ORGANISATION)}
)
_ENDS: Final[Mapping[str, tuple[str, str]]] = MappingProxyType(
    {
        f"{registry_name(key)}{word}".casefold(): (key, end)
        for key in SETTINGS
        for end, word in ENDS.items()
    }
)


def key_of(name: str) -> str | None:
    """Return the key of the setting that is called *name*; None where none is."""
    return _KEYS.get(name.casefold())


def from_names(values: Mapping[str, object], bounds: object = _NOTHING) -> dict[str, object]:
    """Return what a policy file would say in place of *values* and *bounds*.

    What neither the registry nor a profile can write is translated: 1 for true, "1.5" for 1.5.
    Unknown names stay as they are written; so do values that nothing can be made of.
    """
    made: dict[str, object] = {}
    for name, value in values.items():
        key = key_of(name)
        made[key or name] = _meant(key or "", value)
    if bounds:
        made["bounds"] = _bounds(bounds) if isinstance(bounds, dict) else _plain(bounds)
    return made


def _bounds(given: Mapping[str, object]) -> dict[str, object]:
    made: dict[str, object] = {}
    known: dict[str, dict[str, object]] = {}
    for name, value in given.items():
        if name.casefold() not in _ENDS:
            made[name] = _plain(value)
            continue
        key, end = _ENDS[name.casefold()]
        known.setdefault(key, {})[end] = _meant(key, value)
    return made | known


def _meant(key: str, value: object) -> object:
    """Return what *value*, as it was read, means for *key*."""
    setting = SETTINGS.get(key)
    kind = setting.type if setting else None
    if kind is Type.FLAG and type(value) is int and value in {0, 1}:
        return bool(value)
    if kind is Type.NUMBER and isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return float(value) if "." in value else int(value)
    return _plain(value)


def _plain(value: object) -> object:
    """Return *value* as JSON knows it, for a copy is kept of what was last good."""
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    if isinstance(value, datetime):  # a profile knows no date without a time
        return value.date().isoformat()
    return str(value)
