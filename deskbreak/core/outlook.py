"""What comes next, and why nothing comes now: read from the state, never kept in it."""

from __future__ import annotations

import enum
import math
from typing import TYPE_CHECKING, Final

from deskbreak.core import engine, gate
from deskbreak.core.episode import ON_SCREEN
from deskbreak.core.model import Facts, Hold, Observed, Presence, Prompt
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.turn import Turn, interval_s, presence_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Moment, Rules, State, Step

_AHEAD_S: Final = 12 * 3600.0  # ours: nobody asks today what comes after that
_MOST_LOOKS: Final = 200
_HOUR_S: Final = 3600.0


class Nothing(enum.Enum):
    """Why no prompt is coming."""

    OFF = "off"  # every kind is switched off
    HELD = "held"  # a hold is in force
    HOURS = "hours"  # working hours end before
    LIMIT = "limit"  # the day has had its prompts


@quick_dataclass(frozen=True, slots=True)
class Upcoming:
    """The next prompt, if the person goes on working: at the first lull after ``at_s``.

    ``kind`` is None where none comes; ``why`` then says why not.
    """

    kind: str | None
    at_s: float = math.inf  # boot clock
    why: Nothing | None = None


def upcoming(state: State, rules: Rules, now: Moment) -> Upcoming:
    """Return what comes next, by letting the engine itself run ahead.

    So gap, caps, quiet, moved kinds and working hours are all in it, as the engine has them.
    Costs a few steps of the engine.
    """
    if state.episode is None and not any(kind.enabled for kind in rules.kinds):
        return Upcoming(None, why=Nothing.OFF)
    if state.holds:
        return Upcoming(None, why=Nothing.HELD)
    ahead, ready_s = state, state.ready_s
    start_s = look_s = max(now.boot_s, state.at.boot_s)
    for _ in range(_MOST_LOOKS):
        step = _look(ahead, rules, now.on(look_s))
        ahead = step.state
        if any(isinstance(effect, Prompt) for effect in step.effects):
            assert ahead.episode is not None
            from_s = gate.quiet_until_s(_turn(state, rules, now))
            return Upcoming(ahead.episode.kind, look_s if ready_s is None else max(ready_s, from_s))
        if ahead.holds:
            hours = Hold.HOURS in ahead.holds
            return Upcoming(None, why=Nothing.HOURS if hours else Nothing.HELD)
        if step.next_look_s is None or step.next_look_s > start_s + _AHEAD_S:
            break
        look_s, ready_s = max(step.next_look_s, look_s), ahead.ready_s
    return Upcoming(None, why=Nothing.LIMIT)


def _look(state: State, rules: Rules, at: Moment) -> Step:
    """Let the engine look at *at*, with the person at work and no hold of those that count."""
    idle_s = None if state.facts.idle_s is None else 0.0
    return engine.step(state, Observed(at, Facts(idle_s)), rules)


# ── each kind by itself ────────────────────────────────────────────────────────────────────


@quick_dataclass(frozen=True, slots=True)
class KindOutlook:
    """Where one kind stands, whatever else may be in its way."""

    kind: str
    held_s: float
    interval_s: float  # in force now: longer after skips, the stage's in a cycle
    due_s: float  # boot clock; infinity: not as things stand
    longer: bool  # since it was skipped several times in a row
    capped: bool  # has had its prompts for today


def kinds(state: State, rules: Rules, now: Moment) -> tuple[KindOutlook, ...]:
    """Return where each kind that is on stands, by rank."""
    turn = _turn(state, rules, now)
    return tuple(
        KindOutlook(
            kind.name,
            0.0 if known.at_rest else max(now.boot_s - known.held_from_s, 0.0),
            interval_s(turn, n),
            gate.due_at_s(turn, n),
            longer=known.backoff_day == state.today,
            capped=_shown_today(state, kind.name) >= kind.daily_cap,
        )
        for n, (kind, known) in enumerate(zip(rules.kinds, state.kinds, strict=True))
        if kind.enabled
    )


def _turn(state: State, rules: Rules, now: Moment) -> Turn:
    turn = Turn(state, rules)
    turn.now = now.on(max(now.boot_s, state.at.boot_s))
    return turn


def _shown_today(state: State, kind: str | None = None) -> int:
    return sum(x.day == state.today and kind in (None, x.kind) for x in state.showings)


# ── why nothing comes now ──────────────────────────────────────────────────────────────────


class Reason(enum.StrEnum):
    """A reason for silence; holds and absences go by their own names."""

    OFF = "all_off"  # every kind is switched off
    OPEN = "open"  # a prompt is on the screen
    NOT_DUE = "not_due"
    DAY = "daily_cap"
    HOUR = "max_per_hour"
    GAP = "gap"  # since the last break
    QUIET = "quiet_after_absence"
    RETRY = "retry"  # the last prompt could not be shown
    POSTPONED = "postponed"
    NO_INPUT = "no_input"  # nobody seems to be looking
    SETTLING = "settling"  # a hold or an absence has only just ended
    LULL = "lull"  # a pause in the typing is waited for


@quick_dataclass(frozen=True, slots=True)
class Silence:
    """One reason for silence: a presence, a hold, or one of our own; infinity: no end known."""

    reason: Presence | Hold | Reason
    until_s: float = math.inf  # boot clock


def silences(state: State, rules: Rules, now: Moment) -> tuple[Silence, ...]:
    """Return every reason why nothing is shown now; none where a prompt is about to come."""
    here = presence_of(state)
    found = [Silence(here)] if here is not Presence.DESK else []
    found += [Silence(hold) for hold in Hold if hold in state.holds]
    e = state.episode
    if e is not None and e.phase in ON_SCREEN:
        return (Silence(Reason.OPEN), *found)
    if e is not None:
        back_s = max(e.back_at_s if e.postponed else 0.0, state.retry_at_s)
        why = Reason.RETRY if state.failures_in_row else Reason.POSTPONED
        waiting = [Silence(why, back_s)] if back_s > now.boot_s else []
        waiting += _settling(state, rules, now)
    elif here is not Presence.DESK:
        waiting = []  # nothing is counted that could be due
    elif not any(kind.enabled for kind in rules.kinds):
        waiting = [Silence(Reason.OFF)]
    else:
        waiting = list(_barriers(state, rules, now))
    found += waiting
    return tuple(found or _moment(state, rules, now))


def _barriers(state: State, rules: Rules, now: Moment) -> Iterator[Silence]:
    """Yield what keeps a new break from being offered."""
    due = [x.due_s for x in kinds(state, rules, now) if not x.capped]
    first_s = min(due, default=math.inf)
    if first_s > now.boot_s:
        yield Silence(Reason.NOT_DUE, first_s)
    if _shown_today(state) >= rules.daily_cap or not due:
        yield Silence(Reason.DAY, state.day_end_s)
    ends = {
        Reason.HOUR: _hour_s(state, rules),
        Reason.GAP: _after(state.last_shown_end_s, rules.min_gap_s),
        Reason.QUIET: _after(state.quiet_from_s, rules.quiet_s),
        Reason.RETRY: state.retry_at_s if state.failures_in_row else 0.0,
    }
    yield from (Silence(why, end_s) for why, end_s in ends.items() if end_s > now.boot_s)
    yield from _settling(state, rules, now)


def _settling(state: State, rules: Rules, now: Moment) -> Iterator[Silence]:
    """Yield that a hold or an absence ended a moment ago, where that still keeps prompts back."""
    until_s = gate.quiet_until_s(_turn(state, rules, now))
    if not state.holds and until_s > now.boot_s:
        yield Silence(Reason.SETTLING, until_s)


def _hour_s(state: State, rules: Rules) -> float:
    if len(state.showings) < rules.max_per_hour:
        return 0.0
    return state.showings[-rules.max_per_hour].boot_s + _HOUR_S


def _after(since_s: float | None, length_s: float) -> float:
    return 0.0 if since_s is None else since_s + length_s


def _moment(state: State, rules: Rules, now: Moment) -> Iterator[Silence]:
    """Yield what makes this a bad moment for a break that may be offered."""
    # What goes on unless it is reported: no input where that was known, else input.
    idle_s = (now if state.idle_known else state.at).boot_s - state.input_s
    if idle_s >= gate.INPUT_WITHIN_S:
        yield Silence(Reason.NO_INPUT)
    elif idle_s < rules.lull_s and state.ready_s is not None:
        yield Silence(Reason.LULL, state.ready_s + rules.lull_limit_s)
