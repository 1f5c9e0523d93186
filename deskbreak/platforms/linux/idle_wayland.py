"""Idle time on Wayland, from what the compositor tells; nothing is asked in between.

Source: ext-idle-notify-v1, wayland-protocols, and org_kde_kwin_idle, plasma-wayland-protocols.
"""

from __future__ import annotations

import bisect
import math
import threading
from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.wayland import Wayland
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from deskbreak.core.words import Said
    from deskbreak.ports import Duty

GRAIN_S: Final = 5.0
"""Shorter rests are noticed only where a mark asks for them: the usual lull. Our own choice."""

_ANSWER_S: Final = 0.04
"""To hear what is on its way; with the rest of a reading it makes 50 ms (ports.py)."""

_LATE_S: Final = 0.25
"""How late the first word of a busy compositor may come, before silence means input. Our own choice."""

_IDLED: Final = 0
_RESUMED: Final = 1
_DESTROY: Final = 0  # release, in KDE's


@quick_dataclass(frozen=True, slots=True)
class Protocol:
    """One way in which compositors tell of idle time."""

    name: str
    interface: str
    newest: int
    input_since: int | None
    """From this version on, a program that keeps the screen on does not look like input."""


EXT: Final = Protocol("ext-idle-notify", "ext_idle_notifier_v1", 2, 2)
KDE: Final = Protocol("kde-idle", "org_kde_kwin_idle", 1, None)


@quick_dataclass(slots=True)
class _Watch:
    """What we asked the compositor: to tell when there was no input for so long."""

    ms: int
    made_s: float
    number: int = 0
    since_s: float | None = None  # idle, without input since then at the latest


class WaylandIdle:
    """How long there was no input on a Wayland seat.

    The compositor tells when a time without input is reached, and when input returns. One watch
    is always there, of 5 s; from its word on the last input is known exactly, and every mark
    beyond is met by waiting. Until then there was input less than 5 s ago, and it is told to
    be now: idle time is never told too long, and up to 5 s too short. Once told it goes on from
    there, so that what was told stays true. Before the first 5 s nothing is known.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a good default or a reason
        self,
        protocol: Protocol,
        changed: Callable[[], None],
        *,
        boot_s: Callable[[], float],
        lost: Callable[[Said], None] | None = None,
        display_name: str | None = None,
        grain_s: float = GRAIN_S,
        duty: Duty | None = None,
    ) -> None:
        """Connect to *display_name*, or to that of WAYLAND_DISPLAY; at most 2 s.

        Both are called from our thread; *lost* once, if the compositor goes before `close`.
        *boot_s* is a clock that never steps.

        Raises:
            Unavailable: There is no compositor, or it does not speak *protocol*.
        """
        self.name = protocol.name
        self._protocol = protocol
        self._changed = changed
        self._lost = lost
        self._boot_s = boot_s
        self._grain_ms = _ms(grain_s)
        self._state = threading.Lock()
        self._watches: list[_Watch] = []
        self._wanted_ms = {self._grain_ms}
        self._marks_s: list[float] = []
        self._passed = 0  # marks of which the reader knows
        self._is_return = False  # of which the reader does not know
        self._is_known = False
        self._owes_word = False  # who asked was told that nothing is known yet
        self._told_idle_s: float | None = None
        self._told_input_s = -math.inf
        self._over: Unavailable | None = None
        self._closed = False
        self._client = Wayland(display_name)
        try:
            self._version = self._bind()
        except BaseException:
            self._client.close()
            raise
        self._watch_for(self._grain_ms)
        self._client.start(self._lose, self._turn, duty)

    @property
    def sees_only_input(self) -> bool:
        """Whether a video that keeps the screen on is told apart from somebody at the desk."""
        since = self._protocol.input_since
        return since is not None and self._version >= since

    def idle_s(self) -> float:
        """Ask once; at most 50 ms, from any thread. Time asleep is in it.

        Raises:
            Unavailable: Nothing is known yet, the compositor does not answer, or it is gone.
        """
        if not self._is_idle and not self._client.round_trip(_ANSWER_S):
            raise self._over or Unavailable(
                said(N_("the Wayland compositor does not answer in time"))
            )
        with self._state:
            if self._over is not None:
                raise self._over
            now_s = self._boot_s()
            input_s = self._input_s(now_s)
            if input_s is None:
                self._owes_word = True
                self._client.ring()
                raise Unavailable(said(N_("the Wayland compositor has not told of input yet")))
            self._told_input_s = input_s
            self._told_idle_s = now_s - input_s
            return self._told_idle_s

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s*, and when input returns after that.

        What is news is measured by what `idle_s` told last.
        """
        with self._state:
            self._marks_s = sorted(set(marks_s))
            if self._told_idle_s is None:
                now_s = self._boot_s()
                input_s = self._input_s(now_s)
                self._told_idle_s = 0.0 if input_s is None else now_s - input_s
            self._passed = bisect.bisect_right(self._marks_s, self._told_idle_s)
            self._is_return = self._is_return and self._passed > 0
            shortest_ms = _ms(self._marks_s[0]) if self._marks_s else self._grain_ms
            self._wanted_ms = {self._grain_ms, min(shortest_ms, self._grain_ms)}
            for ms in self._wanted_ms - {one.ms for one in self._watches}:
                self._watch_for(ms)
            self._drop_unwanted()
        self._client.ring()

    def close(self) -> None:
        """Let go of the compositor; nothing is reported afterwards."""
        self._closed = True
        self._client.close()

    # ── what the compositor is asked ───────────────────────────────────────────────────────

    def _bind(self) -> int:
        """Take a seat, and the global of the protocol; return its version.

        Raises:
            Unavailable: One of them is not there.
        """
        offered = min(self._client.version(self._protocol.interface), self._protocol.newest)
        if not offered:
            why = N_("the Wayland compositor does not offer {protocol}")
            raise Unavailable(said(why, protocol=self._protocol.interface))
        if not self._client.version("wl_seat"):
            raise Unavailable(said(N_("the Wayland compositor has neither keyboard nor mouse")))
        self._seat = self._client.bind("wl_seat", 1)
        self._notifier = self._client.bind(self._protocol.interface, offered)
        return offered

    def _watch_for(self, ms: int) -> None:
        watch = _Watch(ms, self._boot_s())
        if self._protocol is KDE:
            arguments: tuple[int | None, ...] = (None, self._seat, ms)
            request = 0  # get_idle_timeout
        else:
            arguments = (None, ms, self._seat)
            request = 2 if self.sees_only_input else 1  # get_(input_)idle_notification
        watch.number = self._client.make(
            lambda opcode, _: self._hear(watch, opcode), self._notifier, request, *arguments
        )
        self._watches.append(watch)

    def _drop_unwanted(self) -> None:
        """Let go of watches that nobody asks for, unless one knows what no other does."""
        is_idle = any(one.since_s is not None for one in self._watches if self._is_wanted(one))
        for one in list(self._watches):
            if not self._is_wanted(one) and (is_idle or one.since_s is None):
                self._watches.remove(one)
                self._client.forget(one.number)
                self._client.request(one.number, _DESTROY)

    def _is_wanted(self, watch: _Watch) -> bool:
        return watch.ms in self._wanted_ms

    # ── our thread ─────────────────────────────────────────────────────────────────────────

    def _hear(self, watch: _Watch, opcode: int) -> None:
        with self._state:
            if opcode == _IDLED:
                watch.since_s = self._boot_s() - watch.ms / 1000
            elif opcode == _RESUMED and watch.since_s is not None:
                # Each watch that was idle says so; the first of them is the news.
                for one in self._watches:
                    one.since_s = None
                self._is_return = self._passed > 0
            self._is_known = True
            self._drop_unwanted()

    def _turn(self) -> float | None:
        """Report what is news; return after how many seconds the next mark is reached."""
        with self._state:
            now_s = self._boot_s()
            input_s = self._input_s(now_s) if self._is_idle else None
            idle_s = 0.0 if input_s is None else now_s - input_s
            passed = bisect.bisect_right(self._marks_s, idle_s)
            is_news = self._is_return or passed > self._passed
            self._passed, self._is_return = passed, False
            wait_s = None
            if input_s is not None and passed < len(self._marks_s):
                wait_s = self._marks_s[passed] - idle_s
            if self._owes_word:
                known_s = self._known_from_s() - now_s
                self._owes_word = known_s >= 0
                is_news |= not self._owes_word
                wait_s = known_s if self._owes_word else wait_s
            if wait_s is not None:
                wait_s += 0.001  # waiting may end a little early
        if is_news and not self._closed:
            self._changed()
        return wait_s

    @property
    def _is_idle(self) -> bool:
        return any(one.since_s is not None for one in list(self._watches))

    def _input_s(self, now_s: float) -> float | None:
        """Return when input was last, on the boot clock, or at the latest; None for unknown."""
        since_s = [one.since_s for one in self._watches if one.since_s is not None]
        if since_s:
            # Each is one that input cannot have come after, whatever it began to count from.
            return max(min(since_s), self._told_input_s)
        return now_s if now_s > self._known_from_s() else None

    def _known_from_s(self) -> float:
        """Return from when on silence of all watches means that there is input."""
        if self._is_known:
            return -math.inf
        first_s = min((one.made_s + one.ms / 1000 for one in self._watches), default=math.inf)
        return first_s + _LATE_S

    def _lose(self, reason: Unavailable) -> None:
        self._over = reason
        if self._lost is not None:
            self._lost(reason.why)


def _ms(seconds: float) -> int:
    """Round up, and beyond: whoever hears that a time is reached must then read no less."""
    return math.floor(1000 * seconds) + 1
