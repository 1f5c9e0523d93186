"""The contact sheet in the documentation is what would be drawn now."""

from __future__ import annotations

import pytest

from tests.architecture import REPOSITORY
from tests.figure.sheet import files, names


@pytest.mark.parametrize("name", names())
def test_given_the_poses_then_the_sheet_in_the_documents_is_fresh(name: str) -> None:
    """``make poses`` writes it."""
    assert files()[name] == (REPOSITORY / name).read_text("utf-8")


def test_given_the_sheet_then_each_of_its_files_is_compared() -> None:
    """None is drawn that nobody looks at."""
    assert names() == list(files())
