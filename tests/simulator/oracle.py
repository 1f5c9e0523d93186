"""A second reading of the contract: it keeps its own books, and reports what the engine does wrong.

It is told the truth and what the engine claims, and follows the engine where the contract leaves
a choice. What may happen has an earliest instant, what must happen a latest one; both are worked
out from the books when they are needed, and nothing is scheduled. After a violation it takes the
engine's word, so that one defect is reported once.

From the truth upwards: `oracle_days` knows the wall clock, `oracle_ledger` where each second went,
`oracle_books` absences, holds and held time, `oracle_when` one formula for each line of the
contract, `oracle_course` what becomes of an episode, `oracle_claims` the engine's effects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Answered, Asked, Choice, Moment, Outcome, Paused, Read, Resumed
from tests.simulator.oracle_books import NOISE_S
from tests.simulator.oracle_claims import READING_S, Claims
from tests.simulator.oracle_course import Violation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskbreak.core.model import Effect, Hold, Rules, Span
    from tests.simulator.oracle_course import Said
    from tests.simulator.oracle_when import Open

__all__ = ("Oracle", "Violation")

_COVER_S: Final = 1.0
_RULES: Final = {
    "offer": "INV-05 offer missed",
    "return": "return missed",
    "reminder": "INV-10 reminder missed",
    "mark": "mark missed",
    "missed": "missed not ended",
    "undelivered": "INV-13 undelivered not ended",
    "guide": "guide not ended",
    "rest": "rest missed",
    "withdraw": "INV-03 withdraw missed",
    "natural": "INV-06 natural of the open episode missed",
    "kind off": "INV-30 kind switched off",
}


class Oracle(Claims):
    """The truth in order of time, the engine's claims, and in ``violations`` what is wrong."""

    __slots__ = ("_moved_while_off", "_said_to")

    def __init__(self, start: Moment, rules: Rules) -> None:
        super().__init__(start, rules)
        self._moved_while_off = False
        self._said_to: int | None = None  # the episode that was open when something was said

    # ── the truth ───────────────────────────────────────────────────────────────────────────

    def goes_on(
        self, at: Moment, presence: str, holds: frozenset[Hold], *, off_known: bool = True
    ) -> None:
        """From *at* on, until told otherwise: "work", "idle", "locked", "asleep" or "off"."""
        if not off_known:
            self.lose()
        if self._moved_while_off and presence != "off":
            self._moved_while_off = False
            self._set_clock_at(at)
        self.queue(at.boot_s, lambda at_s: self.go(at_s, presence, holds, off_known=off_known))

    def told(self, event: Said | Paused | Resumed) -> None:
        """The person says something, just before the engine takes it."""
        if isinstance(event, Paused):
            until = event.until
            self.queue(event.at.boot_s, lambda at_s: self.be_quiet(at_s, until))
        elif isinstance(event, Resumed):
            self.queue(event.at.boot_s, lambda at_s: self.be_quiet(at_s, None))
        else:
            self.said = event
            self._said_to = self.open.id if self.open else None

    def ruled(self, at: Moment, rules: Rules) -> None:
        """Other settings are in force from now on; an agent that is off knows no others before."""
        if self.presence == "off":
            self.rule(self.now_s, rules)
            self.late_rules_s = at.boot_s
            self.changed()
            return
        self.queue(at.boot_s, lambda at_s: self.rule(at_s, rules))

    def clock(self, at: Moment) -> None:
        """The wall clock or the zone was moved; no time passed."""
        if self.presence == "off":
            self._moved_while_off = True  # an agent that is off sees only what came of it
        else:
            self._set_clock_at(at)

    def _set_clock_at(self, at: Moment) -> None:
        self.queue(at.boot_s, lambda at_s: self.set_clock(at_s, at))

    def delivered(self, at: Moment, episode: int, showing: int, ok: bool) -> None:
        """The channel reports, just before the engine takes it."""
        self.queue(at.boot_s, lambda at_s: self.deliver(at_s, episode, showing, ok=ok))

    # ── the claims ──────────────────────────────────────────────────────────────────────────

    def step(self, now: Moment, effects: Sequence[Effect]) -> None:
        """Check what the engine answered to one event at *now*."""
        now_s = now.boot_s
        if self.slack_s != self.soft_slack_s or self.slack_s > NOISE_S:
            self.feel_lateness(now_s)
        for effect in effects:
            self.claim(effect)
        self.reach(now_s)
        if self.said is not None:
            self._check_heeded(now_s, self.said)
            self.said = None
            self.changed()
        if self.ended:
            self._check_marks(now_s)
        self._check_overdue(now_s - self.slack_s)
        self.claimed.clear()
        self.ended.clear()

    def close(self, now: Moment, open_spans: Sequence[Span]) -> None:
        """The end: all time must have been booked, each second in its bucket."""
        self.reach(now.boot_s)
        for span in open_spans:
            self.ledger.record(span, cut=False)
            self.changes_said += span.change
        if self.changes_said < self.changes - 1:  # the last row may not have begun yet
            told = f"{self.changes_said} said by rows, should be {self.changes}"
            self.report("position change", now.boot_s, told)
        if self.presence in {"", "off"}:
            return
        self.turn(now.boot_s, was_open=self.absent_s is not None and not self.real)
        if self.absent_s is None or self.real:  # else nobody knows yet what the last part is
            self.ledger.settle(self.ledger.presence)
        if abs(self.ledger.rows_to_s - now.boot_s) > _COVER_S:
            told = f"rows up to {self.ledger.rows_to_s:.1f}, it is {now.boot_s:.1f}"
            self.report("INV-15 time not covered", now.boot_s, told)

    # ── what must have happened ─────────────────────────────────────────────────────────────

    def _check_heeded(self, now_s: float, said: Said) -> None:
        """Something was said: the engine must have done what follows from it."""
        match said:
            case Asked(_, kind):
                if self.presence in {"work", "idle"} and "prompt" not in self.claimed:
                    self.report("take unheeded", now_s, f"take {kind}")
            case Read():
                self._check_reading(now_s)
            case Answered(_, choice, number):
                episode = self.open
                if episode is None or episode.id != self._said_to:
                    return
                if number in {None, episode.id}:
                    self._check_answer(now_s, choice, episode)

    def _check_reading(self, now_s: float) -> None:
        credit = self.undoable
        if credit is None or credit.end_s is None or "undo" in self.claimed:
            return
        if now_s < credit.end_s + READING_S - self.slack_s and self.absent_s is None:
            self.report("reading unheeded", now_s, f"of the absence from {credit.start_s:.1f}")

    def _check_answer(self, now_s: float, choice: Choice, episode: Open) -> None:
        """An answer that leaves the episode open."""
        if choice in {Choice.DONE, Choice.SKIP}:
            self.report("answer unheeded", now_s, f"{choice} to {episode.id}")
        elif choice is Choice.POSTPONE and "postpone" not in self.claimed:
            if self.may_postpone(episode):
                if episode.phase in {"shown", "guided"}:
                    self.report("postpone unheeded", now_s, f"of {episode.id}")
                self.postpone(now_s, episode)
        elif choice is Choice.NOT_FOR_ME and episode.prompt and "hide" not in self.claimed:
            self.report("not for me unheeded", now_s, f"{episode.prompt}")

    def _check_marks(self, now_s: float) -> None:
        missed = [number for number, outcome in self.ended if outcome is Outcome.MISSED]
        if missed and "mark" not in self.claimed:
            self.report("mark of a miss missing", now_s, f"episode {missed}")

    def _check_overdue(self, before_s: float) -> None:
        """Report what did not happen, once. An agent that is off says it when it is on again."""
        if self.presence == "off":
            return
        if self.owed:
            for name in [name for name, due_s in self.owed.items() if due_s < before_s]:
                self.miss(name, self.owed.pop(name))
        if self.naturals:
            for n in [n for n, due_s in self.naturals.items() if due_s < before_s]:
                self.report("natural missed", self.naturals.pop(n), self.rules.kinds[n].name)
        self.check_soft(before_s + self.slack_s - self.soft_slack_s)
        plan = self.planned(before_s)
        if plan.first_s < before_s:
            for name, due_s in plan.hard.items():
                if max(due_s, self.late_rules_s) < before_s:
                    self.miss(name, due_s)

    def miss(self, name: str, due_s: float) -> None:
        """Report that *name* did not happen, once until something else does."""
        if name in self.muted:
            return
        self.muted.add(name)
        about = self.rules.kinds[self.open.n].name if self.open else "nothing open"
        self.report(_RULES[name], due_s, f"{about}: should have come at {due_s:.1f}")
