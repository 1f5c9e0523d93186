"""As much of JSON Schema 2020-12 as our schemas use; what it does not know it refuses."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final

Rule = Callable[[dict[str, Any], dict[str, Any], Any, Any], object]
"""A rule: the whole schema, the one in hand, what the rule says, the value."""

_TYPES: Final = {"object": dict, "array": list, "string": str, "boolean": bool}
_SAID: Final = {"$schema", "$defs", "title", "description", "default"}


def accepts(schema: dict[str, Any], value: object, root: dict[str, Any] | None = None) -> bool:
    """Tell whether *value* is as *schema* wants it."""
    top = schema if root is None else root
    return all(
        _RULES[name](top, schema, rule, value) for name, rule in schema.items() if name not in _SAID
    )


def _type(kind: str, value: object) -> bool:
    if kind in {"integer", "number"}:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return kind == "number" or value == int(value)
    return isinstance(value, _TYPES[kind])


def _is_number(value: object) -> bool:
    return _type("number", value)


def _reference(top: dict[str, Any], rule: str, value: object) -> bool:
    return accepts(top["$defs"][rule.removeprefix("#/$defs/")], value, top)


def _properties(top: dict[str, Any], rule: dict[str, Any], value: object) -> bool:
    given = value.items() if isinstance(value, dict) else ()
    return all(accepts(rule[name], one, top) for name, one in given if name in rule)


_RULES: Final[dict[str, Rule]] = {
    "$ref": lambda top, _, rule, value: _reference(top, rule, value),
    "type": lambda _, __, rule, value: _type(rule, value),
    "const": lambda _, __, rule, value: value == rule and not isinstance(value, bool),
    "enum": lambda _, __, rule, value: value in rule,
    "anyOf": lambda top, _, rule, value: any(accepts(one, value, top) for one in rule),
    "minimum": lambda _, __, rule, value: not _is_number(value) or value >= rule,
    "maximum": lambda _, __, rule, value: not _is_number(value) or value <= rule,
    "maxLength": lambda _, __, rule, value: not isinstance(value, str) or len(value) <= rule,
    "pattern": lambda _, __, rule, value: not isinstance(value, str) or re.search(rule, value),
    "minItems": lambda _, __, rule, value: not isinstance(value, list) or len(value) >= rule,
    "maxItems": lambda _, __, rule, value: not isinstance(value, list) or len(value) <= rule,
    "items": lambda top, _, rule, value: (
        not isinstance(value, list) or all(accepts(rule, one, top) for one in value)
    ),
    "minProperties": lambda _, __, rule, value: not isinstance(value, dict) or len(value) >= rule,
    "properties": lambda top, _, rule, value: _properties(top, rule, value),
    "additionalProperties": lambda _, schema, __, value: (
        not isinstance(value, dict) or value.keys() <= schema["properties"].keys()
    ),
}
