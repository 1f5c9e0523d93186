"""What several people at one computer cost, as on a terminal server: each has an agent of their own.

Starts an agent for each person, in a home of its own, lets them sit still, and prints what the
system counted for each. Then one of them pauses: that must be nobody else's business. Figures per
hour are extrapolated. On Linux each person has a virtual X server and a message bus; on Windows, or
in Wine, all sit at this session, and their files tell them apart.

Source of the figures: proc(5): smaps_rollup (PSS, private), stat (CPU time); on Windows
GetProcessMemoryInfo (working set, private bytes), GetProcessTimes, GetProcessHandleCount (in Wine
always 0).
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import json
import os
import subprocess
import sys
import tempfile
import time
from ctypes import wintypes
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

if TYPE_CHECKING:
    from collections.abc import Iterator

DESKBREAK: Final = (sys.executable, "-m", "deskbreak")
SETTLE_S: Final = 20.0
STARTED_WITHIN_S: Final = 60.0
MIB: Final = 1024 * 1024
SO_FAR: Final = "CPU seconds so far"
_QUERY: Final = 0x1000 | 0x0010  # PROCESS_QUERY_LIMITED_INFORMATION | PROCESS_VM_READ


# ── what the system counts ─────────────────────────────────────────────────────────────────


class _Memory(ctypes.Structure):
    """Source: PROCESS_MEMORY_COUNTERS, Microsoft Win32 reference; its commit charge is private."""

    _fields_ = (
        ("length", wintypes.DWORD),
        ("faults", wintypes.DWORD),
        ("peak_working_set", ctypes.c_size_t),
        ("working_set", ctypes.c_size_t),
        ("quotas", ctypes.c_size_t * 4),
        ("private", ctypes.c_size_t),
        ("peak_private", ctypes.c_size_t),
    )


def counted(pid: int) -> dict[str, float]:
    """Return what the system has counted for *pid* so far."""
    return _on_windows(pid) if sys.platform == "win32" else _on_linux(pid)


def _on_linux(pid: int) -> dict[str, float]:
    if sys.platform == "win32":
        raise OSError(pid)
    kib = {}
    for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]:
        name, value, *_ = line.split()
        kib[name] = int(value)
    tasks = list(Path(f"/proc/{pid}/task").iterdir())
    user, system = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[11:13]
    return {
        "PSS, MiB": kib["Pss:"] / 1024,
        "private, MiB": (kib["Private_Clean:"] + kib["Private_Dirty:"]) / 1024,
        "threads": len(tasks),
        "open files": len(list(Path(f"/proc/{pid}/fd").iterdir())),
        SO_FAR: (int(user) + int(system)) / os.sysconf("SC_CLK_TCK"),
    }


def _on_windows(pid: int) -> dict[str, float]:
    if sys.platform != "win32":
        raise OSError(pid)
    kernel = ctypes.WinDLL("kernel32", use_last_error=True)
    kernel.OpenProcess.restype = wintypes.HANDLE
    process = wintypes.HANDLE(kernel.OpenProcess(_QUERY, 0, pid))
    memory = _Memory(ctypes.sizeof(_Memory))
    times = [ctypes.c_ulonglong() for _ in range(4)]
    handles = wintypes.DWORD()
    kernel.K32GetProcessMemoryInfo(process, ctypes.byref(memory), memory.length)
    kernel.GetProcessTimes(process, *map(ctypes.byref, times))
    kernel.GetProcessHandleCount(process, ctypes.byref(handles))
    kernel.CloseHandle(process)
    return {
        "working set, MiB": memory.working_set / MIB,
        "private bytes, MiB": memory.private / MIB,
        "handles": handles.value,
        SO_FAR: (times[2].value + times[3].value) / 1e7,
    }


def figures(before: dict[str, float], after: dict[str, float], took_s: float) -> dict[str, float]:
    """Return *after*, and the CPU time that it would be in an hour of sitting still."""
    return {**after, "CPU seconds per hour": (after[SO_FAR] - before[SO_FAR]) * 3600 / took_s}


# ── the people ─────────────────────────────────────────────────────────────────────────────


@contextlib.contextmanager
def person() -> Iterator[dict[str, str]]:
    """Give somebody a home and, on Linux, a desktop; yield the environment of their programs."""
    if sys.platform != "win32":
        from benchmarks.idle_cost import desk

        with desk() as env:
            yield env
        return
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as home:
        places = {"LOCAL_APPDATA": "Local", "APPDATA": "Roaming"}
        yield {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            # Where Windows has them is asked of Windows; these are platformdirs' own.
            **{f"WIN_PD_OVERRIDE_{name}": str(Path(home, to)) for name, to in places.items()},
        }


def told(env: dict[str, str], *command: str) -> dict[str, Any] | None:
    """Return the facts that a command prints; None where it failed."""
    argv = [*DESKBREAK, *command, "--json"]
    ran = subprocess.run(argv, env=env, capture_output=True, text=True, check=False)
    return dict(json.loads(ran.stdout)) if ran.returncode == 0 else None


@contextlib.contextmanager
def agent(env: dict[str, str]) -> Iterator[int]:
    """Run an agent for somebody; yield its process id once it answers."""
    quiet = subprocess.DEVNULL
    argv = [*DESKBREAK, "run"]
    with subprocess.Popen(argv, env=env, stdin=quiet, stdout=quiet, stderr=quiet) as running:
        try:
            until_s = time.monotonic() + STARTED_WITHIN_S
            while told(env, "status") is None:
                if running.poll() is not None or time.monotonic() > until_s:
                    sys.exit(f"an agent did not start: {running.poll()}")
            yield running.pid
            told(env, "quit")
        finally:
            with contextlib.suppress(subprocess.TimeoutExpired):
                running.wait(10.0)
            running.kill()


def is_paused(env: dict[str, str]) -> bool:
    """Whether somebody's agent keeps quiet because it was told to."""
    status = told(env, "status")
    return status is not None and "paused" in status["holds"]


def print_table(rows: list[dict[str, float]]) -> None:
    """Print one column for each person, and their mean."""
    names = [f"person {number}" for number in range(1, len(rows) + 1)]
    print(f"{'':28}" + "".join(f"{name:>12}" for name in [*names, "mean"]))
    for name in rows[0]:
        values = [row[name] for row in rows]
        values.append(sum(values) / len(values))
        print(f"{name:28}" + "".join(f"{value:12.2f}" for value in values))


def main() -> None:
    """Seat the people, wait, and print what each cost; end with 1 if one's pause is another's."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=3, metavar="N")
    parser.add_argument("--minutes", type=float, default=2.0, metavar="M")
    arguments = parser.parse_args()
    with contextlib.ExitStack() as seats:
        people = [seats.enter_context(person()) for _ in range(arguments.people)]
        pids = [seats.enter_context(agent(env)) for env in people]
        time.sleep(SETTLE_S)
        began_s, before = time.monotonic(), [counted(pid) for pid in pids]
        time.sleep(arguments.minutes * 60)
        took_s, after = time.monotonic() - began_s, [counted(pid) for pid in pids]
        print(f"{len(pids)} people at one computer ({sys.platform}), {arguments.minutes:g} min\n")
        print_table([figures(*each, took_s) for each in zip(before, after, strict=True)])
        told(people[0], "pause")
        paused = [is_paused(env) for env in people]
        print(f"\nperson 1 pauses; paused are: {paused}")
    sys.exit(paused != [True] + [False] * (len(people) - 1))


if __name__ == "__main__":
    main()
