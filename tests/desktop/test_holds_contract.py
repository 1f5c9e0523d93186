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
from tests.desktop.parts import wait_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from deskbreak.core.words import Said
    from deskbreak.ports import HoldProbe

WITHIN_S = 1.0
"""So soon must the desktop's word arrive."""
AT_MOST_S = 10.0
ASKED_S = 0.25


class Opened:
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
        result = results.get(timeout=AT_MOST_S)
        if isinstance(result, BaseException):
            raise result
        return result

    def answers(self, expected: bool | None, what: str) -> None:
        """Wait for *expected*; print how long that took."""
        began_s = time.monotonic()
        wait_for(lambda: self.probe.ask() is expected, AT_MOST_S, what)
        took_s = time.monotonic() - began_s
        # A figure for whoever runs the test.
        print(f"{self.probe.name}: {what} after {took_s:.3f} s, target {WITHIN_S:g} s")  # noqa: T201 - as said
        assert took_s < 10 * WITHIN_S

    def reported(self, expected: bool, what: str, *, since: int) -> None:
        """Wait until a subscribed probe has reported it."""
        if self.probe.subscribed:
            wait_for(lambda: self.changes[since:], AT_MOST_S, f"the {what} to be reported")
            assert [expected] == self.changes[since:]

    def _changed(self) -> None:
        self.changes.append(self.probe.ask())


@contextmanager
def opened(scene: Scene) -> Iterator[Opened]:
    """Open the probe of *scene* as long as the block lasts."""
    one = Opened(scene)
    try:
        yield one
    finally:
        one.on_thread(one.probe.close)
        one.watcher.close()


@pytest.fixture(params=list(SCENES))
def scene(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Scene]:
    """Each desktop in turn."""
    with SCENES[request.param](tmp_path) as made:
        cell(PORT, made.environment)
        yield made


def test_given_a_probe_when_it_begins_and_ends_then_it_says_so(scene: Scene) -> None:
    """A probe knows of the beginning and of the end, and reports both if it is subscribed."""
    with opened(scene) as one:
        one.answers(False, "not in force")
        before = len(one.changes)
        scene.begin()
        one.answers(True, "in force")
        one.reported(True, "beginning", since=before)
        scene.end()
        one.answers(False, "over")
        one.reported(False, "end", since=before + 1)

        assert [] == one.lost


def test_given_what_is_in_force_already_when_a_probe_is_opened_then_it_knows(scene: Scene) -> None:
    """An agent that starts in the middle of a call is quiet from the start."""
    scene.begin()
    with opened(scene) as one:
        one.answers(True, "in force")


def test_given_a_probe_when_it_is_asked_then_it_answers_within_a_quarter_second(
    scene: Scene,
) -> None:
    """A prompt does not wait for it."""
    with opened(scene) as one:
        began_s = time.monotonic()
        one.probe.ask()
        took_s = time.monotonic() - began_s

        print(f"{one.probe.name}: asked in {1000 * took_s:.2f} ms, target {1000 * ASKED_S:g} ms")  # noqa: T201 - a figure for whoever runs the test
        assert took_s < 10 * ASKED_S


def test_given_a_probe_that_was_closed_when_it_begins_then_nothing_is_reported(
    scene: Scene,
) -> None:
    """Who has let go hears no more."""
    with opened(scene) as one:
        one.answers(False, "not in force")
        one.on_thread(one.probe.close)
        one.on_thread(one.probe.close)  # once more does no harm
        before = len(one.changes)
        scene.begin()
        one.on_thread(lambda: None)

        assert before == len(one.changes)
        assert [] == one.lost


def test_given_whoever_tells_when_they_die_then_it_is_unknown(scene: Scene) -> None:
    """What nobody tells any more is not in force; a probe that hears that nobody does says so."""
    scene.begin()
    with opened(scene) as one:
        one.answers(True, "in force")
        if not scene.die():
            return
        one.answers(None, "unknown")
        if one.probe.subscribed:
            wait_for(lambda: one.lost, what="the loss to be reported")
