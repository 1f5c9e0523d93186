"""Prompts from three places: ours, an organisation's, a person's own; which count, and in which order."""

from __future__ import annotations

import os
import sys
from itertools import pairwise
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.pack import Whose
from deskbreak.policy import packs as policy_packs
from deskbreak.storage import packs
from tests.storage.packing import head, pack, prompt, put, translation, trust

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.pack import Pack

pytestmark = pytest.mark.usefixtures("_trusted")
posix = pytest.mark.skipif(sys.platform == "win32", reason="links, modes and pipes of POSIX")
OURS: Final = "P-ST-01"


@pytest.fixture
def _trusted(monkeypatch: pytest.MonkeyPatch) -> None:
    trust(monkeypatch)


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The folder of a person's own packs, which is not there yet."""
    return tmp_path / "own"


@pytest.fixture
def theirs(tmp_path: Path) -> Path:
    """The folder of an organisation's packs, empty."""
    return put(tmp_path / "theirs")


def problems(read: Pack) -> list[str]:
    """Return what is wrong, in English."""
    return [str(problem) for problem in read.problems]


# ── which, and in which order ──────────────────────────────────────────────────────────────


def test_given_no_folders_then_there_is_what_comes_with_deskbreak(tmp_path: Path) -> None:
    """Most computers have no other packs."""
    read = packs.read(tmp_path / "none", "en", tmp_path / "neither")

    assert ({}, []) == (read.whose, problems(read))
    assert OURS in read.texts
    assert packs.look(tmp_path / "none") == packs.look(tmp_path / "none")


def test_given_packs_everywhere_then_ours_come_first_then_theirs_then_the_persons_own(
    own: Path, theirs: Path, tmp_path: Path
) -> None:
    """Of two prompts with one id the earlier counts; nobody puts a text in the place of ours."""
    put(theirs, b=pack(OURS, "B-1", title="Theirs"), a=pack("A-1"))
    other = put(tmp_path / "other", a=pack("A-1", "C-1", title="Named by a policy"))
    put(own, mine=pack(OURS, "A-1", "M-1", title="Mine"))
    read = packs.read(own, "en", theirs, other)

    organisation = dict.fromkeys(("A-1", "B-1", "C-1"), Whose.ORGANISATION)
    assert organisation | {"M-1": Whose.OWN} == read.whose
    assert ["A-1", "B-1", "C-1", "M-1"] == [one.id for one in read.index][-4:]
    assert "Theirs" == read.texts["B-1"].title != read.texts[OURS].title
    assert [
        f"{theirs / 'b.toml'}: {OURS}: another prompt has this id",
        f"{other / 'a.toml'}: A-1: another prompt has this id",
        f"mine.toml: {OURS}: another prompt has this id",
        "mine.toml: A-1: another prompt has this id",
    ] == problems(read)


def test_given_bad_files_then_each_is_named_and_takes_no_other_with_it(own: Path) -> None:
    """In order of name; a byte order mark is no fault, and what is no pack is not looked at."""
    put(own, b=pack("B-1"), a="\ufeff" + pack("A-1"))
    (own / "c.toml").write_bytes(b"# \xe4")
    (own / "d.toml").write_text("a = [", encoding="utf-8")
    (own / "e.txt").write_text("no pack", encoding="utf-8")
    (own / ".f.toml").write_text("being written", encoding="utf-8")
    read = packs.read(own, "en")

    assert ["A-1", "B-1"] == list(read.whose)
    reads = "Invalid value (at end of document)"
    assert [
        f"d.toml: cannot be read: {reads}",
        f"{own / 'c.toml'}:1: is not UTF-8, perhaps Latin-1; save it as UTF-8",
    ] == problems(read)


def test_given_words_on_safety_in_another_pack_then_ours_stay(theirs: Path, own: Path) -> None:
    """What is said about health is not for a pack from elsewhere to change."""
    safety = '\n[safety]\nline = "It heals."\n[sources]\n"E-08" = "It heals"\n'
    put(theirs, a=pack("A-1") + safety)

    assert packs.read(own, "en").safety == packs.read(own, "en", theirs).safety


# ── translations and poses ─────────────────────────────────────────────────────────────────


def test_given_a_translation_beside_a_pack_then_its_words_are_those_of_the_language(
    theirs: Path, own: Path
) -> None:
    """The nearest counts most; another language is not even read."""
    put(
        theirs,
        stairs=pack("A-1"),
        stairs__de=translation("A-1", "de", title="Treppe", body="Nehmen Sie die Treppe."),
        stairs__de_AT=translation("A-1", "de_AT", title="Stiege"),
        stairs__fr="nothing [of it is TOML",
    )
    for name, title, body in (
        ("de_AT", "Stiege", "Nehmen Sie die Treppe."),
        ("de", "Treppe", "Nehmen Sie die Treppe."),
        ("en", "Up to the second floor", "Take the stairs and come back."),
    ):
        read = packs.read(own, name, theirs)
        assert ([], ["A-1"]) == (problems(read), list(read.whose))
        assert (title, body) == (read.texts["A-1"].title, read.texts["A-1"].body)
    assert [f"{theirs / 'stairs.fr.toml'}: cannot be read"] == [
        one.partition(": Expected")[0] for one in problems(packs.read(own, "fr", theirs))
    ]


def test_given_a_pack_in_another_language_then_english_may_be_its_translation(
    theirs: Path, own: Path
) -> None:
    """An organisation writes in the language that it speaks."""
    put(theirs, a=pack("A-1", language="de", title="Treppe"))
    put(theirs, a__en=translation("A-1", "en", title="Stairs"))

    assert "Treppe" == packs.read(own, "fr", theirs).texts["A-1"].title
    assert "Stairs" == packs.read(own, "en", theirs).texts["A-1"].title


def test_given_a_translation_whose_pack_is_none_then_it_is_one_itself(own: Path) -> None:
    """A file may be called what it likes."""
    put(own, my__de=pack("A-1", language="de"))

    assert ["A-1"] == list(packs.read(own, "en").whose)


def test_given_a_pack_that_cannot_be_read_then_its_translation_is_not_taken_for_one(
    own: Path,
) -> None:
    """One fault has one line."""
    put(own, a__de=translation("A-1", "de", title="Treppe"))
    (own / "a.toml").write_bytes(b"\xff")

    assert 1 == len(problems(packs.read(own, "de")))


def test_given_poses_beside_packs_then_packs_do_not_read_them_and_figures_do(
    own: Path, theirs: Path
) -> None:
    """In the same order; the agent, which draws nothing, has nothing to do with them."""
    put(theirs, a=pack("A-1"), a__poses="a = 1", a__de="")
    put(own, mine__poses="b = 2")
    found = packs.pose_texts(own, theirs)

    assert ([], ["A-1"]) == (
        problems(packs.read(own, "en", theirs)),
        list(packs.read(own, "en", theirs).whose),
    )
    assert ((str(theirs / "a.poses.toml"), "a = 1"), ("mine.poses.toml", "b = 2")) == found[-2:]
    assert [text for _, text in packs.pose_texts(own)] == [
        text for _, text in found if text[0] != "a"
    ]


# ── what is behind them ────────────────────────────────────────────────────────────────────


def test_given_packs_then_their_texts_come_with_whose_they_are(own: Path, theirs: Path) -> None:
    """For whoever asks on what a prompt rests."""
    put(theirs, a=pack("A-1"))
    put(own, mine=pack("M-1"))
    found = packs.texts(own, "de", theirs)

    assert [None, None, Whose.ORGANISATION, Whose.OWN] == [whose for whose, _ in found]
    assert [pack("A-1"), pack("M-1")] == [text for _, text in found[2:]]


def test_given_an_organisation_then_each_of_its_packs_is_told_with_what_it_adds(
    theirs: Path,
) -> None:
    """For administrators; of what lies among a person's own nothing is said."""
    put(theirs, a=pack("A-1", "A-2"), b=pack("A-1", OURS))
    rows, wrong = packs.of_organisation("en", theirs)

    assert ((theirs / "a.toml", ("A-1", "A-2")), (theirs / "b.toml", ())) == rows
    assert 2 == len(wrong)


# ── caps ───────────────────────────────────────────────────────────────────────────────────


def test_given_more_than_fifty_packs_then_the_first_by_name_are_read(own: Path) -> None:
    """And one line says that there are more."""
    put(own, **{f"p{n:02}": pack(f"A-{n}") for n in range(52)})
    read = packs.read(own, "en")

    assert 50 == len(read.whose)
    assert "A-50" not in read.whose
    assert [f"{own} has more than 50 packs; the others are not read"] == problems(read)


def test_given_a_folder_full_of_other_things_then_it_is_not_looked_through(own: Path) -> None:
    """Somebody's downloads are no folder of packs."""
    put(own, a=pack("A-1"))
    for n in range(1000):
        (own / f"{n}.txt").touch()

    assert [f"{own} has more than 1000 files, so no pack in it is read"] == (
        problems(packs.read(own, "en"))
    )
    assert packs.look(own) == packs.look(own)


@pytest.mark.parametrize(("size", "kept"), [(256 * 1024, 1), (256 * 1024 + 1, 0)])
def test_given_a_large_file_then_it_is_read_up_to_a_size(own: Path, size: int, kept: int) -> None:
    """A prompt has a kilobyte."""
    text = pack("A-1")
    put(own, a=text + "#" * (size - len(text)))
    read = packs.read(own, "en")

    assert kept == len(read.whose)
    assert kept or "a.toml is larger than 256 kB" in problems(read)[0]


def test_given_many_large_files_then_a_folder_is_read_up_to_a_size(own: Path) -> None:
    """All of it is parsed in the process that stays."""
    put(own, **{f"p{n}": pack(f"A-{n}") + "#" * 240_000 for n in range(5)})
    read = packs.read(own, "en")

    assert ["A-0", "A-1", "A-2", "A-3"] == list(read.whose)
    assert [
        f"{own / 'p4.toml'} is not read: together the packs of its folder have more than 1024 kB"
    ] == problems(read)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("".join(f"[t{n}.a.a.a.a.a.a.a]\n" for n in range(3_000)), id="tables"),
        pytest.param("".join(f"k{n}.'a b'.\"a\"=1\n" for n in range(10_001)), id="keys"),
        pytest.param("x = [" + "{a={a={}}}," * 7_000 + "]", id="tables in a line"),
        pytest.param("x = [" + "{a.a.a={}}," * 5_001 + "]", id="keys in a line"),
    ],
)
def test_given_thousands_of_tables_in_tables_then_the_pack_is_not_read(
    own: Path, text: str
) -> None:
    """Each of them takes time and much more memory than the file has bytes."""
    put(own, a=head() + text)
    read = packs.read(own, "en")

    assert [f"{own / 'a.toml'} is nested too deeply"] == problems(read)


@pytest.mark.parametrize(
    "source", ["." * 900, "a.b.c " * 160, "It goes on, e.g. for a while. " * 30, "{x} " * 100]
)
def test_given_texts_full_of_dots_and_braces_then_the_pack_is_read(own: Path, source: str) -> None:
    """What stands in a text makes no table."""
    put(own, a=pack(*(f"A-{n}" for n in range(150)), source=[source], body="Go."))
    read = packs.read(own, "en")

    assert [] == problems(read)
    assert 150 == len(read.whose)


def test_given_very_many_prompts_then_the_pack_that_is_too_much_is_left_out_whole(
    own: Path, theirs: Path
) -> None:
    """Each folder has its own five hundred; a small pack after a large one still has its place."""
    many = pack(*(f"A-{n}" for n in range(499)), source=["x"], body="Go.", title="Go")
    put(
        theirs,
        a=many,
        b=pack("B-1", "B-2"),
        c=pack("C-1"),
    )
    put(own, mine=pack("M-1"))
    read = packs.read(own, "en", theirs)

    assert 501 == len(read.whose)
    assert {"C-1", "M-1"} <= read.whose.keys()
    assert "B-1" not in read.whose
    assert [
        f"{theirs / 'b.toml'} is left out: with it its folder has more than 500 prompts"
    ] == problems(read)


# ── what is not opened ─────────────────────────────────────────────────────────────────────


@posix
@pytest.mark.parametrize("target", ["../secret.toml", "b.toml", "a.toml", "/dev/zero", "nowhere"])
def test_given_a_link_then_it_is_not_followed(own: Path, tmp_path: Path, target: str) -> None:
    """What it leads to could be any file of the person, or none that ever ends."""
    put(own, b=pack("B-1"))
    put(tmp_path, secret=pack("S-1"))
    (own / "a.toml").symlink_to(target)
    read = packs.read(own, "en")

    assert ["B-1"] == list(read.whose)
    assert [f"{own / 'a.toml'} is a link, so it is not read; copy the file"] == problems(read)


@posix
def test_given_a_pipe_or_a_folder_in_the_place_of_a_pack_then_nobody_waits_for_it(
    own: Path,
) -> None:
    """They are no files."""
    put(own, c=pack("C-1"))
    if sys.platform != "win32":
        os.mkfifo(own / "a.toml")
    (own / "b.toml").mkdir()
    read = packs.read(own, "en")

    assert ["C-1"] == list(read.whose)
    assert [f"{own / name} is not a file" for name in ("a.toml", "b.toml")] == problems(read)


@posix
def test_given_a_folder_that_is_a_link_then_the_folder_counts(own: Path, tmp_path: Path) -> None:
    """Whoever keeps their files together elsewhere links the folder."""
    own.symlink_to(put(tmp_path / "kept", a=pack("A-1")))

    assert ["A-1"] == list(packs.read(own, "en").whose)


@posix
@pytest.mark.parametrize("name", ["\x1b[31m", "a\nb", "\u202egnp", "\x7f", "\udce4"])
def test_given_a_name_that_cannot_be_shown_then_it_is_not_read_and_told_in_escapes(
    own: Path, name: str
) -> None:
    """It would stand in messages, on a terminal too."""
    put(own, b=pack("B-1"))
    (own / f"{name}.toml").write_text(pack("A-1"), encoding="utf-8")
    read = packs.read(own, "en")

    assert ["B-1"] == list(read.whose)
    assert 1 == len(problems(read))
    assert problems(read)[0].isprintable()


# ── who could have written it ──────────────────────────────────────────────────────────────


@posix
@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646])
def test_given_a_pack_of_theirs_that_others_can_write_then_it_does_not_count(
    theirs: Path, own: Path, mode: int
) -> None:
    """It would be anybody's words in the name of the organisation; a person's own may be as they like."""
    put(theirs, a=pack("A-1"), b=pack("B-1"))
    put(own, mine=pack("M-1"))
    for path in (theirs / "a.toml", own / "mine.toml"):
        path.chmod(mode)
    read = packs.read(own, "en", theirs)

    assert ["B-1", "M-1"] == list(read.whose)
    expected = f"{theirs / 'a.toml'} can be written by others than root, so it does not count"
    assert [expected] == problems(read)


@posix
def test_given_a_folder_of_theirs_that_others_can_write_then_nothing_in_it_counts(
    theirs: Path, own: Path
) -> None:
    """They could put another file in the place of any; poses too."""
    put(theirs, a=pack("A-1"), a__poses="a = 1")
    theirs.chmod(0o777)
    expected = f"{theirs} can be written by others than root, so it does not count"

    assert ([expected], {}) == (
        problems(packs.read(own, "en", theirs)),
        packs.read(own, "en", theirs).whose,
    )
    assert packs.pose_texts(own) == packs.pose_texts(own, theirs)
    assert ((), ()) == packs.given_poses(own, theirs)  # once is enough


@posix
@pytest.mark.skipif(
    sys.platform == "win32" or os.getuid() != 0, reason="only root gives files away"
)
@pytest.mark.parametrize("which", ["file", "folder", "on the way"])
def test_given_anything_of_theirs_that_is_somebody_elses_then_it_does_not_count(
    theirs: Path, own: Path, monkeypatch: pytest.MonkeyPatch, which: str
) -> None:
    """The owner can change what they own, whatever its mode."""
    monkeypatch.setattr(policy_packs, "_OWNERS", frozenset({0}))
    put(theirs, a=pack("A-1"))
    path = {"file": theirs / "a.toml", "folder": theirs, "on the way": theirs.parent}[which]
    if sys.platform != "win32":
        os.chown(path, 12345, -1)
    expected = f"{path} does not belong to root, so it does not count"

    assert [expected] == problems(packs.read(own, "en", theirs))


@posix
@pytest.mark.skipif(sys.platform == "win32" or os.getuid() == 0, reason="root may read everything")
def test_given_a_pack_that_the_person_may_not_read_then_that_is_said(
    theirs: Path, own: Path
) -> None:
    """Administrators forget that it is people who read it."""
    put(theirs, a=pack("A-1"))
    (theirs / "a.toml").chmod(0o000)

    assert [f"{theirs / 'a.toml'} cannot be read: Permission denied"] == (
        problems(packs.read(own, "en", theirs))
    )


def test_given_this_system_then_the_folder_of_an_organisation_is_where_only_they_write() -> None:
    """No variable of the environment moves it."""
    folder = policy_packs.folder()

    assert folder.is_absolute()
    assert "packs" == folder.name
    assert "deskbreak" == folder.parent.name.lower()


# ── changes ────────────────────────────────────────────────────────────────────────────────


def test_given_a_change_in_any_folder_then_a_look_tells(own: Path, theirs: Path) -> None:
    """A new pack, another text, one that went, and a change of nothing."""
    looks = [packs.look(own, theirs)]
    put(own)
    looks.append(packs.look(own, theirs))
    put(theirs, a=pack("A-1"))
    looks.append(packs.look(own, theirs))
    put(theirs, a=pack("A-1", "A-2"))
    looks.append(packs.look(own, theirs))
    (theirs / "a.toml").unlink()
    looks.append(packs.look(own, theirs))

    assert all(before != after for before, after in pairwise(looks))
    assert looks[-1] == packs.look(own, theirs)


# ── a look before it is handed out ─────────────────────────────────────────────────────────


def test_given_a_pack_when_it_is_checked_then_it_is_judged_beside_ours(tmp_path: Path) -> None:
    """Wherever it lies, and whoever may write it."""
    folder = put(tmp_path / "draft", a=pack("A-1", OURS) + prompt(id="A-2"))
    read = packs.checked(folder / "a.toml")

    assert ["A-1"] == list(read.whose)
    assert [
        f"{folder / 'a.toml'}: A-2: kind is missing",
        f"{folder / 'a.toml'}: {OURS}: another prompt has this id",
    ] == problems(read)


def test_given_a_translation_when_it_is_checked_then_it_is_judged_with_its_pack(
    tmp_path: Path,
) -> None:
    """An id that the pack has not is a slip of the pen; one without its pack is a pack."""
    folder = put(
        tmp_path / "draft",
        a=pack("A-1") + prompt(id="A-2"),
        a__de=translation("A-1", "de", title="Treppe") + prompt(id="A-9", title="Treppe"),
        b__de=head("de"),
    )
    read = packs.checked(folder / "a.de.toml")
    path = folder / "a.de.toml"

    assert "Treppe" == read.texts["A-1"].title
    assert [f"{path}: A-9: no prompt of this id is there to be translated"] == problems(read)
    assert ([], {}) == (
        problems(packs.checked(folder / "b.de.toml")),
        packs.checked(folder / "b.de.toml").whose,
    )
