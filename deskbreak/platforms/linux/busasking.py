"""Questions to a message bus that may be asked on any thread, that of a `Bus` too: no thread reads."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.buswire import error_of, method_call, socket_paths
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    Connection = Any  # jeepney ships no types

_CONNECT_S: Final = 2.0
"""For the handshake, which takes under 1 ms in good order (jeepney). Our own choice."""

_TURN_S: Final = 0.01
"""To wait for another thread's question."""


class Questions:
    """A connection of its own, which whoever asks reads themselves until the answer is there."""

    def __init__(self, address: str) -> None:
        """Connect to *address*: ``SESSION``, ``SYSTEM`` or a D-Bus address.

        Raises:
            Unavailable: There is no bus.
        """
        self._asking = threading.Lock()
        self._connection: Connection | None = _connected(address)

    def ask(
        self, destination: str, path: str, interface: str, member: str, within_s: float
    ) -> tuple[Any, ...]:
        """Call a method without arguments; return what it returned in *within_s*, and 10 ms.

        Raises:
            Unavailable: An error, no answer in time, or no connection any more.
        """
        late = Unavailable(said(N_("{service} does not answer in time"), service=destination))
        if not self._asking.acquire(timeout=_TURN_S):
            raise late
        try:
            if self._connection is None:
                raise Unavailable(said(N_("the session bus has gone")))
            call = method_call(destination, path, interface, member, "", ())
            try:
                reply = self._connection.send_and_get_reply(call, timeout=within_s)
            except TimeoutError as error:
                raise late from error
            except (OSError, ValueError) as error:
                raise Unavailable(said(N_("the session bus has gone"))) from error
        finally:
            self._asking.release()
        if (problem := error_of(reply)) is not None:
            why = N_("{service} answered: {text}")
            raise Unavailable(said(why, service=destination, text=problem))
        body: tuple[Any, ...] = reply.body
        return body

    def close(self) -> None:
        """Disconnect, when the question that is being asked is answered."""
        with self._asking:
            connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()


def _connected(address: str) -> Connection:
    from jeepney.io.blocking import DBusConnection, prep_socket

    refused: Exception = ConnectionRefusedError("no address")
    try:
        for path in socket_paths(address):
            try:
                return DBusConnection(prep_socket(path, timeout=_CONNECT_S))
            except (OSError, ValueError) as error:
                refused = error
    except (ValueError, RuntimeError) as error:
        refused = error
    why = N_("no connection to the {name} bus: {reason}")
    raise Unavailable(said(why, name=address.lower(), reason=refused)) from refused
