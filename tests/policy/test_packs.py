"""What commands say of packs of prompts: to an administrator, and to a person."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.commands.output import DONE, WITH_PROBLEMS, WRONG_USAGE
from deskbreak.storage import files
from tests.storage.packing import pack, put, trust

if TYPE_CHECKING:
    from pathlib import Path

    from tests.desktop.desk import Here


def test_given_packs_of_an_organisation_then_each_is_listed_with_how_many_prompts_it_adds(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also where they have set nothing; what is wrong with one has a line, and a status."""
    trust(monkeypatch)
    folder = tmp_path / "theirs"
    monkeypatch.setattr("deskbreak.policy.packs.folder", lambda: folder)
    put(folder, a=pack("A-1", "A-2"), b=pack("B-1"))
    ran = here("policy")

    assert (DONE, "") == (ran.status, ran.err)
    assert [
        "Packs of prompts:",
        f"- {folder / 'a.toml'}: 2 prompts",
        f"- {folder / 'b.toml'}: 1 prompt",
    ] == ran.out.splitlines()
    put(folder, b=pack("B-1", "A-1", title="\u202e"))
    ran = here("policy")
    told = here("policy", "--json").facts

    assert WITH_PROBLEMS == ran.status
    assert 2 == len(ran.complaints)
    assert f"deskbreak: {folder / 'b.toml'}: B-1: title: '\\u202e' has a character" in ran.err
    assert [
        {"source": str(folder / "a.toml"), "prompts": ["A-1", "A-2"]},
        {"source": str(folder / "b.toml"), "prompts": []},
    ] == told["packs"]
    assert ran.complaints == [f"deskbreak: {one}" for one in told["pack_problems"]]


def test_given_a_pack_when_it_is_checked_then_its_prompts_are_counted_and_its_faults_named(
    here: Here, tmp_path: Path
) -> None:
    """Before it is handed out, wherever it lies."""
    folder = put(tmp_path / "draft", good=pack("A-1"), bad=pack("A-1") + "[[prompt]]\n")
    good, bad = (str(folder / f"{name}.toml") for name in ("good", "bad"))
    ran = here("policy", "check", bad)

    assert (DONE, f"{good}: 1 prompt\n", "") == (
        here("policy", "check", good).status,
        here("policy", "check", good).out,
        here("policy", "check", good).err,
    )
    assert (WITH_PROBLEMS, f"{bad}: 1 prompt\n") == (ran.status, ran.out)
    assert [f"deskbreak: {bad}: #2: id is missing"] == ran.complaints
    facts = here("policy", "check", bad, "--json").facts
    assert {"prompts": ["A-1"], "problems": [f"{bad}: #2: id is missing"]} == facts


def test_given_a_file_of_poses_when_it_is_checked_then_its_faults_are_named(
    here: Here, tmp_path: Path
) -> None:
    """What shows the prompts of a pack is checked by the same command."""
    path = tmp_path / "good.poses.toml"
    scene = (
        '[[prompt]]\nid = "{}"\nstance = "chair"\n[[prompt.steps]]\nkeys = [{{ neck.side = {} }}]\n'
    )
    path.write_text(f"schema_version = 1\n{scene.format('A-1', 10)}{scene.format('A-2', 99)}")
    ran = here("policy", "check", str(path))

    fault = "A-2: step 1: neck.side: 99 is not a number from -40 to 40"
    assert (WITH_PROBLEMS, f"{path}: 1 prompt\n") == (ran.status, ran.out)
    assert [f"deskbreak: {path}: {fault}"] == ran.complaints


def test_given_files_of_poses_with_faults_when_the_doctor_is_asked_then_it_names_them(
    here: Here, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An organisation's and a person's; nobody misses more than a figure."""
    trust(monkeypatch)
    theirs, own = tmp_path / "theirs", files.places().packs
    monkeypatch.setattr("deskbreak.policy.packs.folder", lambda: theirs)
    own.parent.mkdir(parents=True)
    put(theirs, a=pack("A-1"), a__poses="schema_version = 1\n[[prompt]]\n")
    before = here("doctor").out.splitlines()
    put(theirs, b__poses="poses = 1")
    put(own, c__poses="#" * (2**18 + 1), d__poses="schema_version = 1\n")
    ran, told = here("doctor"), here("doctor", "--json").facts

    expected = [
        f"{own / 'c.poses.toml'} is larger than 256 kB, so it cannot be what it should be",
        f"{theirs / 'a.poses.toml'}: #1: id is missing",
        f"{theirs / 'b.poses.toml'}: schema_version is missing",
    ]
    assert [(False, False, one) for one in expected] == [
        (one["ok"], one["required"], one["why"])
        for one in told["findings"]
        if one["chosen"] == "*.poses.toml"
    ]
    lines = ran.out.splitlines()
    first = lines.index("Texts of the prompts: with problems (*.poses.toml)")
    assert [*(f"  - {one}" for one in expected), "", before[-1]] == lines[first + 1 :]


@pytest.mark.parametrize("data", [None, b"\xff", b"#" * 300_000, b"a." * 20_000 + b"a = 1"])
def test_given_no_pack_when_it_is_checked_then_that_is_wrong_usage(
    here: Here, tmp_path: Path, data: bytes | None
) -> None:
    """Not there, not text, too large, or a trap."""
    path = tmp_path / "a.toml"
    if data is not None:
        path.write_bytes(data)
    ran = here("policy", "check", str(path))

    assert (WRONG_USAGE, "", 1) == (ran.status, ran.out, len(ran.complaints))


def test_given_no_agent_when_the_doctor_is_asked_then_it_names_a_faulty_pack(
    here: Here, tmp_path: Path
) -> None:
    """In one line, as everything else that it finds."""
    places = files.places()
    places.packs.parent.mkdir(parents=True, exist_ok=True)
    put(places.packs, mine=pack("M-1") + "[[prompt]]\n")
    ran = here("doctor", "--json")

    found = [one for one in ran.facts["findings"] if one["name"] == "packs"]
    assert [("1 prompt added", False, "mine.toml: #2: id is missing")] == [
        (one["chosen"], one["ok"], one["why"]) for one in found
    ]
