"""What a system with one of each part has for the agent: Windows, macOS."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.words import Said, Words
    from deskbreak.platforms.topics import Topic
    from deskbreak.ports import Channel, IdleSource, Session, Unavailable

    Changed = Callable[[], None]
    OpenIdle = Callable[[], IdleSource]
    OpenSession = Callable[[], Session]
    TrayBackend = Any  # `deskbreak.agent.tray.Backend`; a platform does not know it


class Parts(Protocol):
    """What a system has for us; nothing is opened before it is called."""

    system: str
    untried: Said
    """What nobody has tried of us on this system yet."""
    tray_name: str
    """What draws the icon, as `doctor` names it."""
    tray_wants_main_thread: bool

    def idle(
        self, changed: Changed, boot_s: Callable[[], float], speed: float
    ) -> Mapping[str, OpenIdle]:
        """Return the ways to idle time, the best first.

        *speed*: so many times as often as usual input is looked for when it is gone.
        """
        ...

    def sessions(self, changed: Changed, ended: Changed) -> Mapping[str, OpenSession]:
        """Return the ways to lock and sleep; *ended* is called, and waited for, at its end."""
        ...

    def topics(self) -> tuple[Topic, ...]:
        """Return what can keep prompts back."""
        ...

    def tray(self, told: Callable[[Unavailable | None], None]) -> TrayBackend:
        """Load what draws the icon; *told* hears, from any thread, whether it is there, or why not.

        Raises:
            Unavailable: It cannot be loaded.
        """
        ...

    def refuse_without_tray(self) -> None:
        """Raise `Unavailable` where the desktop has no place for an icon now."""
        ...

    def refuse_without_notices(self) -> None:
        """Raise `Unavailable` where the desktop would show no notification now."""
        ...

    def channels(self, words: Words) -> list[tuple[str, Callable[[], Channel]]]:
        """Return the ways to show a prompt, the best first; none of them has buttons."""
        ...

    def say(self, title: str, body: str) -> None:
        """Show a notification that is no prompt.

        Raises:
            Unavailable: It is not on the screen.
        """
        ...
