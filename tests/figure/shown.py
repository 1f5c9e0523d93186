"""Every prompt that comes with deskbreak, with the scene that shows it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core import pack
from deskbreak.figure import poses, ways
from deskbreak.figure.between import between
from deskbreak.figure.camera import VIEWS
from deskbreak.figure.solve import solve
from deskbreak.storage import files, packs

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.content import Entry, Text
    from deskbreak.figure.body import Body
    from deskbreak.figure.scene import Scene


@dataclass(frozen=True, slots=True)
class Shown:
    """One prompt: what it is, what it says, and how it looks."""

    entry: Entry
    text: Text
    scene: Scene

    def bodies(self, step: int) -> list[Body]:
        """Return the key poses of a step, which counts from 0."""
        return [solve(key) for key in self.scene.steps[step].keys]

    def timed(self) -> list[ways.Timed]:
        """Return the steps as a film takes them."""
        return [ways.Timed(step.kind, step.seconds) for step in self.text.steps]


@dataclass(frozen=True, slots=True)
class Moment:
    """The figure at one time of a prompt."""

    step: int  # counts from 0
    seconds: float  # of the step
    rests: bool  # whether it is at a key pose
    body: Body


@lru_cache(maxsize=1)
def moments(prompt: str) -> tuple[Moment, ...]:
    """Return the figure on its way through *prompt*; kept for the next test of the same one."""
    return tuple(_moments(all_shown()[prompt]))


def _moments(shown: Shown) -> Iterator[Moment]:
    first = shown.scene.steps[0]
    before, yaw = first.keys[0], VIEWS[first.view]
    for number, (step, time) in enumerate(zip(shown.scene.steps, shown.timed(), strict=True)):
        now, seen = 0.0, set()
        for way in ways.ways(step, time, before, yaw):
            told = repr((way.start, way.end))
            if told not in seen:
                seen.add(told)
                start, end = solve(way.start), solve(way.end)
                for share in (0.25, 0.5, 0.75, 1.0):
                    at = now + way.seconds * share
                    yield Moment(number, at, share == 1.0, between(start, end, share))
            now += way.seconds
            before, yaw = way.end, way.yaw[1]


_NOBODYS: Final = Path("nobody's packs")


@lru_cache(maxsize=1)
def all_shown() -> dict[str, Shown]:
    """Return every prompt of the English pack that has a scene, by id."""
    (name, text), *_ = files.pack_texts("en")
    made = pack.parse(text, name)
    found = poses.Poses()
    for file, told in packs.pose_texts(_NOBODYS):
        found = poses.joined(found, poses.parse(told, file))
    assert () == found.problems
    return {
        entry.id: Shown(entry, made.texts[entry.id], found.scenes[entry.id])
        for entry in made.index
        if entry.id in found.scenes
    }
