"""The parts of the desktop that were found here: opens them, watches over them, tells of them."""

from __future__ import annotations

import logging
import os
import sys
import threading
from io import StringIO
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings, launch
from deskbreak.agent.delivery import Delivery, PlyerChannel
from deskbreak.agent.holds import Holds
from deskbreak.agent.notifier import Notifier
from deskbreak.agent.presence import Presence
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import TextIO

    from deskbreak.core.model import Facts, Hold
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said, Words
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.played import PlayedDesk
    from deskbreak.ports import Channel, Look, OnAnswer, OnCommand, Tray

_log: Final = logging.getLogger(__name__)
_ICON_PIXELS: Final = 48  # dunst draws larger ones as tall as its whole bubble
NAME: Final = "deskbreak"
"""The id of the tray item."""


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
        self._presence = Presence(
            self._bus, is_terminal=self.is_terminal, speed=speed, played=played
        )
        self._speed = speed
        self._system = _system_bus()
        self._holds: Holds | None = None
        self.delivery: Delivery | None = None
        self._tray: Tray | None = None
        self._keyboard: TextIO | None = None  # standard input
        self._over = threading.Event()
        self._notifier: Notifier | None = None
        self._tray_host_gone = False

    # ── opening ────────────────────────────────────────────────────────────────────────────

    def watch_over(self, changed: Callable[[], None]) -> None:
        """Open what reports: idle time, session. *changed* is called from any thread."""
        self._presence.open(changed)
        if self._played is None:
            self._holds = Holds(self._session_bus, self._system, changed, speed=self._speed)

    def channels(
        self,
        on_answer: OnAnswer,
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
    ) -> Delivery:
        """Return what shows prompts, the best way first; its thread has not begun."""
        icon = files.icon_path("working", _ICON_PIXELS)
        ways: list[tuple[str, Callable[[], Channel]]] = [
            ("freedesktop", lambda: self._freedesktop(on_answer, icon)),
            ("plyer", lambda: PlyerChannel(icon=icon, reads_markup=self._reads_markup)),
        ]
        if self._reads_terminal():
            ways.append(("terminal", lambda: self._printed(on_answer)))
        self.delivery = Delivery(ways, shown, undelivered)
        if self._bus is not None:
            from deskbreak.platforms.linux.notify_service import NAME as NOTIFIER

            self._notifier = Notifier(self._nobody_notifies, self.delivery.report, self.redraw)
            self._bus.watch_owner(NOTIFIER, self._notifier.owner_is)
        return self.delivery

    def _reads_terminal(self) -> bool:
        """Tell whether prompts may be printed: somebody reads, and nothing else may ever serve.

        A display without a bus has no notification service, and will not get one.
        """
        no_bus = self._bus is None and sys.stdout is not None and sys.stdout.isatty()
        return self.is_terminal or self._played is not None or no_bus

    def _nobody_notifies(self) -> bool:
        from deskbreak.platforms.linux import notify_service

        bus = self._session_bus()
        return bus.owner(notify_service.NAME) is None and not notify_service.waits_to_be_started(
            bus
        )

    def try_channels(self) -> None:
        """Find out which way of showing prompts works, show nothing, and take no answers."""
        self._keyboard = StringIO()
        delivery = self.channels(lambda *_: None, lambda *_: None, lambda *_: None)
        delivery.start()
        delivery.stop()

    def _freedesktop(self, on_answer: OnAnswer, icon: Path) -> Channel:
        from deskbreak.platforms.linux.notify import FreedesktopChannel

        return FreedesktopChannel(
            self._session_bus(),
            on_answer,
            words=self.words,
            icon=icon,
            remember=self._runtime / "notification",
        )

    def _reads_markup(self) -> bool:
        from deskbreak.platforms.linux import notify_service

        return notify_service.reads_markup(self._session_bus())

    def _printed(self, on_answer: OnAnswer) -> Channel:
        from deskbreak.platforms.terminal import TerminalChannel

        return TerminalChannel(sys.stdout, on_answer, words=self.words, keyboard=self._keyboard)

    def _session_bus(self) -> Bus:
        if self._bus is None:
            assert self._bus_trouble is not None
            raise self._bus_trouble
        return self._bus

    def draw(self, look: Look, on_command: OnCommand) -> None:
        """Prepare the tray; `serve` draws it."""
        if self._bus is None:
            return
        from deskbreak.agent.tray import DeskTray
        from deskbreak.platforms.linux.statusitem import WATCHER
        from deskbreak.platforms.linux.tray import open_backend

        self._tray = DeskTray(open_backend(self._bus), look, on_command, files.icon_path)
        self._bus.watch_owner(WATCHER, self._tray_host_is)

    def _tray_host_is(self, owner: str | None) -> None:
        self._tray_host_gone = owner is None

    def serve(self) -> None:
        """Stay on the calling (main) thread until `quit`: the tray wants it."""
        try:
            if self._tray is not None:
                self._tray.run()
        except Exception:  # noqa: BLE001 - notifications and commands go on without a tray
            _log.exception("The tray cannot be drawn any more")
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
        if self._tray is not None:
            self._tray.refresh()

    def heartbeat(self, boot_s: float) -> None:
        """Stamp a file in the runtime folder with the engine's clock."""
        try:
            self._heartbeat.touch(mode=0o600)
            os.utime(self._heartbeat, (boot_s, boot_s))
        except OSError as error:
            _log.debug("No sign of life could be left: %s", error)

    def set(self, key: str, value: str) -> None:
        """Write one setting; returns at once."""
        self._write_setting(key, value)

    def quit(self) -> None:
        """The loop has ended: so may `serve`."""
        self._over.set()
        if self._tray is not None:
            self._tray.stop()

    def close(self) -> None:
        """Let go of everything."""
        self._over.set()
        if self.delivery is not None:
            self.delivery.stop()
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
            self._notifications_finding(),
            self._tray_finding(),
            *(self._holds.findings() if self._holds else ()),
        )

    def problems(self) -> tuple[Said, ...]:
        """What a person misses right now. Asks nobody: it is wanted at every look."""
        found = [self._presence.idle_finding()] if self._presence.is_open else []
        bus = self._bus_finding()
        found.append(bus)
        if bus.ok or not bus.required:  # without a bus neither of these can be
            found.append(self._notifications_finding())
            if self._tray is not None and self._tray_host_gone:
                found.append(findings.NO_TRAY_HOST)
        return tuple(findings.problem(one) for one in found if one.required and not one.ok)

    def _bus_finding(self) -> Finding:
        connected = self._bus is not None and self._bus.connected
        required = not self.is_terminal
        return findings.bus(self._bus_trouble, connected=connected, required=required)

    def _notifications_finding(self) -> Finding:
        reports = self.delivery.report() if self.delivery else ()
        gone, is_new = None, False
        if self._bus is not None and not self._bus.connected:
            gone = findings.NO_BUS
        elif self._notifier is not None:
            gone = findings.NO_NOTIFIER if self._notifier.is_gone else None
            is_new = self._notifier.is_new
        return findings.notifications(reports, gone, is_new=is_new)

    def _tray_finding(self) -> Finding:
        """Ask the panel for our item; where we have offered none, whether it would show one."""
        from deskbreak.platforms.linux.tray import tray_status

        required = not self.is_terminal
        if self._bus is None:
            why = said(N_("without a session bus there is no tray; commands do all that it does"))
            return findings.tray(why, None, required=required)
        status = tray_status(self._bus, None if self._tray is None else NAME)
        return findings.tray(status.reason, status.remedy, required=required)


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
