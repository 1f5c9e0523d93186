"""Pose files: for each prompt, in which poses the figure stands in each step. Text in, checked poses out."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.checks import brief, list_of, one_of, table_fault, within, written
from deskbreak.core.words import N_, Said, said
from deskbreak.figure.around import STANCES, spots
from deskbreak.figure.body import Key
from deskbreak.figure.camera import FRAMES, VIEWS
from deskbreak.figure.icons import ICONS
from deskbreak.figure.joints import AT_REST, RANGES, SIDES
from deskbreak.figure.marks import AREAS
from deskbreak.figure.scenery import OBJECTS
from deskbreak.figure.touch import HOW, ON_BODY, named

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from deskbreak.core.checks import Check

    Table = Mapping[str, Any]

SCHEMA_VERSION: Final = 1
_MOST_KEYS: Final = 8
_MOST_ROUNDS: Final = 60
_MOST_STEPS: Final = 16
_LIMBS: Final = tuple(f"{side}.{end}" for side in SIDES for end in ("hand", "foot"))
_AROUND: Final = frozenset().union(*(spots(stance, AT_REST) for stance in STANCES))


@dataclass(frozen=True, slots=True)
class Step:
    """The poses of one step, and how they are seen."""

    keys: tuple[Key, ...]
    view: str
    works: tuple[str, ...] = ()  # areas that are marked
    rounds: int = 0  # so many times through the keys; 0: as the seconds allow
    once: bool = False  # goes through its keys once and stays in the last, whatever its kind
    objects: frozenset[str] = frozenset()
    icon: str = ""  # what one thinks of, or looks for


@dataclass(frozen=True, slots=True)
class Scene:
    """How one prompt is shown."""

    prompt: str
    stance: str
    frame: str
    steps: tuple[Step, ...]
    cover: tuple[int, int]  # the step and key that tell it best
    rolling: Scene | None = None  # how it is shown in a wheelchair, where that is another way


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
    scenes: dict[str, Scene] = {}
    problems: list[Said] = []
    base = _named_poses(table.get("pose", {}))
    for number, raw in enumerate(table.get("prompt", ()), start=1):
        label = raw["id"] if isinstance(raw, dict) and _id(raw.get("id")) is None else f"#{number}"
        try:
            _keep(scenes, label, _scene(raw, base))
        except _Fault as wrong:
            sentence = N_("{pack}: {prompt}: {fault}")
            problems.append(said(sentence, pack=name, prompt=label, fault=wrong.said))
    return Poses(MappingProxyType(scenes), tuple(problems))


def _keep(scenes: dict[str, Scene], label: str, scene: Scene) -> None:
    """Keep *scene*; a second one of a prompt, in a wheelchair, goes with the first."""
    if label in scenes and scene.stance == "wheelchair":
        scene = replace(scenes[label], rolling=scene)
    scenes[label] = scene


def joined(first: Poses, other: Poses) -> Poses:
    """Return both; of two scenes for one prompt, that of *first*."""
    return Poses({**other.scenes, **first.scenes}, (*first.problems, *other.problems))


class _Fault(Exception):  # noqa: N818 - it never leaves this module
    def __init__(self, why: Said) -> None:
        super().__init__(why)
        self.said = why


def _must(fault: Said | None, step: int = 0) -> None:
    if fault is not None and step:
        fault = said(N_("step {number}: {fault}"), number=step, fault=fault)
    if fault is not None:
        raise _Fault(fault)


# ── poses ──────────────────────────────────────────────────────────────────────────────────


def _named_poses(raw: object) -> dict[str, dict[str, object]]:
    """Return the named poses, flat; each is checked where it is used."""
    if not isinstance(raw, dict):
        return {}
    return {name: dict(_flat(one)) for name, one in raw.items() if isinstance(one, dict)}


def _flat(raw: Table, before: str = "") -> Iterator[tuple[str, object]]:
    """Yield what a table says as "left.arm.lift"; what is said of both is said of left and right."""
    for name, value in raw.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _pose(raw: Table, stance: str, base: Mapping[str, Mapping[str, object]]) -> Key:
    """Return the pose that *raw* tells: first that of the stance, then those it is like, then its own."""
    told: dict[str, object] = {}
    flat = dict(_flat(raw))
    like = flat.pop("like", [])
    for name in _likes(like):
        if name not in base:
            raise _Fault(said(N_("no pose is called {name}"), name=brief(name)))
        _lay(told, base[name])
    _lay(told, flat)
    values, touches = dict(AT_REST), dict(_RESTING[stance])
    for name, value in told.items():
        _tell(name, value, stance, values, touches)
    _must(_knot_fault(touches))
    return Key(MappingProxyType(values), MappingProxyType(touches), stance)


def _likes(like: object) -> list[str]:
    """Return the names of the poses that one is like: one, or a list of them."""
    return [str(name) for name in like] if isinstance(like, list) else [str(like)]


def _lay(told: dict[str, object], over: Mapping[str, object]) -> None:
    """Lay one pose over another: what moves an arm takes its hand away from where it lay."""
    for name, value in over.items():
        for one in [name] if not name.startswith("both.") else [f"{s}{name[4:]}" for s in SIDES]:
            side, _, joint = one.partition(".")
            if joint.startswith(_LEADS) and f"{side}.hand" not in over and "both.hand" not in over:
                told[f"{side}.hand"] = ""
            told[one] = value


_LEADS: Final = ("arm.", "elbow.bend")


def _tell(
    name: str, value: object, stance: str, values: dict[str, float], touches: dict[str, str]
) -> None:
    if name in _LIMBS:
        _must(_touch_fault(name, value, stance))
        touches.pop(name, None)
        if value:
            touches[name] = _own_side(str(value), name)
        return
    if name not in RANGES:
        raise _Fault(said(N_("{field}: {fault}"), field=brief(name), fault=said(_UNKNOWN)))
    low, high = RANGES[name]
    if type(value) not in {int, float} or not low <= value <= high:  # type: ignore[operator]
        fault = said(_OUT, value=brief(value), low=low, high=high)
        raise _Fault(said(N_("{field}: {fault}"), field=name, fault=fault))
    values[name] = float(value)  # type: ignore[arg-type]


def _own_side(touch: str, limb: str) -> str:
    """Return the spot: one without a side is on the limb's own, one on the other is across."""
    name, how = named(touch)
    side, _, _ = limb.partition(".")
    other = SIDES[1 - SIDES.index(side)]
    if name.startswith("other."):
        name = f"{other}.{name[6:]}"
    elif name not in ON_BODY and name not in _AROUND:
        name = f"{side}.{name}"
    return f"{name}:{how}"


def _touch_fault(limb: str, value: object, stance: str) -> Said | None:
    if value == "":
        return None
    if isinstance(value, str):
        name, how = named(_own_side(value, limb))
        known = ON_BODY.keys() | spots(stance, AT_REST).keys()
        if name in known and how in HOW and not f"{name}:".startswith(_itself(limb)):
            return None
    return said(
        N_("{field}: {value} is nothing that can be touched"), field=limb, value=brief(value)
    )


_LIMB_OF: Final = {"hand": ("upper_arm", "forearm", "hand"), "foot": ("thigh", "shank")}


def _itself(limb: str) -> tuple[str, ...]:
    """Return the spots on the limb that ends in a hand or a foot."""
    side, _, end = limb.partition(".")
    parts = tuple(f"{side}.{part}" for part in _LIMB_OF[end])
    return tuple(f"{name}:" for name, spot in ON_BODY.items() if spot.part in parts)


def _knot_fault(touches: Mapping[str, str]) -> Said | None:
    """Tell of two limbs that lie on each other: where either is depends on where the other is."""
    for end, parts in _LIMB_OF.items():
        names = [named(touches.get(f"{side}.{end}", ""))[0] for side in SIDES]
        if all(name in ON_BODY and ON_BODY[name].part.endswith(parts) for name in names):
            return said(
                N_("{this} and {that} lie on each other"),
                this=f"left.{end}",
                that=f"right.{end}",
            )
    return None


# ── prompts ────────────────────────────────────────────────────────────────────────────────


def _scene(raw: object, base: Mapping[str, Mapping[str, object]]) -> Scene:
    _must(table_fault(raw, _PROMPT, needed=("id", "stance", "steps")))
    assert isinstance(raw, dict)
    stance = raw["stance"]
    steps: list[Step] = []
    if not 0 < len(raw["steps"]) <= _MOST_STEPS:
        raise _Fault(
            said(
                N_("has {count} steps, at most {limit}"), count=len(raw["steps"]), limit=_MOST_STEPS
            )
        )
    for number, step in enumerate(raw["steps"], start=1):
        _must(table_fault(step, _STEP, needed=()), number)
        try:
            steps.append(_step(raw, step, stance, base, steps))
        except _Fault as wrong:
            _must(wrong.said, number)
    return Scene(raw["id"], stance, raw.get("frame", "whole"), tuple(steps), _cover(raw, steps))


def _step(
    prompt: Table,
    raw: Table,
    stance: str,
    base: Mapping[str, Mapping[str, object]],
    before: Sequence[Step],
) -> Step:
    if "mirrors" in raw:
        if raw["mirrors"] > len(before):
            raise _Fault(
                said(N_("no step before it has the number {number}"), number=raw["mirrors"])
            )
        return mirrored(before[raw["mirrors"] - 1])
    keys = raw.get("keys", [{}])
    if not 0 < len(keys) <= _MOST_KEYS:
        raise _Fault(
            said(N_("has {count} poses, at most {limit}"), count=len(keys), limit=_MOST_KEYS)
        )
    usual = dict(_flat(prompt.get("base", {})))
    under = [*_likes(usual.pop("like", [])), ""]
    made = []
    for key in keys:
        own = {**base, "": usual}
        told = dict(_flat(key))
        like = told.pop("like", [])
        made.append(_pose({"like": [*under, *_likes(like)], **told}, stance, own))
    return Step(
        tuple(made),
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


# ── left and right ─────────────────────────────────────────────────────────────────────────

# What changes its sign in a mirror.
_TURNS_OVER: Final = frozenset(
    name
    for name in RANGES
    if name.endswith((".side", ".turn", ".x", ".across")) and not name.endswith("foot.turn")
)


def mirrored(step: Step) -> Step:
    """Return *step* with left and right exchanged, seen from the other side."""
    return Step(
        tuple(_mirrored_key(key) for key in step.keys),
        _other(step.view),
        tuple(_other(area) for area in step.works),
        step.rounds,
        step.once,
        frozenset(_other(one) for one in step.objects),
        step.icon,
    )


def _other(name: str) -> str:
    for this, that in (("left", "right"), ("right", "left")):
        if this in name:
            return name.replace(this, that)
    return name


def _mirrored_key(key: Key) -> Key:
    values = {
        _other(name): -value if name in _TURNS_OVER else value for name, value in key.values.items()
    }
    touches = {_other(limb): _other(spot) for limb, spot in key.touches.items()}
    return Key(MappingProxyType(values), MappingProxyType(touches), key.stance)


# ── what may stand in the file ─────────────────────────────────────────────────────────────

_UNKNOWN: Final = N_("is no field that is known here")
_OUT: Final = N_("{value} is not a number from {low} to {high}")
_RESTING: Final[Mapping[str, Mapping[str, str]]] = {
    "stand": {},
    **{
        stance: {f"{side}.hand": f"{side}.thigh_mid:palm" for side in SIDES}
        for stance in ("chair", "wheelchair")
    },
}

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
