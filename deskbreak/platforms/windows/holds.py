"""What keeps prompts back on Windows: for each topic, the ways to find out, in order."""

from __future__ import annotations

import ctypes
import enum
from typing import TYPE_CHECKING, Final

from deskbreak.core.model import Hold
from deskbreak.platforms.asking import AskedProbe
from deskbreak.platforms.topics import Topic
from deskbreak.platforms.windows import api
from deskbreak.platforms.windows.consent import ConsentProbe

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import Duty, HoldProbe


class Shell(enum.IntEnum):
    """What the shell thinks of a notification now.

    Source: QUERY_USER_NOTIFICATION_STATE, Microsoft Win32 reference.
    """

    NOT_PRESENT = 1
    BUSY = 2
    """A program fills the screen."""
    FULL_SCREEN_3D = 3
    PRESENTATION = 4
    ACCEPTS = 5
    QUIET_TIME = 6
    """The first hour of a new account: its owner has asked for nothing."""
    FULL_SCREEN_APP = 7


_FULL_SCREEN: Final = frozenset({Shell.BUSY, Shell.FULL_SCREEN_3D, Shell.FULL_SCREEN_APP})


def topics(duty: Duty | None = None) -> tuple[Topic, ...]:
    """Return the topics of Windows, with nothing opened yet; *duty* looks after those that tell."""
    return (
        Topic("do_not_disturb", Hold.DND, {"focus assist": _asked("focus assist", _is_quiet)}),
        Topic("full_screen", Hold.FULLSCREEN, {"shell": _asked("shell", _is_full_screen)}),
        Topic("microphone", Hold.CALL, {"ConsentStore": _noted("microphone", duty)}),
        Topic("camera", Hold.CALL, {"ConsentStore": _noted("webcam", duty)}),
        Topic("screen_share", Hold.SHARE, {}),
        Topic("presentation_mode", Hold.PRESENTATION, {"shell": _asked("shell", _presents)}),
    )


def _asked(name: str, read: Callable[[], bool | None]) -> Callable[[Callable[[], None]], HoldProbe]:
    return lambda _changed: AskedProbe(name, read)


def _noted(capability: str, duty: Duty | None) -> Callable[[Callable[[], None]], HoldProbe]:
    return lambda changed: ConsentProbe(capability, changed, duty)


def _is_full_screen() -> bool:
    return _shell_state() in _FULL_SCREEN


def _presents() -> bool:
    return _shell_state() == Shell.PRESENTATION


def _is_quiet() -> bool:
    # 1 lets through what has priority, 2 lets through alarms alone; we are neither.
    return _focus_profile() != 0


# ── Windows' own functions ─────────────────────────────────────────────────────────────────────


def _shell_state() -> int:
    """Ask the shell.

    Raises:
        Unavailable: This is not Windows, or it does not answer.

    Source: SHQueryUserNotificationState, Microsoft Win32 reference.
    """
    state = ctypes.c_int()
    pointer = ctypes.POINTER(ctypes.c_int)
    ask = api.function("shell32", "SHQueryUserNotificationState", ctypes.c_int32, pointer)
    if ask(ctypes.byref(state)):
        raise api.trouble("SHQueryUserNotificationState")
    return state.value


def _focus_profile() -> int:
    """Ask for the profile of focus assist, which Windows 11 calls do not disturb: 0 is off.

    Raises:
        Unavailable: This Windows does not tell.

    Source: WNF_SHEL_QUIETHOURS_ACTIVE_PROFILE_CHANGED, which Microsoft does not document; others
    read it on Windows 10 and 11: github.com/bitdisaster/windows-focus-assist.
    """
    name = ctypes.c_uint64(0x0D83_063E_A3BF_1C75)
    stamp, profile, size = ctypes.c_uint32(), ctypes.c_uint32(), ctypes.c_uint32(4)
    ask = api.function("ntdll", "NtQueryWnfStateData", ctypes.c_int32, *[ctypes.c_void_p] * 6)
    outs = (ctypes.byref(one) for one in (stamp, profile, size))
    if ask(ctypes.byref(name), None, None, *outs) < 0:
        raise api.trouble("NtQueryWnfStateData")
    return profile.value
