"""The page for administrators, from its top to its end, on a computer on which it is followed."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core.settings_table import SETTINGS
from tests.deployment import Shown, is_as, not_run, shown
from tests.policy.office.computer import Ran, ended

if TYPE_CHECKING:
    from tests.policy.office.computer import Office, Person

ANSIBLE: Final = shutil.which("ansible-playbook")
# This computer is the one desktop, on which nobody becomes root because root runs it. Its package
# would be installed into the system of whoever runs the tests.
INVENTORY: Final = "[desktops]\nlocalhost ansible_connection=local ansible_become=false\n"
HERE: Final = "--skip-tags package"
STRACE: Final = shutil.which("strace")
COMMANDS: Final = [one for one in shown() if one.where == "console"]


@dataclass(frozen=True, slots=True)
class Followed:
    """What came of each command, by its place on the page; and whose computer it was."""

    person: Person
    ran: dict[int, Ran]


@pytest.fixture(scope="module")
def followed(office: Office) -> Followed:
    """Somebody has read the page and done what it shows, root and a person in turns."""
    office.clear()
    person = office.person("alice")
    # As in a terminal: what is said beside the output stands where it was said.
    person.extra |= {"PYTHONUNBUFFERED": "1"}
    person.write(person.home / "desktops.ini", INVENTORY)
    ran: dict[int, Ran] = {}
    for one in shown():
        if one.name:
            person.write(person.home / one.name, one.text)
        elif one.where == "console" and (command := _here(one)):
            script = f"exec 2>&1; {command}"
            ran[len(ran)] = ended(person.start("sh", "-c", script, user=one.user))
        elif one.where == "console":
            ran[len(ran)] = Ran(77, "", "")
    return Followed(person, ran)


def _here(one: Shown) -> str:
    """Return the command as it is run here; empty where it is not."""
    if one.text.startswith("ansible-playbook"):
        return f"{ANSIBLE}{one.text.removeprefix('ansible-playbook')} {HERE}" if ANSIBLE else ""
    return "" if not_run(one.text) else one.text


@pytest.mark.parametrize(
    ("number", "one"), [pytest.param(n, one, id=one.text) for n, one in enumerate(COMMANDS)]
)
def test_given_a_command_of_the_page_then_it_does_and_prints_what_the_page_shows(
    followed: Followed, number: int, one: Shown
) -> None:
    """All that is shown, and nothing else; where the page shows no status, it is 0."""
    if not _here(one):
        pytest.skip(f"not run: {one.text}: {not_run(one.text)}")
    ran = followed.ran[number]

    assert ran.status == 0, ran.out
    assert is_as(ran.out.splitlines(), one.printed), ran.out


@pytest.mark.skipif(ANSIBLE is None, reason="not run: ansible-playbook: it is not installed")
def test_given_the_playbook_then_it_finds_done_what_was_done_by_hand(followed: Followed) -> None:
    """Files, owners and modes are those of the page's own commands."""
    number = next(n for n, one in enumerate(COMMANDS) if one.text.startswith("ansible-playbook"))
    printed = followed.ran[number].out

    assert "changed=0" in printed
    assert "failed=0" in printed


def test_given_the_templates_of_the_page_then_each_is_whole(followed: Followed) -> None:
    """What a shell sent into a file is what the program keeps."""
    person = followed.person
    office = person.office
    kept = {
        "example.json": "config/policy/example.json",
        "policy.schema.json": "config/policy/policy.schema.json",
        "deskbreak.admx": "config/policy/deskbreak.admx",
        "deskbreak.adml": "config/policy/en-US/deskbreak.adml",
        "deskbreak.de.adml": "config/policy/de-DE/deskbreak.adml",
        "deskbreak.mobileconfig": "config/policy/deskbreak.mobileconfig",
    }
    for name, where in kept.items():
        made = office.at(person.home / name).read_bytes()
        assert made == office.at(f"/srv/repository/{where}").read_bytes(), name


def test_given_the_pack_of_the_page_then_deskbreak_has_its_prompt_and_finds_no_fault(
    followed: Followed,
) -> None:
    """Somebody who hides all other texts is shown this one."""
    person = followed.person
    with person.agent():
        found = person.ask("doctor")["facts"]["findings"]
        assert [None] == [part["why"] for part in found if part["name"] == "settings"]
        for _ in range(40):
            person.ask("take", "position")
            text = person.ask("status")["facts"]["open"]["prompt"]
            if text in {"finance-stairs", None}:
                break
            person.ask("answer", "not-for-me")
            person.ask("answer", "skip")
        assert "finance-stairs" == text


def test_given_the_files_of_the_page_then_json_has_no_key_twice(followed: Followed) -> None:
    """And the report that the page keeps is one."""
    person = followed.person
    report = json.loads(person.office.at(person.home / "policy-report.json").read_bytes())

    assert report["managed"]
    assert report["organisation"] == "Example Ltd"
    names = {one["name"] for one in report["policies"]}
    assert names - SETTINGS.keys() == {"organisation.name", "organisation.contact"}


@pytest.mark.skipif(STRACE is None, reason="not run: strace: it is not installed")
def test_given_all_that_it_asks_of_the_network_then_it_is_of_this_computer(
    followed: Followed,
) -> None:
    """The command of the data sheet; here without a desktop, so with our own door alone."""
    person = followed.person
    path = person.home / "calls.txt"
    traced = f"strace -f -e trace=network -o {path} deskbreak run"
    assert traced.replace(f" -o {path}", "") in [one.text for one in shown()]
    process = person.start("sh", "-c", traced)
    person.until(lambda: person.ask("status").get("ok"), "an agent")
    assert person.deskbreak("quit").status == 0
    assert ended(process).status == 0
    calls = person.office.at(path).read_text("utf-8")

    assert "AF_UNIX" in calls
    assert "AF_INET" not in calls
