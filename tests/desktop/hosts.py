"""Real panels that show tray items, and one that nobody sees: what the tray's contract runs on."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.desktop.parts import PrivateBus, Program, XfcePanel, XServer, owned, wait_for
from tests.doubles.panel import WATCHER, Panel

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.doubles.panel import Item

SHELL_SERVICE: Final = Path("/usr/share/dbus-1/services/org.gnome.Shell.Notifications.service")
EXTENSION: Final = "ubuntu-appindicators@ubuntu.com"
_BRIGHT: Final = 0xC8
EXTENSION_FOLDER: Final = Path("/usr/share/gnome-shell/extensions") / EXTENSION


class Screen:
    """What a person does and sees on an X server."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self.env = dict(env)

    def do(self, *words: str) -> None:
        """Move, click and type, as xdotool has it."""
        subprocess.run(["xdotool", *words], env=self.env, check=True, timeout=20)

    def click(self, at: tuple[int, int], button: int = 1) -> None:
        self.do("mousemove", *map(str, at), "sleep", "0.2", "click", str(button))

    def picture(self, area: str) -> bytes:
        """The pixels in *area*, as ImageMagick writes an area: WIDTHxHEIGHT+LEFT+TOP."""
        argv = ["import", "-window", "root", "-crop", area, "-depth", "8", "rgb:-"]
        return subprocess.run(
            argv, env=self.env, check=True, timeout=20, capture_output=True
        ).stdout

    def keep(self, path: Path) -> Path:
        """Write down what is on the screen."""
        argv = ["import", "-window", "root", str(path)]
        subprocess.run(argv, env=self.env, check=True, timeout=20)
        return path


class Host:
    """A desktop with a bus of its own; its panel comes with `start`, and goes with `kill`."""

    name = ""
    icon_at = (16, 16)
    menu_button = 1
    menu_below = "60x60+20+50"  # where nothing but the menu is ever drawn
    kills = 3  # so often it is killed in the tests

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.stack = ExitStack()

    def __enter__(self) -> Self:
        self.bus = self.stack.enter_context(PrivateBus(services=self._services()))
        self.screen = Screen(self._environment())
        return self

    def __exit__(self, *_: object) -> None:
        self.stack.close()

    @property
    def is_up(self) -> bool:
        return owned(self.bus.address, WATCHER)

    def start(self) -> None:
        self.panel = self._panel()
        self.panel.__enter__()
        self.stack.callback(self.panel.__exit__)
        wait_for(lambda: self.is_up, 60.0, "the panel's watcher")

    def kill(self) -> None:
        """End the panel at once, as a crash would."""
        self.panel.kill()
        wait_for(lambda: not self.is_up, what="the end of the panel")

    def items(self) -> int:
        """How many items the panel knows."""
        return len(registered(self.bus.address))

    def look(self) -> bytes:
        """The picture of the icon."""
        left, top = self.icon_at
        return self.screen.picture(f"20x20+{left - 10}+{top - 10}")

    def choose_last(self) -> None:
        """Open the menu and choose its last line."""
        before = self.screen.picture(self.menu_below)
        self.screen.click(self.icon_at, self.menu_button)
        wait_for(lambda: self._is_still_and_not(before), what="the menu")
        self.screen.keep(self.folder / f"{self.name}-menu.png")
        self._choose()

    def _choose(self) -> None:
        """Choose the last line of the open menu."""
        self.screen.do("key", "Up", "Return")

    def _is_still_and_not(self, before: bytes) -> bool:
        """Whether something else is drawn, and nothing moves any more."""
        first = self.screen.picture(self.menu_below)
        self.screen.do("sleep", "0.3")
        return first != before and first == self.screen.picture(self.menu_below)

    def _services(self) -> Path | None:
        return None

    def _environment(self) -> dict[str, str]:
        display = self.stack.enter_context(XServer())
        home, runtime = self.folder / "home", self.folder / "runtime"
        home.mkdir()
        runtime.mkdir(mode=0o700)
        return {
            "PATH": os.environ.get("PATH", os.defpath),
            "LANG": "C.UTF-8",
            "HOME": str(home),
            "DISPLAY": display.display,
            "DBUS_SESSION_BUS_ADDRESS": self.bus.address,
            "DBUS_SYSTEM_BUS_ADDRESS": "unix:path=/nowhere",
            "XDG_RUNTIME_DIR": str(runtime),
            "XDG_CONFIG_HOME": str(home / ".config"),
            "XDG_DATA_HOME": str(home / ".local/share"),
            "XDG_CACHE_HOME": str(home / ".cache"),
        }

    def _panel(self) -> Program:
        raise AssertionError(self.name)


class FakeHost(Host):
    """The panel of the tests, which draws nothing."""

    name = "fake"
    kills = 50

    def __enter__(self) -> Self:
        self.bus = self.stack.enter_context(PrivateBus())
        return self

    def start(self) -> None:
        self.host = Panel(self.bus.address)
        self.host.start()
        self.stack.callback(self.host.stop)

    def kill(self) -> None:
        self.host.stop()

    def look(self) -> bytes:
        return repr(sorted(self._item().properties().items())).encode()

    def choose_last(self) -> None:
        last = self._item().open().children[-1].label
        self._item().choose(last)

    def _item(self) -> Item:
        return self.host.item()


class Xfce(Host):
    """xfce4-panel, and the programs that it asks."""

    name = "xfce4-panel"
    icon_at = (12, 16)

    def _panel(self) -> Program:
        return XfcePanel(self.screen.env, self.folder / "home")


class Lxqt(Host):
    """lxqt-panel, which draws menus by Qt, and opens them with the right button."""

    name = "lxqt-panel"
    menu_button = 3

    def _panel(self) -> Program:
        config = self.folder / "home/.config/lxqt/panel.conf"
        config.parent.mkdir(parents=True, exist_ok=True)
        config.write_text(_LXQT, encoding="utf-8")
        env = {**self.screen.env, "QT_QPA_PLATFORM": "xcb", "XDG_CURRENT_DESKTOP": "LXQt"}
        return Program(["lxqt-panel"], env, lambda: owned(self.bus.address, WATCHER))


class Gnome(Host):
    """gnome-shell in a window, with the extension that shows tray items, or without."""

    name = "gnome-shell"
    icon_at = (1203, 14)
    menu_below = "60x60+1190+60"
    kills = 1
    extensions = f"['{EXTENSION}']"

    def _services(self) -> Path:
        folder = self.folder / "services"
        folder.mkdir()
        shutil.copy(SHELL_SERVICE, folder)
        return folder

    def _environment(self) -> dict[str, str]:
        system = self.stack.enter_context(PrivateBus())
        found = super()._environment()
        settings = Path(found["XDG_CONFIG_HOME"], "glib-2.0/settings/keyfile")
        settings.parent.mkdir(parents=True)
        settings.write_text(
            "[org/gnome/shell]\nwelcome-dialog-last-shown-version='99'\n"
            f"enabled-extensions={self.extensions}\n",
            encoding="utf-8",
        )
        return {
            **found,
            "DBUS_SYSTEM_BUS_ADDRESS": system.address,
            "GSETTINGS_BACKEND": "keyfile",
            "LIBGL_ALWAYS_SOFTWARE": "1",
            "MUTTER_DEBUG_DUMMY_MODE_SPECS": "1270x780",
            "XDG_CURRENT_DESKTOP": "GNOME",
        }

    def _choose(self) -> None:
        # Keys do not reach a shell in a window that no window manager gives the focus to.
        lowest = wait_for(self._lowest_line, what="the last line")
        self.screen.click((1066, lowest))

    def _lowest_line(self) -> int:
        """Where the last line of the menu is: the last bright pixels of its column."""
        height, width = 400, 60
        drawn = self.screen.picture(f"{width}x{height}+1046+40")
        bright = [
            row
            for row in range(height)
            if max(drawn[row * width * 3 : (row + 1) * width * 3]) > _BRIGHT
        ]
        return 40 + bright[-1] - 4 if bright else 0

    def _panel(self) -> Program:
        return Program(
            ["gnome-shell", "--nested", "--wayland"],
            self.screen.env,
            lambda: owned(self.bus.address, "org.gnome.Shell"),
        )


class BareGnome(Gnome):
    """GNOME as it comes: nothing shows tray items."""

    extensions = "@as []"

    def start(self) -> None:
        self.panel = self._panel()
        self.panel.__enter__()
        self.stack.callback(self.panel.__exit__)
        name = "org.freedesktop.Notifications"
        wait_for(lambda: owned(self.bus.address, name), 60.0, "GNOME's notifications")


HOSTS: Final = {host.name: host for host in (FakeHost, Xfce, Lxqt, Gnome)}

_LXQT = """[General]
panels=panel1

[panel1]
desktop=0
plugins=statusnotifier
position=Top
panelSize=32
iconSize=22
width=100
width-percent=true

[statusnotifier]
type=statusnotifier
"""


def registered(address: str) -> list[str]:
    """What the watcher on the bus at *address* lists; nothing where there is none."""
    from jeepney import DBusAddress, MessageType, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    watcher = DBusAddress("/StatusNotifierWatcher", WATCHER, "org.freedesktop.DBus.Properties")
    call = new_method_call(watcher, "Get", "ss", (WATCHER, "RegisteredStatusNotifierItems"))
    with open_dbus_connection(address) as connection:
        reply = connection.send_and_get_reply(call, timeout=3.0)
    if reply.header.message_type is not MessageType.method_return:
        return []
    return list(reply.body[0][1])


def absent(name: str) -> str | None:
    """Why the host of that name cannot run here, or None."""
    if sys.platform != "linux":
        return "panels are Linux programs"
    if name == "gnome-shell" and not EXTENSION_FOLDER.is_dir():
        return "not installed: gnome-shell-extension-appindicator"
    return None
