"""Other settings, tried on days that were: both are played, and the figures stand side by side."""

from __future__ import annotations

import enum
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from deskbreak.core import outlook, stats
from deskbreak.core.model import (
    PERSON_IS_HERE,
    Choice,
    Hold,
    Log,
    Outcome,
    Phase,
    Prompt,
    Record,
)
from deskbreak.core.replay import Player
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.timeline import Stretch
from deskbreak.core.turn import open_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from deskbreak.core.model import Effect, Episode, Moment, Rules, Span
    from deskbreak.core.settings import Resolved
    from deskbreak.core.stats import Day
    from deskbreak.core.timeline import Line, Timeline

ANSWER_AFTER_S: Final = 20.0
"""How long after its showing a prompt is answered. Our opinion: read it, get up, click."""
_ENOUGH: Final = 5  # our opinion: fewer say little of how prompts are answered
_SILENT_ANYWAY: Final = frozenset({Hold.PAUSED, Hold.HOURS})


def tried(resolved: Resolved, values: Mapping[str, object]) -> Resolved:
    """Return the settings as they would be with *values*, whoever has set them."""
    given = (x for x in resolved.layers if x.origin not in (Origin.DEFAULT, Origin.PLAN))
    return resolve([*given, Layer(Origin.USER, "tune", values)])


# ── how prompts are answered ───────────────────────────────────────────────────────────────


class Source(enum.StrEnum):
    """Whose answers a kind is given."""

    KIND = "kind"  # its own
    ALL = "all"  # those of all kinds together
    ASSUMED = "assumed"  # nobody's


@dataclass(frozen=True, slots=True)
class Share:
    """How many prompts were taken, skipped, and left without answer."""

    taken: int
    skipped: int
    missed: int
    source: Source

    @property
    def decided(self) -> int:
        """How many there were."""
        return self.taken + self.skipped + self.missed


ASSUMED: Final = Share(5, 2, 3, Source.ASSUMED)
"""Source: E-07, E-09: half of what is prompted is taken, or less. The rest is our opinion."""


def shares(episodes: Iterable[Episode], kinds: Iterable[str]) -> dict[str, Share]:
    """Return for each of *kinds* how its prompts are to be answered: as they were.

    What the person asked for is left out. Where a kind has fewer than five answers, those of all
    kinds count, and where these are fewer than five, what is assumed.
    """
    decided = [e for e in episodes if not e.asked]
    everything = _share(decided, Source.ALL)
    if everything.decided < _ENOUGH:
        everything = ASSUMED
    found = {}
    for kind in kinds:
        own = _share((e for e in decided if e.kind == kind), Source.KIND)
        found[kind] = own if own.decided >= _ENOUGH else everything
    return found


def _share(episodes: Iterable[Episode], source: Source) -> Share:
    ends = Counter(e.outcome for e in episodes)
    return Share(ends[Outcome.TAKEN], ends[Outcome.SKIPPED], ends[Outcome.MISSED], source)


class _Person:
    """Who answers prompts in the given shares, spread evenly, and always in the same order."""

    def __init__(self, by_kind: Mapping[str, Share]) -> None:
        self._shares = by_kind
        self._owed = {kind: [0, 0, 0] for kind in by_kind}  # of each answer, in parts of a prompt
        self._answer: tuple[Choice, float] | None = None

    def answer(self, e: Episode) -> tuple[Choice, float] | None:
        """Return the answer to *e*, which stays the same when it is shown again."""
        if e.shown is None:
            self._answer = self._next(e.kind)
        return self._answer

    def _next(self, kind: str) -> tuple[Choice, float] | None:
        share, owed = self._shares[kind], self._owed[kind]
        for n, count in enumerate((share.taken, share.skipped, share.missed)):
            owed[n] += count
        most = owed.index(max(owed))
        owed[most] -= share.decided
        choice = (Choice.DONE, Choice.SKIP, None)[most]
        return None if choice is None else (choice, ANSWER_AFTER_S)


# ── what comes of it ───────────────────────────────────────────────────────────────────────


@dataclass(frozen=True, slots=True)
class Side:
    """What came of the days with some settings."""

    days: tuple[Day, ...]  # those with desk time
    prompts: Mapping[str, int]  # first showings of each kind that is on
    shown: int  # every showing: reminders, and what came back, too
    in_calls: int  # prompts that had to wait for the end of a call, or came in it
    spans: tuple[Span, ...] = ()
    prompted: tuple[tuple[Moment, str], ...] = ()  # when each first showing was, and its kind

    @property
    def a_day(self) -> float:
        """Prompts in a day, of all kinds."""
        return self.per_day(sum(self.prompts.values()))

    @property
    def natural(self) -> int:
        """Natural breaks of all kinds."""
        return sum(kind.natural for day in self.days for kind in day.kinds.values())

    @property
    def desk_s(self) -> float:
        """Desk time of all days."""
        return sum(day.desk_seconds for day in self.days)

    @property
    def an_hour(self) -> float:
        """Interruptions in an hour at the desk: each showing is one."""
        return self.shown * 3600 / self.desk_s if self.days else 0.0

    @property
    def longest_s(self) -> float:
        """The longest time in one position."""
        return max((day.longest_held_seconds for day in self.days), default=0.0)

    @property
    def usual_longest_s(self) -> float:
        """The longest time in one position on a usual day: half of the days have a shorter one."""
        longest_s = sorted(day.longest_held_seconds for day in self.days)
        return longest_s[len(longest_s) // 2] if longest_s else 0.0

    def per_day(self, count: float) -> float:
        """Return how many of *count* a day with desk time has."""
        return count / len(self.days) if self.days else 0.0


@dataclass(frozen=True, slots=True)
class Comparison:
    """The same days twice."""

    now: Side
    tried: Side
    shares: Mapping[str, Share]


def compare(
    weeks: Sequence[Timeline], now: Rules, other: Rules, by_kind: Mapping[str, Share]
) -> Comparison:
    """Play *weeks* with the rules in force and with *other* ones.

    They set nothing themselves, and no two have a day in common. *by_kind* has every kind of these
    rules. About 10 ms a day at the desk.
    """
    return Comparison(play(weeks, now, by_kind), play(weeks, other, by_kind), by_kind)


def play(weeks: Sequence[Timeline], rules: Rules, by_kind: Mapping[str, Share]) -> Side:
    """Play *weeks* once, as `compare` does twice."""
    tally, person = _Tally(), _Person(by_kind)
    for week in weeks:
        tally.play(week, rules, person)
    days = stats.days_of(tally.spans, tally.episodes, rules.day_starts_s)
    return Side(
        days=tuple(day for day in days if day.desk_seconds),
        prompts={kind.name: tally.prompts[kind.name] for kind in rules.kinds if kind.enabled},
        shown=tally.shown,
        in_calls=tally.in_calls,
        spans=tuple(tally.spans),
        prompted=tuple(tally.prompted),
    )


@dataclass(slots=True)
class _Tally:
    """Counts what happens in a play."""

    spans: list[Span] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    prompts: Counter[str] = field(default_factory=Counter)
    prompted: list[tuple[Moment, str]] = field(default_factory=list)
    shown: int = 0
    in_calls: int = 0
    call: bool = False  # one goes on

    def play(self, week: Timeline, rules: Rules, person: _Person) -> None:
        """Play *week*, and let *person* answer."""
        player = Player(week.start, rules)
        for line in week.lines:
            self._perhaps_end_call(player, line)
            for effect in player.play([line]):
                self._count(effect)
                if isinstance(effect, Prompt):
                    player.answer_with(person.answer(effect.episode))
        self._perhaps_end_call(player, Stretch(1.0, "off"))
        for effect in player.look():
            self._count(effect)
        self.spans += open_spans(player.state, player.now)

    def _perhaps_end_call(self, player: Player, line: Line) -> None:
        """Look at what waits where *line* is the first one after a call."""
        if not isinstance(line, Stretch):
            return
        call = not PERSON_IS_HERE.isdisjoint(line.holds)
        self.in_calls += self.call and not call and _waits(player)
        self.call = call

    def _count(self, effect: Effect) -> None:
        match effect:
            case Record(span=span):
                self.spans.append(span)
            case Log(episode=episode):
                self.episodes.append(episode)
            case Prompt(at=at, episode=episode):
                self.shown += 1
                if episode.shown is None:
                    self.prompted.append((at, episode.kind))
                    self.prompts[episode.kind] += 1
                    self.in_calls += self.call
            case _:
                pass


def _waits(player: Player) -> bool:
    """Whether a prompt would come if there were no call."""
    state, now, e = player.state, player.now, player.state.episode
    if PERSON_IS_HERE.isdisjoint(state.holds) or not _SILENT_ANYWAY.isdisjoint(state.holds):
        return False
    if e is not None:
        return e.phase in (Phase.WAITING, Phase.POSTPONED) and e.back_at_s <= now.boot_s
    standing = outlook.kinds(state, player.rules, now)
    return any(kind.due_s <= now.boot_s and not kind.capped for kind in standing)
