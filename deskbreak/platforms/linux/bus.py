"""A D-Bus connection that never blocks for long and comes back by itself: calls, signals, exports."""

from __future__ import annotations

import functools
import itertools
import logging
import queue
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.busears import DAEMON, Ears, Signal, Wanted, signal_of
from deskbreak.platforms.linux.buswire import Wire, error_of, method_call, socket_paths
from deskbreak.platforms.linux.exports import Exports
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.buswire import Message, OnReply
    from deskbreak.platforms.linux.exports import Method, Property
    from deskbreak.ports import Duty

__all__ = ["Bus", "Late", "Refused", "Signal"]

_RECONNECT_S: Final = (0.5, 1.0, 2.0, 4.0, 8.0)
"""Pauses before each attempt to connect again, the last one for ever. Our own choice."""

_CLOSE_S: Final = 5.0
"""How long `Bus.close` waits for the bus thread, which ends at once in good order."""

_log = logging.getLogger(__name__)


class Refused(Unavailable):
    """Somebody on the bus, or the bus itself, answered with an error."""

    def __init__(self, why: Said, error: str) -> None:
        """Keep *error*, its D-Bus name, for those who can tell one from another."""
        super().__init__(why)
        self.error = error


class Late(Unavailable):
    """Somebody on the bus did not answer in time, and may yet."""


class Bus:
    """One connection to a message bus, with one thread of its own; see `start`."""

    def __init__(self, address: str, name: str, duty: Duty | None = None) -> None:
        """Prepare; *address* is ``SESSION``, ``SYSTEM`` or a D-Bus address, *name* is for people.

        *duty* looks after our thread.
        """
        self._address = address
        self._duty = duty or Unwatched()
        self._name = name
        self._lock = threading.Lock()
        self._wire: Wire | None = None
        self._greeted = False
        self._closing = threading.Event()
        self._thread: threading.Thread | None = None
        self._ears = Ears(self._send, self._guarded)
        self._exports = Exports()
        self._on_connected: list[Callable[[], None]] = []
        self._on_lost: list[Callable[[], None]] = []

    def start(self) -> None:
        """Connect, then receive on a daemon thread and connect again for ever; twice is once.

        Raises:
            Unavailable: There is no bus now; it may be tried again.
        """
        if self._thread is not None:
            return
        self._connect()
        self._thread = threading.Thread(target=self._serve, name=f"bus-{self._name}", daemon=True)
        self._thread.start()

    @property
    def connected(self) -> bool:
        """Whether there is a connection, as far as we know."""
        return self._wire is not None

    @property
    def is_here(self) -> bool:
        """Whether the caller runs on the bus thread, where it may not wait for an answer."""
        return threading.current_thread() is self._thread

    @property
    def unique_name(self) -> str | None:
        """Our own name on the bus, such as ``:1.42``; another one after each reconnect."""
        wire = self._wire
        return None if wire is None else wire.unique_name

    def call(  # noqa: PLR0913, PLR0917 - a D-Bus call has these parts
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
        *,
        timeout_s: float = 3.0,
    ) -> tuple[Any, ...]:
        """Call a method and wait for what it returns. Never from the bus thread.

        Raises:
            Refused: It answered with an error.
            Late: No answer in time.
            Unavailable: No connection.
        """
        assert not self.is_here, "it would wait for itself"
        message = method_call(destination, path, interface, member, signature, body)
        answers: queue.SimpleQueue[Message | None] = queue.SimpleQueue()
        wire = self._wire
        try:
            if wire is None:
                raise ConnectionResetError("connection lost")
            serial = wire.send(message, answers.put)
        except OSError as error:
            raise Unavailable(_no_connection(self._name, error)) from error
        try:
            reply = answers.get(timeout=timeout_s)
        except queue.Empty as error:
            wire.forget(serial)
            late = N_("{service} did not answer {member} within {seconds:g} s")
            values = {"service": destination, "member": member, "seconds": timeout_s}
            raise Late(said(late, **values)) from error
        if reply is None:
            raise Unavailable(_no_connection(self._name, "connection lost"))
        return _body(reply, destination)

    def post(  # noqa: PLR0913, PLR0917 - a D-Bus call has these parts
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
    ) -> None:
        """Call a method whose answer nobody wants; nothing happens without a connection."""
        from jeepney import MessageFlag

        message = method_call(destination, path, interface, member, signature, body)
        message.header.flags |= MessageFlag.no_reply_expected
        self._send(message)

    def ask(  # noqa: PLR0913, PLR0917 - a D-Bus call has these parts
        self,
        destination: str,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
        *,
        answered: Callable[[tuple[Any, ...] | None], None],
    ) -> None:
        """Call a method and go on; *answered* takes what it returned, on the bus thread.

        It takes None for an error, and where the connection is lost before an answer; without
        a connection nothing happens.
        """

        def took(reply: Message | None) -> None:
            answered(None if reply is None or error_of(reply) is not None else reply.body)

        self._send(method_call(destination, path, interface, member, signature, body), took)

    def emit(
        self,
        path: str,
        interface: str,
        member: str,
        signature: str = "",
        body: tuple[Any, ...] = (),
    ) -> None:
        """Send a signal to whoever listens; nothing happens without a connection."""
        from jeepney import DBusAddress, new_signal

        emitter = DBusAddress(path, interface=interface)
        self._send(new_signal(emitter, member, signature or None, body))

    def owner(self, name: str, *, timeout_s: float = 3.0) -> str | None:
        """Who owns the well-known *name* now, as a unique name; None if nobody does.

        Raises:
            Unavailable: No connection, or no answer in time.
        """
        try:
            owner = self.call(
                DAEMON,
                "/org/freedesktop/DBus",
                DAEMON,
                "GetNameOwner",
                "s",
                (name,),
                timeout_s=timeout_s,
            )
        except Refused as refused:
            if refused.error == "org.freedesktop.DBus.Error.NameHasNoOwner":
                return None
            raise
        return str(owner[0])

    def _send(self, message: Message, on_reply: OnReply | None = None) -> None:
        wire = self._wire
        if wire is None:
            return
        try:
            wire.send(message, on_reply)
        except OSError as error:
            _log.debug("%s bus: not sent: %s", self._name, error)

    def subscribe(  # noqa: PLR0913 - a match rule has these parts
        self,
        handler: Callable[[Signal], None],
        *,
        interface: str,
        member: str | None = None,
        sender: str | None = None,
        path: str | None = None,
        arg0: str | None = None,
    ) -> Callable[[], None]:
        """Call *handler*, on the bus thread, for each such signal; it must be quick.

        Returns what ends that.

        Holds after every reconnect as well. With a *sender*, signals of anybody else are not
        passed on, not even those sent to us alone, which no match rule keeps away.
        """
        return self._ears.subscribe(Wanted(interface, member, sender, path, arg0), handler)

    def watch_owner(self, name: str, handler: Callable[[str | None], None]) -> Callable[[], None]:
        """Call *handler*, on the bus thread, with the owner of *name*; return what ends that.

        That is: now, whenever it changes, and after every reconnect; with None when nobody
        owns it. A lost connection is not reported here but by `on_lost`.
        """
        return self._ears.watch(name, handler)

    def on_connected(self, handler: Callable[[], None]) -> None:
        """Call *handler*, on the bus thread, after every connect, the one that lasts included."""
        from jeepney.bus_messages import message_bus

        def took(reply: Message | None) -> None:
            if reply is not None:
                handler()

        with self._lock:
            self._on_connected.append(handler)
            is_late = self._greeted
        if is_late:  # a round trip through the daemon brings it to the bus thread
            self._send(message_bus.GetId(), took)

    def on_lost(self, handler: Callable[[], None]) -> Callable[[], None]:
        """Call *handler*, on the bus thread, whenever the connection was lost.

        Returns what ends that.
        """
        with self._lock:
            self._on_lost.append(handler)
        return functools.partial(self._end_lost, handler)

    def _end_lost(self, handler: Callable[[], None]) -> None:
        with self._lock:
            if handler in self._on_lost:
                self._on_lost.remove(handler)

    def export(
        self,
        path: str,
        interface: str,
        methods: Mapping[str, Method],
        properties: Mapping[str, Property] | None = None,
        xml: str = "",
    ) -> None:
        """Answer calls to *interface* at *path*, on the bus thread.

        A method is its result's signature and a function of the call's arguments, which
        returns a tuple; a property is its signature and a function. *xml* is the
        ``<interface>`` element for those who ask what is there.
        """
        self._exports.add(path, interface, methods, properties or {}, xml)

    def close(self) -> None:
        """Disconnect for good. From any thread; nothing is called afterwards."""
        self._closing.set()
        wire, thread = self._wire, self._thread
        if wire is not None:
            wire.shutdown()
        if thread is not None and thread is not threading.current_thread():
            thread.join(_CLOSE_S)

    def _connect(self) -> None:
        refused: Exception = ConnectionRefusedError("no address")
        try:
            for path in socket_paths(self._address):
                try:
                    self._wire = Wire(path)
                except (OSError, ValueError) as error:  # ValueError: it does not want us
                    refused = error
                else:
                    return
        except (ValueError, RuntimeError) as error:
            refused = error
        raise Unavailable(_no_connection(self._name, refused), _remedy(self._address)) from refused

    def _serve(self) -> None:
        with self._duty.lasts():
            self._stay_connected()

    def _stay_connected(self) -> None:
        while (wire := self._wire) is not None:
            if not self._closing.is_set():
                self._greet()
                self._receive(wire)
            handlers = self._lose(wire)
            if self._closing.is_set():
                return
            _log.info("%s bus: connection lost", self._name)
            for handler in handlers:
                self._guarded(handler)
            self._reconnect()

    def _greet(self) -> None:
        """Ask again for all that was asked for, then tell everybody."""
        with self._lock:
            self._greeted = True
            handlers = list(self._on_connected)
        self._ears.greet()
        for handler in handlers:
            self._guarded(handler)

    def _lose(self, wire: Wire) -> list[Callable[[], None]]:
        with self._lock:
            self._wire, self._greeted = None, False
            handlers = list(self._on_lost)
        wire.close()
        self._ears.lost()
        return handlers

    def _receive(self, wire: Wire) -> None:
        from jeepney import MessageType

        while True:
            try:
                message = wire.receive()
            except OSError:
                return
            if message is None:
                continue
            match message.header.message_type:
                case MessageType.method_return | MessageType.error:
                    self._guarded(wire.settle, message)
                case MessageType.signal:
                    self._guarded(self._ears.hear, signal_of(message))
                case MessageType.method_call:
                    self._guarded(self._answer, message)

    def _answer(self, message: Message) -> None:
        answer = self._exports.answer(message)
        if answer is not None:
            self._send(answer)

    def _guarded(self, handler: Callable[..., None], *arguments: object) -> None:
        try:
            with self._duty.busy():
                handler(*arguments)
        except Exception:  # noqa: BLE001 - whatever a stranger sends, we must not go deaf
            _log.exception("%s bus: a handler failed", self._name)

    def _reconnect(self) -> None:
        for pause_s in itertools.chain(_RECONNECT_S, itertools.repeat(_RECONNECT_S[-1])):
            if self._closing.wait(pause_s):
                return
            try:
                self._connect()
            except Unavailable as reason:
                _log.debug("%s bus: %s", self._name, reason)
            else:
                _log.info("%s bus: connected again", self._name)
                return


def _no_connection(name: str, error: Exception | str) -> Said:
    reason = getattr(error, "strerror", None) or str(error)
    return said(N_("no connection to the {name} bus: {reason}"), name=name, reason=reason)


def _remedy(address: str) -> Said | None:
    if address != "SESSION":
        return None
    return said(N_("start deskbreak from within the desktop session, or with dbus-run-session"))


def _body(reply: Message, service: str) -> tuple[Any, ...]:
    error = error_of(reply)
    if error is None:
        body: tuple[Any, ...] = reply.body
        return body
    text = next((one for one in reply.body if isinstance(one, str)), "")
    why = said(N_("{service} answered: {text}"), service=service, text=text or error)
    raise Refused(why, error)
