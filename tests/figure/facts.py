"""What the text of each step says, as facts that must be seen: written from the texts, not from the poses.

``("head.side > 15",)`` holds where some key pose of the step has it; ``"all head.side < 5"`` where each has;
``"swing trunk.side 8"`` where it goes to both sides or differs by so much; ``"right.hand on thigh"`` where the
hand touches a spot of that name in some key pose, ``"right.hand on other.shoulder"`` one of the other side.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    Facts = dict[int, tuple[str, ...]]

_BOTH_UP: Final = ("swing left.shoulder.up 2", "swing right.shoulder.up 2")
_CIRCLES: Final = (*_BOTH_UP, "swing left.shoulder.ahead 2", "swing right.shoulder.ahead 2")
_ON_THIGHS: Final = ("left.hand on thigh", "right.hand on thigh")


def _press(side: str, spot: str, steps: tuple[int, ...]) -> Facts:
    return dict.fromkeys(steps, (f"{side}.hand on {spot}",))


FACTS: Final[Mapping[str, Facts]] = {
    "P-ST-01": {
        1: _CIRCLES,
        2: ("head.side > 18", "all left.shoulder.up < 1"),
        3: ("all head.side < 5", "all head.side > -5"),
        4: ("head.side < -18", "all right.shoulder.up < 1"),
        5: ("swing head.turn 15",),
    },
    "P-ST-02": {
        1: _BOTH_UP,
        2: ("head.turn > 40",),
        3: ("all head.turn < 8", "all head.turn > -8"),
        4: ("head.turn < -40",),
        5: ("swing head.turn 6", "swing head.down 5"),
    },
    "P-ST-03": {1: _CIRCLES, 2: ("head.ahead < -2", "swing head.ahead 3")},
    "P-ST-04": {1: _CIRCLES, 2: _CIRCLES, 3: _CIRCLES, 4: ("all left.hand.up < -35",)},
    "P-ST-05": {
        1: _CIRCLES,
        2: ("trunk.round < -5", "left.hand.ahead < -5", "right.hand.ahead < -5"),
        3: ("all trunk.round > -5",),
        4: ("trunk.round < -3", "left.hand.ahead < -5"),
    },
    "P-ST-06": {
        1: ("swing left.hand.out 30", "swing right.hand.out 30"),
        2: ("left.hand on other.shoulder", "right.hand on other.shoulder", "trunk.round > 8"),
        3: ("left.hand.out > 10", "right.hand.out > 10"),
        4: ("left.hand on other.shoulder", "right.hand on other.shoulder", "trunk.round > 8"),
        5: _CIRCLES,
    },
    "P-ST-07": {
        1: ("swing trunk.side 8",),
        2: ("trunk.turn > 20", "all hips.up < 3"),
        3: ("all trunk.turn < 6", "all trunk.turn > -6"),
        4: ("trunk.turn < -20",),
        5: ("swing trunk.side 6",),
    },
    "P-ST-08": {
        1: (*_ON_THIGHS, "swing pelvis.tilt 6"),
        2: ("trunk.round > 25", "trunk.round < -10", *_ON_THIGHS),
        3: ("swing trunk.round 15",),
    },
    "P-ST-09": {
        1: ("swing left.arm.lift 50", "swing right.arm.lift 50"),
        2: ("left.hand.up > 40", "right.hand.up > 40"),
        3: ("all left.hand.up < 0",),
        4: ("left.hand.up > 40", "right.hand.up > 40"),
        5: ("left.hand.up < -30",),
    },
    "P-ST-10": {
        1: ("swing trunk.side 8",),
        2: ("trunk.side < -10", "right.hand.up > 25", "left.hand on seat"),
        3: ("all trunk.side < 5", "all trunk.side > -5"),
        4: ("trunk.side > 10", "left.hand.up > 25", "right.hand on seat"),
        5: ("swing trunk.side 6",),
    },
    "P-ST-11": {
        1: ("swing left.knee.out 8", "swing right.knee.out 8"),
        2: ("right.foot on other.ankle_rest", "trunk.lean > 15", "right.knee.out > 25"),
        3: ("all right.foot.up < 3",),
        4: ("left.foot on other.ankle_rest", "trunk.lean > 15", "left.knee.out > 25"),
        5: ("swing left.knee.out 5",),
    },
    "P-ST-12": {
        1: ("swing left.foot.up 4", "swing right.foot.up 4"),
        2: ("right.knee.up > 12", "right.hand on right.thigh_hold", "all left.foot.up < 3"),
        3: ("all right.foot.up < 3",),
        4: ("left.knee.up > 12", "left.hand on left.thigh_hold", "all right.foot.up < 3"),
        5: ("swing left.foot.up 3", "swing right.foot.up 3"),
    },
    "P-ST-13": {
        1: ("swing left.foot.ahead 8", "swing right.foot.ahead 8"),
        2: (
            "right.foot.ahead > 20",
            "right.knee.bend < 35",
            "trunk.lean > 15",
            "all trunk.round < 15",
        ),
        3: ("all trunk.lean < 8",),
        4: ("left.foot.ahead > 20", "left.knee.bend < 35", "trunk.lean > 15"),
        5: ("swing left.foot.ahead 6", "swing right.foot.ahead 6"),
    },
    "P-ST-14": {
        1: ("swing hips.up 4",),
        2: ("pelvis.tilt > 50", "left.hand on desk", "right.hand on desk", "hips.ahead < -30"),
        3: ("trunk.lean < 10",),
        4: ("pelvis.tilt > 35", "left.hand on desk", "right.hand on desk"),
        5: _CIRCLES,
    },
    "P-ST-15": {
        1: ("swing hips.right 5",),
        2: ("right.foot.ahead < -22", "all left.foot.ahead > -10", "pelvis.tilt < 0"),
        3: ("all right.foot.ahead > -10",),
        4: ("left.foot.ahead < -22", "all right.foot.ahead > -10", "pelvis.tilt < 0"),
        5: ("swing hips.right 5",),
    },
    "P-ST-16": {
        1: ("swing left.hand.out 30", "swing right.hand.out 30"),
        2: ("right.arm.lift > 70", "right.elbow.bend > 60"),
        4: ("left.arm.lift > 70", "left.elbow.bend > 60"),
        5: _CIRCLES,
    },
    "P-ST-17": {
        1: ("swing left.wrist.bend 15", "swing right.wrist.bend 15"),
        2: ("left.hand on meeting", "right.hand on meeting", "left.wrist.bend < -25"),
        4: ("left.hand on meeting", "right.hand on meeting", "left.fingers.spread > 8"),
        5: ("swing left.wrist.bend 10",),
    },
    "P-ST-18": {
        1: ("swing left.wrist.bend 15", "swing right.wrist.bend 15"),
        2: (
            "right.hand.ahead > 25",
            "right.elbow.bend < 40",
            "right.wrist.bend > 30",
            "left.hand on other.",
        ),
        3: ("right.hand.ahead > 25", "right.wrist.bend < -30", "left.hand on other."),
        4: (
            "left.hand.ahead > 25",
            "left.elbow.bend < 40",
            "left.wrist.bend > 30",
            "right.hand on other.",
        ),
        5: ("left.hand.ahead > 25", "left.wrist.bend < -30", "right.hand on other."),
        6: ("swing left.wrist.bend 10", "swing right.wrist.bend 10"),
    },
    "P-ST-19": {
        1: ("left.hand on meeting", "right.hand on meeting"),
        2: (
            "left.fingers.spread > 12",
            "left.fingers.curl > 50",
            "right.fingers.spread > 12",
            "right.fingers.curl > 50",
        ),
    },
    "P-ST-20": {
        1: ("swing hips.right 4", "swing hips.ahead 3"),
        2: (
            "trunk.lean < -8",
            "swing trunk.lean 8",
            "left.hand on hip_back",
            "right.hand on hip_back",
        ),
    },
    "P-ST-21": {
        1: _CIRCLES,
        2: ("trunk.round > 20", "swing trunk.round 15", *_ON_THIGHS),
        3: ("swing hips.right 4", "swing hips.ahead 3"),
        4: ("pelvis.tilt > 45", "left.hand on desk", "right.hand on desk"),
        5: ("swing hips.right 4",),
        6: _CIRCLES,
    },
    "P-ST-22": {
        1: ("swing head.turn 30",),
        2: _CIRCLES,
        3: ("left.hand on other.shoulder", "right.hand on other.shoulder", "trunk.round > 8"),
        4: ("swing left.wrist.bend 15", "swing right.wrist.bend 15"),
        5: _CIRCLES,
        6: ("swing head.down 6",),
    },
    "P-PO-01": {1: ("swing hips.ahead 4",), 3: ("trunk.lean < 0",)},
    "P-PO-02": {
        1: ("left.shoulder.up > 3", "right.shoulder.up > 3"),
        2: ("left.shoulder.up < 1", "right.shoulder.up < 1"),
    },
    "P-PO-03": {2: ("swing screen.up 3",), 3: ("right.hand.ahead > 45",)},
    "P-PO-05": {1: ("swing left.wrist.bend 15",)},
    "P-PO-08": {1: ("swing head.ahead 2",)},
    "P-PO-10": {2: ("swing chair.turn 20",)},
    "P-PO-12": {2: ("swing right.fingers.curl 20",)},
    "P-PO-14": {
        1: ("right.foot.ahead > 5",),
        2: ("all right.foot.up < 3",),
        3: ("swing trunk.side 4",),
    },
    "P-PC-01": {
        1: ("swing hips.up 30", "hips.up > -3"),
        2: ("all hips.up > -3",),
        3: ("swing left.foot.up 4", "swing right.foot.up 4"),
    },
    "P-PC-02": {1: ("swing hips.up 30", "hips.up < -30")},
    "P-PC-03": {1: ("swing desk.up 25",), 3: ("swing hips.right 4",)},
    "P-PC-04": {
        1: ("trunk.side > 6",),
        2: ("all trunk.side < 4", "all trunk.side > -4"),
        3: ("trunk.side < -6",),
    },
    "P-PC-05": {1: ("left.hand.ahead > 30",), 2: ("trunk.lean > 30",), 3: ("trunk.lean < 8",)},
    "P-PC-06": {1: ("swing chair.back 8", "swing trunk.lean 6")},
    "P-PC-07": {
        1: ("swing left.foot.ahead 15", "swing right.foot.ahead 15"),
        3: ("swing left.foot.ahead 15",),
    },
    "P-PC-08": {2: ("swing hips.up 30", "hips.up > -3")},
    "P-PC-09": {1: ("swing left.foot.ahead 15",), 3: ("swing left.foot.ahead 15",)},
    "P-PC-10": {
        1: ("left.heel.up > 12", "right.heel.up > 12"),
        2: ("left.toes.up > 8", "right.toes.up > 8"),
    },
    "P-PC-11": {
        1: ("swing left.foot.ahead 15",),
        2: ("swing left.foot.up 12", "swing right.foot.up 12"),
    },
    "P-PC-13": {1: ("swing trunk.lean 10",), 2: ("hips.up > -3", "hips.up < -30")},
    "P-PC-14": {1: ("swing left.foot.up 4",), 2: ("left.knee.up > 12", "right.knee.up > 12")},
    "P-PC-16": {2: ("swing left.foot.ahead 15",)},
    "P-PC-17": {1: ("left.foot.out > 5",), 2: ("swing hips.right 8",)},
    "P-PC-18": {2: ("left.hand.ahead > 40", "left.hand.up > 35", "left.hand.out > 35")},
    "P-PC-19": {
        1: ("right.foot.ahead > 18", "swing right.foot.ahead 20", "all left.foot.ahead < 6"),
        2: ("left.foot.ahead > 18", "swing left.foot.ahead 20", "all right.foot.ahead < 6"),
    },
    "P-MA-01": {
        1: ("left.hand on other.shoulder_top",),
        2: ("left.hand on other.shoulder",),
        3: ("right.hand on other.shoulder",),
    },
    "P-MA-02": {
        1: ("left.hand on other.forearm",),
        2: ("left.hand on other.forearm",),
        3: ("right.hand on other.forearm",),
        4: ("right.hand on other.forearm",),
    },
    "P-MA-03": {
        1: _ON_THIGHS,
        2: ("right.hand on right.thigh",),
        3: ("left.hand on left.thigh",),
        4: _ON_THIGHS,
    },
    "P-MA-06": {
        **_press("left", "other.shoulder_top", (2, 4)),
        **_press("right", "other.shoulder_top", (6, 8)),
    },
    "P-MA-07": {**_press("left", "other.", (2, 4)), **_press("right", "other.", (6, 8))},
    "P-MA-08": {
        1: _ON_THIGHS,
        2: ("right.hand on right.thigh", "left.hand on other.thigh"),
        3: ("left.hand on left.thigh", "right.hand on other.thigh"),
        4: _ON_THIGHS,
    },
    "P-MA-09": {
        1: ("left.hand on other.forearm",),
        2: ("left.hand on other.forearm",),
        3: ("left.hand on other.forearm",),
        4: ("right.hand on other.forearm",),
        5: ("right.hand on other.forearm",),
        6: ("right.hand on other.forearm",),
    },
    "P-MA-10": {11: _ON_THIGHS},
    "P-MA-11": {
        1: ("left.hand on hip", "right.hand on hip"),
        2: ("left.hand on hip_back", "left.hand on hip_side"),
    },
    "P-MA-12": {
        1: ("left.hand on brow", "right.hand on brow", "eyes.open < 0.3"),
        2: ("left.hand on brow", "left.hand on temple"),
        3: ("left.hand on temple", "left.hand on jaw"),
        4: ("left.hand.up < -15",),
    },
    "P-EY-02": {1: ("swing eyes.open 0.8",)},
    "P-EY-03": {1: ("right.hand.ahead > 35",)},
    "P-EY-04": {1: ("all eyes.open < 0.3",)},
    "P-HA-04": {
        1: _CIRCLES,
        2: ("swing left.arm.lift 40", "swing right.arm.lift 40"),
        3: ("all left.arm.lift < 40",),
        4: ("swing left.arm.lift 40", "swing right.arm.lift 40"),
        5: _CIRCLES,
    },
}
"""By prompt and step; a step counts from 1."""
