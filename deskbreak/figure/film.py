"""A scene in time, as pictures that a page mixes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from math import acos, ceil, pi
from typing import TYPE_CHECKING, Any, Final

from deskbreak.figure.between import between
from deskbreak.figure.camera import VIEWS
from deskbreak.figure.joints import SIDES
from deskbreak.figure.picture import SIZE, camera_for, shapes
from deskbreak.figure.solve import solve
from deskbreak.figure.space import angle, length, minus
from deskbreak.figure.ways import Way, ways

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskbreak.figure.body import Body, Key
    from deskbreak.figure.camera import Camera
    from deskbreak.figure.outlines import Shape
    from deskbreak.figure.scene import Scene, Step
    from deskbreak.figure.ways import Timed

_QUICK_S: Final = 0.9
"""A way that is shorter, as in walking, does not come to rest in each pose."""
_EVERY: Final = 12.0
"""A picture is made every so many degrees or centimetres of a way: in between, a page mixes."""
_EVERY_QUICK: Final = 16.0
"""The same of a quick way, where no eye measures a limb."""
_MOST_PICTURES: Final = 6
_SMALL: Final = 0.4
"""Of a hand that turns, less is seen."""
_OF_ARMS: Final = ("arm.", "elbow.", "forearm.", "wrist.")


@dataclass(slots=True)
class _Reel:
    """The pictures of a film; what is the same is kept once."""

    looks: dict[str, Shape] = field(default_factory=dict)
    at: dict[str, dict[tuple[int, ...], int]] = field(default_factory=dict)
    frames: dict[tuple[tuple[str, ...], tuple[tuple[str, int], ...]], int] = field(
        default_factory=dict
    )

    def add(self, made: Sequence[Shape]) -> int:
        """Keep a picture; return its number."""
        seen = []
        for shape in made:
            self.looks.setdefault(shape.name, shape)
            table = self.at.setdefault(shape.name, {})
            numbers = tuple(round(number) for number in shape.numbers)
            seen.append((shape.name, table.setdefault(numbers, len(table))))
        order = tuple(name for name, _ in seen)
        return self.frames.setdefault((order, tuple(sorted(seen))), len(self.frames))

    def told(self) -> dict[str, Any]:
        """Return it as a page takes it."""
        names = list(self.looks)
        place = {name: index for index, name in enumerate(names)}
        orders: dict[tuple[str, ...], int] = {}
        frames = []
        for order, seen in self.frames:
            known = dict(seen)
            frames.append(
                [orders.setdefault(order, len(orders)), *(known.get(name, -1) for name in names)]
            )
        return {
            "box": [SIZE, SIZE],
            "shapes": [
                {
                    "name": name,
                    "class": shape.look,
                    "d": shape.path,
                    **({"stroke": round(shape.stroke, 1)} if shape.stroke else {}),
                    "at": [list(numbers) for numbers in self.at[name]],
                }
                for name, shape in self.looks.items()
            ],
            "orders": [[place[name] for name in order] for order in orders],
            "frames": frames,
        }


def film(scene: Scene, timed: Sequence[Timed]) -> dict[str, Any]:
    """Return *scene*, whose steps last as *timed* tells, for a page that plays it.

    ``shapes`` are paths with ``#`` for each number, and the lists of numbers that occur ``at`` some
    time; a frame is the number of its order and, for each shape, that of its list (-1: not there);
    a step has frames at times (s), and its key poses are frames too. Between two frames a page
    mixes the numbers.
    """
    camera, reel, steps = camera_for(scene), _Reel(), []
    before, yaw = scene.steps[0].keys[0], VIEWS[scene.steps[0].view]
    for step, time in zip(scene.steps, timed, strict=True):
        shot = _Shot(scene, step, time, camera, reel)
        times, frames, now = [0.0], [shot.pose(before, yaw)], 0.0
        for way in ways(step, time, before, yaw):
            count = _pictures(way, shot.solved(way.start), shot.solved(way.end))
            for number in range(1, count + 1):
                share = number / count
                frames.append(shot.taken(way, share))
                times.append(round(now + way.seconds * _part(share, way.seconds), 2))
            now += way.seconds
            before, yaw = way.end, way.yaw[1]
        keys = [shot.pose(key, yaw) for key in step.keys]
        steps.append({"times": times, "frames": frames, "keys": keys})
    return {**reel.told(), "steps": steps}


class _Shot:
    """The pictures of one step; a round that comes again is not drawn again."""

    def __init__(self, scene: Scene, step: Step, time: Timed, camera: Camera, reel: _Reel) -> None:
        self._close = scene.frame == "hands"
        self._pressing = time.kind == "pressure"
        self._step = step
        self._camera = camera
        self._reel = reel
        # By the identity of a key, which has no hash; kept with it, so that no other gets its number.
        self._solved: dict[int, tuple[Key, Body]] = {}
        self._taken: dict[tuple[int, int, float, float], int] = {}

    def solved(self, key: Key) -> Body:
        """Return the body in the pose of *key*."""
        if id(key) not in self._solved:
            self._solved[id(key)] = (key, solve(key))
        return self._solved[id(key)][1]

    def pose(self, key: Key, yaw: float) -> int:
        """Return the number of the picture of a pose that stands still."""
        return self.taken(Way(key, key, 0.0, (yaw, yaw)), 1.0)

    def taken(self, way: Way, share: float) -> int:
        """Return the number of the picture of *share* of a *way*."""
        yaw = way.yaw[0] + (way.yaw[1] - way.yaw[0]) * share
        start, end = self.solved(way.start), self.solved(way.end)
        same = (id(start), id(end), share, yaw)
        if same not in self._taken:
            seen = replace(self._camera, yaw=yaw)
            made = shapes(
                between(start, end, share),
                self._step,
                seen,
                close=self._close,
                pressing=self._pressing,
            )
            self._taken[same] = self._reel.add(made)
        return self._taken[same]


def _part(share: float, seconds: float) -> float:
    """Return after which part of its time a *share* of a way is gone: softly, or evenly where it is quick."""
    return share if seconds < _QUICK_S else acos(1 - 2 * share) / pi


def _pictures(way: Way, start: Body, end: Body) -> int:
    """Return how many pictures a way needs, so that limbs do not shrink where a page mixes two."""
    most = abs(way.yaw[1] - way.yaw[0]) / 3  # the whole room turns: nobody measures a limb
    for name, value in way.end.values.items():
        # What is told of an arm says little where its hand touches something: see below.
        if not name.partition(".")[2].startswith(_OF_ARMS):
            most = max(most, abs(value - way.start.values[name]))
    for side in SIDES:
        hands = start.parts[f"{side}.hand"].axes, end.parts[f"{side}.hand"].axes
        most = max(most, *(angle(a, b) * _SMALL for a, b in zip(*hands, strict=True)))
        most = max(most, angle(start.arms[side].along, end.arms[side].along))
        for limb in (f"{side}.hand", f"{side}.foot"):
            most = max(most, length(minus(start.parts[limb].at, end.parts[limb].at)))
    every = _EVERY_QUICK if way.seconds < _QUICK_S else _EVERY
    return max(2, min(_MOST_PICTURES, ceil(most / every)))
