"""What the loop asks of everything around it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.model import Hold, PromptView
    from deskbreak.core.words import Said, Words


class Delivery(Protocol):
    """What shows prompts; returns at once."""

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before."""
        ...

    def withdraw(self) -> None:
        """Take what is shown from the screen."""
        ...

    def stop(self) -> None:
        """Withdraw, and end."""
        ...


class Pulse(Protocol):
    """What wakes the engine."""

    def look_at(self, boot_s: float | None) -> None:
        """Look at that instant of the engine's clock; None: no look."""
        ...


class Outside(Protocol):
    """What the loop asks of everything around it."""

    words: Words

    def watch(self, marks_s: frozenset[float]) -> None:
        """Report idle times (on the engine's clock) when they are reached."""
        ...

    def heed(self, holds: frozenset[Hold]) -> None:
        """Let only these holds of the desktop count, as the settings say; asks nobody."""
        ...

    def reasons(self) -> Mapping[Hold, Said]:
        """Return what there is to say of a hold in force besides its name; asks nobody."""
        ...

    def redraw(self) -> None:
        """What the tray shows may have changed."""
        ...

    def heartbeat(self, boot_s: float) -> None:
        """Leave a sign of life in the runtime folder."""
        ...

    def problems(self) -> tuple[Said, ...]:
        """What a person misses right now; asks nobody."""
        ...

    def set(self, key: str, value: str) -> None:
        """Write one setting, in a process of its own."""
        ...

    def autostart(self) -> bool | None:
        """Whether deskbreak starts at login; None where that is not to be changed."""
        ...

    def show(self, what: str, why: str = "") -> None:
        """Say how things stand, or how the week went (``stats``), to whoever reads no terminal.

        Returns at once; *why* is what could not be done.
        """
        ...

    def pages(self) -> bool:
        """Whether pages can be shown; asks nobody."""
        ...

    def open(self, page: str, failed: Callable[[str], None] | None = None) -> None:
        """Open *page* in a browser; returns at once.

        Where it is not shown, *failed* hears why, from any thread; without one it is said.
        """
        ...
