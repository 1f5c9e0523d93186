"""Whether the screen is being shared or recorded, where the desktop can be asked.

Source: org.gnome.Mutter.ScreenCast.xml of mutter: it has an object for each session, and no signal
that tells of a new one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from deskbreak.platforms.linux.bus import Refused
from deskbreak.platforms.linux.hold_bus import call, require
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from deskbreak.platforms.linux.bus import Bus

MUTTER: Final = "org.gnome.Mutter.ScreenCast"
_PATH: Final = "/org/gnome/Mutter/ScreenCast"
_INTROSPECTABLE: Final = "org.freedesktop.DBus.Introspectable"
_CHILD: Final = re.compile(r'<node\s+name="[^"]+"')


class MutterScreenCast:
    """Asks mutter which sessions there are; an open one is a screen that somebody sees."""

    name = "mutter"
    subscribed = False

    def __init__(self, bus: Bus) -> None:
        """Ask once.

        Raises:
            Unavailable: There is no mutter, or it does not answer.
        """
        self._bus = bus
        require(bus, MUTTER)
        self._sessions()

    def ask(self) -> bool | None:
        """Tell whether there is a session; None where nobody answers in time."""
        try:
            return self._sessions() > 0
        except Unavailable:
            return None

    def close(self) -> None:
        """Do nothing: nothing is held."""

    def _sessions(self) -> int:
        try:
            found = call(self._bus, MUTTER, f"{_PATH}/Session", _INTROSPECTABLE, "Introspect")
        except Refused as refused:
            if refused.error == "org.freedesktop.DBus.Error.UnknownMethod":
                return 0  # the path is there only as long as something is below it
            raise
        return len(_CHILD.findall(str(found)))
