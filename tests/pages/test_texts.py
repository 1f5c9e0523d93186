"""Pages of a person in whose files somebody has written: a page shows text, and nothing else."""

from __future__ import annotations

import re
import unicodedata
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.plain import plain
from deskbreak.pages.routes import PAGES, ROUTES
from tests.hostile import VALUES
from tests.planted import made_history, plant

if TYPE_CHECKING:
    from pathlib import Path

    from tests.board import Board
    from tests.pages.looking import Served

MARKUP: Final = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '"><svg onload=alert(1)>',
    "' onfocus=alert(1) autofocus='",
    "{{ 7 * 7 }}{% raw %}",
    "javascript:alert(1)",
    "</title></style></textarea><b>",
    "<!--",
)


class Elements(HTMLParser):
    """What a browser would make of a page, as far as it matters here."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        names = [name for name, _ in attrs if name.startswith("on")]
        links = [value or "" for name, value in attrs if name in ("href", "src", "action")]
        self.found += [f"{tag} {name}" for name in names]
        self.found += [value for value in links if value.strip().lower().startswith("javascript:")]
        self.found += [tag] * (tag == "img" and ("src", "x") in attrs)
        self.found += ["script"] * (tag == "script" and not any(name == "src" for name, _ in attrs))


@pytest.mark.row("R32", "text")
@pytest.mark.row("S12", "page headers")
def test_given_hostile_texts_everywhere_when_a_page_shows_them_then_they_are_text(
    served: Served, home: Path, tmp_path: Path, board: Board
) -> None:
    """No control characters, no elements, no handlers; and every page is there."""
    plant(home, made_history(tmp_path / "history.db"), [*MARKUP, *map(plain, VALUES[:20]), *VALUES])
    paths = {*PAGES.values(), *(route.path for route in ROUTES if "{" not in route.path)}
    wrong, shown = {}, 0
    for path in sorted(paths):
        for query in ("", "?week=2026-W10", "?q=%1b%5b2J%e2%80%ae%3Cscript%3E"):
            answer = served.get(f"{path}{query}")
            if answer.status >= 500:
                wrong[path + query] = [str(answer.status)]
            elements = Elements()
            elements.feed(answer.body)
            letters = {c for c in answer.body if unicodedata.category(c) == "Cc"} - set("\n\t")
            wrong[path + query] = elements.found + sorted(map(repr, letters))
            shown += len(re.findall("&lt;|&#39;|&#34;", answer.body))
    board.note(
        load=len(wrong),
        faults=len(MARKUP) + len(VALUES),
        figure=f"pages: {len(wrong)} looks, {shown} hostile texts shown as text",
    )

    assert {} == {path: found for path, found in wrong.items() if found}
    assert shown > 0
