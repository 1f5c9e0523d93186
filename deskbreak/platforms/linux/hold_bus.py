"""A yes or no that somebody on a message bus tells, and tells of when it changes."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from deskbreak.platforms.linux.bus import Bus, Signal
    from deskbreak.platforms.linux.watcher import Watcher

ANSWER_S: Final = 0.25
"""A probe has no longer. Source: behaviour and platform facts: a prompt must not wait for it."""
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"

_log = logging.getLogger(__name__)


class News(NamedTuple):
    """A signal after which the answer may be another one."""

    interface: str
    member: str
    sender: str
    path: str
    arg0: str | None = None


def changes(of: str, sender: str, path: str) -> News:
    """Return the signal that tells of changed properties of the interface *of*."""
    return News(_PROPERTIES, "PropertiesChanged", sender, path, of)


class BusFlag:
    """Reads at the beginning, and again whenever one of its signals comes.

    Values that signals carry are not used: what is read after them is never older.
    """

    subscribed = True

    def __init__(  # noqa: PLR0913, PLR0917 - what it reads, when it reads, and whom it tells
        self,
        name: str,
        bus: Bus,
        watcher: Watcher,
        changed: Callable[[], None],
        read: Callable[[], bool],
        news: Sequence[News],
    ) -> None:
        """Read once, at most 250 ms for each call that *read* makes; on *watcher*'s thread.

        Raises:
            Unavailable: Nobody there tells.
        """
        self.name = name
        self._watcher = watcher
        self._changed = changed
        self._read = read
        self._is_open, self._will_read = True, False
        self._answer: bool | None = None
        self._cancels = [
            bus.subscribe(
                self._heard,
                interface=one.interface,
                member=one.member,
                sender=one.sender,
                path=one.path,
                arg0=one.arg0,
            )
            for one in news
        ]
        try:
            self._answer = read()
        except BaseException:
            self.close()
            raise

    def ask(self) -> bool | None:
        """Tell what was read last; None where it could not be read."""
        return self._answer

    def close(self) -> None:
        """Hear no more."""
        self._is_open = False
        for cancel in self._cancels:
            cancel()

    def _heard(self, _signal: Signal) -> None:
        """Note on the bus thread, which may not ask, that it has to be read."""
        if not self._will_read:
            self._will_read = True
            self._watcher.soon(self._read_again)

    def _read_again(self) -> None:
        self._will_read = False
        if not self._is_open:
            return
        try:
            answer: bool | None = self._read()
        except Unavailable as reason:
            _log.info("%s: %s", self.name, reason)
            answer = None
        if answer is not self._answer:
            self._answer = answer
            self._changed()


def require(bus: Bus, name: str) -> None:
    """Make sure that somebody owns *name*: a question would start who does not run.

    Raises:
        Unavailable: Nobody does, or there is no bus.
    """
    if bus.owner(name, timeout_s=ANSWER_S) is None:
        raise Unavailable(said(N_("{name} is not on the bus"), name=name))


def call(  # noqa: PLR0913, PLR0917 - a D-Bus call has these parts
    bus: Bus,
    name: str,
    path: str,
    interface: str,
    member: str,
    signature: str = "",
    body: tuple[Any, ...] = (),
) -> Any:  # noqa: ANN401 - any D-Bus type
    """Return the first value of the answer.

    Raises:
        Unavailable: It is an error, or does not come in time.
    """
    return bus.call(name, path, interface, member, signature, body, timeout_s=ANSWER_S)[0]


def get(bus: Bus, name: str, path: str, interface: str, member: str) -> Any:  # noqa: ANN401 - as above
    """Return the value of a property.

    Raises:
        Unavailable: There is none, or the answer does not come in time.
    """
    _, value = call(bus, name, path, _PROPERTIES, "Get", "ss", (interface, member))
    return value
