"""Group policy: what can be set (ADMX), and the words for it in one language (ADML).

Source: "Group Policy ADMX Syntax Reference Guide", Microsoft. Intune takes neither a reference to
Windows.admx nor a comboBox, wants every policy explained, and files of at most 1 MB.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.managed import Level
from deskbreak.core.setting import Type
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.words import N_
from deskbreak.policy.names import registry_name
from deskbreak.policy.templates.explained import explained, headline, level_about, level_title
from deskbreak.policy.templates.items import Form, items
from deskbreak.policy.templates.markup import DECLARATION, element, empty, text
from deskbreak.policy.templates.speech import ABOUT, TITLES
from deskbreak.policy.windows import BOUNDS, KEY, RECOMMENDED

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.policy.templates.items import Item, Part
    from deskbreak.policy.templates.speech import Speech

_SCHEMA: Final = {
    "xmlns": "http://schemas.microsoft.com/GroupPolicy/2006/07/PolicyDefinitions",
    "revision": "1.0",
    "schemaVersion": "1.0",
}
_TOP: Final = "deskbreak"
_SUPPORTED: Final = "SUPPORTED_deskbreak"
_KEYS: Final = {
    Level.MANDATORY: KEY,
    Level.RECOMMENDED: rf"{KEY}\{RECOMMENDED}",
    Level.BOUNDS: rf"{KEY}\{BOUNDS}",
}


def admx() -> str:
    """Return deskbreak.admx."""
    definition = empty("definition", {"name": _SUPPORTED, "displayName": _string(_SUPPORTED)})
    lines = element(
        "policyDefinitions",
        _SCHEMA,
        element(
            "policyNamespaces",
            None,
            empty("target", {"prefix": _TOP, "namespace": "Deskbreak.Policies.Deskbreak"}),
        ),
        empty("resources", {"minRequiredRevision": "1.0"}),
        element("supportedOn", None, element("definitions", None, definition)),
        element("categories", None, *(_category(*one) for one in _categories())),
        element("policies", None, *map(_policy, items())),
    )
    return "\n".join([DECLARATION, *lines, ""])


def adml(speech: Speech) -> str:
    """Return deskbreak.adml in one language."""
    strings = (text("string", said, {"id": name}) for name, said in _strings(speech))
    presentations = (_presentation(one, speech) for one in items() if one.parts)
    lines = element(
        "policyDefinitionResources",
        _SCHEMA,
        text("displayName", "deskbreak"),
        text("description", speech.say(N_("What an organisation can set of deskbreak."))),
        element(
            "resources",
            None,
            element("stringTable", None, *strings),
            element("presentationTable", None, *presentations),
        ),
    )
    return "\n".join([DECLARATION, *lines, ""])


# ── categories ─────────────────────────────────────────────────────────────────────────────


def _within(level: Level) -> str:
    """Return the category of a level; mandatory values are at the top."""
    return _TOP if level is Level.MANDATORY else f"{_TOP}_{level.value}"


def _category_of(item: Item) -> str:
    return f"{_within(item.level)}_{item.table or 'general'}"


def _categories() -> Iterator[tuple[str, str]]:
    """Yield the name of each category, and of the one that it stands in."""
    yield _TOP, ""
    for level in (Level.RECOMMENDED, Level.BOUNDS):
        yield _within(level), _TOP
    yield from dict.fromkeys((_category_of(one), _within(one.level)) for one in items())


def _category(name: str, within: str) -> list[str]:
    attributes = {"name": name, "displayName": _string(name), "explainText": _string(name, "about")}
    if not within:
        return empty("category", attributes)
    return element("category", attributes, empty("parentCategory", {"ref": within}))


# ── policies ───────────────────────────────────────────────────────────────────────────────


def _policy(item: Item) -> list[str]:
    attributes = {
        "name": item.id,
        "class": "Both",
        "displayName": _string(item.id),
        "explainText": _string(item.id, "about"),
        **({"presentation": f"$(presentation.{item.id})"} if item.parts else {}),
        "key": _KEYS[item.level],
        **({} if item.parts else {"valueName": registry_name(item.key)}),
    }
    what = (
        [element("elements", None, *(_element(item, part) for part in item.parts))]
        if item.parts
        else [
            element("enabledValue", None, empty("decimal", {"value": 1})),
            element("disabledValue", None, empty("decimal", {"value": 0})),
        ]
    )
    return element(
        "policy",
        attributes,
        empty("parentCategory", {"ref": _category_of(item)}),
        empty("supportedOn", {"ref": _SUPPORTED}),
        *what,
    )


def _element(item: Item, part: Part) -> list[str]:
    named = {"id": part.name, "valueName": part.name}
    match part.form:
        case Form.DECIMAL:
            limits = {"minValue": part.low, "maxValue": part.high}
            return empty("decimal", {**named, "required": "true", **limits})
        case Form.TEXT:
            return empty("text", {**named, "required": "true", "maxLength": part.high})
        case Form.LIST:
            key = rf"{_KEYS[item.level]}\{part.name}"
            return empty("list", {"id": part.name, "key": key, "valuePrefix": ""})
        case Form.ENUM:
            choices = (
                element(
                    "item",
                    {"displayName": _string(part.name, choice)},
                    element("value", None, text("string", choice)),
                )
                for choice in part.choices
            )
            return element("enum", {**named, "required": "true"}, *choices)


# ── words ──────────────────────────────────────────────────────────────────────────────────


def _strings(speech: Speech) -> Iterator[tuple[str, str]]:
    yield _SUPPORTED, speech.say(N_("deskbreak, on any Windows that it runs on"))
    yield _TOP, "deskbreak"
    yield f"{_TOP}_about", level_about(Level.MANDATORY, speech)
    for level in (Level.RECOMMENDED, Level.BOUNDS):
        yield _within(level), level_title(level, speech)
        yield f"{_within(level)}_about", level_about(level, speech)
    for name, table in dict.fromkeys((_category_of(one), one.table) for one in items()):
        yield name, speech.say(TITLES[table])
        yield f"{name}_about", speech.say(ABOUT[table])
    for item in items():
        yield item.id, headline(item, speech)
        yield f"{item.id}_about", explained(item, speech)
    for name, choice in dict.fromkeys(
        (part.name, choice) for item in items() for part in item.parts for choice in part.choices
    ):
        yield f"{name}_{choice}", choice


def _presentation(item: Item, speech: Speech) -> list[str]:
    parts = (_asked(item, part, speech) for part in item.parts)
    return element("presentation", {"id": item.id}, *parts)


def _asked(item: Item, part: Part, speech: Speech) -> list[str]:
    refers, label = {"refId": part.name}, f"{_label(item, part, speech)}:"
    match part.form:
        case Form.DECIMAL:
            return text("decimalTextBox", label, {**refers, "defaultValue": part.default})
        case Form.TEXT:
            default = [text("defaultValue", part.default)] if part.default else []
            return element("textBox", refers, text("label", label), *default)
        case Form.LIST:
            return text("listBox", label, refers)
        case Form.ENUM:
            first = part.choices.index(part.default)
            return text("dropdownList", label, {**refers, "noSort": "true", "defaultItem": first})


def _label(item: Item, part: Part, speech: Speech) -> str:
    setting = SETTINGS.get(item.key)
    example = "2026-12-24" if setting and setting.type is Type.DATES else "09:00-12:30"
    label = speech.say(part.label, example=example)
    unit = speech.unit(setting) if setting else ""
    return f"{label} ({unit})" if unit else label


def _string(*parts: str) -> str:
    return f"$(string.{'_'.join(parts)})"
