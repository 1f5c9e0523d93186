"""What one sits on, as shapes: the chair, its armrests, and the wheelchair."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.figure.around import SEAT, chair_point
from deskbreak.figure.camera import FAR, NEAR
from deskbreak.figure.joints import SIDES, sign
from deskbreak.figure.outlines import EGG, Shape, egg, level, line, plate
from deskbreak.figure.space import Frame, Vec, apply, bent, plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera

_SAME_CM: Final = 1.0
"""Wheels that are not farther from each other, as seen by us, are both behind the figure."""


def chair(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a chair with a foot of four arms; its back is before the figure that is seen from behind."""
    v, seat = body.values, SEAT["chair"] + body.values["chair.up"]
    for index, (x, z) in enumerate(((-22, -14), (22, -14), (22, 18), (-22, 18))):
        foot = _at(v, ((0, 9, 2), (x, 5, z + 2)))
        yield line(f"chair.foot{index}", foot, camera, FAR - 3, 4.5)
    yield line("chair.post", _at(v, ((0, seat - 3, 2), (0, 9, 2))), camera, FAR - 2, 6.0)
    under = _at(v, level(0, 4, seat - 2, 18, 19))
    yield plate("chair.seat", "prop", under, camera, FAR - 1, 6.0)
    foot_of_back: Vec = (0, seat + 8, -20)
    lean = bent(-v["chair.recline"] - 6, 0, 0)
    stem = (
        (0, seat - 3, -16),
        (0, seat + 6, -23),
        plus(foot_of_back, apply(lean, (0, 16, -2))),
    )
    behind = _back_is_behind(v, seat + 30, camera)
    depth = FAR if behind else NEAR
    yield line("chair.stem", _at(v, stem), camera, depth - (1 if behind else -1), 4.5)
    corners = ((-17, 0, 0), (17, 0, 0), (15, 42, 0), (-15, 42, 0))
    back = _at(v, [plus(foot_of_back, apply(lean, p)) for p in corners])
    yield plate("chair.back", "prop", back, camera, depth, 6.0)


def armrests(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield the armrests of the chair, each with its post."""
    seat = SEAT.get(body.stance, SEAT["chair"]) + body.values["chair.up"]
    for side in SIDES:
        x = sign(side) * 24.5
        ways = ((x * 0.7, -3, 0), (x, -2, 0), (x, 15, 0)), ((x, 16.5, -9), (x, 16.5, 15))
        for name, points in zip(("post", "armrest"), ways, strict=True):
            ends = _at(body.values, [(a, seat + b, c) for a, b, c in points])
            depth = camera.depth(ends[1]) - 2.0
            yield line(f"{side}.chair_{name}", ends, camera, depth, 5.0)


def wheelchair(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a wheelchair: seat and back, and on each side wheel, frame and caster."""
    v, seat = body.values, SEAT["wheelchair"]
    under = _at(v, level(0, 2, seat - 2, 19, 18))
    yield plate("chair.seat", "prop", under, camera, FAR - 1, 6.0)
    lean = bent(-v["chair.recline"] - 5, 0, 0)
    corners: tuple[Vec, ...] = ((-18, 0, 0), (18, 0, 0), (18, 36, 0), (-18, 36, 0))
    back = _at(v, [plus((0, seat, -20), apply(lean, p)) for p in corners])
    depth = FAR if _back_is_behind(v, seat + 25, camera) else NEAR - 5
    yield plate("chair.back", "prop", back, camera, depth, 5.0)
    for side in SIDES:
        yield from _side_of_wheelchair(v, side, camera)


def _side_of_wheelchair(v: Mapping[str, float], side: str, camera: Camera) -> Iterator[Shape]:
    x, seat = sign(side) * 28.0, SEAT["wheelchair"]
    this, other = (camera.depth(chair_point(v, (a, 30, 0))) for a in (x, -x))
    near = this > other + _SAME_CM
    depth = NEAR if near else FAR - 5
    turn = bent(0, 0, v["chair.turn"])
    wheel: Frame = (turn[1], turn[2], turn[0])
    centre = chair_point(v, (x, 30, -4))
    for name, size, thick in (("rim", 29.0, 3.2), ("grip", 24.0, 1.4)):
        numbers = egg(camera, centre, (size, size, 1.0), wheel)
        yield Shape(f"{side}.{name}", "ring", EGG, numbers, depth, thick * camera.scale)
    bars = (
        (x * 0.75, seat + 2, -20),
        (x * 0.75, seat - 2, 18),
        (x * 0.6, 8, 38),
        (x * 0.55, 6, 52),
    )
    yield line(f"{side}.frame", _at(v, bars), camera, depth - 1 if near else depth + 1, 3.2)
    caster = egg(camera, chair_point(v, (x * 0.75, 8, 27)), (7.0, 7.0, 0.8), wheel)
    yield Shape(f"{side}.caster", "ring", EGG, caster, depth, 2.6 * camera.scale)


def _at(v: Mapping[str, float], own: Sequence[Vec]) -> list[Vec]:
    """Return where points of the chair are in the room."""
    return [chair_point(v, point) for point in own]


def _back_is_behind(v: Mapping[str, float], high: float, camera: Camera) -> bool:
    """Whether the back of the chair is farther from us than its seat."""
    back, seat = _at(v, ((0, high, -22), (0, high, 0)))
    return camera.depth(back) < camera.depth(seat)
