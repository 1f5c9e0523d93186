"""Settings that people try: every one that the engine knows, and values within its bounds."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Final

from deskbreak.core.setting import Type
from deskbreak.core.settings_table import SETTINGS, WEEKDAYS

if TYPE_CHECKING:
    from random import Random

__all__ = ["EDITED", "WEEKDAYS", "default", "drawn"]

_OTHERS: Final = frozenset({"language", "prompts.sound", "history.keep_days"})
"""What the engine never hears of."""
_OFTEN: Final = (
    *("position.interval_minutes", "position.enabled", "stretch.enabled", "plan"),
    *("position.credit_idle_seconds", "position.credit_lock_seconds", "prompts.min_gap_minutes"),
    *("presence.away_after_seconds", "prompts.wait_for_lull_limit_seconds", "day.starts_at"),
)
EDITED: Final = (*(key for key in SETTINGS if key not in _OTHERS), *_OFTEN, *_OFTEN)
"""What is edited; some keys stand more than once."""
_CLOCKS: Final = ("00:00", "02:30", "04:00", "10:00", "13:37", "23:59")
_RANGES: Final = (
    (),
    ("09:00-17:00",),
    ("08:30-12:00", "13:00-18:15"),
    ("22:00-06:00",),
    ("00:00-24:00",),
    ("02:00-03:00", "13:00-02:00"),
)

_VALUES: Final[dict[Type, tuple[object, ...]]] = {
    Type.FLAG: (False, True),
    Type.CLOCK: _CLOCKS,
    Type.RANGES: _RANGES,
}


def default(key: str) -> object:
    """Return the value of *key* where nobody has set one."""
    return SETTINGS[key].default


def drawn(key: str, rng: Random) -> object:
    """Return a value for *key*: often an edge of what it may be, or its default."""
    row = SETTINGS[key]
    if row.type in (Type.WHOLE, Type.NUMBER):
        return _number(key, rng)
    if row.type is Type.DATES:
        return tuple(date(2026, 1 + rng.randrange(12), 1 + rng.randrange(28)) for _ in range(3))
    if row.type is Type.PROMPTS:
        return tuple(name for name in ("position-1", "stretch-1") if rng.randrange(2))
    if row.type is Type.CHOICES:
        return tuple(choice for choice in row.choices if rng.randrange(3) == 0)
    values: tuple[object, ...] = _VALUES.get(row.type, row.choices)
    return values[rng.randrange(len(values))]


def _number(key: str, rng: Random) -> int | float:
    row = SETTINGS[key]
    assert isinstance(row.low, int | float)
    assert isinstance(row.high, int | float)
    low, high = int(row.low), int(row.high)
    if row.type is Type.NUMBER:
        return low + rng.randrange(int((row.high - row.low) * 4) + 1) / 4
    match rng.randrange(8):
        case 0:
            return low
        case 1:
            return high
        case 2 if row.or_zero:
            return 0
        case 3:
            assert isinstance(row.default, int)
            return row.default
    return low + rng.randrange(high - low + 1)
