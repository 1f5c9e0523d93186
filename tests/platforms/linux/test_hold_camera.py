"""A camera in use: which devices are cameras, and who has them open."""

from __future__ import annotations

import os
import sys
import time
from typing import TYPE_CHECKING, Any

import pytest

if sys.platform != "linux":
    pytest.skip("a part of Linux desktops", allow_module_level=True)

from deskbreak.platforms.linux.hold_camera import Camera
from deskbreak.platforms.linux.watcher import Watcher
from deskbreak.ports import Unavailable
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Machine:
    """A root folder with devices, processes, and what udev and sysfs say of them."""

    def __init__(self, root: Path) -> None:
        self.root = root
        (root / "dev").mkdir()
        (root / "proc").mkdir()
        self.watcher = Watcher("holds", time.monotonic)
        self.changes: list[bool | None] = []
        self.probe: Any = None

    def device(self, name: str = "video0") -> Path:
        path = self.root / "dev" / name
        path.touch()
        return path

    def process(self, number: int, *opened: Path) -> None:
        """A program that has these files open."""
        folder = self.root / "proc" / str(number) / "fd"
        folder.mkdir(parents=True)
        for fd, path in enumerate(opened):
            (folder / str(fd)).symlink_to(path)

    def is_virtual(self, name: str) -> None:
        node = self.root / "sys/devices/virtual/video4linux" / name
        node.mkdir(parents=True)
        classes = self.root / "sys/class/video4linux"
        classes.mkdir(parents=True, exist_ok=True)
        (classes / name).symlink_to(node)

    def open(self) -> Camera:
        results: list[Any] = []

        def open_it() -> None:
            try:
                results.append(Camera(self.watcher, self._changed, lambda _: None, self.root))
            except Unavailable as reason:
                results.append(reason)

        self.watcher.soon(open_it)
        wait_for(lambda: results, what="the probe")
        if isinstance(results[0], Unavailable):
            raise results[0]
        probe: Camera = results[0]
        self.probe = probe
        return probe

    def _changed(self) -> None:
        self.changes.append(self.probe.ask())

    def close(self) -> None:
        if self.probe is not None:
            self.watcher.soon(self.probe.close)
        self.watcher.close()


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """A machine without devices and programs."""
    made = Machine(tmp_path)
    yield made
    made.close()


def test_given_a_program_that_has_a_camera_open_then_it_is_in_use(machine: Machine) -> None:
    """An open camera is a call, whoever sees the picture."""
    machine.process(1, machine.device())

    assert machine.open().ask() is True


def test_given_a_camera_that_nobody_has_open_then_it_is_not_in_use(machine: Machine) -> None:
    """A camera that is plugged in sees nothing yet."""
    machine.device()
    machine.process(1, machine.root / "dev" / "null")

    assert machine.open().ask() is False


def test_given_a_loopback_device_when_only_its_source_has_it_open_then_nobody_looks(
    machine: Machine,
) -> None:
    """A program may put a picture into it all day; a call is when another one takes it out."""
    device = machine.device()
    machine.is_virtual("video0")
    machine.process(1, device, device)
    assert machine.open().ask() is False
    machine.process(2, device)

    device.read_bytes()  # somebody opens it

    wait_for(lambda: machine.changes, what="the change")
    assert [True] == machine.changes


@pytest.mark.parametrize(
    ("told", "in_use"),
    [
        pytest.param("E:ID_V4L_CAPABILITIES=:capture:\n", True, id="a camera"),
        pytest.param("E:ID_V4L_CAPABILITIES=:video_output:\n", False, id="an output"),
        pytest.param("E:ID_V4L_CAPABILITIES=:\n", False, id="a decoder of films"),
        pytest.param("E:ID_V4L_VERSION=2\n", True, id="not said"),
    ],
)
def test_given_a_device_when_udev_knows_what_it_is_then_only_a_camera_counts(
    machine: Machine, told: str, in_use: bool
) -> None:
    """Decoders of films are called video, too, and a film is no call."""
    device = machine.device()
    number = device.stat().st_rdev
    udev = machine.root / "run/udev/data"
    udev.mkdir(parents=True)
    (udev / f"c{os.major(number)}:{os.minor(number)}").write_text(told, encoding="utf-8")
    machine.process(1, device)

    assert machine.open().ask() is in_use


def test_given_a_camera_that_is_plugged_in_later_when_it_is_opened_then_that_is_noticed(
    machine: Machine,
) -> None:
    """The folder of devices is watched as well."""
    machine.open()
    device = machine.device("video3")
    machine.process(1, device)
    device.read_bytes()

    wait_for(lambda: machine.changes, what="the change")
    assert [True] == machine.changes


def test_given_a_program_that_only_looks_what_a_camera_can_do_then_nothing_is_reported(
    machine: Machine,
) -> None:
    """Browsers open every camera for a moment when a page asks which there are."""
    device = machine.device()
    machine.open()
    for _ in range(5):
        device.read_bytes()

    time.sleep(0.8)  # longer than it is waited for
    assert [] == machine.changes


def test_given_no_folder_of_devices_then_it_says_why(machine: Machine) -> None:
    """A sandbox may have none."""
    (machine.root / "dev").rmdir()

    with pytest.raises(Unavailable, match="no devices"):
        machine.open()
