"""A real service manager of one user for tests, in a mount namespace and a control group of its own."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final, Self

from tests.desktop.parts import Program, missing, wait_for

if TYPE_CHECKING:
    from collections.abc import Mapping

_START: Final = """
mount -t tmpfs none /sys/fs/cgroup && mount -t cgroup2 none /sys/fs/cgroup || exit 1
mount -t tmpfs none /run && mkdir -p /run/systemd/system
mkdir /sys/fs/cgroup/$1 && echo $$ > /sys/fs/cgroup/$1/cgroup.procs || exit 1
exec $2 --user --log-target=console --log-level=info
"""
"""It wants a computer that systemd has started (sd_booted(3)), and a control group that it may change."""
_MANAGER: Final = "/lib/systemd/systemd"
_GROUPS: Final = ("/sys/fs/cgroup", "/sys/fs/cgroup/unified")


def why_not() -> str | None:
    """Return a reason to skip, or None where it can run."""
    if reason := missing("systemctl", "systemd-run", "unshare", "dbus-daemon", "Xvfb"):
        return reason
    if not Path(_MANAGER).exists():
        return f"not installed: {_MANAGER}"
    if sys.platform == "win32" or os.getuid() != 0:
        return "only root may make a control group for it"
    if not any(Path(one, "cgroup.procs").exists() for one in _GROUPS):
        return "there are no control groups of version 2 here"
    return None


class UserManager(Program):
    """``systemd --user``, with a message bus that it has started; its folders are short-lived."""

    def __init__(self, env: Mapping[str, str]) -> None:
        """Let it have *env*, but for the folder and the bus of its session."""
        # Short: a socket's path has 107 bytes. Source: unix(7), sun_path.
        self._scratch = tempfile.TemporaryDirectory(prefix="sd-")
        runtime = Path(self._scratch.name, "run")
        runtime.mkdir(mode=0o700)
        self.address = f"unix:path={runtime}/bus"
        self.group = f"deskbreak-{Path(self._scratch.name).name}"
        self.session = {
            **env,
            "XDG_RUNTIME_DIR": str(runtime),
            "DBUS_SESSION_BUS_ADDRESS": self.address,
        }
        argv = ["unshare", "-m", "-C", "sh", "-c", _START, "sh", self.group, _MANAGER]
        super().__init__(
            argv, self.session, lambda: self.ask("is-active", "basic.target") == "active"
        )

    def ask(self, *words: str) -> str:
        """Return what ``systemctl --user`` says."""
        ran = subprocess.run(
            ["systemctl", "--user", *words],
            env=self.session,
            capture_output=True,
            text=True,
            check=False,
            timeout=60.0,
        )
        return (ran.stdout + ran.stderr).strip()

    def shown(self, unit: str) -> dict[str, str]:
        """Return the properties of *unit*."""
        lines = self.ask("show", unit).splitlines()
        return {name: value for name, _, value in (line.partition("=") for line in lines)}

    def __enter__(self) -> Self:
        bus = Path(self.address.removeprefix("unix:path="))
        try:
            super().__enter__()
            self.ask("start", "dbus.socket")
            wait_for(bus.exists, what="the bus")
        except BaseException:  # whoever fails leaves nothing behind
            self.__exit__()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        for group in (Path(one, self.group) for one in _GROUPS):
            if group.is_dir():
                _end(group)
        self._scratch.cleanup()


def _end(group: Path) -> None:
    """End all that is in *group*, and remove it: what the manager has started is in sessions of its own."""
    (group / "cgroup.kill").write_text("1", encoding="ascii")
    events = group / "cgroup.events"
    wait_for(lambda: "populated 0" in events.read_text(encoding="ascii"), what="an empty group")
    for folder in sorted(group.rglob("*"), reverse=True):
        if folder.is_dir():
            folder.rmdir()
    group.rmdir()
