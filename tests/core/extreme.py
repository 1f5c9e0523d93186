"""Values that somebody may give to a setting, and that few settings can have."""

from __future__ import annotations

import math
from datetime import date, datetime, time
from typing import Any, Final

EXTREME: Final[tuple[Any, ...]] = (
    *(0, -1, -0.0, 2**31, 2**63, -(2**63), 2**20000, 1e308, 1e-308, math.nan, math.inf, -math.inf),
    *(True, False, "", "5", "true", "\x00\u202e", "x" * 100_000, None, [], {}, [[[[]]]]),
    *({"a": {"b": 1}}, [math.nan], [None], date(2026, 1, 1), datetime(2026, 1, 1), time(9)),  # noqa: DTZ001
    *(["09:00-09:00"], ["9-5"], ["25:00-26:00"], [datetime(2026, 1, 1)], ["2026-02-30"]),  # noqa: DTZ001
    *(["wall"] * 5000, ["../../etc/passwd"], "../../etc/passwd", "24:00", [True], [2**63]),
)
"""As a file can say them: numbers beyond all bounds, text for numbers, lists in lists."""

TYPED: Final = (
    *("0", "-1", "1e308", "-1e308", "nan", "inf", "-inf", str(2**31), str(2**63), "9" * 5_000),
    *("", " ", "true", "TRUE", "yes", "[", "[[[[]]]]", "[1, 2", "'", '"\\ud800"', "{a = 1}"),
    *("0x7f", "1e9", "0.0000001", "00:00-24:00", "2026-02-30", "../../etc/passwd", "--help"),
    *("\0", "\x1b[2J", "\N{RIGHT-TO-LEFT OVERRIDE}1", "1_000", "٣", "24:00", "25:61", "x" * 5_000),
)
"""As somebody may type them into a command or a form."""
