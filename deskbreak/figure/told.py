"""One pose as a file tells it: layer upon layer, for left and right at once, checked name by name."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.checks import brief
from deskbreak.core.words import N_, Said, said
from deskbreak.figure.around import STANCES, spots
from deskbreak.figure.body import Key
from deskbreak.figure.joints import AT_REST, RANGES, SIDES
from deskbreak.figure.touch import HOW, ON_BODY, named

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    Table = Mapping[str, Any]
    Layer = Mapping[str, object]

_LIMBS: Final = tuple(f"{side}.{end}" for side in SIDES for end in ("hand", "foot"))
_LEADS: Final = ("arm.", "elbow.bend")
"""What moves an arm, so that its hand lets go."""
_LIMB_OF: Final = {"hand": ("upper_arm", "forearm", "hand"), "foot": ("thigh", "shank")}
"""The parts of the limb that ends in a hand or a foot, which cannot touch them."""
_AROUND: Final[Mapping[str, frozenset[str]]] = MappingProxyType(
    {stance: frozenset(spots(stance, AT_REST)) for stance in STANCES}
)
"""What can be touched around the figure, by stance."""
_ANYWHERE: Final = ON_BODY.keys() | frozenset[str]().union(*_AROUND.values())
_RESTING: Final[Mapping[str, Mapping[str, str]]] = MappingProxyType(
    {
        "stand": {},
        **{
            stance: {f"{side}.hand": f"{side}.thigh_mid:palm" for side in SIDES}
            for stance in ("chair", "wheelchair")
        },
    }
)
"""What hands touch of which nothing is told."""
_UNKNOWN: Final = N_("is no field that is known here")
_OUT: Final = N_("{value} is not a number from {low} to {high}")


class Fault(Exception):  # noqa: N818 - it never leaves the reading of a file
    """What is wrong with a prompt, for people."""

    def __init__(self, why: Said) -> None:
        super().__init__(why)
        self.said = why


def must(fault: Said | None) -> None:
    """Raise *fault*, if there is one.

    Raises:
        Fault: There is.
    """
    if fault is not None:
        raise Fault(fault)


def flat(raw: Table, before: str = "") -> Iterator[tuple[str, object]]:
    """Yield what a table of tables says as "left.arm.lift"."""
    for name, value in raw.items():
        if isinstance(value, dict):
            yield from flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def layers(raw: Table, poses: Mapping[str, Layer]) -> Iterator[Layer]:
    """Yield the named *poses* that *raw* is like, and then what it says itself.

    Raises:
        Fault: It is like a pose that has no such name.
    """
    own = dict(flat(raw))
    like = own.pop("like", [])
    for name in like if isinstance(like, list) else [like]:
        if str(name) not in poses:
            raise Fault(said(N_("no pose is called {name}"), name=brief(str(name))))
        yield poses[str(name)]
    yield own


def pose(over: Iterable[Layer], stance: str) -> Key:
    """Return the pose of a figure in *stance* with the layers *over* it; later ones count.

    Raises:
        Fault: A layer says what cannot be.
    """
    told: dict[str, object] = {}
    for layer in over:
        _lay(told, layer)
    values, touches = dict(AT_REST), dict(_RESTING[stance])
    for name, value in told.items():
        if name in _LIMBS:
            must(_touch_fault(name, value, stance))
            touches.pop(name, None)
            if value:
                touches[name] = _own_side(str(value), name)
        else:
            values[name] = _measure(name, value)
    must(_knot_fault(touches))
    return Key(MappingProxyType(values), MappingProxyType(touches), stance)


def _lay(told: dict[str, object], layer: Layer) -> None:
    """Lay *layer* over what is *told*: what moves an arm takes its hand away from where it lay."""
    for name, value in layer.items():
        for one in [name] if not name.startswith("both.") else [f"{s}{name[4:]}" for s in SIDES]:
            side, _, joint = one.partition(".")
            if joint.startswith(_LEADS) and not layer.keys() & {f"{side}.hand", "both.hand"}:
                told[f"{side}.hand"] = ""
            told[one] = value


def _measure(name: str, value: object) -> float:
    if name not in RANGES:
        raise Fault(said(N_("{field}: {fault}"), field=brief(name), fault=said(_UNKNOWN)))
    low, high = RANGES[name]
    if isinstance(value, bool) or not isinstance(value, int | float) or not low <= value <= high:
        fault = said(_OUT, value=brief(value), low=low, high=high)
        raise Fault(said(N_("{field}: {fault}"), field=name, fault=fault))
    return float(value)


def _own_side(touch: str, limb: str) -> str:
    """Return the spot: one without a side is on the limb's own, one on the other is across."""
    name, how = named(touch)
    side, _, _ = limb.partition(".")
    other = SIDES[1 - SIDES.index(side)]
    if name.startswith("other."):
        name = f"{other}.{name[6:]}"
    elif name not in _ANYWHERE:
        name = f"{side}.{name}"
    return f"{name}:{how}"


def _touch_fault(limb: str, value: object, stance: str) -> Said | None:
    if value == "":
        return None
    if isinstance(value, str):
        name, how = named(_own_side(value, limb))
        known = name in ON_BODY or name in _AROUND[stance]
        if known and how in HOW and not _is_on(name, limb):
            return None
    return said(
        N_("{field}: {value} is nothing that can be touched"), field=limb, value=brief(value)
    )


def _is_on(spot: str, limb: str) -> bool:
    """Whether a spot is on the limb that ends in a hand or a foot."""
    side, _, end = limb.partition(".")
    parts = {f"{side}.{part}" for part in _LIMB_OF[end]}
    return spot in ON_BODY and ON_BODY[spot].part in parts


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
