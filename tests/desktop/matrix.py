"""Which contract ran on which real desktop: ports x environments, printed after the tests.

A contract test says `cell("idle", "sway")` when it runs on that part, and `not_here("idle",
"sway", why)` where it cannot. A cell of WANTED that its installed programs allow and that did
not run fails the whole run; a run of some tests only is not judged.
"""

from __future__ import annotations

import shutil
import sys
import textwrap
from typing import TYPE_CHECKING, Final, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_ON_X: Final = ("dbus-daemon", "Xvfb", "openbox", "xdotool", "import")

NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "fake": (),
    "x11": ("Xvfb", "xdotool"),
    "mutter": ("mutter", "dbus-daemon"),
    "sway": ("sway", "wtype", "setpriv"),
    "xfce4-panel": (*_ON_X, "xfce4-panel"),
    "lxqt-panel": (*_ON_X, "lxqt-panel"),
    "gnome-shell": (*_ON_X, "gnome-shell", "gjs"),
    "dunst": (*_ON_X, "dunst", "dunstctl"),
    "xfce4-notifyd": (*_ON_X, "xfce4-notifyd-config"),
    "mate-notification-daemon": (*_ON_X, "mate-notification-properties"),
    "lxqt-notificationd": (*_ON_X, "lxqt-notificationd"),
    "mako on sway": ("dbus-daemon", "sway", "mako", "makoctl", "busctl", "setpriv"),
    "xdg-desktop-portal-gtk": ("dbus-daemon", "Xvfb", "/usr/libexec/xdg-desktop-portal-gtk"),
    "empty bus": ("dbus-daemon", "notify-send"),
    "pseudo-terminal": (),
    "wayland peer": (),
    "terminal": (),
    "logind peer": ("dbus-daemon",),
    "saver peer": ("dbus-daemon",),
    "plasma peer": ("dbus-daemon",),
    "dconf": ("dbus-daemon", "gsettings", "dconf"),
    "xfconf": ("dbus-daemon", "xfce4-panel", "busctl"),  # xfconfd is on no path, but comes with it
    "pulseaudio": ("pulseaudio", "parec", "pactl"),
    "devices": (),
    "mutter peer": ("dbus-daemon",),
    "gnome peer": ("dbus-daemon",),
    "kde peer": ("dbus-daemon",),
    "power peer": ("dbus-daemon",),
}
"""The programs of an environment; an environment that is not named here needs none."""

WANTED: Final[dict[str, tuple[str, ...]]] = {
    "idle": (
        *("fake", "x11", "mutter", "sway", "wayland peer", "terminal"),
        *("windows peer", "mac peer"),
    ),
    "session": ("fake", "logind peer", "saver peer", "windows peer", "mac peer"),
    "holds": (
        *("fake", "x11", "mutter", "sway", "plasma peer", "dunst", "dconf", "xfconf"),
        *("pulseaudio", "devices", "mutter peer", "gnome peer", "kde peer", "power peer"),
        *("logind peer", "windows peer", "mac peer"),
    ),
    "tray": ("fake", "xfce4-panel", "lxqt-panel", "gnome-shell"),
    "prompts, freedesktop": (
        *("fake", "dunst", "xfce4-notifyd", "mate-notification-daemon", "lxqt-notificationd"),
        *("mako on sway", "empty bus"),
    ),
    "prompts, portal": ("fake", "xdg-desktop-portal-gtk", "empty bus"),
    "prompts, plyer": ("dunst", "xfce4-notifyd", "empty bus"),
    "prompts, terminal": ("pseudo-terminal",),
}
"""What must run where the programs are installed."""

ELSEWHERE: Final[dict[str, tuple[str, ...]]] = {
    "windows peer": ("idle", "session", "holds"),
    "mac peer": ("idle", "session", "holds"),
}
"""What must run on other systems too: all else is made of Linux's programs."""

RAN: Final = "ran"
_UNHEARD: Final = "no test recorded it"  # as where only some tests are run; `not_run` names them

_cells: Final[dict[tuple[str, str], str]] = {}  # of this run


def cell(port: str, environment: str) -> None:
    """Record that the contract of *port* runs in *environment*."""
    _cells[port, environment] = RAN


def not_here(port: str, environment: str, why: str) -> NoReturn:
    """Record why it does not, and skip the test."""
    _cells.setdefault((port, environment), why)  # a cell that ran once has run
    pytest.skip(why)


def told() -> list[tuple[str, str, str]]:
    """Return what this process has recorded, as another can `take` it."""
    return [(port, environment, said) for (port, environment), said in _cells.items()]


def take(cells: Iterable[tuple[str, str, str]]) -> None:
    """Add what another process has recorded; a cell that ran in one of them has run."""
    for port, environment, said in cells:
        if said == RAN:
            _cells[port, environment] = said
        _cells.setdefault((port, environment), said)


def recorded() -> Mapping[tuple[str, str], str]:
    """Return what this run has recorded."""
    return dict(_cells)


def not_run(cells: Mapping[tuple[str, str], str]) -> list[str]:
    """Name each cell that the installed programs allow and that did not run."""
    return [
        f"{port} on {environment}: {cells.get((port, environment), _UNHEARD)}"
        for port, environment in dict.fromkeys([*_wanted(), *cells])
        if cells.get((port, environment)) != RAN and not _absent(environment)
    ]


def _wanted() -> list[tuple[str, str]]:
    if sys.platform == "linux":
        return [(port, environment) for port, row in WANTED.items() for environment in row]
    rows = ELSEWHERE | ({"windows": ELSEWHERE["windows peer"]} if sys.platform == "win32" else {})
    return [(port, environment) for environment, row in rows.items() for port in row]


def table(cells: Mapping[tuple[str, str], str]) -> Iterator[str]:
    """Yield the lines: where the contract of each port ran, and each reason why not elsewhere."""
    ports = list(dict.fromkeys(port for port, _ in cells))
    width = max(map(len, ports))
    for port in ports:
        row = {
            environment: _said(port, environment, cells)
            for one, environment in dict.fromkeys([*_wanted(), *cells])
            if one == port
        }
        ran = ", ".join(environment for environment, said in row.items() if said == RAN)
        head, rest = f"{port.ljust(width)}  ", " " * (width + 2)
        yield from textwrap.wrap(
            ran or "-", 96, initial_indent=head, subsequent_indent=rest, break_on_hyphens=False
        )
        for environment, said in row.items():
            if said not in (RAN, _UNHEARD):
                yield f"{rest}not run here: {environment} ({said})"


def _said(port: str, environment: str, cells: Mapping[tuple[str, str], str]) -> str:
    if (port, environment) in cells:
        return cells[port, environment]
    absent = _absent(environment)
    return f"not installed: {', '.join(absent)}" if absent else _UNHEARD


def _absent(environment: str) -> list[str]:
    return [one for one in NEEDS.get(environment, ()) if shutil.which(one) is None]
