"""Kill a process that writes the history, again and again, and look at what is left each time.

Run as ``python -m tests.storage.killed PATH KILLS SECONDS``; prints one line.
"""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

from deskbreak.storage.store import Store
from tests.storage.history import last_day, saved, span, taken

LONGEST_S = 0.04


def write(path: Path, acknowledge: int) -> None:
    """Keep one step after the other, and say so after each, until killed."""
    with Store.open(path) as store:
        state = store.load_saved()
        number = state.state.next_episode if state else 0
        while True:
            done = span(number / 10, (number + 1) / 10)
            number += 1
            store.append([done, taken(number, number / 10)], [], saved(done.end, number))
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
    time.sleep(lots.uniform(0, LONGEST_S))
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
        time.sleep(lots.uniform(0, 10 * LONGEST_S))
        child.kill()
        return len(first) + len(child.stdout.read())


def main(path: Path, kills: int, seconds: float) -> None:
    """Count what was lost."""
    lots, begun_s = random.Random(1), time.monotonic()  # noqa: S311 - no secret
    killed = kept = lost = damaged = 0
    while killed < kills and time.monotonic() - begun_s < seconds:
        kept += kill_one(path, lots)
        killed += 1
        if not path.exists():
            lost += kept
            continue
        with closing(sqlite3.connect(path)) as db:
            (spans,) = db.execute("SELECT count(*) FROM spans").fetchone()
            (episodes,) = db.execute("SELECT count(*) FROM episodes").fetchone()
        with Store.open(path, read_only=True) as store:  # checks its integrity
            state = store.load_saved()
            damaged += bool(store.problems)
        number = state.state.next_episode if state else 0
        damaged += not spans == episodes == number
        lost += max(0, kept - number)
        kept = number  # the step that was being written may be there without having been said
    with Store.open(path, read_only=True) as store:
        days = store.days(last_day(0), last_day(400))
    damaged += round(sum(day.desk_seconds for day in days)) != 6 * kept
    print(f"{killed} kills, {2 * kept:,} rows, {lost} rows lost, {damaged} times damaged")  # noqa: T201 - the result


if __name__ == "__main__":
    if len(sys.argv) == 2:
        write(Path(sys.argv[1]), sys.stdout.fileno())
    main(Path(sys.argv[1]), int(sys.argv[2]), float(sys.argv[3]))
