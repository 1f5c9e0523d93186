"""XML as lines of text: elements with attributes, text or other elements inside."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

DECLARATION: Final = '<?xml version="1.0" encoding="utf-8"?>'
_INDENT: Final = "  "


def text(name: str, inside: str, attributes: Mapping[str, object] | None = None) -> list[str]:
    """Return an element with text inside; line breaks in it stay."""
    return [f"<{name}{_written(attributes)}>{escape(inside, quote=False)}</{name}>"]


def empty(name: str, attributes: Mapping[str, object] | None = None) -> list[str]:
    """Return an element with nothing inside."""
    return [f"<{name}{_written(attributes)}/>"]


def element(
    name: str, attributes: Mapping[str, object] | None, *inside: Iterable[str]
) -> list[str]:
    """Return an element with others *inside*, each in its lines."""
    lines = [f"{_INDENT}{line}" for one in inside for line in one]
    return [f"<{name}{_written(attributes)}>", *lines, f"</{name}>"]


def _written(attributes: Mapping[str, object] | None) -> str:
    return "".join(f' {name}="{escape(str(value))}"' for name, value in (attributes or {}).items())
