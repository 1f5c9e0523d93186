"""What the running agent costs, with a hand on the mouse; workrave beside it where installed.

Starts a virtual X server, a message bus and a notification service of their own, runs the agent
with default settings in a home of its own, moves the pointer every few seconds, and prints what
the kernel counted. Figures per hour are extrapolated from the minutes measured.

Source of the figures: proc(5): smaps_rollup (PSS, private), status (context switches, of all
threads), schedstat (CPU time), io (bytes that reached a disk, or would have).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.desktop.parts import Dunst, PrivateBus, Program, XServer, wait_for  # noqa: E402 - above
from tests.doubles.panel import Panel  # noqa: E402 - above
from tests.homes import NO_BROWSER  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Iterator

DESKBREAK: Final = (sys.executable, "-m", "deskbreak")
SETTLE_S: Final = 20.0
TARGETS: Final = {
    "PSS, MiB": 28.0,
    "context switches per hour": 400.0,
    "CPU seconds per hour": 1.0,
    "start to tray item, s": 0.6,
}


@dataclass(frozen=True, slots=True)
class Sample:
    """What the kernel has counted for a process so far, all its threads together."""

    at_s: float
    cpu_s: float
    switches: int
    written: int


def sample(pid: int) -> Sample:
    """Read the counters of *pid*."""
    tasks = Path(f"/proc/{pid}/task")
    statuses = "".join(one.read_text() for one in tasks.glob("*/status")).splitlines()
    switches = sum(int(line.split()[1]) for line in statuses if "ctxt_switches" in line)
    ran_ns = sum(int(one.read_text().split()[0]) for one in tasks.glob("*/schedstat"))
    io = dict(line.split(": ") for line in Path(f"/proc/{pid}/io").read_text().splitlines())
    return Sample(time.monotonic(), ran_ns / 1e9, switches, int(io["write_bytes"]))


def memory(pid: int) -> tuple[float, float]:
    """Return (PSS, private) in MiB."""
    kib = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        kib[name] = int(value)
    return kib["Pss:"] / 1024, (kib["Private_Clean:"] + kib["Private_Dirty:"]) / 1024


def figures(pid: int, first: Sample) -> dict[str, float]:
    """Return what *pid* cost since *first*."""
    last = sample(pid)
    an_hour = 3600 / (last.at_s - first.at_s)
    pss, private = memory(pid)
    return {
        "PSS, MiB": pss,
        "private memory, MiB": private,
        "CPU seconds per hour": (last.cpu_s - first.cpu_s) * an_hour,
        "context switches per hour": (last.switches - first.switches) * an_hour,
        "bytes written per hour": (last.written - first.written) * an_hour,
        "threads": len(list(Path(f"/proc/{pid}/task").iterdir())),
    }


@contextlib.contextmanager
def desk() -> Iterator[dict[str, str]]:
    """Start a desktop; yield the environment of its programs."""
    with tempfile.TemporaryDirectory() as home, XServer() as display, PrivateBus() as bus:
        runtime = Path(home) / "run"
        runtime.mkdir(mode=0o700)
        yield {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_RUNTIME_DIR": str(runtime),
            "DISPLAY": display.display,
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "LANG": "C.UTF-8",
            "PYTHONPATH": str(ROOT),
            "BROWSER": NO_BROWSER,
        }


def move_pointer(env: dict[str, str], end_s: float, every_s: float) -> None:
    """Be the hand on the mouse until *end_s* (monotonic)."""
    step = 0
    while time.monotonic() < end_s:
        step += 1
        subprocess.run(["xdotool", "mousemove", str(200 + step % 200), "300"], env=env, check=True)
        time.sleep(every_s)


def seconds_to_tray(env: dict[str, str], panel: Panel) -> float:
    """Start an agent, wait for its item, and end it; return how long the item took."""
    begun_s = time.monotonic()
    with Program([*DESKBREAK, "run"], env):
        while not panel.items:
            if time.monotonic() > begun_s + 30:
                sys.exit("no tray item within 30 s")
            time.sleep(0.001)
        taken_s = time.monotonic() - begun_s
        subprocess.run([*DESKBREAK, "quit"], env=env, check=True, stdout=subprocess.DEVNULL)
        wait_for(lambda: not panel.items, 5.0, "the item to go")
    return taken_s


@contextlib.contextmanager
def workrave(env: dict[str, str]) -> Iterator[dict[str, int]]:
    """Run workrave, where it is installed."""
    if shutil.which("workrave") is None:
        print("workrave is not installed: nothing to compare with")
        yield {}
        return
    with Program(["workrave"], env) as other:
        yield {"workrave": other.pid}


def watch(
    pids: dict[str, int], env: dict[str, str], minutes: float, every_s: float
) -> dict[str, dict[str, float]]:
    """Watch several programs while one hand moves the pointer."""
    # What a start costs, and the hand that comes to the mouse, is another figure: it comes once.
    move_pointer(env, time.monotonic() + SETTLE_S, every_s)
    before = {name: sample(pid) for name, pid in pids.items()}
    move_pointer(env, time.monotonic() + minutes * 60, every_s)
    return {name: figures(pid, before[name]) for name, pid in pids.items()}


def print_table(columns: dict[str, dict[str, float]], minutes: float) -> None:
    """Print a row per figure, a column per program, and the target."""
    print(f"measured for {minutes:g} min, the pointer moving; figures per hour are extrapolated")
    print("".join([f"{'':28}", *(f"{name:>14}" for name in columns), f"{'target':>10}"]))
    for name in columns["deskbreak"]:
        cells = [f"{one[name]:14,.2f}" if name in one else " " * 14 for one in columns.values()]
        target = f"{TARGETS[name]:10,.1f}" if name in TARGETS else ""
        print(f"{name:28}{''.join(cells)}{target}")


def main() -> None:
    """Measure, print a table, and end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="What the running agent costs.")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long to watch")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two moves")
    parser.add_argument("--starts", type=int, default=5, help="starts to take the median of")
    given = parser.parse_args()
    with desk() as env, Panel(env["DBUS_SESSION_BUS_ADDRESS"]) as panel, Dunst(env):
        starts = sorted(seconds_to_tray(env, panel) for _ in range(given.starts))
        with Program([*DESKBREAK, "run"], env) as agent, workrave(env) as others:
            wait_for(lambda: panel.items, 10.0, "the tray item")
            columns = watch({"deskbreak": agent.pid, **others}, env, given.minutes, given.every)
    columns["deskbreak"]["start to tray item, s"] = starts[len(starts) // 2]
    print_table(columns, given.minutes)
    if any(columns["deskbreak"][name] > most for name, most in TARGETS.items()):
        sys.exit(1)


if __name__ == "__main__":
    main()
