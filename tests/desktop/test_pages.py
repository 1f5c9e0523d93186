"""Where pages open: the first start, the menu, the menu of programs, a prompt; by one server."""

from __future__ import annotations

import os
import re
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

import pytest

from tests.desktop.desk import Agent, deskbreak
from tests.desktop.parts import PrivateBus, missing, wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("the parts are Linux programs", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(
    missing("dbus-daemon", "Xvfb") is not None, reason=str(missing("dbus-daemon", "Xvfb"))
)
BROWSER: Final = """#!/bin/sh
printf '%s\\n' "$@" >> "$HOME/opened"
"""


class Person:
    """Somebody whose browser only takes notes."""

    def __init__(self, env: dict[str, str]) -> None:
        self._home = Path(env["HOME"])
        script = self._home / "browser"
        script.write_text(BROWSER, encoding="utf-8")
        script.chmod(0o755)
        nowhere = "unix:path=/nowhere"
        self.env = {**env, "BROWSER": f"{script} %s", "DBUS_SYSTEM_BUS_ADDRESS": nowhere}
        self._opened: list[str] = []

    def opened(self) -> list[str]:
        """Name the pages that the browser was told to open, in their order."""
        notes = self._home / "opened"
        lines = notes.read_text(encoding="utf-8").splitlines() if notes.exists() else []
        for line in lines[len(self._opened) :]:
            way = Path(urlsplit(line).path).read_text(encoding="utf-8")
            self._opened += re.findall(r"to=(\w+)", way)
        return self._opened

    def sees(self, *pages: str) -> None:
        """Wait until exactly these were opened so far."""
        wait_for(lambda: len(self.opened()) >= len(pages), 20.0, f"{pages}")
        assert [*pages] == self.opened()

    def server(self) -> int:
        """Wait until one process alone is left of those that opened pages: it serves them all."""
        wait_for(lambda: len(self.servers()) == 1, what="one server")
        return self.servers()[0]

    def servers(self) -> list[int]:
        """Return the processes that serve this person's pages."""
        own = f"HOME={self._home}".encode()
        found = []
        for folder in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                words = (folder / "cmdline").read_bytes().split(b"\0")
                is_own = own in (folder / "environ").read_bytes().split(b"\0")
                found += [int(folder.name)] * (b"--stay" in words and is_own)
        return found


@pytest.fixture
def person(desktop_env: dict[str, str]) -> Iterator[Person]:
    """Somebody at a desk; what serves their pages ends with the test."""
    person = Person(desktop_env)
    try:
        yield person
    finally:
        for pid in person.servers():
            os.kill(pid, signal.SIGTERM)


@pytest.fixture
def server(bus: PrivateBus) -> Iterator[NotificationServer]:
    """A notification service with everything."""
    with NotificationServer(bus.address) as running:
        yield running


def test_given_a_first_start_then_the_first_page_opens_and_later_none(
    person: Person, server: NotificationServer
) -> None:
    """A second start from the menu of programs opens the settings, and the agent tells nothing."""
    with Agent(person.env) as agent:
        person.sees("welcome")
        assert 1 == deskbreak(person.env, "run").status
        assert 0 == deskbreak(person.env, "run", "--launched").status
        person.sees("welcome", "settings")
        person.server()
        entry = Path(person.env["XDG_DATA_HOME"], "applications/deskbreak.desktop").read_text()
        action = entry.partition("[Desktop Action settings]")[2]
        assert "run --launched settings\n" in action
        assert [] == [note for note in server.notes if "deskbreak" in note.summary]
        agent.assert_well()
    with Agent(person.env) as agent:
        wait_for(lambda: "deskbreak is running" in agent.output, what="the greeting")
        person.sees("welcome", "settings")
        agent.assert_well()


def test_given_a_first_start_with_a_wish_then_it_is_done_as_well(
    person: Person, server: NotificationServer
) -> None:
    """Who chose a break in the menu of programs gets one."""
    with Agent(person.env, "--launched", "take") as agent:
        person.sees("welcome")
        wait_for(lambda: agent.status["open"], what="the break")
        agent.assert_well()


def test_given_the_menu_when_a_page_is_chosen_then_it_opens_and_one_server_serves_all(
    person: Person, server: NotificationServer, bus: PrivateBus
) -> None:
    """The second comes from the server that runs; one that was ended is started anew."""
    with Panel(bus.address) as panel, Agent(person.env) as agent:
        person.sees("welcome")
        item = panel.item()
        item.choose("Statistics…")
        person.sees("welcome", "stats")
        item.choose("Settings", "All settings…")
        person.sees("welcome", "stats", "settings")
        os.kill(person.server(), signal.SIGTERM)
        wait_for(lambda: not person.servers(), what="its end")
        assert 0 == deskbreak(person.env, "run", "--launched", "stats").status
        person.sees("welcome", "stats", "settings", "stats")
        last = person.server()
        agent.assert_well()
    assert last == person.server()  # whoever looks at a page need not run the agent


def test_given_a_prompt_when_it_is_clicked_then_the_guide_opens_in_its_place(
    person: Person, server: NotificationServer
) -> None:
    """And the break counts when the guide has come to its end."""
    with Agent(person.env) as agent:
        person.sees("welcome")
        deskbreak(person.env, "take", "stretch")
        server.press(server.note().id, "default")
        person.sees("welcome", "guide")
        wait_for(lambda: not server.on_screen, what="the prompt to go")
        assert "stretch" == agent.status["open"]["kind"]
        agent.assert_well()


def test_given_an_agent_on_trial_then_pages_open_too_and_the_first_one_waits_for_a_real_start(
    person: Person, server: NotificationServer, bus: PrivateBus
) -> None:
    """Who tries things out is no newcomer."""
    with Panel(bus.address) as panel, Agent(person.env, "--speed", "20") as agent:
        panel.item().choose("Statistics…")
        person.sees("stats")
        agent.assert_well()


def test_given_no_browser_then_no_page_is_offered(
    person: Person, server: NotificationServer, bus: PrivateBus
) -> None:
    """An entry that does nothing helps nobody; commands and menu do the same."""
    env = {**person.env, "BROWSER": "/nowhere/browser"}
    with Panel(bus.address) as panel, Agent(env) as agent:
        menu = panel.item().open().text()
        assert [] == [line for line in menu if "Statistics…" in line or "All settings…" in line]
        assert 0 == deskbreak(env, "run", "--launched").status
        assert "Change position" in server.note().summary
        assert [] == person.servers()
        agent.assert_well()
