"""Profiles of macOS as a seed makes them, read where there is no Mac."""

from __future__ import annotations

import os
import plistlib
import re
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.settings_table import SETTINGS
from deskbreak.policy import macos
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.malformed.fuzz import BEFORE, checked, stamp
from tests.malformed.judge import is_sound
from tests.malformed.mutations import ANYWHERE, Grammar, mutated

if TYPE_CHECKING:
    from pathlib import Path

    from tests.malformed.fuzz import Tally

_SET: Final[dict[str, Any]] = {
    "PositionIntervalMinutes": 15,
    "Plan": "gentle",
    "EyesEnabled": True,
    "PromptsBackoffFactor": 1.5,
    "WorkingHoursMonday": ["09:00-12:30", "13:00-17:00"],
    "WorkingHoursDaysOff": [datetime(2026, 12, 24)],  # noqa: DTZ001 - a profile knows no zone
    "OrganisationName": "Example Ltd",
    "Defaults": {"StretchIntervalMinutes": 45, "HoldsCall": False},
    "Bounds": {"EyesDailyCapLow": 1, "EyesDailyCapHigh": 9, "PlanChoices": ["gentle", "busy"]},
}
_GOOD: Final = plistlib.dumps({"PositionIntervalMinutes": 16, "Defaults": {"EyesDailyCap": 3}})
_PLIST: Final = Grammar(
    bases=(plistlib.dumps(_SET), plistlib.dumps(_SET, fmt=plistlib.FMT_BINARY)),
    pieces=(
        *ANYWHERE,
        *(b"<true/>", b"<false/>", b"<dict/>", b"<array/>", b"<dict>", b"</dict>", b"</array>"),
        *(
            b"<key>Plan</key><string>busy</string>",
            b"<key>Quit</key><false/>",
            b"<key/>",
            b"<data>",
        ),
        *(
            b"<!DOCTYPE x [<!ENTITY y 'z'>]>",
            b"&y;",
            b"&#0;",
            b"<![CDATA[",
            b"-->",
            b"\x42zz",
            b"\x80",
        ),
        *(b"<integer>1e9</integer>", b"<real>nan</real>", b"<date>0000-00-00T00:00:00Z</date>"),
    ),
    values=(
        *(
            b"0",
            b"1",
            b"2",
            b"-1",
            b"15",
            b"900",
            b"0x10",
            b"9" * 5000,
            b"1.5",
            b"inf",
            b"nan",
            b"",
        ),
        *(b"busy", b"strict", b"04:00", b"24:00", b"&lt;", b"&#x202e;", b"\xff", b"x" * 3000),
    ),
    value=re.compile(rb"<(?:integer|string|real|key)>([^<]*)<"),
)


class ProfileFuzz:
    """Managed preferences of macOS, over a person's own settings."""

    def __init__(self, folder: Path) -> None:
        """*folder* is empty, and nobody else's."""
        self._root = folder / "preferences"
        self._root.mkdir()
        self._root.chmod(0o755)
        self._path = self._root / f"{macos.DOMAIN}.plist"
        self._copy = folder / "copy.json"
        self._own = folder / "settings.toml"
        self._own.write_bytes(b"[position]\ninterval_minutes = 31\n")

    def file(self, seed: int) -> bytes:
        """Return the file of this seed."""
        return mutated(seed, _PLIST)

    def _settings(self) -> Settings:
        owner = os.stat(self._root).st_uid  # noqa: PTH116 - whoever made it
        read, look = partial(macos.read, self._root, owner), partial(macos.stamp, self._root)
        return Settings(self._own, Policies(self._copy, read, look))

    def read(self, seed: int, tally: Tally) -> None:
        """Read it as an agent that had a good one, and as a command that never had one.

        Raises:
            AssertionError: Something came of it that should not.
        """
        data = self.file(seed)
        agent = self._settings()
        self._path.write_bytes(_GOOD)
        good = agent.load()
        self._path.write_bytes(data)
        before = stamp(self._path)
        resolved = tally.timed(seed, agent.load)
        lines = checked(self._path, resolved)
        anew = self._settings().load()
        assert (lines, resolved.values) == (checked(self._path, anew), anew.values)
        outcome = "flawed" if lines else "sound"
        if lines and lines[0].endswith(BEFORE):
            assert (1, good.values) == (len(lines), resolved.values)
            outcome = "cannot be read"
        for key, value in resolved.values.items():
            assert is_sound(SETTINGS[key], list(value) if isinstance(value, tuple) else value), key
        assert (data, before) == (self._path.read_bytes(), stamp(self._path))
        tally.add(seed, data, outcome, [one.removeprefix(str(self._path)) for one in lines])
