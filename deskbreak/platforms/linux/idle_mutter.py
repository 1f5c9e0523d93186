"""Idle time as GNOME's compositor tells it, on Wayland and on X11; nothing is asked in between.

Source: org.gnome.Mutter.IdleMonitor.xml and meta-idle-monitor.c, mutter 43.
"""

from __future__ import annotations

import bisect
import contextlib
import math
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.busasking import Questions
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus, Signal

NAME: Final = "org.gnome.Mutter.IdleMonitor"
_PATH: Final = "/org/gnome/Mutter/IdleMonitor/Core"
_INTERFACE: Final = "org.gnome.Mutter.IdleMonitor"

_SESSIONS: Final = "org.gnome.SessionManager"
_SESSIONS_PATH: Final = "/org/gnome/SessionManager"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_KEEPS_AWAKE: Final = 8
"""The bit of InhibitedActions that says that the session is not to count as idle.

Source: GSM_INHIBITOR_FLAG_IDLE, gnome-session.
"""

_ANSWER_S: Final = 0.035
"""With 10 ms to wait for one's turn it stays below the 50 ms of a reading (ports.py)."""


class MutterIdle:
    """How long there was no input, for whoever owns Mutter's name on the session bus.

    Watches are owned by the connection of *bus*, and what they tell comes on its thread; a
    question has a connection of its own, so that it can be asked there as well.

    A video that keeps the session awake is no input: the time goes on. But Mutter's watches are
    silent meanwhile, so that we ask when the next mark can be reached at the earliest.
    """

    name = "mutter"

    def __init__(
        self,
        bus: Bus,
        changed: Callable[[], None],
        *,
        boot_s: Callable[[], float],
        lost: Callable[[Said], None] | None = None,
        address: str = "SESSION",
    ) -> None:
        """Use *bus*, which stays whose it is; at most 5 s if the bus is stuck.

        *boot_s* is a clock that never steps. Both others are called from the bus thread or one of our own; *lost* once, when Mutter or the
        bus goes before `close`.

        Raises:
            Unavailable: Mutter is not there.
        """
        self._bus = bus
        self._changed = changed
        self._boot_s = boot_s
        self._lost = lost
        self._state = threading.Lock()
        self._marks_ms: list[int] = []
        self._passed = 0  # marks of which the reader knows
        self._told_ms: int | None = None
        self._heard_ms, self._heard_s = 0, -math.inf  # what Mutter told on the bus, and when
        self._watches: set[int] = set()  # numbers of idle watches
        self._unanswered = 0  # of those asked for
        self._active: int | None = None  # number of the watch that tells of the return
        self._is_return = False  # of which the reader does not know
        self._wants_return = False  # asked for one, whether or not it has a number yet
        self._round = self._renewed = 0  # of marks, as wanted and as asked for
        self._keeps_awake = False
        self._timer: threading.Timer | None = None
        self._closing = threading.Event()
        self._ends: list[Callable[[], None]] = []
        owner = bus.owner(NAME)
        if owner is None:
            raise Unavailable(
                said(N_("GNOME's compositor does not run here: nobody owns {name}"), name=NAME)
            )
        self._owner = owner
        self._questions = Questions(address)
        try:
            self._ask_ms()
            self._subscribe()
        except BaseException:
            self._let_go()
            raise

    def idle_s(self) -> float:
        """Ask once; at most 50 ms, from any thread. Time asleep is not in it.

        Raises:
            Unavailable: Mutter is gone, does not answer, or was closed.
        """
        try:
            idle_ms = self._ask_ms()
        except Unavailable:
            counted_ms = self._counted_ms()
            if counted_ms is None:
                raise
            idle_ms = counted_ms
        with self._state:
            self._told_ms = idle_ms
        return idle_ms / 1000

    def _counted_ms(self) -> int | None:
        """Return what is known without an answer, while Mutter would tell of somebody's return."""
        with self._state:
            if self._active is None:
                return None
            return self._heard_ms + int(1000 * (self._boot_s() - self._heard_s))

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s*, and when input returns after that.

        What is news is measured by what `idle_s` told last.
        """
        with self._state:
            # Rounded up: whoever hears that a mark is reached must then read no less.
            self._marks_ms = sorted({max(1, math.ceil(1000 * mark_s)) for mark_s in marks_s})
            if self._told_ms is None:
                with contextlib.suppress(Unavailable):
                    self._told_ms = self._ask_ms()
            self._passed = bisect.bisect_right(self._marks_ms, self._told_ms or 0)
            self._round += 1
            self._renew()
        if self._passed or self._keeps_awake:
            self._look()

    def close(self) -> None:
        """Let go of Mutter; nothing is reported afterwards."""
        self._closing.set()
        with self._state:
            for number in [*self._watches, *([] if self._active is None else [self._active])]:
                self._post("RemoveWatch", "u", number)
            self._watches.clear()
            self._active = None
        self._let_go()

    def _let_go(self) -> None:
        for end in self._ends:
            end()
        self._ends.clear()
        with self._state:
            if self._timer is not None:
                self._timer.cancel()
        self._questions.close()

    # ── what Mutter is asked ───────────────────────────────────────────────────────────────

    def _ask_ms(self) -> int:
        return int(self._questions.ask(NAME, _PATH, _INTERFACE, "GetIdletime", _ANSWER_S)[0])

    def _post(self, member: str, signature: str, *arguments: object) -> None:
        self._bus.post(NAME, _PATH, _INTERFACE, member, signature, arguments)

    def _renew(self) -> None:
        """Replace the watches by those of the marks now, once the answers of the last time are in.

        A bus takes 128 unanswered calls of ours at most, and a mark may not be lost for that.
        Source: max_replies_per_connection, dbus-daemon(1).
        """
        if self._unanswered or self._renewed == self._round or self._closing.is_set():
            return
        self._renewed = self._round
        for number in self._watches:
            self._post("RemoveWatch", "u", number)
        self._watches.clear()
        for mark_ms in self._marks_ms:
            # A mark that is passed already fires at once, and `_look` finds out what is news.
            self._unanswered += 1
            self._bus.ask(
                NAME, _PATH, _INTERFACE, "AddIdleWatch", "t", (mark_ms,), answered=self._added
            )

    def _added(self, body: tuple[Any, ...] | None) -> None:
        with self._state:
            self._unanswered -= 1
            if body is not None and self._closing.is_set():
                self._post("RemoveWatch", "u", body[0])
            elif body is not None:
                self._watches.add(body[0])
            self._renew()
        if body is None:
            self._lose(said(N_("{name} does not take what we ask for"), name=NAME))

    def _await_return(self) -> None:
        """Ask for word of the next input, unless that was done; it comes once."""
        with self._state:
            if self._wants_return:
                return
            self._wants_return = True

        def added(body: tuple[Any, ...] | None) -> None:
            with self._state:
                self._wants_return = body is not None
                self._active = None if body is None else body[0]
            if self._closing.is_set() and body is not None:
                self._post("RemoveWatch", "u", body[0])

        self._bus.ask(NAME, _PATH, _INTERFACE, "AddUserActiveWatch", answered=added)

    def _look(self) -> None:
        """Find out how it stands, on the bus thread, and report what is news.

        Word of the next input is asked for first: input that comes before it makes the idle
        time short, which is seen, and input that comes after it is told.
        """
        if self._marks_ms:
            self._await_return()
        self._bus.ask(NAME, _PATH, _INTERFACE, "GetIdletime", answered=self._took)

    def _took(self, body: tuple[Any, ...] | None) -> None:
        if body is not None:
            self._tell(int(body[0]))

    def _tell(self, idle_ms: int) -> None:
        with self._state:
            self._heard_ms, self._heard_s = idle_ms, self._boot_s()
            passed = bisect.bisect_right(self._marks_ms, idle_ms)
            is_news = passed != self._passed or (self._is_return and self._passed > 0)
            self._passed, self._is_return = passed, False
            unwanted = None if passed else self._active
            if unwanted is not None:
                self._active, self._wants_return = None, False
                self._post("RemoveWatch", "u", unwanted)
            self._ask_later(idle_ms)
        if is_news and not self._closing.is_set():
            self._changed()

    def _ask_later(self, idle_ms: int) -> None:
        """Where the watches are silent: ask when the next mark can be reached at the earliest."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer = None
        ahead = self._marks_ms[bisect.bisect_right(self._marks_ms, idle_ms) :]
        if self._keeps_awake and ahead and not self._closing.is_set():
            self._timer = threading.Timer((ahead[0] - idle_ms + 1) / 1000, self._look)
            self._timer.daemon = True
            self._timer.start()

    # ── signals, on the bus thread ─────────────────────────────────────────────────────────

    def _subscribe(self) -> None:
        bus = self._bus
        self._ends += [
            bus.subscribe(
                self._on_fired, interface=_INTERFACE, member="WatchFired", sender=NAME, path=_PATH
            ),
            bus.subscribe(
                self._on_properties,
                interface=_PROPERTIES,
                member="PropertiesChanged",
                sender=_SESSIONS,
                path=_SESSIONS_PATH,
            ),
            bus.watch_owner(NAME, self._on_owner),
            bus.watch_owner(_SESSIONS, self._on_sessions),
            bus.on_lost(self._on_bus_lost),
        ]

    def _on_fired(self, signal: Signal) -> None:
        with self._state:
            if signal.body[0] == self._active:
                # It fires once, and is then forgotten on both sides.
                self._active, self._wants_return, self._is_return = None, False, True
            elif signal.body[0] not in self._watches:
                return
        self._look()

    def _on_owner(self, owner: str | None) -> None:
        if owner != self._owner:
            self._lose(said(N_("{name} is gone"), name=NAME))

    def _on_bus_lost(self) -> None:
        self._lose(said(N_("the session bus has gone")))

    def _lose(self, why: Said) -> None:
        with self._state:
            self._active = None
        if not self._closing.is_set() and self._lost is not None:
            lost, self._lost = self._lost, None
            lost(why)

    def _on_sessions(self, owner: str | None) -> None:
        if owner is None:
            self._set_awake(0)
            return

        def answered(body: tuple[Any, ...] | None) -> None:
            self._set_awake(0 if body is None else int(body[0][1]))

        self._bus.ask(
            _SESSIONS,
            _SESSIONS_PATH,
            _PROPERTIES,
            "Get",
            "ss",
            (_SESSIONS, "InhibitedActions"),
            answered=answered,
        )

    def _on_properties(self, signal: Signal) -> None:
        interface, properties, _ = signal.body
        if interface == _SESSIONS and "InhibitedActions" in properties:
            self._set_awake(int(properties["InhibitedActions"][1]))

    def _set_awake(self, actions: int) -> None:
        with self._state:
            before, self._keeps_awake = self._keeps_awake, bool(actions & _KEEPS_AWAKE)
            is_other = self._keeps_awake != before
        if is_other:
            self._look()
