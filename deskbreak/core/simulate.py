"""A timeline played from an empty history: what happens, and what its days add up to."""

from __future__ import annotations

from collections import deque
from dataclasses import field, replace
from operator import itemgetter
from typing import TYPE_CHECKING, Any, Final, assert_never

from deskbreak.core import managed, stats
from deskbreak.core.model import Episode, Log, Mark, Presence, Prompt, Record, Span, Undo, Withdraw
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.replay import Player
from deskbreak.core.rules import rules
from deskbreak.core.schedule import TICK_S, day_of
from deskbreak.core.settings import Layer, Origin
from deskbreak.core.stats import Day
from deskbreak.core.turn import open_spans

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import date

    from deskbreak.core.content import Index
    from deskbreak.core.managed import Document
    from deskbreak.core.model import Choice, Effect, Moment, Rules
    from deskbreak.core.timeline import Set, Timeline

_DIGITS: Final = 3  # of a time in seconds: what lies below is noise of sums

Happening = Prompt | Withdraw | Mark | Log | Day


@quick_dataclass(frozen=True, slots=True)
class Given:
    """The settings to play with: a layer below what the timeline sets, and a policy over all."""

    below: tuple[Layer, ...] = ()
    policy: tuple[Document, ...] = ()
    index: Index = ()

    def rules(self, values: Mapping[str, object]) -> Rules:
        """Return the rules in force where a timeline has set *values*; problems are for `check`.

        The guide lasts as long as the kind says, because nobody follows its steps here.
        """
        told = Layer(Origin.USER, "timeline", values)
        made = rules(managed.under(self.policy, [*self.below, told]), self.index)
        return replace(made, guide_follows_steps=False)


def happenings(
    timeline: Timeline, given: Given, answer: tuple[Choice, float] | None = None
) -> list[Happening]:
    """Play *timeline*; return what a person would see, in order of time, each day at its end.

    With *answer* every prompt is answered so many seconds after it came to the screen.
    """
    values: dict[str, object] = {}

    def change(what: Set) -> Rules:
        values[what.key] = what.value
        return given.rules(values)

    player = Player(timeline.start, given.rules(values), answer, change)
    story = _Story(player)
    for line in timeline.lines:
        story.take(player.play([line]))
    story.take(player.finish())
    return story.told()


@quick_dataclass(slots=True)
class _DayRows:
    """The rows of one day."""

    end_s: float = 0.0  # the last instant that is known of it
    spans: list[Span] = field(default_factory=list)
    episodes: list[Episode] = field(default_factory=list)


class _Story:
    """What was seen, and the rows that were written, as a play goes on."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._seen: list[tuple[float, date, Happening]] = []
        self._days: dict[date, _DayRows] = {}
        self._kinds_on: dict[date, tuple[str, ...]] = {}

    def take(self, effects: Iterable[Effect]) -> None:
        """Keep what came of one statement."""
        self._note_kinds()  # rows of today may come when the settings of tomorrow are in force
        for effect in effects:
            match effect:
                case Prompt(at=at) | Withdraw(at=at) | Mark(at=at):
                    self._see(at, effect)
                case Log(episode=episode):
                    assert episode.ended is not None
                    self._see(episode.ended, effect).episodes.append(episode)
                case Record(span=span):
                    self._record(span)
                case Undo():
                    self._undo(effect)

    def _on(self) -> tuple[str, ...]:
        return tuple(kind.name for _, kind in self._player.rules.on)

    def _note_kinds(self) -> None:
        today = day_of(self._player.now, self._player.rules.day_starts_s)
        self._kinds_on[today] = self._on()

    def _see(self, at: Moment, what: Happening) -> _DayRows:
        on = day_of(at, self._player.rules.day_starts_s)
        self._seen.append((at.boot_s, on, what))
        return self._day(on, at.boot_s)

    def _day(self, on: date, until_s: float) -> _DayRows:
        rows = self._days.setdefault(on, _DayRows())
        self._kinds_on.setdefault(on, self._on())
        rows.end_s = max(rows.end_s, until_s)
        return rows

    def _record(self, span: Span) -> None:
        on = day_of(span.start, self._player.rules.day_starts_s)
        self._day(on, span.end.boot_s).spans.append(span)

    def _undo(self, undo: Undo) -> None:
        """The last absence was none: its away time was desk time, and its rows do not count."""
        for rows in self._days.values():
            rows.spans = [_undone(span, undo) for span in rows.spans]
            rows.episodes = [e for e in rows.episodes if e.id not in undo.episodes]

    def told(self) -> list[Happening]:
        """Return it all in order of time, with what the open span would be."""
        self._note_kinds()
        for span in open_spans(self._player.state, self._player.now):
            self._record(span)
        told: list[Happening] = []
        seen = deque(sorted(self._seen, key=itemgetter(0)))
        for on, rows in sorted(self._days.items(), key=lambda item: (item[1].end_s, item[0])):
            # At the very end of a day the next may have begun.
            while seen and (seen[0][0] < rows.end_s - TICK_S or seen[0][1] == on):
                told.append(seen.popleft()[2])
            told.append(stats.day(on, rows.spans, rows.episodes, self._kinds_on[on]))
        return told


def _undone(span: Span, undo: Undo) -> Span:
    last = span.start if span.presence is Presence.DESK else span.end
    if span.start.boot_s < undo.start.boot_s - TICK_S or last.boot_s > undo.end.boot_s + TICK_S:
        return span
    away = span.presence is Presence.AWAY
    return replace(span, presence=Presence.DESK if away else span.presence, change=False)


# ── for programs ───────────────────────────────────────────────────────────────────────────


def facts(told: Sequence[Happening]) -> Iterator[dict[str, Any]]:
    """Yield the objects that `simulate --json` prints, in order."""
    for what in told:
        match what:
            case Prompt(at=at, episode=episode):
                yield {
                    **_event(at, "prompt", episode.kind),
                    "folded": list(episode.folded),
                    "reminder": int(what.is_reminder),
                    "prompt": episode.prompt,
                    "episode": episode.id,
                }
            case Withdraw(at=at, episode=episode, reason=reason):
                event = _event(at, "withdraw", episode.kind)
                yield {**event, "reason": reason.value, "episode": episode.id}
            case Mark(at=at, kind=kind, reason=reason, episode=number):
                yield {**_event(at, "mark", kind), "reason": reason.value, "episode": number}
            case Log(episode=episode):
                yield _end(episode)
            case Day():
                yield {"event": "day", **stats.day_json(what)}
            case _:
                assert_never(what)


def _end(episode: Episode) -> dict[str, Any]:
    assert episode.ended is not None
    assert episode.outcome is not None
    return {
        **_event(episode.ended, "end", episode.kind),
        "outcome": episode.outcome.value,
        "by": None if episode.by is None else episode.by.value,
        "episode": episode.id,
    }


def _event(at: Moment, event: str, kind: str) -> dict[str, Any]:
    wall = at.wall.isoformat(timespec="seconds")
    return {"at": wall, "t": round(at.boot_s, _DIGITS), "event": event, "kind": kind}
