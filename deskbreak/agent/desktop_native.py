"""The desktop of a system that has one of each part, and tells itself: Windows and macOS."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.agent import findings
from deskbreak.agent.clock import boot_s
from deskbreak.agent.desktop import Desktop
from deskbreak.agent.holds_native import NativeHolds
from deskbreak.agent.panel_native import NativePanel
from deskbreak.agent.presence_native import NativePresence
from deskbreak.agent.ways_native import NativeWays

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from deskbreak.agent.desktop import Given
    from deskbreak.agent.parts import Parts
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said

    Changed = Callable[[], None]


class NativeDesktop(Desktop):
    """Opens what the system has; there is always a desktop, and no bus."""

    is_terminal = False
    ways: NativeWays
    _presence: NativePresence
    _panel: NativePanel
    _holds: NativeHolds | None

    def __init__(self, given: Given, parts: Parts) -> None:
        """Open nothing yet."""
        super().__init__(given)
        self._parts = parts
        self.ways = NativeWays(parts, given.words, prints=given.played is not None, duty=given.duty)
        self._presence = NativePresence(parts, boot_s, speed=given.speed, played=given.played)
        self._panel = NativePanel(parts, self.ways.again, given.duty)
        self._holds = None

    def watch_over(self, changed: Changed) -> None:
        """Open what reports: idle time, session, holds. *changed* is called from any thread."""
        self._presence.open(changed, self._ended)
        if self._given.played is None:
            self._holds = NativeHolds(self._parts.topics(), changed, speed=self._given.speed)

    def watch_files(self, paths: Sequence[Path], changed: Changed) -> None:
        """Leave it to the loop, which looks at each heartbeat."""

    def close(self) -> None:
        """Let go of everything."""
        self._over.set()
        self._panel.close()
        self.ways.close()
        if self._holds is not None:
            self._holds.close()
        self._presence.close()

    # ── what people ask ────────────────────────────────────────────────────────────────────

    def findings(self) -> tuple[Finding, ...]:
        """Tell of each part what was chosen, what was refused and why, and what helps."""
        return (
            findings.system(self._parts.system, self._parts.untried),
            self._presence.idle_finding(),
            self._presence.session_finding(),
            self.ways.finding(),
            self._panel.finding(),
            self._panel.autostart_finding(),
            *(self._holds.findings() if self._holds else ()),
        )

    def problems(self) -> tuple[Said, ...]:
        """What a person misses right now. Asks nobody: it is wanted at every look."""
        found = [self._presence.idle_finding()] if self._presence.is_open else []
        found.append(self.ways.finding())
        found += [tray] if (tray := self._panel.problem()) is not None else []
        missing = (findings.problem(one) for one in found if one.required and not one.ok)
        return (*self._given.troubles(), *missing)
