"""Day tables: left what happens, in the timeline language; right what deskbreak asks for."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from difflib import ndiff
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.core import timeline
from deskbreak.core.content import Entry
from deskbreak.core.model import (
    Episode,
    Guide,
    Hide,
    Log,
    Mark,
    Prompt,
    Record,
    Rules,
    Span,
    State,
    Undo,
    Withdraw,
)
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.turn import open_spans

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.content import Index
    from deskbreak.core.model import Choice, Effect
    from deskbreak.core.timeline import Set

Row = str | tuple[str, str]
START: Final = "2026-03-02T09:00:00 Europe/Berlin"  # a Monday
AT_ONCE: Final = "set prompts.wait_for_lull_limit_seconds = 0"
NO_GAP: Final = "set prompts.min_gap_minutes = 0"
QUIET_NEVER: Final = "set prompts.quiet_after_absence_minutes = 0"


def alone(*kinds: str) -> tuple[str, ...]:
    """Return the statements that switch on these kinds and no other."""
    names = [kind.name for kind in rules(resolve(()), ()).kinds]
    return tuple(f"set {name}.enabled = {str(name in kinds).lower()}" for name in names)


def index(*ids: str) -> Index:
    """Return a pack of prompts, each of the kind that its id names before the dash."""
    some = frozenset({"seated"})
    none = frozenset[str]()
    return tuple(
        Entry(
            id=name,
            kind=name.partition("-")[0],
            areas=("neck",),
            positions=some,
            needs=none,
            avoid_if=none,
            discreet=True,
            wheelchair=True,
            total_s=40,
            cycle=name.rpartition("@")[2] if "@" in name else "",
        )
        for name in ids
    )


@dataclass
class Played:
    """What came of a day: its rows, and how it stands at the end."""

    state: State
    rules: Rules
    spans: list[Span] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)
    undone: list[Undo] = field(default_factory=list)

    @property
    def presences(self) -> list[str]:
        """Every span as "10:00 desk", neighbours that differ only by the day's end as two."""
        return [f"{clock(span.seconds)} {span.presence}" for span in self.spans]

    def of(self, kind: str) -> list[str]:
        """Return how the episodes of *kind* ended."""
        return [str(e.outcome) for e in self.episodes if e.kind == kind]


def day(
    *rows: Row,
    start: str = START,
    pack: Index = (),
    answer: tuple[Choice, float] | None = None,
) -> Played:
    """Play *rows*; fail where the engine asks for anything else than they say, or for less.

    A row is a statement, and what is asked for until the next one: "MM:SS prompt KIND [+folded]
    [reminder]", "withdraw KIND REASON", "mark KIND REASON", "end KIND OUTCOME [BY]", "guide KIND",
    "hide ID", "undo COUNT", separated by "; ". A row without that asks for nothing.
    """
    table = [row if isinstance(row, tuple) else (row, "") for row in rows]
    play = Play(start, pack, answer)
    got = [(said, "; ".join(play.say(said))) for said, _ in table]
    wanted = [(said, _even(asked)) for said, asked in table]

    if wanted != got:
        told = ndiff(_lines(wanted), _lines(got))
        pytest.fail("wanted (-) and got (+):\n" + "\n".join(told), pytrace=False)
    return play.end()


def _even(asked: str) -> str:
    """Return *asked* with its times as they are printed."""
    parts = [part.strip().partition(" ") for part in asked.split(";") if part.strip()]
    return "; ".join(f"{clock(_seconds(when))} {rest}" for when, _, rest in parts)


def _lines(table: list[tuple[str, str]]) -> list[str]:
    width = max(len(said) for said, _ in table)
    return [f"{said:{width}} | {asked}".rstrip() for said, asked in table]


def _seconds(when: str) -> float:
    seconds = 0
    for part in when.split(":"):
        seconds = seconds * 60 + int(part)
    return seconds


def clock(seconds: float) -> str:
    """Return a time since the start as minutes and seconds."""
    minutes, left = divmod(round(seconds), 60)
    return f"{minutes:02}:{left:02}"


class Play:
    """A day that is told statement by statement."""

    def __init__(
        self,
        start: str = START,
        pack: Index = (),
        answer: tuple[Choice, float] | None = None,
    ) -> None:
        """Begin with the default settings."""
        self.values: dict[str, object] = {}
        self.pack = pack
        begin = timeline.parse(f"timeline 1\nstart {start}\n".encode()).start
        self.player = Player(begin, self.rules(), answer, self._changed)
        self.played = Played(self.player.state, self.player.rules)

    def rules(self) -> Rules:
        """Return the settings so far, as the engine wants them."""
        resolved = resolve([Layer(Origin.USER, "day table", self.values)])
        assert not resolved.problems
        return replace(rules(resolved, self.pack), guide_follows_steps=False)

    def _changed(self, what: Set) -> Rules:
        self.values[what.key] = what.value
        return self.rules()

    def say(self, said: str) -> Iterator[str]:
        """Let *said* happen; yield what is asked for."""
        for effect in self.player.play([timeline.statement(said)]):
            self.note(effect)
            told = tell(effect, self.player)
            if told:
                yield told

    def note(self, effect: Effect) -> None:
        """Keep the rows."""
        match effect:
            case Record(span=span):
                self.played.spans.append(span)
            case Log(episode=episode):
                self.played.episodes.append(episode)
            case Undo():
                self.played.undone.append(effect)

    def end(self) -> Played:
        """Return the rows, with what the open span would be."""
        self.played.state, self.played.rules = self.player.state, self.player.rules
        for effect in self.player.finish():
            self.note(effect)
        self.played.spans += open_spans(self.player.state, self.player.now)
        return self.played


def tell(effect: Effect, player: Player) -> str:
    """Return *effect* as a day table writes it; nothing for what is only kept."""
    match effect:
        case Prompt(at=at, episode=e):
            folded = "".join(f" +{name}" for name in e.folded)
            said = f"prompt {e.kind}{folded}{' reminder' if effect.is_reminder else ''}"
        case Withdraw(at=at, episode=e, reason=reason):
            said = f"withdraw {e.kind} {reason}"
        case Mark(at=at, kind=kind, reason=reason):
            said = f"mark {kind} {reason}"
        case Guide(at=at, episode=e):
            said = f"guide {e.kind}"
        case Log(episode=e):
            assert e.ended is not None
            at, said = e.ended, f"end {e.kind} {e.outcome}{f' {e.by}' if e.by else ''}"
        case Hide(prompt=prompt):
            at, said = player.now, f"hide {prompt}"
        case Undo(episodes=episodes):
            at, said = player.now, f"undo {len(episodes)}"
        case Record():
            return ""
    return f"{clock(at.boot_s)} {said}"
