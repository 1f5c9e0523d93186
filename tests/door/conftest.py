"""The ways through the door that can be walked here: those of this system, and those of others."""

from __future__ import annotations

import socket
import struct
import sys
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak import door
from deskbreak.door import pipes
from tests.doubles.winpipes import Windows

if TYPE_CHECKING:
    from pathlib import Path

REAL: Final = "pipe" if sys.platform == "win32" else "socket"
"""The way of this system."""
OTHERS: Final = (
    ("pipe of a stand-in", "socket of macOS")
    if sys.platform == "linux"
    else ("pipe of a stand-in",)
)
"""Those of other systems, of which what the kernel says is made here."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Return a runtime folder as the agent makes it."""
    runtime = tmp_path / "run"
    runtime.mkdir(mode=0o700)
    return runtime


@pytest.fixture
def windows(monkeypatch: pytest.MonkeyPatch) -> Windows:
    """Stand-in for a Windows, through whose pipes the door leads."""
    computer = Windows()
    monkeypatch.setattr(door, "way", pipes)
    monkeypatch.setattr(pipes, "win32", computer)
    return computer


@pytest.fixture(params=[REAL, *OTHERS])
def way(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Lead the door through each of its ways."""
    name = str(request.param)
    if name == "pipe of a stand-in":
        request.getfixturevalue("windows")
    elif name == "socket of macOS":
        _ask_as_macos(monkeypatch)
    return name


def _ask_as_macos(monkeypatch: pytest.MonkeyPatch) -> None:
    if sys.platform != "linux":
        return
    from deskbreak.door import sockets

    def xucred(peer: socket.socket) -> bytes:
        raw = peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
        _, uid, gid = struct.unpack("3i", raw)
        groups = [gid] + [0] * 15
        return struct.pack("IIhxx16I", 0, uid, 1, *groups)

    monkeypatch.setattr(sockets, "_xucred", xucred)
    monkeypatch.setattr(sockets, "_account", sockets._macos_account)
