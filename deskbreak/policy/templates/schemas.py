"""JSON Schemas of a policy file and of a settings file, for editors and for checks before roll-out.

Source: JSON Schema 2020-12.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.organisation import LONGEST, ORGANISATION
from deskbreak.core.setting import Type
from deskbreak.core.settings_table import SETTINGS
from deskbreak.core.values import plain
from deskbreak.core.words import N_
from deskbreak.policy.templates.items import ends_of, highest, lockable
from deskbreak.policy.templates.speech import ABOUT

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from deskbreak.core.setting import Setting
    from deskbreak.policy.templates.speech import Speech

    Schema = dict[str, Any]

_DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_CLOCK: Final = "([01]?[0-9]|2[0-3]):[0-5][0-9]"
_DAY: Final = "(0[1-9]|[12][0-9]|3[01])"
_PATTERNS: Final = {
    Type.CLOCK: f"^{_CLOCK}$",
    Type.LANGUAGE: "^([A-Za-z]{2,3}([_-][A-Za-z0-9]{2,8}){0,3}(@[A-Za-z]{1,8})?)?$",
    Type.PROMPTS: "^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$",
    Type.RANGES: f"^{_CLOCK}-({_CLOCK}|24:00)$",
    Type.DATES: f"^[0-9]{{4}}-(0[1-9]|1[0-2])-{_DAY}$",
}


def settings_schema(speech: Speech) -> str:
    """Return the schema of a person's settings file."""
    forms = {one.key: _form(one, one.high) for one in SETTINGS.values()}
    return _written(
        speech.say(N_("Settings of deskbreak")), _settings(forms, speech), forms, speech
    )


def policy_schema(speech: Speech) -> str:
    """Return the schema of a policy file, mandatory or recommended."""
    forms = {one.key: _form(one, highest(one)) for one in lockable()}
    bounds = {one.key: _bounds(one) for one in lockable() if ends_of(one)}
    about = speech.say(N_("What people may choose between; in files of mandatory values alone."))
    properties = {
        **_nested({key: _organisation(key, speech) for key in ORGANISATION}, ABOUT, speech),
        **_settings(forms, speech),
        "bounds": {"description": about, **_object(_nested(bounds, {}, speech))},
    }
    return _written(speech.say(N_("A policy for deskbreak")), properties, forms, speech)


def _written(title: str, properties: Schema, forms: Schema, speech: Speech) -> str:
    values = {
        key: {
            "description": _about(SETTINGS[key], speech),
            **form,
            "default": plain(SETTINGS[key].default),
        }
        for key, form in forms.items()
    }
    schema = {"$schema": _DIALECT, "title": title, **_object(properties), "$defs": values}
    return f"{json.dumps(schema, indent=2, ensure_ascii=False)}\n"


def _about(setting: Setting, speech: Speech) -> str:
    unit = speech.say(N_("Unit: {unit}"), unit=speech.unit(setting)) if setting.unit else ""
    source = speech.say(N_("Source: {source}"), source=speech.say(setting.source))
    return "\n".join(part for part in (speech.help(setting.key), unit, source) if part)


def _settings(keys: Iterable[str], speech: Speech) -> Schema:
    return _nested({key: _reference(key) for key in keys}, ABOUT, speech)


def _reference(key: str) -> Schema:
    return {"$ref": f"#/$defs/{key}"}


def _nested(schemas: Schema, about: Mapping[str, str], speech: Speech) -> Schema:
    """Return properties for every key: in its table, and as it is, with dots."""
    made: Schema = {}
    flat: Schema = {}
    for key, schema in schemas.items():
        table, _, name = key.rpartition(".")
        if not table:
            made[key] = schema
            continue
        if table not in made:
            description = {"description": speech.say(about[table])} if table in about else {}
            made[table] = {**description, **_object({})}
        made[table]["properties"][name] = schema
        flat[key] = schema
    return made | flat


def _object(properties: Schema) -> Schema:
    return {"type": "object", "additionalProperties": False, "properties": properties}


def _organisation(key: str, speech: Speech) -> Schema:
    return {"description": speech.help(key), "type": "string", "maxLength": LONGEST[key]}


def _bounds(setting: Setting) -> Schema:
    value = _reference(setting.key)
    choices = {"type": "array", "minItems": 1, "items": value}
    ends = {end: choices if end == "choices" else value for end in ends_of(setting)}
    return {**_object(ends), "minProperties": 1}


def _form(setting: Setting, high: object) -> Schema:
    match setting.type:
        case Type.FLAG:
            return {"type": "boolean"}
        case Type.WHOLE | Type.NUMBER:
            kind = "integer" if setting.type is Type.WHOLE else "number"
            within = {"type": kind, "minimum": setting.low, "maximum": high}
            return {"anyOf": [{"const": 0}, within]} if setting.or_zero else within
        case Type.CHOICE | Type.LANGUAGE | Type.CLOCK:
            return _word(setting)
        case Type.CHOICES | Type.PROMPTS | Type.RANGES | Type.DATES:
            return {"type": "array", "maxItems": high, "items": _word(setting)}


def _word(setting: Setting) -> Schema:
    if setting.choices:
        return {"enum": list(setting.choices)}
    return {"type": "string", "pattern": _PATTERNS[setting.type]}
