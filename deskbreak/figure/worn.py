"""What lies on head or back, or hangs there, as shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.figure.joints import HEAD, SIDES, sign
from deskbreak.figure.outlines import EGG, Shape, egg, level, line, plate
from deskbreak.figure.space import apply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera
    from deskbreak.figure.touch import Part

# Over the head, from the left ear to the right one: as shares of how far it is aside and up.
_ARC: Final = (
    *((1, -0.12), (0.92, 0.4), (0.7, 0.72), (0.38, 0.93), (0, 1)),
    *((-0.38, 0.93), (-0.7, 0.72), (-0.92, 0.4), (-1, -0.12)),
)
_BOOM: Final = ((-9.4, -3.0, 1.0), (-7.5, -6.5, 7.0), (-3.0, -6.8, 10.5))
"""From the right ear to the mouth (cm)."""


def headset(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a headset on the head, its microphone at the right."""
    head = body.parts["head"]
    depth = camera.depth(head.at) + 4.6
    arc = [head.point((9.6 * x, 11.8 * y, -0.5)) for x, y in _ARC]
    yield line("headset", arc, camera, depth, 1.8, "line")
    for side in SIDES:
        cup = egg(camera, head.point((sign(side) * 9.4, -1.5, -0.5)), (1.5, 3.6, 3.0), head.axes)
        near = depth + 0.1 if _towards_us(head, sign(side) * 9.4, camera) > -1 else depth - 8
        yield Shape(f"{side}.headset", "prop", EGG, cup, near, camera.scale)
    boom = [head.point(one) for one in _BOOM]
    yield line("boom", boom, camera, depth + 0.2, 1.2, "line")


def phone(body: Body, camera: Camera, *, side: str) -> Iterator[Shape]:
    """Yield a phone at an ear."""
    head, x = body.parts["head"], sign(side) * 10.6
    corners = [
        head.point((x * (1.0 + 0.012 * y), y, z))
        for y, z in ((4.0, -3.5), (5.0, 2.5), (-9.0, 7.0), (-10.0, 1.0))
    ]
    depth = camera.depth(head.at) + (5.0 if _towards_us(head, x, camera) > 0 else -5.0)
    yield plate("phone", "screen", corners, camera, depth, 1.6)


def _towards_us(head: Part, x: float, camera: Camera) -> float:
    """Return how much nearer than the middle of the head a place at its side is (cm)."""
    return camera.turned(apply(head.axes, (x, 0.0, 0.0)))[2]


def book(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a book that lies on the head."""
    head = body.parts["head"]
    corners = [head.point(one) for one in level(0.0, -1.5, HEAD[1] + 1, 7.0, 9.5)]
    yield plate("book", "wood", corners, camera, camera.depth(head.at) + 8.0, 3.6)


def shawl(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a blanket about the shoulders, its edges in the hands."""
    for side in SIDES:
        yield _half_shawl(body, side, camera)


def _half_shawl(body: Body, side: str, camera: Camera) -> Shape:
    out = sign(side)
    chest, arm, hand = (body.parts[n] for n in ("chest", f"{side}.upper_arm", f"{side}.hand"))
    corners = [
        *(chest.point((out * x, y, z)) for x, y, z in ((3, 31, -6), (11, 28.5, -1))),
        *(arm.point((out * x, y, 0.0)) for x, y in ((1.0, 6.5), (6.5, -3.0), (6.5, -27.0))),
        *(chest.point((out * x, y, z)) for x, y, z in ((17.0, -12.0, 6.0), (5.0, -14.0, 12.0))),
        hand.point((0.0, -8.0, 0.0)),
        chest.point((out * 4.5, 25.0, 7.0)),
    ]
    depth = camera.depth(chest.at) + (40.0 if side == SIDES[0] else 40.5)
    return plate(f"{side}.shawl", "cloth", corners, camera, depth, 1.2)


def pad(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a pad at the small of the back."""
    belly = body.parts["belly"]
    numbers = egg(camera, belly.point((0.0, 1.0, -12.0)), (15.0, 6.0, 3.8), belly.axes)
    depth = camera.depth(body.parts["chest"].at) - 3
    yield Shape("pad", "ball", EGG, numbers, depth, camera.scale)
