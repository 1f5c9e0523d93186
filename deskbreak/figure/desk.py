"""The desk and what stands on it, as shapes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.figure.around import DESK_EDGE
from deskbreak.figure.camera import FAR
from deskbreak.figure.joints import SIDES, sign
from deskbreak.figure.outlines import EGG, Shape, egg, level, line, past, plate
from deskbreak.figure.space import UPRIGHT, Frame, Vec, apply, bent, plus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera

DESK_DEPTH: Final = 300.0
"""A desk is before the legs below it, and behind the arms upon it."""
_SCREEN_CM: Final = (26.0, 16.0)
"""Half as wide and half as high as a screen is."""
_SCREEN_UP_CM: Final = 30.0
"""So far above what it stands on is the middle of a screen."""
_THICK_CM: Final = 1.5
"""So far above the height of the desk is its upper side."""


def desk_depth(camera: Camera) -> float:
    """Return how near a desk is: nearer than the figure, unless that turns its back to us."""
    return DESK_DEPTH if _before(camera, (0.0, 0.0, 60.0)) else FAR + 50


def _before(camera: Camera, at: Vec) -> bool:
    """Whether a place is nearer to us than the figure's middle."""
    return camera.depth(at) > camera.depth((0.0, at[1], 0.0))


def desk(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a desk on two legs."""
    high, depth = body.values["desk.height"], desk_depth(camera)
    for side in SIDES:
        x = sign(side) * 52.0
        near = depth if _before(camera, (x, high, 0.0)) else FAR + 40
        leg = [(x, high, DESK_EDGE + 30.0), (x, 3.0, DESK_EDGE + 30.0)]
        yield line(f"{side}.desk_leg", leg, camera, near - 2, 5.0)
        foot = [(x, 3.0, DESK_EDGE + 6.0), (x, 3.0, DESK_EDGE + 54.0)]
        yield line(f"{side}.desk_foot", foot, camera, near - 2, 5.0)
    top = level(0.0, DESK_EDGE + 30.0, high, 62.0, 30.0)
    yield plate("desk", "wood", top, camera, depth - 1, 3.5)


def screen(
    body: Body, camera: Camera, *, aside_cm: float = 0.0, turn_deg: float = 0.0
) -> Iterator[Shape]:
    """Yield a screen so far to the figure's left, turned to its right."""
    name = f"screen{turn_deg:+.0f}" if turn_deg else "screen"
    axes, v, depth = bent(0, 0, turn_deg), body.values, desk_depth(camera)
    middle = _middle_of_screen(v, aside_cm, turn_deg)

    def at(own: Vec) -> Vec:
        return plus(middle, apply(axes, own))

    low = v["desk.height"] + _THICK_CM - middle[1]
    feet = [at((way * 10.0, low, 3.0)) for way in (-1, 1)]
    yield line(f"{name}.foot", feet, camera, depth, 3.0)
    post = [at((0.0, low, 3.0)), at((0.0, 0.0, 3.0))]
    yield line(f"{name}.post", post, camera, depth + 0.5, 3.5)
    tilt, (wide, high) = bent(-v["screen.tilt"], 0, 0), _SCREEN_CM
    ends = ((-wide, -high), (wide, -high), (wide, high), (-wide, high))
    corners = [at(apply(tilt, (x, y, 0.0))) for x, y in ends]
    # Seen from behind, a screen has no light.
    if camera.turned(apply(axes, (0.0, 0.0, -1.0)))[2] > 0:
        yield plate(name, "screen", corners, camera, depth + 1, 3.0)
    else:
        yield plate(f"{name}.away", "screen away", corners, camera, depth + 1, 3.0)


def _middle_of_screen(v: Mapping[str, float], aside_cm: float = 0.0, turn_deg: float = 0.0) -> Vec:
    """Return where the middle of a screen is; one that is turned is a little nearer."""
    high = v["desk.height"] + _THICK_CM + _SCREEN_UP_CM + v["screen.up"]
    return (aside_cm, high, DESK_EDGE + 42.0 - abs(turn_deg) / 6)


def glare(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield what a lamp or a window throws on the screen."""
    v, much = body.values, body.values["glare"]
    middle, tilt = _middle_of_screen(v), bent(-v["screen.tilt"], 0, 0)
    corners = [
        plus(middle, apply(tilt, (6.0 + x * much, y * much, 0.0)))
        for x, y in ((-2, -14), (7, -14), (2, 14), (-7, 14))
    ]
    yield plate("glare", "glare", corners, camera, desk_depth(camera) + 1.5, 0.0)


def keyboard(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a keyboard with three rows of keys."""
    z, high = DESK_EDGE + 17.0 + body.values["keys.z"], body.values["desk.height"] + 2.5
    depth = desk_depth(camera) + 2
    top = level(0.0, z, high, 18.0, 5.5)
    yield plate("keyboard", "prop", top, camera, depth, 2.0)
    ends = [(x, high + 1.0, z + row) for row in (-3.5, 0.0, 3.5) for x in (-16.0, 16.0)]
    numbers = past(camera.flat(end) for end in ends)
    rows = "M# #L# #" * (len(ends) // 2)
    yield Shape("keyboard.rows", "bar", rows, numbers, depth + 0.1, 1.0 * camera.scale)


def mouse(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a mouse and its cable, which goes to the far edge of the desk."""
    v, depth = body.values, desk_depth(camera)
    x, z = v["mouse.x"], DESK_EDGE + 17.0 + v["keys.z"]
    numbers = egg(camera, (x, v["desk.height"] + 3.0, z), (4.6, 2.2, 6.5))
    yield Shape("mouse", "glass", EGG, numbers, depth + 2, camera.scale)
    low, end = v["desk.height"] + 1.0, DESK_EDGE + 56.0
    cable = [(x, low, z + 6.0), (x, low, end - 12.0), (x * 0.7, low, end)]
    yield line("mouse.cable", cable, camera, depth + 1, 1.0, "line")


def paper(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a sheet of paper at the figure's right."""
    top = level(-18.0, DESK_EDGE + 16.0, body.values["desk.height"] + 2.0, 10.5, 14.0)
    yield plate("paper", "paper", top, camera, desk_depth(camera) + 1.5, 0.5)


def tap(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a tap that stands on the desk, its spout above where the right hand holds a glass."""
    high, z = body.values["desk.height"], DESK_EDGE + 26.0
    points: list[Vec] = [
        (-14.0, high + up, z - ahead)
        for up, ahead in ((2, 0), (30, 0), (35, 2), (37, 8), (35, 14), (30, 15))
    ]
    yield line("tap", points, camera, desk_depth(camera) + 2, 3.0)


def laptop(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield an open laptop on the desk."""
    at = (0.0, body.values["desk.height"] + 2.0, DESK_EDGE + 8.0 + body.values["keys.z"])
    yield from _open_laptop(at, UPRIGHT, camera, desk_depth(camera) + 2)


def carried_laptop(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield an open laptop that two hands carry before the belly."""
    chest = body.parts["chest"]
    at, depth = chest.point((0.0, -5.0, 14.0)), camera.depth(chest.at) + 6.0
    yield from _open_laptop(at, chest.axes, camera, depth)


def _open_laptop(at: Vec, axes: Frame, camera: Camera, depth: float) -> Iterator[Shape]:
    """Yield keys and screen of a laptop whose front edge is at *at*."""
    hinge = ((16, 0, 20), (-16, 0, 20))
    for name, look, edge, nearer, thick in (
        ("keys", "prop", ((-16, 0, 0), (16, 0, 0)), 0.0, 2.4),
        ("screen", "screen", ((-16, 20, 26), (16, 20, 26)), 0.1, 2.0),
    ):
        corners = [plus(at, apply(axes, p)) for p in (*edge, *hinge)]
        yield plate(f"laptop.{name}", look, corners, camera, depth + nearer, thick)
