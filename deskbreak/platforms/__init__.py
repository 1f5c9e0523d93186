"""Chooses among several ways to reach the same part of a desktop."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

from deskbreak.core.replacing import quick_dataclass
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.words import Said

T = TypeVar("T")


@quick_dataclass(frozen=True, slots=True)
class Refused:
    """A candidate that does not work here, and why."""

    name: str
    why: Said
    remedy: Said | None = None


@quick_dataclass(frozen=True, slots=True)
class Picked(Generic[T]):
    """What was chosen, and what was tried before; nothing fits where ``value`` is None."""

    value: T | None
    name: str | None
    refused: tuple[Refused, ...] = ()


def pick(candidates: Mapping[str, Callable[[], T]]) -> Picked[T]:
    """Open *candidates* in their order and keep the first that opens.

    They are tried, not looked up by the name of the system: "Linux" says little about a desktop.
    Those after the chosen one are not touched.
    """
    refused: list[Refused] = []
    for name, open_candidate in candidates.items():
        try:
            return Picked(open_candidate(), name, tuple(refused))
        except Unavailable as reason:
            refused.append(Refused(name, reason.why, reason.remedy))
    return Picked(None, None, tuple(refused))
