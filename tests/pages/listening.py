"""Stands for the running agent: hears what pages ask of it, and answers as it is told to."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from deskbreak.door import Door
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.model import Command


@dataclass
class Listening:
    """An agent that only listens."""

    reply: dict[str, Any] = field(default_factory=lambda: {"ok": True})
    heard: list[tuple[str, str]] = field(default_factory=list)

    def answer(self, command: Command) -> dict[str, Any]:
        """Remember *command*."""
        self.heard.append((command.name, command.argument))
        return self.reply


@contextmanager
def listening(**reply: object) -> Iterator[Listening]:
    """Let an agent run that answers everything with *reply*."""
    door, agent = Door(files.runtime_folder(files.places())), Listening({"ok": True, **reply})
    assert door.claim()
    door.open(agent.answer)
    try:
        yield agent
    finally:
        door.close()
