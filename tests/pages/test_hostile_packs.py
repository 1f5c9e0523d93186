"""What hostile packs say is text on every page, and never a part of it."""

from __future__ import annotations

import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Final

import pytest

if sys.platform == "win32":
    pytest.skip("the hostile packs are made on POSIX", allow_module_level=True)

from deskbreak.storage import files, packs
from tests.storage.packing import FIELDS as USUAL
from tests.storage.packing import TEXTS, head, prompt, put

if TYPE_CHECKING:
    from deskbreak.core.pack import Pack
    from tests.pages.looking import Served

HARMLESS: Final = "Reach up"
"""What stands in the place of each hostile text, on a page that is otherwise the same."""


class _Shape(HTMLParser):
    """What a page is made of, without its words; and its words without it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, ...]] = []
        self.words = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.parts.append((tag, *(name for name, _ in attrs)))

    def handle_endtag(self, tag: str) -> None:
        self.parts.append(("end", tag))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("comment", data))

    def handle_data(self, data: str) -> None:
        self.words += data


def read_after(*texts: str) -> Pack:
    """Let the person have a pack with *texts*, each everywhere in a prompt; return what is read."""
    prompts = [
        prompt(
            **{
                "id": f"X-{number}",
                **USUAL,
                **dict.fromkeys(("title", "body", "caution"), text),
                "source": [text],
                "steps": [{"kind": "move", "seconds": 30, "text": text}],
            }
        )
        for number, text in enumerate(texts)
    ]
    folder = files.places().packs
    folder.parent.mkdir(parents=True, exist_ok=True)
    put(folder, hostile=head() + "".join(prompts))
    return packs.read(folder, "en")


@pytest.mark.row("S07")
def test_given_hostile_texts_when_pages_show_them_then_they_are_the_pages_of_harmless_ones(
    served: Served,
) -> None:
    """Element by element and attribute by attribute; the texts stand there letter for letter."""
    hostile = [text.title for name, text in read_after(*TEXTS).texts.items() if name[0] == "X"]
    markup = [text for text in hostile if not {*text}.isdisjoint("<>&\"'{")]
    lists = ("/guide", "/settings")
    names = read_after(*[HARMLESS] * len(markup)).whose
    plain = {path: _Shape(served.get(path).body).parts for path in lists}
    steps, why = (_Shape(served.get(f"/{page}?prompt=X-0").body) for page in ("guide", "why"))
    read_after(*markup)

    assert 20 < len(markup) == len(names)
    for path in lists:
        page = _Shape(served.get(path).body)
        assert plain[path] == page.parts
        assert path != "/guide" or all(text.strip() in page.words for text in markup)
    for name, text in zip(names, markup, strict=True):
        pages = [_Shape(served.get(f"/{page}?prompt={name}").body) for page in ("guide", "why")]
        assert [steps.parts, why.parts] == [page.parts for page in pages], text
        assert text.strip() in pages[0].words
        assert text.strip() in pages[1].words
