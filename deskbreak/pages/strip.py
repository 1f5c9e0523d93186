"""A day from left to right: where the person was, what held prompts back, and what came of each."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Final

from deskbreak.core import labels
from deskbreak.core.model import Hold, Presence
from deskbreak.core.schedule import wall_at
from deskbreak.pages.charts import Label, Mark
from deskbreak.pages.figures import clock, episode_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from datetime import datetime, tzinfo

    from deskbreak.core.model import Episode, Span
    from deskbreak.core.words import Words
    from deskbreak.pages.seen import Seen

_HOUR_S: Final = 3600.0
_LEAST_S: Final = 8 * _HOUR_S  # a strip of ten minutes would look like a day
_FULL: Final = 100.0
_MANY: Final = 13  # hours beyond which their names would touch
_TOUCHING: Final = 0.02  # percent: two that are nearer than that are one
_PRESENCE: Final = 62.0  # pixels that presence and holds take up
_LANE: Final = 36.0
_AXIS: Final = 24.0


@dataclass(frozen=True, slots=True)
class Lane:
    """The breaks of one kind, ``y`` pixels down."""

    name: str
    y: float
    waits: tuple[Mark, ...]  # from a prompt to its end
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Strip:
    """What is drawn of a day, ``height`` pixels high; ``now`` is a place in percent."""

    presences: tuple[Mark, ...]
    quiet: tuple[Mark, ...]
    lanes: tuple[Lane, ...]
    hours: tuple[Label, ...]
    now: float | None
    height: float

    @property
    def looks(self) -> frozenset[str]:
        """What a legend must explain."""
        marks = (mark for lane in self.lanes for mark in lane.marks)
        return frozenset(mark.look for mark in (*self.quiet, *marks))


def strip(seen: Seen, words: Words) -> Strip | None:
    """Lay out the day that is *seen* closely; None where nothing happened."""
    view = _window(seen.spans, seen.episodes)
    if view is None:
        return None
    kinds = [kind for kind in seen.day.kinds if any(e.kind == kind for e in seen.episodes)]
    lanes = tuple(
        _lane([e for e in seen.episodes if e.kind == kind], _PRESENCE + n * _LANE, view, words)
        for n, kind in enumerate(kinds)
    )
    return Strip(
        tuple(_presences(seen.spans, view, words)),
        tuple(_quiet(seen.spans, view, words)),
        lanes,
        tuple(_hours(view)),
        view.place(seen.now.unix_s) if seen.day.date == seen.today else None,
        _PRESENCE + len(lanes) * _LANE + _AXIS,
    )


# ── the window ─────────────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class _Window:
    """A piece of a day, in Unix time."""

    start_s: float
    end_s: float
    zone: tzinfo

    def place(self, unix_s: float) -> float:
        """Return where an instant lies, in percent; at an edge what lies beyond it."""
        share = (unix_s - self.start_s) / (self.end_s - self.start_s)
        return round(_FULL * min(max(share, 0.0), 1.0), 3)

    @property
    def hours(self) -> Iterator[tuple[datetime, float]]:
        """Yield the full hours of the clock on the wall, each with its place."""
        at_s = self.start_s
        while at_s <= self.end_s:
            wall = wall_at(at_s, self.zone)
            if not wall.minute:
                yield wall, self.place(at_s)
            at_s += _HOUR_S - 60 * wall.minute


def _window(spans: Sequence[Span], episodes: Sequence[Episode]) -> _Window | None:
    """Return the full hours from the first to the last sign of a person; None without one."""
    here = [x for x in spans if x.presence is Presence.DESK]
    seen = [edge.unix_s for x in here for edge in (x.start, x.end)]
    seen += [e.ended.unix_s for e in episodes if e.ended is not None]
    if not seen:
        return None
    zone = here[0].start.zone if here else episodes[0].due.zone
    start_s, end_s = _full_hour(min(seen), zone), _full_hour(max(seen), zone)
    end_s += _HOUR_S if end_s < max(seen) else 0.0
    return _Window(start_s, max(end_s, start_s + _LEAST_S), zone)


def _full_hour(unix_s: float, zone: tzinfo) -> float:
    wall = wall_at(unix_s, zone)
    return unix_s - (wall.minute * 60 + wall.second + wall.microsecond / 1e6)


def _hours(view: _Window) -> Iterator[Label]:
    """Yield the hours that are named: all, or every other one of a long day."""
    hours = list(view.hours)
    step = 1 if len(hours) <= _MANY else 2
    for wall, x in hours:
        if not wall.hour % step:
            yield Label(f"{wall.hour}:00", x, minor=bool(wall.hour // step % 2))


# ── what is in it ──────────────────────────────────────────────────────────────────────────


def _presences(spans: Iterable[Span], view: _Window, words: Words) -> Iterator[Mark]:
    for group in _runs(spans, lambda span: span.presence):
        x, width = _extent(group, view)
        if width:
            name = labels.presence_name(group[0].presence, words)
            yield Mark(group[0].presence.value, x, width, says=f"{_times(group)} {name}")


def _quiet(spans: Iterable[Span], view: _Window, words: Words) -> Iterator[Mark]:
    """Yield when prompts were held back, and by what first of all."""
    for group in _runs(spans, _first_hold):
        hold = _first_hold(group[0])
        x, width = _extent(group, view)
        if hold is not None and width:
            look = "call" if hold is Hold.CALL else "quiet"
            yield Mark(look, x, width, says=f"{_times(group)} {labels.hold_name(hold, words)}")


def _first_hold(span: Span) -> Hold | None:
    return next((one for one in Hold if one in span.holds), None)


def _runs(spans: Iterable[Span], same: Callable[[Span], object]) -> Iterator[list[Span]]:
    """Yield neighbours that are alike, as one run."""
    for _what, run in groupby(spans, same):
        yield list(run)


def _extent(run: Sequence[Span], view: _Window) -> tuple[float, float]:
    x, end = view.place(run[0].start.unix_s), view.place(run[-1].end.unix_s)
    return x, round(max(end - x, 0.0), 3)


def _times(run: Sequence[Span]) -> str:
    return f"{clock(run[0].start)}\N{EN DASH}{clock(run[-1].end)}"


def _lane(episodes: Sequence[Episode], y: float, view: _Window, words: Words) -> Lane:
    waits, marks = list[Mark](), list[Mark]()
    for e in episodes:
        at = e.shown or e.ended or e.due
        x = view.place(at.unix_s)
        look = "open" if e.outcome is None else e.outcome.value
        marks.append(Mark(look, x, says=f"{clock(at)} {episode_text(e, words)}"))
        if e.ended is not None:
            width = round(view.place(e.ended.unix_s) - x, 3)
            if width > _TOUCHING:
                waits.append(Mark("waits", x, width))
    return Lane(labels.kind_name(episodes[0].kind, words), y, tuple(waits), tuple(marks))
