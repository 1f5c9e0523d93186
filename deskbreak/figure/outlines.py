"""Outlines on paper: bands, eggs, rings, plates and lines, as paths with a place for each number."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import acos, atan2, cos, hypot, sin, sqrt
from typing import TYPE_CHECKING, Final

from deskbreak.figure.space import UPRIGHT, scaled

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from deskbreak.figure.camera import Camera, Flat
    from deskbreak.figure.space import Frame, Vec


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing on paper."""

    name: str
    look: str  # its class
    path: str  # SVG's path data, with # for each number
    numbers: tuple[float, ...]
    depth: float
    stroke: float = 0.0  # its width in units, where the look alone does not say


CAPSULE: Final = "M# #A# # 0 1 1 # #L# #A# # 0 0 1 # #Z"
"""The path of a band around two circles; see capsule."""


def capsule(a: Flat, b: Flat, ra: float, rb: float) -> tuple[float, ...]:
    """Return two circles and what a band around them holds; see CAPSULE."""
    if ra < rb:
        a, b, ra, rb = b, a, rb, ra
    far = hypot(b[0] - a[0], b[1] - a[1])
    ahead = atan2(b[1] - a[1], b[0] - a[0])
    aside = acos(min(0.999, (ra - rb) / max(far, 1e-6)))

    def on(centre: Flat, radius: float, at: float) -> Flat:
        return (centre[0] + radius * cos(at), centre[1] + radius * sin(at))

    return (
        *on(a, ra, ahead + aside),
        *(ra, ra),
        *on(a, ra, ahead - aside),
        *on(b, rb, ahead - aside),
        *(rb, rb),
        *on(b, rb, ahead + aside),
    )


def smooth(count: int) -> str:
    """Return the path of a smooth closed line past *count* points; see smoothed."""
    return "M# #Q# # # #" + "T# #" * (count - 1) + "Z"


def smoothed(points: Sequence[Flat]) -> tuple[float, ...]:
    """Return the places half-way from point to point, and the first point: T tells the others.

    Of even points all half-way places are whole, so that no error grows along the line.
    """
    even = [(2.0 * round(x / 2), 2.0 * round(y / 2)) for x, y in points]

    def middle(a: Flat, b: Flat) -> Flat:
        return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)

    numbers = [*middle(even[-1], even[0]), *even[0]]
    for index, point in enumerate(even):
        numbers += middle(point, even[(index + 1) % len(even)])
    return tuple(numbers)


EGG: Final = "M# #C# # # # # #S# # # #S# # # #S# # # #Z"
"""The path of an egg; see ellipse and egg."""
RING: Final = "M# #A# # 0 1 1 # #A# # 0 1 1 # #Z"
"""The path of a circle, or of one that lies flat; see ring."""
_KAPPA: Final = 0.5523
"""Of four curves that make a circle, so far ahead lies what bends each (of its radius)."""


def ellipse(at: Flat, p: Flat, q: Flat) -> tuple[float, ...]:
    """Return the ellipse around *at* with the half diameters *p* and *q*; see EGG."""
    numbers = [at[0] + p[0], at[1] + p[1]]
    ways = ((p, 1), (q, 1), (p, -1), (q, -1), (p, 1))
    bends = ((1.0, _KAPPA), (_KAPPA, 1.0), (0.0, 1.0))
    for index, ((a, b), (c, d)) in enumerate(pairwise(ways)):
        # Of the later curves, S tells how they begin.
        for first, second in bends[index > 0 :]:
            numbers += [at[i] + a[i] * b * first + c[i] * d * second for i in (0, 1)]
    return tuple(numbers)


def egg(
    camera: Camera, at: Vec, half: tuple[float, float, float], axes: Frame = UPRIGHT
) -> tuple[float, ...]:
    """Return the outline of an egg that reaches *half* so far along each of its *axes* (cm)."""
    ways = [camera.way(scaled(axis, size)) for axis, size in zip(axes, half, strict=True)]
    xx, xy, yy = (sum(way[i] * way[j] for way in ways) for i, j in ((0, 0), (0, 1), (1, 1)))
    wide = sqrt(max(xx, 1e-9))
    return ellipse(camera.flat(at), (wide, xy / wide), (0.0, sqrt(max(yy - xy * xy / xx, 1e-9))))


def ring(at: Flat, wide: float, high: float | None = None) -> tuple[float, ...]:
    """Return a circle around *at*, half as *wide* and half as *high* as told; see RING."""
    (x, y), up = at, wide if high is None else high
    return (x - wide, y, wide, up, x + wide, y, wide, up, x - wide, y)


def past(points: Iterable[Flat]) -> tuple[float, ...]:
    """Return the numbers of a path past *points*; see broken."""
    return tuple(number for point in points for number in point)


def broken(count: int) -> str:
    """Return the path of a line past *count* points, straight from one to the next."""
    return "M# #" + "L# #" * (count - 1)


def level(x: float, z: float, high: float, wide: float, deep: float) -> list[Vec]:
    """Return the corners of a level plate around (x, z), half so wide and half so deep (cm)."""
    return [(x + a * wide, high, z + b * deep) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def plate(  # noqa: PLR0913, PLR0917 - what, where, and how it is drawn; each is one thing
    name: str, look: str, corners: Sequence[Vec], camera: Camera, depth: float, thick: float
) -> Shape:
    """Return a flat thing with *corners*, whose edge is *thick* (cm)."""
    numbers = past(camera.flat(corner) for corner in corners)
    return Shape(name, look, broken(len(corners)) + "Z", numbers, depth, thick * camera.scale)


def line(  # noqa: PLR0913, PLR0917 - as above
    name: str, points: Sequence[Vec], camera: Camera, depth: float, thick: float, look: str = "bar"
) -> Shape:
    """Return a line past *points* that is *thick* (cm)."""
    numbers = past(camera.flat(point) for point in points)
    return Shape(name, look, broken(len(points)), numbers, depth, thick * camera.scale)
