"""Installs the Windows programs, runs, upgrades and removes them, and prints each exit code.

In Wine, so it shows that the packages hold together and not how Windows takes them:
packaging/windows/prepare && packaging/wine/run python3 benchmarks/windows_programs.py
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Sight = Callable[[], bool]

ROOT: Final = Path(__file__).parents[1]
PREFIX: Final = Path(os.environ["WINEPREFIX"])
_PROFILE: Final = re.compile(r"users\\+deskbreak")
DRIVE: Final = PREFIX / "drive_c"
FOLDER: Final = DRIVE / "Program Files" / "Deskbreak"
VERSION: Final = ROOT / "deskbreak" / "__init__.py"
KEY: Final = "position.interval_minutes"
REFUSED: Final = 1603  # ERROR_INSTALL_FAILURE
LATER: Final = 3010  # ERROR_SUCCESS_REBOOT_REQUIRED
_WITHIN_S: Final = 600.0
_UP_WITHIN_S: Final = 90.0


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
        print(f"{step:44} {code!s:>5} {took_s:6.1f} s  {said}", flush=True)


@dataclass(frozen=True, slots=True)
class Ran:
    """How a Windows program ended, and what it printed."""

    returncode: int
    stdout: str
    stderr: str


def wine(*argv: str | Path) -> Ran:
    """Run a Windows program to its end; it may print 64 kB, which is what a pipe holds."""
    with subprocess.Popen(
        ["wine", *argv],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as process:
        code = process.wait(_WITHIN_S)
        return Ran(code, _held(process.stdout), _held(process.stderr))


def _held(pipe: IO[bytes] | None) -> str:
    """Return what is in *pipe*: Wine's own programs may have it open for as long as they run."""
    assert pipe is not None
    os.set_blocking(pipe.fileno(), False)
    return (pipe.read() or b"").decode("utf-8", "replace")


def deskbreak(*words: str) -> Ran:
    """Run the installed command."""
    return wine(FOLDER / "deskbreak.exe", *words)


def msiexec(*words: str) -> int:
    """Install or remove without a window; return the exit code, of which Wine itself tells 8 bits."""
    code = "import subprocess, sys; print(subprocess.call(sys.argv[1:]))"
    return int(wine("python", "-c", code, "msiexec", *words, "/qn").stdout)


def built() -> tuple[str, str]:
    """Build this version and the next one; return both."""
    text = VERSION.read_text(encoding="utf-8")
    (old,) = re.findall(r'^__version__ = "(.*)"$', text, re.MULTILINE)
    major, minor, patch = old.split(".")
    new = f"{major}.{minor}.{int(patch) + 1}"
    for version in (old, new):
        VERSION.write_text(text.replace(old, version), encoding="utf-8")
        subprocess.run([ROOT / "packaging" / "windows" / "build"], check=True, cwd=ROOT)
    VERSION.write_text(text, encoding="utf-8")
    return old, new


def package(version: str) -> str:
    """Return the name of a version's MSI."""
    return f"dist/deskbreak-{version}-test.msi"


def clear(*versions: str) -> None:
    """Remove what a run that was ended in its midst has left."""
    if FOLDER.exists():
        for version in versions:
            msiexec("/x", package(version))
    for folder in DRIVE.glob("users/*/AppData/*/Deskbreak"):
        shutil.rmtree(folder)


def registry() -> set[str]:
    """Return the lines of Wine's registry that name us, once it has written them down."""
    for flag in ("-k", "-w"):
        subprocess.run(["wineserver", flag], check=False)
    texts = (path.read_text("utf-8", "replace") for path in PREFIX.glob("*.reg"))
    # A key's line ends with the second it was changed in.
    lines = (re.sub(r"\] \d+$", "]", line) for text in texts for line in text.splitlines())
    # In Wine the person at the computer is called so as well.
    return {line for line in lines if "deskbreak" in _PROFILE.sub("", line.lower())}


def search_path() -> list[str]:
    """Return the folders of the machine's PATH; Wine leaves the semicolon of one that is removed."""
    key = r"HKLM\System\CurrentControlSet\Control\Session Manager\Environment"
    said = wine("reg", "query", key, "/v", "PATH").stdout
    return [one for one in said.partition("REG_EXPAND_SZ")[2].strip().split(";") if one]


def in_the_menu() -> bool:
    """Whether there is a shortcut; Wine has one folder of them where Windows has one for all users too."""
    return any(path.name == "deskbreak.lnk" for path in DRIVE.rglob("*.lnk"))


def starts_at_login() -> bool:
    """Whether the installer has seen to the start at login."""
    key = r"HKLM\Software\Microsoft\Windows\CurrentVersion\Run"
    return "deskbreakw.exe" in wine("reg", "query", key, "/v", "deskbreak").stdout


def files_now() -> set[Path]:
    """Return every file on the drive but what Windows itself keeps of installations and logs."""
    return {
        path.relative_to(DRIVE)
        for path in DRIVE.rglob("*")
        if not path.is_dir() and not path.is_relative_to(DRIVE / "windows")
    }


def users_own(path: Path) -> bool:
    """Whether a file is one of the person's, that a removal must not touch."""
    return re.match(r"users/[^/]+/AppData/(Roaming|Local)/Deskbreak/", path.as_posix()) is not None


def history() -> bytes:
    """Return what is in the history, byte for byte."""
    return b"".join(
        path.read_bytes()
        for path in sorted(DRIVE.glob("users/*/AppData/Local/Deskbreak/history.db"))
    )


@dataclass(frozen=True, slots=True)
class Before:
    """What there was before the first installation."""

    files: set[Path]
    registry: set[str]
    path: list[str]


@contextlib.contextmanager
def changed_pystray() -> Iterator[Path]:
    """Let the installed pystray leave a file behind, whose path is yielded: anybody may change it."""
    library, seen = FOLDER / "_internal" / "pystray" / "__init__.py", DRIVE / "pystray-was-changed"
    text = library.read_text(encoding="utf-8")
    library.write_text(f"{text}\nopen('C:/{seen.name}', 'w').close()\n", encoding="utf-8")
    try:
        yield seen
    finally:
        library.write_text(text, encoding="utf-8")
        seen.unlink(missing_ok=True)


class Agent:
    """The installed deskbreakw.exe, started as Windows starts it at login."""

    def __init__(self) -> None:
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> int | None:
        """Start it; return the exit code of the first `status` that is answered, or None."""
        argv = ["wine", str(FOLDER / "deskbreakw.exe"), "run"]
        self._process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        until_s = time.monotonic() + _UP_WITHIN_S
        while self._process.poll() is None and time.monotonic() < until_s:
            if deskbreak("status").returncode == 0:
                return 0
        return self._process.poll()

    def ended(self) -> bool:
        """Whether it has ended, and well."""
        if self._process is None:
            return False
        try:
            return self._process.wait(30) == 0
        except subprocess.TimeoutExpired:
            self._process.kill()
            return False


def main() -> int:
    """Go through the life of an installation; return 1 if something was not as it should be."""
    old, new = built()
    clear(old, new)
    before = Before(files_now(), registry(), search_path())
    table, agent = Table(), Agent()
    print(f"{'step':44} {'exit':>5} {'took':>8}  seen afterwards", flush=True)
    _install(table, old, before)
    _use(table, agent, old)
    _upgrade(table, agent, old, new)
    _remove(table, new, before)
    _upgrade_at_work(table, agent, old, new)
    _remove(table, new, before)
    print(f"\n{table.failures} steps were not as they should be", flush=True)
    return min(table.failures, 1)


def _install(table: Table, old: str, before: Before) -> None:
    table.row(
        f"msiexec /i deskbreak-{old}.msi AUTOSTART=1 /qn",
        lambda: msiexec("/i", package(old), "AUTOSTART=1"),
        0,
        programs_there=(FOLDER / "deskbreakw.exe").is_file,
        licences_there=(FOLDER / "THIRD_PARTY_NOTICES.txt").is_file,
        starts_at_login=starts_at_login,
        in_the_menu=in_the_menu,
        on_the_search_path=lambda: (
            search_path() == [*before.path, "C:\\Program Files\\Deskbreak\\"]
        ),
    )


def _use(table: Table, agent: Agent, old: str) -> None:
    table.row(
        "deskbreak --version",
        lambda: deskbreak("--version").returncode,
        0,
        is_the_version=lambda: old in deskbreak("--version").stdout,
    )
    with changed_pystray() as seen:
        table.row(
            "deskbreakw run, until deskbreak status",
            agent.start,
            0,
            a_changed_pystray_is_what_runs=seen.exists,
        )
    table.row(
        f"deskbreak config set {KEY} 25",
        lambda: deskbreak("config", "set", KEY, "25").returncode,
        0,
        is_set=lambda: deskbreak("config", "get", KEY).stdout.strip() == "25",
    )
    table.row("deskbreak pause", lambda: deskbreak("pause").returncode, 0)
    table.row(
        "deskbreakw run, a second time",
        lambda: wine(FOLDER / "deskbreakw.exe", "run").returncode,
        1,
    )
    table.row(
        "deskbreakw run --launched, from the menu",
        lambda: wine(FOLDER / "deskbreakw.exe", "run", "--launched").returncode,
        0,
    )
    table.row("deskbreak quit", lambda: deskbreak("quit").returncode, 0, agent_ended=agent.ended)


def _upgrade(table: Table, agent: Agent, old: str, new: str) -> None:
    kept = history()
    table.row(
        f"msiexec /i deskbreak-{new}.msi /qn",
        lambda: msiexec("/i", package(new)),
        0,
        is_the_version=lambda: new in deskbreak("--version").stdout,
        still_starts_at_login=starts_at_login,
        settings_kept=lambda: deskbreak("config", "get", KEY).stdout.strip() == "25",
        history_kept=lambda: bool(kept) and history() == kept,
    )
    table.row(
        f"msiexec /i deskbreak-{old}.msi /qn, an older one",
        lambda: msiexec("/i", package(old)),
        REFUSED,
        version_is_still_the_newer=lambda: new in deskbreak("--version").stdout,
    )
    table.row("deskbreakw run, until deskbreak status", agent.start, 0)
    table.row(
        "deskbreak stats --json",
        lambda: deskbreak("stats", "--json").returncode,
        0,
        history_still_begins_so=lambda: bool(kept) and len(history()) >= len(kept),
    )
    table.row("deskbreak quit", lambda: deskbreak("quit").returncode, 0, agent_ended=agent.ended)


def _upgrade_at_work(table: Table, agent: Agent, old: str, new: str) -> None:
    """Upgrade under a running agent. Windows would ask it to end first; Wine does not."""
    table.row(
        f"msiexec /i deskbreak-{old}.msi AUTOSTART=1 /qn",
        lambda: msiexec("/i", package(old), "AUTOSTART=1"),
        0,
        starts_at_login=starts_at_login,
    )
    table.row("deskbreakw run, until deskbreak status", agent.start, 0)
    table.row(
        f"the same of {new} with AUTOSTART=0, while it runs",
        lambda: msiexec("/i", package(new), "AUTOSTART=0"),
        LATER,
        is_the_version=lambda: new in deskbreak("--version").stdout,
        not_at_login=lambda: not starts_at_login(),
    )
    table.row(
        "deskbreak status",
        lambda: deskbreak("status").returncode,
        0,
        says_that_another_version_runs=lambda: "another version" in deskbreak("status").stderr,
    )
    table.row("deskbreak quit", lambda: deskbreak("quit").returncode, 0, agent_ended=agent.ended)
    table.row("the next start of Windows", lambda: wine("wineboot", "-r").returncode, 0)


def _remove(table: Table, new: str, before: Before) -> None:
    def left() -> list[Path]:
        return sorted(path for path in files_now() - before.files if not users_own(path))

    table.row(
        f"msiexec /x deskbreak-{new}.msi /qn",
        lambda: msiexec("/x", package(new)),
        0,
        programs_gone=lambda: not FOLDER.exists(),
        not_at_login=lambda: not starts_at_login(),
        not_in_the_menu=lambda: not in_the_menu(),
        search_path_as_before=lambda: search_path() == before.path,
        no_other_file_left=lambda: not left(),
        settings_left=lambda: any(map(users_own, files_now())),
        nothing_in_the_registry=lambda: not registry() - before.registry,
    )
    for line in (*map(str, left()), *sorted(registry() - before.registry)):
        print(f"  left: {line}")


if __name__ == "__main__":
    sys.exit(main())
