"""A sound server for tests: as much of the protocol as is asked, and whatever else is wrong."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

if TYPE_CHECKING:
    from pathlib import Path

NOBODY: Final = 0xFFFF_FFFF
_REPLY, _AUTH, _SOURCE, _STREAMS, _SUBSCRIBE, _EVENT = 2, 8, 23, 32, 35, 66


def number(value: int) -> bytes:
    """Pack a number."""
    return b"L" + struct.pack(">I", value)


def stream(
    source: int = 1,
    *,
    client: int = 5,
    module: int = NOBODY,
    corked: bool = False,
    muted: bool = False,
    resampled: str = "copy",
) -> bytes:
    """A recording stream, with a name and properties that nobody should read."""
    said = (
        b"P" + b"tapplication.name\0" + number(5) + b"x" + struct.pack(">I", 5) + b"Zoom\0" + b"N"
    )
    return b"".join(
        (
            number(7) + b"tsecret\0" + number(module) + number(client) + number(source),
            b"a" + struct.pack(">BBI", 3, 2, 48000) + b"m\2\1\2",
            b"U" + bytes(8) + b"U" + bytes(8),
            b"t" + resampled.encode() + b"\0" + b"tdriver\0" + said,
            b"1" if corked else b"0",
            b"v\2" + bytes(8),
            b"1" if muted else b"0",
            b"11" + b"fB\1" + b"PN",
        )
    )


def source(monitor_of: int = NOBODY) -> bytes:
    """A source, the beginning of it."""
    said = number(1) + b"tmic\0" + b"tA microphone\0" + b"a" + struct.pack(">BBI", 3, 1, 48000)
    return said + b"m\1\0" + number(NOBODY) + b"v\1" + bytes(4) + b"0" + number(monitor_of) + b"N"


class SoundDouble:
    """Listens at *path* from `__enter__` to `__exit__`, for one client after the other."""

    def __init__(self, path: Path, *, version: int = 35) -> None:
        self.streams = b""
        self.sources: dict[int, bytes] = {1: source(), 2: source(monitor_of=0)}
        self.version = version
        self.asked: list[int] = []
        self.in_pieces = False
        self._path = path
        self._listener = socket.socket(socket.AF_UNIX)
        self._clients: list[socket.socket] = []

    def say(self, streams: bytes) -> None:
        """Change what is recorded, and tell who has subscribed."""
        self.streams = streams
        self.send(number(_EVENT) + number(NOBODY) + number(0x11) + number(7))

    def send(self, body: bytes) -> None:
        """Send a packet."""
        head = struct.pack(">IIIII", len(body), NOBODY, 0, 0, 0)
        self.send_raw(head + body)

    def send_raw(self, data: bytes) -> None:
        """Send anything."""
        for client in self._clients:
            pieces = [data[n : n + 1] for n in range(len(data))] if self.in_pieces else [data]
            for piece in pieces:
                client.sendall(piece)

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._clients = [client]
                with suppress(OSError, struct.error):
                    while True:
                        self._answer(client)

    def _answer(self, client: socket.socket) -> None:
        length = struct.unpack(">I", _exactly(client, 20)[:4])[0]
        body = _exactly(client, length)
        code, tag = struct.unpack(">xIxI", body[:10])
        self.asked.append(code)
        answer = {_AUTH: number(self.version), _STREAMS: self.streams}.get(code, b"")
        if code == _SOURCE:
            found = self.sources.get(struct.unpack(">xI", body[10:15])[0])
            if found is None:
                self.send(number(0) + number(tag) + number(5))
                return
            answer = found
        self.send(number(_REPLY) + number(tag) + answer)

    def __enter__(self) -> Self:
        self._path.unlink(missing_ok=True)
        self._listener.bind(str(self._path))
        self._listener.listen()
        threading.Thread(target=self._serve, name="sound", daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        for one in (*self._clients, self._listener):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()


def _exactly(client: socket.socket, count: int) -> bytes:
    data = b""
    while len(data) < count:
        piece = client.recv(count - len(data))
        if not piece:
            raise ConnectionResetError
        data += piece
    return data
