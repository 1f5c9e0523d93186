"""A watch whose looks the test takes, and whoever hears what parts report, which may take for ever."""

from __future__ import annotations

import threading
from typing import Final

from deskbreak.agent.watch import Watch

WITHIN_S: Final = 10.0


class FakeAlarm:
    """Rings when the test does."""

    def __init__(self) -> None:
        self.is_set = False
        self.sets = 0

    def set(self) -> None:
        self.is_set = True
        self.sets += 1

    def clear(self) -> None:
        self.is_set = False


class Overseer:
    """Looks after the threads of parts, and hears what they report."""

    def __init__(self) -> None:
        self.alarm = FakeAlarm()
        self.watch = Watch()
        self.watch.begin(self.alarm, lambda: None)
        self.hangs = False  # who reports does not get away from here
        self.was_told, self.let_go = threading.Event(), threading.Event()

    def changed(self) -> None:
        """Hear of something, on a part's own thread."""
        self.was_told.set()
        if self.hangs:
            self.let_go.wait(WITHIN_S)

    def look_twice(self) -> tuple[str, ...]:
        """Return who hangs, or has ended."""
        self.watch.look()
        self.watch.look()
        return self.watch.parts
