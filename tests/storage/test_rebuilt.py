"""Years of random history: what is kept, exported and counted anew are the same figures (R33)."""

from __future__ import annotations

import json
import math
import os
import random
import tempfile
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak.core import records, stats
from deskbreak.core.model import By, Episode, Outcome, Presence, Span
from deskbreak.core.rules import rules
from deskbreak.core.settings import resolve
from deskbreak.storage.recorded import everything
from deskbreak.storage.store import Store
from tests.board import size
from tests.storage.history import DAY, FOUR, last_day, life, saved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tests.board import Board

DAYS: Final = size(1, 3) * 365
HISTORIES: Final = size(2, 300)  # of eleven seconds each, for one core
RULES: Final = rules(resolve(()), ())
KINDS: Final = tuple(kind.name for kind in RULES.kinds)


@dataclass(frozen=True, slots=True)
class Compared:
    """What came of one history; each of the figures is compared with those that rows make."""

    rows: int
    stored: bool
    pruned: bool  # of which most rows are gone
    exported: bool  # and read again by whoever gets the file
    by_hand: bool  # added up from the rows of the export, without our own functions
    outcomes: bool  # as many as there are ended breaks


def compared(seed: int) -> Compared:
    """Keep a history in steps of all lengths, over many starts, and compare."""
    lots = random.Random(seed)  # noqa: S311 - no secret
    kept = list[Span | Episode]()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder, "history.db")
        store, waiting, till = Store.open(place), list[Span | Episode](), 0
        for step, at in life(DAYS, seed):
            waiting += (_varied(row, lots) for row in step)
            if len(waiting) > till:
                store.append(waiting, [], saved(at, len(kept)))
                kept, waiting, till = kept + waiting, [], lots.randrange(2_000)
            if lots.randrange(5_000) == 0:
                store.close()
                store = Store.open(place)
        store.append(waiting, [], saved(at, len(kept)))
        kept += waiting
        stored = store.days(DAY, last_day(DAYS))
        text = "".join(records.text(everything(store, RULES), "1.0", {}))
        while store.prune(last_day(DAYS), lots.randrange(1, DAYS)):
            pass
        pruned = store.days(DAY, last_day(DAYS))
        store.close()
    return _judged(kept, stored, pruned, json.loads(text))


def _varied(row: Span | Episode, lots: random.Random) -> Span | Episode:
    """Return a break with any outcome in place of one that was taken."""
    if isinstance(row, Span):
        return row
    outcome = lots.choice(list(Outcome))
    return replace(
        row,
        kind=lots.choice(KINDS),
        outcome=outcome,
        by=lots.choice(list(By)) if outcome is Outcome.TAKEN else None,
        shown=None if outcome in (Outcome.NATURAL, Outcome.UNDELIVERED) else row.shown,
        asked=outcome is Outcome.TAKEN and lots.random() < 0.2,
        postponed=lots.randrange(3),
    )


def _judged(
    kept: Sequence[Span | Episode],
    stored: Sequence[stats.Day],
    pruned: Sequence[stats.Day],
    export: Mapping[str, Any],
) -> Compared:
    episodes = [row for row in kept if isinstance(row, Episode)]
    rebuilt = stats.days_of([row for row in kept if isinstance(row, Span)], episodes, FOUR)
    read_again = [stats.day_from(day) for day in export["days"]]
    on = [kind.name for kind in RULES.kinds if kind.enabled]
    ended = sum(
        getattr(kind, outcome.value) + kind.asked * (outcome is Outcome.TAKEN)
        for day in rebuilt
        for kind in day.kinds.values()
        for outcome in Outcome
    )
    return Compared(
        len(kept),
        rebuilt == stored,
        rebuilt == pruned,
        [stats.add(day.date, [day], on) for day in rebuilt] == read_again,
        added_up(export) == {day["date"]: _figures(day) for day in export["days"]},
        ended == len(episodes),
    )


def added_up(export: Mapping[str, Any]) -> dict[str, Counter[str]]:
    """Return the figures of each day, counted from the exported rows as a stranger would."""
    seconds: dict[tuple[str, str], list[float]] = {}
    days: dict[str, Counter[str]] = {}
    for row in export["spans"]:
        seconds.setdefault((row["day"], row["presence"]), []).append(row["seconds"])
        days.setdefault(row["day"], Counter())["changes"] += row["position_change"]
    for row in export["episodes"]:
        counts = days.setdefault(row["day"], Counter())
        counts["changes"] += row["position_change"]
        if row["asked"]:  # nobody was prompted, so it counts apart
            counts[f"{row['kind']} asked"] += 1
            continue
        counts[f"{row['kind']} {row['outcome']}"] += 1
        counts[f"{row['kind']} prompted"] += row["shown"] is not None
        counts[f"{row['kind']} postponed"] += row["postponed"]
    for (day, presence), parts in seconds.items():
        days[day][presence] = round(math.fsum(parts))
    return days


def _figures(day: Mapping[str, Any]) -> Counter[str]:
    """Return of an exported day what `added_up` counts."""
    counts = Counter({each.value: round(day[f"{each}_seconds"]) for each in Presence})
    counts["changes"] = day["position_changes"]
    for kind, of in day["kinds"].items():
        for name in ("asked", "prompted", "postponed", *(each.value for each in Outcome)):
            counts[f"{kind} {name}"] = of[name]
    return counts


@pytest.mark.row("R33")
def test_given_years_of_any_history_then_rebuilt_stored_and_exported_are_the_same(
    board: Board,
) -> None:
    """However it was kept, and however much of it is pruned since: each figure is that of its rows."""
    # A fresh process each: what a thread of this one holds is held in no child.
    with ProcessPoolExecutor(os.cpu_count(), mp_context=get_context("spawn")) as pool:
        found = list(pool.map(compared, range(HISTORIES)))
    wrong = [
        (seed, one)
        for seed, one in enumerate(found)
        if not all((one.stored, one.pruned, one.exported, one.by_hand, one.outcomes))
    ]
    rows = sum(one.rows for one in found)
    board.note(
        load=len(found), figure=f"{len(wrong)} differ, of {rows:,} rows in {DAYS:,} days each"
    )

    assert [] == wrong
