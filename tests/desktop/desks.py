"""Desks for the contract of idle sources: a source, a hand, and what the source reported."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from deskbreak.agent.clock import boot_s
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.idle_mutter import MutterIdle
from deskbreak.platforms.linux.idle_wayland import EXT, KDE, WaylandIdle
from deskbreak.platforms.linux.idle_x11 import X11Idle
from tests.desktop.parts import PrivateBus, Program, owned, wait_for
from tests.doubles.idle import FakeIdle, asked
from tests.doubles.peer import Peer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.idle_wayland import Protocol as IdleProtocol
    from tests.doubles.compositor import Compositor

GRAIN_S = 0.02
"""Tests are in a hurry: what takes 5 s at a desk takes this here."""


class FakeDesk:
    def __init__(self) -> None:
        self.reports: list[float] = []
        self.source = FakeIdle(lambda: self.reports.append(self.source.idle_s()))
        self.touch = self.source.touch
        self.rest = self.source.rest

    def settle(self, reports: int) -> None:
        """Everything has been reported already."""


class RealDesk:
    """A source that something real tells of, and whose threads report when they do."""

    source: Any  # each desk has one of its own

    def __init__(self) -> None:
        self.reports: list[float] = []

    def touch(self) -> None:
        raise AssertionError("each desk has a hand of its own")

    def settle(self, reports: int) -> None:
        wait_for(lambda: len(self.reports) >= reports, what=f"{reports} reports")

    def rest(self, seconds: float) -> None:
        time.sleep(seconds)  # nothing but time passes

    def close(self) -> None:
        self.source.close()

    def _changed(self) -> None:
        self.reports.append(asked(self.source))


class XDesk(RealDesk):
    def __init__(self, display: str, lost: Callable[[Said], None] | None = None) -> None:
        super().__init__()
        self.display = display
        self._at = 100
        self._eyes = X11Idle(lambda: None, display)  # the test's own, not to disturb the source
        self.source = X11Idle(self._changed, display, lost)

    def touch(self) -> None:
        self.rest(0.01)
        before = asked(self._eyes)
        self._at += 1
        argv = ["xdotool", "mousemove", str(self._at % 1000), "100"]
        subprocess.run(argv, env={**os.environ, "DISPLAY": self.display}, check=True)
        wait_for(lambda: asked(self._eyes) < before, what="the X server to see the mouse")

    def rest(self, seconds: float) -> None:
        if seconds > 0:
            # Timer, not a fixed sleep: the server's clock decides.
            until_s = asked(self._eyes) + seconds
            wait_for(lambda: asked(self._eyes) >= until_s, what=f"{seconds} s without input")

    def close(self) -> None:
        super().close()
        self._eyes.close()


class Mutter(Program):
    """GNOME's compositor without a screen, and a hand that it lets in as a remote one."""

    def __init__(self, bus: PrivateBus) -> None:
        self.bus = bus
        self.runtime = Path(tempfile.mkdtemp(prefix="mut-"))
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.runtime),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.runtime),
            "DBUS_SESSION_BUS_ADDRESS": bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
            "GSETTINGS_BACKEND": "memory",
        }
        monitor = ["--headless", "--virtual-monitor", "800x600"]
        super().__init__(
            ["mutter", "--wayland", *monitor, "--no-x11", "--wayland-display", "wayland-9"],
            env,
            lambda: owned(bus.address, "org.gnome.Mutter.RemoteDesktop"),
        )

    def __enter__(self) -> Self:
        super().__enter__()
        self._hand = Peer(self.bus.address)
        self._hand.start()
        name = "org.gnome.Mutter.RemoteDesktop"
        (path,) = self._hand.call(name, "/org/gnome/Mutter/RemoteDesktop", name, "CreateSession")
        self._session = (name, path, f"{name}.Session")
        self._hand.call(*self._session, "Start")
        return self

    def touch(self) -> None:
        for is_down in (True, False):
            self._hand.call(*self._session, "NotifyKeyboardKeycode", "ub", (30, is_down))

    @contextmanager
    def frozen(self) -> Iterator[None]:
        """Let it do nothing meanwhile, as a machine that is short of memory does."""
        os.kill(self.pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(self.pid, signal.SIGCONT)

    def __exit__(self, *_: object) -> None:
        self._hand.stop()
        super().__exit__()
        shutil.rmtree(self.runtime, ignore_errors=True)


class MutterDesk(RealDesk):
    def __init__(self, mutter: Mutter, lost: Callable[[Said], None] | None = None) -> None:
        super().__init__()
        self._mutter = mutter
        self.bus = Bus(mutter.bus.address, "session")
        self.bus.start()
        self._eyes = MutterIdle(self.bus, lambda: None, boot_s=boot_s, address=mutter.bus.address)
        self.source = MutterIdle(
            self.bus, self._changed, boot_s=boot_s, lost=lost, address=mutter.bus.address
        )

    def touch(self) -> None:
        self.rest(0.01)
        before = asked(self._eyes)
        self._mutter.touch()
        wait_for(lambda: asked(self._eyes) < before, what="Mutter to see the key")

    def rest(self, seconds: float) -> None:
        if seconds > 0:
            until_s = asked(self._eyes) + seconds
            wait_for(lambda: asked(self._eyes) >= until_s, what=f"{seconds} s without input")

    def close(self) -> None:
        super().close()
        self._eyes.close()
        self.bus.close()


class Sway(Program):
    """A compositor of the wlroots family without a screen; it does not run as root."""

    def __init__(self) -> None:
        self.runtime = Path(tempfile.mkdtemp(prefix="sway-"))
        config = self.runtime / "config"
        config.write_text("", encoding="utf-8")
        self.path = str(self.runtime / "wayland-1")
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(self.runtime),
            "LANG": "C.UTF-8",
            "XDG_RUNTIME_DIR": str(self.runtime),
            "DBUS_SESSION_BUS_ADDRESS": "unix:path=/nowhere",
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
        }
        self.as_nobody: list[str] = []
        if sys.platform != "win32" and os.getuid() == 0:
            ids = ["--reuid=1000", "--regid=1000", "--clear-groups"]
            self.as_nobody = ["setpriv", *ids]
            os.chown(self.runtime, 1000, 1000)
        super().__init__(
            [*self.as_nobody, "sway", "--config", str(config)],
            env,
            lambda: Path(self.path).exists(),
        )

    def touch(self) -> None:
        assert self.env is not None
        env = {**self.env, "WAYLAND_DISPLAY": self.path}
        subprocess.run([*self.as_nobody, "wtype", "a"], env=env, check=True)

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        shutil.rmtree(self.runtime, ignore_errors=True)


class WaylandDesk(RealDesk):
    def __init__(
        self,
        compositor: Sway | Compositor,
        protocol: IdleProtocol = EXT,
        lost: Callable[[Said], None] | None = None,
        grain_s: float = GRAIN_S,
    ) -> None:
        super().__init__()
        self._compositor = compositor
        self.source = WaylandIdle(
            protocol,
            self._changed,
            boot_s=boot_s,
            lost=lost,
            display_name=compositor.path,
            grain_s=grain_s,
        )
        wait_for(lambda: self.source._input_s(boot_s()) is not None, what="anything to be known")

    def touch(self) -> None:
        self._compositor.touch()
        heard = self.source._closed or self.source._client.round_trip(15.0)
        assert heard, "the source has not heard of it"


def sway_desk(sway: Sway) -> WaylandDesk:
    """Open a desk by the protocol that this sway offers: KDE's before 1.8."""
    from deskbreak.platforms.linux.wayland import Wayland

    client = Wayland(sway.path)
    protocol = EXT if client.version(EXT.interface) else KDE
    client.close()
    return WaylandDesk(sway, protocol)
