"""The agent at homes that were not made for it: read-only, full, far away, oddly named."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from shutil import which
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import size
from tests.desktop.desk import Agent
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from pathlib import Path

    from tests.board import Board

SFTP: Final = "/usr/lib/openssh/sftp-server"
# What is mounted is seen by the agent alone, and goes with it.
_FAR: Final = (
    f'mkfifo pipe; ({SFTP} <pipe | sshfs -f -o passive there:"$PWD/far" "$HOME" >pipe) >/dev/null 2>&1 & '
    'n=0; until mountpoint -q "$HOME"; do sleep 0.02; n=$((n + 1)); [ $n -lt 500 ]; done'
)
_UNDO: Final = 'umount "$HOME" 2>/dev/null || :'
_NOT_OURS: Final = "setpriv --bounding-set=-dac_override,-dac_read_search,-fowner --no-new-privs"


@dataclass(frozen=True, slots=True)
class Home:
    """A home: how it is made where only the agent sees it, and what the agent says of it."""

    setup: str  # in a shell; $HOME is an empty folder
    says: str = ""  # what its one problem has, besides the path of the history
    note: str = ""  # what the doctor says of the history
    through: str = "exec"
    needs: tuple[str, ...] = ("unshare", "mount")
    name: str = "home"


HOMES: Final = {
    "read-only": Home(
        'mount --bind "$HOME" "$HOME"; mount -o remount,bind,ro "$HOME"', "Read-only"
    ),
    "full": Home(
        'mount -t tmpfs -o size=64k,mode=700 tmpfs "$HOME";'
        'dd if=/dev/zero of="$HOME/film" bs=4k 2>/dev/null || :',
        "no room left",
    ),
    "no more files": Home(
        'mount -t tmpfs -o nr_inodes=2,mode=700 tmpfs "$HOME"; : >"$HOME/film" || :', "no room left"
    ),
    "somebody else's": Home(
        'chmod 755 "$HOME"; chown 65534:65534 "$HOME"',
        "Permission denied",
        through=f"exec {_NOT_OURS}",
        needs=("unshare", "mount", "setpriv"),
    ),
    "a file": Home('rmdir "$HOME"; : >"$HOME"', "Not a directory"),
    "oddly named": Home(":", name="Büro 桌面 100% #1;?&'\""),
    "far away": Home(
        _FAR, note="network drive (fuse.sshfs)", needs=("unshare", "mount", "sshfs", SFTP)
    ),
    "nfs": Home('mount -t nfs localhost:/ "$HOME"', note="network drive (nfs"),
    "smb": Home('mount -t cifs //localhost/home "$HOME" -o guest', note="network drive (cifs)"),
}


class Tenant(Agent):
    """An agent in a mount namespace of its own."""

    def __init__(self, home: Home, env: dict[str, str], scratch: Path) -> None:
        super().__init__(env)
        script = f'cd "$1"; shift; {home.setup}; {home.through} "$@"'
        namespace = ["unshare", "--mount", "--propagation", "private", "sh", "-euc", script, "sh"]
        self.argv = [*namespace, str(scratch), *self.argv]


def can_be_made(home: Home, scratch: Path) -> str:
    """Return why *home* cannot be made here, if it cannot."""
    if missing := [name for name in home.needs if not which(name)]:
        return f"{missing[0]} is not installed"
    place = scratch / "tried"
    (scratch / "far").mkdir(parents=True)
    place.mkdir()
    ran = subprocess.run(
        ["unshare", "--mount", "--propagation", "private", "sh", "-euc", f"{home.setup}; {_UNDO}"],
        cwd=scratch,
        env={**os.environ, "HOME": str(place)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )
    said = ran.stderr.strip().replace(f"{place}: ", "").splitlines()
    return said[0] if ran.returncode else ""


@pytest.fixture
def runtime(tmp_path: Path) -> Path:
    """A folder for the door that every home shares, as a session manager makes it."""
    folder = tmp_path / "runtime"
    folder.mkdir(mode=0o700)
    return folder


@pytest.mark.row("R14")
@pytest.mark.parametrize("name", HOMES)
def test_given_an_unfriendly_home_then_the_agent_works_and_names_the_path(
    name: str, tmp_path: Path, runtime: Path, board: Board
) -> None:
    """It starts, prompts, takes answers and ends; what cannot be kept is said, once."""
    home = HOMES[name]
    if reason := can_be_made(home, tmp_path / "try"):
        pytest.skip(f"not run: {reason}")
    times = size(1, 20)
    for number in range(times):
        scratch = tmp_path / str(number)
        (scratch / "far").mkdir(parents=True)
        (scratch / home.name).mkdir()
        env = {
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "HOME": str(scratch / home.name),
            "XDG_RUNTIME_DIR": str(runtime),
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
        }
        with Tenant(home, env, scratch) as agent:
            lives_there(agent, home)
            assert not [path for path in scratch.glob("far/**/*") if path.name.endswith("-wal")]
    board.note(load=times, faults=times, figure=f"{name}: works {times} of {times} times")


def lives_there(agent: Agent, home: Home) -> None:
    """See that the agent does all that it does elsewhere, and says what is wrong with its home."""
    history = agent.places.history
    assert agent.ask("take", "stretch")["ok"]
    wait_for(lambda: agent.status["open"], what="the prompt")
    assert agent.ask("answer", "done")["ok"]
    wait_for(lambda: not agent.status["open"], what="its end")
    assert 1 == agent.ask("stats")["facts"]["total"]["kinds"]["stretch"]["asked"]

    about = [one for one in agent.status["problems"] if str(history) in one]
    assert [home.says] * bool(home.says) == [home.says for one in about if home.says in one]
    assert len(about) == bool(home.says)
    found = agent.ask("doctor")["facts"]
    assert not home.note or home.note in str(found)
    assert "Traceback" not in agent.output
    agent.ask("quit")
    wait_for(lambda: agent.returncode is not None, what="the end")
    assert 0 == agent.returncode, agent.output
    assert "Traceback" not in agent.output
