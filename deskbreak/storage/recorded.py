"""Rows of the history, of some days, with what goes on as far as it is known."""

from __future__ import annotations

import contextlib
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.schedule import day_of
from deskbreak.core.turn import open_spans

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date
    from pathlib import Path

    from deskbreak.core.model import Episode, Rules, Span
    from deskbreak.core.records import Records
    from deskbreak.core.words import Said
    from deskbreak.storage.files import Places
    from deskbreak.storage.store import Store

WEEK: Final = timedelta(days=7)
_DAY: Final = timedelta(days=1)


@quick_dataclass(frozen=True, slots=True)
class Recorded:
    """Rows of the history, and what is wrong with it."""

    days: tuple[date, date] | None  # the first and the last; None where nothing was ever recorded
    spans: Sequence[Span] = ()
    episodes: Sequence[Episode] = ()
    problems: Sequence[Said] = ()


def recorded(
    store: Store,
    day_starts_s: int,
    length: timedelta,
    first: date | None = None,
    last: date | None = None,
) -> Recorded:
    """Read the days from *first* to *last*.

    Without *last* it is the last day on record, without *first* there are *length* of them. Of the
    span that is open, what there was when the running agent last saved its state is included.
    """
    saved, known = store.load_saved(), store.known()
    open_now = () if saved is None else open_spans(saved.state, saved.state.at)
    days = [*(known or ()), *(day_of(span.start, day_starts_s) for span in open_now)]
    if not days:
        return Recorded(None, problems=store.problems)
    last = last or max(days)
    first = first or last - length + _DAY
    spans, episodes = store.rows(first, last)
    spans += (x for x in open_now if first <= day_of(x.start, day_starts_s) <= last)
    return Recorded((first, last), spans, episodes, store.problems)


def everything(
    store: Store, rules: Rules, first: date | None = None, last: date | None = None
) -> Records:
    """Read all that is kept of the days from *first* to *last* (all that there are)."""
    from deskbreak.core.records import Records

    starts_s = rules.day_starts_s
    on = [kind.name for kind in rules.kinds if kind.enabled]
    saved, known = store.load_saved(), store.known()
    going_on = () if saved is None else open_spans(saved.state, saved.state.at)
    every = [*(known or ()), *(day_of(span.start, starts_s) for span in going_on)]
    if not every:
        return Records()
    first, last = first or min(every), last or max(every)
    going_on = tuple(x for x in going_on if first <= day_of(x.start, starts_s) <= last)
    spans, episodes = store.dated(first, last)
    _, undone = store.dated(first, last, undone=True)
    days = store.days(first, last, on, starts_s, going_on)
    dated = [(day_of(span.start, starts_s).isoformat(), span) for span in going_on]
    return Records(days, spans, dated, episodes, undone)


def history_in_use(places: Places, *, is_running: Callable[[], bool]) -> Path:
    """Return the history of the agent that runs: one on trial has its own, and writes to it.

    A trial that was killed leaves its own behind, to which nobody writes any more.
    """
    own, trial = places.history, places.runtime / "trial" / places.history.name
    if trial.exists() and is_running() and _written_s(trial) > _written_s(own):
        return trial
    return own


def _written_s(history: Path) -> float:
    """Return when something was written to *history* or to its log (Unix time)."""
    times = [0.0]
    for path in (history, history.with_name(f"{history.name}-wal")):
        with contextlib.suppress(OSError):
            found = path.stat()
            if found.st_size:  # whoever only looks may leave an empty log
                times.append(found.st_mtime)
    return max(times)
