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
