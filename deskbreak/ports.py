"""What deskbreak needs from a desktop: one Protocol for each thing, and how a part says no."""

from __future__ import annotations

import contextlib
from typing import TYPE_CHECKING, Protocol

from deskbreak.core.words import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection

    from deskbreak.core.model import Choice, Command, PromptView, TrayView


class Unavailable(Refusal):
    """A part of the desktop cannot work here, or does not answer."""


class Duty(Protocol):
    """Looks after the threads that last, whoever starts them: none stops working unnoticed."""

    def lasts(self) -> contextlib.AbstractContextManager[object]:
        """Stand around all that a thread does; it ends in good order, or it is noticed."""
        ...

    def busy(self) -> contextlib.AbstractContextManager[object]:
        """Stand around what it does when it is needed, a few seconds at most, and never its waiting."""
        ...


class Unwatched:
    """A `Duty` of which nobody hears: commands, tests, and whoever looks after threads himself."""

    def lasts(self) -> contextlib.AbstractContextManager[object]:
        """Notice nothing."""
        return contextlib.nullcontext()

    busy = lasts


class IdleSource(Protocol):
    """How long the person has not touched keyboard or mouse."""

    name: str

    def idle_s(self) -> float:
        """Ask once; real seconds. At most 50 ms, from any thread.

        Raises:
            Unavailable: The desktop does not answer.
        """
        ...

    def watch(self, marks_s: Collection[float]) -> None:
        """Report when idle time reaches one of *marks_s* (real seconds), and when input returns.

        Replaces the earlier marks; from any thread, never raises. A mark that idle time has
        passed already is not reported again, but the return of input is. "Reports" means:
        calls the callback given at construction; the reader then asks `idle_s`.
        """
        ...

    def close(self) -> None:
        """Let go of the desktop; nothing is reported afterwards."""
        ...


class Session(Protocol):
    """Whether the session is locked (or another user has the seat), and whether we sleep."""

    name: str

    @property
    def locked(self) -> bool:
        """Locked now."""
        ...

    @property
    def asleep(self) -> bool:
        """Suspended, or about to be."""
        ...

    def close(self) -> None:
        """Let go; nothing is reported afterwards."""
        ...


class HoldProbe(Protocol):
    """Whether one thing that keeps prompts back is in force, such as a microphone in use."""

    name: str
    subscribed: bool
    """It reports changes, by calling the callback given at construction; one that does not is
    asked only when a prompt is due or open."""

    def ask(self) -> bool | None:
        """Tell whether it is in force; None for unknown. At most 250 ms, any thread, never raises."""
        ...

    def close(self) -> None:
        """Let go of the desktop; nothing is reported afterwards."""
        ...


class Channel(Protocol):
    """A way to show a prompt. Only delivery's thread calls it."""

    name: str

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before. At most 3 s.

        Raises:
            Unavailable: It is not on the screen.
        """
        ...

    def withdraw(self) -> None:
        """Take what is shown from the screen, as far as the desktop can. At most 3 s; never raises."""
        ...

    @property
    def lost(self) -> bool:
        """Whether what was shown went with whoever showed it; neither answered nor closed.

        Also False where nothing could tell. `show` and `withdraw` make it False.
        """
        ...

    def close(self) -> None:
        """Withdraw, and let go."""
        ...


class OnAnswer(Protocol):
    """What a channel calls when a person pressed a button; from any thread."""

    def __call__(self, episode: int, choice: Choice) -> None:
        """Tell that *choice* was made for *episode*."""
        ...


class Tray(Protocol):
    """The item in the panel, with its menu."""

    def run(self) -> None:
        """Draw and serve clicks on the calling (main) thread until `stop`."""
        ...

    def refresh(self) -> None:
        """What is shown may have changed: ask for the view again. From any thread."""
        ...

    def stop(self) -> None:
        """End `run`. From any thread."""
        ...


class Look(Protocol):
    """Where a tray asks what to draw, each time anew; cheap, from the tray's thread."""

    def __call__(self) -> TrayView:
        """Describe icon, tooltip and menu as they are now."""
        ...


class OnCommand(Protocol):
    """Where a tray or a door leaves a wish; returns at once, from any thread."""

    def __call__(self, command: Command) -> None:
        """Queue *command* for the agent."""
        ...
