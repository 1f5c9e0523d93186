"""The parts of the desktop that were found here: opens them, watches over them, tells of them."""

from __future__ import annotations

import logging
import os
import sys
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.agent import launch
from deskbreak.agent.channels import ChannelState
from deskbreak.agent.delivery import Delivery, PlyerChannel
from deskbreak.core.model import Facts
from deskbreak.core.reports import Finding
from deskbreak.core.words import N_, said
from deskbreak.platforms import Refused, pick
from deskbreak.ports import Unavailable
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.words import Said, Words
    from deskbreak.platforms import Picked
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.ports import Channel, IdleSource, Look, OnAnswer, OnCommand, Session, Tray

_log: Final = logging.getLogger(__name__)
_ICON_PIXELS: Final = 64
NAME: Final = "deskbreak"
"""The id of the tray item."""


class Desktop:
    """Tries the parts in order, and keeps the reasons of those that do not work here.

    Without a display it is a terminal: idle time is that of the terminal, prompts are printed.
    """

    def __init__(self, runtime: Path, words: Words, speed: float, heartbeat: Path) -> None:
        """Open nothing yet."""
        self.words = words
        self.is_terminal = not (os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
        self._runtime = runtime
        self._speed = speed
        self._heartbeat = heartbeat
        self._changed: Callable[[], None] = lambda: None
        self._bus, self._bus_trouble = _bus("SESSION", "session")
        self._idle: Picked[IdleSource] | None = None
        self._idle_lost: Said | None = None
        self._marks_s: frozenset[float] = frozenset()
        self._session: Picked[Session] | None = None
        self.delivery: Delivery | None = None
        self._tray: Tray | None = None
        self._over = threading.Event()

    # ── opening ────────────────────────────────────────────────────────────────────────────

    def watch_over(self, changed: Callable[[], None]) -> None:
        """Open what reports: idle time, session. *changed* is called from any thread."""
        self._changed = changed
        self._open_idle()
        self._open_session()

    def _open_idle(self) -> None:
        candidates = {"x11": self._x11_idle}
        if self.is_terminal:
            candidates["terminal"] = self._terminal_idle
        self._idle = pick(candidates)
        self._idle_lost = None
        if self._idle.value is not None and self._marks_s:
            self._idle.value.watch(self._marks_s)

    def _x11_idle(self) -> IdleSource:
        from deskbreak.platforms.linux.idle_x11 import X11Idle

        return X11Idle(self._report, lost=self._lose_idle)

    def _terminal_idle(self) -> IdleSource:
        from deskbreak.platforms.terminal import TerminalIdle

        return TerminalIdle(self._report)

    def _lose_idle(self, why: Said) -> None:
        _log.warning("Idle time is unknown: %s", why)
        self._idle_lost = why
        self._report()

    def _open_session(self) -> None:
        from deskbreak.platforms.linux.bus import Bus
        from deskbreak.platforms.linux.session import LogindSession

        self._session = pick({"logind": lambda: LogindSession(Bus("SYSTEM", "system"), self._report)})

    def _report(self) -> None:
        self._changed()

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
        if self.is_terminal:
            ways.append(("terminal", lambda: self._printed(on_answer)))
        self.delivery = Delivery(ways, shown, undelivered)
        return self.delivery

    def try_channels(self) -> None:
        """Find out which way of showing prompts works, and show nothing."""
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

        return TerminalChannel(sys.stdout, on_answer, words=self.words)

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
        from deskbreak.platforms.linux.tray import open_backend

        self._tray = DeskTray(open_backend(self._bus), look, on_command, files.icon_path)

    def serve(self) -> None:
        """Stay on the calling (main) thread until `quit`: the tray wants it."""
        if self._tray is not None:
            self._tray.run()
        self._over.wait()

    # ── what the loop asks ─────────────────────────────────────────────────────────────────

    def facts(self) -> Facts:
        """Ask every part, now."""
        session = self._session.value if self._session else None
        locked, asleep = (session.locked, session.asleep) if session else (False, False)
        return Facts(self._idle_s(), locked, asleep)

    def _idle_s(self) -> float | None:
        source = self._idle.value if self._idle else None
        if source is None or self._idle_lost is not None:
            return None
        try:
            return source.idle_s() * self._speed
        except Unavailable as reason:
            _log.debug("Idle time is unknown: %s", reason)
            return None

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        real = frozenset(mark / self._speed for mark in marks_s)
        if real != self._marks_s:
            self._marks_s = real
            if self._idle is not None and self._idle.value is not None:
                self._idle.value.watch(real)

    def redraw(self) -> None:
        """What the tray shows may have changed."""
        if self._tray is not None:
            self._tray.refresh()

    def heartbeat(self, boot_s: float) -> None:
        """Stamp a file in the runtime folder with the engine's clock; mend what was lost."""
        try:
            self._heartbeat.touch(mode=0o600)
            os.utime(self._heartbeat, (boot_s, boot_s))
        except OSError as error:
            _log.debug("No sign of life could be left: %s", error)
        if self._idle_lost is not None and self._idle is not None:
            if self._idle.value is not None:
                self._idle.value.close()
            self._open_idle()

    def set(self, key: str, value: str) -> None:
        """Write one setting, in a process of its own."""
        launch.write_setting(key, value)

    def quit(self) -> None:
        """The loop has ended: so may `serve`."""
        self._over.set()
        if self._tray is not None:
            self._tray.stop()

    def close(self) -> None:
        """Let go of everything."""
        if self.delivery is not None:
            self.delivery.stop()
        for part in (self._idle, self._session):
            if part is not None and part.value is not None:
                part.value.close()
        if self._bus is not None:
            self._bus.close()

    # ── what people ask ────────────────────────────────────────────────────────────────────

    def findings(self) -> tuple[Finding, ...]:
        """Tell of each part what was chosen, what was refused and why, and what helps."""
        return (
            self._bus_finding(),
            self._idle_finding(),
            self._session_finding(),
            self._delivery_finding(),
            self._tray_finding(),
        )

    def problems(self) -> tuple[Said, ...]:
        """What a person misses right now. Asks nobody: it is wanted at every look."""
        found = [self._idle_finding(), self._delivery_finding()]
        return tuple(one.why for one in found if one.required and not one.ok and one.why)

    def _bus_finding(self) -> Finding:
        if self._bus is None:
            trouble = self._bus_trouble
            assert trouble is not None
            needed = not self.is_terminal
            return Finding("bus", None, False, trouble.why, trouble.remedy, required=needed)  # noqa: FBT003 - a row
        if not self._bus.connected:
            why = said(N_("the session bus has gone; deskbreak waits for it to come back"))
            return Finding("bus", None, ok=False, why=why)
        return Finding("bus", "D-Bus", ok=True)

    def _idle_finding(self) -> Finding:
        picked = self._idle
        refused = picked.refused if picked else ()
        if picked is None or picked.value is None:
            why = said(N_("nothing here tells whether you are at the desk; you count as present"))
            return Finding("idle", None, ok=False, why=why, refused=refused)
        if self._idle_lost is not None:
            remedy = said(N_("deskbreak looks for it twice a minute"))
            return Finding("idle", None, False, self._idle_lost, remedy, refused)  # noqa: FBT003 - a row
        return Finding("idle", picked.name, ok=True, refused=refused)

    def _session_finding(self) -> Finding:
        picked = self._session
        if picked is None or picked.value is None:
            why = said(N_("nothing here tells of lock and sleep; only missing input shows them"))
            refused = picked.refused if picked else ()
            return Finding("session", None, ok=False, why=why, refused=refused, required=False)
        return Finding("session", picked.name, ok=True)

    def _delivery_finding(self) -> Finding:
        reports = self.delivery.report() if self.delivery else ()
        refused = tuple(
            Refused(one.name, one.why, one.remedy)
            for one in reports
            if one.state is ChannelState.REFUSED and one.why is not None
        )
        good = (ChannelState.IN_USE, ChannelState.READY)
        chosen = next((one.name for one in reports if one.state in good), None)
        if chosen is None and len(refused) == len(reports):
            why = said(N_("nothing here can show a prompt; the tray and deskbreak status tell"))
            remedy = refused[0].remedy if refused else None
            return Finding("notifications", None, False, why, remedy, refused)  # noqa: FBT003 - a row
        return Finding("notifications", chosen, ok=True, refused=refused)

    def _tray_finding(self) -> Finding:
        from deskbreak.platforms.linux.tray import tray_status

        required = not self.is_terminal
        if self._bus is None:
            why = said(N_("without a session bus there is no tray; commands do all that it does"))
            return Finding("tray", None, ok=False, why=why, required=required)
        status = tray_status(self._bus, NAME)
        if status.reason is None:
            return Finding("tray", "StatusNotifierItem", ok=True)
        return Finding("tray", None, False, status.reason, status.remedy, required=required)  # noqa: FBT003 - a row


def _bus(address: str, name: str) -> tuple[Bus | None, Unavailable | None]:
    from deskbreak.platforms.linux.bus import Bus

    bus = Bus(address, name)
    try:
        bus.start()
    except Unavailable as reason:
        return None, reason
    return bus, None
