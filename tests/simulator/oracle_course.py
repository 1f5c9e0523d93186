"""How an episode fares: shown, withdrawn, ended, and what each of it leaves behind."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Answered, Asked, By, Choice, Moment, Outcome, Read
from tests.simulator.oracle_books import HAIR_S, INF, NEAR_S, NOISE_S
from tests.simulator.oracle_when import Open, When

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Episode, Rules

Said = Answered | Asked | Read
"""What the person can say to which the engine must do something at once."""

_LOOKS: Final = 3
_LATE_FOR_S: Final = 900.0  # so long a late look is felt
EARLY_S: Final = 0.5  # what the engine may be before its time
ABSENCES: Final = frozenset({"locked", "asleep", "off"})
ON_SCREEN: Final = frozenset({"offered", "shown", "guided"})
_RETRIES_S: Final = (60.0, 120.0, 240.0, 480.0, 900.0)
_GATE: Final = (
    "backoff_factor",
    "daily_cap",
    "holds",
    "hours",
    "max_per_hour",
    "min_gap_s",
    "quiet_s",
)
_KEPT: Final = 40  # showings: twice as many as may come in an hour
_PATIENCE: Final = frozenset({"missed", "undelivered"})


@dataclass(frozen=True, slots=True)
class Violation:
    """Something that the contract does not allow."""

    rule: str  # a short name that stays, with the number of the invariant where there is one
    at: Moment
    told: str


@dataclass(slots=True)
class Absent:
    """What an absence did, in case the person was reading."""

    start_s: float
    before: dict[int, tuple[float, int]] = field(default_factory=dict)  # held since, stage
    after: dict[int, float] = field(default_factory=dict)  # held since, as it left it
    moved: dict[int, float] = field(default_factory=dict)
    episodes: list[int] = field(default_factory=list)
    end_s: float | None = None
    away_s: float = 0.0  # today's
    changed_s: float | None = None  # it counts as a change of position since then
    row_says: bool = False  # and a row is to say so, not the end of an episode


class Course(When):
    """The open episode, what is owed to it, and what ended ones have done to the kinds."""

    __slots__ = (
        "absent",
        "changes",
        "changes_maybe",
        "changes_said",
        "late_until_s",
        "maybes",
        "might",
        "muted",
        "naturals",
        "owed",
        "reasons",
        "said",
        "skips",
        "skips_day",
        "slack_s",
        "soft_slack_s",
        "undoable",
        "violations",
    )

    def __init__(self, start: Moment, rules: Rules) -> None:
        super().__init__(start, rules, self.report)
        count = len(rules.kinds)
        self.violations: list[Violation] = []
        self.slack_s = NOISE_S  # what the engine may be late
        # After a late look the wait for a good moment may count from that look.
        self.soft_slack_s = NOISE_S
        self.late_until_s = -INF
        self.skips = [0] * count
        self.skips_day = [self.calendar.day] * count
        self.owed: dict[str, float] = {}  # must have happened, or be in this step
        self.might: dict[str, float] = {}  # may have happened at that instant
        self.muted: set[str] = set()  # reported already
        self.naturals: dict[int, float] = {}  # natural breaks of their own, still to be claimed
        self.maybes: dict[int, float] = {}  # the same, where either is right
        self.reasons: set[str] = set()  # for which what is on the screen must leave it
        self.said: Said | None = None
        self.absent: Absent | None = None  # of the absence that runs, as soon as it did something
        self.undoable: Absent | None = None  # of the last one that did
        # Of position, by the credit of an absence; those that rows say; those that may be none.
        self.changes = self.changes_said = self.changes_maybe = 0

    def changed(self) -> None:
        """What must happen next is to be worked out again."""
        super().changed()
        self.plan = None

    def report(self, rule: str, at_s: float, told: str) -> None:
        """Keep a violation."""
        self.violations.append(Violation(rule, self.moment(at_s), told))

    def feel_lateness(self, now_s: float) -> None:
        """The look that comes now may be late.

        What needs several looks (due, the wait for a good moment, a reminder) is late by the sum.
        """
        if self.slack_s > NOISE_S:
            self.soft_slack_s = max(self.soft_slack_s, _LOOKS * self.slack_s)
            self.late_until_s = now_s + _LATE_FOR_S
        elif now_s > self.late_until_s:
            self.soft_slack_s = NOISE_S

    # ── what is owed ────────────────────────────────────────────────────────────────────────

    def mature(self, at_s: float) -> None:
        """Keep what must have happened by now as owed, and what might have as possible."""
        self._keep_doubtful_ends(at_s)
        plan = self.planned(at_s + HAIR_S)
        self.plan = None
        if plan.first_s > at_s + HAIR_S:
            return
        proven_s = INF if self.absent_s is None else self.absent_s + self.rules.away_after_s
        for name, due_s in plan.hard.items():
            if due_s > at_s + HAIR_S or name in self.muted:
                continue
            if name in _PATIENCE and due_s > proven_s - HAIR_S:
                self.might[name] = due_s  # known to be away at this very instant: either is right
            else:
                self.owed.setdefault(name, due_s)
        for name, due_s in plan.soft.items():
            if due_s <= at_s + HAIR_S:
                self.might[name] = at_s
                if due_s < at_s - self.soft_slack_s:
                    self.miss(name, due_s)

    def _keep_doubtful_ends(self, at_s: float) -> None:
        """Keep as possible what may have ended the episode by now, by one reading of the rules."""
        episode = self.open
        if episode is None:
            return
        if episode.perhaps_s > -INF and self.absent_s is not None:
            rest_s = min(self.rests_s(episode))
            if rest_s <= at_s + HAIR_S:
                self.might.setdefault("rest", rest_s)
        if episode.fail_doubt and self.given_up_s(episode) <= at_s + HAIR_S:
            self.might["undelivered"] = at_s

    def check_soft(self, before_s: float) -> None:
        """Report what should have come to the screen before that instant."""
        plan = self.planned(before_s)
        if plan.first_s < before_s:
            for name, due_s in plan.soft.items():
                if max(due_s, self.late_rules_s) < before_s:
                    self.miss(name, due_s)

    def miss(self, name: str, due_s: float) -> None:
        """Report what did not happen; overridden."""

    def is_time(self, at_s: float, name: str, planned_s: float) -> bool:
        """Whether *at_s* is when *name* was owed, possible or planned."""
        instants = (self.owed.get(name, INF), self.might.get(name, INF), planned_s)
        # What an edit made overdue while nobody was there comes at the return at the latest.
        late_s = max(self.late_rules_s, self.returned_s)
        return any(
            due_s - EARLY_S <= at_s <= max(due_s, late_s) + self.slack_s
            for due_s in instants
            if due_s < INF
        )

    # ── absences ────────────────────────────────────────────────────────────────────────────

    def credited(self, n: int, at_s: float) -> None:
        """An absence reaches the credit of kind *n*: a natural break, or the end of the open one."""
        assert self.absent_s is not None
        self.remember(n, at_s)
        if self.rules.kinds[n].credit_is_change:
            self._change_position(at_s)
        episode = self.open
        if episode is not None and episode.n == n:
            self._end_by_credit(at_s, episode)
            return
        if episode is not None and n in episode.folded:
            if self._may_end(at_s, episode):
                episode.leaving.add(n)  # it leaves, or shares the outcome
                self.maybes[n] = at_s
                return
            episode.folded.discard(n)
        kind = self.rules.kinds[n]
        half_s = self.absent_s - self.interval_s(n) / 2
        if not kind.enabled or kind.daily or half_s < self.held_s[n] - HAIR_S:
            return
        ends = episode is not None and self._may_end(at_s, episode)
        cleared = ends and episode is not None and n in self.cleared(episode.n)
        silent = kind.cycle and not kind.cycle[self.stage[n]].prompts
        tied = half_s < max(self.held_s[n], self.held_late_s[n]) + HAIR_S
        if cleared or silent or tied:
            self.maybes[n] = at_s
        else:
            self.naturals[n] = at_s

    def _change_position(self, at_s: float) -> None:
        notes = self.absence(at_s)
        if notes is not None and notes.changed_s is None:
            notes.changed_s, notes.row_says = at_s, True
            self.changes += 1

    def _end_by_credit(self, at_s: float, episode: Open) -> None:
        """Rest is complete at the kind's credit, where that is shorter."""
        if "rest" in self.owed:
            return
        if episode.phase == "guided":
            self.might["natural"] = self.might["rest"] = at_s
        else:
            self.owed.setdefault("rest" if self.rest_s(episode) < INF else "natural", at_s)
            if episode.perhaps_s > -INF:
                self.might["rest"] = at_s

    def _may_end(self, at_s: float, episode: Open) -> bool:
        """Whether the open episode ends at this very instant, or its guide goes on."""
        owed = at_s in {self.owed.get("rest"), self.owed.get("natural")}
        return (
            owed
            or episode.phase == "guided"
            or any(abs(rest_s - at_s) < NEAR_S for rest_s in self.rests_s(episode))
        )

    def absence(self, at_s: float) -> Absent | None:
        """Return the notes on the absence that runs, or that ended at this very instant."""
        if self.absent_s is not None:
            if self.absent is None:
                self.absent = Absent(self.absent_s)
            return self.absent
        last = self.undoable
        over = last is None or last.end_s is None or at_s > last.end_s + NEAR_S
        return None if over else last

    def remember(self, n: int, at_s: float) -> None:
        """Keep how kind *n* was before the absence changed it."""
        notes = self.absence(at_s)
        if notes is not None:
            notes.before.setdefault(n, (self.held_s[n], self.stage[n]))

    def back(self, at_s: float) -> None:
        """The person is here again: clocks that stood still go on."""
        assert self.absent_s is not None
        episode = self.open
        if episode is not None:
            episode.out_by_absence = False
            if self.real and episode.clock_s < INF:
                episode.clock_s += at_s - max(self.absent_s, episode.clock_s)
            if self.real and episode.fail_clock_s < INF:
                episode.fail_clock_s += at_s - max(self.absent_s, episode.fail_clock_s)
        if not self.owed.keys().isdisjoint({"rest", "natural"}):
            self.absence(at_s)  # complete at the very instant of the return
        if any(self._almost_changed(n, at_s) for n in range(len(self.rest))):
            self.changes_maybe += 1
        if self.absent is not None:
            self.absent.end_s = at_s
            for n in self.absent.before:
                if self.rest[n]:
                    self.absent.after[n] = at_s
                elif n in self.spent:
                    self.absent.after[n] = self.held_s[n]
            self.undoable, self.absent = self.absent, None

    def _almost_changed(self, n: int, at_s: float) -> bool:
        """Whether the absence that is over would have been a change, if it was heard of late."""
        late_s = at_s + self.slack_s
        return self.rules.kinds[n].credit_is_change and at_s < self.credit_s(n) <= late_s

    def went_back(self, n: int, at_s: float) -> None:
        """What the absence did brought this as well, if it lay in it."""
        notes = self.absent or self.undoable
        if notes is not None and notes.after.get(n) == self.held_s[n]:
            over_s = INF if notes.end_s is None else notes.end_s
            if at_s <= over_s + HAIR_S:
                notes.after[n] = at_s

    def anew(self, at_s: float) -> None:
        """Whether the absence ends the open episode now, and as what, is not said."""
        for notes in (self.absent, self.undoable):
            if notes is not None:
                notes.before.clear()  # no reading brings back what nobody can tell
        self.might["natural"] = self.might["rest"] = at_s

    def booked(self, away_s: float) -> None:
        """Keep how much of the absence that is over the person may turn out to have read."""
        undoable = self.undoable
        if undoable is not None and undoable.end_s == self.now_s and not undoable.away_s:
            undoable.away_s = away_s  # else it was another one of the same instant

    def disturbed(self, at_s: float, reasons: frozenset[str]) -> None:
        """What is on the screen must leave it."""
        episode = self.open
        if episode is None:
            return
        if episode.phase in ON_SCREEN:
            self.owed.setdefault("withdraw", at_s)
            self.reasons |= reasons
        elif episode.phase == "failed":
            episode.given_up = episode.showing
        if not reasons & ABSENCES and not episode.out_by_absence:
            episode.void = True
        # Whether the patience with the channels runs on meanwhile is not said.
        episode.fail_doubt = episode.fail_doubt or episode.fail_clock_s < INF

    # ── settings ────────────────────────────────────────────────────────────────────────────

    def rule(self, at_s: float, rules: Rules) -> None:
        """Other settings are in force."""
        before = self.rules
        self.use(at_s, rules)
        gate_moved = any(getattr(before, name) != getattr(rules, name) for name in _GATE)
        for n, kind in enumerate(rules.kinds):
            if gate_moved or kind != before.kinds[n]:
                self.due_from_s[n] = at_s
        if self.open is not None:
            if not self.open.kind_off and not rules.kinds[self.open.n].enabled:
                self.owed["kind off"] = at_s
            # Whether a folded kind that is switched off leaves the episode is not said.
            self.open.leaving |= {n for n in self.open.folded if not rules.kinds[n].enabled}

    # ── the channel ─────────────────────────────────────────────────────────────────────────

    def deliver(self, at_s: float, number: int, showing: int, *, ok: bool) -> None:
        """The channel says what came of a showing; a late report shows nothing any more."""
        episode = self.open
        if episode is None or episode.id != number or episode.showing != showing:
            return
        if ok and showing == episode.reported:
            return  # said before: nothing new is on the screen
        if ok:
            episode.reported = showing
        came_after_all = ok and episode.phase == "failed" and episode.given_up != showing
        if episode.phase != "offered" and not episode.reminding and not came_after_all:
            self._hear_late(at_s, episode, ok=ok)
        elif ok:
            self._show(at_s, episode)
        else:
            self._fail(at_s, episode)
        episode.reminding = False

    def _hear_late(self, at_s: float, episode: Open, *, ok: bool) -> None:
        """It was taken off before the channel spoke: what that means for the channel stays."""
        if not ok:
            self._wait_for_retry(at_s)
            episode.fail_doubt = True
            episode.back_s = max(episode.back_s, self.retry_s)
            return
        if episode.phase == "failed":
            episode.back_s = -INF  # the channel works after all
        # What was waited for until now, or until it was time to try again, was waited for rightly.
        episode.lifted_s = max(episode.lifted_s, min(self.retry_s, at_s))
        self.failures, self.retry_s = 0, -INF
        if not episode.ever_shown and not episode.asked:
            self.count_showing(at_s, episode)
        episode.shown_s, episode.ever_shown = at_s, True
        self.prompted_maybe_s = at_s

    def _show(self, at_s: float, episode: Open) -> None:
        self.failures, self.retry_s = 0, -INF
        if not episode.reminding:
            episode.phase = "shown"
            episode.clock_s = at_s
            episode.fail_clock_s = INF
        episode.shown_s, episode.void, episode.back_s = at_s, False, -INF
        if not episode.ever_shown and not episode.asked:
            self.count_showing(at_s, episode)
            if episode.perhaps_s == -INF:
                self.counts_since[episode.n] += 1
                self.hours_sure = [*self.hours_sure[-_KEPT:], at_s]
        episode.ever_shown = True

    def count_showing(self, at_s: float, episode: Open) -> None:
        """Count the first time on the screen, against the caps."""
        self.counts.setdefault(self.calendar.day, Counter())[episode.n] += 1
        self.hours_shown = [*self.hours_shown[-_KEPT:], at_s]

    def _fail(self, at_s: float, episode: Open) -> None:
        self._wait_for_retry(at_s)
        if episode.reminding:
            return  # the prompt itself is on the screen
        episode.phase = "failed"
        episode.back_s = self.retry_s
        if episode.fail_clock_s == INF:
            episode.fail_clock_s = at_s

    def _wait_for_retry(self, at_s: float) -> None:
        self.retry_s = at_s + _RETRIES_S[min(self.failures, len(_RETRIES_S) - 1)]
        self.failures += 1

    def gave_up(self, at_s: float, episode: Open, *, shown: bool) -> bool:
        """Whether it is time to end what no channel shows."""
        due_s = self.given_up_s(episode)
        if episode.fail_doubt and at_s > due_s:
            due_s = at_s
        fits = episode.ever_shown is shown or episode.perhaps_s > -INF
        return fits and self.is_time(at_s, "undelivered", due_s)

    # ── off the screen ──────────────────────────────────────────────────────────────────────

    def take_off(self, at_s: float, episode: Open, phase: str) -> None:
        """It is not on the screen any more."""
        episode.phase, episode.out_s, episode.reminding = phase, at_s, False
        episode.clock_s = episode.guide_s = INF

    def may_postpone(self, episode: Open) -> bool:
        """Whether the person wants it, and has not done so too often."""
        said = self.said
        wanted = isinstance(said, Answered) and said.choice is Choice.POSTPONE
        return wanted and episode.postponed < self.rules.kinds[episode.n].postpone_max

    def postpone(self, at_s: float, episode: Open) -> None:
        """It comes back later."""
        episode.postponed += 1
        self.take_off(at_s, episode, "postponed")
        episode.back_s = at_s + self.rules.kinds[episode.n].postpone_s
        episode.void = True
        episode.fail_clock_s = INF

    # ── the end ─────────────────────────────────────────────────────────────────────────────

    def end(self, at_s: float, episode: Open, claim: Episode) -> None:
        """The open episode has ended as the engine says."""
        assert claim.outcome is not None
        n, outcome = episode.n, claim.outcome
        self.open = None
        for forgotten in (self.owed, self.muted, self.might, self.reasons):
            forgotten.clear()
        self._keep_for_reading(at_s, episode, claim)
        self.ended_s = max(self.ended_s, at_s)
        missed = outcome is Outcome.MISSED
        if episode.ever_shown:
            self.shown_end_s = self.shown_end_maybe_s = at_s
            self.last_missed[n], self.missed_doubt[n] = missed, False
        elif episode.perhaps_s > -INF:
            self.shown_end_maybe_s = at_s
            self.missed_doubt[n] = self.missed_doubt[n] or missed is not self.last_missed[n]
        if outcome is Outcome.UNDELIVERED:
            return
        for m in (n, *episode.folded):
            self._clear(m, at_s)
        # Of kinds that are folded in only the held time is said to follow: their cycles and rows
        # of skips do not.
        self._go_round(at_s, n, claim)
        if self.rules.kinds[n].daily:
            self.last_day[n] = self.calendar.day
        if not (episode.asked or episode.kind_off or not self.rules.kinds[n].enabled):
            self._count_skips(n, outcome)
        if outcome is Outcome.TAKEN:
            self._clear_and_move(at_s, n, claim.by)

    def _keep_for_reading(self, at_s: float, episode: Open, claim: Episode) -> None:
        by_absence = claim.outcome is Outcome.NATURAL and self.said is None
        by_absence = by_absence or claim.by is By.REST
        notes = self.absence(at_s) if by_absence else self.absent
        if notes is None:
            return
        taken = claim.outcome is Outcome.TAKEN
        for m in (episode.n, *episode.folded, *(self.cleared(episode.n) if taken else ())):
            if by_absence:
                self.remember(m, at_s)
            elif m in notes.before and claim.outcome is not Outcome.UNDELIVERED:
                notes.before[m] = at_s, notes.before[m][1]  # that stands, though nobody was there
        if by_absence:
            notes.episodes.append(claim.id)

    def _go_round(self, at_s: float, n: int, claim: Episode) -> None:
        """The cycle goes on after any outcome, but the absence itself began it anew."""
        kind = self.rules.kinds[n]
        rested = claim.outcome is Outcome.NATURAL or claim.by is By.REST
        by_credit = rested and abs(self.credited_s[n] - at_s) < NEAR_S
        if kind.cycle and not by_credit:
            self.stage[n] = (self.stage[n] + 1) % len(kind.cycle)

    def _clear_and_move(self, at_s: float, n: int, by: By | None) -> None:
        for m in self.cleared(n):
            self._clear(m, at_s)
        for name in self.rules.kinds[n].moves:
            m = self.rules.place[name]
            notes = self.absence(at_s) if by is By.REST else None
            if notes is not None:
                notes.moved.setdefault(m, self.moved_s[m])
            self.moved_s[m] = at_s

    def cleared(self, n: int) -> Iterator[int]:
        """Yield the kinds that kind *n* clears when it is taken."""
        for name in self.rules.kinds[n].folds:
            yield self.rules.place[name]

    def _clear(self, n: int, at_s: float) -> None:
        self.held_s[n] = at_s
        notes = self.absent or self.undoable
        if notes is not None and n in notes.before and at_s <= (notes.end_s or at_s) + NEAR_S:
            notes.after[n] = at_s

    def _count_skips(self, n: int, outcome: Outcome) -> None:
        """Keep the row of skips; a natural break neither adds to it nor ends it."""
        today = self.calendar.day
        if outcome is Outcome.NATURAL:
            return
        if self.skips_day[n] != today:
            self.skips[n], self.skips_day[n] = 0, today
        self.skips[n] = self.skips[n] + 1 if outcome is Outcome.SKIPPED else 0
        if 0 < self.rules.skips_before_backoff <= self.skips[n]:
            self.backoff_day[n] = today
