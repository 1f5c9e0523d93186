"""A figure drawn by hand, as the pages get one: it raises its arms and breathes."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from deskbreak.pages.desk import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.core.content import Text
    from deskbreak.core.settings import Resolved

BOX: Final = (400, 400)
_EVERY_S: Final = 0.25
_LIMB: Final = "M# #L# #Q# # # #L# #Q# # # #Z"
_ROUND: Final = "M# #Q# # # #Q# # # #Q# # # #Q# # # #Z"
_SHAPES: Final = (
    *(("floor", "floor"), ("chair", "prop"), ("leg-l", "legs"), ("leg-r", "legs")),
    *(("shin-l", "legs"), ("shin-r", "legs"), ("arm-l", "skin"), ("arm-r", "skin")),
    *(("hand-l", "skin"), ("hand-r", "skin"), ("torso", "top"), ("neck", "skin")),
    *(("head", "skin"), ("nose", "face"), ("mark", "glow")),
)

Numbers = list[int]


def _limb(x: float, y: float, degrees: float, length: float, width: float = 26) -> Numbers:
    """Return a limb from (x, y), which hangs down at 0 degrees."""
    turn = math.radians(degrees)
    ex, ey = x + math.sin(turn) * length, y + math.cos(turn) * length
    wx, wy = math.cos(turn) * width / 2, -math.sin(turn) * width / 2
    tx, ty = math.sin(turn) * width / 2, math.cos(turn) * width / 2
    at = (x - wx, y - wy, ex - wx, ey - wy, ex + tx, ey + ty, ex + wx, ey + wy)
    back = (x + wx, y + wy, x - tx, y - ty, x - wx, y - wy)
    return [round(one) for one in (*at, *back)]


def _round(x: float, y: float, size: float) -> Numbers:
    r = size
    at = (x, y - r, x + r, y - r, x + r, y, x + r, y + r, x, y + r)
    return [round(one) for one in (*at, x - r, y + r, x - r, y, x - r, y - r, x, y - r)]


def _pose(raised: float, breath: float) -> dict[str, Numbers]:
    """Return every shape; *raised* in degrees, *breath* from 0 to 1."""
    top = 150 - 4 * breath
    hands = [
        (
            200 + side * 45 + math.sin(math.radians(side * raised)) * 100,
            top + 10 + math.cos(math.radians(raised)) * 100,
        )
        for side in (-1, 1)
    ]
    return {
        "floor": _limb(60, 385, 90, 280, 8),
        "chair": _limb(200, 255, 0, 120, 70),
        "leg-l": _limb(175, 250, -20, 70, 40),
        "leg-r": _limb(225, 250, 20, 70, 40),
        "shin-l": _limb(155, 310, 0, 65, 30),
        "shin-r": _limb(245, 310, 0, 65, 30),
        "arm-l": _limb(155, top + 10, -raised, 100),
        "arm-r": _limb(245, top + 10, raised, 100),
        "hand-l": _round(*hands[0], 15),
        "hand-r": _round(*hands[1], 15),
        "torso": _limb(200, top, 0, 100, 100 + 4 * breath),
        "neck": _limb(200, top - 25, 0, 30),
        "head": _round(200, top - 55, 36),
        "nose": _round(200, top - 52, 5),
        "mark": _round(245, top + 10, 26),
    }


@dataclass(frozen=True, slots=True)
class HandMade:
    """Figures of every prompt, all of them doing the same."""

    texts: Mapping[str, Text]

    def has(self, prompt: str) -> bool:
        return prompt in self.texts

    def film(self, prompt: str) -> dict[str, object]:
        at: dict[str, list[Numbers]] = {name: [] for name, _ in _SHAPES}
        frames: list[list[int]] = []
        steps: list[dict[str, Any]] = []
        for step in self.texts[prompt].steps:
            times = [n * _EVERY_S for n in range(round(step.seconds / _EVERY_S) + 1)]
            first = len(frames)
            for time in times:
                turned = time % 8 / 8 * 2 * math.pi
                pose = _pose(20 + 60 * (1 - math.cos(turned)), (1 - math.cos(turned * 2)) / 2)
                # With the arms up they are drawn before the head, and the mark is not seen.
                frames.append([int(pose["arm-l"][3] < pose["torso"][1]), *_placed(pose, at)])
            made = [*range(first, len(frames))]
            steps.append({"times": times, "frames": made, "keys": [made[0], made[len(made) // 2]]})
        whole = [*range(len(_SHAPES))]
        return {
            "box": BOX,
            "shapes": [
                {"name": name, "class": look, "d": _pattern(name), "at": at[name]}
                for name, look in _SHAPES
            ],
            "frames": frames,
            "orders": [whole, [*whole[:6], *whole[10:13], *whole[6:10], 13]],
            "steps": steps,
        }

    def cover(self, prompt: str) -> str:
        assert self.has(prompt)
        return _drawn(140).replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ')


def _placed(pose: dict[str, Numbers], at: dict[str, list[Numbers]]) -> Iterator[int]:
    for name, numbers in pose.items():
        if numbers not in at[name]:
            at[name].append(numbers)
        yield at[name].index(numbers)


def _pattern(name: str) -> str:
    return _ROUND if name.startswith(("hand", "head", "nose", "mark")) else _LIMB


def _drawn(raised: float) -> str:
    pose = _pose(raised, 0)
    paths = []
    for name, look in _SHAPES:
        first, *others = _pattern(name).split("#")
        numbers = (f"{n}{part}" for n, part in zip(pose[name], others, strict=True))
        paths.append(f'<path class="{look}" d="{first}{"".join(numbers)}"/>')
    return f'<svg class="figure" viewBox="0 0 {BOX[0]} {BOX[1]}">{"".join(paths)}</svg>'


class DrawnDesk(Desk):
    """A desk whose prompts all have the hand-made figure."""

    # It has the methods that the page asks, and nothing else of the figures.
    def figures(self, resolved: Resolved) -> HandMade:  # type: ignore[override]
        """Return it."""
        return HandMade(self.pack(resolved).texts)
