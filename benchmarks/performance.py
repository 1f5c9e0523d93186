"""Runs the benchmarks and writes what they print, with machine and date, to docs/performance.md.

Each benchmark has a section of its own there, and only the sections of those that ran are written
anew. Nobody edits that page by hand.
"""

from __future__ import annotations

import argparse
import os
import platform
import re
import shlex
import shutil
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
PAGE: Final = ROOT / "docs" / "performance.md"
PEERS: Final = ("workrave", "safeeyes", "rsibreak")
HEAD: Final = """# Performance

What deskbreak costs, and how long it lets people wait, measured by the commands in `benchmarks`.
Each section is what one command printed, and says where and when; `make performance` writes them anew.
A figure is compared with another one only where both were measured side by side in one run.
"""


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One command, and what its figures are about."""

    title: str
    about: str
    options: tuple[str, ...] = ()


BENCHMARKS: Final = {
    "idle_cost": Benchmark(
        "Idle cost, beside peers",
        "The agent and its peers on one desktop, with default settings, at the same time. "
        "PSS counts what several programs share to each in part; anonymous memory is what it shares with nobody. "
        "Bytes written are judged in the next section: a run of some minutes sees few of them or none.",
        ("--minutes", "11", "--runs", "3"),
    ),
    "bytes_written": Benchmark(
        "Bytes written",
        "An hour with nobody there, with a hand on the mouse, and with three prompts that are answered, "
        "each on a desktop of its own, all at the same time (docs/decisions/0079).",
        ("--minutes", "60", "--runs", "3"),
    ),
    "latency": Benchmark(
        "Latency",
        "A warm start to an item that the panel has registered; a prompt from the event to the notification service.",
    ),
    "growth": Benchmark(
        "Growth",
        "Days of use: a hand on the mouse, prompts answered, the menu opened each hour.",
        ("--hours", "72", "--speed", "60"),
    ),
    "replay_speed": Benchmark("Simulation", "Years of working days played by the engine."),
    "page_latency": Benchmark("Pages", "From a click in the tray to a page in a real browser."),
}


def machine() -> str:
    """Say on what is measured, in a line."""
    model = re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text(encoding="utf-8"))
    memory = re.search(r"MemTotal: *(\d+)", Path("/proc/meminfo").read_text(encoding="ascii"))
    parts = [
        "a processor of unknown make" if model is None else model[1],
        f"{os.cpu_count()} cores",
        "" if memory is None else f"{int(memory[1]) / 2**20:.0f} GiB",
        platform.freedesktop_os_release().get("PRETTY_NAME", platform.system()),
        f"Linux {platform.release().split('-')[0]}",
        f"Python {platform.python_version()}",
        *filter(None, map(version, PEERS)),
    ]
    return ", ".join(filter(None, parts))


def version(package: str) -> str:
    """Name Debian's *package* with its version; empty where it is not installed."""
    if shutil.which("dpkg-query") is None:
        return ""
    argv = ["dpkg-query", "-W", "-f", "${Version}", package]
    ran = subprocess.run(argv, capture_output=True, text=True, check=False)
    return f"{package} {ran.stdout}" if ran.stdout else ""


def commit() -> str:
    """Name what is measured."""
    argv = ["git", "log", "-1", "--format=%h"]
    ran = subprocess.run(argv, cwd=ROOT, capture_output=True, text=True, check=False)
    return ran.stdout.strip() or "no commit"


def section(name: str, options: list[str]) -> tuple[str, bool]:
    """Run a benchmark; return its section, and whether all its targets were met."""
    benchmark = BENCHMARKS[name]
    argv = [f"benchmarks/{name}.py", *(options or benchmark.options)]
    load = os.getloadavg()[0]
    ran = subprocess.run(
        [sys.executable, *argv], cwd=ROOT, capture_output=True, text=True, check=False
    )
    printed = ran.stdout.rstrip() or ran.stderr.strip().splitlines()[-1]
    print(printed, flush=True)
    when = f"{datetime.now(UTC):%Y-%m-%d}"
    text = (
        f"## {benchmark.title}\n\n{benchmark.about}\n\n```\n$ python {shlex.join(argv)}\n"
        f"{printed}\n```\n\n"
        f"{when}, {commit()}, {machine()}; load at its beginning {load:.1f}.\n"
    )
    return text, ran.returncode == 0


def written(page: str, name: str, text: str) -> str:
    """Return *page* with the section of the benchmark *name* replaced, or added at its place."""
    parts = re.split(r"^(?=## )", page or HEAD, flags=re.MULTILINE)
    by_title = {part.partition("\n")[0]: part.rstrip() + "\n" for part in parts[1:]}
    by_title[f"## {BENCHMARKS[name].title}"] = text
    order = [f"## {one.title}" for one in BENCHMARKS.values()]
    return "\n".join([HEAD, *(by_title[title] for title in order if title in by_title)])


def main() -> None:
    """Run what was named, or all; write the page if told to; end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="Run benchmarks and write docs/performance.md.")
    parser.add_argument("names", nargs="*", metavar="BENCHMARK", help=", ".join(BENCHMARKS))
    parser.add_argument("--write", action="store_true", help="write the page")
    parser.add_argument("--options", default="", help="for the one that was named, in its place")
    given = parser.parse_args()
    if unknown := set(given.names) - BENCHMARKS.keys():
        parser.error(f"there is no {', '.join(sorted(unknown))}")
    all_met = True
    for name in given.names or BENCHMARKS:
        text, met = section(name, shlex.split(given.options))
        all_met &= met
        if given.write:
            before = PAGE.read_text(encoding="utf-8") if PAGE.exists() else ""
            PAGE.write_text(written(before, name, text), encoding="utf-8")
    if not all_met:
        sys.exit(1)


if __name__ == "__main__":
    main()
