"""What shows notifications for real, each as a person sees and uses it."""

from __future__ import annotations

import contextlib
import json
import os
import pwd
import shutil
import subprocess
import tempfile
from abc import ABC, abstractmethod
from pathlib import Path
from typing import TYPE_CHECKING, ClassVar

from deskbreak.platforms.linux.notify_service import NAME
from tests.desktop.parts import Dunst, PrivateBus, Program, XServer, missing, owned
from tests.doubles.notifications import NotificationServer
from tests.doubles.portal import Portal

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Self

    from deskbreak.core.model import Choice


class Screen(ABC):
    """Somebody who shows notifications on a bus of its own, until it is left.

    Subclasses say what they need, start it, look, and press.
    """

    needs: ClassVar[tuple[str, ...]] = ("dbus-daemon",)
    presses: ClassVar[bool] = True
    service: Program | None = None  # who shows it, where that is a program that can die

    def __init__(self, home: Path) -> None:
        self.home = home
        self.stack = contextlib.ExitStack()

    @classmethod
    def missing(cls) -> str | None:
        """Why it cannot run here; None if it can."""
        return missing(*(name for name in cls.needs if found(name) is None))

    def __enter__(self) -> Self:
        with contextlib.ExitStack() as stack:
            self.stack = stack
            self.bus = stack.enter_context(PrivateBus())
            self.env: dict[str, str] = {
                "PATH": os.environ.get("PATH", os.defpath),
                "LANG": "C.UTF-8",
                "HOME": str(self.home),
                "XDG_RUNTIME_DIR": str(self.home),
                "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
                "GSETTINGS_BACKEND": "memory",
                "NO_AT_BRIDGE": "1",
            }
            self.start()
            self.stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    @abstractmethod
    def start(self) -> None:
        """Start it; whatever it starts goes on the stack."""

    @abstractmethod
    def looks(self) -> str:
        """What a person sees; empty where there is nothing."""

    @abstractmethod
    def press(self, choice: Choice) -> None:
        """Do as a person does who presses the button of *choice*."""

    def run(self, *argv: str) -> str:
        ran = subprocess.run(
            argv, env=self.env, capture_output=True, text=True, timeout=20, check=True
        )
        return ran.stdout

    def program(self, name: str, *options: str, owns: str = NAME) -> Program:
        """Start one that then owns a name on the bus."""
        argv = [found(name) or name, *options]
        ready = lambda: owned(self.bus.address, owns)  # noqa: E731 - it is a condition
        return self.stack.enter_context(Program(argv, self.env, ready))


class Fake(Screen):
    """Our double."""

    def start(self) -> None:
        self.server = self.stack.enter_context(NotificationServer(self.bus.address))

    def looks(self) -> str:
        return " | ".join(f"{n.summary}: {n.body}" for n in self.server.on_screen.values())

    def press(self, choice: Choice) -> None:
        self.server.press(next(iter(self.server.on_screen)), choice.value)


class OnX(Screen):
    """One that draws on an X server; what it looks like is the box around all that is lit."""

    needs: ClassVar[tuple[str, ...]] = ("dbus-daemon", "Xvfb", "openbox", "xdotool", "import")
    button: ClassVar[Mapping[str, tuple[int, int]]] = {}  # where it is, on 1280x800

    def start(self) -> None:
        display = self.stack.enter_context(XServer())
        self.env["DISPLAY"] = display.display
        self.stack.enter_context(Program(["openbox"], self.env))
        self.start_notifier()

    @abstractmethod
    def start_notifier(self) -> None:
        """Start what draws."""

    def looks(self) -> str:
        seen = self.run("import", "-window", "root", "-format", "%k %@", "info:")
        colours, box = seen.split()
        return "" if colours == "1" else box

    def press(self, choice: Choice) -> None:
        x, y = self.button[choice.value]
        # GTK draws a bubble a moment before it takes clicks, and forgets those that come sooner.
        self.run("xdotool", "mousemove", str(x), str(y), "sleep", "0.3", "click", "1")


class OnDunst(OnX):
    """Buttons are in a menu, which is another program's; ours takes the one that is wanted."""

    needs = (*OnX.needs, "dunst", "dunstctl", "dbus-send")

    def start_notifier(self) -> None:
        self.menu = self.home / "menu"
        config = self.home / "dunstrc"
        config.write_text(f"[global]\n    dmenu = {self.menu}\n", encoding="utf-8")
        dunst = Dunst(self.env, "-config", str(config))
        self.service = self.stack.enter_context(dunst)

    def press(self, choice: Choice) -> None:
        label = {"done": "Done", "skip": "Skip"}[choice.value]
        self.menu.write_text(f'#!/bin/sh\ngrep -F "{label}"\n', encoding="utf-8")
        self.menu.chmod(0o755)
        self.run("dunstctl", "context")


class OnXfce(OnX):
    """xfce4-notifyd, with the daemon that keeps its settings."""

    needs = (*OnX.needs, "xfce4-notifyd", "xfconfd")
    button: ClassVar = {"done": (853, 102), "skip": (1082, 102)}

    def start_notifier(self) -> None:
        self.program("xfconfd", owns="org.xfce.Xfconf")
        self.service = self.program("xfce4-notifyd")


class OnMate(OnX):
    """mate-notification-daemon."""

    needs = (*OnX.needs, "mate-notification-daemon")
    button: ClassVar = {"done": (1063, 96), "skip": (1212, 96)}

    def start_notifier(self) -> None:
        self.service = self.program("mate-notification-daemon")


class OnLxqt(OnX):
    """lxqt-notificationd; four actions are a list there, which a mouse cannot reach blindly."""

    needs = (*OnX.needs, "lxqt-notificationd")
    presses = False

    def start_notifier(self) -> None:
        self.home.chmod(0o700)
        self.service = self.program("lxqt-notificationd")


class OnMako(Screen):
    """mako on a headless sway, which does not run as root: then it runs as somebody else."""

    needs = ("dbus-daemon", "sway", "mako", "makoctl", "busctl", "setpriv")

    def start(self) -> None:
        # Not under the test's home: whoever sway runs as must get there.
        runtime = Path(tempfile.mkdtemp(prefix="sway-"))
        self.stack.callback(shutil.rmtree, runtime)
        config = runtime / "config"
        config.write_text("output * resolution 1280x800\nxwayland disable\n", encoding="utf-8")
        as_nobody: list[str] = []
        if os.geteuid() == 0:
            nobody = pwd.getpwnam("nobody")
            os.chown(runtime, nobody.pw_uid, nobody.pw_gid)
            config.chmod(0o644)
            ids = (f"--reuid={nobody.pw_uid}", f"--regid={nobody.pw_gid}", "--clear-groups")
            as_nobody = ["setpriv", *ids]
        env = self.env | {
            "HOME": str(runtime),
            "XDG_RUNTIME_DIR": str(runtime),
            "WLR_BACKENDS": "headless",
            "WLR_LIBINPUT_NO_DEVICES": "1",
            "WLR_RENDERER": "pixman",
        }
        argv = [*as_nobody, "sway", "-c", str(config)]
        ready = lambda: any(runtime.glob("wayland-?"))  # noqa: E731 - it is a condition
        self.stack.enter_context(Program(argv, env, ready))
        self.env["WAYLAND_DISPLAY"] = str(next(runtime.glob("wayland-?")))
        self.service = self.program("mako")

    def looks(self) -> str:
        (notes,) = json.loads(self.run("makoctl", "list"))["data"]
        return " | ".join(f"{n['summary']['data']}: {n['body']['data']}" for n in notes)

    def press(self, choice: Choice) -> None:
        self.run("makoctl", "invoke", choice.value)


class OnPortal(Screen):
    """Our double of the portal."""

    def start(self) -> None:
        self.portal = self.stack.enter_context(Portal(self.bus.address))

    def looks(self) -> str:
        shown = self.portal.on_screen.values()
        return " | ".join(f"{note['title'][1]}: {note['body'][1]}" for note in shown)

    def press(self, choice: Choice) -> None:
        self.portal.press(choice.value)


class OnRealPortal(Screen):
    """xdg-desktop-portal with the backend of GTK, which passes it on to our double.

    Who is not in a sandbox has no name there, and after a press the backend (1.14.1) ends of it;
    it tells of the press first.
    """

    needs = ("dbus-daemon", "Xvfb", "xdg-desktop-portal", "xdg-desktop-portal-gtk")

    def start(self) -> None:
        display = self.stack.enter_context(XServer())
        self.env |= {"DISPLAY": display.display, "XDG_CURRENT_DESKTOP": "GNOME"}
        self.server = self.stack.enter_context(NotificationServer(self.bus.address))
        start_portal(self.program)

    def looks(self) -> str:
        return " | ".join(f"{n.summary}: {n.body}" for n in self.server.on_screen.values())

    def press(self, choice: Choice) -> None:
        press_through(self.server, choice.value)


def start_portal(program: Callable[..., Program]) -> None:
    """Start xdg-desktop-portal with what it wants."""
    impl = "org.freedesktop.impl.portal"
    program("xdg-desktop-portal-gtk", owns=f"{impl}.desktop.gtk")
    program("xdg-permission-store", owns=f"{impl}.PermissionStore")
    program("xdg-desktop-portal", owns="org.freedesktop.portal.Desktop")


def press_through(server: NotificationServer, action: str) -> None:
    """Press a button that a portal had put there: its action also names the target."""
    (note,) = server.on_screen.values()
    names = [name for name in note.actions[::2] if name.split("::")[0] == action]
    server.press(note.id, names[0])


def found(program: str) -> str | None:
    """Find a program, also one that lies where no PATH leads."""
    if path := shutil.which(program):
        return path
    patterns = (f"*/{program}", f"*/*/{program}", f"*/*/*/{program}")
    folders = (Path("/usr/libexec"), Path("/usr/lib"))
    places = (folders[0] / program, *(p for pattern in patterns for p in folders[1].glob(pattern)))
    return next((str(path) for path in places if path.is_file()), None)
