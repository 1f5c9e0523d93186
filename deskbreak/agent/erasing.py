"""Erases what is recorded in files that no loop has open: beside a running agent, or without one."""

from __future__ import annotations

import logging
import os
import shutil
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import SystemClock, boot_id, last_beat_s, offset_after
from deskbreak.agent.keeper import Keeper
from deskbreak.core import engine
from deskbreak.core.forget import forgotten
from deskbreak.core.model import Log, Observed, Record, Stopped, Undo
from deskbreak.core.words import N_, said
from deskbreak.door import Door, single
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from deskbreak.storage.sharing import patiently
from deskbreak.storage.store import Store

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from deskbreak.core.model import Episode, Event, Span, State
    from deskbreak.core.words import Said
    from deskbreak.storage.files import Places
    from deskbreak.storage.store import Saved

_log: Final = logging.getLogger(__name__)
_WAIT_S: Final = 0.2
_LEFT: Final = N_("{path} could not be erased: {why}.")
_IN_USE: Final = N_("another program has it open")


def alone(before: date | None) -> list[Said] | None:
    """Erase everything in the agent's place, so that none begins meanwhile; None: one runs.

    Returns what could not be erased.

    Raises:
        Refusal: Nothing was erased.
    """
    places = files.places()
    door = Door(files.runtime_folder(places))
    if not door.claim():
        return None
    with closing(door), single(places.log.parent):
        left = elsewhere(places, before, None)
        for trace in (places.runtime / "heartbeat", places.latest):
            trace.unlink(missing_ok=True)
    return left


def elsewhere(places: Places, before: date | None, running: Path | None) -> list[Said]:
    """Erase what an agent whose history is *running* does not have open; None: there is none.

    That is the history (in an agent on trial), what a killed trial left behind, and the log, of
    which nothing is kept: it is for repairs. Returns what could not be erased.

    Raises:
        Refusal: Nothing was erased.
    """
    left = [] if running == places.history else _history(places, before)
    for folder in (places.runtime / "trial", places.runtime / "demo"):
        if running is None or not running.is_relative_to(folder):
            shutil.rmtree(folder, ignore_errors=True)
            left += [said(_LEFT, path=folder, why=said(_IN_USE))] if folder.exists() else []
    left += _log_files(places.log)
    _log.info("Erased as asked: what was recorded before %s", before or "now")
    return left


def _log_files(path: Path) -> list[Said]:
    """Empty the log, and remove the one before it. An agent goes on writing to its end."""
    older = path.with_name(f"{path.name}.1")
    left = []
    for act, at in ((_emptied, path), (_removed, older)):
        try:
            patiently(partial(act, at), _WAIT_S)
        except OSError as error:
            left.append(said(_LEFT, path=at, why=error.strerror or str(error)))
    return left


def _emptied(path: Path) -> None:
    if path.exists():
        os.truncate(path, 0)


def _removed(path: Path) -> None:
    path.unlink(missing_ok=True)


# ── the history, while no agent has it ─────────────────────────────────────────────────────


def _history(places: Places, before: date | None) -> list[Said]:
    """Do what an agent would that is started, told to erase, and ended again."""
    path = places.history
    if not path.exists() and not list(path.parent.glob(f"{path.name}*")):
        return []  # nor shall there be one
    with Store.open(path, places.latest) as store:
        saved = store.load_saved()
        current = None if saved is None else _current(places, store, saved)
        if current is None:
            problem = store.erase(before)
        else:
            keeper, state = current
            problem = keeper.erase(forgotten(state, keeper.rules, before), before)
    return [] if problem is None else [problem]


def _current(places: Places, store: Store, saved: Saved) -> tuple[Keeper, State] | None:
    """Take up what was saved and let time pass until now, with nobody at the desk.

    None where no clock tells how long that was.
    """
    run_id, then = boot_id(), saved.state.at
    same = saved.boot_id == run_id
    offset_s, is_known = offset_after(then, saved.clock_offset_s, same_boot=same, speed=1.0)
    if not is_known:
        return None
    clock = SystemClock(offset_s)
    keeper = Keeper(store, Settings.of(places), places.packs, saved, clock, run_id)
    state, now = keeper.state, clock.now()
    assert state is not None
    events: list[Event] = [Observed(now, state.facts)]
    if state.outage is None:  # it was killed
        beat_s = last_beat_s(places.runtime / "heartbeat") if same else None
        alive_s = min(max(beat_s or then.boot_s, then.boot_s), now.boot_s)
        events.insert(0, Stopped(state.at.on(alive_s)))
    return keeper, _after(keeper, state, events)


def _after(keeper: Keeper, state: State, events: Sequence[Event]) -> State:
    """Let *events* happen, and keep what that brings."""
    rows: list[Span | Episode] = []
    undo: list[Undo] = []
    for event in events:
        result = engine.step(state, event, keeper.rules)
        state = result.state
        rows += (x.span for x in result.effects if isinstance(x, Record))
        rows += (x.episode for x in result.effects if isinstance(x, Log))
        undo += (x for x in result.effects if isinstance(x, Undo))
    keeper.keep(state, rows, undo)
    return state
