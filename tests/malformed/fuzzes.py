"""Reads malformed files of each language by their seeds."""

from __future__ import annotations

import sys
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from tests.malformed.fuzz import PolicyFuzz, SettingsFuzz, Tally
from tests.malformed.fuzz_profile import ProfileFuzz

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from tests.malformed.fuzz import Fuzz


def read(fuzz: Fuzz, seeds: range) -> Tally:
    """Read the files of these seeds; one of which something came that should not is named."""
    tally = Tally()
    for seed in seeds:
        try:
            fuzz.read(seed, tally)
        except Exception as error:
            error.add_note(f"seed {seed}:\n{fuzz.file(seed)!r}")
            raise
    return tally


_OF_LINUX: Final[Mapping[str, Callable[[Path], Fuzz]]] = MappingProxyType(
    {"policies": PolicyFuzz, "profiles": ProfileFuzz}
)
FUZZES: Final[Mapping[str, Callable[[Path], Fuzz]]] = MappingProxyType(
    {"settings": SettingsFuzz, **(_OF_LINUX if sys.platform == "linux" else {})}
)
