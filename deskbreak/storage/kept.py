"""What is kept of each day: its rows, and figures where rows are gone."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import field
from datetime import date
from typing import TYPE_CHECKING

from deskbreak.core import stats
from deskbreak.core.model import Span
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import day_of
from deskbreak.storage import rows

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Collection, Iterable

    from deskbreak.core.model import Episode


@quick_dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of one day: its rows in order of time, and figures of rows that are gone."""

    spans: list[Span] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    figures: list[stats.Day] = field(default_factory=list)

    def day(self, on: date, kinds_on: Collection[str] = ()) -> stats.Day:
        """Return the figures of that day."""
        made = stats.day(on, self.spans, self.episodes)
        return stats.add(on, [*self.figures, made], kinds_on)


class Days(defaultdict[date, Kept]):
    """What is kept of several days."""

    def __init__(self) -> None:
        """Know nothing yet."""
        super().__init__(Kept)

    def read(self, db: sqlite3.Connection, first: date, last: date) -> None:
        """Take in what *db* has; a row belongs to the day that it belonged to when it was written."""
        for text, span in rows.read_spans(db, first, last):
            self[date.fromisoformat(text)].spans.append(span)
        for text, episode in rows.read_episodes(db, first, last):
            self[date.fromisoformat(text)].episodes.append(episode)
        for one in rows.read_figures(db, first, last):
            self[one.date].figures.append(one)

    def add(self, also: Iterable[Span | Episode], day_starts_s: int) -> None:
        """Take in rows that were not written yet; an open episode is part of nothing."""
        for row in also:
            if isinstance(row, Span):
                self[day_of(row.start, day_starts_s)].spans.append(row)
            elif row.ended is not None:
                self[day_of(row.ended, day_starts_s)].episodes.append(row)
