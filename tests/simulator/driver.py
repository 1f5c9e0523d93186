"""Plays a life through the engine, and tells an oracle what is true and what was claimed."""

from __future__ import annotations

import math
from collections import Counter, deque
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import (
    Answered,
    Asked,
    Choice,
    Log,
    Moment,
    Observed,
    Paused,
    Read,
    Resumed,
    Shown,
    Started,
    Stopped,
    Undelivered,
    Withdraw,
)
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.timeline import Set, Stretch
from deskbreak.core.turn import open_spans, presence_of
from tests.core.days import index
from tests.simulator.happenings import Aside, fault
from tests.simulator.mishaps import MISHAPS
from tests.simulator.watch import Broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from deskbreak.core.model import Effect, Episode, Event, Facts, Hold, Rules, Span, Step
    from tests.simulator.happenings import Happening
    from tests.simulator.watch import Watch

SLACK_S: Final = 1.5
_TICK_S: Final = 1e-6
_STEP_S: Final = 0.5
_NONE: Final[frozenset[Hold]] = frozenset()
_OFF_THE_SCREEN: Final = (Withdraw, Log)
PACK: Final = index(
    *(f"{kind}-{n}" for kind in ("stretch", "posture", "eyes", "massage", "habit") for n in (1, 2)),
    *("position-1", "position-2", "position-3@stand", "position-4@stand", "position-5@move"),
)


class Driver(Player):
    """A player on a desktop that is far from perfect, with an oracle that is told everything.

    Raises `Broken` at the first step after which the oracle objects.
    """

    def __init__(self, start: Moment, watch: Callable[[Moment, Rules], Watch]) -> None:
        """Be about to begin at *start*, with the default settings."""
        self.values: dict[str, object] = {}
        super().__init__(start, self._made_rules(), None, self._changed)
        self.oracle = watch(start, self.rules)
        self.steps = 0
        self.pairs: Counter[tuple[str, str, str]] = Counter()
        self.keys: Counter[str] = Counter()
        self.service: Aside = Aside("service", ("works",))
        self.reaction: Aside = Aside("react", ("none",))
        self.blind = False  # nothing can tell of input
        self._last = start
        self._told_rules = self.rules
        self._truth: deque[tuple[Moment, str, frozenset[Hold]]] = deque()  # not told yet
        self._true = ("", _NONE)
        self._heard = (start, "", _NONE)  # the last of it that was told
        self._own: list[tuple[float, Event]] = []  # what comes by itself, in time
        self._leaving: tuple[float, Stretch] | None = None
        self.alive_s: float | None = None
        self.off_is_known = True
        self.late_s = 0.0

    # ── settings ───────────────────────────────────────────────────────────────────────────

    def _made_rules(self) -> Rules:
        resolved = resolve([Layer(Origin.USER, "life", self.values)])
        assert not resolved.problems, resolved.problems
        return replace(rules(resolved, PACK), guide_follows_steps=False)

    def _changed(self, what: Set) -> Rules:
        self.values[what.key] = what.value
        self.keys[what.key] += 1
        return self._made_rules()

    # ── one happening after the other ──────────────────────────────────────────────────────

    def feed(self, lines: Iterable[Happening]) -> None:
        """Let *lines* happen."""
        for line in lines:
            self.happen(line)

    def happen(self, line: Happening) -> None:
        """Let one thing happen."""
        name = fault(line)
        if name is not None and self._here is not None:
            self.pairs[*self.scene(), name] += 1
        match line:
            case Stretch():
                self.pass_by(line)
            case Aside(verb=verb):
                MISHAPS[verb](self, line)
            case Set():
                self.run(self.play((line,)))
                self.go_on(1.0)  # nobody edits settings in the very instant of something else
            case _:
                self.run(self.play((line,)))

    def close_books(self) -> None:
        """Look once more, and let the oracle add up."""
        self.run(self.look())
        self._flush()
        self.oracle.close(self.now, self.open_spans())
        self._judge()

    def open_spans(self) -> Sequence[Span]:
        """Return what is not recorded yet."""
        return open_spans(self.state, self.state.at)

    def standing(self) -> Iterator[Happening]:
        """Yield what has to be said where a life is taken up here."""
        yield from (Set(key, value) for key, value in self.values.items())
        yield self.service
        yield self.reaction
        if self.blind:
            yield Aside("blind")

    def scene(self) -> tuple[str, str]:
        """Return where the episode and the person stand: what faults are crossed with."""
        e = self.state.episode
        return ("none" if e is None else e.phase.value), presence_of(self.state).value

    def run(self, effects: Iterator[Effect]) -> None:
        deque(effects, 0)

    def pass_by(self, what: Stretch) -> None:
        """Let time go by; what comes by itself comes at its instant."""
        if what.presence == "off" and not self.off_is_known:
            # How long it is off nobody will know, so it is no time at all.
            self.now = replace(self.now, unix_s=self.now.unix_s + what.seconds)
            return
        end_s = self.now.boot_s + what.seconds
        while self.now.boot_s < end_s - _TICK_S:
            now_s = self.now.boot_s
            next_s = min(end_s, self._next_own_s())
            if next_s > now_s:
                if what.presence != "off":
                    self.is_true(what.presence, what.holds)
                part = Stretch(next_s - now_s, what.presence, what.holds)
                self.run(self._off(part) if what.presence == "off" else self._stretch(part))
            self._do_own(what, end_s)

    def _next_own_s(self) -> float:
        if not self._own and self._leaving is None:
            return math.inf
        times = [when_s for when_s, _ in self._own]
        if self._leaving is not None:
            times.append(self._leaving[0])
        return min(times, default=math.inf)

    def _do_own(self, what: Stretch, end_s: float) -> None:
        """Do what is due by itself; *what* goes on until *end_s*."""
        now_s = self.now.boot_s
        if self._own:
            due = [event for when_s, event in self._own if when_s <= now_s]
            self._own = [(when_s, event) for when_s, event in self._own if when_s > now_s]
            for event in due:
                self.say(replace(event, at=self.now))
        if self._leaving is not None and self._leaving[0] <= now_s:
            away, self._leaving = self._leaving[1], None
            if what.presence == "work" and away.seconds < end_s - now_s:
                self.pass_by(away)

    def _comes(self, when_s: float, event: Event) -> None:
        self._own.append((when_s, event))
        self._end_s = min(self._end_s, when_s)

    def say(self, event: Event) -> None:
        """Let the engine look, then hear *event*."""
        if self._here is not None:
            self.run(self.look())
            self.run(self.take(event))
            if isinstance(event, Shown):
                self._react(event)

    # ── the person ─────────────────────────────────────────────────────────────────────────

    def _react(self, what: Shown) -> None:
        """A prompt has come to the screen: do as the person does these days."""
        e = self.state.episode
        if e is None or e.id != what.episode or e.showing != what.showing:
            return
        self._forget_reaction()
        verb, *words = self.reaction.words
        if verb == "none":
            return
        when_s = self.now.boot_s + float(words[0])
        if verb == "leave":
            self._leaving = (when_s, Stretch(float(words[1]), words[2]))
            self._end_s = min(self._end_s, when_s)
        else:
            self._comes(when_s, Answered(self.now, Choice(verb), what.episode))

    def _forget_reaction(self) -> None:
        self._leaving = None
        if self._own:
            self._own = [one for one in self._own if not isinstance(one[1], Answered)]

    def show(self, prompt: Episode) -> Iterator[Effect]:
        """Hand *prompt* to a notification service, whatever state that is in."""
        mode, *words = self.service.words
        shown = Shown(self.now, prompt.id, prompt.showing)
        if mode == "works":
            yield from self.take(shown)
            self._react(shown)
        elif mode == "late":
            # Half a second more, so that nothing else happens at that very instant.
            self._comes(self.now.boot_s + float(words[0]) + 0.5, shown)
        else:
            if mode == "once":
                self.service = Aside("service", ("works",))
            yield from self.take(Undelivered(self.now, prompt.id, prompt.showing))

    # ── what the engine takes ──────────────────────────────────────────────────────────────

    def _facts(self, what: Stretch) -> Facts:
        facts = super()._facts(what)
        return replace(facts, idle_s=None) if self.blind else facts

    def step(self, event: Event) -> Step:
        """Tell the oracle what is true and what is claimed; let it judge the engine's step."""
        if isinstance(event, Started):
            if self.alive_s is not None:
                event = replace(event, alive_boot_s=self.alive_s, off_is_known=self.off_is_known)
                self.alive_s = None
            self._tell_clock(event.at)  # who was off finds the clock as it is when it starts
        elif isinstance(event, Stopped):
            self.is_true("off")
            self._own, self._leaving = [], None
        self._flush()
        self._tell(event)
        try:
            step = super().step(event)
        except Exception as error:
            raise Broken("raises", event.at, f"{error!r} at {type(event).__name__}") from error
        self.steps += 1
        self.oracle.slack_s = SLACK_S + self.late_s
        self.oracle.step(event.at, step.effects)
        for effect in step.effects:
            if isinstance(effect, _OFF_THE_SCREEN) and effect.episode.showing:
                self._forget_reaction()
        self._judge()
        if step.next_look_s is None or step.next_look_s <= event.at.boot_s:
            raise Broken("INV-29", event.at, f"asks for a look at {step.next_look_s}")
        return step

    def _tell(self, event: Event) -> None:
        """Tell the oracle what somebody changed or said."""
        oracle, at = self.oracle, event.at
        self._tell_clock(at)
        if self.rules is not self._told_rules:
            oracle.ruled(at, self.rules)
            self._told_rules = self.rules
        if isinstance(event, Observed):
            return
        if isinstance(event, Shown | Undelivered):
            oracle.delivered(at, event.episode, event.showing, isinstance(event, Shown))
        elif isinstance(event, Answered | Asked | Paused | Resumed | Read):
            oracle.told(event)

    def _tell_clock(self, at: Moment) -> None:
        last, self._last = self._last, at
        moved_s = (at.unix_s - last.unix_s) - (at.boot_s - last.boot_s)
        if abs(moved_s) > _STEP_S or at.zone is not last.zone:
            self.oracle.clock(at)

    def _judge(self) -> None:
        if self.oracle.violations:
            first = self.oracle.violations[0]
            raise Broken(first.rule, first.at, first.told)

    # ── what is true ───────────────────────────────────────────────────────────────────────

    def is_true(self, presence: str, holds: frozenset[Hold] = _NONE) -> None:
        """From now on the person is there, or is not; told before the engine's next step."""
        if self.blind and presence == "idle":
            presence = "work"  # nobody can know better, and at the desk is what it counts as
        if (presence, holds) != self._true:
            self._true = presence, holds
            self._truth.append((self.now, presence, holds))

    def _flush(self) -> None:
        while self._truth:
            self._heard = at, presence, holds = self._truth.popleft()
            known = self.off_is_known or presence == "off"
            self.oracle.goes_on(at, presence, holds, off_known=known)
        self.off_is_known = True

    def is_off(self, alive_s: float) -> None:
        """The agent has not run since *alive_s*, and what went on after that nobody saw."""
        at, s = self.now.on(alive_s), self.state
        while self._truth and self._truth[-1][0].boot_s >= alive_s:
            self._truth.pop()
        _, presence, holds = self._truth[-1] if self._truth else self._heard
        known = s.idle_known or s.absence is not None
        if presence == "idle" and not known and s.facts_s < alive_s:
            # The stop of input was never noticed: the person counts as there until then.
            self._truth.append((at, "work", holds))
        self._truth.append((at, "off", _NONE))
        self._true = ("off", _NONE)

    # ── what goes wrong: `tests.simulator.mishaps` ─────────────────────────────────────────

    def go_on(self, seconds: float) -> None:
        """Let what goes on go on."""
        here = self._here
        if here is not None and seconds > 0:
            self.pass_by(replace(here, seconds=seconds))

    def go_off(self, alive_s: float) -> None:
        """The process is gone, with all that it was about to do."""
        self.is_off(alive_s)
        self._own, self._leaving, self._here = [], None, None
        self._next_look_s, self._marks = None, frozenset()
