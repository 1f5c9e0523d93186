"""Everything that was recorded, for programs: rows and days as objects, and as one table."""

from __future__ import annotations

import json
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core import stats
from deskbreak.core.plain import cell

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskbreak.core.model import Episode, Moment, Span

    Dated = tuple[str, "Span"]

_MS: Final = 3  # digits of seconds: below lies noise of the clocks


@dataclass(frozen=True, slots=True)
class Records:
    """What is kept of some days; each row with the day to which it belongs, as 2026-03-02."""

    days: Sequence[stats.Day] = ()
    spans: Sequence[tuple[str, Span]] = ()
    open_spans: Sequence[tuple[str, Span]] = ()  # go on: what was known of them last
    episodes: Sequence[tuple[str, Episode]] = ()
    undone: Sequence[tuple[str, Episode]] = ()  # struck by "I was reading": they count nowhere

    def parts(self) -> Iterator[tuple[str, Iterator[dict[str, Any]]]]:
        """Yield the name of each list and the objects in it, as `export` prints them."""
        spans = (_span(day, span, is_open=False) for day, span in self.spans)
        going_on = (_span(day, span, is_open=True) for day, span in self.open_spans)
        yield "days", map(stats.day_json, self.days)
        yield "spans", chain(spans, going_on)
        yield "episodes", (_episode(day, one) for day, one in self.episodes)
        yield "undone", (_episode(day, one) for day, one in self.undone)

    def table(self) -> Iterator[list[str]]:
        """Yield the heading, and one line for each object in any of the lists.

        The first column says which list; a column that others have is empty.
        """
        (_, *day_names), *of_days = stats.table(self.days)
        names = [*_COLUMNS, *day_names]
        yield names
        for day, *figures in of_days:
            yield ["day", day, *[""] * (len(_COLUMNS) - 2), *figures]
        singular = {"spans": "span", "episodes": "episode", "undone": "undone"}
        for name, objects in self.parts():
            if name in singular:
                for one in objects:
                    row = {"record": singular[name], **one}
                    cells = (_cell(row.get(column)) for column in _COLUMNS)
                    yield [*cells, *[""] * len(day_names)]


_COLUMNS: Final = (
    *("record", "day", "start", "end", "seconds", "clock_seconds", "zone", "presence", "holds"),
    *("open", "position_change", "episode", "kind", "folded", "outcome", "by", "asked", "prompt"),
    *("due", "shown", "ended", "reminders", "postponed", "undelivered"),
)


def _span(day: str, span: Span, *, is_open: bool) -> dict[str, Any]:
    return {
        "day": day,
        "start": _instant(span.start),
        "end": _instant(span.end),
        "seconds": round(span.seconds, _MS),
        "clock_seconds": round(span.start.boot_s, _MS),
        "zone": _zone(span.start),
        "presence": span.presence.value,
        "holds": sorted(span.holds),
        "position_change": span.change,
        "open": is_open,
    }


def _episode(day: str, e: Episode) -> dict[str, Any]:
    assert e.ended is not None, "only ended episodes are rows"
    assert e.outcome is not None, "every end has an outcome"
    return {
        "day": day,
        "episode": e.id,
        "kind": e.kind,
        "folded": list(e.folded),
        "outcome": e.outcome.value,
        "by": e.by and e.by.value,
        "asked": e.asked,
        "prompt": e.prompt,
        "due": _instant(e.due),
        "shown": e.shown and _instant(e.shown),
        "ended": _instant(e.ended),
        "clock_seconds": round(e.ended.boot_s, _MS),
        "zone": _zone(e.ended),
        "reminders": e.reminders,
        "postponed": e.postponed,
        "undelivered": e.failures,
        "position_change": e.change,
    }


def _instant(at: Moment) -> str:
    return at.wall.isoformat(timespec="milliseconds")


def _zone(at: Moment) -> str:
    """Return the name of the zone, or its offset where it has none."""
    return getattr(at.zone, "key", None) or f"{at.wall:%z}"


def _cell(value: object) -> str:
    """Return *value* for a table: nothing in it is a formula, or steers a terminal."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, list):
        value = " ".join(map(str, value))
    return cell(value) if isinstance(value, str) else str(value)


def head(records: Records, version: str, settings: Mapping[str, object]) -> dict[str, Any]:
    """Return what stands before the lists: by which version, of which days, with which settings."""
    rows = chain(records.spans, records.open_spans, records.episodes, records.undone)
    days = sorted({*(day for day, _ in rows), *(one.date.isoformat() for one in records.days)})
    return {
        "deskbreak": version,
        "from": days[0] if days else None,
        "to": days[-1] if days else None,
        "settings": dict(settings),
    }


def text(records: Records, version: str, settings: Mapping[str, object]) -> Iterator[str]:
    """Yield one JSON object in pieces, a row a line: years of it are read and compared with ease."""
    yield json.dumps(head(records, version, settings), indent=2).removesuffix("\n}")
    for name, objects in records.parts():
        yield f',\n  "{name}": ['
        between = "\n    "
        for one in objects:
            yield between + json.dumps(one)
            between = ",\n    "
        yield "]" if between == "\n    " else "\n  ]"
    yield "\n}\n"
