"""What keeps prompts back where the system itself tells: one topic for each thing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.model import Hold
    from deskbreak.ports import HoldProbe

    Changed = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Topic:
    """One thing that keeps prompts back, and the ways to find out, the best first."""

    key: str
    """As `doctor` names it."""
    hold: Hold
    candidates: Mapping[str, Callable[[Changed], HoldProbe]]
    """Each opens a probe, which calls what it is given when the answer may be another one."""
