"""Installs the .deb in a clean Debian 12, lives with it as a user, removes it, and prints each step.

As root: `make try-deb`. It leaves dist/try-deb.png, and ends with 1 if a step was not as it should be.
"""

from __future__ import annotations

import contextlib
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from debian_machine import HOME, SUITE, USER, Machine, Table, mirror

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Sight = Callable[[], bool]

ROOT: Final = Path(__file__).parents[1]
DESKTOP: Final = ("xvfb", "dunst", "dbus-daemon", "dbus-bin")
"""A screen, a notification service, a message bus and what reads along there."""
ENTRY: Final = "etc/xdg/autostart/deskbreak.desktop"
OWN: Final = f"{HOME}/.config/autostart/deskbreak.desktop"
POLICY: Final = "etc/deskbreak/policies/managed/10-corp.json"
KEY: Final = "position.interval_minutes"
LOCKED: Final = 4
NEXT: Final = "1000.0"
_APT: Final = ("apt-get", "install", "-y", "-qq")
_UP_WITHIN_S: Final = 20.0
_PROMPT_WITHIN_S: Final = 40.0  # twenty minutes are ten seconds at this speed
_SPEED: Final = "120"
_MOVES: Final = """\
import time
from Xlib import X, display
from Xlib.ext import xtest
screen = display.Display()
for step in range(400):
    xtest.fake_input(screen, X.MotionNotify, x=100 + step % 50, y=100)
    screen.sync()
    time.sleep(0.15)
"""
"""A hand on the mouse, for a minute."""


def built() -> Path:
    """Return the package of this version."""
    (line,) = re.findall(
        r'__version__ = "(.*)"', (ROOT / "deskbreak/__init__.py").read_text("utf-8")
    )
    return ROOT / "dist" / f"deskbreak_{line}_all.deb"


def inside(root: Path) -> int:
    """Go through the life of an installation; the mounts are this process's alone."""
    table, machine, deb = Table(), Machine(root), built()
    print(f"{'step':48} {'exit':>5} {'took':>8}  seen afterwards", flush=True)
    _made(table, deb)
    _ready(table, machine)
    if not table.failures:
        _lived(table, machine, deb)
    print(f"\n{table.failures} steps were not as they should be", flush=True)
    return min(table.failures, 1)


def _lived(table: Table, machine: Machine, deb: Path) -> None:
    _install(table, machine, deb)
    with _desk(machine) as env:
        _live(table, machine, env)
        _be_prompted(table, machine, env)
        _switch(table, machine, env)
        _obey(table, machine, env)
    _keep(table, machine, deb)
    _remove(table, machine)


def _made(table: Table, deb: Path) -> None:
    def run(*argv: str) -> Callable[[], int]:
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        return lambda: subprocess.run(argv, check=False, cwd=ROOT, **quiet).returncode

    table.row("packaging/debian/build", run("packaging/debian/build"), 0, package_there=deb.is_file)
    table.row("lintian --fail-on error", run("lintian", "--fail-on", "error", str(deb)), 0)


def _ready(table: Table, machine: Machine) -> None:
    def bare() -> int:
        argv = ["debootstrap", "--variant=minbase", SUITE, str(machine.root), *mirror()]
        code = subprocess.run(argv, check=False, stdout=subprocess.DEVNULL).returncode
        if code:
            return code
        for name, argv in (("proc", ["-t", "proc", "proc"]), ("dev", ["--rbind", "/dev"])):
            subprocess.run(["mount", *argv, str(machine.path(name))], check=True)
        machine.path("etc/dpkg/dpkg.cfg.d/quick").write_text("force-unsafe-io\n", encoding="utf-8")
        return 0

    def desktop() -> int:
        code = machine.run(*_APT, "--no-install-recommends", *DESKTOP)
        code = code or machine.run("useradd", "--create-home", USER)
        machine.path("run/user/1000").mkdir(parents=True, mode=0o700)
        machine.run("chown", USER, "/run/user/1000")
        machine.before = machine.files()
        return code

    table.row(f"debootstrap {SUITE}", bare, 0)
    table.row(f"apt-get install {' '.join(DESKTOP)}", desktop, 0)


def _install(table: Table, machine: Machine, deb: Path) -> None:
    shutil.copy(deb, machine.path("tmp"))
    table.row(
        "apt-get install ./deskbreak_*.deb",
        lambda: machine.run(*_APT, f"/tmp/{deb.name}"),  # noqa: S108 - of the other root
        0,
        command_there=lambda: machine.has("usr/bin/deskbreak"),
        in_the_menu=lambda: machine.has("usr/share/applications/deskbreak.desktop"),
        man_page_there=lambda: machine.has("usr/share/man/man1/deskbreak.1.gz"),
        at_login=lambda: machine.has(ENTRY),
        nobodys_home_touched=lambda: not _homes(machine) - machine.before,
    )
    table.row(
        "deskbreak --version",
        lambda: machine.run("deskbreak", "--version", user=USER),
        0,
        is_the_version=lambda: deb.name.split("_")[1] in machine.out,
    )


def _homes(machine: Machine) -> set[str]:
    return {name for name in machine.files() if name.startswith(("home/", "root/"))}


@contextlib.contextmanager
def _desk(machine: Machine) -> Iterator[dict[str, str]]:
    """Log the user in: a screen, a message bus, and a notification service."""
    env = {
        "DISPLAY": ":7",
        "XDG_RUNTIME_DIR": "/run/user/1000",
        "DBUS_SESSION_BUS_ADDRESS": "unix:path=/run/user/1000/bus",
    }
    machine.run("mkdir", "/run/user/1000/screen", user=USER)
    started = []
    for argv, sign in (
        (
            ("Xvfb", ":7", "-screen", "0", "900x300x24", "-fbdir", "/run/user/1000/screen"),
            "tmp/.X11-unix/X7",
        ),
        (
            ("dbus-daemon", "--session", f"--address={env['DBUS_SESSION_BUS_ADDRESS']}"),
            "run/user/1000/bus",
        ),
        (("dbus-monitor", "--session", "member=Notify"), "tmp/dbus-monitor.log"),
        (("dunst",), "tmp/dunst.log"),
    ):
        started.append(machine.start(*argv, env=env))
        machine.wait_for(lambda sign=sign: machine.has(sign), _UP_WITHIN_S)
    try:
        yield env
    finally:
        for program in reversed(started):
            program.terminate()
            program.wait(10)


def _live(table: Table, machine: Machine, env: dict[str, str]) -> None:
    """Be logged in for the first time, on the real clock."""
    line = re.findall(r"^Exec=(.*)$", machine.path(ENTRY).read_text("utf-8"), re.MULTILINE)[0]
    agent = machine.start(*line.split(), env=env)

    def status() -> bool:
        return machine.run("deskbreak", "status", user=USER, env=env) == 0

    table.row(f"{line}, until deskbreak status", lambda: machine.wait_for(status, _UP_WITHIN_S), 0)
    table.row(
        "deskbreak run, a second time",
        lambda: machine.run("deskbreak", "run", user=USER, env=env),
        1,
        says_that_one_runs=lambda: len(machine.err.splitlines()) == 1,
        first_one_still_there=lambda: agent.poll() is None,
    )
    table.row(
        "deskbreak launcher status --json",
        lambda: machine.run("deskbreak", "launcher", "status", "--json", user=USER, env=env),
        0,
        a_package_brought_it=lambda: machine.facts().get("system") is True,
        no_second_entry=lambda: not machine.has(f"{HOME}/.local/share/applications"),
    )
    table.row(
        "deskbreak launcher install",
        lambda: machine.run("deskbreak", "launcher", "install", user=USER, env=env),
        0,
        still_no_second_entry=lambda: not machine.has(f"{HOME}/.local/share/applications"),
    )
    print(f"{'':48} the agent takes {_pss_mib(machine):.1f} MiB (proportional set size)")
    table.row(
        "deskbreak quit",
        lambda: machine.run("deskbreak", "quit", user=USER, env=env),
        0,
        agent_ended=lambda: agent.wait(10) == 0,
    )


def _pss_mib(machine: Machine) -> float:
    """Return what the running agent takes; the largest of the user's programs in Python."""
    sizes = [0]
    for folder in machine.path("proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if b"/usr/bin/deskbreak" in (folder / "cmdline").read_bytes():
                text = (folder / "smaps_rollup").read_text("ascii")
                sizes += map(int, re.findall(r"^Pss: +(\d+) kB", text, re.MULTILINE))
    return max(sizes) / 1024


def _be_prompted(table: Table, machine: Machine, env: dict[str, str]) -> None:
    """Work for twenty minutes, which are ten seconds."""
    machine.path("run/user/1000/moves.py").write_text(_MOVES, encoding="utf-8")
    agent = machine.start("/usr/bin/deskbreak", "run", "--speed", _SPEED, env=env)
    hand = machine.start("/usr/bin/python3", "/run/user/1000/moves.py", env=env)

    def shown() -> bool:
        machine.run("dunstctl", "count", "displayed", user=USER, env=env)
        return machine.out.strip() not in ("", "0")

    def is_told() -> bool:
        return 'string "deskbreak"' in machine.path("tmp/dbus-monitor.log").read_text(
            "utf-8", "replace"
        )

    table.row(
        f"deskbreak run --speed {_SPEED}, until a prompt",
        lambda: machine.wait_for(lambda: is_told() and shown(), _PROMPT_WITHIN_S),
        0,
        dunst_shows_it=shown,
        picture_taken=lambda: _picture(machine),
    )
    hand.terminate()
    table.row(
        "deskbreak quit",
        lambda: machine.run("deskbreak", "quit", user=USER, env=env),
        0,
        agent_ended=lambda: agent.wait(10) == 0,
    )


def _picture(machine: Machine) -> bool:
    """Keep what is on the screen: as a picture where ImageMagick is, else as the X server wrote it."""
    raw, kept = machine.path("run/user/1000/screen/Xvfb_screen0"), ROOT / "dist" / "try-deb.xwd"
    time.sleep(0.5)
    shutil.copy(raw, kept)
    if shutil.which("convert") is not None:
        subprocess.run(["convert", f"xwd:{kept}", kept.with_suffix(".png")], check=False)
        kept.unlink()
        return kept.with_suffix(".png").is_file()
    return True


def _switch(table: Table, machine: Machine, env: dict[str, str]) -> None:
    """Switch the start at login off and on, as a person may."""

    def autostart(action: str) -> Callable[[], int]:
        return lambda: machine.run("deskbreak", "autostart", action, "--json", user=USER, env=env)

    def says(*, enabled: bool, system: bool) -> Sight:
        return lambda: (
            (machine.facts().get("enabled"), machine.facts().get("system")) == (enabled, system)
        )

    table.row(
        "deskbreak autostart status",
        autostart("status"),
        0,
        by_the_package=says(enabled=True, system=True),
    )
    table.row(
        "deskbreak autostart disable",
        autostart("disable"),
        0,
        off=says(enabled=False, system=False),
        own_entry_hides_it=lambda: "Hidden=true" in machine.path(OWN).read_text("utf-8"),
    )
    table.row(
        "deskbreak autostart enable",
        autostart("enable"),
        0,
        by_the_package=says(enabled=True, system=True),
        never_two=lambda: not machine.has(OWN),
    )


def _obey(table: Table, machine: Machine, env: dict[str, str]) -> None:
    """Be under an organisation's policy."""
    machine.path(POLICY).write_text('{"position": {"interval_minutes": 15}}\n', encoding="utf-8")
    table.row(
        "deskbreak policy --json",
        lambda: machine.run("deskbreak", "policy", "--json", user=USER, env=env),
        0,
        is_locked=lambda: _policy(machine) == (KEY, 15, "mandatory", "machine", "ok"),
    )
    table.row(
        f"deskbreak config set {KEY} 30",
        lambda: machine.run("deskbreak", "config", "set", KEY, "30", user=USER, env=env),
        LOCKED,
        names_the_file=lambda: f"/{POLICY}" in machine.err,
    )


def _policy(machine: Machine) -> tuple[object, ...]:
    rows = machine.facts().get("policies", [{}])
    return tuple(rows[0].get(name) for name in ("name", "value", "level", "scope", "status"))


def _keep(table: Table, machine: Machine, deb: Path) -> None:
    """Install the next version over what an administrator has changed."""
    entry = machine.path(ENTRY)
    entry.write_text(f"{entry.read_text('utf-8')}Hidden=true\n", encoding="utf-8")
    table.row(
        "apt-get install, the next version",
        lambda: machine.run(*_APT, _next(machine, deb)),
        0,
        is_upgraded=lambda: (
            machine.run("dpkg-query", "-W", "deskbreak") == 0 and NEXT in machine.out
        ),
        administrators_word_stays=lambda: "Hidden=true" in entry.read_text("utf-8"),
        policy_stays=lambda: machine.has(POLICY),
    )
    table.row(
        "deskbreak autostart status --json",
        lambda: machine.run("deskbreak", "autostart", "status", "--json", user=USER),
        0,
        off_for_everybody=lambda: machine.facts().get("enabled") is False,
    )


def _next(machine: Machine, deb: Path) -> str:
    """Pack the package again as a later version; return where it is in *machine*."""
    folder, packed = machine.path("tmp/next"), f"/tmp/{NEXT}.deb"  # noqa: S108 - of the other root
    subprocess.run(["dpkg-deb", "--raw-extract", deb, folder], check=True)
    control = folder / "DEBIAN" / "control"
    text = re.sub(
        r"^Version: .*$", f"Version: {NEXT}", control.read_text("utf-8"), flags=re.MULTILINE
    )
    control.write_text(text, encoding="utf-8")
    argv = ["dpkg-deb", "--root-owner-group", "--build", folder, machine.path(packed.lstrip("/"))]
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL)
    return packed


def _remove(table: Table, machine: Machine) -> None:
    apt = ("apt-get", "-y", "-qq")
    machine.run("dpkg", "--listfiles", "deskbreak")
    shipped = {line.lstrip("/") for line in machine.out.splitlines()} - machine.before

    def left() -> list[str]:
        """Name what is ours, by the package's own list or by its name."""
        kept = (POLICY, HOME, *(str(folder) for folder in Path(POLICY).parents))
        new = machine.files() - machine.before - {*kept}
        files = {name for name in new & shipped if not machine.path(name).is_dir()}
        ours = files | {name for name in new if "deskbreak" in name}
        return sorted(name for name in ours if not name.startswith(f"{HOME}/"))

    table.row(
        "apt-get remove deskbreak",
        lambda: machine.run(*apt, "remove", "deskbreak"),
        0,
        command_gone=lambda: not machine.has("usr/bin/deskbreak"),
        nothing_compiled_left=lambda: not machine.has("usr/lib/python3/dist-packages/deskbreak"),
    )
    table.row(
        "apt-get purge deskbreak",
        lambda: machine.run(*apt, "purge", "deskbreak"),
        0,
        not_at_login=lambda: not machine.has(ENTRY),
        policy_kept=lambda: machine.has(POLICY),
        users_files_kept=lambda: machine.has(f"{HOME}/.local/share/deskbreak/history.db"),
        nothing_else_of_ours_left=lambda: not left(),
    )
    for name in left():
        print(f"  left: /{name}")
    table.row(
        "apt-get autoremove --purge",
        lambda: machine.run(*apt, "autoremove", "--purge"),
        0,
        what_it_needed_is_gone=lambda: not machine.has("usr/bin/python3"),
    )


def main() -> int:
    """Make room for another Debian, look into it, and take it away."""
    if os.geteuid():
        print("This needs root, for debootstrap: sudo make try-deb", file=sys.stderr)
        return 77
    alone = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*alone, "true"], check=False).returncode:
        print("This needs mounts of its own, which are not allowed here", file=sys.stderr)
        return 77
    root = tempfile.mkdtemp(prefix="deskbreak-", dir="/var/tmp")
    Path(root).chmod(0o755)
    try:
        return subprocess.run([*alone, sys.executable, __file__, root], check=False).returncode
    finally:
        # What was mounted was so in there alone; should one be left, it is not gone into.
        subprocess.run(["rm", "-rf", "--one-file-system", root], check=False)


if __name__ == "__main__":
    sys.exit(inside(Path(sys.argv[1])) if sys.argv[1:] else main())
