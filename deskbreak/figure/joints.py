"""The joints of the figure: what each is called, how far it goes, and how long the bones are."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    Range = tuple[float, float]

SIDES: Final = ("left", "right")


def sign(side: str) -> float:
    """Return 1 for the left side, where x goes, and -1 for the right."""
    return 1.0 if side == SIDES[0] else -1.0


# Degrees. Source of the limits: the usual ranges of healthy adults that textbooks of goniometry
# give (AAOS 1965), rounded; spine and neck are the sums over their joints. An elevation of the arm
# is told as ISB does: how far (lift), in which plane (0 sideways, 90 ahead, more across the body),
# and the turn about its own axis (inwards positive). Bent ahead, to the right and turned to the
# right are positive; of a limb, what goes forward, out and, for the foot, toes up.
_TRUNK: Final[Mapping[str, Range]] = {
    "pelvis.tilt": (-20, 90),
    "pelvis.side": (-15, 15),
    "pelvis.turn": (-180, 180),
    "feet.turn": (-180, 180),
    "lumbar.flex": (-30, 50),
    "lumbar.side": (-25, 25),
    "lumbar.turn": (-15, 15),
    "chest.flex": (-20, 40),
    "chest.side": (-25, 25),
    "chest.turn": (-35, 35),
    "neck.flex": (-50, 45),
    "neck.side": (-40, 40),
    "neck.turn": (-75, 75),
    "head.nod": (-20, 20),
}
_LIMB: Final[Mapping[str, Range]] = {
    "girdle.up": (-10, 35),
    "girdle.forward": (-25, 30),
    "arm.lift": (0, 180),
    "arm.plane": (-70, 140),
    "arm.twist": (-90, 90),
    "elbow.bend": (0, 150),
    "forearm.roll": (-90, 90),
    "wrist.bend": (-80, 80),
    "wrist.aside": (-25, 35),
    "fingers.curl": (0, 95),
    "fingers.spread": (0, 22),
    "fingers.two": (0, 1),
    "thumb.up": (0, 1),
    "elbow.out": (-120, 120),
    "elbow.ahead": (-30, 120),
    "knee.out": (-60, 90),
    "foot.pitch": (-50, 25),
    "foot.turn": (-30, 50),
}

# What is no angle: centimetres, and shares of one.
_LENGTHS: Final[Mapping[str, Range]] = {
    "pelvis.x": (-120, 120),
    "pelvis.y": (-60, 60),
    "pelvis.z": (-120, 120),
    "head.glide": (-4, 5),
    "breath": (0, 1),
    "belly": (-1, 1),
    "eyes.open": (0, 1),
    "eyes.across": (-1, 1),
    "eyes.up": (-1, 1),
    "chair.turn": (-90, 90),
    "chair.x": (-150, 150),
    "chair.z": (-150, 150),
    "chair.recline": (-5, 35),
    "chair.up": (-10, 12),
    "desk.height": (60, 125),
    "screen.up": (-25, 25),
    "screen.tilt": (-20, 30),
    "gaze.far": (0, 1),
    "glare": (0, 1),
    "ball.x": (-12, 12),
    "ball.y": (-12, 12),
    "ball.z": (-12, 12),
    "keys.z": (-10, 20),
    "mouse.x": (-55, 55),
}
_LIMB_LENGTHS: Final[Mapping[str, Range]] = {
    "foot.out": (-150, 150),
    "foot.y": (-60, 70),
    "foot.z": (-150, 150),
    "hand.off": (0, 40),
    "hand.along": (-15, 15),
}

RANGES: Final[Mapping[str, Range]] = MappingProxyType(
    {
        **_TRUNK,
        **_LENGTHS,
        **{
            f"{side}.{name}": span
            for side in SIDES
            for name, span in (*_LIMB.items(), *_LIMB_LENGTHS.items())
        },
    }
)
"""Every joint and measure by name, with the least and the most that it may be."""

HIP_FLEX: Final = (-30.0, 130.0)
"""How far a thigh goes back and up from the line of the trunk (degrees). Source: as above."""
HIP_OUT: Final = (-35.0, 80.0)
"""How far a thigh goes across and out; seated with an ankle on the other knee is the most."""
KNEE_BEND: Final = (0.0, 145.0)

AT_REST: Final[Mapping[str, float]] = MappingProxyType(
    {
        **dict.fromkeys(RANGES, 0.0),
        "eyes.open": 1.0,
        "desk.height": 73.0,
        "mouse.x": -28.0,
        **{
            f"{side}.{name}": value
            for side in SIDES
            for name, value in (
                ("arm.lift", 6.0),
                ("elbow.bend", 12.0),
                ("fingers.curl", 22.0),
                ("fingers.spread", 3.0),
                ("forearm.roll", 0.0),
                ("foot.turn", 6.0),
            )
        },
    }
)
"""An upright figure with its arms hanging."""

# Centimetres, of a figure of 172 cm; head and hands a little large, to be read when small.
LUMBAR: Final = 17.0
CHEST: Final = 27.0
NECK: Final = 8.5
HEAD: Final = (8.8, 11.6, 10.2)
UPPER_ARM: Final = 28.0
FOREARM: Final = 25.0
HAND: Final = 18.0
THIGH: Final = 43.0
SHANK: Final = 42.0
ANKLE: Final = 8.0
FOOT: Final = (-6.0, 16.0)
"""From the ankle back to the heel and ahead to the ball of the foot."""
BELLY: Final = 1.6
"""Half as far as a belly goes out with a deep breath, or in when drawn."""
HIP_APART: Final = 9.0
SHOULDER_APART: Final = 17.0
