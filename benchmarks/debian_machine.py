"""A Debian of its own in a folder, in which commands are run, and the table of what came of them."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable

    Sight = Callable[[], bool]

SUITE: Final = "bookworm"
USER: Final = "alice"
HOME: Final = f"home/{USER}"
_WITHIN_S: Final = 600.0


@dataclass(slots=True)
class Table:
    """What was done, with its exit code, and what was seen afterwards."""

    failures: int = 0

    def row(self, step: str, act: Callable[[], int | None], wanted: int, **sights: Sight) -> None:
        """Do one step, look, and print it; what is seen is named as a sentence with underscores."""
        begun_s = time.monotonic()
        code = act()
        took_s = time.monotonic() - begun_s
        seen = {name.replace("_", " "): sight() for name, sight in sights.items()}
        wrong = [what for what, is_so in seen.items() if not is_so]
        if code != wanted:
            wrong.insert(0, f"exit code {wanted}")
        self.failures += bool(wrong)
        said = f"NOT: {', '.join(wrong)}" if wrong else ", ".join(seen)
        print(f"{step:48} {code!s:>5} {took_s:6.1f} s  {said}", flush=True)


@dataclass(slots=True)
class Machine:
    """A Debian of its own in *root*, and what was said by the command that ran there last."""

    root: Path
    out: str = ""
    err: str = ""
    before: set[str] = field(default_factory=set)

    def run(self, *argv: str, user: str = "root", env: dict[str, str] | None = None) -> int:
        """Run a program to its end; return its exit code."""
        ran = subprocess.run(
            self._argv(argv, user),
            check=False,
            capture_output=True,
            encoding="utf-8",
            errors="replace",
            env=self._env(user, env),
            timeout=_WITHIN_S,
        )
        self.out, self.err = ran.stdout, ran.stderr
        if "Traceback" in ran.stderr or (ran.returncode and argv[0].startswith("apt")):
            print(ran.stderr[-2000:])
        return ran.returncode

    def start(self, *argv: str, env: dict[str, str]) -> subprocess.Popen[bytes]:
        """Start a program of the user's."""
        with (self.root / "tmp" / f"{Path(argv[0]).name}.log").open("wb") as log:
            return subprocess.Popen(
                self._argv(argv, USER),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=self._env(USER, env),
            )

    def _argv(self, argv: tuple[str, ...], user: str) -> list[str]:
        became = (
            []
            if user == "root"
            else ["setpriv", f"--reuid={user}", f"--regid={user}", "--init-groups"]
        )
        return ["chroot", str(self.root), *became, *argv]

    def _env(self, user: str, env: dict[str, str] | None) -> dict[str, str]:
        return {
            "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": "/root" if user == "root" else f"/{HOME}",
            "LANG": "C.UTF-8",
            "DEBIAN_FRONTEND": "noninteractive",
            "TMPDIR": "/tmp",  # noqa: S108 - of the other root
            **{name: value for name, value in os.environ.items() if name.endswith("_proxy")},
            **(env or {}),
        }

    def path(self, name: str) -> Path:
        """Return where a file of its is."""
        return self.root / name

    def has(self, name: str) -> bool:
        """Whether there is such a file."""
        return self.path(name).exists()

    def files(self) -> set[str]:
        """Name every file and folder, but what Debian itself keeps of packages and caches."""
        found = set()
        skipped = (
            "proc",
            "dev",
            "sys",
            "tmp",
            "run",
            "var/lib/dpkg",
            "var/lib/apt",
            "var/cache",
            "var/log",
        )
        for folder, folders, names in os.walk(self.root):
            place = Path(folder).relative_to(self.root).as_posix()
            folders[:] = [
                name for name in folders if f"{place}/{name}".removeprefix("./") not in skipped
            ]
            found |= {f"{place}/{name}".removeprefix("./") for name in (*names, *folders)}
        return found

    def wait_for(self, sight: Sight, within_s: float) -> int | None:
        """Return 0 as soon as it is so; None if it never is."""
        until_s = time.monotonic() + within_s
        while time.monotonic() < until_s:
            if sight():
                return 0
            time.sleep(0.2)
        return None

    def facts(self) -> Any:  # noqa: ANN401 - whatever JSON says
        """Return what the last command printed with --json."""
        with contextlib.suppress(ValueError):
            return json.loads(self.out)
        return {}


def mirror() -> list[str]:
    """Return where this computer has its packages from; empty: debootstrap knows one."""
    argv = [
        "apt-get",
        "indextargets",
        "--format",
        "$(SITE)",
        "Created-By: Packages",
        f"Codename: {SUITE}",
    ]
    said = subprocess.run(argv, check=False, capture_output=True, text=True).stdout
    return said.split()[:1]
