"""Reads malformed files, and prints what came of them and how long each took.

`python -m tests.malformed 100000 --seed 7` reads other ones than `python -m tests.malformed 100000`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.malformed.fuzz import Tally
from tests.malformed.fuzzes import FUZZES, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.malformed.fuzz import Fuzz

LIMIT_MS: Final = 100.0


def report(what: str, fuzz: Fuzz, seeds: range, tally: Tally) -> list[str]:
    """Return the counts and times of *tally* in lines; what took long is read again for it."""
    took_ms = sorted(1000 * one for one in tally.took_s)
    count = len(took_ms)
    over = [seed for seed, one in zip(seeds, tally.took_s, strict=True) if 1000 * one > LIMIT_MS]
    again_ms = max((1000 * _alone_s(fuzz, seed) for seed in over), default=0.0)
    outcomes = ", ".join(f"{number:,} {name}" for name, number in sorted(tally.outcomes.items()))
    seed, cpu_ms = tally.slowest[1], 1000 * max(tally.cpu_s)
    median, most = took_ms[count // 2], took_ms[min(count - 1, count * 99 // 100)]
    times = f"min {took_ms[0]:.2f}  median {median:.2f}  99 % {most:.2f}  max {took_ms[-1]:.2f} ms"
    return [
        f"{what}: {count:,} files: {outcomes}; {tally.messages:,} messages; 0 failures",
        f"  {times} (seed {seed}), of which our own thread at most {cpu_ms:.2f}",
        f"  {len(over):,} over {LIMIT_MS:.0f} ms; read again, none took more than {again_ms:.2f}",
        f"  sha256 of all files and messages: {tally.seen.hexdigest()[:16]}",
    ]


def _alone_s(fuzz: Fuzz, seed: int) -> float:
    """Return the shortest of five times: whatever else the machine does can only add to it."""
    tally = Tally()
    for _ in range(5):
        fuzz.read(seed, tally)
    return min(tally.took_s)


def machine() -> str:
    """Name what the times were measured on."""
    model = platform.processor() or platform.machine()
    known = Path("/proc/cpuinfo")
    if known.exists():
        names = [one for one in known.read_text().splitlines() if one.startswith("model name")]
        model = names[0].partition(":")[2].strip() if names else model
    return (
        f"{model}, {os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}"
    )


def main(argv: Sequence[str]) -> int:
    """Read as many as *argv* says of each language, and print what came of them."""
    parser = argparse.ArgumentParser(prog="python -m tests.malformed", description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=2_000, help="files, of all languages")
    parser.add_argument("--seed", type=int, default=0, help="of the first")
    arguments = parser.parse_args(argv)
    each = -(-arguments.count // len(FUZZES))
    begun_s = time.perf_counter()
    for what, fuzz in FUZZES.items():
        with tempfile.TemporaryDirectory() as folder:
            made, seeds = fuzz(Path(folder)), range(arguments.seed, arguments.seed + each)
            lines = report(what, made, seeds, read(made, seeds))
        print(*lines, sep="\n")  # noqa: T201 - a table
    print(f"{time.perf_counter() - begun_s:.0f} s on {machine()}")  # noqa: T201 - the same
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
