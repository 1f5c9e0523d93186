"""A computer of an organisation, where there can be one."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from tests.policy.office.computer import Office

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="package")
def office() -> Iterator[Office]:
    """A computer with people on it, and no policy yet."""
    if os.geteuid() != 0:
        pytest.skip("only root can make an /etc for others")
    with Office() as made:
        yield made
