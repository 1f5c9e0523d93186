"""The break plans: sets of intervals, caps and gap that go together."""

from __future__ import annotations

from dataclasses import field
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping


@quick_dataclass(frozen=True, slots=True)
class Plan:
    """What a plan sets (by key), and what it does that no setting can."""

    values: Mapping[str, object] = field(default_factory=dict)
    max_total_s: int | None = None  # only prompts that take no longer
    wheelchair_only: bool = False
    equipment: frozenset[str] = frozenset()  # who has chosen the plan has that
    stand_and_move_s: tuple[int, int] | None = None  # the stages after sitting


def _values(  # noqa: PLR0913 - one row of the table of plans
    *,
    position: int,
    posture: int | None,
    stretch: int | None,
    daily_cap: int,
    gap: int,
    per_hour: int,
) -> dict[str, object]:
    """Return what a plan sets: intervals and gap in minutes; None switches a kind off."""
    values: dict[str, object] = {
        "position.interval_minutes": position,
        "prompts.daily_cap": daily_cap,
        "prompts.min_gap_minutes": gap,
        "prompts.max_per_hour": per_hour,
    }
    for kind, interval in (("posture", posture), ("stretch", stretch)):
        if interval is None:
            values[f"{kind}.enabled"] = False
        else:
            values[f"{kind}.interval_minutes"] = interval
    return values


# Source: E-01, E-07, E-08 (standard); G-07 (fifteen); E-03 (fifty); E-28 (gentle); G-40 (busy);
# E-17 (sit_stand); E-52 (seated). The caps and gaps are our opinion.
PLANS: Final[Mapping[str, Plan]] = MappingProxyType(
    {
        "standard": Plan(),  # the defaults
        "fifteen": Plan(
            _values(position=15, posture=90, stretch=60, daily_cap=40, gap=6, per_hour=5)
            | {"position.daily_cap": 32}
        ),
        "fifty": Plan(
            _values(position=20, posture=90, stretch=50, daily_cap=34, gap=12, per_hour=5)
        ),
        "gentle": Plan(
            _values(position=30, posture=120, stretch=90, daily_cap=20, gap=10, per_hour=3)
        ),
        "busy": Plan(
            _values(position=30, posture=None, stretch=120, daily_cap=16, gap=15, per_hour=2)
            | {"person.discreet_only": True},
            max_total_s=60,
        ),
        "sit_stand": Plan(
            _values(position=20, posture=None, stretch=None, daily_cap=32, gap=2, per_hour=4)
            | {"position.daily_cap": 32},
            equipment=frozenset({"sit_stand_desk"}),
            stand_and_move_s=(480, 120),
        ),
        "seated": Plan(
            _values(position=20, posture=90, stretch=60, daily_cap=30, gap=12, per_hour=4),
            wheelchair_only=True,
        ),
        "custom": Plan(),  # nothing but the defaults and what the person sets
    }
)
"""Every plan by its name."""
