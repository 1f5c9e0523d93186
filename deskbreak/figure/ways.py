"""How the figure moves in a step, from its kind and its seconds: from pose to pose, one way after the other."""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import pairwise
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.body import Key
from deskbreak.figure.camera import VIEWS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.figure.scene import Step

_INTO_S: Final = 2.4
"""So long it takes to come into a pose."""
_ROUND_S: Final = 2.2
"""So long a movement goes from one pose to the next, unless its rounds are told."""
_BREATH_S: Final = 2.5
"""Half a breath of somebody at rest: twelve in a minute."""
_CALMING: Final = (1.0, 0.75, 0.5, 0.3)
"""How far the rounds of a step that ends something go, one after the other."""


@dataclass(frozen=True, slots=True)
class Timed:
    """A step of the pack: what kind it is, and how long it takes."""

    kind: str
    seconds: int


@dataclass(frozen=True, slots=True)
class Way:
    """From one pose to another, and from one view to another, in so many seconds."""

    start: Key
    end: Key
    seconds: float
    yaw: tuple[float, float]


def ways(step: Step, timed: Timed, before: Key, yaw: float) -> list[Way]:
    """Return how the figure moves in a step: into its first pose, and on as its kind asks.

    It stands as *before*, seen turned by *yaw* degrees; the view turns while it comes into the pose.
    """
    into = min(_INTO_S, timed.seconds / 2)
    view = VIEWS[step.view]
    # The shorter way round, for one that turns its back.
    turn = (view - yaw + 180.0) % 360.0 - 180.0
    made = [Way(before, step.keys[0], into, (view - turn, view))]
    after = _after(step, timed, timed.seconds - into)
    return made + [Way(start, end, seconds, (view, view)) for start, end, seconds in after]


def _after(step: Step, timed: Timed, left: float) -> Iterator[tuple[Key, Key, float]]:
    """Yield how it goes on after the first pose, for the seconds that are left."""
    last = step.keys[-1]
    if len(step.keys) > 1:
        moves = step.rounds or timed.kind in {"warmup", "move", "cooldown"}
        if moves and not step.once:
            yield from _rounds(step, timed, left)
            return
        each = min(_INTO_S, left / len(step.keys))
        for start, end in pairwise(step.keys):
            yield start, end, each
            left -= each
    yield from _stays(last, left)


def _stays(key: Key, seconds: float) -> Iterator[tuple[Key, Key, float]]:
    """Yield a figure that only breathes."""
    full = replace(key, values=MappingProxyType({**key.values, "breath": 1.0}))
    start, end = key, full
    while seconds > _BREATH_S:
        yield start, end, _BREATH_S
        seconds -= _BREATH_S
        start, end = end, start
    if start is full:
        yield full, key, seconds


def _rounds(step: Step, timed: Timed, left: float) -> Iterator[tuple[Key, Key, float]]:
    """Yield the poses one after the other and again, ever smaller where the step calms down."""
    keys = step.keys
    rounds = step.rounds or max(1, round(left / (_ROUND_S * len(keys))))
    each = left / (rounds * len(keys))
    calmer = _CALMING if timed.kind == "cooldown" else (1.0,)
    sizes = [[_smaller(keys[0], key, share) for key in (*keys[1:], keys[0])] for share in calmer]
    start = keys[0]
    for number in range(rounds):
        for end in sizes[number * len(sizes) // rounds]:
            yield start, end, each
            start = end


def _smaller(rest: Key, key: Key, share: float) -> Key:
    """Return a pose on the way from *rest* to *key*; what touches stays where *key* has it."""
    if share == 1.0 or key is rest:
        return key
    values = {
        name: rest.values[name] + (value - rest.values[name]) * share
        for name, value in key.values.items()
    }
    return Key(MappingProxyType(values), key.touches, key.stance)
