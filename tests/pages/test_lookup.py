"""Looking prompts up: by area, by kind, by words; and which of them are not for me."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pytest

from deskbreak.agent.clock import SystemClock
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.pages.desk import Desk
from deskbreak.pages.lookup import folded
from deskbreak.storage import files, packs
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.pages.answering import agent
from tests.pages.looking import serve
from tests.pages.shelves import cards, seen, settings
from tests.storage.packing import pack, put, trust

if TYPE_CHECKING:
    from pathlib import Path

    from tests.pages.looking import Browser, Served


# ── looking ────────────────────────────────────────────────────────────────────────────────


def test_given_the_list_then_every_prompt_is_there_once_with_all_that_is_known_of_it(
    served: Served,
) -> None:
    """Its figure, steps, seconds, caution, guidance and evidence; below its first area."""
    settings().set("person.equipment", "wall, ball, sit_stand_desk")
    desk = Desk(files.places(), SystemClock().now, settings())
    pack, figures = desk.pack(desk.resolved()), desk.figures(desk.resolved())
    found = cards(served.get("/guide/all"))

    assert {one.id for one in pack.index} == found.keys()
    for entry in pack.index:
        card, text = html.unescape(found[entry.id]), pack.texts[entry.id]
        assert figures.has(entry.id) == (f"/guide/figure/{entry.id}.svg" in card)
        assert text.title in card
        assert text.body in card
        assert text.caution in card
        assert f"{entry.total_s} s" in card
        assert all(f"{step.text} <small>{step.seconds} s" in card for step in text.steps)
        assert "<b>Guidance</b>" in card
        assert "evidence" in card or "experts" in card or "No study" in card


def test_given_the_list_then_each_shelf_has_those_whose_first_area_it_is(served: Served) -> None:
    """Nobody meets the same prompt three times."""
    body = served.get("/guide/all").body
    shelves = dict(re.findall(r'<h2 id="area-(\w+)">(.*?)</section>', body, re.DOTALL))
    first = {one.id: one.areas[0] for one in packs.read(files.places().packs, "en").index}

    assert 8 <= len(shelves)
    for area, shelf in shelves.items():
        assert {area} == {first[one] for one in re.findall(r'<h3 id="p-([^"]+)"', shelf)}


def test_given_what_is_chosen_then_only_such_prompts_are_there_and_one_choice_keeps_the_other(
    served: Served,
) -> None:
    """An area is any that a prompt works on; what is no area and no kind is any."""
    index = packs.read(files.places().packs, "en").index
    answer = served.get("/guide/all?area=neck&kind=posture&q=")
    expected = {one.id for one in index if "neck" in one.areas and one.kind == "posture"}

    assert expected == set(seen(answer))
    assert 1 == answer.body.count("<h2 id=area-") + answer.body.count('<h2 id="area-')
    assert "/guide/all?area=neck&amp;kind=eyes" in answer.body
    assert "/guide/all?kind=posture" in answer.body
    assert len(index) == len(seen(served.get("/guide/all?area=toes&kind=magic")))


@pytest.mark.parametrize(
    ("words", "some", "others"),
    [
        pytest.param("EAR+shoulder", {"P-ST-01"}, {"P-ST-19"}, id="all words, any case"),
        pytest.param("b%C3%A0ll+w%C3%A2ll", {"P-MA-04"}, {"P-MA-03"}, id="accents"),
        pytest.param("double", {"P-ST-01", "P-PO-08"}, {"P-PC-01"}, id="in the caution"),
        pytest.param("hug+yourself", {"P-ST-22", "P-ST-06"}, {"P-ST-01"}, id="in a step"),
        pytest.param("away+from+the+desk", {"P-HA-07"}, {"P-ST-01"}, id="where"),
        pytest.param("habit", {"P-HA-01"}, {"P-EY-01"}, id="kind"),
    ],
)
def test_given_words_and_no_script_then_prompts_with_all_of_them_are_seen(
    served: Served, words: str, some: set[str], others: set[str]
) -> None:
    """An ordinary form asks for them."""
    answer = served.get(f"/guide/all?q={words}")
    found = set(seen(answer))

    assert some <= found
    assert not others & found
    assert f"Shown: {len(found)} of 85" in answer.body


def test_given_words_that_nothing_has_then_the_list_says_so_and_leads_back(served: Served) -> None:
    """What was typed is never markup."""
    answer = served.get("/guide/all?q=%3Cscript%3E%22x")

    assert [] == seen(answer)
    assert '<p id="none">Nothing here is like that.' in answer.body
    assert "<script>&quot;" not in answer.body
    assert 'value="&lt;script&gt;&#34;x"' in answer.body


@pytest.mark.parametrize("language", ["en", "de"])
def test_given_words_that_are_typed_then_the_script_finds_what_the_server_finds(
    served: Served, browser: Browser, language: str
) -> None:
    """And says how many; a chip then keeps the words."""
    settings().set("language", language)
    with browser.looks(served, "guide") as tab:
        tab.wait_for_load_state()
        for words in (
            "schulter",
            "RÜCKEN",
            "stoss",
            "ball wall",
            "fuss",
            "15",
            "care",
            "e",
            "xyz",
            "  ",
        ):
            tab.fill("#q", words)
            expected = seen(served.get(f"/guide/all?{urlencode({'q': words})}"))
            shown = tab.locator(".shelf > ul > li:visible").count()
            count = re.findall(r"\d+", tab.inner_text("#count"))

            assert len(expected) == shown, words
            assert [str(shown), "85"] == count
            assert (shown == 0) == tab.is_visible("#none")
        tab.fill("#q", "ball")
        tab.click(".chips a[href*='kind=massage']")
        tab.wait_for_url("**/guide/all?kind=massage&q=ball")
        assert "ball" == tab.input_value("#q")
        few = tab.locator(".shelf > ul > li:visible").count()
        tab.fill("#q", "")  # what the words hid is there again

        assert 12 == tab.locator(".shelf > ul > li:visible").count()
        assert 0 < few < 12


def test_given_letters_then_case_and_accents_are_no_difference() -> None:
    """As one types in a hurry."""
    assert "rucken, strasse, cafe" == folded("RÜCKEN, Straße, Café")


def test_given_an_open_prompt_then_the_list_can_be_looked_at_all_the_same(
    served: Served, tmp_path: Path
) -> None:
    """The guide itself shows the open one."""
    with agent(tmp_path):
        assert "The steps" in served.get("/guide").body
        assert 85 == len(seen(served.get("/guide/all")))


def test_given_prompts_that_are_not_built_in_then_they_are_marked_and_their_sources_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One's own, and those of an organisation; what they say is text, never markup."""
    trust(monkeypatch)
    places = files.places()
    places.packs.parent.mkdir(parents=True, exist_ok=True)
    put(places.packs, mine=pack("M-1", title="<b>Up</b>", source=["My physiotherapist, 2026"]))
    put(tmp_path / "theirs", a=pack("A-1"))
    values = {"organisation": {"packs": str(tmp_path / "theirs"), "name": "Example & Co"}}
    document = Document("10.json", Level.MANDATORY, Scope.MACHINE, values)
    policies = Policies(tmp_path / "policy.json", lambda: [document], lambda: document)
    with serve(Desk(places, SystemClock().now, Settings(places.settings, policies))) as served:
        found = cards(served.get("/guide/all"))

    assert '<p class="mark">From a pack of your own</p>' in found["M-1"]
    assert "“My physiotherapist, 2026”" in found["M-1"]
    assert "&lt;b&gt;Up&lt;/b&gt;" in found["M-1"]
    assert '<p class="mark">It comes from Example &amp; Co.</p>' in found["A-1"]
    assert "“Example Ltd, occupational health”" in found["A-1"]
    assert "<img" not in found["M-1"] + found["A-1"]
    assert 2 == sum('class="mark"' in one for one in found.values())
