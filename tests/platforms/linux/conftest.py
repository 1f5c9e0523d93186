"""What the tests of Linux's own parts share: a message bus of each test alone."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.desktop.parts import PrivateBus

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def daemon() -> Iterator[PrivateBus]:
    """A message bus of this test alone."""
    with PrivateBus() as private:
        yield private
