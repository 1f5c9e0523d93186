"""What the running agent costs between events: on X11, on GNOME's mutter and on sway.

Starts each desktop that is installed here, without a screen, with a message bus, a notification
service, a panel and a logind of its own, runs the agent there, types for a while, then leaves it
alone, and prints what the kernel counted. All of them run at the same time, so that their agents
share some memory, which PSS divides among them; --only shows what one costs alone.

Source of the figures: proc(5): smaps_rollup (PSS), status (context switches, of all threads).
"""

from __future__ import annotations

import argparse
import contextlib
import os
import sys
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.idle_cost import memory, sample  # noqa: E402 - above
from tests.desktop.desk import Agent, finding, wait_until  # noqa: E402 - above
from tests.desktop.desks import Mutter, Sway  # noqa: E402 - above
from tests.desktop.matrix import NEEDS  # noqa: E402 - above
from tests.desktop.parts import PrivateBus, Program, XServer, missing  # noqa: E402 - above
from tests.doubles.logind import Login, Logind  # noqa: E402 - above
from tests.doubles.notifications import NotificationServer  # noqa: E402 - above
from tests.doubles.panel import Panel  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    Type = Callable[[float], contextlib.AbstractContextManager[object]]
    """Types for so many seconds, as long as the block lasts."""

ENVIRONMENTS: Final = ("x11", "mutter", "sway")
KEY_S: Final = 0.4
AWAY_S: Final = 30.0  # the shortest that the settings allow
SETTLE_S: Final = 10.0
TARGETS: Final = {"idle": 0.0, "typing": 2.0, "pss_mib": 28.0}
"""Context switches in 60 s, and MiB."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What an agent cost on one desktop; context switches are those of 60 s."""

    chosen: str  # the idle source
    typing: float
    idle: float
    pss_mib: float
    threads: int


@contextlib.contextmanager
def x11(env: dict[str, str]) -> Iterator[Type]:
    """Start an X server; xdotool types."""
    with XServer() as server:
        env["DISPLAY"] = server.display

        def type_(seconds: float) -> Program:
            argv = ["xdotool"]
            for _ in range(int(seconds / KEY_S) + 1):
                argv += ["key", "a", "sleep", str(KEY_S)]
            return Program(argv, env)

        yield type_


@contextlib.contextmanager
def mutter(env: dict[str, str], bus: PrivateBus) -> Iterator[Type]:
    """Start mutter; a remote hand types."""
    with Mutter(bus) as running:
        env["WAYLAND_DISPLAY"] = str(running.runtime / "wayland-9")

        @contextlib.contextmanager
        def type_(_seconds: float) -> Iterator[None]:
            over = threading.Event()

            def work() -> None:
                while not over.wait(KEY_S):
                    running.touch()

            hand = threading.Thread(target=work)
            hand.start()
            try:
                yield
            finally:
                over.set()
                hand.join()

        yield type_


@contextlib.contextmanager
def sway(env: dict[str, str]) -> Iterator[Type]:
    """Start sway; wtype types, one keyboard for all of it."""
    with Sway() as running:
        env["WAYLAND_DISPLAY"] = running.path

        def type_(seconds: float) -> Program:
            keys = "a" * (int(seconds / KEY_S) + 1)
            argv = [*running.as_nobody, "wtype", "-d", str(int(1000 * KEY_S)), keys]
            return Program(argv, {**(running.env or {}), "WAYLAND_DISPLAY": running.path})

        yield type_


def measured(environment: str, seconds: float) -> Cost:
    """Run the agent in *environment*, *seconds* with somebody typing and *seconds* without."""
    with contextlib.ExitStack() as stack:
        home = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        bus, system = stack.enter_context(PrivateBus()), stack.enter_context(PrivateBus())
        env = _environment(home, bus, system)
        desktops = {"x11": lambda: x11(env), "mutter": lambda: mutter(env, bus)}
        type_ = stack.enter_context(desktops.get(environment, lambda: sway(env))())
        for server in (NotificationServer(bus.address), Panel(bus.address)):
            stack.enter_context(server)
        stack.enter_context(Logind(system.address, Login("1")))
        agent = stack.enter_context(Agent(env))
        with type_(SETTLE_S + seconds + 5):
            time.sleep(SETTLE_S)
            typing = _switches(agent.pid, seconds)
        wait_until(agent, "nobody at the desk", AWAY_S + 90, presence="away")
        time.sleep(SETTLE_S / 2)
        idle = _switches(agent.pid, seconds)
        chosen = finding(agent.ask("doctor")["facts"], "idle")["chosen"]
        threads = len(list(Path(f"/proc/{agent.pid}/task").iterdir()))
        return Cost(chosen, typing, idle, memory(agent.pid)[0], threads)


def _environment(home: Path, bus: PrivateBus, system: PrivateBus) -> dict[str, str]:
    runtime, settings = home / "run", home / ".config/deskbreak"
    runtime.mkdir(mode=0o700)
    settings.mkdir(parents=True, mode=0o700)
    text = f"[presence]\naway_after_seconds = {AWAY_S:.0f}\n"
    (settings / "settings.toml").write_text(text, encoding="utf-8")
    return {
        "PATH": os.environ["PATH"],
        "HOME": str(home),
        "LANG": "C.UTF-8",
        "XDG_RUNTIME_DIR": str(runtime),
        "XDG_SESSION_ID": "1",
        "DBUS_SESSION_BUS_ADDRESS": bus.address,
        "DBUS_SYSTEM_BUS_ADDRESS": system.address,
    }


def _switches(pid: int, seconds: float) -> float:
    before = sample(pid)
    time.sleep(seconds)
    after = sample(pid)
    return (after.switches - before.switches) * 60 / (after.at_s - before.at_s)


def all_measured(seconds: float, environments: Sequence[str] = ENVIRONMENTS) -> dict[str, Cost]:
    """Measure in each of *environments* that is installed here, at the same time."""
    costs: dict[str, Cost] = {}
    here = [one for one in environments if missing(*NEEDS[one]) is None]

    def work(environment: str) -> None:
        costs[environment] = measured(environment, seconds)

    workers = [threading.Thread(target=work, args=(one,)) for one in here]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    return costs


def lines(costs: dict[str, Cost]) -> Iterator[str]:
    """Yield a table with a row for each environment."""
    yield f"{'':8}{'source':>18}{'typing':>10}{'idle':>10}{'PSS, MiB':>10}{'threads':>10}"
    for environment, cost in costs.items():
        figures = f"{cost.typing:10.1f}{cost.idle:10.1f}{cost.pss_mib:10.1f}{cost.threads:10d}"
        yield f"{environment:8}{cost.chosen:>18}{figures}"
    figures = f"{TARGETS['typing']:10.1f}{TARGETS['idle']:10.1f}{TARGETS['pss_mib']:10.1f}"
    yield f"{'target':8}{'':18}{figures}"


def main() -> None:
    """Measure, print a table, and end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="What the agent costs between events.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long each is watched")
    parser.add_argument("--only", choices=ENVIRONMENTS, help="measure in this one alone")
    given = parser.parse_args()
    costs = all_measured(given.seconds, [given.only] if given.only else ENVIRONMENTS)
    print("context switches in 60 s with somebody typing, and with nobody there")
    print(*lines(costs), sep="\n")
    if not costs or any(
        getattr(x, name) > most for x in costs.values() for name, most in TARGETS.items()
    ):
        sys.exit(1)


if __name__ == "__main__":
    main()
