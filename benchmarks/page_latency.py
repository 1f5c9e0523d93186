"""How long from a click in the tray to a page: its first byte, and its first paint, in a real browser.

Starts a virtual X server, a message bus, a panel, a notification service and a Chromium that runs
already, chooses "Statistics…" in the menu of a real agent, and reads from the browser when the page
came. Each time the server has to be started; the cold start is that of the browser. Beside it: the
memory of agent and server. On a machine that does other work as well, all times are longer; as root,
`chrt -r 1 python benchmarks/page_latency.py` lets it go first.

Source of the figures: Navigation Timing Level 2 (responseStart), Paint Timing (first-contentful-paint),
both with their time origin on the wall clock; proc(5), smaps_rollup.
"""

from __future__ import annotations

import argparse
import contextlib
import os
import shutil
import signal
import socket
import stat
import statistics
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

ROOT: Final = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT))

from playwright.sync_api import sync_playwright  # noqa: E402 - above

from benchmarks.idle_cost import DESKBREAK, desk, memory  # noqa: E402 - above
from tests.desktop.parts import Dunst, Program, wait_for  # noqa: E402 - above
from tests.doubles.panel import Panel  # noqa: E402 - above

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from playwright.sync_api import Page, Playwright

TARGETS: Final = {
    "first byte, s": 0.6,
    "painted, s": 1.2,
    "server PSS, MiB": 45.0,
    "agent PSS, difference, MiB": 1.0,
}
_WITHIN_S: Final = 30.0
_TIMES: Final = """() => {
  const paint = performance.getEntriesByName('first-contentful-paint')[0];
  const went = performance.getEntriesByType('navigation')[0];
  return paint && document.querySelector('main')
    ? [performance.timeOrigin + went.responseStart, performance.timeOrigin + paint.startTime] : null;
}"""


@dataclass(frozen=True, slots=True)
class Look:
    """What one click led to, in s after it; the server's process."""

    first_byte_s: float  # of the answer that lets the browser in
    page_s: float  # of the page itself
    painted_s: float
    server: int


class Chromium:
    """A browser as a person has it: a window on the screen, and a profile that stays."""

    def __init__(self, env: dict[str, str]) -> None:
        """Let the name by which we look for it start one that can be watched."""
        found = shutil.which("chromium") or shutil.which("google-chrome")
        if found is None:
            sys.exit("chromium is not there")
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port: int = free.getsockname()[1]
        self.runtime = Path(env["XDG_RUNTIME_DIR"])
        # Root, as which tests may run, has no sandbox there; the rest is what keeps it from the network.
        options = f"--no-sandbox --no-first-run --remote-debugging-port={self.port}"
        quiet = "--disable-sync --disable-background-networking --disable-component-update"
        profile = Path(env["HOME"], "profile")
        script = Path(env["HOME"], "bin", "chromium")
        script.parent.mkdir()
        script.write_text(
            f'#!/bin/sh\nexec {found} {options} {quiet} --user-data-dir={profile} "$@"\n',
            encoding="utf-8",
        )
        script.chmod(script.stat().st_mode | stat.S_IXUSR)
        env["PATH"] = f"{script.parent}:{env['PATH']}"
        env.pop("BROWSER", None)

    def _listens(self) -> bool:
        with socket.socket() as one:
            return one.connect_ex(("127.0.0.1", self.port)) == 0

    @contextlib.contextmanager
    def watched(self, playwright: Playwright) -> Iterator[Callable[[], list[Page]]]:
        """Yield what names its tabs, which come and go."""
        wait_for(self._listens, _WITHIN_S, "the browser")
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{self.port}")
        try:
            yield lambda: browser.contexts[0].pages
        finally:
            browser.close()

    def end(self, playwright: Playwright) -> None:
        """Close it, with all its windows."""
        browser = playwright.chromium.connect_over_cdp(f"http://127.0.0.1:{self.port}")
        browser.new_browser_cdp_session().send("Browser.close")
        wait_for(lambda: not self._listens(), _WITHIN_S, "the browser to end")


def children(pid: int) -> list[int]:
    """Return the processes that *pid* has started and that still run."""
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        with contextlib.suppress(OSError):
            found += map(int, (task / "children").read_text().split())
    return found


def seen(tabs: Callable[[], list[Page]], clicked_s: float) -> tuple[float, float]:
    """Wait for a page of ours that came after *clicked_s*; when its first byte and paint were, in s."""
    until_s = time.monotonic() + _WITHIN_S
    while time.monotonic() < until_s:
        for tab in tabs():
            if "127.0.0.1" in tab.url and "/enter" not in tab.url:
                times = tab.evaluate(_TIMES)
                if times and times[0] / 1000 > clicked_s:
                    return times[0] / 1000 - clicked_s, times[1] / 1000 - clicked_s
        tabs()[0].wait_for_timeout(20)
    sys.exit(f"no page within {_WITHIN_S:g} s")


class LetIn(threading.Thread):
    """Sees when the browser is answered for the first time: then the file that led it there goes."""

    def __init__(self, folder: Path) -> None:
        super().__init__(daemon=True)
        self.at_s = 0.0  # wall clock
        self._folder = folder

    def run(self) -> None:
        """Watch until it has come and gone."""
        came = False
        while not came or self._is_there():
            came = came or self._is_there()
            time.sleep(0.002)
        self.at_s = time.time()

    def _is_there(self) -> bool:
        return any(path.name.startswith("open-") for path in self._folder.iterdir())


def click(panel: Panel, agent: int) -> float:
    """Choose the page in the menu, whose server does not run; return the time (wall clock) of the click."""
    for server in children(agent):
        os.kill(server, signal.SIGTERM)
    wait_for(lambda: not children(agent), _WITHIN_S, "the server to end")
    item = panel.item()
    item.open()
    clicked_s = time.time()
    item.choose("Statistics…")
    return clicked_s


def look(panel: Panel, agent: int, chromium: Chromium, playwright: Playwright) -> Look:
    """Click, and wait until the page is there."""
    let_in = LetIn(chromium.runtime / "deskbreak")
    clicked_s = click(panel, agent)
    let_in.start()
    with chromium.watched(playwright) as tabs:
        page_s, painted_s = seen(tabs, clicked_s)
    let_in.join(_WITHIN_S)
    (server,) = children(agent)
    return Look(let_in.at_s - clicked_s, page_s, painted_s, server)


def measured(times: int) -> dict[str, float]:
    """Return what was measured: medians over *times* looks, and one look with a cold browser."""
    with (
        desk() as env,
        Panel(env["DBUS_SESSION_BUS_ADDRESS"]) as panel,
        Dunst(env),
        sync_playwright() as playwright,
    ):
        with Program([*DESKBREAK, "run"], env):  # without a browser: the first start has gone by
            wait_for(lambda: panel.items, 10.0, "the tray item")
            subprocess.run([*DESKBREAK, "quit"], env=env, check=True, stdout=subprocess.DEVNULL)
            wait_for(lambda: not panel.items, 10.0, "the item to go")
        chromium = Chromium(env)
        with Program([*DESKBREAK, "run"], env) as agent:
            wait_for(lambda: panel.items, 10.0, "the tray item")
            panel.item().open()
            time.sleep(3.0)  # what a start costs is another figure
            before, _ = memory(agent.pid)
            cold = look(panel, agent.pid, chromium, playwright)
            looks = [look(panel, agent.pid, chromium, playwright) for _ in range(times)]
            server, _ = memory(looks[-1].server)
            during, _ = memory(agent.pid)
            os.kill(looks[-1].server, signal.SIGTERM)
            wait_for(lambda: not children(agent.pid), _WITHIN_S, "the server to end")
            chromium.end(playwright)
            after, _ = memory(agent.pid)
    return {
        "first byte, s": statistics.median(one.first_byte_s for one in looks),
        "first byte, the longest, s": max(one.first_byte_s for one in looks),
        "first byte of the page itself, s": statistics.median(one.page_s for one in looks),
        "painted, s": statistics.median(one.painted_s for one in looks),
        "painted, the longest, s": max(one.painted_s for one in looks),
        "first byte, cold browser, s": cold.first_byte_s,
        "painted, cold browser, s": cold.painted_s,
        "server PSS, MiB": server,
        "agent PSS before, MiB": before,
        "agent PSS while a page is open, MiB": during,
        "agent PSS after, MiB": after,
        "agent PSS, difference, MiB": max(after, during) - before,
    }


def main() -> None:
    """Measure, print a table, and end with 1 if a target is missed."""
    parser = argparse.ArgumentParser(description="How long from a click in the tray to a page.")
    parser.add_argument("--times", type=int, default=7, help="looks to take the median of")
    found = measured(parser.parse_args().times)
    print(f"{'':38}{'measured':>10}{'target':>10}")
    for name, figure in found.items():
        target = f"{TARGETS[name]:10.1f}" if name in TARGETS else ""
        print(f"{name:38}{figure:10.2f}{target}")
    if any(found[name] > most for name, most in TARGETS.items()):
        sys.exit(1)


if __name__ == "__main__":
    main()
