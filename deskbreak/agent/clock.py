"""The clocks: the only place where the agent asks what time it is."""

from __future__ import annotations

import os
import sys
import time
import warnings
from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.core.model import Moment

if sys.platform == "win32":
    from deskbreak.agent import clock_windows as system
elif sys.platform == "darwin":
    from deskbreak.agent import clock_macos as system

if TYPE_CHECKING:
    from datetime import tzinfo

_LOCALTIME: Final = Path("/etc/localtime")
_BOOT_ID: Final = Path("/proc/sys/kernel/random/boot_id")
_LONGEST_OFF_S: Final = 366 * 86_400.0
SLEPT_S: Final = 2.0
"""A boot clock that ran further ahead of the monotonic one means that the computer slept."""


def boot_s() -> float:
    """Seconds on a clock that goes on during suspend and never steps.

    Source: clock_gettime(2), CLOCK_BOOTTIME.
    """
    if sys.platform != "linux":
        return system.boot_s()
    return time.clock_gettime(time.CLOCK_BOOTTIME)


def awake_s() -> float:
    """Seconds on a clock that stops during suspend and never steps.

    Source: clock_gettime(2), CLOCK_MONOTONIC; trio#1586 for what Python's is elsewhere.
    """
    if sys.platform != "linux":
        return system.awake_s()
    return time.monotonic()


def boot_id() -> str:
    """Name this run of the computer: boot clocks of two runs cannot be compared.

    Source: random(4), /proc/sys/kernel/random/boot_id.
    """
    if sys.platform != "linux":
        return system.boot_id()
    try:
        return _BOOT_ID.read_text(encoding="ascii").strip()
    except OSError:
        return ""


def wall_s() -> float:
    """Seconds since 1970, as the wall clock has it; it may step."""
    return time.time()


def wall_ahead_s() -> float:
    """How far the wall clock is ahead of one that never steps: a jump of this is a step, or sleep."""
    return time.time() - awake_s()


class Clock(Protocol):
    """What stamps moments for the agent."""

    offset_s: float
    """What ``boot_s`` of its moments is ahead of the system's boot clock times ``speed``."""
    speed: float
    """How many of its seconds pass in a real one."""

    def boot_s(self) -> float:
        """Return the agent's own boot clock."""
        ...

    def now(self) -> Moment:
        """Return this moment."""
        ...

    def slept_s(self) -> float:
        """Return how long the computer slept since the last call, on this clock; 0 for a hair."""
        ...


class SystemClock:
    """The system's clocks: boot clock, wall clock, zone; N times as fast if asked to.

    ``boot_s`` of its moments goes on over restarts of the agent and of the computer, so that
    they can be compared for good: *offset_s* is what it is ahead of the system's. A fast clock
    does not look at the system's wall clock; it runs on from *wall_ahead_s*.
    """

    def __init__(
        self, offset_s: float = 0.0, speed: float = 1.0, wall_ahead_s: float | None = None
    ) -> None:
        """Go on with *offset_s*; ``speed`` 1 to 600."""
        self.offset_s = offset_s
        self.speed = speed
        self._wall_ahead_s = wall_ahead_s
        if speed != 1.0 and wall_ahead_s is None:
            self._wall_ahead_s = time.time() - self.boot_s()
        self._zone: tzinfo = UTC
        self._zone_key: object = None
        self._awake_ahead_s = boot_s() - awake_s()

    def boot_s(self) -> float:
        """Return the agent's own boot clock."""
        return boot_s() * self.speed + self.offset_s

    def now(self) -> Moment:
        """Return this moment."""
        boot = self.boot_s()
        unix = time.time() if self._wall_ahead_s is None else boot + self._wall_ahead_s
        return Moment(boot, unix, self.zone())

    def zone(self) -> tzinfo:
        """Return the zone in force; looked up again when the system's changes."""
        key = (os.environ.get("TZ"), _zone_mark())
        if key != self._zone_key:
            self._zone = _local_zone()
            self._zone_key = key
        return self._zone

    def slept_s(self) -> float:
        """Return how long the computer slept since the last call, on this clock; 0 for a hair."""
        ahead = boot_s() - awake_s()
        slept, self._awake_ahead_s = ahead - self._awake_ahead_s, ahead
        return slept * self.speed if slept > SLEPT_S else 0.0


class PlayedClock:
    """A clock of a day that is played: it stands still until it is told how far to run.

    For everybody but its player it is an ordinary clock, whose seconds are those of the day.
    """

    def __init__(self, start: Moment) -> None:
        """Stand at *start*."""
        self.offset_s = 0.0
        self.speed = 1.0
        self._start = start
        # Where it stood, when that was (real), how fast it runs since, and where it stops; one
        # value, because it is read from several threads.
        self._leg = (start.boot_s, time.monotonic(), 0.0, start.boot_s)

    def boot_s(self) -> float:
        """Return the boot clock of the day."""
        from_s, since_s, pace, until_s = self._leg
        return min(from_s + (time.monotonic() - since_s) * pace, until_s)

    def now(self) -> Moment:
        """Return the moment of the day."""
        return self._start.on(self.boot_s())

    def slept_s(self) -> float:
        """Return 0: a computer that sleeps does so between two moments of the day."""
        return 0.0

    def run(self, until_s: float, pace: float) -> float:
        """Run *pace* times as fast until *until_s*, and stop there; return the real seconds."""
        now_s = self.boot_s()
        self._leg = (now_s, time.monotonic(), pace, max(until_s, now_s))
        return max(until_s - now_s, 0.0) / pace


def _local_zone() -> tzinfo:
    """Return the system's zone, and UTC where that is broken: it still orders time."""
    from tzlocal import reload_localzone

    if sys.platform != "win32":
        time.tzset()  # tzlocal 4 takes the zone that Python started in for the one in force
    try:
        # On Windows it compares with the C library, which keeps the zone we started in.
        with warnings.catch_warnings(action="ignore"):
            found: tzinfo = reload_localzone()
    except Exception:  # noqa: BLE001 - a broken zone must not stop the agent
        return _linked_zone() or UTC
    # tzlocal 4 wraps zones for those who come from pytz.
    return found.unwrap_shim() if hasattr(found, "unwrap_shim") else found


def _linked_zone() -> tzinfo | None:
    """Return the zone that the system links to, where tzlocal 4 minds an /etc/timezone that differs.

    Source: localtime(5); tzlocal 5 prefers the link as well.
    """
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    name = os.path.realpath(_LOCALTIME).partition("/zoneinfo/")[2]
    try:
        return ZoneInfo(name) if name and not os.environ.get("TZ") else None
    except (ValueError, OSError, ZoneInfoNotFoundError):
        return None


def _zone_mark() -> object:
    """Return what is another one as soon as the system's zone is."""
    if sys.platform == "win32":
        return system.zone_mark()
    try:
        status = _LOCALTIME.lstat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def offset_after(
    then: Moment, offset_s: float, *, same_boot: bool, speed: float
) -> tuple[float, bool]:
    """Return (offset, is it known) for a clock that goes on after *then*.

    After a reboot the time off can only be estimated from the wall clock: between nothing and
    a year; what is negative or absurd is taken for no time at all, and said to be unknown.
    """
    system_s = boot_s() * speed
    if same_boot and system_s + offset_s >= then.boot_s:
        return offset_s, True
    off_s = time.time() - then.unix_s if speed == 1.0 else 0.0
    known = 0.0 <= off_s <= _LONGEST_OFF_S
    return then.boot_s + (off_s if known else 0.0) - system_s, known


def last_beat_s(heartbeat: Path) -> float | None:
    """Return the engine's clock at the last sign of life of an agent that was killed."""
    try:
        return heartbeat.stat().st_mtime
    except OSError:
        return None
