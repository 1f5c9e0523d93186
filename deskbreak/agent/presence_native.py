"""What tells whether the person is there, where the system itself does: idle time, lock, sleep."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings
from deskbreak.core.model import Facts
from deskbreak.platforms import pick
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.parts import Parts
    from deskbreak.core.model import Hold
    from deskbreak.core.reports import Finding
    from deskbreak.platforms import Picked
    from deskbreak.platforms.played import PlayedDesk
    from deskbreak.ports import IdleSource, Session

_log: Final = logging.getLogger(__name__)


class NativePresence:
    """Opens what tells of idle time, lock and sleep; these live as long as the session does."""

    def __init__(
        self, parts: Parts, boot_s: Callable[[], float], *, speed: float, played: PlayedDesk | None
    ) -> None:
        """Open nothing yet; *played* stands in for all of it."""
        self._parts = parts
        self._boot_s = boot_s
        self._speed = speed
        self._played = played
        self._idle: Picked[IdleSource] | None = None
        self._session: Picked[Session] | None = None

    def open(self, changed: Callable[[], None], ended: Callable[[], None]) -> None:
        """Open everything; *changed* is called from any thread, *ended* at the session's end."""
        if self._played is None:
            self._idle = pick(self._parts.idle(changed, self._boot_s, self._speed))
            self._session = pick(self._parts.sessions(changed, ended))

    def close(self) -> None:
        """Let go of everything."""
        for picked in (self._idle, self._session):
            if picked is not None and picked.value is not None:
                picked.value.close()

    # ── what the loop asks ─────────────────────────────────────────────────────────────────

    def facts(self, holds: frozenset[Hold]) -> Facts:
        """Ask every part, now."""
        if self._played is not None:
            desk = self._played
            return Facts(desk.idle_s() * self._speed, desk.locked, desk.asleep, desk.holds)
        session = None if self._session is None else self._session.value
        idle_s = self._idle_s()
        return Facts(
            None if idle_s is None else idle_s * self._speed,
            session is not None and session.locked,
            session is not None and session.asleep,
            holds,
        )

    def _idle_s(self) -> float | None:
        source = None if self._idle is None else self._idle.value
        if source is None:
            return None
        try:
            return source.idle_s()
        except Unavailable as reason:
            _log.debug("Idle time is unknown: %s", reason)
            return None

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        real = frozenset(mark / self._speed for mark in marks_s)
        if self._played is not None:
            self._played.watch(real)
        elif self._idle is not None and self._idle.value is not None:
            self._idle.value.watch(real)

    # ── what people ask ────────────────────────────────────────────────────────────────────

    @property
    def is_open(self) -> bool:
        """Whether anything was tried yet."""
        return self._played is not None or self._idle is not None

    def idle_finding(self) -> Finding:
        """Tell what knows of idle time, what does not and why, and what helps."""
        if self._played is not None:
            return findings.idle(self._played.name, (), None)
        if self._idle is None:
            return findings.idle(None, (), None)
        return findings.idle(self._idle.name, self._idle.refused, None)

    def session_finding(self) -> Finding:
        """Tell what knows of lock and sleep, what does not and why, and what helps."""
        if self._played is not None:
            return findings.session(self._played.name, (), tells_of_sleep=True)
        name = None if self._session is None else self._session.name
        refused = () if self._session is None else self._session.refused
        return findings.session(name, refused, tells_of_sleep=True)
