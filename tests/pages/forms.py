"""Forms of our pages, as their browser sends them."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlencode

from deskbreak.pages.app import FORM_KEY

if TYPE_CHECKING:
    from tests.pages.looking import Answer, Served


def send(served: Served, path: str, **fields: str) -> Answer:
    """Send a form of ours."""
    return served.post(path, urlencode({FORM_KEY: served.server.keys.form, **fields}))
