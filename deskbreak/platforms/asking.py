"""Parts of a desktop of which only asking tells: asked when something can have happened."""

from __future__ import annotations

import bisect
import contextlib
import math
import threading
from typing import TYPE_CHECKING, Final, NamedTuple

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Sequence

    from deskbreak.core.words import Said
    from deskbreak.ports import Duty

RETURN_S: Final = 5.0
"""How often it is looked whether input is back where nothing tells: 720 times an hour with nobody
there, each time one cheap question. What would tell is made for listening to keys, see
docs/decisions/0045. An unlock is heard of at once. Our own choice."""

BUSY_S: Final = 10.0
"""Who types on while a kind waits for a lull of 5 s is looked at no more often: the lull is then
heard of up to 6 s late, or not at all where it is over by then; and after 120 s nobody waits for
one any more. So a day without a pause is some 90 looks an hour. Our own choice."""

_END_S: Final = 1.0
"""Our thread ends at once, unless whom it reports to keeps it. Our own choice."""
_AGAIN_S: Final = 60.0
_SLACK_S: Final = 0.001  # waiting may end a little early
_GOES_ON: Final = 1 / 10
"""Input that is younger than this part of the time between two looks goes on. Our own choice."""


class Seen(NamedTuple):
    """What a look at the input told."""

    idle_s: float | None
    """None: nobody knows yet. Negative: input may still come that will not be noted."""
    input: object
    """Which input was the last: another one after each that is noted."""


class AskedIdle:
    """An `IdleSource` made of looks at the last input.

    While somebody works, our thread looks when the smallest mark can be reached at the
    earliest: idle 40 s now and a mark of 300 s, then again in 260 s. Who types on while a short
    mark is waited for is looked at every *busy_s* only, by which it may be told late. Once a mark
    is passed our thread looks every *return_s* whether input is back. Without marks it sleeps.
    """

    def __init__(  # noqa: PLR0913 - a source, and what it is to do
        self,
        name: str,
        look: Callable[[], Seen],
        changed: Callable[[], None],
        *,
        boot_s: Callable[[], float],
        return_s: Callable[[], float],
        busy_s: float = 0.0,
        lost: Callable[[Said], None] | None = None,
        let_go: Callable[[], None] = lambda: None,
        duty: Duty | None = None,
    ) -> None:
        """Start the thread. *boot_s* is a clock that never steps; all of this is in its seconds.

        *look* is called by one thread at a time, and takes no time. It raises `Unavailable` when
        there is nothing to look at any more; *lost* is then called once, from our thread. Where
        nobody wants to know that, it is tried again every minute. *let_go* is called at the end.
        *duty* looks after our thread.
        """
        self.name = name
        self._look = look
        self._changed = changed
        self._boot_s = boot_s
        self._return_s = return_s
        self._busy_s = busy_s
        self._lost = lost
        self._let_go = let_go
        self._duty = duty or Unwatched()
        self._marks_s: list[float] = []
        self._passed = 0  # marks of which the reader knows
        self._told_s: float | None = None
        self._told_at_s = -math.inf
        self._known: object = None  # the last input, as the reader knows it
        self._looks_at_s = math.inf  # our thread sleeps until then
        self._closed = False
        self._wake = threading.Condition()
        self._thread = threading.Thread(target=self._serve, name=f"idle-{name}", daemon=True)
        self._thread.start()

    def idle_s(self) -> float:
        """Look once; from any thread.

        Raises:
            Unavailable: There is nothing to look at any more, or no input has come yet.
        """
        with self._wake:
            self._tell(self._see())
            if self._told_s is None:
                raise Unavailable(said(N_("there was no input yet since the session began")))
            return self._told_s

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s*, and when input returns after that."""
        with self._wake, contextlib.suppress(Unavailable):
            self._marks_s = sorted(set(marks_s))
            if self._told_s is None:
                self._tell(self._see())
            self._passed = self._passed_at(self._told_s)
            if self._told_at_s + (self._pause_s(self._told_s) or 0.0) < self._looks_at_s:
                self._wake.notify_all()  # nobody is woken only to sleep on

    def close(self) -> None:
        """Let go; nothing is reported afterwards."""
        with self._wake:
            if not self._closed:
                self._closed = True
                self._let_go()
            self._wake.notify_all()
        if self._thread is not threading.current_thread():
            self._thread.join(_END_S)

    def _tell(self, seen: Seen) -> None:
        self._told_s = None if seen.idle_s is None else max(0.0, seen.idle_s)
        self._told_at_s = self._boot_s()
        self._known = seen.input

    # ── our thread ─────────────────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        with self._duty.lasts():
            self._look_until_closed()

    def _look_until_closed(self) -> None:
        while True:
            with self._wake:
                if self._closed:
                    return
                try:
                    with self._duty.busy():
                        is_news, wait_s = self._turn()
                except Unavailable as reason:
                    if self._lost is not None:
                        gone = reason.why
                        break
                    is_news, wait_s = False, _AGAIN_S
                    self._looks_at_s = self._boot_s() + wait_s
                if not is_news:
                    self._wake.wait(wait_s)
            if is_news:
                with self._duty.busy():
                    self._changed()
        self._lost(gone)

    def _turn(self) -> tuple[bool, float | None]:
        """Look, and tell whether there is news; and else how long there can be none."""
        seen = self._see()
        returned = self._passed > 0 and seen.input != self._known
        passed = self._passed_at(seen.idle_s)
        is_news = returned or passed > self._passed
        self._passed, self._known = passed, seen.input
        wait_s = self._pause_s(seen.idle_s)
        self._looks_at_s = math.inf if wait_s is None else self._boot_s() + wait_s
        return is_news, wait_s

    def _pause_s(self, idle_s: float | None) -> float | None:
        return pause_s(idle_s, self._marks_s, self._return_s(), self._busy_s)

    def _see(self) -> Seen:
        if self._closed:
            raise Unavailable(said(N_("nobody looks for input any more")))
        return self._look()

    def _passed_at(self, idle_s: float | None) -> int:
        return 0 if idle_s is None else bisect.bisect_right(self._marks_s, idle_s)


def desktop_idle(  # noqa: PLR0913 - a source, and who looks after it
    name: str,
    look: Callable[[], Seen],
    changed: Callable[[], None],
    boot_s: Callable[[], float],
    speed: float,
    *,
    duty: Duty | None = None,
) -> AskedIdle:
    """Return the source of a whole desktop; when input is gone it looks *speed* times as often.

    *boot_s* is a clock that never steps and goes on during suspend.

    Raises:
        Unavailable: There is nothing to look at here.
    """
    look()
    return AskedIdle(
        name,
        look,
        changed,
        boot_s=boot_s,
        return_s=lambda: RETURN_S / speed,
        busy_s=BUSY_S / speed,
        duty=duty,
    )


def pause_s(
    idle_s: float | None, marks_s: Sequence[float], return_s: float, busy_s: float = 0.0
) -> float | None:
    """Say when to look again: when the next of *marks_s* can be reached, or input be back.

    *marks_s* are in order. None: nobody wants to know.
    """
    known_s = 0.0 if idle_s is None else idle_s  # input may come right after a look
    passed = bisect.bisect_right(marks_s, known_s)
    pauses = [return_s] if passed else []
    pauses += [mark_s - known_s + _SLACK_S for mark_s in marks_s[passed : passed + 1]]
    if pauses and not passed and known_s < _GOES_ON * busy_s:
        return max(busy_s, *pauses)
    return min(pauses, default=None)


class AskedProbe:
    """A `HoldProbe` made of one question."""

    subscribed = False

    def __init__(self, name: str, read: Callable[[], bool | None]) -> None:
        """Ask *read* once, so that one that cannot be asked is not chosen.

        Raises:
            Unavailable: It cannot be asked here.
        """
        self.name = name
        self._read = read
        read()

    def ask(self) -> bool | None:
        """Tell whether it is in force; None for unknown."""
        try:
            return self._read()
        except Unavailable:
            return None

    def close(self) -> None:
        """Do nothing: nothing is open."""
