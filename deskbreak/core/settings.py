"""Settings in force: layers of values merged key by key, with origins and problems."""

from __future__ import annotations

import enum
from dataclasses import field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.plans import PLANS
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.settings_table import SETTINGS, TABLES
from deskbreak.core.values import judged, shortened, shown, typed
from deskbreak.core.words import N_, Refusal, Said, said

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskbreak.core.bounds import Bounds
    from deskbreak.core.setting import Setting

NO_BOUNDS: Final[Mapping[str, Bounds]] = MappingProxyType({})
MOST_UNKNOWN: Final = 20
"""Unknown keys that are named one by one, for each layer."""

_AT: Final = N_("{place}: {fault}")


class Origin(enum.Enum):
    """Where a value comes from, weakest first."""

    DEFAULT = "default"
    PLAN = "plan"
    RECOMMENDED = "recommended"
    USER = "user"
    POLICY = "policy"
    BOUNDS = "bounds"


@quick_dataclass(frozen=True, slots=True)
class Layer:
    """Values of one origin, by key.

    ``name`` is what messages call it: "user settings", or the path of a file, to which the line
    is added where ``lines`` knows it. ``problems`` are those found while it was read.
    """

    origin: Origin
    name: str
    values: Mapping[str, object]
    lines: Mapping[str, int] = field(default_factory=dict)
    problems: tuple[Said, ...] = ()

    def place(self, key: str) -> str:
        """Return what a message calls the place of *key*."""
        line = self.lines.get(key)
        return self.name if line is None else f"{self.name}:{line}"


@quick_dataclass(frozen=True, slots=True)
class Organisation:
    """Who has set what is locked, and where their packs are; empty where they do not say so."""

    name: str = ""
    contact: str = ""
    packs: str = ""


_NO_ORGANISATION: Final = Organisation()


@quick_dataclass(frozen=True, slots=True)
class Resolved:
    """The settings in force.

    ``layers`` are all that were merged, weakest first, from the defaults on, each with its sound
    values alone; where ``bounds`` of an organisation changed a value, the last ones say so.
    """

    values: Mapping[str, object]
    origins: Mapping[str, Origin]
    problems: tuple[Said, ...] = ()
    layers: tuple[Layer, ...] = ()
    bounds: Mapping[str, Bounds] = field(default_factory=lambda: NO_BOUNDS)
    organisation: Organisation = _NO_ORGANISATION
    policy_problems: tuple[Said, ...] = ()  # those of ``problems`` that are an organisation's

    @property
    def is_managed(self) -> bool:
        """Whether an organisation has a say in it."""
        return bool(self.bounds) or any(
            layer.values and layer.origin in (Origin.RECOMMENDED, Origin.POLICY)
            for layer in self.layers
        )

    def is_locked(self, key: str) -> bool:
        """Whether an organisation has set *key*, so that a person cannot."""
        return any(key in layer.values for layer in self.layers if layer.origin is Origin.POLICY)

    def flag(self, key: str) -> bool:
        """Return a setting that is true or false."""
        value = self.values[key]
        assert isinstance(value, bool)
        return value

    def number(self, key: str) -> int | float:
        """Return a setting that is a number."""
        value = self.values[key]
        assert isinstance(value, int | float)
        return value

    def whole(self, key: str) -> int:
        """Return a setting that is a whole number."""
        value = self.values[key]
        assert isinstance(value, int)
        return value

    def text(self, key: str) -> str:
        """Return a setting that is a text: a choice, a language, a time of day."""
        value = self.values[key]
        assert isinstance(value, str)
        return value

    def texts(self, key: str) -> tuple[str, ...]:
        """Return a setting that is a list of texts."""
        value = self.values[key]
        assert isinstance(value, tuple)
        return value


class BadSetting(Refusal):
    """A key or a value that cannot be."""


def describe(key: str) -> Setting:
    """Return what is declared of *key*.

    Raises:
        BadSetting: There is no such key.
    """
    if key not in SETTINGS:
        raise BadSetting(_unknown(key, shortened(key)))
    return SETTINGS[key]


def check(key: str, value: object) -> object:
    """Return *value* as it is kept for *key*.

    Raises:
        BadSetting: There is no such key, or the value cannot be.
    """
    kept = judged(describe(key), value)
    if isinstance(kept, Said):
        sentence = N_("{key} = {value} {fault}")
        raise BadSetting(said(sentence, key=key, value=shown(value), fault=kept))
    return kept


def parse_value(key: str, text: str) -> object:
    """Return what *text*, typed on a command line, is for *key*; lists as TOML or with commas.

    Raises:
        BadSetting: There is no such key, or the value cannot be.
    """
    return check(key, typed(describe(key), text))


def flatten(
    data: Mapping[str, object], also: Sequence[str] = ()
) -> tuple[dict[str, object], tuple[Said, ...]]:
    """Return values by dotted key from the tables of a file, and one line per key given twice.

    Dotted keys that are quoted, as in JSON, are the same as tables; of two the later counts.
    What lies deeper than any setting, or in a table that is neither known nor *also* one, stays
    as it is.
    """
    values: dict[str, object] = {}
    problems: list[Said] = []
    for name, value in data.items():
        found: dict[str, object] = {name: value}
        if isinstance(value, dict) and name and (name in TABLES or name in also):
            found = {f"{name}.{key}": one for key, one in value.items()}
        problems.extend(
            said(N_("{key} is given twice; the later one counts"), key=named(key))
            for key in found
            if key in values
        )
        values |= found
    more = len(problems) - MOST_UNKNOWN
    if more > 0:
        problems[MOST_UNKNOWN:] = [said(N_("{more} more keys are given twice"), more=more)]
    return values, tuple(problems)


def resolve(layers: Sequence[Layer], bounds: Mapping[str, Bounds] = NO_BOUNDS) -> Resolved:
    """Merge *layers*, weakest first, over the defaults and the plan that they choose.

    What comes out is clamped to *bounds*. Never raises for bad input: a value that is unknown,
    of the wrong type or out of the setting's own bounds is left out and named in ``problems``,
    once; the weaker layer's value stays.
    """
    sound, faults = [], []
    for layer in layers:
        known = {key: value for key, value in layer.values.items() if key in SETTINGS}
        kept = {key: judged(SETTINGS[key], value) for key, value in known.items()}
        bad = {key: value for key, value in kept.items() if isinstance(value, Said)}
        good = {key: value for key, value in kept.items() if key not in bad}
        sound.append(replace(layer, values=good, problems=()))
        faults.append(bad)
    merged = [*_below(sound, bounds), *sound]
    values: dict[str, object] = {}
    origins: dict[str, Origin] = {}
    for layer in merged:
        _add(layer, values, origins)
    for key, bound in bounds.items():
        nearest = bound.clamped(SETTINGS[key], values[key])
        if nearest != values[key]:
            merged.append(Layer(Origin.BOUNDS, bound.place, {key: nearest}))
            _add(merged[-1], values, origins)
    problems = [
        problem
        for layer, bad in zip(layers, faults, strict=True)
        for problem in (*_found(layer), *_wrong(layer, bad, values), *_strange(layer))
    ]
    return Resolved(values, origins, tuple(problems), tuple(merged), bounds)


def _add(layer: Layer, values: dict[str, object], origins: dict[str, Origin]) -> None:
    values |= layer.values
    origins |= dict.fromkeys(layer.values, layer.origin)


def _below(layers: Sequence[Layer], bounds: Mapping[str, Bounds]) -> tuple[Layer, Layer]:
    """Return the two layers that are always there: the defaults, and what the plan sets."""
    defaults = {key: setting.default for key, setting in SETTINGS.items()}
    chosen = [layer.values["plan"] for layer in layers if "plan" in layer.values]
    plan = str(chosen[-1] if chosen else defaults["plan"])
    if "plan" in bounds:
        plan = str(bounds["plan"].clamped(SETTINGS["plan"], plan))
    return (
        Layer(Origin.DEFAULT, "", defaults),
        Layer(Origin.PLAN, plan, PLANS[plan].values),
    )


def _found(layer: Layer) -> list[Said]:
    """Return what was found while the layer was read, with its place."""
    return [
        said(_AT, place=layer.place(str(problem.values.get("key"))), fault=problem)
        for problem in layer.problems
    ]


def _wrong(layer: Layer, bad: Mapping[str, object], values: Mapping[str, object]) -> list[Said]:
    """Return a line for each value that cannot be; what is used instead is in *values*."""
    lines = []
    for key, fault in bad.items():
        place = layer.place(key)
        if SETTINGS[key].private:  # messages are logged
            lines.append(
                said(N_("{place}: {key} {fault}; left out"), place=place, key=key, fault=fault)
            )
            continue
        lines.append(left_out(place, key, layer.values[key], fault, values[key]))
    return lines


def left_out(place: str, key: str, value: object, fault: object, used: object) -> Said:
    """Say that *value* of *key* cannot be, and that *used* is in force instead."""
    sentence = N_("{place}: {key} = {value} {fault}; using {used}")
    return said(sentence, place=place, key=key, value=shown(value), fault=fault, used=shown(used))


def unknown(key: str, place: str, name: str = "") -> Said:
    """Say that there is no setting *key*, which is called *name*, and which one it may be."""
    return said(_AT, place=place, fault=_unknown(key, name or named(key)))


def _strange(layer: Layer) -> list[Said]:
    """Return a line for each unknown key, and one for all those beyond the first few."""
    strange = [key for key in layer.values if key not in SETTINGS]
    # Each look for a similar name takes a millisecond, and a file has room for ten thousand.
    lines = [unknown(key, layer.place(key)) for key in strange[:MOST_UNKNOWN]]
    more = len(strange) - len(lines)
    if more:
        lines.append(said(N_("{place}: {more} more unknown keys"), place=layer.name, more=more))
    return lines


def named(key: str) -> str:
    """Return *key* for a message; an unknown one among the health data may itself be such."""
    if key.startswith("person.") and key not in SETTINGS:
        return "person.…"
    return shortened(key) or '""'


def _unknown(key: str, name: str) -> Said:
    if key and key in TABLES:
        return said(N_("{key} is a table, not a value"), key=name)
    near = similar(key)
    if near is not None:
        return said(N_("unknown key {key}; did you mean {near}?"), key=name, near=near)
    return said(N_("unknown key {key}"), key=name)


def similar(key: str) -> str | None:
    """Return the key or table that *key* may have been meant for; a millisecond."""
    from difflib import get_close_matches  # most days nobody mistypes a key

    near = get_close_matches(key[:100], SETTINGS if "." in key else [*TABLES, *SETTINGS], n=1)
    return near[0] if key and near else None
