"""Starts the short-lived processes: what writes settings need not stay in memory."""

from __future__ import annotations

import logging
import os
import shutil
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
NO_WINDOW: Final = 0x08000000 if sys.platform == "win32" else 0  # CREATE_NO_WINDOW
READY: Final = "ready"
"""What `deskbreak open --stay` prints when the browser was told."""
_MOST_BYTES: Final = 4096
_OPEN_PAGES: Final = (
    *("xdg-open", "x-www-browser", "sensible-browser", "firefox", "firefox-esr"),
    *("chromium", "chromium-browser", "google-chrome", "google-chrome-stable"),
    *("microsoft-edge", "microsoft-edge-stable", "brave-browser"),
)


def write_setting(key: str, value: str) -> None:
    """Start `deskbreak config set`, which writes the file and then tells us; returns at once."""
    _start(["config", "set", key, value], lambda: None)


def set_autostart(*, enabled: bool, done: Callable[[], None]) -> None:
    """Start `deskbreak autostart`; returns at once. *done* is called from any thread."""
    _start(["autostart", "enable" if enabled else "disable"], done)


def can_show_pages(platform: str = sys.platform) -> bool:
    """Whether something here opens a page; a look along the path.

    A person who sets BROWSER has said what does it, and that nothing else should.
    Source: Python's webbrowser, which reads it as a list like PATH.
    """
    wanted = os.environ.get("BROWSER", "")
    if wanted:
        commands = [one.split()[0] for one in wanted.split(os.pathsep) if one.strip()]
        return any(shutil.which(command) for command in commands)
    return platform in ("win32", "darwin") or any(shutil.which(name) for name in _OPEN_PAGES)


def open_page(page: str, failed: Callable[[str], None]) -> None:
    """Start `deskbreak open`, which serves *page* until nobody looks any more; returns at once.

    *failed* gets the sentence that says why it is not shown, or none, from a thread of its own.
    """
    argv = page_command(page)
    threading.Thread(target=_show, args=(argv, failed), name="pages", daemon=True).start()


def page_command(page: str, prompt: str = "") -> list[str]:
    """Return what shows *page* and stays to serve it, unless something else does already.

    *prompt* is whose steps the guide shows; without one it is for the guide to say.
    """
    wanted = ["--prompt", prompt] if prompt else []
    return [*_outside(), *own_command(), "open", page, *wanted, "--stay"]


def _outside() -> tuple[str, ...]:
    """Return what starts a command in a unit of its own, where we are a service of systemd.

    Ours may have no network, where a page needs the loopback, and none of what the sandbox of a
    browser is made of; and whoever stops it must not end the browser.
    Source: systemd-run(1), systemd.kill(5).
    """
    if "NOTIFY_SOCKET" not in os.environ or shutil.which("systemd-run") is None:
        return ()
    return ("systemd-run", "--user", "--quiet", "--collect", "--pipe", "-pKillMode=process", "--")


def is_ready(child: subprocess.Popen[bytes]) -> bool:
    """Wait until *child*, which `page_command` started, has told the browser; False if it gave up."""
    assert child.stdout is not None
    with child.stdout:
        return child.stdout.readline().strip() == READY.encode()


def _show(argv: list[str], failed: Callable[[str], None]) -> None:
    try:
        child = subprocess.Popen(  # our own program; the page is one of a list
            argv,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            start_new_session=True,
            creationflags=NO_WINDOW,
        )
    except OSError as error:
        failed(str(error))
        return
    assert child.stderr is not None
    with child.stderr:
        is_shown = is_ready(child)
        text = b"" if is_shown else child.stderr.read(_MOST_BYTES)
    if not is_shown:
        why = text.decode(errors="replace").strip()
        _log.warning("A page is not shown: %s", why or "its process ended without a word")
        failed(why.removeprefix("deskbreak: "))
    child.wait()  # so that nothing is left of it when it ends, be that in ten minutes


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
            creationflags=NO_WINDOW,
        )
    except (OSError, subprocess.TimeoutExpired):
        _log.exception("A setting could not be written")
        return
    if ended.returncode:
        _log.warning("A setting was not written: %s", ended.stderr.decode(errors="replace").strip())
