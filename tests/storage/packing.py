"""Packs as somebody writes them, and folders that count as an organisation's."""

from __future__ import annotations

import json
import os
import sys
from typing import TYPE_CHECKING, Final

from deskbreak.core.pack import Whose
from deskbreak.storage import packs

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

FIELDS: Final = {
    "kind": "position",
    "title": "Up to the second floor",
    "body": "Take the stairs and come back.",
    "caution": "",
    "areas": ["whole"],
    "positions": ["away"],
    "needs": [],
    "discreet": True,
    "wheelchair": False,
    "avoid_if": [],
    "source": ["Example Ltd, occupational health"],
    "steps": [{"kind": "move", "seconds": 30, "text": "To the stairs and up."}],
}
"""All that a prompt needs beside its id."""
TEXTS: Final = (
    # markup
    *("<b>bold</b>", "<script>alert(1)</script>", "<img src=x onerror=alert(1)>", "&lt;b&gt;"),
    *('"><svg onload=alert(1)>', "</title><h1>x</h1>", "<a href='javascript:alert(1)'>x</a>"),
    *(
        "<!-- --><!DOCTYPE x>",
        "</script><script>x",
        "]]><x/>",
        "&#60;b&#62; &amp;nbsp;",
        "' onx='y",
    ),
    # options, commands, and other languages
    *("-", "--help", "-h 3000", "--hint=string:x:y", "$(touch x)", "`id`", "; rm -rf ~", "| cat"),
    *("{{ 7*7 }}", "{% include '/etc/passwd' %}", "{title}", "{0.__class__}", "%s%n", "%(x)s"),
    *("@as []", "<'x'>", "', 'x': <true>, '", "=cmd|'/c calc'!A1", "javascript:alert(1)"),
    # what steers a terminal, or turns the writing
    *("\x1b[31mred", "\x1b]0;title\x07", "\x9b31m", "\x07", "\x08\x08", "\r\nDone", "a\nb", "\0"),
    *(
        "\u202ereversed",
        "\u2066isolated",
        "\u2069",
        "\u2028",
        "\u0085",
        "\u200f",
        "\u200b",
        "\ufeff",
    ),
    # paths, devices, and addresses
    *("../../../etc/passwd", "/etc/shadow", r"..\..\x", r"\\server\share", "CON", "NUL.toml", "~"),
    *("file:///etc/passwd", "https://example.org/", "//example.org", "C:\\x", "%2e%2e%2f"),
    # letters
    *("a\u0300" * 20, "\U0001f9d8" * 20, "漢" * 40, "\U000e0041", "ﷺ" * 40, "'" * 40, '"' * 40),
)
"""What no page, no notification and no terminal may take for more than words."""


def pack(*ids: str, language: str = "en", **fields: object) -> str:
    """Return a pack with a prompt for each of *ids*, each with other *fields* than usual."""
    prompts = [{"id": name, **FIELDS, **fields} for name in ids]
    return head(language) + "".join(prompt(**one) for one in prompts)


def translation(name: str, language: str, **fields: object) -> str:
    """Return what translates some *fields* of the prompt *name*."""
    return head(language) + prompt(id=name, **fields)


def head(language: str = "en") -> str:
    """Return how a pack begins."""
    return f"schema_version = 1\nlanguage = {written(language)}\n"


def prompt(**fields: object) -> str:
    """Return a prompt as TOML."""
    return "\n[[prompt]]\n" + "".join(f"{key} = {written(one)}\n" for key, one in fields.items())


def written(value: object) -> str:
    """Return *value* as TOML has it."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {written(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(written, value)) + "]"
    return json.dumps(value, ensure_ascii=False).replace("\x7f", r"\u007f")


def put(folder: Path, **texts: str) -> Path:
    """Write packs; two underscores in a name are a dot. As an administrator, whatever the umask."""
    folder.mkdir(mode=0o755, exist_ok=True)
    folder.chmod(0o755)
    for name, text in texts.items():
        path = folder / f"{name.replace('__', '.')}.toml"
        path.write_text(text, encoding="utf-8", newline="\n")
        path.chmod(0o644)
    return folder


def trust(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let folders of the account that runs the tests count as those of administrators."""
    if sys.platform == "win32":
        nobody_looks = {Whose.ORGANISATION: None, Whose.OWN: None}
        monkeypatch.setattr(packs, "_SEES", nobody_looks)
    else:
        owners = frozenset({0, os.getuid()})
        monkeypatch.setattr("deskbreak.policy.packs._OWNERS", owners)
