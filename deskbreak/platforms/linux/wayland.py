"""A small Wayland client: one connection, its registry, and events for whoever made the objects.

Source: The Wayland Protocol, wayland.freedesktop.org, chapters "Wire Protocol" and "Protocol
Specification" for `wl_display`, `wl_registry` and `wl_callback`. No file descriptors are passed.
"""

from __future__ import annotations

import contextlib
import logging
import os
import select
import socket
import struct
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.ports import Duty

    OnEvent = Callable[[int, bytes], None]
    """Takes an event of an object: its opcode and its arguments, on the client's thread."""
    Turn = Callable[[], float | None]
    """Called after events, after `ring` and when its time has come; says when to call it again."""

_CONNECT_S: Final = 2.0
"""For the connection and the registry, which take some 2 ms in good order. Our own choice."""

_SEND_S: Final = 1
"""A compositor that does not read for so long is lost to us. Our own choice; whole seconds."""

_END_S: Final = 1.0
"""Our thread ends at once, unless whom it reports to keeps it. Our own choice."""

_DISPLAY: Final = 1
_SYNC: Final = 0
_GET_REGISTRY: Final = 1
_BIND: Final = 0
_ERROR: Final = 0
_DELETE_ID: Final = 1
_GLOBAL: Final = 0
_GLOBAL_REMOVE: Final = 1
_FROM_SERVER: Final = 0xFF00_0000
"""Where the numbers of objects begin that the compositor makes."""
_GONE: Final = N_("the Wayland compositor is gone")
_log = logging.getLogger(__name__)


def answers(name: str | None = None) -> bool:
    """Tell whether a compositor accepts connections at *name*, or where WAYLAND_DISPLAY says."""
    try:
        _connected(name).close()
    except (Unavailable, OSError):
        return False
    return True


class Wayland:
    """A connection, with a thread that hands out its events once it was started.

    Requests may be sent from any thread. A client that lost its compositor stays lost.
    """

    def __init__(self, name: str | None = None) -> None:
        """Connect to the compositor *name*, or to that of WAYLAND_DISPLAY; at most 2 s.

        Raises:
            Unavailable: There is none, or it does not answer.
        """
        self._socket = _connected(name)
        self._received = b""
        self._sending = threading.Lock()
        self._handlers: dict[int, OnEvent] = {_DISPLAY: self._on_display}
        self._next = _DISPLAY + 1
        self._free: list[int] = []
        self._globals: dict[str, tuple[int, int]] = {}
        self._bound: set[int] = set()
        self._over: Unavailable | None = None
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._bell, self._ear = socket.socketpair()
        self._bell.settimeout(0)  # a bell that rings already need not ring twice
        try:
            self._registry = self.make(self._on_registry, _DISPLAY, _GET_REGISTRY, None)
            self._wait_for_sync()
        except BaseException:
            self._let_go()
            raise

    # ── objects and requests, from any thread ──────────────────────────────────────────────

    def version(self, interface: str) -> int:
        """Return the version in which the compositor offers *interface*; 0 if it does not."""
        return self._globals.get(interface, (0, 0))[1]

    def bind(self, interface: str, version: int, handler: OnEvent | None = None) -> int:
        """Return a new object of the global *interface*, which the compositor must offer.

        Should the compositor withdraw the global, the connection counts as lost.
        """
        number, _ = self._globals[interface]
        self._bound.add(number)
        return self.make(
            handler or _ignore, self._registry, _BIND, number, interface, version, None
        )

    def make(self, handler: OnEvent, target: int, opcode: int, *arguments: int | str | None) -> int:
        """Send a request that makes an object, whose number stands where an argument is None.

        Return that number; *handler* hears the events of the object.
        """
        with self._sending:
            # One lock for both: the compositor wants the numbers in the order of the requests.
            made = self._free.pop() if self._free else self._next
            self._next = max(self._next, made + 1)
            self._handlers[made] = handler
            self._send(target, opcode, [made if one is None else one for one in arguments])
        return made

    def listen(self, number: int, handler: OnEvent) -> None:
        """Hear the events of an object that the compositor made."""
        self._handlers[number] = handler

    def forget(self, number: int) -> None:
        """Hear no more of an object that was destroyed."""
        if number >= _FROM_SERVER:
            self._handlers.pop(number, None)
        else:
            self._handlers[number] = _ignore  # until the compositor says that it forgot it too

    def request(self, target: int, opcode: int, *arguments: int | str) -> None:
        """Send a request; nothing happens on a connection that is lost."""
        with self._sending:
            self._send(target, opcode, arguments)

    def _send(self, target: int, opcode: int, arguments: Sequence[int | str]) -> None:
        body = b"".join(map(_packed, arguments))
        try:
            self._socket.sendall(struct.pack("=IHH", target, opcode, 8 + len(body)) + body)
        except OSError:
            with contextlib.suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)  # half a message may be out

    def round_trip(self, timeout_s: float) -> bool:
        """Wait until all that happened before is handed out; False where that takes too long.

        Only while the thread runs; from that thread it is true at once.
        """
        if self._thread is threading.current_thread():
            return True
        done = threading.Event()
        self.make(lambda *_: done.set(), _DISPLAY, _SYNC, None)
        return done.wait(timeout_s) and self._over is None

    # ── the thread ─────────────────────────────────────────────────────────────────────────

    def start(
        self,
        lost: Callable[[Unavailable], None],
        turn: Turn | None = None,
        duty: Duty | None = None,
    ) -> None:
        """Hand out events on a thread of our own; *lost* is called there, once, if it ends."""
        self._duty = duty or Unwatched()
        self._thread = threading.Thread(
            target=self._serve, args=(lost, turn), name="wayland", daemon=True
        )
        self._thread.start()

    def ring(self) -> None:
        """Let the thread take its turn now."""
        with contextlib.suppress(OSError):
            self._bell.send(b"!")

    def close(self) -> None:
        """Let go of the compositor; nothing is called afterwards."""
        self._closing.set()
        self.ring()
        if self._thread is None:
            self._let_go()
        elif self._thread is not threading.current_thread():
            self._thread.join(_END_S)

    def _serve(self, lost: Callable[[Unavailable], None], turn: Turn | None) -> None:
        try:
            with self._duty.lasts():
                self._listen(turn)
        finally:  # whatever ended it: a source that nobody serves would count as idle for ever
            self._let_go()
            if not self._closing.is_set():
                self._over = self._over or Unavailable(said(_GONE))
                _log.info("Wayland: %s", self._over)
                lost(self._over)

    def _listen(self, turn: Turn | None) -> None:
        try:
            while not self._closing.is_set():
                with self._duty.busy():
                    wait_s = turn() if turn is not None else None
                ready = select.select([self._socket, self._ear], [], [], wait_s)[0]
                if self._ear in ready:
                    self._ear.recv(4096)
                if self._socket in ready and not self._closing.is_set():
                    with self._duty.busy():
                        self._take()
        except Unavailable as reason:
            self._over = reason

    def _let_go(self) -> None:
        for each in (self._socket, self._bell, self._ear):
            each.close()

    def _take(self) -> None:
        """Read what has come, and hand it out.

        Raises:
            Unavailable: The compositor is gone, or has had enough of us.
        """
        try:
            data = self._socket.recv(1 << 16)
        except TimeoutError as error:
            raise Unavailable(said(N_("the Wayland compositor does not answer in time"))) from error
        except OSError as error:
            raise Unavailable(said(_GONE)) from error
        if not data:
            raise Unavailable(said(_GONE))
        self._received += data
        while len(self._received) >= 8:  # noqa: PLR2004 - the head of a message
            number, opcode, size = struct.unpack_from("=IHH", self._received)
            if len(self._received) < max(size, 8):
                return
            body, self._received = self._received[8:size], self._received[max(size, 8) :]
            self._hand_out(number, opcode, body)

    def _hand_out(self, number: int, opcode: int, body: bytes) -> None:
        handler = self._handlers.get(number, _ignore)
        try:
            handler(opcode, body)
        except (struct.error, UnicodeDecodeError) as error:
            raise Unavailable(said(N_("the Wayland compositor is not understood"))) from error

    def _on_display(self, opcode: int, body: bytes) -> None:
        if opcode == _ERROR:
            text, _ = text_at(body, 8)
            raise Unavailable(said(N_("the Wayland compositor refuses us: {reason}"), reason=text))
        if opcode == _DELETE_ID:
            (number,) = struct.unpack_from("=I", body)
            with self._sending:
                self._handlers.pop(number, None)
                self._free.append(number)

    def _on_registry(self, opcode: int, body: bytes) -> None:
        (number,) = struct.unpack_from("=I", body)
        if opcode == _GLOBAL:
            interface, at = text_at(body, 4)
            (version,) = struct.unpack_from("=I", body, at)
            self._globals.setdefault(interface, (number, version))
        elif opcode == _GLOBAL_REMOVE:
            if number in self._bound:
                raise Unavailable(said(N_("the Wayland compositor has withdrawn what we used")))
            self._globals = {name: one for name, one in self._globals.items() if one[0] != number}

    def _wait_for_sync(self) -> None:
        done: list[int] = []
        self.make(lambda opcode, _: done.append(opcode), _DISPLAY, _SYNC, None)
        while not done:
            self._take()
        self._socket.settimeout(None)
        # Receiving may take for ever, sending may not: seconds and microseconds, socket(7).
        limit = struct.pack("@ll", _SEND_S, 0)
        self._socket.setsockopt(socket.SOL_SOCKET, socket.SO_SNDTIMEO, limit)


def text_at(body: bytes, at: int) -> tuple[str, int]:
    """Return the string that begins at *at*, and where what follows it begins."""
    (size,) = struct.unpack_from("=I", body, at)
    end = at + 4 + size
    return body[at + 4 : max(end - 1, at + 4)].decode(), end + -size % 4


def _packed(argument: int | str) -> bytes:
    if isinstance(argument, int):
        return struct.pack("=I", argument)
    raw = argument.encode() + b"\0"
    return struct.pack("=I", len(raw)) + raw + bytes(-len(raw) % 4)


def _ignore(_opcode: int, _body: bytes) -> None:
    """Do nothing: nobody wants these events."""


def _connected(name: str | None) -> socket.socket:
    """Return a socket that a compositor accepted.

    Raises:
        Unavailable: There is none.

    Source: wl_display_connect, Wayland client API.
    """
    wanted = name or os.environ.get("WAYLAND_DISPLAY", "")
    if not wanted or sys.platform != "linux":
        raise Unavailable(said(N_("this is no Wayland session: WAYLAND_DISPLAY is not set")))
    folder = os.environ.get("XDG_RUNTIME_DIR", "")
    if not folder and not wanted.startswith("/"):
        raise Unavailable(
            said(N_("the Wayland compositor cannot be found: XDG_RUNTIME_DIR is not set")),
            said(N_("start deskbreak from within the desktop session")),
        )
    opened = socket.socket(socket.AF_UNIX)
    opened.settimeout(_CONNECT_S)
    try:
        opened.connect(str(Path(folder) / wanted))
    except OSError as error:
        opened.close()
        why = N_("no Wayland compositor answers at {display}: {reason}")
        raise Unavailable(
            said(why, display=wanted, reason=error.strerror or error),
            said(N_("start deskbreak from within the desktop session")),
        ) from error
    return opened
