"""The shapes of what stands around the figure."""

from __future__ import annotations

from math import radians, sin
from typing import TYPE_CHECKING, Final

from deskbreak.figure.around import (
    BALLS,
    DESK_EDGE,
    RAIL,
    SEAT,
    STAIRS,
    STEP_DOWN,
    STEP_ON,
    WALL_ASIDE,
    WALL_BEHIND,
    ball_place,
    chair_point,
)
from deskbreak.figure.draw import BALL, PITCH, RING, Camera, Shape, ball, ellipse
from deskbreak.figure.draw_held import HELD
from deskbreak.figure.icons import ICONS
from deskbreak.figure.joints import HEAD, SIDES
from deskbreak.figure.space import Vec, apply, bent, mix, plus
from deskbreak.figure.strokes import line as _line
from deskbreak.figure.strokes import plate as _plate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deskbreak.figure.body import Body

_FAR: Final = -900.0  # behind the whole figure
_NEAR: Final = 900.0


def around(body: Body, objects: frozenset[str], icon: str, camera: Camera) -> Iterator[Shape]:
    """Yield what stands around *body*: what bears it, the *objects*, and what it thinks of."""
    if "stairs" not in objects:
        yield _floor(body, camera)
    if body.stance == "chair":
        yield from _chair(body, camera)
    elif body.stance == "wheelchair":
        yield from _wheelchair(body, camera)
    for name in sorted(objects):
        yield from _OBJECTS[name](body, camera)
    if icon:
        yield from _thought(body, icon, camera)


def _floor(body: Body, camera: Camera) -> Shape:
    """Return the ground under the chair, or under the feet of who stands: hips may sway over it."""
    if body.stance in SEAT:
        at = chair_point(body.values, (0.0, 0.0, 24.0))
    else:
        left, right = (body.parts[f"{side}.foot"].at for side in ("left", "right"))
        at = mix((left[0], 0.0, left[2]), (right[0], 0.0, right[2]), 0.5)
    x, y = camera.flat(at)
    wide = 48.0 * camera.scale
    high = wide * sin(radians(PITCH))
    numbers = (x - wide, y, wide, high, x + wide, y, wide, high, x - wide, y)
    return Shape("floor", "floor", RING, numbers, -2000.0)


def _box(x: float, z: float, high: float, wide: float, deep: float) -> list[Vec]:
    return [(x + a * wide, high, z + b * deep) for a, b in ((-1, -1), (1, -1), (1, 1), (-1, 1))]


def _chair(body: Body, camera: Camera) -> Iterator[Shape]:
    v, seat = body.values, SEAT["chair"] + body.values["chair.up"]

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
        "chair.seat", "prop", [at(p) for p in _box(0, 4, seat - 2, 18, 19)], camera, _FAR - 1, 6.0
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
    lean = bent(-v["chair.recline"] - 5, 0, 0)
    corners: tuple[Vec, ...] = ((-18, 0, 0), (18, 0, 0), (18, 36, 0), (-18, 36, 0))
    back = [at(plus((0, seat, -20), apply(lean, p))) for p in corners]
    depth = _FAR if behind else _NEAR - 5
    yield _plate("chair.back", "prop", back, camera, depth, 5.0)
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


def desk_depth(camera: Camera) -> float:
    """Return how near a desk is: nearer than the figure, unless that turns its back to us."""
    return DESK_DEPTH if _before(camera, (0.0, 0.0, 60.0)) else _FAR + 50


def _desk(body: Body, camera: Camera) -> Iterator[Shape]:
    high, depth = body.values["desk.height"], desk_depth(camera)
    for side, x in (("left", 52.0), ("right", -52.0)):
        legs = [(x, high, DESK_EDGE + 30.0), (x, 3.0, DESK_EDGE + 30.0)]
        near = depth if _before(camera, (x, high, 0.0)) else _FAR + 40
        yield _line(f"{side}.desk_leg", legs, camera, near - 2, 5.0)
        foot = [(x, 3.0, DESK_EDGE + 6.0), (x, 3.0, DESK_EDGE + 54.0)]
        yield _line(f"{side}.desk_foot", foot, camera, near - 2, 5.0)
    yield _plate(
        "desk", "wood", _box(0.0, DESK_EDGE + 30.0, high, 62.0, 30.0), camera, depth - 1, 3.5
    )


def _screen(x: float, turn: float) -> Callable[[Body, Camera], Iterator[Shape]]:
    """Return what draws a screen so far to the left, turned to the right by some degrees."""
    name, axes = f"screen{turn:+.0f}" if turn else "screen", bent(0, 0, turn)

    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        v, depth = body.values, desk_depth(camera)
        high = v["desk.height"] + 1.5
        tilt = bent(-v["screen.tilt"], 0, 0)
        middle: Vec = (x, high + 30.0 + v["screen.up"], DESK_EDGE + 42.0 - abs(turn) / 6)

        def at(own: Vec) -> Vec:
            return plus(middle, apply(axes, own))

        low = high - middle[1]
        feet = [at((way * 10.0, low, 3.0)) for way in (-1, 1)]
        yield _line(f"{name}.foot", feet, camera, depth, 3.0)
        post = [at((0.0, low, 3.0)), at((0.0, 0.0, 3.0))]
        yield _line(f"{name}.post", post, camera, depth + 0.5, 3.5)
        corners = [
            at(apply(tilt, p)) for p in ((-26, -16, 0), (26, -16, 0), (26, 16, 0), (-26, 16, 0))
        ]
        # Seen from behind, a screen has no light.
        facing = camera.turned(apply(axes, (0.0, 0.0, -1.0)))[2] > 0
        if facing:
            yield _plate(name, "screen", corners, camera, depth + 1, 3.0)
        else:
            yield _plate(f"{name}.away", "screen away", corners, camera, depth + 1, 3.0)

    return make


def _on_screen(body: Body, x: float, y: float) -> Vec:
    """Return a place on the screen, so far aside and up from its middle (cm)."""
    v = body.values
    middle = (0.0, v["desk.height"] + 31.5 + v["screen.up"], DESK_EDGE + 42.0)
    return plus(middle, apply(bent(-v["screen.tilt"], 0, 0), (x, y, 0.0)))


def _glare(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield what a lamp or a window throws on the screen."""
    much = body.values["glare"]
    corners = [
        _on_screen(body, 6.0 + x * much, y * much)
        for x, y in ((-2, -14), (7, -14), (2, 14), (-7, 14))
    ]
    yield _plate("glare", "glare", corners, camera, desk_depth(camera) + 1.5, 0.0)


def _keyboard(body: Body, camera: Camera) -> Iterator[Shape]:
    z = DESK_EDGE + 17.0 + body.values["keys.z"]
    top = _box(0.0, z, body.values["desk.height"] + 2.5, 18.0, 5.5)
    depth, high = desk_depth(camera) + 2, top[0][1] + 1.0
    yield _plate("keyboard", "prop", top, camera, depth, 2.0)
    ends = [(x, high, z + row) for row in (-3.5, 0.0, 3.5) for x in (-16.0, 16.0)]
    numbers = tuple(number for end in ends for number in camera.flat(end))
    path = "M# #L# #" * (len(ends) // 2)
    yield Shape("keyboard.rows", "bar", path, numbers, depth + 0.1, 1.0 * camera.scale)


def _mouse(body: Body, camera: Camera) -> Iterator[Shape]:
    at = (
        body.values["mouse.x"],
        body.values["desk.height"] + 3.0,
        DESK_EDGE + 17.0 + body.values["keys.z"],
    )
    numbers = ball(camera, at, ((4.6, 0, 0), (0, 2.2, 0), (0, 0, 6.5)))
    yield Shape("mouse", "glass", BALL, numbers, desk_depth(camera) + 2, camera.scale)
    low, end = body.values["desk.height"] + 1.0, DESK_EDGE + 56.0
    cable = [(at[0], low, at[2] + 6.0), (at[0], low, end - 12.0), (at[0] * 0.7, low, end)]
    yield _line("mouse.cable", cable, camera, desk_depth(camera) + 1, 1.0, "line")


def _paper(body: Body, camera: Camera) -> Iterator[Shape]:
    high = body.values["desk.height"] + 2.0
    top = _box(-18.0, DESK_EDGE + 16.0, high, 10.5, 14.0)
    yield _plate("paper", "paper", top, camera, desk_depth(camera) + 1.5, 0.5)


def _armrests(body: Body, camera: Camera) -> Iterator[Shape]:
    seat = SEAT.get(body.stance, SEAT["chair"]) + body.values["chair.up"]
    for side, x in (("left", 24.5), ("right", -24.5)):
        ways = ((x * 0.7, -3, 0), (x, -2, 0), (x, 15, 0)), ((x, 16.5, -9), (x, 16.5, 15))
        for name, points in zip(("post", "armrest"), ways, strict=True):
            ends = [chair_point(body.values, (a, seat + b, c)) for a, b, c in points]
            depth = camera.depth(ends[1]) - 2.0
            yield _line(f"{side}.chair_{name}", ends, camera, depth, 5.0, "bar")


def _wall(x: float) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(_body: Body, camera: Camera) -> Iterator[Shape]:
        corners = [(x, 0.0, -28.0), (x, 0.0, 40.0), (x, 205.0, 40.0), (x, 205.0, -28.0)]
        yield _plate("wall", "wall", corners, camera, _FAR - 10, 5.0)

    return make


def _wall_behind(_body: Body, camera: Camera) -> Iterator[Shape]:
    z = WALL_BEHIND
    corners = [(-45.0, 0.0, z), (45.0, 0.0, z), (45.0, 205.0, z), (-45.0, 205.0, z)]
    yield _plate("wall", "wall", corners, camera, _FAR - 10, 5.0)


def _ball(name: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        one = ball_place(name, body.parts, body.values)
        x, y, z = one.size
        numbers = ball(camera, one.at, ((x, 0, 0), (0, y, 0), (0, 0, z)))
        yield Shape("ball", "tennis", BALL, numbers, camera.depth(one.at) + 8.0, camera.scale)

    return make


def _glass_at(at: Vec, camera: Camera, depth: float) -> Shape:
    """Return a glass that stands upright, seen from the side, its foot at *at*."""
    x, y, _ = camera.turned(at)
    outline = ((-2.8, 0.0), (2.8, 0.0), (3.8, 13.0), (-3.8, 13.0))
    numbers = tuple(n for a, b in outline for n in camera.paper(x + a, y + b))
    return Shape("glass", "glass", "M# #L# #L# #L# #Z", numbers, depth, 0.9 * camera.scale)


def _glass(side: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        hand = body.parts[f"{side}.hand"]
        x, y, z = hand.point((-2.5 if side == "left" else 2.5, -7.0, 1.0))
        yield _glass_at((x, y - 6.0, z), camera, camera.depth((x, y, z)) + 400)

    return make


def _lap_glass(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a glass that stands between the thighs of a seated figure."""
    x, y, z = body.parts["pelvis"].at
    yield _glass_at((x, y + 5.0, z + 22.0), camera, 700.0)


def _tap(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a tap that stands on the desk, its spout above where the right hand holds a glass."""
    high, z = body.values["desk.height"], DESK_EDGE + 26.0
    points: list[Vec] = [
        (-14.0, high + up, z - ahead)
        for up, ahead in ((2, 0), (30, 0), (35, 2), (37, 8), (35, 14), (30, 15))
    ]
    yield _line("tap", points, camera, desk_depth(camera) + 2, 3.0)


def _laptop(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield an open laptop on the desk."""
    at = (0.0, body.values["desk.height"] + 2.0, DESK_EDGE + 8.0 + body.values["keys.z"])
    yield from _open_laptop(lambda own: plus(at, own), camera, desk_depth(camera) + 2)


def _carried_laptop(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield an open laptop that two hands carry before the belly."""
    chest = body.parts["chest"]
    yield from _open_laptop(
        lambda own: chest.point(plus((0.0, -5.0, 14.0), own)), camera, camera.depth(chest.at) + 6.0
    )


def _open_laptop(at: Callable[[Vec], Vec], camera: Camera, depth: float) -> Iterator[Shape]:
    keys, screen = (((-16, 0, 0), (16, 0, 0)), ((-16, 20, 26), (16, 20, 26)))
    hinge = ((16, 0, 20), (-16, 0, 20))
    base = [at(p) for p in (*keys, *hinge)]
    yield _plate("laptop.keys", "prop", base, camera, depth, 2.4)
    lid = [at(p) for p in (*screen, *hinge)]
    yield _plate("laptop.screen", "screen", lid, camera, depth + 0.1, 2.0)


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


_STEPS: Final = 3
_BELOW: Final = 60.0
"""So far below the floor the stairs are drawn (cm)."""


def _stairs(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield stairs that go down ahead, seen from the side, with a rail at the figure's left."""
    x, above, _ = RAIL
    points: list[Vec] = [(x, -_BELOW, -45.0), (x, 0.0, -45.0)]
    for step in range(_STEPS):
        at, high = STAIRS + STEP_ON * step, -STEP_DOWN * step
        points += [(x, high, at), (x, high - STEP_DOWN, at)]
    end = STAIRS + STEP_ON * _STEPS
    points += [(x, points[-1][1], end + 30.0), (x, -_BELOW, end + 30.0)]
    yield _plate("stairs", "wood", points, camera, _FAR - 4, 3.0)
    ends = [(0.0, STAIRS - 14.0), (-STEP_DOWN * _STEPS, end - 14.0)]
    for index, (low, at) in enumerate(ends):
        post = [(x, low, at), (x, low + above - 2.0, at)]
        yield _line(f"stairs.post{index}", post, camera, _FAR - 3, 2.5)
    rail = [(x, low + above - 2.0, at) for low, at in ends]
    yield _line("stairs.rail", rail, camera, _FAR - 2, 3.5)


_WINDOW: Final = (0.0, 128.0, 135.0)


def _window(_body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a window ahead, turned to us, with a hill and the sun far behind it."""
    x, y, _ = camera.turned(_WINDOW)
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


def _gaze(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a line from the eyes to the thumb that is held up, or to what is far outside."""
    eyes = camera.flat(body.parts["head"].point((0.0, 1.3, HEAD[2])))
    hand = max((body.parts[f"{side}.hand"] for side in SIDES), key=lambda one: one.at[1])
    near = camera.flat(hand.point((0.0, -4.0, 10.5)))
    x, y, _ = camera.turned(_WINDOW)
    far, share = camera.paper(x - 8.0, y - 4.0), body.values["gaze.far"]
    end = [a + (b - a) * share for a, b in zip(near, far, strict=True)]
    r = 4.0 * camera.scale
    ring = ellipse((end[0], end[1]), (r, 0.0), (0.0, r))
    yield Shape("gaze.end", "press", BALL, ring, _NEAR + 5)
    yield Shape("gaze", "gaze", "M# #L# #", (*eyes, *end), _NEAR + 5, 1.6 * camera.scale)


def _chair_by(body: Body, camera: Camera) -> Iterator[Shape]:
    yield from _chair(body, camera)


_OBJECTS: Final[Mapping[str, Callable[[Body, Camera], Iterator[Shape]]]] = {
    "desk": _desk,
    "screen": _screen(0.0, 0.0),
    "left_screen": _screen(48.0, -40.0),
    "right_screen": _screen(-48.0, 40.0),
    "keyboard": _keyboard,
    "mouse": _mouse,
    "wall_left": _wall(WALL_ASIDE),
    "wall_right": _wall(-WALL_ASIDE),
    "wall_behind": _wall_behind,
    **{name: _ball(name) for name in BALLS},
    "left_glass": _glass("left"),
    "right_glass": _glass("right"),
    "lap_glass": _lap_glass,
    "tap": _tap,
    "laptop": _laptop,
    "carried_laptop": _carried_laptop,
    "headset": _headset,
    "pad": _pad,
    "footrest": _footrest,
    "band": _band,
    "stairs": _stairs,
    "window": _window,
    "gaze": _gaze,
    "glare": _glare,
    "chair": _chair_by,
    "armrests": _armrests,
    "paper": _paper,
    **HELD,
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
        yield Shape(f"bubble{index}", "bubble", RING, ring, _NEAR + 10, 0.8 * camera.scale)
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
