"""Words for what only the pages name: body areas, where one is, and what one does in a step."""

from __future__ import annotations

from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_

if TYPE_CHECKING:
    from collections.abc import Mapping

AREAS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "neck": N_("Neck"),
        "shoulders": N_("Shoulders"),
        "upper_back": N_("Upper back"),
        "lower_back": N_("Lower back"),
        "hips": N_("Hips"),
        "hamstrings": N_("Back of the thighs"),
        "wrists": N_("Wrists and hands"),
        "eyes": N_("Eyes"),
        "whole": N_("Whole body"),
    }
)

POSITIONS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "seated": N_("Seated"),
        "standing": N_("Standing"),
        "away": N_("Away from the desk"),
    }
)

ANY: Final = N_("Everything")

STEPS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "warmup": N_("Warm up"),
        "move": N_("Move"),
        "hold": N_("Hold"),
        "pressure": N_("Press"),
        "release": N_("Let go"),
        "cooldown": N_("Ease off"),
        "check": N_("Look"),
    }
)
