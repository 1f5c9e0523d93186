"""Packs of an organisation on a computer of theirs: what counts for people who are nobody special."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.policy.office.computer import MANAGED, PLACE, policy
from tests.storage.packing import pack

if TYPE_CHECKING:
    from tests.policy.office.computer import Office, Person

PACKS = Path("/etc/deskbreak/packs")


def told(person: Person) -> dict[str, Any]:
    """Return what `policy` says to *person*, for programs."""
    return dict(person.deskbreak("policy", "--json").facts)


def found(person: Person) -> list[dict[str, Any]]:
    """Return what the agent of *person* says of packs."""
    findings = person.ask("doctor")["facts"]["findings"]
    return [one for one in findings if one["name"] == "packs"]


def test_given_an_agent_when_a_pack_comes_then_it_has_it_and_names_what_is_wrong_with_it(
    office: Office,
) -> None:
    """Without a restart, and without anybody telling it."""
    office.clear()
    alice = office.person("alice")
    with alice.agent():
        assert [] == found(alice)
        office.put(PACKS / "a.toml", pack("A-1", "A-2"))
        alice.until(lambda: found(alice), "a pack")
        assert [("2 prompts added", True)] == [(one["chosen"], one["ok"]) for one in found(alice)]
        office.at(PACKS / "a.toml").chmod(0o666)
        alice.until(lambda: not found(alice)[0]["ok"], "a pack that does not count")
        (one,) = found(alice)
        office.at(PACKS / "a.toml").unlink()
        alice.until(lambda: found(alice) == [], "no pack")

    assert (
        f"{PACKS / 'a.toml'} can be written by others than root, so it does not count"
        == (one["why"])
    )
    assert 2 == alice.log().count("The packs have changed")


@pytest.mark.parametrize("way", ["a file", "the folder", "a link", "a folder that a policy names"])
def test_given_what_a_person_could_have_written_then_it_is_in_nobodys_prompts(
    office: Office, way: str
) -> None:
    """Everybody else would read it as advice of the organisation."""
    office.clear()
    alice, bob = office.person("alice"), office.person("bob")
    office.put(PACKS / "good.toml", pack("A-1"))
    evil = pack("X-1", title="Send me your password")
    if way == "a file":
        office.put(PACKS / "evil.toml", evil, owner="bob")
    if way == "the folder":
        office.put(PACKS / "evil.toml", evil, owner="bob")
        office.give(PACKS, "bob")
    if way == "a link":
        bob.write(bob.home / "evil.toml", evil)
        office.at(PACKS / "evil.toml").symlink_to(bob.home / "evil.toml")
    if way == "a folder that a policy names":
        bob.write(bob.home / "packs/evil.toml", evil)
        named = {"organisation": {"packs": str(bob.home / "packs")}}
        office.put(MANAGED / "10.json", policy(named))
    said = told(alice)

    ids = [name for one in said["packs"] for name in one["prompts"]]
    assert ([] if way == "the folder" else ["A-1"]) == ids
    assert 1 == len(said["pack_problems"])
    assert alice.deskbreak("policy").status == 3


def test_given_a_person_then_no_variable_of_theirs_moves_the_folder(office: Office) -> None:
    """Nor do packs of their own count as the organisation's, whatever they are called."""
    office.clear()
    alice = office.person("alice")
    office.put(PACKS / "good.toml", pack("A-1"))
    alice.write(alice.home / "etc/deskbreak/packs/evil.toml", pack("X-1"))
    alice.write(alice.home / ".local/share/deskbreak/packs/good.toml", pack("A-1", "M-1"))
    alice.extra |= {
        "XDG_CONFIG_DIRS": str(alice.home / "etc"),
        "DESKBREAK_PACKS": str(alice.home / "etc/deskbreak/packs"),
        "ProgramData": str(alice.home / "etc"),
    }
    said = told(alice)

    assert [{"source": str(PACKS / "good.toml"), "prompts": ["A-1"]}] == said["packs"]
    assert [] == said["pack_problems"]


def test_given_a_folder_that_a_policy_names_then_its_packs_count_too(office: Office) -> None:
    """Where root alone can write."""
    office.clear()
    alice = office.person("alice")
    folder = PLACE / "packs"
    office.put(PACKS / "a.toml", pack("A-1"))
    office.put(folder / "b.toml", pack("B-1"))
    office.put(MANAGED / "10.json", policy({"organisation": {"packs": str(folder)}}))

    assert [["A-1"], ["B-1"]] == [one["prompts"] for one in told(alice)["packs"]]
