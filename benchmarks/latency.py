"""How long the agent lets people wait: from a start to its tray item, from an event to a prompt.

Starts a virtual X server, a message bus, a panel and a notification service of their own. A break is
asked for at the door, as a command or a click does, and the time counts until the notification has
arrived at the service; then it is answered, and the time counts until it is taken away again.

Ends with 1 where a figure is worse than its target.
"""

from __future__ import annotations

import argparse
import statistics
import sys
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from benchmarks.idle_cost import desk, seconds_to_tray  # noqa: E402 - above
from tests.desktop.desk import Agent  # noqa: E402 - above
from tests.desktop.parts import Dunst, wait_for  # noqa: E402 - above
from tests.doubles.notifications import NotificationServer  # noqa: E402 - above
from tests.doubles.panel import Panel  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TARGETS_S: Final = {
    "warm start to a registered tray item": 0.35,
    "a break asked for, to its prompt": 0.25,
    "an answer, to the prompt gone": 0.25,
}
_KIND: Final = "stretch"
_LOOK_S: Final = 0.0005
_APART_S: Final = 0.3


def seconds_until(happened: Callable[[], bool], begun_s: float) -> float:
    """Wait for *happened*; return how long after *begun_s* (monotonic) it was."""
    while not happened():
        if time.monotonic() > begun_s + 10:
            sys.exit("it did not happen within 10 s")
        time.sleep(_LOOK_S)
    return time.monotonic() - begun_s


def are_more(what: Sequence[object], than: int) -> bool:
    """Whether something was added."""
    return len(what) > than


def starts(times: int) -> list[float]:
    """Start the agent again and again, warm; return how long each item took."""
    with desk() as env, Panel(env["DBUS_SESSION_BUS_ADDRESS"]) as panel, Dunst(env):
        seconds_to_tray(env, panel)  # it is cold, and a first start does more
        return [seconds_to_tray(env, panel) for _ in range(times)]


def prompts(times: int) -> tuple[list[float], list[float]]:
    """Ask for breaks and answer them; return how long prompts took to come, and to go."""
    came, went = [], []
    with desk() as env, Panel(env["DBUS_SESSION_BUS_ADDRESS"]) as panel:
        service = NotificationServer(env["DBUS_SESSION_BUS_ADDRESS"])
        service.start()
        with Agent(env) as agent:
            wait_for(lambda: panel.items, 10.0, "the tray item")
            time.sleep(3.0)  # what a start does is another figure
            for _ in range(times):
                shown, closed = len(service.notes), len(service.closed)
                begun_s = time.monotonic()
                agent.ask("take", _KIND)
                came.append(seconds_until(partial(are_more, service.notes, shown), begun_s))
                wait_for(lambda: (agent.status["open"] or {}).get("phase") == "shown", 5.0)
                begun_s = time.monotonic()
                agent.ask("answer", "skip")
                went.append(seconds_until(partial(are_more, service.closed, closed), begun_s))
                time.sleep(_APART_S)
        service.stop()
    return came, went


def main() -> None:
    """Measure, print a table, and end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="How long the agent lets people wait.")
    parser.add_argument("--starts", type=int, default=15, help="starts to take the median of")
    parser.add_argument("--prompts", type=int, default=50, help="prompts to take the median of")
    given = parser.parse_args()
    came, went = prompts(given.prompts)
    found = dict(zip(TARGETS_S, (starts(given.starts), came, went), strict=True))
    print(f"{'seconds':40}{'median':>10}{'shortest':>10}{'longest':>10}{'target':>10}{'times':>8}")
    for name, times in found.items():
        figures = (statistics.median(times), min(times), max(times), TARGETS_S[name])
        print(f"{name:40}{''.join(f'{one:10.3f}' for one in figures)}{len(times):8}")
    if any(statistics.median(times) > TARGETS_S[name] for name, times in found.items()):
        sys.exit(1)


if __name__ == "__main__":
    main()
