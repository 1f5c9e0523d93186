"""Sixty user-years of simulated people, judged by the oracle, and the tools that do it."""

from __future__ import annotations

import os
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import engine
from deskbreak.core.model import Hold, Reason, Withdraw
from deskbreak.core.timeline import Set, Statement, Stretch
from tests.architecture import REPOSITORY
from tests.board import FIRST_SEED, Board, size
from tests.simulator import metamorphic, settings
from tests.simulator.coverage import lines_of_table, unreached
from tests.simulator.driver import Driver
from tests.simulator.happenings import FAULTS, Aside, duration, fault, moment, read, written_down
from tests.simulator.mishaps import MISHAPS
from tests.simulator.oracle import Oracle
from tests.simulator.people import PEOPLE, Life
from tests.simulator.run import Lived, Wrong, judged, live_many, minimised
from tests.simulator.scenes import PAIRS
from tests.simulator.watch import Blind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskbreak.core.model import Effect, Moment, Rules
    from tests.simulator.happenings import Happening

YEARS: Final = size(60, 2_000)
SEEDS: Final = range(FIRST_SEED, FIRST_SEED + YEARS)
SEEDS_TWICE: Final = range(10**6, 10**6 + size(200, 6_000))  # lives that nobody else plays
START: Final = "2026-03-02T09:00:00 Europe/Berlin"


@pytest.fixture(scope="module")
def lived() -> Lived:
    """What came of sixty lives of a user-year each, or in a long run of many more."""
    return live_many(SEEDS, os.cpu_count() or 1)


@pytest.mark.row("R01")
def test_given_sixty_user_years_then_nothing_is_broken(lived: Lived, board: Board) -> None:
    """People type, read, meet, sleep, travel and tinker; machines fail; the contract is kept."""
    board.note(
        load=round(lived.years),
        faults=sum(lived.pairs.values()),
        figure=f"{len(lived.wrong)} objections in {lived.steps:,} steps, seeds {SEEDS[0]} to {SEEDS[-1]}",
        seeds=SEEDS,
    )
    if lived.wrong:
        first = lived.wrong[0]
        said = "\n".join(f"seed {x.seed}: {x.rule} at {x.at}: {x.told}" for x in lived.wrong)
        pytest.fail(f"{said}\n\n{minimised(first, Oracle)}", pytrace=False)


@pytest.mark.row("R02")
def test_given_sixty_user_years_then_every_fault_came_in_every_state(
    lived: Lived, board: Board
) -> None:
    """A fault that was never met in a state says nothing about that state."""
    rarest = Counter[str]()
    for (_, _, name), times in lived.pairs.items():
        rarest[name] += times
    name, times = min(rarest.items(), key=lambda one: one[1])
    board.note(
        load=len(lived.pairs),
        faults=sum(lived.pairs.values()),
        figure=f"{len(PAIRS)} pairs of state and fault can be; rarest fault: {name}, {times:,} times",
    )

    assert [] == unreached(lived.pairs)
    assert size(1, 100) <= times


def test_given_sixty_user_years_then_every_setting_was_edited(lived: Lived) -> None:
    """Each setting that the engine knows is changed in the middle of a day."""
    assert set() == set(settings.EDITED) - set(lived.keys)


@pytest.mark.row("R05")
def test_given_days_with_more_in_them_then_prompts_and_durations_are_as_without(
    board: Board,
) -> None:
    """Jumps of the clock, a kill and a start, more looks, saving: none of it matters."""
    counted: Counter[str] = Counter()
    for seed in SEEDS_TWICE:
        rule = metamorphic.RULES[seed % len(metamorphic.RULES)]
        start, lines = metamorphic.case(rule, seed)
        more = sum(isinstance(line, Aside) and line.verb == "also" for line in lines)
        counted.update({rule: 1, "more": more, "nothing": not more})
        parted = metamorphic.differs(rule, start, lines)
        assert parted is None, f"seed {seed}: {parted}"
    board.note(
        load=len(SEEDS_TWICE) - counted["nothing"],
        faults=counted["more"],
        figure=f"0 part; {', '.join(f'{rule}: {counted[rule]}' for rule in metamorphic.RULES)}",
    )

    assert counted["nothing"] * 10 < len(SEEDS_TWICE)


# ── the same seed ──────────────────────────────────────────────────────────────────────────


@pytest.mark.row("R01")
def test_given_one_seed_then_life_and_trace_are_the_same_whatever_the_hash_seed(
    board: Board,
) -> None:
    """A seed that is printed today shows the same tomorrow, in another process."""
    code = (
        "from tests.simulator.metamorphic import digest\n"
        "print([digest(seed, days=4) for seed in range(3)])"
    )
    told = [
        subprocess.run(
            [sys.executable, "-c", code],
            cwd=REPOSITORY,
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": str(REPOSITORY)},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        for seed in ("1", "2")
    ]
    board.note(figure="a seed plays the same in another process")

    assert told[0] == told[1]


def test_given_another_seed_then_it_is_another_life() -> None:
    """Each sort of person lives differently every time."""
    assert metamorphic.digest(1, days=2) != metamorphic.digest(1 + len(PEOPLE), days=2)


# ── as text ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize("seed", range(len(PEOPLE)))
def test_given_a_life_as_text_then_it_reads_as_the_same_life(seed: int) -> None:
    """A case is kept in a file, and played again from there."""
    life = Life(seed)
    start, lines = life.start, list(islice(life.lines(5), 1500))

    assert (start, lines) == read(written_down(start, lines))


@pytest.mark.parametrize(
    ("line", "name"),
    [
        (Statement("clock", "-3h"), "clock back hours"),
        (Statement("clock", "+5s"), "clock ahead seconds"),
        (Aside("kill", ("5", "3")), "kill"),
        (Aside("kill", ("5", "9000")), "kill long"),
        (Aside("stall", ("91",)), "freeze"),
        (Aside("reboot", ("60", "-120")), "reboot, clock wrong"),
        (Stretch(40.0, "locked"), "short lock"),
        (Stretch(41.0, "locked"), None),
        (Set("plan", "busy"), "settings"),
        (Aside("react", ("none",)), None),
        (Statement("reading"), None),
    ],
)
def test_given_a_happening_then_it_counts_as_that_fault(line: Happening, name: str | None) -> None:
    """What goes wrong is counted by name, ordinary life is not."""
    assert name == fault(line)
    assert name is None or name in FAULTS


def test_given_a_duration_then_the_language_can_read_it() -> None:
    """Durations are written as people write them."""
    assert ["0s", "59s", "1m", "1h1s", "26h"] == [duration(s) for s in (0, 59, 60, 3601, 93600)]


def test_given_counted_pairs_then_the_table_has_a_row_for_each_fault() -> None:
    """What cannot be is a dash, with its reason below."""
    told = list(lines_of_table({("shown", "desk", "kill"): 12}))

    assert "12" in next(line for line in told if line.startswith("kill ")).split()
    assert any(line.startswith("shown locked: ") for line in told)


# ── the driver ─────────────────────────────────────────────────────────────────────────────


@dataclass
class Note(Blind):
    """An oracle that objects to a prompt taken away by a lock, and keeps what it was told."""

    def __post_init__(self) -> None:
        self.truth: list[tuple[float, str]] = []

    def goes_on(
        self, at: Moment, presence: str, holds: frozenset[Hold], *, off_known: bool = True
    ) -> None:
        self.truth.append((at.boot_s, presence if off_known else f"{presence} unknown"))

    def step(self, now: Moment, effects: Sequence[Effect]) -> None:
        for effect in effects:
            if isinstance(effect, Withdraw) and effect.reason is Reason.LOCKED:
                self.violations = (Wronged(now),)


@dataclass(frozen=True)
class Wronged:
    at: Moment
    rule: str = "lock"
    told: str = "a lock took a prompt away"


def noting(_at: Moment, _rules: Rules) -> Note:
    """Return an oracle that takes notes."""
    return Note()


@pytest.mark.parametrize(
    ("said", "truth"),
    [
        pytest.param(
            "1m work\n#! kill 30 10\n1m work",
            [(0.0, "work"), (30.0, "off"), (70.0, "work")],
            id="a kill dates from the last sign of life",
        ),
        pytest.param(
            "1m work\n1m idle\n#! kill 5 10\n1m idle",
            [(0.0, "work"), (60.0, "idle"), (115.0, "work"), (115.0, "off"), (130.0, "idle")],
            id="input whose stop nobody noticed went on",
        ),
        pytest.param(
            "1m work\n#! sleep 300\n1m idle",
            [(0.0, "work"), (60.0, "asleep"), (360.0, "work"), (360.0, "idle")],
            id="sleep that nobody announced",
        ),
        pytest.param(
            "1m work\n#! reboot 60 -7200\n1m work",
            [(0.0, "work"), (0.0, "off"), (0.0, "work unknown")],
            id="a reboot with a clock that cannot be",
        ),
        pytest.param(
            "1m work\n#! blind\n1m idle\n#! sees\n1m idle",
            [(0.0, "work"), (120.0, "idle")],
            id="where nothing can tell, somebody is there",
        ),
    ],
)
def test_given_what_happens_then_the_oracle_hears_what_can_be_known(
    said: str, truth: list[tuple[float, str]]
) -> None:
    """The truth is what the best engine could know, not what only the simulator knows."""
    _, lines = read(said)
    driver = Driver(moment(START), noting)
    driver.feed(lines)
    driver.close_books()

    assert isinstance(driver.oracle, Note)
    assert truth == driver.oracle.truth


# ── short cases ────────────────────────────────────────────────────────────────────────────


def test_given_a_life_in_which_something_is_broken_then_few_lines_of_it_show_that() -> None:
    """What is printed can be read, kept in a file, and played again."""
    case = minimised(Wrong(0, "lock", "", ""), noting, days=20)
    start, lines = read(case)
    found = judged(start, lines, noting)

    assert case.startswith("# seed 0: lock: a lock took a prompt away")
    assert found is not None
    assert "lock" == found.rule
    assert len(lines) < 10


def test_given_lines_that_say_what_is_besides_then_they_are_played_twice() -> None:
    """The same days, with and without a thing that must not matter: nothing changes."""
    _, lines = read("25m work\n#! also clock +30h\n10m work\n3m idle\n1h work")

    assert judged(START, lines, noting) is None


def test_given_two_plays_that_part_then_it_is_said_where(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where saving loses the held times, the second play prompts later."""
    _, lines = read("15m work\n#! also reload\n10m work")
    monkeypatch.setitem(MISHAPS, "reload", _forget)
    parted = metamorphic.differs("saved", START, lines)

    assert parted is not None
    assert parted.told.startswith("in one play 1320.0 prompt 1 position")


def _forget(driver: Driver, what: Aside) -> None:
    driver.state = engine.begin(driver.now, driver.rules)
