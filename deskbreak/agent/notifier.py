"""Whether somebody shows notifications on this desktop now, as the session bus tells."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.channels import ChannelReport

    Reports = tuple[ChannelReport, ...]


class Notifier:
    """Follows who shows notifications; what delivery reports is only about the last prompt."""

    def __init__(
        self,
        is_missing: Callable[[], bool],
        reports: Callable[[], Reports],
        changed: Callable[[], None],
    ) -> None:
        """Prepare; `owner_is` is to be called when the bus tells.

        Args:
            is_missing: Asks whether there is nobody, and nobody whom the bus could start; raises
                `Unavailable` if the bus does not answer.
            reports: What delivery says of its channels.
            changed: Called from any thread.
        """
        self._is_missing = is_missing
        self._reports = reports
        self._changed = changed
        self._lock = threading.Lock()
        self._changes = 0  # of the owner
        self._before: Reports = ()  # what was reported before the service came that is there
        self.is_gone = False
        """Nobody shows notifications, and the bus knows nobody to start."""

    @property
    def is_new(self) -> bool:
        """Whether it has come back, and nothing has been shown or refused since."""
        # Not ==: an old refusal, and the same one once more, are two.
        pairs = zip(self._before, self._reports(), strict=False)
        return bool(self._before) and all(before is now for before, now in pairs)

    def owner_is(self, owner: str | None) -> None:
        """Hear, on the bus thread, who owns the name of the service."""
        with self._lock:
            self._changes += 1
            if owner is None:
                miss = threading.Thread(
                    target=self._miss, args=(self._changes,), name="notifier", daemon=True
                )
                miss.start()
                return
            if self.is_gone:
                self._before = self._reports()
            self.is_gone = False
        self._changed()

    def _miss(self, change: int) -> None:
        try:
            is_gone = self._is_missing()
        except Unavailable:
            return  # the bus went too, which is told anyway
        with self._lock:
            if change != self._changes:
                return  # somebody came while we asked
            self.is_gone, self._before = is_gone, ()
        self._changed()
