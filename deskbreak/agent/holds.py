"""What keeps prompts back: chooses the probes of each topic, watches over them, and asks them."""

from __future__ import annotations

import functools
import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import boot_s
from deskbreak.agent.holdseat import Seat
from deskbreak.core.model import Hold
from deskbreak.core.words import N_, said

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.holds import Topic
    from deskbreak.platforms.linux.watcher import Watcher
    from deskbreak.ports import Duty

ASK_S: Final = 0.25
"""Whoever wants the facts waits no longer for those that have to be asked."""
AGAIN_S: Final = 30.0
"""While one that has to be asked keeps a prompt back it is asked again after this: as long as a
hold is waited out anyway."""
_OPEN_S: Final = 2.0  # `doctor` waits no longer for what was never opened before
_LOST: Final = ""  # no owner of a name on a bus: the bus itself was lost

_CALLS: Final[Mapping[frozenset[str], Said]] = MappingProxyType(
    {
        frozenset({"microphone"}): said(N_("microphone in use")),
        frozenset({"camera"}): said(N_("camera in use")),
        frozenset({"microphone", "camera"}): said(N_("microphone and camera in use")),
    }
)


def call_reasons(known: Iterable[tuple[Hold, str, bool | None]]) -> dict[Hold, Said]:
    """Say what a call is known by, from the hold and the key of each topic, and its answer."""
    using = frozenset(key for hold, key, answer in known if hold is Hold.CALL and answer)
    return {Hold.CALL: _CALLS[using]} if using in _CALLS else {}


class Holds:
    """All that the desktop holds against a prompt now; kept in memory alone, and never whose.

    Those that are subscribed to are known at any time, from what they told last. The others
    are asked only when somebody says that a prompt is due or open, and while one of them is the
    reason for silence. Unknown is no hold.
    """

    def __init__(  # noqa: PLR0913 - keyword arguments, each with a good default
        self,
        bus: Callable[[], Bus],
        system: Bus,
        changed: Callable[[], None],
        *,
        speed: float = 1.0,
        topics: Callable[[Callable[[], Bus], Bus, Watcher], tuple[Topic, ...]] | None = None,
        duty: Duty | None = None,
    ) -> None:
        """Open nothing before `heed`; *changed* is called from our thread.

        *bus* returns the session bus, or raises `Unavailable`; *duty* looks after our thread.
        """
        from deskbreak.platforms.linux import holds
        from deskbreak.platforms.linux.watcher import Watcher

        self._bus = bus
        self._system = system
        self._changed = changed
        self._again_s = AGAIN_S / speed
        self._watcher = Watcher("holds", boot_s, duty)
        made = (topics or holds.topics)(bus, system, self._watcher)
        self._seats = tuple(Seat(topic, self._watcher, self._note) for topic in made)
        self._told: frozenset[Hold] = frozenset()
        self._heeded: frozenset[Hold] = frozenset()
        self._opened = threading.Event()
        self._will_ask = False
        self._tried_s = -AGAIN_S

    def heed(self, holds: frozenset[Hold]) -> None:
        """Let only these count; what none of them needs is not even listened to. Any thread."""
        if holds != self._heeded:
            if not self._heeded:
                self._watch_buses()
            self._heeded = holds
            self._watcher.soon(self._open_and_close)

    def in_force(self, *, asks: bool) -> frozenset[Hold]:
        """Return what is in force now; any thread. With *asks* a prompt hangs on it: at most 250 ms."""
        if asks:
            self._ask()
        return self._sum()

    @property
    def watcher(self) -> Watcher:
        """The thread that waits for all of these; others may wait with it."""
        return self._watcher

    @property
    def reasons(self) -> Mapping[Hold, Said]:
        """What there is to say of a hold in force besides its name; any thread."""
        return call_reasons((seat.topic.hold, seat.topic.key, seat.answer) for seat in self._seats)

    def findings(self) -> tuple[Finding, ...]:
        """Tell of each topic what was chosen, and what was refused and why; any thread."""
        self._opened.wait(_OPEN_S)
        return tuple(seat.finding() for seat in self._seats)

    def close(self) -> None:
        """Let go of everything; nothing is reported afterwards."""
        self._changed = lambda: None
        for seat in self._seats:
            self._watcher.soon(seat.close)
        self._watcher.close()

    # ── who comes and goes ─────────────────────────────────────────────────────────────────

    def _watch_buses(self) -> None:
        from deskbreak.ports import Unavailable

        owners: dict[tuple[str, str], str | None] = {}
        system = {name for seat in self._seats for name in seat.topic.system_names}
        self._watch(self._system, "system", system, owners)
        try:
            bus = self._bus()
        except Unavailable:
            return
        names = {name for seat in self._seats for name in seat.topic.names}
        self._watch(bus, "session", names, owners)

    def _watch(
        self, bus: Bus, label: str, names: Iterable[str], owners: dict[tuple[str, str], str | None]
    ) -> None:
        def note(name: str, owner: str | None) -> None:
            is_first = (label, name) not in owners  # what is opened after it knows it
            is_news = owners.get((label, name)) != owner
            owners[label, name] = owner
            if is_news and not is_first:
                self._reopen(name)

        def lost() -> None:
            for name in wanted:
                note(name, _LOST)

        wanted = sorted(names)
        bus.on_lost(lambda: self._watcher.soon(lost))
        for name in wanted:
            bus.watch_owner(
                name,
                lambda owner, name=name: self._watcher.soon(functools.partial(note, name, owner)),  # type: ignore[misc] # mypy does not infer defaults of a lambda
            )

    def _reopen(self, name: str) -> None:
        for seat in self._seats:
            if name in (*seat.topic.names, *seat.topic.system_names):
                seat.reopen()
        self._note()

    # ── on our thread ──────────────────────────────────────────────────────────────────────

    def _open_and_close(self) -> None:
        for seat in self._seats:
            wanted = seat.topic.aids | {seat.topic.hold}
            seat.switch(is_on=not wanted.isdisjoint(self._heeded))
        self._opened.set()
        self._note()

    def _note(self) -> None:
        """Report if it makes a difference."""
        now = self._sum()
        if now != self._told:
            self._told = now
            self._changed()

    def _sum(self) -> frozenset[Hold]:
        yes = [seat.topic for seat in self._seats if seat.answer]
        fills = any(topic.hold is Hold.FULLSCREEN for topic in yes)
        return frozenset(topic.hold for topic in yes if topic.alone or fills)

    def _ask(self) -> None:
        """Have everything asked that must be; whoever calls this takes the answers along."""
        if self._watcher.is_here:
            self._ask_now()
            self._told = self._sum()
        elif all(seat.is_told for seat in self._seats) or self._is_bus_thread:
            self._watcher.soon(self._ask_again)  # to try again what is not known, at least
        else:
            self._ask_and_wait()

    def _ask_and_wait(self) -> None:
        done, is_late = threading.Event(), threading.Event()

        def ask() -> None:
            self._ask_now()
            if is_late.is_set():
                self._note()  # whoever wanted to know it has gone on
            else:
                self._told = self._sum()
            done.set()

        self._watcher.soon(ask)
        if not done.wait(ASK_S):
            is_late.set()

    @property
    def _is_bus_thread(self) -> bool:
        """Whether the caller is who would bring the answers, and must not wait for them."""
        from deskbreak.ports import Unavailable

        try:
            return self._system.is_here or self._bus().is_here
        except Unavailable:
            return False

    def _ask_now(self) -> None:
        for seat in self._seats:
            seat.ask()
        if not self._will_ask and any(seat.answer and not seat.is_told for seat in self._seats):
            self._will_ask = True
            self._watcher.later(self._again_s, self._ask_in_time)
        if boot_s() >= self._tried_s + AGAIN_S and any(seat.is_unknown for seat in self._seats):
            self._tried_s = boot_s()
            self._watcher.soon(self._try_unknown)

    def _ask_in_time(self) -> None:
        self._will_ask = False
        self._ask_again()

    def _ask_again(self) -> None:
        self._ask_now()
        self._note()

    def _try_unknown(self) -> None:
        """Look once more for what nobody told: a service that was stuck says nothing of its return."""
        for seat in self._seats:
            if seat.is_unknown:
                seat.reopen()
        self._note()
