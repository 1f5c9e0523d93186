"""How soon the page of the settings shows what a change would mean."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

if TYPE_CHECKING:
    from tests.pages.looking import Browser, Served

pytestmark = pytest.mark.alone

MOST_MS: Final = 150.0


def test_given_a_browser_when_a_value_is_typed_then_the_week_is_redrawn_soon(
    served: Served, browser: Browser
) -> None:
    """Within 150 ms from key to picture; the middle one of ten, in one of five rounds: machines are busy."""
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
        for _ in range(5):
            took_ms = sorted(tab.evaluate(script))
            if took_ms[5] <= MOST_MS:
                break
        after = tab.inner_text("#preview .figures strong")

    assert before != after
    assert took_ms[5] <= MOST_MS, took_ms
