"""Servers that answer with as much as a test needs, and how to run one."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from deskbreak.pages.entrance import Entrance
from deskbreak.pages.server import Server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.pages.guard import App, Receive, Scope, Send


async def nothing(_scope: Scope, _receive: Receive, send: Send) -> None:
    """Answer everything with an empty page."""
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b""})


class Times:
    """A clock that the test moves."""

    def __init__(self) -> None:
        self.now_s = 1000.0

    def __call__(self) -> float:
        return self.now_s


def made(folder: Path, times: Times | None = None, app: App = nothing) -> Server:
    """Return a server with *app*, whose files are in *folder*."""
    return Server(lambda _: app, Entrance(folder, times or Times()))


@contextmanager
def running(server: Server, ready: Callable[[], None] = lambda: None) -> Iterator[threading.Thread]:
    """Let *server* run meanwhile."""
    started = threading.Event()

    def told() -> None:
        ready()
        started.set()

    thread = threading.Thread(target=server.run, args=(told,))
    thread.start()
    try:
        assert started.wait(10)
        yield thread
    finally:
        server.stop()
        thread.join(10)


def is_listening(port: int) -> bool:
    """Whether anybody listens there."""
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0
