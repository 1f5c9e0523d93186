"""What comes next, why nothing comes now, what became of the last: for people and programs."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from deskbreak.core import labels, outlook
from deskbreak.core.held import undoable
from deskbreak.core.lines import block, printable
from deskbreak.core.menu import week_line
from deskbreak.core.model import Hold, Phase, Presence
from deskbreak.core.plain import one_line
from deskbreak.core.turn import presence_of
from deskbreak.core.views import coming_next, headline, hold_line
from deskbreak.core.words import spoken

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.core.model import Episode, Moment, State
    from deskbreak.core.outlook import KindOutlook, Silence
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words

# ── for programs ───────────────────────────────────────────────────────────────────────────


def status_json(snap: Snapshot, now: Moment, last: Sequence[Episode] = ()) -> dict[str, Any]:
    """Return what `status --json` prints; *last* are ended episodes, the latest last."""
    state, rules = snap.state, snap.rules
    coming = coming_next(snap, now)
    end = labels.pause_end(state, now)
    return {
        "at": _iso(now),
        "presence": presence_of(state).value,
        "next": (
            {"kind": coming.kind, **_due(coming.at_s, now)} if coming and coming.kind else None
        ),
        "kinds": [_kind_json(kind, now) for kind in outlook.kinds(state, rules, now)],
        "silent": [
            {"reason": x.reason.value, "until": _due(x.until_s, now)["at"]}
            for x in outlook.silences(state, rules, now)
        ],
        "holds": [hold.value for hold in Hold if hold in state.holds],
        "paused_until": None if end is None else _iso(end),
        "open": _open_json(state, now),
        "last": [_ended_json(episode) for episode in last],
        "reading": undoable(state.credit, now.boot_s),
        "problems": [one_line(str(problem)) for problem in snap.problems],
    }


def _iso(at: Moment) -> str:
    return at.wall.isoformat(timespec="seconds")


def _due(boot_s: float, now: Moment) -> dict[str, Any]:
    """Return an instant for programs; one that never comes is null."""
    if math.isinf(boot_s):
        return {"at": None, "in_seconds": None}
    return {"at": _iso(now.on(boot_s)), "in_seconds": round(max(boot_s - now.boot_s, 0.0), 1)}


def _kind_json(kind: KindOutlook, now: Moment) -> dict[str, Any]:
    return {
        "kind": kind.kind,
        "held_seconds": round(kind.held_s, 1),
        "interval_seconds": kind.interval_s,
        "due": _due(kind.due_s, now),
        "longer_after_skips": kind.longer,
        "capped": kind.capped,
    }


def _open_json(state: State, now: Moment) -> dict[str, Any] | None:
    e = state.episode
    if e is None:
        return None
    return {
        "episode": e.id,
        "kind": e.kind,
        "folded": list(e.folded),
        "phase": e.phase.value,
        "prompt": e.prompt,
        "asked": e.asked,
        "shown_at": None if e.shown is None else _iso(e.shown),
        "back_at": _due(e.back_at_s, now)["at"] if e.phase is Phase.POSTPONED else None,
        "reminders": e.reminders,
        "postponed": e.postponed,
    }


def _ended_json(e: Episode) -> dict[str, Any]:
    return {
        "episode": e.id,
        "kind": e.kind,
        "folded": list(e.folded),
        "prompt": e.prompt,
        "asked": e.asked,
        "shown_at": None if e.shown is None else _iso(e.shown),
        "ended_at": None if e.ended is None else _iso(e.ended),
        "outcome": None if e.outcome is None else e.outcome.value,
        "by": None if e.by is None else e.by.value,
    }


# ── for people ─────────────────────────────────────────────────────────────────────────────


def status_lines(
    snap: Snapshot, now: Moment, words: Words, last: Sequence[Episode] = ()
) -> list[str]:
    """Return what `status` prints: what is next, why nothing comes now, what became of the last."""
    _, state = words.gettext, snap.state
    return printable(
        [
            headline(snap, now, words),
            *_today(snap, words),
            *_open_line(snap, now, words),
            *block(
                _("Why nothing is shown at this moment:"),
                (
                    _silence_line(silence, snap, now, words)
                    for silence in outlook.silences(state, snap.rules, now)
                ),
            ),
            *block(
                _("Each kind by itself:"),
                (_kind_line(kind, now, words) for kind in outlook.kinds(state, snap.rules, now)),
            ),
            *block(
                _("The last prompts and breaks:"),
                (ended_line(episode, now, words) for episode in last),
            ),
            *block(_("Problems:"), (spoken(problem, words) for problem in snap.problems)),
        ]
    )


def _today(snap: Snapshot, words: Words) -> Iterator[str]:
    _ = words.gettext
    if snap.week is not None:
        for day in snap.week.days:
            if day.date == snap.state.today:
                yield week_line(_("Today"), day, words)


def _open_line(snap: Snapshot, now: Moment, words: Words) -> Iterator[str]:
    _, e = words.gettext, snap.state.episode
    if e is not None:
        name, phase = labels.kind_name(e.kind, words), labels.phase_name(e.phase, words)
        yield _("Open: {kind}, {phase}").format(kind=name, phase=phase)
        if e.phase is Phase.POSTPONED:
            time = labels.clock(now.on(e.back_at_s), now, words)
            yield _("It comes back at {time}").format(time=time)


def _silence_line(silence: Silence, snap: Snapshot, now: Moment, words: Words) -> str:
    match silence.reason:
        case Presence():
            return labels.presence_name(silence.reason, words)
        case Hold():
            return hold_line(silence.reason, snap, now, words)
    name = labels.reason_name(silence.reason, words)
    if math.isinf(silence.until_s):
        return name
    time = labels.clock(now.on(silence.until_s), now, words)
    _ = words.gettext
    return _("{reason} (until {time})").format(reason=name, time=time)


def _kind_line(kind: KindOutlook, now: Moment, words: Words) -> str:
    _, name = words.gettext, labels.kind_name(kind.kind, words)
    if kind.capped:
        line = _("{kind}: no more today").format(kind=name)
    elif math.isinf(kind.due_s):
        line = _("{kind}: not counting now").format(kind=name)
    elif kind.due_s <= now.boot_s:
        line = _("{kind}: due").format(kind=name)
    else:
        time = labels.clock(now.on(kind.due_s), now, words)
        line = _("{kind}: due at {time}").format(kind=name, time=time)
    if not kind.longer:
        return line
    return _("{line}; less often today, after several skips").format(line=line)


def ended_line(e: Episode, now: Moment, words: Words) -> str:
    """Return when and how an episode ended."""
    name = labels.kind_name(e.kind, words)
    outcome = "" if e.outcome is None else labels.outcome_name(e.outcome, e.by, words)
    time = "" if e.ended is None else labels.clock(e.ended, now, words)
    _ = words.gettext
    return _("{time} {kind}: {outcome}").format(time=time, kind=name, outcome=outcome)
