"""The player of the guide: the figure, the ring, the keys, the tones, and what is too much."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.agent.clock import SystemClock
from deskbreak.core.model import Command, Phase
from deskbreak.storage import files, packs
from deskbreak.storage.layers import Settings
from tests.desktop.parts import wait_for
from tests.pages.answering import Agent, agent
from tests.pages.films import DrawnDesk
from tests.pages.looking import PICTURES, SIZES, WATCHES, picture, serve, sideways, violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page, Response

    from tests.pages.looking import Browser, Served

SOUNDS: Final = """
    window.heard = [];
    const start = OscillatorNode.prototype.start;
    OscillatorNode.prototype.start = function (at) {
        heard.push(Math.round(this.frequency.value));
        return start.call(this, at);
    };
"""
ARMS: Final = "document.querySelectorAll('#figure > svg path')[6].getAttribute('d')"
LARGEST_BYTES: Final = 150_000
"""Of a page with all that it asks for. Source: issue 8, page weight at most 150 kB."""


@pytest.fixture
def drawn() -> Iterator[Served]:
    """Serve pages whose prompts all have a figure."""
    places = files.places()
    with serve(DrawnDesk(places, SystemClock().now, Settings.of(places))) as served:
        yield served


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Agent]:
    """An agent with a prompt to stretch on the screen."""
    with agent(tmp_path, "1m work") as made:
        made.hear(Command("take", "stretch"))
        yield made


def opened(tab: Page, served: Served, path: str) -> None:
    """Open a page of the guide, and wait for its figure if it has one."""
    tab.goto(f"{served.server.url}{path}")
    tab.wait_for_selector("#go:visible")
    tab.wait_for_selector("#figure:has(> svg), #player:not(.drawn)", state="attached")


def stopped(tab: Page, served: Served, path: str) -> None:
    """Open a page of the guide whose clock goes on only where the test says so."""
    tab.clock.install(time=0)
    opened(tab, served, path)
    tab.clock.pause_at(3_600)


def step(tab: Page) -> str:
    """Return which step is being played."""
    return tab.inner_text("#which").split(" · ")[0]


# ── the figure ─────────────────────────────────────────────────────────────────────────────


def test_given_a_pause_or_a_step_back_then_the_figure_is_where_the_seconds_are(
    drawn: Served, browser: Browser
) -> None:
    """It stands in a pause, goes back with its step, and is the same at the same second."""
    with browser.looks(drawn, "safety") as tab:
        stopped(tab, drawn, "/guide?prompt=P-ST-01")
        first = tab.evaluate(ARMS)
        tab.click("#go")
        tab.clock.run_for(4_000)
        raised = tab.evaluate(ARMS)
        tab.click("#go")
        tab.clock.run_for(3_000)
        paused = tab.evaluate(ARMS)
        tab.click("#back")

        assert raised != first
        assert raised == paused
        assert first == tab.evaluate(ARMS)


def test_given_a_shape_that_is_hidden_then_it_is_out_of_the_drawing(
    drawn: Served, browser: Browser
) -> None:
    """And the others lie in the order of the frame, from back to front."""
    with browser.looks(drawn, "safety") as tab:
        stopped(tab, drawn, "/guide?prompt=P-ST-01")
        low = tab.eval_on_selector_all(
            "#figure > svg path", "all => all.map(e => e.className.baseVal)"
        )
        tab.click("#go")
        tab.clock.run_for(4_000)
        high = tab.eval_on_selector_all(
            "#figure > svg path", "all => all.map(e => e.className.baseVal)"
        )

        assert (15, "glow", "top") == (len(low), low[14], low[10])
        assert (14, "face", "top") == (len(high), high[13], high[6])


def test_given_somebody_who_wants_nothing_to_move_then_key_poses_stand_side_by_side(
    drawn: Served, browser: Browser
) -> None:
    """Those of the step; nothing is drawn again until the next one."""
    with browser.looks(drawn, "safety", still=True) as tab:
        tab.clock.install()
        opened(tab, drawn, "/guide?prompt=P-ST-01")
        tab.evaluate(WATCHES)
        tab.click("#go")
        tab.clock.run_for(12_000)
        boxes = [one.bounding_box() for one in tab.locator("#poses svg").all()]

        assert "Step 2 of 5" == step(tab)
        assert not tab.is_visible("#figure > svg")
        assert [] == tab.evaluate("changes")
        (left, right) = boxes
        assert left is not None
        assert right is not None
        assert left["y"] == right["y"]
        assert left["x"] + left["width"] <= right["x"]
        assert [] == violations(tab)
        picture(tab, "guide-still")


def test_given_no_script_then_one_picture_stands_beside_the_words(served: Served) -> None:
    """The one that tells most; a browser with scripts does not ask for it."""
    root = served.server.keys.root
    body = served.get("/guide?prompt=P-ST-01").body

    assert f'<noscript><p class="card pose"><img src="{root}/guide/figure/P-ST-01.svg"' in body


def test_given_a_figure_that_does_not_come_then_the_words_are_the_guide(
    drawn: Served, browser: Browser
) -> None:
    """It is asked for when they are there; nobody waits for it."""
    with browser.looks(drawn, "safety") as tab:
        tab.route("**/guide/film*", lambda route: route.fulfill(body="<"))
        opened(tab, drawn, "/guide?prompt=P-ST-01")
        tab.wait_for_selector("#figure", state="detached")
        tab.keyboard.press("Space")

        assert "Step 1 of 5" == step(tab)
        assert [] == violations(tab)


def test_given_a_prompt_without_a_figure_then_its_page_asks_for_none(served: Served) -> None:
    """Its words are the guide, as large as ever."""
    own = files.places().packs
    own.mkdir(parents=True)
    (own / "own.toml").write_text(OWN_PACK, encoding="utf-8")
    body = served.get("/guide?prompt=OWN-1").body

    assert 'id="player"' in body
    assert "figure" not in body
    assert 404 == served.get("/guide/film?prompt=OWN-1").status


OWN_PACK: Final = """
schema_version = 1
language = "en"
[[prompt]]
id = "OWN-1"
kind = "position"
title = "Look at the sea"
body = "It is there."
caution = ""
areas = ["whole"]
positions = ["standing"]
needs = []
discreet = true
wheelchair = true
avoid_if = []
source = ["our own"]
steps = [{ kind = "move", seconds = 20, text = "Walk to the window." }]
"""


def test_given_the_page_of_any_prompt_then_all_of_it_is_light_and_comes_from_here(
    served: Served, browser: Browser
) -> None:
    """As bytes of everything that is asked for."""
    sizes: dict[str, int] = {}
    with browser.looks(served, "safety") as tab:

        def noted(response: Response) -> None:
            sizes[response.url] = len(response.body())

        tab.on("response", noted)
        opened(tab, served, "/guide?prompt=P-ST-01")
        tab.wait_for_load_state("networkidle")
    film = sizes.pop(f"{served.server.url}/guide/film?prompt=P-ST-01")
    page = sizes.pop(f"{served.server.url}/guide?prompt=P-ST-01")
    beside = sum(sizes.values())
    assert film > page
    assert all(url.startswith(served.server.url) for url in sizes)
    assert any(url.endswith("figure.css") for url in sizes)
    index = packs.read(files.places().packs, "en").index
    heavy = {}
    for one in index:
        parts = [served.get(f"/{path}?prompt={one.id}").body for path in ("guide", "guide/film")]
        size = beside + sum(len(part.encode()) for part in parts)
        if size > LARGEST_BYTES:
            heavy[one.id] = size

    assert {} == heavy


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_given_a_figure_that_moves_when_it_is_looked_at_then_axe_finds_nothing_and_it_fits(
    served: Served, browser: Browser, scheme: str, size: str
) -> None:
    """With what is offered to whom it is too much."""
    with browser.looks(served, "safety", scheme, size) as tab:
        opened(tab, served, "/guide?prompt=P-ST-01")
        tab.click("#go")
        tab.click("#tones")
        tab.wait_for_timeout(1_500)
        picture(tab, f"guide-figure-{scheme}-{size}")
        tab.click("#much")
        picture(tab, f"guide-too-much-{scheme}-{size}")

        assert [] == violations(tab)
        assert 0 == sideways(tab)


# ── too much ───────────────────────────────────────────────────────────────────────────────


def test_given_the_open_prompt_when_it_is_too_much_then_it_pauses_and_counts_for_nothing(
    served: Served, browser: Browser, running: Agent
) -> None:
    """Half as far goes on with it; who follows that to its end has taken the break."""
    assert running.open is not None
    episode = running.open.id
    with browser.looks(served, "safety") as tab:
        tab.clock.install()
        opened(tab, served, "/guide")
        tab.click("#go")
        tab.clock.run_for(3_000)
        tab.click("#much")
        wait_for(lambda: f"guide {episode} paused" == running.said[-1], what="the pause")

        assert (Phase.SHOWN, []) == (running.open.phase, running.ended)
        assert "Go on, half as far" == tab.evaluate("document.activeElement.textContent")
        tab.keyboard.press("Enter")
        wait_for(lambda: f"guide {episode} begun" == running.said[-1], what="it to go on")
        assert not tab.is_visible("#easier")
        assert tab.is_visible("text=Half as far is enough")
        tab.clock.run_for(130_000)
        tab.wait_for_selector("#over:visible")
    assert [("stretch", "taken", "guide")] == running.ended


def test_given_a_softer_prompt_in_place_of_the_open_one_then_only_the_person_says_that_it_is_done(
    served: Served, browser: Browser, running: Agent
) -> None:
    """Its end answers nothing; while it is followed no notification comes."""
    assert running.open is not None
    episode = running.open.id
    with browser.looks(served, "safety") as tab:
        tab.clock.install()
        opened(tab, served, "/guide")
        tab.click("#go")
        tab.clock.run_for(3_000)
        tab.click("#much")
        with tab.expect_navigation():
            tab.click("#softer")
        tab.wait_for_selector("#go:visible")
        tab.wait_for_load_state("networkidle")
        assert f"guide {episode} closed" not in running.said
        assert running.desk.delivery.on_screen is None
        assert f"instead={episode}" in tab.url
        assert tab.is_visible("text=In place of “Ear toward shoulder”")
        tab.click("#go")
        tab.clock.run_for(130_000)
        tab.wait_for_selector("#over:visible")
        tab.wait_for_load_state("networkidle")

        assert "Say below how it was" in tab.inner_text("#over")
        assert [] == running.ended
        assert ["done", "postpone", "skip"] == tab.eval_on_selector_all(
            "#answers button", "all => all.map(e => e.value)"
        )
        tab.click("[value=done]")
        tab.wait_for_selector("h1:has-text('Done')")
    assert [("stretch", "taken", "answer")] == running.ended


def test_given_another_prompt_than_the_open_one_then_its_page_is_about_that_one_alone(
    served: Served, running: Agent
) -> None:
    """Unless it is followed in its place, which only one of the same kind can be."""
    assert running.open is not None
    episode = running.open.id

    assert 'id="answers"' not in served.get("/guide?prompt=P-ST-04").body
    assert 'id="answers"' in served.get(f"/guide?prompt=P-ST-04&instead={episode}").body
    assert 'id="answers"' not in served.get(f"/guide?prompt=P-PC-04&instead={episode}").body
    assert 'id="answers"' not in served.get("/guide?prompt=P-ST-04&instead=99").body


def test_given_a_prompt_when_nothing_is_softer_then_half_as_far_is_offered_alone(
    served: Served,
) -> None:
    """And to whom nothing can be too much, nothing is offered."""
    assert "Softer: Big slow shoulder circles" in served.get("/guide?prompt=P-ST-01").body
    hardest = served.get("/guide?prompt=P-ST-20").body
    assert ("Softer:" in hardest, 'id="much"' in hardest) == (False, True)

    assert 'id="much"' not in served.get("/guide?prompt=P-HA-02").body


# ── keys, tones, the whole screen ──────────────────────────────────────────────────────────


def test_given_keys_alone_then_the_whole_player_can_be_used(
    served: Served, browser: Browser
) -> None:
    """Wherever the focus is, but on what has a use for the key itself."""
    with browser.looks(served, "safety") as tab:
        stopped(tab, served, "/guide?prompt=P-ST-01")
        tab.keyboard.press("ArrowLeft")  # nothing has begun that could go back
        tab.keyboard.press("Space")
        assert ("Pause", "Step 1 of 5") == (tab.inner_text("#go"), step(tab))
        tab.clock.run_for(12_500)
        tab.keyboard.press("ArrowLeft")
        assert ("Step 2 of 5", "15") == (step(tab), tab.inner_text("#left"))
        tab.keyboard.press("ArrowLeft")
        assert "Step 1 of 5" == step(tab)
        tab.keyboard.press("Space")
        assert "Paused. Take your time." == tab.inner_text("#said")
        assert 0 == tab.evaluate("scrollY")
        tab.focus("summary")
        tab.keyboard.press("Space")
        assert tab.is_visible("text=Guidance, from the article")
        tab.keyboard.press("Shift+Space")
        assert "Go on" == tab.inner_text("#go")


def test_given_the_tab_key_then_each_control_is_reached_in_the_order_of_reading(
    served: Served, browser: Browser
) -> None:
    """And one sees where one is, in what is offered to whom it is too much as well."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served, "/guide?prompt=P-ST-01")
        tab.click("#go")
        tab.click("#much")
        tab.focus("#back")
        tab.keyboard.press("Shift+Tab")
        reached = []
        for _ in range(8):
            reached.append(tab.evaluate("document.activeElement.textContent"))
            assert "none" != tab.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            tab.keyboard.press("Tab")

    assert reached == [
        *("Go on", "Back", "Too much", "Soft tones", "Full screen"),
        *("When to stop, and warning signs", "Go on, half as far"),
        "Softer: Big slow shoulder circles",
    ]


def test_given_soft_tones_then_each_step_and_each_breath_of_a_hold_is_heard_and_a_pause_is_silent(
    served: Served, browser: Browser
) -> None:
    """Off until somebody wants them, made by the page itself."""
    with browser.looks(served, "safety") as tab:
        tab.add_init_script(SOUNDS)
        stopped(tab, served, "/guide?prompt=P-ST-01")
        tab.click("#go")
        tab.clock.run_for(1_000)
        assert [] == tab.evaluate("heard")
        tab.click("#tones")
        assert "true" == tab.get_attribute("#tones", "aria-pressed")
        tab.clock.run_for(16_500)  # into the second breath of the first hold
        assert [440, 196, 196] == tab.evaluate("heard")
        tab.click("#go")
        tab.clock.run_for(10_000)
        assert [440, 196, 196] == tab.evaluate("heard")
        tab.click("#go")
        tab.clock.run_for(39_000)
        tab.wait_for_selector("#over:visible")

        assert [440, 196, 196, 196, 440, 440, 196, 196, 196, 440, 330] == tab.evaluate("heard")


def test_given_the_whole_screen_then_it_is_filled_and_left_by_a_button_or_at_the_end(
    served: Served, browser: Browser
) -> None:
    """Care comes along; Escape is the browser's own, which no test can press for it."""
    with browser.looks(served, "safety", "dark") as tab:
        tab.set_viewport_size({"width": 1920, "height": 1080})
        tab.clock.install()
        opened(tab, served, "/guide?prompt=P-ST-01")
        tab.click("#fill")
        tab.wait_for_selector("#fill:has-text('Leave full screen')")
        tab.click("#go")
        tab.clock.run_for(3_000)
        box = tab.locator("#figure").bounding_box()
        assert box is not None
        assert 700 < box["height"] < 1080
        assert tab.is_visible("#caution")
        assert [] == violations(tab)
        tab.screenshot(path=str(PICTURES / "guide-full-screen.png"))
        tab.click("#fill")
        tab.wait_for_selector("#fill:has-text('Full screen')")
        tab.click("#fill")
        tab.wait_for_selector("#fill:has-text('Leave full screen')")
        tab.clock.run_for(60_000)
        tab.wait_for_selector("#over:visible")

        assert not tab.evaluate("!!document.fullscreenElement")
