"""Where a hold's probe is put to the test: each scene has a desktop's part, real or played."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import tempfile
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol
from unittest.mock import patch

from deskbreak.platforms.linux import hold_inhibit, hold_quiet, hold_share
from deskbreak.platforms.linux.bus import Bus
from deskbreak.platforms.linux.hold_camera import Camera
from deskbreak.platforms.linux.hold_fullscreen_wayland import WaylandFullScreen
from deskbreak.platforms.linux.hold_fullscreen_x11 import X11FullScreen
from deskbreak.platforms.linux.hold_microphone import Microphone
from tests.desktop.matrix import not_here
from tests.desktop.parts import (
    Dunst,
    PrivateBus,
    Program,
    XServer,
    _which,
    missing,
    owned,
    wait_for,
)
from tests.doubles import flags
from tests.doubles.flags import Flag

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from contextlib import AbstractContextManager

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.watcher import Watcher
    from deskbreak.ports import HoldProbe

    Changed = Callable[[], None]
    Lost = Callable[[Said], None]

PORT: Final = "holds"


class Scene(Protocol):
    """A desktop on which one thing can be begun and ended."""

    environment: str

    def open(self, watcher: Watcher, changed: Changed, lost: Lost) -> HoldProbe:
        """Open the probe; on the watcher's thread."""
        ...

    @property
    def begin(self) -> Callable[[], object]:
        """Lets it be in force."""
        ...

    @property
    def end(self) -> Callable[[], object]:
        """Lets it be so no more."""
        ...

    def die(self) -> bool:
        """Kill whoever tells; False where that is the kernel."""
        ...


class FakeProbe:
    """A probe that tells what the test says."""

    name = "fake"

    def __init__(self, changed: Changed, *, subscribed: bool = True) -> None:
        self.subscribed = subscribed
        self._changed = changed
        self.is_on: bool | None = False
        self.asked = 0
        self.is_closed = False

    def ask(self) -> bool | None:
        self.asked += 1
        return self.is_on

    def close(self) -> None:
        self.is_closed = True

    def tell(self, *, on: bool | None) -> None:
        self.is_on = on
        if self.subscribed and not self.is_closed:
            self._changed()


class FakeScene:
    """No desktop at all."""

    environment = "fake"

    def __init__(self) -> None:
        self._on = False
        self._probe: FakeProbe | None = None

    def open(self, watcher: Watcher, changed: Changed, lost: Lost) -> HoldProbe:
        self._probe = FakeProbe(lambda: watcher.soon(changed))
        self._probe.is_on = self._on
        return self._probe

    def begin(self) -> None:
        self._switch(on=True)

    def end(self) -> None:
        self._switch(on=False)

    def die(self) -> bool:
        return False

    def _switch(self, *, on: bool) -> None:
        self._on = on
        if self._probe is not None:
            self._probe.tell(on=on)


class BusScene:
    """Somebody on a bus tells it."""

    def __init__(
        self,
        environment: str,
        bus: Bus,
        flag: Flag,
        opens: Callable[[Bus, Watcher, Changed], HoldProbe],
    ) -> None:
        self.environment = environment
        self._bus = bus
        self.flag = flag
        self._opens = opens

    def open(self, watcher: Watcher, changed: Changed, lost: Lost) -> HoldProbe:
        return self._opens(self._bus, watcher, changed)

    def begin(self) -> None:
        self.flag.switch(on=True)

    def end(self) -> None:
        self.flag.switch(on=False)

    def die(self) -> bool:
        return False  # who watches over the names on the bus notices, see test_holds


class CommandScene:
    """A real part that commands switch."""

    def __init__(
        self,
        environment: str,
        opens: Callable[[Watcher, Changed, Lost], HoldProbe],
        begin: Callable[[], object],
        end: Callable[[], object],
        die: Callable[[], object] | None = None,
    ) -> None:
        self.environment = environment
        self._opens = opens
        self.begin = begin
        self.end = end
        self._die = die

    def open(self, watcher: Watcher, changed: Changed, lost: Lost) -> HoldProbe:
        return self._opens(watcher, changed, lost)

    def die(self) -> bool:
        if self._die is None:
            return False
        self._die()
        return True


def run(env: Mapping[str, str], *argv: str) -> str:
    """Run a program of the desktop's and return what it said."""
    return subprocess.run(
        argv, env=dict(env), capture_output=True, check=True, timeout=10
    ).stdout.decode()


def _needs(environment: str, *programs: str) -> None:
    if reason := missing(*programs):
        not_here(PORT, environment, reason)


@contextmanager
def _session(folder: Path) -> Iterator[tuple[dict[str, str], Bus, str]]:
    """A bus of one's own, with a home; and our connection to it."""
    home = folder / "home"
    home.mkdir(exist_ok=True)
    with PrivateBus() as private:
        bus = Bus(private.address, "session")
        bus.start()
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_RUNTIME_DIR": str(home),
            "DBUS_SESSION_BUS_ADDRESS": private.address,
        }
        try:
            yield env, bus, private.address
        finally:
            bus.close()


@contextmanager
def fake(_folder: Path) -> Iterator[Scene]:
    """Nobody but the test tells."""
    yield FakeScene()


@contextmanager
def _peer(
    environment: str,
    folder: Path,
    double: Callable[[str], Flag],
    opens: Callable[[Bus, Watcher, Changed], HoldProbe],
) -> Iterator[Scene]:
    _needs(environment, "dbus-daemon")
    with _session(folder) as (_, bus, address), double(address) as flag:
        yield BusScene(environment, bus, flag, opens)


def plasma(folder: Path) -> AbstractContextManager[Scene]:
    """A notification service with Plasma's property."""
    return _peer("plasma peer", folder, flags.plasma, hold_quiet.inhibited)


def gnome_session(folder: Path) -> AbstractContextManager[Scene]:
    """A played session manager of GNOME's."""
    return _peer("gnome peer", folder, flags.gnome_session, hold_inhibit.gnome)


def kde_power(folder: Path) -> AbstractContextManager[Scene]:
    """A played power management of Plasma's."""
    return _peer("kde peer", folder, flags.kde_power, hold_inhibit.kde)


def power_manager(folder: Path) -> AbstractContextManager[Scene]:
    """A played power manager of Xfce's and others."""
    return _peer("power peer", folder, flags.power_manager, hold_inhibit.power)


def logind(folder: Path) -> AbstractContextManager[Scene]:
    """A played logind."""
    return _peer("logind peer", folder, flags.logind_inhibitors, hold_inhibit.logind)


def mutter_peer(folder: Path) -> AbstractContextManager[Scene]:
    """A played compositor of GNOME's, whose screen somebody shares."""

    def opens(bus: Bus, _watcher: Watcher, _changed: Changed) -> HoldProbe:
        return hold_share.MutterScreenCast(bus)

    return _peer("mutter peer", folder, flags.mutter_screencast, opens)


@contextmanager
def dunst(folder: Path) -> Iterator[Scene]:
    """A real dunst that is paused."""
    _needs("dunst", "dbus-daemon", "Xvfb", "dunst", "dunstctl")
    with _session(folder) as (env, bus, _), XServer() as display:
        env["DISPLAY"] = display.display
        with Dunst(env):
            yield CommandScene(
                "dunst",
                lambda watcher, changed, _: hold_quiet.dunst(bus, watcher, changed),
                lambda: run(env, "dunstctl", "set-paused", "true"),
                lambda: run(env, "dunstctl", "set-paused", "false"),
            )


@contextmanager
def gnome(folder: Path) -> Iterator[Scene]:
    """GNOME's setting in a real dconf; only the shell is played."""
    _needs("dconf", "dbus-daemon", "gsettings", "dconf")
    services = Path("/usr/share/dbus-1/services")
    if not (services / "ca.desrt.dconf.service").exists():
        not_here(PORT, "dconf", "not installed: dconf-service")
    service = folder / "services"
    service.mkdir()
    (service / "ca.desrt.dconf.service").symlink_to(services / "ca.desrt.dconf.service")
    with ExitStack() as stack:
        private = stack.enter_context(PrivateBus(services=service))
        env = {**os.environ, "DBUS_SESSION_BUS_ADDRESS": private.address}
        stack.enter_context(patch.dict(os.environ, env))
        stack.enter_context(flags.notifier(private.address, "gnome-shell"))
        bus = Bus(private.address, "session")
        bus.start()
        stack.callback(bus.close)
        argv = ("gsettings", "set", "org.gnome.desktop.notifications", "show-banners")
        yield CommandScene(
            "dconf",
            lambda watcher, changed, _: hold_quiet.gnome(bus, watcher, changed),
            lambda: run(env, *argv, "false"),
            lambda: run(env, *argv, "true"),
        )


@contextmanager
def _xfconf(
    environment: str,
    folder: Path,
    setting: tuple[str, str],
    opens: Callable[[Bus, Watcher, Changed], HoldProbe],
    double: Callable[[str], Flag],
) -> Iterator[Scene]:
    """Xfce's settings in a real xfconfd; only who heeds them is played."""
    _needs(environment, "dbus-daemon", "xfconfd", "busctl")
    with _session(folder) as (env, bus, address), double(address):
        daemon = Program(
            [_which("xfconfd") or "xfconfd"], env, lambda: owned(address, "org.xfce.Xfconf")
        )

        def put(value: str) -> None:
            target = ("org.xfce.Xfconf", "/org/xfce/Xfconf", "org.xfce.Xfconf", "SetProperty")
            # ssv: channel, property, and a boolean
            run(env, "busctl", f"--address={address}", "call", *target, "ssv", *setting, "b", value)

        with daemon:
            yield CommandScene(
                environment,
                lambda watcher, changed, _: opens(bus, watcher, changed),
                lambda: put("true"),
                lambda: put("false"),
            )


def xfce(folder: Path) -> AbstractContextManager[Scene]:
    """Do not disturb of Xfce's notification service."""
    return _xfconf(
        "xfconf",
        folder,
        ("xfce4-notifyd", "/do-not-disturb"),
        hold_quiet.xfce,
        lambda address: flags.notifier(address, "Xfce Notify Daemon"),
    )


def xfce_presentation(folder: Path) -> AbstractContextManager[Scene]:
    """The presentation mode of Xfce's power manager."""
    return _xfconf(
        "xfconf",
        folder,
        ("xfce4-power-manager", "/xfce4-power-manager/presentation-mode"),
        hold_quiet.xfce_presentation,
        lambda address: Flag(address, hold_quiet.POWER_MANAGER),
    )


class SoundServer(Program):
    """A real PulseAudio with a microphone that hears nothing, and an output that nobody hears."""

    def __init__(self, runtime: Path, home: Path) -> None:
        self.socket = runtime / "pulse" / "native"
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(home),
            "XDG_RUNTIME_DIR": str(runtime),
        }
        modules = (
            "module-null-source source_name=mic",
            "module-null-sink sink_name=out",
            "module-native-protocol-unix",
        )
        options = ["-n", "--daemonize=no", "--exit-idle-time=-1", "--disable-shm=yes"]
        argv = ["pulseaudio", *options, *(f"--load={module}" for module in modules)]
        super().__init__(argv, env, self._is_up)

    def _is_up(self) -> bool:
        assert self.env is not None
        argv = ["pactl", "info"]
        return subprocess.run(argv, env=self.env, capture_output=True, check=False).returncode == 0

    def record(self, source: str = "mic") -> Program:
        """A program that listens to *source*."""
        return Program(["parec", "-d", source], self.env)

    def pactl(self, *argv: str) -> str:
        assert self.env is not None
        return run({**self.env, "LC_ALL": "C"}, "pactl", *argv)

    def streams(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = json.loads(self.pactl("-f", "json", "list", "source-outputs"))
        return found


@contextmanager
def pulseaudio(folder: Path) -> Iterator[Scene]:
    """A real sound server with a program that listens."""
    _needs("pulseaudio", "pulseaudio", "parec", "pactl")
    runtime = folder / "run"
    runtime.mkdir(mode=0o700)
    with ExitStack() as stack:
        server = stack.enter_context(SoundServer(runtime, folder))
        listener = server.record()
        stack.callback(listener.__exit__)

        def end() -> None:
            listener.stop()

        yield CommandScene(
            "pulseaudio",
            lambda watcher, changed, lost: Microphone(watcher, changed, lost, server.socket),
            listener.start,
            end,
            server.kill,
        )


@contextmanager
def camera(folder: Path) -> Iterator[Scene]:
    """A folder that stands for /dev, and the real /proc."""
    (folder / "dev").mkdir()
    (folder / "proc").symlink_to("/proc")
    device = folder / "dev" / "video0"
    device.touch()
    with ExitStack() as stack:
        opened = stack.enter_context(ExitStack())
        yield CommandScene(
            "devices",
            lambda watcher, changed, lost: Camera(watcher, changed, lost, folder),
            lambda: opened.enter_context(device.open()),
            opened.close,
        )


FILL_THE_SCREEN: Final = ("alt+Return",)
"""What makes xterm do so, or do so no more."""


@contextmanager
def window_in_front(env: Mapping[str, str]) -> Iterator[None]:
    """An xterm, and a window manager that has put it in front."""
    windows = ("search", "--onlyvisible", "--class", "xterm")

    def is_in_front() -> bool:
        found = _said(env, *windows).split()  # none while it is given a frame
        if found:
            _said(env, "windowactivate", found[0])
        return bool(_said(env, "getactivewindow"))

    # The manager comes after the window: while it starts it overlooks those that come.
    with Program(["xterm"], env, lambda: bool(_said(env, *windows))), Program(["openbox"], env):
        wait_for(is_in_front, what="a window in front")
        yield


@contextmanager
def x11(folder: Path) -> Iterator[Scene]:
    """A real X server and window manager, and a window that fills the screen."""
    _needs("x11", "Xvfb", "openbox", "xterm", "xdotool")
    with ExitStack() as stack:
        display = stack.enter_context(XServer())
        env = {**os.environ, "DISPLAY": display.display, "HOME": str(folder)}
        stack.enter_context(window_in_front(env))

        def press() -> None:
            run(env, "xdotool", "key", *FILL_THE_SCREEN)

        yield CommandScene(
            "x11",
            lambda watcher, changed, lost: X11FullScreen(watcher, changed, lost, display.display),
            press,
            press,
            display.kill,
        )


def _said(env: Mapping[str, str], *question: str) -> str:
    argv = ["xdotool", *question]
    return subprocess.run(argv, env=dict(env), capture_output=True, check=False).stdout.decode()


class Sway(Program):
    """A real sway without a screen, run by a user that is not root."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.chown(folder, 1000, 1000)
        folder.chmod(0o700)
        env = {
            "PATH": os.environ.get("PATH", os.defpath),
            "HOME": str(folder),
            "XDG_RUNTIME_DIR": str(folder),
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
        }
        super().__init__([*_AS_USER, "sway", "-c", "/dev/null"], env, lambda: bool(self.display))

    @property
    def display(self) -> str:
        """The socket of the compositor; empty before it is there."""
        found = [one for one in self.folder.glob("wayland-*") if one.suffix != ".lock"]
        ready = found and list(self.folder.glob("sway-ipc.*"))
        return str(found[0]) if ready else ""

    def client(self, *argv: str) -> Program:
        assert self.env is not None
        return Program([*_AS_USER, *argv], {**self.env, "WAYLAND_DISPLAY": self.display})

    def message(self, *argv: str) -> str:
        assert self.env is not None
        (socket,) = self.folder.glob("sway-ipc.*")
        return run({**self.env, "SWAYSOCK": str(socket)}, "swaymsg", *argv)


_AS_USER: Final = ("setpriv", "--reuid=1000", "--regid=1000", "--clear-groups")


@contextmanager
def sway(_folder: Path) -> Iterator[Scene]:
    """A real sway and a window that fills the screen."""
    _needs("sway", "sway", "foot", "setpriv")
    if os.getuid() != 0:
        not_here(PORT, "sway", "only root may run sway as somebody else")
    # Not under the folder of the test, which only root may enter.
    with ExitStack() as stack:
        runtime = stack.enter_context(tempfile.TemporaryDirectory(prefix="sway-"))
        compositor = stack.enter_context(Sway(Path(runtime)))
        display = compositor.display
        stack.enter_context(compositor.client("foot"))
        tree = '"app_id": "foot"'
        wait_for(lambda: tree in compositor.message("-t", "get_tree"), what="a window")
        yield CommandScene(
            "sway",
            lambda watcher, changed, lost: WaylandFullScreen(watcher, changed, lost, display),
            lambda: compositor.message("fullscreen", "enable"),
            lambda: compositor.message("fullscreen", "disable"),
            compositor.kill,
        )


@contextmanager
def mutter(folder: Path) -> Iterator[Scene]:
    """GNOME's real compositor, whose screen somebody shares."""
    _needs("mutter", "mutter", "dbus-daemon")
    name, path = hold_share.MUTTER, "/org/gnome/Mutter/ScreenCast"
    with _session(folder) as (env, bus, address):
        runtime = folder / "run"
        runtime.mkdir(mode=0o700)
        argv = ["mutter", "--wayland", "--headless", "--virtual-monitor", "800x600", "--no-x11"]
        compositor = Program(
            argv, {**env, "XDG_RUNTIME_DIR": str(runtime)}, lambda: owned(address, name)
        )
        sessions: list[str] = []

        def begin() -> None:
            sessions.append(bus.call(name, path, name, "CreateSession", "a{sv}", ({},))[0])

        def end() -> None:
            bus.call(name, sessions.pop(), f"{name}.Session", "Stop")

        with compositor:
            yield CommandScene(
                "mutter",
                lambda _watcher, _changed, _lost: hold_share.MutterScreenCast(bus),
                begin,
                end,
                compositor.kill,
            )


@contextmanager
def frozen(pid: int) -> Iterator[None]:
    """Stop a program as if it hung."""
    os.kill(pid, signal.SIGSTOP)
    try:
        time.sleep(0.05)
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


SCENES: Final[dict[str, Callable[[Path], AbstractContextManager[Scene]]]] = {
    "fake": fake,
    "inhibited on plasma peer": plasma,
    "dunst": dunst,
    "gnome": gnome,
    "xfce": xfce,
    "x11": x11,
    "sway": sway,
    "pulseaudio": pulseaudio,
    "camera": camera,
    "mutter": mutter,
    "mutter peer": mutter_peer,
    "xfce presentation": xfce_presentation,
    "gnome session": gnome_session,
    "kde power": kde_power,
    "power manager": power_manager,
    "logind": logind,
}
