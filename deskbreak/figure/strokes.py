"""Plates and lines in the room, as shapes on paper."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.figure.draw import Camera, Shape

if TYPE_CHECKING:
    from collections.abc import Sequence

    from deskbreak.figure.space import Vec


def plate(  # noqa: PLR0913, PLR0917 - what, where, and how it is drawn; each is one thing
    name: str, look: str, corners: Sequence[Vec], camera: Camera, depth: float, thick: float
) -> Shape:
    """Return a flat thing with *corners*, whose edge is *thick* (cm)."""
    numbers = tuple(number for corner in corners for number in camera.flat(corner))
    path = "M# #" + "L# #" * (len(corners) - 1) + "Z"
    return Shape(name, look, path, numbers, depth, thick * camera.scale)


def line(  # noqa: PLR0913, PLR0917 - as above
    name: str, points: Sequence[Vec], camera: Camera, depth: float, thick: float, look: str = "bar"
) -> Shape:
    """Return a line past *points* that is *thick* (cm)."""
    numbers = tuple(number for point in points for number in camera.flat(point))
    path = "M# #" + "L# #" * (len(points) - 1)
    return Shape(name, look, path, numbers, depth, thick * camera.scale)
