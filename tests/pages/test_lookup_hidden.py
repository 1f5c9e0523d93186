"""Which prompts are not for me, and which do not suit: at the end of the list, with a reason."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from deskbreak.storage import files
from tests.desktop.parts import wait_for
from tests.pages.forms import send
from tests.pages.servers import is_listening
from tests.pages.shelves import cards, seen, settings

if TYPE_CHECKING:
    from tests.pages.looking import Browser, Served


# ── what is left out ───────────────────────────────────────────────────────────────────────


def test_given_what_a_person_has_said_then_what_does_not_suit_is_at_the_end_with_its_reason(
    served: Served,
) -> None:
    """It can be read and followed all the same, and one sees where to change one's mind."""
    settings().set("person.avoid", "sciatica, pregnancy")
    settings().set("person.hidden_prompts", "P-ST-03")
    answer = served.get("/guide/all")
    before, after = answer.body.split("Left out for you")
    found = cards(answer)

    assert 85 == len(found)
    assert 'id="p-P-ST-01"' in before
    for prompt, reason in (
        ("P-ST-03", "You have said that this is not for you."),
        ("P-MA-05", "You have asked to take care with: Pregnancy; Sciatica"),
        ("P-MA-04", "It needs what you have not said you have: A free wall; A small ball."),
    ):
        assert f'id="p-{prompt}"' in after
        assert reason in found[prompt]
    assert "Let it come again" in found["P-ST-03"]
    assert "/settings#person" in after


def test_given_a_kind_that_is_off_then_its_prompts_say_so(served: Served) -> None:
    """Massage is off at first."""
    found = cards(served.get("/guide/all?kind=massage"))

    assert all("Self-massage (switched off)" in one for one in found.values())
    assert all("/safety#massage" in one for one in found.values())
    settings().set("massage.enabled", "true")
    assert "switched off" not in cards(served.get("/guide/all?kind=massage"))["P-MA-01"]


def test_given_not_for_me_then_it_stays_in_its_place_until_the_next_look(served: Served) -> None:
    """The address that stays in the browser's history says nothing of it."""
    fields = {"list": "yes", "area": "neck", "kind": "", "q": ""}
    answer = send(served, "/guide/hide", prompt="P-ST-01", **fields)
    card = cards(answer)["P-ST-01"]

    assert (200, ("P-ST-01",)) == (answer.status, settings().load().texts("person.hidden_prompts"))
    assert "“Ear toward shoulder” will not come any more." in card
    assert re.search(r'form="show" name="prompt" value="P-ST-01"[^>]* id="here"', card)
    assert 1 == answer.body.count('id="here"')
    assert 'id="p-P-ST-01"' in answer.body.split("Left out for you")[0]
    assert "P-PC-01" not in seen(answer)  # the area that was chosen is so still
    assert 'id="p-P-ST-01"' in served.get("/guide/all").body.split("Left out for you")[1]

    again = cards(send(served, "/guide/hide", prompt="P-ST-01", again="yes", **fields))["P-ST-01"]
    assert "“Ear toward shoulder” comes again." in again
    assert re.search(r'form="hide" name="prompt" value="P-ST-01"[^>]* id="here"', again)
    assert () == settings().load().texts("person.hidden_prompts")


def test_given_not_for_me_on_the_page_of_a_prompt_then_the_list_offers_to_take_it_back(
    served: Served,
) -> None:
    """That page is gone; the list begins with what was done there."""
    answer = send(served, "/guide/hide", prompt="P-ST-01")

    assert (200, ("P-ST-01",)) == (answer.status, settings().load().texts("person.hidden_prompts"))
    assert "“Ear toward shoulder” will not come any more." in answer.body.split("<h2")[0]
    assert 'id="here"' not in answer.body
    again = send(served, "/guide/hide", prompt="P-ST-01", again="yes")
    assert 'id="p-P-ST-01"' in again.body.split("Left out for you")[0]
    assert () == settings().load().texts("person.hidden_prompts")


def test_given_keys_alone_then_a_prompt_is_hidden_and_shown_again_without_leaving_the_place(
    served: Served, browser: Browser
) -> None:
    """Nothing moves, focus stays, and a reader hears what came of it."""
    with browser.looks(served, "guide") as tab:
        tab.wait_for_load_state()
        tab.locator("li:has(#p-P-PO-03) summary").focus()
        tab.keyboard.press("Enter")
        tab.locator("li:has(#p-P-PO-03) button").focus()
        before = tab.evaluate("scrollY")
        tab.keyboard.press("Enter")
        tab.wait_for_selector("#said:has-text('will not come any more')", state="attached")

        assert "Let it come again" == tab.inner_text(":focus")
        assert before == tab.evaluate("scrollY") > 0
        assert tab.evaluate("document.querySelector('li:has(#p-P-PO-03) details').open")
        assert ("P-PO-03",) == settings().load().texts("person.hidden_prompts")
        tab.keyboard.press("Space")
        tab.wait_for_selector("#said:has-text('comes again')", state="attached")
        assert "Not for me" == tab.inner_text(":focus")
        assert () == settings().load().texts("person.hidden_prompts")
        assert tab.url.endswith("/guide")


def test_given_no_script_then_the_same_button_leads_back_to_the_same_prompt(
    served: Served, browser: Browser
) -> None:
    """With a new page, on which the button that undoes it is in view and has the focus."""
    context = browser._chromium.new_context(java_script_enabled=False)
    try:
        tab = context.new_page()
        tab.goto(served.server.way_in("guide").as_uri())
        tab.click("li:has(#p-P-PO-03) button")
        tab.wait_for_selector("#here")

        assert "Let it come again" == tab.inner_text(":focus")
        box = tab.locator("#here").bounding_box()
        assert box is not None
        assert 0 < box["y"] < 720
        assert tab.url.endswith("/guide/hide#here")
        tab.fill("#q", "double")
        tab.click("#find button")
        tab.wait_for_url("**/guide/all?q=double")
        assert 5 == tab.locator(".shelf > ul > li:visible").count()
    finally:
        context.close()


def test_given_settings_that_cannot_be_changed_then_the_button_leads_to_what_is_wrong(
    served: Served, browser: Browser
) -> None:
    """With the script as without it."""
    context = browser._chromium.new_context()
    try:
        tab = context.new_page()
        tab.goto(served.server.way_in("guide").as_uri())
        tab.wait_for_selector("h1:has-text('Choose')")
        tab.wait_for_load_state()
        path = files.places().settings
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("[person\n")
        tab.click("li:has(#p-P-ST-01) button")
        tab.wait_for_url("**/guide/hide#here")

        assert str(path) in tab.inner_text("main")
        assert "[person\n" == path.read_text()
    finally:
        context.close()


def test_given_a_server_that_has_ended_then_the_button_says_so_and_the_page_stays(
    served: Served, browser: Browser
) -> None:
    """What one reads is still there to be read."""
    context = browser._chromium.new_context()
    try:
        tab = context.new_page()
        tab.goto(served.server.way_in("guide").as_uri())
        tab.wait_for_selector("h1:has-text('Choose')")
        tab.wait_for_load_state()
        served.server.stop()
        wait_for(lambda: not is_listening(served.server.port), what="its end")
        tab.click("li:has(#p-P-ST-01) button")
        tab.wait_for_selector("#gone", state="visible")

        assert "Not for me" == tab.inner_text("li:has(#p-P-ST-01) button")
    finally:
        context.close()
