"""Who wants to hear which signals, and who owns the names they come from."""

from __future__ import annotations

import functools
import logging
import threading
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from deskbreak.core.replacing import quick_dataclass
from deskbreak.platforms.linux.buswire import error_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.platforms.linux.buswire import Message, OnReply

    OnOwner = Callable[[str | None], None]
    Ask = Callable[[Message, OnReply], None]
    """Sends a call whose reply the given function takes, on the bus thread."""
    Run = Callable[[Callable[[], None]], None]
    """Calls what may fail, and goes on."""

DAEMON: Final = "org.freedesktop.DBus"

_log = logging.getLogger(__name__)


@quick_dataclass(frozen=True, slots=True)
class Signal:
    """A signal as it came."""

    sender: str
    path: str
    interface: str
    member: str
    body: tuple[Any, ...]


@quick_dataclass(frozen=True, slots=True)
class Wanted:
    """Signals that somebody wants; None for any."""

    interface: str
    member: str | None = None
    sender: str | None = None
    path: str | None = None
    arg0: str | None = None

    @property
    def rule(self) -> str:
        """The match rule that asks the daemon for them."""
        parts = {"type": "signal", "interface": self.interface, "member": self.member}
        parts |= {"sender": self.sender, "path": self.path, "arg0": self.arg0}
        return ",".join(f"{key}='{value}'" for key, value in parts.items() if value is not None)

    def has(self, signal: Signal) -> bool:
        """Whether *signal* is one of them, whoever sent it."""
        return (
            self.interface == signal.interface
            and self.member in (None, signal.member)
            and self.path in (None, signal.path)
            and self.arg0 in (None, signal.body[0] if signal.body else None)
        )


class _Name:
    """A well-known name that somebody watches, or whose owner's signals somebody wants."""

    def __init__(self) -> None:
        self.handlers: list[OnOwner] = []
        self.untold: list[OnOwner] = []  # have not heard yet how it stands
        self.owner: str | None = None
        self.known = False  # in this connection


class Ears:
    """Subscriptions and watched names; they outlive a connection."""

    def __init__(self, ask: Ask, run: Run) -> None:
        self._ask = ask
        self._run = run
        self._lock = threading.Lock()
        self._wanted: list[tuple[Wanted, Callable[[Signal], None]]] = []
        self._names: dict[str, _Name] = {}

    def subscribe(self, wanted: Wanted, handler: Callable[[Signal], None]) -> Callable[[], None]:
        """Pass signals on to *handler* from now on; return what ends that."""
        if _is_well_known(wanted.sender):
            self.watch(wanted.sender)
        pair = (wanted, handler)
        with self._lock:
            self._wanted.append(pair)
        self._add_match(wanted)

        def end() -> None:
            with self._lock:
                if pair in self._wanted:
                    self._wanted.remove(pair)
            self._remove_match(wanted)

        return end

    def watch(self, name: str, handler: OnOwner | None = None) -> Callable[[], None]:
        """Keep track of the owner of *name*, and tell *handler*; return what ends that."""
        with self._lock:
            is_new = name not in self._names
            watched = self._names.setdefault(name, _Name())
            if handler is not None:
                watched.handlers.append(handler)
                watched.untold.append(handler)
        self._ask_owner(name, is_new=is_new)

        def end() -> None:
            with self._lock:
                for handlers in (watched.handlers, watched.untold):
                    if handler in handlers:
                        handlers.remove(handler)

        return end

    def greet(self) -> None:
        """Ask a new connection for all that was asked of the one before."""
        with self._lock:
            names, wanted = list(self._names), [one for one, _ in self._wanted]
        for name in names:
            self._ask_owner(name, is_new=True)
        for one in wanted:
            self._add_match(one)

    def lost(self) -> None:
        """Forget what only the lost connection knew."""
        with self._lock:
            for watched in self._names.values():
                watched.known, watched.owner = False, None

    def hear(self, signal: Signal) -> None:
        """Pass *signal* on to those who want it."""
        if signal.sender == DAEMON and signal.member == "NameOwnerChanged":
            name, _, new = signal.body
            self._note(name, new or None)
        with self._lock:
            wanted = list(self._wanted)
        for one, handler in wanted:
            if one.has(signal) and self._may_send(signal.sender, one.sender):
                self._run(functools.partial(handler, signal))

    def _may_send(self, sender: str, wanted: str | None) -> bool:
        """Whether *sender* is the *wanted* one.

        Match rules do not keep away what is sent to us alone, and on the system bus any user
        may send signals so. Source: D-Bus Specification, "Message Bus Message Routing".
        """
        if _is_well_known(wanted):
            return sender == self._names[wanted].owner
        return wanted in (None, sender)

    def _ask_owner(self, name: str, *, is_new: bool) -> None:
        """Hear of changes of what *is_new* here, then ask how it stands, in that order."""
        from jeepney.bus_messages import message_bus

        def took(reply: Message | None) -> None:
            if reply is not None:
                owner = reply.body[0] if error_of(reply) is None else None
                self._note(name, owner)

        if is_new:
            self._add_match(Wanted(DAEMON, "NameOwnerChanged", DAEMON, arg0=name))
        self._ask(message_bus.GetNameOwner(name), took)

    def _note(self, name: str, owner: str | None) -> None:
        """Tell all if it is news, else those who have not been told."""
        with self._lock:
            watched = self._names.get(name)
            if watched is None:
                return
            is_news = not watched.known or owner != watched.owner
            handlers = list(watched.handlers) if is_news else watched.untold
            watched.known, watched.owner, watched.untold = True, owner, []
        for handler in handlers:
            self._run(functools.partial(handler, owner))

    def _add_match(self, wanted: Wanted) -> None:
        from jeepney.bus_messages import message_bus

        def took(reply: Message | None) -> None:
            if reply is not None and (error := error_of(reply)) is not None:
                _log.warning("the bus sends no signals for %s: %s", wanted.rule, error)

        self._ask(message_bus.AddMatch(wanted.rule), took)

    def _remove_match(self, wanted: Wanted) -> None:
        """Undo one `_add_match`: the daemon counts equal rules."""
        from jeepney.bus_messages import message_bus

        self._ask(message_bus.RemoveMatch(wanted.rule), lambda _: None)


def signal_of(message: Message) -> Signal:
    """Take the parts of *message* that anybody wants."""
    from jeepney import HeaderFields

    fields = message.header.fields
    return Signal(
        fields.get(HeaderFields.sender, ""),
        fields[HeaderFields.path],
        fields[HeaderFields.interface],
        fields[HeaderFields.member],
        message.body,
    )


def _is_well_known(name: str | None) -> TypeGuard[str]:
    return name is not None and name != DAEMON and not name.startswith(":")
