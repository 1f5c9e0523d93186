"""A Wayland compositor for tests, with a seat and idle protocols; it shares no code with ours."""

from __future__ import annotations

import os
import socket
import struct
import sys
import tempfile
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Self

GLOBALS = {"wl_seat": 7, "ext_idle_notifier_v1": 2}


@dataclass(slots=True)
class Note:
    """What a client asked for: to hear when there was no input for so long."""

    client: Client
    number: int
    ms: int
    is_input: bool  # whether inhibitors do not matter
    since_s: float
    told: bool = False


class Client:
    """One connection."""

    def __init__(self, compositor: Compositor, connection: socket.socket) -> None:
        self.compositor, self.connection = compositor, connection
        self.kinds = {1: "wl_display"}
        self.registry = 0

    def event(self, number: int, opcode: int, body: bytes = b"") -> None:
        with suppress(OSError):
            self.connection.sendall(struct.pack("=IHH", number, opcode, 8 + len(body)) + body)

    def serve(self) -> None:
        received = b""
        with suppress(OSError):
            while data := self.connection.recv(4096):
                received += data
                while len(received) >= 8:
                    number, opcode, size = struct.unpack_from("=IHH", received)
                    if len(received) < size:
                        break
                    body, received = received[8:size], received[size:]
                    self.compositor.thawed.wait()
                    self._request(number, opcode, body)
        self.compositor.forget(self)

    def _request(self, number: int, opcode: int, body: bytes) -> None:
        kind = self.kinds.get(number)
        match kind, opcode:
            case "wl_display", 0:
                (new,) = struct.unpack("=I", body)
                self.event(new, 0, struct.pack("=I", 0))
                self.event(1, 1, struct.pack("=I", new))
            case "wl_display", 1:
                (self.registry,) = struct.unpack("=I", body)
                self.kinds[self.registry] = "wl_registry"
                for place, (name, version) in enumerate(self.compositor.globals.items(), 1):
                    packed = struct.pack("=I", place) + _text(name) + struct.pack("=I", version)
                    self.event(self.registry, 0, packed)
            case "wl_registry", 0:
                (size,) = struct.unpack_from("=I", body, 4)
                _, new = struct.unpack("=II", body[8 + size + -size % 4 :])
                self.kinds[new] = body[8 : 7 + size].decode()
            case "ext_idle_notifier_v1", (1 | 2):
                new, ms, _ = struct.unpack("=III", body)
                self._add(new, ms, is_input=opcode == 2)
            case "org_kde_kwin_idle", 0:
                new, _, ms = struct.unpack("=III", body)
                self._add(new, ms, is_input=False)
            case "note", 0:
                self.compositor.drop(self, number)
                del self.kinds[number]
                self.event(1, 1, struct.pack("=I", number))

    def _add(self, number: int, ms: int, *, is_input: bool) -> None:
        self.kinds[number] = "note"
        self.compositor.add(Note(self, number, ms, is_input, time.monotonic()))


class Compositor:
    """Listens from `start` to `stop` at `path`, which WAYLAND_DISPLAY may name."""

    def __init__(self, **globals_: int) -> None:
        self.globals = globals_ or dict(GLOBALS)
        self._folder = Path(tempfile.mkdtemp(prefix="wl-"))
        self.path = str(self._folder / "wayland-0")
        self.notes: list[Note] = []
        self.clients: list[Client] = []
        self.thawed = threading.Event()
        self.thawed.set()
        self._inhibited = False
        self._news = threading.Condition()
        self._server: socket.socket | None = None

    def start(self) -> None:
        if sys.platform == "win32":
            return
        self._server = socket.socket(socket.AF_UNIX)
        self._server.bind(self.path)
        self._server.listen(8)
        for work in (self._accept, self._tell):
            threading.Thread(target=work, args=(self._server,), daemon=True).start()

    def stop(self) -> None:
        """Go at once, as a crash would."""
        server, self._server = self._server, None
        if server is None:
            return
        with suppress(OSError):
            server.shutdown(socket.SHUT_RDWR)
        server.close()
        for client in list(self.clients):
            with suppress(OSError):
                client.connection.shutdown(socket.SHUT_RDWR)
        self.thawed.set()
        with self._news:
            self.notes.clear()
            self._news.notify_all()
        os.unlink(self.path)  # noqa: PTH108 - it is a string

    def touch(self) -> None:
        """Be the hand on the keyboard."""
        with self._news:
            for note in self.notes:
                if note.told:
                    note.client.event(note.number, 1)
                note.told, note.since_s = False, time.monotonic()
            self._news.notify_all()

    def inhibit(self, *, begins: bool) -> None:
        """Play a video: who does not ask for input alone sees somebody at the desk."""
        with self._news:
            self._inhibited = begins
            for note in self.notes:
                if not note.is_input:
                    if note.told:
                        note.client.event(note.number, 1)
                    note.told, note.since_s = False, time.monotonic()
            self._news.notify_all()

    def withdraw(self, name: str) -> None:
        """Take a global away."""
        place = list(self.globals).index(name) + 1
        for client in self.clients:
            client.event(client.registry, 1, struct.pack("=I", place))

    def error(self, text: str) -> None:
        """Tell every client that it did something wrong, and hang up."""
        for client in self.clients:
            client.event(1, 0, struct.pack("=II", 1, 0) + _text(text))

    def add(self, note: Note) -> None:
        with self._news:
            self.notes.append(note)
            self._news.notify_all()

    def drop(self, client: Client, number: int) -> None:
        with self._news:
            self.notes = [x for x in self.notes if (x.client, x.number) != (client, number)]

    def forget(self, client: Client) -> None:
        with self._news:
            self.notes = [note for note in self.notes if note.client is not client]
            self.clients.remove(client)
        client.connection.close()

    def _accept(self, server: socket.socket) -> None:
        with suppress(OSError):
            while True:
                connection, _ = server.accept()
                client = Client(self, connection)
                self.clients.append(client)
                threading.Thread(target=client.serve, daemon=True).start()

    def _tell(self, server: socket.socket) -> None:
        while server is self._server:
            with self._news:
                now_s, wait_s = time.monotonic(), 60.0
                for note in self.notes:
                    if note.told or (self._inhibited and not note.is_input):
                        continue
                    left_s = note.since_s + note.ms / 1000 - now_s
                    if left_s <= 0:
                        note.told = True
                        note.client.event(note.number, 0)
                    else:
                        wait_s = min(wait_s, left_s)
                self._news.wait(wait_s)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._folder.rmdir()


def _text(words: str) -> bytes:
    raw = words.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw + bytes(-len(raw) % 4)
