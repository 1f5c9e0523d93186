"""The trunk on paper: hips, neck, and an outline along the spine to the shoulders."""

from __future__ import annotations

from math import hypot, radians, sin
from typing import TYPE_CHECKING, Final, NamedTuple

from deskbreak.figure.camera import towards
from deskbreak.figure.joints import BELLY, CHEST, SIDES, sign
from deskbreak.figure.outlines import CAPSULE, Shape, capsule, smooth, smoothed
from deskbreak.figure.space import plus

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera, Flat
    from deskbreak.figure.touch import Part

# Of the trunk from below: half as wide and half as deep as it is there (cm).
_STATIONS: Final = (
    *((15.0, 9.5), (13.6, 9.4), (12.8, 9.2)),
    *((13.2, 9.3), (14.4, 9.8), (15.4, 9.8), (15.2, 8.0)),
)
_RIBS_CM: Final = 14.0
"""Where the trunk is wider than that, above the hips, it widens with a breath."""
_BREATH_DEEP_CM: Final = 0.9
_BREATH_WIDE_CM: Final = 0.35
_SLOPE_CM: Final = 15.0
"""So far up would a shoulder girdle lift a shoulder that is lifted upright."""


class _Row(NamedTuple):
    """The trunk at one place of the spine."""

    part: Part
    centre: Flat
    wide: float  # half of it (cm)
    deep: float


def trunk(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield hips, neck and torso."""
    pelvis, s = body.parts["pelvis"], camera.scale
    hips = [camera.flat(pelvis.point((sign(side) * 6.5, -0.5, -0.5))) for side in SIDES]
    depth = camera.depth(body.parts["chest"].at)
    yield Shape("hips", "legs", CAPSULE, capsule(hips[0], hips[1], 9.8 * s, 9.8 * s), depth - 1.5)
    neck = body.parts["neck"]
    ends = camera.flat(plus(neck.at, neck.axes[1], -3.0)), camera.flat(neck.point((0.0, 7.5, 2.0)))
    yield Shape("neck", "skin", CAPSULE, capsule(*ends, 5.4 * s, 5.0 * s), depth - 0.5)
    points = _outline(body, camera)
    yield Shape("torso", "top", smooth(len(points)), smoothed(points), depth)


def _outline(body: Body, camera: Camera) -> list[Flat]:
    """Return the points around the trunk, from below over its left side."""
    rows = list(_rows(body, camera))
    left, right = [], []
    for index, row in enumerate(rows):
        before, after = rows[max(index - 1, 0)], rows[min(index + 1, len(rows) - 1)]
        along = (after.centre[0] - before.centre[0], after.centre[1] - before.centre[1])
        p, q = camera.way(row.part.axes[0]), camera.way(row.part.axes[2])
        # Whoever bends towards us is seen along the spine: then its side tells what is across.
        n = towards((-along[1], along[0]), p, short=2.0 * camera.scale)
        half = hypot(row.wide * (p[0] * n[0] + p[1] * n[1]), row.deep * (q[0] * n[0] + q[1] * n[1]))
        left.append((row.centre[0] + n[0] * half, row.centre[1] + n[1] * half))
        right.append((row.centre[0] - n[0] * half, row.centre[1] - n[1] * half))
    top = _shoulders(body, camera, left[-1], right[-1])
    low = camera.flat(body.parts["pelvis"].point((0.0, -6.0, 0.0)))
    return [low, *left[:-1], *top, *reversed(right[:-1])]


def _rows(body: Body, camera: Camera) -> Iterator[_Row]:
    """Yield the trunk from below; ribs widen with a breath, and a belly moves in front alone."""
    breath, belly = body.values["breath"], BELLY * body.values["belly"]
    hips = body.spine[0]
    for part, (wide, deep) in zip(body.spine, _STATIONS, strict=False):
        if part is hips:
            yield _Row(part, camera.flat(part.at), wide, deep)
        elif wide > _RIBS_CM:
            broad = wide + _BREATH_WIDE_CM * breath
            yield _Row(part, camera.flat(part.at), broad, deep + _BREATH_DEEP_CM * breath)
        else:
            yield _Row(part, camera.flat(part.point((0.0, 0.0, belly))), wide, deep + belly)


def _shoulders(body: Body, camera: Camera, left: Flat, right: Flat) -> list[Flat]:
    """Return the upper edge of the trunk, from one shoulder over the neck to the other."""
    ends = [camera.flat(body.parts[f"{side}.upper_arm"].point((0.0, 2.5, 0.0))) for side in SIDES]
    neck, chest = camera.flat(body.parts["neck"].at), body.parts["chest"]
    # What lifts a shoulder lifts the slope from there to the neck by half.
    lifts = [_SLOPE_CM * sin(radians(body.values[f"{side}.girdle.up"])) for side in SIDES]
    slope = [
        camera.flat(chest.point((sign(side) * 8.0, CHEST + 0.5 + 0.5 * lift, -0.5)))
        for side, lift in zip(SIDES, lifts, strict=True)
    ]
    near = min((0, 1), key=lambda i: hypot(ends[i][0] - left[0], ends[i][1] - left[1]))
    far = 1 - near
    return [left, ends[near], slope[near], neck, slope[far], ends[far], right]
