"""Pose files: for each prompt, in which poses the figure stands in each step. Text in, checked poses out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.checks import brief, list_of, one_of, table_fault, within, written
from deskbreak.core.words import N_, Said, said
from deskbreak.figure.around import STANCES
from deskbreak.figure.camera import FRAMES, VIEWS
from deskbreak.figure.icons import ICONS
from deskbreak.figure.marks import AREAS
from deskbreak.figure.scene import Scene, Step, mirrored
from deskbreak.figure.scenery import OBJECTS
from deskbreak.figure.told import Fault, flat, layers, must, pose

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from deskbreak.core.checks import Check
    from deskbreak.figure.told import Layer, Table

SCHEMA_VERSION: Final = 1
_MOST_KEYS: Final = 8
_MOST_ROUNDS: Final = 60
_MOST_STEPS: Final = 16


@dataclass(frozen=True, slots=True)
class Poses:
    """What pose files say, by prompt, and what was wrong with them."""

    scenes: Mapping[str, Scene] = field(default_factory=dict)
    problems: tuple[Said, ...] = ()


def parse(text: str, name: str) -> Poses:
    """Read a pose file; *name* is what its problems call it.

    Never raises for bad input: a prompt with a fault is left out and named in one line of
    ``problems``. A file that cannot be read at all has no scene and one problem.
    """
    try:
        table = tomllib.loads(text)
    except RecursionError:
        return Poses(problems=(said(N_("{pack}: is nested too deeply to be read"), pack=name),))
    except ValueError as error:
        why = said(N_("{pack}: cannot be read: {reason}"), pack=name, reason=str(error))
        return Poses(problems=(why,))
    fault = table_fault(table, _FILE, needed=("schema_version",))
    if fault is not None:
        return Poses(problems=(said(N_("{pack}: {fault}"), pack=name, fault=fault),))
    return _read(table, name)


def _read(table: Table, name: str) -> Poses:
    scenes: dict[str, Scene] = {}
    problems: list[Said] = []
    named = _named_poses(table.get("pose", {}))
    for number, raw in enumerate(table.get("prompt", ()), start=1):
        label = raw["id"] if isinstance(raw, dict) and _id(raw.get("id")) is None else f"#{number}"
        try:
            _keep(scenes, label, _scene(raw, named))
        except Fault as wrong:
            sentence = N_("{pack}: {prompt}: {fault}")
            problems.append(said(sentence, pack=name, prompt=label, fault=wrong.said))
    return Poses(MappingProxyType(scenes), tuple(problems))


def _named_poses(raw: Table) -> dict[str, Layer]:
    """Return the named poses, flat; each is checked where it is used."""
    return {name: dict(flat(one)) for name, one in raw.items() if isinstance(one, dict)}


def _keep(scenes: dict[str, Scene], label: str, scene: Scene) -> None:
    """Keep *scene*; a second one of a prompt, in a wheelchair, goes with the first."""
    if label in scenes and scene.stance == "wheelchair":
        scene = replace(scenes[label], rolling=scene)
    scenes[label] = scene


def joined(first: Poses, other: Poses) -> Poses:
    """Return both; of two scenes for one prompt, that of *first*."""
    return Poses({**other.scenes, **first.scenes}, (*first.problems, *other.problems))


def _scene(raw: object, named: Mapping[str, Layer]) -> Scene:
    must(table_fault(raw, _PROMPT, needed=("id", "stance", "steps")))
    assert isinstance(raw, dict)
    count = len(raw["steps"])
    if not 0 < count <= _MOST_STEPS:
        raise Fault(said(N_("has {count} steps, at most {limit}"), count=count, limit=_MOST_STEPS))
    steps: list[Step] = []
    for number, step in enumerate(raw["steps"], start=1):
        try:
            steps.append(_step(raw, step, named, steps))
        except Fault as wrong:
            why = said(N_("step {number}: {fault}"), number=number, fault=wrong.said)
            raise Fault(why) from wrong
    frame = raw.get("frame", "whole")
    return Scene(raw["id"], raw["stance"], frame, tuple(steps), _cover(raw, steps))


def _step(prompt: Table, raw: Table, named: Mapping[str, Layer], before: Sequence[Step]) -> Step:
    must(table_fault(raw, _STEP, needed=()))
    if "mirrors" in raw:
        if raw["mirrors"] > len(before):
            why = N_("no step before it has the number {number}")
            raise Fault(said(why, number=raw["mirrors"]))
        return mirrored(before[raw["mirrors"] - 1])
    keys = raw.get("keys", [{}])
    if not 0 < len(keys) <= _MOST_KEYS:
        why = N_("has {count} poses, at most {limit}")
        raise Fault(said(why, count=len(keys), limit=_MOST_KEYS))
    base = list(layers(prompt.get("base", {}), named))
    return Step(
        tuple(pose([*base, *layers(key, named)], prompt["stance"]) for key in keys),
        raw.get("view", prompt.get("view", "half_right")),
        tuple(raw.get("works", prompt.get("works", ()))),
        raw.get("rounds", 0),
        raw.get("once", False),
        frozenset(raw.get("objects", prompt.get("objects", ()))),
        raw.get("icon", prompt.get("icon", "")),
    )


def _cover(raw: Table, steps: Sequence[Step]) -> tuple[int, int]:
    """Return the step and key for a small picture; where none is told, the last of the second step."""
    told = raw.get("cover", [min(2, len(steps)), 0])
    step = min(max(told[0], 1), len(steps)) - 1
    count = len(steps[step].keys)
    key = (told[1] if len(told) > 1 else 0) or count
    return (step, min(key, count) - 1)


_id: Final = written(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "P-ST-01")


def _table(raw: object) -> Said | None:
    return None if isinstance(raw, dict) else said(N_("{value} is not a table"), value=brief(raw))


_flag: Final = one_of(True, False)  # noqa: FBT003 - the values, not a switch
_STEP: Final[Mapping[str, Check]] = {
    "keys": list_of(_table),
    "view": one_of(*VIEWS),
    "works": list_of(one_of(*AREAS), may_be_empty=True),
    "rounds": within(1, _MOST_ROUNDS),
    "once": _flag,
    "objects": list_of(one_of(*OBJECTS), may_be_empty=True),
    "icon": one_of("", *ICONS),
    "mirrors": within(1, _MOST_STEPS),
}
_PROMPT: Final[Mapping[str, Check]] = {
    "id": _id,
    "stance": one_of(*STANCES),
    "frame": one_of(*FRAMES),
    "base": _table,
    "cover": list_of(within(0, _MOST_STEPS)),
    "steps": list_of(_table),
    **{
        name: check
        for name, check in _STEP.items()
        if name not in {"keys", "mirrors", "rounds", "once"}
    },
}
_FILE: Final[Mapping[str, Check]] = {
    "schema_version": one_of(SCHEMA_VERSION),
    "pose": _table,
    "prompt": list_of(lambda _: None, may_be_empty=True),
}
