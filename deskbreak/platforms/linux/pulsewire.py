"""The native protocol of PulseAudio, which PipeWire speaks too: as much of it as a look needs.

Source: pulsecore/native-common.h, tagstruct.c and protocol-native.c of PulseAudio 16.1;
module-protocol-pulse of PipeWire 1.0.
"""

from __future__ import annotations

import enum
import os
import socket
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    OnReply = Callable[[list[object] | None], None]
    """Takes the values of a reply; None where the server answered with an error."""

VERSION: Final = 32
LEAST_VERSION: Final = 22
"""Since then (PulseAudio 1.0, 2011) streams tell whether they are muted."""
NOBODY: Final = 0xFFFF_FFFF
_CONTROL: Final = 0xFFFF_FFFF  # the channel of commands
_HEAD: Final = struct.Struct(">IIIII")  # length, channel, offset (2), flags
_COOKIE_BYTES: Final = 256
_MOST_BYTES: Final = 16 * 1024 * 1024
_NUMBERS: Final = {
    b"L": ">I",
    b"B": ">B",
    b"U": ">Q",
    b"R": ">Q",
    b"r": ">q",
    b"V": ">I",
    b"T": ">II",
    b"a": ">BBI",  # sample format, channels, rate
}
_NO: Final = b"0"
_YES: Final = b"1"


class Code(enum.IntEnum):
    """The commands that we send or understand."""

    ERROR = 0
    REPLY = 2
    AUTH = 8
    SET_CLIENT_NAME = 9
    GET_SOURCE_INFO = 23
    GET_SOURCE_OUTPUT_INFO_LIST = 32
    SUBSCRIBE = 35
    SUBSCRIBE_EVENT = 66


class PulseWire:
    """One connection, which never waits: what comes is taken when the socket can be read."""

    def __init__(self, path: Path, on_event: Callable[[], None]) -> None:
        """Connect to the socket at *path*; *on_event* is told of what was subscribed to.

        Raises:
            Unavailable: Nobody is there.
        """
        self._on_event = on_event
        self._waiting: dict[int, OnReply] = {}
        self._tag = 0
        self._in = b""
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM | socket.SOCK_CLOEXEC)
        self._socket.settimeout(0)
        try:
            self._socket.connect(os.fspath(path))
        except OSError as error:
            self._socket.close()
            why = N_("no sound server answers: {reason}")
            raise Unavailable(said(why, reason=error.strerror or error)) from error

    def fileno(self) -> int:
        """Return what becomes readable when something came."""
        return self._socket.fileno()

    def call(self, code: Code, arguments: bytes, on_reply: OnReply) -> None:
        """Send a command; *on_reply* is called by `receive`.

        Raises:
            OSError: The connection is gone, or takes nothing any more.
        """
        self._tag += 1
        self._waiting[self._tag] = on_reply
        body = number(code) + number(self._tag) + arguments
        self._socket.sendall(_HEAD.pack(len(body), _CONTROL, 0, 0, 0) + body)

    def receive(self) -> None:
        """Take what came.

        Raises:
            OSError: The connection is gone, or says what we do not understand.
        """
        data = self._socket.recv(65_536)
        if not data:
            raise ConnectionResetError("the sound server is gone")
        self._in += data
        while len(self._in) >= _HEAD.size:
            length, channel = _HEAD.unpack_from(self._in)[:2]
            if length > _MOST_BYTES:
                raise ConnectionAbortedError("no sound server would say so much")
            if len(self._in) < _HEAD.size + length:
                return
            body = self._in[_HEAD.size : _HEAD.size + length]
            self._in = self._in[_HEAD.size + length :]
            if channel == _CONTROL:
                self._take(body)

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def _take(self, body: bytes) -> None:
        try:
            code, tag, *values = unpacked(body)
        except (ValueError, IndexError, struct.error) as error:
            raise ConnectionAbortedError("the sound server says what nobody understands") from error
        if code == Code.SUBSCRIBE_EVENT:
            self._on_event()
        elif code in (Code.REPLY, Code.ERROR) and isinstance(tag, int):
            on_reply = self._waiting.pop(tag, None)
            if on_reply is not None:
                on_reply(values if code == Code.REPLY else None)


# ── values ─────────────────────────────────────────────────────────────────────────────────


def number(value: int) -> bytes:
    """Pack a number."""
    return b"L" + struct.pack(">I", value)


def text(value: str | None) -> bytes:
    """Pack a text, or that there is none."""
    return b"N" if value is None else b"t" + value.encode() + b"\0"


def blob(value: bytes) -> bytes:
    """Pack bytes."""
    return b"x" + struct.pack(">I", len(value)) + value


def properties(values: dict[str, str]) -> bytes:
    """Pack a list of properties."""
    rows = (
        text(name) + number(len(value) + 1) + blob(value.encode() + b"\0")
        for name, value in values.items()
    )
    return b"P" + b"".join(rows) + b"N"


def unpacked(data: bytes) -> list[object]:
    """Return the values in *data*; what programs say of themselves is passed over unread.

    Raises:
        ValueError, IndexError, struct.error: It is something else.
    """
    values, at = list[object](), 0
    while at < len(data):
        value, at = _value(data, at)
        values.append(value)
    return values


def _value(data: bytes, at: int) -> tuple[object, int]:
    tag, at = data[at : at + 1], at + 1
    if tag in _NUMBERS:
        shape = _NUMBERS[tag]
        found = struct.unpack_from(shape, data, at)
        return found[0] if len(found) == 1 else found, at + struct.calcsize(shape)
    if tag in (_NO, _YES):
        return tag == _YES, at
    if tag == b"t":
        end = data.index(0, at)
        return data[at:end].decode(errors="replace"), end + 1
    return None, _past(tag, data, at)


def _past(tag: bytes, data: bytes, at: int) -> int:
    """Return where a value ends that nobody reads."""
    match tag:
        case b"N":  # no text
            end = at
        case b"x":  # bytes, after their number
            end = at + 4 + int.from_bytes(data[at : at + 4], "big")
        case b"m":  # a channel map: a byte for each channel
            end = at + 1 + data[at]
        case b"v":  # a volume for each channel
            end = at + 1 + 4 * data[at]
        case b"P":
            end = _past_properties(data, at)
        case b"f":  # an encoding, then properties
            end = _past_properties(data, at + 3)
        case _:
            raise ValueError(f"unknown tag {tag!r}")
    if end > len(data):
        raise ValueError("it ends in the middle")
    return end


def _past_properties(data: bytes, at: int) -> int:
    while data[at : at + 1] != b"N":
        for _ in range(3):  # name, length, bytes
            _, at = _value(data, at)
    return at + 1


# ── where it is, and how to get in ─────────────────────────────────────────────────────────


def server_path() -> Path:
    """Return the socket of this user's sound server.

    Source: pulse-client.conf(5), and module-protocol-native for where it lies.

    Raises:
        Unavailable: It is on another machine, or this session has no place for it.
    """
    if server := os.environ.get("PULSE_SERVER"):
        address = server.split()[0].rpartition("}")[2]  # several may be named: the first
        if address.startswith("unix:"):
            return Path(address.removeprefix("unix:"))
        if address.startswith("/"):
            return Path(address)
        raise Unavailable(said(N_("the sound server is on another machine")))
    if folder := os.environ.get("PULSE_RUNTIME_PATH"):
        return Path(folder) / "native"
    if folder := os.environ.get("XDG_RUNTIME_DIR"):
        return Path(folder) / "pulse" / "native"
    raise Unavailable(said(N_("this session has no place for a sound server")))


def cookie() -> bytes:
    """Return what opens the server to us; where there is none, it knows us by our user."""
    config = os.environ.get("XDG_CONFIG_HOME") or "~/.config"
    named = os.environ.get("PULSE_COOKIE")
    for place in (named, f"{config}/pulse/cookie", "~/.pulse-cookie"):
        if place:
            try:
                found = Path(place).expanduser().read_bytes()
            except (OSError, RuntimeError):
                continue
            if len(found) == _COOKIE_BYTES:
                return found
    return bytes(_COOKIE_BYTES)
