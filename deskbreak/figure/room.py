"""What stands in the room, as shapes: floor, walls, stairs, window, and balls that are leaned on."""

from __future__ import annotations

from math import radians, sin
from typing import TYPE_CHECKING, Final

from deskbreak.figure.around import (
    RAIL,
    SEAT,
    STAIRS,
    STEP_DOWN,
    STEP_ON,
    WALL_BEHIND,
    ball_place,
    chair_point,
)
from deskbreak.figure.camera import FAR, NEAR, PITCH_DEG
from deskbreak.figure.joints import HEAD, SIDES
from deskbreak.figure.outlines import (
    EGG,
    RING,
    Shape,
    broken,
    egg,
    ellipse,
    line,
    past,
    plate,
    ring,
)
from deskbreak.figure.space import mix

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera
    from deskbreak.figure.space import Vec

_FLOOR_CM: Final = 48.0
_FLOOR_DEPTH: Final = -2000.0
_WALL_UP_CM: Final = 205.0
_STEPS: Final = 3
_BELOW_CM: Final = 60.0
"""So far below the floor the stairs are drawn."""
_WINDOW: Final = (0.0, 128.0, 135.0)
"""Where the middle of the window is (cm)."""


def floor(body: Body, camera: Camera) -> Shape:
    """Return the ground under the chair, or under the feet of who stands: hips may sway over it."""
    if body.stance in SEAT:
        at = chair_point(body.values, (0.0, 0.0, 24.0))
    else:
        left, right = (body.parts[f"{side}.foot"].at for side in SIDES)
        at = mix((left[0], 0.0, left[2]), (right[0], 0.0, right[2]), 0.5)
    wide = _FLOOR_CM * camera.scale
    numbers = ring(camera.flat(at), wide, wide * sin(radians(PITCH_DEG)))
    return Shape("floor", "floor", RING, numbers, _FLOOR_DEPTH)


def wall(_body: Body, camera: Camera, *, aside_cm: float) -> Iterator[Shape]:
    """Yield a wall at a side, so far to the figure's left."""
    ways = ((0.0, -28.0), (0.0, 40.0), (_WALL_UP_CM, 40.0), (_WALL_UP_CM, -28.0))
    corners = [(aside_cm, y, z) for y, z in ways]
    yield plate("wall", "wall", corners, camera, FAR - 10, 5.0)


def wall_behind(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a wall behind the figure."""
    ways = ((-45.0, 0.0), (45.0, 0.0), (45.0, _WALL_UP_CM), (-45.0, _WALL_UP_CM))
    corners = [(x, y, WALL_BEHIND) for x, y in ways]
    yield plate("wall", "wall", corners, camera, FAR - 10, 5.0)


def ball(body: Body, camera: Camera, *, name: str) -> Iterator[Shape]:
    """Yield a ball between the body and what it leans on."""
    one = ball_place(name, body.parts, body.values)
    numbers = egg(camera, one.at, one.size)
    yield Shape("ball", "tennis", EGG, numbers, camera.depth(one.at) + 8.0, camera.scale)


def footrest(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a footrest that slopes up ahead."""
    corners = [(-22.0, 5.0, 34.0), (22.0, 5.0, 34.0), (22.0, 12.0, 60.0), (-22.0, 12.0, 60.0)]
    yield plate("footrest", "prop", corners, camera, FAR + 20, 4.0)


def stairs(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield stairs that go down ahead, seen from the side, with a rail at the figure's left."""
    x, above, _ = RAIL
    points: list[Vec] = [(x, -_BELOW_CM, -45.0), (x, 0.0, -45.0)]
    for step in range(_STEPS):
        at, high = STAIRS + STEP_ON * step, -STEP_DOWN * step
        points += [(x, high, at), (x, high - STEP_DOWN, at)]
    end = STAIRS + STEP_ON * _STEPS
    points += [(x, points[-1][1], end + 30.0), (x, -_BELOW_CM, end + 30.0)]
    yield plate("stairs", "wood", points, camera, FAR - 4, 3.0)
    ends = [(0.0, STAIRS - 14.0), (-STEP_DOWN * _STEPS, end - 14.0)]
    for index, (low, at) in enumerate(ends):
        post = [(x, low, at), (x, low + above - 2.0, at)]
        yield line(f"stairs.post{index}", post, camera, FAR - 3, 2.5)
    rail = [(x, low + above - 2.0, at) for low, at in ends]
    yield line("stairs.rail", rail, camera, FAR - 2, 3.5)


def window(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a window ahead, turned to us, with a hill far behind it."""
    x, y, _ = camera.turned(_WINDOW)
    frame = ((-30, -36), (30, -36), (30, 36), (-30, 36))
    hill = ((-30, -36), (-30, -14), (-8, 2), (8, -10), (30, -2), (30, -36))
    sash = (*frame, (-30, -36), (0, -36), (0, 36))
    for name, look, points, end, thick in (
        ("pane", "sky", frame, "Z", 0.0),
        ("hill", "hill", hill, "Z", 0.0),
        ("sash", "sash", sash, "", 3.0),
    ):
        numbers = past(camera.paper(x + a, y + b) for a, b in points)
        path = broken(len(points)) + end
        yield Shape(name, look, path, numbers, FAR - 20, thick * camera.scale)


def gaze(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a line from the eyes to the thumb that is held up, or to what is far outside."""
    eyes = camera.flat(body.parts["head"].point((0.0, 1.3, HEAD[2])))
    hand = max((body.parts[f"{side}.hand"] for side in SIDES), key=lambda one: one.at[1])
    near = camera.flat(hand.point((0.0, -4.0, 10.5)))
    x, y, _ = camera.turned(_WINDOW)
    far, share = camera.paper(x - 8.0, y - 4.0), body.values["gaze.far"]
    end = (near[0] + (far[0] - near[0]) * share, near[1] + (far[1] - near[1]) * share)
    r = 4.0 * camera.scale
    around = ellipse(end, (r, 0.0), (0.0, r))
    yield Shape("gaze.end", "press", EGG, around, NEAR + 5)
    yield Shape("gaze", "gaze", broken(2), (*eyes, *end), NEAR + 5, 1.6 * camera.scale)
