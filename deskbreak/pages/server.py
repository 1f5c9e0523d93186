"""Serves the pages on the loopback interface for as long as somebody looks at them."""

from __future__ import annotations

import asyncio
import signal
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from deskbreak.pages.guard import HEADERS, Guard

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.pages.entrance import Entrance
    from deskbreak.pages.guard import App

UNUSED_S: Final = 598.0
"""After that long without a request the server ends, which takes at most two seconds more."""
_LOOK_S: Final = 1.0
_ASKS_WITHIN_S: Final = 5.0
"""Whoever has come and not asked by then is sent away; browsers that come ahead come again."""


class _Speaker(H11Protocol):
    """Answers what is no request like all else that does not belong here: 403 and no word."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as uvicorn has it
        """Wait a limited time for a request: each that comes holds a file open."""
        super().connection_made(transport)
        self._patience = self.loop.call_later(_ASKS_WITHIN_S, self._send_away)

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget them."""
        self._patience.cancel()
        super().connection_lost(exc)

    def _send_away(self) -> None:
        asked: object = self.cycle  # of which uvicorn says that it is always there
        if asked is None:
            self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Refuse; *msg* is for nobody."""
        del msg
        asked: object = self.cycle
        if asked is not None:
            # Its head was a request and is at work already; the refusal is the answer to it.
            self.cycle.disconnected = True
        headers = [(b"connection", b"close"), (b"content-length", b"0"), *HEADERS]
        refusal = h11.Response(status_code=403, headers=headers)
        self.transport.write(self.conn.send(refusal) or b"")
        self.transport.close()


class Server:
    """One run of the pages."""

    def __init__(self, make_app: Callable[[Server], App], entrance: Entrance) -> None:
        """Answer at *entrance* with what *make_app* makes."""
        self._entrance = entrance
        self.keys, self.port, self.url = entrance.keys, entrance.port, entrance.url
        self.way_in, self.enter = entrance.way_in, entrance.enter
        self._loop = asyncio.new_event_loop()
        self._guard = Guard(make_app(self), self.keys, self.port, self._looked)
        self.cookie = self._guard.cookie
        self._last_look_s = entrance.now_s()
        self._uvicorn = uvicorn.Server(
            uvicorn.Config(
                self._answer,
                interface="asgi3",
                http=_Speaker,
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=False,
                server_header=False,
                date_header=False,
                proxy_headers=False,
            )
        )

    def _looked(self) -> None:
        self._last_look_s = self._entrance.now_s()

    async def _answer(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - as uvicorn has it
        await self._guard(scope, receive, send)

    # ── one run ────────────────────────────────────────────────────────────────────────────

    def run(self, ready: Callable[[], None]) -> None:
        """Serve until nobody has looked for ten minutes, or a signal comes.

        *ready* is called, on a thread of its own, as soon as pages are answered; what it raises
        ends the run and is raised here.
        """
        try:
            with _ended_in_order(self.stop):
                self._loop.run_until_complete(self._run(ready))
        finally:
            self._entrance.close()
            self._loop.close()

    async def _run(self, ready: Callable[[], None]) -> None:
        watch = asyncio.create_task(self._end_when_unused())
        soon = asyncio.create_task(self._call_when_started(ready))
        await self._uvicorn.serve(sockets=[self._entrance.socket])
        left = {watch, soon} | asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)
        if not soon.cancelled():
            soon.result()

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
        """End if nobody looks any more, or could; return when to look again, in s."""
        self._entrance.close_old()
        left_s = self._last_look_s + UNUSED_S - self._entrance.now_s()
        if left_s <= 0 or not self._entrance.is_known:
            self.stop()
        return min(max(left_s, 0.1), _LOOK_S)

    async def _end_when_unused(self) -> None:
        while True:
            was_ending = self._uvicorn.should_exit
            await asyncio.sleep(self.look())
            # A browser that fell asleep in the middle of a form holds nothing up.
            self._uvicorn.force_exit = was_ending


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
