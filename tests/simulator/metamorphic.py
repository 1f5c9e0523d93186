"""Plays the same days twice, the second time with something besides that must not matter.

What is besides stands in the lines as `#! also …`: looks, saving, jumps of the wall clock, or a
kill with a start within seconds. So the lines alone say both plays.
"""

from __future__ import annotations

from hashlib import sha256
from itertools import islice
from random import Random
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Guide, Hide, Log, Mark, Prompt, Record, Undo, Withdraw
from deskbreak.core.timeline import Set, Statement, Stretch, Zone
from deskbreak.core.turn import presence_of
from tests.simulator.driver import Driver
from tests.simulator.happenings import Aside, moment
from tests.simulator.people import Life
from tests.simulator.watch import Blind, Broken

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from deskbreak.core.model import Effect, Event, Moment, Step
    from tests.simulator.happenings import Happening

OF: Final = {"clock": "INV-22", "kill": "INV-23", "look": "INV-24", "reload": "saved"}
RULES: Final = (*OF.values(),)
_LINES: Final = 500  # some four days
_APART_S: Final = {"INV-23": 30.0}  # of the heartbeat; ±1 s otherwise
_BEFORE_S: Final = 60.0
_AFTER_S: Final = 150.0  # the longest wait for a good moment, and one prompt after a return
_JUMPS: Final = (
    "+1h",
    "-1h",
    "+26h",
    "-400h",
    "+43800h",
    "-87600h",
    "+262800h",
    "-262800h",
    "+5s",
    "-1s",
)
_TIMELESS: Final[tuple[Happening, ...]] = (
    Set("habit.enabled", value=False),  # nothing hangs on the date or the hour
    Set("massage.enabled", value=False),
    Set("prompts.quiet_after_absence_minutes", 0),
    Set("prompts.skips_before_backoff", 0),
    Set("prompts.daily_cap", 100),
    *(Set(f"{kind}.daily_cap", 60) for kind in ("stretch", "position", "posture", "eyes")),
)
_BY_THE_CLOCK: Final = ("until", "tomorrow")


class Traced(Driver):
    """A driver that keeps what was asked for, and does what is besides, or does not."""

    def __init__(self, start: Moment, *, also: bool) -> None:
        """Be about to begin."""
        super().__init__(start, lambda _at, _rules: Blind())
        self.also = also
        self.trace: list[tuple[float, str]] = []
        self.kills: list[tuple[float, bool]] = []  # when, and whether nothing was going on

    def step(self, event: Event) -> Step:
        """Keep what the engine asks for."""
        step = super().step(event)
        self.trace += (told(effect, event.at) for effect in step.effects)
        return step

    def happen(self, line: Happening) -> None:
        """Let one thing happen; what is besides only where it is wanted."""
        if not isinstance(line, Aside) or line.verb != "also":
            super().happen(line)
            return
        what = besides(line)
        if what.verb == "kill":
            self._note_kill()
        if self.also:
            super().happen(Statement("clock", *what.words) if what.verb == "clock" else what)
        elif what.verb in ("look", "kill"):
            self.go_on(1.0 if what.verb == "look" else what.seconds[-1])

    def _note_kill(self) -> None:
        s = self.state
        back_s = -_BEFORE_S if s.returned_s is None else s.returned_s
        ended_s = -_BEFORE_S if s.holds_ended_s is None else s.holds_ended_s
        calm = self.now.boot_s - max(back_s, ended_s) > _BEFORE_S
        here = self._here is not None and self._here.presence == "work" and not self._here.holds
        calm = calm and here and s.episode is None and presence_of(s) == "desk"
        self.kills.append((self.now.boot_s, calm))

    def fit(self) -> list[bool]:
        """Return for each kill whether it may matter to no prompt, before or after it."""
        prompts = [when_s for when_s, said in self.trace if said.startswith("prompt")]
        return [
            calm and not any(-_BEFORE_S < when_s - kill_s < _AFTER_S for when_s in prompts)
            for kill_s, calm in self.kills
        ]


def besides(line: Aside) -> Aside:
    """Return what `#! also …` adds."""
    return Aside(line.words[0], line.words[1:])


def told(effect: Effect, at: Moment) -> tuple[float, str]:
    """Return when (boot clock) and what the engine asked for."""
    match effect:
        case Prompt(episode=e):
            return at.boot_s, f"prompt {e.id} {e.kind} {e.folded} {e.showing} {e.prompt}"
        case Withdraw(at=when, episode=e, reason=reason):
            said = f"withdraw {e.id} {e.kind} {reason}"
        case Mark(at=when, kind=kind, reason=reason):
            said = f"mark {kind} {reason}"
        case Guide(at=when, episode=e):
            said = f"guide {e.id} {e.kind}"
        case Log(episode=e):
            when = e.ended or at
            said = f"end {e.id} {e.kind} {e.outcome} {e.by} {e.change}"
        case Record(span=span):
            when, holds = span.end, "+".join(sorted(span.holds))
            said = f"span {span.start.boot_s:.1f} {span.presence} {holds} {span.change}"
        case Hide(prompt=prompt):
            when, said = at, f"hide {prompt}"
        case Undo(episodes=episodes, start=start, end=when):
            said = f"undo {episodes} {start.boot_s:.1f}"
    return when.boot_s, said


# ── two plays ──────────────────────────────────────────────────────────────────────────────


def differs(rule: str, start: str, lines: Sequence[Happening]) -> Broken | None:
    """Play *lines* with and without what is besides; return where the plays part, if they do."""
    plain, more = (_played(start, lines, also=also) for also in (False, True))
    return _parting(rule, plain, more) if all(plain.fit()) else None


def _parting(rule: str, plain: Traced, more: Traced) -> Broken | None:
    """Return where two plays part."""
    one, two = (_relevant(rule, driver.trace) for driver in (plain, more))
    apart_s = _APART_S.get(rule, 1.0)
    for (when_s, said), (other_s, other) in zip(one, two, strict=False):
        if said != other or abs(when_s - other_s) > apart_s:
            return _parted(rule, plain, f"{when_s:.1f} {said}", f"{other_s:.1f} {other}", when_s)
    if len(one) != len(two):
        when_s, said = max(one, two, key=len)[min(len(one), len(two))]
        return _parted(rule, plain, f"{when_s:.1f} {said}", "nothing", when_s)
    return None


def _parted(rule: str, plain: Driver, one: str, two: str, when_s: float) -> Broken:
    return Broken(rule, plain.now.on(when_s), f"in one play {one}, in the other {two}")


def digest(seed: int, days: int) -> str:
    """Return what came of the first days of a life, as a number: equal if all of it is."""
    life = Life(seed)
    driver = _played(life.start, list(life.lines(days)), also=False)
    said = "\n".join(f"{when_s:.3f} {what}" for when_s, what in driver.trace)
    return sha256(said.encode()).hexdigest()


def _played(start: str, lines: Sequence[Happening], *, also: bool) -> Traced:
    driver = Traced(moment(start), also=also)
    driver.feed(lines)
    driver.close_books()
    return driver


def _relevant(rule: str, trace: Sequence[tuple[float, str]]) -> list[tuple[float, str]]:
    """Return what must be equal: prompts and durations, not the days into which these fall."""
    match rule:
        case "saved":
            return list(trace)
        case "INV-23":
            return [one for one in trace if one[1].startswith("prompt")]
    return [one for one in trace if not one[1].startswith("span")]


# ── what is besides ────────────────────────────────────────────────────────────────────────


def case(rule: str, seed: int) -> tuple[str, list[Happening]]:
    """Return some days of the life of *seed*, with what must not matter for *rule* in them."""
    life = Life(seed)
    rng = Random(f"{rule} {seed}")  # noqa: S311 - lots for a test, no secret
    lines = list(islice(_fit(rule, life.lines(9)), _LINES))
    first = _TIMELESS if rule in ("INV-22", "INV-23") else ()
    more = [*first, *_with_more(rule, lines, rng)]
    return life.start, _where_it_fits(life.start, more) if rule == "INV-23" else more


def _where_it_fits(start: str, lines: Sequence[Happening]) -> list[Happening]:
    """Leave out the kills that may well matter; in their place the work goes on."""
    fit = iter(_played(start, lines, also=False).fit())
    return [
        Stretch(besides(line).seconds[1], "work")
        if isinstance(line, Aside) and line.verb == "also" and not next(fit)
        else line
        for line in lines
    ]


def _fit(rule: str, lines: Iterable[Happening]) -> Iterator[Happening]:
    """Leave out what makes two plays differ for a good reason."""
    for line in lines:
        match line:
            case Aside(verb="react"):
                yield line
            case Aside() | Set() if rule == "saved":
                yield line
            case Set() | Zone() if rule == "INV-24":
                yield line
            case Statement(argument=argument) if rule != "INV-23":
                if line.verb == "clock" or argument.startswith(_BY_THE_CLOCK):
                    if rule != "INV-22":
                        yield line
                else:
                    yield line
            case Stretch():
                yield line


def _with_more(rule: str, lines: Iterable[Happening], rng: Random) -> Iterator[Happening]:
    for line in lines:
        if rule in ("saved", "INV-22") and rng.randrange(4) == 0:
            jump = ("clock", _JUMPS[rng.randrange(len(_JUMPS))])
            yield Aside("also", ("reload",) if rule == "saved" else jump)
        long = isinstance(line, Stretch) and line.seconds > 10 and line.presence != "off"
        if not isinstance(line, Stretch) or not long or rule not in ("INV-23", "INV-24"):
            yield line
        elif rule == "INV-24":
            yield from _looked_at(line, rng)
        elif line.presence == "work" and line.seconds > 300 and rng.randrange(15) == 0:
            yield from _killed(line, rng)
        else:
            yield line


def _looked_at(line: Stretch, rng: Random) -> Iterator[Happening]:
    first = rng.randrange(1, int(line.seconds) - 5)
    yield Stretch(float(first), line.presence, line.holds)
    # A binary fraction: sums of others are a hair off, and who leaves in the very instant in which
    # a stretch ends would leave in one of two plays only.
    yield Aside("also", ("look", str(rng.randrange(64) / 64)))
    yield Stretch(line.seconds - first - 1, line.presence, line.holds)


def _killed(line: Stretch, rng: Random) -> Iterator[Happening]:
    first, off = rng.randrange(100, int(line.seconds) - 180), rng.randrange(1, 5)
    yield Stretch(float(first), line.presence, line.holds)
    yield Aside("also", ("kill", str(rng.randrange(31)), str(off)))
    yield Stretch(line.seconds - first - off, line.presence, line.holds)
