"""What every desktop offers the agent, whatever the system."""

from __future__ import annotations

import abc
import logging
import os
import sys
import threading
from dataclasses import field
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.agent import launch
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_
from deskbreak.ports import Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from deskbreak.agent.delivery import Delivery
    from deskbreak.agent.panel import Tell
    from deskbreak.core.model import Facts, Hold
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said, Words
    from deskbreak.platforms.played import PlayedDesk
    from deskbreak.ports import Duty, Look, OnAnswer, OnCommand

_log: Final = logging.getLogger(__name__)
_SHOWN_S: Final = 1.0
"""So long a notification has to come up before we end. Our own choice."""


class Presence(Protocol):
    """What tells whether the person is there."""

    def facts(self, holds: frozenset[Hold]) -> Facts:
        """Ask every part, now."""
        ...

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        ...


class Holds(Protocol):
    """What keeps prompts back."""

    def heed(self, holds: frozenset[Hold]) -> None:
        """Let only these count."""
        ...

    def in_force(self, *, asks: bool) -> frozenset[Hold]:
        """Return what is in force now; with *asks* a prompt hangs on it."""
        ...

    @property
    def reasons(self) -> Mapping[Hold, Said]:
        """What there is to say of a hold in force besides its name."""
        ...


class Panel(Protocol):
    """Where people reach the agent."""

    def draw(self, look: Look, on_command: OnCommand, tell: Tell) -> None:
        """Prepare the tray; `run` draws it."""
        ...

    def run(self) -> None:
        """Serve clicks on the calling (main) thread until `stop`; without a tray return at once."""
        ...

    def refresh(self) -> None:
        """What is shown may have changed."""
        ...

    def show(self, why: str = "") -> None:
        """Say how things stand."""
        ...

    def show_week(self) -> None:
        """Say how the week went."""
        ...

    def show_end(self, why: str) -> None:
        """Say that deskbreak ends, and *why*."""
        ...

    def autostart(self) -> bool | None:
        """Whether deskbreak starts at login; None where that cannot be known."""
        ...

    def stop(self) -> None:
        """End `run`."""
        ...


class Ways(Protocol):
    """What shows prompts."""

    def open(
        self,
        on_answer: OnAnswer,
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
    ) -> Delivery:
        """Return what shows prompts, the best way first; its thread has not begun."""
        ...

    def try_all(self) -> None:
        """Find out which of them works; show nothing, and take no answers."""
        ...

    def close(self) -> None:
        """Let go of all."""
        ...


@quick_dataclass(frozen=True, slots=True)
class Given:
    """What a desktop is made from."""

    runtime: Path
    words: Words
    speed: float
    heartbeat: Path
    write_setting: Callable[[str, str], None] = launch.write_setting
    played: PlayedDesk | None = None  # stands in for what reports, and not for what shows
    duty: Duty = field(default_factory=Unwatched)
    troubles: Callable[[], tuple[Said, ...]] = tuple  # what is wrong with ourselves


class Desktop(abc.ABC):
    """The parts of the desktop that were found here, opened and watched over.

    Each system has its own subclass, which says what the parts are.
    """

    is_terminal: bool
    """There is no desktop: idle time is that of the terminal, prompts are printed."""
    ways: Ways
    _presence: Presence
    _panel: Panel
    _holds: Holds | None = None

    def __init__(self, given: Given) -> None:
        """Open nothing yet."""
        self.words = given.words
        self._given = given
        self._over = threading.Event()
        self._can_show_pages: bool | None = None  # until somebody asks
        self._ended: Callable[[], None] = lambda: None

    @abc.abstractmethod
    def watch_over(self, changed: Callable[[], None]) -> None:
        """Open what reports: idle time, session, holds. *changed* is called from any thread."""

    @abc.abstractmethod
    def watch_files(self, paths: Sequence[Path], changed: Callable[[], None]) -> None:
        """Call *changed*, from any thread, soon after something happens at *paths*.

        Where nothing tells, it is never called: the loop looks by itself at each heartbeat.
        """

    @abc.abstractmethod
    def close(self) -> None:
        """Let go of everything."""

    @abc.abstractmethod
    def findings(self) -> tuple[Finding, ...]:
        """Tell of each part what was chosen, what was refused and why, and what helps."""

    @abc.abstractmethod
    def problems(self) -> tuple[Said, ...]:
        """What a person misses right now. Asks nobody: it is wanted at every look."""

    # ── opening ────────────────────────────────────────────────────────────────────────────

    def at_end_of_session(self, ended: Callable[[], None]) -> None:
        """Let *ended* be called, and waited for, when the session ends. Before `watch_over`.

        Where a signal says so, as on Linux and macOS, it never is.
        """
        self._ended = ended

    def channels(
        self,
        on_answer: OnAnswer,
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
    ) -> Delivery:
        """Return what shows prompts, the best way first; its thread has not begun."""
        return self.ways.open(on_answer, shown, undelivered)

    def try_channels(self) -> None:
        """Find out which way of showing prompts works, show nothing, and take no answers."""
        self.ways.try_all()

    def draw(self, look: Look, on_command: OnCommand, tell: Tell) -> None:
        """Prepare the tray; `serve` draws it."""
        self._panel.draw(look, on_command, tell)

    def serve(self) -> None:
        """Stay on the calling (main) thread until `quit`: the tray wants it."""
        self._panel.run()
        self._over.wait()

    # ── what the loop asks ─────────────────────────────────────────────────────────────────

    def facts(self, asks: bool = False) -> Facts:  # noqa: FBT001, FBT002 - as the inbox calls it
        """Ask every part, now; with *asks* also those of which only asking tells what holds."""
        return self._presence.facts(self._holds.in_force(asks=asks) if self._holds else frozenset())

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        self._presence.watch(marks_s)

    def heed(self, holds: frozenset[Hold]) -> None:
        """Let only these holds count, as the settings say."""
        if self._holds is not None:
            self._holds.heed(holds)

    def reasons(self) -> Mapping[Hold, Said]:
        """Return what there is to say of a hold in force besides its name."""
        return {} if self._holds is None else self._holds.reasons

    def redraw(self) -> None:
        """What the tray shows may have changed."""
        self._panel.refresh()

    def show(self, what: str, why: str = "") -> None:
        """Say how things stand, or how the week went (``stats``), in a notification."""
        if what == "stats":
            self._panel.show_week()
        else:
            self._panel.show(why)

    def pages(self) -> bool:
        """Whether pages can be shown here; looks once, for it is wanted at every look."""
        if self._can_show_pages is None:
            is_real = not self.is_terminal and self._given.played is None
            self._can_show_pages = is_real and launch.can_show_pages()
        return self._can_show_pages

    def open(self, page: str, failed: Callable[[str], None] | None = None) -> None:
        """Open *page* in a browser; returns at once. *failed* hears why it is not shown, or it is said."""
        unknown = self.words.gettext(N_("The page could not be opened; the log says more."))
        told = failed or (lambda why: self.show("", why or unknown))
        launch.open_page(page, told)

    def heartbeat(self, boot_s: float) -> None:
        """Stamp a file in the runtime folder with the engine's clock."""
        path = self._given.heartbeat
        try:
            path.touch(mode=0o600)
            os.utime(path, (boot_s, boot_s))
        except OSError as error:
            _log.debug("No sign of life could be left: %s", error)

    def set(self, key: str, value: str) -> None:
        """Write one setting, or whether deskbreak starts at login; returns at once."""
        if key == "autostart":
            launch.set_autostart(enabled=value == "true", done=self.redraw)
        else:
            self._given.write_setting(key, value)

    def autostart(self) -> bool | None:
        """Whether deskbreak starts at login; None where that is not to be changed."""
        return None if self._given.played is not None else self._panel.autostart()

    def show_end(self, why: str) -> None:
        """Say that deskbreak ends, and *why*; returns when that has had time to be seen to."""
        self._panel.show_end(why)
        self._over.wait(_SHOWN_S)

    def quit(self) -> None:
        """The loop has ended: so may `serve`."""
        self._over.set()
        self._panel.stop()


def is_read() -> bool:
    """Whether somebody reads what is printed."""
    return sys.stdout is not None and sys.stdout.isatty()
