"""A plugin of pytest: leaves out the tests of rows that were not asked for."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from tests.board import rows_of

if TYPE_CHECKING:
    import pytest

NAME: Final = "DESKBREAK_ROWS"
"""The rows that were asked for, with blanks between; empty: all."""


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests of the rows that were asked for."""
    wanted = set(os.environ.get(NAME, "").split())
    if not wanted:
        return
    kept = [item for item in items if wanted.intersection(rows_of(item))]
    config.hook.pytest_deselected(items=[item for item in items if item not in kept])
    items[:] = kept
