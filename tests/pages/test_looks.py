"""Every page in a real browser: readable in light and dark, at every size, by everybody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.pages.routes import PAGES
from tests.pages.looking import SIZES, picture, sideways, violations

if TYPE_CHECKING:
    from tests.pages.looking import Browser, Served


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("page", PAGES)
def test_given_a_page_when_it_is_looked_at_then_axe_finds_nothing_and_it_fits(
    served: Served, browser: Browser, page: str, scheme: str, size: str
) -> None:
    """In both schemes, on a phone, at a desk, and at 200 % zoom."""
    with browser.looks(served, page, scheme, size) as tab:
        picture(tab, f"{page}-{scheme}-{size}")

        assert [] == violations(tab)
        assert 0 == sideways(tab)


@pytest.mark.parametrize("page", PAGES)
def test_given_a_page_when_only_keys_are_used_then_everything_is_reached_and_seen(
    served: Served, browser: Browser, page: str
) -> None:
    """Tab goes to each control, in order, and one sees where one is."""
    with browser.looks(served, page) as tab:
        expected = tab.evaluate(
            "[...document.querySelectorAll('a[href],button,input,select,textarea,summary')]"
            ".filter(e => !e.disabled && e.type !== 'hidden' && e.checkVisibility()).length"
        )
        reached = set()
        for _ in range(expected + 5):
            tab.keyboard.press("Tab")
            one = tab.evaluate(
                "(() => { const e = document.activeElement; e.dataset.seen ??= Math.random();"
                " const s = getComputedStyle(e);"
                " return [e.tagName, e.dataset.seen, s.outlineStyle, e.type, e.name]; })()"
            )
            if one[0] != "BODY":
                reached.add(one[1] if one[3] != "radio" else one[4])
                assert "none" != one[2], one

        radios = tab.evaluate(
            "(() => { const r = [...document.querySelectorAll('input[type=radio]:enabled')];"
            " return r.length - new Set(r.map(e => e.name)).size; })()"
        )
        assert expected - radios <= len(reached)
