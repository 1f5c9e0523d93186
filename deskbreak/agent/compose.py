"""Builds the agent: clock, store, settings, desktop, loop, door."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import sys
import threading
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from deskbreak.agent import requests
from deskbreak.agent.clock import Clock, boot_id, offset_after
from deskbreak.agent.desktop import Desktop
from deskbreak.agent.inbox import Inbox
from deskbreak.agent.keeper import Keeper
from deskbreak.agent.loop import Loop
from deskbreak.core import stats
from deskbreak.core.model import Command
from deskbreak.core.plain import one_line
from deskbreak.core.rules import rules
from deskbreak.core.schedule import day_of
from deskbreak.core.words import N_, said, spoken
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
_MOST_LOG_BYTES: Final = 1_000_000


def run(words: Words, *, speed: float, debug: bool) -> int:
    """Run the agent until it is told to quit; return the exit status."""
    places = files.places()
    door = Door(files.runtime_folder(places))
    if not door.claim():
        line = words.gettext(N_("already running; “deskbreak status” tells what it does"))
        print(f"deskbreak: {line}", file=sys.stderr)
        return 1
    _log_to(places.log, debug=debug)
    trial = None if speed == 1.0 else places.runtime / "trial"
    agent = _Agent(places, trial, speed)
    try:
        agent.run(door)
    finally:
        agent.close()
        door.close()
    if trial is not None:
        shutil.rmtree(trial, ignore_errors=True)
    return 0


def examine(words: Words) -> dict[str, Any]:
    """Look for the parts of the desktop without an agent, for `doctor`."""
    places = files.places()
    keeper_problems = Settings(places.settings).load().problems
    desktop = Desktop(places.runtime, words, 1.0, places.runtime / "heartbeat")
    try:
        desktop.watch_over(lambda: None)
        desktop.try_channels()
        return requests.doctor_reply(desktop.findings(), keeper_problems, (), words)
    finally:
        desktop.close()


def week_from_disk(key: str, words: Words) -> dict[str, Any]:
    """Read the week that *key* names (this one) where no agent runs, for `stats`.

    Raises:
        Unreadable: *key* names none.
    """
    places = files.places()
    now, resolved = Clock().now(), Settings(places.settings).load()
    made, first_weekday = rules(resolved, ()), language.first_weekday()
    of = requests.parsed_week(key, first_weekday) or day_of(now, made.day_starts_s)
    on = [kind.name for kind in made.kinds if kind.enabled]
    first = stats.week_start(of, first_weekday)
    with Store.open(places.history, read_only=True) as store:
        days = store.days(first - _WEEK, first + _WEEK, on, made.day_starts_s)
    return requests.week_reply(stats.week(days, of, on, first_weekday=first_weekday), words)


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
        self._clock = Clock(offset_s, speed, wall_ahead_s)
        self._keeper = Keeper(
            self._store, Settings(places.settings), places.packs, saved, self._clock, run_id
        )
        words = language.catalogue(self._keeper.resolved.text("language"))
        self._desktop = Desktop(places.runtime, words, speed, self._heartbeat)
        self._inbox = Inbox(self._clock, self._desktop.facts)
        self._loop = Loop(self._clock, self._inbox, self._keeper, self._desktop)

    def run(self, door: Door) -> None:
        """Draw the tray, which people wait for, while the rest is being built beside it."""
        desktop = self._desktop
        desktop.draw(self._loop.look, self._inbox.command)
        self._listen_to_signals()
        work = threading.Thread(target=self._work, name="agent", daemon=True)
        work.start()
        door.open(self._answer)
        desktop.serve()
        work.join()

    def _listen_to_signals(self) -> None:
        def quit_(*_: object) -> None:
            self._inbox.command(Command("quit"))

        def reload(*_: object) -> None:
            self._inbox.command(Command("reload"))

        signal.signal(signal.SIGTERM, quit_)
        signal.signal(signal.SIGINT, quit_)
        if sys.platform != "win32":
            signal.signal(signal.SIGHUP, reload)

    def _work(self) -> None:
        from deskbreak.agent.pulse import Pulse  # APScheduler takes its time to import

        desktop, loop, clock = self._desktop, self._loop, self._clock
        try:
            desktop.watch_over(self._inbox.observe)
            delivery = desktop.channels(loop.answered, loop.shown, loop.undelivered)
            delivery.start()
            pulse = Pulse(
                self._inbox.observe, lambda at_s: (at_s - clock.boot_s()) / clock.speed
            )
            pulse.start()
            known = self._off_is_known
            loop.run(pulse, delivery, self._alive_boot_s, off_is_known=known)
            pulse.close()
        except BaseException:
            _log.exception("The agent cannot go on")
            raise
        finally:
            desktop.quit()

    def _answer(self, command: Command) -> dict[str, Any]:
        """Answer at the door, on its thread: asking the desktop takes longer than a step may."""
        if command.name == "doctor":
            keeper = self._keeper
            findings, words = self._desktop.findings(), self._desktop.words
            return requests.doctor_reply(findings, keeper.settings_problems, keeper.store_problems, words)
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


def _log_to(path: Path, *, debug: bool) -> None:
    """Log a handful of lines a day to *path*; a log that has grown is kept once."""
    root = logging.getLogger()
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    for chatty in ("PIL", "apscheduler", "tzlocal"):
        logging.getLogger(chatty).setLevel(logging.WARNING)
    handler: logging.Handler
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        if path.exists() and path.stat().st_size > _MOST_LOG_BYTES:
            path.replace(path.with_suffix(".log.1"))
        os.close(os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600))
        handler = logging.FileHandler(path, encoding="utf-8")
    except OSError as error:
        handler = logging.StreamHandler()
        _log.warning("No log at %s: %s", path, one_line(str(error)))
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    if debug:
        root.addHandler(logging.StreamHandler())
