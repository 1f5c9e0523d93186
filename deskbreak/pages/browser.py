"""Opens a page: as a window of its own where a browser of the Chromium family can, else as usual."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import webbrowser
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMES: Final = (
    *("microsoft-edge-stable", "microsoft-edge", "google-chrome-stable", "google-chrome"),
    *("chromium", "chromium-browser", "brave-browser"),
)
_ASKED_S: Final = 2.0
_ON_WINDOWS: Final = ("msedge.exe", "chrome.exe", "brave.exe")
_ON_A_MAC: Final = ("Microsoft Edge", "Google Chrome", "Chromium", "Brave Browser")


def show(page: Path) -> bool:
    """Open *page*, a file that leads on to the server; tell whether a browser took it."""
    uri = page.absolute().as_uri()
    for argv in _windows_of_their_own():
        try:
            subprocess.Popen(  # the browsers that we know, with a file of ours
                [*argv, f"--app={uri}"],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )
        except OSError:
            continue
        return True
    return webbrowser.open(uri)


def readable_folder() -> Path | None:
    """Return where the browser that `show` takes can read a file, if it cannot read ours.

    A snap reads neither hidden folders nor the runtime folder of the session.
    Source: snapcraft.io, "Data locations" (SNAP_USER_COMMON) and "The home interface".
    """
    if sys.platform != "linux":
        return None
    argv = next(_windows_of_their_own(), None)
    wanted = os.environ.get("BROWSER", "").split(os.pathsep)[0].split()
    name = _snap(argv[0]) if argv else _snap(wanted[0]) if wanted else _default_snap()
    folder = Path.home() / "snap" / name / "common" if name else None
    return folder if folder is not None and folder.is_dir() else None


def _snap(program: str) -> str:
    """Return of which snap *program* is; empty where it is of none."""
    found = shutil.which(program)
    # What is in /snap/bin are links to the one program that starts them by their names.
    return Path(program).name if found and Path(found).resolve().name == "snap" else ""


def _default_snap() -> str:
    """Return of which snap the browser is that the desktop has chosen.

    Source: snapd, wrappers/desktop.go: entries are called SNAP_APPLICATION.desktop.
    """
    try:
        asked = subprocess.run(
            ["xdg-settings", "get", "default-web-browser"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=_ASKED_S,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return ""
    snap, is_one, _ = asked.stdout.strip().removesuffix(".desktop").partition("_")
    return snap if is_one and (Path.home() / "snap" / snap).is_dir() else ""


def _windows_of_their_own() -> Iterator[list[str]]:
    if os.environ.get("BROWSER"):
        return  # who says which one means that one; the standard library reads it
    if sys.platform == "darwin":
        for name in _ON_A_MAC:
            if Path(f"/Applications/{name}.app").exists():
                yield ["open", "-n", "-a", name, "--args"]
        return
    for name in _ON_WINDOWS if sys.platform == "win32" else _NAMES:
        found = shutil.which(name) or _registered(name)
        if found:
            yield [found]


def _registered(name: str) -> str | None:
    r"""Return where Windows has the program *name*.

    Source: Application Registration, Microsoft Win32 reference: App Paths.
    """
    if sys.platform != "win32":
        return None
    import winreg

    key = rf"Software\Microsoft\Windows\CurrentVersion\App Paths\{name}"
    for hive in (winreg.HKEY_CURRENT_USER, winreg.HKEY_LOCAL_MACHINE):
        try:
            path = winreg.QueryValue(hive, key)
        except OSError:
            continue
        if os.path.isfile(path):  # noqa: PTH113 - a text from the registry
            return path
    return None
