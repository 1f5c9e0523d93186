"""The threat model in SECURITY.md: each line is held by tests, and these are there."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import Final

import pytest

REPOSITORY: Final = Path(__file__).parents[1]
TEXT: Final = (REPOSITORY / "SECURITY.md").read_text(encoding="utf-8")
NAMED: Final = re.compile(r"`(tests/[\w/]+\.py)::(test_\w+)`")
ROWS: Final = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in TEXT.partition("## Threat model")[2].splitlines()
    if line.startswith("|") and not line.startswith(("|---", "| who "))
]


def functions(path: Path) -> set[str]:
    """Name what is defined in a file of Python."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def test_given_the_threats_then_each_has_a_defence_and_tests_that_are_there() -> None:
    """A test that is renamed is renamed there, too."""
    missing = [
        f"{path}::{name}"
        for path, name in NAMED.findall(TEXT)
        if not (REPOSITORY / path).exists() or name not in functions(REPOSITORY / path)
    ]

    assert [] == [row for row in ROWS if len(row) != 4 or not all(row[1:3])]
    assert [] == [row[1] for row in ROWS if not NAMED.search(row[3])]
    assert [] == [row[1] for row in ROWS if NAMED.sub("", row[3]).strip()]
    assert [] == missing
    assert 20 <= len(ROWS)


@pytest.mark.parametrize(
    "actor",
    [
        *("another account", "any program", "a web page", "a pack of prompts", "an employer"),
        *("a person", "an accident", "a service of the desktop", "a supplier"),
    ],
)
def test_given_whoever_could_do_harm_then_the_threats_name_them(actor: str) -> None:
    """Nobody is forgotten when lines are moved."""
    assert actor in [row[0] for row in ROWS]
