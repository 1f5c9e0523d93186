"""Reaches an X server through python-xlib, without what that prints, loads and leaves behind."""

from __future__ import annotations

import contextlib
import logging
import os
import socket
import struct
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from deskbreak import late
from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

    Connection = Any  # python-xlib ships no types

_CONNECT_S: Final = 2.0
"""For a host that does not answer at all. Our own choice."""

_START_INSIDE: Final = N_("start deskbreak from within the desktop session")

_log = logging.getLogger(__name__)


def connect(display_name: str | None) -> Connection:
    """Open a connection to *display_name*, or to the display that DISPLAY names.

    What is returned is python-xlib's lower half, whose windows and atoms are numbers. It may
    take for ever where a server accepts a connection and then says nothing.

    Raises:
        Unavailable: No display, nobody there, or no entry.
    """
    wanted = display_name or os.environ.get("DISPLAY", "")
    if not wanted:
        raise Unavailable(
            said(N_("there is no X display: DISPLAY is not set")), said(_START_INSIDE)
        )
    try:
        _load()
        from Xlib import xauth
        from Xlib.error import ConnectionClosedError, DisplayError

        # Not Xlib.display, which loads every extension: 0.6 MB instead of 1.5.
        from Xlib.protocol.display import Display
        from Xlib.support.connect import get_display
    except ImportError as error:
        raise Unavailable(said(N_("python-xlib is not installed"))) from error

    xauth.print = _log.debug  # it tells stdout what it thinks of ~/.Xauthority
    connection = Display.__new__(Display)
    connection.resource_classes = {}
    try:
        _, _, host, number, _ = get_display(wanted)
        _knock(host, number)
        # Where nobody answers any more it would turn to TCP, and to whoever listens there.
        connection.__init__(wanted if host else f"unix/{wanted.removeprefix('unix/')}")
    except (DisplayError, ConnectionClosedError, OSError, struct.error) as error:
        if hasattr(connection, "socket"):
            connection.socket.close()
        raise _refusal(wanted, error) from error
    for screen in connection.info.roots:
        screen.allowed_depths = []  # ways to draw, 200 kB of them; we draw nothing
    # Otherwise it prints them to stderr.
    connection.set_error_handler(lambda error, _request: _log.warning("X server: %s", error))
    return connection


def _load() -> None:
    """Import what python-xlib connects with, which asks whether this is a Mac.

    To answer that, `platform` would start a program, and load what that takes: 0.3 MB.
    Source: Xlib/support/unix_connect.py.
    """
    with late.standing_in({"platform": {"uname": os.uname}}):
        import Xlib.support.unix_connect  # noqa: F401 - to be loaded is all that it is imported for


def answers() -> bool:
    """Tell whether an X server accepts connections where DISPLAY says; at most 2 s."""
    _load()
    from Xlib.error import DisplayError
    from Xlib.support.connect import get_display

    try:
        _, _, host, number, _ = get_display(os.environ.get("DISPLAY", ""))
        _knock(host, number)
    except (DisplayError, OSError):
        return False
    return True


@contextlib.contextmanager
def in_touch() -> Iterator[None]:
    """Turn what python-xlib raises when the server goes into what we raise."""
    from Xlib.error import ConnectionClosedError

    try:
        yield
    except (ConnectionClosedError, OSError) as error:
        raise Unavailable(said(N_("the X server is gone"))) from error


def _knock(host: str, number: int) -> None:
    """Find out whether anybody answers; python-xlib leaves a socket open if nobody does."""
    if host and host != "unix":
        socket.create_connection((host, 6000 + number), _CONNECT_S).close()
        return
    if sys.platform != "linux":
        raise ConnectionRefusedError("this is not Linux")
    path = Path(f"/tmp/.X11-unix/X{number}")  # noqa: S108 - where X servers listen
    with socket.socket(socket.AF_UNIX) as knock:
        knock.connect(str(path) if path.exists() else f"\0{path}")


def _refusal(display: str, error: Exception) -> Unavailable:
    from Xlib.error import DisplayConnectionError, DisplayNameError

    if isinstance(error, DisplayNameError):
        return Unavailable(
            said(N_("{display} is no name of an X display"), display=display),
            said(N_("set DISPLAY to the display of this session")),
        )
    if isinstance(error, DisplayConnectionError) and isinstance(error.msg, bytes):
        words = error.msg.decode(errors="replace").strip()
        why = N_("the X server at {display} refuses us: {reason}")
        remedy = said(N_("set XAUTHORITY to the file with the key to this display"))
        # The other reason that there is: "Maximum number of clients reached".
        is_full = "clients" in words
        return Unavailable(said(why, display=display, reason=words), None if is_full else remedy)
    why = N_("the X server at {display} does not answer: {reason}")
    reason = getattr(error, "strerror", None) or error
    return Unavailable(said(why, display=display, reason=reason), said(_START_INSIDE))
