"""Prompts through the desktop's portal, which is what a sandbox may talk to; with buttons.

Source: XDG Desktop Portal, org.freedesktop.portal.Notification version 1, flatpak.github.io.
"""

from __future__ import annotations

import contextlib
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.model import Choice
from deskbreak.core.plain import clipped, one_line, plain
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, said
from deskbreak.platforms.linux import notify_service as service
from deskbreak.platforms.linux.bus import Late, Refused
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.core.model import PromptView
    from deskbreak.platforms.linux.bus import Bus, Signal
    from deskbreak.ports import OnAnswer

NAME: Final = "org.freedesktop.portal.Desktop"
PATH: Final = "/org/freedesktop/portal/desktop"
INTERFACE: Final = "org.freedesktop.portal.Notification"
_PROPERTIES: Final = "org.freedesktop.DBus.Properties"
_SHOWN_BY: Final = (service.NAME, "org.gtk.Notifications")
"""Whom the portals of GNOME, KDE, GTK and Xfce pass notifications on to; the second is GNOME's."""

ID: Final = "prompt"
"""One for all: what comes takes the place of what was there, which nobody else can name."""

_DEADLINE_S: Final = 2.5
_REMOVE_S: Final = 1.0
_PING_S: Final = 0.25
_ICON: Final = "deskbreak"
_SANDBOX: Final = Path("/.flatpak-info")
"""Source: flatpak-metadata(5); a program outside cannot make it appear to one inside."""


def in_sandbox() -> bool:
    """Whether we run in a Flatpak, where the portal alone may show notifications."""
    return _SANDBOX.exists()


def refuse_unless_shown(bus: Bus) -> None:
    """See that somebody is there whom a portal could pass a notification on to.

    A portal answers that all is well before it passes anything on, and never says more.

    Raises:
        Unavailable: Nobody is there, or whoever is does not answer at once.
    """
    owners = [name for name in _SHOWN_BY if bus.owner(name) is not None]
    if not owners and not service.waits_to_be_started(bus):
        raise Unavailable(said(N_("nobody is there to whom the portal could pass it on")))
    for name in owners:
        try:
            bus.call(name, "/", "org.freedesktop.DBus.Peer", "Ping", timeout_s=_PING_S)
        except Refused:
            continue  # it answers, and that is all we want to know
        except Late as late:
            raise service.stuck() from late


@quick_dataclass(frozen=True, slots=True)
class _Live:
    episode: int
    choices: frozenset[Choice]


class PortalChannel:
    """Shows prompts with buttons through the desktop's portal.

    It takes what it is given and does not say what becomes of it, so *refuse* asks before.
    """

    name = "portal"

    def __init__(
        self,
        bus: Bus,
        on_answer: OnAnswer,
        *,
        refuse: Callable[[], None] = lambda: None,
        changed: Callable[[], object] = lambda: None,
    ) -> None:
        """Find the portal, and take away what an agent that was killed left there.

        Args:
            bus: The session bus; it is started if nobody has.
            on_answer: Called on the bus thread.
            refuse: Raises `Unavailable` where it is known that nothing would be shown.
            changed: Called on the bus thread when `lost` has become true.

        Raises:
            Unavailable: There is no portal, or none for notifications.
        """
        self._bus = bus
        self._on_answer = on_answer
        self._refuse = refuse
        self._changed = changed
        self._lock = threading.Lock()
        self._owner: str | None = None
        self._live: _Live | None = None
        self._lost = False
        self._is_removing = False  # nobody has waited for that
        bus.start()
        bus.call(NAME, PATH, _PROPERTIES, "Get", "ss", (INTERFACE, "version"))
        refuse()
        bus.on_lost(lambda: self._on_owner(None))
        bus.watch_owner(NAME, self._on_owner)
        bus.subscribe(
            self._on_signal, interface=INTERFACE, member="ActionInvoked", sender=NAME, path=PATH
        )
        self._remove_and_wait()

    # ── the port ───────────────────────────────────────────────────────────────────────────

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before. At most 3 s.

        Raises:
            Unavailable: It is not on the screen.
        """
        with self._lock:
            self._lost = False
        self._refuse()
        if self._is_removing:
            self._remove_and_wait()
        # Before the call: the answer of the person may overtake that of the portal.
        offered = frozenset(button.choice for button in view.buttons) | {Choice.START}
        with self._lock:
            self._live = _Live(view.episode, offered)
        note = _note(view)
        try:
            self._bus.call(
                NAME,
                PATH,
                INTERFACE,
                "AddNotification",
                "sa{sv}",
                (ID, note),
                timeout_s=_DEADLINE_S,
            )
        except Unavailable:
            with self._lock:
                self._live = None
            self._remove()  # a portal that was stuck finds both
            raise

    def withdraw(self) -> None:
        """Take it from the screen. At most a second; the portal has no more time."""
        with self._lock:
            self._lost = False
            live, self._live = self._live, None
        if live is not None:
            self._remove_and_wait()

    @property
    def lost(self) -> bool:
        """Whether what was shown went with the portal, or with the bus, unanswered."""
        return self._lost

    def close(self) -> None:
        """Withdraw; no answers count any more."""
        self.withdraw()

    # ── on the bus thread ──────────────────────────────────────────────────────────────────

    def _on_owner(self, owner: str | None) -> None:
        with self._lock:
            before, self._owner = self._owner, owner
            is_lost = self._live is not None and before is not None and before != owner
            if is_lost:
                self._live, self._lost = None, True
        if is_lost:
            self._changed()

    def _on_signal(self, signal: Signal) -> None:
        match signal.body:
            case (str(note_id), str(action), [(_, str(target)), *_]) if note_id == ID:
                pass
            case _:
                return
        with self._lock:
            live = self._live
            choice = next((each for each in live.choices if each == action), None) if live else None
            if live is None or choice is None or target != _target(live.episode):
                return
            self._live = None
        self._remove()
        self._on_answer(live.episode, choice)

    def _remove_and_wait(self) -> None:
        """Remove it, so that what is shown next cannot be meant.

        The portal gives each call to a thread of its own and has no order between them. For the
        same reason it is told once more: the first time may have been too early.
        """
        arguments = (NAME, PATH, INTERFACE, "RemoveNotification", "s", (ID,))
        with contextlib.suppress(Unavailable):
            for _ in range(2):
                self._bus.call(*arguments, timeout_s=_REMOVE_S / 2)
            self._is_removing = False

    def _remove(self) -> None:
        self._is_removing = True
        self._bus.post(NAME, PATH, INTERFACE, "RemoveNotification", "s", (ID,))


def _note(view: PromptView) -> dict[str, tuple[str, Any]]:
    labels = {button.choice: one_line(button.label) for button in view.buttons}
    target = ("s", _target(view.episode))
    buttons = [
        {"label": ("s", label), "action": ("s", choice.value), "target": target}
        for choice, label in labels.items()
    ]
    return {
        "title": ("s", clipped(one_line(view.title), service.TITLE_UNITS) or _ICON),
        "body": ("s", clipped(plain(view.body), service.BODY_UNITS)),
        "priority": ("s", "normal"),
        "icon": ("(sv)", ("themed", ("as", [_ICON]))),
        "default-action": ("s", Choice.START.value),
        "default-action-target": target,
        "buttons": ("aa{sv}", buttons),
    }


def _target(episode: int) -> str:
    """Return what comes back with an answer: which prompt it was given to."""
    return str(episode)
