"""The pages as they are served, and a real browser that looks at them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.pages.routes import server as make_server
from deskbreak.storage import files
from tests.pages.looking import Browser, Served, running

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve the pages of the person of this test, in a thread."""
    with running(make_server(files.places())) as served:
        yield served


@pytest.fixture(scope="module")
def browser(nobodys_session: None) -> Iterator[Browser]:
    """Start a Chromium, once for all tests of a file; it shares memory with whatever is measured later."""
    browser = Browser.start()
    try:
        yield browser
    finally:
        browser.close()
