"""Tests side by side: `pytest -n auto --dist loadfile --no-loadscope-reorder`, as `make test` has it.

Each process, a lane, takes one file after another: first what computes longest, in processes of its
own that give way, then what waits for a desktop, and last what counts time or the processor, each
of those tests with the computer to itself:

    pytestmark = pytest.mark.alone
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from collections.abc import Generator, Iterable, Iterator

OPTIONS: Final = (
    *("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder"),
    "--max-worker-restart=0",
)
"""Of pytest: lanes, each file in one of them, and in the order of `in_order`."""
_MOST: Final = 16  # each takes some 200 MB and a few seconds to begin
_MARK: Final = "alone: no test runs beside it, for it counts time, wake-ups or memory"
_FIRST: Final = ("tests/simulator/test_simulator.py", "tests/desktop/")
"""What begins the names of those that follow them."""


def pytest_configure(config: pytest.Config) -> None:
    """Say what the mark means."""
    config.addinivalue_line("markers", _MARK)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Return how many lanes there are: more than processors, for most of them wait."""
    return min(2 * (os.cpu_count() or 1), _MOST)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the tests of a lane into the order in which lanes take their files."""
    if _is_lane(config):
        items[:] = in_order(items)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_protocol(item: pytest.Item) -> Generator[None, object, object]:
    """Hold a test back until there is room for it."""
    if not _is_lane(item.config):
        return (yield)
    folder = Path(item.config.getoption("basetemp")).parent  # of all lanes of this run
    with _room(folder, alone=_is_alone(item)):
        return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_report_to_serializable() -> Generator[None, object, object]:
    """Let no text of a test break the lane that tells of it, whatever is in it."""
    return sendable((yield))


def in_order(items: Iterable[pytest.Item]) -> list[pytest.Item]:
    """Return the tests of *items*: those of `_FIRST`, the others, and the files with one that is alone."""
    kept = list(items)
    alone = {item.path for item in kept if _is_alone(item)}

    def turn(item: pytest.Item) -> int:
        if item.path in alone:
            return len(_FIRST) + 1
        begins = (item.nodeid.startswith(name) for name in _FIRST)
        return next((place for place, is_so in enumerate(begins) if is_so), len(_FIRST))

    return sorted(kept, key=turn)


def sendable(data: Any) -> Any:  # noqa: ANN401 - a report, as plain values
    """Return *data* with every text as UTF-8 can have it: a lane can send nothing else."""
    if isinstance(data, str):
        return data.encode("utf-8", "backslashreplace").decode()
    if isinstance(data, dict):
        return {sendable(key): sendable(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return type(data)(map(sendable, data))
    return data


@contextmanager
def _room(folder: Path, *, alone: bool) -> Iterator[None]:
    if sys.platform == "win32":
        yield
        return
    import fcntl

    with (folder / "room").open("a") as room:
        # The lock goes with its process, whatever becomes of that.
        fcntl.flock(room, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield


def _is_alone(item: pytest.Item) -> bool:
    return item.get_closest_marker("alone") is not None


def _is_lane(config: pytest.Config) -> bool:
    return hasattr(config, "workerinput")
