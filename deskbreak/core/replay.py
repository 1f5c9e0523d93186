"""Play statements through the engine, as the agent's loop would on a perfect desktop."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING

from deskbreak.core import engine, timeline, words
from deskbreak.core.model import (
    Answered,
    Asked,
    Facts,
    Hide,
    Moment,
    Observed,
    Paused,
    Prompt,
    Read,
    Resumed,
    Shown,
    Started,
    Stopped,
    Until,
)
from deskbreak.core.schedule import day_start_after, local_time
from deskbreak.core.timeline import Statement, Stretch, Zone
from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from deskbreak.core.model import Effect, Event, Rules, State, Step


class Player:
    """A person at a desk, and the engine that watches them."""

    def __init__(self, start: Moment, rules: Rules) -> None:
        """Be about to begin at *start*."""
        self.now = start
        self.rules = rules
        self.state: State = engine.begin(start, rules)
        self._next_look_s: float | None = None
        self._marks: frozenset[float] = frozenset()
        self._input_s = start.boot_s
        self._running = False
        self._alive_s: float | None = None

    def play(self, statements: Iterable[Stretch | Statement | Zone]) -> Iterator[Effect]:
        """Yield what the engine asks for, in order of time."""
        for what in statements:
            match what:
                case Stretch():
                    yield from self._stretch(what)
                case Zone(zone=zone):
                    self.now = replace(self.now, zone=zone)
                case Statement(verb="clock", argument=argument):
                    sign = -1 if argument.startswith("-") else 1
                    shift = sign * timeline.duration_s(argument.lstrip("+-"))
                    self.now = replace(self.now, unix_s=self.now.unix_s + shift)
                case Statement():
                    yield from self.take(said(what, self.now))

    def _stretch(self, what: Stretch) -> Iterator[Effect]:
        end_s = self.now.boot_s + what.seconds
        if what.presence == "off":
            if self._running:
                yield from self.take(Stopped(self.now))
                self._running, self._next_look_s = False, None
            self.now = self.now.on(end_s)
            return
        if not self._running:
            self._running = True
            yield from self.take(Started(self.now, self._facts(what)))
        else:
            yield from self.take(Observed(self.now, self._facts(what)))
        while (look_s := self._next_s(what)) <= end_s:
            self.now = self.now.on(look_s)
            yield from self.take(Observed(self.now, self._facts(what)))
        self.now = self.now.on(end_s)
        self._facts(what)

    def _facts(self, what: Stretch) -> Facts:
        if what.presence == "work":
            self._input_s = self.now.boot_s
        idle_s = self.now.boot_s - self._input_s
        return Facts(idle_s, what.presence == "locked", what.presence == "asleep", what.holds)

    def _next_s(self, what: Stretch) -> float:
        """Return when the engine is to be told something: its look, or an idle mark."""
        times = [math.inf if self._next_look_s is None else self._next_look_s]
        if what.presence != "work":
            times += (self._input_s + mark for mark in self._marks)
        return min((x for x in times if x > self.now.boot_s), default=math.inf)

    def take(self, event: Event) -> Iterator[Effect]:
        """Let the engine take *event*, and every prompt be shown at once."""
        step: Step = engine.step(self.state, event, self.rules)
        self.state, self._next_look_s, self._marks = step.state, step.next_look_s, step.idle_marks
        if event.at.boot_s > self.now.boot_s:
            self.now = event.at
        for effect in step.effects:
            yield effect
            if isinstance(effect, Hide):
                person = self.rules.person
                person = replace(person, hidden=person.hidden | {effect.prompt})
                self.rules = replace(self.rules, person=person)
        for effect in step.effects:
            if isinstance(effect, Prompt):
                shown = Shown(self.now, effect.episode.id, effect.episode.showing)
                yield from self.take(shown)


def said(what: Statement, at: Moment) -> Event:
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
            return Paused(at, until(argument, at))
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
        clock = _clock(text.removeprefix("until "))
        today = local_time(at)
        local = datetime.combine(today.date(), clock)
        return Until(local=local if local > today else local + timedelta(days=1))
    return Until(boot_s=at.boot_s + timeline.duration_s(text))


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text.strip()).replace(tzinfo=None)
    except ValueError:
        sentence = N_('"{text}" is not a time of day; write it as 14:00')
        raise timeline.Unreadable(words.said(sentence, text=text)) from None
