"""Play simulated people: ``python -m tests.simulator --years 60``, or the case in a file."""

from __future__ import annotations

import argparse
import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from tests.simulator.coverage import lines_of_table, unreached
from tests.simulator.happenings import read
from tests.simulator.oracle import Oracle
from tests.simulator.run import judged, live_many, minimised

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tests.simulator.run import Lived, Wrong

NEXT_SEED: Final = Path("build/simulator/next-seed")
_SHOWN: Final = 5  # short cases


def main(arguments: Sequence[str] | None = None) -> int:
    """Play; return 1 where something is broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.simulator", description=__doc__)
    parser.add_argument("file", nargs="?", type=Path, help="a case to play again")
    parser.add_argument("--years", type=int, default=60, help="user-years to play (%(default)s)")
    parser.add_argument("--seed", type=int, default=1, help="the first seed (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument(
        "--continue", dest="goes_on", action="store_true", help="take seeds not played before"
    )
    parser.add_argument("--pairs", action="store_true", help="print how often each pair came")
    told = parser.parse_args(arguments)
    if told.file is not None:
        return _replay(told.file)
    first = _next_seed(told.seed) if told.goes_on else told.seed
    _say(f"Seeds {first} to {first + told.years - 1}, {told.jobs} at a time")
    began_s = time.monotonic()
    lived = live_many(range(first, first + told.years), told.jobs, said=_say)
    if told.goes_on:
        NEXT_SEED.parent.mkdir(parents=True, exist_ok=True)
        NEXT_SEED.write_text(f"{first + told.years}\n", encoding="ascii")
    _report(lived, time.monotonic() - began_s, pairs=told.pairs)
    for wrong in _one_of_each(lived.wrong):
        _say("")
        _say(minimised(wrong, Oracle))
    return 1 if lived.wrong else 0


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it is a program


def _next_seed(first: int) -> int:
    """Return the first seed that no run has played yet."""
    return int(NEXT_SEED.read_text(encoding="ascii")) if NEXT_SEED.exists() else first


def _replay(file: Path) -> int:
    start, lines = read(file.read_text(encoding="utf-8"))
    broken = judged(start, lines, Oracle)
    _say("Nothing is broken" if broken is None else f"{broken} at {broken.at.wall.isoformat()}")
    return 0 if broken is None else 1


def _one_of_each(wrong: Sequence[Wrong]) -> list[Wrong]:
    """Return the first of each rule that was broken, few enough to be read."""
    return list({one.rule: one for one in reversed(wrong)}.values())[::-1][:_SHOWN]


def _report(lived: Lived, wall_s: float, *, pairs: bool) -> None:
    rules = sorted({one.rule for one in lived.wrong})
    found = ", ".join(f"{sum(one.rule == rule for one in lived.wrong)} of {rule}" for rule in rules)
    missing = unreached(lived.pairs)
    rows = (
        ("user-years", f"{lived.years:.1f}"),
        ("steps", f"{lived.steps:,}"),
        ("seconds", f"{wall_s:.0f} ({lived.seconds:.0f} of the processor)"),
        ("user-years a second per core", f"{lived.years / max(lived.seconds, 0.001):.2f}"),
        ("faults", f"{sum(lived.pairs.values()):,}"),
        ("pairs of state and fault", f"{len(lived.pairs)} reached, {len(missing)} not"),
        ("settings edited", f"{sum(lived.keys.values()):,} times, {len(lived.keys)} keys"),
        ("broken", f"{len(lived.wrong)}{f' ({found})' if found else ''}"),
    )
    for name, value in rows:
        _say(f"{name:30} {value}")
    if pairs:
        for line in lines_of_table(lived.pairs):
            _say(line)
    for pair in missing[:20]:
        _say(f"not reached: {' / '.join(pair)}")


if __name__ == "__main__":
    sys.exit(main())
