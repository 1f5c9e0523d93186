"""Serves the pages on the loopback interface for as long as somebody looks at them."""

from __future__ import annotations

import asyncio
import http
import http.client
import json
import secrets
from contextlib import suppress
from html import escape
from typing import TYPE_CHECKING, Any, Final

import uvicorn

from deskbreak.core.words import Refusal
from deskbreak.pages.guard import ENTRANCE, TOKEN_S, Guard, Keys
from deskbreak.storage.textfile import read_bytes, replace_text

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from deskbreak.pages.guard import App

UNUSED_S: Final = 600.0
"""After that long without a request the server ends."""
_LOOK_S: Final = 5.0
_RECORD: Final = "pages.json"  # where a server that runs is found, by this user alone
_MOST_BYTES: Final = 4096
_WITHIN_S: Final = 2.0
AGAIN: Final = "/again"
"""Where another look asks a server that runs for a way in, instead of starting a second one."""


class Server:
    """One run of the pages: a port, its secrets, and the files that let a browser in."""

    def __init__(self, make_app: Callable[[Server], App], folder: Path) -> None:
        """Bind a free port. *folder* is this user's alone; *make_app* makes what answers."""
        self._folder = folder
        self._clock = asyncio.new_event_loop()
        self.keys = Keys(self._clock.time)
        self._config = uvicorn.Config(
            self._answer,
            host="127.0.0.1",
            port=0,
            interface="asgi3",
            http="h11",
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
        )
        self._socket = self._config.bind_socket()
        self._socket.set_inheritable(False)  # the browser that we start must not hold our port
        self.port: int = self._socket.getsockname()[1]
        self._guard = Guard(make_app(self), self.keys, self.port, self._looked)
        self.cookie = self._guard.cookie
        self._last_look_s = self._clock.time()
        self._ways: dict[Path, float] = {}  # files that let a browser in, until when
        self._uvicorn = uvicorn.Server(self._config)

    @property
    def url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}{self.keys.root}"

    def _looked(self) -> None:
        self._last_look_s = self._clock.time()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        await self._guard(scope, receive, send)

    # ── ways in ────────────────────────────────────────────────────────────────────────────

    def way_in(self, page: str) -> Path:
        """Return a new file that leads a browser to *page*: in no list of processes, once, for a minute.

        Raises:
            Refusal: It cannot be written.
        """
        target = f"{self.url}{ENTRANCE}?token={self.keys.token()}&to={page}"
        path = self._folder / f"open-{secrets.token_hex(8)}.html"
        replace_text(path, _LEADS_ON.format(target=escape(target)))
        self._ways[path] = self._clock.time() + TOKEN_S
        return path

    def close_ways(self, *, all_of_them: bool = False) -> None:
        """Remove the files that let nobody in any more."""
        for path, until_s in list(self._ways.items()):
            if all_of_them or self._clock.time() > until_s:
                with suppress(OSError):
                    path.unlink(missing_ok=True)
                del self._ways[path]

    # ── one run ────────────────────────────────────────────────────────────────────────────

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until nobody has looked for ten minutes, or a signal comes; call *ready* first.

        Raises:
            Refusal: Where we are cannot be written down.
        """
        record = self._folder / _RECORD
        where = {"port": self.port, "root": self.keys.root, "session": self.keys.session}
        replace_text(record, json.dumps(where))
        try:
            self._clock.run_until_complete(self._run(ready))
        finally:
            self.close_ways(all_of_them=True)
            if _recorded(self._folder) == where:
                record.unlink(missing_ok=True)
            self._socket.close()
            self._clock.close()

    async def _run(self, ready: Callable[[], None]) -> None:
        watch = asyncio.create_task(self._end_when_unused())
        soon = asyncio.create_task(_when_started(self._uvicorn, ready))
        await self._uvicorn.serve(sockets=[self._socket])
        for task in (watch, soon):
            task.cancel()

    def stop(self) -> None:
        """End soon; from any thread."""
        self._uvicorn.should_exit = True

    async def _end_when_unused(self) -> None:
        while True:
            await asyncio.sleep(_LOOK_S)
            self.close_ways()
            if self._clock.time() - self._last_look_s > UNUSED_S:
                self.stop()


_LEADS_ON: Final = (
    "<!doctype html><meta charset=utf-8><title>deskbreak</title>"
    '<meta name=referrer content=no-referrer><meta http-equiv=refresh content="0;url={target}">'
)


async def _when_started(server: uvicorn.Server, ready: Callable[[], None]) -> None:
    while not server.started:  # noqa: ASYNC110 - uvicorn tells in no other way
        await asyncio.sleep(0.005)
    ready()


def _recorded(folder: Path) -> dict[str, Any] | None:
    """Return where a server says it is; it may be gone."""
    with suppress(Refusal, ValueError, RecursionError):
        found = json.loads(read_bytes(folder / _RECORD, _MOST_BYTES) or b"null")
        if isinstance(found, dict) and isinstance(found.get("port"), int):
            return found
    return None


def ask_running(folder: Path, page: str) -> Path | None:
    """Ask a server that runs for a way to *page*; None where none runs."""
    found = _recorded(folder)
    if found is None:
        return None
    host = f"127.0.0.1:{found['port']}"
    headers = {
        "Cookie": f"deskbreak-{found['port']}={found.get('session')}",
        "Origin": f"http://{host}",
        "Content-Type": "text/plain",
    }
    connection = http.client.HTTPConnection(host, timeout=_WITHIN_S)
    try:
        connection.request("POST", f"{found.get('root')}{AGAIN}", page.encode(), headers)
        answer = connection.getresponse()
        path = answer.read(_MOST_BYTES).decode()
    except (OSError, http.client.HTTPException, ValueError):
        return None
    finally:
        connection.close()
    # Whoever has the port now, if it is not ours, gets no browser sent elsewhere than to our folder.
    is_ours = answer.status == http.HTTPStatus.OK and path.startswith("open-") and "/" not in path
    return folder / path if is_ours else None
