"""From due to offered: holds, caps, gaps, the good moment, folding."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

from deskbreak.core import episode as episodes
from deskbreak.core.held import follow_shelter
from deskbreak.core.model import Hold, Mark, Phase, Presence, Reason
from deskbreak.core.schedule import local_time, moment_of
from deskbreak.core.turn import cut, desk_today_s, interval_s

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.turn import Turn

AFTER_HOLD_S: Final = 30.0
INPUT_WITHIN_S: Final = 60.0
AFTER_RETURN_S: Final = 15.0
ONE_IN_S: Final = 60.0
TICK_S: Final = 0.001
"""Sums of floats differ by less than this."""
_HOUR_S: Final = 3600.0
_DAY_MINUTES: Final = 1440
_NEVER: Final = math.inf


# ── holds ──────────────────────────────────────────────────────────────────────────────────


def update_holds(t: Turn) -> None:
    """Find out which holds are in force now, and act on what changed."""
    s = t.s
    if s.pause is not None and pause_ends_s(t) <= t.now.boot_s + TICK_S:
        s.pause = None
    holds = s.facts.holds & t.rules.holds
    if s.pause is not None:
        holds |= {Hold.PAUSED}
    if t.rules.hours is not None and not t.rules.hours.open_at(local_time(t.now)):
        holds |= {Hold.HOURS}
    before = s.holds
    if holds == before:
        return
    cut(t, t.now)
    s.holds = holds
    if not before:
        s.holds_from_s, s.hold_marked = t.now.boot_s, False
    elif not holds:
        s.holds_from_s, s.holds_ended_s = None, t.now.boot_s
    follow_shelter(t, call_began=Hold.CALL in holds - before)
    for hold in Hold:
        if hold in holds and hold not in before:
            episodes.withdraw(t, Reason(hold.value))
            return


def pause_ends_s(t: Turn) -> float:
    """Return when (boot clock) the pause ends; infinity for one without end."""
    until = t.s.pause
    if until is None or (until.boot_s is None and until.local is None):
        return _NEVER
    return until.boot_s if until.local is None else moment_of(until.local, t.now).boot_s  # type: ignore[return-value]  # one of the two is set


def deadlines(t: Turn) -> Iterator[tuple[float, Callable[[], None]]]:
    """Yield when (boot clock) a hold begins or ends by the clock, and when the tray speaks."""
    if t.s.pause is not None:
        yield pause_ends_s(t), lambda: update_holds(t)
    if t.rules.hours is not None:
        edge = t.rules.hours.next_edge(local_time(t.now))
        if edge is not None:
            yield moment_of(edge, t.now).boot_s, lambda: update_holds(t)
    if t.s.holds_from_s is not None and not t.s.hold_marked and t.at_desk:
        delayed = _longest_delayed(t)
        if delayed is not None:
            since_s, kind = delayed
            yield since_s + t.rules.deferral_s, lambda: _mark(t, kind)


def _longest_delayed(t: Turn) -> tuple[float, str] | None:
    """Return since when a hold has delayed a kind, and which kind has waited longest."""
    s, delays = t.s, list[tuple[float, int]]()
    assert s.holds_from_s is not None
    e = s.episode
    if e is not None and e.phase in (Phase.WAITING, Phase.POSTPONED):
        delays.append((max(e.back_at_s, s.holds_from_s), t.rules.place[e.kind]))
    for n, kind in enumerate(t.rules.kinds):
        if e is not None and (kind.name == e.kind or kind.name in e.folded):
            continue
        due_s = due_at_s(t, n)
        if due_s < _NEVER and not _capped(t, n):
            delays.append((max(due_s, s.holds_from_s), n))
    if not delays:
        return None
    since_s, n = min(delays)
    return since_s, t.rules.kinds[n].name


def _mark(t: Turn, kind: str) -> None:
    s = t.s
    s.hold_marked = True
    reason = next(Reason(hold.value) for hold in Hold if hold in s.holds)
    open_here = s.episode is not None and s.episode.kind == kind
    s.mark = Mark(t.now, kind, reason, s.episode.id if s.episode and open_here else None)
    t.out.append(s.mark)


# ── due ────────────────────────────────────────────────────────────────────────────────────


def due_at_s(t: Turn, n: int) -> float:
    """Return when (boot clock) the *n*-th kind is due, if nothing changes; infinity for never."""
    kind, state = t.rules.kinds[n], t.s.kinds[n]
    if not kind.enabled or state.at_rest:
        return _NEVER
    if kind.daily:
        return _daily_due_s(t, n)
    if kind.cycle and not kind.cycle[state.stage % len(kind.cycle)].prompts:
        return _NEVER
    due_s = state.held_from_s + interval_s(t, n)
    if state.moved_at_s is not None:
        due_s = max(due_s, state.moved_at_s + kind.first_after_break_s)
    return due_s


def _daily_due_s(t: Turn, n: int) -> float:
    kind, state = t.rules.kinds[n], t.s.kinds[n]
    if state.last_day is not None:
        days = (t.s.today - state.last_day).days
        if days * _DAY_MINUTES * 60 < interval_s(t, n):
            return _NEVER
    missing_s = kind.first_after_break_s - desk_today_s(t)
    return t.now.boot_s + missing_s if missing_s <= 0 or t.at_desk else _NEVER


def _capped(t: Turn, n: int) -> bool:
    kind, today = t.rules.kinds[n], [x for x in t.s.showings if x.day == t.s.today]
    if len(today) >= t.rules.daily_cap:
        return True
    return sum(x.kind == kind.name for x in today) >= kind.daily_cap


def silent_stages(t: Turn) -> Iterator[tuple[float, Callable[[], None]]]:
    """Yield when a stage that says nothing is over, and its cycle begins anew."""
    for n, kind in enumerate(t.rules.kinds):
        state = t.s.kinds[n]
        if kind.cycle and not state.at_rest and kind.enabled:
            stage = kind.cycle[state.stage % len(kind.cycle)]
            if not stage.prompts:
                yield state.held_from_s + stage.interval_s, lambda n=n: _next_stage(t, n)  # type: ignore[misc]  # mypy cannot infer a lambda with a default


def _next_stage(t: Turn, n: int) -> None:
    state = t.s.kinds[n]
    t.put(n, replace(state, stage=state.stage + 1, held_from_s=t.now.boot_s))


# ── offered ────────────────────────────────────────────────────────────────────────────────


class Want(NamedTuple):
    """Something that may come to the screen, and not before ``from_s`` (boot clock)."""

    from_s: float
    act: Callable[[], None]


def decide(t: Turn) -> None:
    """Show what is due, if this is the moment."""
    s = t.s
    want = _want(t)
    if want is None or not _here(t) or want.from_s > t.now.boot_s:
        s.ready_s = None
        return
    if s.ready_s is None:
        s.ready_s = t.now.boot_s
    limit_s = t.rules.lull_limit_s
    if t.now.boot_s >= s.ready_s + limit_s or _idle_s(t) + TICK_S >= t.rules.lull_s:
        want.act()


def _idle_s(t: Turn) -> float:
    """Time without input; zero where nothing can tell: then only the limit opens the gate."""
    return 0.0 if t.s.facts.idle_s is None else t.now.boot_s - t.s.input_s


def _here(t: Turn) -> bool:
    """Conditions 2 and 3: no hold, and somebody who gave input a moment ago."""
    return not t.s.holds and t.at_desk and _idle_s(t) < INPUT_WITHIN_S


def _want(t: Turn) -> Want | None:
    """Return what comes next to the screen: a return, a reminder, or a new offer."""
    e = t.s.episode
    quiet_s = _quiet_until_s(t)
    if e is None:
        return _offer(t, quiet_s)
    if e.phase is Phase.POSTPONED:
        return Want(max(quiet_s, e.back_at_s), lambda: episodes.show(t))
    if e.phase is Phase.WAITING:
        return Want(quiet_s, lambda: episodes.show(t))
    if e.phase is Phase.FAILED:
        return Want(max(quiet_s, t.s.retry_at_s), lambda: episodes.show(t))
    reminder_s = episodes.reminder_at_s(t)
    if reminder_s is not None:
        return Want(max(quiet_s, reminder_s), lambda: episodes.remind(t))
    return None


def _quiet_until_s(t: Turn) -> float:
    """Return until when nothing at all comes: after a hold, and after a return."""
    s = t.s
    until_s = 0.0
    if s.holds_ended_s is not None:
        until_s = s.holds_ended_s + AFTER_HOLD_S
    if s.returned_s is not None:
        until_s = max(until_s, s.returned_s + AFTER_RETURN_S)
        if any(x < s.returned_s + ONE_IN_S for x in s.prompts_since_return):
            until_s = max(until_s, s.returned_s + ONE_IN_S)
    return until_s


def _offer(t: Turn, quiet_s: float) -> Want | None:
    """Return the next new offer: the highest rank among those due then."""
    due = [
        (due_s, n)
        for n in range(len(t.rules.kinds))
        if (due_s := due_at_s(t, n)) < _NEVER and not _capped(t, n)
    ]
    if not due:
        return None
    from_s = max(min(due)[0], quiet_s, _spaced_s(t))
    top = min((n for due_s, n in due if due_s <= from_s), default=min(due)[1])
    return Want(from_s, lambda: _open(t, top))


def _spaced_s(t: Turn) -> float:
    """Return when gap, hourly cap, quiet time and failures let a new offer through."""
    s, rules = t.s, t.rules
    until_s = s.retry_at_s if s.failures_in_row else 0.0
    if s.last_shown_end_s is not None:
        until_s = max(until_s, s.last_shown_end_s + rules.min_gap_s)
    if s.quiet_from_s is not None:
        until_s = max(until_s, s.quiet_from_s + rules.quiet_s)
    if len(s.showings) >= rules.max_per_hour:
        until_s = max(until_s, s.showings[-rules.max_per_hour].boot_s + _HOUR_S)
    return until_s


def _open(t: Turn, n: int) -> None:
    kind = t.rules.kinds[n]
    soon_s = t.now.boot_s + t.rules.fold_window_s
    folded = tuple(
        other.name
        for m, other in enumerate(t.rules.kinds)
        if other.name in kind.folds and not other.daily and due_at_s(t, m) <= soon_s
    )
    due = t.now.on(min(t.now.boot_s, due_at_s(t, n)))
    episodes.open_episode(t, kind.name, due, folded=folded)


# ── when to look next, and what to listen for ──────────────────────────────────────────────


def looks(t: Turn) -> Iterator[float]:
    """Yield the instants (boot clock) at which something may come to the screen."""
    if not t.at_desk:
        return
    yield t.s.day_end_s
    want = _want(t)
    if want is None or t.s.holds:
        return
    now = t.now.boot_s
    if want.from_s > now:
        yield want.from_s
        if want.from_s - t.rules.advance_s > now:
            yield want.from_s - t.rules.advance_s
    elif t.s.ready_s is not None:
        yield t.s.ready_s + t.rules.lull_limit_s
        if t.s.absence is not None:
            yield t.s.input_s + t.rules.lull_s


def marks(t: Turn) -> frozenset[float]:
    """Return the idle marks (seconds) that can change something."""
    s, wanted = t.s, t.rules.always_marks
    if t.presence in (Presence.LOCKED, Presence.ASLEEP, Presence.OFF):
        return wanted
    if s.absence is not None and s.absence.settled:
        return wanted | {1.0}  # how we hear of input that came right after the unlocking
    e = s.episode
    if e is not None and e.phase in (Phase.SHOWN, Phase.GUIDED):
        kind, _ = t.kind(e.kind)
        if kind.rest_counts:
            wanted |= {max(kind.duration_s, 60.0)}
    want = _want(t)
    if want is not None and want.from_s <= t.now.boot_s and not s.holds:
        wanted |= {t.rules.lull_s, INPUT_WITHIN_S}
    return wanted
