"""The ways of showing a prompt on this desktop: opens them in order, and tells how they stand."""

from __future__ import annotations

import sys
from io import StringIO
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings
from deskbreak.agent.delivery import Delivery
from deskbreak.agent.notifier import Notifier
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import TextIO

    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said, Words
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.notify_service import Guest
    from deskbreak.ports import Channel, Duty, OnAnswer, Unavailable

    Ways_ = list[tuple[str, Callable[[], Channel]]]

_ICON_PIXELS: Final = 48  # dunst draws larger ones as tall as its whole bubble


class Ways:
    """Freedesktop service, portal, plyer, terminal; first its portal in a sandbox, or our terminal."""

    def __init__(  # noqa: PLR0913 - what the four ways need
        self,
        bus: Bus | None,
        trouble: Unavailable | None,
        words: Words,
        runtime: Path,
        changed: Callable[[], None],
        *,
        prints: bool,
        prints_first: bool = False,
        duty: Duty | None = None,
    ) -> None:
        """Open nothing yet.

        Args:
            bus: The session bus; None where there is none, and *trouble* says why.
            trouble: See *bus*.
            words: Asked anew at each prompt.
            runtime: Our runtime folder.
            changed: Called from any thread when `finding` may be another one.
            prints: Whether a prompt that nothing else shows may be printed.
            prints_first: Whether it is printed even where something else could show it.
            duty: Looks after the thread of delivery.
        """
        self.delivery: Delivery | None = None
        self._bus = bus
        self._trouble = trouble
        self._words = words
        self._runtime = runtime
        self._changed = changed
        self._prints = prints
        self._prints_first = prints_first
        self._duty = duty
        self._keyboard: TextIO | None = None  # standard input
        self._notifier: Notifier | None = None
        self._guest: Guest | None = None

    def open(
        self,
        on_answer: OnAnswer,
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
    ) -> Delivery:
        """Return what shows prompts, the best way first; its thread has not begun."""
        self.delivery = Delivery(self._in_order(on_answer), shown, undelivered, duty=self._duty)
        if self._bus is not None and not _in_sandbox():  # from within, the service is not seen
            from deskbreak.platforms.linux.notify_service import NAME

            self._notifier = Notifier(self._is_missing, self.delivery.report, self._came_or_went)
            self._bus.watch_owner(NAME, self._notifier.owner_is)
        return self.delivery

    def try_all(self) -> None:
        """Find out which of them works; show nothing, and take no answers."""
        self._keyboard = StringIO()
        delivery = self.open(lambda *_: None, lambda *_: None, lambda *_: None)
        delivery.start()
        delivery.stop()

    def close(self) -> None:
        """Let go of all."""
        if self.delivery is not None:
            self.delivery.stop()

    # ── telling ────────────────────────────────────────────────────────────────────────────

    def finding(self) -> Finding:
        """Tell what shows prompts, as far as that is known. Asks nobody."""
        reports = self.delivery.report() if self.delivery else ()
        gone, is_new = None, False
        if self._bus is not None and not self._bus.connected:
            gone = findings.NO_BUS
        elif self._notifier is not None:
            gone = findings.no_notifier() if self._notifier.is_gone else None
            is_new = self._notifier.is_new
        return findings.notifications(reports, gone, is_new=is_new)

    def asked(self) -> Finding:
        """Tell the same, and what the service says of itself. At most a second."""
        found = self.finding()
        if self._bus is None or found.chosen != "freedesktop":
            return found
        from deskbreak.platforms.linux import notify_service

        return findings.served(found, lambda: notify_service.described(self.session_bus()))

    # ── opening ────────────────────────────────────────────────────────────────────────────

    def _in_order(self, on_answer: OnAnswer) -> Ways_:
        icon = files.icon_path("working", _ICON_PIXELS)
        in_sandbox = _in_sandbox()
        ways: Ways_ = [
            ("freedesktop", lambda: self._freedesktop(on_answer, icon)),
            ("plyer", lambda: self._plyer(icon)),
        ]
        portal = ("portal", lambda: self._portal(on_answer, in_sandbox=in_sandbox))
        ways.insert(0 if in_sandbox else 1, portal)
        if self._prints:
            printed = ("terminal", lambda: self._printed(on_answer))
            ways.insert(0 if self._prints_first else len(ways), printed)
        return ways

    def _freedesktop(self, on_answer: OnAnswer, icon: Path) -> Channel:
        from deskbreak.platforms.linux.notify import FreedesktopChannel

        return FreedesktopChannel(
            self.session_bus(),
            on_answer,
            words=self._words,
            icon=icon,
            remember=self._runtime / "notification",
            changed=self._again,
        )

    def _portal(self, on_answer: OnAnswer, *, in_sandbox: bool) -> Channel:
        from deskbreak.platforms.linux import portal

        bus = self.session_bus()

        def refuse() -> None:
            if not in_sandbox:  # from within nobody but the portal can be seen
                portal.refuse_unless_shown(bus)

        return portal.PortalChannel(
            bus,
            on_answer,
            refuse=refuse,
            changed=self._again,
        )

    def _plyer(self, icon: Path) -> Channel:
        from deskbreak.agent.plyer_channel import PlyerChannel
        from deskbreak.platforms.linux import notify_service

        bus = self.session_bus()
        if self._guest is None:  # once: it may be opened, and refused, at every prompt
            self._guest = notify_service.Guest(bus)

        def reads_markup() -> bool:
            return notify_service.reads_markup(bus)

        return PlyerChannel(icon=icon, reads_markup=reads_markup, guest=self._guest)

    def _printed(self, on_answer: OnAnswer) -> Channel:
        from deskbreak.platforms.terminal import TerminalChannel

        return TerminalChannel(sys.stdout, on_answer, words=self._words, keyboard=self._keyboard)

    def session_bus(self) -> Bus:
        """Return the session bus.

        Raises:
            Unavailable: There was none at the start.
        """
        if self._bus is None:
            assert self._trouble is not None
            raise self._trouble
        return self._bus

    # ── the service ────────────────────────────────────────────────────────────────────────

    def _is_missing(self) -> bool:
        from deskbreak.platforms.linux import notify_service

        bus = self.session_bus()
        return bus.owner(notify_service.NAME) is None and not notify_service.waits_to_be_started(
            bus
        )

    def _came_or_went(self) -> None:
        if self._notifier is not None and not self._notifier.is_gone:
            self._again()
        self._changed()

    def _again(self) -> None:
        if self.delivery is not None:
            self.delivery.again()


def _in_sandbox() -> bool:
    if sys.platform != "linux":
        return False
    from deskbreak.platforms.linux import portal

    return portal.in_sandbox()
