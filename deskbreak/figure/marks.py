"""What is laid over the figure: a light on what works, and a ring where a hand or a ball presses."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.around import BALLS, ball_place
from deskbreak.figure.joints import HAND, SIDES, sign
from deskbreak.figure.outlines import RING, Shape, ring
from deskbreak.figure.space import Vec, length, minus, within

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera
    from deskbreak.figure.touch import Spot

_MARK_DEPTH: Final = 800.0
_PRESS_DEPTH: Final = 810.0
_PRESSES_CM: Final = 8.0
"""A hand that is farther from its spot is on its way there."""
_LIFTED_CM: Final = 1.0
"""A hand that is farther off its spot does not press."""
_AROUND_HAND_CM: Final = 4.5
_AROUND_BALL_CM: Final = 7.0

# The part of the body, where on it, and how far the light reaches (cm).
_MARKS: Final[Mapping[str, tuple[str, Vec, float]]] = MappingProxyType(
    {
        "neck": ("neck", (0.0, 3.5, -1.0), 8.5),
        "upper_back": ("chest", (0.0, 15.0, -6.0), 14.0),
        "lower_back": ("belly", (0.0, 6.0, -6.0), 12.0),
        "belly": ("belly", (0.0, 2.0, 5.0), 12.0),
        "chest": ("chest", (0.0, 13.0, 6.0), 13.0),
        "eyes": ("head", (0.0, 1.5, 9.0), 8.5),
    }
)
_PAIRED_MARKS: Final[Mapping[str, tuple[str, Vec, float]]] = MappingProxyType(
    {
        "neck": ("neck", (4.0, 3.5, 0.0), 6.5),
        "shoulder": ("{side}.upper_arm", (-1.0, -0.5, 0.0), 8.5),
        "side": ("chest", (13.0, 3.0, 0.0), 11.0),
        "hip": ("pelvis", (11.0, -1.0, 0.0), 9.5),
        "thigh": ("{side}.thigh", (0.0, -22.0, 2.0), 10.0),
        "hamstring": ("{side}.thigh", (0.0, -22.0, -4.0), 11.0),
        "calf": ("{side}.shank", (0.0, -14.0, -2.0), 8.0),
        "forearm": ("{side}.forearm", (0.0, -11.0, 0.0), 8.0),
        "wrist": ("{side}.hand", (0.0, -1.0, 0.0), 6.0),
        "hand": ("{side}.hand", (0.0, -8.0, 0.0), 7.0),
    }
)
AREAS: Final = (*_MARKS, *(f"{side}_{name}" for name in _PAIRED_MARKS for side in SIDES))
"""What can be marked as working."""


def marks(body: Body, areas: Sequence[str], camera: Camera) -> Iterator[Shape]:
    """Yield a soft light on each of *areas*."""
    for area in areas:
        side, _, name = area.partition("_")
        if area in _MARKS:
            part, own, size = _MARKS[area]
        else:
            part, (x, y, z), size = _PAIRED_MARKS[name]
            own = (sign(side) * x, y, z)
        at = camera.flat(body.parts[part.format(side=side)].point(own))
        yield Shape(f"mark.{area}", "mark", RING, ring(at, size * camera.scale), _MARK_DEPTH)


def presses(body: Body, objects: Collection[str], camera: Camera) -> Iterator[Shape]:
    """Yield a ring where a hand presses on the body, or where it lies on a ball."""
    for name in [name for name in BALLS if name in objects]:
        at = ball_place(name, body.parts, body.values).at
        yield _press(name, at, _AROUND_BALL_CM, camera)
    for limb, spot in body.touched.items():
        # A flat hand only lies there.
        if spot.part and spot.how != "palm" and _presses(body, limb, spot):
            yield _press(limb, spot.at, _AROUND_HAND_CM, camera)


def _presses(body: Body, limb: str, spot: Spot) -> bool:
    """Whether a hand is where it presses: not lifted off, and not on its way."""
    if not limb.endswith("hand") or body.values[f"{limb}.off"] > _LIFTED_CM:
        return False
    hand = body.parts[limb]
    at = within(hand.axes, minus(spot.at, hand.at))
    along = max(-HAND, min(0.0, at[1]))
    return length((at[0], at[1] - along, at[2])) < _PRESSES_CM


def _press(name: str, at: Vec, size: float, camera: Camera) -> Shape:
    numbers = ring(camera.flat(at), size * camera.scale)
    return Shape(f"press.{name}", "press", RING, numbers, _PRESS_DEPTH, 1.3 * camera.scale)
