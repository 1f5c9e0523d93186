"""The notification service: what it can do, what a call to it says, what a killed agent left there.

Source: Desktop Notifications Specification 1.2, freedesktop.org, unless said otherwise.
"""

from __future__ import annotations

import logging
import os
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.model import Choice
from deskbreak.core.plain import clipped, escaped, one_line, plain
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.bus import Late
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from pathlib import Path

    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus

NAME: Final = "org.freedesktop.Notifications"
PATH: Final = "/org/freedesktop/Notifications"

DEADLINE_S: Final = 3.0
"""A service that takes longer is stuck. Our own choice: one in good order takes milliseconds."""

NOTIFY: Final = "susssasa{sv}i"
"""The signature of `Notify`."""

_ASK_S: Final = 0.5
_PING_S: Final = 0.25
_START_S: Final = 2.0
"""For a service that runs, and for one that the bus has to start first. Our own choice."""

_APP_NAME: Final = "deskbreak"

TITLE_UNITS: Final = 128
BODY_UNITS: Final = 1024
"""More does not fit into a bubble. Our own choice: the specification has no limit."""

_SOUND: Final = "message-new-instant"
"""Source: Sound Naming Specification, freedesktop.org."""

_BUS: Final = "org.freedesktop.DBus"
_BUS_PATH: Final = "/org/freedesktop/DBus"

_log = logging.getLogger(__name__)


@quick_dataclass(frozen=True, slots=True)
class Service:
    """Whoever owns the name, on one bus."""

    owner: str
    bus_id: str  # of the daemon: the next one gives the same unique names to others
    markup: bool
    buttons: bool


def capabilities(bus: Bus, timeout_s: float = DEADLINE_S) -> frozenset[str]:
    """Ask the notification service what it can do; the bus starts one if it knows how.

    Raises:
        Unavailable: There is none, or it does not answer in words.
    """
    match bus.call(NAME, PATH, NAME, "GetCapabilities", timeout_s=timeout_s):
        case (list() as words,) if all(isinstance(word, str) for word in words):
            return frozenset(words)
    raise Unavailable(nonsense("GetCapabilities"))


def described(bus: Bus) -> tuple[str, bool] | None:
    """Ask the service for its name and version, and whether it has buttons; None if none runs.

    Raises:
        Unavailable: It does not answer within a second, or in words.
    """
    if bus.owner(NAME) is None:
        return None
    try:
        can = capabilities(bus, _ASK_S)
        answer = bus.call(NAME, PATH, NAME, "GetServerInformation", timeout_s=_ASK_S)
    except Late as late:
        raise Unavailable(stuck().why, _end_it(bus)) from late
    name = " ".join(one_line(str(part)) for part in (answer[0], answer[2])) if answer[2:] else NAME
    return clipped(name, TITLE_UNITS), "actions" in can


def _end_it(bus: Bus) -> Said:
    """Return the command that ends a service which is stuck; it may not hear a polite one."""
    (pid,) = bus.call(_BUS, _BUS_PATH, _BUS, "GetConnectionUnixProcessID", "s", (NAME,))
    remedy = N_("end it, and start it again if your desktop does not: {command}")
    return said(remedy, command=f"kill -KILL {pid}")


def reads_markup(bus: Bus) -> bool:
    """Whether the notification service takes ``<`` and ``&`` in a body for markup.

    For a channel that shows through another program and cannot know what became of it: a
    service that does not answer this at once would not show anything either.

    Raises:
        Unavailable: There is no service, or it is stuck.
    """
    bus.start()
    timeout_s = _START_S if bus.owner(NAME) is None else _PING_S
    return "body-markup" in capabilities(bus, timeout_s)


def waits_to_be_started(bus: Bus) -> bool:
    """Whether no service runs, but the bus can start one.

    Raises:
        Unavailable: The bus does not answer.
    """
    if bus.owner(NAME) is not None:
        return False
    (names,) = bus.call(_BUS, _BUS_PATH, _BUS, "ListActivatableNames")
    return NAME in names


def bus_id(bus: Bus) -> str:
    """Ask the daemon for its own id.

    Raises:
        Unavailable: It does not answer.
    """
    (answer,) = bus.call(_BUS, _BUS_PATH, _BUS, "GetId")
    return str(answer)


def keys(view: PromptView) -> dict[str, Choice]:
    """Return what each action of the notification of *view* answers."""
    return {button.choice.value: button.choice for button in view.buttons} | {
        "default": Choice.START
    }


def arguments(
    view: PromptView, service: Service, *, replaces_id: int, icon: str, guide_label: str
) -> tuple[object, ...]:
    """Return the arguments of `Notify` that say *view*."""
    labels = _labels(view, guide_label) if service.buttons else {}
    body = clipped(plain(view.body), BODY_UNITS)
    return (
        _APP_NAME,
        replaces_id,
        icon,
        clipped(one_line(view.title), TITLE_UNITS) or _APP_NAME,
        escaped(body) if service.markup else body,
        [part for pair in labels.items() for part in pair],
        _hints(view),
        0,  # never expires: closing it is for us
    )


def _labels(view: PromptView, guide_label: str) -> dict[str, str]:
    labels = {button.choice.value: one_line(button.label) for button in view.buttons}
    # A click on the notification itself; few services show its label.
    return labels | {"default": labels.get(Choice.START.value, guide_label)}


def _hints(view: PromptView) -> dict[str, tuple[str, Any]]:
    hints: dict[str, tuple[str, Any]] = {
        "urgency": ("y", 1),  # normal: a critical one would break through "do not disturb"
        "category": ("s", f"{_APP_NAME}.{view.kind}"),
        "desktop-entry": ("s", _APP_NAME),
        "transient": ("b", True),
    }
    if view.sound:
        return hints | {"sound-name": ("s", _SOUND)}
    return hints | {"suppress-sound": ("b", True)}


class Memory:
    """Which notification is on the screen, for the agent that follows one that was killed.

    A file in the runtime folder, 0600. Without it, such a notification stays until the
    person closes it.
    """

    def __init__(self, path: Path | None) -> None:
        """Take the file's place; None remembers nothing."""
        self._path = path

    def keep(self, service: Service, note_id: int) -> None:
        """Write down what is on the screen."""
        if self._path is None:
            return
        try:
            # A new file each time: neither a link nor an old one's mode is taken over.
            self._path.unlink(missing_ok=True)
            descriptor = os.open(self._path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "w", encoding="ascii") as file:
                file.write(f"{service.bus_id} {service.owner} {note_id}\n")
        except OSError as error:
            _log.debug("the notification is not remembered: %s", error)

    def forget(self) -> None:
        """Nothing is on the screen any more."""
        if self._path is None:
            return
        try:
            self._path.unlink(missing_ok=True)
        except OSError as error:
            _log.debug("the notification is not forgotten: %s", error)

    def recall(self, service: Service) -> int | None:
        """Return the id of what was left at this very *service*, once."""
        if self._path is None:
            return None
        try:
            with self._path.open("rb") as file:
                words = file.read(256).decode("ascii", "replace").split()
        except OSError:
            return None
        self.forget()
        match words:
            case [service.bus_id, service.owner, number] if number.isdecimal():
                note_id = int(number)
                return note_id if 0 < note_id < 1 << 32 else None
        return None


class Guest:
    """A notification that another program put at the service, and whose id it told us."""

    def __init__(self, bus: Bus) -> None:
        """Follow who owns the name; *bus* is started."""
        self._bus = bus
        self._lock = threading.Lock()
        self._live: tuple[str, int] | None = None  # who shows it, and as what
        self._owner: str | None = None  # of the name, as we heard last
        self._lost = False
        bus.watch_owner(NAME, self._owner_is)
        bus.on_lost(lambda: self._owner_is(None))

    @property
    def lost(self) -> bool:
        """Whether it went with its service, and nobody has left or come since."""
        return self._lost

    def service(self) -> str | None:
        """Ask who shows notifications now; None where nobody does, or nobody says."""
        try:
            return self._bus.owner(NAME, timeout_s=_PING_S)
        except Unavailable:
            return None

    def came(self, before: str | None, note_id: int | None) -> None:
        """Take note of what was put there, by a program that found the service *before* at first."""
        now = self.service()  # a round trip: changes before it have been heard of
        is_known = note_id is not None and now is not None and before in (None, now)
        with self._lock:
            self._lost = False
            self._live = (str(now), int(note_id or 0)) if is_known else None
            self._see_whether_lost()  # since that answer

    def leave(self) -> None:
        """Close it, if it is still known where it is; no answer is waited for."""
        with self._lock:
            live, self._live, self._lost = self._live, None, False
        if live is not None:
            # To this very owner: at its successor the id is somebody else's.
            self._bus.post(live[0], PATH, NAME, "CloseNotification", "u", (live[1],))

    def _owner_is(self, owner: str | None) -> None:
        with self._lock:
            self._owner = owner
            self._see_whether_lost()

    def _see_whether_lost(self) -> None:
        if self._live is not None and self._live[0] != self._owner:
            self._live, self._lost = None, True


def stuck() -> Unavailable:
    """Say that there is no answer."""
    return Unavailable(
        said(N_("the notification service does not answer")),
        said(N_("restart the notification service, or log out and in again")),
    )


def gone() -> Unavailable:
    """Say that it ended meanwhile."""
    return Unavailable(said(N_("the notification service ended before it could show it")))


def nonsense(member: str) -> Said:
    """Say that an answer has not the types that it must have."""
    why = N_("the notification service answered {call} in a way that makes no sense")
    return said(why, call=member)
