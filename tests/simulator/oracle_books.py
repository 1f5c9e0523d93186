"""What is true about the person, and what follows from it without anybody doing anything."""

from __future__ import annotations

import math
from collections import deque
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Hold, Moment, Presence
from tests.simulator.oracle_days import Calendar
from tests.simulator.oracle_ledger import Ledger
from tests.simulator.oracle_quiet import NO_HOLDS, Quiet

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from deskbreak.core.model import Rules, Until

INF: Final = math.inf
HAIR_S: Final = 1e-6  # sums of floats that should be equal
NOISE_S: Final = 1.5  # of the instant at which something must happen
NEAR_S: Final = 0.02  # what the driver's instants may differ by
NO_INPUT_FOR_S: Final = 7200.0  # after which nobody is there, whatever the call says
FRESH_S: Final = 60.0  # input younger than that shows somebody to be there
_HEARD_S: Final = 3600.0  # nobody need have looked for so long when a kill comes
LONG_S: Final = 300.0  # an absence that is followed by quiet
_SHELTER: Final = frozenset({Hold.CALL, Hold.SHARE, Hold.PRESENTATION})  # no input is needed
_ROOMS: Final = {
    "locked": Presence.LOCKED,
    "asleep": Presence.ASLEEP,
    "off": Presence.OFF,
}


class Books:
    """Presence, absences, holds and held time, told the truth in order of time."""

    __slots__ = (
        "_away_before_s",
        "_change_s",
        "_cycles",
        "_lost",
        "_overdue_s",
        "_truths",
        "absent_s",
        "backoff_day",
        "calendar",
        "credited_s",
        "day_began_s",
        "desk_from_s",
        "desk_s",
        "first_due_s",
        "held_late_s",
        "held_s",
        "input_s",
        "late_rules_s",
        "ledger",
        "lock_s",
        "locking_s",
        "moved_s",
        "now_s",
        "presence",
        "present_days",
        "quiet",
        "quiet_maybe_s",
        "quiet_s",
        "real",
        "rest",
        "returned_s",
        "rules",
        "spent",
        "stage",
        "three_s",
        "unheard_s",
    )

    def __init__(
        self, start: Moment, rules: Rules, report: Callable[[str, float, str], None]
    ) -> None:
        count = len(rules.kinds)
        self.rules = rules
        self._overdue_s = -INF  # what is due before comes after it
        self.late_rules_s = -INF  # the last change of settings: what it made overdue comes then
        self._cycles = [n for n, kind in enumerate(rules.kinds) if kind.cycle]
        self.first_due_s: float | None = None  # no kind is due before; None: to be worked out
        self.calendar = Calendar(start, rules)
        self.ledger = Ledger(report)
        self.now_s = start.boot_s
        self._truths: deque[tuple[float, Callable[[float], None]]] = deque()
        self._lost = False  # nobody will know how long it was off
        self._change_s = INF  # the next thing that changes by itself
        self.presence = ""  # as told; not running yet
        self.quiet = Quiet()
        self.input_s = start.boot_s
        self.absent_s: float | None = None  # the absence that runs, known or not, began then
        self.real = False  # it is no desk time
        self.day_began_s = -INF
        self.spent: frozenset[int] = frozenset()  # kinds that this absence cannot clear again
        self._away_before_s = 0.0  # booked before it, or on another day
        self.lock_s = 0.0  # its locked and asleep parts that are over
        self.locking_s: float | None = None  # the one that goes on
        self.three_s = -INF  # somebody is there, with input, since then
        self.returned_s = -INF
        self.quiet_s = self.quiet_maybe_s = -INF
        self.present_days: list[date] = []  # the last on which somebody was at the desk
        self.held_s = [start.boot_s] * count
        self.held_late_s = [-INF] * count  # perhaps only since then
        self.rest = [False] * count  # credit reached: nothing is held
        self.credited_s = [-INF] * count
        self.stage = [0] * count
        self.moved_s = [-INF] * count
        self.backoff_day: list[date | None] = [None] * count
        self.desk_s = 0.0  # today's, up to desk_from_s
        self.desk_from_s: float | None = None  # and it runs since then
        self.unheard_s = 0.0  # today's returns that may have been heard of a second late

    # ── to be overridden: who is told of what happens ────────────────────────────────────────

    def mature(self, at_s: float) -> None:
        """Something changes at *at_s*: what is due up to there is owed."""

    def anew(self, at_s: float) -> None:
        """Nobody knows how long it was off until now."""

    def busy(self, n: int) -> bool:
        """Whether an episode of kind *n* is open."""
        return False

    def credited(self, n: int, at_s: float) -> None:
        """An absence reaches the credit of kind *n*."""

    def back(self, at_s: float) -> None:
        """The absence that runs is over."""

    def went_back(self, n: int, at_s: float) -> None:
        """The silent stage of kind *n* ends."""

    def booked(self, away_s: float) -> None:
        """The absence that is over had so many seconds of `away` today."""

    def disturbed(self, at_s: float, reasons: frozenset[str]) -> None:
        """Holds begin, or the session is locked, asleep or off."""

    def day_turned(self, at_s: float) -> None:
        """Another day is today."""

    # ── time ────────────────────────────────────────────────────────────────────────────────

    def queue(self, at_s: float, change: Callable[[float], None]) -> None:
        """Keep a truth until the books get there."""
        self._truths.append((at_s, change))

    def reach(self, until_s: float, *, claimed: bool = False) -> None:
        """Bring the books forward.

        What a change of settings makes due in the past may happen at once, if it is *claimed*, or
        with the next look; not at all if the absence is over by then.
        """
        truths = self._truths
        while True:
            truth_s = truths[0][0] if truths else INF
            own_s = self._change_s
            if self.presence == "off" and (self._lost or not truths):
                own_s = INF  # nobody knows yet how long it is
            elif own_s < self._overdue_s - NEAR_S and not claimed:
                own_s = self._overdue_s + 2 * NEAR_S
            if own_s <= truth_s + HAIR_S:
                if own_s > until_s + NEAR_S:
                    break
                # Other settings may put it into the past: then it happens now.
                self.now_s = max(self.now_s, own_s)
                self.mature(self.now_s)
                self._change_by_itself(self.now_s)
            else:
                if truth_s > until_s + HAIR_S:
                    break
                self.mature(truth_s)
                self.now_s = max(self.now_s, truth_s)
                truths.popleft()[1](truth_s)
            self._change_s = self._next_s()
        self.now_s = max(self.now_s, until_s)

    def changed(self) -> None:
        """Something was claimed or said from which other things follow."""
        self._change_s = self._next_s()
        self.first_due_s = None

    def _next_s(self) -> float:
        """Return when something changes by itself."""
        next_s = min(self.calendar.day_to_s, self.quiet.change_s(self.calendar))
        if self.absent_s is not None:
            if not self.real:
                next_s = min(next_s, self.absent_s + self.rules.away_after_s)
            for n, rests in enumerate(self.rest):
                if not rests:
                    next_s = min(next_s, self.credit_s(n))
        elif self.presence == "idle":
            next_s = min(next_s, self.input_s + NO_INPUT_FOR_S)
        for n in self._cycles:
            if self._goes_back(n):
                next_s = min(next_s, self.held_s[n] + self.interval_s(n))
        return next_s

    def _goes_back(self, n: int) -> bool:
        """Whether the stage of kind *n* ends without a word; not while its own episode is open."""
        silent = not self.rules.kinds[n].cycle[self.stage[n]].prompts
        return silent and not self.rest[n] and not self.busy(n)

    def _go_back(self, at_s: float) -> None:
        """End the stages that end without a word."""
        for n in self._cycles:
            if self._goes_back(n):
                end_s = self.held_s[n] + self.interval_s(n)
                if end_s <= at_s + HAIR_S:
                    self.went_back(n, end_s)
                    self.stage[n], self.held_s[n], self.first_due_s = 0, end_s, None
                    if end_s < at_s - NEAR_S:  # another interval has put it into the past
                        self.held_late_s[n] = at_s

    def _change_by_itself(self, at_s: float) -> None:
        reached_s = at_s + HAIR_S
        if self.absent_s is not None:
            for n in range(len(self.rest)):
                if self.credit_s(n) <= reached_s:
                    self._credit(n, at_s)
            if not self.real and self.absent_s + self.rules.away_after_s <= reached_s:
                self._prove_away(at_s)
        elif self.presence == "idle" and self.input_s + NO_INPUT_FOR_S <= reached_s:
            self._leave(at_s)
            self.turn(at_s, was_open=False)
        self._go_back(at_s)
        if self.calendar.day_to_s <= reached_s:
            self._turn_page(at_s)
        self._look_at_holds(at_s)

    # ── the truth ───────────────────────────────────────────────────────────────────────────

    def go(self, at_s: float, presence: str, raw: frozenset[Hold], *, off_known: bool) -> None:
        """From *at_s* on the person is there, or not, with these holds."""
        was, self.presence = self.presence, presence
        was_absent = self.absent_s is not None
        was_open = was_absent and not self.real
        if was == "":
            self._begin(at_s, there=presence in {"work", "idle"})
        elif was == "off" and not off_known:
            self._begin_anew(at_s)
        if was == "work":
            self.input_s = at_s
        if self.locking_s is not None:
            self.lock_s += at_s - self.locking_s
            self.locking_s = None
        if presence == "off":
            raw = self.quiet.raw  # nobody sees them end
        counted = raw & self.rules.holds
        call_begins = Hold.CALL in (counted if was == "off" else counted - self.quiet.raw)
        self.quiet.raw = raw
        if presence == "work":
            self._input(at_s)
        elif presence == "idle":
            self._keep_still(at_s, counted, call_begins=call_begins)
        else:
            self._shut(at_s, presence)
        self.turn(at_s, was_open=was_open)
        if was_absent and self.absent_s is None:
            self._book()
        self._look_at_holds(at_s)
        if presence in _ROOMS:
            self.disturbed(at_s, frozenset({presence}))

    def _book(self) -> None:
        self.booked(self.ledger.seconds[Presence.AWAY] - self._away_before_s)

    def _keep_still(self, at_s: float, counted: frozenset[Hold], *, call_begins: bool) -> None:
        """No input, and nothing that keeps from it: an absence, unless a hold explains it."""
        recent = at_s - self.input_s < NO_INPUT_FOR_S
        sheltered = recent and not counted.isdisjoint(_SHELTER)
        if self.absent_s is None:
            if not sheltered:
                self._leave(at_s)
        elif sheltered and (call_begins or not self.real):
            # What is no absence yet becomes none while somebody is here for another reason.
            self._come_back(at_s)

    def _shut(self, at_s: float, presence: str) -> None:
        self._leave(at_s)
        self.real = True
        self.desk_from_s = None
        if presence != "off":
            self.locking_s = at_s

    def use(self, at_s: float, rules: Rules) -> None:
        """Other settings are in force; held time stays as it is."""
        self._cycles = [n for n, kind in enumerate(rules.kinds) if kind.cycle]
        self.first_due_s = None
        self.late_rules_s = at_s
        self._overdue_s = -INF if self.presence == "off" else at_s
        moved = rules.day_starts_s != self.rules.day_starts_s
        counted_before, self.rules = self.quiet.raw & self.rules.holds, rules
        if moved:
            self._set_date(at_s, self.moment(at_s))
        self.quiet.forget_hours()
        self._look_at_holds(at_s)
        if self.presence != "idle":
            return
        counted, was_absent = self.quiet.raw & rules.holds, self.absent_s is not None
        was_open = was_absent and not self.real
        self._keep_still(at_s, counted, call_begins=Hold.CALL in counted - counted_before)
        if was_absent is not (self.absent_s is not None):
            self.turn(at_s, was_open=was_open)
        if was_absent and self.absent_s is None:
            self._book()

    def set_clock(self, at_s: float, at: Moment) -> None:
        """The wall clock or the zone has moved."""
        self._set_date(at_s, at)
        self.quiet.forget_hours()
        self._look_at_holds(at_s)

    def be_quiet(self, at_s: float, until: Until | None) -> None:
        """A pause begins, or ends."""
        self.quiet.pause = until
        self._look_at_holds(at_s)

    def moment(self, at_s: float) -> Moment:
        """Return an instant with the wall clock as it is set now."""
        return Moment(at_s, at_s + self.calendar.unix_minus_boot_s, self.calendar.zone)

    # ── coming and going ────────────────────────────────────────────────────────────────────

    def _begin(self, at_s: float, *, there: bool) -> None:
        count = len(self.held_s)
        self.held_s = [at_s] * count
        self.first_due_s = None
        if not there:
            return
        self.input_s = at_s
        self.returned_s = self.quiet_s = self.quiet_maybe_s = self.three_s = at_s
        self._see_somebody()
        self.desk_from_s = at_s

    def lose(self) -> None:
        """The clocks will not tell how long it was off; to be said before it is over."""
        self._lost = True

    def _begin_anew(self, at_s: float) -> None:
        """It was off for nobody knows how long: nothing is booked, and nothing held."""
        self._lost = False
        self.unheard_s += 1.0
        count = len(self.held_s)
        assert self.absent_s is not None
        self.absent_s += at_s - (self.ledger.from_s or at_s)
        self.ledger.skip(at_s, Presence.OFF, NO_HOLDS)
        self.held_s = [at_s] * count
        # For kinds that this absence had cleared it is not said whether held time runs from here
        # on, or from the return.
        self.spent = self.spent | {n for n, rests in enumerate(self.rest) if rests}
        self.rest = [False] * count
        self.anew(at_s)
        self.first_due_s = None
        self._set_date(at_s, self.moment(at_s))

    def _leave(self, at_s: float) -> None:
        """An absence begins; a day's desk time runs on until it is known to be one."""
        if self.absent_s is not None:
            return
        self.absent_s = at_s
        self._away_before_s = self.ledger.seconds[Presence.AWAY]
        if self.desk_from_s is not None:
            self.desk_s += at_s - self.desk_from_s
            self.desk_from_s = at_s

    def _prove_away(self, at_s: float) -> None:
        self.real = True
        self.desk_from_s = None
        self.turn(at_s, was_open=True)

    def _input(self, at_s: float) -> None:
        if self.absent_s is not None:
            self._come_back(at_s)
        if at_s - self.input_s >= FRESH_S - HAIR_S:
            self.three_s = at_s
        self.input_s = at_s

    def _come_back(self, at_s: float) -> None:
        assert self.absent_s is not None
        self.back(at_s)
        self.first_due_s = None
        long = at_s - self.absent_s >= LONG_S - HAIR_S
        if self.real:
            self.returned_s = self.three_s = self.desk_from_s = at_s
            if self.calendar.day not in self.present_days:
                long = True
                self._begin_day(at_s)
            elif self.absent_s <= self.day_began_s + _HEARD_S:
                # Gone before anybody could hear of them on that day: perhaps its first presence.
                self.quiet_maybe_s = at_s
                for n in self._without_credit():
                    self.held_late_s[n] = at_s
        if long:
            # Whether a long one that is desk time in the statistics is followed by quiet too
            # (away_after_s above 300) is not said.
            self.quiet_maybe_s = at_s
            self.quiet_s = at_s if self.real else self.quiet_s
        self._see_somebody()
        for n, rests in enumerate(self.rest):
            if rests:
                self.rest[n], self.held_s[n] = False, at_s
        self.absent_s, self.real, self.lock_s = None, False, 0.0
        for n in self.spent:
            self.held_late_s[n] = at_s
        self.spent = frozenset()

    def _begin_day(self, at_s: float) -> None:
        for n in self._without_credit():
            self.held_s[n] = at_s

    def _without_credit(self) -> list[int]:
        kinds = self.rules.kinds
        return [n for n, k in enumerate(kinds) if k.credit_idle_s == 0 == k.credit_lock_s]

    def _credit(self, n: int, at_s: float) -> None:
        self.credited(n, at_s)
        self.rest[n], self.stage[n], self.credited_s[n] = True, 0, at_s

    def credit_s(self, n: int) -> float:
        """Return when the absence that runs reaches the credit of kind *n*, if it goes on so."""
        if self.rest[n] or self.absent_s is None or n in self.spent:
            return INF
        kind = self.rules.kinds[n]
        reached_s = INF
        if kind.credit_idle_s > 0:
            reached_s = self.absent_s + kind.credit_idle_s
        if kind.credit_lock_s > 0:
            if self.lock_s >= kind.credit_lock_s - HAIR_S:
                return min(reached_s, self.now_s)
            if self.locking_s is not None:
                reached_s = min(reached_s, self.locking_s + kind.credit_lock_s - self.lock_s)
        return reached_s

    def turn(self, at_s: float, *, was_open: bool) -> None:
        """Begin another line in the ledger, and settle what is known now."""
        presence = _ROOMS.get(self.presence, Presence.DESK)
        if self.presence == "idle" and self.real:
            presence = Presence.AWAY
        self.ledger.turn(at_s, presence, self.quiet.holds, open_=was_open)
        if self.absent_s is None:
            self.ledger.settle(Presence.DESK)
        elif self.real:
            self.ledger.settle(Presence.AWAY)

    # ── holds ───────────────────────────────────────────────────────────────────────────────

    def _look_at_holds(self, at_s: float) -> None:
        begun = self.quiet.look(at_s, self.calendar, self.rules)
        if begun is None:
            return
        if self.ledger.from_s is not None:
            self.turn(at_s, was_open=self.absent_s is not None and not self.real)
        if begun:
            self.disturbed(at_s, frozenset(hold.value for hold in begun))

    # ── days ────────────────────────────────────────────────────────────────────────────────

    def _turn_page(self, at_s: float) -> None:
        self.calendar.next_day(self.rules)
        self._new_day(at_s)

    def _set_date(self, at_s: float, at: Moment) -> None:
        """The clock or the day's start was moved: it may be another day."""
        before = self.calendar.day
        self.calendar.set(at, self.rules)
        if self.calendar.day != before:
            self._new_day(at_s)

    def _new_day(self, at_s: float) -> None:
        if self.ledger.from_s is not None:
            self.turn(at_s, was_open=self.absent_s is not None and not self.real)
        self.ledger.cut(at_s)
        self.day_began_s = at_s
        in_doubt_s = sum(end_s - start_s for start_s, end_s, _, _ in self.ledger.pending)
        self._away_before_s = self.ledger.seconds[Presence.AWAY] + in_doubt_s
        self.desk_s = self.unheard_s = 0.0
        self.first_due_s = None
        if self.desk_from_s is not None:
            self.desk_from_s = at_s
        if self.absent_s is None and self.presence:
            self._see_somebody()
        self.day_turned(at_s)

    def _see_somebody(self) -> None:
        if self.calendar.day not in self.present_days:
            self.present_days = [*self.present_days[-3:], self.calendar.day]

    # ── held time ───────────────────────────────────────────────────────────────────────────

    def interval_s(self, n: int) -> float:
        """Return how long kind *n* may be held today."""
        kind = self.rules.kinds[n]
        base_s = kind.cycle[self.stage[n]].interval_s if kind.cycle else kind.interval_s
        if self.backoff_day[n] is not None and self.backoff_day[n] == self.calendar.day:
            return base_s * self.rules.backoff_factor
        return base_s

    @property
    def at_desk(self) -> bool:
        """Whether somebody is there, as far as is known."""
        return not self.real and self.presence in {"work", "idle"}
