"""Statistics: from rows to days and weeks, a pure function of what was written down."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from dataclasses import field, fields
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.model import By, Outcome, Presence
from deskbreak.core.plain import cell
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import day_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from deskbreak.core.model import Episode, Span

MONDAY: Final = 0
_THURSDAY: Final = 3
_WEEK: Final = timedelta(days=7)
_WEEK_KEY: Final = re.compile(r"(\d{4})-W(\d{2})")
# Seconds are kept to a thousandth: what lies below is noise of the clocks, and sums stay equal.
_DIGITS: Final = 3


@quick_dataclass(frozen=True, slots=True)
class TakenBy:
    """What showed that breaks were taken, each counted."""

    answer: int = 0
    guide: int = 0
    rest: int = 0


@quick_dataclass(frozen=True, slots=True)
class KindDay:
    """What came of one kind of break. An episode that the person asked for is in ``asked`` alone."""

    prompted: int = 0
    taken: int = 0
    taken_by: TakenBy = field(default_factory=TakenBy)
    natural: int = 0
    skipped: int = 0
    missed: int = 0
    postponed: int = 0  # times, not episodes
    asked: int = 0
    undelivered: int = 0

    @property
    def compliance(self) -> float | None:
        """Taken ÷ (taken + skipped + missed), 0 to 1; None when there were none."""
        decided = self.taken + self.skipped + self.missed
        return self.taken / decided if decided else None


@quick_dataclass(frozen=True, slots=True)
class Day:
    """The figures of the day *date*, or, in a total, of the days from *date* on."""

    date: date
    desk_seconds: float = 0.0
    away_seconds: float = 0.0
    locked_seconds: float = 0.0
    asleep_seconds: float = 0.0
    off_seconds: float = 0.0
    longest_held_seconds: float = 0.0  # the longest desk time between two position changes
    position_changes: int = 0
    kinds: Mapping[str, KindDay] = field(default_factory=dict)


@quick_dataclass(frozen=True, slots=True)
class Week:
    """Seven days, their sum, and the sum of the seven days before."""

    key: str  # "2026-W47": the ISO week in which its Thursday lies
    days: tuple[Day, ...]
    total: Day
    before: Day


_SECONDS: Final = tuple(f.name for f in fields(Day) if f.name.endswith("_seconds"))
_ADDED: Final = tuple(name for name in _SECONDS if name != "longest_held_seconds")
_WAYS: Final = tuple(f.name for f in fields(TakenBy))
_COUNTS: Final = tuple(f.name for f in fields(KindDay) if f.name != "taken_by")


# ── rows → days ────────────────────────────────────────────────────────────────────────────


def days_of(
    spans: Iterable[Span],
    episodes: Iterable[Episode],
    day_starts_s: int,
    kinds_on: Collection[str] = (),
) -> list[Day]:
    """Return the days of which the rows tell, in order; *day_starts_s* is after local midnight.

    A span belongs to the day in which it begins (none goes on into the next), an episode to the
    day in which it ended.
    """
    span_rows: defaultdict[date, list[Span]] = defaultdict(list)
    episode_rows: defaultdict[date, list[Episode]] = defaultdict(list)
    for span in spans:
        span_rows[day_of(span.start, day_starts_s)].append(span)
    for episode in episodes:
        assert episode.ended is not None, "only ended episodes are rows"
        episode_rows[day_of(episode.ended, day_starts_s)].append(episode)
    return [
        day(on, span_rows[on], episode_rows[on], kinds_on)
        for on in sorted(span_rows.keys() | episode_rows.keys())
    ]


def day(
    on: date, spans: Sequence[Span], episodes: Sequence[Episode], kinds_on: Collection[str] = ()
) -> Day:
    """Return the figures of the day *on*, all of whose rows are given, in any order.

    Its kinds are those of *kinds_on*, in that order, and then those that have a row.
    """
    seconds = {
        f"{presence}_seconds": _sum(span.seconds for span in spans if span.presence is presence)
        for presence in Presence
    }
    return Day(
        date=on,
        **seconds,
        longest_held_seconds=_longest_held_s(spans, episodes),
        position_changes=sum(span.change for span in spans) + sum(e.change for e in episodes),
        kinds=_kinds(Counter(chain.from_iterable(map(_counted, episodes))), kinds_on),
    )


def _longest_held_s(spans: Sequence[Span], episodes: Sequence[Episode]) -> float:
    """Walk the day in time; time away neither counts nor, without a change, starts it anew."""
    changes = [span.start.boot_s for span in spans if span.change]
    changes += [e.ended.boot_s for e in episodes if e.change and e.ended is not None]
    changes.sort(reverse=True)  # the next one is the last of the list
    longest_s = held_s = 0.0
    desk = (span for span in spans if span.presence is Presence.DESK)
    for span in sorted(desk, key=lambda span: span.start.boot_s):
        from_s = span.start.boot_s
        while changes and changes[-1] < span.end.boot_s:
            change_s = max(changes.pop(), from_s)
            longest_s, held_s = max(longest_s, held_s + change_s - from_s), 0.0
            from_s = change_s
        held_s += span.end.boot_s - from_s
    return round(max(longest_s, held_s), _DIGITS)


def _counted(episode: Episode) -> Iterable[tuple[str, str]]:
    """Yield (kind, what) for everything that *episode* adds one to."""
    kind = episode.kind
    if episode.asked:
        return [(kind, "asked")]
    counted = [(kind, "postponed")] * episode.postponed
    if episode.shown is not None:
        counted.append((kind, "prompted"))
    assert episode.outcome is not None, "only ended episodes are rows"
    counted.append((kind, episode.outcome.value))
    if episode.outcome is Outcome.TAKEN and episode.by is not None:
        counted.append((kind, episode.by.value))
    return counted


def _kinds(counts: Mapping[tuple[str, str], int], kinds_on: Collection[str]) -> dict[str, KindDay]:
    others = sorted({kind for kind, _ in counts} - set(kinds_on))
    return {kind: _kind(kind, counts) for kind in (*kinds_on, *others)}


def _kind(kind: str, counts: Mapping[tuple[str, str], int]) -> KindDay:
    return KindDay(
        taken_by=TakenBy(
            *(counts.get((kind, by.value), 0) for by in (By.ANSWER, By.GUIDE, By.REST))
        ),
        **{name: counts.get((kind, name), 0) for name in _COUNTS},
    )


def _sum(parts: Iterable[float]) -> float:
    return round(math.fsum(parts), _DIGITS)


# ── days → weeks ───────────────────────────────────────────────────────────────────────────


def add(on: date, days: Sequence[Day], kinds_on: Collection[str] = ()) -> Day:
    """Return the sum of *days* under the date *on*; the longest held time is the longest of all."""
    counts: Counter[tuple[str, str]] = Counter()
    for kind, of_day in chain.from_iterable(one.kinds.items() for one in days):
        counts.update({(kind, name): getattr(of_day, name) for name in _COUNTS})
        counts.update({(kind, way): getattr(of_day.taken_by, way) for way in _WAYS})
    return Day(
        date=on,
        **{name: _sum(getattr(one, name) for one in days) for name in _ADDED},
        longest_held_seconds=max((one.longest_held_seconds for one in days), default=0.0),
        position_changes=sum(one.position_changes for one in days),
        kinds=_kinds(counts, kinds_on),
    )


def week(
    days: Iterable[Day], of: date, kinds_on: Collection[str] = (), *, first_weekday: int = MONDAY
) -> Week:
    """Return the week in which *of* lies, and the sum of the one before.

    Of *days* those of other weeks are left out, and those that are missing are empty.
    *first_weekday* is 0 for Monday to 6 for Sunday, as the locale says.
    """
    first = week_start(of, first_weekday)
    known = {one.date: one for one in days}

    def seven(start: date) -> tuple[Day, ...]:
        dates = [start + timedelta(days=n) for n in range(7)]
        return tuple(add(on, [known[on]] if on in known else [], kinds_on) for on in dates)

    before, these = first - _WEEK, seven(first)
    return Week(
        week_key(first, first_weekday),
        these,
        add(first, these, kinds_on),
        add(before, seven(before), kinds_on),
    )


def week_start(of: date, first_weekday: int = MONDAY) -> date:
    """Return the first day of the week in which *of* lies."""
    return of - timedelta(days=(of.weekday() - first_weekday) % 7)


def week_key(of: date, first_weekday: int = MONDAY) -> str:
    """Return the name, as "2026-W47", of the week in which *of* lies.

    ISO names a week from Monday to Sunday after the year in which its Thursday lies. A week that
    begins on another day shares most of its days with one of those; it is named after the one
    with which it shares its Thursday.
    """
    first = week_start(of, first_weekday)
    year, number, _ = (first + timedelta(days=(_THURSDAY - first_weekday) % 7)).isocalendar()
    return f"{year:04}-W{number:02}"


def parse_week(key: str, first_weekday: int = MONDAY) -> date:
    """Return the first day of the week that `week_key` calls *key*.

    Raises:
        ValueError: There is no such week (or none of our time: 1970 to 9998).
    """
    found = _WEEK_KEY.fullmatch(key)
    if not found or not 1970 <= int(found[1]) <= 9998:  # noqa: PLR2004 - the years named above
        raise ValueError(key)
    return week_start(date.fromisocalendar(int(found[1]), int(found[2]), 4), first_weekday)


# ── for programs ───────────────────────────────────────────────────────────────────────────


def day_json(of: Day) -> dict[str, Any]:
    """Return *of* as the day object that `stats --json` and `simulate --json` print."""
    return {"date": of.date.isoformat(), **_figures_json(of)}


def week_json(of: Week) -> dict[str, Any]:
    """Return *of* as the object that `stats --json` prints."""
    return {
        "week": of.key,
        "days": [day_json(one) for one in of.days],
        "total": _figures_json(of.total),
        "before": _figures_json(of.before),
    }


def _figures_json(of: Day) -> dict[str, Any]:
    return {
        **{name: getattr(of, name) for name in _SECONDS},
        "position_changes": of.position_changes,
        "kinds": {kind: _kind_json(counts) for kind, counts in of.kinds.items()},
    }


def _kind_json(of: KindDay) -> dict[str, Any]:
    compliance = of.compliance
    return {
        "prompted": of.prompted,
        "taken": of.taken,
        "taken_by": {way: getattr(of.taken_by, way) for way in _WAYS},
        **{name: getattr(of, name) for name in _COUNTS[2:]},
        "compliance": None if compliance is None else round(compliance, _DIGITS),
    }


def day_from(given: Mapping[str, Any]) -> Day:
    """Return the day that `day_json` made *given* of.

    Raises:
        ValueError: It is no such object.
    """
    try:
        return Day(
            date=date.fromisoformat(given["date"]),
            **{name: _checked(given[name], float) for name in _SECONDS},
            position_changes=_checked(given["position_changes"], int),
            kinds={
                kind: KindDay(
                    taken_by=TakenBy(*(_checked(of["taken_by"][way], int) for way in _WAYS)),
                    **{name: _checked(of[name], int) for name in _COUNTS},
                )
                for kind, of in given["kinds"].items()
            },
        )
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"not a day: {error!r}") from error


def _checked(number: Any, kind: type[float | int]) -> Any:  # noqa: ANN401 - from JSON, to a field
    if type(number) is not kind or not 0 <= number < math.inf:
        raise ValueError(number)
    return number


def table(days: Sequence[Day]) -> list[list[str]]:
    """Return the heading and one line per day, as `stats --csv` prints them.

    A kind has the columns that it has in JSON; a compliance that there is none of is empty.
    """
    kinds = list(dict.fromkeys(kind for one in days for kind in one.kinds))
    head = ["date", *_SECONDS, "position_changes"]
    head += (cell(f"{kind}_{column}") for kind in kinds for column in _kind_columns(KindDay()))
    lines = [head]
    for one in days:
        line = [one.date.isoformat(), *(str(getattr(one, name)) for name in _SECONDS)]
        line.append(str(one.position_changes))
        for kind in kinds:
            cells = _kind_columns(one.kinds.get(kind, KindDay())).values()
            line += ("" if value is None else str(value) for value in cells)
        lines.append(line)
    return lines


def _kind_columns(of: KindDay) -> dict[str, Any]:
    columns: dict[str, Any] = {}
    for name, value in _kind_json(of).items():
        if name == "taken_by":
            columns |= {f"taken_by_{way}": count for way, count in value.items()}
        else:
            columns[name] = value
    return columns
