"""What keeps prompts back: chooses the probes of each topic, watches over them, and asks them."""

from __future__ import annotations

import functools
import logging
import threading
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import boot_s
from deskbreak.core.model import Hold
from deskbreak.core.reports import Finding
from deskbreak.core.words import N_, said
from deskbreak.platforms import pick

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from deskbreak.core.words import Said
    from deskbreak.platforms import Picked
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.holds import Topic
    from deskbreak.platforms.linux.inotify import Doorstep
    from deskbreak.platforms.linux.watcher import Watcher
    from deskbreak.ports import HoldProbe

_log: Final = logging.getLogger(__name__)

ASK_S: Final = 0.25
"""Whoever wants the facts waits no longer for those that have to be asked."""
AGAIN_S: Final = 30.0
"""While one that has to be asked keeps a prompt back it is asked again after this: as long as a
hold is waited out anyway (behaviour.md, section 2)."""
_OPEN_S: Final = 2.0  # `doctor` waits no longer for what was never opened before
_KNOCKS_S: Final = (0.1, 0.5, 2.0, 5.0)
"""A server may be there some time before it answers: tried after each of these. Our own choice."""
_HASTE_S: Final = 5.0
"""What is lost sooner after it was opened is not opened again at once: it would go on so. Ours."""
_LOST: Final = ""  # no owner of a name on a bus: the bus itself was lost

_CALLS: Final[Mapping[frozenset[str], Said]] = MappingProxyType(
    {
        frozenset({"microphone"}): said(N_("microphone in use")),
        frozenset({"camera"}): said(N_("camera in use")),
        frozenset({"microphone", "camera"}): said(N_("microphone and camera in use")),
    }
)


class Holds:
    """All that the desktop holds against a prompt now; kept in memory alone, and never whose.

    Those that are subscribed to are known at any time, from what they told last. The others
    are asked only when somebody says that a prompt is due or open, and while one of them is the
    reason for silence. Unknown is no hold.
    """

    def __init__(
        self,
        bus: Callable[[], Bus],
        system: Bus,
        changed: Callable[[], None],
        *,
        speed: float = 1.0,
        topics: Callable[[Callable[[], Bus], Bus, Watcher], tuple[Topic, ...]] | None = None,
    ) -> None:
        """Open nothing before `heed`; *changed* is called from our thread.

        *bus* returns the session bus, or raises `Unavailable`.
        """
        from deskbreak.platforms.linux import holds
        from deskbreak.platforms.linux.watcher import Watcher

        self._bus = bus
        self._system = system
        self._changed = changed
        self._again_s = AGAIN_S / speed
        self._watcher = Watcher("holds", boot_s)
        made = (topics or holds.topics)(bus, system, self._watcher)
        self._seats = tuple(_Seat(topic, self._watcher, self._note) for topic in made)
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
    def reasons(self) -> Mapping[Hold, Said]:
        """What there is to say of a hold in force besides its name; any thread."""
        using = frozenset(
            seat.topic.key for seat in self._seats if seat.topic.hold is Hold.CALL and seat.answer
        )
        return {Hold.CALL: _CALLS[using]} if using in _CALLS else {}

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
        if self._watcher.is_here:
            self._ask_now()
        elif all(seat.is_told for seat in self._seats) or self._is_bus_thread:
            self._watcher.soon(self._ask_now)  # to try again what is not known, at least
        else:
            done = threading.Event()

            def ask() -> None:
                self._ask_now()
                done.set()

            self._watcher.soon(ask)
            if not done.wait(ASK_S):
                self._watcher.soon(self._note)  # the answer comes later, and is news then

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
            self._watcher.later(self._again_s, self._ask_again)
        if boot_s() >= self._tried_s + AGAIN_S and any(seat.is_unknown for seat in self._seats):
            self._tried_s = boot_s()
            self._watcher.soon(self._try_unknown)

    def _ask_again(self) -> None:
        self._will_ask = False
        self._ask_now()
        self._note()

    def _try_unknown(self) -> None:
        """Look once more for what nobody told: a service that was stuck says nothing of its return."""
        for seat in self._seats:
            if seat.is_unknown:
                seat.reopen()
        self._note()


class _Seat:
    """A topic, and the probe that serves it now; changed on the watcher's thread alone."""

    def __init__(self, topic: Topic, watcher: Watcher, note: Callable[[], None]) -> None:
        self.topic = topic
        self._watcher = watcher
        self._note = note
        self._is_on = False
        self._picked: Picked[HoldProbe] | None = None
        self._lost: Said | None = None
        self._asked: bool | None = None
        self._doorstep: Doorstep | None = None
        self._opened_s = -_HASTE_S
        self._knocks = 0  # of the last time that something appeared at the doorstep

    @property
    def _probe(self) -> HoldProbe | None:
        return None if self._picked is None else self._picked.value

    @property
    def is_told(self) -> bool:
        """Whether nobody has to be asked."""
        probe = self._probe
        return probe is None or probe.subscribed

    @property
    def answer(self) -> bool | None:
        """What is known; any thread."""
        probe = self._probe
        if probe is None:
            return None
        return probe.ask() if probe.subscribed else self._asked

    @property
    def is_unknown(self) -> bool:
        """Whether it should be known and is not."""
        return self._is_on and self.answer is None

    def ask(self) -> None:
        probe = self._probe
        if probe is not None and not probe.subscribed:
            self._asked = probe.ask()

    def switch(self, *, is_on: bool) -> None:
        if is_on is not self._is_on:
            self._is_on = is_on
            if is_on:
                self.reopen()
            else:
                self.close()

    def reopen(self) -> None:
        """Choose anew."""
        if not self._is_on:
            return
        self._let_go()
        candidates = self.topic.candidates.items()
        self._picked = pick(
            {name: functools.partial(opens, self._note, self._lose) for name, opens in candidates}
        )
        if self._picked.value is None:
            self._wait_at_doorstep()
            return
        self._lost, self._opened_s = None, boot_s()
        self.ask()
        self._leave_doorstep()

    def close(self) -> None:
        self._is_on = False
        self._let_go()
        self._leave_doorstep()

    def _let_go(self) -> None:
        if self._probe is not None:
            self._probe.close()
        self._picked, self._asked = None, None

    def _lose(self, why: Said) -> None:
        _log.info("%s is unknown: %s", self.topic.key, why)
        if boot_s() >= self._opened_s + _HASTE_S:
            self.reopen()  # perhaps only we were lost
        else:
            self._let_go()
            self._wait_at_doorstep()
        if self._probe is None:
            self._lost = why
        self._note()

    def _wait_at_doorstep(self) -> None:
        from deskbreak.platforms.linux.inotify import Doorstep
        from deskbreak.ports import Unavailable

        path = self.topic.doorstep()
        if self._doorstep is None and path is not None:
            try:
                self._doorstep = Doorstep(self._watcher, path, self._appeared)
            except Unavailable as reason:
                _log.info("%s will not be found again: %s", self.topic.key, reason)

    def _leave_doorstep(self) -> None:
        if self._doorstep is not None:
            self._doorstep.close()
            self._doorstep = None

    def _appeared(self) -> None:
        self._knocks += 1
        for knock_s in _KNOCKS_S:
            self._watcher.later(knock_s, functools.partial(self._knock, self._knocks))

    def _knock(self, knocks: int) -> None:
        if knocks == self._knocks and self._is_on and self._probe is None:
            self.reopen()
            self._note()

    # ── for doctor ─────────────────────────────────────────────────────────────────────────

    def finding(self) -> Finding:
        key, picked = self.topic.key, self._picked
        if not self._is_on:
            return Finding(key, None, ok=True, why=said(N_("switched off in the settings")))
        refused = () if picked is None else picked.refused
        if picked is None or picked.value is None:
            why = self._lost or said(N_("nothing here tells; prompts come whether or not it is so"))
            remedy = next((one.remedy for one in refused if one.remedy is not None), None)
            return Finding(key, None, False, why, remedy, refused, required=False)  # noqa: FBT003 - a row
        why_asked = None
        if not picked.value.subscribed:
            why_asked = said(N_("tells nothing by itself: asked when a prompt is due or open"))
        elif self.answer is None:
            why_asked = said(N_("has not said yet how it is"))
        return Finding(key, picked.name, True, why_asked, None, refused, required=False)  # noqa: FBT003 - a row
