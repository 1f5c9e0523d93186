"""Five hundred hostile packs are harmless: for the disk, for time and memory, and wherever texts go."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from html.parser import HTMLParser
from typing import TYPE_CHECKING, Any, Final

import pytest

if sys.platform != "linux":
    pytest.skip("links, pipes and devices, and memory as Linux counts it", allow_module_level=True)

from deskbreak.agent import plyer_channel
from deskbreak.commands.output import complain, facts, say
from deskbreak.core.model import PromptView
from deskbreak.core.pack import Whose
from deskbreak.core.plain import one_line
from deskbreak.platforms.linux.notify_service import Service, arguments
from deskbreak.storage import packs
from tests.architecture import REPOSITORY
from tests.storage import hostile, packing
from tests.storage.packing import put

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.board import Board

MOST_S: Final = 2.0
MOST_KB: Final = 64 * 1024
# Line breaks are ours; tabs are turned into spaces.
_STEERS: Final = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


def tree(folder: Path) -> list[tuple[str, int, int, int]]:
    """Return everything in *folder*, as it would be another list if something had been written."""
    found = ((path, path.lstat()) for path in sorted(folder.rglob("*")))
    return [(str(path), at.st_mode, at.st_size, at.st_mtime_ns) for path, at in found]


@pytest.fixture(scope="module")
def read(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Put all of them on the disk, and let a process of its own read them; return what it tells."""
    root = tmp_path_factory.mktemp("hostile") / "packs"
    root.mkdir(mode=0o755)
    (root.parent / "outside.toml").write_text("outside = 1", encoding="utf-8")
    for number, case in enumerate(hostile.cases()):
        folder = root / f"{number:03}"
        folder.mkdir(mode=0o755)
        case.put(folder)
    before = tree(root.parent)
    ran = subprocess.run(
        [sys.executable, "-m", "tests.storage.hostile", str(root)],
        capture_output=True,
        check=False,
        cwd=REPOSITORY,
        text=True,
        timeout=300,
    )
    assert (0, "") == (ran.returncode, ran.stderr)
    told: dict[str, Any] = json.loads(ran.stdout)
    return told | {"is_as_before": before == tree(root.parent)}


def texts(read: dict[str, Any]) -> Iterator[str]:
    """Yield every text that came through."""
    for row in read["rows"]:
        for one in row["texts"]:
            yield from one


@pytest.mark.row("S07")
def test_given_hostile_packs_then_there_are_five_hundred_and_no_two_are_called_the_same() -> None:
    """As many as were promised."""
    assert hostile.COUNT == len({case.name for case in hostile.cases()}) == len(hostile.cases())


@pytest.mark.row("S07")
def test_given_hostile_packs_when_they_are_read_then_nothing_is_written_opened_outside_or_run(
    read: dict[str, Any],
) -> None:
    """As Python's own hooks for audits hear it, and as the disk looks afterwards."""
    assert [] == read["heard"]
    assert read["is_as_before"]


@pytest.mark.row("S07")
def test_given_hostile_packs_when_they_are_read_then_neither_time_nor_memory_runs_out(
    read: dict[str, Any], board: Board
) -> None:
    """Each twice, as an organisation's and as a person's own; memory is that of all together."""
    names = [case.name for case in hostile.cases()]
    slow = {
        name: row["seconds"]
        for name, row in zip(names, read["rows"], strict=True)
        if row["seconds"] > MOST_S
    }

    board.note(
        load=hostile.COUNT,
        faults=hostile.COUNT,
        figure=f"{hostile.COUNT} hostile packs, each twice: nothing written, opened or run; at most "
        f"{max(row['seconds'] for row in read['rows']):.2f} s and {read['kilobytes'] / 1000:.0f} MB",
    )

    assert {} == slow
    assert read["kilobytes"] <= MOST_KB


@pytest.mark.row("S07")
def test_given_hostile_packs_then_what_comes_through_is_plain_text_of_one_line(
    read: dict[str, Any],
) -> None:
    """Among it markup, options and paths, which are nothing but letters to us."""
    found = list(texts(read))

    assert len(found) > 1000
    assert {"<b>bold</b>", "--help", "{0.__class__}", "../../../etc/passwd"} <= {*found}
    assert [] == [text for text in found if _STEERS.search(text)]
    for row in read["rows"]:
        for name, *_ in row["texts"]:
            assert re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", name)


@pytest.mark.row("S07")
def test_given_hostile_packs_when_they_are_told_of_then_nothing_steers_the_terminal(
    read: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    """Texts and what is wrong with files, said, complained of, and as facts."""
    problems = [problem for row in read["rows"] for problem in row["problems"]]
    for text in (*texts(read), *problems):
        say(text)
        complain(text)
        facts(text)
    out, err = capsys.readouterr()

    assert len(problems) > 200
    assert [] == _STEERS.findall(out) == _STEERS.findall(err)


class _Reader(HTMLParser):
    """Reads as a service does that shows markup."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: list[str] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self.tags.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_endtag(self, tag: str) -> None:
        self.tags.append(tag)

    def handle_comment(self, data: str) -> None:
        self.tags.append(data)

    def handle_decl(self, decl: str) -> None:
        self.tags.append(decl)

    def handle_pi(self, data: str) -> None:
        self.tags.append(data)

    def unknown_decl(self, data: str) -> None:
        self.tags.append(data)


@pytest.mark.row("S07")
@pytest.mark.parametrize("markup", [True, False])
def test_given_hostile_packs_when_they_are_shown_then_a_notification_has_their_letters_alone(
    read: dict[str, Any], *, markup: bool
) -> None:
    """Escaped where the service reads markup, as it is where it does not."""
    service = Service(":1.1", "id", markup=markup, buttons=True)
    for row in read["rows"]:
        for _, title, body, *_ in row["texts"]:
            view = PromptView(1, 1, "position", title, body, (), sound=False)
            found = arguments(view, service, replaces_id=0, icon="/i.png", guide_label="Show")
            shown = _Reader(str(found[4]))

            assert one_line(title) == found[3]
            if markup:
                assert (one_line(body), []) == (shown.text, shown.tags)
            else:
                assert one_line(body) == found[4]


@pytest.mark.row("S07")
def test_given_hostile_packs_when_a_program_shows_them_then_none_is_an_option_of_it(
    read: dict[str, Any],
) -> None:
    """The last way out runs notify-send, which has options; a dash is a longer one there."""
    shown = [plyer_channel._no_option(one_line(text)) for text in texts(read)]

    assert [] == [text for text in shown if text.startswith("-")]
    assert any(text.startswith("–") for text in shown)  # noqa: RUF001 - an en dash


@pytest.mark.row("S07")
def test_given_a_title_that_begins_with_a_dash_then_it_stays_a_title(tmp_path: Path) -> None:
    """It is no option of anything here."""
    put(tmp_path / "own", a=hostile.with_text("title", "-h: hold on"))

    assert "-h: hold on" == packs.read(tmp_path / "own", "en").texts["X-1"].title


@pytest.mark.row("S07")
def test_given_hostile_packs_then_ours_are_as_they_were(tmp_path: Path) -> None:
    """Whatever lies beside them."""
    ours = packs.read(tmp_path / "none", "de")
    for number, text in enumerate(packing.TEXTS[:40]):
        put(tmp_path / "own", **{f"p{number}": hostile.with_text("title", text, f"X-{number}")})
    both = packs.read(tmp_path / "own", "de")

    assert ours.texts.items() <= both.texts.items()
    assert (ours.index, ours.safety) == (both.index[: len(ours.index)], both.safety)
    assert {Whose.OWN} == {*both.whose.values()}
