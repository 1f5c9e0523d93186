"""The figures of prompts, for pages: films, single pictures, and covers."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.resources import files as resources
from typing import TYPE_CHECKING, Any, Final

from deskbreak.figure import picture, poses
from deskbreak.figure.body import Key
from deskbreak.figure.camera import VIEWS
from deskbreak.figure.film import film
from deskbreak.figure.solve import solve
from deskbreak.figure.ways import Timed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.content import Text
    from deskbreak.figure.scene import Scene

_STYLE: Final = "figure.css"


@dataclass(frozen=True, slots=True)
class Figures:
    """How prompts are shown; those without poses are told in words alone."""

    scenes: Mapping[str, Scene]
    texts: Mapping[str, Text]
    wheelchair: frozenset[str] = frozenset()
    """The prompts that are shown in a wheelchair instead of on a chair."""

    def has(self, prompt: str) -> bool:
        """Whether there is a pose for each step of *prompt*."""
        scene, text = self.scenes.get(prompt), self.texts.get(prompt)
        return scene is not None and text is not None and len(scene.steps) == len(text.steps)

    def film(self, prompt: str) -> dict[str, Any]:
        """Return *prompt* in motion; see `deskbreak.figure.film`."""
        return film(self._scene(prompt), self._timed(prompt))

    def cover(self, prompt: str) -> str:
        """Return the pose that tells *prompt* best, as a file of its own."""
        scene = self._scene(prompt)
        number, key = scene.cover
        step = scene.steps[number]
        made = picture.shapes(
            solve(step.keys[key]),
            step,
            replace(picture.camera_for(scene), yaw=VIEWS[step.view]),
            close=scene.frame == "hands",
            pressing=self._timed(prompt)[number].kind == "pressure",
        )
        return picture.svg(made, style=_style())

    def _scene(self, prompt: str) -> Scene:
        scene = self.scenes[prompt]
        if prompt not in self.wheelchair:
            return scene
        if scene.rolling is not None:
            return scene.rolling
        if scene.stance != "chair":
            return scene
        steps = (
            replace(
                step, keys=tuple(Key(key.values, key.touches, "wheelchair") for key in step.keys)
            )
            for step in scene.steps
        )
        return replace(scene, stance="wheelchair", steps=tuple(steps))

    def _timed(self, prompt: str) -> tuple[Timed, ...]:
        return tuple(Timed(step.kind, step.seconds) for step in self.texts[prompt].steps)


@lru_cache(maxsize=2)
def scenes(texts: tuple[tuple[str, str], ...]) -> Mapping[str, Scene]:
    """Return the scenes in the *texts* of pose files, by prompt; read once for the same texts."""
    made = poses.Poses()
    for name, text in texts:
        made = poses.joined(made, poses.parse(text, name))
    return made.scenes


@lru_cache(maxsize=1)
def _style() -> str:
    return (resources("deskbreak.pages") / "static" / _STYLE).read_text("utf-8")
