"""The ids of sources: what they stand for, in the packs that we ship."""

from __future__ import annotations

import gettext
import re
from pathlib import Path

from deskbreak.core.settings_table import OPINION, SETTINGS
from deskbreak.core.sources import STRENGTHS, Source, line, named, read

PACKS = Path(__file__).parents[2] / "config" / "packs"
WORDS = gettext.NullTranslations()


def shipped(*names: str) -> dict[str, Source]:
    """Read the sources of those packs, the first below the others."""
    return read((PACKS / name).read_text(encoding="utf-8") for name in names)


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


def test_given_the_german_pack_then_guidance_behind_settings_has_german_titles() -> None:
    """The titles of publications stay as they were published."""
    english, german = shipped("en.toml"), shipped("en.toml", "de.toml")
    ids = {id_ for each in SETTINGS.values() for id_ in re.findall(r"G-\d\d", each.source)}

    assert ids == {id_ for id_ in english if english[id_] != german[id_]}


def test_given_a_source_then_one_line_says_what_it_is_and_how_good() -> None:
    """Where the pack does not know it, the id is all there is."""
    known = {"E-08": Source("E-08", "McLean 2001.", "moderate-weak")}
    lines = [line(source, WORDS) for source in named("E-08, E-99", known)]

    assert ["E-08, moderate to weak evidence: McLean 2001.", "E-99"] == lines
    assert () == named(OPINION, known)
