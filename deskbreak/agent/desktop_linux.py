"""The parts of a Linux desktop: what is on its bus, its displays, and without them its terminal."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings
from deskbreak.agent.desktop import Desktop, is_read
from deskbreak.agent.holds import Holds
from deskbreak.agent.panel import Panel
from deskbreak.agent.presence import Presence
from deskbreak.agent.ways import Ways
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deskbreak.agent.desktop import Given
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.inotify import Changes
    from deskbreak.ports import Duty

_log: Final = logging.getLogger(__name__)


class LinuxDesktop(Desktop):
    """Tries the parts in order, and keeps the reasons of those that do not work here.

    Without a display it is a terminal: idle time is that of the terminal, prompts are printed.
    """

    ways: Ways
    _presence: Presence
    _panel: Panel
    _holds: Holds | None

    def __init__(self, given: Given) -> None:
        """Open the bus of the session, and nothing else yet."""
        super().__init__(given)
        self.is_terminal = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self._bus, self._bus_trouble = _bus("SESSION", "session", given.duty)
        self.ways = Ways(
            self._bus,
            self._bus_trouble,
            given.words,
            given.runtime,
            self.redraw,
            prints=self._prints(),
            # Over SSH the account's bus leads to the screen at the desk, which nobody sees.
            prints_first=self.is_terminal and is_read(),
            duty=given.duty,
        )
        self._presence = Presence(
            self._bus,
            is_terminal=self.is_terminal,
            speed=given.speed,
            played=given.played,
            duty=given.duty,
        )
        self._panel = Panel(self._bus, given.runtime, given.duty)
        self._system = _system_bus(given.duty)
        self._holds = None
        self._changes: Changes | None = None

    def watch_over(self, changed: Callable[[], None]) -> None:
        """Open what reports: idle time, session. *changed* is called from any thread."""
        self._presence.open(changed)
        if self._given.played is None:
            given = self._given
            self._holds = Holds(
                self.ways.session_bus, self._system, changed, speed=given.speed, duty=given.duty
            )

    def watch_files(self, paths: Sequence[Path], changed: Callable[[], None]) -> None:
        """Call *changed*, on the thread that watches over the holds, soon after something happens."""
        if self._holds is None:
            return
        watcher = self._holds.watcher

        def watch() -> None:
            from deskbreak.platforms.linux.inotify import Changes

            try:
                self._changes = Changes(watcher, paths, changed)
            except Unavailable as reason:
                _log.info("What changes in the settings is seen late: %s", reason)

        watcher.soon(watch)

    def _prints(self) -> bool:
        """Tell whether prompts may be printed: somebody reads, and nothing else may ever serve.

        A display without a bus has no notification service, and will not get one.
        """
        no_bus = self._bus is None and is_read()
        return self.is_terminal or self._given.played is not None or no_bus

    def close(self) -> None:
        """Let go of everything."""
        self._over.set()
        self.ways.close()
        if self._holds is not None:
            self._holds.watcher.soon(self._watch_no_more)
            self._holds.close()
        self._presence.close()
        self._system.close()
        if self._bus is not None:
            self._bus.close()

    def _watch_no_more(self) -> None:
        if self._changes is not None:
            self._changes.close()

    # ── what people ask ────────────────────────────────────────────────────────────────────

    def findings(self) -> tuple[Finding, ...]:
        """Tell of each part what was chosen, what was refused and why, and what helps."""
        return (
            self._bus_finding(),
            self._presence.idle_finding(),
            self._presence.session_finding(),
            self.ways.asked(),
            self._panel.finding(required=not self.is_terminal),
            self._panel.autostart_finding(),
            *(self._holds.findings() if self._holds else ()),
        )

    def problems(self) -> tuple[Said, ...]:
        """What a person misses right now. Asks nobody: it is wanted at every look."""
        found = [self._presence.idle_finding()] if self._presence.is_open else []
        bus = self._bus_finding()
        found.append(bus)
        if bus.ok or not bus.required:  # without a bus neither of these can be
            found.append(self.ways.finding())
            found += [tray] if (tray := self._panel.problem()) is not None else []
        missing = (findings.problem(one) for one in found if one.required and not one.ok)
        return (*self._given.troubles(), *missing)

    def _bus_finding(self) -> Finding:
        connected = self._bus is not None and self._bus.connected
        required = not self.is_terminal
        return findings.bus(self._bus_trouble, connected=connected, required=required)


def _system_bus(duty: Duty) -> Bus:
    from deskbreak.platforms.linux.bus import Bus

    return Bus("SYSTEM", "system", duty)


def _bus(address: str, name: str, duty: Duty) -> tuple[Bus | None, Unavailable | None]:
    from deskbreak.platforms.linux.bus import Bus

    bus = Bus(address, name, duty)
    try:
        bus.start()
    except Unavailable as reason:
        return None, reason
    return bus, None
