"""What tells whether the person is there: idle time, lock and sleep, from what works here."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from deskbreak.agent import findings
from deskbreak.agent.clock import boot_s, wall_s
from deskbreak.agent.supervisor import Supervisor
from deskbreak.core.model import Facts
from deskbreak.core.words import N_, said
from deskbreak.platforms import pick

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.agent.supervisor import OnLost, Way
    from deskbreak.core.model import Hold
    from deskbreak.core.reports import Finding
    from deskbreak.core.words import Said
    from deskbreak.platforms import Picked
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.idle_wayland import Protocol
    from deskbreak.platforms.linux.screensaver import ScreenSavers
    from deskbreak.platforms.linux.session import LogindSession
    from deskbreak.platforms.played import PlayedDesk
    from deskbreak.ports import Duty, IdleSource

    Changed = Callable[[], None]

SILENT_S: Final = 60.0
"""A source that is busy, or one that takes another's place, has something to tell within seconds.
Who was away then is away still, and who was there is not gone. Our own choice."""
VIDEO_LOOKS_LIKE_INPUT: Final = said(
    N_(
        "a video that keeps the screen on may look like somebody at the desk: "
        "this desktop does not tell the two apart"
    )
)


class Bridge:
    """Idle time over moments in which nothing tells of it: silence is no news of input."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._input_s: float | None = None  # the last that is known of (boot clock)
        self._silent_from_s: float | None = None

    def over(self, told_s: float | None, now_s: float) -> float | None:
        """Return the idle time at *now_s* (boot clock), where a source has just *told_s*, or None."""
        if told_s is not None:
            self._input_s, self._silent_from_s = now_s - told_s, None
            return told_s
        if self._input_s is None:
            return None
        if self._silent_from_s is None:
            self._silent_from_s = now_s
        return now_s - self._input_s if now_s <= self._silent_from_s + SILENT_S else None


class Presence:
    """Opens what tells of idle time, lock and sleep, and watches over it."""

    def __init__(
        self,
        bus: Bus | None,
        *,
        is_terminal: bool,
        speed: float,
        played: PlayedDesk | None,
        duty: Duty,
    ) -> None:
        """Open nothing yet. *bus* is the session's, and stays whose it is."""
        self._bus = bus
        self._duty = duty
        self._is_terminal = is_terminal
        self._speed = speed
        self._played = played
        self._idle: Supervisor | None = None
        self._logind: Picked[LogindSession] | None = None
        self._savers: ScreenSavers | None = None
        self._bridge = Bridge()

    def open(self, changed: Changed) -> None:
        """Open everything; *changed* is called from any thread."""
        if self._played is not None:
            return
        if self._is_terminal:
            ways: dict[str, Way] = {"terminal": self._terminal}
            # One that was closed does not come back, and nobody sat before its display.
            self._idle = Supervisor(ways, changed, display_answers=lambda: True, looks_again=False)
        else:
            ways = self._display_ways()
            self._idle = Supervisor(
                ways, changed, display_answers=_display_answers, announced=["mutter"]
            )
        self._idle.open()
        self._open_session(changed)
        if "mutter" in ways and self._bus is not None:
            from deskbreak.platforms.linux.idle_mutter import NAME

            self._bus.watch_owner(NAME, self._mutter_is)

    def _open_session(self, changed: Changed) -> None:
        from deskbreak.platforms.linux.bus import Bus
        from deskbreak.platforms.linux.screensaver import ScreenSavers
        from deskbreak.platforms.linux.session import LogindSession

        def logind() -> LogindSession:
            return LogindSession(Bus("SYSTEM", "system", self._duty), changed)

        self._logind = pick({"logind": logind})
        if self._bus is not None:
            self._savers = ScreenSavers(self._bus, changed)

    def close(self) -> None:
        """Let go of everything but the bus."""
        if self._idle is not None:
            self._idle.close()
        if self._savers is not None:
            self._savers.close()
        if self._logind is not None and self._logind.value is not None:
            self._logind.value.close()

    # ── what the loop asks ─────────────────────────────────────────────────────────────────

    def facts(self, holds: frozenset[Hold]) -> Facts:
        """Ask every part, now."""
        if self._played is not None:
            desk = self._played
            return Facts(desk.idle_s() * self._speed, desk.locked, desk.asleep, desk.holds)
        gone = self._idle is not None and self._idle.is_display_gone
        idle_s = None if self._idle is None else self._bridge.over(self._idle.idle_s(), boot_s())
        logind = None if self._logind is None else self._logind.value
        return Facts(
            None if idle_s is None or gone else idle_s * self._speed,
            gone or self._is_locked(logind),
            logind is not None and logind.asleep,
            holds,
        )

    def _is_locked(self, logind: LogindSession | None) -> bool:
        """Where the locker tells logind, that alone counts: a saver may blank without a lock."""
        if logind is not None and (logind.locked or logind.keeps_hint):
            return logind.locked
        return self._savers is not None and self._savers.locked

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        real = frozenset(mark / self._speed for mark in marks_s)
        if self._played is not None:
            self._played.watch(real)
        elif self._idle is not None:
            self._idle.watch(real)

    # ── the ways, the best first ───────────────────────────────────────────────────────────

    def _terminal(self, changed: Changed, lost: OnLost) -> IdleSource:
        from deskbreak.platforms.idle_terminal import terminal_idle

        return terminal_idle(changed, boot_s=boot_s, wall_s=wall_s, lost=lost, duty=self._duty)

    def _display_ways(self) -> dict[str, Way]:
        from deskbreak.platforms.linux.idle_wayland import EXT, GRAIN_S, KDE, WaylandIdle
        from deskbreak.platforms.linux.idle_x11 import X11Idle

        def mutter(changed: Changed, lost: OnLost) -> IdleSource:
            from deskbreak.platforms.linux.idle_mutter import MutterIdle

            assert self._bus is not None
            return MutterIdle(self._bus, changed, boot_s=boot_s, lost=lost)

        def wayland(protocol: Protocol) -> Way:
            grain_s = GRAIN_S / self._speed
            return lambda changed, lost: WaylandIdle(
                protocol, changed, boot_s=boot_s, lost=lost, grain_s=grain_s, duty=self._duty
            )

        ways: dict[str, Way] = {} if self._bus is None else {"mutter": mutter}
        return ways | {
            "ext-idle-notify": wayland(EXT),
            "kde-idle": wayland(KDE),
            "x11": lambda changed, lost: X11Idle(changed, lost=lost, duty=self._duty),
        }

    def _mutter_is(self, owner: str | None) -> None:
        if owner is not None and self._idle is not None:
            self._idle.look()

    # ── what people ask ────────────────────────────────────────────────────────────────────

    def idle_finding(self) -> Finding:
        """Tell what knows of idle time, what does not and why, and what helps."""
        if self._played is not None:
            return findings.idle(self._played.name, (), None)
        if self._idle is None:
            return findings.idle(None, (), None)
        idle = self._idle
        return findings.idle(idle.name, idle.refused, idle.lost, note=self._note())

    @property
    def is_open(self) -> bool:
        """Whether anything was tried yet."""
        return self._played is not None or self._idle is not None

    def _note(self) -> Said | None:
        from deskbreak.platforms.linux.idle_wayland import WaylandIdle

        source = None if self._idle is None else self._idle.source
        if isinstance(source, WaylandIdle) and not source.sees_only_input:
            return VIDEO_LOOKS_LIKE_INPUT
        return None

    def session_finding(self) -> Finding:
        """Tell what knows of lock and sleep, what does not and why, and what helps."""
        if self._played is not None:
            return findings.session(self._played.name, (), tells_of_sleep=True)
        logind = self._logind
        refused = () if logind is None else logind.refused
        names = [] if logind is None or logind.name is None else [logind.name]
        if self._savers is not None and self._savers.told is not None:
            names.append(self._savers.told)
        chosen = ", ".join(names) or None
        return findings.session(chosen, refused, tells_of_sleep="logind" in names)


def _display_answers() -> bool:
    from deskbreak.platforms.linux import wayland, xdisplay

    return wayland.answers() if os.environ.get("WAYLAND_DISPLAY") else xdisplay.answers()
