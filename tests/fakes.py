"""A desk without a desktop: the real loop and store, and a person whose time the test lets pass."""

from __future__ import annotations

import gettext
import math
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final
from zoneinfo import ZoneInfo

from deskbreak.agent.clock import Clock
from deskbreak.agent.inbox import Inbox, Request
from deskbreak.agent.keeper import Keeper
from deskbreak.agent.loop import Loop
from deskbreak.core.model import Command, Facts, Hold, Moment
from deskbreak.core.timeline import duration_s
from deskbreak.core.words import said
from deskbreak.storage.layers import Settings
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from deskbreak.core.model import Episode, Event, PromptView, Span, State
    from deskbreak.core.words import Said, Words

    Act = str | Callable[[], object]
    """What happens: a time as in the timeline language ("20m work"), or anything else."""

BERLIN: Final = ZoneInfo("Europe/Berlin")
MONDAY: Final = datetime(2026, 3, 2, 9, tzinfo=BERLIN).timestamp()


class FakeClock(Clock):
    """A clock that stands still until the test moves it."""

    def __init__(self, boot_s: float = 1000.0, unix_s: float = MONDAY) -> None:
        self.offset_s = 0.0
        self.speed = 1.0
        self.at = Moment(boot_s, unix_s, BERLIN)
        self.slept = 0.0

    def boot_s(self) -> float:
        return self.at.boot_s

    def now(self) -> Moment:
        return self.at

    def slept_s(self) -> float:
        slept, self.slept = self.slept, 0.0
        return slept

    def until(self, boot_s: float) -> None:
        self.at = self.at.on(max(boot_s, self.at.boot_s))

    def set_wall(self, by_s: float) -> None:
        """Somebody moves the wall clock."""
        self.at = replace(self.at, unix_s=self.at.unix_s + by_s)


class FakePulse:
    """Remembers the look that was asked for."""

    def __init__(self) -> None:
        self.look_s: float | None = None
        self.asked: list[float | None] = []

    def look_at(self, boot_s: float | None) -> None:
        self.look_s = boot_s
        self.asked.append(boot_s)


@dataclass(slots=True)
class FakeOutside:
    """Everything around the loop, as the test wants it."""

    words: Words = field(default_factory=gettext.NullTranslations)
    marks_s: frozenset[float] = frozenset()
    redrawn: int = 0
    heartbeats: list[float] = field(default_factory=list)
    notices: list[tuple[str, str]] = field(default_factory=list)
    missing: tuple[Said, ...] = ()
    heeded: frozenset[Hold] = frozenset()
    known_reasons: Mapping[Hold, Said] = field(default_factory=dict)
    settings: list[tuple[str, str]] = field(default_factory=list)
    has_pages: bool = False
    opened: list[tuple[str, Callable[[str], None] | None]] = field(default_factory=list)
    trouble: Exception | None = None  # raised at the next redrawing, and again and again

    def watch(self, marks_s: frozenset[float]) -> None:
        self.marks_s = marks_s

    def heed(self, holds: frozenset[Hold]) -> None:
        self.heeded = holds

    def reasons(self) -> Mapping[Hold, Said]:
        return self.known_reasons

    def redraw(self) -> None:
        self.redrawn += 1
        if self.trouble is not None:
            raise self.trouble

    def heartbeat(self, boot_s: float) -> None:
        self.heartbeats.append(boot_s)

    def problems(self) -> tuple[Said, ...]:
        return self.missing

    def set(self, key: str, value: str) -> None:
        self.settings.append((key, value))

    def autostart(self) -> bool | None:
        return None

    def pages(self) -> bool:
        return self.has_pages

    def open(self, page: str, failed: Callable[[str], None] | None = None) -> None:
        self.opened.append((page, failed))

    def show(self, what: str, why: str = "") -> None:
        self.notices.append((what, why))


class FakeDelivery:
    """Shows prompts to nobody, and says at once what became of them."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self.on_screen: PromptView | None = None
        self.shown: list[PromptView] = []
        self.withdrawn = 0
        self.works = True
        self.on_show: Callable[[PromptView], object] = lambda _: None

    def show(self, view: PromptView) -> None:
        self.on_show(view)
        loop = self._desk.loop
        if not self.works:
            loop.effects.undelivered(view.episode, view.showing, said("nobody is there"))
            return
        self.on_screen = view
        self.shown.append(view)
        loop.effects.shown(view.episode, view.showing)

    def withdraw(self) -> None:
        self.on_screen = None
        self.withdrawn += 1

    def stop(self) -> None:
        self.withdraw()


class PlayedInbox(Inbox):
    """An inbox into which the next thing comes when the loop has nothing left to do."""

    def __init__(self, clock: Clock, facts: Callable[[bool], Facts]) -> None:
        super().__init__(clock, facts)
        self.play: Iterator[None] = iter(())
        self.beat_s = math.inf  # boot clock; when the loop wants to be woken for its sign of life

    def take(self, timeout_s: float | None) -> Event | Request | None:
        self.beat_s = math.inf if timeout_s is None else self._clock.boot_s() + timeout_s
        while (what := super().take(0.0)) is None:
            if self._clock.boot_s() >= self.beat_s:
                return None
            next(self.play)
        return what


class Desk:
    """The real loop, store, settings and pack, with a person at the desk.

    Two desks with one folder are the agent before and after a restart.
    """

    def __init__(
        self, folder: Path, *, clock: FakeClock | None = None, run_id: str = "one boot"
    ) -> None:
        self.clock = clock or FakeClock()
        self.file = folder / "settings.toml"
        self.path = folder / "history.db"
        self.latest = folder / "state"
        self.store = Store.open(self.path, self.latest)
        self.saved = self.store.load_saved()
        self.input_s = self.clock.boot_s()
        self.presence = "work"
        self.holds: frozenset[Hold] = frozenset()
        self.asked: frozenset[Hold] = frozenset()  # nobody tells of these: they are asked
        self._asked: frozenset[Hold] = frozenset()  # as was answered last
        self.asked_at_s: list[float] = []
        self.inbox = PlayedInbox(self.clock, self.facts)
        self.outside = FakeOutside()
        self.pulse = FakePulse()
        self.delivery = FakeDelivery(self)
        self.keeper = Keeper(
            self.store, Settings(self.file), folder / "packs", self.saved, self.clock, run_id
        )
        self.loop = Loop(self.clock, self.inbox, self.keeper, self.outside)

    # ── the person ─────────────────────────────────────────────────────────────────────────

    def facts(self, asks: bool = False) -> Facts:
        if asks:
            self.asked_at_s.append(self.clock.boot_s())
            self.holds = self.holds - self._asked | self.asked
            self._asked = self.asked
        if self.presence == "work":
            self.input_s = self.clock.boot_s()
        idle_s = None if self.presence == "unknown" else self.clock.boot_s() - self.input_s
        return Facts(idle_s, self.presence == "locked", self.presence == "asleep", self.holds)

    def run(
        self, *acts: Act, alive_s: float | None = None, known: bool = True, quits: bool = True
    ) -> None:
        """Start the agent, let all of *acts* happen, then tell it to quit (or kill it)."""
        self.inbox.play = self._played(acts, quits=quits)
        try:
            self.loop.run(self.pulse, self.delivery, alive_s, off_is_known=known)
        except _Killed:
            self.store._disk.close()  # as the kernel does it
        else:
            self.store.close()

    def _played(self, acts: tuple[Act, ...], *, quits: bool) -> Iterator[None]:
        for act in acts:
            if callable(act):
                act()
                yield
            else:
                yield from self._stretch(*act.split())
        if not quits:
            raise _Killed
        self.inbox.command(Command("quit"))
        yield

    def _stretch(self, length: str, presence: str, *holds: str) -> Iterator[None]:
        end_s = self.clock.boot_s() + duration_s(length)
        changed = (presence, frozenset(map(Hold, holds))) != (self.presence, self.holds)
        self.facts()  # input until now
        self.presence, self.holds = presence, frozenset(map(Hold, holds))
        if changed:
            self.inbox.observe()
            yield
        while self.clock.boot_s() < end_s:
            self.clock.until(min(end_s, *self._next()))
            if self.pulse.look_s is not None and self.clock.boot_s() >= self.pulse.look_s:
                self.pulse.look_s = None
                self.inbox.observe()
            elif self.clock.boot_s() - self.input_s in self.outside.marks_s:
                self.inbox.observe()
            yield
        self.facts()

    def _next(self) -> Iterator[float]:
        """Yield the instants at which the loop hears or wants something."""
        now_s = self.clock.boot_s()
        times = [self.inbox.beat_s, math.inf if self.pulse.look_s is None else self.pulse.look_s]
        if self.presence == "idle":
            times += (self.input_s + mark_s for mark_s in self.outside.marks_s)
        yield from (max(when_s, now_s) for when_s in times if when_s > now_s or when_s in times[:2])

    # ── looking ────────────────────────────────────────────────────────────────────────────

    def ask(self, name: str, argument: str = "") -> dict[str, Any]:
        """Let the running loop answer a command, now, as through the door."""
        from queue import SimpleQueue

        reply: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self.loop._serve(Request(Command(name, argument), reply))
        return reply.get_nowait()

    def rows(self) -> tuple[list[Span], list[Episode]]:
        """Return what is on the disk at this moment."""
        with Store.open(self.path, read_only=True) as store:
            known = store.known()
            return ([], []) if known is None else store.rows(*known)

    def saved_state(self) -> State:
        """Return the state that is on the disk at this moment."""
        with Store.open(self.path, self.latest, read_only=True) as store:
            saved = store.load_saved()
        assert saved is not None
        return saved.state


class _Killed(Exception):  # noqa: N818 - it reads as a statement
    """The process is gone; nothing is said any more."""
