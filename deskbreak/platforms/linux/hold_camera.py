"""Whether a program has a camera open, as far as programs of our own user are concerned.

Source: inotify(7), proc(5); udev's v4l_id and v4l2loopback for which devices are cameras.
"""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from deskbreak.core.words import N_, said
from deskbreak.platforms.linux import inotify
from deskbreak.platforms.linux.inotify import Inotify
from deskbreak.ports import Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from deskbreak.core.words import Said
    from deskbreak.platforms.linux.watcher import Watcher

_SETTLE_S: Final = 0.5
"""Programs open each camera for a moment only to see what it can do. Our own choice."""
_DEVICES: Final = "video*"
_FOR_LOOPBACK: Final = 2  # who puts the picture in, and who looks at it
_ROOT: Final = Path("/")


class Camera:
    """Hears when a camera is opened or closed; a look at who has it open then confirms it."""

    name = "inotify"
    subscribed = True

    def __init__(
        self,
        watcher: Watcher,
        changed: Callable[[], None],
        lost: Callable[[Said], None],  # noqa: ARG002 - the kernel does not go away
        root: Path = _ROOT,
    ) -> None:
        """Watch the cameras below *root*, and those that are plugged in; on *watcher*'s thread.

        Raises:
            Unavailable: The kernel allows no more watches, or there is no such folder.
        """
        self._watcher = watcher
        self._changed = changed
        self._root = root
        self._folder = folder = root / "dev"
        self._is_open, self._will_look = True, False
        self._watched: dict[str, int] = {}
        self._inotify = Inotify(watcher)
        mask = inotify.CREATE | inotify.DELETE | inotify.ATTRIBUTES
        if self._inotify.watch(folder, mask, self._device_changed) is None:
            self._inotify.close()
            raise Unavailable(said(N_("there are no devices in {folder}"), folder=folder))
        for device in self._devices():
            self._watch(device.name)
        self._in_use = self._is_in_use()

    def ask(self) -> bool | None:
        """Tell whether a camera is in use."""
        return self._in_use

    def close(self) -> None:
        """Let go of the watches; on the watcher's thread."""
        if self._is_open:
            self._is_open = False
            self._inotify.close()

    # ── on the watcher's thread ────────────────────────────────────────────────────────────

    def _devices(self) -> list[Path]:
        return sorted(self._folder.glob(_DEVICES))

    def _watch(self, name: str) -> None:
        mask = inotify.OPEN | inotify.CLOSE
        number = self._inotify.watch(self._folder / name, mask, lambda _: self._look_soon())
        if number is not None:
            self._watched[name] = number

    def _device_changed(self, name: str) -> None:
        if not Path(name).match(_DEVICES):
            return
        # Anew each time: the device of that name may be another one, or readable only now.
        self._inotify.unwatch(self._watched.pop(name, None))
        self._watch(name)
        self._look_soon()

    def _look_soon(self) -> None:
        if not self._will_look:
            self._will_look = True
            self._watcher.later(_SETTLE_S, self._look)

    def _look(self) -> None:
        self._will_look = False
        if not self._is_open:
            return
        in_use = self._is_in_use()
        if in_use is not self._in_use:
            self._in_use = in_use
            self._changed()

    def _is_in_use(self) -> bool:
        """Look who has a camera open; of other users' programs nothing is seen."""
        cameras = (one for one in self._devices() if self._is_camera(one))
        wanted = {os.fspath(one): self._needed(one) for one in cameras}
        if not wanted:
            return False
        users: dict[str, set[str]] = {}
        for program, path in _open_files(self._root / "proc"):
            if path in wanted:
                users.setdefault(path, set()).add(program)
        return any(len(programs) >= wanted[path] for path, programs in users.items())

    def _is_camera(self, device: Path) -> bool:
        """Tell whether a picture can be taken with *device*: decoders of films are called video, too.

        Where udev says nothing of it, it may be.
        """
        try:
            number = device.stat().st_rdev
            udev = self._root.joinpath(f"run/udev/data/c{os.major(number)}:{os.minor(number)}")
            told = udev.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return True
        capabilities = next((x for x in told.splitlines() if "ID_V4L_CAPABILITIES=" in x), None)
        return capabilities is None or ":capture:" in capabilities

    def _needed(self, device: Path) -> int:
        """Return how many programs must have *device* open for it to be in use.

        A loopback device has no lens: one program feeds it, which says nothing until another looks.
        """
        node = self._root / "sys/class/video4linux" / device.name
        with contextlib.suppress(OSError):
            if "/devices/virtual/" in os.fspath(node.resolve()):
                return _FOR_LOOPBACK
        return 1


def _open_files(proc: Path) -> Iterator[tuple[str, str]]:
    """Yield a process and the path of a file that it has open, for each one that we may see."""
    for process in os.scandir(proc):
        if process.name.isdecimal():
            with contextlib.suppress(OSError):  # another user's, or gone meanwhile
                for fd in os.scandir(f"{process.path}/fd"):
                    with contextlib.suppress(OSError):
                        yield process.name, str(Path(fd.path).readlink())
