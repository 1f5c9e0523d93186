"""The parts of the desktop that were found here: opens them, watches over them, tells of them."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings, launch
from deskbreak.agent.holds import Holds
from deskbreak.agent.panel import Panel
from deskbreak.agent.presence import Presence
from deskbreak.agent.ways import Ways
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deskbreak.agent.delivery import Delivery
    from deskbreak.agent.panel import Tell
    from deskbreak.core.model import Facts, Hold
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said, Words
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.played import PlayedDesk
    from deskbreak.ports import Look, OnAnswer, OnCommand

_log: Final = logging.getLogger(__name__)


class Desktop:
    """Tries the parts in order, and keeps the reasons of those that do not work here.

    Without a display it is a terminal: idle time is that of the terminal, prompts are printed.
    """

    def __init__(  # noqa: PLR0913 - it is where all of these meet
        self,
        runtime: Path,
        words: Words,
        speed: float,
        heartbeat: Path,
        *,
        write_setting: Callable[[str, str], None] = launch.write_setting,
        played: PlayedDesk | None = None,
    ) -> None:
        """Open nothing yet; *played* stands in for what reports, and not for what shows."""
        self.words = words
        self._write_setting = write_setting
        self._played = played
        self.is_terminal = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self._runtime = runtime
        self._heartbeat = heartbeat
        self._bus, self._bus_trouble = _bus("SESSION", "session")
        self.ways = Ways(
            self._bus,
            self._bus_trouble,
            words,
            runtime,
            self.redraw,
            prints=self._prints(),
            # Over SSH the account's bus leads to the screen at the desk, which nobody sees.
            prints_first=self.is_terminal and _is_read(),
        )
        self._presence = Presence(
            self._bus, is_terminal=self.is_terminal, speed=speed, played=played
        )
        self._panel = Panel(self._bus, runtime)
        self._speed = speed
        self._system = _system_bus()
        self._holds: Holds | None = None
        self._over = threading.Event()

    # ── opening ────────────────────────────────────────────────────────────────────────────

    def watch_over(self, changed: Callable[[], None]) -> None:
        """Open what reports: idle time, session. *changed* is called from any thread."""
        self._presence.open(changed)
        if self._played is None:
            self._holds = Holds(self.ways.session_bus, self._system, changed, speed=self._speed)

    def channels(
        self,
        on_answer: OnAnswer,
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
    ) -> Delivery:
        """Return what shows prompts, the best way first; its thread has not begun."""
        return self.ways.open(on_answer, shown, undelivered)

    def _prints(self) -> bool:
        """Tell whether prompts may be printed: somebody reads, and nothing else may ever serve.

        A display without a bus has no notification service, and will not get one.
        """
        no_bus = self._bus is None and _is_read()
        return self.is_terminal or self._played is not None or no_bus

    def try_channels(self) -> None:
        """Find out which way of showing prompts works, show nothing, and take no answers."""
        self.ways.try_all()

    def draw(self, look: Look, on_command: OnCommand, tell: Tell) -> None:
        """Prepare the tray; `serve` draws it."""
        self._panel.draw(look, on_command, tell)

    def serve(self) -> None:
        """Stay on the calling (main) thread until `quit`: the tray wants it."""
        self._panel.run()
        self._over.wait()

    # ── what the loop asks ─────────────────────────────────────────────────────────────────

    def facts(self, asks: bool = False) -> Facts:  # noqa: FBT001, FBT002 - as the inbox calls it
        """Ask every part, now; with *asks* also those of which only asking tells what holds."""
        return self._presence.facts(self._holds.in_force(asks=asks) if self._holds else frozenset())

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        self._presence.watch(marks_s)

    def heed(self, holds: frozenset[Hold]) -> None:
        """Let only these holds count, as the settings say."""
        if self._holds is not None:
            self._holds.heed(holds)

    def reasons(self) -> Mapping[Hold, Said]:
        """Return what there is to say of a hold in force besides its name."""
        return {} if self._holds is None else self._holds.reasons

    def redraw(self) -> None:
        """What the tray shows may have changed."""
        self._panel.refresh()

    def show(self, what: str, why: str = "") -> None:
        """Say how things stand, or how the week went (``stats``), in a notification."""
        if what == "stats":
            self._panel.show_week()
        else:
            self._panel.show(why)

    def heartbeat(self, boot_s: float) -> None:
        """Stamp a file in the runtime folder with the engine's clock."""
        try:
            self._heartbeat.touch(mode=0o600)
            os.utime(self._heartbeat, (boot_s, boot_s))
        except OSError as error:
            _log.debug("No sign of life could be left: %s", error)

    def set(self, key: str, value: str) -> None:
        """Write one setting, or whether deskbreak starts at login; returns at once."""
        if key == "autostart":
            launch.set_autostart(enabled=value == "true", done=self.redraw)
        else:
            self._write_setting(key, value)

    def autostart(self) -> bool | None:
        """Whether deskbreak starts at login; None where that is not to be changed."""
        return None if self._played is not None else self._panel.autostart()

    def quit(self) -> None:
        """The loop has ended: so may `serve`."""
        self._over.set()
        self._panel.stop()

    def close(self) -> None:
        """Let go of everything."""
        self._over.set()
        self.ways.close()
        if self._holds is not None:
            self._holds.close()
        self._presence.close()
        self._system.close()
        if self._bus is not None:
            self._bus.close()

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
        return tuple(findings.problem(one) for one in found if one.required and not one.ok)

    def _bus_finding(self) -> Finding:
        connected = self._bus is not None and self._bus.connected
        required = not self.is_terminal
        return findings.bus(self._bus_trouble, connected=connected, required=required)


def _is_read() -> bool:
    return sys.stdout is not None and sys.stdout.isatty()


def _system_bus() -> Bus:
    from deskbreak.platforms.linux.bus import Bus

    return Bus("SYSTEM", "system")


def _bus(address: str, name: str) -> tuple[Bus | None, Unavailable | None]:
    from deskbreak.platforms.linux.bus import Bus

    bus = Bus(address, name)
    try:
        bus.start()
    except Unavailable as reason:
        return None, reason
    return bus, None
