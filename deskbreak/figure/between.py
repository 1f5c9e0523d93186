"""The body on its way from one pose to another."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.figure.body import Arm, End
from deskbreak.figure.draft import Draft
from deskbreak.figure.joints import SIDES, sign
from deskbreak.figure.space import (
    across,
    apply,
    cross,
    dot,
    length,
    minus,
    mix,
    plus,
    slerp,
    unit,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.space import Frame, Vec
    from deskbreak.figure.touch import Part, Spot

_FAR_CM: Final = 35.0
"""A hand that goes further than this is led by its arm."""
_LIFT: Final = 0.3
"""Whoever lays a hand elsewhere lifts it, by so much of the way at the most."""


def between(one: Body, other: Body, share: float) -> Body:
    """Return the body on its way from *one* to an *other*; a *share* of 1 is the other.

    Joints go evenly, arms on the way over the ball, feet straight; a hand that touches something
    before and after slides straight from one spot to the other, or is lifted from part to part.
    """
    if share <= 0 or share >= 1:
        return other if share >= 1 else one
    values = {
        name: value + (other.values[name] - value) * share for name, value in one.values.items()
    }
    draft = Draft(values, other.stance)
    for side in SIDES:
        draft.leg(side, _end_between(one, other, f"{side}.foot", share))
    for side in SIDES:
        hand = f"{side}.hand"
        if _is_near(one, other, hand):
            draft.lead(side, _hand_between(one, other, hand, share))
        else:
            draft.arm(side, _arm_between(one.arms[side], other.arms[side], share))
    for limb, spot in other.touched.items():
        if limb in one.touched:
            draft.touched[limb] = _carried(spot, other.parts, draft.parts)
    return draft.body()


def _is_near(one: Body, other: Body, hand: str) -> bool:
    """Whether a hand touches something before and after, which is not far away."""
    if hand not in one.touched or hand not in other.touched:
        return False
    return length(minus(one.parts[hand].at, other.parts[hand].at)) <= _FAR_CM


def _hand_between(one: Body, other: Body, name: str, share: float) -> End:
    """Return a hand on its way: along one part of the body it slides, to another it is lifted."""
    end = _end_between(one, other, name, share)
    a, b = unit(one.touched[name].normal), unit(other.touched[name].normal)
    alike = dot(a, b)
    if one.touched[name].part == other.touched[name].part and alike > 0:
        return end
    far = length(minus(other.parts[name].at, one.parts[name].at))
    # From the upper side of a thigh to its lower one the way goes round it.
    out: Vec = (sign(name.partition(".")[0]) * (1.0 - alike) / 2, 0.0, 0.0)
    off = unit(plus(mix(a, b, share), out))
    lift = _LIFT * (1.0 + (1.0 - alike) / 2) * far
    return End(plus(end.at, off, lift * 4 * share * (1 - share)), end.axes)


def _carried(spot: Spot, there: Mapping[str, Part], here: Mapping[str, Part]) -> Spot:
    """Return *spot*, told where its part is *there*, where that part is *here*."""
    if not spot.part:
        return spot
    was, now = there[spot.part], here[spot.part]
    at = now.point(within(was.axes, minus(spot.at, was.at)))
    return replace(spot, at=at, normal=apply(now.axes, within(was.axes, spot.normal)))


def _end_between(one: Body, other: Body, name: str, share: float) -> End:
    a, b = one.parts[name], other.parts[name]
    return End(mix(a.at, b.at, share), _frame_between(a.axes, b.axes, share))


def _arm_between(a: Arm, b: Arm, share: float) -> Arm:
    along = slerp(a.along, b.along, share)
    return Arm(
        along,
        across(mix(a.front, b.front, share), along),
        a.bend + (b.bend - a.bend) * share,
        _frame_between(a.hand, b.hand, share),
    )


def _frame_between(a: Frame, b: Frame, share: float) -> Frame:
    y = slerp(a[1], b[1], share)
    z = across(mix(a[2], b[2], share), y)
    return (cross(y, z), y, z)
