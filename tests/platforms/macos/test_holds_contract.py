"""What every probe of a hold promises, on macOS with the test in its place. No Mac has run it."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from deskbreak.platforms.macos import holds
from deskbreak.platforms.macos.holds import topics
from tests.desktop.matrix import cell

pytest.register_assert_rewrite("tests.contracts.holds")
from tests.contracts.holds import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from deskbreak.core.words import Said
    from tests.contracts.holds import Hold


class CameraProbe:
    """The probe of the camera, which reports nothing by itself."""

    def __init__(self) -> None:
        self.changes: list[bool | None] = []
        self.lost: list[Said] = []
        (topic,) = [one for one in topics() if one.key == "camera"]
        self.probe = topic.candidates["CoreMediaIO"](lambda: self.changes.append(self.probe.ask()))

    def let_go(self) -> None:
        self.probe.close()

    def settle(self) -> None:
        """Nothing is told by itself."""


class Camera:
    """A camera that the test switches."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self._runs = False
        monkeypatch.setattr(holds, "_camera_runs", lambda: self._runs)

    @contextmanager
    def open(self) -> Iterator[CameraProbe]:
        """Open its probe as long as the block lasts."""
        yield CameraProbe()

    def begin(self) -> None:
        self._runs = True

    def end(self) -> None:
        self._runs = False

    def die(self) -> bool:
        return False


@pytest.fixture
def hold(monkeypatch: pytest.MonkeyPatch) -> Hold:
    """The one that can be played."""
    cell("holds", "mac peer")
    return Camera(monkeypatch)
