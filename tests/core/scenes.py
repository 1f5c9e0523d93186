"""A desk to look at: statements played through the engine, and the snapshot they lead to."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime
from gettext import NullTranslations, translation
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from deskbreak.core import replay, stats, timeline
from deskbreak.core.content import Entry, Safety, Step, Text
from deskbreak.core.model import Episode, Log, Moment, Record, Span
from deskbreak.core.pack import Pack
from deskbreak.core.rules import rules
from deskbreak.core.settings import Layer, Origin, resolve
from deskbreak.core.turn import open_spans
from deskbreak.core.views import Snapshot
from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.settings import Resolved
    from deskbreak.core.words import Words

ENGLISH = NullTranslations()
MONDAY = datetime(2026, 3, 2, 9, tzinfo=ZoneInfo("Europe/Berlin"))
BOOT_S = 5000.0


def german() -> Words:
    """Return the German catalogue."""
    return translation("deskbreak", str(REPOSITORY / "config" / "locale"), ["de"])


def _entry(number: str, kind: str) -> Entry:
    positions, nothing = frozenset({"seated"}), frozenset[str]()
    return Entry(number, kind, ("whole",), positions, nothing, nothing, True, True, 40)


def _text(number: str, title: str, caution: str = "") -> Text:
    steps = (Step("warmup", 10, "Begin small"), Step("move", 30, "Go on, slowly"))
    return Text(number, title, f"{title}, for a moment.", caution, steps)


TEXTS = (
    ("stretch", _text("T-ST-1", "Wide arms", "Stop if it hurts.")),
    ("stretch", _text("T-ST-2", "Long back")),
    ("position", _text("T-PC-1", "Stand up")),
    ("posture", _text("T-PO-1", "Sit back")),
    ("habit", _text("T-HA-1", "Check the chair")),
)
PACK = Pack(
    "en",
    tuple(_entry(text.id, kind) for kind, text in TEXTS),
    {text.id: text for _, text in TEXTS},
    Safety(line="General tips, no advice."),
)


@dataclass(slots=True)
class Scene:
    """What was played so far; ``now`` is the end of it."""

    player: replay.Player
    resolved: Resolved
    pack: Pack
    rows: list[Episode | Span] = field(default_factory=list)

    @property
    def now(self) -> Moment:
        return self.player.now

    @property
    def episodes(self) -> list[Episode]:
        return [row for row in self.rows if isinstance(row, Episode)]

    def play(self, *lines: str) -> Scene:
        """Let *lines* of the timeline language happen."""
        for effect in self.player.play([timeline.statement(line) for line in lines]):
            if isinstance(effect, Log):
                self.rows.append(effect.episode)
            elif isinstance(effect, Record):
                self.rows.append(effect.span)
        return self

    def week(self) -> stats.Week:
        spans = [row for row in self.rows if isinstance(row, Span)]
        spans += open_spans(self.player.state, self.now)
        on = [kind.name for kind in self.player.rules.kinds if kind.enabled]
        days = stats.days_of(spans, self.episodes, self.player.rules.day_starts_s, on)
        return stats.week(days, self.player.state.today, on)

    def snap(self, **changes: object) -> Snapshot:
        """Return what the agent would publish now."""
        snap = Snapshot(
            self.player.state, self.player.rules, self.resolved, self.pack, self.week(), ()
        )
        return replace(snap, **changes)  # type: ignore[arg-type]  # any of its fields

    def later(self, seconds: float) -> Moment:
        return self.now.on(self.now.boot_s + seconds)


def scene(
    *lines: str,
    user: Mapping[str, object] | None = None,
    policy: Mapping[str, object] | None = None,
    pack: Pack = PACK,
    start: datetime = MONDAY,
) -> Scene:
    """Play *lines* from *start* on, with these settings over the defaults."""
    layers = [
        Layer(Origin.USER, "settings.toml", user or {}),
        Layer(Origin.POLICY, "policy.json", policy or {}),
    ]
    resolved = resolve(layers)
    assert () == resolved.problems
    begin = Moment(BOOT_S, start.timestamp(), start.tzinfo or ZoneInfo("UTC"))
    player = replay.Player(begin, rules(resolved, pack.index))
    return Scene(player, resolved, pack).play(*lines)
