"""What Windows has for us: opens each part, late, so that this imports on every system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core.words import N_, said
from deskbreak.platforms.windows import tray as windows_tray
from deskbreak.platforms.windows.balloon import BalloonChannel, Balloons
from deskbreak.platforms.windows.switches import refuse_when_switched_off

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deskbreak.core.words import Words
    from deskbreak.platforms.topics import Topic
    from deskbreak.ports import Channel, Duty, IdleSource, Session, Unavailable

    Changed = Callable[[], None]


class WindowsParts:
    """The parts of the desktop; the icon in the taskbar also shows the prompts."""

    system = "Windows"
    untried = said(N_("it was run in Wine, and not yet on Windows itself"))
    tray_name = "Shell_NotifyIcon"
    tray_wants_main_thread = False

    def __init__(self, icons: Path, duty: Duty) -> None:
        """Open nothing yet. *icons* is the folder of the pictures for the taskbar.

        *duty* looks after the threads of the parts.
        """
        self._icons = icons
        self._duty = duty
        self._balloons = Balloons()

    def idle(
        self, changed: Changed, boot_s: Callable[[], float], speed: float
    ) -> Mapping[str, Callable[[], IdleSource]]:
        """Return the one way to idle time."""
        from deskbreak.platforms.windows.idle import windows_idle

        def opened() -> IdleSource:
            return windows_idle(changed, boot_s=boot_s, speed=speed, duty=self._duty)

        return {"GetLastInputInfo": opened}

    def sessions(self, changed: Changed, ended: Changed) -> Mapping[str, Callable[[], Session]]:
        """Return the one way to lock, seat, sleep and the end of the session."""
        from deskbreak.platforms.windows.session import WindowsSession

        return {"WTS": lambda: WindowsSession(changed, ended=ended, duty=self._duty)}

    def topics(self) -> tuple[Topic, ...]:
        """Return what can keep prompts back."""
        from deskbreak.platforms.windows import holds

        return holds.topics(self._duty)

    def tray(self, told: Callable[[Unavailable | None], None]) -> windows_tray.Backend:
        """Load what draws the icon."""
        backend = windows_tray.open_backend(self._icons, self._balloons, told=told, duty=self._duty)
        self._balloons.expect()
        return backend

    def refuse_without_tray(self) -> None:
        """Raise `Unavailable` where there is no taskbar."""
        windows_tray.refuse_without_taskbar()

    def refuse_without_notices(self) -> None:
        """Raise `Unavailable` where nothing could be shown: no taskbar, or switched off."""
        windows_tray.refuse_without_taskbar()
        refuse_when_switched_off()

    def channels(self, words: Words) -> list[tuple[str, Callable[[], Channel]]]:
        """Return the one way to show a prompt."""
        return [("balloon", lambda: BalloonChannel(self._balloons, words))]

    def say(self, title: str, body: str) -> None:
        """Show a notification that is no prompt.

        Raises:
            Unavailable: It is not on the screen.
        """
        self._balloons.show(title, body)
