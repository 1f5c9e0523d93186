"""What the documents show of deskbreak is what it does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import timeline
from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desktop.desk import Here

DOCS: Final = REPOSITORY / "docs"
FILES: Final = sorted((DOCS / "timelines").glob("*.timeline"))


def peers() -> str:
    """Return the document that sets our rules beside those of others."""
    return (DOCS / "peers.md").read_text(encoding="utf-8")


def shown() -> dict[str, str]:
    """Return, for each timeline that the document plays, the lines that it shows."""
    block = r"^```console\n\$ deskbreak simulate docs/timelines/(\S+)\n(.*?)^```$"
    return dict(re.findall(block, peers(), re.MULTILINE | re.DOTALL))


def happenings(printed: str) -> str:
    """Leave out of what `simulate` prints the tables at the end of a day."""
    lines = printed.splitlines(keepends=True)
    return "".join(line for line in lines if re.match(r"\d\d:\d\d:\d\d  ", line))


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in FILES])
def test_given_a_timeline_of_the_documents_then_they_show_what_it_prints(
    here: Here, path: Path
) -> None:
    """All that happens, or all that is printed; never a part that somebody chose."""
    ran = here("simulate", str(path))

    assert (0, "") == (ran.status, ran.err)
    assert shown()[path.name] in (happenings(ran.out), ran.out)


def test_given_the_timelines_then_the_document_links_and_plays_each_once() -> None:
    """No file without its place in the document, and no place without its file."""
    names = [path.name for path in FILES]

    assert names == sorted(re.findall(r"\]\(timelines/([^)]+)\)", peers()))
    assert names == sorted(shown())


@pytest.mark.parametrize("path", [pytest.param(path, id=path.stem) for path in FILES])
def test_given_a_timeline_of_the_documents_then_its_first_line_says_what_it_shows(
    path: Path,
) -> None:
    """A file that is opened alone explains itself."""
    assert path.read_text(encoding="utf-8").startswith("# ")


def test_given_the_table_of_differences_then_each_row_has_all_its_cells() -> None:
    """A bar that is missing would move what is said of one program to another."""
    rows = [line for line in peers().splitlines() if line.startswith("|")]

    assert len(FILES) + 2 == len(rows)
    assert {9} == {row.count("|") for row in rows}


def test_given_the_sources_then_each_is_named_and_each_name_leads_somewhere() -> None:
    """A name in brackets is a link only where the end of the document says to what."""
    named = re.findall(r"\[([^]]+)\](?![(:\[])", peers())
    defined = re.findall(r"^\[([^]]+)\]: https://\S+$", peers(), re.MULTILINE)

    assert sorted(set(named)) == sorted(defined)


def test_given_the_example_of_the_language_then_it_is_read() -> None:
    """Who copies the example of docs/timeline.md can play it."""
    text = (DOCS / "timeline.md").read_text(encoding="utf-8")
    example = re.search(r"^```\n(timeline 1\b.*?)^```$", text, re.MULTILINE | re.DOTALL)

    assert example is not None
    assert timeline.parse(example[1].encode()).lines
