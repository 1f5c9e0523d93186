"""What the driver tells an oracle; `tests.simulator.oracle` has the one that judges."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskbreak.core.model import (
        Answered,
        Asked,
        Effect,
        Hold,
        Moment,
        Paused,
        Read,
        Resumed,
        Rules,
        Span,
    )


class Violation(Protocol):
    """A rule that was broken."""

    @property
    def rule(self) -> str: ...
    @property
    def at(self) -> Moment: ...
    @property
    def told(self) -> str: ...


class Watch(Protocol):
    """Knows what is true, sees what the engine does, and compares."""

    slack_s: float  # how late an effect may be: a step may come late itself

    @property
    def violations(self) -> Sequence[Violation]:
        """What was found so far."""

    def goes_on(
        self, at: Moment, presence: str, holds: frozenset[Hold], *, off_known: bool = True
    ) -> None:
        """From *at* on the person is there or not: work, idle, locked, asleep, off."""

    def told(self, event: Answered | Asked | Paused | Resumed | Read) -> None:
        """The person says something, which the engine takes next."""

    def ruled(self, at: Moment, rules: Rules) -> None:
        """Other settings are in force."""

    def clock(self, at: Moment) -> None:
        """The wall clock or its zone was moved."""

    def delivered(self, at: Moment, episode: int, showing: int, ok: bool) -> None:
        """A report on a showing comes, which the engine takes next."""

    def step(self, now: Moment, effects: Sequence[Effect]) -> None:
        """The engine took one event, and asked for *effects*."""

    def close(self, now: Moment, open_spans: Sequence[Span]) -> None:
        """The life is over."""


class Broken(Exception):  # noqa: N818 - it reads as a statement
    """Something that must always hold did not; ``rule`` names it."""

    def __init__(self, rule: str, at: Moment, told: str) -> None:
        """Keep what was wrong, and when."""
        super().__init__(f"{rule}: {told}")
        self.rule = rule
        self.at = at
        self.told = told


@dataclass
class Blind:
    """A watch that sees nothing: for runs that compare two plays."""

    slack_s: float = 0.0
    violations: Sequence[Violation] = ()

    def goes_on(
        self, at: Moment, presence: str, holds: frozenset[Hold], *, off_known: bool = True
    ) -> None:
        pass

    def told(self, event: Answered | Asked | Paused | Resumed | Read) -> None:
        pass

    def ruled(self, at: Moment, rules: Rules) -> None:
        pass

    def clock(self, at: Moment) -> None:
        pass

    def delivered(self, at: Moment, episode: int, showing: int, ok: bool) -> None:
        pass

    def step(self, now: Moment, effects: Sequence[Effect]) -> None:
        pass

    def close(self, now: Moment, open_spans: Sequence[Span]) -> None:
        pass
