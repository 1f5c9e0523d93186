"""Requests that no browser makes, and clients that make none: nobody learns or breaks anything."""

from __future__ import annotations

import ctypes
import gc
import logging
import random
import socket
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.board import Board, size

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.pages.looking import Served

SLOW: Final = 200
MOST_KB: Final = 10_000
SENT_AWAY_S: Final = 8.0
_METHODS: Final = (b"GET", b"POST", b"HEAD", b"get", b"BREW", b"", b"G\0T", b"GET GET", b"\xff" * 9)
_TARGETS: Final = (
    *(
        b"",
        b"/",
        b"//",
        b"*",
        b"/%00",
        b"/..",
        b"/static/..%2f..%2fapp.py",
        b"/static/%00",
        b"/\xff",
    ),
    *(
        b"/safety",
        b"/stats",
        b"/settings",
        b"/again",
        b"/enter?token=%ff&to=safety",
        b"/enter?token",
    ),
    *(b"/static/style.css", b"/static//etc/passwd", b"/stats?week=2026-W99", b"/stats?week=%00"),
    *(b"/stats/0000-W01", b"/guide/9999999999999999999999", b"/why?at=%1b", b"?" + b"a=b&" * 2000),
    *(b"/" + b"x" * 9000, b"/static/" + b"x" * 300, b"http://127.0.0.1/", b"/\r\nX: y"),
)
_LINES: Final = (
    *(
        b"Host: x",
        b"Host:",
        b": x",
        b"Cookie: ;;;=;",
        b"Content-Length: -1",
        b"Content-Length: 1e3",
    ),
    *(
        b"Content-Length: 99999999999999999999",
        b"Transfer-Encoding: chunked",
        b"Expect: 100-continue",
    ),
    *(b"Connection: upgrade", b"Upgrade: websocket", b"X: " + b"y" * 20_000, b" folded", b"\0: \0"),
    *(b"Range: bytes=0-0,1-1,-9", b"Origin: null", b"Sec-Fetch-Site: same-origin", b"A: \xff\xfe"),
    *(b"If-Modified-Since: x", b"If-None-Match: *", b"Accept-Language: " + b"a," * 500),
)


def requests(seed: int, own: bytes) -> Iterator[bytes]:
    """Yield requests without end, each with what is *own* to a browser where it is not mangled."""
    drawn = random.Random(seed)  # noqa: S311 - a test draws lots
    while True:
        method, target = drawn.choice(_METHODS), drawn.choice(_TARGETS)
        if drawn.random() < 0.7:
            method = drawn.choice(_METHODS[:3])
        root = own.partition(b"\r\n")[0] if drawn.random() < 0.9 else b""
        lines = [own.partition(b"\r\n")[2], *drawn.choices(_LINES, k=drawn.randrange(3))]
        drawn.shuffle(lines)
        version = drawn.choice((b"HTTP/1.1", b"HTTP/1.1", b"HTTP/1.0", b"HTTP/9.9", b""))
        head = b"%s %s%s %s\r\n" % (method, root, target, version)
        said = bytearray(head + b"\r\n".join(filter(None, lines)) + b"\r\n\r\n")
        if drawn.random() < 0.3:
            said += drawn.randbytes(drawn.randrange(300))
        for _ in range(drawn.choice((0, 0, 0, 1, 3))):
            said[drawn.randrange(len(said))] = drawn.randrange(256)
        yield bytes(said[: drawn.randrange(len(said))] if drawn.random() < 0.1 else said)


def answer_to(port: int, said: bytes) -> bytes:
    """Return all that comes back."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as client:
        try:
            client.sendall(said)
            client.shutdown(socket.SHUT_WR)
            return b"".join(iter(lambda: client.recv(65_536), b""))
        except (ConnectionError, TimeoutError) as error:
            return b"" if isinstance(error, ConnectionError) else b"silence"


def statuses(answer: bytes) -> list[bytes]:
    """Return the status of each answer in it."""
    return [part[:3] for part in answer.split(b"HTTP/1.1 ")[1:]]


def kb() -> int:
    """Return how much memory this process has, without what is free in the heap of the C library.

    That has gaps after so many requests, 0.1 kB for each, and gives them back when asked to.
    Source: proc(5), VmRSS; malloc_trim(3) of glibc.
    """
    gc.collect()
    ctypes.CDLL(None).malloc_trim(0)
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS:"))


@pytest.mark.row("S06", "HTTP fuzz")
@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_given_requests_that_no_browser_makes_then_strangers_get_no_word_and_nothing_breaks(
    served: Served, board: Board, caplog: pytest.LogCaptureFixture
) -> None:
    """With the cookie of the browser that was let in, too, nothing is left unhandled."""
    keys, count = served.server.keys, size(4_000, 100_000)
    host = f"Host: {served.host}".encode()
    cookie = f"Cookie: {served.own['Cookie']}".encode()
    found: dict[str, Counter[bytes]] = {"strangers": Counter(), "own": Counter()}
    caplog.set_level(logging.ERROR)
    before_kb = 0
    for number, (strange, own) in enumerate(
        zip(
            requests(1, b"\r\n".join((keys.root.encode(), host))),
            requests(2, b"\r\n".join((keys.root.encode(), host, cookie))),
            strict=False,
        )
    ):
        if number == count // 2:
            break
        before_kb = kb() if number == 500 else before_kb
        found["strangers"].update(statuses(answer_to(served.server.port, strange)))
        found["own"].update(statuses(answer_to(served.server.port, own)))
    grown_kb = kb() - before_kb
    board.note(
        load=count,
        figure=f"{count:,} malformed requests: 0 unhandled, {found['strangers'].total():,} strangers "
        f"answered, each with 403; {grown_kb / 1000:.1f} MB more memory",
    )

    assert {b"403"} == set(found["strangers"])
    assert {b"200", b"403", b"404"} <= set(found["own"])
    assert [] == [record.getMessage() for record in caplog.records]
    assert 200 == served.get("/safety").status
    assert grown_kb < MOST_KB


@pytest.mark.row("S06", "slow clients of the pages")
def test_given_two_hundred_clients_that_do_not_ask_then_the_browser_is_served_and_they_go(
    served: Served, board: Board
) -> None:
    """Silent, in the middle of a line, or after one that was refused."""
    took_s: list[float] = []
    with ExitStack() as stack:
        clients = []
        for number in range(SLOW):
            client = socket.create_connection(("127.0.0.1", served.server.port), timeout=10)
            clients.append(stack.enter_context(client))
            if number % 3:
                client.sendall(b"GET /safety HTTP/1.1\r\nHost: x\r\n" + b"\r\nGET /" * (number % 2))
            if number % 10 == 0:
                begun_s = time.monotonic()
                assert 200 == served.get("/safety").status
                took_s.append(time.monotonic() - begun_s)
        begun_s = time.monotonic()
        left = [_is_sent_away(client) for client in clients]
        went_s = time.monotonic() - begun_s
    board.note(
        load=SLOW,
        figure=f"{SLOW} slow clients of the pages: a page in at most {max(took_s) * 1000:.0f} ms, "
        f"all gone after {went_s:.1f} s",
    )

    assert SLOW == sum(left)
    assert went_s < SENT_AWAY_S
    assert max(took_s) < 2.0


def _is_sent_away(client: socket.socket) -> bool:
    """Whether the other side closes it, perhaps after a refusal; the test waits for that."""
    try:
        while client.recv(65_536):
            pass
    except ConnectionResetError:
        pass
    except TimeoutError:
        return False
    return True
