"""Legs and arms on paper, and which of them is before what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.figure.hands import THUMB, fingers, mitten
from deskbreak.figure.joints import SIDES
from deskbreak.figure.outlines import CAPSULE, Shape, capsule
from deskbreak.figure.space import mix

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera

_AROUND_CM: Final = 8.0
"""An elbow that is so much nearer than what the hand touches is before it."""
_TURNED_AWAY: Final = -0.25
"""What is touched looks away from us where less of its direction comes towards us."""


def leg(body: Body, side: str, camera: Camera) -> Iterator[Shape]:
    """Yield a leg and its shoe."""
    s = camera.scale
    thigh, shank, foot = (body.parts[f"{side}.{name}"] for name in ("thigh", "shank", "foot"))
    hip, knee, ankle = (camera.flat(part.at) for part in (thigh, shank, foot))
    near = camera.depth(mix(thigh.at, shank.at, 0.35))
    numbers = (*capsule(hip, knee, 8.4 * s, 6.2 * s), *capsule(knee, ankle, 6.2 * s, 4.0 * s))
    yield Shape(f"{side}.leg", "legs", CAPSULE * 2, numbers, near)
    heel = camera.flat(foot.point((0.0, -4.4, -3.0)))
    toes = camera.flat(foot.point((0.0, -5.4, 14.0)))
    shoe = capsule(heel, toes, 4.2 * s, 3.2 * s)
    yield Shape(f"{side}.foot", "shoe", CAPSULE, shoe, max(near + 0.2, camera.depth(foot.at)))


def arm(
    body: Body, side: str, camera: Camera, drawn: Mapping[str, float], *, close: bool
) -> Iterator[Shape]:
    """Yield an arm and its hand, before or behind what is *drawn* so near already."""
    s = camera.scale
    upper, fore, hand = (body.parts[f"{side}.{name}"] for name in ("upper_arm", "forearm", "hand"))
    a, b, c = (camera.flat(part.at) for part in (upper, fore, hand))
    depth, of_hand = _arm_depth(body, side, camera, drawn)
    numbers = (*capsule(a, b, 5.4 * s, 4.2 * s), *capsule(b, c, 4.2 * s, 3.1 * s))
    yield Shape(f"{side}.arm", "top", CAPSULE * 2, numbers, depth)
    path, parts = (fingers if close else mitten)(hand, side, body.values, camera)
    spot = body.touched.get(f"{side}.hand")
    if close and spot is not None and spot.how == "grip":
        # The thumb is before what is held, the fingers are behind it.
        cut = path.count("#") - THUMB.count("#")
        yield Shape(f"{side}.thumb", "skin", THUMB, parts[cut:], of_hand + 1.3)
        path, parts = path.removesuffix(THUMB), parts[:cut]
    yield Shape(f"{side}.hand", "skin", path, parts, of_hand)


def _arm_depth(
    body: Body, side: str, camera: Camera, drawn: Mapping[str, float]
) -> tuple[float, float]:
    """Return how near arm and hand are: before what it touches on the side that we see, else behind it.

    An arm that reaches round to the side that we do not see is before the body where its elbow is.
    """
    upper, fore, hand = (body.parts[f"{side}.{name}"] for name in ("upper_arm", "forearm", "hand"))
    own = camera.depth(mix(upper.at, mix(fore.at, hand.at, 0.6), 0.6))
    legs = max(drawn[f"{one}.leg"] for one in SIDES) + 1.0
    spot = body.touched.get(f"{side}.hand")
    if spot is None or not spot.part:
        before = camera.depth(hand.at) > camera.depth(body.parts["chest"].at)
        near = max(own, legs) if before else own
        return near, near + 0.1
    under = drawn.get(_shape_of(spot.part), own)
    facing = camera.turned(spot.normal)[2]
    if spot.how == "grip":
        held = under - 1.0 if facing > 0 else under + 1.0
        return held, held + 0.1
    near = max(own, under + 1.0, legs)
    if facing >= _TURNED_AWAY:
        return near, near + 0.1
    far = min(own, under - 1.0)
    round_it = camera.depth(fore.at) > under + _AROUND_CM
    return (near if round_it else far), far + 0.1


def _shape_of(part: str) -> str:
    """Return the shape that shows a part of the body."""
    side, _, name = part.rpartition(".")
    if name in {"upper_arm", "forearm", "hand"}:
        return f"{side}.{'hand' if name == 'hand' else 'arm'}"
    if name in {"thigh", "shank"}:
        return f"{side}.leg"
    return {"head": "head", "neck": "neck"}.get(part, "torso")
