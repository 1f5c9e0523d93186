"""deskbreak as a service of systemd: a real manager starts it, waits for it, ends it, starts it again."""

from __future__ import annotations

import os
import shutil
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from deskbreak import door
from deskbreak.core.model import Command
from tests.desktop import systemd
from tests.desktop.desk import REPOSITORY, deskbreak, finding
from tests.desktop.parts import wait_for
from tests.doubles.notifications import NotificationServer
from tests.doubles.panel import Panel

if sys.platform != "linux":
    pytest.skip("systemd is of Linux", allow_module_level=True)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.board import Board
    from tests.desktop.parts import XServer

pytestmark = pytest.mark.skipif(systemd.why_not() is not None, reason=str(systemd.why_not()))

UNIT: Final = "deskbreak.service"
WATCHDOG_S: Final = 4
"""The unit says 60."""
OURS: Final = f"""[Service]
ExecStart=
ExecStart={sys.executable} -m deskbreak run
WatchdogSec={WATCHDOG_S}s
RestartSec=100ms
StandardOutput=append:%h/said
StandardError=append:%h/said
"""


class Desk:
    """A session of systemd with a display, and the unit of the package in it."""

    def __init__(self, env: dict[str, str]) -> None:
        self.home = Path(env["HOME"])
        browser = self.home / "browser"
        browser.write_text(
            f"#!/bin/sh\ncat /proc/self/cgroup /proc/self/status >{self.home}/page\n"
        )
        browser.chmod(0o755)
        keep = {name: env[name] for name in ("PATH", "LANG", "HOME", "DISPLAY")}
        self.manager = systemd.UserManager(
            {**keep, "PYTHONPATH": str(REPOSITORY), "BROWSER": str(browser)}
        )
        units = self.home / ".config/systemd/user"
        (units / f"{UNIT}.d").mkdir(parents=True)
        shutil.copy(REPOSITORY / "packaging/linux" / UNIT, units)
        (units / f"{UNIT}.d/test.conf").write_text(OURS, encoding="utf-8")

    @property
    def unit(self) -> dict[str, str]:
        return self.manager.shown(UNIT)

    @property
    def pid(self) -> int:
        return int(self.unit["MainPID"])

    def ask(self, name: str, argument: str = "") -> dict[str, Any]:
        folder = Path(self.manager.session["XDG_RUNTIME_DIR"], "deskbreak")
        return door.ask(folder, Command(name, argument), 10.0)

    def is_again(self, times: int) -> bool:
        """Whether it has been started again so often, and is ready."""
        unit = self.unit
        return (str(times), "active") == (unit["NRestarts"], unit["ActiveState"])


@pytest.fixture
def desk(display: XServer, tmp_path: Path) -> Iterator[Desk]:
    """A session in which nothing of ours runs yet."""
    home = tmp_path / "home"
    home.mkdir()
    path = os.environ.get("PATH", os.defpath)
    made = Desk({"PATH": path, "LANG": "C.UTF-8", "HOME": str(home), "DISPLAY": display.display})
    with made.manager:
        yield made


def test_given_the_unit_when_it_is_started_then_all_parts_work_in_spite_of_what_it_may_not(
    desk: Desk,
) -> None:
    """Bus, display, tray, notification, commands and files; no network, and no new rights."""
    with NotificationServer(desk.manager.address) as server, Panel(desk.manager.address) as panel:
        assert not desk.manager.ask("start", UNIT)
        assert ("active", "running") == (desk.unit["ActiveState"], desk.unit["SubState"])
        assert "deskbreak" == panel.item().properties()["Id"]
        facts = deskbreak(desk.manager.session, "doctor", "--json").facts
        for part in ("bus", "idle", "notifications", "tray", "settings", "history", "camera"):
            assert finding(facts, part)["ok"], part
        desk.ask("take", "position")
        server.note()
        assert desk.ask("answer", "done")["ok"]
        status = Path(f"/proc/{desk.pid}/status").read_text(encoding="ascii").split()

        assert ("1", "2") == tuple(
            status[status.index(key) + 1] for key in ("NoNewPrivs:", "Seccomp:")
        )
        assert not desk.manager.ask("stop", UNIT)
        assert ("inactive", "success") == (desk.unit["ActiveState"], desk.unit["Result"])


def test_given_the_unit_when_a_page_is_opened_then_it_and_the_browser_are_free_of_it(
    desk: Desk,
) -> None:
    """A page needs the loopback, a browser its own sandbox; and neither ends with the service."""
    page = desk.home / "page"
    with NotificationServer(desk.manager.address):
        desk.manager.ask("start", UNIT)
        wait_for(page.exists, what="the first page")
        wait_for(lambda: "Seccomp:" in page.read_text(), what="what it may do")
        words = page.read_text().split()
        pages = [one for one in desk.manager.ask("list-units", "--plain").split() if "run-" in one]
        desk.manager.ask("stop", UNIT)

        assert "0" == words[words.index("Seccomp:") + 1]
        assert not any(UNIT in word for word in words)
        assert 1 == len(pages)
        assert "active" == desk.manager.ask("is-active", *pages)


@pytest.mark.row("R35")
def test_given_a_process_that_does_not_go_on_when_its_time_is_over_then_it_is_started_again(
    desk: Desk, board: Board
) -> None:
    """Frozen as a whole, so that nothing of ours could notice it; and then killed."""
    with NotificationServer(desk.manager.address) as server, Panel(desk.manager.address) as panel:
        desk.manager.ask("start", UNIT)
        panel.item()
        first = desk.pid
        os.kill(first, signal.SIGSTOP)
        wait_for(lambda: desk.is_again(1), 30.0, "the next one")
        panel.item()
        second = desk.pid
        os.kill(second, signal.SIGKILL)
        wait_for(lambda: desk.is_again(2), 30.0, "the one after")

        assert len({first, second, desk.pid}) == 3
        assert [] == server.notes
        assert "most recent call first" in (desk.home / "said").read_text()  # where it was
    board.note(load=2, faults=2, figure=f"frozen: started again by systemd after {WATCHDOG_S} s")


def test_given_one_that_runs_already_when_the_service_starts_then_that_is_not_tried_for_ever(
    desk: Desk,
) -> None:
    """Two ways at once: the second says so and gives up; the first goes on."""
    from tests.desktop.parts import Program

    argv = [sys.executable, "-m", "deskbreak", "run"]
    with Program(argv, desk.manager.session, lambda: bool(_asked(desk))):
        assert "failed" in desk.manager.ask("start", UNIT).lower()
        wait_for(lambda: desk.unit["ActiveState"] == "failed", 30.0, "an end of it")

        assert "5" == desk.unit["NRestarts"]
        assert desk.ask("status")["ok"]


def _asked(desk: Desk) -> bool:
    try:
        return bool(desk.ask("status")["ok"])
    except door.NotRunning:
        return False
