"""Real parts of a desktop for tests: a message bus, an X server, a notification daemon, a panel."""

from __future__ import annotations

import os
import select
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Self, TypeVar

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

T = TypeVar("T")

POLL_S = 0.01


def missing(*programs: str) -> str | None:
    """Return a reason to skip that names the *programs* that are not installed, or None."""
    absent = [program for program in programs if _which(program) is None]
    return f"not installed: {', '.join(absent)}" if absent else None


def wait_for(condition: Callable[[], T], timeout_s: float = 15.0, what: str = "a condition") -> T:
    """Ask *condition* every 10 ms until it is true and return its value; fail the test if never.

    A question that takes longer, as a look at a screen does, is asked half of the time at most.
    """
    deadline_s = time.monotonic() + timeout_s
    while True:
        asked_s = time.monotonic()
        value = condition()
        if value:
            return value
        if time.monotonic() > deadline_s:
            pytest.fail(f"waited {timeout_s:g} s in vain for {what}")
        time.sleep(max(POLL_S, time.monotonic() - asked_s))


def owned(address: str, name: str) -> bool:
    """Whether somebody owns *name* on the bus at *address*."""
    from jeepney import DBusAddress, new_method_call
    from jeepney.io.blocking import open_dbus_connection

    bus = DBusAddress("/org/freedesktop/DBus", "org.freedesktop.DBus", "org.freedesktop.DBus")
    with open_dbus_connection(address) as connection:
        call = new_method_call(bus, "NameHasOwner", "s", (name,))
        return bool(connection.send_and_get_reply(call, timeout=3.0).body[0])


class Program:
    """A program that runs from `__enter__` to `__exit__`, with whatever it started itself.

    Args:
        argv: The program and its arguments.
        env: Its whole environment; None means ours.
        ready: Asked every 10 ms until true before `__enter__` returns.
        pass_fds: File descriptors that it inherits.
    """

    def __init__(
        self,
        argv: Sequence[str],
        env: Mapping[str, str] | None = None,
        ready: Callable[[], bool] | None = None,
        *,
        pass_fds: Sequence[int] = (),
    ) -> None:
        self.argv = list(argv)
        self.env = None if env is None else dict(env)
        self.pass_fds = tuple(pass_fds)
        self._ready = ready
        self._process: subprocess.Popen[bytes] | None = None
        self._output = _scratch()

    @property
    def pid(self) -> int:
        assert self._process is not None, "not started"
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """How it ended, or None while it runs."""
        assert self._process is not None, "not started"
        return self._process.poll()

    @property
    def output(self) -> str:
        """What it has written so far, on both streams."""
        if sys.platform == "win32":
            return Path(self._output.name).read_bytes().decode(errors="replace")
        # Not seek and read: the program writes at the same offset.
        size = os.fstat(self._output.fileno()).st_size
        return os.pread(self._output.fileno(), size, 0).decode(errors="replace")

    def start(self) -> None:
        assert self._process is None, "started already"
        self._process = subprocess.Popen(
            [*_dies_with_us(), *self.argv],
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=self._output,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # its children are then ended with it
            pass_fds=self.pass_fds,
        )
        if self._ready is not None:
            wait_for(self._is_ready, 15.0, f"{self.argv[0]} to be ready")

    def kill(self) -> None:
        """End it at once, as a crash would."""
        self._end(at_once=True)

    def stop(self) -> None:
        """Ask it to end; insist after 3 s."""
        self._end(at_once=False)

    def _is_ready(self) -> bool:
        assert self._ready is not None
        if self.returncode is not None:
            pytest.fail(f"{self.argv[0]} ended with {self.returncode}: {self.output}")
        return self._ready()

    def _end(self, *, at_once: bool) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        _end_group(process.pid, at_once=at_once)
        try:
            process.wait(3.0)
        except subprocess.TimeoutExpired:
            _end_group(process.pid, at_once=True)
            process.wait()
        _end_group(process.pid, at_once=True)  # children that did not hear

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.kill()
            self._forget()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()
        self._forget()

    def _forget(self) -> None:
        self._output.close()
        with suppress(PermissionError):  # on Windows, while what it started is still ending
            Path(self._output.name).unlink(missing_ok=True)


class PrivateBus:
    """A message bus of our own. It starts no services unless told where they are described."""

    def __init__(self, *, services: Path | None = None) -> None:
        # Not under tmp_path: the path of a socket has at most 107 characters.
        self._folder = Path(tempfile.mkdtemp(prefix="bus-"))
        self._socket = self._folder / "bus"
        self.address = f"unix:path={self._socket}"
        config = self._folder / "bus.conf"
        config.write_text(_bus_config(self.address, services), encoding="utf-8")
        self._argv = ["dbus-daemon", "--nofork", "--nopidfile", f"--config-file={config}"]
        self._daemon: Program | None = None

    def start(self) -> None:
        assert self._daemon is None, "started already"
        self._daemon = Program(self._argv, ready=lambda: _answers(self._socket))
        self._daemon.__enter__()

    def kill(self) -> None:
        """End the daemon at once; the address stays, and nobody answers there."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.__exit__()
        self._daemon = None
        self._socket.unlink(missing_ok=True)

    def restart(self) -> None:
        """Put a new daemon, which knows nobody, at the same address."""
        self.kill()
        self.start()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        shutil.rmtree(self._folder)


class XServer:
    """An X server without a screen, 1280x800, on a display that was free; anybody here may connect."""

    def __init__(self, *options: str) -> None:
        self.display = ""
        self._options = options
        self._server: Program | None = None

    @property
    def pid(self) -> int:
        assert self._server is not None, "not started"
        return self._server.pid

    def start(self) -> None:
        ours, theirs = os.pipe()
        try:
            argv = ["Xvfb", "-displayfd", str(theirs), "-screen", "0", "1280x800x24"]
            # -noreset: a server that loses its last client would begin anew, in mid-test.
            options = ["-nolisten", "tcp", "-noreset", *self._options]
            self._server = Program(
                [*argv, *options], pass_fds=[theirs], ready=lambda: _readable(ours)
            )
            self._server.__enter__()
            self.display = f":{int(os.read(ours, 32))}"
        finally:
            os.close(ours)
            os.close(theirs)

    def kill(self) -> None:
        """End it at once, as a crash would: its socket stays behind, and nobody answers there."""
        if self._server is not None:
            self._server.kill()
        self.stop()

    def stop(self) -> None:
        """Ask it to end; its socket goes with it."""
        if self._server is not None:
            self._server.__exit__()
        self._server = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


class Dunst(Program):
    """A real notification daemon; needs DISPLAY and DBUS_SESSION_BUS_ADDRESS in *env*."""

    def __init__(self, env: Mapping[str, str], *options: str) -> None:
        super().__init__(
            ["dunst", *options],
            env,
            lambda: owned(env["DBUS_SESSION_BUS_ADDRESS"], "org.freedesktop.Notifications"),
        )


class XfcePanel(Program):
    """A real panel, with nothing on it but the notification area, along the top of the screen."""

    def __init__(self, env: Mapping[str, str], home: Path) -> None:
        channels = home / ".config/xfce4/xfconf/xfce-perchannel-xml"
        channels.mkdir(parents=True, exist_ok=True)
        (channels / "xfce4-panel.xml").write_text(_PANEL, encoding="utf-8")
        address = env["DBUS_SESSION_BUS_ADDRESS"]
        super().__init__(
            ["xfce4-panel", "--disable-wm-check"],
            {**env, "HOME": str(home), "XDG_CONFIG_HOME": str(home / ".config")},
            lambda: owned(address, "org.kde.StatusNotifierWatcher"),
        )
        # The panel asks this one for its settings; our bus would not start it.
        self._settings = Program(
            [_which("xfconfd") or "xfconfd"],
            self.env,
            lambda: owned(address, "org.xfce.Xfconf"),
        )

    def kill(self) -> None:
        """End both: the next panel brings settings of its own, and only one can have the name."""
        super().kill()
        self._settings.kill()

    def __enter__(self) -> Self:
        self._settings.__enter__()
        try:
            return super().__enter__()
        except BaseException:
            self._settings.__exit__()
            raise

    def __exit__(self, *_: object) -> None:
        super().__exit__()
        self._settings.__exit__()


_PANEL = """<?xml version="1.0" encoding="UTF-8"?>
<channel name="xfce4-panel" version="1.0">
  <property name="configver" type="int" value="2"/>
  <property name="panels" type="array">
    <value type="int" value="1"/>
    <property name="panel-1" type="empty">
      <property name="position" type="string" value="p=6;x=0;y=0"/>
      <property name="position-locked" type="bool" value="true"/>
      <property name="length" type="uint" value="100"/>
      <property name="size" type="uint" value="32"/>
      <property name="plugin-ids" type="array">
        <value type="int" value="1"/>
      </property>
    </property>
  </property>
  <property name="plugins" type="empty">
    <property name="plugin-1" type="string" value="systray"/>
  </property>
</channel>
"""


def _end_group(pid: int, *, at_once: bool) -> None:
    with suppress(ProcessLookupError, PermissionError):
        if sys.platform != "win32":
            os.killpg(pid, signal.SIGKILL if at_once else signal.SIGTERM)
        elif at_once:
            os.kill(pid, signal.SIGTERM)  # which nobody can ask there, only do


def _scratch() -> tempfile._TemporaryFileWrapper[bytes]:
    """Return a new file that can be opened again by its name, which on Windows not all can."""
    return tempfile.NamedTemporaryFile(delete=False)


def _bus_config(address: str, services: Path | None) -> str:
    folder = "" if services is None else f"<servicedir>{services}</servicedir>"
    return f"""<!DOCTYPE busconfig PUBLIC "-//freedesktop//DTD D-Bus Bus Configuration 1.0//EN"
 "http://www.freedesktop.org/standards/dbus/1.0/busconfig.dtd">
<busconfig>
  <type>session</type>
  <keep_umask/>
  <listen>{address}</listen>
  <auth>EXTERNAL</auth>
  {folder}
  <policy context="default">
    <allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/>
    <allow own="*"/>
  </policy>
</busconfig>
"""


def _answers(path: Path) -> bool:
    if sys.platform == "win32":
        return False
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _readable(fd: int) -> bool:
    return bool(select.select([fd], [], [], 0)[0])


def _which(program: str) -> str | None:
    # xfconfd lies where no PATH leads, one level below a folder named after the machine.
    found = shutil.which(program)
    if found is not None:
        return found
    return next((str(path) for path in Path("/usr/lib").glob(f"*/xfce4/xfconf/{program}")), None)


def _dies_with_us() -> list[str]:
    # A test run that is killed runs no clean-up; the kernel then ends what it had started.
    return ["setpriv", "--pdeathsig", "KILL"] if shutil.which("setpriv") else []
