"""From a body to shapes on paper: a pure function of the body, what stands around it, and the view."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from math import acos, atan2, cos, hypot, pi, radians, sin, sqrt
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure import joints
from deskbreak.figure.around import BALLS, ball_place
from deskbreak.figure.joints import BELLY, SIDES
from deskbreak.figure.space import (
    Vec,
    apply,
    dot,
    length,
    minus,
    mix,
    plus,
    scaled,
    unit,
    within,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from deskbreak.figure.body import Body
    from deskbreak.figure.touch import Part, Spot

    Flat = tuple[float, float]

VIEWS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "front": 0.0,
        "half_right": 40.0,
        "right": 80.0,
        "back_right": 140.0,
        "back": 180.0,
        "back_left": -140.0,
        "left": -80.0,
        "half_left": -40.0,
    }
)
"""Which side of the figure is seen: by how many degrees it is turned to the picture's right."""
FRAMES: Final = ("whole", "upper", "head", "near", "hands")
"""How much of the figure is seen; near are the hands too, but with the fingers together."""
PITCH: Final = 10.0
"""One looks down on it by so many degrees."""


@lru_cache(maxsize=256)
def _turn(by: float) -> Flat:
    return (cos(radians(by)), sin(radians(by)))


@dataclass(frozen=True, slots=True)
class Camera:
    """Where one looks from, and how large (units for each cm)."""

    yaw: float
    scale: float = 1.0
    left: float = 0.0  # cm of the picture's left and upper edge, in the turned room
    top: float = 0.0

    def turned(self, at: Vec) -> Vec:
        """Return a place as it is seen: to the right, up, and towards who looks (cm)."""
        c, s = _turn(self.yaw)
        x, z = at[0] * c + at[2] * s, at[2] * c - at[0] * s
        cp, sp = _turn(PITCH)
        return (x, at[1] * cp - z * sp, at[1] * sp + z * cp)

    def flat(self, at: Vec) -> Flat:
        """Return where a place is on paper, from the upper left."""
        x, y, _ = self.turned(at)
        return self.paper(x, y)

    def paper(self, x: float, y: float) -> Flat:
        """Return where a place of the turned room is on paper."""
        return ((x - self.left) * self.scale, (self.top - y) * self.scale)

    def depth(self, at: Vec) -> float:
        """Return how near a place is; more is nearer (cm)."""
        return self.turned(at)[2]

    def way(self, direction: Vec) -> Flat:
        """Return where a direction goes on paper, in units for each cm."""
        x, y, _ = self.turned(direction)
        return (x * self.scale, -y * self.scale)


@dataclass(frozen=True, slots=True)
class Shape:
    """One thing on paper."""

    name: str
    look: str  # its class
    path: str  # SVG's path data, with # for each number
    numbers: tuple[float, ...]
    depth: float
    stroke: float = 0.0  # its width in units, where the look alone does not say


# ── outlines ───────────────────────────────────────────────────────────────────────────────

_CAPSULE: Final = "M# #A# # 0 1 1 # #L# #A# # 0 0 1 # #Z"


def _capsule(a: Flat, b: Flat, ra: float, rb: float) -> tuple[float, ...]:
    """Return two circles and what a band around them holds; see _CAPSULE."""
    if ra < rb:
        a, b, ra, rb = b, a, rb, ra
    far = hypot(b[0] - a[0], b[1] - a[1])
    ahead = atan2(b[1] - a[1], b[0] - a[0])
    aside = acos(min(0.999, (ra - rb) / max(far, 1e-6)))

    def on(centre: Flat, radius: float, at: float) -> Flat:
        return (centre[0] + radius * cos(at), centre[1] + radius * sin(at))

    return (
        *on(a, ra, ahead + aside),
        *(ra, ra),
        *on(a, ra, ahead - aside),
        *on(b, rb, ahead - aside),
        *(rb, rb),
        *on(b, rb, ahead + aside),
    )


def _smooth(count: int) -> str:
    """Return the path of a smooth closed line past *count* points; see _smoothed."""
    return "M# #Q# # # #" + "T# #" * (count - 1) + "Z"


def _smoothed(points: Sequence[Flat]) -> tuple[float, ...]:
    """Return the places half-way from point to point, and the first point: T tells the others.

    Of even points all half-way places are whole, so that no error grows along the line.
    """
    even = [(2.0 * round(x / 2), 2.0 * round(y / 2)) for x, y in points]

    def middle(a: Flat, b: Flat) -> Flat:
        return ((a[0] + b[0]) / 2, (a[1] + b[1]) / 2)

    numbers = [*middle(even[-1], even[0]), *even[0]]
    for index, point in enumerate(even):
        numbers += middle(point, even[(index + 1) % len(even)])
    return tuple(numbers)


BALL: Final = "M# #C# # # # # #S# # # #S# # # #S# # # #Z"
_KAPPA: Final = 0.5523  # of four curves that make a circle


def ellipse(at: Flat, p: Flat, q: Flat) -> tuple[float, ...]:
    """Return the ellipse around *at* with the half diameters *p* and *q*; see BALL."""
    numbers = [at[0] + p[0], at[1] + p[1]]
    for (a, b), (c, d) in (
        ((p, 1), (q, 1)),
        ((q, 1), (p, -1)),
        ((p, -1), (q, -1)),
        ((q, -1), (p, 1)),
    ):
        # Of the later curves, S tells how they begin.
        told = ((1.0, _KAPPA), (_KAPPA, 1.0), (0.0, 1.0))[len(numbers) > 2 :]  # noqa: PLR2004
        for first, second in told:
            numbers += [at[i] + a[i] * b * first + c[i] * d * second for i in (0, 1)]
    return tuple(numbers)


def ball(camera: Camera, at: Vec, axes: Sequence[Vec]) -> tuple[float, ...]:
    """Return the outline of an egg with the half axes *axes*."""
    ways = [camera.way(axis) for axis in axes]
    xx, xy, yy = (sum(way[i] * way[j] for way in ways) for i, j in ((0, 0), (0, 1), (1, 1)))
    wide = sqrt(max(xx, 1e-9))
    return ellipse(camera.flat(at), (wide, xy / wide), (0.0, sqrt(max(yy - xy * xy / xx, 1e-9))))


# ── the figure ─────────────────────────────────────────────────────────────────────────────


def figure(body: Body, camera: Camera, *, fingers: bool = False) -> list[Shape]:
    """Return the shapes of *body*, unsorted; *fingers* are drawn one by one in a close picture."""
    shapes = [
        *_trunk(body, camera),
        *_head(body.parts["head"], body.values, camera),
    ]
    for side in SIDES:
        shapes += _leg(body, side, camera)
    by_name = {shape.name: shape.depth for shape in shapes}
    # A hand on the other arm comes after that arm.
    for side in sorted(SIDES, key=lambda one: _other_arm(body, one)):
        arm = list(_arm(body, side, camera, by_name, fingers=fingers))
        by_name.update({shape.name: shape.depth for shape in arm})
        shapes += arm
    return [replace(one, stroke=one.stroke or _EDGE * camera.scale) for one in shapes]


_EDGE: Final = 1.3
"""Each part is set off from what is behind it by an edge so wide (cm), half of it outside."""


# Of the trunk from below: how far up, and half as wide and half as deep as that (cm).
_STATIONS: Final = (
    (15.0, 9.5), (13.6, 9.4), (12.8, 9.2), (13.2, 9.3), (14.4, 9.8), (15.4, 9.8), (15.2, 8.0),
)  # fmt: skip


def _trunk(body: Body, camera: Camera) -> Iterator[Shape]:
    pelvis, s = body.parts["pelvis"], camera.scale
    hips = [camera.flat(pelvis.point((sign * 6.5, -0.5, -0.5))) for sign in (1, -1)]
    depth = camera.depth(body.parts["chest"].at)
    yield Shape("hips", "legs", _CAPSULE, _capsule(hips[0], hips[1], 9.8 * s, 9.8 * s), depth - 1.5)
    neck = body.parts["neck"]
    ends = camera.flat(plus(neck.at, neck.axes[1], -3.0)), camera.flat(neck.point((0.0, 7.5, 2.0)))
    yield Shape("neck", "skin", _CAPSULE, _capsule(*ends, 5.4 * s, 5.0 * s), depth - 0.5)
    points = _outline(body, camera)
    yield Shape("torso", "top", _smooth(len(points)), _smoothed(points), depth)


def _outline(body: Body, camera: Camera) -> list[Flat]:
    spine = body.spine
    breath, belly = body.values["breath"], body.values["belly"]
    rows, centres = [], []
    for part, (wide, deep) in zip(spine, _STATIONS, strict=False):
        chesty = wide > 14 and part is not spine[0]  # noqa: PLR2004 - the ribs
        # A belly moves in front alone.
        out = 0.0 if chesty or part is spine[0] else BELLY * belly
        full = 0.9 * breath if chesty else out
        rows.append((part, wide + (0.35 * breath if chesty else 0), deep + full))
        centres.append(camera.flat(part.point((0.0, 0.0, out))))
    left, right = [], []
    for index, (part, wide, deep) in enumerate(rows):
        before, after = centres[max(index - 1, 0)], centres[min(index + 1, len(rows) - 1)]
        along = (after[0] - before[0], after[1] - before[1])
        # Whoever bends towards us is seen along the spine: then its side tells what is across.
        across = camera.way(part.axes[0])
        n = _unit2((-along[1], along[0]), across, short=2.0 * camera.scale)
        p, q = camera.way(part.axes[0]), camera.way(part.axes[2])
        half = hypot(wide * (p[0] * n[0] + p[1] * n[1]), deep * (q[0] * n[0] + q[1] * n[1]))
        left.append((centres[index][0] + n[0] * half, centres[index][1] + n[1] * half))
        right.append((centres[index][0] - n[0] * half, centres[index][1] - n[1] * half))
    top = _shoulders(body, camera, left[-1], right[-1])
    low = camera.flat(body.parts["pelvis"].point((0.0, -6.0, 0.0)))
    return [low, *left[:-1], *top, *reversed(right[:-1])]


def _shoulders(body: Body, camera: Camera, left: Flat, right: Flat) -> list[Flat]:
    """Return the upper edge of the trunk, from one shoulder over the neck to the other."""
    ends = [body.parts[f"{side}.upper_arm"].point((0.0, 2.5, 0.0)) for side in SIDES]
    flat = [camera.flat(end) for end in ends]
    neck = camera.flat(body.parts["neck"].at)
    chest = body.parts["chest"]
    # What lifts a shoulder lifts the slope from there to the neck by half.
    lifts = [15.0 * sin(radians(body.values[f"{side}.girdle.up"])) for side in SIDES]
    slope = [
        camera.flat(chest.point((sign * 8.0, joints.CHEST + 0.5 + 0.5 * lift, -0.5)))
        for sign, lift in zip((1, -1), lifts, strict=True)
    ]
    near = min((0, 1), key=lambda i: hypot(flat[i][0] - left[0], flat[i][1] - left[1]))
    far = 1 - near
    return [left, flat[near], slope[near], neck, slope[far], flat[far], right]


def _unit2(a: Flat, otherwise: Flat, short: float) -> Flat:
    """Return the direction of *a*; the shorter it is, the more it is that of *otherwise*."""
    size = hypot(*a)
    if a[0] * otherwise[0] + a[1] * otherwise[1] < 0:
        otherwise = (-otherwise[0], -otherwise[1])
    share = min(1.0, size / (6 * short))
    other = hypot(*otherwise) or 1.0
    x = a[0] / (size or 1.0) * share + otherwise[0] / other * (1 - share)
    y = a[1] / (size or 1.0) * share + otherwise[1] / other * (1 - share)
    long = hypot(x, y) or 1.0
    return (x / long, y / long)


def _leg(body: Body, side: str, camera: Camera) -> Iterator[Shape]:
    s = camera.scale
    thigh, shank, foot = (body.parts[f"{side}.{name}"] for name in ("thigh", "shank", "foot"))
    hip, knee, ankle = (camera.flat(part.at) for part in (thigh, shank, foot))
    near = camera.depth(mix(thigh.at, shank.at, 0.35))
    numbers = (*_capsule(hip, knee, 8.4 * s, 6.2 * s), *_capsule(knee, ankle, 6.2 * s, 4.0 * s))
    yield Shape(f"{side}.leg", "legs", _CAPSULE * 2, numbers, near)
    heel = camera.flat(foot.point((0.0, -4.4, -3.0)))
    toes = camera.flat(foot.point((0.0, -5.4, 14.0)))
    shoe = _capsule(heel, toes, 4.2 * s, 3.2 * s)
    yield Shape(f"{side}.foot", "shoe", _CAPSULE, shoe, max(near + 0.2, camera.depth(foot.at)))


def _arm(
    body: Body, side: str, camera: Camera, drawn: Mapping[str, float], *, fingers: bool
) -> Iterator[Shape]:
    s = camera.scale
    upper, fore, hand = (body.parts[f"{side}.{name}"] for name in ("upper_arm", "forearm", "hand"))
    a, b, c = (camera.flat(part.at) for part in (upper, fore, hand))
    depth, of_hand = _arm_depth(body, side, camera, drawn)
    numbers = (*_capsule(a, b, 5.4 * s, 4.2 * s), *_capsule(b, c, 4.2 * s, 3.1 * s))
    yield Shape(f"{side}.arm", "top", _CAPSULE * 2, numbers, depth)
    path, parts = (
        _fingers(hand, side, body.values, camera)
        if fingers
        else _mitten(hand, side, body.values, camera)
    )
    spot = body.touched.get(f"{side}.hand")
    if fingers and spot is not None and spot.how == "grip":
        # The thumb is before what is held, the fingers are behind it.
        cut = path.count("#") - _THUMB.count("#")
        yield Shape(f"{side}.thumb", "skin", _THUMB, parts[cut:], of_hand + 1.3)
        path, parts = path.removesuffix(_THUMB), parts[:cut]
    yield Shape(f"{side}.hand", "skin", path, parts, of_hand)


def _arm_depth(
    body: Body, side: str, camera: Camera, drawn: Mapping[str, float]
) -> tuple[float, float]:
    """Return how near arm and hand are: before what it touches on the side that we see, else behind it.

    An arm that reaches round to the side that we do not see is before the body where its elbow is.
    """
    upper, fore, hand = (body.parts[f"{side}.{name}"] for name in ("upper_arm", "forearm", "hand"))
    own = camera.depth(mix(upper.at, mix(fore.at, hand.at, 0.6), 0.6))
    legs = max(drawn[f"{one}.leg"] for one in SIDES) + 1.0
    spot = body.touched.get(f"{side}.hand")
    if spot is None or not spot.part:
        before = camera.depth(hand.at) > camera.depth(body.parts["chest"].at)
        near = max(own, legs) if before else own
        return near, near + 0.1
    under = drawn.get(_shape_of(spot.part), own)
    facing = camera.turned(spot.normal)[2]
    if spot.how == "grip":
        held = under - 1.0 if facing > 0 else under + 1.0
        return held, held + 0.1
    near = max(own, under + 1.0, legs)
    if facing >= -0.25:  # noqa: PLR2004 - turned to us
        return near, near + 0.1
    far = min(own, under - 1.0)
    round_it = camera.depth(fore.at) > under + _ROUND_CM
    return (near if round_it else far), far + 0.1


_ROUND_CM: Final = 8.0
"""An elbow that is so much nearer than what the hand touches is before it."""


def _other_arm(body: Body, side: str) -> bool:
    spot = body.touched.get(f"{side}.hand")
    return spot is not None and spot.part.endswith(("arm", "hand"))


def _shape_of(part: str) -> str:
    side, _, name = part.rpartition(".")
    if name in {"upper_arm", "forearm", "hand"}:
        return f"{side}.{'hand' if name == 'hand' else 'arm'}"
    if name in {"thigh", "shank"}:
        return f"{side}.leg"
    return {"head": "head", "neck": "neck"}.get(part, "torso")


_MITTEN: Final = _CAPSULE * 4
_THUMB: Final = _CAPSULE * 2
_THUMB_UP: Final[Vec] = (0.0, -0.15, 0.98)


def _mitten(
    hand: Part, side: str, values: Mapping[str, float], camera: Camera
) -> tuple[str, tuple[float, ...]]:
    """Return a hand with its four fingers together."""
    s = camera.scale
    sign = 1.0 if side == "left" else -1.0
    curl = radians(values[f"{side}.fingers.curl"])
    palm: Vec = (-sign, 0.0, 0.0)

    def ray(bend: float) -> Vec:
        return plus(scaled((0.0, -1.0, 0.0), cos(bend)), palm, sin(bend))

    knuckle: Vec = (0.0, -8.0, 0.0)
    middle = plus(knuckle, ray(curl * 0.7), 5.0)
    tip = plus(middle, ray(curl * 1.8), 4.6)
    thumb: Vec = plus((0.0, -3.0, 2.6), palm, 0.4)
    lies = unit((palm[0] * 0.35, -0.75, 0.55 + 0.3 * cos(curl)))
    thumb_tip = plus(thumb, mix(lies, _THUMB_UP, values[f"{side}.thumb.up"]), 5.6)
    wide = _half(hand, camera, 3.6, 1.9)
    slim = 1.0 - 0.4 * values[f"{side}.fingers.two"]
    at = {name: camera.flat(hand.point(one)) for name, one in (
        ("wrist", (0.0, -0.5, 0.0)), ("knuckle", knuckle), ("middle", middle), ("tip", tip),
        ("thumb", thumb), ("thumb_tip", thumb_tip),
    )}  # fmt: skip
    return _MITTEN, (
        *_capsule(at["wrist"], at["knuckle"], 2.9 * s, wide),
        *_capsule(at["knuckle"], at["middle"], wide, wide * 0.92 * slim),
        *_capsule(at["middle"], at["tip"], wide * 0.9 * slim, max(wide * 0.7 * slim, 1.5 * s)),
        *_capsule(at["thumb"], at["thumb_tip"], 1.8 * s, 1.3 * s),
    )


def _half(hand: Part, camera: Camera, wide: float, thick: float) -> float:
    """Return half the width that is seen of a hand: it is flat."""
    along = camera.way(hand.axes[1])
    n = _unit2((-along[1], along[0]), camera.way(hand.axes[2]), short=0.2 * camera.scale)
    z, x = camera.way(hand.axes[2]), camera.way(hand.axes[0])
    return hypot(wide * (z[0] * n[0] + z[1] * n[1]), thick * (x[0] * n[0] + x[1] * n[1]))


def _fingers(
    hand: Part, side: str, values: Mapping[str, float], camera: Camera
) -> tuple[str, tuple[float, ...]]:
    """Return a hand with each finger by itself."""
    s = camera.scale
    sign = 1.0 if side == "left" else -1.0
    curl = radians(values[f"{side}.fingers.curl"])
    spread = radians(values[f"{side}.fingers.spread"])
    palm: Vec = (-sign, 0.0, 0.0)
    wide = _half(hand, camera, 3.5, 1.9)
    numbers = [
        *_capsule(
            camera.flat(hand.point((0.0, -0.5, 0.0))),
            camera.flat(hand.point((0.0, -7.0, 0.2))),
            2.8 * s,
            wide,
        )
    ]
    for place, long in ((1.5, 0.93), (0.5, 1.05), (-0.5, 1.0), (-1.5, 0.8)):
        base: Vec = (0.0, -8.2 + 0.35 * abs(place), place * 1.75)
        fan = (place - 0.1) * spread

        def ray(bend: float, fan: float = fan) -> Vec:
            down = plus(scaled((0.0, -1.0, 0.0), cos(fan)), (0.0, 0.0, 1.0), sin(fan))
            return plus(scaled(down, cos(bend)), palm, sin(bend))

        # Of two fingers that are used alone, the others are bent away.
        bend = curl + (radians(85) - curl) * values[f"{side}.fingers.two"] * (place < 0)
        middle = plus(base, ray(bend), 4.4 * long)
        tip = plus(middle, ray(bend * 2.05), 4.4 * long)
        a, b, c = (camera.flat(hand.point(one)) for one in (base, middle, tip))
        numbers += [*_capsule(a, b, 1.05 * s, 0.98 * s), *_capsule(b, c, 0.97 * s, 0.85 * s)]
    thumb: Vec = (palm[0] * 0.6, -3.2, 2.4)
    out = 0.45 + 1.6 * spread + 0.2 * cos(curl)
    middle = plus(thumb, unit((palm[0] * 0.45, -0.8, out)), 4.4)
    tip = plus(
        middle, unit((palm[0] * (0.3 + 0.9 * sin(curl)), -0.95, out * 0.6 - 0.9 * sin(curl))), 3.4
    )
    up = values[f"{side}.thumb.up"]
    middle = mix(middle, plus(thumb, _THUMB_UP, 4.0), up)
    tip = mix(tip, plus(thumb, _THUMB_UP, 7.0), up)
    a, b, c = (camera.flat(hand.point(one)) for one in (thumb, middle, tip))
    numbers += [*_capsule(a, b, 1.5 * s, 1.15 * s), *_capsule(b, c, 1.15 * s, 0.95 * s)]
    return _CAPSULE * 11, tuple(numbers)


# ── the head ───────────────────────────────────────────────────────────────────────────────

_HAIRLINE: Final = unit((0.0, 0.86, -0.62))
_FACING: Final = 0.12
"""A part of the face that is turned to us by less is not seen."""
_BEHIND: Final = -0.45
"""An ear that is turned away so far lies wholly behind the head."""


def _head(head: Part, values: Mapping[str, float], camera: Camera) -> Iterator[Shape]:
    s, depth = camera.scale, camera.depth(head.at) + 2.0
    axes = [scaled(axis, size) for axis, size in zip(head.axes, joints.HEAD, strict=True)]
    for side, sign in (("left", 1.0), ("right", -1.0)):
        ear = head.point((sign * (joints.HEAD[0] - 0.3), -1.0, -0.5))
        numbers = ball(
            camera, ear, [scaled(head.axes[i], r) for i, r in enumerate((1.2, 2.6, 1.7))]
        )
        seen = camera.turned(scaled(head.axes[0], sign))[2]
        near = depth + (1.5 if seen > 0 else -1.5)
        yield Shape(f"{side}.ear", "skin", BALL, numbers, near if seen > _BEHIND else _HIDDEN)
    yield Shape("head", "skin", BALL, ball(camera, head.at, axes), depth)
    hair = _hair(head, camera)
    yield Shape("hair", "hair", _smooth(len(hair)), _smoothed(hair), depth + 0.5)
    facing = camera.turned(head.axes[2])[2]
    nose = (
        camera.flat(head.point((0.0, 0.5, joints.HEAD[2] - 2.2))),
        camera.flat(head.point((0.0, -2.2, joints.HEAD[2] + 1.3))),
    )
    numbers = _capsule(*nose, 1.3 * s, 1.7 * s)
    yield Shape(
        "nose", "skin nose", _CAPSULE, numbers, depth + (2.0 if facing > -_FACING else -0.5)
    )
    yield from _face(head, values, camera, depth + 2.2)


def _face(head: Part, values: Mapping[str, float], camera: Camera, depth: float) -> Iterator[Shape]:
    """Yield eyes and mouth; what is not seen has no depth, and is left out."""
    s, shut = camera.scale, 1.0 - values["eyes.open"]
    look = (values["eyes.across"] * -1.1, values["eyes.up"] * 1.2)
    for side, sign in (("left", 1.0), ("right", -1.0)):
        centre: Vec = (sign * 3.3 + look[0], 1.3 + look[1] - 0.5 * shut, joints.HEAD[2] * 0.9)
        half = 0.25 + 1.5 * shut
        ends = [
            camera.flat(
                head.point((centre[0] + way * half, centre[1] + 0.5 * (1 - shut) * way, centre[2]))
            )
            for way in (1, -1)
        ]
        dip = camera.flat(head.point((centre[0], centre[1] - 1.6 * shut, centre[2])))
        normal = apply(head.axes, unit((sign * 0.36, 0.1, 0.93)))
        seen = camera.turned(normal)[2] > _FACING
        numbers = (*ends[0], *dip, *ends[1])
        yield Shape(
            f"{side}.eye",
            "face",
            "M# #Q# # # #",
            numbers,
            depth if seen else _HIDDEN,
            (1.9 - 0.9 * shut) * s,
        )
    mouth = [camera.flat(head.point((x, y, z))) for x, y, z in (
        (2.3, -5.3, 8.2), (0.0, -6.6, 9.2), (-2.3, -5.3, 8.2),
    )]  # fmt: skip
    seen = camera.turned(apply(head.axes, unit((0.0, -0.35, 0.9))))[2] > _FACING
    numbers = (*mouth[0], *mouth[1], *mouth[2])
    yield Shape("mouth", "face", "M# #Q# # # #", numbers, depth if seen else _HIDDEN, 0.8 * s)


_HIDDEN: Final = -1e9


def is_seen(shape: Shape) -> bool:
    """Whether a shape is drawn at all."""
    return shape.depth > _HIDDEN


def _cap() -> Iterator[tuple[Vec, Vec]]:
    """Yield points on a head of size 1 where hair grows, and which way the skin looks there."""
    for up in range(-4, 9):
        for round_ in range(24):
            y = sin(up * pi / 16)
            x, z = (sqrt(1 - y * y) * f(round_ * pi / 12) for f in (sin, cos))
            if dot((x, y, z), _HAIRLINE) >= 0.16:  # noqa: PLR2004 - above the brow, down to the nape
                wide, high, deep = joints.HEAD
                at = (x * wide * 1.03, y * high * 1.03, z * deep * 1.03)
                yield at, unit((x / wide, y / high, z / deep))


_CAP: Final = tuple(_cap())


@lru_cache(maxsize=128)
def _hair(head: Part, camera: Camera) -> tuple[Flat, ...]:
    """Return the outline of the hair that is seen: what lies above a line over the brow.

    Kept, because it takes as long as half of the other shapes, and a head often rests.
    """
    x, y, z = (camera.turned(axis)[2] for axis in head.axes)  # how each axis looks at us
    seen = [
        camera.flat(head.point(at))
        for at, normal in _CAP
        if normal[0] * x + normal[1] * y + normal[2] * z > -0.1  # noqa: PLR2004 - and a little round the edge
    ]
    return tuple(_hull(seen, camera.flat(head.at), 16))


def _hull(points: Sequence[Flat], otherwise: Flat, count: int) -> list[Flat]:
    """Return *count* points around *points*, the farthest in each direction."""
    if not points:
        return [otherwise] * count
    made = []
    for index in range(count):
        across, down = cos(2 * pi * index / count), sin(2 * pi * index / count)
        far = [x * across + y * down for x, y in points]
        made.append(points[far.index(max(far))])
    return made


# ── what works ─────────────────────────────────────────────────────────────────────────────

_MARKS: Final[Mapping[str, tuple[str, Vec, float]]] = MappingProxyType(
    {
        "neck": ("neck", (0.0, 3.5, -1.0), 8.5),
        "upper_back": ("chest", (0.0, 15.0, -6.0), 14.0),
        "lower_back": ("belly", (0.0, 6.0, -6.0), 12.0),
        "belly": ("belly", (0.0, 2.0, 5.0), 12.0),
        "chest": ("chest", (0.0, 13.0, 6.0), 13.0),
        "eyes": ("head", (0.0, 1.5, 9.0), 8.5),
    }
)
_PAIRED_MARKS: Final[Mapping[str, tuple[str, Vec, float]]] = MappingProxyType(
    {
        "neck": ("neck", (4.0, 3.5, 0.0), 6.5),
        "shoulder": ("{side}.upper_arm", (-1.0, -0.5, 0.0), 8.5),
        "side": ("chest", (13.0, 3.0, 0.0), 11.0),
        "hip": ("pelvis", (11.0, -1.0, 0.0), 9.5),
        "thigh": ("{side}.thigh", (0.0, -22.0, 2.0), 10.0),
        "hamstring": ("{side}.thigh", (0.0, -22.0, -4.0), 11.0),
        "calf": ("{side}.shank", (0.0, -14.0, -2.0), 8.0),
        "forearm": ("{side}.forearm", (0.0, -11.0, 0.0), 8.0),
        "wrist": ("{side}.hand", (0.0, -1.0, 0.0), 6.0),
        "hand": ("{side}.hand", (0.0, -8.0, 0.0), 7.0),
    }
)
AREAS: Final = (*_MARKS, *(f"{side}_{name}" for name in _PAIRED_MARKS for side in SIDES))
"""What can be marked as working."""


def marks(body: Body, areas: Sequence[str], camera: Camera) -> Iterator[Shape]:
    """Yield a soft light on each of *areas*."""
    for area in areas:
        side, _, name = area.partition("_")
        if area in _MARKS:
            part, own, size = _MARKS[area]
        else:
            part, (x, y, z), size = _PAIRED_MARKS[name]
            own = (x if side == "left" else -x, y, z)
        x, y = camera.flat(body.parts[part.format(side=side)].point(own))
        r = size * camera.scale
        numbers = (x - r, y, r, r, x + r, y, r, r, x - r, y)
        yield Shape(f"mark.{area}", "mark", RING, numbers, 800.0)


def presses(body: Body, objects: Collection[str], camera: Camera) -> Iterator[Shape]:
    """Yield a ring where a hand presses on the body, or where it lies on a ball."""
    for name in [name for name in BALLS if name in objects]:
        at = ball_place(name, body.parts, body.values).at
        yield _ring(f"press.{name}", at, _AROUND_BALL, camera)
    for limb, spot in body.touched.items():
        # A flat hand only lies there.
        if spot.part and spot.how != "palm" and _presses(body, limb, spot):
            yield _ring(f"press.{limb}", spot.at, _AROUND_HAND, camera)


def _presses(body: Body, limb: str, spot: Spot) -> bool:
    """Whether a hand is where it presses: not lifted off, and not on its way."""
    if not limb.endswith("hand") or body.values[f"{limb}.off"] > 1:
        return False
    hand = body.parts[limb]
    at = within(hand.axes, minus(spot.at, hand.at))
    along = max(-joints.HAND, min(0.0, at[1]))
    return length((at[0], at[1] - along, at[2])) < _PRESSES_CM


_PRESSES_CM: Final = 8.0
_AROUND_HAND: Final = 4.5
_AROUND_BALL: Final = 7.0


def _ring(name: str, at: Vec, size: float, camera: Camera) -> Shape:
    x, y = camera.flat(at)
    r = size * camera.scale
    numbers = (x - r, y, r, r, x + r, y, r, r, x - r, y)
    return Shape(name, "press", RING, numbers, 810.0, 1.3 * camera.scale)


RING: Final = "M# #A# # 0 1 1 # #A# # 0 1 1 # #Z"
