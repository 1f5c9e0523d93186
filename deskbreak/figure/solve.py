"""From a pose as it is told to a body: what is free by its joints, what touches something by its spot."""

from __future__ import annotations

from dataclasses import replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.angles import told_arm
from deskbreak.figure.body import End
from deskbreak.figure.draft import Draft
from deskbreak.figure.joints import BELLY, HAND, SIDES, sign
from deskbreak.figure.space import across, apply, cross, minus, plus, scaled, unit
from deskbreak.figure.touch import ON_BODY, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.figure.body import Body, Key
    from deskbreak.figure.space import Frame, Vec
    from deskbreak.figure.touch import Spot

_OF_HAND: Final[Mapping[str, float]] = MappingProxyType(
    {"palm": 0.5, "heel": 0.12, "tips": 0.96, "thumb": 0.42, "fist": 0.3}
)
"""What touches lies that far from the wrist, of the length of the hand."""
_TILTS: Final[Mapping[str, tuple[float, float]]] = MappingProxyType(
    {"heel": (0.95, 0.3), **dict.fromkeys(("tips", "thumb", "fist"), (0.8, -0.5))}
)
"""How far fingers go along what they touch, and away from it; those of a palm lie flat."""
_HALF_THICK_CM: Final = 1.8
"""Half the thickness of a hand."""
_THUMB_TIP: Final = (4.6, -9.2, 5.1)
"""Where the tip of a thumb is from the wrist: towards the palm, along the fingers, aside (cm)."""
_TRIES: Final = 3
"""The forearm's way depends on the hand's, and that on the forearm's: after so many both fit."""


def solve(key: Key) -> Body:
    """Return the body in the pose of *key*."""
    draft, touches = Draft(key.values, key.stance), key.touches
    # A foot on the other leg comes after that leg.
    for side in sorted(SIDES, key=lambda one: f"{one}.foot" in touches):
        draft.leg(side, draft.foot(side, touches.get(f"{side}.foot")))
    led = [side for side in SIDES if f"{side}.hand" in touches]
    for side in SIDES:
        if side not in led:
            draft.arm(side, told_arm(side, key.values))
    # A hand on the other arm comes after that arm.
    for side in sorted(led, key=lambda one: _is_on_an_arm(touches[f"{one}.hand"])):
        _lay(draft, side, touches[f"{side}.hand"])
    return draft.body()


def _is_on_an_arm(touch: str) -> bool:
    name, _ = named(touch)
    return name in ON_BODY and ON_BODY[name].on_an_arm


def _lay(draft: Draft, side: str, touch: str) -> None:
    """Put an arm so that its hand touches a spot."""
    name, how = named(touch)
    told = draft.spot(name)
    spot = replace(told.seen(draft.parts), how=how)
    if how == "grip":
        hand = _gripping(draft, side, spot)
    else:
        hand = _lying(draft, side, spot, _goal(draft, side, spot, _off(draft, side, told)))
    draft.lead(side, hand)
    draft.touched[f"{side}.hand"] = spot


def _off(draft: Draft, side: str, told: Spot) -> float:
    """Return how far the middle of a hand is off what it touches (cm); a belly carries it along."""
    off = _HALF_THICK_CM + draft.values[f"{side}.hand.off"]
    ahead = told.normal[2] > 0
    if told.part == "belly" and ahead:
        off += 2 * BELLY * draft.values["belly"]
    return off


def _goal(draft: Draft, side: str, spot: Spot, off: float) -> Vec:
    """Return where a hand goes for *spot*: *off* it, and as far down the limb as is told (cm)."""
    goal = plus(spot.at, unit(spot.normal), off)
    if not spot.part:
        return goal
    return plus(goal, draft.parts[spot.part].axes[1], -draft.values[f"{side}.hand.along"])


def _lying(draft: Draft, side: str, spot: Spot, goal: Vec) -> End:
    """Return a hand that lies on *spot*, the fingers as the spot or the forearm has it."""
    normal, far = unit(spot.normal), _OF_HAND[spot.how] * HAND
    flat, away = _TILTS.get(spot.how, (1.0, 0.0))
    fingers = across(spot.along or minus(goal, draft.shoulder(side)), normal)
    for _ in range(_TRIES):
        wrist = plus(goal, fingers, -far)
        if spot.along is None:
            bend, _missed = draft.elbow(side, wrist)
            fingers = across(unit(minus(wrist, bend)), normal)
        if away:
            fingers = unit(plus(scaled(fingers, flat), normal, away))
    palm = across(scaled(normal, -1.0), fingers)
    return End(plus(goal, fingers, -far), _axes(scaled(palm, -sign(side)), fingers))


def _gripping(draft: Draft, side: str, spot: Spot) -> End:
    """Return a hand whose thumb lies on *spot* and whose fingers are behind what is touched."""
    normal, (inwards, down, aside) = unit(spot.normal), _THUMB_TIP
    goal = _goal(draft, side, spot, draft.values[f"{side}.hand.off"])
    fingers = across(minus(goal, draft.shoulder(side)), normal)
    for _ in range(_TRIES):
        axes = _axes(scaled(normal, -sign(side)), fingers)
        wrist = minus(goal, apply(axes, (-sign(side) * inwards, down, aside)))
        bend, _missed = draft.elbow(side, wrist)
        fingers = across(minus(wrist, bend), normal)
    return End(wrist, axes)


def _axes(x: Vec, fingers: Vec) -> Frame:
    """Return the axes of a hand whose fingers go that way."""
    y = scaled(fingers, -1.0)
    return (x, y, cross(x, y))
