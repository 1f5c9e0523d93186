"""Somebody else on a message bus, on a connection of their own that shares no code with ours."""

from __future__ import annotations

import itertools
import queue
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

    Message = Any
    Perform = Callable[[Message], tuple[Any, ...] | None]
    """Makes the result of a call; None leaves the caller without an answer."""

NO_REPLY_EXPECTED = 1
DO_NOT_QUEUE = 4


class PeerError(Exception):
    """What `Peer.call` got was an error; also raised by what performs a call, to answer with one."""

    def __init__(self, name: str, signature: str = "", body: tuple[Any, ...] = ()) -> None:
        super().__init__(name, *body)
        self.name = name
        self.signature = signature
        self.body = body


class Peer:
    """A connection that answers calls, sends signals and calls others."""

    def __init__(self, address: str) -> None:
        self._address = address
        self._methods: dict[tuple[str, str], tuple[str, Perform]] = {}
        self._waiting: dict[int, queue.SimpleQueue[Message]] = {}
        self._serials = itertools.count(1000)
        self._sending = threading.Lock()
        self._on_signal: list[Callable[[Message], None]] = []

    @property
    def unique_name(self) -> str:
        return str(self._connection.unique_name)

    def start(self) -> None:
        from jeepney.io.blocking import open_dbus_connection

        self._connection = open_dbus_connection(self._address)
        self._thread = threading.Thread(target=self._serve, name="peer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Go from the bus at once, as a crash would."""
        self.die()
        self._thread.join(3.0)
        self._connection.close()

    def method(self, interface: str, member: str, signature: str, perform: Perform) -> None:
        """Answer calls to *member*, whatever their path."""
        self._methods[interface, member] = (signature, perform)

    def on_signal(self, handler: Callable[[Message], None]) -> None:
        self._on_signal.append(handler)

    def call(  # noqa: PLR0917 - a D-Bus call has these parts
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
    ) -> tuple[Any, ...]:
        """Call, wait at most 3 s; raises `PeerError` for an error, `queue.Empty` for silence."""
        from jeepney import DBusAddress, HeaderFields, MessageType, new_method_call

        target = DBusAddress(path, bus_name=destination, interface=interface)
        answers: queue.SimpleQueue[Message] = queue.SimpleQueue()
        with self._sending:
            serial = next(self._serials)
            self._waiting[serial] = answers
            message = new_method_call(target, member, signature or None, body)
            self._connection.send(message, serial=serial)
        reply = answers.get(timeout=3.0)
        if reply.header.message_type is MessageType.error:
            raise PeerError(reply.header.fields[HeaderFields.error_name], body=reply.body)
        result: tuple[Any, ...] = reply.body
        return result

    def daemon(self, member: str, signature: str, *body: object) -> tuple[Any, ...]:
        """Call the message bus itself."""
        name = "org.freedesktop.DBus"
        return self.call(name, "/org/freedesktop/DBus", name, member, signature, body)

    def own(self, name: str) -> None:
        assert self.daemon("RequestName", "su", name, DO_NOT_QUEUE) == (1,), f"{name} is taken"

    def own_next(self, name: str) -> None:
        """Get it as soon as its owner goes."""
        assert self.daemon("RequestName", "su", name, 0) == (2,), f"{name} is free"

    def die(self) -> None:
        """Go from the bus now, from any thread; `stop` is still to be called."""
        with suppress(OSError):
            self._connection.sock.shutdown(2)

    def match(self, rule: str) -> None:
        self.daemon("AddMatch", "s", rule)

    def emit(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
        *,
        to: str | None = None,
    ) -> None:
        """Send a signal: to all who listen, or to one who need not."""
        from jeepney import DBusAddress, HeaderFields, new_signal

        message = new_signal(
            DBusAddress(path, interface=interface), member, signature or None, body
        )
        if to is not None:
            message.header.fields[HeaderFields.destination] = to
        self._send(message)

    def _send(self, message: Message) -> None:
        with self._sending:
            self._connection.send(message, serial=next(self._serials))

    def _serve(self) -> None:
        from jeepney import HeaderFields, MessageType

        with suppress(OSError, EOFError):
            while True:
                message = self._connection.receive()
                match message.header.message_type:
                    case MessageType.method_call:
                        self._answer(message)
                    case MessageType.signal:
                        for handler in self._on_signal:
                            handler(message)
                    case _:
                        serial = message.header.fields[HeaderFields.reply_serial]
                        # Who answers somebody that has just gone hears so from the bus: nobody waits.
                        if (waiting := self._waiting.pop(serial, None)) is not None:
                            waiting.put(message)

    def _answer(self, message: Message) -> None:
        from jeepney import HeaderFields, new_error, new_method_return

        fields = message.header.fields
        key = (fields.get(HeaderFields.interface), fields[HeaderFields.member])
        signature, perform = self._methods.get(key, ("", _unknown))
        try:
            body = perform(message)
        except PeerError as error:
            self._send(new_error(message, error.name, error.signature or None, error.body))
            return
        if body is not None and not message.header.flags & NO_REPLY_EXPECTED:
            self._send(new_method_return(message, signature or None, body))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def _unknown(call: Message) -> None:
    raise PeerError("org.freedesktop.DBus.Error.UnknownMethod", "s", (repr(call.header.fields),))
