"""Tells a service manager that we run and are alive, where one started us and wants to hear it.

Source: sd_notify(3) and sd_watchdog_enabled(3), systemd; the protocol is a line in a datagram.
"""

from __future__ import annotations

import logging
import math
import os
import socket
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

_log: Final = logging.getLogger(__name__)


class Service:
    """What the environment says of a service manager; without one nothing is ever sent."""

    def __init__(self, environ: Mapping[str, str] = os.environ) -> None:
        """Read the environment; nothing is opened."""
        # What a service starts inherits its variables, and is not who is waited for.
        is_ours = environ.get("WATCHDOG_PID", "") in ("", str(os.getpid()))
        self._address = environ.get("NOTIFY_SOCKET", "") if is_ours else ""
        self._every_s = _half_s(environ.get("WATCHDOG_USEC", "")) if self._address else None
        self._told_s = -math.inf

    @property
    def is_watched(self) -> bool:
        """Whether it ends us where signs of life stop coming."""
        return self._every_s is not None

    def ready(self) -> None:
        """We run."""
        self._tell("READY=1")

    def alive(self, now_s: float) -> None:
        """The loop goes on, at *now_s*; said not at each event, and early rather than in a turn for it.

        *now_s* are seconds of a clock that never steps and has its zero anywhere.
        """
        if self._every_s is not None and now_s >= self._told_s + self._every_s / 2:
            self._told_s = now_s
            self._tell("WATCHDOG=1")

    @property
    def next_s(self) -> float | None:
        """When it has to be told again, on that clock; None where nobody waits for it."""
        return None if self._every_s is None else self._told_s + self._every_s

    def stopping(self) -> None:
        """We have been told to end, and do."""
        self._tell("STOPPING=1")

    def _tell(self, line: str) -> None:
        if not self._address or sys.platform == "win32":
            return
        address = self._address
        if address.startswith("@"):  # an abstract one
            address = f"\0{address[1:]}"
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as one:
                one.settimeout(0)  # nobody who reads late holds up the loop
                one.sendto(line.encode(), address)
        except OSError as error:
            _log.debug("The service manager does not hear %s: %s", line, error)


def _half_s(text: str) -> float | None:
    """Return half of the microseconds in *text*, as sd_watchdog_enabled(3) advises; None for none."""
    if not text.isascii() or not text.isdigit() or int(text) == 0:
        return None
    return int(text) / 2_000_000
