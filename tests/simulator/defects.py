"""Plays changed engines, each with one planted defect: ``python -m tests.simulator.defects``.

A simulator that finds nothing wrong says little unless it finds what is known to be wrong. Each
file of `tests/simulator/defects` changes one branch of the engine; people live with that engine
until the oracle, or a comparison of two plays, objects. The engine as it is goes through the very
same first.
"""

from __future__ import annotations

import argparse
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from tests.architecture import REPOSITORY
from tests.simulator.oracle import Oracle
from tests.simulator.people import WORKING_DAYS
from tests.simulator.run import compare, live

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

FOLDER: Final = REPOSITORY / "tests/simulator/defects"
CONTROL: Final = "the engine as it is"
YEARS: Final = 3.0  # user-years within which a defect must be found
_ONE_IN: Final = 20  # seeds on which a defect may be missed
# Short lives: in three user-years each sort of person comes at least once.
_DAYS: Final = 23
_COMPARED_DAYS: Final = 16  # two rules, some four days each, played twice
_LIVES: Final = 1000  # numbers of lives that belong to one seed
_AT_ONCE: Final = 5  # seeds in one process


@dataclass(frozen=True, slots=True)
class Defect:
    """A changed engine: its file, and what that says of it."""

    name: str
    says: str
    seed: int  # one that has found it at once
    path: Path | None  # None: nothing is changed

    @property
    def id(self) -> str:
        """The failure that it stands for, as F01; X01 and on are further ones."""
        return self.name.partition("-")[0]


@dataclass(frozen=True, slots=True)
class Search:
    """What came of one seed."""

    seed: int
    years: float  # until it was found, or without finding anything
    rule: str = ""  # that was broken; empty: nothing was found
    told: str = ""


def defects() -> list[Defect]:
    """Return all planted defects, in order of name."""
    return [_read(path) for path in sorted(FOLDER.glob("*.diff"))]


def _read(path: Path) -> Defect:
    head = [x[1:].strip() for x in path.read_text("utf-8").splitlines() if x.startswith("#")]
    says = head[0].partition(":")[2].strip()
    return Defect(path.stem, says, int(head[-1].removeprefix("seed:")), path)


# ── in a process that has the changed engine ───────────────────────────────────────────────


def search(seed: int, years: float = YEARS) -> Search:
    """Let one person after the other live until something is broken, or so many years are over."""
    total, life = 0.0, seed * _LIVES
    while total < years:
        lived = live(life, Oracle, _DAYS)
        total += lived.years
        wrong = next(iter(lived.wrong), None)
        if wrong is None:
            total += _COMPARED_DAYS / WORKING_DAYS
            wrong = next(compare(life), None)
        if wrong is not None:
            told = f"life {life}, {wrong.at}: {wrong.told}"
            return Search(seed, total, wrong.rule, told)
        life += 1
    return Search(seed, total)


def tell(seeds: Iterable[int], years: float = YEARS, *, once: bool = False) -> None:
    """Print one line of JSON for each of *seeds*; *once* ends that where something is found."""
    for seed in seeds:
        found = search(seed, years)
        sys.stdout.write(json.dumps(asdict(found)) + "\n")
        sys.stdout.flush()
        if once and found.rule:
            return


# ── around it ──────────────────────────────────────────────────────────────────────────────


def plant(defect: Defect, root: Path) -> None:
    """Copy the package into *root*, and change it there.

    Raises:
        ValueError: The diff does not apply.
    """
    shutil.copytree(REPOSITORY / "deskbreak", root / "deskbreak")
    if defect.path is None:
        return
    command = ("git", "apply", "-p1", str(defect.path))
    applied = subprocess.run(command, cwd=root, check=False, capture_output=True, text=True)
    if applied.returncode:
        raise ValueError(
            f"{defect.path.name} does not apply: make its change in deskbreak/core, write"
            f" `git diff -U1` below its comment, undo the change ({applied.stderr.strip()})"
        )


def searched(
    defect: Defect, seeds: Sequence[int], years: float = YEARS, *, once: bool = False
) -> list[Search]:
    """Play *seeds* with the changed engine, in another process; *once*: until it is found."""
    with TemporaryDirectory(prefix="deskbreak-defect-") as folder:
        plant(defect, Path(folder))
        code = (
            f"from tests.simulator.defects import tell; tell({list(seeds)}, {years}, once={once})"
        )
        done = subprocess.run(
            [sys.executable, "-c", code],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": os.pathsep.join((folder, str(REPOSITORY)))},
            check=True,
            stdout=subprocess.PIPE,
            text=True,
        )
    return [Search(**json.loads(line)) for line in done.stdout.splitlines()]


def search_all(
    todo: Sequence[Defect], seeds: Sequence[int], jobs: int
) -> Iterator[tuple[Defect, list[Search]]]:
    """Yield what came of each defect, in order; so many processes play at a time."""
    parts = [seeds[n : n + _AT_ONCE] for n in range(0, len(seeds), _AT_ONCE)]
    with ThreadPoolExecutor(jobs) as pool:
        found = {d.name: [pool.submit(searched, d, part) for part in parts] for d in todo}
        for defect in todo:
            yield defect, [one for future in found[defect.name] for one in future.result()]


def is_well(defect: Defect, searches: Sequence[Search]) -> bool:
    """Tell whether a defect was found often enough, or in the control nothing at all."""
    found = sum(bool(one.rule) for one in searches)
    least = len(searches) - len(searches) // _ONE_IN
    return not found if defect.path is None else found >= least


def row(defect: Defect, searches: Sequence[Search]) -> str:
    """Return the line of the table for one defect."""
    found = [one for one in searches if one.rule]
    years = f"{median(one.years for one in found):7.2f}" if found else f"{'-':>7}"
    rules = Counter(one.rule for one in found).most_common(1)
    rule = rules[0][0] if rules else "-"
    mark = " " if is_well(defect, searches) else "!"
    return f"{mark} {defect.name:44} {len(found):3} of {len(searches):3} {years}  {rule}"


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the table; return 1 where a defect is not found, or the control is not clean."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.simulator.defects", description="Play engines with a planted defect."
    )
    parser.add_argument("names", nargs="*", help="begin of names, as F01; all otherwise")
    parser.add_argument("--seeds", type=int, default=20, help="seeds for each (%(default)s)")
    parser.add_argument("--first", type=int, default=1, help="the first of them (%(default)s)")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes")
    parser.add_argument("--told", action="store_true", help="print what was found on each seed")
    asked = parser.parse_args(arguments)
    todo = [Defect(CONTROL, "", 0, None), *defects()]
    if asked.names:
        todo = [one for one in todo if one.name.startswith(tuple(asked.names))]
    seeds = range(asked.first, asked.first + asked.seeds)
    _say(f"  {'defect':44} {'found on':>10} {'years':>7}  most often by")
    well = True
    for defect, searches in search_all(todo, seeds, asked.jobs):
        well = is_well(defect, searches) and well
        _say(row(defect, searches))
        for one in searches if asked.told else ():
            _say(f"    seed {one.seed}: {one.years:.2f} {one.rule or 'nothing'}: {one.told}")
    return 0 if well and todo else 1


def _say(text: str) -> None:
    print(text, flush=True)  # noqa: T201 - it is a program


if __name__ == "__main__":
    sys.exit(main())
