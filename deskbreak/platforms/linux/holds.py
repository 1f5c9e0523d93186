"""What keeps prompts back on a Linux desktop: for each topic, the ways to find out, in order."""

from __future__ import annotations

import functools
import os
import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Hold
from deskbreak.core.replacing import quick_dataclass
from deskbreak.platforms.linux import (
    hold_camera,
    hold_fullscreen_wayland,
    hold_fullscreen_x11,
    hold_inhibit,
    hold_microphone,
    hold_quiet,
    hold_share,
    pulsewire,
)
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.bus import Bus
    from deskbreak.platforms.linux.watcher import Watcher
    from deskbreak.ports import HoldProbe

    GetBus = Callable[[], Bus]
    """Raises `Unavailable` where there is none."""
    Changed = Callable[[], None]
    Lost = Callable[[Said], None]
    Open = Callable[[Changed, Lost], HoldProbe]
    """Opens a probe, which calls the first for news and the second when it is lost."""

_LOGIND: Final = "org.freedesktop.login1"
_LOCAL_DISPLAY: Final = re.compile(r"(?:unix)?:(\d+)(?:\.\d+)?")


@quick_dataclass(frozen=True, slots=True)
class Topic:
    """One thing that keeps prompts back, and the ways to find out, the best first."""

    key: str
    hold: Hold
    candidates: Mapping[str, Open]
    names: tuple[str, ...] = ()
    """Whoever owns one of these on the session bus may tell, or tell otherwise than before."""
    system_names: tuple[str, ...] = ()
    """The same for the system bus."""
    doorstep: Callable[[], Path | None] = lambda: None
    """The socket at which a server that is gone comes back."""
    alone: bool = True
    """False: it counts only while the window in front fills the screen."""
    aids: frozenset[Hold] = frozenset()
    """The holds that need to know it besides its own."""


def topics(bus: GetBus, system: Bus, watcher: Watcher) -> tuple[Topic, ...]:
    """Return the topics of this desktop, with nothing opened yet."""
    of_bus = functools.partial(_of_bus, bus, watcher)
    watched = functools.partial(_watched, watcher)
    return (
        Topic(
            "do_not_disturb",
            Hold.DND,
            {
                "inhibited": of_bus(hold_quiet.inhibited),
                "dunst": of_bus(hold_quiet.dunst),
                "gnome": of_bus(hold_quiet.gnome),
                "xfce": of_bus(hold_quiet.xfce),
            },
            names=(hold_quiet.NOTIFIER, hold_quiet.XFCONF),
        ),
        Topic(
            "full_screen",
            Hold.FULLSCREEN,
            {
                "wlr-foreign-toplevel": watched(hold_fullscreen_wayland.WaylandFullScreen),
                "x11": watched(hold_fullscreen_x11.X11FullScreen),
            },
            doorstep=_display_socket,
            aids=frozenset({Hold.PRESENTATION}),
        ),
        Topic(
            "microphone",
            Hold.CALL,
            {"pulse": watched(hold_microphone.Microphone)},
            doorstep=_sound_socket,
        ),
        Topic("camera", Hold.CALL, {"inotify": watched(hold_camera.Camera)}),
        Topic(
            "screen_share",
            Hold.SHARE,
            {"mutter": lambda _changed, _lost: hold_share.MutterScreenCast(bus())},
            names=(hold_share.MUTTER,),
        ),
        Topic(
            "presentation_mode",
            Hold.PRESENTATION,
            {"xfce": of_bus(hold_quiet.xfce_presentation)},
            names=(hold_quiet.POWER_MANAGER, hold_quiet.XFCONF),
        ),
        Topic(
            "screen_awake",
            Hold.PRESENTATION,
            {
                "gnome": of_bus(hold_inhibit.gnome),
                "kde": of_bus(hold_inhibit.kde),
                "freedesktop": of_bus(hold_inhibit.power),
                "logind": lambda changed, _lost: hold_inhibit.logind(system, watcher, changed),
            },
            names=(hold_inhibit.GNOME, hold_inhibit.KDE, hold_inhibit.POWER),
            system_names=(_LOGIND,),
            alone=False,
        ),
    )


def _of_bus(
    bus: GetBus, watcher: Watcher, opens: Callable[[Bus, Watcher, Changed], HoldProbe]
) -> Open:
    return lambda changed, _lost: opens(bus(), watcher, changed)


def _watched(watcher: Watcher, opens: Callable[[Watcher, Changed, Lost], HoldProbe]) -> Open:
    return lambda changed, lost: opens(watcher, changed, lost)


def _display_socket() -> Path | None:
    """Return where the display's server listens, if it is one of this machine."""
    folder, wayland = os.environ.get("XDG_RUNTIME_DIR"), os.environ.get("WAYLAND_DISPLAY")
    if wayland:
        return Path(folder) / wayland if folder else None
    local = _LOCAL_DISPLAY.fullmatch(os.environ.get("DISPLAY", ""))
    return Path(f"/tmp/.X11-unix/X{local[1]}") if local else None  # noqa: S108 - where X listens


def _sound_socket() -> Path | None:
    try:
        return pulsewire.server_path()
    except Unavailable:
        return None
