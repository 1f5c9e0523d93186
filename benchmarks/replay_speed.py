"""How fast the engine plays years of working days, and whether it keeps anything of them.

Plays the person of `office`, with the default settings, through `deskbreak.core.replay`, as
`simulate` does, and throws the effects away. Counted is the CPU time of this process: on a busy
machine too that is the time of one core. The days are the same in every run.

Ends with 1 where a figure is ten times worse than its target; less than that can be the machine.
"""

from __future__ import annotations

import argparse
import resource
import statistics
import sys
import time
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.office import DAYS_A_YEAR, Person  # noqa: E402 - found by the path above

FEW: Final = 10
MANY: Final = 100
SEED: Final = 1
LEEWAY: Final = 10
TARGETS: Final = {  # how much, and whether more is better
    "user-years a second": (1.0, True),
    "memory grown between, MiB": (1.0, False),
}


def play(person: Person) -> float:
    """Play a year of *person*, keep nothing, and return the CPU seconds that it took."""
    year = person.year()
    begun_s = time.process_time()
    for effect in person.play(year):
        person.react(effect)
    return time.process_time() - begun_s


def peak_mib() -> float:
    """Return the most memory that this process ever had. Source: getrusage(2), in KiB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def figures(few: int, many: int) -> dict[str, float]:
    """Play *many* years and return what they cost."""
    person = Person(SEED)
    took_s = [play(person) for _ in range(few)]
    peak = peak_mib()
    took_s += [play(person) for _ in range(many - few)]
    year_s, steps = statistics.median(took_s), person.steps / many
    return {
        "user-years a second": 1 / year_s,
        "the slowest of them": 1 / max(took_s),
        "steps per user-year": steps,
        "microseconds per step": year_s / steps * 1e6,
        f"peak memory at {few} years, MiB": peak,
        f"peak memory at {many} years, MiB": peak_mib(),
        "memory grown between, MiB": peak_mib() - peak,
    }


def print_table(found: dict[str, float]) -> None:
    """Print a row per figure, and the target beside it."""
    print(f"{'':34}{'measured':>12}{'target':>12}")
    for name, figure in found.items():
        aim, more = TARGETS.get(name, (None, True))
        target = "" if aim is None else f"{'>=' if more else '<='} {aim:g}"
        print(f"{name:34}{figure:12,.2f}{target:>12}")


def is_far_off(name: str, figure: float) -> bool:
    """Tell whether *figure* is ten times worse than its target."""
    aim, more = TARGETS[name]
    return figure * LEEWAY < aim if more else figure > aim * LEEWAY


def main() -> None:
    """Play, print a table, and end with 1 if a target is missed by far."""
    parser = argparse.ArgumentParser(description="How fast the engine plays working days.")
    parser.add_argument("--few", type=int, default=FEW, help="years until memory is read first")
    parser.add_argument("--many", type=int, default=MANY, help="years in all")
    given = parser.parse_args()
    found = figures(given.few, given.many)
    print(f"median of {given.many} user-years of {DAYS_A_YEAR} days, effects thrown away")
    print_table(found)
    if any(is_far_off(name, found[name]) for name in TARGETS):
        sys.exit(1)


if __name__ == "__main__":
    main()
