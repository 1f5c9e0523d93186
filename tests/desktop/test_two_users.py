"""Two people at one computer, each with an agent: nothing is shared, and neither sees the other."""

from __future__ import annotations

import json
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import size
from tests.desktop import users
from tests.desktop.parts import wait_for
from tests.desktop.users import NAMES, User

if sys.platform != "linux":
    pytest.skip("who somebody is, is told in another way there", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board import Board

REACH: Final = """
import os, socket, sys

def connect(path):
    with socket.socket(socket.AF_UNIX) as ours:
        ours.connect(path)

ways = {
    "read": lambda path: open(path, "rb").read(),
    "list": os.listdir,
    "connect": connect,
    "write": lambda path: open(path, "ab").close(),
    "plant": lambda path: open(os.path.join(path, "planted"), "x").close(),
    "move": lambda path: os.rename(path, path + "-moved"),
}
names = sys.stdin.readline().split()
for line in sys.stdin:
    path = line.rstrip("\\n")
    for name in names:
        try:
            ways[name](path)
        except OSError as error:
            print("refused" if error.errno in (1, 13) else "no such way", name, path)
        else:
            print("reached", name, path)
"""


@pytest.fixture
def both() -> Iterator[tuple[User, User]]:
    """Two people with agents that were started at the same time; one has no runtime folder."""
    if reason := users.absent():
        pytest.skip(reason)
    with User(NAMES[0]) as anna, User(NAMES[1], has_runtime=False) as bert:
        for one in (anna, bert):
            one.begin()
        for one in (anna, bert):
            wait_for(one.is_ready, what=f"the agent of {one.name}")
        yield anna, bert


@pytest.mark.row("R26")
def test_given_two_users_when_both_have_prompts_then_each_sees_and_answers_their_own(
    board: Board, both: tuple[User, User]
) -> None:
    """Started in the same moment, with one port, lock or name they would be in each other's way."""
    anna, bert = both
    rounds = size(2, 20)
    for n in range(rounds):
        for one, other in ((anna, bert), (bert, anna)):
            before = len(other.service.notes)
            assert 0 == one.run("take", "position").status
            one.service.note(n + 1)
            assert 0 == one.run("answer", "done").status
            assert before == len(other.service.notes)
    took = [json.loads(one.run("status", "--json").out)["last"] for one in both]
    for one in both:
        one.end()
    board.note(load=2 * rounds, figure=f"{2 * rounds} prompts, 0 of them on the other's screen")

    assert [["taken"] * min(rounds, len(last)) for last in took] == [
        [one["outcome"] for one in last] for last in took
    ]


@pytest.mark.row("R26")
def test_given_two_users_then_neither_reads_writes_or_reaches_anything_of_the_other(
    board: Board, both: tuple[User, User]
) -> None:
    """Whatever the umask, in a home that others may look into, and with the other's environment."""
    said: list[str] = []
    for one, other in (both, both[::-1]):
        assert 0 == one.run("take", "position").status
        found = [str(path) for path in one.home.rglob("*")]
        own = one.script(REACH, ["read list connect", *found])
        can = {" ".join(line.split()[:2]) for line in own}
        assert {"reached read", "reached list", "reached connect"} <= can
        said += other.script(REACH, ["read list connect write plant move", *found])
    reached = [line for line in said if line.startswith("reached")]
    refused = sum(line.startswith("refused") for line in said)
    told = _told_of_the_other(*both) + _told_of_the_other(*both[::-1])
    figure = f"{len(reached)} of {len(reached) + refused} tries reached anything of the other's"
    board.note(load=2, faults=len(reached) + refused + 4, figure=figure)

    assert [] == reached
    assert refused >= 100
    assert [] == told


def _told_of_the_other(one: User, other: User) -> list[str]:
    """What the commands of *one* tell of an agent of *other*, whose environment is left behind."""
    for user, words in ((one, ("answer", "done")), (other, ("take", "position"))):
        assert 0 == user.run(*words).status
    assert json.loads(other.run("status", "--json").out)["open"]
    wrong = []
    theirs = {"XDG_RUNTIME_DIR": str(other.home / "run")}
    for env in (theirs, {**theirs, "HOME": str(other.home)}):
        ran = one.run("status", "--json", **env)
        if ran.status == 0 and json.loads(ran.out)["open"]:
            wrong.append(f"told: {ran}")
        ran = one.run("answer", "skip", **env)
        if ran.status == 0 or json.loads(other.run("status", "--json").out)["open"] is None:
            wrong.append(f"answered: {ran}")
    return wrong


@pytest.mark.row("R26")
def test_given_two_users_then_what_is_theirs_is_in_their_homes_and_nowhere_else(
    board: Board, both: tuple[User, User]
) -> None:
    """No file in a folder that all share, no port, and no name of a socket that anybody can take."""
    known = {one.home for one in both} | {one.bus.folder for one in both}
    elsewhere = [
        entry.path
        for folder in ("/tmp", "/var/tmp", "/dev/shm", "/run/lock")
        for entry in os.scandir(folder)
        if Path(entry.path) not in known and _owner(entry) in {one.uid for one in both}
    ]
    sockets = [len(_sockets(one)) for one in both]
    taken = [line for one in both for line in _taken_by_name(one)]
    board.note(
        load=2, figure=f"0 files elsewhere, {len(taken)} of {sum(sockets)} sockets with a name"
    )

    assert [] == elsewhere
    assert 0 < min(sockets)
    assert [] == taken


def _owner(entry: os.DirEntry[str]) -> int | None:
    """Return whose it is; None if it has just gone."""
    try:
        return entry.stat(follow_symlinks=False).st_uid
    except FileNotFoundError:
        return None


def _sockets(user: User) -> set[str]:
    """The sockets that an agent has open, by their inodes. Source: proc(5)."""
    links = []
    for path in Path(f"/proc/{user.agent.pid}/fd").iterdir():
        with suppress(FileNotFoundError):  # closed since it was listed
            links.append(str(path.readlink()))
    return {link[8:-1] for link in links if link.startswith("socket:[")}


def _taken_by_name(user: User) -> list[str]:
    """Ports, and abstract names, at which an agent listens. Source: proc(5), net/tcp and net/unix."""
    mine, found = _sockets(user), []
    for name in ("tcp", "tcp6", "udp", "udp6"):
        lines = Path(f"/proc/net/{name}").read_text(encoding="ascii").splitlines()[1:]
        found += [line for line in lines if line.split()[9] in mine]
    for line in Path("/proc/net/unix").read_text(encoding="utf-8").splitlines()[1:]:
        words = line.split()
        if words[6] in mine and words[7:] and words[7].startswith("@"):
            found.append(line)
    return found
