"""What every idle source promises, on Windows: played everywhere, and real where it is there."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.desktop.matrix import cell
from tests.doubles.windows import PlayedDesk, RealDesk

pytest.register_assert_rewrite("tests.contracts.idle")
from tests.contracts.idle import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.idle import Desk


DESKS: Final = ("windows peer", "windows") if sys.platform == "win32" else ("windows peer",)


@pytest.fixture(params=DESKS)
def desk(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """Every desk of Windows: what holds for one holds for all."""
    cell("idle", request.param)
    opened = RealDesk() if request.param == "windows" else PlayedDesk(monkeypatch)
    yield opened
    opened.source.close()
