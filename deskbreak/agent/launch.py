"""Starts the short-lived processes: what writes settings need not stay in memory."""

from __future__ import annotations

import logging
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable

_log: Final = logging.getLogger(__name__)
_WITHIN_S: Final = 30.0
# Windows would open a black window for a moment. Source: Process Creation Flags, Microsoft Win32 reference.
_NO_WINDOW: Final[int] = getattr(subprocess, "CREATE_NO_WINDOW", 0)


def write_setting(key: str, value: str) -> None:
    """Start `deskbreak config set`, which writes the file and then tells us; returns at once."""
    _start(["config", "set", key, value], lambda: None)


def set_autostart(*, enabled: bool, done: Callable[[], None]) -> None:
    """Start `deskbreak autostart`; returns at once. *done* is called from any thread."""
    _start(["autostart", "enable" if enabled else "disable"], done)


def _start(words: list[str], done: Callable[[], None]) -> None:
    argv = [*own_command(), *words]
    threading.Thread(target=_run, args=(argv, done), name="launch", daemon=True).start()


def own_command() -> tuple[str, ...]:
    """Return what runs a command of this very deskbreak: Python and -m, or the program built of us.

    Source: PyInstaller 6 manual, "Run-time Information": ``sys.frozen``, ``sys.executable``.
    """
    if getattr(sys, "frozen", False):
        # The agent's own program has no standard error that could tell what went wrong.
        return (str(Path(sys.executable).with_name("deskbreak.exe")),)
    return (sys.executable, "-m", "deskbreak")


def _run(argv: list[str], done: Callable[[], None]) -> None:
    _finish(argv)
    done()


def _finish(argv: list[str]) -> None:
    try:
        ended = subprocess.run(  # our own program; key and value come from our menu
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            timeout=_WITHIN_S,
            check=False,
            start_new_session=True,
            creationflags=_NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        _log.exception("A setting could not be written")
        return
    if ended.returncode:
        _log.warning("A setting was not written: %s", ended.stderr.decode(errors="replace").strip())
