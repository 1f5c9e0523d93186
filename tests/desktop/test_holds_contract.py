"""Every probe of a hold keeps the same promises, on its real part or a played one."""

from __future__ import annotations

import sys
import time
from contextlib import contextmanager
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

import pytest

if sys.platform != "linux":
    pytest.skip("the desktop of the tests is made of Linux programs", allow_module_level=True)

from deskbreak.platforms.linux.watcher import Watcher
from tests.desktop.hold_scenes import PORT, SCENES, Scene
from tests.desktop.matrix import cell

pytest.register_assert_rewrite("tests.contracts.holds")
from tests.contracts.holds import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.core.words import Said
    from deskbreak.ports import HoldProbe
    from tests.contracts.holds import Hold


class SceneProbe:
    """A probe, and what it reported."""

    def __init__(self, scene: Scene) -> None:
        self.watcher = Watcher("holds", time.monotonic)
        self.changes: list[bool | None] = []
        self.lost: list[Said] = []
        self.probe: HoldProbe = self.on_thread(
            lambda: scene.open(self.watcher, self._changed, self.lost.append)
        )

    def on_thread(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever it returns
        """Do it on the thread that serves all probes."""
        results: SimpleQueue[Any] = SimpleQueue()

        def do() -> None:
            try:
                results.put(act())
            except BaseException as error:  # noqa: BLE001 - raised where it is waited for
                results.put(error)

        self.watcher.soon(do)
        result = results.get(timeout=10.0)
        if isinstance(result, BaseException):
            raise result
        return result

    def let_go(self) -> None:
        self.on_thread(self.probe.close)

    def settle(self) -> None:
        """Wait until that thread has done what it was told."""
        self.on_thread(lambda: None)

    def _changed(self) -> None:
        self.changes.append(self.probe.ask())


class SceneHold:
    """A hold in a scene of Linux's."""

    def __init__(self, scene: Scene) -> None:
        self._scene = scene
        self.begin, self.end, self.die = scene.begin, scene.end, scene.die

    @contextmanager
    def open(self) -> Iterator[SceneProbe]:
        """Open its probe as long as the block lasts."""
        one = SceneProbe(self._scene)
        try:
            yield one
        finally:
            one.let_go()
            one.watcher.close()


@pytest.fixture(params=list(SCENES))
def hold(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Hold]:
    """Each desktop in turn."""
    with SCENES[request.param](tmp_path) as made:
        cell(PORT, made.environment)
        yield SceneHold(made)
