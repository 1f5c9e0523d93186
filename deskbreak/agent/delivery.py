"""Shows prompts on a thread of its own: channels in order, each with a deadline, plyer the last."""

from __future__ import annotations

import functools
import queue
import sys
import threading
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.agent import remedies
from deskbreak.agent.channels import HUNG_S, ChannelReport, ChannelState, Slot
from deskbreak.core.plain import clipped, escaped, one_line, plain
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from types import ModuleType

    from deskbreak.core.model import PromptView
    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.notify_service import Guest
    from deskbreak.ports import Channel

SENT_AGAIN: Final = 5
"""So often a prompt is shown once more after its service was lost. Our own choice."""


@dataclass(slots=True)
class _Wanted:
    """What should be on the screen."""

    view: PromptView
    number: int  # of its order
    shown: bool = False
    told: bool = False  # what became of it
    again: int = 0  # so often it was lost, and shown once more


class Delivery:
    """Takes prompts from the agent and says what became of them; never holds it up.

    A prompt that is withdrawn, or followed by another, before a channel had it is dropped
    without a word: the agent knows. So is what a stuck channel shows too late. What no channel
    could show, and what went with its service, is shown as soon as `again` is called.
    """

    def __init__(
        self,
        open_channels: Sequence[tuple[str, Callable[[], Channel]]],
        shown: Callable[[int, int], None],
        undelivered: Callable[[int, int, Said], None],
        *,
        hung_s: float = HUNG_S,
    ) -> None:
        """Prepare; nothing is opened before `start`.

        Args:
            open_channels: The best first. One that raises `Unavailable` is tried again at the
                next prompt.
            shown: Told episode and showing, on delivery's thread; must not raise.
            undelivered: The same, and why, when no channel could show it.
            hung_s: After so long a channel is left alone until it comes back by itself.
        """
        self._slots = tuple(Slot(name, opener, hung_s) for name, opener in open_channels)
        self._shown = shown
        self._undelivered = undelivered
        self._hung_s = hung_s
        self._orders: queue.SimpleQueue[Callable[[], None] | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._newest = 0  # number of the last order
        self._news = 0  # so often something has come or gone
        self._in_use: Slot | None = None
        self._wanted: _Wanted | None = None  # on delivery's thread
        self._thread = threading.Thread(target=self._serve, name="delivery", daemon=True)

    def start(self) -> None:
        """Open, in the background, the first channel that can be opened. Once."""
        self._thread.start()
        self._orders.put(self._open_first)

    def show(self, view: PromptView) -> None:
        """Show *view*; `shown` or `undelivered` is told. Returns at once."""
        with self._lock:
            self._newest += 1
            self._orders.put(functools.partial(self._show, view, self._newest))

    def withdraw(self) -> None:
        """Take what is shown from the screen, as far as its channel can. Returns at once."""
        with self._lock:
            self._newest += 1
            self._orders.put(self._withdraw)

    def again(self) -> None:
        """Show what should be on the screen and is not, if a channel can now. Returns at once."""
        with self._lock:
            self._news += 1
            self._orders.put(self._show_again)

    def stop(self) -> None:
        """Withdraw and close all channels; waits until that is done, at most *hung_s*."""
        with self._lock:
            self._newest += 1
            self._orders.put(None)
        if self._thread.is_alive():
            self._thread.join(self._hung_s)

    def report(self) -> tuple[ChannelReport, ...]:
        """How each channel stands now. From any thread."""
        return tuple(slot.report for slot in self._slots)

    # ── on delivery's thread ───────────────────────────────────────────────────────────────

    def _serve(self) -> None:
        for order in iter(self._orders.get, None):
            order()
        for slot in self._slots:
            slot.close()

    def _open_first(self) -> None:
        for slot in self._slots:
            try:
                slot.open()
            except Unavailable as reason:
                slot.stands(ChannelState.REFUSED, reason)
            else:
                slot.stands(ChannelState.READY)
                return

    def _show(self, view: PromptView, number: int) -> None:
        self._wanted = _Wanted(view, number)
        self._put(self._wanted)

    def _show_again(self) -> None:
        wanted = self._wanted
        if wanted is None and all(x.report.state is ChannelState.REFUSED for x in self._slots):
            self._open_first()  # what was refused may be an old story
        if wanted is None or wanted.number != self._newest:
            return
        if wanted.shown and (self._in_use is None or not self._in_use.lost):
            return
        if wanted.shown and wanted.again == SENT_AGAIN:
            self._wanted = None  # it may be this very text that ends the service
            view, why = wanted.view, N_("whoever shows it ends each time")
            self._undelivered(view.episode, view.showing, said(why))
            return
        wanted.again += wanted.shown
        wanted.shown = False
        self._put(wanted)

    def _put(self, wanted: _Wanted) -> None:
        """Show it through the first channel that can; tell once if none could."""
        refusals: list[Said] = []
        view, news = wanted.view, self._news
        for slot in self._slots:
            # A better channel may have come since it refused: then all are tried anew.
            if wanted.number != self._newest or news != self._news:
                return
            try:
                slot.show(view)
            except Unavailable as reason:
                slot.stands(ChannelState.REFUSED, reason)
                refusals.append(reason.why)
            else:
                wanted.shown = wanted.told = True
                self._use(slot)
                self._shown(view.episode, view.showing)
                return
        if not wanted.told:
            wanted.told = True
            self._undelivered(view.episode, view.showing, _joined(refusals))

    def _use(self, slot: Slot) -> None:
        before, self._in_use = self._in_use, slot
        slot.stands(ChannelState.IN_USE)
        if before is None or before is slot:
            return
        before.withdraw()  # one prompt at a time, over all channels
        if before.report.state is ChannelState.IN_USE:
            before.stands(ChannelState.READY)

    def _withdraw(self) -> None:
        self._wanted = None
        if self._in_use is not None:
            self._in_use.withdraw()


def _joined(whys: Sequence[Said]) -> Said:
    distinct = list({str(why): why for why in whys}.values())
    if not distinct:
        return said(N_("there is no way to show a notification here"))
    joined = distinct[0]
    for why in distinct[1:]:
        joined = said(N_("{first}; {second}"), first=joined, second=why)
    return joined


# ── plyer ──────────────────────────────────────────────────────────────────────────────────

_APP_NAME: Final = "deskbreak"

_TITLE_UNITS: Final = 64
_BODY_UNITS: Final = 256
"""UTF-16 units, as many as a balloon of Windows takes; elsewhere no bubble is larger. Our own choice."""

_STAYS_S: Final = 60
"""Nobody can withdraw it, so where plyer passes this on it goes by itself. Our own choice."""

_NOTIFY_SEND_S: Final = 2.5
"""notify-send waits 25 s for a service that is stuck; we have 3 s in all."""

_PRINT_ID: Final = b"--print-id"


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
        from deskbreak.platforms.linux.notify_service import nonsense

        raise Unavailable(nonsense("Notify"))
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
