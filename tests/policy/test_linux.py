"""Policy files as they lie on a disk: which count, which do not, and what is said of those."""

from __future__ import annotations

import os
import shutil
import sys

import pytest

from deskbreak.core.managed import Document, Level, Status

if sys.platform != "linux":
    pytest.skip("these files are Linux' own", allow_module_level=True)

from typing import TYPE_CHECKING

from deskbreak.policy import linux

if TYPE_CHECKING:
    from pathlib import Path

OWN = os.getuid()


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """The folder of policies, empty."""
    made = tmp_path / "policies"
    for name in ("managed", "recommended"):
        (made / name).mkdir(parents=True, mode=0o755)
        (made / name).chmod(0o755)
    made.chmod(0o755)
    return made


def put(path: Path, text: str = '{"plan": "gentle"}', mode: int = 0o644) -> Path:
    """Write a file as an administrator does."""
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
    return path


def read(root: Path) -> list[Document]:
    """Read it as if we were root."""
    return list(linux.read(root, OWN))


def test_given_no_folder_then_there_is_no_policy(tmp_path: Path) -> None:
    """Most computers have none."""
    assert [] == read(tmp_path / "none")
    assert linux.stamp(tmp_path / "none") == linux.stamp(tmp_path / "none")


def test_given_files_then_they_come_in_order_of_name_the_recommended_ones_first(root: Path) -> None:
    """Only those that end in .json, and none that is being written."""
    paths = [
        put(root / "recommended" / "10.json"),
        put(root / "managed" / "00.json"),
        put(
            root / "managed" / "10.json",
            '{\n  "plan": "busy",\n  "position": {\n    "daily_cap": 8}}',
        ),
    ]
    for other in ("20.json~", ".30.json", "readme.txt"):
        put(root / "managed" / other)

    found = read(root)

    assert [str(path) for path in paths] == [one.name for one in found]
    assert [Level.RECOMMENDED, Level.MANDATORY, Level.MANDATORY] == [one.level for one in found]
    assert {"plan": "busy", "position": {"daily_cap": 8}} == found[2].values
    assert {"plan": 2, "position": 3, "position.daily_cap": 4} == found[2].lines


@pytest.mark.row("S09", "policy bypass")
@pytest.mark.parametrize("mode", [0o666, 0o664, 0o646, 0o602])
def test_given_a_file_that_others_can_write_then_it_does_not_count(root: Path, mode: int) -> None:
    """Whoever may write it could have; what they may read is no matter."""
    path = put(root / "managed" / "10.json", mode=mode)
    (found,) = read(root)

    assert (Status.INSECURE, {}) == (found.status, found.values)
    assert f"{path} can be written by others than root, so it does not count" == str(found.why)


@pytest.mark.row("S09", "policy bypass")
@pytest.mark.parametrize("folder", ["managed", "."])
def test_given_a_folder_that_others_can_write_then_nothing_in_it_counts(
    root: Path, folder: str
) -> None:
    """They could put another file in the place of any."""
    put(root / "managed" / "10.json")
    (root / folder).chmod(0o777)
    found = next(one for one in read(root) if one.level is Level.MANDATORY)

    assert (str(root / "managed"), Status.INSECURE) == (found.name, found.status)


@pytest.mark.row("S09", "policy bypass")
@pytest.mark.skipif(OWN != 0, reason="only root gives files away")
@pytest.mark.parametrize("which", ["file", "folder", "link", "target", "on the way"])
def test_given_anything_on_the_way_of_somebody_else_then_it_does_not_count(
    root: Path, tmp_path: Path, which: str
) -> None:
    """Each file, folder and link that leads there."""
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o755)
    target = put(elsewhere / "target.json")
    link = root / "managed" / "10.json"
    if which in {"file", "folder"}:
        put(link)
    else:
        link.symlink_to(target)
    theirs = {"file": link, "folder": root / "managed", "target": target, "on the way": elsewhere}
    os.chown(theirs.get(which, link), 1000, 1000, follow_symlinks=False)

    (found,) = (one for one in read(root) if one.level is Level.MANDATORY)

    assert Status.INSECURE is found.status
    assert "does not belong to root, so it does not count" in str(found.why)


def test_given_a_link_of_roots_to_a_file_of_roots_then_it_counts(
    root: Path, tmp_path: Path
) -> None:
    """So configuration tools lay files out."""
    (root / "managed" / "10.json").symlink_to(put(tmp_path / "corp.json"))

    assert [Status.OK] == [one.status for one in read(root)]


def test_given_a_way_up_out_of_a_link_then_it_is_gone_as_the_kernel_goes(
    root: Path, tmp_path: Path
) -> None:
    """What lies beside the link is not what lies above its target."""
    theirs = tmp_path / "theirs"
    (theirs / "deep").mkdir(parents=True, mode=0o755)
    theirs.chmod(0o777)
    put(theirs / "corp.json", '{"plan": "busy"}')
    put(tmp_path / "corp.json")
    (tmp_path / "x").symlink_to(theirs / "deep")
    (root / "managed" / "10.json").symlink_to(f"{tmp_path}/x/../corp.json")
    (root / "managed" / "20.json").symlink_to("../../corp.json")

    first, second = read(root)

    assert (Status.INSECURE, {}) == (first.status, first.values)
    assert (Status.OK, {"plan": "gentle"}) == (second.status, second.values)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        pytest.param('{"plan"', ":1:8: is no JSON: Expecting ':' delimiter", id="half a file"),
        pytest.param("", ":1:1: is no JSON: Expecting value", id="empty file"),
        pytest.param('["plan"]', " is no object of settings, as {", id="a list"),
        pytest.param('{"a": ' + "[" * 3000 + "]" * 3000 + "}", " is nested too deeply", id="deep"),
        pytest.param('{"plan": ' + "1" * 5000 + "}", " is no JSON: Exceeds", id="a long number"),
        pytest.param('{"plan": "' + "x" * 70_000 + '"}', " is larger than 64 kB", id="large"),
    ],
)
def test_given_a_file_that_is_no_policy_then_it_is_unreadable_and_says_where(
    root: Path, text: str, why: str
) -> None:
    """And nothing of it counts."""
    path = put(root / "managed" / "10.json", text)
    (found,) = read(root)

    assert (Status.UNREADABLE, {}) == (found.status, found.values)
    assert str(found.why).startswith(f"{path}{why}"), found.why


def test_given_what_is_no_file_then_nobody_waits_for_it(root: Path) -> None:
    """A pipe, a folder, a link to nothing, a link to itself."""
    folder = root / "managed"
    os.mkfifo(folder / "10.json", 0o644)
    (folder / "20.json").mkdir(mode=0o755)
    (folder / "30.json").symlink_to(folder / "none")
    (folder / "40.json").symlink_to(folder / "40.json")

    assert [Status.UNREADABLE] * 4 == [one.status for one in read(root)]


@pytest.mark.parametrize("which", ["managed", "."])
@pytest.mark.parametrize("what", ["a file", "a link to nothing"])
def test_given_what_is_no_folder_in_the_place_of_one_then_that_is_no_missing_policy(
    root: Path, which: str, what: str
) -> None:
    """Copied to a folder that was not there yet, or linked to one that is not mounted today."""
    place = root / which
    shutil.rmtree(place)
    if what == "a file":
        put(place)
    else:
        place.symlink_to(root.parent / "none")
    found = {one.status for one in read(root) if one.level is Level.MANDATORY}

    assert {Status.UNREADABLE} == found


def test_given_latin_1_then_the_line_is_named(root: Path) -> None:
    """Some editors of Windows write it."""
    (root / "managed" / "10.json").write_bytes(b'{\n"organisation": {"name": "B\xfcro"}}')
    (found,) = read(root)

    assert "10.json:2: is not UTF-8, perhaps Latin-1; save it as UTF-8" in str(found.why)


def test_given_a_key_twice_then_it_is_told_once_and_the_later_one_counts(root: Path) -> None:
    """In one table, as two tables, or as a table and with a dot."""
    put(root / "managed" / "10.json", '{"plan": "busy",\n "plan": "gentle"}')
    put(
        root / "managed" / "20.json",
        '{"position": {"daily_cap": 8},\n "position.daily_cap": 9, "a": [{"b": 1}, {"b": 1}]}',
    )
    put(root / "managed" / "30.json", '{"eyes": {"enabled": 1},\n "eyes": {"enabled": 2}}')
    first, second, third = read(root)

    assert {"plan": "gentle"} == first.values
    assert [f"{first.name}:2: plan is given twice; the later one counts"] == [
        str(one) for one in first.problems
    ]
    assert [f"{second.name}:2: position.daily_cap is given twice; the later one counts"] == [
        str(one) for one in second.problems
    ]
    assert [f"{third.name}:2: eyes is given twice; the later one counts"] == [
        str(one) for one in third.problems
    ]


def test_given_thousands_of_keys_twice_then_the_first_few_are_named(root: Path) -> None:
    """A file has room for more than anybody reads, and each key is named once."""
    keys = "".join(f', "a{number}": 1' for number in range(1000)) + ', "a": 1' * 1000
    put(root / "managed" / "10.json", '{"a": 1' + keys + keys + "}")
    (document,) = read(root)

    assert 21 == len(document.problems)
    assert f"{document.name}: 981 more keys are given twice" == str(document.problems[-1])


def test_given_keys_that_lie_deep_then_their_number_costs_no_more(root: Path) -> None:
    """The way to each would be as long as they lie deep."""
    put(root / "managed" / "10.json", '{"a":' * 250 + "{" + '"b":1,' * 9000 + '"c":1}' + "}" * 250)
    (document,) = read(root)

    assert {"a", "a.a", "a.a.a", "a.a.a.a"} == document.lines.keys()


def test_given_any_change_then_the_stamp_is_another_one(root: Path) -> None:
    """A new file, another text, another mode, a file that goes, a file under another name."""
    path = root / "managed" / "10.json"
    stamps = [linux.stamp(root)]
    put(path)
    stamps.append(linux.stamp(root))
    put(path, '{"plan": "standard"}')
    stamps.append(linux.stamp(root))
    path.chmod(0o600)
    stamps.append(linux.stamp(root))
    path.rename(root / "managed" / "20.json")
    stamps.append(linux.stamp(root))
    (root / "managed" / "20.json").unlink()
    stamps.append(linux.stamp(root))

    assert len(stamps) == len(set(map(str, stamps)))
    assert stamps[-1] == linux.stamp(root)
