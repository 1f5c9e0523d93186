"""A real agent with a prompt open, which answers the pages through a real door."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from deskbreak.door import Door
from deskbreak.storage import files
from tests.fakes import Desk

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from deskbreak.core.model import Command, Episode

    Asked = tuple[Command, SimpleQueue[dict[str, Any]]]

TO_A_PROMPT = ("20m work", "10s idle")


class Agent:
    """Its loop, on a thread of its own; time stands still while pages ask."""

    def __init__(self, folder: Path, *acts: str) -> None:
        self.desk = Desk(folder)
        self.said: list[str] = []
        self._acts = acts
        self._asked: SimpleQueue[Asked | None] = SimpleQueue()
        self._door = Door(files.runtime_folder(files.places()))
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._run, name="agent")

    def start(self) -> None:
        assert self._door.claim()
        self._thread.start()
        assert self._ready.wait(10)
        self._door.open(self.hear)

    def _run(self) -> None:
        self.desk.run(*self._acts, self._serve)

    def _serve(self) -> None:
        self._ready.set()
        for command, reply in iter(self._asked.get, None):
            reply.put(self.desk.ask(command.name, command.argument))

    def hear(self, command: Command) -> dict[str, Any]:
        """Answer *command*, from any thread."""
        self.said.append(f"{command.name} {command.argument}".strip())
        reply: SimpleQueue[dict[str, Any]] = SimpleQueue()
        self._asked.put((command, reply))
        return reply.get(timeout=10)

    def stop(self) -> None:
        self._door.close()
        self._asked.put(None)
        self._thread.join(10)

    @property
    def open(self) -> Episode | None:
        return self.desk.loop.state.episode

    @property
    def ended(self) -> list[tuple[str, str, str | None]]:
        """Return every episode that has ended: kind, outcome, by."""
        return [
            (one.kind, one.outcome.value if one.outcome else "", one.by and one.by.value)
            for one in self.desk.rows()[1]
        ]


@contextmanager
def agent(folder: Path, *acts: str) -> Iterator[Agent]:
    """Let an agent run after *acts*."""
    made = Agent(folder, *(acts or TO_A_PROMPT))
    made.start()
    try:
        yield made
    finally:
        made.stop()
