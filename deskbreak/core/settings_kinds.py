"""The settings that each kind has: defaults, bounds and their sources."""

from __future__ import annotations

from typing import Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_


@quick_dataclass(frozen=True, slots=True)
class KindDefaults:
    """The defaults of one kind; a triple is default, low, high; ``quick`` are intervals."""

    name: str
    enabled: bool
    interval_minutes: tuple[int, int, int]
    duration_seconds: tuple[int, int, int]
    credit_seconds: tuple[int, int]  # without input, locked
    daily_cap: int
    postpone: tuple[int, int]  # minutes, times
    patience_minutes: int
    source: str
    quick: tuple[int, ...]
    first_after_break_minutes: int | None = None  # None: has no meaning for this kind
    interval_help: str = N_("Time without a break of this kind after which it is due.")
    first_help: str = N_("Not before that long after a stretch.")


KIND_DEFAULTS: Final = (
    KindDefaults(
        "stretch",
        enabled=True,
        interval_minutes=(60, 30, 120),
        duration_seconds=(60, 40, 120),
        credit_seconds=(300, 300),
        daily_cap=8,
        postpone=(5, 2),
        patience_minutes=15,
        source="G-03, E-01, E-03, E-07, E-12, E-13, E-31",
        quick=(45, 50, 60, 90),
    ),
    KindDefaults(
        "position",
        enabled=True,
        interval_minutes=(20, 10, 60),
        duration_seconds=(30, 20, 120),
        credit_seconds=(120, 30),
        daily_cap=16,
        postpone=(5, 2),
        patience_minutes=10,
        source="G-07, E-08, E-13, E-16, E-17, E-52, E-59",
        quick=(15, 20, 30),
    ),
    KindDefaults(
        "posture",
        enabled=True,
        interval_minutes=(90, 20, 240),
        duration_seconds=(24, 20, 40),
        credit_seconds=(300, 300),
        daily_cap=6,
        postpone=(10, 1),
        patience_minutes=2,
        source="G-06, G-36, E-04, E-39",
        quick=(60, 90, 120),
        first_after_break_minutes=30,
    ),
    KindDefaults(
        "eyes",
        enabled=False,
        interval_minutes=(20, 10, 60),
        duration_seconds=(25, 20, 40),
        credit_seconds=(120, 20),
        daily_cap=12,
        postpone=(5, 1),
        patience_minutes=2,
        source="E-01, E-23, E-24",
        quick=(10, 20, 40),
    ),
    KindDefaults(
        "massage",
        enabled=False,
        interval_minutes=(180, 120, 480),
        duration_seconds=(70, 40, 120),
        credit_seconds=(0, 0),
        daily_cap=2,
        postpone=(15, 2),
        patience_minutes=2,
        source="G-02, G-14, G-15, G-16, G-17, G-18, G-19, E-35, E-36, E-46, E-47",
        quick=(120, 180, 240),
    ),
    KindDefaults(
        "habit",
        enabled=True,
        interval_minutes=(1440, 1440, 10080),
        duration_seconds=(25, 20, 120),
        credit_seconds=(0, 0),
        daily_cap=1,
        postpone=(60, 1),
        patience_minutes=2,
        source="G-01, G-04, G-34, G-39, E-33",
        quick=(1440, 10080),
        first_after_break_minutes=120,
        interval_help=N_("How often it comes: 1440 is daily, 10080 weekly."),
        first_help=N_("Desk time of the day before it comes."),
    ),
)
"""The defaults of every kind, by rank."""
