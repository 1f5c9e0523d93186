"""The shapes of what stands around the figure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.figure.around import DESK_EDGE, SEAT, chair_point
from deskbreak.figure.draw import BALL, RING, Camera, Shape, ball
from deskbreak.figure.icons import ICONS
from deskbreak.figure.space import Vec, apply, bent, plus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from deskbreak.figure.body import Body

_FAR: Final = -900.0  # behind the whole figure
_NEAR: Final = 900.0


def around(body: Body, objects: frozenset[str], icon: str, camera: Camera) -> Iterator[Shape]:
    """Yield what stands around *body*: what bears it, the *objects*, and what it thinks of."""
    yield _floor(body, camera)
    if body.stance == "chair":
        yield from _chair(body, camera)
    elif body.stance == "wheelchair":
        yield from _wheelchair(body, camera)
    for name in sorted(objects):
        yield from _OBJECTS[name](body, camera)
    if icon:
        yield from _thought(body, icon, camera)


def _plate(  # noqa: PLR0913, PLR0917 - what, where, and how it is drawn; each is one thing
    name: str, look: str, corners: Sequence[Vec], camera: Camera, depth: float, thick: float
) -> Shape:
    numbers = tuple(number for corner in corners for number in camera.flat(corner))
    path = "M# #" + "L# #" * (len(corners) - 1) + "Z"
    return Shape(name, look, path, numbers, depth, thick * camera.scale)


def _line(  # noqa: PLR0913, PLR0917 - as above
    name: str, points: Sequence[Vec], camera: Camera, depth: float, thick: float, look: str = "bar"
) -> Shape:
    numbers = tuple(number for point in points for number in camera.flat(point))
    path = "M# #" + "L# #" * (len(points) - 1)
    return Shape(name, look, path, numbers, depth, thick * camera.scale)


def _floor(body: Body, camera: Camera) -> Shape:
    middle = body.parts["pelvis"].at
    feet = [body.parts[f"{side}.foot"].at for side in ("left", "right")]
    x = (middle[0] + feet[0][0] + feet[1][0]) / 3
    z = (middle[2] + feet[0][2] + feet[1][2]) / 3
    numbers = ball(camera, (x, 0.0, z), ((48.0, 0, 0), (0, 0.1, 0), (0, 0, 48.0)))
    return Shape("floor", "floor", BALL, numbers, -2000.0)


def _box(x: float, z: float, high: float, wide: float, deep: float) -> list[Vec]:
    return [(x + a * wide, high, z + b * deep) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def _chair(body: Body, camera: Camera) -> Iterator[Shape]:
    v, seat = body.values, SEAT["chair"]

    def at(own: Vec) -> Vec:
        return chair_point(v, own)

    behind = camera.depth(at((0, seat + 30, -22))) < camera.depth(at((0, seat + 30, 0)))
    lean = bent(-v["chair.recline"] - 6, 0, 0)
    back = [
        plus((0, seat + 8, -20), apply(lean, p))
        for p in ((-17, 0, 0), (17, 0, 0), (15, 42, 0), (-15, 42, 0))
    ]
    for index, (x, z) in enumerate(((-22, -14), (22, -14), (22, 18), (-22, 18))):
        yield _line(f"chair.foot{index}", [at((0, 9, 2)), at((x, 5, z + 2))], camera, _FAR - 3, 4.5)
    yield _line("chair.post", [at((0, seat - 3, 2)), at((0, 9, 2))], camera, _FAR - 2, 6.0)
    yield _plate(
        "chair.seat", "prop", [at(p) for p in _box(0, 2, seat - 2, 18, 17)], camera, _FAR - 1, 6.0
    )
    stem = [
        at((0, seat - 3, -16)),
        at((0, seat + 6, -23)),
        at(plus((0, seat + 8, -20), apply(lean, (0, 16, -2)))),
    ]
    depth = _FAR if behind else _NEAR
    yield _line("chair.stem", stem, camera, depth - (1 if behind else -1), 4.5)
    yield _plate("chair.back", "prop", [at(p) for p in back], camera, depth, 6.0)


def _wheelchair(body: Body, camera: Camera) -> Iterator[Shape]:
    v, seat = body.values, SEAT["wheelchair"]

    def at(own: Vec) -> Vec:
        return chair_point(v, own)

    behind = camera.depth(at((0, seat + 25, -22))) < camera.depth(at((0, seat + 25, 0)))
    yield _plate(
        "chair.seat", "prop", [at(p) for p in _box(0, 2, seat - 2, 19, 18)], camera, _FAR - 1, 6.0
    )
    back = [(-18, seat, -20), (18, seat, -20), (18, seat + 36, -23), (-18, seat + 36, -23)]
    depth = _FAR if behind else _NEAR - 5
    yield _plate("chair.back", "prop", [at(p) for p in back], camera, depth, 5.0)
    for side, x in (("left", 28.0), ("right", -28.0)):
        near = camera.depth(at((x, 30, 0))) > camera.depth(at((-x, 30, 0))) + 1
        depth = (
            (_NEAR if near else _FAR - 5)
            if abs(camera.depth(at((x, 30, 0))) - camera.depth(at((-x, 30, 0)))) > 1
            else _FAR - 5
        )
        centre = at((x, 30, -4))
        turn = bent(0, 0, v["chair.turn"])
        for ring, size in (("rim", 29.0), ("grip", 24.0)):
            numbers = ball(
                camera,
                centre,
                (apply(turn, (0, size, 0)), apply(turn, (0, 0, size)), apply(turn, (1.0, 0, 0))),
            )
            yield Shape(
                f"{side}.{ring}",
                "ring",
                BALL,
                numbers,
                depth,
                (3.2 if ring == "rim" else 1.4) * camera.scale,
            )
        bars = [
            at((x * 0.75, seat + 2, -20)),
            at((x * 0.75, seat - 2, 18)),
            at((x * 0.6, 8, 38)),
            at((x * 0.55, 6, 52)),
        ]
        yield _line(f"{side}.frame", bars, camera, depth - 1 if near else depth + 1, 3.2)
        caster = ball(
            camera,
            at((x * 0.75, 8, 27)),
            (apply(turn, (0, 7.0, 0)), apply(turn, (0, 0, 7.0)), apply(turn, (0.8, 0, 0))),
        )
        yield Shape(f"{side}.caster", "ring", BALL, caster, depth, 2.6 * camera.scale)


# ── objects ────────────────────────────────────────────────────────────────────────────────

DESK_DEPTH: Final = 300.0
"""A desk is before the legs below it, and behind the arms upon it."""


def _before(camera: Camera, at: Vec) -> bool:
    """Whether a place is nearer to us than the figure's middle."""
    return camera.depth(at) > camera.depth((0.0, at[1], 0.0))


def _desk(body: Body, camera: Camera) -> Iterator[Shape]:
    high = body.values["desk.height"]
    depth = DESK_DEPTH if _before(camera, (0.0, high, 60.0)) else _FAR + 50
    for side, x in (("left", 52.0), ("right", -52.0)):
        legs = [(x, high, DESK_EDGE + 30.0), (x, 3.0, DESK_EDGE + 30.0)]
        near = depth if _before(camera, (x, high, 0.0)) else _FAR + 40
        yield _line(f"{side}.desk_leg", legs, camera, near - 2, 5.0)
        foot = [(x, 3.0, DESK_EDGE + 6.0), (x, 3.0, DESK_EDGE + 54.0)]
        yield _line(f"{side}.desk_foot", foot, camera, near - 2, 5.0)
    yield _plate(
        "desk", "wood", _box(0.0, DESK_EDGE + 30.0, high, 62.0, 30.0), camera, depth - 1, 3.5
    )


def _screen(body: Body, camera: Camera) -> Iterator[Shape]:
    high, z, depth = body.values["desk.height"] + 1.5, DESK_EDGE + 42.0, DESK_DEPTH
    up, tilt = body.values["screen.up"], bent(-body.values["screen.tilt"], 0, 0)
    middle = (0.0, high + 30.0 + up, z)
    yield _line("screen.foot", [(-10.0, high, z + 3), (10.0, high, z + 3)], camera, depth, 3.0)
    yield _line("screen.post", [(0.0, high, z + 3), (0.0, middle[1], z + 3)], camera, depth, 3.5)
    corners = [
        plus(middle, apply(tilt, p))
        for p in ((-26, -16, 0), (26, -16, 0), (26, 16, 0), (-26, 16, 0))
    ]
    yield _plate("screen", "screen", corners, camera, depth + 1, 3.0)


def _keyboard(body: Body, camera: Camera) -> Iterator[Shape]:
    z = DESK_EDGE + 17.0 + body.values["keys.z"]
    top = _box(0.0, z, body.values["desk.height"] + 2.5, 18.0, 5.5)
    yield _plate("keyboard", "prop", top, camera, DESK_DEPTH + 2, 2.0)


def _mouse(body: Body, camera: Camera) -> Iterator[Shape]:
    at = (
        body.values["mouse.x"],
        body.values["desk.height"] + 3.0,
        DESK_EDGE + 17.0 + body.values["keys.z"],
    )
    numbers = ball(camera, at, ((3.4, 0, 0), (0, 2.0, 0), (0, 0, 5.2)))
    yield Shape("mouse", "prop", BALL, numbers, DESK_DEPTH + 2, camera.scale)


_WALL: Final = 50.0
"""A wall at the side is that far from where the middle of the figure is at rest (cm)."""


def _wall(x: float) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(_body: Body, camera: Camera) -> Iterator[Shape]:
        corners = [(x, 0.0, -28.0), (x, 0.0, 40.0), (x, 205.0, 40.0), (x, 205.0, -28.0)]
        yield _plate("wall", "wall", corners, camera, _FAR - 10, 5.0)

    return make


def _wall_behind(_body: Body, camera: Camera) -> Iterator[Shape]:
    corners = [(-45.0, 0.0, -22.0), (45.0, 0.0, -22.0), (45.0, 205.0, -22.0), (-45.0, 205.0, -22.0)]
    yield _plate("wall", "wall", corners, camera, _FAR - 10, 5.0)


def _ball(part: str, own: Vec, size: float) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        at = body.parts[part].point(own)
        numbers = ball(camera, at, ((size, 0, 0), (0, size, 0), (0, 0, size)))
        yield Shape("ball", "ball", BALL, numbers, camera.depth(at), camera.scale)

    return make


def _glass(side: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        hand = body.parts[f"{side}.hand"]
        at = hand.point((-2.5 if side == "left" else 2.5, -7.0, 1.0))
        corners = [plus(at, p) for p in ((-3.0, -5, 0), (3.0, -5, 0), (3.8, 7, 0), (-3.8, 7, 0))]
        yield _plate("glass", "glass", corners, camera, camera.depth(at) + 400, 1.0)

    return make


def _headset(body: Body, camera: Camera) -> Iterator[Shape]:
    head = body.parts["head"]
    arc = [
        head.point((9.6 * c, 11.8 * max(s, -0.12), -0.5))
        for c, s in (
            (1, -0.12),
            (0.92, 0.4),
            (0.7, 0.72),
            (0.38, 0.93),
            (0, 1),
            (-0.38, 0.93),
            (-0.7, 0.72),
            (-0.92, 0.4),
            (-1, -0.12),
        )
    ]
    depth = camera.depth(head.at) + 4.6
    yield _line("headset", arc, camera, depth, 1.8, "line")
    for side, x in (("left", 9.4), ("right", -9.4)):
        numbers = ball(
            camera,
            head.point((x, -1.5, -0.5)),
            [apply(head.axes, a) for a in ((1.5, 0, 0), (0, 3.6, 0), (0, 0, 3.0))],
        )
        seen = camera.turned(apply(head.axes, (x, 0.0, 0.0)))[2] > -1
        yield Shape(
            f"{side}.headset",
            "prop",
            BALL,
            numbers,
            depth + 0.1 if seen else depth - 8,
            camera.scale,
        )
    boom = [head.point(p) for p in ((-9.4, -3.0, 1.0), (-7.5, -6.5, 7.0), (-3.0, -6.8, 10.5))]
    yield _line("boom", boom, camera, depth + 0.2, 1.2, "line")


def _pad(body: Body, camera: Camera) -> Iterator[Shape]:
    belly = body.parts["belly"]
    at = belly.point((0.0, 1.0, -12.0))
    numbers = ball(
        camera, at, [apply(belly.axes, a) for a in ((15.0, 0, 0), (0, 6.0, 0), (0, 0, 3.8))]
    )
    yield Shape(
        "pad", "ball", BALL, numbers, camera.depth(body.parts["chest"].at) - 3, camera.scale
    )


def _footrest(_body: Body, camera: Camera) -> Iterator[Shape]:
    corners = [(-22.0, 5.0, 34.0), (22.0, 5.0, 34.0), (22.0, 12.0, 60.0), (-22.0, 12.0, 60.0)]
    yield _plate("footrest", "prop", corners, camera, _FAR + 20, 4.0)


def _band(body: Body, camera: Camera) -> Iterator[Shape]:
    ends = [body.parts[f"{side}.hand"].point((0.0, -8.0, 0.0)) for side in ("left", "right")]
    foot = [body.parts[f"{side}.foot"].point((0.0, -7.0, 4.0)) for side in ("left", "right")]
    yield _line("band", [ends[0], foot[0], foot[1], ends[1]], camera, 250.0, 1.6, "elastic")


def _stairs(_body: Body, camera: Camera) -> Iterator[Shape]:
    points: list[Vec] = [(30.0, 0.0, 22.0)]
    for step in range(4):
        points += [
            (30.0, 17.0 * (step + 1), 22.0 + 28.0 * step),
            (30.0, 17.0 * (step + 1), 50.0 + 28.0 * step),
        ]
    points += [(30.0, 0.0, 134.0)]
    yield _plate("stairs", "wood", points, camera, _FAR - 4, 3.0)


def _window(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a window ahead, turned to us, with a hill and the sun far behind it."""
    x, y, _ = camera.turned((0.0, 128.0, 135.0))
    for name, look, points in (
        ("pane", "sky", ((-30, -36), (30, -36), (30, 36), (-30, 36))),
        ("hill", "hill", ((-30, -36), (-30, -14), (-8, 2), (8, -10), (30, -2), (30, -36))),
        (
            "sash",
            "sash",
            ((-30, -36), (30, -36), (30, 36), (-30, 36), (-30, -36), (0, -36), (0, 36)),
        ),
    ):
        numbers = tuple(n for a, b in points for n in camera.paper(x + a, y + b))
        path = "M# #" + "L# #" * (len(points) - 1) + ("" if name == "sash" else "Z")
        yield Shape(
            name,
            look,
            path,
            numbers,
            _FAR - 20 + len(name) / 10,
            3.0 * camera.scale if name == "sash" else 0.0,
        )


def _chair_by(body: Body, camera: Camera) -> Iterator[Shape]:
    yield from _chair(body, camera)


_OBJECTS: Final[Mapping[str, Callable[[Body, Camera], Iterator[Shape]]]] = {
    "desk": _desk,
    "screen": _screen,
    "keyboard": _keyboard,
    "mouse": _mouse,
    "wall_left": _wall(_WALL),
    "wall_right": _wall(-_WALL),
    "wall_behind": _wall_behind,
    "left_ball_back": _ball("chest", (8.0, 14.0, -13.5), 4.0),
    "right_ball_back": _ball("chest", (-8.0, 14.0, -13.5), 4.0),
    "left_ball_hip": _ball("pelvis", (20.5, 1.0, -1.0), 4.0),
    "right_ball_hip": _ball("pelvis", (-20.5, 1.0, -1.0), 4.0),
    "left_ball_thigh": _ball("left.thigh", (0.0, -24.0, -11.0), 4.0),
    "right_ball_thigh": _ball("right.thigh", (0.0, -24.0, -11.0), 4.0),
    "left_glass": _glass("left"),
    "right_glass": _glass("right"),
    "headset": _headset,
    "pad": _pad,
    "footrest": _footrest,
    "band": _band,
    "stairs": _stairs,
    "window": _window,
    "chair": _chair_by,
}


# ── thoughts ───────────────────────────────────────────────────────────────────────────────


def _thought(body: Body, icon: str, camera: Camera) -> Iterator[Shape]:
    """Yield a bubble beside the head with what one thinks of."""
    x, y, _ = camera.turned(body.parts["head"].at)
    way = -1.0 if camera.yaw < 0 else 1.0
    for index, (a, b, size) in enumerate(((16.0, 8.0, 2.2), (23.0, 14.0, 3.6), (47.0, 27.0, 23.0))):
        at = camera.paper(x + way * a, y + b)
        r = size * camera.scale
        ring = (at[0] - r, at[1], r, r, at[0] + r, at[1], r, r, at[0] - r, at[1])
        yield Shape(f"bubble{index}", "bubble", RING, ring, _NEAR + 10)
    left, top = camera.paper(x + way * 47.0 - 15.0, y + 27.0 + 15.0)
    unit = 30.0 / 24.0 * camera.scale
    path, numbers = ICONS[icon]
    placed = tuple(
        (left if even else top) + number * unit
        for number, even in zip(numbers, _even(), strict=False)
    )
    yield Shape(f"icon.{icon}", "icon", path, placed, _NEAR + 11, 1.7 * camera.scale)


def _even() -> Iterator[bool]:
    while True:
        yield True
        yield False
