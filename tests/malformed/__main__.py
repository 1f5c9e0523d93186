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

from tests.malformed.fuzzes import FUZZES, read

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.malformed.fuzz import Tally

LIMIT_MS: Final = 100.0


def report(what: str, tally: Tally) -> list[str]:
    """Return the counts and times of *tally* in lines."""
    took_ms = sorted(1000 * one for one in tally.took_s)
    count = len(took_ms)
    over = sum(one > LIMIT_MS for one in took_ms)
    outcomes = ", ".join(f"{number:,} {name}" for name, number in sorted(tally.outcomes.items()))
    seed = tally.slowest[1]
    median, most = took_ms[count // 2], took_ms[min(count - 1, count * 99 // 100)]
    times = f"min {took_ms[0]:.2f}  median {median:.2f}  99 % {most:.2f}  max {took_ms[-1]:.2f} ms"
    return [
        f"{what}: {count:,} files: {outcomes}; {tally.messages:,} messages; 0 failures",
        f"  {times} (seed {seed}); {over:,} over {LIMIT_MS:.0f} ms",
        f"  of which our own thread worked at most {1000 * max(tally.cpu_s):.2f} ms",
        f"  sha256 of all files and messages: {tally.seen.hexdigest()[:16]}",
    ]


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
            tally = read(fuzz(Path(folder)), range(arguments.seed, arguments.seed + each))
        print(*report(what, tally), sep="\n")  # noqa: T201 - a table
    print(f"{time.perf_counter() - begun_s:.0f} s on {machine()}")  # noqa: T201 - the same
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
