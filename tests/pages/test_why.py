"""Why a prompt is there: two sentences, and every source."""

from __future__ import annotations

import gettext
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from deskbreak.agent.clock import SystemClock
from deskbreak.core import sources
from deskbreak.core.managed import Document, Level, Scope
from deskbreak.pages.desk import Desk
from deskbreak.pages.why import explained
from deskbreak.storage import files
from deskbreak.storage.layers import Settings
from deskbreak.storage.policies import Policies
from tests.pages.looking import serve
from tests.storage.packing import pack, put, trust

if TYPE_CHECKING:
    from tests.pages.looking import Served

WORDS = gettext.NullTranslations()
PACK = (Path(__file__).parents[2] / "config" / "packs" / "en.toml").read_text(encoding="utf-8")
KNOWN = sources.read([PACK])
BEHIND = sources.behind([PACK])


@pytest.mark.parametrize(
    ("prompt", "guidance", "evidence"),
    [
        pytest.param("P-PC-01", "“15-20 minutes in one position” and 1 other", "moderate:", id="x"),
        pytest.param(
            "P-ST-11", "“Include hips and upper gluteus” and 4 others", "moderate:", id="y"
        ),
        pytest.param("P-MA-04", "“Trigger point release” and 7 others", "weak:", id="massage"),
        pytest.param(
            "P-PO-09", "“Cause: long hours in awkward positions”.", "experts", id="expert"
        ),
        pytest.param("P-HA-03", "“Exercise”.", "strong:", id="strong"),
        pytest.param("P-HA-09", "“Communicate; bodies differ” and 3 others", "No study", id="none"),
    ],
)
def test_given_a_prompt_then_two_sentences_say_whence_it_comes_and_how_good_that_is(
    prompt: str, guidance: str, evidence: str
) -> None:
    """What stands behind a caution says nothing of what a movement is good for."""
    first, second = explained(BEHIND[prompt], KNOWN, WORDS).sentences

    assert f"It comes from the guidance {guidance}" in first
    assert evidence in second


def test_given_every_prompt_then_no_sentence_promises_anything_and_no_source_is_lost() -> None:
    """What is said is what the pack says."""
    for prompt, ids in BEHIND.items():
        why = explained(ids, KNOWN, WORDS)
        named = [one.id for one in (*why.guidance, *why.evidence, *why.cautions)]

        assert sorted(ids) == sorted(named), prompt
        assert () == why.other


def test_given_a_pack_of_ones_own_then_its_words_are_shown_as_they_are() -> None:
    """A source can be anything a person trusts."""
    why = explained(["My physiotherapist, 2026."], KNOWN, WORDS)

    assert ("My physiotherapist, 2026.",) == why.other
    assert "a pack of your own" in why.sentences[0]
    assert "It comes from no guidance." == explained([], KNOWN, WORDS).sentences[0]


def test_given_a_pack_of_an_organisation_then_it_is_named_and_not_our_guidance() -> None:
    """Whoever reads it knows whom to ask; what the pack names beside is listed all the same."""
    why = explained(["G-08", "Occupational health, 2026.", "E-08"], KNOWN, WORDS, "Example Ltd")

    assert "It comes from Example Ltd." == why.sentences[0]
    assert (["G-08"], ["E-08"]) == ([x.id for x in why.guidance], [x.id for x in why.evidence])
    assert ("Occupational health, 2026.",) == why.other


def test_given_packs_of_others_then_the_page_says_from_whom_each_prompt_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One of the person's own, one of an organisation that has a name, and one of one without."""
    trust(monkeypatch)
    places = files.places()
    put(tmp_path / "theirs", a=pack("A-1", source=["Occupational health, 2026."]))
    places.packs.parent.mkdir(parents=True, exist_ok=True)
    put(places.packs, mine=pack("M-1", "A-1", source=["My physiotherapist."]))
    said = {}
    for name in ("Example & Co", ""):
        values = {
            "organisation": {"packs": str(tmp_path / "theirs")} | ({"name": name} if name else {})
        }
        document = Document("10.json", Level.MANDATORY, Scope.MACHINE, values)
        policies = Policies(tmp_path / "policy.json", lambda: [document], lambda: document)  # noqa: B023 - read at once
        desk = Desk(places, SystemClock().now, Settings(places.settings, policies))
        with serve(desk) as served:
            for prompt in ("A-1", "M-1"):
                said[name, prompt] = served.get(f"/why?prompt={prompt}").body

    assert "It comes from Example &amp; Co." in said["Example & Co", "A-1"]
    assert "As Example &amp; Co says" in said["Example & Co", "A-1"]
    assert "It comes from your organisation." in said["", "A-1"]
    assert "Occupational health, 2026." in said["", "A-1"]
    assert "My physiotherapist." not in said["", "A-1"]
    assert "It comes from a pack of your own." in said["", "M-1"]
    assert "From a pack of your own" in said["", "M-1"]


def test_given_the_page_then_sources_are_there_with_how_good_they_are(served: Served) -> None:
    """One click from the prompt, and a way back to its steps."""
    body = served.get("/why?prompt=P-MA-04").body

    assert "Wall ball, upper back" in body
    assert "(weak evidence)" in body
    assert "What its caution rests on" in body
    assert "/guide?prompt=P-MA-04" in body
