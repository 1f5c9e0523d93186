"""The statistics page in a real browser, with five weeks of an ordinary office behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.histories import keep, office, serving, until
from tests.pages.looking import SIZES, picture, sideways, violations

if TYPE_CHECKING:
    from tests.pages.looking import Browser

NOW = until("2026-04-02 15:20")
OPEN = "document.querySelectorAll('details').forEach(one => one.open = true)"


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_given_five_weeks_when_they_are_looked_at_then_axe_finds_nothing_and_they_fit(
    browser: Browser, scheme: str, size: str
) -> None:
    """In both schemes and at every size, with the tables folded and unfolded."""
    keep(office(24), NOW)
    with serving(NOW) as served, browser.looks(served, "stats", scheme, size) as tab:
        picture(tab, f"stats-week-{scheme}-{size}")
        folded = violations(tab)
        tab.evaluate(OPEN)
        picture(tab, f"stats-tables-{scheme}-{size}")

        assert [] == folded
        assert [] == violations(tab)
        assert 0 == sideways(tab)
