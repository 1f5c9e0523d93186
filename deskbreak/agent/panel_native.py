"""The icon of a system that draws it itself, and the notification for who asks how things stand."""

from __future__ import annotations

import functools
import logging
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings
from deskbreak.core import notice
from deskbreak.core.words import Refusal
from deskbreak.ports import Unavailable, Unwatched
from deskbreak.storage import autostart

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.panel import Describe, Tell
    from deskbreak.agent.parts import Parts
    from deskbreak.core.reports import Finding
    from deskbreak.ports import Duty, Look, OnCommand, Tray

ENDS_WITHIN_S: Final = 3.0
"""So long the tray may take to end: Windows' menu is another program's code while it is open."""
_log: Final = logging.getLogger(__name__)


class NativePanel:
    """Where people reach the agent. Safe from any thread, but for `run`."""

    def __init__(self, parts: Parts, came: Callable[[], None], duty: Duty | None = None) -> None:
        """Prepare; *came* is called, from any thread, when the icon is there, or there again.

        *duty* looks after the threads that draw.
        """
        self._parts = parts
        self._came = came
        self._duty = duty or Unwatched()
        self._tray: Tray | None = None
        self._tell: Tell | None = None
        self._thread: threading.Thread | None = None
        self._missing: Unavailable | None = None

    def draw(self, look: Look, on_command: OnCommand, tell: Tell) -> None:
        """Prepare the tray; `run` draws it."""
        from deskbreak.agent.tray import DeskTray

        self._tell = tell
        try:
            self._tray = DeskTray(self._parts.tray(self._told), look, on_command, self._duty)
        except Unavailable as reason:
            _log.warning("There is no icon: %s", reason)
            self._missing = reason

    def run(self) -> None:
        """Serve clicks until `stop`: on the calling (main) thread where the system insists.

        Elsewhere on a thread of its own, so that a menu which does not close keeps no process
        alive; then this returns at once.
        """
        if self._tray is None:
            return
        if self._parts.tray_wants_main_thread:
            self._run(self._tray)
            return
        self._thread = threading.Thread(
            target=self._run, args=(self._tray,), name="tray", daemon=True
        )
        self._thread.start()

    def _run(self, tray: Tray) -> None:
        try:
            with self._duty.lasts():
                tray.run()
        except (Exception, SystemExit):  # noqa: BLE001 - all else goes on without a tray
            _log.exception("The tray cannot be drawn any more")

    def refresh(self) -> None:
        """What is shown may have changed."""
        if self._tray is not None:
            self._tray.refresh()

    def stop(self) -> None:
        """End `run`."""
        if self._tray is not None:
            self._tray.stop()

    def close(self) -> None:
        """Wait until the icon is gone, or `ENDS_WITHIN_S`."""
        self.stop()
        if self._thread is not None:
            self._thread.join(ENDS_WITHIN_S)
            if self._thread.is_alive():
                _log.warning("The tray did not end; it goes with the process")

    # ── the notification ───────────────────────────────────────────────────────────────────

    def show(self, why: str = "") -> None:
        """Say how things stand, because somebody asked; *why* is what could not be done."""
        self._say(functools.partial(notice.refused, why=why) if why else notice.once)

    def show_week(self) -> None:
        """Say how the week went, because somebody asked."""
        self._say(notice.week)

    def show_end(self, why: str) -> None:
        """Say that deskbreak ends, and *why*, because nobody has asked for it."""
        self._say(functools.partial(notice.ended, why=why))

    def _say(self, describe: Describe) -> None:
        """Show a notice; on a thread of its own, since the system may take its time."""
        threading.Thread(target=self._show, args=(describe,), name="notice", daemon=True).start()

    def _show(self, describe: Describe) -> None:
        if self._tell is None or self._tell(notice.is_prompted):
            _log.info("A prompt is on the screen, so no notice is shown beside it")
            return
        what = self._tell(describe)
        try:
            self._parts.say(what.title, what.body)
        except Unavailable as reason:
            _log.info("The notice is not shown: %s", reason)

    # ── what people ask ────────────────────────────────────────────────────────────────────

    def _told(self, missing: Unavailable | None) -> None:
        """Hear, on the tray's thread, whether the icon is there."""
        before, self._missing = self._missing, missing
        if missing is None:
            self._came()
        elif before is None:
            self.refresh()  # it is one of the problems that the menu tells of

    def autostart(self) -> bool | None:
        """Whether deskbreak starts at login; None where that cannot be known."""
        try:
            return autostart.state().enabled
        except Refusal as reason:
            _log.debug("Whether deskbreak starts at login is unknown: %s", reason)
            return None

    def finding(self) -> Finding:
        """Tell whether the icon is there; where none was drawn, whether it could be."""
        missing = self._missing
        if self._tray is None and missing is None:
            try:
                self._parts.refuse_without_tray()
            except Unavailable as reason:
                missing = reason
        why, remedy = (None, None) if missing is None else (missing.why, missing.remedy)
        return findings.tray(why, remedy, required=True, chosen=self._parts.tray_name)

    def autostart_finding(self) -> Finding:
        """Tell whether deskbreak starts at login."""
        try:
            return findings.autostart(autostart.state())
        except Refusal as reason:
            return findings.unread_autostart(reason)

    def problem(self) -> Finding | None:
        """What a person misses right now; asks nobody."""
        return None if self._missing is None else self.finding()
