"""What happens in a simulated life: lines of the timeline language, and asides for what it has no words for.

An aside stands in a file as a comment: `#! kill 12 300`. So a case can be kept, and played again.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from deskbreak.core import timeline
from deskbreak.core.timeline import HOLDS, Line, Set, Statement, Stretch, Zone
from deskbreak.core.values import written

if TYPE_CHECKING:
    from collections.abc import Iterable

    from deskbreak.core.model import Moment


@dataclass(frozen=True, slots=True)
class Aside:
    """Something that goes wrong, or how a person reacts; ``words`` are its arguments.

    ==================== ====================================================================
    look S               the engine is asked to look S seconds from now (a second passes)
    stall S              for S seconds the machine does nothing; then comes a look
    sleep S              the computer sleeps S seconds, and nobody says so
    kill AGE S           kill -9, the last sign of life AGE seconds old; started S seconds later
    reboot S SHIFT       power cut; after S seconds started with a wall clock off by SHIFT
    stop S               ended in good order, started again S seconds later
    dst                  the wall clock stands just before a change of summer time, for 40 s
    reload               the state is saved and loaded
    service works        prompts are shown at once; also: fails, once (fails one time), late S
    shown-old            a report that an old showing is on the screen
    shown-twice          the report of the last showing comes again
    shown-ended          the report of a showing comes after the episode has ended
    undelivered-old      a report that an old showing failed
    answer-old CHOICE    an answer to an episode that has ended
    answer-twice CHOICE  the open episode is answered twice
    kind-off             the kind whose episode is open is switched off
    blind, sees          nothing can tell of input any more; it can again, and there is some
    flap HOLD N S        N times S seconds with the hold and S seconds without
    react CHOICE S       from now on prompts are answered after S seconds; also: none
    also ...             what must not matter: see `tests.simulator.metamorphic`
    react leave S L P    or the person leaves S seconds after a prompt, for L seconds of P
    ==================== ====================================================================
    """

    verb: str
    words: tuple[str, ...] = ()

    @property
    def seconds(self) -> tuple[float, ...]:
        """Its arguments as numbers."""
        return tuple(float(word) for word in self.words)


Happening = Line | Aside

SHORT_LOCK_S: Final = 40.0
LATE_S: Final = 90.0
_LONG_OFF_S: Final = 1800.0
_SIZES: Final = ((120.0, "seconds"), (86_400.0, "hours"), (40 * 86_400.0, "days"))


def fault(what: Happening) -> str | None:
    """Return the name under which *what* is counted as a fault; None where it is ordinary life."""
    match what:
        case Stretch(presence=presence, seconds=seconds):
            return "short lock" if presence == "locked" and seconds <= SHORT_LOCK_S else None
        case Statement(verb="clock", argument=argument):
            size_s = abs(timeline.shift_s(argument))
            size = next((name for most_s, name in _SIZES if size_s < most_s), "years")
            return f"clock {'back' if argument[0] == '-' else 'ahead'} {size}"
        case Statement():
            return None
        case Aside():
            return _of_aside(what)
    return "zone" if isinstance(what, Zone) else "settings"


def _of_aside(what: Aside) -> str | None:
    match what.verb:
        case "react" | "also":
            return None
        case "service":
            return f"service {what.words[0]}"
        case "stall":
            return "stall" if what.seconds[0] <= LATE_S else "freeze"
        case "kill" | "stop":
            return f"{what.verb} long" if what.seconds[-1] >= _LONG_OFF_S else what.verb
        case "reboot":
            return "reboot, clock right" if what.words[1] == "0" else "reboot, clock wrong"
    return what.verb


FAULTS: Final = (
    *(f"clock {way} {size}" for way in ("ahead", "back") for size in ("seconds", "hours")),
    *(f"clock {way} {size}" for way in ("ahead", "back") for size in ("days", "years")),
    *("zone", "dst"),
    *("kill", "kill long", "reboot, clock right", "reboot, clock wrong", "stop", "stop long"),
    *("sleep", "stall", "freeze", "look", "reload"),
    *("service works", "service fails", "service once", "service late"),
    *("shown-old", "shown-twice", "shown-ended", "undelivered-old", "answer-old", "answer-twice"),
    *("settings", "kind-off", "blind", "sees", "flap", "short lock"),
)
"""Every fault by its name."""


# ── as text ────────────────────────────────────────────────────────────────────────────────


def text(what: Happening) -> str:
    """Return *what* as a line of a file."""
    match what:
        case Stretch(seconds=seconds, presence=presence, holds=holds):
            names = [name for name, hold in HOLDS.items() if hold in holds]
            return " ".join((duration(seconds), presence, *names))
        case Statement(verb=verb, argument=argument):
            return f"{verb} {argument}".rstrip()
        case Zone(zone=zone):
            return f"zone {zone}"
        case Set(key=key, value=value):
            return f"set {key} = {written(value)}"
        case Aside(verb=verb, words=words):
            return " ".join(("#!", verb, *words))


def duration(seconds: float) -> str:
    """Return whole *seconds* as the language writes them."""
    minutes, s = divmod(round(seconds), 60)
    hours, m = divmod(minutes, 60)
    parts = ((hours, "h"), (m, "m"), (s, "s"))
    return "".join(f"{count}{unit}" for count, unit in parts if count) or "0s"


def written_down(start: str, lines: Iterable[Happening]) -> str:
    """Return a whole file; *start* is when and where."""
    return "\n".join(("timeline 1", f"start {start}", *(text(line) for line in lines), ""))


def read(data: str) -> tuple[str, list[Happening]]:
    """Return when and where a file starts, and what happens in it."""
    start, lines = "", list[Happening]()
    for row in data.splitlines():
        if row.startswith("#!"):
            verb, *words = row.removeprefix("#!").split()
            lines.append(Aside(verb, tuple(words)))
        elif row.startswith("start "):
            start = row.removeprefix("start ")
        elif row and not row.startswith(("#", "timeline ")):
            lines.append(timeline.statement(row))
    return start, lines


def moment(start: str) -> Moment:
    """Return the moment of *start*, on a boot clock that begins there."""
    return timeline.parse(f"timeline 1\nstart {start}\n".encode()).start


def start_text(at: Moment) -> str:
    """Return *at* as a file's start says it, to the second."""
    return f"{at.wall.replace(microsecond=0, tzinfo=None).isoformat()} {at.zone}"
