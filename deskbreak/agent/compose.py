"""Builds the agent: clock, store, settings, desktop, loop, door."""

from __future__ import annotations

import contextlib
import logging
import shutil
import signal
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from deskbreak.agent import requests
from deskbreak.agent.clock import SystemClock, boot_id, offset_after
from deskbreak.agent.desktop import Desktop
from deskbreak.agent.inbox import Inbox
from deskbreak.agent.keeper import Keeper
from deskbreak.agent.log import log_to
from deskbreak.agent.loop import Loop
from deskbreak.core import stats
from deskbreak.core.model import Command
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.core.words import N_, Refusal, said, spoken
from deskbreak.door import Door
from deskbreak.storage import files, language
from deskbreak.storage.layers import Settings
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.words import Words
    from deskbreak.storage.files import Places

_log: Final = logging.getLogger(__name__)
_ANSWER_WITHIN_S: Final = 4.0
_WEEK: Final = timedelta(days=7)


def run(*, speed: float, debug: bool) -> int:
    """Run the agent until it is told to quit; return the exit status.

    Raises:
        Refusal: Another one runs, or it had to end.
    """
    places = files.places()
    door = Door(files.runtime_folder(places))
    if not door.claim():
        raise Refusal(said(N_("already running; “deskbreak status” tells what it does")))
    log_to(places.log, debug=debug)
    trial = None if speed == 1.0 else places.runtime / "trial"
    try:
        agent = _Agent(places, trial, speed)
        try:
            ended_well = agent.run(door)
        finally:
            agent.close()
        if trial is not None and ended_well:
            shutil.rmtree(trial, ignore_errors=True)  # while nobody else can use it yet
    except Exception:
        _log.exception("The agent could not run")
        raise
    finally:
        door.close()
    if not ended_well:
        raise Refusal(
            said(N_("deskbreak had to end, because something went wrong inside it.")),
            said(N_("What it was is in {path}"), path=places.log),
        )
    return 0


def examine(words: Words) -> dict[str, Any]:
    """Look for the parts of the desktop, and at our files, without an agent, for `doctor`."""
    places = files.places()
    settings_problems = Settings(places.settings).load().problems
    with Store.open(places.history, read_only=True) as store:
        store_problems = store.problems
    desktop = Desktop(places.runtime, words, 1.0, places.runtime / "heartbeat")
    try:
        desktop.watch_over(lambda: None)
        desktop.try_channels()
        found = desktop.findings()
        return requests.doctor_reply(found, settings_problems, store_problems, words)
    finally:
        desktop.close()


def week_from_disk(key: str, words: Words) -> dict[str, Any]:
    """Read the week that *key* names (this one) where no agent runs, for `stats`.

    Raises:
        Unreadable: *key* names none.
    """
    places = files.places()
    now, resolved = SystemClock().now(), Settings(places.settings).load()
    made, first_weekday = rules(resolved, ()), language.first_weekday()
    of = requests.parsed_week(key, first_weekday) or day_of(now, made.day_starts_s)
    on = [kind.name for kind in made.kinds if kind.enabled]
    first = stats.week_start(of, first_weekday)
    with Store.open(places.history, read_only=True) as store:
        days = store.days(first - _WEEK, first + _WEEK, on, made.day_starts_s)
        problems = store.problems
    week = stats.week(days, of, on, first_weekday=first_weekday)
    return requests.week_reply(week, problems, words)


class _Agent:
    """Everything that runs."""

    def __init__(self, places: Places, trial: Path | None, speed: float) -> None:
        """Build it, in the order in which one part needs the other."""
        folder = trial or places.data
        self._heartbeat = (trial or places.runtime) / "heartbeat"
        self._store = Store.open(folder / places.history.name)
        saved, run_id = self._store.load_saved(), _run_id(speed)
        offset_s, wall_ahead_s = 0.0, None
        self._off_is_known, self._alive_boot_s = True, None
        if saved is not None:
            then, same = saved.state.at, saved.boot_id == run_id
            offset_s, self._off_is_known = offset_after(
                then, saved.clock_offset_s, same_boot=same, speed=speed
            )
            self._alive_boot_s = _last_beat_s(self._heartbeat) if same else None
            wall_ahead_s = then.unix_s - then.boot_s if trial else None
        elif (newest := self._store.newest()) is not None:
            # The state is lost, the rows are not: time must not run over them again.
            offset_s, _ = offset_after(newest, 0.0, same_boot=False, speed=speed)
        self._clock = SystemClock(offset_s, speed, wall_ahead_s)
        self._keeper = Keeper(
            self._store, Settings(places.settings), places.packs, saved, self._clock, run_id
        )
        words = language.catalogue(self._keeper.resolved.text("language"))
        self._desktop = Desktop(places.runtime, words, speed, self._heartbeat)
        self._inbox = Inbox(self._clock, self._desktop.facts)
        self._loop = Loop(self._clock, self._inbox, self._keeper, self._desktop)
        self._ended_well = False

    def run(self, door: Door) -> bool:
        """Draw the tray, which people wait for, while the rest is being built beside it.

        Returns whether the loop came to its end by itself.
        """
        desktop = self._desktop
        desktop.draw(self._loop.look, self._inbox.command)
        self._listen_to_signals()
        work = threading.Thread(target=self._work, name="agent", daemon=True)
        work.start()
        door.open(self._answer)
        _greet(desktop.words, self._clock.speed, in_terminal=desktop.is_terminal)
        desktop.serve()
        work.join()
        return self._ended_well

    def _listen_to_signals(self) -> None:
        had_terminal = _has_terminal()

        def quit_(*_: object) -> None:
            self._inbox.command(Command("quit"))

        def hangup(*_: object) -> None:
            # Who closes the terminal in which we run means to end us; anybody else, to tell us.
            gone = had_terminal and not _has_terminal()
            self._inbox.command(Command("quit" if gone else "reload"))

        signal.signal(signal.SIGTERM, quit_)
        signal.signal(signal.SIGINT, quit_)
        if sys.platform != "win32":
            signal.signal(signal.SIGHUP, hangup)

    def _work(self) -> None:
        from deskbreak.agent.pulse import Pulse  # APScheduler takes its time to import

        desktop, loop, clock = self._desktop, self._loop, self._clock
        try:
            desktop.watch_over(self._inbox.observe)
            delivery = desktop.channels(loop.answered, loop.shown, loop.undelivered)
            delivery.start()
            pulse = Pulse(self._inbox.observe, lambda at_s: (at_s - clock.boot_s()) / clock.speed)
            pulse.start()
            known = self._off_is_known
            loop.run(pulse, delivery, self._alive_boot_s, off_is_known=known)
            pulse.close()
            self._ended_well = True
        except Exception:  # noqa: BLE001 - whatever it is, the process must not live on without a loop
            _log.exception("The agent cannot go on")
        finally:
            desktop.quit()

    def _answer(self, command: Command) -> dict[str, Any]:
        """Answer at the door, on its thread: asking the desktop takes longer than a step may."""
        if command.name == "doctor":
            keeper = self._keeper
            findings, words = self._desktop.findings(), self._desktop.words
            return requests.doctor_reply(
                findings, keeper.settings_problems, keeper.store_problems, words
            )
        reply = self._inbox.ask(command, _ANSWER_WITHIN_S)
        if reply is None:
            busy = said(N_("deskbreak is busy; try again in a moment"))
            return {"ok": False, "error": spoken(busy, self._desktop.words)}
        return reply

    def close(self) -> None:
        """Let go of everything."""
        self._desktop.close()
        self._store.close()
        with contextlib.suppress(OSError):
            self._heartbeat.unlink()


def _run_id(speed: float) -> str:
    """Name the run of the computer, and how fast the clock runs: others cannot be compared."""
    return boot_id() if speed == 1.0 else f"{boot_id()} x{speed:g}"


def _last_beat_s(heartbeat: Path) -> float | None:
    """Return the engine's clock at the last sign of life of an agent that was killed."""
    try:
        return heartbeat.stat().st_mtime
    except OSError:
        return None


def _has_terminal() -> bool:
    return sys.stdin is not None and not sys.stdin.closed and sys.stdin.isatty()


def _greet(words: Words, speed: float, *, in_terminal: bool) -> None:
    """Say in one line what runs and how to end it; where nobody reads it, nobody misses it."""
    _ = words.gettext
    if not in_terminal and _has_terminal():
        line = _("deskbreak is running. To end it: Ctrl+C, or deskbreak quit")
    elif not in_terminal:
        line = _("deskbreak is running. To end it: deskbreak quit")
    elif _has_terminal():
        line = _(
            "No desktop session was found, so deskbreak runs in this terminal: typing here counts "
            "as being at the desk, and prompts are printed here. To end it: Ctrl+C"
        )
    else:
        line = _(
            "Neither a desktop session nor a terminal was found: you count as being at the desk, "
            "and prompts are printed here. To end it: deskbreak quit"
        )
    if speed != 1.0:
        trial = _("On trial, {speed:g} times as fast, with a history of its own: {line}")
        line = trial.format(line=line, speed=speed)
    with contextlib.suppress(OSError, ValueError):
        print(line, flush=True)  # noqa: T201 - who started it by hand wants to know
