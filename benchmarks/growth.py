"""Whether the running agent grows: memory, descriptors, threads and files over days of use.

Starts a virtual X server, a message bus, a panel and a notification service of their own, and runs
the agent on trial, which makes its hours pass as fast as `--speed` says. A hand moves the pointer
through each working stretch; every prompt is answered at the door; the menu is opened and a status
is asked for, as people do all day. Once an hour of the agent's time what the kernel counts is read.

Ends with 1 where the memory grew by more than a megabyte after the first hour, or where
descriptors, threads or temporary files did not stay as they were, give or take two.

PSS divides what is shared by those who share it, and so grows, by megabytes, when another program
ends that used the same Python. RSS does not, and nothing of ours is in the one and not in the other:
by more than RSS grew the agent did not grow.

Source of the figures: proc(5): smaps_rollup, fd, task.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.idle_cost import desk, rollup  # noqa: E402 - above
from tests.desktop.desk import Agent  # noqa: E402 - above
from tests.desktop.parts import Dunst, wait_for  # noqa: E402 - above
from tests.doubles.panel import Panel  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_MIB: Final = 1.0
"""That the memory may grow by after the first hour."""
GIVE_OR_TAKE: Final = 2
_HOUR_S: Final = 3600.0
_WORK_S: Final = 50 * 60.0  # of each hour; then the hand rests
_LOOK_S: Final = 0.25
_REST_S: Final = 60.0  # of the agent's time, at most between two moves: two minutes are an absence
_ANSWERS: Final = ("done", "done", "done", "postpone", "skip")


@dataclass(frozen=True, slots=True)
class Look:
    """What the agent has at the end of an hour."""

    hour: int
    pss_mib: float
    rss_mib: float
    anonymous_mib: float
    descriptors: int
    threads: int
    temporary: int  # files, in the folder for temporary ones
    kept_kib: float  # in the home, settings and history
    log_kib: float
    prompts: int  # answered so far


class Person:
    """Moves the pointer, answers, looks at the menu."""

    def __init__(self, agent: Agent, panel: Panel, env: dict[str, str]) -> None:
        self._agent = agent
        self._panel = panel
        self._env = env
        self._step = 0
        self.prompts = 0

    def hour(self, real_s: float) -> None:
        """Live through an hour of the agent's time, which takes *real_s*."""
        begun_s = time.monotonic()
        while (passed_s := time.monotonic() - begun_s) < real_s:
            if passed_s < real_s * _WORK_S / _HOUR_S:
                self._move()
            self._answer()
            time.sleep(min(_LOOK_S, real_s * _REST_S / _HOUR_S))
        self._panel.item().open()

    def _move(self) -> None:
        self._step += 1
        argv = ["xdotool", "mousemove", str(200 + self._step % 200), "300"]
        subprocess.run(argv, env=self._env, check=True)

    def _answer(self) -> None:
        if not self._agent.status["open"]:
            return
        choice = _ANSWERS[self.prompts % len(_ANSWERS)]
        self.prompts += bool(self._agent.ask("answer", choice).get("ok"))


def look(agent: Agent, env: dict[str, str], hour: int, prompts: int) -> Look:
    """Count what the agent has now."""
    process, mib, home = Path(f"/proc/{agent.pid}"), rollup(agent.pid), Path(env["HOME"])
    trial = Path(env["XDG_RUNTIME_DIR"]) / "deskbreak" / "trial"
    return Look(
        hour=hour,
        pss_mib=mib["Pss"],
        rss_mib=mib["Rss"],
        anonymous_mib=mib["Anonymous"],
        descriptors=len(list((process / "fd").iterdir())),
        threads=len(list((process / "task").iterdir())),
        temporary=len(list(Path(env["TMPDIR"]).iterdir())),
        kept_kib=sum(one.stat().st_size for one in trial.rglob("*") if one.is_file()) / 1024,
        log_kib=sum(one.stat().st_size for one in home.rglob("*.log*")) / 1024,
        prompts=prompts,
    )


def measured(hours: int, speed: float) -> Iterator[Look]:
    """Run the agent for *hours* of its own time; yield what it has after each."""
    with (
        tempfile.TemporaryDirectory() as temporary,
        desk() as given,
        Panel(given["DBUS_SESSION_BUS_ADDRESS"]) as panel,
        Dunst(given),
    ):
        env = {**given, "TMPDIR": temporary}
        with Agent(env, "--speed", f"{speed:g}") as agent:
            wait_for(lambda: panel.items, 10.0, "the tray item")
            person = Person(agent, panel, env)
            for hour in range(1, hours + 1):
                person.hour(_HOUR_S / speed)
                yield look(agent, env, hour, person.prompts)


def grown_mib(looks: list[Look]) -> float:
    """Return by how much the memory was more than after the first hour, at most."""
    first = looks[0]
    return max(min(one.pss_mib - first.pss_mib, one.rss_mib - first.rss_mib) for one in looks)


def missed(looks: list[Look]) -> Iterator[str]:
    """Say what grew after the first hour."""
    first = looks[0]
    if (most_mib := grown_mib(looks)) >= MOST_MIB:
        yield f"the memory grew by {most_mib:.2f} MiB, not by less than {MOST_MIB:g}"
    for name in ("descriptors", "threads", "temporary"):
        most = max(getattr(one, name) for one in looks) - getattr(first, name)
        if most > GIVE_OR_TAKE:
            yield f"{name}: {most} more than after the first hour"


def main() -> None:
    """Measure, print a table, and end with 1 if something grew."""
    parser = argparse.ArgumentParser(description="Whether the running agent grows.")
    parser.add_argument("--hours", type=int, default=72, help="of the agent's own time")
    parser.add_argument("--speed", type=float, default=60.0, help="how fast they pass (1 to 600)")
    given = parser.parse_args()
    heads = (
        "hour",
        "PSS, MiB",
        "RSS, MiB",
        "anonymous",
        "descriptors",
        "threads",
        "temporary",
        "kept, kB",
    )
    print("".join(f"{head:>12}" for head in (*heads, "log, kB", "prompts")))
    looks: list[Look] = []
    for one in measured(given.hours, given.speed):
        looks.append(one)
        if one.hour in {1, given.hours} or one.hour % max(given.hours // 12, 1) == 0:
            print(
                f"{one.hour:12}{one.pss_mib:12.2f}{one.rss_mib:12.2f}{one.anonymous_mib:12.2f}"
                f"{one.descriptors:12}{one.threads:12}{one.temporary:12}{one.kept_kib:12.0f}{one.log_kib:12.1f}"
                f"{one.prompts:12}",
                flush=True,
            )
    misses = list(missed(looks))
    print(
        f"{given.hours} h at {given.speed:g} times: {grown_mib(looks):+.2f} MiB at most after the "
        "first hour"
    )
    print("\n".join(f"missed: {one}" for one in misses) or "nothing grew")
    if misses:
        sys.exit(1)


if __name__ == "__main__":
    main()
