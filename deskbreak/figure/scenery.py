"""All that is drawn around the figure: what bears it, what stands there, and what it thinks of."""

from __future__ import annotations

from functools import partial
from itertools import cycle
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.figure import desk, held, room, seats, worn
from deskbreak.figure.around import BALLS, WALL_ASIDE
from deskbreak.figure.camera import NEAR
from deskbreak.figure.icons import ICONS
from deskbreak.figure.outlines import RING, Shape, ring

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera

    Draws = Callable[[Body, Camera], Iterator[Shape]]

_DRAWN: Final[Mapping[str, Draws]] = MappingProxyType(
    {
        "desk": desk.desk,
        "screen": desk.screen,
        "keyboard": desk.keyboard,
        "mouse": desk.mouse,
        "chair": seats.chair,
        "footrest": room.footrest,
        "pad": worn.pad,
        "headset": worn.headset,
        "window": room.window,
        "stairs": room.stairs,
        "band": held.band,
        "tap": desk.tap,
        "laptop": desk.laptop,
        "carried_laptop": desk.carried_laptop,
        "lap_glass": held.lap_glass,
        "gaze": room.gaze,
        "glare": desk.glare,
        "armrests": seats.armrests,
        "paper": desk.paper,
        "towel": held.towel,
        "shawl": worn.shawl,
        "book": worn.book,
        "left_screen": partial(desk.screen, aside_cm=48.0, turn_deg=-40.0),
        "right_screen": partial(desk.screen, aside_cm=-48.0, turn_deg=40.0),
        "left_pen": partial(held.pen, side="left"),
        "right_pen": partial(held.pen, side="right"),
        "left_phone": partial(worn.phone, side="left"),
        "right_phone": partial(worn.phone, side="right"),
        "left_held_headset": partial(held.headset, side="left"),
        "right_held_headset": partial(held.headset, side="right"),
        "wall_left": partial(room.wall, aside_cm=WALL_ASIDE),
        "wall_right": partial(room.wall, aside_cm=-WALL_ASIDE),
        "wall_behind": room.wall_behind,
        "left_glass": partial(held.glass, side="left"),
        "right_glass": partial(held.glass, side="right"),
        **{name: partial(room.ball, name=name) for name in BALLS},
    }
)
OBJECTS: Final = tuple(_DRAWN)
"""What can stand around the figure besides what bears it."""
_BUBBLES: Final = ((16.0, 8.0, 2.2), (23.0, 14.0, 3.6), (47.0, 27.0, 23.0))
"""How far aside of the head and above it the bubbles of a thought are, and half as wide (cm)."""
_ICON_CM: Final = 30.0
_ICON_UNITS: Final = 24.0


def around(body: Body, objects: frozenset[str], icon: str, camera: Camera) -> Iterator[Shape]:
    """Yield what stands around *body*: what bears it, the *objects*, and what it thinks of."""
    if "stairs" not in objects:
        yield room.floor(body, camera)
    if body.stance == "chair":
        yield from seats.chair(body, camera)
    elif body.stance == "wheelchair":
        yield from seats.wheelchair(body, camera)
    for name in sorted(objects):
        yield from _DRAWN[name](body, camera)
    if icon:
        yield from _thought(body, icon, camera)


def _thought(body: Body, icon: str, camera: Camera) -> Iterator[Shape]:
    """Yield a bubble beside the head with what one thinks of."""
    x, y, _ = camera.turned(body.parts["head"].at)
    way = -1.0 if camera.yaw < 0 else 1.0
    for index, (aside, up, size) in enumerate(_BUBBLES):
        numbers = ring(camera.paper(x + way * aside, y + up), size * camera.scale)
        yield Shape(f"bubble{index}", "bubble", RING, numbers, NEAR + 10, 0.8 * camera.scale)
    aside, up, _ = _BUBBLES[-1]
    corner = camera.paper(x + way * aside - _ICON_CM / 2, y + up + _ICON_CM / 2)
    unit = _ICON_CM / _ICON_UNITS * camera.scale
    path, numbers = ICONS[icon]
    placed = tuple(
        edge + number * unit for number, edge in zip(numbers, cycle(corner), strict=False)
    )
    yield Shape(f"icon.{icon}", "icon", path, placed, NEAR + 11, 1.7 * camera.scale)
