"""Hands on paper: with the fingers together, or each by itself in a close picture."""

from __future__ import annotations

from math import cos, hypot, radians, sin
from typing import TYPE_CHECKING, Final

from deskbreak.figure.camera import towards
from deskbreak.figure.joints import sign
from deskbreak.figure.outlines import CAPSULE, capsule
from deskbreak.figure.space import Vec, mix, plus, scaled, unit

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.figure.camera import Camera
    from deskbreak.figure.touch import Part

THUMB: Final = CAPSULE * 2
"""The end of the path of a hand whose fingers are drawn one by one."""
_MITTEN: Final = CAPSULE * 4
_FINGERS: Final = CAPSULE * 9 + THUMB
_THUMB_UP: Final[Vec] = (0.0, -0.15, 0.98)
_DOWN: Final[Vec] = (0.0, -1.0, 0.0)
_HALF_THICK_CM: Final = 1.9
"""Half as thick as a hand is."""
_PLACES: Final = ((1.5, 0.93), (0.5, 1.05), (-0.5, 1.0), (-1.5, 0.8))
"""Where each finger is from the middle of the hand, and how long it is, from the first to the fourth."""
_BENT_AWAY_DEG: Final = 85.0
"""By so much fingers are bent that are not used."""


def mitten(
    hand: Part, side: str, values: Mapping[str, float], camera: Camera
) -> tuple[str, tuple[float, ...]]:
    """Return a hand with its four fingers together."""
    s = camera.scale
    curl = radians(values[f"{side}.fingers.curl"])
    palm: Vec = (-sign(side), 0.0, 0.0)

    def ray(bend: float) -> Vec:
        return plus(scaled(_DOWN, cos(bend)), palm, sin(bend))

    knuckle: Vec = (0.0, -8.0, 0.0)
    middle = plus(knuckle, ray(curl * 0.7), 5.0)
    tip = plus(middle, ray(curl * 1.8), 4.6)
    root: Vec = plus((0.0, -3.0, 2.6), palm, 0.4)
    lies = unit((palm[0] * 0.35, -0.75, 0.55 + 0.3 * cos(curl)))
    thumb = plus(root, mix(lies, _THUMB_UP, values[f"{side}.thumb.up"]), 5.6)
    wide = _half_seen(hand, camera, 3.6)
    slim = 1.0 - 0.4 * values[f"{side}.fingers.two"]
    places: tuple[Vec, ...] = ((0.0, -0.5, 0.0), knuckle, middle, tip, root, thumb)
    a, b, c, d, e, f = (camera.flat(hand.point(place)) for place in places)
    return _MITTEN, (
        *capsule(a, b, 2.9 * s, wide),
        *capsule(b, c, wide, wide * 0.92 * slim),
        *capsule(c, d, wide * 0.9 * slim, max(wide * 0.7 * slim, 1.5 * s)),
        *capsule(e, f, 1.8 * s, 1.3 * s),
    )


def _half_seen(hand: Part, camera: Camera, half_wide: float) -> float:
    """Return half the width that is seen of a hand (units): it is flat."""
    along = camera.way(hand.axes[1])
    z, x = camera.way(hand.axes[2]), camera.way(hand.axes[0])
    n = towards((-along[1], along[0]), z, short=0.2 * camera.scale)
    return hypot(
        half_wide * (z[0] * n[0] + z[1] * n[1]), _HALF_THICK_CM * (x[0] * n[0] + x[1] * n[1])
    )


def fingers(
    hand: Part, side: str, values: Mapping[str, float], camera: Camera
) -> tuple[str, tuple[float, ...]]:
    """Return a hand with each finger by itself; the thumb comes last, see THUMB."""
    s = camera.scale
    palm = [camera.flat(hand.point((0.0, y, z))) for y, z in ((-0.5, 0.0), (-7.0, 0.2))]
    numbers = [*capsule(palm[0], palm[1], 2.8 * s, _half_seen(hand, camera, 3.5))]
    for joints in _each_finger(side, values):
        a, b, c = (camera.flat(hand.point(joint)) for joint in joints)
        numbers += [*capsule(a, b, 1.05 * s, 0.98 * s), *capsule(b, c, 0.97 * s, 0.85 * s)]
    a, b, c = (camera.flat(hand.point(joint)) for joint in _thumb(side, values))
    numbers += [*capsule(a, b, 1.5 * s, 1.15 * s), *capsule(b, c, 1.15 * s, 0.95 * s)]
    return _FINGERS, tuple(numbers)


def _each_finger(side: str, values: Mapping[str, float]) -> Iterator[tuple[Vec, Vec, Vec]]:
    """Yield knuckle, middle joint and tip of each finger in the hand."""
    curl = radians(values[f"{side}.fingers.curl"])
    spread = radians(values[f"{side}.fingers.spread"])
    palm: Vec = (-sign(side), 0.0, 0.0)
    for place, long in _PLACES:
        base: Vec = (0.0, -8.2 + 0.35 * abs(place), place * 1.75)
        fan = (place - 0.1) * spread
        straight = plus(scaled(_DOWN, cos(fan)), (0.0, 0.0, 1.0), sin(fan))
        # Of two fingers that are used alone, the others are bent away.
        away = values[f"{side}.fingers.two"] * (place < 0)
        bend = curl + (radians(_BENT_AWAY_DEG) - curl) * away
        further = bend * 2.05
        middle = plus(base, plus(scaled(straight, cos(bend)), palm, sin(bend)), 4.4 * long)
        tip = plus(middle, plus(scaled(straight, cos(further)), palm, sin(further)), 4.4 * long)
        yield base, middle, tip


def _thumb(side: str, values: Mapping[str, float]) -> tuple[Vec, Vec, Vec]:
    """Return root, joint and tip of the thumb in the hand."""
    curl = radians(values[f"{side}.fingers.curl"])
    inwards, up = -sign(side), values[f"{side}.thumb.up"]
    out = 0.45 + 1.6 * radians(values[f"{side}.fingers.spread"]) + 0.2 * cos(curl)
    root: Vec = (inwards * 0.6, -3.2, 2.4)
    middle = plus(root, unit((inwards * 0.45, -0.8, out)), 4.4)
    way: Vec = (inwards * (0.3 + 0.9 * sin(curl)), -0.95, out * 0.6 - 0.9 * sin(curl))
    tip = plus(middle, unit(way), 3.4)
    return (
        root,
        mix(middle, plus(root, _THUMB_UP, 4.0), up),
        mix(tip, plus(root, _THUMB_UP, 7.0), up),
    )
