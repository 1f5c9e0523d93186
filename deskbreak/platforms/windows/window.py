"""A hidden window: Windows tells many things only to windows."""

from __future__ import annotations

import ctypes
import logging
import threading
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.windows import api
from deskbreak.ports import Unavailable, Unwatched

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty

    Hear = Callable[[int, int, int], int | None]
    """Takes a message with its two values; None: Windows' own answer will do."""

_OPEN_S: Final = 3.0
"""A window is there at once; Windows that needs 3 s is stuck. Our own choice."""
_END_S: Final = 1.0

WM_DESTROY: Final = 0x0002
_WM_LEAVE: Final = 0x8000  # WM_APP: a message of our own

_HWND: Final = ctypes.c_void_p
_WPARAM: Final = ctypes.c_size_t
_LPARAM: Final = ctypes.c_ssize_t

_log = logging.getLogger(__name__)


class HiddenWindow:
    """A window that nobody sees, and the thread that waits for its messages; it costs nothing.

    It is a top-level window: those that are made for messages alone hear nothing of sleep, of
    clocks that are set and of the end of the session, which are told to all at once.
    """

    def __init__(
        self, name: str, hear: Hear, opened: Callable[[int], None], duty: Duty | None = None
    ) -> None:
        """Make it; at most 3 s. *hear* and *opened*, which gets its handle, run on its thread.

        *duty* looks after that thread.

        Raises:
            Unavailable: This is not Windows, or a session without a desktop.
        """
        self._name = name
        self._hear = hear
        self._opened = opened
        self._duty = duty or Unwatched()
        self._handle: int | None = None
        self._trouble: Unavailable | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._serve, name=name, daemon=True)
        self._thread.start()
        if not self._ready.wait(_OPEN_S):
            raise Unavailable(said(N_("Windows does not answer in time")))
        if self._trouble is not None:
            raise self._trouble

    def close(self) -> None:
        """Take it away; nothing is heard afterwards."""
        self._hear = _nothing
        if self._handle is not None:
            _post(self._handle, _WM_LEAVE)
        if self._thread is not threading.current_thread():
            self._thread.join(_END_S)

    def _serve(self) -> None:
        with self._duty.lasts():
            try:
                with self._duty.busy():
                    # Windows calls it as long as the window is there, so it must not go before.
                    procedure = _procedure_type()(self._procedure)
                    self._handle = handle = _make(self._name, procedure)
                    self._opened(handle)
            except Unavailable as reason:
                self._trouble = reason
                return
            finally:
                self._ready.set()
            _serve_messages()
            self._handle = None
            _destroy(handle)  # where it is still there, its class cannot be forgotten
            _forget(procedure, self._name)
            if self._hear is not _nothing:  # nobody asked for the end
                raise api.trouble("GetMessageW")

    def _procedure(self, handle: int, message: int, wparam: int, lparam: int) -> int:
        if message == _WM_LEAVE:
            _destroy(handle)
            return 0
        answer = None
        try:
            with self._duty.busy():
                answer = self._hear(message, wparam, lparam)
        except Exception:  # noqa: BLE001 - one message that fails must not make us deaf for the others
            _log.exception("message %#x could not be handled", message)
        if message == WM_DESTROY:
            _leave()
        return _default(handle, message, wparam, lparam) if answer is None else answer


def _nothing(_message: int, _wparam: int, _lparam: int) -> None:
    return None


# ── Windows' own functions. Source: winuser.h, Microsoft Win32 reference ───────────────────────


class _WNDCLASS(ctypes.Structure):
    _fields_ = (
        ("style", ctypes.c_uint32),
        ("procedure", ctypes.c_void_p),
        ("class_extra", ctypes.c_int),
        ("window_extra", ctypes.c_int),
        ("instance", ctypes.c_void_p),
        ("icon", ctypes.c_void_p),
        ("cursor", ctypes.c_void_p),
        ("background", ctypes.c_void_p),
        ("menu_name", ctypes.c_wchar_p),
        ("class_name", ctypes.c_wchar_p),
    )


class _MSG(ctypes.Structure):
    _fields_ = (
        ("handle", ctypes.c_void_p),
        ("message", ctypes.c_uint32),
        ("wparam", _WPARAM),
        ("lparam", _LPARAM),
        ("time", ctypes.c_uint32),
        ("x", ctypes.c_int32),
        ("y", ctypes.c_int32),
        ("private", ctypes.c_uint32),
    )


def _user32(name: str, result: Any, *arguments: Any) -> Any:  # noqa: ANN401 - C types
    return api.function("user32", name, result, *arguments)


def _procedure_type() -> Any:  # noqa: ANN401 - a C type
    return api.callback(_LPARAM, _HWND, ctypes.c_uint32, _WPARAM, _LPARAM)


def _make(name: str, procedure: Any) -> int:  # noqa: ANN401 - a function as C sees it
    """Make a window that is never shown, for *procedure*."""
    instance, class_name = _instance(), _class_name(name, procedure)
    pointer = ctypes.cast(procedure, ctypes.c_void_p).value
    made = _WNDCLASS(procedure=pointer, instance=instance, class_name=class_name)
    register = _user32("RegisterClassW", ctypes.c_uint16, ctypes.POINTER(_WNDCLASS))
    if not register(ctypes.byref(made)):
        raise api.trouble("RegisterClassW")
    types = (
        *(ctypes.c_uint32, ctypes.c_wchar_p, ctypes.c_wchar_p, ctypes.c_uint32),
        *[ctypes.c_int] * 4,
        *[ctypes.c_void_p] * 4,
    )
    create = _user32("CreateWindowExW", _HWND, *types)
    handle = create(0, class_name, name, 0, 0, 0, 0, 0, None, None, instance, None)
    if not handle:
        raise api.trouble("CreateWindowExW")
    return int(handle)


def _instance() -> Any:  # noqa: ANN401 - a C type
    return api.function("kernel32", "GetModuleHandleW", ctypes.c_void_p, ctypes.c_wchar_p)(None)


def _class_name(name: str, procedure: Any) -> str:  # noqa: ANN401 - a function as C sees it
    """Name a class for each window: the class is what knows the procedure."""
    return f"{name}-{ctypes.cast(procedure, ctypes.c_void_p).value:x}"


def _forget(procedure: Any, name: str) -> None:  # noqa: ANN401 - a function as C sees it
    """Let Windows forget *procedure*, whose window is gone."""
    types = (ctypes.c_wchar_p, ctypes.c_void_p)
    _user32("UnregisterClassW", ctypes.c_int, *types)(_class_name(name, procedure), _instance())


def _serve_messages() -> None:
    """Wait for messages of this thread's windows, until `_leave`."""
    message = _MSG()
    pointer = ctypes.POINTER(_MSG)
    get = _user32("GetMessageW", ctypes.c_int, pointer, _HWND, ctypes.c_uint32, ctypes.c_uint32)
    dispatch = _user32("DispatchMessageW", _LPARAM, pointer)
    while get(ctypes.byref(message), None, 0, 0) > 0:
        dispatch(ctypes.byref(message))


def _post(handle: int, message: int) -> None:
    post = _user32("PostMessageW", ctypes.c_int, _HWND, ctypes.c_uint32, _WPARAM, _LPARAM)
    post(handle, message, 0, 0)


def _default(handle: int, message: int, wparam: int, lparam: int) -> int:
    types = (_HWND, ctypes.c_uint32, _WPARAM, _LPARAM)
    return int(_user32("DefWindowProcW", _LPARAM, *types)(handle, message, wparam, lparam))


def _destroy(handle: int) -> None:
    _user32("DestroyWindow", ctypes.c_int, _HWND)(handle)


def _leave() -> None:
    _user32("PostQuitMessage", None, ctypes.c_int)(0)
