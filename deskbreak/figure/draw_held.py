"""The shapes of small things that a figure holds or wears."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure.draw import BALL, Shape, ball
from deskbreak.figure.joints import HEAD
from deskbreak.figure.space import apply, minus, mix, plus, within
from deskbreak.figure.strokes import line, plate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.draw import Camera
    from deskbreak.figure.space import Vec

_OVER: Final = 400.0
"""What a hand holds is before the hand and what stands on the desk."""


def _palm(side: str) -> float:
    """Return which way along its own x a hand looks."""
    return -1.0 if side == "left" else 1.0


def _pen(side: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        hand, way = body.parts[f"{side}.hand"], _palm(side)
        ends = [hand.point((way * 2.6, -18.0, 1.5)), hand.point((-way * 5.0, -4.0, 5.0))]
        yield line("pen", ends, camera, camera.depth(hand.at) + _OVER, 1.4, "line")

    return make


def _phone(side: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    """Return what draws a phone at an ear."""
    x = 10.6 if side == "left" else -10.6

    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        head = body.parts["head"]
        corners = [
            head.point((x * (1.0 + 0.012 * y), y, z))
            for y, z in ((4.0, -3.5), (5.0, 2.5), (-9.0, 7.0), (-10.0, 1.0))
        ]
        seen = camera.turned(apply(head.axes, (x, 0.0, 0.0)))[2]
        depth = camera.depth(head.at) + (5.0 if seen > 0 else -5.0)
        yield plate("phone", "screen", corners, camera, depth, 1.6)

    return make


# From ear to ear, as it hangs (cm).
_ARC: Final = ((-9, -14), (-8.6, -8), (-6, -2.5), (0, 0), (6, -2.5), (8.6, -8), (9, -14))


def _held_headset(side: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    """Return what draws a headset that hangs from a hand."""

    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        hand, way = body.parts[f"{side}.hand"], _palm(side)
        top = hand.point((way * 2.0, -9.0, 0.0))
        depth = camera.depth(hand.at) + _OVER
        arc: list[Vec] = [plus(top, (0.9 * x, y, 0.45 * x)) for x, y in _ARC]
        yield line("held.arc", arc, camera, depth, 1.8, "line")
        for name, at in (("held.cup0", arc[0]), ("held.cup1", arc[-1])):
            cup = ball(camera, at, ((2.0, 0, 0), (0, 4.2, 0), (0, 0, 3.4)))
            yield Shape(name, "prop", BALL, cup, depth + 0.1, camera.scale)

    return make


def _towel(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a rolled towel between both hands; behind the back it is behind the trunk."""
    ends = [
        body.parts[f"{side}.hand"].point((_palm(side) * 3.5, -9.0, 0.0))
        for side in ("left", "right")
    ]
    belly = body.parts["belly"]
    middle = mix(ends[0], ends[1], 0.5)
    numbers = ball(
        camera, middle, [apply(belly.axes, a) for a in ((15.0, 0, 0), (0, 4.6, 0), (0, 0, 4.6))]
    )
    ahead = within(belly.axes, minus(middle, belly.at))[2] > 0
    depth = camera.depth(body.parts["chest"].at)
    # In front it lies on the thighs.
    near = max(camera.depth(body.parts[f"{side}.thigh"].at) for side in ("left", "right")) + 9.0
    yield Shape(
        "towel", "ball", BALL, numbers, max(near, depth) if ahead else depth - 3, camera.scale
    )


def _shawl(side: str) -> Callable[[Body, Camera], Iterator[Shape]]:
    """Return what draws half a blanket about the shoulders, its edge in the hand."""
    way = 1.0 if side == "left" else -1.0

    def make(body: Body, camera: Camera) -> Iterator[Shape]:
        chest, arm, hand = (body.parts[n] for n in ("chest", f"{side}.upper_arm", f"{side}.hand"))
        corners = [chest.point((way * x, y, z)) for x, y, z in ((3, 31, -6), (11, 28.5, -1))]
        corners += [
            arm.point((way * x, y, 0.0)) for x, y in ((1.0, 6.5), (6.5, -3.0), (6.5, -27.0))
        ]
        corners += [chest.point((way * 17.0, -12.0, 6.0)), chest.point((way * 5.0, -14.0, 12.0))]
        corners += [hand.point((0.0, -8.0, 0.0)), chest.point((way * 4.5, 25.0, 7.0))]
        depth = camera.depth(chest.at) + (40.0 if side == "left" else 40.5)
        yield plate(f"{side}.shawl", "cloth", corners, camera, depth, 1.2)

    return make


def _shawls(body: Body, camera: Camera) -> Iterator[Shape]:
    for side in ("left", "right"):
        yield from _shawl(side)(body, camera)


def _book(body: Body, camera: Camera) -> Iterator[Shape]:
    """Yield a book that lies on the head."""
    head = body.parts["head"]
    corners = [
        head.point((x, HEAD[1] + y, z))
        for x, y, z in ((-7, 1, -11), (7, 1, -11), (7, 1, 8), (-7, 1, 8))
    ]
    yield plate("book", "wood", corners, camera, camera.depth(head.at) + 8.0, 3.6)


HELD: Final[Mapping[str, Callable[[Body, Camera], Iterator[Shape]]]] = MappingProxyType(
    {
        **{f"{side}_pen": _pen(side) for side in ("left", "right")},
        **{f"{side}_phone": _phone(side) for side in ("left", "right")},
        **{f"{side}_held_headset": _held_headset(side) for side in ("left", "right")},
        "towel": _towel,
        "shawl": _shawls,
        "book": _book,
    }
)
"""What draws each of them."""
