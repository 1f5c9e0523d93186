"""Kill a process that writes the history, again and again, and look at what is left each time.

Run as ``python -m tests.storage.killed FOLDER KILLS``; prints one line of JSON.
"""

from __future__ import annotations

import json
import os
import random
import select
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Final

from deskbreak.storage.store import Store
from tests.storage.history import last_day, saved, span, taken

_OPENING_S: Final = 0.03
"""About as long as a store takes to open: one kill in four comes in that time."""
_WRITING_S: Final = 0.08
"""The others come within this time from the first step on."""
_AT_ONCE: Final = 20
"""So many spans, and as many episodes, are kept in one step: a disk is waited for every few steps."""
_KILLS_OF_ONE: Final = 50
"""Then another history is begun: all of it is read after each kill."""


@dataclass(slots=True)
class Tally:
    """What came of it."""

    kills: int = 0
    rows: int = 0  # that were acknowledged
    lost: int = 0
    damaged: int = 0  # not whole, not what the rows add up to, or with something to say
    opening: int = 0  # kills before the first step was acknowledged


def write(path: Path, acknowledge: int) -> None:
    """Keep one step after the other, and say so after each, until killed."""
    with Store.open(path) as store:
        state = store.load_saved()
        number = state.state.next_episode if state else 0
        while True:
            new = range(number + 1, number + _AT_ONCE + 1)
            number += _AT_ONCE
            done = [span((n - 1) / 100, n / 100) for n in new]
            ends = [taken(n, n / 100) for n in new]
            store.append([*done, *ends], [], saved(done[-1].end, number))
            os.write(acknowledge, b".")


def kill_one(path: Path, lots: random.Random) -> int:
    """Let a process write for a moment; return how many steps it said to have kept."""
    if sys.platform == "win32":
        return _kill_program(path, lots)
    ours, theirs = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(ours)
        write(path, theirs)
    os.close(theirs)
    if lots.random() < 0.25:
        time.sleep(lots.uniform(0, _OPENING_S))
    else:
        select.select([ours], [], [], 10.0)
        time.sleep(lots.uniform(0, _WRITING_S))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    with os.fdopen(ours, "rb") as pipe:
        return len(pipe.read())


def _kill_program(path: Path, lots: random.Random) -> int:
    """Do the same where there is no fork: start a program, and kill it once it writes."""
    command = [sys.executable, "-m", "tests.storage.killed", str(path)]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as child:
        assert child.stdout is not None
        first = child.stdout.read(1)
        time.sleep(lots.uniform(0, 4 * _WRITING_S))
        child.kill()
        return len(first) + len(child.stdout.read())


def kill_some(path: Path, kills: int, lots: random.Random, tally: Tally) -> None:
    """Kill the writers of one history, and count what was lost of it."""
    kept = 0
    for _ in range(kills):
        steps = kill_one(path, lots)
        tally.kills += 1
        tally.rows += 2 * _AT_ONCE * steps
        tally.opening += not steps
        kept += _AT_ONCE * steps
        number = _found(path, tally) if path.exists() else 0
        tally.lost += 2 * max(0, kept - number)
        kept = number  # the step that was being written may be there without having been said
    with Store.open(path, read_only=True) as store:
        days = store.days(last_day(0), last_day(400))
    tally.damaged += abs(sum(day.desk_seconds for day in days) - 0.6 * kept) > 0.1


def _found(path: Path, tally: Tally) -> int:
    """Return how many steps are there; note what does not fit together."""
    with closing(sqlite3.connect(path)) as db:
        (spans,) = db.execute("SELECT count(*) FROM spans").fetchone()
        (episodes,) = db.execute("SELECT count(*) FROM episodes").fetchone()
    with Store.open(path, read_only=True) as store:  # checks its integrity
        state = store.load_saved()
        tally.damaged += bool(store.problems)
    number = state.state.next_episode if state else 0
    tally.damaged += not spans == episodes == number
    return number


def main(folder: Path, kills: int) -> None:
    """Count what was lost."""
    lots, tally = random.Random(1), Tally()  # noqa: S311 - no secret
    for first in range(0, kills, _KILLS_OF_ONE):
        path = folder / str(first) / "history.db"
        kill_some(path, min(_KILLS_OF_ONE, kills - first), lots, tally)
    print(json.dumps(asdict(tally)))  # noqa: T201 - the result


if __name__ == "__main__":
    if len(sys.argv) == 2:
        write(Path(sys.argv[1]), sys.stdout.fileno())
    main(Path(sys.argv[1]), int(sys.argv[2]))
