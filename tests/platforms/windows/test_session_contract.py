"""What everything promises that tells of lock and sleep, on Windows: played, and real if it is here."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Final

import pytest

from tests.desktop.matrix import cell
from tests.doubles.windows import Window, WindowsSeat

pytest.register_assert_rewrite("tests.contracts.session")
from tests.contracts.session import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.session import Seat

SEATS: Final = ("windows peer", "windows") if sys.platform == "win32" else ("windows peer",)


@pytest.fixture(params=SEATS)
def seat(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """Every session of Windows: what holds for one holds for all."""
    cell("session", request.param)
    opened = WindowsSeat(None if request.param == "windows" else Window(monkeypatch))
    yield opened
    opened.session.close()
