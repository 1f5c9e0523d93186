"""A perfect desktop for the engine as a black box: lines of the timeline language, and the oracle."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from deskbreak.core import engine, timeline
from deskbreak.core.model import (
    Answered,
    Asked,
    Choice,
    Facts,
    Hold,
    Moment,
    Observed,
    Paused,
    Prompt,
    Read,
    Resumed,
    Shown,
    Started,
    Stopped,
    Undelivered,
    Until,
)
from deskbreak.core.turn import open_spans
from tests.simulator.oracle import Oracle
from tests.simulator.oracle_story import MONDAY, ZONE, rules

if TYPE_CHECKING:
    import random
    from collections.abc import Iterator, Mapping

    from deskbreak.core.model import Event

_HOLDS: Final = ("call", "dnd", "fullscreen", "share", "presentation")
_ZONES: Final = ("America/New_York", "Asia/Kolkata", "Europe/Berlin")
_HAIR_S: Final = 1e-6


class Desk:
    """Plays lines as they come; the oracle is told the truth and each step."""

    def __init__(
        self,
        chance: random.Random,
        settings: Mapping[str, object],
        planted: Mapping[str, object] | None = None,
    ) -> None:
        """Sit down on a Monday at nine; *chance* says which prompts no channel can show.

        *planted* are settings of which only the engine knows: defects that are to be found.
        """
        self._chance = chance
        self._fails = chance.choice((0.0, 0.0, 0.3))
        self._boot_s = self._input_s = self._off_s = 0.0
        self._unix_minus_boot_s = MONDAY.timestamp()
        self._zone = ZONE
        self._presence = ""
        self._holds = frozenset[Hold]()
        self._settings, self._planted = settings, planted or {}
        self._rules = rules(**settings, **self._planted)
        self._state = engine.begin(self._now, self._rules)
        self._look_s: float | None = None
        self._marks = frozenset[float]()
        self.oracle = Oracle(self._now, rules(**settings))

    @property
    def _now(self) -> Moment:
        return Moment(self._boot_s, self._boot_s + self._unix_minus_boot_s, self._zone)

    @property
    def _facts(self) -> Facts:
        idle_s = self._boot_s - self._input_s
        asleep = self._presence == "asleep"
        return Facts(idle_s, self._presence == "locked", asleep, self._holds)

    def line(self, text: str) -> None:
        """Let one line happen."""
        word, *rest = text.split()
        if word[0].isdigit():
            holds = frozenset(Hold(name) for name in rest[1:])
            self._stretch(timeline.duration_s(word), rest[0], holds)
        elif self._presence in {"work", "idle"}:
            self._look()
            getattr(self, f"_{word}")(*rest)

    def close(self) -> None:
        """Let the oracle count all time."""
        self.oracle.close(self._now, open_spans(self._state, self._now))

    # ── what goes on ────────────────────────────────────────────────────────────────────────

    def _stretch(self, for_s: float, presence: str, holds: frozenset[Hold]) -> None:
        if self._presence == presence == "off":
            self._boot_s += for_s
            return
        self._begin(presence, holds)
        end_s = self._boot_s + for_s
        while presence not in {"off", "asleep"}:
            next_s = self._next_s()
            if next_s > end_s:
                break
            self._boot_s = next_s
            self._look()
        self._boot_s = end_s
        if presence == "work":
            self._input_s = end_s

    def _begin(self, presence: str, holds: frozenset[Hold]) -> None:
        was = self._presence
        if was in {"work", "idle", "locked"}:
            self._look()
        self._presence, self._holds = presence, holds
        if presence == "work" or not was:
            self._input_s = self._boot_s
        self.oracle.goes_on(self._now, presence, holds)
        if presence == "off":
            self._off_s = self._boot_s
            self._take(Stopped(self._now))
        elif was in {"", "off"}:
            self._take(Started(self._now, self._facts, self._off_s if was else None))
        else:
            self._take(Observed(self._now, self._facts))

    def _next_s(self) -> float:
        """Return when the engine wants to hear of us."""
        instants = [float("inf") if self._look_s is None else max(self._look_s, self._boot_s)]
        if self._presence != "work":
            idle = (self._input_s + mark_s for mark_s in self._marks)
            instants += [mark_s for mark_s in idle if mark_s > self._boot_s + _HAIR_S]
        return min(instants)

    def _look(self) -> None:
        if self._presence == "work":
            self._input_s = self._boot_s
        self._take(Observed(self._now, self._facts))

    def _take(self, event: Event) -> None:
        done = engine.step(self._state, event, self._rules)
        self._state, self._look_s, self._marks = done.state, done.next_look_s, done.idle_marks
        self.oracle.step(event.at, done.effects)
        for effect in done.effects:
            if isinstance(effect, Prompt):
                self._show(effect)

    def _show(self, prompt: Prompt) -> None:
        row, ok = prompt.episode, self._chance.random() >= self._fails
        self.oracle.delivered(self._now, row.id, row.showing, ok)
        self._take((Shown if ok else Undelivered)(self._now, row.id, row.showing))

    # ── statements ──────────────────────────────────────────────────────────────────────────

    def _say(self, event: Answered | Asked | Read | Paused | Resumed) -> None:
        self.oracle.told(event)
        self._take(event)

    def _answer(self, choice: str) -> None:
        self._say(Answered(self._now, Choice(choice)))

    def _take_break(self, kind: str) -> None:
        self._say(Asked(self._now, kind))

    def _reading(self) -> None:
        self._say(Read(self._now))

    def _pause(self, how: str = "") -> None:
        until = Until(boot_s=self._boot_s + timeline.duration_s(how)) if how else Until()
        if how == "1h":  # here by the clock on the wall
            until = Until(local=self._now.wall.replace(tzinfo=None) + timedelta(hours=1))
        self._say(Paused(self._now, until))

    def _resume(self) -> None:
        self._say(Resumed(self._now))

    def _clock(self, by: str) -> None:
        self._unix_minus_boot_s += timeline.shift_s(by)
        self.oracle.clock(self._now)
        self._look()

    def _zone_(self, name: str) -> None:
        self._zone = ZoneInfo(name)
        self.oracle.clock(self._now)
        self._look()

    def _set(self, key: str, value: str) -> None:
        self._settings = {
            **self._settings,
            key: value == "on" if value in {"on", "off"} else float(value),
        }
        self._rules = rules(**{**self._settings, **self._planted})
        self.oracle.ruled(self._now, rules(**self._settings))
        self._look()


def lines(chance: random.Random, count: int) -> Iterator[str]:
    """Yield what happens to somebody who does everything but sit still."""
    yield f"{chance.randrange(1, 4000)}s work"
    for _ in range(count):
        yield chance.choices((_stretch, _statement), (7, 3))[0](chance)


def _stretch(chance: random.Random) -> str:
    what = chance.choices(("work", "idle", "locked", "asleep", "off"), (8, 5, 2, 1, 1))[0]
    most = chance.choice(
        {"work": (120, 1800, 5400), "idle": (10, 70, 400, 9000)}.get(what, (60, 400, 40000))
    )
    holds = chance.sample(_HOLDS, chance.randint(1, 2)) if chance.random() < 0.25 else []
    seconds = chance.choice((30, 60, 120, 130, 300, *[chance.randint(1, most) for _ in range(10)]))
    return " ".join((f"{seconds}s", what, *(holds if what in {"work", "idle"} else ())))


def _statement(chance: random.Random) -> str:
    statements = (
        *(f"answer {choice}" for choice in Choice),
        *("answer done", "answer skip", "answer skip", "reading", "resume", "resume"),
        *("take_break position", "take_break stretch", "pause", "pause 20m", "pause 1h"),
        *("clock +1h", "clock -10m", "zone_ " + chance.choice(_ZONES)),
        *("set position_interval_s 900", "set position_interval_s 1800", "set min_gap_s 300"),
        *("set position_enabled off", "set position_enabled on", "set eyes_enabled on"),
    )
    return chance.choice(statements)
