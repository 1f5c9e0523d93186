"""The head on paper: ears, hair, nose, and a face where it is turned to us."""

from __future__ import annotations

from functools import lru_cache
from math import cos, pi, sin, sqrt
from typing import TYPE_CHECKING, Final

from deskbreak.figure.joints import HEAD, SIDES, sign
from deskbreak.figure.outlines import CAPSULE, EGG, Shape, capsule, egg, past, smooth, smoothed
from deskbreak.figure.space import Vec, apply, dot, scaled, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskbreak.figure.camera import Camera, Flat
    from deskbreak.figure.touch import Part

_FACING: Final = 0.12
"""A part of the face that is turned to us by less is not seen."""
_BEHIND: Final = -0.45
"""An ear that is turned away so far lies wholly behind the head."""
_CURVE: Final = "M# #Q# # # #"
"""The path of an eye or a mouth: from end to end past what bends it."""
_HIDDEN: Final = -1e9
"""The depth of what is not seen."""


def is_seen(shape: Shape) -> bool:
    """Whether a shape is drawn at all."""
    return shape.depth > _HIDDEN


def head(part: Part, values: Mapping[str, float], camera: Camera) -> Iterator[Shape]:
    """Yield the head; of ears, eyes and mouth also those that are not seen, see is_seen."""
    s, depth = camera.scale, camera.depth(part.at) + 2.0
    for side in SIDES:
        yield _ear(part, side, camera, depth)
    yield Shape("head", "skin", EGG, egg(camera, part.at, HEAD, part.axes), depth)
    hair = _hair(part, camera)
    yield Shape("hair", "hair", smooth(len(hair)), smoothed(hair), depth + 0.5)
    bridge = camera.flat(part.point((0.0, 0.5, HEAD[2] - 2.2)))
    tip = camera.flat(part.point((0.0, -2.2, HEAD[2] + 1.3)))
    near = depth + (2.0 if camera.turned(part.axes[2])[2] > -_FACING else -0.5)
    yield Shape("nose", "skin nose", CAPSULE, capsule(bridge, tip, 1.3 * s, 1.7 * s), near)
    for side in SIDES:
        yield _eye(part, side, values, camera, depth + 2.2)
    yield _mouth(part, camera, depth + 2.2)


def _ear(part: Part, side: str, camera: Camera, depth: float) -> Shape:
    at = part.point((sign(side) * (HEAD[0] - 0.3), -1.0, -0.5))
    facing = camera.turned(scaled(part.axes[0], sign(side)))[2]
    near = depth + (1.5 if facing > 0 else -1.5)
    numbers = egg(camera, at, (1.2, 2.6, 1.7), part.axes)
    return Shape(f"{side}.ear", "skin", EGG, numbers, near if facing > _BEHIND else _HIDDEN)


def _eye(part: Part, side: str, values: Mapping[str, float], camera: Camera, depth: float) -> Shape:
    """Return an eye: a dot where it is open, a curve where it is shut."""
    shut = 1.0 - values["eyes.open"]
    x = sign(side) * 3.3 + values["eyes.across"] * -1.1
    y, z = 1.3 + values["eyes.up"] * 1.2 - 0.5 * shut, HEAD[2] * 0.9
    half, slope = 0.25 + 1.5 * shut, 0.5 * (1 - shut)
    points: tuple[Vec, ...] = (
        (x + half, y + slope, z),
        (x, y - 1.6 * shut, z),
        (x - half, y - slope, z),
    )
    numbers = past(camera.flat(part.point(one)) for one in points)
    near = depth if _faces(part, (sign(side) * 0.36, 0.1, 0.93), camera) else _HIDDEN
    return Shape(f"{side}.eye", "face", _CURVE, numbers, near, (1.9 - 0.9 * shut) * camera.scale)


def _mouth(part: Part, camera: Camera, depth: float) -> Shape:
    points = ((2.3, -5.3, 8.2), (0.0, -6.6, 9.2), (-2.3, -5.3, 8.2))
    numbers = past(camera.flat(part.point(one)) for one in points)
    near = depth if _faces(part, (0.0, -0.35, 0.9), camera) else _HIDDEN
    return Shape("mouth", "face", _CURVE, numbers, near, 0.8 * camera.scale)


def _faces(part: Part, own: Vec, camera: Camera) -> bool:
    """Whether what looks to *own* in the axes of the head is turned to us."""
    return camera.turned(apply(part.axes, unit(own)))[2] > _FACING


_HAIRLINE: Final = unit((0.0, 0.86, -0.62))
_BROW: Final = 0.16
"""Hair grows where a head of size 1 goes so far along the hairline: above the brow, down to the nape."""
_EDGE: Final = -0.1
"""Hair is seen where it looks at us, and a little round the edge."""
_HAIR_POINTS: Final = 16


def _cap() -> Iterator[tuple[Vec, Vec]]:
    """Yield points on the head where hair grows, and which way the skin looks there."""
    wide, high, deep = HEAD
    for up in range(-4, 9):
        for around in range(24):
            y = sin(up * pi / 16)
            x, z = (sqrt(1 - y * y) * f(around * pi / 12) for f in (sin, cos))
            if dot((x, y, z), _HAIRLINE) >= _BROW:
                at = (x * wide * 1.03, y * high * 1.03, z * deep * 1.03)
                yield at, unit((x / wide, y / high, z / deep))


_CAP: Final = tuple(_cap())


@lru_cache(maxsize=128)
def _hair(part: Part, camera: Camera) -> tuple[Flat, ...]:
    """Return the outline of the hair that is seen: what lies above a line over the brow.

    Kept, because it takes as long as half of the other shapes, and a head often rests.
    """
    x, y, z = (camera.turned(axis)[2] for axis in part.axes)  # how each axis looks at us
    seen = [
        camera.flat(part.point(at))
        for at, normal in _CAP
        if normal[0] * x + normal[1] * y + normal[2] * z > _EDGE
    ]
    return tuple(_hull(seen or [camera.flat(part.at)], _HAIR_POINTS))


def _hull(points: Sequence[Flat], count: int) -> Iterator[Flat]:
    """Yield *count* points around *points*, the farthest in each direction."""
    for index in range(count):
        across, down = cos(2 * pi * index / count), sin(2 * pi * index / count)
        far = [x * across + y * down for x, y in points]
        yield points[far.index(max(far))]
