from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from dataclasses import fields, replace
from functools import cache
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.core.content import (
    AREAS,
    AVOID_TAGS,
    CYCLES,
    EQUIPMENT,
    KINDS,
    Entry,
    Index,
    Person,
    Safety,
    Step,
    Text,
    choose,
)
from deskbreak.core.pack import Pack, Whose, joined, overlay, parse

PACKS = Path(__file__).parents[2] / "config" / "packs"
TRANSLATIONS = sorted(path.name for path in PACKS.glob("*.toml") if path.name != "en.toml")

# What is not said of health, by language. Source: E-10, E-12, E-23, E-34, E-36, E-37, E-39, E-40.
NEVER_SAID = {
    "en": (
        r"\b(prevents?|cures?|heals?)\b",
        r"blood flow|oxygen",
        r"adhesion|dissolv",
        r"correct posture|sit up straight|bad posture|damag",
        r"new smoking",
        r"\d ?%|\bper ?cent\b|\d (in|out of) (10|ten)\b",
        r"\bproven\b|doctor.recommended|recommended by doctors",
        r"20-20-20|protects? your eyes",
        r"best treatment",
    ),
    "de": (
        r"\b(heilt|heilen|kuriert|verhinder\w+|beugt\b.*\bvor)\b",
        r"durchblut|sauerstoff",
        r"verklebung|löst .*\b(knoten|verspannung)",
        r"(richtige|korrekte|schlechte) haltung|sitzen sie gerade|schade[nt]",
        r"das neue rauchen",
        r"\d ?%|\bprozent\b|\d von (10|zehn)\b",
        r"\bbewiesen\b|nachgewiesen|ärztlich empfohlen",
        r"20-20-20|schützt .*\baugen",
        r"beste (behandlung|mittel)",
    ),
}


@cache
def english() -> Pack:
    """Read the English pack that we ship."""
    return parse((PACKS / "en.toml").read_text(encoding="utf-8"), "en.toml")


@cache
def pack_of(name: str) -> Pack:
    """Read a shipped pack as the program does: translations over the English one."""
    if name == "en.toml":
        return english()
    return overlay(english(), (PACKS / name).read_text(encoding="utf-8"), name)


def words_of(text: Text) -> str:
    """Return all that a prompt says."""
    return "\n".join((text.title, text.body, text.caution, *(step.text for step in text.steps)))


# The packs that we ship


def test_given_the_english_pack_then_every_prompt_is_there_and_sound() -> None:
    """Nothing of the shipped pack is left out."""
    pack = english()

    assert () == pack.problems
    assert "en" == pack.language
    assert {
        "stretch": 22,
        "posture": 14,
        "position": 19,
        "massage": 12,
        "eyes": 5,
        "habit": 13,
    } == Counter(entry.kind for entry in pack.index)
    assert [entry.id for entry in pack.index] == list(pack.texts)


def test_given_the_english_pack_then_every_source_is_explained() -> None:
    """Each prompt rests on something, and what its ids mean can be looked up in the pack."""
    table = tomllib.loads((PACKS / "en.toml").read_text(encoding="utf-8"))
    used = {source for part in (table["safety"], *table["prompt"]) for source in part["source"]}

    assert set() == {source for source in used if not re.fullmatch(r"[GE]-\d\d", source)}
    assert set() == used - set(table["sources"])
    assert [] == [raw["id"] for raw in table["prompt"] if not raw["source"]]


def test_given_the_english_pack_then_nothing_done_seated_asks_to_get_up() -> None:
    """Who can only sit is never asked to stand."""
    pack = english()
    gets_up = re.compile(r"\bstand up\b|\bon your feet\b|\bstairs\b|other height", re.IGNORECASE)
    asks = {prompt for prompt, text in pack.texts.items() if gets_up.search(words_of(text))}

    assert asks
    assert set() == asks & {entry.id for entry in pack.index if "seated" in entry.positions}


@pytest.mark.parametrize("cycle", CYCLES)
def test_given_the_sit_stand_cycle_then_each_stage_has_prompts_done_standing(cycle: str) -> None:
    """After sitting the plan asks to stand, after standing to move: neither can be done sitting."""
    stage = [entry for entry in english().index if entry.cycle == cycle]

    assert len(stage) > 1
    assert {"position"} == {entry.kind for entry in stage}
    assert all("standing" in entry.positions for entry in stage)


@pytest.mark.parametrize(
    "person",
    [
        pytest.param(Person(), id="anybody"),
        pytest.param(Person(seated_only=True), id="seated only"),
        pytest.param(Person(wheelchair_only=True), id="plan seated"),
        pytest.param(Person(discreet_only=True, max_total_s=60), id="plan busy"),
        pytest.param(Person(avoid=frozenset(AVOID_TAGS)), id="everything to be avoided"),
        pytest.param(
            Person(True, True, frozenset(), frozenset(AVOID_TAGS), frozenset(), 60, True),
            id="all of it",
        ),
    ],
)
@pytest.mark.parametrize("kind", ["stretch", "posture", "position", "eyes", "habit"])
def test_given_any_person_when_a_kind_is_on_by_plan_then_two_prompts_take_turns(
    kind: str, person: Person
) -> None:
    """However much somebody rules out, the same words do not come every time."""
    one = choose(english().index, kind, (), person)
    assert one is not None
    two = choose(english().index, kind, (one,), person)

    assert two not in {None, one}


@pytest.mark.parametrize("name", TRANSLATIONS)
def test_given_a_translation_then_it_is_whole(name: str) -> None:
    """A language that we ship leaves nothing in English and nothing out."""
    base, pack = english(), pack_of(name)
    translated = tomllib.loads((PACKS / name).read_text(encoding="utf-8"))

    assert () == pack.problems
    assert Path(name).stem == pack.language
    assert [entry.id for entry in base.index] == [raw["id"] for raw in translated["prompt"]]
    assert base.index == pack.index
    for prompt, text in pack.texts.items():
        original = base.texts[prompt]
        assert text.title != original.title
        assert text.body != original.body
        assert bool(original.caution) == bool(text.caution)
        assert text.caution != original.caution or not text.caution
        assert [(s.kind, s.seconds) for s in original.steps] == [
            (s.kind, s.seconds) for s in text.steps
        ]
        assert all(
            new.text != old.text for new, old in zip(text.steps, original.steps, strict=True)
        )


@pytest.mark.parametrize("name", ["en.toml", *TRANSLATIONS])
def test_given_a_shipped_pack_then_the_words_on_safety_are_complete(name: str) -> None:
    """Cautions and warning signs are there in every language, as many as in English."""
    safety = pack_of(name).safety

    for field in fields(Safety):
        value, original = getattr(safety, field.name), getattr(english().safety, field.name)
        assert value
        assert len(value) == len(original) or isinstance(value, str)
        assert value != original or name == "en.toml"


@pytest.mark.parametrize("name", ["en.toml", *TRANSLATIONS])
def test_given_a_shipped_pack_then_it_promises_and_threatens_nothing(name: str) -> None:
    """The words that the evidence does not allow do not occur."""
    pack = pack_of(name)
    found = [
        (prompt, match.group())
        for prompt, text in pack.texts.items()
        for pattern in NEVER_SAID.get(pack.language, ())
        if (match := re.search(pattern, words_of(text), re.IGNORECASE))
    ]

    assert [] == found
    assert "!" not in "".join(map(words_of, pack.texts.values()))


# The choice


def entry(prompt: str, *areas: str, **changes: object) -> Entry:
    """Return a prompt that suits everybody, but for *changes*."""
    plain = Entry(
        id=prompt,
        kind="stretch",
        areas=areas or ("neck",),
        positions=frozenset({"seated"}),
        needs=frozenset(),
        avoid_if=frozenset(),
        discreet=True,
        wheelchair=True,
        total_s=60,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]  # a table of examples


@pytest.mark.parametrize(
    ("odd", "person"),
    [
        pytest.param(entry("odd", kind="posture"), Person(), id="another kind"),
        pytest.param(
            entry("odd", positions=frozenset({"standing", "away"})),
            Person(seated_only=True),
            id="not to be done seated",
        ),
        pytest.param(
            entry("odd", needs=frozenset({"wall", "ball"})),
            Person(equipment=frozenset({"wall"})),
            id="needs what is not there",
        ),
        pytest.param(entry("odd", discreet=False), Person(discreet_only=True), id="not discreet"),
        pytest.param(
            entry("odd", wheelchair=False), Person(wheelchair_only=True), id="not in a wheelchair"
        ),
        pytest.param(
            entry("odd", avoid_if=frozenset({"balance", "sciatica"})),
            Person(avoid=frozenset({"sciatica", "pregnancy"})),
            id="to be avoided",
        ),
        pytest.param(entry("odd"), Person(hidden=frozenset({"odd"})), id="hidden"),
        pytest.param(entry("odd", total_s=61), Person(max_total_s=60), id="too long"),
    ],
)
def test_given_a_prompt_that_does_not_suit_when_choosing_then_it_is_passed_over(
    odd: Entry, person: Person
) -> None:
    """What a person cannot or will not do is not proposed, even where nothing else is left."""
    assert choose((odd, entry("other")), "stretch", (), person) == "other"
    assert choose((odd, entry("other")), "stretch", ("other",), person) == "other"
    assert choose((odd,), "stretch", (), person) is None


@pytest.mark.parametrize(
    ("suiting", "person"),
    [
        pytest.param(
            entry("it", positions=frozenset({"seated", "standing"})),
            Person(seated_only=True),
            id="seated or standing",
        ),
        pytest.param(
            entry("it", needs=frozenset({"ball"})),
            Person(equipment=frozenset({"ball", "wall"})),
            id="has what is needed",
        ),
        pytest.param(entry("it", total_s=60), Person(max_total_s=60), id="just short enough"),
        pytest.param(
            entry("it", avoid_if=frozenset({"balance"})),
            Person(avoid=frozenset({"sciatica"})),
            id="avoids something else",
        ),
        pytest.param(
            entry("it", discreet=False, wheelchair=False, total_s=120), Person(), id="no wishes"
        ),
    ],
)
def test_given_a_prompt_that_suits_when_choosing_then_it_is_proposed(
    suiting: Entry, person: Person
) -> None:
    """A wish rules out only what goes against it."""
    assert choose((suiting,), "stretch", (), person) == "it"


A, B, C, AB, ABC = (
    entry("a", "neck"),
    entry("b", "hips"),
    entry("c", "wrists"),
    entry("ab", "neck", "hips"),
    entry("abc", "neck", "hips", "wrists"),
)


@pytest.mark.parametrize(
    ("index", "shown", "expected"),
    [
        pytest.param((A, B), (), "a", id="nothing shown: the first of the pack"),
        pytest.param((A, entry("a2"), B), ("a",), "b", id="another area than the last prompt's"),
        pytest.param((A, entry("a2"), B), ("a", "b"), "a2", id="never seen before seen again"),
        pytest.param((A, entry("a2")), ("a2", "a"), "a2", id="not twice, though areas are equal"),
        pytest.param((A,), ("a",), "a", id="twice, where there is no other"),
        pytest.param(
            (A, B, C), ("b", "x", "a", "y"), "c", id="of two other areas the one that waited longer"
        ),
        pytest.param(
            (A, B, C, entry("b2", "hips"), entry("b3", "hips")),
            ("c", "b", "b2", "b3", "a"),
            "b",
            id="busy area before the one that waited longest",
        ),
        pytest.param((A, C, ABC, AB), ("a", "c"), "ab", id="shares nothing with the last prompt"),
        pytest.param((A, B, C), ("c", "b", "a"), "c", id="all else equal: longest unseen"),
        pytest.param((A, C, B), ("a",), "c", id="all equal: the first in the pack"),
        pytest.param(
            (A, B, entry("b2", "hips")), ("b2", "b", "a"), "b2", id="one area: longest unseen"
        ),
        pytest.param((A, B, entry("b2", "hips")), ("b", "a"), "b2", id="one area: never seen"),
        pytest.param(
            (A, B, C, entry("b2", "hips"), entry("d", "eyes")),
            ("b", "c", "a", "b2", "d"),
            "c",
            id="an area that another prompt has worked since",
        ),
        pytest.param((A, B, C), ("a", "b", "c"), "a", id="round over: the first begins the next"),
        pytest.param((A, B, AB), ("b", "a"), "b", id="two left that share: need decides"),
        pytest.param((A, B), ("gone", "a"), "b", id="shown, but no longer in the pack"),
        pytest.param(
            (A, B, entry("other", "hips", kind="posture")),
            ("a", "other"),
            "b",
            id="another kind's areas do not matter",
        ),
    ],
)
def test_given_what_was_shown_when_choosing_then_the_areas_go_round(
    index: Index, shown: tuple[str, ...], expected: str
) -> None:
    """Each round works every part of the body, and the same part not twice running."""
    assert expected == choose(index, "stretch", shown, Person())


UP, ROUND, SIT = (
    entry("up", "whole", cycle="stand"),
    entry("round", "hips", cycle="move"),
    entry("sit", "neck"),
)


@pytest.mark.parametrize(
    ("cycle", "shown", "person", "expected"),
    [
        pytest.param("stand", (), Person(), "up", id="the stage's own"),
        pytest.param("move", (), Person(), "round", id="another stage's own"),
        pytest.param("stand", ("up",), Person(), "up", id="the only one of its stage, again"),
        pytest.param(
            "stand", (), Person(hidden=frozenset({"up"})), "sit", id="none suits: any of the kind"
        ),
        pytest.param("", ("sit", "round"), Person(), "up", id="no stage: all count"),
    ],
)
def test_given_a_cycle_when_choosing_then_its_stage_comes_first(
    cycle: str, shown: tuple[str, ...], person: Person, expected: str
) -> None:
    """The sit-stand plan says to stand when it is time to stand."""
    assert expected == choose((SIT, UP, ROUND), "stretch", shown, person, cycle=cycle)


def test_given_a_prompt_that_was_refused_when_choosing_again_then_another_comes_or_none() -> None:
    """Not for me: the same text never comes back."""
    assert choose((A, B), "stretch", (), Person(), without="a") == "b"
    assert choose((A,), "stretch", (), Person(), without="a") is None
    assert choose((UP, SIT), "stretch", (), Person(), cycle="stand", without="up") == "sit"


def some(values: tuple[str, ...]) -> st.SearchStrategy[frozenset[str]]:
    """Draw a few of *values*."""
    return st.frozensets(st.sampled_from(values), max_size=3)


IDS = tuple("pqrstuvw")
PEOPLE = st.builds(
    Person,
    seated_only=st.booleans(),
    discreet_only=st.booleans(),
    equipment=some(EQUIPMENT),
    avoid=some(AVOID_TAGS[:4]),
    hidden=some(IDS),
    max_total_s=st.none() | st.integers(20, 120),
    wheelchair_only=st.booleans(),
)
ENTRIES = st.builds(
    Entry,
    id=st.sampled_from(IDS),
    kind=st.sampled_from(KINDS[:2]),
    areas=st.lists(st.sampled_from(AREAS[:4]), min_size=1, max_size=3, unique=True).map(tuple),
    positions=some(("seated", "standing")),
    needs=st.frozensets(st.sampled_from(EQUIPMENT), max_size=1),
    avoid_if=some(AVOID_TAGS[:4]),
    discreet=st.booleans(),
    wheelchair=st.booleans(),
    total_s=st.integers(20, 120),
    cycle=st.sampled_from(("", *CYCLES)),
)
INDEXES = st.lists(ENTRIES, max_size=8, unique_by=lambda one: one.id).map(tuple)
SHOWN = st.lists(st.sampled_from(IDS), unique=True).map(tuple)
CYCLE = st.sampled_from(("", *CYCLES))


def plainly_suits(one: Entry, person: Person) -> bool:
    """Say what suits in other words than the program does."""
    return not (
        (person.seated_only and "seated" not in one.positions)
        or (person.discreet_only and not one.discreet)
        or (person.wheelchair_only and not one.wheelchair)
        or one.needs - person.equipment
        or one.avoid_if & person.avoid
        or one.id in person.hidden
        or (person.max_total_s is not None and one.total_s > person.max_total_s)
    )


@given(INDEXES, SHOWN, PEOPLE, CYCLE, st.sampled_from(("", *IDS)))
def test_given_any_pack_and_person_when_choosing_then_only_what_suits_comes(
    index: Index, shown: tuple[str, ...], person: Person, cycle: str, without: str
) -> None:
    """A prompt is proposed exactly if there is one that suits, and then one of those."""
    suiting = {
        one.id: one.cycle
        for one in index
        if one.kind == "stretch" and one.id != without and plainly_suits(one, person)
    }
    chosen = choose(index, "stretch", shown, person, cycle=cycle, without=without)

    assert (chosen in suiting) if suiting else (chosen is None)
    if chosen is not None and cycle in suiting.values():
        assert cycle in {"", suiting[chosen]}
    assert chosen == choose(index, "stretch", shown, person, cycle=cycle, without=without)


@given(INDEXES, SHOWN, PEOPLE, CYCLE)
def test_given_a_long_time_when_choosing_again_and_again_then_each_prompt_gets_its_turn(
    index: Index, shown: tuple[str, ...], person: Person, cycle: str
) -> None:
    """Whatever was shown before: soon each round has every suiting prompt once."""
    suiting = [one for one in index if one.kind == "stretch" and plainly_suits(one, person)]
    turns = {one.id for one in suiting if one.cycle == cycle or not cycle}
    turns = turns or {one.id for one in suiting}
    history = played(index, "stretch", 4 * len(turns), shown, who=person, cycle=cycle)

    assert all(one != two for one, two in pairwise(history)) or (len(turns) == 1)
    settled = history[len(turns) :]
    assert all(
        turns == set(settled[start : start + len(turns)])
        for start in range(first_of(settled, index), len(settled) - len(turns) + 1, len(turns) or 1)
    )


def played(
    index: Index, kind: str, times: int, shown: tuple[str, ...] = (), *, who: Person, cycle: str
) -> list[str]:
    """Choose again and again, remembering what was shown as the engine does."""
    history = []
    for _ in range(times):
        chosen = choose(index, kind, shown, who, cycle=cycle)
        assert chosen is not None
        history.append(chosen)
        shown = (*(one for one in shown if one != chosen), chosen)
    return history


def first_of(history: list[str], index: Index) -> int:
    """Return where in *history* the prompt first stands that begins the rounds."""
    order = [one.id for one in index]
    return history.index(min(history, key=order.index)) if history else 0


@pytest.mark.parametrize(
    ("kind", "shared"),
    [("stretch", 5), ("position", 40), ("posture", 10), ("massage", 0)],
)
def test_given_the_english_pack_when_months_go_by_then_areas_seldom_follow_themselves(
    kind: str, shared: int
) -> None:
    """In a hundred prompts of a kind, hardly two in a row work the same part of the body.

    Of the prompts to change position more than half are for the whole body, so some do.
    """
    index = english().index
    areas = {one.id: set(one.areas) for one in index}
    history = played(index, kind, 101, who=Person(), cycle="")
    again = sum(bool(areas[one] & areas[two]) for one, two in pairwise(history))

    assert again <= shared


# Bad packs

PACK = """\
schema_version = 1
language = "en"

[[prompt]]
id = "P-1"
kind = "stretch"
title = "Reach"
body = "Reach up and breathe."
caution = ""
areas = ["neck"]
positions = ["seated"]
needs = []
discreet = true
wheelchair = true
avoid_if = []
source = ["G-03"]
steps = [
  { kind = "warmup", seconds = 10, text = "Roll the shoulders." },
  { kind = "hold", seconds = 12, text = "Reach up." },
  { kind = "cooldown", seconds = 8, text = "Rest." },
]
"""
LONG = "x" * 200


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('id = "P-1"', "", "#1: id is missing"),
        ('id = "P-1"', 'id = ""', "#1: id: '' is not of the form P-ST-01"),
        ('id = "P-1"', "id = 7", "#1: id: 7 is not of the form P-ST-01"),
        ("needs = []", "", "P-1: needs is missing"),
        ("needs = []", "needs = []\nneed = []", "P-1: 'need': is no field that is known here"),
        ('"stretch"', '"streching"', f"P-1: kind: 'streching' is not one of: {', '.join(KINDS)}"),
        ('"stretch"', "1", f"P-1: kind: 1 is not one of: {', '.join(KINDS)}"),
        ('"Reach"', f'"{LONG[:41]}"', "P-1: title: has 41 characters, at most 40"),
        ('"Reach"', '" "', "P-1: title: is empty"),
        ('"Reach"', '"Reach\\nup"', "P-1: title: 'Reach\\nup' is not a text of one line"),
        ('"Reach"', "3", "P-1: title: 3 is not a text of one line"),
        *(
            (
                '"Reach"',
                f'"up{turn}"',
                f"P-1: title: {f'up{turn}'!r} has a character that turns the direction of writing",
            )
            for turn in "\u202a\u202e\u2066\u2069"
        ),
        (
            '"Reach up and breathe."',
            f'"{LONG[:141]}"',
            "P-1: body: has 141 characters, at most 140",
        ),
        ('caution = ""', f'caution = "{LONG}"', "P-1: caution: has 200 characters, at most 140"),
        ('caution = ""', 'caution = " "', "P-1: caution: is empty"),
        ('["neck"]', "[]", "P-1: areas: is empty"),
        ('["neck"]', '"neck"', "P-1: areas: 'neck' is not a list"),
        (
            '["neck"]',
            '["neck", "nose"]',
            f"P-1: areas: no. 2: 'nose' is not one of: {', '.join(AREAS)}",
        ),
        (
            '["seated"]',
            '["lying"]',
            "P-1: positions: no. 1: 'lying' is not one of: seated, standing, away",
        ),
        (
            "needs = []",
            'needs = ["pool"]',
            "P-1: needs: no. 1: 'pool' is not one of: wall, ball, sit_stand_desk",
        ),
        (
            "avoid_if = []",
            'avoid_if = ["monday"]',
            f"P-1: avoid_if: no. 1: 'monday' is not one of: {', '.join(AVOID_TAGS)}",
        ),
        ("discreet = true", "discreet = 1", "P-1: discreet: 1 is not one of: true, false"),
        (
            "wheelchair = true",
            'wheelchair = "no"',
            "P-1: wheelchair: 'no' is not one of: true, false",
        ),
        ('source = ["G-03"]', "source = []", "P-1: source: is empty"),
        ('["G-03"]', f"{['x'] * 41}", "P-1: source: has 41 entries, at most 40"),
        (
            "avoid_if = []",
            'avoid_if = []\ncycle = "sit"',
            "P-1: cycle: 'sit' is not one of: stand, move",
        ),
        ('kind = "hold"', 'kind = "hop"', "P-1: steps: no. 2: kind: 'hop' is not one of: "),
        (
            "seconds = 12",
            "seconds = 12.0",
            "P-1: steps: no. 2: seconds: 12.0 is not a whole number",
        ),
        (
            "seconds = 12",
            "seconds = true",
            "P-1: steps: no. 2: seconds: true is not a whole number",
        ),
        ("seconds = 12", "seconds = 0", "P-1: steps: no. 2: seconds: 0 is not a whole number"),
        (
            "seconds = 12",
            f"seconds = 0x{'f' * 5000}",
            "P-1: steps: no. 2: seconds: … is not a whole number from 1 to 120",
        ),
        (
            "seconds = 12",
            "seconds = 9",
            "P-1: seconds of step 2: 9 is not a whole number from 10 to 30",
        ),
        (
            "seconds = 12",
            "seconds = 31",
            "P-1: seconds of step 2: 31 is not a whole number from 10 to 30",
        ),
        (
            'kind = "hold", seconds = 12',
            'kind = "pressure", seconds = 9',
            "P-1: seconds of step 2: 9 is not a whole number from 5 to 8",
        ),
        (
            "seconds = 8",
            "seconds = 99",
            "P-1: seconds of all steps: 121 is not a whole number from 20 to 120",
        ),
        (
            'seconds = 10, text = "Roll the shoulders." },\n  { kind = "hold", seconds = 12',
            'seconds = 1, text = "Roll." },\n  { kind = "hold", seconds = 10',
            "P-1: seconds of all steps: 19 is not a whole number from 20 to 120",
        ),
        (
            '"Roll the shoulders."',
            f'"{LONG[:81]}"',
            "P-1: steps: no. 1: text: has 81 characters, at most 80",
        ),
        (', text = "Rest."', "", "P-1: steps: no. 3: text is missing"),
        (
            '{ kind = "hold", seconds = 12, text = "Reach up." }',
            "5",
            "P-1: steps: no. 2: 5 is not a",
        ),
        (
            '"warmup"',
            '"move"',
            "P-1: a prompt of kind stretch begins with warmup, ends with cooldown",
        ),
        (
            '"cooldown"',
            '"move"',
            "P-1: a prompt of kind stretch begins with warmup, ends with cooldown",
        ),
        ('"stretch"', '"massage"', "P-1: a prompt of kind massage needs a caution"),
    ],
)
def test_given_a_prompt_with_a_fault_when_read_then_it_is_left_out_and_named(
    old: str, new: str, expected: str
) -> None:
    """One line says which pack, which prompt, what is wrong and which value."""
    assert old in PACK
    pack = parse(PACK.replace(old, new) + PACK[PACK.index("[[") :].replace("P-1", "P-2"), "my.toml")

    assert ["P-2"] == [one.id for one in pack.index]
    assert ["P-2"] == list(pack.texts)
    assert 1 == len(pack.problems)
    assert str(pack.problems[0]).startswith(f"my.toml: {expected}")
    assert "\n" not in str(pack.problems[0])


def test_given_a_prompt_when_read_then_all_of_it_is_there() -> None:
    """What the picker needs and what the screen shows are told apart, and nothing gets lost."""
    text = (
        PACK.replace("needs = []", 'needs = ["wall", "ball"]\ncycle = "move"')
        .replace("avoid_if = []", 'avoid_if = ["balance"]')
        .replace("wheelchair = true", "wheelchair = false")
        .replace('caution = ""', 'caution = "Gently."')
    )
    pack = parse(text, "my.toml")

    assert ("en", ()) == (pack.language, pack.problems)
    assert (
        Entry(
            "P-1",
            "stretch",
            areas=("neck",),
            positions=frozenset({"seated"}),
            needs=frozenset({"wall", "ball"}),
            avoid_if=frozenset({"balance"}),
            discreet=True,
            wheelchair=False,
            total_s=30,
            cycle="move",
        ),
    ) == pack.index
    steps = (
        Step("warmup", 10, "Roll the shoulders."),
        Step("hold", 12, "Reach up."),
        Step("cooldown", 8, "Rest."),
    )
    assert {"P-1": Text("P-1", "Reach", "Reach up and breathe.", "Gently.", steps)} == pack.texts


def test_given_texts_of_the_greatest_length_when_read_then_they_are_sound() -> None:
    """Forty characters are at most forty."""
    text = PACK.replace('"Reach"', f'"{LONG[:40]}"').replace("Reach up and breathe.", LONG[:140])

    assert () == parse(text, "my.toml").problems


def test_given_marks_of_arabic_or_hebrew_when_read_then_they_are_sound() -> None:
    """They stand beside the one letter or digit that they are about."""
    assert () == parse(PACK.replace("Reach", "\u200f\u200e\u061c12"), "my.toml").problems


@pytest.mark.parametrize(("count", "kept"), [(500, 500), (501, 0)])
def test_given_very_many_prompts_when_read_then_a_file_of_too_many_counts_not_at_all(
    count: int, kept: int
) -> None:
    """Nobody writes so many by hand, and all of them would be in memory."""
    one = PACK[PACK.index("[[") :]
    text = PACK[: PACK.index("[[")] + "".join(one.replace("P-1", f"P-{n}") for n in range(count))
    pack = parse(text, "my.toml")

    assert kept == len(pack.index)
    expected = [] if kept else ["my.toml: prompt: has 501 entries, at most 500"]
    assert expected == [str(problem) for problem in pack.problems]


@pytest.mark.parametrize(("count", "lines"), [(20, 20), (21, 21), (500, 21)])
def test_given_very_many_faults_when_read_then_the_first_are_named_and_the_others_counted(
    count: int, lines: int
) -> None:
    """A list that nobody reads to its end helps nobody."""
    pack = parse(PACK[: PACK.index("[[")] + "[[prompt]]\n" * count, "my.toml")

    assert lines == len(pack.problems)
    assert count == 20 or str(pack.problems[-1]) == (
        f"my.toml: further prompts with a fault: {count - 20}"
    )


def test_given_a_prompt_without_a_stage_when_read_then_it_serves_none() -> None:
    """Only prompts of the sit-stand cycle name one."""
    assert "" == parse(PACK, "my.toml").index[0].cycle


def test_given_two_prompts_of_one_id_when_read_then_the_first_counts() -> None:
    """An id names one prompt."""
    again = PACK[PACK.index("[[") :].replace("Reach up and breathe.", "Breathe.")
    pack = parse(PACK + again, "my.toml")

    assert "Reach up and breathe." == pack.texts["P-1"].body
    assert 1 == len(pack.index)
    assert ["my.toml: P-1: another prompt has this id"] == list(map(str, pack.problems))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("language = ", "cannot be read: Invalid value", id="broken"),
        pytest.param("\ufeff", "cannot be read: ", id="not even text"),
        pytest.param("x = " + "9" * 5000, "cannot be read: ", id="a number too long for Python"),
        pytest.param("x = " + "[" * 9000, "", id="nested too deeply"),
        pytest.param("", "schema_version is missing", id="empty"),
        pytest.param("schema_version = 1", "language is missing", id="no language"),
        pytest.param(
            'schema_version = 2\nlanguage = "en"',
            "schema_version: 2 is not one of: 1",
            id="of a later deskbreak",
        ),
        pytest.param(
            'schema_version = true\nlanguage = "en"',
            "schema_version: true is not one of: 1",
            id="true is no version",
        ),
        pytest.param(
            'schema_version = 1\nlanguage = "English"',
            "language: 'English' is not of the form en, pt_BR",
            id="no code of a language",
        ),
        pytest.param(
            'schema_version = 1\nlanguage = "en"\nprompt = 3',
            "prompt: 3 is not a list",
            id="no list",
        ),
        pytest.param(
            'schema_version = 1\nlanguage = "en"\n[[prompts]]',
            "'prompts': is no field that is known here",
            id="misspelt table",
        ),
    ],
)
def test_given_a_file_that_is_no_pack_when_read_then_there_is_one_line_and_no_prompt(
    text: str, expected: str
) -> None:
    """A broken file costs its prompts, not the program."""
    whole, laid = parse(text, "my.toml"), overlay(english(), text, "my.toml")

    assert () == whole.index
    assert "" == whole.language
    assert 1 == len(whole.problems)
    assert str(whole.problems[0]).startswith(f"my.toml: {expected}")
    assert "\n" not in str(whole.problems[0])
    assert english().texts == laid.texts
    assert english().language == laid.language
    assert [str(laid.problems[0])] == list(map(str, whole.problems))


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        pytest.param("3", "#2: 3 is not a table", id="no table"),
        pytest.param("{ id = 3 }", "#2: kind is missing", id="no id to name it by"),
    ],
)
def test_given_something_else_among_the_prompts_when_read_then_its_number_names_it(
    raw: str, expected: str
) -> None:
    """What has no id of its own is named by where it stands."""
    one = "{ id = 'P-1' }"
    head = 'schema_version = 1\nlanguage = "en"\n'
    pack = parse(f"{head}prompt = [{one}, {raw}]", "my.toml")

    assert f"my.toml: {expected}" == str(pack.problems[1])


SAFETY = """
[safety]
line = "Stop if it hurts."
short = "Tips, not advice."
long = "Tips, not advice, at length."
red_flags_emergency = ["one", "two"]
red_flags_urgent = ["three"]
red_flags_routine = ["four"]
no_massage = ["five"]
stop_signs = ["six"]
source = ["E-49"]
"""


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('line = "Stop if it hurts."', "", "safety: line is missing"),
        ('["one", "two"]', "[]", "safety: red_flags_emergency: is empty"),
        ('["six"]', '["six", 6]', "safety: stop_signs: no. 2: 6 is not a text of one line"),
        ("[safety]", "safety = 5 #", "safety: 5 is not a table"),
    ],
)
def test_given_words_on_safety_with_a_fault_when_read_then_they_are_named(
    old: str, new: str, expected: str
) -> None:
    """Words on safety are whole or not used at all."""
    head, prompts = PACK.split("[[prompt]]")
    text = SAFETY.replace(old, new) if "#" not in new else "safety = 5\n"
    pack = parse(f"{head}{text}\n[[prompt]]{prompts}", "my.toml")

    assert Safety() == pack.safety
    assert [f"my.toml: {expected}"] == list(map(str, pack.problems))
    assert ["P-1"] == list(pack.texts)


def test_given_words_on_safety_without_a_source_when_read_then_they_are_used() -> None:
    """Who writes a pack of their own may have nobody to name."""
    pack = parse(PACK + SAFETY.replace('source = ["E-49"]', ""), "my.toml")

    assert () == pack.problems
    assert "Stop if it hurts." == pack.safety.line


def base() -> Pack:
    """Read two prompts with cautions, and words on safety."""
    cautious = PACK.replace('caution = ""', 'caution = "Gently."')
    return parse(cautious + cautious[cautious.index("[[") :].replace("P-1", "P-2") + SAFETY, "en")


def translation(body: str) -> Pack:
    """Lay a German file with *body* over `base`."""
    return overlay(base(), f'schema_version = 1\nlanguage = "de"\n{body}', "de.toml")


def test_given_a_translation_of_some_texts_when_laid_over_then_the_rest_stays_english() -> None:
    """Words are replaced one by one; times and conditions stay."""
    pack = translation(
        '[[prompt]]\nid = "P-1"\ntitle = "Strecken"\nsteps = ["Kreisen.", "Hoch.", "Ruhen."]\n'
        '[safety]\nline = "Bei Schmerz aufhören."\nno_massage = ["fünf"]\n'
    )

    assert () == pack.problems
    assert "de" == pack.language
    assert base().index == pack.index
    assert "Strecken" == pack.texts["P-1"].title
    assert "Reach up and breathe." == pack.texts["P-1"].body
    assert [("warmup", 10, "Kreisen."), ("hold", 12, "Hoch."), ("cooldown", 8, "Ruhen.")] == [
        (step.kind, step.seconds, step.text) for step in pack.texts["P-1"].steps
    ]
    assert base().texts["P-2"] == pack.texts["P-2"]
    assert replace(base().safety, line="Bei Schmerz aufhören.", no_massage=("fünf",)) == pack.safety


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            '[[prompt]]\nid = "P-9"\ntitle = "x"',
            "P-9: no prompt of this id is there to be translated",
        ),
        ('[[prompt]]\ntitle = "x"', "#1: id is missing"),
        ('[[prompt]]\nid = "P-1"\nkind = "eyes"', "P-1: 'kind': is no field that is known here"),
        (
            f'[[prompt]]\nid = "P-1"\ntitle = "{LONG[:61]}"',
            "P-1: title: has 61 characters, at most 60",
        ),
        (
            f'[[prompt]]\nid = "P-1"\nbody = "{LONG}x"',
            "P-1: body: has 201 characters, at most 200",
        ),
        (
            f'[[prompt]]\nid = "P-1"\nsteps = ["{LONG[:121]}", "b", "c"]',
            "P-1: steps: no. 1: has 121 characters, at most 120",
        ),
        ('[[prompt]]\nid = "P-1"\nsteps = ["a", "b"]', "P-1: steps has 2 entries, not 3"),
        ('[[prompt]]\nid = "P-1"\nsteps = ["a", "b", ""]', "P-1: steps: no. 3: is empty"),
        ('[[prompt]]\nid = "P-1"\ncaution = ""', "P-1: caution: is empty"),
        ('[[prompt]]\nid = "P-1"\n[[prompt]]\nid = "P-1"', "P-1: another prompt has this id"),
        (
            '[safety]\nred_flags_emergency = ["eins"]',
            "safety: red_flags_emergency has 1 entries, not 2",
        ),
        ('[safety]\nline = ""', "safety: line: is empty"),
    ],
)
def test_given_a_translation_with_a_fault_when_laid_over_then_the_english_text_stays(
    body: str, expected: str
) -> None:
    """A caution or a warning sign can not get lost on the way into another language."""
    pack = translation(body)

    assert [f"de.toml: {expected}"] == list(map(str, pack.problems))
    assert base().texts == pack.texts
    assert base().safety == pack.safety


def test_given_a_pack_of_ones_own_when_joined_then_its_new_prompts_are_added() -> None:
    """Own prompts come beside ours; an id that is ours stays ours."""
    own = parse(
        PACK.replace("Reach", "Mine")
        + PACK[PACK.index("[[") :].replace("P-1", "P-3")
        + "[[prompt]]\n",
        "my.toml",
    )
    pack = joined(base(), own, "my.toml")

    assert ["P-1", "P-2", "P-3"] == [one.id for one in pack.index]
    assert ["P-1", "P-2", "P-3"] == sorted(pack.texts)
    assert "Reach" == pack.texts["P-1"].title
    assert base().safety == pack.safety
    assert {"P-3": Whose.OWN} == pack.whose
    assert [
        "my.toml: #3: id is missing",
        "my.toml: P-1: another prompt has this id",
    ] == list(map(str, pack.problems))


def test_given_packs_of_an_organisation_and_of_a_person_then_each_prompt_says_whose_it_is() -> None:
    """What came first keeps its id: ours, then the organisation's, then the person's own."""
    theirs = parse(PACK.replace("P-1", "P-8").replace("Reach", "Theirs"), "theirs.toml")
    own = parse(PACK.replace("P-1", "P-9") + PACK[PACK.index("[[") :].replace("P-1", "P-8"), "my")
    pack = joined(base(), theirs, "theirs.toml", Whose.ORGANISATION)
    pack = joined(pack, own, "my.toml")

    assert {"P-8": Whose.ORGANISATION, "P-9": Whose.OWN} == pack.whose
    assert "Theirs" == pack.texts["P-8"].title
    assert ["my.toml: P-8: another prompt has this id"] == [str(one) for one in pack.problems]


def test_given_a_pack_with_very_many_ids_of_others_then_the_first_are_named() -> None:
    """A copy of a pack beside it."""
    one = PACK[PACK.index("[[") :]
    text = PACK[: PACK.index("[[")] + "".join(one.replace("P-1", f"P-{n}") for n in range(40))
    pack = joined(parse(text, "a.toml"), parse(text, "b.toml"), "b.toml")

    assert (40, 21) == (len(pack.index), len(pack.problems))


def toml(value: object) -> str:
    """Write a value as TOML."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{toml(key)} = {toml(one)}" for key, one in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)


NAMES = st.sampled_from([*tomllib.loads(PACK)["prompt"][0], "cycle", "else"])
VALUES = st.recursive(
    st.booleans()
    | st.integers()
    | st.text(st.characters(codec="utf-8", exclude_characters="\x7f"), max_size=5)
    | st.sampled_from((*KINDS, *AREAS, "hold", "pressure", "seated", "P-1", LONG)),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=5,
)


@settings(deadline=None)
@given(st.lists(st.dictionaries(NAMES, VALUES, max_size=2), max_size=4))
def test_given_any_values_in_a_pack_when_read_then_each_prompt_is_sound_or_named_once(
    changes: list[dict[str, object]],
) -> None:
    """Whatever stands in a prompt, it is taken as it is or left out with one line."""
    good = tomllib.loads(PACK)["prompt"][0]
    prompts = [{**good, "id": f"P-{n}", **change} for n, change in enumerate(changes)]
    text = f'schema_version = 1\nlanguage = "en"\nprompt = {toml(prompts)}\n'
    pack, laid = parse(text, "my.toml"), overlay(english(), text, "my.toml")

    assert len(changes) == len(pack.index) + len(pack.problems)
    assert len(changes) == len(laid.problems)
    assert all("\n" not in str(problem) for problem in (*pack.problems, *laid.problems))
    assert all(20 <= one.total_s <= 120 and one.kind in KINDS for one in pack.index)


@settings(deadline=None)
@given(st.text(max_size=60) | st.binary(max_size=60).map(lambda raw: raw.decode("latin-1")))
def test_given_any_text_when_read_as_a_pack_then_nothing_raises(text: str) -> None:
    """A file that somebody put in the wrong place is a problem to name, not a crash."""
    assert 1 == len(parse(text, "my.toml").problems)
    assert 1 == len(overlay(english(), text, "my.toml").problems)
