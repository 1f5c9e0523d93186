"""Shows prompts on a thread of its own: channels in order, each with a deadline."""

from __future__ import annotations

import functools
import queue
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.agent.channels import HUNG_S, ChannelReport, ChannelState, Slot
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Said
    from deskbreak.ports import Channel, Duty

SENT_AGAIN: Final = 5
"""So often a prompt is shown once more after its service was lost. Our own choice."""


@quick_dataclass(slots=True)
class _Wanted:
    """What should be on the screen."""

    view: PromptView
    number: int  # of its order
    shown: bool = False
    told: bool = False  # what became of it
    again: int = 0  # so often it was lost, and shown once more


class Delivery:
    """Takes prompts from the agent and says what became of them; never holds it up.

    A prompt that is withdrawn, or followed by another, before a channel had it is dropped
    without a word: the agent knows. So is what a stuck channel shows too late. What no channel
    could show, and what went with its service, is shown as soon as `again` is called.
    """

    def __init__(
        self,
        open_channels: Sequence[tuple[str, Callable[[], Channel]]],
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
        *,
        hung_s: float = HUNG_S,
        duty: Duty | None = None,
    ) -> None:
        """Prepare; nothing is opened before `start`.

        Args:
            open_channels: The best first. One that raises `Unavailable` is tried again at the
                next prompt.
            shown: Told episode and showing, on delivery's thread; must not raise.
            undelivered: The same, and why, when no channel could show it.
            hung_s: After so long a channel is left alone until it comes back by itself.
            duty: Looks after our thread.
        """
        self._slots = tuple(Slot(name, opener, hung_s) for name, opener in open_channels)
        self._shown = shown
        self._undelivered = undelivered
        self._hung_s = hung_s
        self._duty = duty or Unwatched()
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._newest = 0  # number of the last order
        self._news = 0  # so often something has come or gone
        self._in_use: Slot | None = None
        self._wanted: _Wanted | None = None  # on delivery's thread
        self._thread = threading.Thread(target=self._serve, name="delivery", daemon=True)

    def start(self) -> None:
        """Open, in the background, the first channel that can be opened. Once."""
        self._thread.start()
        self._orders.put(self._open_first)

    def show(self, view: PromptView) -> None:
        """Show *view*; `shown` or `undelivered` is told. Returns at once."""
        with self._lock:
            self._newest += 1
            self._orders.put(functools.partial(self._show, view, self._newest))

    def withdraw(self) -> None:
        """Take what is shown from the screen, as far as its channel can. Returns at once."""
        with self._lock:
            self._newest += 1
            self._orders.put(self._withdraw)

    def again(self) -> None:
        """Show what should be on the screen and is not, if a channel can now. Returns at once."""
        with self._lock:
            self._news += 1
            self._orders.put(self._show_again)

    def stop(self) -> None:
        """Withdraw and close all channels; waits until that is done, at most *hung_s*."""
        with self._lock:
            self._newest += 1
            self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join(self._hung_s)

    def report(self) -> tuple[ChannelReport, ...]:
        """How each channel stands now. From any thread."""
        return tuple(slot.report for slot in self._slots)

    # ── on delivery's thread ───────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        with self._duty.lasts():
            for order in iter(self._orders.get, None):
                with self._duty.busy():
                    order()
            for slot in self._slots:
                slot.close()

    def _open_first(self) -> None:
        for slot in self._slots:
            try:
                slot.open()
            except Unavailable as reason:
                slot.stands(ChannelState.REFUSED, reason)
            else:
                slot.stands(ChannelState.READY)
                return

    def _show(self, view: PromptView, number: int) -> None:
        self._wanted = _Wanted(view, number)
        self._put(self._wanted)

    def _show_again(self) -> None:
        wanted = self._wanted
        if wanted is None and all(x.report.state is ChannelState.REFUSED for x in self._slots):
            self._open_first()  # what was refused may be an old story
        if wanted is None or wanted.number != self._newest:
            return
        if wanted.shown and (self._in_use is None or not self._in_use.lost):
            return
        if wanted.shown and wanted.again == SENT_AGAIN:
            self._wanted = None  # it may be this very text that ends the service
            view, why = wanted.view, N_("whoever shows it ends each time")
            self._undelivered(view.episode, view.showing, said(why))
            return
        wanted.again += wanted.shown
        wanted.shown = False
        self._put(wanted)

    def _put(self, wanted: _Wanted) -> None:
        """Show it through the first channel that can; tell once if none could."""
        refusals: list[Said] = []
        view, news = wanted.view, self._news
        for slot in self._slots:
            # A better channel may have come since it refused: then all are tried anew.
            if wanted.number != self._newest or news != self._news:
                return
            try:
                slot.show(view)
            except Unavailable as reason:
                slot.stands(ChannelState.REFUSED, reason)
                refusals.append(reason.why)
            else:
                wanted.shown = wanted.told = True
                self._use(slot)
                self._shown(view.episode, view.showing)
                return
        if not wanted.told:
            wanted.told = True
            self._undelivered(view.episode, view.showing, _joined(refusals))

    def _use(self, slot: Slot) -> None:
        before, self._in_use = self._in_use, slot
        slot.stands(ChannelState.IN_USE)
        if before is None or before is slot:
            return
        before.withdraw()  # one prompt at a time, over all channels
        if before.report.state is ChannelState.IN_USE:
            before.stands(ChannelState.READY)

    def _withdraw(self) -> None:
        self._wanted = None
        if self._in_use is not None:
            self._in_use.withdraw()


def _joined(whys: Sequence[Said]) -> Said:
    distinct = list({str(why): why for why in whys}.values())
    if not distinct:
        return said(N_("there is no way to show a notification here"))
    joined = distinct[0]
    for why in distinct[1:]:
        joined = said(N_("{first}; {second}"), first=joined, second=why)
    return joined
