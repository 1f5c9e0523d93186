"""What there is for an administrator to set: each setting at each level, and its parts."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from deskbreak.core.managed import Level
from deskbreak.core.organisation import LONGEST, ORGANISATION
from deskbreak.core.setting import Managed, Type
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.words import N_
from deskbreak.policy.names import ENDS, registry_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.setting import Setting

LANGUAGES: Final = ("de", "en")
LONGEST_TEXT: Final = 40  # characters of a value that is typed: a language is the longest
_ORDERED: Final = frozenset({Type.WHOLE, Type.NUMBER, Type.CLOCK})
_CHOSEN: Final = frozenset({Type.CHOICE, Type.LANGUAGE})
_SUFFIXES: Final = {Level.MANDATORY: "", Level.RECOMMENDED: "_Recommended", Level.BOUNDS: "_Bounds"}


class Form(enum.Enum):
    """What a part is to an editor of policies, as ADMX calls it."""

    DECIMAL = "decimal"
    TEXT = "text"
    ENUM = "enum"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Part:
    """One value that is asked for; ``low`` and ``high`` bound a DECIMAL, ``high`` a TEXT's length.

    ``label`` is a marked sentence, with a place for an ``example``.
    """

    form: Form
    name: str
    label: str
    low: int = 0
    high: int = 0
    default: str = ""
    choices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Item:
    """One setting at one level. Without ``parts`` it is on or off."""

    key: str
    level: Level
    parts: tuple[Part, ...]

    @property
    def id(self) -> str:
        """Its name, which no other item has."""
        return f"{registry_name(self.key)}{_SUFFIXES[self.level]}"

    @property
    def table(self) -> str:
        """The table that it stands in; empty for the top."""
        return self.key.rpartition(".")[0]


def lockable() -> tuple[Setting, ...]:
    """Return the settings that a policy may set."""
    return tuple(one for one in SETTINGS.values() if one.managed is not Managed.NEVER)


def highest(setting: Setting) -> object:
    """Return the largest value that a policy may set."""
    return setting.default if setting.managed is Managed.SHORTEN else setting.high


def lowest(setting: Setting) -> object:
    """Return the smallest value that it can have."""
    return 0 if setting.or_zero else setting.low


def ends_of(setting: Setting) -> tuple[str, ...]:
    """Return which bounds a policy may give it: low and high, choices, or none."""
    if setting.managed is Managed.SHORTEN:
        return ("high",)
    if setting.type in _ORDERED:
        return ("low", "high")
    return ("choices",) if setting.type in _CHOSEN else ()


def widest(setting: Setting, end: str) -> object:
    """Return the bound that leaves everything open; of languages, those that deskbreak speaks."""
    if end == "choices":
        return setting.choices or LANGUAGES
    return lowest(setting) if end == "low" else highest(setting)


@cache
def items() -> tuple[Item, ...]:
    """Return everything, in the order of the settings file, mandatory values first."""
    return tuple(_items())


def _items() -> Iterator[Item]:
    for key in ORGANISATION:
        part = Part(Form.TEXT, registry_name(key), N_("Text"), high=LONGEST[key])
        yield Item(key, Level.MANDATORY, (part,))
    for level in (Level.MANDATORY, Level.RECOMMENDED):
        yield from (Item(one.key, level, _parts(one)) for one in lockable())
    for one in lockable():
        if ends_of(one):
            yield Item(one.key, Level.BOUNDS, tuple(_end(one, end) for end in ends_of(one)))


def _parts(setting: Setting) -> tuple[Part, ...]:
    name, default = registry_name(setting.key), str(setting.default)
    if setting.type is Type.FLAG:
        return ()
    if setting.type is Type.WHOLE:
        return (_decimal(setting, name, N_("Value"), default),)
    if setting.type is Type.CHOICE:
        choices = setting.choices
        return (Part(Form.ENUM, name, N_("Value"), default=default, choices=choices),)
    if setting.type in {Type.RANGES, Type.DATES}:
        label = N_("Such as {example}; one in each line")
        return (Part(Form.LIST, name, label),)
    return (_text(name, N_("Value"), default),)


def _end(setting: Setting, end: str) -> Part:
    name = f"{registry_name(setting.key)}{ENDS[end]}"
    if end == "choices":
        return Part(Form.LIST, name, N_("What people may choose; one in each line"))
    label = N_("Smallest") if end == "low" else N_("Largest")
    default = str(widest(setting, end))
    if setting.type is Type.WHOLE:
        return _decimal(setting, name, label, default)
    return _text(name, label, default)


def _decimal(setting: Setting, name: str, label: str, default: str) -> Part:
    low, high = lowest(setting), highest(setting)
    assert isinstance(low, int)
    assert isinstance(high, int)
    return Part(Form.DECIMAL, name, label, low, high, default)


def _text(name: str, label: str, default: str) -> Part:
    return Part(Form.TEXT, name, label, high=LONGEST_TEXT, default=default)
