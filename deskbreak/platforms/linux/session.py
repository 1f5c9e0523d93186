"""Whether our session is locked or asleep, as logind (or elogind) tells.

Source: org.freedesktop.login1(5), systemd.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.platforms.linux.bus import Refused
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.platforms.linux.bus import Bus, Signal

_LOGIND: Final = "org.freedesktop.login1"
_MANAGER_PATH: Final = "/org/freedesktop/login1"
_MANAGER: Final = "org.freedesktop.login1.Manager"
_SESSION: Final = "org.freedesktop.login1.Session"
_USER: Final = "org.freedesktop.login1.User"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"

_BELIEVE_S: Final = 10.0
"""How long a wish to lock counts as a lock; lockers set their hint within 2 s. Our own choice."""

_RETRY_S: Final = (1.0, 2.0, 4.0, 8.0)
"""Pauses before logind is read again if it does not answer after a restart. Our own choice."""

_log = logging.getLogger(__name__)


@quick_dataclass(frozen=True, slots=True)
class _Known:
    """What logind said last; as it stands here where it said nothing."""

    hint: bool = False  # LockedHint: the locker says that the screen is locked
    wish: bool = False  # a Lock that is believed for the time being
    active: bool = True  # False: somebody else has the seat
    asleep: bool = False

    @property
    def locked(self) -> bool:
        return self.hint or self.wish or not self.active


class LogindSession:
    """Our session, as logind sees it.

    ``Lock`` is a wish, which perhaps nobody hears: without a locker the screen stays as it is
    and ``Unlock`` never comes. Other lockers follow it, but set no ``LockedHint`` and do not
    tell when they let the person in again (swaylock#382, i3lock#239, hyprlock#907,
    light-locker#106). So a wish counts as a lock for 10 s. Who keeps ``LockedHint`` (GNOME,
    Plasma, gala) has set it by then, and from there on the hint alone counts; with all others
    idle time tells the rest: the absence has begun with the lock and lasts until input returns.

    A bus or a logind that is gone says nothing, which here is not locked and not asleep: idle
    time still tells of an absence, while a lock that nobody ends would silence us for ever.
    """

    name = "logind"

    def __init__(
        self, bus: Bus, changed: Callable[[], None], *, believe_s: float = _BELIEVE_S
    ) -> None:
        """Read the state; *bus* is ours from here on. At most 3 s if logind is stuck.

        *changed* is called from the bus thread or one of our own.

        Raises:
            Unavailable: No system bus, no logind, or no session there.
        """
        self._bus = bus
        self._changed = changed
        self._believe_s = believe_s
        self._lock = threading.Lock()
        self._known = _Known()
        self._path: str | None = None
        self._owner: str | None = None  # whose words they are
        self._heard = 0  # signals: one that comes while we read is newer than what we read
        self._is_stale = False
        self._is_reading = False
        self._doubt: threading.Timer | None = None
        self._is_open = False
        self._keeps_hint = False
        self._closing = threading.Event()
        try:
            bus.start()
            self._subscribe()
            self._read()
        except BaseException:
            bus.close()
            raise
        self._is_open = True  # until here the caller cannot look, and then looks anyway
        bus.on_lost(self._forget)
        bus.watch_owner(_LOGIND, self._owner_is)

    @property
    def locked(self) -> bool:
        """Locked now, or another user has the seat."""
        return self._known.locked

    @property
    def asleep(self) -> bool:
        """Suspended, or about to be."""
        return self._known.asleep

    @property
    def keeps_hint(self) -> bool:
        """Whether the locker here has told logind of a lock, or of its end, since we listen."""
        return self._keeps_hint

    def close(self) -> None:
        """Let go of the bus; nothing is reported afterwards."""
        self._closing.set()
        with self._lock:
            self._stop_doubting()
        self._bus.close()

    # ── signals, on the bus thread ─────────────────────────────────────────────────────────

    def _subscribe(self) -> None:
        wanted = (
            (self._on_wish, _SESSION, "Lock", None),
            (self._on_wish, _SESSION, "Unlock", None),
            (self._on_properties, _PROPERTIES, "PropertiesChanged", _SESSION),
            (self._on_sleep, _MANAGER, "PrepareForSleep", None),
        )
        for handler, interface, member, arg0 in wanted:
            # Of all sessions: which is ours is not known yet, and may change with logind.
            self._bus.subscribe(
                handler, interface=interface, member=member, sender=_LOGIND, arg0=arg0
            )

    def _on_wish(self, signal: Signal) -> None:
        if not self._hear(signal):
            return
        wish = signal.member == "Lock"
        if wish:
            self._believe()
        self._note(wish=wish)

    def _on_properties(self, signal: Signal) -> None:
        if not self._hear(signal):
            return
        _, properties, invalidated = signal.body
        if {"LockedHint", "Active"} & set(invalidated):
            self._read_again()
        news = _of_session(properties)
        if "hint" in news:
            news["wish"] = False  # who keeps the hint is to be believed from here on
            self._keeps_hint = True
        self._note(**news)

    def _on_sleep(self, signal: Signal) -> None:
        self._hear(signal)
        self._note(asleep=bool(signal.body[0]))

    def _hear(self, signal: Signal) -> bool:
        """Count *signal*; whether it is of our session."""
        with self._lock:
            self._heard += 1
            return signal.path == self._path

    def _owner_is(self, owner: str | None) -> None:
        if owner is None:
            self._forget()
        elif owner != self._owner:
            self._read_again()

    def _forget(self) -> None:
        with self._lock:
            self._heard += 1
            self._path = self._owner = None
        self._note(hint=False, wish=False, active=True, asleep=False)

    def _note(self, **news: bool) -> None:
        """Take *news* in, and report if it makes a difference."""
        with self._lock:
            before, self._known = self._known, replace(self._known, **news)
            if not self._known.wish:
                self._stop_doubting()
        self._report(before)

    def _report(self, before: _Known) -> None:
        is_other = (before.locked, before.asleep) != (self.locked, self.asleep)
        if is_other and self._is_open and not self._closing.is_set():
            self._changed()

    def _stop_doubting(self) -> None:
        if self._doubt is not None:
            self._doubt.cancel()
        self._doubt = None

    def _believe(self) -> None:
        with self._lock:
            self._stop_doubting()
            self._doubt = threading.Timer(self._believe_s, self._disbelieve)
            self._doubt.daemon = True
            self._doubt.start()

    def _disbelieve(self) -> None:
        if self._doubt is threading.current_thread():  # and not a later one
            self._note(wish=False)

    # ── reading: at first, then on a thread of its own, because the bus thread may not wait ──

    def _read_again(self) -> None:
        with self._lock:
            self._is_stale = True
            if self._is_reading:
                return
            self._is_reading = True
        threading.Thread(target=self._read_until_fresh, name="session", daemon=True).start()

    def _read_until_fresh(self) -> None:
        pauses = iter(_RETRY_S)
        while self._take_stale():
            if self._was_read():
                continue
            pause_s = next(pauses, None)
            if pause_s is not None and not self._closing.wait(pause_s):
                with self._lock:
                    self._is_stale = True

    def _was_read(self) -> bool:
        try:
            self._read()
        except Unavailable as reason:
            _log.info("session: %s", reason)
            return False
        except Exception:  # noqa: BLE001 - whatever logind says: who stops here never reads again
            _log.exception("session: its state could not be read")
            return False
        return True

    def _take_stale(self) -> bool:
        with self._lock:
            self._is_reading = self._is_stale and not self._closing.is_set()
            self._is_stale = False
            return self._is_reading

    def _read(self) -> None:
        """Find our session and take in its state; once more if a signal came meanwhile.

        Raises:
            Unavailable: No logind, or it knows no session of ours, or it does not answer.
        """
        for is_last in (False, False, True):
            heard = self._heard
            owner = self._bus.owner(_LOGIND)
            try:
                asleep = self._get(_MANAGER_PATH, _MANAGER, "PreparingForSleep")
            except Refused as reason:
                why = N_("logind is not there ({reason}); locking and suspend are not noticed")
                raise Unavailable(said(why, reason=reason.error)) from reason
            path, properties = self._find()
            news = {"asleep": bool(asleep), **_of_session(properties)}
            if self._settle(None if is_last else heard, path, owner, news):
                return

    def _settle(
        self, heard: int | None, path: str, owner: str | None, news: dict[str, bool]
    ) -> bool:
        with self._lock:
            if heard not in (None, self._heard):
                return False
            self._path, self._owner = path, owner
            self._keeps_hint = self._keeps_hint or news.get("hint", False)
            before, self._known = self._known, replace(self._known, **news)
        self._report(before)
        return True

    def _find(self) -> tuple[str, dict[str, Any]]:
        for member, signature, argument in _ways():
            try:
                path = self._call(_MANAGER_PATH, _MANAGER, member, signature, argument)
                if member == "GetUser":
                    _, path = self._get(path, _USER, "Display")
                properties = self._call(path, _PROPERTIES, "GetAll", "s", _SESSION)
            except Refused as reason:
                _log.debug("session: %s: %s", member, reason)
                continue
            # Services of a user have a session as well, which nobody locks.
            _, kind = properties.get("Class", ("s", "user"))
            if kind.startswith("user"):
                return path, properties
        raise Unavailable(
            said(N_("logind knows no session of ours")),
            said(N_("start deskbreak from within the desktop session")),
        )

    def _get(self, path: str, interface: str, name: str) -> Any:  # noqa: ANN401 - any D-Bus type
        _, value = self._bus.call(_LOGIND, path, _PROPERTIES, "Get", "ss", (interface, name))[0]
        return value

    def _call(
        self, path: str, interface: str, member: str, signature: str, argument: object
    ) -> Any:  # noqa: ANN401 - any D-Bus type
        return self._bus.call(_LOGIND, path, interface, member, signature, (argument,))[0]


def _ways() -> Iterator[tuple[str, str, object]]:
    """Yield what may lead to our session: method, signature and argument."""
    if number := os.environ.get("XDG_SESSION_ID"):
        yield "GetSession", "s", number
    yield "GetSessionByPID", "u", os.getpid()
    if sys.platform != "win32":
        # For a service of the user: the session that the user looks at.
        yield "GetUser", "u", os.getuid()


def _of_session(properties: dict[str, Any]) -> dict[str, bool]:
    """Pick from *properties* of a session, with their D-Bus types, what we keep."""
    kept = {"LockedHint": "hint", "Active": "active"}
    return {kept[name]: bool(value) for name, (_, value) in properties.items() if name in kept}
