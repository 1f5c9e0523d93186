from __future__ import annotations

import gc
from collections import Counter
from types import FunctionType
from typing import TYPE_CHECKING

from tests.fakes import Desk

if TYPE_CHECKING:
    from pathlib import Path


def test_given_hours_of_use_when_they_are_over_then_nothing_of_ours_is_left_for_python_to_look_for(
    tmp_path: Path,
) -> None:
    """What refers to itself stays until the collector comes; the memory grows by all that waits."""
    desk = Desk(tmp_path)
    hour = ("25m work", "2m away", "23m work", "10m away", desk.loop.look)
    asked = (lambda: desk.ask("status"), lambda: desk.ask("answer", "done"))

    def begin() -> None:
        gc.collect()
        gc.disable()
        gc.set_debug(gc.DEBUG_SAVEALL)

    try:
        desk.run(*hour, begin, *(hour + asked) * 3, gc.collect)
        left = Counter(map(_origin, gc.garbage))
    finally:
        gc.set_debug(0)
        gc.garbage.clear()
        gc.enable()

    assert {} == {origin: n for origin, n in left.items() if origin.startswith("deskbreak")}
    assert len(desk.delivery.shown) > 1


def _origin(what: object) -> str:
    made = what if isinstance(what, FunctionType) else type(what)
    return f"{made.__module__}.{made.__qualname__}"
