"""Everything that runs: the threads of the agent, its door, and how it ends."""

from __future__ import annotations

import contextlib
import logging
import os
import signal
import sys
import threading
from dataclasses import field
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from deskbreak import __version__
from deskbreak.agent import findings, requests
from deskbreak.agent.renewal import LOOP, Care, Renewal
from deskbreak.agent.signals import heard
from deskbreak.agent.watch import Watch, alarm
from deskbreak.core import timeline
from deskbreak.core.model import Command
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.agent.desktop import Desktop
    from deskbreak.agent.loop import Loop
    from deskbreak.agent.player import Player
    from deskbreak.agent.pulse import Pulse
    from deskbreak.core.reports import Finding
    from deskbreak.door import Door
    from deskbreak.storage.store import Store

_log: Final = logging.getLogger(__name__)
HAD_TO_END: Final = said(N_("deskbreak had to end, because something went wrong inside it."))
_ANSWER_WITHIN_S: Final = 4.0
_HUNG_S: Final = 2.0
"""`doctor` waits no longer where something hangs. Our own choice."""
_LEAVES_WITHIN_S: Final = 5.0
"""So long the tray may take to end, once the loop has. Our own choice."""


@quick_dataclass(frozen=True, slots=True)
class Running:
    """An agent, built and ready to run."""

    store: Store
    desktop: Desktop
    loop: Loop
    pulse: Callable[[], Pulse | Player]
    heartbeat: Path
    alive_boot_s: float | None = None
    off_is_known: bool = True
    care: Care = field(default_factory=lambda: Care(Watch(), Renewal(())))

    def run(self, door: Door, greeting: str = "") -> bool:
        """Draw the tray, which people wait for, while the rest is being built beside it.

        *greeting* is printed when everything is open.

        Returns whether the loop came to its end by itself.
        """
        desktop, ended_well, served = self.desktop, threading.Event(), threading.Event()
        rings, ringing = alarm(self.care.watch)
        desktop.at_end_of_session(lambda: self._end_now(ended_well))
        desktop.draw(self.loop.look, self.loop.inbox.command, self.loop.tell)
        with heard(self._signals() | ringing):
            self.care.watch.begin(rings, self._noticed)
            work = threading.Thread(
                target=self._work, args=(ended_well, served), name=LOOP, daemon=True
            )
            work.start()
            door.open(self._answer, self.care.watch.lasts)
            self.loop.at_beat = partial(self._see_to, door)
            if greeting:
                with contextlib.suppress(OSError, ValueError):
                    print(greeting, flush=True)  # noqa: T201 - who started it by hand wants to know
            desktop.serve()
            served.set()
            work.join()
        return ended_well.is_set()

    def _end_now(self, ended_well: threading.Event) -> None:
        """Have the loop end, and wait until all is kept: this process is about to be killed."""
        self.loop.inbox.command(Command("quit"))
        ended_well.wait(_ANSWER_WITHIN_S)

    def _signals(self) -> dict[int, Callable[[], None]]:
        had_terminal = has_terminal()

        def quit_() -> None:
            self.loop.inbox.command(Command("quit"))

        def hangup() -> None:
            # Who closes the terminal in which we run means to end us; anybody else, to tell us.
            gone = had_terminal and not has_terminal()
            self.loop.inbox.command(Command("quit" if gone else "reload"))

        wanted: dict[int, Callable[[], None]] = {signal.SIGTERM: quit_, signal.SIGINT: quit_}
        if sys.platform != "win32":
            wanted[signal.SIGHUP] = hangup
        return wanted

    def _noticed(self) -> None:
        """A thread of ours does not go on, or does again; on whichever thread found it out."""
        if LOOP in self.care.watch.parts and self.care.will_renew:
            self.care.renew()
        self.loop.inbox.wake()  # it sees to a new start at the next quiet moment
        self.desktop.redraw()

    def _work(self, ended_well: threading.Event, served: threading.Event) -> None:
        desktop, loop = self.desktop, self.loop
        try:
            desktop.watch_over(loop.inbox.observe)
            desktop.watch_files(loop.keeper.places, loop.inbox.wake)
            delivery = desktop.channels(
                loop.effects.answered, loop.effects.shown, loop.effects.undelivered
            )
            delivery.start()
            pulse = self.pulse()
            loop.run(pulse, delivery, self.alive_boot_s, off_is_known=self.off_is_known)
            self.care.watch.end()
            pulse.close()
            ended_well.set()
        except Exception:  # noqa: BLE001 - whatever it is, the process must not live on without a loop
            _log.exception("The agent cannot go on")
        finally:
            self.care.watch.end()
            if not ended_well.is_set() and not self.care.renewal.is_allowed:
                desktop.show_end(spoken(HAD_TO_END, desktop.words))
            desktop.quit()
            if not served.wait(_LEAVES_WITHIN_S):
                self._leave(ended_well=ended_well.is_set())

    def _leave(self, *, ended_well: bool) -> None:
        """End in spite of a tray that does not: what is kept is on the disk already."""
        _log.warning("The tray does not end; deskbreak ends without it")
        self.desktop.ways.close()
        if not ended_well and self.care.renewal.is_allowed:
            self.care.renewal(LOOP)
        os._exit(0 if ended_well else 1)

    def _see_to(self, door: Door) -> None:
        """Be found again where somebody tidied our folder away, as cleaners of passing files do.

        Who was started meanwhile is the one agent now: two would write one history.
        """
        if door.stands():
            return
        try:
            files.runtime_folder(files.places())
            is_ours = door.make_anew()
        except Refusal as reason:
            _log.debug("No command reaches deskbreak: %s", reason)  # the next beat tries again
            return
        if is_ours:
            _log.warning("The runtime folder was removed; commands reach deskbreak again")
        else:
            _log.warning(
                "The runtime folder was removed, and another deskbreak runs; this one ends"
            )
            self.loop.inbox.command(Command("quit"))

    def _answer(self, command: Command) -> dict[str, Any]:
        """Answer at the door, which one command that fails must not close."""
        try:
            with self.care.watch.busy():
                return self._answered(command)
        except Exception:  # noqa: BLE001 - a fence, as the loop has one
            _log.exception("This command was not answered: %s", command.name)
            return requests.failed(self.desktop.words)

    def _answered(self, command: Command) -> dict[str, Any]:
        """Answer on the door's thread: asking the desktop takes longer than a step may."""
        words = self.desktop.words
        if command.name == "doctor":
            keeper, parts = self.loop.keeper, self._findings()
            return requests.doctor_reply(
                (*parts, findings.door(__version__, None), *self.care.findings()),
                keeper.resolved,
                keeper.pack,
                findings.of_history(self.store),
                words,
            )
        left = self._erase_elsewhere(command) if command.name == "erase" else []
        reply = self.loop.inbox.ask(command, _ANSWER_WITHIN_S)
        if reply is not None and left:
            reply["problems"] = [*reply.get("problems", []), *left]
        if reply is None:
            busy = said(N_("deskbreak is busy; try again in a moment"))
            why = next(iter(self.care.problems()), busy)
            return {"ok": False, "error": spoken(why, words)}
        return reply

    def _findings(self) -> tuple[Finding, ...]:
        """Ask every part; where one of our threads hangs, some may never answer."""
        if not self.care.watch.parts:
            return self.desktop.findings()
        found: list[Finding] = []
        asking = threading.Thread(
            target=lambda: found.extend(self.desktop.findings()), name="findings", daemon=True
        )
        asking.start()
        asking.join(_HUNG_S)
        return tuple(found)

    def _erase_elsewhere(self, command: Command) -> list[str]:
        """Erase what the loop does not have open; return what could not be erased."""
        from deskbreak.agent import erasing  # seldom wanted

        try:
            before = requests.parsed_day(command.argument)
        except timeline.Unreadable:
            return []  # the loop says so
        left = erasing.elsewhere(files.places(), before, self.store.path)
        return [spoken(problem, self.desktop.words) for problem in left]

    def close(self) -> None:
        """Let go of everything."""
        self.desktop.close()
        self.store.close()
        with contextlib.suppress(OSError):
            self.heartbeat.unlink()


def has_terminal() -> bool:
    """Whether a person at a terminal started us, and it is still there."""
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()
