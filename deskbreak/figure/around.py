"""What stands around the figure: chair, wheelchair, desk and what is on it, wall, ball, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.space import Vec, apply, bent, plus
from deskbreak.figure.touch import Spot

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping


@dataclass(frozen=True, slots=True)
class Stance:
    """How the figure is borne: how high its hips are, and where its feet stand (cm)."""

    hips: float
    feet: Vec  # of the left foot's ankle on the floor; y is what the foot stands on


STANCES: Final[Mapping[str, Stance]] = MappingProxyType(
    {
        "stand": Stance(92.7, (9.5, 0.0, -1.0)),
        "chair": Stance(56.0, (11.0, 0.0, 37.0)),
        "wheelchair": Stance(60.0, (9.0, 10.0, 44.0)),
    }
)

SEAT: Final[Mapping[str, float]] = MappingProxyType({"chair": 47.5, "wheelchair": 51.5})
"""How high the seat is (cm)."""
OBJECTS: Final = (
    *(
        "desk",
        "screen",
        "keyboard",
        "mouse",
        "chair",
        "footrest",
        "pad",
        "headset",
        "window",
        "stairs",
        "band",
    ),
    *("wall_left", "wall_right", "wall_behind", "left_glass", "right_glass"),
    *("left_ball_back", "right_ball_back", "left_ball_hip", "right_ball_hip"),
    *("left_ball_thigh", "right_ball_thigh"),
)
"""What can stand around the figure besides what bears it."""
DESK_EDGE: Final = 30.0
"""The front edge of the desk lies that far ahead of where the hips are at rest (cm)."""


def spots(stance: str, values: Mapping[str, float]) -> dict[str, Spot]:
    """Return the spots that can be touched around a figure in *stance*, in the axes of the room."""
    found = dict(_desk(values))
    found.update(_wall())
    if stance in SEAT:
        found.update(_chair(SEAT[stance], values))
    return found


def chair_point(values: Mapping[str, float], own: Vec) -> Vec:
    """Return where a point of the chair is in the room: it can be turned and rolled."""
    axes = bent(0, 0, values["chair.turn"])
    return plus((values["chair.x"], 0.0, values["chair.z"]), apply(axes, own))


def _chair(seat: float, values: Mapping[str, float]) -> Iterator[tuple[str, Spot]]:
    for side, sign in (("left", 1.0), ("right", -1.0)):
        for name, at, along in (
            ("seat", (20.0, seat, 4.0), (0.0, 0.0, 1.0)),
            ("armrest", (25.0, seat + 19.0, 14.0), (0.0, 0.0, 1.0)),
            ("seat_back", (17.0, seat + 22.0, -17.0), (0.0, -1.0, -0.2)),
            ("wheel", (30.0, 58.0, 10.0), (0.0, -0.3, 1.0)),
        ):
            own = (sign * at[0], at[1], at[2])
            normal = (0.0, 1.0, 0.0) if name != "wheel" else (sign, 0.6, 0.0)
            yield f"{side}.{name}", Spot("", chair_point(values, own), normal, along)


def _desk(values: Mapping[str, float]) -> Iterator[tuple[str, Spot]]:
    high = values["desk.height"] + 1.5
    up, ahead = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        yield f"{side}.desk", Spot("", (sign * 20.0, high, DESK_EDGE + 12.0), up, ahead)
        yield f"{side}.desk_edge", Spot("", (sign * 20.0, high, DESK_EDGE + 4.0), up, ahead)
        keys = DESK_EDGE + 17.0 + values["keys.z"]
        yield f"{side}.keys", Spot("", (sign * 9.0, high + 2.0, keys), up, (-sign * 0.2, 0.0, 1.0))
        mouse = abs(values["mouse.x"]) * sign
        yield f"{side}.mouse", Spot("", (mouse, high + 3.0, keys), up, ahead)
        yield (
            f"{side}.screen",
            Spot(
                "",
                (sign * 24.0, high + 30.0 + values["screen.up"], DESK_EDGE + 41.0),
                (sign, 0.0, 0.0),
                (0.0, 0.2, 1.0),
            ),
        )


def _wall() -> Iterator[tuple[str, Spot]]:
    for side, sign in (("left", 1.0), ("right", -1.0)):
        yield (
            f"{side}.wall",
            Spot("", (sign * 46.0, 138.0, 8.0), (-sign, 0.0, 0.0), (0.0, 1.0, 0.0)),
        )
