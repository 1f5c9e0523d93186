"""An example of a policy file: few locks, some bounds."""

from __future__ import annotations

import json
from typing import Final

EXAMPLE: Final = {
    "organisation": {"name": "Example Ltd", "contact": "ergonomics@example.org"},
    "holds": {"presentation": True, "screen_share": True},
    "history": {"keep_days": 180},
    "bounds": {
        "plan": {"choices": ["standard", "fifteen", "fifty", "gentle", "sit_stand", "seated"]},
        "position.interval_minutes": {"low": 10, "high": 40},
        "stretch.interval_minutes": {"low": 40, "high": 90},
        "prompts.max_per_hour": {"high": 6},
    },
}


def example() -> str:
    """Return a file for /etc/deskbreak/policies/managed."""
    return f"{json.dumps(EXAMPLE, indent=2)}\n"
