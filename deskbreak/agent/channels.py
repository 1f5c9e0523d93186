"""One channel behind a fence: opened when needed, never waited for too long, never trusted."""

from __future__ import annotations

import enum
import logging
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Said
    from deskbreak.ports import Channel

HUNG_S: Final = 3.25
"""A channel has 3 s by its contract; this catches one that does not keep it."""

_log = logging.getLogger(__name__)


class ChannelState(enum.StrEnum):
    """How a channel stands."""

    IN_USE = "in use"  # the last prompt went there
    READY = "ready"
    REFUSED = "refused"
    NOT_TRIED = "not tried"


@quick_dataclass(frozen=True, slots=True)
class ChannelReport:
    """What status and doctor say of a channel."""

    name: str
    state: ChannelState
    why: Said | None = None
    remedy: Said | None = None


class Slot:
    """One channel with its place in the order, and a fence around whatever it does."""

    def __init__(self, name: str, open_channel: Callable[[], Channel], hung_s: float) -> None:
        self.report = ChannelReport(name, ChannelState.NOT_TRIED)
        self._open = open_channel
        self._hung_s = hung_s
        self._channel: Channel | None = None
        self._call: _Call | None = None

    def open(self) -> None:
        """Open it if it is not; raises `Unavailable` as `show` does."""
        self._do(self._opened)

    def show(self, view: PromptView) -> None:
        """Show *view*, open it first if need be.

        Raises:
            Unavailable: It is not on the screen.
        """
        self._do(lambda: self._opened().show(view))

    @property
    def lost(self) -> bool:
        """Whether what it showed went without the person's doing."""
        return self._channel is not None and self._channel.lost

    def withdraw(self) -> None:
        """Withdraw what it shows; where it hangs, that follows when it comes back."""
        self._try(self._withdraw_now)

    def close(self) -> None:
        """Close it, if it was ever opened."""
        if self._channel is not None:
            self._try(self._channel.close)

    def stands(self, state: ChannelState, reason: Unavailable | None = None) -> None:
        """Take note of how it stands; a change is logged."""
        why, remedy = (None, None) if reason is None else (reason.why, reason.remedy)
        before, self.report = self.report, ChannelReport(self.report.name, state, why, remedy)
        if (before.state, str(before.why)) != (state, str(why)):
            _log.info("channel %s: %s%s", before.name, state, "" if why is None else f", {why}")

    def _opened(self) -> Channel:
        if self._channel is None:
            self._channel = self._open()
        return self._channel

    def _withdraw_now(self) -> None:
        if self._channel is not None:
            self._channel.withdraw()

    def _try(self, job: Callable[[], None]) -> None:
        try:
            self._do(job)
        except Unavailable as reason:
            _log.debug("channel %s: %s", self.report.name, reason)

    def _do(self, job: Callable[[], object]) -> None:
        if self._call is not None and self._call.running:
            # Never two at a time: so at most one thread a channel is left hanging.
            why = N_("{channel} has not come back since it was last asked")
            raise Unavailable(said(why, channel=self.report.name))
        self._call = _Call(self.report.name, job, self._withdraw_now)
        self._call.wait(self._hung_s)


class _Call:
    """One call into a channel, on a daemon thread: nothing outside may hold delivery up."""

    def __init__(self, name: str, job: Callable[[], object], too_late: Callable[[], None]) -> None:
        self._name = name
        self._job = job
        self._too_late = too_late
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._abandoned = False
        self._refused: Unavailable | None = None

    @property
    def running(self) -> bool:
        """Whether it has not come back yet."""
        return not self._done.is_set()

    def wait(self, hung_s: float) -> None:
        """Run the job; if it takes too long, leave it alone, and undo what it does in the end.

        Raises:
            Unavailable: The job did, or failed, or takes too long.
        """
        threading.Thread(target=self._run, name=f"channel-{self._name}", daemon=True).start()
        self._done.wait(hung_s)
        with self._lock:
            self._abandoned = self.running
        if self._abandoned:
            raise Unavailable(said(N_("{channel} does not answer"), channel=self._name))
        if self._refused is not None:
            raise self._refused

    def _run(self) -> None:
        self._refused = self._fenced(self._job)
        with self._lock:
            if not self._abandoned:
                self._done.set()
                return
        self._fenced(self._too_late)
        self._done.set()

    def _fenced(self, job: Callable[[], object]) -> Unavailable | None:
        try:
            job()
        except Unavailable as reason:
            return reason
        except Exception as error:  # noqa: BLE001 - see below
            # Whatever breaks in a channel, the engine has to hear that nothing was shown.
            _log.exception("channel %s failed", self._name)
            why = N_("{channel} failed: {error}")
            return Unavailable(said(why, channel=self._name, error=repr(error)))
        return None
