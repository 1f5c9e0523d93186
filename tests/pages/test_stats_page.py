"""The statistics page in a real browser, with five weeks of an ordinary office behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.pages.histories import keep, office, serving, until
from tests.pages.looking import SIZES, picture, sideways, violations

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Page

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


@pytest.mark.parametrize("where", ["?week=2026-W12", "?week=2026-W14&day=2026-03-31"])
def test_given_another_week_or_day_when_it_is_looked_at_then_axe_finds_nothing(
    browser: Browser, where: str
) -> None:
    """A week that is over, with the way on to the next, and a day that is over."""
    keep(office(24), NOW)
    with serving(NOW) as served, browser.looks(served, "stats", "dark", "phone") as tab:
        tab.goto(f"{served.server.url}/stats{where}")

        assert [] == violations(tab)
        assert 0 == sideways(tab)


def test_given_only_keys_when_a_day_a_table_and_a_file_are_wanted_then_they_come(
    browser: Browser, tmp_path: Path
) -> None:
    """Tab and Enter lead to yesterday, unfold its table, and save it."""
    keep(office(24), NOW)
    with serving(NOW) as served, browser.looks(served, "stats") as tab:
        _tab_to(tab, "Wed")
        tab.keyboard.press("Enter")
        tab.wait_for_url("**day=2026-04-01#day")
        assert "Wed 1 Apr" in tab.inner_text("#h-day")
        _tab_to(tab, "As a table")
        assert not tab.is_visible("#table-day")
        tab.keyboard.press("Enter")
        assert tab.is_visible("#table-day")
        _tab_to(tab, "Save as CSV, for a spreadsheet")
        with tab.expect_download() as saving:
            tab.keyboard.press("Enter")

        saving.value.save_as(tmp_path / "day.csv")
        assert "deskbreak-day-2026-04-01.csv" == saving.value.suggested_filename
        assert "2026-04-01T" in (tmp_path / "day.csv").read_text(encoding="utf-8")


def _tab_to(tab: Page, text: str) -> None:
    """Press Tab until what reads *text* has the focus."""
    for _ in range(40):
        tab.keyboard.press("Tab")
        if text == tab.evaluate("document.activeElement.innerText"):
            return
    raise AssertionError(text)


def test_given_a_reader_of_screens_then_each_chart_has_its_name_and_what_it_shows(
    browser: Browser,
) -> None:
    """A chart is one picture, named, with its figures in its description."""
    keep(office(24), NOW)
    with serving(NOW) as served, browser.looks(served, "stats") as tab:
        told = tab.locator("main").aria_snapshot()

    assert "Thu 2 Apr Today: 3:24 h at the desk, 4 of 4 breaks taken" in told
    assert "At the desk Mon: 5:04 h; Tue: 5:15 h; Wed: 5:12 h; Thu: 3:24 h" in told
    assert "Breaks taken of those offered Mon: 3 of 3; Tue: 3 of 5" in told
