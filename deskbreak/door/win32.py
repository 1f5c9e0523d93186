"""The few calls of Windows that the door needs: named pipes, mutexes, and whose they are.

Handles are plain numbers; what fails raises an OSError. Everything of Windows is loaded when it is
called, so this can be imported anywhere. Source: Microsoft Win32 reference, by the names called.
"""

from __future__ import annotations

import ctypes
import sys
from ctypes import wintypes
from functools import cache
from typing import Any, Final

_READ_CONTROL: Final = 0x0002_0000
_SYNCHRONIZE: Final = 0x0010_0000
_GENERIC_READ_WRITE: Final = 0xC000_0000
_OPEN_EXISTING: Final = 3
_OVERLAPPED: Final = 0x4000_0000
_ANONYMOUS: Final = 0x0010_0000  # SECURITY_SQOS_PRESENT: a false agent must not act in our name
_ACCESS_DUPLEX: Final = 3
_FIRST_INSTANCE: Final = 0x0008_0000
_REJECT_REMOTE: Final = 8  # beside PIPE_TYPE_BYTE, PIPE_READMODE_BYTE and PIPE_WAIT, which are 0
_BUFFER: Final = 65_536
_TOKEN_QUERY, _TOKEN_USER = 8, 1
_KERNEL_OBJECT, _OWNER, _DACL = 6, 1, 4
_FOREVER: Final = 0xFFFF_FFFF
_WAIT_TIMEOUT: Final = 258
_ALREADY_EXISTS, _IO_PENDING, _PIPE_CONNECTED, _NO_DATA = 183, 997, 535, 232
_INVALID_HANDLE: Final = ctypes.c_void_p(-1).value
_OURSELVES: Final = wintypes.HANDLE(-1)  # what GetCurrentProcess returns
_ENDED: Final = (109, 232, 233)  # broken pipe, closing, nobody at the other end
_ERRORS: Final[dict[int, type[OSError]]] = {
    2: FileNotFoundError,
    5: PermissionError,
    231: BlockingIOError,  # every instance of a pipe is in use
    **dict.fromkeys(_ENDED, BrokenPipeError),
}


class _SecurityAttributes(ctypes.Structure):
    _fields_ = (
        ("length", wintypes.DWORD),
        ("descriptor", ctypes.c_void_p),
        ("is_inherited", wintypes.BOOL),
    )


class _Overlapped(ctypes.Structure):
    _fields_ = (
        ("internal", ctypes.c_void_p),
        ("internal_high", ctypes.c_void_p),
        ("offset", ctypes.c_void_p),
        ("event", wintypes.HANDLE),
    )


@cache
def _dll(name: str) -> ctypes.CDLL:
    if sys.platform != "win32":
        raise OSError(name)
    return ctypes.WinDLL(name, use_last_error=True)


def _last_error() -> int:
    if sys.platform != "win32":
        return 0
    return ctypes.get_last_error()


def _failed(name: str, code: int) -> OSError:
    return _ERRORS.get(code, OSError)(f"{name} failed with {code}")


def _call(name: str, *arguments: Any, dll: str = "kernel32") -> int:  # noqa: ANN401 - of C
    """Call what returns a BOOL or a DWORD."""
    function = _dll(dll)[name]
    function.restype = wintypes.DWORD
    return int(function(*arguments))


def _must(name: str, *arguments: Any, dll: str = "kernel32") -> None:  # noqa: ANN401 - of C
    """Call what returns whether it succeeded."""
    if not _call(name, *arguments, dll=dll):
        raise _failed(name, _last_error())


def _handle(name: str, *arguments: Any) -> int:  # noqa: ANN401 - of C
    """Call what returns a handle."""
    function = _dll("kernel32")[name]
    function.restype = ctypes.c_void_p
    handle = function(*arguments)
    if handle in (None, _INVALID_HANDLE):
        raise _failed(name, _last_error())
    return int(handle)


# ── whose ──────────────────────────────────────────────────────────────────────────────────


@cache
def own_sid() -> str:
    """Return the SID of the account that runs us, as text."""
    token, size = wintypes.HANDLE(), wintypes.DWORD()
    _must("OpenProcessToken", _OURSELVES, _TOKEN_QUERY, ctypes.byref(token), dll="advapi32")
    try:
        user = (ctypes.c_void_p * 64)()  # TOKEN_USER: it begins with the pointer to the SID
        arguments = (token, _TOKEN_USER, user, ctypes.sizeof(user), ctypes.byref(size))
        _must("GetTokenInformation", *arguments, dll="advapi32")
        return _text(ctypes.c_void_p(user[0]))
    finally:
        close(token.value or 0)


def owner(handle: int) -> str:
    """Return the SID of the account whose object that is."""
    sid, descriptor = ctypes.c_void_p(), ctypes.c_void_p()
    arguments = (wintypes.HANDLE(handle), _KERNEL_OBJECT, _OWNER, ctypes.byref(sid), None, None)
    code = _call("GetSecurityInfo", *arguments, None, ctypes.byref(descriptor), dll="advapi32")
    if code:
        raise _failed("GetSecurityInfo", code)
    try:
        return _text(sid)
    finally:
        _free(descriptor)


def _text(sid: ctypes.c_void_p) -> str:
    text = wintypes.LPWSTR()
    _must("ConvertSidToStringSidW", sid, ctypes.byref(text), dll="advapi32")
    try:
        return str(text.value)
    finally:
        _free(ctypes.cast(text, ctypes.c_void_p))


def _free(memory: ctypes.c_void_p) -> None:
    _call("LocalFree", memory)


class _Security:
    """Security attributes for who makes an object, as the text *sddl* has them."""

    def __init__(self, sddl: str) -> None:
        self._descriptor = ctypes.c_void_p()
        name = "ConvertStringSecurityDescriptorToSecurityDescriptorW"
        text, revision = wintypes.LPCWSTR(sddl), 1
        _must(name, text, revision, ctypes.byref(self._descriptor), None, dll="advapi32")

    def __enter__(self) -> Any:  # noqa: ANN401 - a pointer of C
        size = ctypes.sizeof(_SecurityAttributes)
        return ctypes.byref(_SecurityAttributes(size, self._descriptor, False))  # noqa: FBT003 - a row

    def __exit__(self, *_: object) -> None:
        _free(self._descriptor)


# ── mutexes ────────────────────────────────────────────────────────────────────────────────


def create_mutex(name: str, sddl: str) -> tuple[int, bool]:
    """Make or open a mutex; return it, and whether it was there before.

    Raises:
        PermissionError: It is there, and not for us.
    """
    with _Security(sddl) as attributes:
        mutex = _handle("CreateMutexW", attributes, 0, wintypes.LPCWSTR(name))
        return mutex, _last_error() == _ALREADY_EXISTS


def open_mutex(name: str) -> int:
    """Open a mutex.

    Raises:
        FileNotFoundError: There is none.
        PermissionError: It is not for us.
    """
    return _handle("OpenMutexW", _SYNCHRONIZE | _READ_CONTROL, 0, wintypes.LPCWSTR(name))


def close(handle: int) -> None:
    """Let go of *handle*."""
    _call("CloseHandle", wintypes.HANDLE(handle))


# ── pipes ──────────────────────────────────────────────────────────────────────────────────


def create_pipe(path: str, sddl: str) -> int:
    """Make the only instance of a pipe, for this computer alone.

    Raises:
        PermissionError: There is one of that name.
        BlockingIOError: The same.
    """
    mode = wintypes.DWORD(_ACCESS_DUPLEX | _FIRST_INSTANCE | _OVERLAPPED)
    with _Security(sddl) as attributes:
        sizes = (1, _BUFFER, _BUFFER, 0)
        name = wintypes.LPCWSTR(path)
        return _handle("CreateNamedPipeW", name, mode, _REJECT_REMOTE, *sizes, attributes)


def create_event() -> int:
    """Make an event that nobody has set."""
    return _handle("CreateEventW", None, 1, 0, None)


def set_event(event: int) -> None:
    """Wake whoever waits for *event*."""
    _must("SetEvent", wintypes.HANDLE(event))


def is_connected(pipe: int, stop: int) -> bool:
    """Wait for somebody to connect to *pipe*; False once *stop* is set."""
    begun = _Begun(pipe)
    with begun:
        if _call("ConnectNamedPipe", wintypes.HANDLE(pipe), begun.reference):
            return True
        code = _last_error()
        if code in (_PIPE_CONNECTED, _NO_DATA):  # the latter has gone already: reading tells
            return True
        if code != _IO_PENDING:
            raise _failed("ConnectNamedPipe", code)
        either = (wintypes.HANDLE * 2)(stop, begun.event)
        if _call("WaitForMultipleObjects", 2, either, 0, wintypes.DWORD(_FOREVER)) == 0:
            return False
        begun.end("ConnectNamedPipe")
        return True


def open_pipe(path: str) -> int:
    """Connect to a pipe.

    Raises:
        FileNotFoundError: There is none.
        PermissionError: It is not for us.
        BlockingIOError: It speaks with somebody else.
    """
    access, flags = wintypes.DWORD(_GENERIC_READ_WRITE), wintypes.DWORD(_OVERLAPPED | _ANONYMOUS)
    name = wintypes.LPCWSTR(path)
    return _handle("CreateFileW", name, access, 0, None, _OPEN_EXISTING, flags, None)


def read(pipe: int, timeout_s: float) -> bytes:
    """Return some of what came; nothing when the other end is closed.

    Raises:
        TimeoutError: Nothing came in time.
    """
    buffer = ctypes.create_string_buffer(_BUFFER)
    try:
        length = _moved("ReadFile", pipe, buffer, _BUFFER, timeout_s)
    except BrokenPipeError:
        return b""
    return buffer.raw[:length]


def write(pipe: int, data: bytes, timeout_s: float) -> None:
    """Send all of *data*.

    Raises:
        TimeoutError: The other end did not take it in time.
    """
    while data:
        data = data[_moved("WriteFile", pipe, data, len(data), timeout_s) :]


def cancel(pipe: int) -> None:
    """Let reading and writing on other threads fail at once."""
    _call("CancelIoEx", wintypes.HANDLE(pipe), None)


def disconnect(pipe: int) -> None:
    """Send whoever is at the other end away; what they did not read is lost."""
    _call("DisconnectNamedPipe", wintypes.HANDLE(pipe))


def _moved(name: str, pipe: int, data: Any, size: int, timeout_s: float) -> int:  # noqa: ANN401 - of C
    """Begin to read or write, and return how many bytes went in time."""
    begun = _Begun(pipe)
    with begun:
        handle = wintypes.HANDLE(pipe)
        if not _call(name, handle, data, wintypes.DWORD(size), None, begun.reference):
            code = _last_error()
            if code != _IO_PENDING:
                raise _failed(name, code)
            timeout_ms = wintypes.DWORD(int(timeout_s * 1000))
            event = wintypes.HANDLE(begun.event)
            if _call("WaitForSingleObject", event, timeout_ms) == _WAIT_TIMEOUT:
                raise TimeoutError(name)
        return begun.end(name)


class _Begun:
    """Something begun on a pipe; it is over, or given up, when its block ends."""

    def __init__(self, pipe: int) -> None:
        self._pipe = wintypes.HANDLE(pipe)
        self.event = create_event()
        self._overlapped = _Overlapped(event=self.event)
        self.reference = ctypes.byref(self._overlapped)

    def __enter__(self) -> None:
        pass

    def end(self, name: str) -> int:
        """Wait for the end, and return how many bytes went."""
        moved = wintypes.DWORD()
        arguments = (self._pipe, self.reference, ctypes.byref(moved), 1)
        if not _call("GetOverlappedResult", *arguments):
            raise _failed(name, _last_error())
        return int(moved.value)

    def __exit__(self, *_: object) -> None:
        # The system writes into our memory until then.
        if _call("CancelIoEx", self._pipe, self.reference):
            moved = wintypes.DWORD()
            _call("GetOverlappedResult", self._pipe, self.reference, ctypes.byref(moved), 1)
        close(self.event)
