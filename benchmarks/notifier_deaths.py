"""What becomes of prompts when the notification service is killed, restarted and frozen.

Runs the agent with dunst under a virtual X server. In each round a prompt is wanted before, while
and after the service is away; what dunst says it displays, and the agent's own status, count.
The longest time that the agent's thread took for one event is measured inside the agent.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from tests.desktop.desk import Agent  # noqa: E402 - above
from tests.desktop.parts import Dunst, PrivateBus, XServer, wait_for  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Event

TARGET_S: Final = 2.0
"""From the return of the service to the prompt on the screen."""
BLOCKED_S: Final = 0.25
SHARE: Final = 0.99
_LOOK_S: Final = 0.02
_STAYS_S: Final = 0.3


@dataclass(slots=True)
class Tally:
    """What was counted."""

    wanted: int = 0  # prompts with a service up
    shown: int = 0  # of these, on the screen within the target
    took_s: list[float] = field(default_factory=list)  # those that had to wait for the service
    late: int = 0
    lost: int = 0  # never on the screen, and nobody was told
    untold: int = 0  # could not be shown, and the status did not say so
    twice: int = 0  # more than one on the screen


class Desk:
    """The agent, dunst, and who looks at the screen."""

    def __init__(self, env: dict[str, str], longest: Path) -> None:
        self.env = env
        self.tally = Tally()
        self.agent = Agent(env)
        self.agent.argv = [sys.executable, __file__, "--as-agent", str(longest), "run"]
        self.dunst = Dunst(env)

    def displayed(self) -> int:
        """Ask dunst how many are on the screen."""
        argv = ["dunstctl", "count", "displayed"]
        ran = subprocess.run(argv, env=self.env, capture_output=True, text=True, check=True)
        count = int(ran.stdout)
        self.tally.twice += count > 1
        return count

    def is_shown(self, since_s: float, within_s: float = 30.0) -> float | None:
        """Wait until the prompt is there and stays, and the agent knows; return how long it took."""
        while time.monotonic() < since_s + within_s:
            if self.displayed() == 1 and self.phase() == "shown":
                took_s = time.monotonic() - since_s
                time.sleep(_STAYS_S)
                if self.displayed() == 1:
                    return took_s
            time.sleep(_LOOK_S)
        return None

    def phase(self) -> str:
        """Ask the agent how the open prompt stands."""
        return str((self.agent.status["open"] or {}).get("phase"))

    def take(self, kind: str) -> None:
        """Want a prompt of *kind* now."""
        self.agent.ask("take", kind)

    def take_with_service(self, kind: str) -> None:
        """Want a prompt while the service is up, and see it."""
        began_s = time.monotonic()
        self.take(kind)
        self.tally.wanted += 1
        took_s = self.is_shown(began_s, 5.0)
        self.tally.shown += took_s is not None and took_s <= TARGET_S

    def answer(self) -> None:
        """Answer the prompt, and see it go."""
        self.agent.ask("answer", "done")
        wait_for(lambda: self.displayed() == 0, what="the prompt to go")

    def is_back(self, since_s: float) -> None:
        """Count what comes after the return of the service."""
        took_s = self.is_shown(since_s)
        self.tally.wanted += 1
        if took_s is None:
            self.tally.lost += 1
            return
        self.tally.took_s.append(took_s)
        self.tally.late += took_s > TARGET_S
        self.tally.shown += took_s <= TARGET_S

    def must_tell(self) -> None:
        """See that a prompt that cannot be shown is one that the status tells of."""
        try:
            wait_for(lambda: self.agent.status["problems"], 5.0, "the status to tell")
        except BaseException:  # noqa: BLE001 - what the test library raises is no Exception
            self.tally.untold += 1

    def killed(self, number: int) -> None:
        """Kill dunst: with a prompt on the screen, or before the next one is wanted."""
        self.take_with_service("position")
        if number % 2:
            self.answer()
        self.dunst.kill()
        if number % 2:
            self.take("stretch")
        self.must_tell()
        self.dunst.start()
        self.is_back(time.monotonic())
        self.answer()

    def frozen(self, number: int) -> None:
        """Stop dunst: for less than its three seconds, or for longer."""
        self.take_with_service("position")
        self.answer()
        os.kill(self.dunst.pid, signal.SIGSTOP)
        self.take("stretch")
        if number % 2:
            time.sleep(1.0)
        else:
            wait_for(lambda: self.phase() == "failed", 8.0, "the prompt to be given up")
            self.must_tell()
        began_s = time.monotonic()
        os.kill(self.dunst.pid, signal.SIGCONT)
        self.is_back(began_s)
        self.answer()


@contextlib.contextmanager
def desk() -> Iterator[Desk]:
    """Start everything."""
    with tempfile.TemporaryDirectory() as home, XServer() as display, PrivateBus() as bus:
        (Path(home) / "run").mkdir(mode=0o700)
        env = {
            "PATH": os.environ["PATH"],
            "HOME": home,
            "XDG_RUNTIME_DIR": f"{home}/run",
            "XDG_STATE_HOME": f"{home}/state",
            "DISPLAY": display.display,
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
            "LANG": "C.UTF-8",
        }
        built = Desk(env, Path(home) / "longest")
        with built.dunst, built.agent:
            yield built


def play(kills: int, freezes: int) -> tuple[Tally, float]:
    """Play all rounds; return what was counted, and the longest time of one event in seconds."""
    with desk() as built:
        for number in range(kills):
            built.killed(number)
        for number in range(freezes):
            built.frozen(number)
        built.agent.assert_well()
        built.agent.ask("quit")
        longest = Path(built.env["HOME"]) / "longest"
        wait_for(longest.exists, what="the agent to end")
        return built.tally, float(longest.read_text(encoding="ascii"))


def as_agent(longest: Path, argv: list[str]) -> int:
    """Be the agent, and write down the longest time that its thread took for one event."""
    from deskbreak import cli
    from deskbreak.agent.loop import Loop

    handle, took_s = Loop.handle, [0.0]

    def timed(self: Loop, event: Event) -> None:
        began_s = time.monotonic()
        try:
            handle(self, event)
        finally:
            took_s.append(time.monotonic() - began_s)

    Loop.handle = timed  # type: ignore[method-assign]  # nothing else could measure it
    status = cli.main(argv)
    part = longest.with_suffix(".part")
    part.write_text(str(max(took_s)), encoding="ascii")
    part.rename(longest)
    return status


def print_figures(tally: Tally, longest_s: float, kills: int, freezes: int) -> bool:
    """Print the counts; return whether all targets are met."""
    took_s = sorted(tally.took_s) or [0.0]
    median_s, share = took_s[len(took_s) // 2], tally.shown / tally.wanted
    print(f"service killed and restarted {kills} times, frozen {freezes} times")
    print(f"prompts wanted with a service up, or coming: {tally.wanted}")
    print(f"  shown within {TARGET_S:g} s: {tally.shown} ({share:.1%}; target {SHARE:.0%})")
    print(f"after the return of the service: median {median_s:.2f} s, longest {took_s[-1]:.2f} s")
    print(f"  later than {TARGET_S:g} s: {tally.late}")
    print(f"never shown: {tally.lost}; not told: {tally.untold}; two at a time: {tally.twice}")
    print(f"longest event on the agent's thread: {longest_s * 1000:.0f} ms", end=" ")
    print(f"(target {BLOCKED_S * 1000:.0f} ms)")
    silent = tally.late + tally.lost + tally.untold + tally.twice
    return silent == 0 and share >= SHARE and longest_s <= BLOCKED_S


def main() -> None:
    """Measure, print, and end with 1 if a target is missed."""
    if sys.argv[1:2] == ["--as-agent"]:
        sys.exit(as_agent(Path(sys.argv[2]), sys.argv[3:]))
    parser = argparse.ArgumentParser(description="What becomes of prompts without their service.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--freezes", type=int, default=20)
    given = parser.parse_args()
    tally, longest_s = play(given.kills, given.freezes)
    if not print_figures(tally, longest_s, given.kills, given.freezes):
        sys.exit(1)


if __name__ == "__main__":
    main()
