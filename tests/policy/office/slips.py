"""Ways around a locked value that an administrator's slip would open, and what lies in the home of it."""

from __future__ import annotations

import os
import shutil
import struct
from typing import TYPE_CHECKING, Final

from tests.policy.office.computer import MANAGED, PEOPLE, PLACE, RECOMMENDED, ROOT, Person, policy
from tests.policy.office.way import (
    CORP,
    DEFAULT,
    FORGED,
    INSECURE,
    KEY,
    LATE,
    POLICY,
    TRIED,
    UNREADABLE,
    WANTED,
    Way,
    still,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# ── files of the policy ────────────────────────────────────────────────────────────────────


def _try_to_change(person: Person) -> None:
    """Everything that a shell can do to a file."""
    for script in (
        f"echo x > {LATE}",
        f"echo x >> {CORP}",
        f"rm -f {CORP}",
        f"mv {CORP} {CORP}.old",
        f"chmod 666 {CORP}",
        f"ln -sf {person.home}/x.json {CORP}",
        f"mv {MANAGED} {MANAGED}.old",
        f"mkdir {ROOT}/other",
    ):
        assert person.run("sh", "-c", script).status != 0, script


def _late(*, mode: int = 0o644, owner: str | None = None) -> Callable[[Person], object]:
    return lambda person: person.office.put(LATE, FORGED, mode=mode, owner=owner)


def _slip(mode: int, path: Path) -> Callable[[Person], object]:
    """Let others write into a folder, which they do."""

    def go(person: Person) -> None:
        person.office.at(path).chmod(mode)
        # In the group of the folder, or anybody at all.
        os.chown(person.office.at(path), 0, PEOPLE[person.name])
        if path == MANAGED:
            forged = person.write(person.home / "99.json", FORGED)
            assert person.run("cp", str(forged), str(MANAGED / "99.json")).status == 0

    return go


def _linked_into_home(person: Person) -> None:
    target = person.write(person.home / "mine.json", FORGED)
    person.office.at(LATE).symlink_to(target)


def _linked_through_home(person: Person) -> None:
    """What is linked to is root's, and lies in a folder in which its owner may replace it."""
    person.office.put(person.home / "corp.json", FORGED)
    person.office.at(LATE).symlink_to(person.home / "corp.json")


def _climbing_link(person: Person) -> None:
    """Beside a link lies a file of root's; above what it leads to, one that they have laid there."""
    person.office.put(person.home / "late.json", FORGED)
    person.office.put(PLACE / "run/late.json", policy(POLICY))
    person.office.at(PLACE / "run/way").symlink_to(person.home / ".local")
    person.office.at(LATE).symlink_to(PLACE / "run/way/../late.json")


def _link_of_theirs(person: Person) -> None:
    """A link is its owner's to bend, wherever it leads today."""
    person.office.put(PLACE / "run/real.json", FORGED)
    person.office.at(LATE).symlink_to(PLACE / "run/real.json")
    person.office.give(LATE, person.name)


def _hard_link(person: Person) -> None:
    """In a shared folder: a second name for a file of their own."""
    person.office.at(MANAGED).chmod(0o1777)
    forged = person.write(PLACE / "run" / person.name / "99.json", FORGED)
    # Through the same mount, where both lie.
    os.link(person.office.at(forged), person.office.at(f"{PLACE}{LATE}"))


def _access_list(person: Person) -> None:
    """A list of rights that lets one person write what seems to be root's alone."""
    path = person.office.put(LATE, FORGED)
    # Source: acl(5), and linux/posix_acl_xattr.h: version 2, then tag, rights, number.
    rows = (
        *((1, 6, -1), (2, 6, PEOPLE[person.name])),
        *((4, 4, -1), (0x10, 6, -1), (0x20, 4, -1)),
    )
    data = struct.pack("<I", 2) + b"".join(struct.pack("<HHi", *row) for row in rows)
    os.setxattr(person.office.at(path), "system.posix_acl_access", data)
    assert person.run("sh", "-c", f"printf ' ' >> {LATE}").status == 0


def _pipe(person: Person) -> None:
    os.mkfifo(person.office.at(LATE), 0o644)


def _own_root(person: Person) -> None:
    person.office.give(ROOT.parent, person.name)


def _own_recommendation(person: Person) -> None:
    """A recommended value is weaker than a mandatory one, whoever gave it."""
    person.office.put(RECOMMENDED / "99.json", FORGED, owner=person.name)


RIGHTS: Final = (
    Way("all that a shell can do to the files of a policy", _try_to_change),
    Way("a later file that is theirs", _late(owner="alice"), INSECURE),
    Way("a later file that everybody may write", _late(mode=0o666), INSECURE),
    Way("a later file that a group may write", _late(mode=0o664), INSECURE),
    Way("a later file that an access list lets them write", _access_list, INSECURE),
    Way("a recommended file that is theirs", _own_recommendation, INSECURE),
    Way("a later file that is a link into their home", _linked_into_home, INSECURE),
    Way("a later file that leads through their home", _linked_through_home, INSECURE),
    Way("a later file that climbs out of a link into their home", _climbing_link, INSECURE),
    Way("a later file that is a link of theirs", _link_of_theirs, INSECURE),
    Way("a second name for a file of theirs, in a shared folder", _hard_link, INSECURE),
    Way("a file in a folder that is shared like /tmp", _slip(0o1777, MANAGED), INSECURE),
    Way("a file in a folder that all may write", _slip(0o777, MANAGED), INSECURE, KEY, DEFAULT),
    Way("a folder above that their group may write", _slip(0o775, ROOT), INSECURE, KEY, DEFAULT),
    Way("a folder above that is theirs", _own_root, INSECURE, KEY, DEFAULT),
    Way("a pipe among the files, that nobody fills", _pipe, UNREADABLE),
)


# ── what cannot be read, and the copy ──────────────────────────────────────────────────────


def _broken(text: str | bytes, mode: int = 0o644) -> Callable[[Person], object]:
    """An administrator's slip; what a person has set meanwhile is no way in."""

    def go(person: Person) -> None:
        person.write(person.settings, TRIED)
        person.office.put(CORP, text, mode=mode)

    return go


def _closed(person: Person) -> None:
    person.write(person.settings, TRIED)
    person.office.at(MANAGED).chmod(0o700)


def _no_folder(person: Person) -> None:
    person.write(person.settings, TRIED)
    shutil.rmtree(person.office.at(MANAGED))
    person.office.put(MANAGED, policy(POLICY))


def _broken_while_it_runs(person: Person) -> None:
    person.write(person.settings, TRIED)
    with person.agent():
        person.office.put(CORP, policy(POLICY)[:-20])
        person.office.at(person.copy).unlink()
        assert person.ask("reload")["ok"]
        still(person)


def _swapped_while_it_runs(person: Person) -> None:
    person.write(person.settings, TRIED)
    with person.agent():
        person.office.at(CORP).unlink()
        person.office.at(CORP).symlink_to("nowhere.json")
        assert person.ask("reload")["ok"]
        still(person)


def _copy(text: str | None) -> Callable[[Person], object]:
    """Forge the copy of what was last good, or delete it; the policy itself is sound."""

    def go(person: Person) -> None:
        person.office.at(person.copy).unlink()
        if text is not None:
            person.write(person.copy, text)
        person.write(person.settings, TRIED)

    return go


def _copy_is(make: str) -> Callable[[Person], object]:
    """Put something into the copy's place that is no file."""

    def go(person: Person) -> None:
        person.office.at(person.copy).unlink()
        assert person.run("sh", "-c", make.format(copy=person.copy)).status == 0

    return go


def forged_copy(name: Path = CORP) -> str:
    """Return a copy that says of *name* what somebody would like it to say."""
    values = {KEY: WANTED}
    return policy({str(name): {"level": "mandatory", "scope": "machine", "values": values}})


COPIES: Final = (
    Way("a policy that is written only by half", _broken(policy(POLICY)[:-20]), UNREADABLE),
    Way("a policy that is empty", _broken(""), UNREADABLE),
    Way("a policy that is too large", _broken(" " * 70_000 + policy(POLICY)), UNREADABLE),
    Way("a policy in another encoding", _broken(policy(POLICY).encode("utf-16")), UNREADABLE),
    Way("a policy that is closed to them", _broken(policy(POLICY), 0o600), UNREADABLE),
    Way("a folder of policies that is closed to them", _closed, UNREADABLE),
    Way("a file in the place of the folder of policies", _no_folder, UNREADABLE),
    Way("a policy that breaks while it runs, and no copy", _broken_while_it_runs, UNREADABLE),
    Way("a policy swapped for a link to nowhere", _swapped_while_it_runs, UNREADABLE),
    Way("the copy deleted", _copy(None)),
    Way("the copy forged", _copy(forged_copy())),
    Way("a copy of a file that there never was", _copy(forged_copy(LATE))),
    Way("a copy as of another version", _copy('{"version": 0, "documents": []}')),
    Way("a pipe in the copy's place", _copy_is("mkfifo {copy}")),
    Way("a folder in the copy's place", _copy_is("mkdir {copy}")),
    Way("the policy in the copy's place", _copy_is(f"ln -s {CORP} {{copy}}")),
    Way("a data folder that cannot be written", _copy_is("chmod 500 $(dirname {copy})")),
)

SLIPS: Final = (*RIGHTS, *COPIES)
