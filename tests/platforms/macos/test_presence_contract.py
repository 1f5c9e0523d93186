"""What idle sources and sessions promise, on macOS with the test in its place. No Mac has run it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desktop.matrix import cell
from tests.doubles.mac import PlayedDesk
from tests.doubles.mac import Seat as MacSeat

pytest.register_assert_rewrite("tests.contracts.idle", "tests.contracts.session")
from tests.contracts.idle import *  # noqa: E402, F403 - the tests themselves, rewritten as ours are
from tests.contracts.session import *  # noqa: E402, F403 - the same

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.contracts.idle import Desk
    from tests.contracts.session import Seat


@pytest.fixture
def desk(monkeypatch: pytest.MonkeyPatch) -> Iterator[Desk]:
    """A desk whose idle time macOS tells."""
    cell("idle", "mac peer")
    opened = PlayedDesk(monkeypatch)
    yield opened
    opened.source.close()


@pytest.fixture
def seat(monkeypatch: pytest.MonkeyPatch) -> Iterator[Seat]:
    """A session of macOS."""
    cell("session", "mac peer")
    opened = MacSeat(monkeypatch)
    yield opened
    opened.session.close()
