"""How soon a page is drawn again: the week beside the settings, and the figure of the guide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.pages.looking import WATCHES

if TYPE_CHECKING:
    from tests.pages.looking import Browser, Served

pytestmark = pytest.mark.alone

MOST_MS: Final = 150.0


def test_given_a_browser_when_a_value_is_typed_then_the_week_is_redrawn_soon(
    served: Served, browser: Browser
) -> None:
    """Within 150 ms from key to picture, in the middle one of ten."""
    script = """async () => {
      const field = document.getElementById("position.interval_minutes");
      const preview = document.getElementById("preview");
      const took = [];
      for (const value of [15, 30, 16, 31, 17, 32, 18, 33, 19, 34]) {
        const start = performance.now();
        const drawn = new Promise((done) => {
          const watch = new MutationObserver(() => {
            watch.disconnect();
            requestAnimationFrame(() => done(performance.now() - start));
          });
          watch.observe(preview, { childList: true });
        });
        field.value = value;
        field.dispatchEvent(new Event("input", { bubbles: true }));
        took.push(await drawn);
      }
      return took;
    }"""
    with browser.looks(served, "settings") as tab:
        before = tab.inner_text("#preview .figures strong")
        took_ms = sorted(tab.evaluate(script))
        after = tab.inner_text("#preview .figures strong")

    assert before != after
    assert took_ms[5] <= MOST_MS, took_ms


def test_given_a_figure_that_moves_then_it_is_drawn_thirty_times_a_second(
    served: Served, browser: Browser
) -> None:
    """In a real browser, for five seconds of a step; nothing moves before it, nor in a pause."""
    with browser.looks(served, "safety") as tab:
        tab.goto(f"{served.server.url}/guide?prompt=P-ST-01")
        tab.wait_for_selector("#go:visible")
        tab.wait_for_selector("#figure > svg", state="attached")
        tab.evaluate(WATCHES)
        tab.wait_for_timeout(500)
        assert [] == tab.evaluate("changes")
        tab.click("#go")
        tab.wait_for_timeout(5_500)
        tab.click("#go")
        times = tab.evaluate("changes.filter(at => at < changes[0] + 5000)")

        assert len(times) / 5 >= 30
        tab.wait_for_timeout(300)
        seen = tab.evaluate("changes.length")
        tab.wait_for_timeout(500)
        assert seen == tab.evaluate("changes.length")
