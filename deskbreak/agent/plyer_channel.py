"""The last way to show a prompt but on Windows: plyer, and what its notify-send tells besides."""

from __future__ import annotations

import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from deskbreak.agent import remedies
from deskbreak.core.plain import clipped, escaped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Said

_APP_NAME: Final = "deskbreak"

_TITLE_UNITS: Final = 64
_BODY_UNITS: Final = 256
"""UTF-16 units, as many as a balloon of Windows takes; elsewhere no bubble is larger. Our own choice."""

_STAYS_S: Final = 60
"""Nobody can withdraw it, so where plyer passes this on it goes by itself. Our own choice."""

_NOTIFY_SEND_S: Final = 2.5
"""notify-send waits 25 s for a service that is stuck; we have 3 s in all."""

_PRINT_ID: Final = b"--print-id"


class Guest(Protocol):
    """What becomes, at the notification service, of what plyer has put there."""

    @property
    def lost(self) -> bool:
        """Whether it went with its service."""
        ...

    def service(self) -> str | None:
        """Ask who shows notifications now."""
        ...

    def came(self, before: str | None, note_id: int | None) -> None:
        """Take note of what was put there, at the service that was there *before* or its successor."""
        ...

    def leave(self) -> None:
        """Close it, if it is still known where it is."""
        ...


class PlyerChannel:
    """The last way out but on Windows: text without buttons, which tray and commands answer.

    Where notify-send tells no id it can neither be replaced nor withdrawn: plyer gives nothing back
    to do it with.
    """

    name = "plyer"

    def __init__(
        self,
        *,
        icon: Path | None = None,
        reads_markup: Callable[[], bool] | None = None,
        guest: Guest | None = None,
        platform: str = sys.platform,
    ) -> None:
        """Find out whether it can work, because plyer itself never says.

        Args:
            icon: The picture of the application.
            reads_markup: Whether text has to be escaped; raises `Unavailable` where there is
                nobody to show it. None where nothing can be asked.
            guest: What becomes of it at the notification service, where there is one.
            platform: As `sys.platform`.

        Raises:
            Unavailable: plyer would show nothing.
        """
        _refuse_what_cannot_work(platform)
        self._icon = "" if icon is None else str(icon)
        self._reads_markup = reads_markup
        self._guest = guest
        self._watches = platform == "linux"
        if reads_markup is not None:
            reads_markup()

    def show(self, view: PromptView) -> None:
        """Show *view* in place of the one before, as far as that can be withdrawn. At most 3 s.

        Raises:
            Unavailable: There is nobody to show it, or the program that plyer runs failed.
        """
        escapes = self._reads_markup is not None and self._reads_markup()
        body = clipped(_no_option(plain(view.body)), _BODY_UNITS)
        warnings.filterwarnings(  # we know, and notify-send is good enough
            "ignore", message="The Python dbus package is not installed", category=UserWarning
        )
        from plyer import notification

        self.withdraw()
        watched = _watch_notify_send() if self._watches else None
        before = None if self._guest is None else self._guest.service()
        try:
            notification.notify(
                title=clipped(_no_option(one_line(view.title)), _TITLE_UNITS) or _APP_NAME,
                message=escaped(body) if escapes else body,
                app_name=_APP_NAME,
                app_icon=self._icon,
                timeout=_STAYS_S,
            )
        except NotImplementedError as error:
            raise Unavailable(said(N_("plyer has no way to show notifications here"))) from error
        if self._guest is not None and watched is not None:
            self._guest.came(before, watched.note_id)

    def withdraw(self) -> None:
        """Close it, where its id is known; elsewhere it cannot be done."""
        if self._guest is not None:
            self._guest.leave()

    @property
    def lost(self) -> bool:
        """Whether it went with its service, as far as that is known."""
        return self._guest is not None and self._guest.lost

    def close(self) -> None:
        """Withdraw; there is nothing else to let go."""
        self.withdraw()


class _Watched:
    """Stands in for `subprocess` inside plyer, which waits for ever and drops how it ended."""

    def __init__(self, real: ModuleType) -> None:
        self._real = real
        self._tells: bool | None = None  # an id, if asked; until it was asked for
        self.note_id: int | None = None
        """Of what it showed last; None where this notify-send (libnotify < 0.7.10) does not tell."""

    def call(self, argv: Sequence[str]) -> int:
        """Run notify-send.

        Raises:
            Unavailable: It could not be run, it failed, it did not end in time, or what it sent
                has no id.
        """
        real, self.note_id = self._real, None
        if len(argv) == 3:  # noqa: PLR2004 - plyer 2.0.0 passes title and body on, no more
            argv = [argv[0], "-a", _APP_NAME, "-u", "normal", "-t", "0", *argv[1:]]
        try:
            if self._tells is None:
                told = real.run([argv[0], "--help"], capture_output=True, timeout=_NOTIFY_SEND_S)
                self._tells = _PRINT_ID in told.stdout
            options = [_PRINT_ID.decode()] if self._tells else []
            argv = [argv[0], *options, *argv[1:]]
            ended = real.run(argv, stdin=real.DEVNULL, capture_output=True, timeout=_NOTIFY_SEND_S)
        except real.TimeoutExpired as error:
            raise Unavailable(said(N_("notify-send did not come to an end"))) from error
        except OSError as error:
            why = N_("notify-send could not be run: {error}")
            raise Unavailable(said(why, error=error.strerror)) from error
        if ended.returncode != 0:
            text = one_line(ended.stderr.decode(errors="replace")) or f"status {ended.returncode}"
            raise Unavailable(said(N_("notify-send failed: {error}"), error=clipped(text, 200)))
        if self._tells:
            self.note_id = _id_in(ended.stdout)
        return 0


def _id_in(printed: bytes) -> int:
    """Return the id that notify-send printed; it takes whatever a service answers for success.

    Raises:
        Unavailable: It is none: the service showed nothing.
    """
    digits = printed.strip()
    if not digits.isdigit() or int(digits) == 0:
        why = N_("the notification service answered {call} in a way that makes no sense")
        raise Unavailable(said(why, call="Notify"))
    return int(digits)


def _watch_notify_send() -> _Watched:
    # plyer 2.1.0 keeps the exit status of notify-send from its callers; there is no other way to
    # hear that a notification was refused. Its module calls nothing else of subprocess.
    from plyer.platforms.linux import notification as backend

    if backend.whereis_exe("notify-send"):
        # Where there is dbus-python it would rather use that; 2.0.0 cannot (a list for a dictionary).
        backend.instance = backend.NotifySendNotification
    if not isinstance(backend.subprocess, _Watched):
        backend.subprocess = _Watched(backend.subprocess)
    watched: _Watched = backend.subprocess
    return watched


def _refuse_what_cannot_work(platform: str) -> None:
    import importlib.util
    import shutil  # loads three compression libraries

    if platform == "linux":
        if Path("/app").is_dir():
            # plyer then takes us for a Flatpak and builds a command out of the text.
            raise Unavailable(said(N_("plyer cannot be trusted with text where /app exists")))
        if shutil.which("notify-send") is None and importlib.util.find_spec("dbus") is None:
            raise Unavailable(said(N_("notify-send is not installed")), _get_notify_send())
    if platform == "darwin" and importlib.util.find_spec("pyobjus") is None:
        raise Unavailable(
            said(N_("plyer needs pyobjus to show notifications")),
            said(N_("install pyobjus")),
        )


def _get_notify_send() -> Said:
    names = {"dnf": "libnotify", "pacman": "libnotify", "zypper": "libnotify-tools"}
    command = remedies.install("libnotify-bin", **names, apk="libnotify")
    if command is None:
        return said(N_("install notify-send, which is in the package libnotify-bin or libnotify"))
    return said(N_("install it: {command}"), command=command)


def _no_option(text: str) -> str:
    # notify-send takes what begins with a dash for an option, and plyer puts no "--" before it.
    return "\N{EN DASH}" + text[1:] if text.startswith("-") else text
