"""What a pose tells, and the body that follows from it: where every part is, and which way it points."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.figure.space import Frame, Vec
    from deskbreak.figure.touch import Part, Spot


@dataclass(frozen=True, slots=True)
class Key:
    """A pose as it is told: joints by name, and what hands and feet touch."""

    values: Mapping[str, float]
    touches: Mapping[str, str]  # "left.hand" or "left.foot" → the name of a spot
    stance: str = "stand"


@dataclass(frozen=True, slots=True)
class Arm:
    """An arm in the axes of the chest, and its hand in those of the forearm."""

    along: Vec
    front: Vec  # where the forearm goes when the elbow bends
    bend: float  # degrees
    hand: Frame


@dataclass(frozen=True, slots=True)
class End:
    """Where a hand or a foot is in the room: its wrist or ankle, and its axes."""

    at: Vec
    axes: Frame


@dataclass(frozen=True, slots=True)
class Body:
    """The figure in the room."""

    values: Mapping[str, float]
    stance: str
    parts: Mapping[str, Part]
    spine: tuple[Part, ...]  # from the hips to the neck
    arms: Mapping[str, Arm]
    touched: Mapping[str, Spot]  # by hand or foot, in the axes of the room
    missed: Mapping[str, float]  # by how much a hand or foot fails to reach its spot (cm)
