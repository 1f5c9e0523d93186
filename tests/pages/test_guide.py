"""The guide: steps of the open prompt and of any other, played, paused, left, and answered."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from deskbreak.core.model import Command
from deskbreak.pages.app import FORM_KEY
from deskbreak.storage import files, packs
from tests.desktop.parts import wait_for
from tests.pages.answering import Agent, agent
from tests.pages.forms import send
from tests.pages.looking import SIZES, picture, sideways, violations

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Page

    from tests.pages.looking import Browser, Served

STEPS = "[...document.querySelectorAll('#list li')].map(e => Number(e.dataset.seconds))"


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Agent]:
    """An agent with a prompt to change position on the screen."""
    with agent(tmp_path) as made:
        yield made


def opened(tab: Page, served: Served, path: str = "/guide") -> None:
    """Open a page of the guide with a clock that also leaps when the test says so."""
    tab.clock.install()
    tab.goto(f"{served.server.url}{path}")
    tab.wait_for_selector("#go:visible")


def settled(tab: Page) -> None:
    """Wait until the page has heard all answers."""
    tab.evaluate("1")
    tab.wait_for_load_state("networkidle")


# ── the open prompt ────────────────────────────────────────────────────────────────────────


def test_given_the_open_prompt_when_its_steps_are_followed_then_it_is_taken_by_the_guide_once(
    served: Served, browser: Browser, running: Agent
) -> None:
    """The notification goes when the page opens; a pause ends nothing; the end is the only end."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served)
        settled(tab)
        assert running.desk.delivery.on_screen is None
        total_s = sum(tab.evaluate(STEPS))
        tab.keyboard.press("Enter")  # whoever asked how wants to begin
        tab.clock.run_for(7_000)
        settled(tab)
        tab.click("#go")
        tab.clock.run_for(600_000)
        settled(tab)
        assert [] == running.ended
        tab.click("#go")
        tab.clock.run_for((total_s - 8) * 1000)
        settled(tab)
        assert [] == running.ended
        tab.clock.run_for(2_000)
        tab.wait_for_selector("#over:visible")

        assert "It counts as taken" in tab.inner_text("#over")
        assert not tab.is_visible("#answers")
        assert [] == violations(tab)
        picture(tab, "guide-over")
    assert [("position", "taken", "guide")] == running.ended
    assert ["guide 1 begun", "guide 1 paused", "guide 1 begun"] == [
        one for one in running.said if one.endswith(("begun", "paused"))
    ][1:]


def test_given_a_page_that_is_closed_then_nothing_is_answered_and_the_prompt_is_shown_again(
    served: Served, browser: Browser, running: Agent
) -> None:
    """In the midst of its steps, too."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served)
        tab.click("#go")
        tab.clock.run_for(3_000)
        settled(tab)
        tab.goto("about:blank")
        wait_for(lambda: "guide 1 closed" == running.said[-1], what="the page to say that it goes")

    assert running.open is not None
    assert not running.open.paged
    assert running.desk.delivery.on_screen is not None  # again
    assert [] == running.ended


def test_given_a_prompt_that_was_answered_elsewhere_then_the_page_says_so_and_goes_on(
    served: Served, browser: Browser, running: Agent
) -> None:
    """At its next sign of life; nobody is thrown out of a stretch."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served)
        tab.click("#go")
        settled(tab)
        running.hear(Command("answer", "done"))
        tab.clock.run_for(5_200)
        settled(tab)
        tab.wait_for_selector("#said:has-text('counts as taken already')")

        assert "Pause" == tab.inner_text("#go")
        assert not tab.is_visible("#answers")
    assert [("position", "taken", "answer")] == running.ended


def test_given_something_that_comes_between_then_the_page_pauses_by_itself(
    served: Served, browser: Browser, running: Agent
) -> None:
    """The agent has taken the prompt from the page; going on begins it anew."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served)
        tab.click("#go")
        settled(tab)
        running.hear(Command("guide", "1 closed"))  # as a call or a lock would
        tab.clock.run_for(5_200)
        settled(tab)
        tab.wait_for_selector("#go:has-text('Go on')")

        assert "something else wants you" in tab.inner_text("#said")


@pytest.mark.parametrize(
    ("choice", "title", "ended"),
    [
        ("done", "Done", [("position", "taken", "answer")]),
        ("skip", "Skipped", [("position", "skipped", None)]),
        ("postpone", "Later", []),
    ],
)
def test_given_a_button_then_the_open_prompt_is_answered_without_a_script(
    served: Served, running: Agent, choice: str, title: str, ended: list[object]
) -> None:
    """Each form is an ordinary one; the page after it says what came of it."""
    answer = send(served, "/guide/answer", episode="1", choice=choice)
    after = answer.headers["location"].removeprefix(served.server.keys.root)

    assert (303, f"/guide/after?what={choice}") == (answer.status, after)
    assert f"<h1>{title}</h1>" in served.get(after).body
    assert ended == running.ended


def test_given_a_button_of_an_old_page_then_no_other_prompt_is_hit(
    served: Served, running: Agent
) -> None:
    """The page was open for an hour; another prompt is open now."""
    answer = send(served, "/guide/answer", episode="7", choice="done")

    assert answer.headers["location"].endswith("/guide/after?what=late")
    assert [] == running.ended


def test_given_not_for_me_then_the_same_prompt_has_another_text(
    served: Served, running: Agent
) -> None:
    """And the text is hidden for good."""
    before = running.open
    assert before is not None
    answer = send(served, "/guide/answer", episode="1", choice="not-for-me")

    assert answer.headers["location"].endswith("/guide")
    assert running.open is not None
    assert before.prompt != running.open.prompt
    assert [("person.hidden_prompts", before.prompt)] == running.desk.outside.settings


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_given_a_running_guide_when_it_is_looked_at_then_axe_finds_nothing_and_it_fits(
    served: Served, browser: Browser, running: Agent, scheme: str, size: str
) -> None:
    """With the prompt's own answers beside it."""
    with browser.looks(served, "safety", scheme, size) as tab:
        opened(tab, served)
        tab.click("#go")
        tab.clock.run_for(4_000)
        settled(tab)
        picture(tab, f"guide-running-{scheme}-{size}")

        assert [] == violations(tab)
        assert 0 == sideways(tab)


def test_given_an_open_prompt_without_a_text_then_it_can_be_answered_beside_the_list(
    served: Served, browser: Browser, tmp_path: Path
) -> None:
    """All its texts are hidden, or none suits."""
    ids = [one.id for one in packs.read(files.places().packs, "en").index]
    (tmp_path / "settings.toml").write_text(f"[person]\nhidden_prompts = {ids}\n")
    with agent(tmp_path) as running, browser.looks(served, "guide") as tab:
        assert tab.is_visible("text=Time to change position")
        assert 3 == tab.locator("#answers button").count()
        assert [] == violations(tab)
        tab.click("[value=done]")
        tab.wait_for_selector("h1:has-text('Done')")

        assert [("position", "taken", "answer")] == running.ended


# ── any prompt ─────────────────────────────────────────────────────────────────────────────


def test_given_any_prompt_when_it_is_played_then_each_step_is_said_once(
    served: Served, browser: Browser
) -> None:
    """The countdown is silent; a reader hears the steps, in order, and nothing between them."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served, "/guide?prompt=P-ST-01")
        tab.evaluate(
            "window.heard = []; new MutationObserver(() => heard.push("
            "document.querySelector('#step').innerText)).observe("
            "document.querySelector('#step'), {childList: true, subtree: true, characterData: true})"
        )
        tab.click("#go")
        tab.clock.run_for(56_000)
        tab.wait_for_selector("#over:visible")
        heard = [one.splitlines() for one in tab.evaluate("heard")]
        steps = tab.evaluate(
            "[...document.querySelectorAll('#list .what')].map(e => e.textContent)"
        )

        assert steps == [lines[-1] for lines in heard]
        assert [f"Step {n} of 5" for n in range(1, 6)] == [one[0].split(" · ")[0] for one in heard]
        assert "off" == tab.get_attribute("[role=timer]", "aria-live")
        assert "It counts" not in tab.inner_text("#over")
        tab.click("#again")
        assert "Pause" == tab.inner_text("#go")


def test_given_back_then_the_step_begins_again_or_the_one_before_does(
    served: Served, browser: Browser
) -> None:
    """As everybody knows it from music; keys alone do it all."""
    with browser.looks(served, "safety") as tab:
        opened(tab, served, "/guide?prompt=P-ST-01")
        tab.focus("#go")
        tab.keyboard.press("Space")
        tab.clock.run_for(16_000)
        assert "Step 2 of 5" == step(tab)
        assert int(tab.inner_text("#left")) in {8, 9, 10}
        tab.keyboard.press("Tab")
        tab.keyboard.press("Enter")
        assert "Step 2 of 5" == step(tab)
        assert int(tab.inner_text("#left")) in {14, 15}
        tab.keyboard.press("Enter")

        assert "Step 1 of 5" == step(tab)
        tab.clock.run_for(10_200)
        assert "Step 2 of 5" == step(tab)


def step(tab: Page) -> str:
    """Return which step is being played."""
    return tab.inner_text("#which").split(" · ")[0]


@pytest.mark.parametrize("prompt", ["P-ST-01", "P-MA-04", "P-HA-09"])
@pytest.mark.parametrize("page", ["guide", "why"])
def test_given_any_prompt_then_its_page_and_its_reasons_have_no_violations(
    served: Served, browser: Browser, prompt: str, page: str
) -> None:
    """With all that can be unfolded unfolded."""
    with browser.looks(served, "safety", "dark") as tab:
        tab.goto(f"{served.server.url}/{page}?prompt={prompt}")
        tab.evaluate("document.querySelectorAll('details').forEach(e => e.open = true)")
        picture(tab, f"{page}-{prompt}")

        assert [] == violations(tab)


def test_given_a_self_massage_then_its_cautions_stand_before_its_steps(served: Served) -> None:
    """Nobody has to look for them."""
    body = served.get("/guide?prompt=P-MA-04").body

    assert body.index("a blood clot now or in the past") < body.index("The steps")
    assert "never on the spine" in body


def test_given_no_script_then_every_step_is_there_to_be_read(
    served: Served,
) -> None:
    """With its seconds; the player, which could do nothing, is not."""
    body = served.get("/guide?prompt=P-ST-01").body

    assert 5 == body.count("<li data-seconds=")
    assert 'id="player" hidden' in body


@pytest.mark.parametrize("path", ["/guide?prompt=P-XX-99", "/why", "/why?prompt=%00"])
def test_given_a_prompt_that_is_unknown_then_there_is_no_such_page(
    served: Served, path: str
) -> None:
    """An old link, or somebody tries."""
    assert 404 == served.get(path).status


# ── forms that are none of ours ────────────────────────────────────────────────────────────


@pytest.mark.parametrize("path", ["/guide/say", "/guide/answer", "/guide/hide", "/welcome"])
def test_given_a_form_without_our_key_then_it_is_refused(served: Served, path: str) -> None:
    """Whatever it says."""
    fields = {"episode": "1", "word": "ended", "choice": "done", "prompt": "P-ST-01"}

    assert 403 == served.post(path, urlencode(fields)).status
    assert 403 == served.post(path, urlencode({FORM_KEY: "x", **fields})).status


@pytest.mark.parametrize(
    ("path", "fields"),
    [
        ("/guide/say", {"episode": "1", "word": "done"}),
        ("/guide/say", {"episode": "one", "word": "begun"}),
        ("/guide/say", {"episode": "٣", "word": "begun"}),
        ("/guide/answer", {"episode": "1", "choice": "start"}),
        ("/guide/answer", {"episode": "1 done\n", "choice": "done"}),
        ("/guide/hide", {"prompt": "P-XX-99"}),
    ],
)
def test_given_nonsense_in_a_form_then_nothing_is_done(
    served: Served, path: str, fields: dict[str, str]
) -> None:
    """Our own pages send none."""
    assert 404 == send(served, path, **fields).status


def test_given_no_agent_then_the_page_hears_that_nothing_is_open(served: Served) -> None:
    """It goes on by itself."""
    said = send(served, "/guide/say", episode="1", word="going")
    answered = send(served, "/guide/answer", episode="1", choice="done")

    assert {"open": False, "followed": False, "taken": False} == json.loads(said.body)
    assert answered.headers["location"].endswith("what=gone")
