"""Play statements through the engine, as the agent's loop would on a perfect desktop."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from deskbreak.core import engine, timeline
from deskbreak.core.model import (
    Answered,
    Asked,
    Choice,
    Episode,
    Facts,
    Hide,
    Log,
    Moment,
    Observed,
    Paused,
    Phase,
    Prompt,
    Read,
    Resumed,
    Shown,
    Started,
    Stopped,
    Until,
    Withdraw,
)
from deskbreak.core.schedule import day_start_after, local_time
from deskbreak.core.timeline import Set, Statement, Stretch, Zone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from deskbreak.core.model import Effect, Event, Rules, State, Step
    from deskbreak.core.timeline import Line


class Player:
    """A person at a desk, and the engine that watches them.

    ``answer`` is what they choose, and how many seconds after each showing. ``change`` returns
    the rules after a setting was changed. What is said while the engine does not run is heard
    when it does.
    """

    def __init__(
        self,
        start: Moment,
        rules: Rules,
        answer: tuple[Choice, float] | None = None,
        change: Callable[[Set], Rules] | None = None,
    ) -> None:
        """Be about to begin at *start*."""
        self.now = start
        self.rules = rules
        self.state: State = engine.begin(start, rules)
        self._answer = answer
        self._change = change
        self._due: tuple[float, Answered] | None = None  # the answer to what is on the screen
        self._next_look_s: float | None = None
        self._marks: frozenset[float] = frozenset()
        self._input_s = start.boot_s
        self._here: Stretch | None = None  # what goes on; None: the engine does not run
        self._end_s = start.boot_s  # when that ends; who plays may cut it short
        self._unheard: list[Statement] = []
        self._hidden: frozenset[str] = frozenset()

    def play(self, lines: Iterable[Line]) -> Iterator[Effect]:
        """Yield what the engine asks for, in order of time."""
        for line in lines:
            match line:
                case Stretch(presence="off"):
                    yield from self._off(line)
                case Stretch():
                    yield from self._stretch(line)
                case Set():
                    assert self._change is not None, "who plays settings says what they change"
                    yield from self.use(self._change(line))
                case Zone(zone=zone):
                    self.now = replace(self.now, zone=zone)
                    yield from self.look()
                case Statement(verb="clock", argument=argument):
                    unix_s = self.now.unix_s + timeline.shift_s(argument)
                    self.now = replace(self.now, unix_s=unix_s)
                    yield from self.look()
                case Statement() if self._here is None:
                    self._unheard.append(line)
                case _:
                    yield from self._say(line)

    def answer_with(self, answer: tuple[Choice, float] | None) -> None:
        """Let the person choose that from the next showing on.

        Who plays may say so when the `Prompt` comes by: it is shown after that.
        """
        self._answer = answer

    def use(self, rules: Rules) -> Iterator[Effect]:
        """Put other rules in force."""
        self.rules = rules
        if not self._hidden <= rules.person.hidden:
            hidden = rules.person.hidden | self._hidden
            self.rules = replace(rules, person=replace(rules.person, hidden=hidden))
        yield from self.look()

    def look(self) -> Iterator[Effect]:
        """Let the engine see how things are now."""
        if self._here is None:
            return iter(())
        return self.take(Observed(self.now, self._facts(self._here)))

    def finish(self) -> Iterator[Effect]:
        """Let the engine know that it is now, where the lines end; an open prompt stays open."""
        if self._here is None:
            yield from self.take(Stopped(self.now))  # who does not run only lets time pass
        else:
            yield from self.look()

    def _say(self, what: Statement) -> Iterator[Effect]:
        yield from self.look()
        yield from self.take(said(what, self.now, self.rules.day_starts_s))

    def _off(self, what: Stretch) -> Iterator[Effect]:
        if self._here is not None:
            yield from self.look()
            yield from self.take(Stopped(self.now))
            self._here = None
        else:  # a break can be asked for when it starts, and not before
            self._unheard = [one for one in self._unheard if one.verb != "take"]
        self.now = self.now.on(self.now.boot_s + what.seconds)

    def _stretch(self, what: Stretch) -> Iterator[Effect]:
        self._end_s = self.now.boot_s + what.seconds
        before, self._here = self._here, what
        if before is None:
            yield from self.take(Started(self.now, self._facts(what)))
        elif self._is_news(before, what):
            yield from self.look()
        while self._unheard:
            yield from self._say(self._unheard.pop(0))
        while (next_s := self._next_s(what)) <= self._end_s:
            self.now = self.now.on(max(next_s, self.now.boot_s))
            if self._due is not None and self._due[0] <= self.now.boot_s:
                answered, self._due = self._due[1], None
                yield from self.look()
                yield from self.take(replace(answered, at=self.now))
            else:
                yield from self.look()
        self.now = self.now.on(self._end_s)
        self._touch(what)

    def _is_news(self, before: Stretch, what: Stretch) -> bool:
        """Tell whether a desktop reports anything when *what* follows on *before*."""
        if before.holds != what.holds:
            return True
        if before.presence != what.presence and _session(before) != _session(what):
            return True
        # The return of input is reported where its end was.
        silent_s = self.now.boot_s - self._input_s
        return what.presence == "work" and silent_s >= min(self._marks)

    def _touch(self, what: Stretch) -> None:
        """Give input now, where *what* is a time with input."""
        if what.presence == "work":
            self._input_s = self.now.boot_s

    def _facts(self, what: Stretch) -> Facts:
        self._touch(what)
        idle_s = self.now.boot_s - self._input_s
        return Facts(idle_s, what.presence == "locked", what.presence == "asleep", what.holds)

    def _next_s(self, what: Stretch) -> float:
        """Return when the engine is to be told something: its look, an idle mark, an answer."""
        next_s = math.inf if self._next_look_s is None else self._next_look_s
        if what.presence != "work":
            for mark in self._marks:
                if self.now.boot_s < self._input_s + mark < next_s:
                    next_s = self._input_s + mark
        return next_s if self._due is None else min(next_s, self._due[0])

    def take(self, event: Event) -> Iterator[Effect]:
        """Let the engine take *event*, and every prompt be shown at once."""
        step = self.step(event)
        self.state, self._next_look_s, self._marks = step.state, step.next_look_s, step.idle_marks
        prompt: Episode | None = None
        for effect in step.effects:
            yield effect
            match effect:
                case Prompt(episode=prompt):
                    pass
                case Withdraw() | Log():
                    self._due = None
                case Hide(prompt=hidden):
                    self._hidden |= {hidden}
                    person = replace(self.rules.person, hidden=self.rules.person.hidden | {hidden})
                    self.rules = replace(self.rules, person=person)
        if prompt is not None:
            yield from self.show(prompt)

    def step(self, event: Event) -> Step:
        """Let the engine take *event*; who checks the engine looks in here."""
        return engine.step(self.state, event, self.rules)

    def show(self, prompt: Episode) -> Iterator[Effect]:
        """Tell the engine that *prompt* is on the screen; a worse desktop tells something else."""
        is_reminder = prompt.phase is Phase.SHOWN  # the answer to it is on its way, if any is
        if self._answer is not None and not (is_reminder and self._due):
            choice, delay_s = self._answer
            self._due = self.now.boot_s + delay_s, Answered(self.now, choice, prompt.id)
        yield from self.take(Shown(self.now, prompt.id, prompt.showing))


def _session(what: Stretch) -> str:
    return what.presence if what.presence in ("locked", "asleep") else ""


def said(what: Statement, at: Moment, day_starts_s: int = 4 * 3600) -> Event:
    """Return the event that a statement stands for.

    Raises:
        Unreadable: It stands for none.
    """
    match what:
        case Statement("answer", argument):
            return Answered(at, timeline.choice(argument))
        case Statement("take", kind):
            return Asked(at, kind)
        case Statement("pause", argument):
            return Paused(at, until(argument, at, day_starts_s))
        case Statement("resume"):
            return Resumed(at)
        case _:
            return Read(at)


def until(text: str, at: Moment, day_starts_s: int = 4 * 3600) -> Until:
    """Return when a pause of ``30m``, ``until 14:00``, ``tomorrow`` or nothing at all ends.

    Raises:
        Unreadable: *text* is none of these.
    """
    if not text:
        return Until()
    if text == "tomorrow":
        return Until(local=local_time(day_start_after(at, day_starts_s)))
    if text.startswith("until "):
        now = local_time(at)
        midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
        local = midnight + timedelta(seconds=timeline.clock_s(text.removeprefix("until ")))
        return Until(local=local if local > now else local + timedelta(days=1))
    return Until(boot_s=at.boot_s + timeline.duration_s(text))
