"""One life after the other: what was played, reached and found."""

from __future__ import annotations

import os
import sys
import time
from collections import Counter
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from typing import TYPE_CHECKING, Final

from tests.simulator import metamorphic
from tests.simulator.driver import Driver
from tests.simulator.happenings import Aside, moment, start_text, written_down
from tests.simulator.minimise import Minimiser
from tests.simulator.oracle import Oracle
from tests.simulator.people import WORKING_DAYS, Life
from tests.simulator.watch import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from deskbreak.core.model import Moment, Rules
    from tests.simulator.happenings import Happening
    from tests.simulator.watch import Watch

    Watcher = Callable[[Moment, Rules], Watch]

_EVERY: Final = 100
_COMPARED: Final = 2  # of the rules that are checked by playing twice, for each life


@dataclass(frozen=True, slots=True)
class Point:
    """Where a life can be taken up: how many lines were played, and how things stood then."""

    line: int
    start: str
    before: tuple[Happening, ...]  # what has to be said first


@dataclass(frozen=True, slots=True)
class Wrong:
    """What is broken in a life."""

    seed: int
    rule: str
    at: str
    told: str
    compared: bool = False  # found by playing twice


@dataclass
class Lived:
    """What came of a life."""

    seed: int
    years: float = 0.0
    steps: int = 0
    seconds: float = 0.0  # of the processor
    pairs: Counter[tuple[str, str, str]] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    wrong: list[Wrong] = field(default_factory=list)
    lines: list[Happening] = field(default_factory=list)  # until there, where something is broken
    points: list[Point] = field(default_factory=list)

    def add(self, other: Lived) -> None:
        """Count what came of *other* as well."""
        self.years += other.years
        self.steps += other.steps
        self.seconds += other.seconds
        self.pairs += other.pairs
        self.keys += other.keys
        self.wrong += other.wrong


# ── one life ───────────────────────────────────────────────────────────────────────────────


def live(seed: int, watcher: Watcher, days: int = WORKING_DAYS) -> Lived:
    """Play the life of *seed* until its end, or until something is broken."""
    life, lived, began_s = Life(seed), Lived(seed), time.process_time()
    driver = Driver(moment(life.start), watcher)
    first_s, lines, points = life.t, lived.lines, lived.points
    try:
        for line in life.lines(days):
            if not len(lines) % _EVERY:
                points.append(_point(len(lines), driver))
            lines.append(line)
            driver.happen(line)
        driver.close_books()
    except Broken as broken:
        lived.wrong.append(Wrong(seed, broken.rule, start_text(broken.at), broken.told))
    weeks = (life.t - first_s) / (7 * 86_400)
    lived.years = min(days, weeks * 5) / WORKING_DAYS
    lived.steps, lived.seconds = driver.steps, time.process_time() - began_s
    lived.pairs, lived.keys = driver.pairs, driver.keys
    return lived


def _point(count: int, driver: Driver) -> Point:
    return Point(count, start_text(driver.now), tuple(driver.standing()))


def compare(seed: int) -> Iterator[Wrong]:
    """Yield what differs where some days of the life of *seed* are played twice."""
    for n in range(_COMPARED):
        rule = metamorphic.RULES[(seed * _COMPARED + n) % len(metamorphic.RULES)]
        parted = metamorphic.differs(rule, *metamorphic.case(rule, seed))
        if parted is not None:
            yield Wrong(seed, parted.rule, start_text(parted.at), parted.told, compared=True)


def live_one(seed: int, days: int) -> Lived:
    """Play one life with all checks; what it returns is small enough to be sent."""
    lived = live(seed, Oracle, days)
    began_s = time.process_time()
    lived.wrong += compare(seed)
    lived.seconds += time.process_time() - began_s
    lived.lines, lived.points = [], []
    return lived


# ── many ───────────────────────────────────────────────────────────────────────────────────


def _give_way() -> None:
    """Let whoever has to be on time go first."""
    if sys.platform != "win32":
        os.nice(10)


def live_many(
    seeds: Iterable[int], jobs: int, days: int = WORKING_DAYS, said: Callable[[str], None] = print
) -> Lived:
    """Play the lives of *seeds*, so many at a time; say now and then how far it is."""
    total, last_s, todo = Lived(-1), time.monotonic(), tuple(seeds)
    # A fresh process each: what a thread of the caller holds is held in no child.
    with ProcessPoolExecutor(jobs, get_context("spawn"), _give_way) as pool:
        futures = [pool.submit(live_one, seed, days) for seed in todo]
        for done, future in enumerate(as_completed(futures), start=1):
            lived = future.result()
            total.add(lived)
            for wrong in lived.wrong:
                said(f"seed {wrong.seed}: {wrong.rule} at {wrong.at}: {wrong.told}")
            if time.monotonic() > last_s + 30 and done < len(todo):
                last_s = time.monotonic()
                said(f"{done} of {len(todo)} lives, {total.years:.1f} user-years")
    total.wrong.sort(key=lambda wrong: wrong.seed)
    return total


# ── what is broken, short ──────────────────────────────────────────────────────────────────


def play(start: str, lines: Sequence[Happening], watcher: Watcher) -> Broken | None:
    """Play *lines* from *start*; return what is broken, if anything is."""
    driver = Driver(moment(start), watcher)
    try:
        driver.feed(lines)
        driver.close_books()
    except Broken as broken:
        return broken
    return None


def judged(start: str, lines: Sequence[Happening], watcher: Watcher) -> Broken | None:
    """Play *lines* once, or twice where they say so; return what is broken."""
    besides = [line for line in lines if isinstance(line, Aside) and line.verb == "also"]
    if not besides:
        return play(start, lines, watcher)
    return metamorphic.differs(metamorphic.OF[besides[0].words[0]], start, lines)


def minimised(wrong: Wrong, watcher: Watcher, days: int = WORKING_DAYS) -> str:
    """Return a short file that shows what is *wrong*, and can be played."""
    if wrong.compared:
        start, lines = metamorphic.case(wrong.rule, wrong.seed)
        lived = Lived(wrong.seed, lines=lines, points=[Point(0, start, ())])
    else:
        lived = live(wrong.seed, watcher, days)

    def broken(start: str, lines: Sequence[Happening]) -> bool:
        found = judged(start, lines, watcher)
        return found is not None and found.rule == wrong.rule

    start, short = Minimiser(broken).shortest(lived)
    found = judged(start, short, watcher)
    told = wrong.told if found is None else f"{found.told} (at {start_text(found.at)})"
    return f"# seed {wrong.seed}: {wrong.rule}: {told}\n{written_down(start, short)}"
