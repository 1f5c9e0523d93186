"""What every page has: the frame, its files, and a look that lasts as long as somebody is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.pages.routes import PAGES
from tests.desktop.parts import wait_for
from tests.pages.servers import is_listening

if TYPE_CHECKING:
    from playwright.sync_api import Request

    from tests.pages.looking import Browser, Served


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("look.js", "text/javascript; charset=utf-8"),
        ("style.css", "text/css; charset=utf-8"),
        ("deskbreak.svg", "image/svg+xml"),
    ],
)
def test_given_a_file_of_a_page_then_it_has_the_kind_that_browsers_insist_on(
    served: Served, name: str, kind: str
) -> None:
    """On Windows the registry has the last word otherwise."""
    answer = served.get(f"/static/{name}")

    assert (200, kind) == (answer.status, answer.headers["content-type"])


def test_given_a_page_that_is_not_there_then_it_says_so_and_leads_on(served: Served) -> None:
    """To whom was let in; others get no word."""
    answer = served.get("/nowhere")

    assert 404 == answer.status
    assert "There is no such page" in answer.body
    assert f'href="{served.server.keys.root}/stats"' in answer.body


def test_given_somebody_who_types_and_reads_then_the_server_hears_of_it_once_a_minute(
    served: Served, browser: Browser
) -> None:
    """Whoever fills in a form for a quarter of an hour must not lose it."""
    with browser.looks(served, next(iter(PAGES))) as tab:
        asked: list[str] = []

        def noted(request: Request) -> None:
            if request.url.endswith("/look"):  # it may still be fetching its icon
                asked.append(request.url)

        tab.clock.install()
        tab.reload()  # what took seconds to load is ahead of a clock that begins now
        tab.on("request", noted)
        tab.keyboard.press("Tab")
        assert [] == asked
        for _ in range(3):
            tab.clock.fast_forward(61_000)
            with tab.expect_response("**/look") as answer:
                tab.keyboard.press("Tab")
            tab.keyboard.press("Tab")
            assert 204 == answer.value.status

        assert [f"{served.server.url}/look"] * 3 == asked
        assert tab.locator("#gone").is_hidden()


def test_given_a_server_that_has_ended_when_somebody_comes_back_then_the_page_says_so(
    served: Served, browser: Browser
) -> None:
    """Before they press a button that leads nowhere."""
    context = browser._chromium.new_context()
    try:
        tab = context.new_page()
        tab.clock.install()
        tab.goto(served.server.way_in("safety").as_uri())
        tab.wait_for_selector("main")
        served.server.stop()
        wait_for(lambda: not is_listening(served.server.port), what="its end")
        tab.clock.fast_forward(61_000)
        tab.keyboard.press("Tab")
        tab.wait_for_selector("#gone", state="visible")

        assert "What you typed is still here" in tab.inner_text("#gone")
    finally:
        context.close()
