"""States to be in when something goes wrong: how each is brought about, and which cannot be."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Hold, Phase, Presence
from deskbreak.core.timeline import Set, Statement, Stretch
from tests.simulator.happenings import FAULTS, Aside

if TYPE_CHECKING:
    from random import Random

    from tests.simulator.happenings import Happening

PHASES: Final = ("none", *(phase.value for phase in Phase))
PRESENCES: Final = tuple(p.value for p in Presence if p is not Presence.OFF)
_SHUT: Final = ("locked", "asleep")
_WITHDRAWN: Final = "a lock and a sleep take the prompt from the screen: the episode waits"
_NO_STATES: Final[dict[tuple[str, str], str]] = {
    (phase, presence): _WITHDRAWN
    for phase in ("offered", "shown", "guided", "failed")
    for presence in _SHUT
}
_ASLEEP: Final = "who sleeps is neither killed, stopped, stalled nor put to sleep"
_NO_FAULTS: Final[dict[tuple[str, str], str]] = {
    ("asleep", name): _ASLEEP
    for name in FAULTS
    if name.partition(" ")[0] in ("kill", "stop", "stall", "freeze", "sleep")
}


def impossible(phase: str, presence: str, name: str) -> str | None:
    """Say why the fault *name* cannot happen in that state; None where it can."""
    return _NO_STATES.get((phase, presence)) or _NO_FAULTS.get((presence, name))


PAIRS: Final = tuple(
    (phase, presence, name)
    for phase in PHASES
    for presence in PRESENCES
    for name in FAULTS
    if impossible(phase, presence, name) is None
)
"""Every state with every fault that can happen in it."""


def _mixed() -> tuple[tuple[str, str, str], ...]:
    """Return the pairs so that neighbours have little in common: a life begins anywhere."""
    step = next(n for n in range(len(PAIRS) * 5 // 8, len(PAIRS)) if len(PAIRS) % n and _coprime(n))
    return tuple(PAIRS[n * step % len(PAIRS)] for n in range(len(PAIRS)))


def _coprime(n: int) -> bool:
    a, b = len(PAIRS), n
    while b:
        a, b = b, a % b
    return a == 1


SCENES: Final = _mixed()
_HOLD: Final = frozenset({Hold.DND})
_LONG_AWAY_S: Final = 125.0
_PATIENT: Final[tuple[str, ...]] = ("massage", "habit", "posture", "eyes")
_CREDIT: Final[tuple[str, ...]] = ("stretch", "posture", "massage")
_GUIDED: Final[tuple[str, ...]] = ("stretch", "position", "massage", "habit")


def played(
    phase: str, presence: str, rng: Random
) -> tuple[tuple[Happening, ...], Happening, tuple[Happening, ...]]:
    """Return what brings a state about, how it goes on, and what ends it."""
    draw = rng.randrange
    goes_on: Happening = Stretch(float(draw(1, 9)), "idle" if presence == "away" else "work")
    if presence in _SHUT:
        goes_on = Stretch(float(draw(1, 9)), presence)
    elif phase == "waiting":
        goes_on = Stretch(float(draw(1, 9)), "idle" if presence == "away" else "work", _HOLD)
    first = (
        Aside("react", ("none",)),
        Aside("service", (_SERVICE.get(phase, "works"), *(("900",) if phase == "offered" else ()))),
        Set("presence.away_after_seconds", 120),
        Stretch(2.0, "work"),
        Statement("answer", "done"),
    )
    arrives = (Stretch(_LONG_AWAY_S, "idle", _held(goes_on)),) if presence == "away" else ()
    shut = (Stretch(float(draw(1, 9)), presence),) if presence in _SHUT else ()
    before = (*first, *arrives, *_episode(phase, presence, goes_on, rng), *shut)
    after = (
        Stretch(float(draw(1, 400)), "work"),
        Aside("service", ("works",)),
        Aside("sees"),
        Stretch(float(draw(1, 400)), "work"),
    )
    return before, goes_on, after


_SERVICE: Final = {"offered": "late", "failed": "fails"}


def _held(goes_on: Happening) -> frozenset[Hold]:
    return frozenset() if not isinstance(goes_on, Stretch) else goes_on.holds - _HOLD


def _episode(phase: str, presence: str, goes_on: Happening, rng: Random) -> tuple[Happening, ...]:
    """Return what brings an episode into *phase*."""
    if phase == "none":
        return ()
    kinds = _GUIDED if phase == "guided" else _CREDIT if presence != "away" else _PATIENT
    if phase == "guided" and presence == "away":
        kinds = _GUIDED[2:]
    take = Statement("take", kinds[rng.randrange(len(kinds))])
    match phase:
        case "guided" if presence in _SHUT:  # from another computer
            return (take, Stretch(1.0, presence), Statement("answer", "start"))
        case "guided":
            return (take, Statement("answer", "start"))
        case "postponed":
            return (take, Statement("answer", "postpone"))
        case "waiting":
            there = "idle" if presence == "away" else "work"
            held = Stretch(1.0, there, _HOLD)
            return (take, held) if presence not in _SHUT else (take,)
    return (take,)
