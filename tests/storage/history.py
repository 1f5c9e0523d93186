"""Rows and states for tests of the history: a person at a desk in Berlin from 2 March 2026 on."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deskbreak.core.model import (
    By,
    Episode,
    Facts,
    Hold,
    KindState,
    Moment,
    Outcome,
    Phase,
    Presence,
    Span,
    State,
)
from deskbreak.core.schedule import day_start_after
from deskbreak.storage.store import Saved

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskbreak.storage.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
FOUR = 4 * 3600
DAY = date(2026, 3, 2)
START = Moment(1000.0, datetime(2026, 3, 2, 9, tzinfo=BERLIN).timestamp(), BERLIN)


def after(minutes: float) -> Moment:
    """Return the moment *minutes* after nine."""
    return START.on(START.boot_s + 60 * minutes)


def span(start: float, end: float, presence: str = "desk", *, change: bool = False) -> Span:
    """Return a span between two times in minutes after nine."""
    return Span(after(start), after(end), Presence(presence), change=change)


def taken(number: int, at: float, *, change: bool = False) -> Episode:
    """Return a position break that was taken, *at* minutes after nine."""
    return Episode(
        id=number,
        kind="position",
        due=after(at - 1),
        phase=Phase.WAITING,
        folded=("eyes",),
        prompt="P-PC-03",
        shown=after(at - 0.5),
        reminders=1,
        postponed=2,
        failures=3,
        outcome=Outcome.TAKEN,
        by=By.REST,
        ended=after(at),
        change=change,
    )


def saved(at: Moment = START, number: int = 1) -> Saved:
    """Return what is saved with a step at *at*."""
    state = State(
        at=at,
        facts=Facts(0.0),
        kinds=(KindState(at.boot_s), KindState(at.boot_s)),
        input_s=at.boot_s,
        idle_from_s=at.boot_s,
        unlocked_s=at.boot_s,
        span_start=at,
        today=DAY,
        day_end_s=at.boot_s,
        day_starts_s=FOUR,
        next_episode=number,
    )
    return Saved(state, ("stretch", "position"), "boot-1", 12.5)


def life(days: int, seed: int = 1) -> Iterator[tuple[list[Span | Episode], Moment]]:
    """Yield what each step of some working days keeps, with its moment: 40 to 60 rows a day."""
    lots = random.Random(seed)  # noqa: S311 - no secret
    at, number = day_start_after(START.on(START.boot_s - 86_400), FOUR), 0
    for _ in range(days):
        finish = day_start_after(at, FOUR)
        while at.boot_s < finish.boot_s:
            end_s = min(at.boot_s + lots.choice((120.5, 900.25, 2400.0, 3000.125)), finish.boot_s)
            end = at.on(end_s) if end_s < finish.boot_s else finish
            presence = lots.choice((Presence.DESK, Presence.DESK, *Presence))
            holds = frozenset(lots.sample(list(Hold), lots.choice((0, 0, 1, 2))))
            step: list[Span | Episode] = [Span(at, end, presence, holds, lots.random() < 0.2)]
            if lots.random() < 0.4:
                number += 1
                row = taken(number, 0, change=lots.random() < 0.5)
                step.append(replace(row, due=at, shown=at, ended=at.on(at.boot_s + 1.5)))
            at = end
            yield step, at


def live(store: Store, days: int, seed: int = 1) -> list[Span | Episode]:
    """Let *store* keep some working days; return all that it kept."""
    kept: list[Span | Episode] = []
    for step, at in life(days, seed):
        store.append(step, [], saved(at, len(kept)))
        kept += step
    return kept


def last_day(days: int) -> date:
    """Return the last of so many days."""
    return DAY + timedelta(days=days - 1)


def names(folder: Path) -> list[str]:
    """Return what lies in *folder*."""
    return sorted(path.name for path in folder.iterdir())
