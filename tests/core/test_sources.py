"""The ids of sources: what they stand for, in the packs that we ship."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from deskbreak.core.settings_table import OPINION, SETTINGS
from deskbreak.core.sources import CAUTIONS, STRENGTHS, Source, behind, line, named, read

PACKS = Path(__file__).parents[2] / "config" / "packs"
WORDS = gettext.NullTranslations()


def shipped(*names: str) -> dict[str, Source]:
    """Read the sources of those packs, the first below the others."""
    return read(text(name) for name in names)


def text(name: str) -> str:
    """Return a pack as it is written."""
    return (PACKS / name).read_text(encoding="utf-8")


def test_given_the_settings_then_each_names_its_sources_or_is_our_opinion() -> None:
    """Nobody has to look up what an id means."""
    known = shipped("en.toml")
    unclear = {
        setting.source
        for setting in SETTINGS.values()
        if setting.source != OPINION
        and ", ".join(source.id for source in named(setting.source, known)) != setting.source
    }
    used = {one for each in SETTINGS.values() for one in named(each.source, known)}

    assert set() == unclear
    assert set() == {source.id for source in used if not source.title}


def test_given_the_english_pack_then_it_says_of_all_evidence_how_good_it_is() -> None:
    """Guidance is no evidence; everything else has one of a few strengths."""
    known = shipped("en.toml").values()

    assert {"G", "E"} == {source.id[0] for source in known}
    assert set() == {source.strength for source in known} - STRENGTHS.keys()
    assert set() == {s.id for s in known if (s.strength == "") != s.id.startswith("G")}


def test_given_the_german_pack_then_guidance_has_german_titles() -> None:
    """That behind settings and prompts; the titles of publications stay as they were published."""
    english, german = shipped("en.toml"), shipped("en.toml", "de.toml")
    ids = {id_ for each in SETTINGS.values() for id_ in re.findall(r"G-\d\d", each.source)}
    ids |= {id_ for each in behind([text("en.toml")]).values() for id_ in each if id_[0] == "G"}

    assert ids == {id_ for id_ in english if english[id_] != german[id_]}


def test_given_a_source_then_one_line_says_what_it_is_and_how_good() -> None:
    """Where the pack does not know it, the id is all there is."""
    known = {"E-08": Source("E-08", "McLean 2001.", "moderate-weak")}
    lines = [line(source, WORDS) for source in named("E-08, E-99", known)]

    assert ["E-08, moderate to weak evidence: McLean 2001.", "E-99"] == lines
    assert () == named(OPINION, known)


def test_given_packs_then_each_prompt_says_what_it_rests_on() -> None:
    """In the order of the pack; of two with one id the first; what cannot be read is left out."""
    own = """
        [[prompt]]
        id = "P-ST-01"
        source = ["my own"]

        [[prompt]]
        id = "MY-1"
        source = ["My physiotherapist, 2026."]

        [[prompt]]
        id = "MY-2"
    """
    found = behind([text("en.toml"), own, "no = [TOML", "prompt = 3"])

    assert ("G-03", "G-20", "G-21", "E-31", "E-45", "E-50") == found["P-ST-01"]
    assert ("My physiotherapist, 2026.",) == found["MY-1"]
    assert "MY-2" not in found


def test_given_the_english_pack_then_cautions_rest_on_what_says_so() -> None:
    """Advice on when to stop is no evidence that a movement helps."""
    known = shipped("en.toml")

    assert set() == CAUTIONS - known.keys()
    assert {"strong", "expert", "weak"} == {known[id_].strength for id_ in CAUTIONS}
