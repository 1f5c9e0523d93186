"""A body as it is put together: trunk first, then legs, then arms."""

from __future__ import annotations

from math import cos, radians, sin
from typing import TYPE_CHECKING, Final

from deskbreak.figure import joints
from deskbreak.figure.around import STANCES, spots
from deskbreak.figure.body import Arm, Body, End
from deskbreak.figure.joints import sign
from deskbreak.figure.space import (
    across,
    angle,
    apply,
    bent,
    cross,
    elbow,
    joined,
    minus,
    plus,
    scaled,
    turned,
    unit,
    within,
)
from deskbreak.figure.touch import ON_BODY, Part, Spot, named

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.figure.space import Frame, Vec

_ACROSS_CM: Final = 12.0
"""A wrist that is so far across the middle and up the chest has its elbow ahead."""
_BEHIND_CM: Final = 5.0
"""A wrist that is twice so far behind the middle of the chest has its elbow behind it."""
_HIPS_CM: Final = 24.0
"""A hand that is farther below the chest lies on no back, but on the seat, say."""
_BENDS: Final = 3
"""Lumbar spine and chest each bend in so many places, so that a back that rounds is round."""
_BREASTBONE_CM: Final = 2.0
"""So far from the middle a shoulder girdle turns."""
_STRAIGHT_DEG: Final = 1.0
"""Of an elbow that bends by less, the bones do not tell where it bends to."""


class Draft:
    """A body that is not whole yet."""

    def __init__(self, values: Mapping[str, float], stance: str) -> None:
        self.values = values
        self.stance = stance
        self.parts: dict[str, Part] = {}
        self.spine: list[Part] = []
        self.arms: dict[str, Arm] = {}
        self.touched: dict[str, Spot] = {}
        self.missed: dict[str, float] = {}
        self._trunk()

    def body(self) -> Body:
        """Return the body that is whole now."""
        spine = tuple(self.spine)
        return Body(
            self.values, self.stance, self.parts, spine, self.arms, self.touched, self.missed
        )

    def spot(self, name: str) -> Spot:
        """Return a spot as it is told: on the body, or around it."""
        return ON_BODY.get(name) or spots(self.stance, self.values)[name]

    def _trunk(self) -> None:
        """Put hips, spine, neck and head."""
        v = self.values
        axes = bent(v["pelvis.tilt"], v["pelvis.side"], v["pelvis.turn"])
        high = STANCES[self.stance].hips + v["chair.up"] + v["pelvis.y"]
        pelvis = Part((v["pelvis.x"], high, v["pelvis.z"]), axes)
        self.parts["pelvis"] = pelvis
        self.spine.append(pelvis)
        at = pelvis.point((0.0, 5.0, -1.0))
        for joint, name, long in (
            ("lumbar", "belly", joints.LUMBAR),
            ("chest", "chest", joints.CHEST),
        ):
            told = (v[f"{joint}.flex"], v[f"{joint}.side"], v[f"{joint}.turn"])
            bend = bent(*(degrees / _BENDS for degrees in told))
            for _ in range(_BENDS):
                axes = joined(axes, bend)
                self.spine.append(Part(at, axes))
                at = plus(at, axes[1], long / _BENDS)
            self.parts[name] = Part(plus(at, axes[1], -long), axes)
        self.spine.append(Part(at, axes))
        self._neck(at, axes)

    def _neck(self, at: Vec, axes: Frame) -> None:
        """Put neck and head on the chest; the neck bends by half below and by half above."""
        v = self.values
        half = bent(v["neck.flex"] / 2, v["neck.side"] / 2, v["neck.turn"] / 2)
        axes = joined(axes, half)
        self.parts["neck"] = Part(at, axes)
        at = plus(plus(at, axes[1], joints.NECK), axes[2], 1.0 + v["head.glide"])
        axes = joined(joined(axes, half), bent(v["head.nod"], 0, 0))
        self.parts["head"] = Part(plus(plus(at, axes[1], 8.5), axes[2], 1.5), axes)

    def shoulder(self, side: str) -> Vec:
        """Return where a shoulder is; a breath lifts it a little."""
        up = radians(self.values[f"{side}.girdle.up"])
        ahead = radians(self.values[f"{side}.girdle.forward"])
        wide = joints.SHOULDER_APART - _BREASTBONE_CM
        own = (
            sign(side) * (_BREASTBONE_CM + wide * cos(up) * cos(ahead)),
            joints.CHEST - 5.0 + wide * sin(up) + self.values["breath"] * 0.8,
            -1.0 + wide * sin(ahead),
        )
        return self.parts["chest"].point(own)

    def arm(self, side: str, told: Arm) -> None:
        """Put an arm by its joints."""
        chest = self.parts["chest"].axes
        along, front = apply(chest, told.along), apply(chest, told.front)
        root, hinge = self.shoulder(side), cross(front, along)
        self.parts[f"{side}.upper_arm"] = Part(root, (hinge, scaled(along, -1.0), front))
        fore = turned(along, hinge, -told.bend)
        axes = (hinge, scaled(fore, -1.0), turned(front, hinge, -told.bend))
        bend = plus(root, along, joints.UPPER_ARM)
        self.parts[f"{side}.forearm"] = Part(bend, axes)
        wrist = plus(bend, fore, joints.FOREARM)
        self.parts[f"{side}.hand"] = Part(wrist, joined(axes, told.hand))
        self.arms[side] = told

    def lead(self, side: str, hand: End) -> None:
        """Put an arm so that its hand is at *hand*, with its axes."""
        chest, root = self.parts["chest"].axes, self.shoulder(side)
        bend, missed = self.elbow(side, hand.at)
        along, fore = unit(minus(bend, root)), unit(minus(hand.at, bend))
        turn = angle(along, fore)
        front = across(fore if turn > _STRAIGHT_DEG else chest[2], along)
        hinge = cross(front, along)
        axes = (hinge, scaled(fore, -1.0), turned(front, hinge, -turn))
        x, y, z = (within(axes, axis) for axis in hand.axes)
        self.arm(side, Arm(within(chest, along), within(chest, front), turn, (x, y, z)))
        self.missed[f"{side}.hand"] = abs(missed)

    def elbow(self, side: str, wrist: Vec) -> tuple[Vec, float]:
        """Return where the elbow of a *wrist* is, and by how much that is out of reach (cm)."""
        out = self._outwards(side, wrist)
        return elbow(self.shoulder(side), wrist, joints.UPPER_ARM, joints.FOREARM, out)

    def _outwards(self, side: str, wrist: Vec) -> Vec:
        """Return where an elbow goes by itself: down, a little out and back; or as it is told.

        That of a hand on the other side of the chest goes ahead: the chest is in the way. That of
        a hand on the back stays behind.
        """
        out, chest, v = sign(side), self.parts["chest"], self.values
        x, y, z = within(chest.axes, minus(wrist, chest.at))
        over = _share(-out * x / _ACROSS_CM) * _share(y / _ACROSS_CM)
        behind = _share((-z - _BEHIND_CM) / _BEHIND_CM) * _share((y + _HIPS_CM) / _ACROSS_CM)
        own: Vec = (out * 0.45, -1.0, -0.35 + 1.85 * over - 1.1 * behind)
        own = turned(own, (0.0, 0.0, 1.0), out * v[f"{side}.elbow.out"])
        own = turned(own, (1.0, 0.0, 0.0), -v[f"{side}.elbow.ahead"])
        return apply(chest.axes, own)

    def foot(self, side: str, touch: str | None) -> End:
        """Return where a foot is: on what it touches, or on the floor where it is told.

        ``feet.turn`` carries both feet about where the middle of the figure is at rest.
        """
        if touch is not None:
            return self._foot_on(side, touch)
        v, stands = self.values, STANCES[self.stance].feet
        at: Vec = (
            sign(side) * (stands[0] + v[f"{side}.foot.out"]),
            stands[1] + v[f"{side}.foot.y"] + joints.ANKLE,
            stands[2] + v[f"{side}.foot.z"],
        )
        at = apply(bent(0, 0, v["feet.turn"]), at)
        pitch, turn = v[f"{side}.foot.pitch"], v["feet.turn"] - sign(side) * v[f"{side}.foot.turn"]
        flat, axes = bent(0, 0, turn), bent(-pitch, 0, turn)
        # It tips about its ball when the heel is up, about its heel when the toes are.
        heel, ball = joints.FOOT
        pivot = (0.0, -joints.ANKLE, ball if pitch < 0 else heel)
        return End(plus(plus(at, apply(flat, pivot)), apply(axes, pivot), -1.0), axes)

    def _foot_on(self, side: str, touch: str) -> End:
        """Return where a foot is whose ankle lies across what it touches."""
        name, _ = named(touch)
        spot = self.spot(name).seen(self.parts)
        self.touched[f"{side}.foot"] = spot
        toes = scaled(self.parts["pelvis"].axes[0], sign(side))
        x = scaled(unit(spot.normal), sign(side))
        return End(spot.at, (x, cross(toes, x), toes))

    def leg(self, side: str, foot: End) -> None:
        """Put a leg so that its foot is at *foot*."""
        out, turn = sign(side), self.values["pelvis.turn"]
        hip = self.parts["pelvis"].point((out * joints.HIP_APART, 0.0, 0.0))
        knees: Vec = (out * 0.12, 0.35, 1.0)
        ahead = turned(knees, (0.0, 1.0, 0.0), out * self.values[f"{side}.knee.out"])
        # Of a trunk that leans ahead, the knees still go where the feet are.
        ahead = apply(bent(0, 0, turn), ahead)
        knee, missed = elbow(hip, foot.at, joints.THIGH, joints.SHANK, ahead)
        hinge = unit(cross(ahead, minus(foot.at, hip)), (1.0, 0.0, 0.0))
        for name, top, end in (("thigh", hip, knee), ("shank", knee, foot.at)):
            y = unit(minus(top, end))
            self.parts[f"{side}.{name}"] = Part(top, (hinge, y, cross(hinge, y)))
        self.parts[f"{side}.foot"] = Part(foot.at, foot.axes)
        if missed > 0:
            self.missed[f"{side}.foot"] = missed


def _share(value: float) -> float:
    return max(0.0, min(1.0, value))
