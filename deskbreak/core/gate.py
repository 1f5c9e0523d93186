"""From due to offered: holds, caps, gaps, the good moment, folding."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final, NamedTuple

from deskbreak.core import episode as episodes
from deskbreak.core.held import follow_shelter
from deskbreak.core.model import Hold, Mark, Phase, Presence, Reason
from deskbreak.core.replacing import replace
from deskbreak.core.schedule import TICK_S, moment_of
from deskbreak.core.turn import cut, desk_today_s, idle_s, interval_s, presence_of

if TYPE_CHECKING:
    from deskbreak.core.turn import Act, Deadline, Turn

AFTER_HOLD_S: Final = 30.0
INPUT_WITHIN_S: Final = 60.0
FRESH_S: Final = 2.0
"""What was read longer ago says nothing of whether somebody looks at the screen now."""
AFTER_RETURN_S: Final = 15.0
ONE_IN_S: Final = 60.0
_HOUR_S: Final = 3600.0
_DAY_S: Final = 86_400.0
_NEVER: Final = math.inf


# ── holds ──────────────────────────────────────────────────────────────────────────────────


def update_holds(t: Turn, _n: int = 0) -> None:
    """Find out which holds are in force now, and act on what changed."""
    s = t.s
    if s.pause is None and t.rules.hours is None and not s.facts.holds and not s.holds:
        return
    before, holds = s.holds, _in_force(t)
    if holds == before:
        return
    cut(t, t.now)
    s.holds = holds
    if not before:
        s.holds_from_s, s.hold_marked = t.now.boot_s, False
    elif not holds:
        s.holds_from_s, s.holds_ended_s = None, t.now.boot_s
        if s.mark is not None and s.mark.reason is not Reason.MISSED:
            s.mark = None
    follow_shelter(t, call_began=Hold.CALL in holds - before)
    for hold in Hold:
        if hold in holds and hold not in before:
            episodes.withdraw(t, Reason(hold.value))
            return


def _in_force(t: Turn) -> frozenset[Hold]:
    """Return the holds that count now; a pause that is over is forgotten."""
    s = t.s
    holds = s.facts.holds & t.rules.holds
    if s.pause is not None and _pause_ends_s(t) <= t.now.boot_s + TICK_S:
        s.pause = None
    if s.pause is not None:
        holds |= {Hold.PAUSED}
    if t.rules.hours is not None and not t.rules.hours.within(t.now)[0]:
        holds |= {Hold.HOURS}
    return holds


def _pause_ends_s(t: Turn) -> float:
    """Return when (boot clock) the pause ends; infinity for one without end."""
    until = t.s.pause
    assert until is not None
    if until.local is not None:
        return moment_of(until.local, t.now).boot_s
    return _NEVER if until.boot_s is None else until.boot_s


def collect(t: Turn, due: list[Deadline]) -> None:
    """Add when (boot clock) a hold or a silent stage is over, and when the tray speaks."""
    s = t.s
    if s.pause is not None:
        due.append((_pause_ends_s(t), update_holds, 0))
    if t.rules.hours is not None:
        is_within, edge_s = t.rules.hours.within(t.now)
        # Something else may have happened at the very instant of an edge, and brought us past it.
        is_past = is_within is (Hold.HOURS in s.holds)
        due.append((t.now.boot_s if is_past else edge_s, update_holds, 0))
    if s.holds_from_s is not None and not s.hold_marked and t.at_desk:
        delayed = _longest_delayed(t, s.holds_from_s)
        if delayed is not None:
            since_s, n = delayed
            # Where a new day lifts a cap as the pause ends, nothing is said of what is over.
            due.append((max(since_s + t.rules.deferral_s, t.now.boot_s), _mark, n))
    due += [
        (s.kinds[n].held_from_s + interval_s(t, n), _next_stage, n)
        for n in t.rules.cyclic
        if _is_silent(t, n)
    ]


def _longest_delayed(t: Turn, holds_from_s: float) -> tuple[float, int] | None:
    """Return since when the holds have delayed a kind, and which kind has waited longest."""
    e, delays = t.s.episode, list[tuple[float, int]]()
    if e is not None and e.phase in (Phase.WAITING, Phase.POSTPONED, Phase.FAILED):
        delays.append((max(e.back_at_s, holds_from_s), t.rules.place[e.kind]))
    for n, kind in t.rules.on:
        if e is not None and (kind.name == e.kind or kind.name in e.folded):
            continue
        due_s = due_at_s(t, n)
        if due_s < _NEVER and not _capped(t, n):
            delays.append((max(due_s, holds_from_s), n))
    return min(delays, default=None)


def _mark(t: Turn, n: int) -> None:
    s, kind, e = t.s, t.rules.kinds[n].name, t.s.episode
    s.hold_marked = True
    reason = next(Reason(hold.value) for hold in Hold if hold in s.holds)
    s.mark = Mark(t.now, kind, reason, e.id if e is not None and e.kind == kind else None)
    t.out.append(s.mark)


# ── due ────────────────────────────────────────────────────────────────────────────────────


def due_at_s(t: Turn, n: int) -> float:
    """Return when (boot clock) the *n*-th kind is due, if nothing changes; infinity for never."""
    kind, state = t.rules.kinds[n], t.s.kinds[n]
    if not kind.enabled:
        return _NEVER
    if kind.daily:
        return _daily_due_s(t, n)  # by the desk time of the day, whatever was held
    if state.at_rest:
        return _NEVER
    if kind.cycle and _is_silent(t, n):
        return _NEVER
    due_s = state.held_from_s + interval_s(t, n)
    if state.moved_at_s is not None:
        return max(due_s, state.moved_at_s + kind.first_after_break_s)
    return due_s


def _daily_due_s(t: Turn, n: int) -> float:
    kind, last_day = t.rules.kinds[n], t.s.kinds[n].last_day
    if last_day is not None and 0 <= (t.s.today - last_day).days * _DAY_S < interval_s(t, n):
        return _NEVER
    missing_s = kind.first_after_break_s - desk_today_s(t)
    return t.now.boot_s + missing_s if missing_s <= 0 or t.at_desk else _NEVER


def _capped(t: Turn, n: int) -> bool:
    """Tell whether the day has had all the prompts that it may have of the *n*-th kind."""
    today = [x.kind for x in t.s.showings if x.day == t.s.today]
    kind = t.rules.kinds[n]
    return len(today) >= t.rules.daily_cap or today.count(kind.name) >= kind.daily_cap


def _is_silent(t: Turn, n: int) -> bool:
    """Tell whether a kind that goes round is at a stage that says nothing at its end."""
    cycle, state, e = t.rules.kinds[n].cycle, t.s.kinds[n], t.s.episode
    if cycle[state.stage % len(cycle)].prompts or state.at_rest:
        return False
    return e is None or e.kind != t.rules.kinds[n].name  # asked for: its end ends the stage


def _next_stage(t: Turn, n: int) -> None:
    state = t.s.kinds[n]
    t.put(n, replace(state, stage=state.stage + 1, held_from_s=t.now.boot_s))


# ── offered ────────────────────────────────────────────────────────────────────────────────


class Want(NamedTuple):
    """Something that may come to the screen, and not before ``from_s`` (boot clock).

    The wait for a lull counts from ``ready_s``; in between the person has only just come back.
    """

    ready_s: float
    from_s: float
    act: Act
    kind: int = 0


def decide(t: Turn) -> Want | None:
    """Show what is due, if this is the moment; return what is waited for."""
    s = t.s
    want = _want(t)
    if want is None or want.ready_s > t.now.boot_s + TICK_S or not _reads(t):
        s.ready_s = None
        return want
    # Another kind may have been waited for, which is not due any more.
    s.ready_s = t.now.boot_s if s.ready_s is None else max(s.ready_s, want.ready_s)
    if want.from_s > t.now.boot_s + TICK_S:
        return want
    waited = t.now.boot_s + TICK_S >= s.ready_s + t.rules.lull_limit_s
    if not waited and idle_s(t) + TICK_S < t.rules.lull_s:
        return want
    if not _knows(t):
        return want  # its moment lies in the past, so the engine is looked at at once
    want.act(t, want.kind)
    return _want(t)


def _knows(t: Turn) -> bool:
    """Tell whether the last input is known well enough to prompt somebody."""
    s = t.s
    is_fresh = t.now.boot_s <= s.facts_s + FRESH_S
    return is_fresh or s.idle_known or s.facts.idle_s is None


def _reads(t: Turn) -> bool:
    """Condition 3, where nobody is away: there was input a moment ago."""
    return idle_s(t) < INPUT_WITHIN_S


def _want(t: Turn) -> Want | None:
    """Return what comes next to the screen: a return, a reminder, or a new offer.

    None where nothing comes as long as nothing changes: in a hold, or with nobody here.
    """
    s, e = t.s, t.s.episode
    if s.holds or not t.at_desk:
        return None
    if e is None:
        return _offer(t)
    if e.phase is Phase.SHOWN:
        reminder_s = episodes.reminder_at_s(t)
        if reminder_s is None:
            return None
        return _wanted(t, reminder_s, episodes.remind)
    if e.phase in episodes.ON_SCREEN:
        return None
    ready_s = e.back_at_s if e.phase is Phase.POSTPONED else -_NEVER
    if s.failures_in_row:
        ready_s = max(ready_s, s.retry_at_s)
    return _wanted(t, ready_s, episodes.show)


def _wanted(t: Turn, ready_s: float, act: Act, n: int = 0) -> Want:
    """Return what is there by itself from *ready_s* on, and no prompt before others allow any."""
    ready_s = max(ready_s, _after(t.s.holds_ended_s, AFTER_HOLD_S))
    return Want(ready_s, max(ready_s, _settled_s(t)), act, n)


def quiet_until_s(t: Turn) -> float:
    """Return until when nothing at all comes: after a hold, and after a return."""
    return max(_after(t.s.holds_ended_s, AFTER_HOLD_S), _settled_s(t))


def _settled_s(t: Turn) -> float:
    """Return when the person has been back for long enough, and one prompt is not just gone."""
    s = t.s
    one_until_s = _after(s.returned_s, ONE_IN_S)
    if s.prompts_since_return and s.prompts_since_return[0] < one_until_s:
        return one_until_s
    return _after(s.returned_s, AFTER_RETURN_S)


def _after(since_s: float | None, length_s: float) -> float:
    """Return the end (boot clock) of what began then, in the past where nothing did."""
    return -_NEVER if since_s is None else since_s + length_s


def _offer(t: Turn) -> Want | None:
    """Return the next new offer: the highest rank among those due then."""
    day = t.s.today
    today = [x.kind for x in t.s.showings if x.day == day]
    if len(today) >= t.rules.daily_cap:
        return None
    due = [
        (due_s, n)
        for n, kind in t.rules.on
        if today.count(kind.name) < kind.daily_cap and (due_s := due_at_s(t, n)) < _NEVER
    ]
    if not due:
        return None
    first_s, first = min(due)
    want = _wanted(t, max(first_s, _spaced_s(t)), _open, first)
    then_s = max(want.from_s, t.now.boot_s) + TICK_S
    return want._replace(kind=next((n for due_s, n in due if due_s <= then_s), first))


def _spaced_s(t: Turn) -> float:
    """Return when gap, hourly cap, quiet time and failures let a new offer through."""
    s, rules = t.s, t.rules
    gap_s = _after(s.last_shown_end_s, rules.min_gap_s)
    quiet_s = _after(s.quiet_from_s, rules.quiet_s)
    until_s = max(s.retry_at_s if s.failures_in_row else -_NEVER, gap_s, quiet_s)
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


def look_s(t: Turn, want: Want | None) -> float:
    """Return when (boot clock) something may come to the screen; infinity for never."""
    if want is None:
        return _NEVER
    now = t.now.boot_s
    if want.from_s <= now + TICK_S:
        return _NEVER if t.s.ready_s is None else t.s.ready_s + t.rules.lull_limit_s
    notice_s = want.from_s - t.rules.advance_s
    looks = (notice_s, want.ready_s, want.from_s)
    return min(look_s for look_s in looks if look_s > now + TICK_S)


def marks(t: Turn, want: Want | None) -> frozenset[float]:
    """Return the idle marks (seconds) that can change something."""
    s, wanted = t.s, t.rules.always_marks
    presence = presence_of(s)
    if presence is Presence.AWAY:
        return wanted | {1.0}  # how we hear of input that came right after the unlocking
    if presence is not Presence.DESK:
        return wanted
    e = s.episode
    if e is not None and e.phase is Phase.SHOWN:
        kind, _ = t.kind(e.kind)
        if kind.rest_counts:
            wanted |= {max(kind.duration_s, 60.0)}
    if want is not None and want.ready_s <= t.now.boot_s + TICK_S:
        wanted |= {t.rules.lull_s, INPUT_WITHIN_S}
    return wanted
