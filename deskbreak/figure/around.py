"""What stands around the figure: chair, wheelchair, desk and what is on it, wall, ball, and so on."""

from __future__ import annotations

from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.joints import SIDES, sign
from deskbreak.figure.space import Vec, apply, bent, plus
from deskbreak.figure.touch import Part, Spot

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
WALL_ASIDE: Final = 50.0
"""A wall at the side is that far from where the middle of the figure is at rest (cm)."""
WALL_BEHIND: Final = -22.0
"""A wall behind lies there (cm ahead)."""
BALL_SIZE: Final = 4.2
"""From the middle of a ball to its skin, unless it is pressed flat (cm)."""
DESK_EDGE: Final = 30.0
"""The front edge of the desk lies that far ahead of where the hips are at rest (cm)."""


def spots(stance: str, values: Mapping[str, float]) -> dict[str, Spot]:
    """Return the spots that can be touched around a figure in *stance*, in the axes of the room."""
    found = dict(_desk(values))
    found.update(_wall())
    found.update(_rail())
    if stance in SEAT:
        found.update(_chair(SEAT[stance] + values["chair.up"], values))
    return found


def chair_point(values: Mapping[str, float], own: Vec) -> Vec:
    """Return where a point of the chair is in the room: it can be turned and rolled."""
    axes = bent(0, 0, values["chair.turn"])
    return plus((values["chair.x"], 0.0, values["chair.z"]), apply(axes, own))


@dataclass(frozen=True, slots=True)
class Ball:
    """A ball between the body and a wall or a seat: where it is, and how far it reaches each way."""

    at: Vec
    size: Vec


_FLAT_CM: Final = 1.5
"""Half as thick as a ball is at the least, however hard it is pressed."""
# Of the left side: where the ball lies on the body, and along which axis what it leans on is.
_BALLS: Final[Mapping[str, tuple[str, Vec, int]]] = MappingProxyType(
    {
        "ball_back": ("chest", (8.5, 14.0, -10.0), 2),
        "ball_hip": ("pelvis", (16.0, 3.0, -2.0), 0),
        "ball_thigh": ("{side}.thigh", (0.0, -17.0, -7.4), 1),
    }
)
BALLS: Final = tuple(f"{side}_{name}" for name in _BALLS for side in SIDES)
"""Every ball by name: of which side, and where."""


def ball_place(name: str, parts: Mapping[str, Part], values: Mapping[str, float]) -> Ball:
    """Return where a ball of BALLS is: what presses on it makes it flat, and what leaves it does not."""
    side, _, kind = name.partition("_")
    part, own, axis = _BALLS[kind]
    out = sign(side)
    moved = (out * own[0] + values["ball.x"], own[1] + values["ball.y"], own[2] + values["ball.z"])
    at = list(parts[part.format(side=side)].point(moved))
    back = (out * WALL_ASIDE, SEAT["chair"], WALL_BEHIND)[axis]
    half = max(_FLAT_CM, min(BALL_SIZE, abs(at[axis] - back) / 2))
    at[axis] = back + (half if back < at[axis] else -half)
    size = [BALL_SIZE + 0.4 * (BALL_SIZE - half)] * 3
    size[axis] = half
    return Ball((at[0], at[1], at[2]), (size[0], size[1], size[2]))


def _chair(seat: float, values: Mapping[str, float]) -> Iterator[tuple[str, Spot]]:
    """Yield what can be touched of a chair or a wheelchair whose seat is so high (cm)."""
    up: Vec = (0.0, 1.0, 0.0)
    for side in SIDES:
        out = sign(side)
        for name, at, normal, along in (
            ("seat", (20.0, seat, 4.0), up, (0.0, 0.0, 1.0)),
            ("seat_behind", (20.0, seat, -12.0), (0.6, 0.8, 0.0), (0.7, -0.5, -0.4)),
            ("seat_edge", (19.5, seat + 3.0, 13.0), (1.0, 0.2, 0.0), (0.1, -1.0, 0.3)),
            ("armrest", (25.0, seat + 19.0, 14.0), up, (0.0, 0.0, 1.0)),
            ("seat_back", (17.0, seat + 22.0, -17.0), up, (0.0, -1.0, -0.2)),
            ("wheel", (30.0, 58.0, 10.0), (1.0, 0.6, 0.0), (0.0, -0.3, 1.0)),
            ("wheel_back", (29.0, 58.0, -8.0), (1.0, 0.6, 0.0), None),
            ("wheel_front", (29.0, 52.0, 15.0), (1.0, 0.6, 0.0), None),
        ):
            own = (out * at[0], *at[1:])
            away = (out * normal[0], *normal[1:])
            way = None if along is None else (out * along[0], *along[1:])
            yield f"{side}.{name}", Spot("", chair_point(values, own), away, way)


def _desk(values: Mapping[str, float]) -> Iterator[tuple[str, Spot]]:
    """Yield what can be touched of the desk and of what stands on it."""
    high = values["desk.height"] + 1.5
    keys = DESK_EDGE + 17.0 + values["keys.z"]
    lid, screen = DESK_EDGE + 31.0 + values["keys.z"], high + 30.0 + values["screen.up"]
    up, ahead = (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
    for side in SIDES:
        out = sign(side)
        aside, inwards = (out, 0.0, 0.0), (-out * 0.5, 0.0, 1.0)
        for name, at, normal, along in (
            ("desk", (out * 20.0, high, DESK_EDGE + 12.0), up, ahead),
            ("desk_far", (out * 16.0, high, DESK_EDGE + 26.0), up, inwards),
            ("desk_edge", (out * 20.0, high, DESK_EDGE + 4.0), up, ahead),
            ("keys", (out * 9.0, high + 2.0, keys), up, (-out * 0.2, 0.0, 1.0)),
            ("paper", (out * 13.0, high, DESK_EDGE + 14.0), up, None),
            ("paper_end", (out * 22.0, high, DESK_EDGE + 14.0), up, None),
            ("laptop", (out * 16.5, high + 12.0, lid), aside, (0.0, 0.3, 1.0)),
            ("mouse", (out * abs(values["mouse.x"]), high + 3.0, keys), up, ahead),
            ("screen", (out * 24.0, screen, DESK_EDGE + 41.0), aside, (0.0, 0.2, 1.0)),
        ):
            yield f"{side}.{name}", Spot("", at, normal, along)


STEP_DOWN: Final = 17.0
"""Each step of the stairs is so much lower (cm)."""
STEP_ON: Final = 28.0
"""Each step of the stairs is so much farther ahead (cm)."""
STAIRS: Final = 22.0
"""The first step down of the stairs lies that far ahead of where the hips are at rest (cm)."""
RAIL: Final[Vec] = (30.0, 88.0, 0.0)
"""The rail is that far to the figure's left of the middle of the stairs, and above their edges."""


def _rail() -> Iterator[tuple[str, Spot]]:
    """Yield where a hand lies on the rail: above the floor before the stairs, and above each step."""
    for side in SIDES:
        for step in range(4):
            at = (RAIL[0], RAIL[1] - STEP_DOWN * step, STAIRS + STEP_ON * (step - 0.5))
            yield f"{side}.rail{step}", Spot("", at, (0.0, 1.0, 0.0))


def _wall() -> Iterator[tuple[str, Spot]]:
    """Yield where a hand lies on a wall at its side, and where the forearm does with it."""
    for side in SIDES:
        out = sign(side)
        at = (out * 46.0, 138.0, 8.0)
        yield f"{side}.wall", Spot("", at, (-out, 0.0, 0.0), (0.0, 1.0, 0.0))
        at = (out * 46.5, 159.0, 25.0)  # with the hand on its edge
        yield f"{side}.wall_high", Spot("", at, (-out, 0.0, -0.3), (0.0, 1.0, 1.0))
