"""Builds the agent: clock, store, settings, desktop, loop, door."""

from __future__ import annotations

import contextlib
import faulthandler
import logging
import os
import shutil
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.agent import requests
from deskbreak.agent.clock import PlayedClock, SystemClock, boot_id, last_beat_s, offset_after
from deskbreak.agent.desktop import Given
from deskbreak.agent.here import open_desktop
from deskbreak.agent.inbox import Inbox
from deskbreak.agent.keeper import Keeper
from deskbreak.agent.log import log_to
from deskbreak.agent.loop import Loop
from deskbreak.agent.renewal import LOOP, Care, Renewal, own_argv
from deskbreak.agent.running import HAD_TO_END, Running, has_terminal
from deskbreak.agent.service import Service
from deskbreak.agent.watch import Watch
from deskbreak.core import timeline
from deskbreak.core.model import Command
from deskbreak.core.words import N_, Refusal, said
from deskbreak.door import Door, single
from deskbreak.storage import files, language
from deskbreak.storage.layers import Settings
from deskbreak.storage.store import Store
from deskbreak.storage.textfile import private_folder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.agent.desktop import Desktop
    from deskbreak.agent.player import Tempo
    from deskbreak.agent.pulse import Pulse
    from deskbreak.core.words import Words
    from deskbreak.storage.files import Places

_log: Final = logging.getLogger(__name__)


def run(*, speed: float, debug: bool, wish: str | None = None) -> int:
    """Run the agent until it is told to quit; return the exit status.

    *wish* is what it is told first, by an entry in a menu of programs.

    Raises:
        Refusal: Another one runs, or it had to end.
    """
    places = files.places()
    trial = None if speed == 1.0 else places.runtime / "trial"
    other = Refusal(said(N_("already running; “deskbreak status” tells what it does")))
    with _only_one(places, other, debug=debug) as door:
        is_first = trial is None and not os.path.exists(places.history)  # noqa: PTH110 - never raises
        care = Care(Watch(), Renewal(own_argv()))
        agent = _agent(places, trial, speed, care)
        greeting = [_greeting(agent.desktop, speed)]
        if trial is None and not agent.desktop.is_terminal:
            greeting += _be_found(agent.desktop.words, is_first=is_first)
        if is_first and agent.desktop.pages():
            agent.loop.inbox.command(Command("open", "welcome"))
            wish = None if wish == "show" else wish  # it shows itself
        if wish is not None:
            agent.loop.inbox.command(Command("launched", wish))
        with contextlib.closing(agent):
            ended_well = agent.run(door, "\n".join(greeting))
        if trial is not None and ended_well:
            shutil.rmtree(trial, ignore_errors=True)  # while nobody else can use it yet
    if not ended_well and care.renewal.is_allowed:
        care.renewal(LOOP)
    return _after(places, ended_well=ended_well)


def _be_found(words: Words, *, is_first: bool) -> Iterator[str]:
    """Be in the menu of programs from the first start on, unless taken out; yield what is to say."""
    from deskbreak.storage import launcher

    try:
        if not is_first:
            launcher.refresh()
        elif launcher.state().path is None:
            launcher.install()
            yield words.gettext(
                N_("It is in the menu of programs now; to take it out: deskbreak launcher remove")
            )
    except Refusal as reason:
        _log.info("deskbreak is not in the menu of programs: %s", reason)


def demo(tell: Callable[[str], None], *, debug: bool, tempo: Tempo | None = None) -> dict[str, Any]:
    """Play the bundled day in the agent's place; *tell* prints a line. Return its week.

    It has settings and a history of its own, which go when it ends.

    Raises:
        Refusal: Another agent runs, or it had to end.
    """
    places = files.places()
    folder = places.runtime / "demo"
    other = Refusal(
        said(N_("deskbreak is running, and the demo needs its place.")),
        said(N_("End it with “deskbreak quit”; start it again after the demo.")),
    )
    with _only_one(places, other, debug=debug) as door:
        shutil.rmtree(folder, ignore_errors=True)  # one that was killed leaves it behind
        try:
            agent = _demo_agent(places, folder, tell, tempo)
            with contextlib.closing(agent):
                for line in _invitation(agent.desktop):
                    tell(line)
                ended_well = agent.run(door)
                reply = requests.serve(agent.loop, Command("stats")) if ended_well else {}
        finally:
            shutil.rmtree(folder, ignore_errors=True)
    _after(places, ended_well=ended_well)
    return reply


@contextlib.contextmanager
def _only_one(places: Places, other: Refusal, *, debug: bool) -> Iterator[Door]:
    """Be the one agent meanwhile, and keep a log; where *other* is the reason, another one is."""
    with contextlib.ExitStack() as stack:
        door = Door(files.runtime_folder(places))
        if not door.claim():
            raise other
        stack.callback(door.close)
        with contextlib.suppress(Refusal):  # the log says that it has no place
            private_folder(places.log.parent)
        stack.enter_context(single(places.log.parent))
        log_to(places.log, debug=debug)
        stack.callback(setattr, threading, "excepthook", threading.excepthook)
        threading.excepthook = _log_thread
        try:
            yield door
        except Exception:
            _log.exception("The agent could not run")
            raise


def _log_thread(ended: threading.ExceptHookArgs) -> None:
    """Leave in the log why a thread has ended: nobody reads our standard error."""
    if ended.exc_value is not None:
        info = (ended.exc_type, ended.exc_value, ended.exc_traceback)
        _log.error("A thread has ended: %s", ended.thread and ended.thread.name, exc_info=info)


def _after(places: Places, *, ended_well: bool) -> int:
    if not ended_well:
        raise Refusal(
            HAD_TO_END,
            said(N_("What it was is in {path}"), path=places.log),
        )
    return 0


def _agent(places: Places, trial: Path | None, speed: float, care: Care) -> Running:
    """Build the agent in the order in which one part needs the other."""
    latest = None if trial else places.latest  # a trial's history lies in memory, too
    store = Store.open((trial or places.data) / places.history.name, latest)
    saved, run_id = store.load_saved(), _run_id(speed)
    heartbeat = (trial or places.runtime) / "heartbeat"
    offset_s, wall_ahead_s = 0.0, None
    off_is_known, alive_boot_s = True, None
    if saved is not None:
        then, same = saved.state.at, saved.boot_id == run_id
        offset_s, off_is_known = offset_after(
            then, saved.clock_offset_s, same_boot=same, speed=speed
        )
        alive_boot_s = last_beat_s(heartbeat) if same else None
        wall_ahead_s = then.unix_s - then.boot_s if trial else None
    elif (newest := store.newest()) is not None:
        # The state is lost, the rows are not: time must not run over them again.
        offset_s, _ = offset_after(newest, 0.0, same_boot=False, speed=speed)
    clock = SystemClock(offset_s, speed, wall_ahead_s)
    keeper = Keeper(store, Settings.of(places), places.packs, saved, clock, run_id)
    given = Given(
        places.runtime, keeper.words, speed, heartbeat, duty=care.watch, troubles=care.problems
    )
    desktop = open_desktop(given)
    inbox, service = Inbox(clock, desktop.facts, duty=care.watch), Service()
    loop = Loop(clock, inbox, keeper, desktop, service=service, care=care)
    if service.is_watched and sys.stderr is not None:
        faulthandler.enable()  # where it was when the service manager ended it

    def pulse() -> Pulse:
        from deskbreak.agent.pulse import Pulse  # APScheduler takes its time to import

        def real_s(at_s: float) -> float:
            return (at_s - clock.boot_s()) / clock.speed

        made = Pulse(loop.inbox.observe, real_s, care.watch)
        made.start()
        return made

    return Running(store, desktop, loop, pulse, heartbeat, alive_boot_s, off_is_known, care)


def _demo_agent(
    places: Places, folder: Path, tell: Callable[[str], None], tempo: Tempo | None = None
) -> Running:
    """Build the agent around a day that is played; nothing of the user's is read or written."""
    from deskbreak.agent.player import TEMPO, Player
    from deskbreak.platforms.played import PlayedDesk

    day = timeline.parse(files.bundled("config", "demo.timeline").read_bytes())
    clock = PlayedClock(day.start)
    store, settings = Store.open(folder / places.history.name), Settings(folder / "settings.toml")
    keeper = Keeper(store, settings, folder / "packs", None, clock, "")
    heartbeat = folder / "heartbeat"

    def say(what: timeline.Statement) -> None:
        loop.inbox.command(Command(what.verb, what.argument))

    def write_setting(key: str, value: str) -> None:
        settings.set(key, value)
        loop.inbox.command(Command("reload"))

    def changed() -> None:
        loop.inbox.observe()

    desk = PlayedDesk(day.lines, clock.boot_s, changed, say)
    words = language.catalogue()
    desktop = open_desktop(
        Given(places.runtime, words, clock.speed, heartbeat, write_setting, played=desk)
    )
    player = Player(clock, desk, tempo or TEMPO, tell)
    loop = Loop(clock, Inbox(clock, desktop.facts, player), keeper, desktop)
    player.loop = loop
    return Running(store, desktop, loop, lambda: player, heartbeat)


def _run_id(speed: float) -> str:
    """Name the run of the computer, and how fast the clock runs: others cannot be compared."""
    return boot_id() if speed == 1.0 else f"{boot_id()} x{speed:g}"


def _greeting(desktop: Desktop, speed: float) -> str:
    """Say in one line what runs and how to end it; where nobody reads it, nobody misses it."""
    _ = desktop.words.gettext
    if not desktop.is_terminal and has_terminal():
        line = _("deskbreak is running. To end it: Ctrl+C, or deskbreak quit")
    elif not desktop.is_terminal:
        line = _("deskbreak is running. To end it: deskbreak quit")
    elif has_terminal():
        line = _(
            "No desktop session was found, so deskbreak runs in this terminal: typing here counts "
            "as being at the desk, and prompts are printed here. To end it: Ctrl+C"
        )
    else:
        line = _(
            "Neither a desktop session nor a terminal was found: you count as being at the desk, "
            "and deskbreak doctor tells what shows prompts. To end it: deskbreak quit"
        )
    if speed == 1.0:
        return line
    trial = _("On trial, {speed:g} times as fast, with a history of its own: {line}")
    return trial.format(line=line, speed=speed)


def _invitation(desktop: Desktop) -> Iterator[str]:
    """Say what the demo does and how to end it."""
    _ = desktop.words.gettext
    yield _(
        "A working day in about a minute, with default settings and a history of its own; "
        "yours are neither read nor changed. To end it: Ctrl+C"
    )
    if desktop.is_terminal:
        yield _("No desktop session was found, so prompts are printed here.")
