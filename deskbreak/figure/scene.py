"""How a prompt is shown: its steps, the poses of each, and the same with left and right exchanged."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from deskbreak.figure.body import Key
from deskbreak.figure.joints import RANGES


@dataclass(frozen=True, slots=True)
class Step:
    """The poses of one step, and how they are seen."""

    keys: tuple[Key, ...]
    view: str
    works: tuple[str, ...] = ()  # areas that are marked
    rounds: int = 0  # so many times through the keys; 0: as the seconds allow
    once: bool = False  # goes through its keys once and stays in the last, whatever its kind
    objects: frozenset[str] = frozenset()
    icon: str = ""  # what one thinks of, or looks for


@dataclass(frozen=True, slots=True)
class Scene:
    """How one prompt is shown."""

    prompt: str
    stance: str
    frame: str
    steps: tuple[Step, ...]
    cover: tuple[int, int]  # the step and key that tell it best
    rolling: Scene | None = None  # how it is shown in a wheelchair, where that is another way


# What changes its sign in a mirror.
_TURNS_OVER: Final = frozenset(
    name
    for name in RANGES
    if name.endswith((".side", ".turn", ".x", ".across")) and not name.endswith("foot.turn")
)


def mirrored(step: Step) -> Step:
    """Return *step* with left and right exchanged, seen from the other side."""
    return Step(
        tuple(_mirrored_key(key) for key in step.keys),
        _other(step.view),
        tuple(_other(area) for area in step.works),
        step.rounds,
        step.once,
        frozenset(_other(one) for one in step.objects),
        step.icon,
    )


def _other(name: str) -> str:
    for this, that in (("left", "right"), ("right", "left")):
        if this in name:
            return name.replace(this, that)
    return name


def _mirrored_key(key: Key) -> Key:
    values = {
        _other(name): -value if name in _TURNS_OVER else value for name, value in key.values.items()
    }
    touches = {_other(limb): _other(spot) for limb, spot in key.touches.items()}
    return Key(MappingProxyType(values), MappingProxyType(touches), key.stance)
