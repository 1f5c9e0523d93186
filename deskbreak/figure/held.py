"""What the figure holds in a hand or between both, as shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.figure.joints import SIDES, sign
from deskbreak.figure.outlines import EGG, Shape, broken, egg, line, past
from deskbreak.figure.space import minus, mix, plus, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera
    from deskbreak.figure.space import Vec

_OVER: Final = 400.0
"""What a hand holds is so much before the hand, and before what stands on the desk."""
# Half a headset's arc and the other half, from ear to ear, as it hangs (cm).
_ARC: Final = ((-9, -14), (-8.6, -8), (-6, -2.5), (0, 0), (6, -2.5), (8.6, -8), (9, -14))
_GLASS: Final = ((-2.8, 0.0), (2.8, 0.0), (3.8, 13.0), (-3.8, 13.0))
"""A glass seen from the side, from the middle of its foot (cm)."""
_LAP_DEPTH: Final = 700.0


def pen(body: Body, camera: Camera, *, side: str) -> Iterator[Shape]:
    """Yield a pen that lies between thumb and fingers."""
    hand, inwards = body.parts[f"{side}.hand"], -sign(side)
    ends = [hand.point((inwards * 2.6, -18.0, 1.5)), hand.point((-inwards * 5.0, -4.0, 5.0))]
    yield line("pen", ends, camera, camera.depth(hand.at) + _OVER, 1.4, "line")


def headset(body: Body, camera: Camera, *, side: str) -> Iterator[Shape]:
    """Yield a headset that hangs from a hand."""
    hand = body.parts[f"{side}.hand"]
    top = hand.point((-sign(side) * 2.0, -9.0, 0.0))
    depth = camera.depth(hand.at) + _OVER
    arc: list[Vec] = [plus(top, (0.9 * x, y, 0.45 * x)) for x, y in _ARC]
    yield line("held.arc", arc, camera, depth, 1.8, "line")
    for name, at in (("held.cup0", arc[0]), ("held.cup1", arc[-1])):
        cup = egg(camera, at, (2.0, 4.2, 3.4))
        yield Shape(name, "prop", EGG, cup, depth + 0.1, camera.scale)


def glass(body: Body, camera: Camera, *, side: str) -> Iterator[Shape]:
    """Yield a glass in a hand."""
    x, y, z = body.parts[f"{side}.hand"].point((-sign(side) * 2.5, -7.0, 1.0))
    yield _glass_at((x, y - 6.0, z), camera, camera.depth((x, y, z)) + _OVER)


def lap_glass(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a glass that stands between the thighs of a seated figure."""
    x, y, z = body.parts["pelvis"].at
    yield _glass_at((x, y + 5.0, z + 22.0), camera, _LAP_DEPTH)


def _glass_at(at: Vec, camera: Camera, depth: float) -> Shape:
    """Return a glass that stands upright, its foot at *at*."""
    x, y, _ = camera.turned(at)
    numbers = past(camera.paper(x + a, y + b) for a, b in _GLASS)
    return Shape("glass", "glass", broken(len(_GLASS)) + "Z", numbers, depth, 0.9 * camera.scale)


def towel(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a rolled towel between both hands; behind the back it is behind the trunk."""
    ends = [body.parts[f"{side}.hand"].point((-sign(side) * 3.5, -9.0, 0.0)) for side in SIDES]
    belly, middle = body.parts["belly"], mix(ends[0], ends[1], 0.5)
    numbers = egg(camera, middle, (15.0, 4.6, 4.6), belly.axes)
    depth = camera.depth(body.parts["chest"].at)
    if within(belly.axes, minus(middle, belly.at))[2] > 0:
        # In front it lies on the thighs.
        thighs = max(camera.depth(body.parts[f"{side}.thigh"].at) for side in SIDES)
        depth = max(thighs + 9.0, depth)
    else:
        depth -= 3.0
    yield Shape("towel", "ball", EGG, numbers, depth, camera.scale)


def band(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield an elastic band from hand to hand, below both feet."""
    hands = [body.parts[f"{side}.hand"].point((0.0, -8.0, 0.0)) for side in SIDES]
    feet = [body.parts[f"{side}.foot"].point((0.0, -7.0, 4.0)) for side in SIDES]
    yield line("band", [hands[0], *feet, hands[1]], camera, 250.0, 1.6, "elastic")
