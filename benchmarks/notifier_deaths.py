"""What becomes of prompts when the notification service is killed, restarted and frozen.

Runs the agent with dunst under a virtual X server. dunst is killed at random moments: while a
prompt is on its way, on the screen, being answered, or not there yet; and is frozen for a while.
What dunst says it displays, and the agent's own status, count. The longest time that the agent's
thread was held by one event is measured inside the agent.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import random
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

from tests.desktop import held  # noqa: E402 - above
from tests.desktop.parts import Dunst, PrivateBus, XServer, wait_for  # noqa: E402 - above
from tests.doubles.notifications import NAME, PATH  # noqa: E402 - above
from tests.doubles.peer import Peer, PeerError  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tests.desktop.held import Held

TARGET_S: Final = 2.0
"""From the return of the service to the prompt on the screen."""
DROPPED_S: Final = 3.0
"""A service that does not answer is given up after that."""
SHARE: Final = 0.99
MOST_FROZEN_S: Final = 10.0
_SLACK_S: Final = 1.0
"""What a busy machine may add to `DROPPED_S`."""
_KINDS: Final = ("position", "stretch", "posture")
_PATIENT: Final = _KINDS[:2]
"""The other ends as undelivered after two minutes, and is not to come back."""
_LOOK_S: Final = 0.02
_STAYS_S: Final = 0.2
_HAND_S: Final = 30.0
"""At least so often the mouse moves: after two minutes without it nobody is there to be shown anything."""
_DIES_WITHIN_S: Final = 0.3
"""After what begins a round, at most: it takes longer than all that then happens."""


@dataclass(slots=True)
class Tally:
    """What was counted."""

    kills: int = 0
    freezes: int = 0
    wanted: int = 0  # prompts with a service up, or coming
    shown: int = 0  # of these, on the screen within the target
    took_s: list[float] = field(default_factory=list)  # those that had to wait for the service
    late: int = 0
    lost: int = 0  # never on the screen, and nobody was told
    untold: int = 0  # could not be shown, and the status did not say so
    twice: int = 0  # more than one on the screen, or one that was answered already
    stayed: int = 0  # on the screen after the answer
    dropped_s: list[float] = field(default_factory=list)  # until a frozen service was given up

    @property
    def is_well(self) -> bool:
        """Whether all that must be nothing is nothing, and enough was shown in time."""
        bad = self.lost or self.untold or self.twice or self.stayed
        return not bad and self.shown >= SHARE * self.wanted


class Desk:
    """The agent, dunst, and who looks at the screen."""

    def __init__(self, env: dict[str, str], eyes: Peer, seed: int) -> None:
        self.env = env
        self.tally = Tally()
        self.lots = random.Random(seed)  # noqa: S311 - chance, no secret
        self.agent = held.watched(env, Path(env["HOME"]) / "held")
        self.dunst = Dunst(env)
        self._eyes = eyes

    def displayed(self) -> int:
        """Ask dunst how many are on the screen; none, where there is no dunst."""
        wanted = ("org.dunstproject.cmd0", "displayedLength")
        try:
            (told,) = self._eyes.call(
                NAME, PATH, "org.freedesktop.DBus.Properties", "Get", "ss", wanted
            )
        except PeerError:
            return 0
        self.tally.twice += told[1] > 1
        return int(told[1])

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

    def take(self, kinds: Sequence[str] = _KINDS) -> None:
        """Want a prompt of one of these *kinds* now."""
        self.agent.ask("take", self.lots.choice(kinds))

    def take_with_service(self) -> None:
        """Want a prompt while the service is up, and see it."""
        began_s = time.monotonic()
        self.take()
        self._count(self.is_shown(began_s, 5.0))

    def is_back(self, since_s: float) -> None:
        """Count what comes after the return of the service."""
        took_s = self.is_shown(since_s)
        self.tally.lost += took_s is None
        self._count(took_s)
        if took_s is not None:
            self.tally.took_s.append(took_s)

    def _count(self, took_s: float | None) -> None:
        in_time = took_s is not None and took_s <= TARGET_S
        self.tally.wanted += 1
        self.tally.shown += in_time
        self.tally.late += took_s is not None and not in_time

    def answer(self) -> None:
        """Answer the prompt, and see it go."""
        self.agent.ask("answer", "done")
        until_s = time.monotonic() + TARGET_S
        while self.displayed():
            if time.monotonic() > until_s:
                self.tally.stayed += 1
                self.dunst.kill()  # or each round after this one would count it again
                self.dunst.start()
                return
            time.sleep(_LOOK_S)

    def must_tell(self) -> None:
        """See that a prompt that cannot be shown is one that the status tells of."""
        try:
            wait_for(lambda: self.agent.status["problems"], 5.0, "the status to tell")
        except BaseException:  # noqa: BLE001 - what the test library raises is no Exception
            self.tally.untold += 1

    def stay(self) -> None:
        """Move the mouse: after five minutes without input a prompt counts as taken by rest."""
        step = "9" if (self.tally.kills + self.tally.freezes) % 2 else "-9"
        move = ("xdotool", "mousemove_relative", "--", step, "0")
        subprocess.run(move, env=self.env, check=True)

    # ── rounds ─────────────────────────────────────────────────────────────────────────────

    def killed(self) -> None:
        """Kill dunst at a random moment of one of the four stories, and bring it back."""
        stories = (self._on_its_way, self._on_the_screen, self._before_it, self._in_the_answer)
        self.tally.kills += 1
        self.lots.choice(stories)()
        self.stay()

    def _on_its_way(self) -> None:
        self.take()
        self._die_and_return()
        self.is_back(time.monotonic())
        self.answer()

    def _on_the_screen(self) -> None:
        self.take_with_service()
        self._die_and_return()
        self.is_back(time.monotonic())
        self.answer()

    def _before_it(self) -> None:
        self.dunst.kill()
        self.take()
        self.must_tell()
        self.dunst.start()
        self.is_back(time.monotonic())
        self.answer()

    def _in_the_answer(self) -> None:
        self.take_with_service()
        self.agent.ask("answer", "done")
        self._die_and_return()
        time.sleep(_STAYS_S)
        self.tally.twice += self.displayed()

    def _die_and_return(self) -> None:
        time.sleep(self.lots.uniform(0.0, _DIES_WITHIN_S))
        self.dunst.kill()
        time.sleep(self.lots.choice((0.0, self.lots.uniform(0.0, 1.0))))
        self.dunst.start()

    def frozen(self, frozen_s: float) -> None:
        """Stop dunst for *frozen_s*; what it is given meanwhile is there once when it wakes."""
        self.tally.freezes += 1
        with stopped(self.dunst.pid):
            began_s = time.monotonic()
            self.take(_KINDS if frozen_s <= MOST_FROZEN_S else _PATIENT)
            while time.monotonic() < began_s + frozen_s:
                if self.phase() == "failed":
                    self.tally.dropped_s.append(time.monotonic() - began_s)
                    self.must_tell()
                    break
                time.sleep(_LOOK_S)
            else:
                self.tally.untold += frozen_s > DROPPED_S + _SLACK_S
            while (left_s := began_s + frozen_s - time.monotonic()) > 0:
                time.sleep(min(left_s, _HAND_S))
                self.stay()
        self.is_back(time.monotonic())
        self.answer()
        self.stay()


@contextlib.contextmanager
def stopped(pid: int) -> Iterator[None]:
    """Let a process do nothing meanwhile."""
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@contextlib.contextmanager
def desk(seed: int) -> Iterator[Desk]:
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
        with Peer(bus.address) as eyes:
            built = Desk(env, eyes, seed)
            with built.dunst, built.agent:
                yield built


def play(rounds: Sequence[Callable[[Desk], None]], seed: int = 1) -> tuple[Tally, Held]:
    """Play all *rounds*; return what was counted, and how long the agent's thread was held."""
    with desk(seed) as built:
        for one in rounds:
            one(built)
        return built.tally, held.ended(built.agent, Path(built.env["HOME"]) / "held")


def kills(count: int) -> list[Callable[[Desk], None]]:
    """Return so many rounds in which the service is killed."""
    return [Desk.killed] * count


def freezes(lengths_s: Sequence[float]) -> list[Callable[[Desk], None]]:
    """Return rounds in which the service is frozen, each for so long."""

    def round_of(frozen_s: float) -> Callable[[Desk], None]:
        return lambda built: built.frozen(frozen_s)

    return [round_of(frozen_s) for frozen_s in lengths_s]


def lengths_s(count: int, seed: int = 1) -> list[float]:
    """Return how long the service is frozen in each of *count* rounds: 1 s to 10 s."""
    lots = random.Random(seed)  # noqa: S311 - chance, no secret
    return [lots.uniform(1.0, MOST_FROZEN_S) for _ in range(count)]


def figures(tally: Tally) -> str:
    """Tell in one line what was counted."""
    took_s = sorted(tally.took_s) or [0.0]
    share = tally.shown / max(tally.wanted, 1)
    back = f"back after {took_s[len(took_s) // 2]:.2f} s (median), {took_s[-1]:.2f} s at most"
    dropped = f"; given up after {max(tally.dropped_s):.2f} s at most" if tally.dropped_s else ""
    return (
        f"{tally.shown} of {tally.wanted} ({share:.1%}) shown within {TARGET_S:g} s, "
        f"{tally.lost} lost, {tally.untold} untold, {tally.twice} twice, "
        f"{tally.stayed} after the answer; {back}{dropped}"
    )


def main() -> None:
    """Measure, print, and end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="What becomes of prompts without their service.")
    parser.add_argument("--kills", type=int, default=50)
    parser.add_argument("--freezes", type=int, default=20)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    rounds = kills(given.kills) + freezes(lengths_s(given.freezes, given.seed))
    tally, thread = play(rounds, given.seed)
    print(f"service killed {tally.kills} times, frozen {tally.freezes} times, seed {given.seed}")
    print(figures(tally), thread, sep="\n")
    if not tally.is_well or thread.longest_s > held.LIMIT_S:
        sys.exit(1)


if __name__ == "__main__":
    main()
