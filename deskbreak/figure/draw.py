"""The figure as shapes on paper: a pure function of the body and the view."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from deskbreak.figure.head import head
from deskbreak.figure.joints import SIDES
from deskbreak.figure.limbs import arm, leg
from deskbreak.figure.trunk import trunk

if TYPE_CHECKING:
    from deskbreak.figure.body import Body
    from deskbreak.figure.camera import Camera
    from deskbreak.figure.outlines import Shape

_EDGE_CM: Final = 1.3
"""Each part is set off from what is behind it by an edge so wide, half of it outside."""


def figure(body: Body, camera: Camera, *, close: bool = False) -> list[Shape]:
    """Return the shapes of *body*, unsorted; in a *close* picture fingers are drawn one by one."""
    shapes = [*trunk(body, camera), *head(body.parts["head"], body.values, camera)]
    for side in SIDES:
        shapes += leg(body, side, camera)
    drawn = {shape.name: shape.depth for shape in shapes}
    # A hand on the other arm comes after that arm.
    for side in sorted(SIDES, key=lambda one: _on_an_arm(body, one)):
        made = list(arm(body, side, camera, drawn, close=close))
        drawn.update({shape.name: shape.depth for shape in made})
        shapes += made
    return [replace(one, stroke=one.stroke or _EDGE_CM * camera.scale) for one in shapes]


def _on_an_arm(body: Body, side: str) -> bool:
    spot = body.touched.get(f"{side}.hand")
    return spot is not None and spot.on_an_arm
