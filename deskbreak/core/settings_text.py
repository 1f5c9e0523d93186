"""Settings for people and programs: all of them, one explained, and the example file."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Final

from deskbreak.core import sources
from deskbreak.core.locks import setter
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.settings import Origin, describe
from deskbreak.core.settings_table import OPINION, SETTINGS, TABLES
from deskbreak.core.values import plain, written
from deskbreak.core.words import N_, said, spoken

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.setting import Setting
    from deskbreak.core.settings import Layer, Resolved
    from deskbreak.core.sources import Source
    from deskbreak.core.words import Said, Words

_WIDE: Final = 98  # characters of a line in the example
_ORIGINS: Final = {
    Origin.DEFAULT: N_("the default"),
    Origin.PLAN: N_("set by the plan {name}"),
    Origin.RECOMMENDED: N_("recommended by {organisation} ({name})"),
    Origin.USER: N_("set by you ({name})"),
    Origin.POLICY: N_("set by {organisation} ({name})"),
    Origin.BOUNDS: N_("within the bounds of {organisation} ({name})"),
}


_LAYERS: Final = {
    Origin.DEFAULT: N_("default"),
    Origin.PLAN: N_("plan"),
    Origin.RECOMMENDED: N_("recommended"),
    Origin.USER: N_("user"),
    Origin.POLICY: N_("policy"),
    Origin.BOUNDS: N_("bounds"),
}


@quick_dataclass(frozen=True, slots=True)
class Row:
    """A value with where it comes from; every field is as JSON knows it."""

    key: str
    value: object
    unit: str
    origin: str
    place: str  # the plan, or the file and its line; empty for a default


@quick_dataclass(frozen=True, slots=True)
class Allowed:
    """The bounds that an organisation has set; None and empty where it has not."""

    low: float | str | None
    high: float | str | None
    choices: tuple[str, ...]
    place: str


@quick_dataclass(frozen=True, slots=True)
class Explained:
    """Everything about one setting; ``layers`` are the values that were given, strongest first."""

    now: Row
    help: str
    source: str
    sources: tuple[Source, ...]
    low: float | str | None
    high: float | str | None
    or_zero: bool
    choices: tuple[str, ...]
    layers: tuple[Row, ...]
    locked: bool
    bounds: Allowed | None  # of an organisation


def show(resolved: Resolved) -> tuple[Row, ...]:
    """Return every setting in force, in the order of the file."""
    return tuple(_row(_given(resolved, key)[0], key) for key in SETTINGS)


def find(resolved: Resolved, key: str) -> Row:
    """Return the value of *key* in force.

    Raises:
        BadSetting: There is no such key.
    """
    describe(key)
    return _row(_given(resolved, key)[0], key)


def explain(resolved: Resolved, key: str, known: Mapping[str, Source]) -> Explained:
    """Return everything about *key*; *known* are the sources, by id.

    Raises:
        BadSetting: There is no such key.
    """
    setting, bounds = describe(key), resolved.bounds.get(key)
    rows = tuple(_row(layer, key) for layer in _given(resolved, key))
    return Explained(
        now=rows[0],
        help=setting.help,
        source=setting.source,
        sources=sources.named(setting.source, known),
        low=setting.low,
        high=setting.high,
        or_zero=setting.or_zero,
        choices=setting.choices,
        layers=rows,
        locked=resolved.is_locked(key),
        bounds=None
        if bounds is None
        else Allowed(bounds.low, bounds.high, bounds.choices, bounds.place),
    )


def show_lines(resolved: Resolved, words: Words) -> list[str]:
    """Return a line for each setting: key, value, and whence it is unless it is the default."""
    wide = max(map(len, SETTINGS))
    lines = []
    for key in SETTINGS:
        layer = _given(resolved, key)[0]
        origin = f"{words.gettext(_LAYERS[layer.origin])} {layer.place(key)}"
        whence = "" if layer.origin is Origin.DEFAULT else f"  ({origin})"
        lines.append(f"{key:{wide}}  {_with_unit(key, layer, words)}{whence}")
    return lines


def explain_lines(
    resolved: Resolved, key: str, known: Mapping[str, Source], words: Words
) -> list[str]:
    """Return what is to be known of *key*, in lines; *known* are the sources, by id.

    Raises:
        BadSetting: There is no such key.
    """
    setting, layers = describe(key), _given(resolved, key)
    origin, by = _ORIGINS[layers[0].origin], spoken(setter(resolved), words)
    whence = words.gettext(origin).format(name=layers[0].place(key), organisation=by)
    table = [
        (words.gettext(_LAYERS[layer.origin]), written(layer.values[key]), layer.place(key))
        for layer in layers
    ]
    allowed = _allowed(setting)
    notes = [(words.gettext(N_("allowed")), spoken(allowed, words))] if allowed else []
    bounds = resolved.bounds.get(key)
    if bounds is not None:
        notes.append((words.gettext(N_("bounds")), f"{bounds.spoken(setting)}  {bounds.place}"))
    found = [sources.line(one, words) for one in sources.named(setting.source, known)]
    notes.append((words.gettext(N_("source")), "" if found else words.gettext(setting.source)))
    wide = max(len(row[0]) for row in (*table, *notes))
    wide_value = max(len(value) for _, value, _ in table)
    return [
        f"{key} = {_with_unit(key, layers[0], words)}, {whence}",
        f"  {words.gettext(setting.help)}",
        *(f"  {name:{wide}}  {note}".rstrip() for name, note in notes),
        *(f"  - {source}" for source in found),
        *(
            f"{' ' if number else '*'} {name:{wide}}  {value:{wide_value}}  {place}".rstrip()
            for number, (name, value, place) in enumerate(table)
        ),
    ]


def example() -> str:
    """Return config/deskbreak.example.toml: every setting with its default, commented out."""
    lines = [
        "# Every setting of deskbreak with its default. Made from deskbreak/core/settings_table.py.",
        "#",
        "# To change one, write it into your own settings file without the # before it, under the",
        "# table that it stands in here; or say, for instance:",
        "#",
        "#     deskbreak config set position.interval_minutes 15",
    ]
    for table, about in TABLES.items():
        lines += ["", f"# {about}", *([f"[{table}]"] if table else [])]
        for setting in SETTINGS.values():
            if setting.table == table:
                lines += _described(setting)
    return "\n".join([*lines, ""])


def as_file(values: Mapping[str, object], *, private: bool = False) -> str:
    """Return sound *values* as a settings file; what is private only if it is asked for."""
    lines = ["# Settings of deskbreak."]
    for table in TABLES:
        keys = [key for key, one in SETTINGS.items() if one.table == table and key in values]
        keys = [key for key in keys if private or not SETTINGS[key].private]
        if keys:
            lines += ["", *([f"[{table}]"] if table else [])]
            lines += [f"{key.rpartition('.')[2]} = {written(values[key])}" for key in keys]
    return "\n".join([*lines, ""])


def _described(setting: Setting) -> list[str]:
    """Return the lines of one setting in the example."""
    allowed = _allowed(setting)
    source = "" if setting.source == OPINION else f" ({setting.source})"
    about = f"{setting.help}{f' Allowed: {allowed}.' if allowed else ''}{source}"
    name = setting.key.rpartition(".")[2]
    comment = textwrap.wrap(about, _WIDE, initial_indent="# ", subsequent_indent="# ")
    return ["", *comment, f"#{name} = {written(setting.default)}"]


def _given(resolved: Resolved, key: str) -> list[Layer]:
    """Return the layers that give *key* a value, the strongest (which is in force) first."""
    return [layer for layer in reversed(resolved.layers) if key in layer.values]


def _row(layer: Layer, key: str) -> Row:
    unit = SETTINGS[key].unit
    return Row(key, plain(layer.values[key]), unit, layer.origin.value, layer.place(key))


def _with_unit(key: str, layer: Layer, words: Words) -> str:
    unit = SETTINGS[key].unit
    value = written(layer.values[key])
    return f"{value} {words.gettext(unit)}" if unit else value


def _allowed(setting: Setting) -> Said | None:
    """Return bounds or choices in words; None where the type says it all."""
    if setting.choices:
        return said("{choices}", choices=", ".join(setting.choices))
    if setting.low is None or setting.high is None:
        return None
    bounds = {"low": setting.low, "high": setting.high}
    if not setting.unit:
        return said(N_("{low} to {high}"), **bounds)
    sentence = (
        N_("0, or {low} to {high} {unit}") if setting.or_zero else N_("{low} to {high} {unit}")
    )
    return said(sentence, **bounds, unit=said(setting.unit))
