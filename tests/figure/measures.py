"""What can be seen of a body, as numbers: degrees and centimetres, to the figure's right and ahead positive."""

from __future__ import annotations

from math import atan2, degrees
from typing import TYPE_CHECKING, Final

from deskbreak.figure.angles import seen_angles
from deskbreak.figure.body import Key
from deskbreak.figure.joints import AT_REST, CHEST, SIDES
from deskbreak.figure.solve import solve
from deskbreak.figure.space import minus, scaled, within

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.space import Frame, Vec

_REST: Final = {
    stance: solve(Key(AT_REST, {}, stance)) for stance in ("stand", "chair", "wheelchair")
}


def _in(body: Body, outer: str, inner: str) -> Frame:
    """Return the axes of one part in those of another."""
    a, b = body.parts[outer].axes, body.parts[inner].axes
    return (within(a, b[0]), within(a, b[1]), within(a, b[2]))


def _side(up: Vec) -> float:
    return degrees(atan2(-up[0], up[1]))


def _lean(up: Vec) -> float:
    return degrees(atan2(up[2], up[1]))


def _turn(ahead: Vec) -> float:
    return degrees(atan2(-ahead[0], ahead[2]))


def _shoulder(body: Body, side: str) -> Vec:
    """Return where a shoulder is in the chest, from where it is at rest."""
    chest = body.parts["chest"]
    x, y, z = within(chest.axes, minus(body.parts[f"{side}.upper_arm"].at, chest.at))
    return (abs(x), y - (CHEST - 5.0), z + 1.0)


def _head_ahead(body: Body) -> float:
    chest = body.parts["chest"]
    return within(chest.axes, minus(body.parts["head"].at, chest.at))[2]


def _moved(body: Body, part: str) -> Vec:
    """Return how far a part is from where it is at rest, in the room."""
    return minus(body.parts[part].at, _REST[body.stance].parts[part].at)


def _limbs(side: str) -> dict[str, Callable[[Body], float]]:
    sign = 1.0 if side == "left" else -1.0

    def hand(body: Body) -> Vec:
        return minus(body.parts[f"{side}.hand"].at, body.parts[f"{side}.upper_arm"].at)

    def told(name: str) -> Callable[[Body], float]:
        return lambda body: body.values[f"{side}.{name}"]

    def wrist(body: Body) -> float:
        """Return how far the hand is bent to its palm (degrees); to its back is negative."""
        fingers = scaled(body.arms[side].hand[1], -1.0)
        palm = scaled(body.arms[side].hand[0], -sign)
        forearm: Vec = (0.0, -1.0, 0.0)
        ahead = sum(a * b for a, b in zip(fingers, forearm, strict=True))
        inwards = -sum(a * b for a, b in zip(palm, forearm, strict=True))
        return degrees(atan2(inwards, ahead))

    return {
        f"{side}.shoulder.up": lambda body: _shoulder(body, side)[1],
        f"{side}.shoulder.ahead": lambda body: _shoulder(body, side)[2],
        f"{side}.hand.up": lambda body: hand(body)[1],
        f"{side}.hand.ahead": lambda body: hand(body)[2],
        f"{side}.hand.out": lambda body: sign * hand(body)[0],
        f"{side}.elbow.bend": lambda body: body.arms[side].bend,
        f"{side}.arm.lift": lambda body: seen_angles(body)[f"{side}.arm.lift"],
        f"{side}.wrist.bend": wrist,
        f"{side}.fingers.spread": told("fingers.spread"),
        f"{side}.fingers.curl": told("fingers.curl"),
        f"{side}.knee.bend": lambda body: seen_angles(body)[f"{side}.knee.bend"],
        f"{side}.knee.up": lambda body: (
            body.parts[f"{side}.shank"].at[1] - _REST[body.stance].parts[f"{side}.shank"].at[1]
        ),
        f"{side}.knee.out": lambda body: (
            sign * (body.parts[f"{side}.shank"].at[0] - body.parts["pelvis"].at[0])
        ),
        f"{side}.foot.up": lambda body: _moved(body, f"{side}.foot")[1],
        f"{side}.foot.ahead": lambda body: _moved(body, f"{side}.foot")[2],
        f"{side}.foot.out": lambda body: sign * _moved(body, f"{side}.foot")[0],
        f"{side}.heel.up": lambda body: -body.values[f"{side}.foot.pitch"],
        f"{side}.toes.up": told("foot.pitch"),
    }


MEASURES: Final[Mapping[str, Callable[[Body], float]]] = {
    "head.side": lambda body: _side(_in(body, "chest", "head")[1]),
    "head.turn": lambda body: _turn(_in(body, "chest", "head")[2]),
    "head.down": lambda body: _lean(_in(body, "chest", "head")[1]),
    "head.ahead": lambda body: _head_ahead(body) - _head_ahead(_REST[body.stance]),
    "trunk.lean": lambda body: _lean(body.parts["chest"].axes[1]),
    "trunk.side": lambda body: _side(body.parts["chest"].axes[1]),
    "trunk.turn": lambda body: _turn(_in(body, "pelvis", "chest")[2]),
    "trunk.round": lambda body: _lean(_in(body, "pelvis", "chest")[1]),
    "pelvis.tilt": lambda body: _lean(body.parts["pelvis"].axes[1]),
    "hips.up": lambda body: _moved(body, "pelvis")[1],
    "hips.ahead": lambda body: _moved(body, "pelvis")[2],
    "hips.right": lambda body: -_moved(body, "pelvis")[0],
    "eyes.open": lambda body: body.values["eyes.open"],
    "chair.turn": lambda body: body.values["chair.turn"],
    "chair.back": lambda body: body.values["chair.recline"],
    "desk.up": lambda body: body.values["desk.height"],
    "screen.up": lambda body: body.values["screen.up"],
    "screen.tilt": lambda body: body.values["screen.tilt"],
    **_limbs(SIDES[0]),
    **_limbs(SIDES[1]),
}
"""Every measure by name."""
