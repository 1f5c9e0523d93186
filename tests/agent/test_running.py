from __future__ import annotations

import gettext
from types import SimpleNamespace
from typing import TYPE_CHECKING, NoReturn, cast

from deskbreak.agent.running import Running
from deskbreak.core.model import Command
from deskbreak.door import Door, ask
from tests.fakes import Desk

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.agent.desktop import Desktop
    from deskbreak.agent.pulse import Pulse

FAILED = "something went wrong inside deskbreak; its log says what"


def broken() -> NoReturn:
    """Fail as no part of a desktop is expected to."""
    raise AttributeError


def test_given_a_desktop_that_breaks_when_it_is_examined_then_the_door_stays_open(
    tmp_path: Path,
) -> None:
    """One command fails, in words; the next one is heard."""
    desk, folder = Desk(tmp_path), tmp_path / "run"
    folder.mkdir(mode=0o700)
    desktop = SimpleNamespace(findings=broken, words=gettext.NullTranslations())
    agent = Running(
        desk.store, cast("Desktop", desktop), desk.loop, lambda: cast("Pulse", None), tmp_path
    )
    door = Door(folder)
    assert door.claim()
    door.open(agent._answer)
    replies = [ask(folder, Command("doctor")) for _ in range(2)]
    door.close()
    desk.store.close()

    assert [(False, FAILED)] * 2 == [(reply["ok"], reply["error"]) for reply in replies]
