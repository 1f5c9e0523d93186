"""The agent, with a watch on how long its own thread is held by each event: what INV-36 bounds.

Run as ``python -m tests.desktop.held FILE WORDS…`` in place of ``python -m deskbreak WORDS…``.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

    from deskbreak.core.model import Event
    from tests.desktop.desk import Agent

LIMIT_S: Final = 0.25
"""No call on the agent's thread takes longer. Source: INV-36 of docs/reliability.md."""
_SCHEDULED: Final = Path("/proc/thread-self/schedstat")


@dataclass(frozen=True, slots=True)
class Held:
    """How long the agent's thread was held: by the clock, and without the wait for a processor."""

    events: int
    longest_s: float
    longest_by_clock_s: float

    def __str__(self) -> str:
        return (
            f"agent held {self.longest_s * 1000:.0f} ms at most in {self.events} events "
            f"({self.longest_by_clock_s * 1000:.0f} ms with the wait for a processor)"
        )


def watched(env: Mapping[str, str], to: Path, *options: str) -> Agent:
    """Return an agent that has not begun, and that writes to *to* when it ends in good order."""
    from tests.desktop.desk import Agent

    agent = Agent(env, *options)
    agent.argv = [sys.executable, "-m", "tests.desktop.held", str(to), "run", *options]
    return agent


def ended(agent: Agent, to: Path) -> Held:
    """Let *agent* end, and return what it wrote."""
    from tests.desktop.parts import wait_for

    agent.assert_well()
    agent.ask("quit")
    wait_for(to.exists, what="the agent to end")
    return Held(**json.loads(to.read_text(encoding="ascii")))


def waited_s() -> float:
    """Return how long this thread was ready to run and had no processor, in all. Source: proc(5)."""
    try:
        return int(_SCHEDULED.read_text(encoding="ascii").split()[1]) / 1e9
    except OSError:
        return 0.0


def main() -> int:
    """Be the agent, and write down how long its thread was held."""
    from deskbreak import cli
    from deskbreak.agent.loop import Loop

    to, handle = Path(sys.argv[1]), Loop.handle
    took: list[tuple[float, float]] = [(0.0, 0.0)]

    def timed(self: Loop, event: Event) -> None:
        began_s, had_waited_s = time.monotonic(), waited_s()
        try:
            handle(self, event)
        finally:
            by_clock_s = time.monotonic() - began_s
            took.append((by_clock_s - (waited_s() - had_waited_s), by_clock_s))

    Loop.handle = timed  # type: ignore[method-assign]  # nothing else could measure it
    status = cli.main(sys.argv[2:])
    longest_s, by_clock_s = (max(column) for column in zip(*took, strict=True))
    part = to.with_suffix(".part")
    held = Held(len(took) - 1, longest_s, by_clock_s)
    part.write_text(json.dumps(asdict(held)), encoding="ascii")
    part.rename(to)
    return status


if __name__ == "__main__":
    sys.exit(main())
