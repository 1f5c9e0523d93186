"""What keeps prompts back on macOS: for each topic, the ways to find out, in order."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.model import Hold
from deskbreak.core.words import N_, said
from deskbreak.platforms.asking import AskedProbe
from deskbreak.platforms.macos import api
from deskbreak.platforms.topics import Topic
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable

    from deskbreak.ports import HoldProbe

_SYSTEM: Final = 1  # the object that knows all others
_GLOBAL, _OUTPUT = "glob", "outp"


def topics() -> tuple[Topic, ...]:
    """Return the topics of macOS, with nothing opened yet."""
    return (
        Topic("do_not_disturb", Hold.DND, {"focus": _focus}),
        Topic("full_screen", Hold.FULLSCREEN, {}),
        Topic("microphone", Hold.CALL, {"CoreAudio": _asked("CoreAudio", _microphone_in_use)}),
        Topic("camera", Hold.CALL, {"CoreMediaIO": _asked("CoreMediaIO", _camera_runs)}),
        Topic("screen_share", Hold.SHARE, {}),
        Topic("presentation_mode", Hold.PRESENTATION, {}),
    )


def _asked(name: str, read: Callable[[], bool | None]) -> Callable[[Callable[[], None]], HoldProbe]:
    return lambda _changed: AskedProbe(name, read)


def _focus(_changed: Callable[[], None]) -> HoldProbe:
    raise Unavailable(said(N_("macOS shows Focus only to programs that may read the whole disk")))


def _microphone_in_use() -> bool | None:
    runs, plays = _microphone()
    # A headset that plays music runs as well, and nobody tells the two apart: that is unknown.
    return None if runs and plays else runs


# ── macOS's own functions ──────────────────────────────────────────────────────────────────────


class _Address(ctypes.Structure):
    """AudioObjectPropertyAddress; that of CoreMediaIO is the same."""

    _fields_ = (
        ("selector", ctypes.c_uint32),
        ("scope", ctypes.c_uint32),
        ("element", ctypes.c_uint32),
    )

    @classmethod
    def of(cls, selector: str, scope: str = _GLOBAL) -> _Address:
        """Return the address that two codes of four letters name."""
        return cls(*(int.from_bytes(code.encode(), "big") for code in (selector, scope)), 0)


def _microphone() -> tuple[bool, bool]:
    """Tell whether the chosen microphone runs for anybody, and whether it can play as well.

    Raises:
        Unavailable: This is not macOS, or there is no microphone.

    Source: kAudioHardwarePropertyDefaultInputDevice, kAudioDevicePropertyStreams and
    kAudioDevicePropertyDeviceIsRunningSomewhere, AudioHardware.h of CoreAudio.
    """
    (device,) = _audio(_SYSTEM, _Address.of("dIn "), 1)
    (runs,) = _audio(device, _Address.of("gone"), 1)
    size = ctypes.c_uint32()
    _call("CoreAudio", "AudioObjectGetPropertyDataSize", device, _Address.of("stm#", _OUTPUT), size)
    return bool(runs), size.value > 0


def _audio(thing: int, address: _Address, count: int) -> list[int]:
    found, size = (ctypes.c_uint32 * count)(), ctypes.c_uint32(4 * count)
    _call("CoreAudio", "AudioObjectGetPropertyData", thing, address, size, found)
    return list(found)


def _camera_runs() -> bool:
    """Tell whether a camera runs for anybody.

    Raises:
        Unavailable: This is not macOS, or it does not tell.

    Source: kCMIOHardwarePropertyDevices and kCMIODevicePropertyDeviceIsRunningSomewhere,
    CMIOHardware.h and CMIOHardwareDevice.h of CoreMediaIO.
    """
    size = ctypes.c_uint32()
    _call("CoreMediaIO", "CMIOObjectGetPropertyDataSize", _SYSTEM, _Address.of("dev#"), size)
    cameras = _video(_SYSTEM, _Address.of("dev#"), size.value // 4)
    return any(_video(camera, _Address.of("gone"), 1)[0] for camera in cameras)


def _video(thing: int, address: _Address, count: int) -> list[int]:
    found, used = (ctypes.c_uint32 * count)(), ctypes.c_uint32()
    room = ctypes.c_uint32(4 * count)
    types = (
        *(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p),
        *(ctypes.c_uint32, ctypes.c_void_p, ctypes.c_void_p),
    )
    ask = api.function("CoreMediaIO", "CMIOObjectGetPropertyData", ctypes.c_int32, *types)
    if ask(thing, ctypes.byref(address), 0, None, room, ctypes.byref(used), ctypes.byref(found)):
        raise Unavailable(said(N_("macOS does not tell whether a camera runs")))
    return list(found)


def _call(library: str, name: str, thing: int, address: _Address, *outs: Any) -> None:  # noqa: ANN401 - C values
    """Ask *thing* for a property, without a qualifier."""
    types = (ctypes.c_uint32, ctypes.c_void_p, ctypes.c_uint32, ctypes.c_void_p)
    pointers = [ctypes.c_void_p] * len(outs)
    ask = api.function(library, name, ctypes.c_int32, *types, *pointers)
    if ask(thing, ctypes.byref(address), 0, None, *(ctypes.byref(out) for out in outs)):
        raise Unavailable(said(N_("macOS refuses {function}"), function=name))
