"""The list of all prompts, as it is served, and the person who looks at it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deskbreak.storage import files
from deskbreak.storage.layers import Settings

if TYPE_CHECKING:
    from tests.pages.looking import Answer


def settings() -> Settings:
    """Return the settings of the person of this test."""
    return Settings(files.places().settings)


def cards(answer: Answer) -> dict[str, str]:
    """Return each prompt of the list that is seen, as text with its tags, by its id."""
    parts = re.split(r"(?=<li(?: hidden)?>\n(?:<img|<div data-in>))", answer.body)[1:]
    named = {re.findall(r'<h3 id="p-([^"]+)"', one)[0]: one for one in parts}
    assert len(parts) == len(named)
    return {name: one for name, one in named.items() if not one.startswith("<li hidden")}


def seen(answer: Answer) -> list[str]:
    """Return the ids of the prompts that are seen."""
    return list(cards(answer))
