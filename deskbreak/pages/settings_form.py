"""The settings as fields of a page: how each stands there, and what was typed into it."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core import labels, setting_names, sources
from deskbreak.core.locks import setter
from deskbreak.core.setting import LISTS, Type
from deskbreak.core.settings import Origin
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import judged, plain, shown
from deskbreak.core.values import typed as typed_value
from deskbreak.core.words import N_, Said, said, spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskbreak.core.pack import Pack
    from deskbreak.core.setting import Setting
    from deskbreak.core.settings import Layer, Resolved
    from deskbreak.core.sources import Source
    from deskbreak.core.words import Words

READ: Final = "massage_read"
"""The box that says that the cautions of massage were read; without it, it stays off."""
_DAY: Final = 1440
_EVERY: Final = "habit.interval_minutes"
_HELP: Final = {  # where the page asks otherwise than the file
    "plan": N_("Intervals and limits that go together; what you set yourself wins over them."),
    "language": N_("Language of all words."),
    _EVERY: N_("How often it comes."),
}
_BELOW: Final = (Origin.DEFAULT, Origin.PLAN, Origin.RECOMMENDED)
_ORIGINS: Final = {
    Origin.DEFAULT: N_("the default"),
    Origin.PLAN: N_("from the plan {plan}"),
    Origin.RECOMMENDED: N_("recommended by {organisation}"),
    Origin.USER: N_("set by you"),
    Origin.POLICY: N_("set by {organisation}"),
    Origin.BOUNDS: N_("within the bounds of {organisation}"),
}
_CONTROLS: Final = {
    Type.FLAG: "flag",
    Type.CHOICE: "choice",
    Type.LANGUAGE: "choice",
    Type.CHOICES: "several",
    Type.PROMPTS: "several",
    Type.DATES: "long",
    Type.RANGES: "long",
}


@dataclass(frozen=True, slots=True)
class Option:
    """One of several choices."""

    value: str
    name: str
    chosen: bool
    about: str = ""
    figures: tuple[tuple[str, str, int], ...] = ()  # kind, its name, minutes between its breaks
    refused: str = ""  # by whom


@dataclass(frozen=True, slots=True)
class Field:
    """Everything about one setting that the page shows, in words."""

    key: str
    name: str
    help: str
    control: str
    text: str
    unit: str
    allowed: str  # bounds; empty where there are none
    origin: str
    options: tuple[Option, ...]
    quick: tuple[str, ...]
    sources: tuple[str, ...]
    given: tuple[tuple[str, str, str], ...]  # whence, value, where that stands; the strongest first
    undo: str  # the value that it goes back to; empty where there is nothing to undo
    locked: str  # by whom; empty where the person may change it
    fault: str

    @property
    def is_own(self) -> bool:
        """Whether the person has said something here that goes on being shown."""
        return bool(self.undo or self.fault)


@dataclass(frozen=True, slots=True)
class Typed:
    """What came with a form: sound values that are others than those that were seen, and the rest."""

    texts: Mapping[str, str] = field(default_factory=dict)  # of changes and of faults
    changes: Mapping[str, object] = field(default_factory=dict)
    faults: Mapping[str, Said] = field(default_factory=dict)

    def without(self, key: str) -> Typed:
        """Return the same, as if nothing had been typed for *key*."""
        return Typed(
            {name: one for name, one in self.texts.items() if name != key},
            {name: one for name, one in self.changes.items() if name != key},
            {name: one for name, one in self.faults.items() if name != key},
        )


# ── what was typed ─────────────────────────────────────────────────────────────────────────


def read(fields: Mapping[str, Sequence[str]], resolved: Resolved) -> Typed:
    """Return what the person has changed in a form with *fields*.

    What stands there as it was when the person saw it is no change, whatever has happened since.
    """
    seen = _seen(fields.get("seen", [""])[-1])
    texts, changes, faults = dict[str, str](), dict[str, object](), dict[str, Said]()
    for key, setting in SETTINGS.items():
        if key not in fields or resolved.is_locked(key):
            continue
        text = _text(setting, fields[key])
        if text == seen.get(key, text_of(resolved.values[key])):
            continue
        texts[key] = text
        value = judged(setting, typed_value(setting, text))
        fault = value if isinstance(value, Said) else _not_allowed(resolved, setting, value)
        if fault is None:
            changes[key] = value
        elif fault is value and text:
            quoted = shown(typed_value(setting, text))
            faults[key] = said(N_("{value} {fault}."), value=quoted, fault=fault)
        else:
            faults[key] = fault if text else said(N_("Please write a value here."))
    if changes.get("massage.enabled") is True and READ not in fields:
        del changes["massage.enabled"]
        faults["massage.enabled"] = said(
            N_("Please read when not to, and say so in the box above.")
        )
    return Typed(texts, changes, faults)


def _seen(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _text(setting: Setting, values: Sequence[str]) -> str:
    """Return what stands in a field; of a list always in the same way."""
    if setting.type in LISTS:
        entries = [entry.strip() for text in values for entry in text.replace("\n", ",").split(",")]
        return ", ".join(entry for entry in entries if entry)
    text = values[-1].strip()
    return text.replace(",", ".") if setting.type is Type.NUMBER else text


def text_of(value: object) -> str:
    """Return a sound value as it stands in its field."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, tuple):
        return ", ".join(str(plain(entry)) for entry in value)
    return str(value)


def _not_allowed(resolved: Resolved, setting: Setting, value: object) -> Said | None:
    bounds = resolved.bounds.get(setting.key)
    if bounds is None or bounds.clamped(setting, value) == value:
        return None
    return said(
        N_("Not allowed by {organisation}; only {bounds}."),
        organisation=setter(resolved),
        bounds=bounds.spoken(setting),
    )


def seen(resolved: Resolved) -> str:
    """Return what every field says before anything is typed, for the form to bring back."""
    return json.dumps({key: text_of(resolved.values[key]) for key in SETTINGS})


# ── how it stands there ────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Maker:
    """Makes fields."""

    resolved: Resolved
    typed: Typed
    known: Mapping[str, Source]
    languages: Sequence[tuple[str, str]]  # with their names in themselves
    pack: Pack
    words: Words

    def field(self, key: str) -> Field:
        """Return the field of *key*."""
        setting, resolved, words = SETTINGS[key], self.resolved, self.words
        layers = [layer for layer in reversed(resolved.layers) if key in layer.values]
        text = self.typed.texts.get(key, text_of(resolved.values[key]))
        fault = self.typed.faults.get(key)
        found = sources.named(setting.source, self.known)
        by = spoken(setter(resolved), words)
        return Field(
            key,
            setting_names.setting_name(key, words),
            words.gettext(_HELP.get(key, setting.help)),
            self._control(setting),
            text,
            words.gettext(setting.unit) if setting.unit else "",
            self._allowed(setting),
            self._origin(layers[0]),
            tuple(self._options(setting, text)),
            tuple(map(str, setting.quick)) if key != _EVERY else (),
            tuple(sources.line(one, words) for one in found) or (words.gettext(setting.source),),
            tuple(
                (self._origin(layer), self.value(setting, layer.values[key]), layer.place(key))
                for layer in layers
            ),
            self._undo(setting, layers),
            by if resolved.is_locked(key) else "",
            "" if fault is None else spoken(fault, words),
        )

    def _control(self, setting: Setting) -> str:
        if setting.key == "plan":
            return "plan"
        if setting.key == _EVERY:
            return "choice"
        return _CONTROLS.get(setting.type, "short")

    def _origin(self, layer: Layer) -> str:
        by = spoken(setter(self.resolved), self.words)
        plan = labels.plan_name(self.resolved.text("plan"), self.words)
        return self.words.gettext(_ORIGINS[layer.origin]).format(plan=plan, organisation=by)

    def _undo(self, setting: Setting, layers: Sequence[Layer]) -> str:
        """Return the value that would be in force without the person's own."""
        if self.resolved.is_locked(setting.key):
            return ""
        if all(layer.origin is not Origin.USER for layer in layers):
            return ""
        below = next(layer for layer in layers if layer.origin in _BELOW)
        return self.value(setting, below.values[setting.key])

    def _allowed(self, setting: Setting) -> str:
        if setting.low is None or setting.high is None or setting.key == _EVERY:
            return ""
        bounds = self.resolved.bounds.get(setting.key)
        low = setting.low if bounds is None or bounds.low is None else bounds.low
        high = setting.high if bounds is None or bounds.high is None else bounds.high
        or_zero = setting.or_zero and bounds is None
        sentence = N_("0, or {low} to {high}") if or_zero else N_("{low} to {high}")
        text = self.words.gettext(sentence).format(low=low, high=high)
        return f"{text} {self.words.gettext(setting.unit)}" if setting.unit else text

    def value(self, setting: Setting, value: object) -> str:
        """Return a sound value in words."""
        _ = self.words.gettext
        if isinstance(value, bool):
            return _("on") if value else _("off")
        if isinstance(value, tuple):
            named = [self._entry(setting, str(plain(one))) for one in value]
            return ", ".join(named) or _("nothing")
        if setting.key == _EVERY:
            assert isinstance(value, int)
            return labels.every(value, self.words)
        if setting.key == "language":
            return dict(self.languages).get(str(value), str(value)) or _("as the desktop")
        if setting.type is Type.CHOICE:
            return setting_names.choice_name(setting.key, str(value), self.words)
        unit = self.words.gettext(setting.unit) if setting.unit else ""
        return f"{value} {unit}".rstrip()

    def _entry(self, setting: Setting, entry: str) -> str:
        if setting.type is Type.PROMPTS:
            known = self.pack.texts.get(entry)
            return known.title if known else entry
        return setting_names.choice_name(setting.key, entry, self.words)

    def _options(self, setting: Setting, text: str) -> Iterator[Option]:
        key, words = setting.key, self.words
        if key == "plan":
            yield from self._plans(setting, text)
        elif key == "language":
            names = {"": words.gettext(N_("as the desktop")), **dict(self.languages)}
            for value, name in {**names, text: names.get(text, text)}.items():
                yield Option(value, name, value == text)
        elif key == _EVERY:
            days = [str(n * _DAY) for n in range(1, 8)]
            for value in days if text in days else [text, *days]:
                name = labels.every(int(value), words) if value.isdigit() else value
                yield Option(value, name, value == text)
        elif setting.type in (Type.CHOICES, Type.PROMPTS):
            chosen = [entry for entry in text.split(", ") if entry]
            for value in setting.choices or chosen:
                yield Option(value, self._entry(setting, value), value in chosen)

    def _plans(self, setting: Setting, text: str) -> Iterator[Option]:
        bounds = self.resolved.bounds.get("plan")
        by = spoken(setter(self.resolved), self.words)
        for value in setting.choices:
            yield Option(
                value,
                labels.plan_name(value, self.words),
                value == text,
                setting_names.plan_about(value, self.words),
                setting_names.plan_figures(value, self.words),
                "" if bounds is None or value in bounds.choices else by,
            )
