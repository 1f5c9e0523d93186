"""Where one looks from: from places in the room to places on paper."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from math import cos, hypot, radians, sin
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.figure.space import Vec

Flat = tuple[float, float]
"""A place or a way on paper: to the right and down (units)."""

VIEWS: Final[Mapping[str, float]] = MappingProxyType(
    {
        "front": 0.0,
        "half_right": 40.0,
        "right": 80.0,
        "back_right": 140.0,
        "back": 180.0,
        "back_left": -140.0,
        "left": -80.0,
        "half_left": -40.0,
    }
)
"""Which side of the figure is seen: by how many degrees it is turned to the picture's right."""
FRAMES: Final = ("whole", "upper", "head", "near", "hands")
"""How much of the figure is seen; near are the hands too, but with the fingers together."""
FAR: Final = -900.0
"""A depth behind the whole figure."""
NEAR: Final = 900.0
"""A depth before the whole figure."""
PITCH_DEG: Final = 10.0
"""One looks down on it by so many degrees."""


@lru_cache(maxsize=256)
def _turn(by: float) -> tuple[float, float]:
    return (cos(radians(by)), sin(radians(by)))


@dataclass(frozen=True, slots=True)
class Camera:
    """Where one looks from, and how large (units for each cm)."""

    yaw: float
    scale: float = 1.0
    left: float = 0.0  # cm of the picture's left and upper edge, in the turned room
    top: float = 0.0

    def turned(self, at: Vec) -> Vec:
        """Return a place as it is seen: to the right, up, and towards who looks (cm)."""
        c, s = _turn(self.yaw)
        x, z = at[0] * c + at[2] * s, at[2] * c - at[0] * s
        cp, sp = _turn(PITCH_DEG)
        return (x, at[1] * cp - z * sp, at[1] * sp + z * cp)

    def flat(self, at: Vec) -> Flat:
        """Return where a place is on paper, from the upper left."""
        x, y, _ = self.turned(at)
        return self.paper(x, y)

    def paper(self, x: float, y: float) -> Flat:
        """Return where a place of the turned room is on paper."""
        return ((x - self.left) * self.scale, (self.top - y) * self.scale)

    def depth(self, at: Vec) -> float:
        """Return how near a place is; more is nearer (cm)."""
        return self.turned(at)[2]

    def way(self, direction: Vec) -> Flat:
        """Return where a direction goes on paper, in units for each cm."""
        x, y, _ = self.turned(direction)
        return (x * self.scale, -y * self.scale)


def towards(way: Flat, otherwise: Flat, short: float) -> Flat:
    """Return the direction of *way*; the shorter it is, the more it is that of *otherwise*.

    Of one that is six times as long as *short*, only its own counts.
    """
    size = hypot(*way)
    if way[0] * otherwise[0] + way[1] * otherwise[1] < 0:
        otherwise = (-otherwise[0], -otherwise[1])
    share = min(1.0, size / (6 * short))
    other = hypot(*otherwise) or 1.0
    x = way[0] / (size or 1.0) * share + otherwise[0] / other * (1 - share)
    y = way[1] / (size or 1.0) * share + otherwise[1] / other * (1 - share)
    long = hypot(x, y) or 1.0
    return (x / long, y / long)
