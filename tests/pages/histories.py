"""Histories for the pages: an ordinary office, from a Monday in March on."""

from __future__ import annotations

from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from benchmarks.office import Person
from deskbreak.core.model import Episode, Log, Moment, Record, Span
from deskbreak.pages.desk import Desk
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from deskbreak.storage.store import Store
from tests.pages.looking import Served, serve
from tests.storage.history import saved

if TYPE_CHECKING:
    from collections.abc import Iterator

FOUR: Final = 4 * 3600
BERLIN: Final = ZoneInfo("Europe/Berlin")


def office(days: int, seed: int = 1) -> Iterator[Span | Episode]:
    """Yield the rows of so many working days from Monday, 2 March 2026, 9:00 in Berlin, on."""
    person = Person(seed)
    for number in range(days):
        for effect in person.play(person._day(number)):
            person.react(effect)
            if isinstance(effect, Record):
                yield effect.span
            elif isinstance(effect, Log):
                yield effect.episode


def until(day: str) -> Moment:
    """Return the moment *day*, such as "2026-04-03 15:20", on the wall in Berlin."""
    first = datetime(2026, 3, 2, 9, tzinfo=BERLIN).timestamp()
    unix_s = datetime.fromisoformat(day).replace(tzinfo=BERLIN).timestamp()
    return Moment(unix_s - first, unix_s, BERLIN)


def keep(rows: Iterator[Span | Episode], now: Moment) -> None:
    """Write *rows* that were over by *now* to this person's history."""
    past = [row for row in rows if _end(row).unix_s <= now.unix_s]
    with Store.open(files.places().history) as store:
        store.append(past, [], saved(now))


def _end(row: Span | Episode) -> Moment:
    end = row.end if isinstance(row, Span) else row.ended
    assert end is not None
    return end


def desk_at(now: Moment) -> Desk:
    """Return this person's desk, at a time of its own."""
    places = files.places()
    return Desk(places, lambda: now, Settings.of(places))


@contextmanager
def serving(now: Moment) -> Iterator[Served]:
    """Serve the pages at another time than it is."""
    with serve(desk_at(now)) as served:
        yield served
