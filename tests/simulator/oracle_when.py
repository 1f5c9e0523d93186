"""When something may happen, and when it must: one formula for each line of the contract."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from tests.simulator.oracle_books import FRESH_S, HAIR_S, INF, NOISE_S, Books

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date

    from deskbreak.core.model import KindRules, Moment, Rules

_SETTLE_S: Final = 15.0  # of presence before the first prompt
_ONE_IN_S: Final = 60.0
_AFTER_HOLDS_S: Final = 30.0
_HOUR_S: Final = 3600.0
_DAYS_KEPT: Final = 40  # a clock may be put back to each of them
_NONE: Final[Counter[int]] = Counter()
_REST_S: Final = 60.0  # the shortest without a lock or sleep, and how soon it must begin


@dataclass(slots=True)
class Open:
    """The open episode, as the oracle has it."""

    id: int
    n: int  # its kind's place in the rules
    folded: set[int]
    asked: bool
    leaving: set[int] = field(default_factory=set)  # folded ones whose credit is reached as it ends
    phase: str = "offered"  # shown, guided, postponed, waiting, failed
    kind_off: bool = False
    showing: int = 1
    given_up: int = 0  # the showing that no channel need bring any more
    reported: int = 0  # the last showing that the channel said is on the screen
    reminding: bool = False  # a reminder was handed to delivery
    prompt: str | None = None
    hidden: set[str] = field(default_factory=set)  # texts that are not for this person
    ever_shown: bool = False
    shown_s: float = -INF  # it or its reminder
    clock_s: float = INF  # reminder and patience run since then
    reminders: int = 0
    postponed: int = 0
    back_s: float = -INF  # postponed or failed: not before
    lifted_s: float = -INF  # a late report ended the wait for the next try
    out_s: float = -INF  # not on the screen since
    fail_clock_s: float = INF
    fail_doubt: bool = False  # a hold came in between
    perhaps_s: float = -INF  # by the guide, or before the channel spoke, it was perhaps shown
    guide_s: float = INF
    void: bool = False  # rest counts no more until it is shown again
    out_by_absence: bool = False  # the one that runs


@dataclass(slots=True)
class Plan:
    """What must happen next, if nothing else happens."""

    first_s: float = INF  # nothing before
    soft: dict[str, float] = field(default_factory=dict)  # needs an open gate
    hard: dict[str, float] = field(default_factory=dict)  # comes anyway
    vague: bool = False  # to be looked at again at first_s


class When(Books):
    """The books, and the instants that follow from them."""

    __slots__ = (
        "counts",
        "counts_since",
        "due_from_s",
        "ended_s",
        "failures",
        "hours_shown",
        "hours_sure",
        "last_day",
        "last_missed",
        "marked_in_s",
        "missed_doubt",
        "open",
        "plan",
        "prompted_maybe_s",
        "prompted_s",
        "retry_s",
        "shown_end_maybe_s",
        "shown_end_s",
    )

    def __init__(
        self, start: Moment, rules: Rules, report: Callable[[str, float, str], None]
    ) -> None:
        super().__init__(start, rules, report)
        count = len(rules.kinds)
        self.open: Open | None = None
        self.plan: Plan | None = None  # None: to be made
        self.ended_s = -INF  # the last episode
        self.shown_end_s = -INF  # the last one that was ever shown
        self.shown_end_maybe_s = -INF  # or perhaps
        self.hours_shown: list[float] = []  # first showings, the latest last
        self.hours_sure: list[float] = []  # without those that only the guide made one
        self.counts: dict[date, Counter[int]] = {}
        self.counts_since: Counter[int] = Counter()  # since the last change of date
        self.prompted_s = -INF  # the last prompt that nobody asked for
        self.prompted_maybe_s = -INF  # the last one at all
        self.due_from_s = [-INF] * count  # before, a longer interval was in force
        self.failures = 0
        self.retry_s = -INF
        self.last_missed = [False] * count
        self.missed_doubt = [False] * count
        self.last_day: list[date | None] = [None] * count
        self.marked_in_s: float | None = -INF  # when the unbroken time of holds began, in which

    # ── the gate ────────────────────────────────────────────────────────────────────────────

    def base_s(self) -> float:
        """Return from when on conditions 2 and 3 allow any prompt."""
        if self.quiet.holds or not self.at_desk:
            return INF
        return self.quiet.ended_s + _AFTER_HOLDS_S

    def settled_s(self, *, strict: bool) -> float:
        """Return from when on the return from absence allows any prompt.

        Where the contract leaves it open whether a prompt that was asked for counts as the one
        within a minute of the return, *strict* says that it does.
        """
        prompted_s = self.prompted_maybe_s if strict else self.prompted_s
        settled_s = self.returned_s + _SETTLE_S
        if prompted_s > self.returned_s or (strict and prompted_s == self.returned_s):
            settled_s = max(settled_s, self.returned_s + _ONE_IN_S)
        return settled_s

    def shown_today(self, *, strict: bool) -> Counter[int]:
        """Return how many of each kind were shown today.

        After the clock was put back to a day that was over it is not said whether those that were
        shown on it then still count; *strict* says that they do.
        """
        if strict:
            return self.counts.get(self.calendar.day, _NONE)
        return self.counts_since

    def common_s(self, *, strict: bool) -> float:
        """Return from when on anything new may be offered."""
        ready_s = max(
            self.base_s(),
            (self.shown_end_maybe_s if strict else self.shown_end_s) + self.rules.min_gap_s,
            self.ended_s,
            (self.quiet_maybe_s if strict else self.quiet_s) + self.rules.quiet_s,
            self.retry_s,
        )
        if self.shown_today(strict=strict).total() >= self.rules.daily_cap:
            return INF
        most = self.rules.max_per_hour
        shown = self.hours_shown if strict else self.hours_sure
        if len(shown) >= most:
            ready_s = max(ready_s, shown[-most] + _HOUR_S)
        return ready_s

    def good_s(self, ready_s: float, *, strict: bool = False) -> float:
        """Return the first good moment from *ready_s* on, if things go on as they are.

        The limit of the wait counts from when 1 to 3 were true, before the return is settled too.
        *strict* takes none for sure that comes only just before nobody counts as there any more,
        and waits anew from the last change of settings.
        """
        if ready_s == INF:
            return INF
        if strict:
            ready_s = max(ready_s, self.late_rules_s)
        limit_s = max(ready_s, self.three_s) + self.rules.lull_limit_s
        ready_s = max(ready_s, self.settled_s(strict=strict))
        limit_s = max(limit_s, ready_s)
        if self.presence != "idle":
            return limit_s
        good_s = min(limit_s, max(ready_s, self.input_s + self.rules.lull_s))
        here_s = self.input_s + FRESH_S
        if self.absent_s is not None:
            here_s = min(here_s, self.absent_s + self.rules.away_after_s)
        spare_s = NOISE_S if strict else HAIR_S
        return good_s if good_s < here_s - spare_s else INF

    def busy(self, n: int) -> bool:
        """Whether an episode of kind *n* is open."""
        return self.open is not None and self.open.n == n

    def day_turned(self, at_s: float) -> None:
        """A new day ends what the skips and the caps of another one did."""
        for n, kind in enumerate(self.rules.kinds):
            capped = any(
                shown[n] >= kind.daily_cap or shown.total() >= self.rules.daily_cap
                for shown in self.counts.values()
            )
            if capped or self.backoff_day[n] is not None:
                self.due_from_s[n] = at_s
        self.counts_since = Counter()
        while len(self.counts) > _DAYS_KEPT:
            del self.counts[next(iter(self.counts))]

    def due_s(self, n: int) -> float:
        """Return when kind *n* is due, or was."""
        kind = self.rules.kinds[n]
        if kind.daily:
            return self._due_today_s(n, kind)
        if self.rest[n]:
            return INF
        return self.held_s[n] + self.interval_s(n)

    def _due_today_s(self, n: int, kind: KindRules) -> float:
        last = self.last_day[n]
        if last is not None and 0 <= (self.calendar.day - last).days < kind.interval_s / 86400:
            return INF
        if self.desk_from_s is None:
            return INF
        left_s = kind.first_after_break_s - self.desk_s
        return max(self.day_began_s, self.desk_from_s + left_s)

    def _date_back(self, n: int) -> bool:
        """Whether the date lies before the last episode's: then nobody knows."""
        last = self.last_day[n]
        return last is not None and last > self.calendar.day

    def ready_s(self, n: int, common_s: float, *, strict: bool) -> float:
        """Return from when on all but the good moment is there for kind *n*."""
        kind = self.rules.kinds[n]
        if kind.cycle and not kind.cycle[self.stage[n]].prompts:
            return INF
        if self.shown_today(strict=strict)[n] >= kind.daily_cap:
            return INF
        moved_s = self.moved_s[n] + kind.first_after_break_s
        return max(self.due_s(n), common_s, moved_s)

    def offers(self, *, strict: bool) -> Iterator[tuple[int, float]]:
        """Yield each kind that may be offered, and from when on, highest rank first."""
        common_s = self.common_s(strict=strict)
        if common_s == INF:
            return
        for n, kind in enumerate(self.rules.kinds):
            if kind.enabled:
                ready_s = self.ready_s(n, common_s, strict=strict)
                if strict:
                    late_s = self.held_late_s[n] + self.interval_s(n)
                    ready_s = max(ready_s, self.due_from_s[n], late_s)
                    ready_s += self.unheard_s if kind.daily else 0.0
                    ready_s = INF if self._date_back(n) else ready_s
                if ready_s < INF:
                    yield n, ready_s

    # ── an open episode ─────────────────────────────────────────────────────────────────────

    def reminder_ready_s(self, episode: Open, *, strict: bool) -> float:
        """Return when the reminder's time has run.

        Where nobody can tell whether the last episode was shown, *strict* expects none.
        """
        kind, doubt = self.rules.kinds[episode.n], self.missed_doubt[episode.n]
        may = kind.reminds and episode.phase == "shown" and not episode.reminders
        missed = strict if doubt else self.last_missed[episode.n]
        if not may or not self.rules.reminder_s or missed:
            return INF
        return INF if self.real else episode.clock_s + self.rules.reminder_s

    def missed_s(self, episode: Open) -> float:
        """Return when the patience with a prompt that is shown has run out."""
        if episode.phase != "shown" or self.real:
            return INF
        return episode.clock_s + self.rules.kinds[episode.n].patience_s

    def given_up_s(self, episode: Open) -> float:
        """Return when the patience with the channels has run out."""
        if episode.fail_clock_s == INF or self.real or episode.phase == "offered":
            return INF  # while a channel is at it, nobody gives up
        return episode.fail_clock_s + self.rules.kinds[episode.n].patience_s

    def rest_s(self, episode: Open) -> float:
        """Return when the absence that runs is the rest that was asked for."""
        return INF if episode.void else self._rest_after_s(episode, episode.shown_s)

    def rests_s(self, episode: Open) -> tuple[float, ...]:
        """Return the same by every reading of what a showing is."""
        if episode.perhaps_s == -INF:
            return (self.rest_s(episode),)
        instants = (episode.shown_s, episode.perhaps_s)
        return tuple(self._rest_after_s(episode, shown_s) for shown_s in instants)

    def _rest_after_s(self, episode: Open, shown_s: float) -> float:
        kind = self.rules.kinds[episode.n]
        if not kind.rest_counts or self.absent_s is None:
            return INF
        if episode.phase not in {"shown", "guided"} and not episode.out_by_absence:
            return INF
        if self.absent_s > shown_s + _REST_S + HAIR_S:
            return INF
        from_s = max(self.absent_s, shown_s)
        short_s = from_s + kind.duration_s
        if self.locking_s is not None and self.presence != "off":
            return max(short_s, self.locking_s) if not self.lock_s else short_s
        if self.lock_s:
            return short_s
        return from_s + max(kind.duration_s, _REST_S)

    def return_ready_s(self, episode: Open) -> float:
        """Return from when on an episode that is not on the screen may come back."""
        if episode.phase not in {"postponed", "waiting", "failed"}:
            return INF
        back_s = max(episode.back_s, episode.lifted_s, self.retry_s)
        return max(back_s, episode.out_s, self.base_s())

    # ── marks ───────────────────────────────────────────────────────────────────────────────

    def delayed(self) -> Iterator[tuple[int, float, float]]:
        """Yield each kind that a hold delays, since when it may be said so, and since when it must."""
        from_s = self.quiet.from_s
        if from_s is None:
            return
        episode = self.open
        if episode is not None:
            if episode.phase in {"postponed", "waiting", "failed"}:
                sure_s = max(from_s, episode.back_s, episode.out_s)
                from_s = self.quiet.since_s
                if episode.phase == "failed" or episode.fail_doubt:  # by the channels, perhaps
                    yield episode.n, from_s, INF if episode.fail_doubt else sure_s
                else:
                    yield episode.n, max(from_s, episode.back_s, episode.out_s), sure_s
            # Whether another kind is delayed by the hold or by the open episode is not said.
            for n, kind in enumerate(self.rules.kinds):
                if kind.enabled and n != episode.n:
                    yield n, max(self.due_s(n), from_s), INF
            return
        gap_s = max(
            self.shown_end_maybe_s + self.rules.min_gap_s, self.quiet_s + self.rules.quiet_s
        )
        gap_s = max(gap_s, self.retry_s)
        today = self.shown_today(strict=True)
        capped = today.total() >= self.rules.daily_cap
        busy = len(self.hours_shown) >= self.rules.max_per_hour
        for n, kind in enumerate(self.rules.kinds):
            if not kind.enabled:
                continue
            if kind.cycle and not kind.cycle[self.stage[n]].prompts:
                continue
            due_s = max(self.due_s(n), self.moved_s[n] + kind.first_after_break_s)
            since_s = max(due_s, from_s)
            sure = not capped and not busy and since_s >= gap_s and today[n] < kind.daily_cap
            sure = sure and not self._date_back(n)
            late_s = max(self.due_from_s[n], self.held_late_s[n] + self.interval_s(n))
            may_s = max(due_s, self.quiet.since_s)
            yield n, may_s, max(since_s, late_s) if sure else INF

    def mark_s(self) -> float:
        """Return when the tray must say that a break is due."""
        if self.marked_in_s in {self.quiet.from_s, self.quiet.since_s} or not self.at_desk:
            return INF
        since_s = min((must_s for _, _, must_s in self.delayed()), default=INF)
        return max(since_s + self.rules.deferral_s, self.returned_s)

    # ── all of it ───────────────────────────────────────────────────────────────────────────

    def planned(self, until_s: float) -> Plan:
        """Return what must happen next, if that is not after *until_s*."""
        plan = self.plan
        if plan is None or (plan.vague and plan.first_s <= until_s):
            self.plan = plan = self._make_plan(until_s)
        return plan

    def _make_plan(self, until_s: float) -> Plan:
        episode = self.open
        if episode is None:
            first_due_s = self._first_due_s()
            if self.quiet.from_s is not None:
                first_due_s = max(first_due_s, self.quiet.from_s) + self.rules.deferral_s
            if first_due_s > until_s:
                return Plan(first_due_s, vague=True)
            if self.quiet.holds:
                mark_s = self.mark_s()
                return Plan(mark_s, {"mark": mark_s})
            ready = [self.good_s(ready_s, strict=True) for _, ready_s in self.offers(strict=True)]
            offer_s = min(ready, default=INF)
            return Plan(offer_s, {"offer": offer_s})
        plan = Plan(hard=self._ends(episode))
        if episode.phase == "shown":
            remind_s = self.reminder_ready_s(episode, strict=True)
            if remind_s < INF:
                ready_s = max(remind_s, self.base_s())
                plan.soft["reminder"] = self.good_s(ready_s, strict=True)
        elif self.quiet.holds:
            plan.soft["mark"] = self.mark_s()
        else:
            plan.soft["return"] = self.good_s(self.return_ready_s(episode), strict=True)
        plan.first_s = min(*plan.soft.values(), *plan.hard.values(), INF, INF)
        return plan

    def _ends(self, episode: Open) -> dict[str, float]:
        ends = {"missed": self.missed_s(episode), "guide": episode.guide_s}
        if not episode.fail_doubt:
            ends["undelivered"] = self.given_up_s(episode)
        if self.absent_s is not None and episode.perhaps_s == -INF:
            ends["rest"] = self.rest_s(episode)  # else the guide may be followed to its end as well
        return ends

    def _first_due_s(self) -> float:
        """Return an instant before which no kind is due; a cheap one."""
        if self.first_due_s is None:
            due_s = [self.due_s(n) for n, kind in enumerate(self.rules.kinds) if kind.enabled]
            self.first_due_s = min(due_s, default=INF)
        return self.first_due_s
