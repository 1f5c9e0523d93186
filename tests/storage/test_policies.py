"""What stays in force of a policy that cannot be read any more."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from deskbreak.core.locks import Locked
from deskbreak.core.managed import Document, Level, Scope, Status
from deskbreak.core.settings import Origin
from deskbreak.core.words import said
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.settings import Resolved

NAME = "/etc/policies/managed/10.json"
KEY = "position.interval_minutes"


@dataclass
class Computer:
    """A computer with one policy file, which can break and go."""

    folder: Path
    documents: tuple[Document, ...] = ()
    looks: int = field(default=0)

    def settings(self) -> Settings:
        """Return the settings of a process that begins now."""
        copy = self.folder / "data" / "policy.json"
        policies = Policies(copy, lambda: self.documents, lambda: self.documents)
        return Settings(self.folder / "settings.toml", policies)

    def has(self, minutes: int) -> None:
        """Let the file lock the interval."""
        self.documents = (Document(NAME, Level.MANDATORY, Scope.MACHINE, {KEY: minutes}),)

    def breaks(self, status: Status = Status.UNREADABLE, name: str = NAME) -> None:
        """Let the file be unreadable, or somebody else's."""
        why = said("{name} is broken", name=name)
        self.documents = (Document(name, Level.MANDATORY, Scope.MACHINE, status=status, why=why),)


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    """A computer without any policy."""
    return Computer(tmp_path)


def found(resolved: Resolved) -> tuple[object, Origin, list[str]]:
    """Return the interval, where it is from, and what is wrong."""
    return resolved.values[KEY], resolved.origins[KEY], [str(one) for one in resolved.problems]


def test_given_no_policy_then_nothing_is_kept(computer: Computer) -> None:
    """Nobody finds a file of an organisation on their own computer."""
    assert (20, Origin.DEFAULT, []) == found(computer.settings().load())
    assert [] == list(computer.folder.iterdir())


@pytest.mark.parametrize("restarted", [False, True])
def test_given_a_policy_that_breaks_then_what_it_said_before_stays_in_force(
    computer: Computer, *, restarted: bool
) -> None:
    """In the process that saw it whole, and in any later one; until it is mended."""
    computer.has(15)
    settings = computer.settings()
    settings.load()
    computer.breaks()
    later = computer.settings() if restarted else settings
    expected = f"{NAME} is broken; what it said before stays in force"

    assert later.changed_on_disk() or restarted
    for _ in range(3):
        assert (15, Origin.POLICY, [expected]) == found(later.load())
    with pytest.raises(Locked):
        later.set(KEY, "30")
    computer.has(25)
    assert (25, Origin.POLICY, []) == found(later.load())


def test_given_a_folder_that_cannot_be_read_then_what_lay_in_it_stays_in_force(
    computer: Computer,
) -> None:
    """Another access mode is no end of a policy."""
    computer.has(15)
    settings = computer.settings()
    settings.load()
    computer.breaks(name="/etc/policies/managed")

    assert (15, Origin.POLICY) == found(settings.load())[:2]
    assert (15, Origin.POLICY) == found(computer.settings().load())[:2]


@pytest.mark.parametrize(
    ("key", "name"),
    [
        pytest.param(
            r"HKLM\Policies\Deskbreak", r"HKLM\Policies\Deskbreak\Recommended", id="a key"
        ),
        pytest.param("/org.plist", "/org.plist/Defaults", id="a profile"),
    ],
)
def test_given_a_key_or_a_profile_that_cannot_be_read_then_both_its_levels_stay_in_force(
    computer: Computer, key: str, name: str
) -> None:
    """What is recommended lies in the same place as what is locked."""
    computer.documents = (
        Document(key, Level.MANDATORY, Scope.MACHINE, {KEY: 15}),
        Document(name, Level.RECOMMENDED, Scope.MACHINE, {"eyes.daily_cap": 3}),
    )
    settings = computer.settings()
    settings.load()
    computer.breaks(name=key)

    for later in (settings, computer.settings()):
        resolved = later.load()
        expected = f"{key} is broken; what it said before stays in force"
        assert (15, Origin.POLICY, [expected]) == found(resolved)
        assert 3 == resolved.values["eyes.daily_cap"]


def test_given_a_policy_that_was_broken_from_the_start_then_that_is_said(
    computer: Computer,
) -> None:
    """There is nothing to go on with; it does not look like a computer without a policy."""
    computer.breaks()
    expected = f"{NAME} is broken; it has never been read, so none of it is in force"

    assert (20, Origin.DEFAULT, [expected]) == found(computer.settings().load())


@pytest.mark.parametrize("how", ["deleted", "insecure", "emptied"])
def test_given_a_policy_that_ends_then_so_does_what_it_said(computer: Computer, how: str) -> None:
    """Only one that cannot be read lives on; a copy of another is no policy."""
    computer.has(15)
    settings = computer.settings()
    settings.load()
    if how == "insecure":
        computer.breaks(Status.INSECURE)
    else:
        values = Document(NAME, Level.MANDATORY, Scope.MACHINE)
        computer.documents = () if how == "deleted" else (values,)

    assert (20, Origin.DEFAULT) == found(settings.load())[:2]
    assert not (computer.folder / "data" / "policy.json").exists()
    computer.breaks()
    assert (20, Origin.DEFAULT) == found(computer.settings().load())[:2]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{",
        '{"a": 1}',
        '{"a": {"level": "x"}}',
        '{"a": {"level": "mandatory"}}',
        f'{{"{NAME}": {{"level": "mandatory", "scope": "machine", "values": [[1, 2]]}}}}',
        "[" * 5000,
    ],
)
def test_given_a_copy_that_is_none_then_it_says_nothing_and_the_policy_counts(
    computer: Computer, text: str
) -> None:
    """It lies among the person's own files, and anything may have become of it."""
    copy = computer.folder / "data" / "policy.json"
    copy.parent.mkdir()
    copy.write_text(text, encoding="utf-8")
    computer.has(15)

    computer.breaks()
    assert (20, Origin.DEFAULT) == found(computer.settings().load())[:2]
    computer.has(15)
    assert (15, Origin.POLICY, []) == found(computer.settings().load())
    assert {NAME} == json.loads(copy.read_text(encoding="utf-8")).keys()


@pytest.mark.row("S09", "policy bypass")
def test_given_a_copy_that_somebody_wrote_then_it_is_no_way_around_a_policy_that_can_be_read(
    computer: Computer,
) -> None:
    """It is looked at for documents that cannot be read, and for no other."""
    computer.has(15)
    computer.settings().load()
    copy = computer.folder / "data" / "policy.json"
    rows = {NAME: {"level": "mandatory", "scope": "machine", "values": {KEY: 60}}}
    copy.write_text(json.dumps(rows), encoding="utf-8")

    assert (15, Origin.POLICY, []) == found(computer.settings().load())


@pytest.mark.parametrize("broken", [False, True])
def test_given_a_copy_that_was_removed_then_whoever_knows_the_policy_makes_another(
    computer: Computer, *, broken: bool
) -> None:
    """A running agent remembers; a command that starts tomorrow has only the copy."""
    computer.has(15)
    settings = computer.settings()
    settings.load()
    (computer.folder / "data" / "policy.json").unlink()
    if broken:
        computer.breaks()
    settings.load()
    computer.breaks()

    assert (15, Origin.POLICY) == found(computer.settings().load())[:2]


def test_given_a_place_where_nothing_can_be_kept_then_the_policy_counts_all_the_same(
    computer: Computer,
) -> None:
    """A full disk, a home that is read-only."""
    (computer.folder / "data").write_text("a file, not a folder", encoding="utf-8")
    computer.has(15)
    settings = computer.settings()

    assert (15, Origin.POLICY, []) == found(settings.load())
    computer.breaks()
    assert (15, Origin.POLICY) == found(settings.load())[:2]
