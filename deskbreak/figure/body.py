"""From joints to a body in the room: where every part of the figure is, and which way it points."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import atan2, cos, degrees, hypot, radians, sin
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure import joints
from deskbreak.figure.around import STANCES, spots
from deskbreak.figure.joints import SIDES
from deskbreak.figure.space import (
    Frame,
    Vec,
    across,
    angle,
    apply,
    bent,
    cross,
    dot,
    elbow,
    joined,
    length,
    minus,
    mix,
    plus,
    scaled,
    slerp,
    turned,
    unit,
    within,
)
from deskbreak.figure.touch import ON_BODY, Part, Spot, named

if TYPE_CHECKING:
    from collections.abc import Mapping

_OF_HAND: Final = MappingProxyType(
    {"palm": 0.5, "heel": 0.12, "tips": 0.96, "thumb": 0.42, "fist": 0.3}
)
"""What touches lies that far from the wrist, of the length of the hand."""
_THICK: Final = 1.8
"""Half the thickness of a hand (cm)."""
_ACROSS_CM: Final = 12.0
"""A wrist that is so far across the middle and up the chest has its elbow ahead."""
_BEHIND_CM: Final = 5.0
"""A wrist that is twice so far behind the middle of the chest has its elbow behind it."""
_HIPS_CM: Final = 24.0
"""A hand that is farther below the chest lies on no back, but on the seat, say."""
_THUMB_TIP: Final = (4.6, -9.2, 5.1)
"""Where the tip of a thumb is from the wrist: towards the palm, along the fingers, aside (cm)."""


@dataclass(frozen=True, slots=True)
class Key:
    """A pose as it is told: joints by name, and what hands and feet touch."""

    values: Mapping[str, float]
    touches: Mapping[str, str]  # "left.hand" or "left.foot" → the name of a spot
    stance: str = "stand"


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm in the axes of the chest, and its hand in those of the forearm."""

    along: Vec
    front: Vec  # where the forearm goes when the elbow bends
    bend: float  # degrees
    hand: Frame


@dataclass(frozen=True, slots=True)
class End:
    """Where a hand or a foot is in the room: its wrist or ankle, and its axes."""

    at: Vec
    axes: Frame


@dataclass(frozen=True, slots=True)
class Body:
    """The figure in the room."""

    values: Mapping[str, float]
    stance: str
    parts: Mapping[str, Part]
    spine: tuple[Part, ...]  # from the hips to the neck
    arms: Mapping[str, Arm]
    touched: Mapping[str, Spot]  # by hand or foot, in the axes of the room
    missed: Mapping[str, float]  # by how much a hand or foot fails to reach its spot (cm)


def solve(key: Key) -> Body:
    """Return the body in the pose of *key*."""
    made = _Made(key.values, key.stance)
    made.trunk()
    # A foot on the other leg comes after that leg.
    for side in sorted(SIDES, key=lambda one: f"{one}.foot" in key.touches):
        made.leg(side, made.foot(side, key.touches.get(f"{side}.foot")))
    free = [side for side in SIDES if f"{side}.hand" not in key.touches]
    for side in free:
        made.arm(side, _told_arm(side, key.values))
    # A hand on the other arm comes after that arm.
    for side in sorted(set(SIDES) - set(free), key=lambda one: _on_an_arm(key, one)):
        made.reach(side, key.touches[f"{side}.hand"])
    return made.body()


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
    made = _Made(values, other.stance)
    made.trunk()
    for side in SIDES:
        made.leg(side, _end_between(one, other, f"{side}.foot", share))
    for side in SIDES:
        hand = f"{side}.hand"
        if _is_near(one, other, hand):
            made.lead(side, _hand_between(one, other, hand, share))
        else:
            made.arm(side, _arm_between(one.arms[side], other.arms[side], share))
    for limb, spot in other.touched.items():
        if limb in one.touched:
            made.touched[limb] = _carried(spot, other.parts, made.parts)
    return made.body()


_FAR_CM: Final = 35.0
"""A hand that goes further than this is led by its arm."""
_LIFT: Final = 0.3
"""Whoever lays a hand elsewhere lifts it, by so much of the way at the most."""


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
    out: Vec = (_sign(name.partition(".")[0]) * (1.0 - alike) / 2, 0.0, 0.0)
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


def _on_an_arm(key: Key, side: str) -> bool:
    name, _ = named(key.touches[f"{side}.hand"])
    spot = ON_BODY.get(name)
    return spot is not None and spot.part.endswith(("arm", "hand"))


def _share(value: float) -> float:
    return max(0.0, min(1.0, value))


def _sign(side: str) -> float:
    return 1.0 if side == "left" else -1.0


def _told_arm(side: str, values: Mapping[str, float]) -> Arm:
    """Return the arm that the joints tell."""
    sign = _sign(side)
    lift, plane = radians(values[f"{side}.arm.lift"]), radians(values[f"{side}.arm.plane"])
    along = (sign * sin(lift) * cos(plane), -cos(lift), sin(lift) * sin(plane))
    front = _front_untwisted(side, along)
    front = turned(front, along, sign * values[f"{side}.arm.twist"])
    return Arm(along, front, values[f"{side}.elbow.bend"], _told_hand(side, values))


def _front_untwisted(side: str, along: Vec) -> Vec:
    """Return where the forearm goes if the arm came up on the shortest way, without a twist.

    An arm that is across the body came up straight ahead and went over level, as shoulders do.
    """
    if _sign(side) * along[0] < 0 < along[2]:
        front = _front_untwisted(side, (0.0, along[1], hypot(along[0], along[2])))
        return turned(front, (0.0, 1.0, 0.0), degrees(atan2(along[0], along[2])))
    down = (0.0, -1.0, 0.0)
    axis = cross(down, along)
    if length(axis) < 1e-6:  # noqa: PLR2004 - straight down or up
        return (0.0, 0.0, 1.0)
    return turned((0.0, 0.0, 1.0), unit(axis), angle(down, along))


def _told_hand(side: str, values: Mapping[str, float]) -> Frame:
    sign = _sign(side)
    axes: Frame = ((1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0))
    for axis, by in (
        ((0.0, 0.0, 1.0), -sign * values[f"{side}.wrist.bend"]),
        ((1.0, 0.0, 0.0), values[f"{side}.wrist.aside"]),
        ((0.0, 1.0, 0.0), -sign * values[f"{side}.forearm.roll"]),
    ):
        x, y, z = (turned(one, axis, by) for one in axes)
        axes = (x, y, z)
    return axes


class _Made:
    """A body as it is put together: trunk first, then legs, then arms."""

    def __init__(self, values: Mapping[str, float], stance: str) -> None:
        self.values = values
        self.stance = stance
        self.parts: dict[str, Part] = {}
        self.spine: list[Part] = []
        self.arms: dict[str, Arm] = {}
        self.touched: dict[str, Spot] = {}
        self.missed: dict[str, float] = {}

    def body(self) -> Body:
        return Body(
            self.values,
            self.stance,
            self.parts,
            tuple(self.spine),
            self.arms,
            self.touched,
            self.missed,
        )

    # ── trunk ───────────────────────────────────────────────────────────────────────────────

    def trunk(self) -> None:
        """Put hips, spine, neck and head."""
        v = self.values
        axes = bent(v["pelvis.tilt"], v["pelvis.side"], v["pelvis.turn"])
        at = (
            v["pelvis.x"],
            STANCES[self.stance].hips + v["chair.up"] + v["pelvis.y"],
            v["pelvis.z"],
        )
        self._part("pelvis", at, axes)
        self.spine.append(self.parts["pelvis"])
        at = self.parts["pelvis"].point((0.0, 5.0, -1.0))
        for name, long in (("lumbar", joints.LUMBAR), ("chest", joints.CHEST)):
            # Each bends in three places, so that a back that rounds is round.
            third = bent(v[f"{name}.flex"] / 3, v[f"{name}.side"] / 3, v[f"{name}.turn"] / 3)
            for _ in range(3):
                axes = joined(axes, third)
                self.spine.append(Part(at, axes))
                at = plus(at, axes[1], long / 3)
            self._part({"lumbar": "belly", "chest": "chest"}[name], plus(at, axes[1], -long), axes)
        self.spine.append(Part(at, axes))
        self._neck(at, axes)

    def _neck(self, at: Vec, axes: Frame) -> None:
        v = self.values
        half = bent(v["neck.flex"] / 2, v["neck.side"] / 2, v["neck.turn"] / 2)
        axes = joined(axes, half)
        self._part("neck", at, axes)
        at = plus(plus(at, axes[1], joints.NECK), axes[2], 1.0 + v["head.glide"])
        axes = joined(joined(axes, half), bent(v["head.nod"], 0, 0))
        self._part("head", plus(plus(at, axes[1], 8.5), axes[2], 1.5), axes)

    def _part(self, name: str, at: Vec, axes: Frame) -> None:
        self.parts[name] = Part(at, axes)

    def _spot(self, name: str) -> Spot:
        return ON_BODY.get(name) or spots(self.stance, self.values)[name]

    # ── arms ────────────────────────────────────────────────────────────────────────────────

    def _shoulder(self, side: str) -> Vec:
        up = radians(self.values[f"{side}.girdle.up"])
        ahead = radians(self.values[f"{side}.girdle.forward"])
        wide = joints.SHOULDER_APART - 2.0
        return self.parts["chest"].point(
            (
                _sign(side) * (2.0 + wide * cos(up) * cos(ahead)),
                joints.CHEST - 5.0 + wide * sin(up) + self.values["breath"] * 0.8,
                -1.0 + wide * sin(ahead),
            )
        )

    def arm(self, side: str, told: Arm) -> None:
        """Put an arm by its joints."""
        chest = self.parts["chest"].axes
        along, front = apply(chest, told.along), apply(chest, told.front)
        at = self._shoulder(side)
        bone = (cross(front, along), scaled(along, -1.0), front)
        self._part(f"{side}.upper_arm", at, bone)
        hinge = bone[0]
        fore = turned(along, hinge, -told.bend)
        ahead = turned(front, hinge, -told.bend)
        at = plus(at, along, joints.UPPER_ARM)
        axes = (hinge, scaled(fore, -1.0), ahead)
        self._part(f"{side}.forearm", at, axes)
        at = plus(at, fore, joints.FOREARM)
        self._part(f"{side}.hand", at, joined(axes, told.hand))
        self.arms[side] = told

    def reach(self, side: str, touch: str) -> None:
        """Put an arm so that its hand touches a spot, the fingers as the spot or the forearm has it."""
        name, how = named(touch)
        found = self._spot(name)
        spot = replace(found.seen(self.parts), how=how)
        if how == "grip":
            self._grip(side, spot)
            return
        normal = unit(spot.normal)
        off = _THICK + self.values[f"{side}.hand.off"]
        if spot.part == "belly" and found.normal[2] > 0:
            off += 2 * joints.BELLY * self.values["belly"]
        goal = self._goal(side, spot, off)
        part = _OF_HAND[how] * joints.HAND
        fingers = across(spot.along or minus(goal, self._shoulder(side)), normal)
        for _ in range(3):  # the forearm's way depends on the hand's, and that on the forearm's
            wrist = plus(goal, fingers, -part)
            root, out = self._shoulder(side), self._outwards(side, wrist)
            bend, _ = elbow(root, wrist, joints.UPPER_ARM, joints.FOREARM, out)
            way = unit(minus(wrist, bend))
            if spot.along is None:
                fingers = across(way, normal)
            if how in {"tips", "thumb", "fist"}:
                fingers = unit(plus(scaled(fingers, 0.8), normal, -0.5))
            if how == "heel":
                fingers = unit(plus(scaled(fingers, 0.95), normal, 0.3))
        palm = across(scaled(normal, -1.0), fingers)
        y = scaled(fingers, -1.0)
        x = scaled(palm, -_sign(side))
        self.lead(side, End(plus(goal, fingers, -part), (x, y, cross(x, y))))
        self.touched[f"{side}.hand"] = spot

    def _goal(self, side: str, spot: Spot, off: float) -> Vec:
        """Return where a hand goes for *spot*: *off* it, and as far down the limb as is told (cm)."""
        goal = plus(spot.at, unit(spot.normal), off)
        if not spot.part:
            return goal
        return plus(goal, self.parts[spot.part].axes[1], -self.values[f"{side}.hand.along"])

    def _grip(self, side: str, spot: Spot) -> None:
        """Put an arm so that the thumb lies on *spot* and the fingers behind what is touched."""
        sign, normal = _sign(side), unit(spot.normal)
        goal = self._goal(side, spot, self.values[f"{side}.hand.off"])
        fingers = across(minus(goal, self._shoulder(side)), normal)
        for _ in range(3):
            x, y = scaled(normal, -sign), scaled(fingers, -1.0)
            axes = (x, y, cross(x, y))
            tip = apply(axes, (-sign * _THUMB_TIP[0], _THUMB_TIP[1], _THUMB_TIP[2]))
            wrist = minus(goal, tip)
            bend, _ = elbow(
                self._shoulder(side),
                wrist,
                joints.UPPER_ARM,
                joints.FOREARM,
                self._outwards(side, wrist),
            )
            fingers = across(minus(wrist, bend), normal)
        self.lead(side, End(wrist, axes))
        self.touched[f"{side}.hand"] = spot

    def lead(self, side: str, hand: End) -> None:
        """Put an arm so that its hand is at *hand*, with its axes."""
        chest, root = self.parts["chest"].axes, self._shoulder(side)
        out = self._outwards(side, hand.at)
        bend, missed = elbow(root, hand.at, joints.UPPER_ARM, joints.FOREARM, out)
        along, fore = unit(minus(bend, root)), unit(minus(hand.at, bend))
        front = across(fore, along) if angle(along, fore) > 1 else across(chest[2], along)
        turn = angle(along, fore)
        hinge = cross(front, along)
        axes = (hinge, scaled(fore, -1.0), turned(front, hinge, -turn))
        told = Arm(
            within(chest, along),
            within(chest, front),
            turn,
            (within(axes, hand.axes[0]), within(axes, hand.axes[1]), within(axes, hand.axes[2])),
        )
        self.arm(side, told)
        self.missed[f"{side}.hand"] = abs(missed)

    def _outwards(self, side: str, wrist: Vec) -> Vec:
        """Return where an elbow goes by itself: down, a little out and back; or as it is told.

        That of a hand on the other side of the chest goes ahead: the chest is in the way. That of
        a hand on the back stays behind.
        """
        sign, chest, v = _sign(side), self.parts["chest"], self.values
        x, y, z = within(chest.axes, minus(wrist, chest.at))
        across_it = _share(-sign * x / _ACROSS_CM) * _share(y / _ACROSS_CM)
        behind = _share((-z - _BEHIND_CM) / _BEHIND_CM) * _share((y + _HIPS_CM) / _ACROSS_CM)
        own = turned(
            (sign * 0.45, -1.0, -0.35 + 1.85 * across_it - 1.1 * behind),
            (0.0, 0.0, 1.0),
            sign * v[f"{side}.elbow.out"],
        )
        own = turned(own, (1.0, 0.0, 0.0), -v[f"{side}.elbow.ahead"])
        return apply(chest.axes, own)

    # ── legs ────────────────────────────────────────────────────────────────────────────────

    def foot(self, side: str, touch: str | None) -> End:
        """Return where a foot is: on the floor where it is told, or on what it touches.

        ``feet.turn`` carries both feet about where the middle of the figure is at rest.
        """
        sign, v = _sign(side), self.values
        turn = v["feet.turn"] - sign * v[f"{side}.foot.turn"]
        axes = bent(-v[f"{side}.foot.pitch"], 0, turn)
        if touch is not None:
            name, _ = named(touch)
            spot = self._spot(name).seen(self.parts)
            self.touched[f"{side}.foot"] = spot
            pelvis = self.parts["pelvis"].axes
            toes = scaled(pelvis[0], sign)  # an ankle lies across
            side_up = unit(spot.normal)
            return End(spot.at, (scaled(side_up, sign), cross(toes, scaled(side_up, sign)), toes))
        x, floor, z = STANCES[self.stance].feet
        at = (
            sign * (x + v[f"{side}.foot.out"]),
            floor + v[f"{side}.foot.y"] + joints.ANKLE,
            z + v[f"{side}.foot.z"],
        )
        at = apply(bent(0, 0, v["feet.turn"]), at)
        # It tips about its ball when the heel is up, about its heel when the toes are.
        heel, ball = joints.FOOT
        pivot = (0.0, -joints.ANKLE, ball if v[f"{side}.foot.pitch"] < 0 else heel)
        flat = bent(0, 0, turn)
        return End(plus(plus(at, apply(flat, pivot)), apply(axes, pivot), -1.0), axes)

    def leg(self, side: str, foot: End) -> None:
        """Put a leg so that its foot is at *foot*."""
        sign, pelvis = _sign(side), self.parts["pelvis"]
        root = pelvis.point((sign * joints.HIP_APART, 0.0, 0.0))
        ahead = turned(
            (sign * 0.12, 0.35, 1.0), (0.0, 1.0, 0.0), sign * self.values[f"{side}.knee.out"]
        )
        # Of a trunk that leans ahead, the knees still go where the feet are.
        ahead = apply(bent(0, 0, self.values["pelvis.turn"]), ahead)
        knee, missed = elbow(root, foot.at, joints.THIGH, joints.SHANK, ahead)
        hinge = unit(cross(ahead, minus(foot.at, root)), (1.0, 0.0, 0.0))
        for name, top, end in (("thigh", root, knee), ("shank", knee, foot.at)):
            y = unit(minus(top, end))
            self._part(f"{side}.{name}", top, (hinge, y, cross(hinge, y)))
        self._part(f"{side}.foot", foot.at, foot.axes)
        if missed > 0:
            self.missed[f"{side}.foot"] = missed


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
    sign = _sign(side)
    along, hand = arm.along, arm.hand
    lift = angle((0.0, -1.0, 0.0), along)
    plane = degrees(atan2(along[2], sign * along[0]))
    straight = _front_untwisted(side, along)
    twist = sign * degrees(atan2(dot(cross(straight, arm.front), along), dot(straight, arm.front)))
    fingers = scaled(hand[1], -1.0)
    # The hand's axis leaves that of the forearm by bend and by side; what is left is the roll.
    thumb = across(hand[2], (0.0, 1.0, 0.0))
    roll = -sign * degrees(atan2(thumb[0], thumb[2]))
    palm_way = (-sign * hand[0][0], -sign * hand[0][1], -sign * hand[0][2])
    bend = degrees(atan2(-palm_way[1] * -1.0, max(1e-6, -fingers[1])))
    return {
        f"{side}.arm.lift": lift,
        f"{side}.arm.plane": plane,
        f"{side}.arm.twist": twist,
        f"{side}.elbow.bend": arm.bend,
        f"{side}.forearm.roll": roll,
        f"{side}.wrist.away": angle(fingers, (0.0, -1.0, 0.0)),
        f"{side}.wrist.bend": bend,
    }


def _leg_angles(side: str, parts: Mapping[str, Part]) -> dict[str, float]:
    sign = _sign(side)
    own = within(parts["pelvis"].axes, scaled(parts[f"{side}.thigh"].axes[1], -1.0))
    shank = scaled(parts[f"{side}.shank"].axes[1], -1.0)
    return {
        f"{side}.hip.flex": degrees(atan2(own[2], -own[1])) if own[1] <= 0 or own[2] > 0 else 180.0,
        f"{side}.hip.out": degrees(atan2(sign * own[0], max(1e-6, abs(own[1]) + abs(own[2])))),
        f"{side}.knee.bend": angle(scaled(parts[f"{side}.thigh"].axes[1], -1.0), shank),
    }
