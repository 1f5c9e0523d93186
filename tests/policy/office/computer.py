"""A computer of an organisation: an /etc of its own, and people on it who are nobody special.

All of it lies in a mount namespace, so that this computer's own /etc is never touched. Only root
can make one.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Self

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

REPOSITORY: Final = Path(__file__).parents[3]
ROOT: Final = Path("/etc/deskbreak/policies")
MANAGED: Final = ROOT / "managed"
RECOMMENDED: Final = ROOT / "recommended"
PLACE: Final = Path("/srv")
"""Where in the namespace everything lies that is not in /etc; empty on almost every computer."""
PEOPLE: Final = {"alice": 2001, "bob": 2002}
_WITHIN_S: Final = 20.0
_LOOK_S: Final = 0.02

# An installed deskbreak, as pip would leave it: Python, the libraries and the checkout are mounted,
# because the folders of whoever runs the tests need not be open to others.
_SETUP: Final = r"""
scratch=$1 python=$2 packages=$3 repository=$4 version=$5
mount -t tmpfs -o mode=755 tmpfs "$scratch"
cd "$scratch"
mkdir etc python packages repository home run log
cp -a /etc/. etc
mount --bind "$python" python
mount --bind "$packages" packages
mount --bind "$repository" repository
mount --rbind . /srv
cd /srv
mount --bind etc /etc
mkdir -p venv/bin venv/lib/python$version/site-packages
ln -s /srv/python/bin/python$version venv/bin/python
printf 'home = /srv/python/bin\n' >venv/pyvenv.cfg
printf '/srv/repository\n/srv/packages\n' >venv/lib/python$version/site-packages/here.pth
printf '#!/srv/venv/bin/python\nimport sys\nfrom deskbreak.cli import main\nsys.exit(main())\n' \
    >venv/bin/deskbreak
chmod 755 venv/bin/deskbreak
shift 5
for person in "$@"; do
    name=${person%%:*} number=${person#*:}
    echo "$name:x:$number:$number::/srv/home/$name:/bin/sh" >>/etc/passwd
    echo "$name:x:$number:" >>/etc/group
done
echo ready
exec cat
"""


@dataclass(frozen=True, slots=True)
class Ran:
    """How a command ended, and what it said."""

    status: int
    out: str
    err: str

    @property
    def facts(self) -> Any:  # noqa: ANN401 - whatever JSON says
        return json.loads(self.out)


class Office:
    """The computer; while it is entered, its people can run commands on it."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[str] | None = None
        self._shells: dict[str, subprocess.Popen[str]] = {}

    def __enter__(self) -> Self:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        packages = Path(pytest.__file__).parents[1]
        people = [f"{name}:{number}" for name, number in PEOPLE.items()]
        self._scratch = tempfile.mkdtemp(
            prefix="deskbreak-office-"
        )  # nothing outside sees it filled
        paths = [self._scratch, sys.base_prefix, str(packages), str(REPOSITORY)]
        self._process = subprocess.Popen(
            [
                *(tool("unshare"), "--mount", "--propagation", "private"),
                *("sh", "-euc", _SETUP, "sh", *paths, version, *people),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        if self._process.stdout.readline() != "ready\n":
            reason = self._process.stderr.read().strip().splitlines()[-1:]
            self.__exit__()
            pytest.skip(f"no mount namespace here: {' '.join(reason)}")
        return self

    def __exit__(self, *_: object) -> None:
        """Let the namespace go, with all that is in it."""
        assert self._process is not None
        for one in (*self._shells.values(), self._process):
            one.communicate(timeout=_WITHIN_S)
        self._process = None
        self._shells.clear()
        Path(self._scratch).rmdir()

    def at(self, path: Path | str) -> Path:
        """Return where root, outside, finds *path* of the inside. No absolute link leads there."""
        assert self._process is not None
        return Path(f"/proc/{self._process.pid}/root", str(path).lstrip("/"))

    def command(self, *argv: str, user: str = "root") -> list[str]:
        """Return what runs *argv* on this computer, as *user*."""
        assert self._process is not None
        inside = [tool("nsenter"), f"--mount=/proc/{self._process.pid}/ns/mnt", "--"]
        return [*inside, tool("runuser"), "-u", user, "--", *argv]

    def forked(self, user: str, asked: Mapping[str, object]) -> Ran:
        """Let a process of *user*, which has imported deskbreak already, fork one for *asked*."""
        if user not in self._shells:
            self._shells[user] = subprocess.Popen(
                self.command(f"{PLACE}/venv/bin/python", "-c", _FORKS, user=user),
                env={"LANG": "C.UTF-8", "PATH": "/usr/bin:/bin"},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
        shell = self._shells[user]
        assert shell.stdin is not None
        assert shell.stdout is not None
        shell.stdin.write(json.dumps(asked) + "\n")
        shell.stdin.flush()
        return Ran(*json.loads(shell.stdout.readline()))

    def person(self, name: str) -> Person:
        """Give somebody an empty home, and return who it is."""
        person = Person(self, name)
        for path, number in ((person.home, PEOPLE[name]), (person.runtime, PEOPLE[name])):
            shutil.rmtree(self.at(path), ignore_errors=True)
            self.at(path).mkdir(mode=0o700)
            os.chown(self.at(path), number, number)
        return person

    def clear(self) -> None:
        """Take away everything that an organisation has set."""
        shutil.rmtree(self.at("/etc/deskbreak"), ignore_errors=True)

    def put(
        self, path: Path, text: str | bytes, *, mode: int = 0o644, owner: str | None = None
    ) -> Path:
        """Write a file as an administrator does, and make the folders that lead there."""
        inside = self.at(path)
        for folder in reversed([inside.parent, *inside.parent.parents][: len(path.parts) - 2]):
            if not folder.exists():
                folder.mkdir(mode=0o755)
                folder.chmod(0o755)
        inside.write_bytes(text.encode() if isinstance(text, str) else text)
        inside.chmod(mode)
        self.give(path, owner)
        return path

    def give(self, path: Path, owner: str | None) -> None:
        """Make *owner* (None: root) the one to whom *path* belongs."""
        number = PEOPLE[owner] if owner else 0
        os.chown(self.at(path), number, number, follow_symlinks=False)


@dataclass(slots=True)
class Person:
    """Somebody with an account of their own and no other rights."""

    office: Office
    name: str
    extra: dict[str, str] = field(default_factory=dict)
    """What they have put into the environment of all their commands."""
    folder: Path | None = None
    """In which they run them; None: their home."""

    @property
    def home(self) -> Path:
        return PLACE / "home" / self.name

    @property
    def runtime(self) -> Path:
        return PLACE / "run" / self.name

    @property
    def settings(self) -> Path:
        return self.home / ".config/deskbreak/settings.toml"

    @property
    def copy(self) -> Path:
        """Where deskbreak keeps what was last good of a policy."""
        return self.home / ".local/share/deskbreak/policy.json"

    @property
    def env(self) -> dict[str, str]:
        return {
            "HOME": str(self.home),
            "LANG": "C.UTF-8",
            "LOGNAME": self.name,
            "PATH": f"{PLACE}/venv/bin:/usr/local/bin:/usr/bin:/bin",
            "TZ": "UTC",
            "USER": self.name,
            "XDG_RUNTIME_DIR": str(self.runtime),
            **self.extra,
        }

    def start(self, *argv: str, user: str = "") -> subprocess.Popen[str]:
        """Start a program as this person, or beside them as another *user*."""
        command = "env", f"--chdir={self.folder or self.home}", *argv
        return subprocess.Popen(
            self.office.command(*command, user=user or self.name),
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *argv: str) -> Ran:
        """Run a program as this person, to its end."""
        return ended(self.start(*argv))

    def deskbreak(self, *argv: str) -> Ran:
        """Run a command of deskbreak, in a process of its own that has imported it already."""
        return self._forked(argv=argv)

    def _forked(self, **what: object) -> Ran:
        asked = {**what, "env": self.env, "folder": str(self.folder or self.home)}
        return self.office.forked(self.name, asked)

    def write(self, path: Path, text: str | bytes) -> Path:
        """Write a file of this person's own, with the folders that lead there."""
        missing = [folder for folder in path.parents if not self.office.at(folder).exists()]
        for folder in reversed(missing):
            self.office.at(folder).mkdir(mode=0o700)
            self.office.give(folder, self.name)
        return self.office.put(path, text, mode=0o600, owner=self.name)

    @contextmanager
    def agent(self, *options: str) -> Iterator[None]:
        """Let deskbreak run for this person; ready when it answers."""
        process = self.start("deskbreak", "run", *options)
        try:
            self.until(lambda: self.ask("status").get("ok"), "an agent")
            yield
        finally:
            self.deskbreak("quit")
            ran = ended(process)
            assert ran.status == 0, ran.err

    def ask(self, name: str, argument: str = "") -> dict[str, Any]:
        """Say something to this person's agent at its door, as a program of their own could."""
        ran = self._forked(ask=[name, argument])
        return dict(json.loads(ran.out)) if ran.status == 0 else {}

    def log(self) -> str:
        """Return what this person's agent has logged."""
        path = self.office.at(self.home / ".local/state/deskbreak/deskbreak.log")
        return path.read_text("utf-8") if path.exists() else ""

    def interval(self) -> float:
        """Return the seconds after which this person's agent asks for another position."""
        kinds = self.ask("status")["facts"]["kinds"]
        return float(next(row["interval_seconds"] for row in kinds if row["kind"] == "position"))

    def until(self, condition: Any, what: str) -> None:  # noqa: ANN401 - whatever is true in the end
        """Ask *condition* until it is true; fail if it never is."""
        deadline_s = time.monotonic() + _WITHIN_S
        while not condition():
            assert time.monotonic() < deadline_s, f"waited in vain for {what}"
            time.sleep(_LOOK_S)


# To start Python and to import deskbreak takes ten times as long as what most commands do.
_FORKS: Final = r"""
import json, os, sys, time, traceback
from deskbreak import cli, door
from deskbreak.agent import requests
from deskbreak.commands import policy
from deskbreak.core.model import Command
from deskbreak.storage import files

def run(asked):
    if "argv" in asked:
        return cli.main(asked["argv"])
    print(json.dumps(door.ask(files.places().runtime, Command(*asked["ask"]))))
    return 0

def child(asked, out, err):
    status = 99
    try:
        os.chdir(asked["folder"])
        os.environ.clear()
        os.environ.update(asked["env"])
        time.tzset()
        for number, opened in enumerate((os.open("/dev/null", os.O_RDONLY), out, err)):
            os.dup2(opened, number)
        status = run(asked)
    except SystemExit as exit:
        status = exit.code or 0
    except BaseException:
        traceback.print_exc()
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(status)

for line in sys.stdin:
    files_ = [os.memfd_create("out"), os.memfd_create("err")]
    pid = os.fork()
    if pid == 0:
        child(json.loads(line), *files_)
    status = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    texts = [os.pread(one, 1 << 24, 0).decode() for one in files_]
    for one in files_:
        os.close(one)
    print(json.dumps([status, *texts]), flush=True)
"""


def ended(process: subprocess.Popen[str]) -> Ran:
    """Wait for *process*, and return how it ended; it never shows a traceback."""
    out, err = process.communicate(timeout=_WITHIN_S)
    return Ran(process.returncode, out, err)


def policy(values: Mapping[str, object]) -> str:
    """Write a policy file as people do: a key a line."""
    return json.dumps(values, indent=2)


def tool(name: str) -> str:
    """Return where a program of root's is, or skip the test that needs it."""
    found = shutil.which(name, path="/usr/sbin:/sbin:/usr/bin:/bin")
    if found is None:
        pytest.skip(f"not installed: {name}")
    return found
