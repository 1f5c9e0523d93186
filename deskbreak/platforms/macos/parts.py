"""What macOS has for us: opens each part, late, so that this imports on every system."""

from __future__ import annotations

from typing import TYPE_CHECKING

from deskbreak.core.words import N_, said
from deskbreak.platforms.macos import notice
from deskbreak.platforms.macos import tray as mac_tray

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from deskbreak.core.words import Words
    from deskbreak.platforms.topics import Topic
    from deskbreak.ports import Channel, Duty, IdleSource, Session, Unavailable

    Changed = Callable[[], None]


class MacParts:
    """The parts of the desktop. No one has run them on a Mac yet."""

    system = "macOS"
    untried = said(N_("no one has run it on a Mac yet"))
    tray_name = "NSStatusItem"
    tray_wants_main_thread = True

    def __init__(self, theme: Path, duty: Duty) -> None:
        """Open nothing yet. *theme* is the folder of our icons, laid out as an icon theme.

        *duty* looks after the threads of the parts.
        """
        self._theme = theme
        self._duty = duty

    def idle(
        self, changed: Changed, boot_s: Callable[[], float], speed: float
    ) -> Mapping[str, Callable[[], IdleSource]]:
        """Return the one way to idle time."""
        from deskbreak.platforms.macos.idle import mac_idle

        def opened() -> IdleSource:
            return mac_idle(changed, boot_s=boot_s, speed=speed, duty=self._duty)

        return {"CGEventSource": opened}

    def sessions(self, changed: Changed, _ended: Changed) -> Mapping[str, Callable[[], Session]]:
        """Return the one way to lock and sleep; that the session ends, a signal tells."""
        from deskbreak.platforms.macos.session import MacSession

        return {"CGSession": lambda: MacSession(changed, self._duty)}

    def topics(self) -> tuple[Topic, ...]:
        """Return what can keep prompts back."""
        from deskbreak.platforms.macos import holds

        return holds.topics()

    def tray(self, told: Callable[[Unavailable | None], None]) -> mac_tray.Backend:
        """Load what draws the icon."""
        return mac_tray.open_backend(self._theme, told=told, duty=self._duty)

    def refuse_without_tray(self) -> None:
        """Do nothing: there is always a menu bar."""

    def refuse_without_notices(self) -> None:
        """Do nothing: osascript and plyer say so themselves."""

    def channels(self, _words: Words) -> list[tuple[str, Callable[[], Channel]]]:
        """Return the one way to show a prompt."""
        return [("osascript", notice.ScriptChannel)]

    def say(self, title: str, body: str) -> None:
        """Show a notification that is no prompt.

        Raises:
            Unavailable: It is not on the screen.
        """
        notice.say(title, body)
