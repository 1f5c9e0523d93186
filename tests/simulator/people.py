"""Simulated people: what they do at their desks, and what goes wrong around them.

The same seed gives the same life, on every machine: only `random()` and `randrange()` of one
generator are asked, and nothing is taken from an unordered set.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import TYPE_CHECKING, Final
from zoneinfo import ZoneInfo

from deskbreak.core.model import Choice, Hold
from deskbreak.core.timeline import HOLDS, Set, Statement, Stretch, Zone
from tests.simulator import settings
from tests.simulator.happenings import FAULTS, Aside, duration
from tests.simulator.scenes import SCENES, played

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.simulator.happenings import Happening

WORKING_DAYS: Final = 230  # a user-year: 230 working days of 8 h at the desk, 40 absences a day
_DAY_S: Final = 86_400
_AT_WORK_S: Final = 42_000  # of which some 8 h are at the desk
_EDGES: Final = (5, 29, 30, 31, 59, 60, 61, 119, 120, 121, 299, 300, 301, 600, 1200)
_SCENES_A_DAY: Final = 2
_CALL: Final = frozenset({Hold.CALL})

Weights = tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Character:
    """One sort of person."""

    name: str
    home: str
    first_day: str
    comes_h: float = 9.0
    night: Weights = (("asleep", 4), ("locked", 2), ("off", 2), ("idle", 1))
    absence: Weights = (
        ("read", 18),
        ("away", 8),
        ("lock", 7),
        ("edge", 4),
        ("mixed", 2),
        ("nap", 1),
    )
    reaction: Weights = (
        *(("done", 8), ("none", 6), ("leave", 6), ("postpone", 3), ("skip", 3), ("start", 2)),
        ("not-for-me", 1),
    )
    meetings: int = 1  # at most, a day
    travels: int = 0  # percent of days
    tinkers: int = 10  # percent of days
    settings: tuple[tuple[str, object], ...] = ()


PEOPLE: Final = (
    Character("office worker", "Europe/Berlin", "2026-03-16"),
    Character(
        "night worker",
        "Australia/Lord_Howe",
        "2025-09-22",
        comes_h=21.5,
        night=(("off", 3), ("asleep", 3)),
    ),
    Character(
        "traveller",
        "America/New_York",
        "2027-02-22",
        reaction=(("skip", 12), ("leave", 3), ("done", 1), ("none", 1), ("postpone", 1)),
        travels=25,
    ),
    Character("meeting person", "Europe/Dublin", "2026-03-02", meetings=6),
    Character(
        "reader",
        "Asia/Kathmandu",
        "2026-06-01",
        absence=(("read", 30), ("edge", 6), ("away", 4)),
        night=(("idle", 3), ("locked", 1)),
    ),
    Character(
        "laptop carrier",
        "America/St_Johns",
        "2026-10-12",
        absence=(("nap", 10), ("lock", 10), ("read", 12), ("away", 6), ("mixed", 2)),
        night=(("asleep", 9), ("off", 1)),
        travels=4,
    ),
    Character("tinkerer", "Africa/Cairo", "2026-04-13", tinkers=90),
    Character("answers nothing", "UTC", "2024-02-26", reaction=(("none", 1),)),
    Character(
        "sit-stand user",
        "America/Sao_Paulo",
        "2026-12-21",
        settings=(("plan", "sit_stand"), ("eyes.enabled", True)),
    ),
    Character(
        "shift worker with hours",
        "Europe/Berlin",
        "2026-10-05",
        comes_h=22.0,
        night=(("off", 2), ("locked", 1)),
        settings=(
            ("working_hours.enabled", True),
            *(
                (f"working_hours.{day}", ("21:00-02:30", "03:00-07:00"))
                for day in settings.WEEKDAYS
            ),
            ("day.starts_at", "02:30"),
        ),
    ),
    Character(
        "all kinds",
        "Pacific/Auckland",
        "2026-03-23",
        settings=(("eyes.enabled", True), ("massage.enabled", True), ("plan", "fifteen")),
    ),
)
_ZONES: Final = (
    *("America/New_York", "Asia/Kathmandu", "Asia/Tokyo", "Australia/Lord_Howe", "Europe/Berlin"),
    *("Europe/London", "Pacific/Apia", "Pacific/Honolulu", "UTC", "Antarctica/Troll"),
)
_TAKEN: Final = ("stretch", "position", "posture", "massage", "habit", "eyes")


@dataclass
class Life:
    """The life that *seed* gives; `lines` can be asked for once."""

    seed: int
    rng: Random = field(init=False)
    who: Character = field(init=False)
    start: str = field(init=False)  # when and where, as a file says it
    changed: dict[str, object] = field(default_factory=dict)  # settings that are not as at first
    shift_s: int = 0  # by how much the wall clock is wrong
    abroad: bool = False
    t: int = 0  # seconds since midnight of the first day
    scene: int = 0

    def __post_init__(self) -> None:
        """Draw who it is."""
        self.rng = Random(self.seed)  # noqa: S311 - lots for a test, no secret
        self.who = PEOPLE[self.seed % len(PEOPLE)]
        self.t = int(self.who.comes_h * 3600) - 600
        self.scene = self.rng.randrange(len(SCENES))
        hour, minute = divmod(self.t // 60, 60)
        self.start = f"{self.who.first_day}T{hour:02}:{minute:02}:00 {self.who.home}"

    def lines(self, days: int) -> Iterator[Happening]:
        """Yield what happens on so many working days, with the nights and weekends between."""
        for key, value in self.who.settings:
            yield Set(key, value)
        for n in range(days):
            yield from self._working_day(calm=self._odds(40))
            yield from self._tidy_up()
            free = 2 if n % 5 == 4 else 0
            at_h = int(self.who.comes_h * 3600) + self.rng.randrange(-1800, 1800)
            yield from self._night((self.t // _DAY_S + 1 + free) * _DAY_S + at_h)

    # ── a day ──────────────────────────────────────────────────────────────────────────────

    def _working_day(self, *, calm: bool) -> Iterator[Happening]:
        end = self.t + _AT_WORK_S
        lunch, meetings = self.t + 4 * 3600, self.rng.randrange(self.who.meetings + 1)
        yield self._reaction()
        if self._odds(self.who.travels):
            yield Zone(ZoneInfo(_ZONES[self.rng.randrange(len(_ZONES))]))
            self.abroad = True
        scenes = 0 if calm else _SCENES_A_DAY
        while self.t < end:
            left = max(1, (end - self.t) // 750)
            if self.t > lunch:
                lunch = end
                yield from self._lunch()
            elif meetings and self.rng.randrange(left) < meetings:
                meetings -= 1
                yield from self._meeting()
            elif scenes and self.rng.randrange(left) < scenes:
                scenes -= 1
                yield from self._scene()
            else:
                yield from self._spell(calm=calm)

    def _spell(self, *, calm: bool) -> Iterator[Happening]:
        """Some work, perhaps with something in it, and an absence."""
        work = self._work_s()
        chance = self.rng.randrange(1000)
        between: Iterator[Happening] = iter(())
        if chance < 60:
            between = self._said()
        elif chance < 150 and not calm:
            between = self._fault(FAULTS[self.rng.randrange(len(FAULTS))])
        elif chance < 250:
            between = iter((self._reaction(),))
        elif chance < 253 + self.who.tinkers // 3 and not calm:
            between = self._edited()
        if chance < 300:
            first = self.rng.randrange(1, work) if work > 1 else 1
            yield self._for(first, "work")
            yield from between
            yield self._for(max(1, work - first), "work")
        else:
            yield self._for(work, "work")
        yield from self._absence(self._one_of(self.who.absence))

    def _work_s(self) -> int:
        chance = self.rng.randrange(10)
        if chance < 3:
            return self.rng.randrange(10, 120)
        return self.rng.randrange(120, 1300) if chance < 9 else self.rng.randrange(1300, 3500)

    def _absence(self, sort: str) -> Iterator[Happening]:
        draw = self.rng.randrange
        match sort:
            case "read":
                yield self._for(draw(5, 120), "idle")
            case "away":
                yield self._for(draw(120, 1000), "idle")
            case "lock":
                yield self._for(draw(1, 41) if self._odds(40) else draw(40, 900), "locked")
            case "nap":
                yield self._for(draw(20, 1500), "asleep")
            case "edge":
                presence = ("idle", "idle", "locked", "asleep", "off")[draw(5)]
                yield self._for(_EDGES[draw(len(_EDGES))], presence)
            case _:
                for _ in range(draw(2, 5)):
                    presence = ("idle", "locked", "asleep", "idle", "off")[draw(5)]
                    yield self._for(draw(1, 400), presence)
        if self._odds(4):
            yield Statement("reading")

    def _lunch(self) -> Iterator[Happening]:
        yield self._for(self.rng.randrange(1200, 3600), self._one_of(self.who.night))

    def _meeting(self) -> Iterator[Happening]:
        end = self.t + self.rng.randrange(300, 4500)
        others = (*HOLDS.values(),)
        holds = _CALL if self._odds(60) else frozenset({others[self.rng.randrange(len(others))]})
        if self._odds(15):
            holds |= {others[self.rng.randrange(len(others))]}
        if self._odds(20):  # it begins before an empty chair
            yield self._for(self.rng.randrange(60, 600), "idle")
            yield self._for(self.rng.randrange(5, 600), "idle", holds)
        while self.t < end:
            yield self._for(self.rng.randrange(5, 300), "work", holds)
            longest = 9000 if self._odds(2) else 1200
            yield self._for(self.rng.randrange(5, longest), "idle", holds)

    def _night(self, until: int) -> Iterator[Happening]:
        first = self.rng.randrange(60, 1800)
        yield self._for(first, "locked" if self._odds(50) else "idle")
        yield self._for(max(60, until - self.t), self._one_of(self.who.night))

    # ── what is said ───────────────────────────────────────────────────────────────────────

    def _said(self) -> Iterator[Happening]:
        draw = self.rng.randrange
        match draw(7):
            case 0:
                until = ("", "30m", "2h", "until 14:00", "tomorrow", "1m", "until 02:30")
                yield Statement("pause", until[draw(len(until))])
            case 1:
                yield Statement("take", _TAKEN[draw(len(_TAKEN))])
            case 2:
                yield Statement("reading")
            case 3 | 4:
                yield Statement("resume")
            case _:
                yield Statement("answer", tuple(Choice)[draw(len(Choice))].value)

    def _reaction(self) -> Aside:
        draw = self.rng.randrange
        sort = self._one_of(self.who.reaction)
        if sort == "none":
            return Aside("react", ("none",))
        after = draw(1, 40) if self._odds(80) else draw(40, 900)
        if sort == "leave":
            presence = ("idle", "idle", "locked", "asleep")[draw(4)]
            return Aside("react", ("leave", str(after), str(draw(20, 400)), presence))
        return Aside("react", (sort, str(after)))

    def _edited(self) -> Iterator[Happening]:
        key = settings.EDITED[self.rng.randrange(len(settings.EDITED))]
        yield self._edit(key)
        if len(self.changed) > 5:
            first = next(iter(self.changed))
            yield Set(first, self.changed.pop(first))

    def _edit(self, key: str) -> Set:
        self.changed.setdefault(key, dict(self.who.settings).get(key, settings.default(key)))
        return Set(key, settings.drawn(key, self.rng))

    def _tidy_up(self) -> Iterator[Happening]:
        """In the evening most of what went wrong is put right."""
        yield Aside("service", ("works",))
        yield Aside("sees")
        if self.shift_s and self._odds(80):
            yield self._clock(-self.shift_s)
        if self.abroad and self._odds(60):
            self.abroad = False
            yield Zone(ZoneInfo(self.who.home))
        if self._odds(10):  # by a time server: that is the right time now
            away = 3 + self.rng.randrange(100)
            yield Statement("clock", f"{'+' if self._odds(70) else '-'}{duration(away)}")
        if self._odds(70):
            yield Statement("resume")
        if self._odds(50):
            for key, value in self.changed.items():
                yield Set(key, value)
            self.changed.clear()

    # ── what goes wrong ────────────────────────────────────────────────────────────────────

    def _scene(self) -> Iterator[Happening]:
        """Bring a state about, then let something go wrong in it."""
        phase, presence, name = SCENES[self.scene]
        self.scene = (self.scene + 1) % len(SCENES)
        before, goes_on, after = played(phase, presence, self.rng)
        for line in before:
            yield self._counted(line)
        for line in self._fault(name):
            yield line
        for line in (goes_on, *after):
            yield self._counted(line)
        yield self._reaction()

    def _fault(self, name: str) -> Iterator[Happening]:
        draw, verb = self.rng.randrange, name.partition(" ")[0].rstrip(",")
        match verb:
            case "clock":
                _, way, size = name.split()
                least, most = _SHIFTS[size]
                seconds = draw(least, most)
                yield self._clock(seconds if way == "ahead" else -seconds)
            case "zone":
                yield Zone(ZoneInfo(_ZONES[draw(len(_ZONES))]))
                self.abroad = True
            case "settings":
                yield from self._edited()
            case "service":
                mode = name.split()[1]
                yield Aside("service", (mode, str(draw(1, 3))) if mode == "late" else (mode,))
            case "answer-old" | "answer-twice":
                yield Aside(verb, (tuple(Choice)[draw(len(Choice))].value,))
            case "short":
                yield self._for(draw(1, 41), "locked")
            case _:
                verb = "stall" if name == "freeze" else verb
                yield self._counted(Aside(verb, self._details(name)))

    def _details(self, name: str) -> tuple[str, ...]:
        """Draw the arguments of a fault that takes time."""
        draw = self.rng.randrange
        if name == "look":
            return (f"0.{draw(1000):03}",)
        if name == "sleep":
            return (str(draw(3, 120) if self._odds(50) else draw(120, 30_000)),)
        if name == "flap":
            names = tuple(HOLDS)
            return (names[draw(len(names))], str(draw(1, 6)), str(draw(1, 8)))
        if name == "reboot, clock wrong":
            shift = _WRONG_S[draw(len(_WRONG_S))]
            self.shift_s += shift
            return (str(draw(20, 600)), str(shift))
        if name not in _LASTS_S:
            return ()
        seconds = str(draw(*_LASTS_S[name]))
        age = (str(draw(31)),) if name.startswith("kill") else ()
        return (*age, seconds, "0") if name.startswith("reboot") else (*age, seconds)

    # ── tools ──────────────────────────────────────────────────────────────────────────────

    def _clock(self, seconds: int) -> Statement:
        self.shift_s += seconds
        return Statement("clock", f"{'-' if seconds < 0 else '+'}{duration(abs(seconds))}")

    def _for(self, seconds: int, presence: str, holds: frozenset[Hold] = frozenset()) -> Stretch:
        self.t += seconds
        return Stretch(float(seconds), presence, holds)

    def _counted(self, line: Happening) -> Happening:
        """Add the time that *line* takes."""
        match line:
            case Stretch(seconds=seconds):
                self.t += int(seconds)
            case Aside(verb="look"):
                self.t += 1
            case Aside(verb="stall" | "sleep" | "stop"):
                self.t += int(line.words[0])
            case Aside(verb="kill"):
                self.t += int(line.words[1])
            case Aside(verb="reboot"):
                self.t += int(line.words[0])
            case Aside(verb="flap"):
                self.t += 2 * int(line.words[1]) * int(line.words[2])
        return line

    def _odds(self, percent: int) -> bool:
        return self.rng.randrange(100) < percent

    def _one_of(self, weights: Weights) -> str:
        left = self.rng.randrange(sum(weight for _, weight in weights))
        for name, weight in weights:
            left -= weight
            if left < 0:
                return name
        return weights[-1][0]


_SHIFTS: Final = {
    "seconds": (3, 119),
    "hours": (120, 86_399),
    "days": (86_400, 40 * 86_400 - 1),
    "years": (40 * 86_400, 10 * 366 * 86_400),
}
_LASTS_S: Final = {
    "stall": (1, 91),
    "freeze": (91, 4000),
    "kill": (1, 120),
    "kill long": (1800, 20_000),
    "stop": (1, 600),
    "stop long": (1800, 20_000),
    "reboot, clock right": (20, 600),
}
_WRONG_S: Final = (-3600, 3600, -86_400 * 400, 86_400 * 3, -120, 86_400 * 700)
