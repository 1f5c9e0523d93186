"""One connection to a message bus, from its birth to its loss: bytes in, bytes out.

Source: D-Bus Specification 0.43, freedesktop.org; jeepney 0.9 for the format of messages.
"""

from __future__ import annotations

import itertools
import logging
import os
import socket
import struct
import threading
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Message = Any  # jeepney ships no types
    OnReply = Callable[[Message | None], None]
    """What takes a reply, on the bus thread; None when the connection was lost before it came."""

_CONNECT_S: Final = 2.0
"""For the handshake, which takes under 1 ms in good order (jeepney). Our own choice."""

_SEND_S: Final = 2
"""A daemon that does not read for so long is lost to us. Our own choice; whole seconds."""

_LARGEST: Final = 1 << 20
"""Bytes of a message that we read; the specification allows 128 MiB. Nothing we ask for comes near."""

_log = logging.getLogger(__name__)


def socket_paths(address: str) -> Iterator[str]:
    """Yield the sockets that *address* names: ``SESSION``, ``SYSTEM`` or a D-Bus address.

    Raises:
        ValueError: It is no address.
        RuntimeError: It names no socket of this machine.

    Source: D-Bus Specification, "Well-known Message Bus Instances"; sd_bus_default_user(3) for
    the socket in XDG_RUNTIME_DIR.
    """
    from jeepney.bus import get_connectable_addresses

    if address == "SESSION":
        address = os.environ.get("DBUS_SESSION_BUS_ADDRESS", "")
        folder = os.environ.get("XDG_RUNTIME_DIR", "")
        if not address and not folder:
            raise ValueError("DBUS_SESSION_BUS_ADDRESS is not set")
        address = address or f"unix:path={folder}/bus"
    elif address == "SYSTEM":
        address = os.environ.get("DBUS_SYSTEM_BUS_ADDRESS", "")
        address = address or "unix:path=/var/run/dbus/system_bus_socket"
    yield from get_connectable_addresses(address)


def method_call(  # noqa: PLR0913, PLR0917 - a D-Bus call has these parts
    destination: str, path: str, interface: str, member: str, signature: str, body: tuple[Any, ...]
) -> Message:
    """Make a call that wants a reply."""
    from jeepney import DBusAddress, new_method_call

    target = DBusAddress(path, bus_name=destination, interface=interface)
    return new_method_call(target, member, signature or None, body)


def error_of(reply: Message) -> str | None:
    """Return the name of the error that *reply* is, if it is one."""
    from jeepney import HeaderFields

    error: str | None = reply.header.fields.get(HeaderFields.error_name)
    return error


class Wire:
    """A connection that has said hello. One thread reads, any thread sends."""

    def __init__(self, path: str) -> None:
        """Connect to the socket *path*, which begins with a zero byte if it is an abstract one.

        Raises:
            OSError: Nobody there, or no answer.
            ValueError: The bus does not want us.
        """
        from jeepney.io.blocking import prep_socket

        self._socket: socket.socket = prep_socket(path, timeout=_CONNECT_S)
        self._stream = self._socket.makefile("rb")
        self._serials = itertools.count(1)
        self._lock = threading.Lock()
        self._waiting: dict[int, OnReply] = {}
        try:
            self.unique_name = self._hello()
        except BaseException:
            self.close()
            raise

    def _hello(self) -> str:
        from jeepney import MessageType
        from jeepney.bus_messages import message_bus

        replies: list[Message] = []
        self._socket.settimeout(_CONNECT_S)
        self.send(message_bus.Hello(), replies.append)
        while not replies:
            message = self.receive()
            if message is not None and message.header.message_type is not MessageType.signal:
                self.settle(message)
        if (error := error_of(replies[0])) is not None:
            raise ConnectionRefusedError(error)
        self._socket.settimeout(None)
        # Receiving may take for ever, sending may not: seconds and microseconds, socket(7).
        self._socket.setsockopt(
            socket.SOL_SOCKET, socket.SO_SNDTIMEO, struct.pack("@ll", _SEND_S, 0)
        )
        return str(replies[0].body[0])

    def send(self, message: Message, on_reply: OnReply | None = None) -> int:
        """Send *message*, return its serial number.

        Raises:
            OSError: The connection is lost.
        """
        with self._lock:
            serial = next(self._serials)
            data: bytes = message.serialise(serial)
            if on_reply is not None:
                self._waiting[serial] = on_reply
            try:
                self._socket.sendall(data)
            except OSError:
                self.forget(serial)
                self.shutdown()  # half a message may be out, so nothing can follow it
                raise
        return serial

    def receive(self) -> Message | None:
        """Wait for the next message; None for one that is too long or not understood.

        Raises:
            OSError: The connection is lost.
        """
        from jeepney import Message
        from jeepney.low_level import calc_msg_size

        head = self._read(16)
        if head[:1] not in (b"l", b"B"):
            raise ConnectionAbortedError("byte order")
        rest = calc_msg_size(head) - len(head)
        if rest > _LARGEST:
            _log.warning("a message of %d bytes was thrown away", rest)
            while rest > 0:
                rest -= len(self._read(min(rest, 1 << 16)))
            return None
        try:
            return Message.from_buffer(head + self._read(rest))
        except (ValueError, LookupError, TypeError, AssertionError, struct.error) as error:
            # The daemon checks what it passes on; this is a field newer than jeepney.
            _log.warning("a message was not understood: %r", error)
            return None

    def _read(self, count: int) -> bytes:
        data: bytes = self._stream.read(count)
        if len(data) < count:
            raise ConnectionResetError("the bus closed the connection")
        return data

    def settle(self, reply: Message) -> None:
        """Give *reply* to whoever waits for it."""
        from jeepney import HeaderFields

        on_reply = self._waiting.pop(reply.header.fields[HeaderFields.reply_serial], None)
        if on_reply is not None:
            on_reply(reply)

    def forget(self, serial: int) -> None:
        """Nobody waits for this reply any more."""
        self._waiting.pop(serial, None)

    def shutdown(self) -> None:
        """Make the reading thread notice that this is over. From any thread."""
        try:
            self._socket.shutdown(socket.SHUT_RDWR)
        except OSError:
            return  # it was over already

    def close(self) -> None:
        """Free the socket and tell those who wait that nothing will come."""
        self._stream.close()
        self._socket.close()
        while self._waiting:
            _, on_reply = self._waiting.popitem()
            on_reply(None)
