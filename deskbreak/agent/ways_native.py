"""The ways of showing a prompt where the system has its own: opens them, tells how they stand."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from deskbreak.agent import findings
from deskbreak.agent.delivery import Delivery

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.parts import Parts
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said, Words
    from deskbreak.ports import Channel, Duty, OnAnswer


class NativeWays:
    """What the system has, then plyer; in a demo, at last, the terminal that it was started in."""

    def __init__(
        self, parts: Parts, words: Words, *, prints: bool, duty: Duty | None = None
    ) -> None:
        """Open nothing yet. *prints*: a prompt that nothing else shows may be printed."""
        self.delivery: Delivery | None = None
        self._parts = parts
        self._words = words
        self._prints = prints
        self._duty = duty

    def open(
        self,
        on_answer: OnAnswer,
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
    ) -> Delivery:
        """Return what shows prompts, the best way first; its thread has not begun."""
        ways = [
            *self._parts.channels(self._words),
            ("plyer", self._plyer),
        ]
        if self._prints:
            ways.append(("terminal", lambda: self._printed(on_answer)))
        self.delivery = Delivery(ways, shown, undelivered, duty=self._duty)
        return self.delivery

    def try_all(self) -> None:
        """Find out which of them works; show nothing, and take no answers."""
        delivery = self.open(lambda *_: None, lambda *_: None, lambda *_: None)
        delivery.start()
        delivery.stop()

    def close(self) -> None:
        """Let go of all."""
        if self.delivery is not None:
            self.delivery.stop()

    def again(self) -> None:
        """What should be on the screen may have gone, or a way may be open that was not."""
        if self.delivery is not None:
            self.delivery.again()

    def finding(self) -> Finding:
        """Tell what shows prompts, as far as that is known. Asks nobody."""
        reports = self.delivery.report() if self.delivery else ()
        return findings.notifications(reports, None, is_new=False)

    def _plyer(self) -> Channel:
        if sys.platform == "win32":
            from deskbreak.agent.plyer_windows import PlyerBalloon

            return PlyerBalloon(self._parts.refuse_without_notices)
        from deskbreak.agent.plyer_channel import PlyerChannel

        return PlyerChannel()

    def _printed(self, on_answer: OnAnswer) -> Channel:
        from deskbreak.platforms.terminal import TerminalChannel

        return TerminalChannel(sys.stdout, on_answer, words=self._words)
