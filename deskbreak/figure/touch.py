"""What hands and feet can touch: spots on the body, by name, and on what stands around it."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.joints import FOREARM, HEAD, SIDES, THIGH, UPPER_ARM
from deskbreak.figure.space import Vec, apply, plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.figure.space import Frame


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the body: where it begins, and its axes (its own x, y, z as in the figure at rest)."""

    at: Vec
    axes: Frame

    def point(self, own: Vec) -> Vec:
        """Return where a point of this part is in the room."""
        return plus(self.at, apply(self.axes, own))


@dataclass(frozen=True, slots=True)
class Spot:
    """A place that can be touched, in the axes of *part* (the room where that is empty)."""

    part: str
    at: Vec
    normal: Vec  # away from what is touched
    along: Vec | None = None  # where the fingers point; None: as the forearm comes
    how: str = "palm"  # what of the hand touches it, see HOW

    @property
    def on_an_arm(self) -> bool:
        """Whether it is on an arm or a hand: who touches it comes after that arm."""
        return self.part.endswith(("arm", "hand"))

    def seen(self, parts: Mapping[str, Part]) -> Spot:
        """Return this spot in the axes of the room."""
        if not self.part:
            return self
        part = parts[self.part]
        along = None if self.along is None else apply(part.axes, self.along)
        return Spot(self.part, part.point(self.at), apply(part.axes, self.normal), along)


# Told for the left side, in cm; the right one is its mirror image. Those of one name are one spot.
_PAIRED: Final[Mapping[str, Spot]] = {
    "brow": Spot("head", (2.2, 4.8, HEAD[2] - 1.2), (0.2, 0.3, 1.0), (-1.0, 0.35, 0.0)),
    "temple": Spot("head", (HEAD[0] - 0.6, 2.5, 4.0), (1.0, 0.2, 0.4), (0.0, 1.0, 0.1)),
    "jaw": Spot("head", (HEAD[0] - 1.8, -6.0, 3.5), (1.0, -0.2, 0.4), (0.0, 1.0, 0.1)),
    "ear": Spot("head", (HEAD[0], -1.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)),
    "neck_base": Spot("chest", (8.8, 24.2, -2.0), (0.3, 1.0, 0.0)),
    "shoulder_top": Spot("chest", (11.5, 22.8, -0.5), (0.15, 1.0, 0.1)),
    "shoulder_point": Spot("chest", (16.5, 23.6, -0.5), (0.35, 1.0, 0.05)),
    "shoulder_end": Spot("chest", (21.5, 21.5, 1.0), (1.0, 0.5, 0.3)),
    "shoulder_blade": Spot("chest", (21.5, 15.0, -1.0), (1.0, 0.1, -0.3), (0.2, 0.1, -1.0)),
    "belly": Spot("belly", (4.0, 2.0, 10.5), (0.0, 0.0, 1.0), (-1.0, 0.0, 0.0)),
    "hip_side": Spot("pelvis", (15.5, 4.0, 2.0), (1.0, 0.1, 0.1), (0.0, -0.4, 1.0)),
    "hip_back": Spot("pelvis", (10.5, 4.5, -9.5), (0.3, 0.1, -1.0), (0.1, -1.0, 0.0)),
    "low_back": Spot("belly", (6.5, 2.0, -9.0), (0.2, 0.0, -1.0), (-0.1, -1.0, 0.0)),
    "thigh_top": Spot("{side}.thigh", (0.0, -12.0, 8.0), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    "thigh_mid": Spot("{side}.thigh", (0.0, -24.0, 7.4), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    "thigh_knee": Spot("{side}.thigh", (0.0, -34.0, 6.8), (0.0, 0.0, 1.0), (0.0, -1.0, 0.0)),
    "thigh_outer": Spot("{side}.thigh", (7.0, -24.0, 2.0), (1.0, 0.0, 0.4), (0.0, -1.0, 0.0)),
    "thigh_inner": Spot("{side}.thigh", (-6.0, -24.0, 4.0), (-0.8, 0.0, 0.8), (0.0, -1.0, 0.0)),
    "thigh_under": Spot("{side}.thigh", (0.0, -26.0, -7.2), (0.0, 0.0, -1.0), (-1.0, -0.3, 0.0)),
    "knee_back": Spot("{side}.thigh", (4.0, -THIGH + 4.0, -5.5), (0.7, 0.0, -0.7)),
    # Where two hands carry a thigh near the knee: the own one from outside, the other from inside.
    "thigh_hold": Spot("{side}.thigh", (1.5, -30.0, -6.8), (0.2, 0.0, -1.0), (-1.0, -0.5, 0.0)),
    "thigh_hold_in": Spot("{side}.thigh", (-1.5, -30.0, -6.8), (-0.2, 0.0, -1.0), (1.0, -0.5, 0.0)),
    "knee": Spot("{side}.thigh", (0.0, -THIGH + 1.0, 6.5), (0.0, -0.2, 1.0), (0.0, -1.0, 0.0)),
    "shin": Spot("{side}.shank", (0.0, -28.0, 4.8), (0.0, 0.0, 1.0)),
    "ankle_rest": Spot("{side}.thigh", (-1.0, -THIGH + 6.0, 11.5), (0.0, 0.0, 1.0)),
    "forearm_top": Spot("{side}.forearm", (0.0, -13.0, 3.4), (0.1, 0.0, 1.0), (0.9, 0.4, 0.0)),
    "forearm_wrist": Spot("{side}.forearm", (2.4, -FOREARM + 3.0, 1.6), (0.8, 0.0, 0.6)),
    "forearm_mid": Spot("{side}.forearm", (2.9, -FOREARM * 0.5, 2.0), (0.8, 0.0, 0.6)),
    "forearm_elbow": Spot("{side}.forearm", (3.2, -4.0, 2.4), (0.8, 0.0, 0.6)),
    "upper_arm_mid": Spot("{side}.upper_arm", (4.2, -UPPER_ARM * 0.5, 1.0), (1.0, 0.0, 0.2)),
    "palm": Spot("{side}.hand", (-2.0, -9.0, 0.0), (-1.0, 0.0, 0.0)),
    "thumb_base": Spot("{side}.hand", (-2.0, -5.0, 3.2), (-1.0, 0.0, 0.2)),
    "hand_back": Spot("{side}.hand", (2.0, -9.0, 0.0), (1.0, 0.0, 0.0)),
    # In front of the breastbone, where two hands meet.
    "meeting": Spot("chest", (0.0, 10.0, 22.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.15)),
    "meeting_low": Spot("chest", (0.0, 0.0, 22.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.4)),
    # Over the head, where laced fingers turn their palms up.
    "overhead": Spot("chest", (1.5, 80.0, 2.0), (0.0, -1.0, 0.0), (-1.0, 0.0, 0.0)),
    "lap": Spot("pelvis", (4.0, 12.0, 24.0), (0.0, -1.0, 0.0), (-1.0, 0.0, 0.4)),
}
_SINGLE: Final[Mapping[str, Spot]] = {
    "chin": Spot("head", (0.0, -9.0, 8.4), (0.0, -0.2, 1.0), (0.0, 1.0, 0.0)),
    "nape": Spot("neck", (0.0, 4.0, -6.0), (0.0, 0.0, -1.0), (0.0, 0.5, 0.0)),
    "breastbone": Spot("chest", (0.0, 12.0, 10.0), (0.0, 0.2, 1.0)),
}


def _mirror(spot: Spot) -> Spot:
    def flip(a: Vec) -> Vec:
        return (-a[0], a[1], a[2])

    along = None if spot.along is None else flip(spot.along)
    return Spot(spot.part, flip(spot.at), flip(spot.normal), along)


def _on_body() -> Iterator[tuple[str, Spot]]:
    yield from _SINGLE.items()
    for name, spot in _PAIRED.items():
        for side in SIDES:
            made = spot if side == "left" else _mirror(spot)
            yield (
                f"{side}.{name}",
                Spot(made.part.format(side=side), made.at, made.normal, made.along),
            )


ON_BODY: Final[Mapping[str, Spot]] = MappingProxyType(dict(_on_body()))
"""Every spot on the body."""

HOW: Final = ("palm", "heel", "tips", "thumb", "fist", "grip")
"""How a hand touches: with its heel, the fingers raised; a grip has the thumb on the spot and the fingers behind."""


def named(touch: str) -> tuple[str, str]:
    """Return what is touched, and how: "left.thigh_mid:tips" is by the fingertips."""
    name, _, how = touch.partition(":")
    return name, how or HOW[0]
