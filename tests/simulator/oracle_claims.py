"""What the engine claims, effect by effect, held against the books."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.model import (
    Answered,
    Asked,
    By,
    Choice,
    Guide,
    Hide,
    Log,
    Mark,
    Moment,
    Outcome,
    Prompt,
    Read,
    Reason,
    Record,
    Undo,
    Withdraw,
)
from tests.simulator.oracle_books import HAIR_S, INF, NEAR_S
from tests.simulator.oracle_course import ABSENCES, EARLY_S, ON_SCREEN, Course
from tests.simulator.oracle_when import Open
from tests.simulator.oracle_why import why_no_mark, why_not

if TYPE_CHECKING:
    from deskbreak.core.model import Effect, Episode, Rules, Span
    from tests.simulator.oracle_course import Absent

READING_S: Final = 600.0  # after the return, "I was reading" undoes the absence
_BACK_PHASES: Final = frozenset({"postponed", "waiting", "failed"})


class Claims(Course):
    """The course of things, with the engine's word on it."""

    __slots__ = ("claimed", "ended", "last_id")

    def __init__(self, start: Moment, rules: Rules) -> None:
        super().__init__(start, rules)
        self.last_id = 0
        self.claimed: set[str] = set()  # in this step
        self.ended: set[tuple[int | None, Outcome]] = set()  # in this step

    def claim(self, effect: Effect) -> None:
        """Check one effect, and take it as done."""
        match effect:
            case Record(span):
                self._record(span)
                return
            case Log(episode):
                self._end_claimed(episode)
            case Prompt(at, episode):
                self.reach(at.boot_s)
                self.check_soft(at.boot_s - self.soft_slack_s)
                self._prompt(at.boot_s, episode, reminder=effect.is_reminder)
            case Withdraw(at, episode, reason):
                self.reach(at.boot_s)
                self._withdraw(at.boot_s, episode, reason)
            case Mark(at):
                self.reach(at.boot_s)
                self.check_soft(at.boot_s - self.soft_slack_s)
                self._mark(at.boot_s, effect)
            case Guide(at, episode):
                self.reach(at.boot_s)
                self._guide(at.boot_s, episode)
            case Hide(prompt):
                self._hide(prompt)
            case Undo():
                self._undo(effect)
        self.changed()

    def _record(self, span: Span) -> None:
        """Take a row. What a credit had changed is said by the first that ends after it."""
        self.reach(span.end.boot_s, claimed=True)  # a day may begin there
        self.ledger.record(span)
        if span.change:
            self.changes_said += 1
            if self.changes_said > self.changes + self.changes_maybe:
                self.report("position change", span.end.boot_s, "a row says one too many")

    # ── prompts ─────────────────────────────────────────────────────────────────────────────

    def _prompt(self, at_s: float, claim: Episode, *, reminder: bool) -> None:
        episode = self.open
        wrong = self._why_none(episode, claim)
        if wrong:
            self.report(wrong, at_s, f"{claim.kind} {claim.id}, {self.presence}")
        if episode is None or episode.id != claim.id:
            n = self.rules.place[claim.kind]
            self.open = episode = self._new(at_s, n, claim, checked=bool(wrong))
        elif reminder:
            self._reminder(at_s, episode)
        else:
            self._again(at_s, episode, claim)
        episode.prompt, episode.showing = claim.prompt, claim.showing
        self.claimed.add("prompt")
        self.muted.clear()
        self.might.clear()

    def _why_none(self, episode: Open | None, claim: Episode) -> str:
        """Name what makes any prompt of this kind wrong, if something does."""
        kind = self.rules.kinds[self.rules.place[claim.kind]]
        if self.presence not in {"work", "idle"}:
            return "INV-02 prompt while away"
        if episode is not None and episode.id != claim.id:
            return "INV-01 two open"
        if episode is None and not kind.enabled and not isinstance(self.said, Asked):
            return "INV-30 disabled"
        return ""

    def _new(self, at_s: float, n: int, claim: Episode, *, checked: bool) -> Open:
        if claim.id <= self.last_id:
            self.report("INV-12 number", at_s, f"episode {claim.id} after {self.last_id}")
        self.last_id = claim.id
        folded = {self.rules.place[name] for name in claim.folded}
        asked = isinstance(self.said, Asked) and self.said.kind == claim.kind
        if claim.asked != asked:
            self.report("asked", at_s, f"asked is {claim.asked}, should be {asked}")
        kind_off = not self.rules.kinds[n].enabled
        if not (asked or checked):
            self._check_offer(at_s, n)
        if not checked and (not asked or folded):
            self._check_folded(at_s, n, folded)
        if not asked:
            self.prompted_s = at_s
        self.prompted_maybe_s = at_s
        return Open(claim.id, n, folded, asked, kind_off=kind_off)

    def _check_offer(self, at_s: float, n: int) -> None:
        """Check one that nobody asked for against the gate, and against the other kinds.

        The good moment is that of any kind that is due: then the highest rank is offered.
        """
        kinds = self.rules.kinds
        late_s = at_s + EARLY_S
        if self.might.get("offer", -INF) >= at_s - HAIR_S:
            return
        ready = dict(self.offers(strict=False))
        if max(ready.get(n, INF), self.settled_s(strict=False)) > late_s:
            rule, told = why_not(self, at_s, n)
            self.report(rule, at_s, f"{kinds[n].name}: {told}")
            return
        if min(self.good_s(ready_s) for ready_s in ready.values()) > late_s:
            told = f"{kinds[n].name} ready at {ready[n]:.1f}, but no lull, and no limit reached"
            self.report("gate 4 no good moment", at_s, told)
        sure = dict(self.offers(strict=True))
        for other in range(n):
            if sure.get(other, INF) < at_s - self.soft_slack_s:
                self.report("INV-08 rank", at_s, f"{kinds[n].name} before {kinds[other].name}")

    def _check_folded(self, at_s: float, n: int, folded: set[int]) -> None:
        """Check which kinds share the prompt. Whether caps keep one from it is not said."""
        kinds = self.rules.kinds
        today = self.shown_today(strict=True)
        for m, kind in enumerate(kinds):
            may = kind.name in kinds[n].folds and kind.enabled
            due_s = self.due_s(m) - self.rules.fold_window_s if may else INF
            silent = kind.cycle and not kind.cycle[self.stage[m]].prompts
            if m in folded and due_s > at_s + EARLY_S:
                self.report("INV-08 folded", at_s, f"{kind.name} in {kinds[n].name}")
            sure = (
                not silent and today[m] < kind.daily_cap and self.held_late_s[m] <= self.held_s[m]
            )
            if m not in folded and due_s < at_s - EARLY_S and sure:
                self.report("INV-08 not folded", at_s, f"{kind.name} in {kinds[n].name}")

    def _reminder(self, at_s: float, episode: Open) -> None:
        due_s = self.reminder_ready_s(episode, strict=False)
        ready_s = max(due_s, self.base_s())
        tied = self.might.get("reminder", -INF) >= at_s - HAIR_S
        if not tied and self.good_s(ready_s) > at_s + EARLY_S:
            told = f"its time is {due_s:.1f}, all but the lull {ready_s:.1f}, it came at {at_s:.1f}"
            self.report("INV-10 reminder", at_s, told)
        episode.reminders += 1
        episode.reminding = True
        self.prompted_s = self.prompted_maybe_s = at_s

    def _again(self, at_s: float, episode: Open, claim: Episode) -> None:
        """Another text, the same once more because it was asked for, or a return."""
        said = self.said
        other_text = isinstance(said, Answered) and said.choice is Choice.NOT_FOR_ME
        other_text = other_text and episode.phase in ON_SCREEN
        if claim.prompt is not None and claim.prompt in episode.hidden:
            self.report("not for me again", at_s, f"{claim.prompt} was not for this person")
        if not other_text and not (isinstance(said, Asked) and said.kind == claim.kind):
            self._check_return(at_s, episode)
            self.prompted_s = at_s
        self.prompted_maybe_s = at_s
        episode.phase, episode.reminding = "offered", False
        episode.guide_s = episode.clock_s = INF
        episode.out_by_absence = False
        episode.back_s = -INF

    def _check_return(self, at_s: float, episode: Open) -> None:
        ready_s = INF
        if episode.phase in _BACK_PHASES:
            ready_s = max(episode.back_s, self.base_s())
        tied = self.might.get("return", -INF) >= at_s - HAIR_S
        if not tied and self.good_s(ready_s) > at_s + EARLY_S:
            told = f"{episode.phase}, not before {ready_s:.1f}, it came at {at_s:.1f}"
            rule = "INV-11 return" if episode.phase == "postponed" else "return"
            self.report(rule, at_s, told)

    # ── withdrawals, marks, the guide ───────────────────────────────────────────────────────

    def _withdraw(self, at_s: float, claim: Episode, reason: Reason) -> None:
        episode = self.open
        if episode is None or episode.id != claim.id:
            self.report("INV-12 withdraw of none", at_s, f"episode {claim.id} is not open")
            return
        if episode.phase not in ON_SCREEN:
            self.report("withdraw twice", at_s, f"{episode.phase} already")
            return
        if reason is Reason.POSTPONE:
            if not self.may_postpone(episode):
                self.report("postpone", at_s, f"postponed {episode.postponed} times before")
            self.claimed.add("postpone")
            self.postpone(at_s, episode)
            return
        cause_s = self.owed.pop("withdraw", None)
        if cause_s is None or reason.value not in self.reasons:
            told = f"{reason.value}, but there is {sorted(self.reasons)}"
            self.report("INV-03 withdraw reason", at_s, told)
        elif at_s > cause_s + self.slack_s:
            self.report("INV-03 withdraw late", at_s, f"{at_s - cause_s:.1f} s late")
        self.reasons.clear()
        # One that is over by the time the engine speaks of it leaves no rest to wait for.
        episode.out_by_absence = reason.value in ABSENCES and self.absent_s is not None
        if episode.out_by_absence and episode.phase == "offered":
            episode.perhaps_s = at_s
        episode.void = episode.void or not episode.out_by_absence
        self.take_off(at_s, episode, "waiting")

    def _mark(self, at_s: float, mark: Mark) -> None:
        if mark.reason is Reason.MISSED:
            if (mark.episode, Outcome.MISSED) not in self.ended:
                self.report("mark missed", at_s, f"{mark.kind} was not missed just now")
            self.claimed.add("mark")
            return
        told = why_no_mark(self, at_s, mark)
        if told:
            self.report("mark", at_s, f"{mark.kind}: {told}")
        self.marked_in_s = self.quiet.from_s

    def _guide(self, at_s: float, claim: Episode) -> None:
        said, episode = self.said, self.open
        wanted = isinstance(said, Answered) and said.choice is Choice.START
        wanted = wanted and self.presence in {"work", "idle"}
        if not wanted or episode is None or episode.id != claim.id:
            self.report("guide", at_s, f"nobody asked for the guide of {claim.id}")
            return
        total_s = self.rules.kinds[episode.n].duration_s
        if self.rules.guide_follows_steps:
            steps = {entry.id: float(entry.total_s) for entry in self.rules.index}
            total_s = steps.get(claim.prompt or "", total_s)
        episode.phase, episode.guide_s, episode.back_s = "guided", at_s + total_s, -INF
        episode.perhaps_s, episode.fail_clock_s = at_s, INF
        if not episode.ever_shown and not episode.asked:
            self.count_showing(at_s, episode)  # whether the guide is a showing is not said
        self.claimed.add("guide")

    def _hide(self, prompt: str) -> None:
        said = self.said
        if not (isinstance(said, Answered) and said.choice is Choice.NOT_FOR_ME):
            self.report("hide", self.now_s, "nobody said not for me")
        if self.open is not None:
            self.open.hidden.add(prompt)
            if self.open.phase not in ON_SCREEN:
                self.open.prompt = None  # the next is told when it is shown; there may be none
        self.claimed.add("hide")

    # ── ends ────────────────────────────────────────────────────────────────────────────────

    def _end_claimed(self, claim: Episode) -> None:
        assert claim.ended is not None
        assert claim.outcome is not None
        at_s = claim.ended.boot_s
        self.reach(at_s, claimed=True)
        credit_s = self.credit_s(self.rules.place[claim.kind])
        if claim.outcome is Outcome.NATURAL and at_s < credit_s <= at_s + EARLY_S:
            # Input so soon after other input is no news, so the absence may have begun before it.
            self.reach(credit_s, claimed=True)
        episode = self.open
        if episode is None or episode.id != claim.id:
            self._natural(at_s, self.rules.place[claim.kind], claim)
            return
        self.ended.add((claim.id, claim.outcome))
        if not self._is_right_end(at_s, episode, claim):
            told = (
                f"{claim.kind} {claim.id} {claim.outcome} by {claim.by} at {at_s:.1f}; it was "
                f"{episode.phase}, shown at {episode.shown_s:.1f}, owed {self.owed}, planned "
                f"{self.planned(at_s).hard}"
            )
            self.report(f"end {claim.outcome}", at_s, told)
        folded = {self.rules.place[name] for name in claim.folded}
        for m in folded - episode.folded:
            if abs(self.credited_s[m] - at_s) < NEAR_S:  # it left at this very instant
                episode.folded.add(m)
                self.naturals.pop(m, None)
        if not episode.folded - episode.leaving <= folded <= episode.folded:
            names = [self.rules.kinds[m].name for m in episode.folded]
            told = f"{claim.folded}, should be {names}"
            self.report("INV-08 folded at the end", at_s, told)
        if claim.asked != episode.asked:
            self.report("asked", at_s, f"episode {claim.id}")
        if not self._is_right_change(at_s, episode, claim):
            told = f"{claim.kind} {claim.id} {claim.outcome} by {claim.by}: {claim.change}"
            self.report("position change", at_s, told)
        episode.folded = folded
        self.end(at_s, episode, claim)

    def _natural(self, at_s: float, n: int, claim: Episode) -> None:
        """One without a prompt."""
        if claim.id <= self.last_id:
            told = f"episode {claim.id} ended {claim.outcome}, it is not open"
            self.report("INV-12 ended twice", at_s, told)
            return
        self.last_id = claim.id
        due_s = self.naturals.pop(n, None)
        if due_s is None:
            due_s = self.maybes.pop(n, None)
        if claim.outcome is not Outcome.NATURAL or claim.by is not None:
            self.report("end of none", at_s, f"{claim.kind} {claim.outcome} without a prompt")
        elif due_s is None:
            told = f"{claim.kind}, held since {self.held_s[n]:.1f}, absent since {self.absent_s}"
            self.report("natural unearned", at_s, told)
        elif not due_s - EARLY_S <= at_s <= max(due_s, self.late_rules_s) + self.slack_s:
            self.report("natural at the wrong time", at_s, f"should be at {due_s:.1f}")
        notes = self.absence(at_s)
        if notes is not None:
            notes.episodes.append(claim.id)
        self.ended_s = max(self.ended_s, at_s)

    def _is_right_change(self, at_s: float, episode: Open, claim: Episode) -> bool:
        """Whether it says rightly that it changed the position; an absence changes it once."""
        if claim.by is not By.REST:
            changes = claim.by is not None and self.rules.kinds[episode.n].taken_is_change
            return claim.change is changes
        notes = self.absence(at_s)
        if notes is None or notes.changed_s == at_s:
            if notes is not None and claim.change:  # one of both says it
                self.changes -= 1
                notes.row_says = False
            return True
        is_first, notes.changed_s = notes.changed_s is None, at_s
        return claim.change is is_first

    def _is_right_end(self, at_s: float, episode: Open, claim: Episode) -> bool:
        said, choice = self.said, None
        if isinstance(said, Answered) and said.episode in {None, episode.id}:
            choice = said.choice
        match claim.outcome, claim.by:
            case Outcome.TAKEN, By.ANSWER:
                return choice is Choice.DONE
            case Outcome.SKIPPED, None:
                return choice is Choice.SKIP or "kind off" in self.owed
            case Outcome.TAKEN, By.GUIDE:
                return self.is_time(at_s, "guide", episode.guide_s)
            case Outcome.TAKEN, By.REST:
                return self._is_rest(at_s, episode)
            case _:
                return claim.by is None and self._is_quiet_end(at_s, episode, claim)

    def _is_rest(self, at_s: float, episode: Open) -> bool:
        rests_s = self.rests_s(episode)
        if episode.perhaps_s > -INF and min(rests_s) <= at_s + EARLY_S:
            return True  # which of rest and guide comes first is not said
        return any(self.is_time(at_s, "rest", rest_s) for rest_s in rests_s)

    def _is_quiet_end(self, at_s: float, episode: Open, claim: Episode) -> bool:
        """Whether an end without an answer is right."""
        said = self.said
        match claim.outcome:
            case Outcome.NATURAL:
                other = isinstance(said, Asked) and said.kind != claim.kind
                # Postponed at the very instant at which the rest was complete: either is right.
                tied = episode.phase == "postponed" and episode.out_s == self.owed.get("rest")
                return other or tied or self.is_time(at_s, "natural", INF)
            case Outcome.MISSED:
                missed = self.is_time(at_s, "missed", self.missed_s(episode))
                return missed or self.gave_up(at_s, episode, shown=True)
            case Outcome.UNDELIVERED:
                return self.gave_up(at_s, episode, shown=False)
            case _:
                return False

    # ── reading ─────────────────────────────────────────────────────────────────────────────

    def _undo(self, undo: Undo) -> None:
        said = self.said
        self.claimed.add("undo")
        if said is not None:
            self.reach(said.at.boot_s)
        credit = self.undoable
        if not isinstance(said, Read) or credit is None or credit.end_s is None:
            self.report("reading", self.now_s, "nothing to undo")
            return
        now_s = said.at.boot_s
        if now_s > credit.end_s + READING_S + self.slack_s:
            self.report("reading", now_s, f"{now_s - credit.end_s:.0f} s after the return")
        start_s, end_s = undo.start.boot_s, undo.end.boot_s
        if abs(start_s - credit.start_s) > 1.0 or abs(end_s - credit.end_s) > 1.0:
            told = f"{start_s:.1f} to {end_s:.1f}, not {credit.start_s:.1f} to {credit.end_s:.1f}"
            self.report("reading", now_s, told)
        if sorted(undo.episodes) != sorted(credit.episodes):
            told = f"strikes {undo.episodes}, should be {credit.episodes}"
            self.report("reading rows", now_s, told)
        self._undo_books(now_s, credit)
        if credit.row_says and credit.changed_s is not None:
            late_s = self.ledger.rows_to_s - credit.changed_s
            self.changes -= late_s <= NEAR_S  # what no row has said by now none will
            self.changes_maybe += abs(late_s) <= NEAR_S
        self.undoable = None

    def _undo_books(self, now_s: float, credit: Absent) -> None:
        """Let held times be as if the absence had counted in; what that makes due is due now."""
        for n, (held_s, stage) in credit.before.items():
            if self.held_s[n] == credit.after.get(n):
                self.held_s[n], self.stage[n] = held_s, stage
                self.due_from_s[n] = now_s
        for n, moved_s in credit.moved.items():
            self.moved_s[n], self.due_from_s[n] = moved_s, now_s
        if (credit.end_s or 0.0) > self.day_began_s:
            self.desk_s += credit.away_s  # else it is desk time of a day that is over
        for n, kind in enumerate(self.rules.kinds):
            if kind.daily:
                self.due_from_s[n] = now_s
        self.late_rules_s = now_s
