"""Points, directions and turns in space: x to the figure's left, y up, z ahead; lengths in cm."""

from __future__ import annotations

from functools import lru_cache
from math import acos, cos, degrees, hypot, radians, sin, sqrt
from typing import Final

Vec = tuple[float, float, float]
"""A point or a direction."""
Frame = tuple[Vec, Vec, Vec]
"""Where the three axes of a part of the body point to; each has length 1."""

UPRIGHT: Final[Frame] = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
_TINY: Final = 1e-6


def plus(a: Vec, b: Vec, times: float = 1.0) -> Vec:
    """Return *a* and so many *times* *b*."""
    return (a[0] + times * b[0], a[1] + times * b[1], a[2] + times * b[2])


def minus(a: Vec, b: Vec) -> Vec:
    """Return the way from *b* to *a*."""
    return (a[0] - b[0], a[1] - b[1], a[2] - b[2])


def dot(a: Vec, b: Vec) -> float:
    """Return how far *a* goes along *b*, a direction."""
    return a[0] * b[0] + a[1] * b[1] + a[2] * b[2]


def cross(a: Vec, b: Vec) -> Vec:
    """Return the direction that stands upright on both."""
    return (
        a[1] * b[2] - a[2] * b[1],
        a[2] * b[0] - a[0] * b[2],
        a[0] * b[1] - a[1] * b[0],
    )


def length(a: Vec) -> float:
    """Return how long *a* is."""
    return hypot(*a)


def unit(a: Vec, otherwise: Vec = (0.0, 1.0, 0.0)) -> Vec:
    """Return the direction of *a*; of one that has none, *otherwise*."""
    size = length(a)
    return otherwise if size < _TINY else (a[0] / size, a[1] / size, a[2] / size)


def mix(a: Vec, b: Vec, share: float) -> Vec:
    """Return what lies between *a* and *b*; a *share* of 1 is *b*."""
    return plus(a, minus(b, a), share)


def across(a: Vec, axis: Vec) -> Vec:
    """Return the direction of *a* without what goes along *axis*."""
    aside = plus(a, axis, -dot(a, axis))
    if length(aside) < _TINY:
        aside = cross(axis, (0.0, 0.0, 1.0) if abs(axis[2]) < abs(axis[0]) else (1.0, 0.0, 0.0))
    return unit(aside)


def angle(a: Vec, b: Vec) -> float:
    """Return the angle between two directions (degrees, 0 to 180)."""
    return degrees(acos(max(-1.0, min(1.0, dot(a, b)))))


def turned(a: Vec, axis: Vec, by: float) -> Vec:
    """Return *a* turned about *axis* *by* degrees, as a right-handed screw turns."""
    c, s = cos(radians(by)), sin(radians(by))
    along = dot(a, axis) * (1 - c)
    ahead = cross(axis, a)
    return (
        a[0] * c + ahead[0] * s + axis[0] * along,
        a[1] * c + ahead[1] * s + axis[1] * along,
        a[2] * c + ahead[2] * s + axis[2] * along,
    )


def apply(frame: Frame, a: Vec) -> Vec:
    """Return *a*, told in the axes of *frame*, in those of the room."""
    x, y, z = frame
    return (
        x[0] * a[0] + y[0] * a[1] + z[0] * a[2],
        x[1] * a[0] + y[1] * a[1] + z[1] * a[2],
        x[2] * a[0] + y[2] * a[1] + z[2] * a[2],
    )


def within(frame: Frame, a: Vec) -> Vec:
    """Return *a*, told in the axes of the room, in those of *frame*."""
    return (dot(a, frame[0]), dot(a, frame[1]), dot(a, frame[2]))


def joined(outer: Frame, inner: Frame) -> Frame:
    """Return *inner*, which is told in the axes of *outer*, in those of the room."""
    return (apply(outer, inner[0]), apply(outer, inner[1]), apply(outer, inner[2]))


@lru_cache(maxsize=512)
def bent(flex: float, side: float, turn: float) -> Frame:
    """Return axes that are bent ahead, to the figure's right and turned to its right (degrees).

    Kept, because the joints that rest and the chair ask for the same ones in each picture.
    """
    axes = []
    for axis in UPRIGHT:
        one = turned(axis, UPRIGHT[2], side)
        one = turned(one, UPRIGHT[0], flex)
        axes.append(turned(one, UPRIGHT[1], -turn))
    return (axes[0], axes[1], axes[2])


def slerp(a: Vec, b: Vec, share: float) -> Vec:
    """Return the direction between *a* and *b* on the way over the ball."""
    between = radians(angle(a, b))
    if sin(between) < 1e-3:  # noqa: PLR2004 - as good as one direction, or opposite ones
        return unit(mix(a, b, share), b)
    wa, wb = sin((1 - share) * between), sin(share * between)
    return unit(plus(scaled(a, wa), b, wb))


def scaled(a: Vec, times: float) -> Vec:
    """Return so many *times* *a*."""
    return (a[0] * times, a[1] * times, a[2] * times)


def elbow(root: Vec, tip: Vec, upper: float, lower: float, towards: Vec) -> tuple[Vec, float]:
    """Return where two bones from *root* to *tip* bend, and by how much *tip* lies out of reach (cm).

    They bend *towards* a direction. Of what is out of reach the bend lies on the straight line.
    """
    way = minus(tip, root)
    far = length(way)
    most, least = upper + lower - 0.01, abs(upper - lower) + 0.01
    used = max(least, min(most, far))
    along = (upper**2 - lower**2 + used**2) / (2 * used)
    ahead = unit(way, (0.0, -1.0, 0.0))
    aside = across(towards, ahead)
    bend = plus(plus(root, ahead, along), aside, sqrt(max(0.0, upper**2 - along**2)))
    return bend, far - used
