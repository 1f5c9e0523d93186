"""Looks at the pages: by single requests, and with a real browser."""

from __future__ import annotations

import http.client
import shutil
import threading
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal, Self

import pytest

from deskbreak.agent.clock import SystemClock
from deskbreak.pages.app import make_app
from deskbreak.pages.entrance import Entrance
from deskbreak.pages.routes import PAGES, ROUTES
from deskbreak.pages.server import Server
from deskbreak.storage import files

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Browser as Chromium
    from playwright.sync_api import ConsoleMessage, Page, Playwright

    from deskbreak.pages.desk import Desk

PICTURES: Final = Path(__file__).parents[2] / "build" / "pages"
"""Where the pictures of the pages are left."""

SIZES: Final[Mapping[str, dict[str, Any]]] = {
    "phone": {"viewport": {"width": 400, "height": 800}},
    "desk": {"viewport": {"width": 1280, "height": 900}},
    # 200 % zoom: half as many CSS pixels on the same screen, each twice as large.
    "zoomed": {"viewport": {"width": 640, "height": 450}, "device_scale_factor": 2},
}

_PATIENCE_MS: Final = 60_000.0
_ARGUMENTS: Final = [
    "--no-sandbox",
    # Names of strangers lead to this computer, as a resolver that lies would have them.
    "--host-resolver-rules=MAP *.test 127.0.0.1",
    # Newer browsers alone keep strangers from this computer by themselves; we may not rely on it.
    "--disable-features=LocalNetworkAccessChecks,BlockInsecurePrivateNetworkRequests",
]

WATCHES: Final = """
    window.changes = [];
    new MutationObserver(() => changes.push(performance.now())).observe(
        document.querySelector('#figure > svg'),
        {subtree: true, attributes: true, attributeFilter: ['d']});
"""
"""Notes when the figure of the guide changes."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the server said."""

    status: int
    headers: Mapping[str, str]
    body: str


class Served:
    """A server that runs, and requests to it as only its own browser makes them."""

    def __init__(self, server: Server) -> None:
        self.server = server

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.server.port}"

    @property
    def own(self) -> dict[str, str]:
        """Return the headers of the browser that was let in."""
        cookie = f"{self.server.cookie}={self.server.keys.session}"
        return {"Cookie": cookie, "Origin": f"http://{self.host}"}

    def get(self, path: str, **headers: str) -> Answer:
        """Ask for *path* below the root as the browser that was let in."""
        return self.ask("GET", f"{self.server.keys.root}{path}", {**self.own, **headers})

    def post(self, path: str, body: str, **headers: str) -> Answer:
        """Send a form as the browser that was let in; the key of forms is not added."""
        form = {"Content-Type": "application/x-www-form-urlencoded"}
        path = f"{self.server.keys.root}{path}"
        return self.ask("POST", path, {**self.own, **form, **headers}, body)

    def ask(
        self, method: str, target: str, headers: Mapping[str, str], body: str | None = None
    ) -> Answer:
        """Ask for *target* just so."""
        connection = http.client.HTTPConnection(self.host, timeout=10)
        try:
            connection.request(method, target, body, dict(headers))
            answer = connection.getresponse()
            text = answer.read().decode()
            return Answer(answer.status, {k.lower(): v for k, v in answer.getheaders()}, text)
        finally:
            connection.close()


@contextmanager
def running(server: Server) -> Iterator[Served]:
    """Let *server* run, in a thread."""
    ready = threading.Event()
    thread = threading.Thread(target=server.run, args=(ready.set,), name="pages")
    thread.start()
    try:
        assert ready.wait(10)
        yield Served(server)
    finally:
        server.stop()
        thread.join(10)


@contextmanager
def serve(desk: Desk) -> Iterator[Served]:
    """Serve the pages of a *desk* that a test has furnished."""
    entrance = Entrance(files.runtime_folder(desk.places), SystemClock().boot_s)
    with running(Server(lambda made: make_app(made, desk, ROUTES, PAGES), entrance)) as served:
        yield served


class Browser:
    """A Chromium without a screen."""

    def __init__(self, playwright: Playwright, chromium: Chromium) -> None:
        self._playwright = playwright
        self._chromium = chromium

    @classmethod
    def start(cls) -> Self:
        """Start it; skip where there is none."""
        path = shutil.which("chromium") or shutil.which("google-chrome")
        if path is None:
            pytest.skip("chromium is not there")
        playwright = pytest.importorskip("playwright.sync_api").sync_playwright().start()
        return cls(
            playwright,
            playwright.chromium.launch(executable_path=path, args=_ARGUMENTS),
        )

    def close(self) -> None:
        self._chromium.close()
        self._playwright.stop()

    @contextmanager
    def looks(
        self,
        served: Served,
        page: str,
        scheme: str = "light",
        size: str = "desk",
        *,
        still: bool = False,
    ) -> Iterator[Page]:
        """Open *page* by the file that leads to it, and look at it; *still* asks for less motion."""
        wishes: dict[str, Any] = {"color_scheme": scheme, "locale": "en-GB", **SIZES[size]}
        motion: Literal["reduce", "no-preference"] = "reduce" if still else "no-preference"
        context = self._chromium.new_context(reduced_motion=motion, **wishes)
        # What comes is waited for as long as a busy machine takes; how long it took is not asked here.
        context.set_default_timeout(_PATIENCE_MS)
        context.set_default_navigation_timeout(_PATIENCE_MS)
        try:
            tab = context.new_page()
            troubles: list[str] = []

            def heard(said: ConsoleMessage) -> None:
                if said.type == "error":
                    troubles.append(said.text)

            tab.on("pageerror", lambda error: troubles.append(str(error)))
            tab.on("console", heard)
            tab.goto(served.server.way_in(page).as_uri())
            tab.wait_for_selector("main")
            yield tab
            assert not troubles, troubles  # a policy that was broken, a file that was not there
        finally:
            context.close()


def picture(tab: Page, name: str) -> None:
    """Leave a picture of the whole page."""
    PICTURES.mkdir(parents=True, exist_ok=True)
    tab.screenshot(path=str(PICTURES / f"{name}.png"), full_page=True)


def violations(tab: Page) -> list[str]:
    """Return what axe finds wrong with the page as it is, one line for each place."""
    from axe_playwright_python.sync_playwright import Axe

    found = Axe().run(tab).response["violations"]
    return [
        f"{rule['id']}: {node['html'][:120]} ({node['failureSummary'].splitlines()[-1].strip()})"
        for rule in found
        for node in rule["nodes"]
    ]


def sideways(tab: Page) -> int:
    """Return by how many pixels the page is wider than its window."""
    return int(
        tab.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )
