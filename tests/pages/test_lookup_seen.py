"""The list of all prompts as it is seen: its figures, its looks, its weight."""

from __future__ import annotations

import base64
import hashlib
import io
import re
import time
from typing import TYPE_CHECKING, Final

import pytest
from PIL import Image

from tests.pages.looking import SIZES, picture, sideways, violations
from tests.pages.shelves import settings

if TYPE_CHECKING:
    from playwright.sync_api import Page, Response

    from tests.pages.looking import Browser, Served

MOST_BYTES: Final = 150_000  # of a page, with everything that it loads at once


# ── the figures ────────────────────────────────────────────────────────────────────────────


def test_given_a_figure_then_its_own_style_alone_may_be_in_it(served: Served) -> None:
    """Some browsers hold a picture to the policy that it comes with."""
    answer = served.get("/guide/figure/P-ST-01.svg")
    style = re.findall("<style>(.*)</style>", answer.body, re.DOTALL)[0]
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()

    assert 200 == answer.status
    assert answer.body.startswith("<svg")
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.headers["content-security-policy"] == (
        f"default-src 'none'; style-src 'sha256-{digest}'; "
        "form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
    )
    assert "no-store" == answer.headers["cache-control"]
    assert 404 == served.get("/guide/figure/P-XX-99.svg").status
    assert 404 == served.get("/guide/figure/..%2f..%2fetc.svg").status


def test_given_light_or_dark_then_a_figure_is_so_too(served: Served, browser: Browser) -> None:
    """As seen in the page, and as seen alone, where every browser holds it to its policy."""
    css = served.get("/static/figure.css").body
    light, dark = (tuple(bytes.fromhex(one)) for one in re.findall("--f-top: #([0-9a-f]{6})", css))
    for scheme, shown, other in (("light", light, dark), ("dark", dark, light)):
        with browser.looks(served, "guide", scheme) as tab:
            tab.wait_for_load_state("networkidle")
            found = colours(tab, "li:has(#p-P-ST-01) img")
            assert shown in found
            assert other not in found
            tab.goto(f"{served.server.url}/guide/figure/P-ST-01.svg")
            assert shown in colours(tab, "svg")


def colours(tab: Page, what: str) -> set[tuple[int, ...]]:
    """Return every colour (red, green, blue) of a picture as it is seen."""
    shot = Image.open(io.BytesIO(tab.locator(what).screenshot())).convert("RGB")
    data = shot.tobytes()
    return {tuple(data[at : at + 3]) for at in range(0, len(data), 3)}


# ── how it looks, and how heavy it is ──────────────────────────────────────────────────────


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_given_the_list_with_everything_unfolded_then_axe_finds_nothing_and_it_fits(
    served: Served, browser: Browser, scheme: str, size: str
) -> None:
    """Also with what is left out, and with what was hidden just now."""
    settings().set("person.avoid", "sciatica")
    with browser.looks(served, "guide", scheme, size) as tab:
        tab.wait_for_load_state()
        tab.click("li:has(#p-P-ST-01) button")
        tab.wait_for_selector("#here")
        picture(tab, f"prompts-{scheme}-{size}")
        tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")

        assert [] == violations(tab)
        assert 0 == sideways(tab)


@pytest.mark.parametrize("language", ["en", "de"])
def test_given_the_list_then_it_is_light_and_quick_and_its_figures_come_when_they_are_looked_at(
    served: Served, browser: Browser, language: str
) -> None:
    """All that it needs to be read; the best of five looks, for others use this computer too."""
    settings().set("language", language)
    answers: list[Response] = []
    with browser.looks(served, "safety") as tab:
        tab.wait_for_load_state("networkidle")  # what this page needs is not ours
        tab.on("response", lambda one: answers.append(one))  # noqa: PLW0108 - it takes no built-in
        tab.goto(f"{served.server.url}/guide/all")
        tab.wait_for_load_state("networkidle")
        parts = {
            one.url: len(one.body())
            for one in answers
            if "/guide" in one.url or "/static/" in one.url
        }
    figures = [url for url in parts if "/figure/" in url]
    took_s = []
    for _ in range(5):
        began_s = time.perf_counter()
        assert 200 == served.get("/guide/all").status
        took_s.append(time.perf_counter() - began_s)

    assert sum(size for url, size in parts.items() if url not in figures) < MOST_BYTES
    assert 0 < len(figures) < 40
    print(f"the list takes {min(took_s):.2f} s (target 0.3 s)")  # noqa: T201 - measured, not timed
    assert min(took_s) < 3
