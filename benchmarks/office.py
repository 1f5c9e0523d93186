"""A made-up person for benchmarks: their working days, and what they answer.

A user-year is 230 working days of 8 h with 40 absences each. What fills the days, and the
mixture of answers, are our opinion of an ordinary office, not a measurement.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final

from deskbreak.core import pack, timeline
from deskbreak.core.model import Choice, Hold, Prompt
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.settings import resolve
from deskbreak.core.timeline import Stretch
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Effect, Event

DAYS_A_YEAR: Final = 230
_DAYS_A_WEEK: Final = 5
_DAY_S: Final = 86_400.0
_WORK_S: Final = 8 * 3600.0
_START: Final = b"timeline 1\nstart 2026-03-02T09:00:00 Europe/Berlin\n"  # a Monday
_LUNCH_S: Final = (30 * 60, 60 * 60)
# How many a day, what it is, and how long it may be (seconds); with lunch they are 40.
_ABSENCES: Final = (
    (27, "idle", frozenset[Hold](), (10, 240)),
    (5, "idle", frozenset[Hold](), (300, 900)),
    (5, "locked", frozenset[Hold](), (60, 600)),
    (2, "idle", frozenset({Hold.CALL}), (300, 1800)),
)
# Out of a hundred prompts; None is no answer, so that the prompt is rested or missed.
_ANSWERS: Final = {Choice.DONE: 45, Choice.POSTPONE: 15, Choice.SKIP: 12, Choice.START: 8, None: 20}
_ANSWERED_AFTER_S: Final = (5, 90)


class Person(Player):
    """Somebody with default settings and the bundled pack who is about to begin work."""

    def __init__(self, seed: int) -> None:
        (name, text), *_ = files.pack_texts("en")
        index = pack.parse(text, name).index
        super().__init__(timeline.parse(_START).start, rules(resolve(()), index))
        self.steps = 0
        self._chance = random.Random(seed)  # noqa: S311 - the same days every time are the aim

    def take(self, event: Event) -> Iterator[Effect]:
        """Count a step."""
        self.steps += 1
        return super().take(event)

    def react(self, effect: Effect) -> None:
        """Make up one's mind about a prompt that comes by."""
        if isinstance(effect, Prompt):
            (choice,) = self._chance.choices(tuple(_ANSWERS), tuple(_ANSWERS.values()))
            after_s = float(self._chance.randint(*_ANSWERED_AFTER_S))
            self.answer_with(None if choice is None else (choice, after_s))

    def year(self) -> list[Stretch]:
        """Return the next working days, with the nights and weekends after them."""
        return [stretch for number in range(DAYS_A_YEAR) for stretch in self._day(number)]

    def _day(self, number: int) -> Iterator[Stretch]:
        """Yield 40 absences, the work before each and after the last, and the time until work."""
        draw = self._chance
        gone = [
            Stretch(float(draw.randint(*length_s)), presence, holds)
            for times, presence, holds, length_s in _ABSENCES
            for _ in range(times)
        ]
        draw.shuffle(gone)
        gone.insert(len(gone) // 2, Stretch(float(draw.randint(*_LUNCH_S)), "idle"))
        shares = [draw.random() for _ in range(len(gone) + 1)]
        share_s = (_WORK_S - sum(one.seconds for one in gone)) / sum(shares)
        for share, absence in zip(shares, gone, strict=False):
            yield Stretch(share * share_s, "work")
            yield absence
        yield Stretch(shares[-1] * share_s, "work")
        days = 3 if number % _DAYS_A_WEEK == _DAYS_A_WEEK - 1 else 1
        yield Stretch(days * _DAY_S - _WORK_S, draw.choice(("asleep", "off")))
