"""What the engine's state still tells of a past that was erased is taken out of it.

How long each position has been held goes on, and so does whatever delays the next prompt, until
it is over: without that, a prompt would come that nobody can explain.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from deskbreak.core.gate import AFTER_HOLD_S, ONE_IN_S, due_at_s
from deskbreak.core.replacing import replace
from deskbreak.core.schedule import day_of
from deskbreak.core.turn import Turn, interval_s

if TYPE_CHECKING:
    from datetime import date

    from deskbreak.core.model import Episode, KindState, Rules, State


def forgotten(state: State, rules: Rules, before: date | None) -> State:
    """Return *state* without what belongs to days before *before*; None: before its own instant.

    Rows that come of it are of later days, or begin at that instant or after it.
    """
    if before is None or before > state.today:
        return _anew(state, rules)
    kept = state.copy()
    kept.pieces = tuple(
        piece for piece in state.pieces if day_of(piece.start, state.day_starts_s) >= before
    )
    return kept


def _anew(state: State, rules: Rules) -> State:
    t = Turn(state, rules)
    s, now_s = t.s, state.at.boot_s
    # First, as it hangs on the row of skips, and on what is open.
    s.kinds = tuple([_kind(t, n) for n in range(len(s.kinds))])
    s.span_start, s.span_change, s.pieces, s.desk_s = state.at, False, (), 0.0
    if s.absence is not None:
        s.absence = replace(s.absence, away_s=0.0)
    s.credit = s.mark = None
    s.hold_marked, s.holds_from_s = False, None if s.holds_from_s is None else now_s
    s.holds_ended_s = _running(s.holds_ended_s, AFTER_HOLD_S, now_s)
    s.quiet_from_s = _running(s.quiet_from_s, rules.quiet_s, now_s)
    s.last_shown_end_s = _running(s.last_shown_end_s, rules.min_gap_s, now_s)
    if s.returned_s is not None and s.returned_s + ONE_IN_S < now_s:
        s.returned_s, s.prompts_since_return = now_s - ONE_IN_S, ()
    s.showings, s.seen = (), ()
    if s.episode is not None:
        s.episode = _open(s.episode, state)
        s.seen = () if s.episode.prompt is None else (s.episode.prompt,)
    s.next_act_s = -math.inf
    return s


def _running(since_s: float | None, length_s: float, now_s: float) -> float | None:
    """Return *since_s* while the time that began then is not over."""
    return since_s if since_s is not None and now_s < since_s + length_s else None


def _kind(t: Turn, n: int) -> KindState:
    """Return what stays of a kind; one that is due is due from now on."""
    state, now_s, today = t.s.kinds[n], t.s.at.boot_s, t.s.today
    kept = replace(
        state,
        skips=0,
        skips_day=None,
        backoff_day=None,
        last_was_missed=False,
        last_day=today if state.last_day == today else None,  # daily means daily
    )
    t.put(n, kept)
    if t.rules.kinds[n].daily or due_at_s(t, n) >= now_s:
        return kept
    return replace(kept, held_from_s=now_s - interval_s(t, n), moved_at_s=None)


def _open(episode: Episode, state: State) -> Episode:
    """Return the open episode as one that became due, and was shown, at this instant."""
    shown = None if episode.shown is None else state.at
    return replace(episode, due=state.at, shown=shown, postponed=0, failures=0)
