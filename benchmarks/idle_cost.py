"""What the running agent costs beside its peers, in one run; with a hand on the mouse and without.

Starts a virtual X server, a message bus, a panel and a notification service of their own, runs the
agent and each peer with default settings in a home of their own, moves the pointer every few
seconds, then leaves it alone, and prints what the kernel counted: medians of several runs. Figures
per hour are extrapolated from the minutes measured. A peer is any command: ``--peer NAME=COMMAND``;
without one, those of Workrave, Safe Eyes and RSIBreak that are installed.

The panel is a real one with GTK, where Xfce's is installed: what peers share with it is counted to
each in part, as on a real desktop; without it they would look larger.

Source of the figures: proc(5): smaps_rollup (PSS, private, anonymous), status (context switches, of
all threads), schedstat (CPU time), io (bytes that reached a disk, or would have).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shlex
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.desktop.parts import (  # noqa: E402 - above
    Dunst,
    PrivateBus,
    Program,
    XfcePanel,
    XServer,
    missing,
    wait_for,
)
from tests.doubles.panel import Panel  # noqa: E402 - above
from tests.homes import NO_BROWSER  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

DESKBREAK: Final = (sys.executable, "-m", "deskbreak")
SETTLE_S: Final = 20.0
LEAVE_S: Final = 150.0
"""Nobody counts as away before two minutes without input."""
TARGETS: Final = {
    "PSS, MiB": 28.0,
    "context switches per hour": 400.0,
    "CPU seconds per hour": 1.0,
    "start to tray item, s": 0.35,
}
"""Of deskbreak, with the hand moving."""
SHARES: Final = {
    "workrave": {
        "PSS, MiB": 1.0,
        "context switches per hour": 1 / 200,
        "CPU seconds per hour": 1 / 10,
    },
    "safeeyes": {"PSS, MiB": 1 / 2},
}
"""The most that deskbreak may cost of what a peer costs, with the hand moving.

Of bytes written it is `bytes_written` that judges: here there may be no prompt, nor ten minutes."""
PEERS: Final = {one: (one,) for one in ("workrave", "safeeyes", "rsibreak")}

Figures = dict[str, float]


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


def rollup(pid: int) -> dict[str, float]:
    """Return what the kernel counts of the memory of *pid*, in MiB, by its names for it."""
    rows = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    return {row.split(":")[0]: int(row.split()[1]) / 1024 for row in rows}


def memory(pid: int) -> tuple[float, float]:
    """Return (PSS, private) in MiB."""
    mib = rollup(pid)
    return mib["Pss"], mib["Private_Clean"] + mib["Private_Dirty"]


def figures(pid: int, first: Sample) -> Figures:
    """Return what *pid* cost since *first*."""
    last = sample(pid)
    an_hour = 3600 / (last.at_s - first.at_s)
    pss, private = memory(pid)
    return {
        "PSS, MiB": pss,
        "private memory, MiB": private,
        "anonymous memory, MiB": rollup(pid)["Anonymous"],
        "CPU seconds per hour": (last.cpu_s - first.cpu_s) * an_hour,
        "context switches per hour": (last.switches - first.switches) * an_hour,
        "bytes written per hour": (last.written - first.written) * an_hour,
        "threads": len(list(Path(f"/proc/{pid}/task").iterdir())),
    }


@contextlib.contextmanager
def desk() -> Iterator[dict[str, str]]:
    """Start a desktop; yield the environment of its programs."""
    # The runtime folder lies in memory, as the one of a session does.
    memory_ = Path("/dev/shm")  # noqa: S108 - a folder of its own is made there
    where = memory_ if os.access(memory_, os.W_OK) else None
    with (
        tempfile.TemporaryDirectory() as home,
        tempfile.TemporaryDirectory(dir=where) as runtime,
        XServer() as display,
        PrivateBus() as bus,
    ):
        yield {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_RUNTIME_DIR": runtime,
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


def installed_peers() -> dict[str, tuple[str, ...]]:
    """Return the commands of those peers that are here."""
    return {name: command for name, command in PEERS.items() if shutil.which(name)}


def watched(
    pids: Mapping[str, int], env: dict[str, str], minutes: float, every_s: float | None
) -> dict[str, Figures]:
    """Watch several programs while one hand moves the pointer, or nobody does."""
    before = {name: sample(pid) for name, pid in pids.items()}
    end_s = time.monotonic() + minutes * 60
    if every_s is None:
        time.sleep(minutes * 60)
    else:
        move_pointer(env, end_s, every_s)
    return {name: figures(pid, before[name]) for name, pid in pids.items()}


def one_run(
    peers: Mapping[str, tuple[str, ...]],
    minutes: float,
    ways: Sequence[float | None],
    *,
    settle_s: float = SETTLE_S,
) -> list[dict[str, Figures]]:
    """Run everything once; return what it cost for so many *minutes* in each of the *ways*.

    A way is how many seconds lie between two moves of the hand; None is no hand.
    """
    with desk() as env, contextlib.ExitStack() as parts:
        if missing("xfce4-panel", "xfconfd") is None:
            parts.enter_context(XfcePanel(env, Path(env["HOME"])))
        parts.enter_context(Dunst(env))
        pids = {}
        for name, command in {"deskbreak": (*DESKBREAK, "run"), **peers}.items():
            pids[name] = parts.enter_context(Program(command, env)).pid
        # What a start costs, and the hand that comes to the mouse, is another figure: it comes once.
        move_pointer(env, time.monotonic() + settle_s, ways[0] or 1.0)
        costs = []
        for every in ways:
            if every is None:
                time.sleep(LEAVE_S)  # that somebody has gone is noted once, too
            costs.append(watched(pids, env, minutes, every))
        return costs


def medians(runs: list[dict[str, Figures]]) -> dict[str, Figures]:
    """Return, for each program, the median of each figure over *runs*."""
    return {
        name: {of: statistics.median(run[name][of] for run in runs) for of in columns}
        for name, columns in runs[0].items()
    }


def starts(times: int) -> float:
    """Return how long it takes from a warm start to a tray item that is registered: the median."""
    with desk() as env, Panel(env["DBUS_SESSION_BUS_ADDRESS"]) as panel, Dunst(env):
        seconds_to_tray(env, panel)  # it is cold, and a first start does more
        return statistics.median(seconds_to_tray(env, panel) for _ in range(times))


def print_table(columns: dict[str, Figures], title: str) -> None:
    """Print a row per figure, a column per program, and what deskbreak costs of each peer."""
    ours, *others = columns
    print(title)
    heads = [*(f"{name:>12}" for name in columns), *(f"{f'of {name}':>13}" for name in others)]
    print("".join([f"{'':28}", *heads]))
    for row, own in columns[ours].items():
        cells = [f"{one[row]:12,.2f}" for one in columns.values()]
        for name in others:
            theirs = columns[name][row]
            cells.append(f"{own / theirs:13.4f}" if theirs else " " * 13)
        print("".join([f"{row:28}", *cells]))
    print()


def missed(columns: dict[str, Figures], start_s: float) -> Iterator[str]:
    """Say which of the targets are missed, with the hand moving."""
    ours = {**columns["deskbreak"], "start to tray item, s": start_s}
    for name, most in TARGETS.items():
        if ours[name] > most:
            yield f"{name}: {ours[name]:.2f}, not {most:g}"
    for peer in SHARES.keys() & columns.keys():
        for name, share in SHARES[peer].items():
            theirs = columns[peer][name]
            if ours[name] > share * theirs:
                yield f"{name}: {ours[name]:,.2f} of {theirs:,.2f} for {peer}, not {share:.3f} of it"


def main() -> None:
    """Measure, print two tables, and end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="What the running agent costs, beside its peers.")
    parser.add_argument("--minutes", type=float, default=5.0, help="how long to watch, each way")
    parser.add_argument("--every", type=float, default=5.0, help="seconds between two moves")
    parser.add_argument("--runs", type=int, default=3, help="runs to take the medians of")
    parser.add_argument("--starts", type=int, default=9, help="starts to take the median of")
    parser.add_argument("--peer", action="append", metavar="NAME=COMMAND", help="beside ours")
    given = parser.parse_args()
    peers = installed_peers()
    if given.peer is not None:
        pairs = (one.partition("=") for one in given.peer)
        peers = {name: tuple(shlex.split(command)) for name, _, command in pairs}
    start_s = starts(given.starts)
    runs = [one_run(peers, given.minutes, (given.every, None)) for _ in range(given.runs)]
    moving, still = (medians([run[way] for run in runs]) for way in range(2))
    of = f"medians of {given.runs} runs of {given.minutes:g} min; figures per hour are extrapolated"
    print_table(moving, f"the pointer moved every {given.every:g} s; {of}")
    print_table(still, f"nobody there; {of}")
    print(f"warm start to a registered tray item, median of {given.starts}: {start_s:.3f} s")
    misses = list(missed(moving, start_s))
    print("\n".join(f"missed: {one}" for one in misses) or "all targets are met")
    if misses:
        sys.exit(1)


if __name__ == "__main__":
    main()
