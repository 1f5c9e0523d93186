"""A real agent whose wall clock and boot clock a test sets, and that has a break due soon."""

from __future__ import annotations

import atexit
import functools
import mmap
import os
import struct
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.agent.clock import boot_id
from deskbreak.storage.store import Saved, Store
from tests.core.scenes import scene
from tests.desktop.desk import midday
from tests.desktop.parts import missing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tests.desktop.desk import Agent

SOURCE: Final = Path(__file__).with_suffix(".c")
HEADERS: Final = Path("/usr/include/stdio.h")
SETTINGS: Final = {
    "position.interval_minutes": 10,
    "stretch.enabled": False,
    "posture.enabled": False,
    "habit.enabled": False,
    "prompts.min_gap_minutes": 0,
    "prompts.quiet_after_absence_minutes": 0,
    "prompts.fold_window_minutes": 0,
}
"""Ten minutes are the shortest, and but for what is tested nothing holds a prompt back."""


def absent() -> str | None:
    """Why no clock can be set here, or None."""
    if reason := missing("cc", "dbus-daemon", "Xvfb", "xdotool"):
        return reason
    return None if HEADERS.is_file() else "not installed: the headers of the C library"


@functools.cache
def library() -> Path:
    """Return what shifts the clocks of a process that loads it first; it is gone when we end."""
    folder = tempfile.TemporaryDirectory(prefix="clocks-")
    atexit.register(folder.cleanup)
    made = Path(folder.name) / "clocks.so"
    subprocess.run(
        ["cc", "-O2", "-Wall", "-Werror", "-shared", "-fPIC", "-o", str(made), str(SOURCE)],
        check=True,
    )
    return made


class Clocks:
    """The clocks of those who are started with `env`; see clocks.c."""

    def __init__(self, folder: Path) -> None:
        """Be right; *folder* is new."""
        folder.mkdir()
        os.mkfifo(folder / "set")
        (folder / "shift").write_bytes(bytes(16))
        with (folder / "shift").open("r+b") as file:
            self._shift = mmap.mmap(file.fileno(), 16)
        # Read as well as write: then nobody waits for the other to open it.
        self._set = os.open(folder / "set", os.O_RDWR | os.O_CLOEXEC)
        self.env = {"LD_PRELOAD": str(library()), "DESKBREAK_CLOCKS": str(folder)}
        self.wall_ahead_s = 0.0

    def step(self, by_s: float) -> None:
        """Set the wall clock, as ``date -s`` does."""
        self._move(by_s, 0.0)

    def sleep(self, for_s: float) -> None:
        """Let both clocks go on, as if the computer had been suspended for so long."""
        self._move(by_s=for_s, boot_s=for_s)

    def tell(self) -> None:
        """Wake who waits to hear of it; the kernel does so after a step, and after a suspend."""
        os.write(self._set, b".")

    def _move(self, by_s: float, boot_s: float) -> None:
        wall, boot = struct.unpack("qq", self._shift[:])
        self._shift[:] = struct.pack("qq", wall + round(by_s * 1e9), boot + round(boot_s * 1e9))
        self.wall_ahead_s += by_s

    def close(self) -> None:
        """Let go of the files."""
        self._shift.close()
        os.close(self._set)


def due_soon(
    env: Mapping[str, str], in_s: float, settings: Mapping[str, object], held: str = ""
) -> float:
    """Leave a history and settings at the home of *env* in which a position break is due soon.

    *held* is what the person did before; without it, they worked until *in_s* before it is due.
    Returns when it is due, on the computer's boot clock.
    """
    from datetime import datetime
    from zoneinfo import ZoneInfo

    file = Path(env["XDG_CONFIG_HOME"], "deskbreak/settings.toml")
    file.parent.mkdir(parents=True)
    lines = (f"{key} = {str(value).lower()}\n" for key, value in settings.items())
    file.write_text("".join(lines), encoding="utf-8")
    now_s = time.clock_gettime(time.CLOCK_BOOTTIME)
    worked_s = int(600 - in_s)
    began = datetime.fromtimestamp(time.time() - worked_s, ZoneInfo(midday()))
    played = scene(held or f"{worked_s}s work", user=settings, start=began)
    state = played.player.state
    names = tuple(kind.name for kind in played.player.rules.kinds)
    with Store.open(Path(env["XDG_DATA_HOME"], "deskbreak/history.db")) as store:
        saved = Saved(state, names, boot_id(), played.now.boot_s - now_s)
        store.append(played.rows, [], saved)
    return now_s + in_s


def memory_bytes(agent: Agent) -> int:
    """Return what the agent has in memory that is no file. Source: proc(5), status, RssAnon."""
    text = Path(f"/proc/{agent.pid}/status").read_text(encoding="ascii")
    (line,) = (line for line in text.splitlines() if line.startswith("RssAnon:"))
    return int(line.split()[1]) * 1024
