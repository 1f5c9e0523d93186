"""An episode from its offer to its one end: showings, answers, reminders, patience."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.content import choose
from deskbreak.core.model import (
    Absence,
    By,
    Choice,
    Episode,
    Guide,
    Hide,
    Mark,
    Outcome,
    Phase,
    Presence,
    Prompt,
    Reason,
    Showing,
    Withdraw,
)
from deskbreak.core.replacing import replace
from deskbreak.core.turn import clear, log, presence_of

if TYPE_CHECKING:
    from deskbreak.core.model import Moment
    from deskbreak.core.turn import Deadline, Turn

ON_SCREEN: Final = frozenset({Phase.OFFERED, Phase.SHOWN, Phase.GUIDED})
_BY_ABSENCE: Final = frozenset({Reason.LOCKED, Reason.ASLEEP, Reason.OFF})
SEES: Final = (Presence.DESK, Presence.AWAY)  # what comes to the screen
_RETRY_FIRST_S: Final = 60.0  # ours: soon enough for a notification service that restarts
_RETRY_MOST_S: Final = 900.0
_HOUR_S: Final = 3600.0


# ── to the screen ──────────────────────────────────────────────────────────────────────────


def open_episode(
    t: Turn, kind: str, due: Moment, *, folded: tuple[str, ...] = (), asked: bool = False
) -> None:
    """Begin an episode and show it."""
    s = t.s
    prompt, kind_off = _choose(t, kind), not t.kind(kind)[0].enabled
    s.episode = Episode(
        s.next_episode, kind, due, Phase.OFFERED, folded, asked, prompt, kind_off=kind_off
    )
    s.next_episode += 1
    show(t)


def show(t: Turn, _n: int = 0) -> None:
    """Put the open episode on the screen, for the first time or again."""
    s, e = t.s, t.s.episode
    assert e is not None
    since_s = e.patience_from_s if e.phase is Phase.FAILED else 0.0
    s.episode = replace(
        e,
        phase=Phase.OFFERED,
        showing=e.showing + 1,
        paged=False,
        rest_void=False,
        patience_from_s=since_s,
    )
    s.ready_s = None
    _unmark(t, e)
    t.out.append(Prompt(t.now, s.episode))


def _unmark(t: Turn, e: Episode) -> None:
    """The screen says it, so the tray need not."""
    mark = t.s.mark
    if mark is not None and (mark.reason is Reason.MISSED or mark.kind == e.kind):
        t.s.mark = None


def remind(t: Turn, _n: int = 0) -> None:
    """Show the open prompt once more; it stays where it is meanwhile."""
    s, e = t.s, t.s.episode
    assert e is not None
    s.episode = replace(e, showing=e.showing + 1, reminders=1, paged=False)
    s.ready_s = None
    t.out.append(Prompt(t.now, s.episode))


def _choose(t: Turn, kind: str, without: str = "") -> str | None:
    rules, state = t.kind(kind)
    cycle = rules.cycle[state.stage % len(rules.cycle)].content if rules.cycle else ""
    return choose(t.rules.index, kind, t.s.seen, t.rules.person, cycle=cycle, without=without)


def shown(t: Turn, number: int, showing: int) -> None:
    """Delivery says that it is on the screen."""
    s, e = t.s, t.s.episode
    if e is None or e.id != number or showing != e.showing or showing == e.reported:
        return  # of what is not to be on the screen any more, or told before
    now = t.now.boot_s
    s.failures_in_row = 0
    s.prompts_since_return = (*s.prompts_since_return, now)[-2:]
    if e.prompt is not None:
        s.seen = (*(x for x in s.seen if x != e.prompt), e.prompt)
    _count_showing(t, e)
    comes = e.phase in (Phase.OFFERED, Phase.FAILED)
    s.episode = replace(
        e,
        phase=Phase.SHOWN if comes else e.phase,
        patience_from_s=now if comes else e.patience_from_s,
        shown=e.shown or t.now,
        shown_boot_s=now,
        reported=showing,
    )


def _count_showing(t: Turn, e: Episode) -> None:
    """Let gaps and caps count the first time on the screen, which is now."""
    s, now = t.s, t.now.boot_s
    if e.shown is None and not e.asked:
        counted = (x for x in s.showings if x.day == s.today or x.boot_s > now - _HOUR_S)
        s.showings = (*counted, Showing(now, s.today, e.kind))


def undelivered(t: Turn, number: int, showing: int) -> None:
    """No channel could show it: try again, later each time."""
    s, e = t.s, t.s.episode
    if e is None or e.id != number or showing != e.showing:
        return
    now = t.now.boot_s
    s.failures_in_row += 1
    wait_s = min(_RETRY_FIRST_S * 2 ** min(s.failures_in_row - 1, 8), _RETRY_MOST_S)
    s.retry_at_s = now + wait_s
    if e.phase is not Phase.OFFERED:
        return  # a reminder; the prompt itself may still be there
    since_s = e.patience_from_s or now
    s.episode = replace(e, phase=Phase.FAILED, failures=e.failures + 1, patience_from_s=since_s)


def withdraw(t: Turn, reason: Reason) -> None:
    """A hold or an absence takes the prompt from the screen; the episode waits."""
    s, e = t.s, t.s.episode
    if e is None:
        return
    if e.phase in ON_SCREEN:
        void = reason not in _BY_ABSENCE
        s.episode = replace(e, phase=Phase.WAITING, back_at_s=t.now.boot_s, rest_void=void)
        s.ready_s = None
        t.out.append(Withdraw(t.now, s.episode, reason))
    elif e.phase is Phase.FAILED:  # nothing was on the screen; it fails anew, if it does
        s.episode = replace(e, phase=Phase.WAITING, back_at_s=t.now.boot_s, rest_void=True)


def returned(t: Turn, absence: Absence) -> None:
    """The person is back: the time away ran no patience, and rest is over."""
    e = t.s.episode
    if e is None:
        return
    if e.phase is Phase.WAITING:
        t.s.episode = replace(e, rest_void=True)
    elif e.phase in (Phase.SHOWN, Phase.FAILED):
        gone_s = t.now.boot_s - max(absence.start_s, e.patience_from_s)
        t.s.episode = replace(e, patience_from_s=e.patience_from_s + gone_s)


# ── in time ────────────────────────────────────────────────────────────────────────────────


def collect(t: Turn, due: list[Deadline]) -> None:
    """Add when (boot clock) the open episode ends by itself, and how."""
    e = t.s.episode
    if e is None:
        return
    if e.phase is Phase.GUIDED:
        due.append((e.guide_until_s, _followed, 0))
    elif e.phase in (Phase.SHOWN, Phase.FAILED) and t.at_desk:
        kind, _ = t.kind(e.kind)
        due.append((e.patience_from_s + kind.patience_s, _unanswered, 0))


def _followed(t: Turn, _n: int) -> None:
    """The guide has come to its end; that of a page says so, or is closed."""
    e = t.s.episode
    assert e is not None
    if e.paged:
        leave_page(t, e)
        return
    followed_to_end(t, e)


def followed_to_end(t: Turn, e: Episode) -> None:
    """All steps were followed."""
    end(t, Outcome.TAKEN, By.GUIDE, change=t.kind(e.kind)[0].taken_is_change)


def _unanswered(t: Turn, _n: int) -> None:
    """Nobody reacted for as long as the kind is patient."""
    e = t.s.episode
    assert e is not None
    end(t, Outcome.MISSED if e.shown else Outcome.UNDELIVERED)


def reminder_at_s(t: Turn) -> float | None:
    """Return when the shown prompt may be repeated, if it may."""
    e = t.s.episode
    if e is None or e.phase is not Phase.SHOWN or e.reminders or not t.rules.reminder_s:
        return None
    kind, state = t.kind(e.kind)
    if not kind.reminds or state.last_was_missed or t.rules.reminder_s >= kind.patience_s:
        return None
    return e.patience_from_s + t.rules.reminder_s


# ── answers ────────────────────────────────────────────────────────────────────────────────


def answered(t: Turn, choice: Choice, number: int | None) -> None:
    """The person chose; a late answer, to an episode that has ended, changes nothing."""
    e = t.s.episode
    if e is None or number not in (None, e.id):
        return
    kind, _ = t.kind(e.kind)
    if choice is Choice.DONE:
        end(t, Outcome.TAKEN, By.ANSWER, change=kind.taken_is_change)
    elif choice is Choice.SKIP:
        end(t, Outcome.SKIPPED)
    elif choice is Choice.POSTPONE:
        _postpone(t, e)
    elif choice is Choice.NOT_FOR_ME:
        _another(t, e)
    elif kind.guide:
        guide(t, e)


def _postpone(t: Turn, e: Episode) -> None:
    kind, _ = t.kind(e.kind)
    if e.postponed >= kind.postpone_max:
        return
    later = replace(
        e,
        phase=Phase.POSTPONED,
        postponed=e.postponed + 1,
        back_at_s=t.now.boot_s + kind.postpone_s,
        rest_void=True,
    )
    t.s.episode, t.s.ready_s = later, None
    if e.phase in ON_SCREEN:
        t.out.append(Withdraw(t.now, later, Reason.POSTPONE))


def _another(t: Turn, e: Episode) -> None:
    if e.prompt is None:
        return
    t.out.append(Hide(e.prompt))
    t.s.episode = replace(e, prompt=_choose(t, e.kind, without=e.prompt))
    if e.phase in ON_SCREEN:
        show(t)


def guide(t: Turn, e: Episode, alive_until_s: float | None = None) -> None:
    """Let the steps be followed: in a notification, or in a page that is alive until then."""
    if presence_of(t.s) not in SEES:
        return  # the steps would run on a locked screen
    kind, _ = t.kind(e.kind)
    lasts_s = kind.duration_s
    if t.rules.guide_follows_steps:
        lasts_s = next((float(x.total_s) for x in t.rules.index if x.id == e.prompt), lasts_s)
    until_s = t.now.boot_s + lasts_s
    _count_showing(t, e)
    # Rest counts from a prompt; its steps begin nothing anew.
    shown_boot_s = e.shown_boot_s if e.shown else t.now.boot_s
    t.s.episode = replace(
        e,
        phase=Phase.GUIDED,
        guide_until_s=until_s if alive_until_s is None else alive_until_s,
        paged=alive_until_s is not None,
        shown=e.shown or t.now,
        shown_boot_s=shown_boot_s,
    )
    t.s.ready_s = None
    _unmark(t, e)
    t.out.append(Guide(t.now, t.s.episode))


def leave_page(t: Turn, e: Episode) -> None:
    """The page that showed it is closed, which is no answer: it comes back at a good moment."""
    t.s.episode = replace(e, phase=Phase.WAITING, back_at_s=t.now.boot_s, rest_void=True)
    t.s.ready_s = None


def ask(t: Turn, kind: str) -> None:
    """The person wants a break of this kind now."""
    if kind not in t.rules.place or presence_of(t.s) not in SEES:
        return
    e = t.s.episode
    if e is not None and e.kind == kind:
        show(t)
        return
    if e is not None:
        end(t, Outcome.NATURAL)
    open_episode(t, kind, t.now, asked=True)


# ── the end ────────────────────────────────────────────────────────────────────────────────


def end(  # noqa: PLR0913 - the outcome, and what is special about few of the ends
    t: Turn,
    outcome: Outcome,
    by: By | None = None,
    *,
    change: bool = False,
    by_absence: bool = False,
    switched_off: bool = False,
) -> None:
    """Close the open episode. The only place where a prompted episode gets its outcome."""
    s, e = t.s, t.s.episode
    assert e is not None
    s.episode = s.ready_s = None
    ended = replace(e, outcome=outcome, by=by, ended=t.now, change=change)
    log(t, ended, by_absence=by_absence)
    if e.shown is not None:
        s.last_shown_end_s = t.now.boot_s
    if outcome is not Outcome.UNDELIVERED:
        _clear_held(t, ended)
    _remember(t, ended, counts=not (switched_off or ended.asked))
    if outcome is Outcome.MISSED:
        s.mark = Mark(t.now, e.kind, Reason.MISSED, e.id)
        t.out.append(s.mark)


def _clear_held(t: Turn, e: Episode) -> None:
    place = t.rules.place
    n = place[e.kind]
    kind = t.rules.kinds[n]
    names = {e.kind, *e.folded}
    if e.outcome is Outcome.TAKEN:
        names |= kind.folds
        for name in kind.moves:
            t.put(place[name], replace(t.s.kinds[place[name]], moved_at_s=t.now.boot_s))
    for name in names:
        clear(t, place[name])
    state = t.s.kinds[n]
    t.put(n, replace(state, stage=state.stage + 1 if kind.cycle else 0, last_day=t.s.today))


def _remember(t: Turn, e: Episode, *, counts: bool) -> None:
    """Remember whether it was missed, and keep the row of skips, in which not every end *counts*."""
    n = t.rules.place[e.kind]
    state, today = t.s.kinds[n], t.s.today
    if e.shown is not None:
        state = replace(state, last_was_missed=e.outcome is Outcome.MISSED)
    if counts and e.outcome is Outcome.SKIPPED:
        skips = state.skips + 1 if state.skips_day == today else 1
        state = replace(state, skips=skips, skips_day=today)
        if 0 < t.rules.skips_before_backoff <= skips:
            state = replace(state, backoff_day=today)
    elif counts and e.outcome in (Outcome.TAKEN, Outcome.MISSED):
        state = replace(state, skips=0)
    t.put(n, state)
