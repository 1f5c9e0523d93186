"""Between joints in degrees and the directions of arms and legs: either from the other."""

from __future__ import annotations

from math import atan2, cos, degrees, hypot, radians, sin
from typing import TYPE_CHECKING, Final

from deskbreak.figure.body import Arm
from deskbreak.figure.joints import SIDES, sign
from deskbreak.figure.space import (
    UPRIGHT,
    Vec,
    across,
    angle,
    cross,
    dot,
    length,
    scaled,
    turned,
    unit,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.space import Frame
    from deskbreak.figure.touch import Part

_X, _Y, _Z = UPRIGHT
_DOWN: Final[Vec] = (0.0, -1.0, 0.0)
_NONE: Final = 1e-6


def told_arm(side: str, values: Mapping[str, float]) -> Arm:
    """Return the arm that the joints tell."""
    out = sign(side)
    lift, plane = radians(values[f"{side}.arm.lift"]), radians(values[f"{side}.arm.plane"])
    along = (out * sin(lift) * cos(plane), -cos(lift), sin(lift) * sin(plane))
    front = turned(_untwisted(side, along), along, out * values[f"{side}.arm.twist"])
    return Arm(along, front, values[f"{side}.elbow.bend"], _told_hand(side, values))


def _untwisted(side: str, along: Vec) -> Vec:
    """Return where the forearm goes if the arm came up on the shortest way, without a twist.

    An arm that is across the body came up straight ahead and went over level, as shoulders do.
    """
    if sign(side) * along[0] < 0 < along[2]:
        front = _untwisted(side, (0.0, along[1], hypot(along[0], along[2])))
        return turned(front, _Y, degrees(atan2(along[0], along[2])))
    axis = cross(_DOWN, along)
    if length(axis) < _NONE:  # straight down or up
        return _Z
    return turned(_Z, unit(axis), angle(_DOWN, along))


def _told_hand(side: str, values: Mapping[str, float]) -> Frame:
    out, axes = sign(side), UPRIGHT
    for axis, by in (
        (_Z, -out * values[f"{side}.wrist.bend"]),
        (_X, values[f"{side}.wrist.aside"]),
        (_Y, -out * values[f"{side}.forearm.roll"]),
    ):
        x, y, z = (turned(one, axis, by) for one in axes)
        axes = (x, y, z)
    return axes


def seen_angles(body: Body) -> dict[str, float]:
    """Return the joints that follow from where hands and feet are (degrees), by name.

    Told ones are in ``body.values``; these are what the arms and legs of the solved body really do.
    """
    found: dict[str, float] = {}
    for side in SIDES:
        found.update(_arm_angles(side, body.arms[side]))
        found.update(_leg_angles(side, body.parts))
    return found


def _arm_angles(side: str, arm: Arm) -> dict[str, float]:
    out, along, front = sign(side), arm.along, arm.front
    straight = _untwisted(side, along)
    x, y, z = arm.hand
    # The hand's axis leaves that of the forearm by bend and by side; what is left is the roll.
    thumb = across(z, _Y)
    return {
        f"{side}.arm.lift": angle(_DOWN, along),
        f"{side}.arm.plane": degrees(atan2(along[2], out * along[0])),
        f"{side}.arm.twist": out
        * degrees(atan2(dot(cross(straight, front), along), dot(straight, front))),
        f"{side}.elbow.bend": arm.bend,
        f"{side}.forearm.roll": -out * degrees(atan2(thumb[0], thumb[2])),
        f"{side}.wrist.away": angle(y, _Y),
        f"{side}.wrist.bend": degrees(atan2(-out * x[1], max(_NONE, y[1]))),
    }


def _leg_angles(side: str, parts: Mapping[str, Part]) -> dict[str, float]:
    thigh = scaled(parts[f"{side}.thigh"].axes[1], -1.0)
    shank = scaled(parts[f"{side}.shank"].axes[1], -1.0)
    x, y, z = within(parts["pelvis"].axes, thigh)
    return {
        f"{side}.hip.flex": degrees(atan2(z, -y)) if y <= 0 or z > 0 else 180.0,
        f"{side}.hip.out": degrees(atan2(sign(side) * x, max(_NONE, abs(y) + abs(z)))),
        f"{side}.knee.bend": angle(thigh, shank),
    }
