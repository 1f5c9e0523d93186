"""The pages as they are served, and a real browser that looks at them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import pytest

from deskbreak.pages.routes import server as make_server
from deskbreak.storage import files
from tests.pages.looking import Browser, Served

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def served() -> Iterator[Served]:
    """Serve the pages of the person of this test, in a thread."""
    server, ready = make_server(files.places()), threading.Event()
    thread = threading.Thread(target=server.run, args=(ready.set,), name="pages")
    thread.start()
    try:
        assert ready.wait(10)
        yield Served(server)
    finally:
        server.stop()
        thread.join(10)


@pytest.fixture(scope="session")
def browser(nobodys_session: None) -> Iterator[Browser]:
    """Start a Chromium, once for all tests."""
    browser = Browser.start()
    try:
        yield browser
    finally:
        browser.close()
