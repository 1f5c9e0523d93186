"""The tables of the history, version by version, and what is written to and read from them."""

from __future__ import annotations

import json
import zlib
from contextlib import suppress
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core import stats
from deskbreak.core.model import By, Episode, Hold, Moment, Outcome, Phase, Presence, Span
from deskbreak.core.schedule import day_of
from deskbreak.storage.codec import zone_from, zone_text

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterator, Sequence

    from deskbreak.core.model import Undo

    Values = tuple[object, ...]
    Statement = tuple[str, Values]

TABLES: Final = ("spans", "episodes", "days", "saved")
"""Each has another number of columns, the first of which is its ``id``: that is how rows of a
damaged file are told apart."""

MIGRATIONS: Final[tuple[tuple[str, ...], ...]] = (
    (
        """
        CREATE TABLE spans (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL CHECK (day GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
            start_boot_s REAL NOT NULL,
            start_unix_s REAL NOT NULL,
            end_boot_s REAL NOT NULL,
            end_unix_s REAL NOT NULL,
            zone TEXT NOT NULL,
            presence TEXT NOT NULL
                CHECK (presence IN ('desk', 'away', 'locked', 'asleep', 'off')),
            holds TEXT NOT NULL,
            change INTEGER NOT NULL CHECK (change IN (0, 1)),
            CHECK (end_boot_s >= start_boot_s)
        )
        """,
        """
        CREATE TABLE episodes (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL CHECK (day GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
            number INTEGER NOT NULL,
            kind TEXT NOT NULL,
            outcome TEXT NOT NULL
                CHECK (outcome IN ('taken', 'natural', 'skipped', 'missed', 'undelivered')),
            taken_by TEXT CHECK (taken_by IN ('answer', 'guide', 'rest')),
            folded TEXT NOT NULL,
            asked INTEGER NOT NULL CHECK (asked IN (0, 1)),
            prompt TEXT,
            due_boot_s REAL NOT NULL,
            due_unix_s REAL NOT NULL,
            due_zone TEXT NOT NULL,
            shown_boot_s REAL,
            shown_unix_s REAL,
            shown_zone TEXT,
            ended_boot_s REAL NOT NULL,
            ended_unix_s REAL NOT NULL,
            ended_zone TEXT NOT NULL,
            reminders INTEGER NOT NULL,
            postponed INTEGER NOT NULL,
            failures INTEGER NOT NULL,
            change INTEGER NOT NULL CHECK (change IN (0, 1)),
            undone INTEGER NOT NULL DEFAULT 0 CHECK (undone IN (0, 1))
        )
        """,
        # The figures of days whose rows are no longer kept.
        """
        CREATE TABLE days (
            id INTEGER PRIMARY KEY,
            day TEXT NOT NULL CHECK (day GLOB '[12][0-9][0-9][0-9]-[01][0-9]-[0-3][0-9]'),
            figures TEXT NOT NULL
        )
        """,
        """
        CREATE TABLE saved (
            id INTEGER PRIMARY KEY CHECK (id = 1),
            state TEXT NOT NULL,
            kinds TEXT NOT NULL,
            boot_id TEXT NOT NULL,
            clock_offset_s REAL NOT NULL
        )
        """,
        "CREATE INDEX spans_day ON spans (day)",
        "CREATE INDEX episodes_day ON episodes (day)",
    ),
)
"""What leads from each version to the next. Never changed once released: a new version is added."""

_SPAN: Final = """
    INSERT INTO spans (
        day, start_boot_s, start_unix_s, end_boot_s, end_unix_s, zone, presence, holds, change
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
_EPISODE: Final = """
    INSERT INTO episodes (
        day, number, kind, outcome, taken_by, folded, asked, prompt,
        due_boot_s, due_unix_s, due_zone, shown_boot_s, shown_unix_s, shown_zone,
        ended_boot_s, ended_unix_s, ended_zone, reminders, postponed, failures, change
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
"""
# Numbers begin anew where a state was lost: the newest row that has the number is meant.
_UNDO_EPISODE: Final = """
    UPDATE episodes SET undone = 1 WHERE id = (SELECT max(id) FROM episodes WHERE number = ?)
"""
# The boot clock may run over old rows again, where they could not be read at the start: only what
# came after the last row of another time is meant.
_UNDO_SPANS: Final = """
    UPDATE spans
    SET presence = CASE presence WHEN 'away' THEN 'desk' ELSE presence END, change = 0
    WHERE start_boot_s >= ?1 AND start_boot_s <= ?2 AND (end_boot_s <= ?2 OR presence = 'desk')
    AND id > ifnull(
        (SELECT id FROM spans WHERE start_boot_s < ?1 OR end_boot_s > ?3 ORDER BY id DESC LIMIT 1), 0
    )
"""
_SINCE_UNDONE_S: Final = 3600.0  # "I was reading" is said within ten minutes after the return
SAVE: Final = """
    INSERT OR REPLACE INTO saved (id, state, kinds, boot_id, clock_offset_s) VALUES (1, ?, ?, ?, ?)
"""
LOAD: Final = "SELECT state, kinds, boot_id, clock_offset_s FROM saved"

_SPANS: Final = """
    SELECT day, start_boot_s, start_unix_s, end_boot_s, end_unix_s, zone, presence, holds, change
    FROM spans WHERE day BETWEEN ? AND ? ORDER BY start_boot_s, id
"""
_EPISODES: Final = """
    SELECT day, number, kind, outcome, taken_by, folded, asked, prompt,
        due_boot_s, due_unix_s, due_zone, shown_boot_s, shown_unix_s, shown_zone,
        ended_boot_s, ended_unix_s, ended_zone, reminders, postponed, failures, change
    FROM episodes WHERE day BETWEEN ? AND ? AND undone = ? ORDER BY ended_boot_s, id
"""
_FIGURES: Final = "SELECT figures FROM days WHERE day BETWEEN ? AND ? ORDER BY day"
# The index answers for a smallest or a largest day alone; over all rows it would take 15 ms.
_EDGES: Final = """
    SELECT min(first), max(last) FROM (
        SELECT (SELECT min(day) FROM spans) AS first, (SELECT max(day) FROM spans) AS last
        UNION ALL SELECT (SELECT min(day) FROM episodes), (SELECT max(day) FROM episodes)
        UNION ALL SELECT (SELECT min(day) FROM days), (SELECT max(day) FROM days)
    )
"""
_NEWEST: Final = """
    SELECT end_boot_s, end_unix_s, zone FROM spans WHERE id = (SELECT max(id) FROM spans)
    UNION ALL
    SELECT ended_boot_s, ended_unix_s, ended_zone FROM episodes
    WHERE id = (SELECT max(id) FROM episodes)
"""
_LONGEST_STATE: Final = 1 << 20  # bytes; it has some thousand
_NEVER_AS_MANY: Final = 2**31
_SAME_S: Final = 0.001  # a moment that went through a sum may come back a hair later


# ── to the tables ──────────────────────────────────────────────────────────────────────────


def statements(
    rows: Sequence[Span | Episode], undo: Sequence[Undo], day_starts_s: int
) -> Iterator[Statement]:
    """Yield what writes *rows*, and then takes back what *undo* names."""
    for row in rows:
        match row:
            case Span():
                yield _SPAN, _of_span(row, day_starts_s)
            case Episode():
                yield _EPISODE, _of_episode(row, day_starts_s)
    for one in undo:
        yield from ((_UNDO_EPISODE, (number,)) for number in one.episodes)
        first_s, last_s = one.start.boot_s - _SAME_S, one.end.boot_s + _SAME_S
        yield _UNDO_SPANS, (first_s, last_s, last_s + _SINCE_UNDONE_S)


def _of_span(span: Span, day_starts_s: int) -> tuple[object, ...]:
    start, end = span.start, span.end
    return (
        day_of(start, day_starts_s).isoformat(),
        *(start.boot_s, start.unix_s, end.boot_s, end.unix_s),
        zone_text(start),
        span.presence.value,
        ",".join(sorted(span.holds)),
        span.change,
    )


def _of_episode(e: Episode, day_starts_s: int) -> tuple[object, ...]:
    assert e.ended is not None, "only ended episodes are rows"
    assert e.outcome is not None, "every end has an outcome"
    return (
        day_of(e.ended, day_starts_s).isoformat(),
        *(e.id, e.kind, e.outcome.value, e.by and e.by.value),
        *(json.dumps(e.folded), e.asked, e.prompt),
        *_of_moment(e.due),
        *(_of_moment(e.shown) if e.shown else (None, None, None)),
        *_of_moment(e.ended),
        *(e.reminders, e.postponed, e.failures, e.change),
    )


def _of_moment(at: Moment) -> tuple[float, float, str]:
    return at.boot_s, at.unix_s, zone_text(at)


def packed(text: str) -> bytes:
    """Return the text of a state as it is kept: small enough for one page."""
    return zlib.compress(text.encode())


def unpacked(state: object) -> str:
    """Return the text of a state that was kept; earlier versions kept it as it is.

    Raises:
        ValueError: It makes no sense.
    """
    if isinstance(state, str):
        return state
    if not isinstance(state, bytes):
        raise ValueError("no text")  # noqa: TRY004 - bad data, not a bad call
    try:
        opened = zlib.decompressobj()
        text = opened.decompress(state, _LONGEST_STATE)
    except zlib.error as error:
        raise ValueError(str(error)) from error
    if not opened.eof:
        raise ValueError("its end is missing")
    return text.decode()


def put_figures(db: sqlite3.Connection, day: stats.Day) -> None:
    """Keep the figures of a day, in place of those that there were."""
    figures = json.dumps(stats.day_json(day), separators=(",", ":"))
    values = (day.date.toordinal(), day.date.isoformat(), figures)
    db.execute("INSERT OR REPLACE INTO days (id, day, figures) VALUES (?, ?, ?)", values)


def drop_rows(db: sqlite3.Connection, day: date) -> None:
    """Delete the rows of *day*, also those that were undone."""
    db.execute("DELETE FROM spans WHERE day = ?", (day.isoformat(),))
    db.execute("DELETE FROM episodes WHERE day = ?", (day.isoformat(),))


def drop(db: sqlite3.Connection, before: date | None) -> None:
    """Delete the rows and figures of the days before *before*; None: every row of every table.

    The state goes in both cases: the open span in it may have begun long before.
    """
    for table in TABLES:
        if before is None or table == "saved":
            db.execute(f"DELETE FROM {table}")  # noqa: S608 - one of the four names above
        else:
            db.execute(f"DELETE FROM {table} WHERE day < ?", (before.isoformat(),))  # noqa: S608 - as above


# ── from the tables ────────────────────────────────────────────────────────────────────────


def read_spans(db: sqlite3.Connection, first: date, last: date) -> Iterator[tuple[str, Span]]:
    """Yield each span with its day, in order of time; one that makes no sense is left out."""
    for row in db.execute(*_between(_SPANS, first, last)):
        with suppress(ValueError, TypeError, AttributeError):
            holds = frozenset(Hold(hold) for hold in row[7].split(",") if hold)
            start, end = _moment(row[1], row[2], row[5]), _moment(row[3], row[4], row[5])
            yield row[0], Span(start, end, Presence(row[6]), holds, bool(row[8]))


def read_episodes(
    db: sqlite3.Connection, first: date, last: date, *, undone: bool = False
) -> Iterator[tuple[str, Episode]]:
    """Yield each ended episode that was not undone (or was) with its day, as `read_spans` does.

    What only an open episode needs was not kept; its phase means nothing.
    """
    sql, days = _between(_EPISODES, first, last)
    for row in db.execute(sql, (*days, undone)):
        with suppress(ValueError, TypeError):
            yield row[0], _episode(row)


def _episode(row: Sequence[Any]) -> Episode:
    _, number, kind, outcome, by, folded, asked, prompt = row[:8]
    shown = None if row[11] is None else _moment(*row[11:14])
    reminders, postponed, failures = map(_count, row[17:20])
    return Episode(
        id=_count(number),
        kind=str(kind),
        due=_moment(*row[8:11]),
        phase=Phase.WAITING,
        folded=tuple(json.loads(folded)),
        asked=bool(asked),
        prompt=prompt,
        shown=shown,
        reminders=reminders,
        postponed=postponed,
        failures=failures,
        outcome=Outcome(outcome),
        by=None if by is None else By(by),
        ended=_moment(*row[14:17]),
        change=bool(row[20]),
    )


def _moment(boot_s: object, unix_s: object, zone: str) -> Moment:
    if not isinstance(boot_s, float) or not isinstance(unix_s, float):
        raise TypeError(boot_s, unix_s)  # a bit fell over, and left a number that is none
    return Moment(boot_s, unix_s, zone_from(zone))


def _count(number: object) -> int:
    if not isinstance(number, int) or not 0 <= number < _NEVER_AS_MANY:
        raise ValueError(number)
    return number


def read_figures(db: sqlite3.Connection, first: date, last: date) -> Iterator[stats.Day]:
    """Yield the days of which only the figures are kept."""
    for (figures,) in db.execute(*_between(_FIGURES, first, last)):
        with suppress(ValueError, TypeError):
            yield stats.day_from(json.loads(figures))


def edges(db: sqlite3.Connection) -> tuple[str, str] | None:
    """Return the first and the last day of which anything is known."""
    first, last = db.execute(_EDGES).fetchone()
    return None if first is None else (first, last)


def days_with_rows(db: sqlite3.Connection, before: date) -> list[date]:
    """Return the days before *before* whose rows are still there, oldest first."""
    sql = "SELECT day FROM spans WHERE day < ? UNION SELECT day FROM episodes WHERE day < ? ORDER BY 1"
    return [date.fromisoformat(day) for (day,) in db.execute(sql, (before.isoformat(),) * 2)]


def newest(db: sqlite3.Connection) -> Moment | None:
    """Return the moment up to which the rows tell what happened.

    Raises:
        ValueError, TypeError: The newest row makes no sense.
    """
    moments = [_moment(*row) for row in db.execute(_NEWEST)]
    return max(moments, key=lambda at: at.boot_s, default=None)


def _between(sql: str, first: date, last: date) -> tuple[str, tuple[str, str]]:
    return sql, (first.isoformat(), last.isoformat())
