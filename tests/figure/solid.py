"""The figure as solid bodies: what goes through what, by how many centimetres."""

from __future__ import annotations

from math import hypot
from typing import TYPE_CHECKING, Final

from deskbreak.figure.joints import SIDES
from deskbreak.figure.space import Vec, dot, length, minus, mix, within

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.figure.body import Body

    Rod = tuple[Vec, Vec, float]

SLACK_CM: Final = 3.6
"""Flesh and cloth give way by so much."""
_SLEEVES_CM: Final = 1.0
"""Arms that are crossed before the chest lie on each other, both with their sleeves."""
# Half as wide and half as deep as the trunk is at each place of the spine, without cloth (cm).
_TRUNK: Final = ((14.0, 9.0), (12.5, 8.5), (12.0, 8.5), (12.5, 8.5), (13.5, 9.0), (14.0, 9.0))


def overlaps(body: Body) -> Iterator[tuple[str, float]]:
    """Yield each pair of parts that go into each other by more than flesh gives, and by how much."""
    rods = _rods(body)
    for one, other in _PAIRS:
        deep = rods[one][2] + rods[other][2] - _apart(rods[one], rods[other])
        crossed = one == "left.forearm" and other == "right.forearm"
        if deep > (SLACK_CM + _SLEEVES_CM if crossed else SLACK_CM):
            yield f"{one} through {other}", deep
    for side in SIDES:
        for name in ("forearm", "hand"):
            deep = _in_trunk(body, rods[f"{side}.{name}"])
            if deep > SLACK_CM:
                yield f"{side}.{name} through trunk", deep


def _pairs() -> Iterator[tuple[str, str]]:
    for side, other in (SIDES, SIDES[::-1]):
        for arm in ("forearm", "hand"):
            yield f"{side}.{arm}", "head"
            for leg in ("thigh", "shank"):
                yield f"{side}.{arm}", f"{side}.{leg}"
                yield f"{side}.{arm}", f"{other}.{leg}"
        yield f"{side}.hand", f"{other}.upper_arm"
    yield "left.forearm", "right.forearm"
    yield "left.shank", "right.shank"
    yield "left.thigh", "right.shank"
    yield "right.thigh", "left.shank"


_PAIRS: Final = tuple(_pairs())


def _rods(body: Body) -> dict[str, Rod]:
    parts = body.parts
    made: dict[str, Rod] = {
        "head": (parts["head"].point((0, -2, 0)), parts["head"].point((0, 3, 0)), 8.0)
    }
    for side in SIDES:
        ends = {
            "upper_arm": ("forearm", 4.0),
            "forearm": ("hand", 3.0),
            "thigh": ("shank", 6.5),
            "shank": ("foot", 4.0),
        }
        for name, (next_, thick) in ends.items():
            start, end = parts[f"{side}.{name}"].at, parts[f"{side}.{next_}"].at
            # Joints are flesh of both: an elbow on a hip is no elbow through a hip.
            made[f"{side}.{name}"] = (mix(start, end, 0.15), mix(start, end, 0.9), thick)
        hand = parts[f"{side}.hand"]
        tip = -11.0 + 4.0 * body.values[f"{side}.fingers.curl"] / 95.0  # a fist is short
        made[f"{side}.hand"] = (hand.point((0, -4, 0)), hand.point((0, tip, 0)), 1.2)
    return made


def _in_trunk(body: Body, rod: Rod) -> float:
    """Return how deep a rod is in the trunk (cm)."""
    deepest = 0.0
    for step in range(6):
        at = mix(rod[0], rod[1], step / 5)
        for part, (wide, deep) in zip(body.spine, _TRUNK, strict=False):
            x, y, z = within(part.axes, minus(at, part.at))
            if abs(y) > 5:
                continue
            far = hypot(x / wide, z / deep)
            if far < 1:
                out = hypot(x, z) * (1 / max(far, 1e-3) - 1)
                deepest = max(deepest, out + rod[2])
    return deepest


def _apart(a: Rod, b: Rod) -> float:
    """Return the shortest way between the middles of two rods (cm)."""
    u, v, w = minus(a[1], a[0]), minus(b[1], b[0]), minus(a[0], b[0])
    uu, uv, vv, uw, vw = dot(u, u), dot(u, v), dot(v, v), dot(u, w), dot(v, w)
    flat = uu * vv - uv * uv
    s = max(0.0, min(1.0, (uv * vw - vv * uw) / flat)) if flat > 1e-6 else 0.0
    t = max(0.0, min(1.0, (uv * s + vw) / vv))
    s = max(0.0, min(1.0, (uv * t - uw) / uu))
    return length(minus(mix(a[0], a[1], s), mix(b[0], b[1], t)))
