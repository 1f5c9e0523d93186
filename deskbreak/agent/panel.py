"""The tray item; and where no panel shows it, one quiet notification that stands in for it."""

from __future__ import annotations

import functools
import logging
import threading
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

from deskbreak.agent import findings
from deskbreak.core import notice
from deskbreak.core.words import N_, Refusal, said
from deskbreak.ports import Unavailable, Unwatched
from deskbreak.storage import autostart, files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.core.model import Moment
    from deskbreak.core.notice import Notice
    from deskbreak.core.reports import Finding
    from deskbreak.core.views import Snapshot
    from deskbreak.core.words import Words
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.notice import NoticeBoard
    from deskbreak.platforms.linux.trayhost import TrayStatus
    from deskbreak.ports import Duty, Look, OnCommand, Tray

    Describe = Callable[[Snapshot, Moment, Words], Notice]

T = TypeVar("T")

NAME: Final = "deskbreak"
"""The id of the tray item."""
GRACE_S: Final = 30.0
"""So long a panel may take to come, at login or after a crash. Our own choice: the slowest log-ins
that we know of bring it within 10 s (slgobinath/safeeyes#698)."""
_ICON: Final = "hicolor/48x48/apps/deskbreak.png"
_log: Final = logging.getLogger(__name__)


class Tell(Protocol):
    """Where the panel asks what a notice says now; cheap, from any thread."""

    def __call__(self, describe: Callable[[Snapshot, Moment, Words], T]) -> T:
        """Let *describe* see how things stand."""
        ...


class Panel:
    """Where people reach the agent. Safe from any thread, but for `run`."""

    def __init__(self, bus: Bus | None, runtime: Path, duty: Duty | None = None) -> None:
        """Prepare; *bus* is that of the session, if there is one, *runtime* our folder.

        *duty* looks after the threads that draw.
        """
        self._bus = bus
        self._duty = duty or Unwatched()
        self._runtime = runtime
        self._lock = threading.Lock()
        self._tray: Tray | None = None
        self._board: NoticeBoard | None = None
        self._tell: Tell | None = None
        self._status: TrayStatus | None = None  # None: nobody has said yet
        self._waiting: threading.Timer | None = None
        self._wishes: tuple[notice.Wish, ...] = ()  # on the notice that lies there
        self._is_over = False

    # ── the tray ───────────────────────────────────────────────────────────────────────────

    def draw(self, look: Look, on_command: OnCommand, tell: Tell) -> None:
        """Prepare tray and notice; `run` draws the one, the other comes when it is needed."""
        if self._bus is None:
            return
        from deskbreak.agent.tray import DeskTray
        from deskbreak.platforms.linux.notice import NoticeBoard
        from deskbreak.platforms.linux.tray import open_backend

        self._tell = tell
        icon = files.icon_theme() / _ICON
        self._board = NoticeBoard(
            self._bus,
            on_command,
            icon,
            remember=self._runtime / "notice",
            clicked=self.show,
            service_came=self._service_came,
        )
        backend = open_backend(
            self._bus,
            files.icon_theme(),
            clicked=self.show,
            told=self._shown_is,
            duty=self._duty,
        )
        self._tray = DeskTray(backend, look, on_command, self._duty)

    def run(self) -> None:
        """Serve clicks on the calling (main) thread until `stop`; without a tray return at once."""
        try:
            if self._tray is not None:
                with self._duty.lasts():
                    self._tray.run()
        except (Exception, SystemExit):  # noqa: BLE001 - all else goes on without a tray
            _log.exception("The tray cannot be drawn any more")

    def refresh(self) -> None:
        """What is shown may have changed."""
        if self._tray is not None:
            self._tray.refresh()
        board, tell = self._board, self._tell
        if board is None or tell is None:
            return
        if board.passes_by and tell(notice.is_prompted):
            board.withdraw()  # one at a time
        if not board.lies_there:
            return
        wishes = tell(notice.asked).wishes
        if wishes != self._wishes:  # paused, or no longer
            self._wishes = wishes
            self._put(notice.asked, stays=True, aloud=False)

    def stop(self) -> None:
        """End `run`, and take away what stood in for the tray."""
        with self._lock:
            self._is_over = True
        self._wait_no_longer()
        if self._tray is not None:
            self._tray.stop()
        if self._board is not None:
            self._board.withdraw()

    # ── the notice ─────────────────────────────────────────────────────────────────────────

    def show(self, why: str = "") -> None:
        """Say how things stand, because somebody asked; *why* is what could not be done."""
        describe: Describe = notice.once
        if why:
            describe = functools.partial(notice.refused, why=why)
        elif not self._is_shown():
            describe = notice.asked
        # While the panel may still come, the notice goes by itself.
        stays = not self._is_shown() and self._waiting is None and self._status is not None
        self._put(describe, stays=stays, aloud=True)

    def show_week(self) -> None:
        """Say how the week went, because somebody asked."""
        self._put(notice.week, stays=False, aloud=True)

    def show_end(self, why: str) -> None:
        """Say that deskbreak ends, and *why*, because nobody has asked for it."""
        self._put(functools.partial(notice.ended, why=why), stays=False, aloud=True)

    def _service_came(self) -> None:
        if self._status is not None and not self._status.is_shown:
            self._wait()

    def _put(self, describe: Describe, *, stays: bool, aloud: bool) -> None:
        """Show a notice; on a thread of its own, since a service may take its time."""
        arguments = {"stays": stays, "aloud": aloud}
        threading.Thread(
            target=self._show, args=(describe,), kwargs=arguments, name="notice", daemon=True
        ).start()

    def _show(self, describe: Describe, *, stays: bool, aloud: bool) -> None:
        board, tell = self._board, self._tell
        if board is None or tell is None or self._is_over:
            return
        what = tell(describe)
        try:
            board.show(what, stays=stays and board.can_stay(), aloud=aloud)
        except Unavailable as reason:
            _log.info("The notice is not shown: %s", reason)
            return
        self._wishes = what.wishes
        if self._is_over or (stays and self._is_shown()):
            board.withdraw()  # the panel came meanwhile

    # ── whether a panel shows the item ─────────────────────────────────────────────────────

    def _is_shown(self) -> bool:
        return self._status is not None and self._status.is_shown

    def _shown_is(self, status: TrayStatus) -> None:
        """Hear, on the tray's thread or that of the bus, whether a panel shows the item."""
        before, self._status = self._status, status
        if status.is_shown:
            self._wait_no_longer()
            if self._board is not None and self._board.lies_there:
                self._board.withdraw()
        else:
            self._wait()
        if before is None or before.reason != status.reason:
            self.refresh()  # it is one of the problems that the icon tells of

    def _wait(self) -> None:
        """Let the notice come, unless a panel does before."""
        with self._lock:
            if self._waiting is not None or self._is_over:
                return
            self._waiting = threading.Timer(GRACE_S, self._waited)
            self._waiting.daemon = True
            self._waiting.start()

    def _wait_no_longer(self) -> None:
        with self._lock:
            waiting, self._waiting = self._waiting, None
        if waiting is not None:
            waiting.cancel()

    def _waited(self) -> None:
        with self._lock:
            self._waiting = None
        board = self._board
        if board is None or self._is_shown() or board.lies_there or board.is_put_away:
            return
        if board.can_stay():
            self._show(notice.stand_in, stays=True, aloud=False)

    def autostart(self) -> bool | None:
        """Whether deskbreak starts at login; None where that cannot be known. A few looks at the disk."""
        try:
            return autostart.state().enabled
        except Refusal as reason:
            _log.debug("Whether deskbreak starts at login is unknown: %s", reason)
            return None

    # ── what people ask ────────────────────────────────────────────────────────────────────

    def finding(self, *, required: bool) -> Finding:
        """Ask the panel for our item; where we have offered none, whether it would show one."""
        if self._bus is None:
            no_bus = said(
                N_("without a session bus there is no tray; commands do all that it does")
            )
            return findings.tray(no_bus, None, required=required)
        from deskbreak.platforms.linux.trayhost import NOT_THERE, tray_status

        status = tray_status(self._bus, None if self._tray is None else NAME)
        known, why = self._status, status.reason
        if why is NOT_THERE and known is not None and known.reason is not None:
            why = known.reason  # it said so itself
        if why is not None and self._board is not None and self._board.lies_there:
            why = said(N_("{why}; a notification stands in for it"), why=why)
        return findings.tray(why, status.remedy, required=required)

    def autostart_finding(self) -> Finding:
        """Tell whether deskbreak starts at login."""
        try:
            return findings.autostart(autostart.state())
        except Refusal as reason:
            return findings.unread_autostart(reason)

    def problem(self) -> Finding | None:
        """What a person misses right now; asks nobody."""
        status = self._status
        if self._tray is None or status is None or status.reason is None:
            return None
        return findings.tray(status.reason, status.remedy, required=True)
