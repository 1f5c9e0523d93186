"""What the running agent has written to a disk in an hour, beside Workrave, in three situations.

Nobody at the desk; a hand on the mouse; a hand, and three prompts an hour that are answered. Each
situation has a desktop of its own, several times over, all at the same time and in real time: when
the kernel writes a page out decides whether it counts once or twice. Prompts are asked for
(``deskbreak take``), because three an hour are wanted and not as many as fall due; what is kept of
them is the same, and the hand moves before and after.

Source of the figures: proc(5), io: write_bytes, the pages that were made to be sent to a disk. That
is of whole pages, and here, on a file system without a journal, of what it notes of files as well.
"""

from __future__ import annotations

import argparse
import contextlib
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.idle_cost import (  # noqa: E402 - above
    DESKBREAK,
    LEAVE_S,
    desk,
    move_pointer,
    sample,
)
from tests.desktop.parts import Dunst, Program, missing  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Mapping

PEER: Final = "workrave"
SHARE: Final = 1 / 10
"""The most that deskbreak may write of what Workrave writes, wherever there is somebody."""
PROMPT_S: Final = 1200.0
"""From one prompt to the next: three an hour."""
ANSWER_S: Final = 20.0
SETTLE_S: Final = 60.0
EVERY_S: Final = 5.0
NO_OTHERS: Final = "[prompts]\ndaily_cap = 0\n"
"""No prompt but those that are asked for."""


@dataclass(slots=True)
class Situation:
    """Who is there, and what each run counted: bytes of ours, bytes of the peer."""

    name: str
    is_moved: bool
    prompts: bool = False
    counted: list[tuple[int, int]] = field(default_factory=list)


SITUATIONS: Final = (
    Situation("nobody there", is_moved=False),
    Situation("input, no prompts", is_moved=True),
    Situation("input, three prompts an hour", is_moved=True, prompts=True),
)


def spend(env: Mapping[str, str], situation: Situation, minutes: float) -> None:
    """Be, or be not, at the desk for so long."""
    own, begun_s = dict(env), time.monotonic()
    end_s = begun_s + minutes * 60
    for number in range(int(minutes * 60 // PROMPT_S)) if situation.prompts else ():
        move_pointer(own, begun_s + (number + 0.5) * PROMPT_S, EVERY_S)
        said([*DESKBREAK, "take", "position"], own)
        time.sleep(ANSWER_S)
        said([*DESKBREAK, "answer", "done"], own)
    if situation.is_moved:
        move_pointer(own, end_s, EVERY_S)
    time.sleep(max(end_s - time.monotonic(), 0.0))


def said(command: list[str], env: dict[str, str]) -> None:
    """Tell the running agent something, which must work."""
    subprocess.run(command, env=env, check=True, stdout=subprocess.DEVNULL)


def run(situation: Situation, minutes: float) -> None:
    """Spend so many *minutes* on a desktop of its own, and note what was written."""
    with desk() as env, contextlib.ExitStack() as parts:
        settings = Path(env["HOME"]) / ".config" / "deskbreak" / "settings.toml"
        settings.parent.mkdir(parents=True)
        settings.write_text(NO_OTHERS, encoding="utf-8")
        parts.enter_context(Dunst(env))
        ours = parts.enter_context(Program((*DESKBREAK, "run"), env)).pid
        theirs = parts.enter_context(Program((PEER,), env)).pid
        move_pointer(env, time.monotonic() + SETTLE_S, EVERY_S)
        if not situation.is_moved:
            time.sleep(LEAVE_S)  # that somebody has gone is noted once
        first = sample(ours).written, sample(theirs).written
        spend(env, situation, minutes)
        last = sample(ours).written, sample(theirs).written
    situation.counted.append((last[0] - first[0], last[1] - first[1]))


def report(situation: Situation, hours: float) -> bool:
    """Print the medians of a situation in bytes per hour; tell whether the target is met."""
    ours, theirs = (statistics.median(run[n] for run in situation.counted) / hours for n in (0, 1))
    share = ours / theirs if theirs else 0.0
    least, most = (pick(own for own, _ in situation.counted) / hours for pick in (min, max))
    print(
        f"{situation.name:30}{ours:12,.0f}{theirs:14,.0f}{share:12.4f}   {least:,.0f} to {most:,.0f}"
    )
    return ours <= SHARE * theirs or not situation.is_moved


def main() -> None:
    """Measure, print a table, and end with 1 if the target is missed."""
    parser = argparse.ArgumentParser(description="What the agent writes, beside Workrave.")
    parser.add_argument("--minutes", type=float, default=60.0, help="how long, a multiple of 20")
    parser.add_argument("--runs", type=int, default=3, help="runs to take the medians of")
    given = parser.parse_args()
    if why := missing(PEER, "Xvfb", "dunst", "xdotool"):
        sys.exit(why)
    threads = [
        threading.Thread(target=run, args=(situation, given.minutes), daemon=True)
        for _ in range(given.runs)
        for situation in SITUATIONS
    ]
    for thread in threads:
        thread.start()
        time.sleep(1.0)  # nine desktops at once would be slow to start
    for thread in threads:
        thread.join()
    if any(len(one.counted) < given.runs for one in SITUATIONS):
        sys.exit("not every run came to its end")
    of = f"bytes per hour, medians of {given.runs} runs of {given.minutes:g} min, side by side"
    print(f"{of:30}\n{'':30}{'deskbreak':>12}{PEER:>14}{'of ' + PEER:>12}   deskbreak, each run")
    well = [report(one, given.minutes / 60) for one in SITUATIONS]
    print("all targets are met" if all(well) else f"missed: at most {SHARE:g} of {PEER}")
    if not all(well):
        sys.exit(1)


if __name__ == "__main__":
    main()
