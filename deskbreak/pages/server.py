"""Serves the pages on the loopback interface for as long as somebody looks at them."""

from __future__ import annotations

import asyncio
import http
import http.client
import json
import re
import secrets
import signal
import threading
from contextlib import contextmanager, suppress
from html import escape
from typing import TYPE_CHECKING, Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from deskbreak.core.words import Refusal
from deskbreak.pages.guard import ENTRANCE, HEADERS, TOKEN_S, Guard, Keys
from deskbreak.storage.textfile import read_bytes, replace_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.pages.guard import App

UNUSED_S: Final = 598.0
"""After that long without a request the server ends, which takes at most two seconds more."""
_LOOK_S: Final = 5.0
_ENDS_WITHIN_S: Final = 2
_RECORD: Final = "pages.json"  # where a server that runs is found, by this user alone
_MOST_BYTES: Final = 4096
_WITHIN_S: Final = 2.0
_WAY: Final = re.compile(r"open-[0-9a-f]{16}\.html")
AGAIN: Final = "/again"
"""Where another look asks a server that runs for a way in, instead of starting a second one."""


class _Speaker(H11Protocol):
    """Answers what is no request like all else that does not belong here: 403 and no word."""

    def send_400_response(self, msg: str) -> None:
        """Refuse; *msg* is for nobody."""
        del msg
        headers = [(b"connection", b"close"), (b"content-length", b"0"), *HEADERS]
        refusal = h11.Response(status_code=403, headers=headers)
        self.transport.write(self.conn.send(refusal) or b"")
        self.transport.close()


class Server:
    """One run of the pages: a port, its secrets, and the files that let a browser in."""

    def __init__(
        self, make_app: Callable[[Server], App], folder: Path, now_s: Callable[[], float]
    ) -> None:
        """Bind a free port. *folder* is this user's alone; *make_app* makes what answers.

        *now_s* tells the time in seconds, by a clock that goes on while the computer sleeps.
        """
        self._folder = folder
        self._now_s = now_s
        self._loop = asyncio.new_event_loop()
        self.keys = Keys(now_s)
        self._config = uvicorn.Config(
            self._answer,
            host="127.0.0.1",
            port=0,
            interface="asgi3",
            http=_Speaker,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=_ENDS_WITHIN_S,
        )
        self._socket = self._config.bind_socket()
        self._socket.set_inheritable(False)  # the browser that we start must not hold our port
        self.port: int = self._socket.getsockname()[1]
        self._guard = Guard(make_app(self), self.keys, self.port, self._looked)
        self.cookie = self._guard.cookie
        self._last_look_s = now_s()
        self._ways: dict[
            str, tuple[Path, float]
        ] = {}  # by token: what lets a browser in, until when
        self._uvicorn = uvicorn.Server(self._config)

    @property
    def url(self) -> str:
        """Where the pages are, without a slash at the end."""
        return f"http://127.0.0.1:{self.port}{self.keys.root}"

    def _looked(self) -> None:
        self._last_look_s = self._now_s()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        await self._guard(scope, receive, send)

    # ── ways in ────────────────────────────────────────────────────────────────────────────

    def way_in(self, page: str) -> Path:
        """Return a new file that leads a browser to *page*: in no list of processes, once, for a minute.

        Raises:
            Refusal: It cannot be written.
        """
        token = self.keys.token()
        target = f"{self.url}{ENTRANCE}?token={token}&to={page}"
        path = self._folder / f"open-{secrets.token_hex(8)}.html"
        self._ways[token] = path, self._now_s() + TOKEN_S
        replace_text(path, _LEADS_ON.format(target=escape(target)))
        return path

    def enter(self, token: str) -> bool:
        """Let a browser in that has *token*, for the only time; False for any other."""
        let_in = self.keys.redeem(token)
        self._close(token)
        return let_in

    def _close(self, token: str) -> None:
        """Remove the file that leads in with *token*, which nobody can use any more."""
        path, _ = self._ways.pop(token, (None, 0.0))
        if path is not None:
            with suppress(OSError):
                path.unlink(missing_ok=True)

    # ── one run ────────────────────────────────────────────────────────────────────────────

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until nobody has looked for ten minutes, or a signal comes.

        *ready* is called, on a thread of its own, as soon as pages are answered; what it raises
        ends the run and is raised here.

        Raises:
            Refusal: Where we are cannot be written down.
        """
        record = self._folder / _RECORD
        where = {"port": self.port, "root": self.keys.root, "session": self.keys.session}
        replace_text(record, json.dumps(where))
        _sweep(self._folder, record)
        try:
            with _ended_in_order(self.stop):
                self._loop.run_until_complete(self._run(ready))
        finally:
            for token in list(self._ways):
                self._close(token)
            if _recorded(self._folder) == where:
                record.unlink(missing_ok=True)
            self._socket.close()
            self._loop.close()

    async def _run(self, ready: Callable[[], None]) -> None:
        watch = asyncio.create_task(self._end_when_unused())
        soon = asyncio.create_task(self._call_when_started(ready))
        await self._uvicorn.serve(sockets=[self._socket])
        watch.cancel()
        if soon.done():
            soon.result()
        soon.cancel()

    async def _call_when_started(self, ready: Callable[[], None]) -> None:
        while not self._uvicorn.started:  # noqa: ASYNC110 - uvicorn tells in no other way
            await asyncio.sleep(0.005)
        try:
            # Some ways to open a browser come back when it is closed.
            await asyncio.to_thread(ready)
        except Exception:
            self.stop()
            raise

    def stop(self) -> None:
        """End soon; from any thread."""
        self._uvicorn.should_exit = True

    def look(self) -> float:
        """Close what is too old, and end if nobody looks any more; return when to look again, in s."""
        now_s = self._now_s()
        for token, (_, until_s) in list(self._ways.items()):
            if now_s > until_s:
                self._close(token)
        left_s = self._last_look_s + UNUSED_S - now_s
        if left_s <= 0:
            self.stop()
        return min(max(left_s, 0.1), _LOOK_S)

    async def _end_when_unused(self) -> None:
        while True:  # noqa: ASYNC110 - nothing tells that nobody looks
            await asyncio.sleep(self.look())


@contextmanager
def _ended_in_order(stop: Callable[[], None]) -> Iterator[None]:
    """Let a signal end the run and not the process: uvicorn raises anew what it has caught."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {
        number: signal.signal(number, lambda *_: stop())
        for number in (signal.SIGINT, signal.SIGTERM)
    }
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _sweep(folder: Path, record: Path) -> None:
    """Remove what a server that was killed has left: much older than our *record*."""
    with suppress(OSError):
        now_s = record.stat().st_mtime
        for path in folder.iterdir():
            if _WAY.fullmatch(path.name) and path.stat().st_mtime < now_s - TOKEN_S:
                path.unlink()


_LEADS_ON: Final = (
    "<!doctype html><meta charset=utf-8><title>deskbreak</title>"
    '<meta name=referrer content=no-referrer><meta http-equiv=refresh content="0;url={target}">'
)


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
    is_ours = answer.status == http.HTTPStatus.OK and _WAY.fullmatch(path) is not None
    return folder / path if is_ours else None
