"""One pose of a scene as shapes in order, and as SVG."""

from __future__ import annotations

from dataclasses import replace
from functools import lru_cache
from math import cos, radians
from typing import TYPE_CHECKING, Final

from deskbreak.figure.between import between
from deskbreak.figure.camera import VIEWS, Camera
from deskbreak.figure.desk import DESK_DEPTH, desk_depth
from deskbreak.figure.draw import figure
from deskbreak.figure.head import is_seen
from deskbreak.figure.joints import SIDES
from deskbreak.figure.marks import marks, presses
from deskbreak.figure.outlines import RING
from deskbreak.figure.scenery import around
from deskbreak.figure.solve import solve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.figure.body import Body
    from deskbreak.figure.outlines import Shape
    from deskbreak.figure.scene import Scene, Step

SIZE: Final = 1000
"""A picture is that many units wide and high."""
_ROOM_CM: Final = {"whole": 6.0, "upper": 4.0, "head": 15.0, "near": 9.0, "hands": 3.0}
"""So much is left free around what is seen."""
_ABOVE: Final = {"whole": 1.0, "upper": 0.5, "head": 0.15, "near": 0.5, "hands": 0.5}
"""Of the height that is left over in a square picture, so much is above."""
_UPPER: Final = (
    "floor",
    "chair",
    "desk",
    "rim",
    "grip",
    "caster",
    "frame",
    "leg",
    "foot",
    "wall",
    "stairs",
)
"""Shapes that need not be seen whole in a picture of the upper body."""
_ALONE: Final = {"head": ("head", "hair", "nose", "neck"), "near": ("hand",), "hands": ("hand",)}
"""Of a close picture, the shapes that have to be seen."""


def shapes(body: Body, step: Step, camera: Camera, *, close: bool, pressing: bool) -> list[Shape]:
    """Return what is drawn of *body* in *step*, from the back to the front."""
    made = list(figure(body, camera, close=close))
    if close and cos(radians(camera.yaw)) < 0:
        # As one sees one's own hands: trunk and head would be in the way.
        made = [one for one in made if one.name.endswith((".arm", ".hand", ".thumb"))]
        made += marks(body, step.works, camera)
        if pressing:
            made += presses(body, step.objects, camera)
        return sorted(made, key=lambda one: one.depth)
    if "desk" in step.objects:
        made = [_over_desk(shape, body, camera) for shape in made]
    made += around(body, step.objects, step.icon, camera)
    made += marks(body, step.works, camera)
    if pressing:
        made += presses(body, step.objects, camera)
    return sorted((one for one in made if is_seen(one)), key=lambda one: one.depth)


def _over_desk(shape: Shape, body: Body, camera: Camera) -> Shape:
    """Lay the arms that are higher than the desk over it."""
    side, _, name = shape.name.partition(".")
    if name in {"arm", "hand"} and side in SIDES:
        if body.parts[f"{side}.hand"].at[1] > body.values["desk.height"] - 4:
            above = desk_depth(camera) + 10 + (name == "hand")
            return replace(shape, depth=max(shape.depth, above))
    elif name in {"leg", "foot"} and desk_depth(camera) == DESK_DEPTH:
        return replace(shape, depth=min(shape.depth, DESK_DEPTH - 10))
    return shape


def camera_for(scene: Scene, size: int = SIZE) -> Camera:
    """Return a camera for *scene* that holds it and the ways between in a picture of *size* units."""
    xs: list[float] = []
    ys: list[float] = []
    for step, body in _bodies(scene):
        seen = _edges(scene.frame, step, body)
        xs += (at for shape in seen for at in _coordinates(shape, 0))
        ys += (-at for shape in seen for at in _coordinates(shape, 1))
    room = _ROOM_CM[scene.frame]
    left, right, low, high = min(xs) - room, max(xs) + room, min(ys) - room, max(ys) + room
    side = max(right - left, high - low)
    return Camera(
        0.0,
        size / side,
        left - (side - right + left) / 2,
        high + (side - high + low) * _ABOVE[scene.frame],
    )


def _bodies(scene: Scene) -> Iterator[tuple[Step, Body]]:
    """Yield the figure in each pose, and on its way there: an arm is longest half-way up."""
    before: Body | None = None
    for step in scene.steps:
        for key in step.keys:
            body = solve(key)
            if before is not None:
                yield step, between(before, body, 0.3)
                yield step, between(before, body, 0.7)
            yield step, body
            before = body


def _edges(frame: str, step: Step, body: Body) -> list[Shape]:
    """Return what has to be seen of *body*, drawn with a unit for each cm."""
    seen = []
    for shape in shapes(body, step, Camera(VIEWS[step.view]), close=False, pressing=False):
        name = shape.name.rpartition(".")[2] if shape.name.startswith(SIDES) else shape.name
        if frame in _ALONE and name not in _ALONE[frame]:
            continue
        if frame == "upper" and name.startswith(_UPPER):
            continue
        if name not in {"floor", "desk_foot", "wall"} and not name.startswith(("mark", "press")):
            seen.append(shape)
    return seen


def _coordinates(shape: Shape, which: int) -> list[float]:
    """Return the x or y of the points of a path; radii of arcs are none."""
    if shape.path == RING:
        left, y, r, *_ = shape.numbers
        middle = (left + r, y)[which]
        return [middle - r, middle + r]
    return [shape.numbers[index] for index in _places(shape.path)[which]]


@lru_cache(maxsize=256)
def _places(path: str) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Return which numbers of a path are an x, and which a y."""
    found: tuple[list[int], list[int]] = ([], [])
    index, place, arc = 0, 0, False
    for sign in path:
        if sign.isalpha():
            arc, place = sign == "A", 0
        elif sign == "#":
            if not (arc and place < 2):  # noqa: PLR2004 - two radii
                found[place % 2].append(index)
            index, place = index + 1, place + 1
    return tuple(found[0]), tuple(found[1])


def data(shape: Shape) -> str:
    """Return the path data of *shape*, in whole units."""
    numbers = iter(shape.numbers)
    return "".join(str(round(next(numbers))) if sign == "#" else sign for sign in shape.path)


def svg(made: Sequence[Shape], *, size: int = SIZE, style: str = "") -> str:
    """Return a picture of *made*; with a *style* inside it stands alone, as a file."""
    alone = ' xmlns="http://www.w3.org/2000/svg"' if style else ""
    inside = f"<style>{style}</style>" if style else ""
    paths = "".join(
        f'<path class="{one.look}" d="{data(one)}"'
        + (f' stroke-width="{one.stroke:.1f}"' if one.stroke else "")
        + "/>"
        for one in made
    )
    return f'<svg{alone} class="figure" viewBox="0 0 {size} {size}" aria-hidden="true">{inside}{paths}</svg>'
