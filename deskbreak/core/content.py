"""Packs of prompts: read from TOML text, checked, and the choice of the prompt to show next."""

from __future__ import annotations

import re
import reprlib
import tomllib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    Table = dict[str, Any]
    Check = Callable[[object], Said | None]

SCHEMA_VERSION: Final = 1
KINDS: Final = ("stretch", "position", "posture", "eyes", "massage", "habit")
AREAS: Final = (
    *("neck", "shoulders", "upper_back", "lower_back", "hips", "hamstrings", "wrists"),
    *("eyes", "whole"),
)
POSITIONS: Final = ("seated", "standing", "away")
EQUIPMENT: Final = ("wall", "ball", "sit_stand_desk")
CYCLES: Final = ("stand", "move")
STEP_KINDS: Final = ("warmup", "move", "hold", "pressure", "release", "cooldown", "check")
AVOID_TAGS: Final = (
    *("back_injury", "balance", "bleeding_risk", "bone_weakness", "clot_risk", "hip_surgery"),
    *("neck_symptoms", "numbness", "pregnancy", "recent_surgery", "sciatica", "shoulder_injury"),
)

# Characters: of a text as it is written, and of its translation, which in German or French is up
# to half as long again. Source: our opinion of what a notification shows uncut.
LONGEST: Final = {"title": (40, 60), "body": (140, 200), "caution": (140, 200), "step": (80, 120)}

# Seconds, of a prompt and of a step by (kind of the prompt, kind of the step). Source: the total
# is our opinion of a short break; a pressure G-17, a cautious dose (no trial is behind it, those
# there are press longer, E-36); a stretch's hold E-45.
TOTAL_S: Final = (20, 120)
STEP_S: Final = {("stretch", "hold"): (10, 30), **{(kind, "pressure"): (5, 8) for kind in KINDS}}

_WARMED: Final = ("stretch", "massage")  # warm up first, cool down last. Source: G-20, G-21.
_CAUTIONED: Final = ("massage",)  # Source: E-46, E-47.
_NOT_ONE_LINE: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")


@dataclass(frozen=True, slots=True)
class Entry:
    """What the picker needs to know of a prompt; no words."""

    id: str
    kind: str
    areas: tuple[str, ...]
    positions: frozenset[str]
    needs: frozenset[str]
    avoid_if: frozenset[str]
    discreet: bool
    wheelchair: bool
    total_s: int
    cycle: str = ""  # the stage of the sit-stand cycle that it serves


Index = tuple[Entry, ...]
"""Every prompt, in the order of the pack."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a guided break."""

    kind: str
    seconds: int
    text: str


@dataclass(frozen=True, slots=True)
class Text:
    """The words of a prompt; no caution is an empty one."""

    id: str
    title: str
    body: str
    caution: str
    steps: tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Safety:
    """What is said about health beside the prompts. Source: E-46, E-47, E-49, E-50, E-51."""

    line: str = ""
    short: str = ""
    long: str = ""
    red_flags_emergency: tuple[str, ...] = ()
    red_flags_urgent: tuple[str, ...] = ()
    red_flags_routine: tuple[str, ...] = ()
    no_massage: tuple[str, ...] = ()
    stop_signs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pack:
    """Prompts in one language, and what was wrong with the files that they came from."""

    language: str
    index: Index = ()
    texts: Mapping[str, Text] = field(default_factory=dict)
    safety: Safety = field(default_factory=Safety)
    problems: tuple[Said, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """What a person can, has and wants; it filters the choice. Health data: keep it out of logs."""

    seated_only: bool = False
    discreet_only: bool = False
    equipment: frozenset[str] = frozenset()
    avoid: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()  # prompt ids
    max_total_s: int | None = None
    wheelchair_only: bool = False


def choose(  # noqa: PLR0913 - what is asked for, what was shown, to whom; each is one thing
    index: Index,
    kind: str,
    shown: tuple[str, ...],
    person: Person,
    *,
    cycle: str = "",
    without: str = "",
) -> str | None:
    """Return the id of the prompt of *kind* to show next, or None when none suits *person*.

    *shown* holds the ids ever shown, each once, the latest last. *without* is never returned.
    With *cycle* only that stage's prompts count, unless none of them suits.

    Each prompt that suits is shown once in a round, so that none is forgotten and none comes
    twice in a row. A round begins with the first of them in the pack; those shown since are
    done. Of the others comes first one that shares no body area with the kind's last prompt;
    then the one most needed: the sum, over its areas, of how long the area has waited (counted
    in prompts) times how many prompts of the round are left for it, so that no area is left
    over for the end; then the one unseen for longest; then the first in the pack.
    Source: G-11 and G-13 for going round the areas; the measure is our own.
    """
    suiting = [
        entry
        for entry in index
        if entry.kind == kind and entry.id != without and _suits(entry, person)
    ]
    if cycle:
        suiting = [entry for entry in suiting if entry.cycle == cycle] or suiting
    if not suiting:
        return None
    place = {prompt: number for number, prompt in enumerate(shown)}
    began = place.get(suiting[0].id, -1)
    left = [entry for entry in suiting if place.get(entry.id, -1) < began] or suiting[:1]
    if len(left) == 1:
        return left[0].id
    seen = [entry for entry in index if entry.kind == kind and entry.id in place]
    return _most_needed(left, sorted(seen, key=lambda entry: place[entry.id]), place).id


def _suits(entry: Entry, person: Person) -> bool:
    return (
        entry.id not in person.hidden
        and entry.needs <= person.equipment
        and entry.avoid_if.isdisjoint(person.avoid)
        and (entry.discreet or not person.discreet_only)
        and (entry.wheelchair or not person.wheelchair_only)
        and ("seated" in entry.positions or not person.seated_only)
        and (person.max_total_s is None or entry.total_s <= person.max_total_s)
    )


def _most_needed(left: Sequence[Entry], seen: Sequence[Entry], place: Mapping[str, int]) -> Entry:
    """Return one of *left*; *seen* is all of the kind that were shown, the latest last."""
    previous = frozenset(seen[-1].areas)
    worked = {area: place[entry.id] for entry in seen for area in entry.areas}
    need: dict[str, int] = {}
    for entry in left:
        for area in entry.areas:
            need[area] = need.get(area, 0) + len(place) - worked.get(area, -1)
    return min(
        left,
        key=lambda entry: (
            not previous.isdisjoint(entry.areas),
            -sum(need[area] for area in entry.areas),
            place.get(entry.id, -1),
        ),
    )


def parse(text: str, name: str) -> Pack:
    """Read a whole pack; *name* is what its problems call it.

    Never raises for bad input: a prompt with a fault is left out and named in one line of
    ``problems``. A file that cannot be read at all is an empty pack with one problem.
    """
    table, problems = _read(text, name)
    prompts, faulty = _sound(table, name, _prompt_fault)
    safety, unsafe = _safety(table, name, Safety(), needed=_SAFETY.keys() - {"source"})
    return Pack(
        language=table.get("language", ""),
        index=tuple(_entry(raw) for raw in prompts),
        texts={raw["id"]: _text(raw) for raw in prompts},
        safety=safety,
        problems=(*problems, *unsafe, *faulty),
    )


def overlay(base: Pack, text: str, name: str) -> Pack:
    """Put the translation in *text* over *base*; what it lacks keeps the words of *base*.

    It has ``[[prompt]]`` with id and any of title, body, caution and steps (a list of texts), and
    ``[safety]`` with any of its texts. Never raises for bad input, like `parse`.
    """
    table, problems = _read(text, name)
    prompts, faulty = _sound(table, name, lambda raw: _translation_fault(raw, base.texts))
    safety, unsafe = _safety(table, name, base.safety, needed=())
    return replace(
        base,
        language=table.get("language", base.language),
        texts={
            **base.texts,
            **{raw["id"]: _reworded(base.texts[raw["id"]], raw) for raw in prompts},
        },
        safety=safety,
        problems=(*base.problems, *problems, *unsafe, *faulty),
    )


def joined(base: Pack, own: Pack, name: str) -> Pack:
    """Add the prompts of *own*, called *name*, to *base*; of two with one id that of *base* stays."""
    taken = [entry.id for entry in own.index if entry.id in base.texts]
    return replace(
        base,
        index=base.index + tuple(entry for entry in own.index if entry.id not in base.texts),
        texts={**own.texts, **base.texts},
        problems=(*base.problems, *own.problems, *(_named(name, i, said(_TAKEN)) for i in taken)),
    )


def _read(text: str, name: str) -> tuple[Table, tuple[Said, ...]]:
    """Return the file as a table, or an empty one and why it is of no use."""
    try:
        table = tomllib.loads(text)
    except RecursionError:
        return {}, (said(N_("{pack}: is nested too deeply to be read"), pack=name),)
    except ValueError as error:  # TOMLDecodeError is one; so is a number with too many digits
        return {}, (said(N_("{pack}: cannot be read: {reason}"), pack=name, reason=str(error)),)
    fault = _fault(table, _PACK, needed=("schema_version", "language"))
    if fault is not None:
        return {}, (said(N_("{pack}: {fault}"), pack=name, fault=fault),)
    return table, ()


def _sound(
    table: Table, name: str, find: Callable[[object], Said | None]
) -> tuple[list[Table], list[Said]]:
    """Return the prompts without fault, and one line for each other one."""
    sound: dict[str, Table] = {}
    problems = []
    for number, raw in enumerate(table.get("prompt", ()), start=1):
        known = raw.get("id") if isinstance(raw, dict) else None
        label = known if isinstance(known, str) and _id(known) is None else f"#{number}"
        fault = find(raw) or (said(_TAKEN) if label in sound else None)
        if fault is None:
            sound[label] = raw
        else:
            problems.append(_named(name, label, fault))
    return list(sound.values()), problems


def _safety(
    table: Table, name: str, base: Safety, needed: Collection[str]
) -> tuple[Safety, tuple[Said, ...]]:
    """Return *base* with the words of the table, or *base* and why those are of no use."""
    raw = table.get("safety")
    if raw is None:
        return base, ()
    fault = _fault(raw, _SAFETY, needed)
    if fault is not None:
        return base, (_named(name, "safety", fault),)
    words: Table = {key: tuple(v) if isinstance(v, list) else v for key, v in raw.items()}
    words.pop("source", None)
    for key, value in words.items():
        count = len(getattr(base, key))
        if isinstance(value, tuple) and count not in {0, len(value)}:  # no sign may get lost
            fault = said(_COUNT, field=key, count=len(value), expected=count)
            return base, (_named(name, "safety", fault),)
    return replace(base, **words), ()


def _entry(raw: Table) -> Entry:
    return Entry(
        id=raw["id"],
        kind=raw["kind"],
        areas=tuple(raw["areas"]),
        positions=frozenset(raw["positions"]),
        needs=frozenset(raw["needs"]),
        avoid_if=frozenset(raw["avoid_if"]),
        discreet=raw["discreet"],
        wheelchair=raw["wheelchair"],
        total_s=sum(step["seconds"] for step in raw["steps"]),
        cycle=raw.get("cycle", ""),
    )


def _text(raw: Table) -> Text:
    steps = tuple(Step(step["kind"], step["seconds"], step["text"]) for step in raw["steps"])
    return Text(raw["id"], raw["title"], raw["body"], raw["caution"], steps)


def _reworded(text: Text, raw: Table) -> Text:
    lines = raw.get("steps", [step.text for step in text.steps])
    steps = (replace(old, text=line) for old, line in zip(text.steps, lines, strict=True))
    return replace(text, **{**raw, "steps": tuple(steps)})


def _prompt_fault(raw: object) -> Said | None:
    fault = _fault(raw, _PROMPT, needed=_PROMPT.keys() - {"cycle"})
    if fault is not None:
        return fault
    assert isinstance(raw, dict)
    kind, steps = raw["kind"], raw["steps"]
    if kind in _CAUTIONED and not raw["caution"]:
        return said(N_("a prompt of kind {kind} needs a caution"), kind=kind)
    if kind in _WARMED and (steps[0]["kind"], steps[-1]["kind"]) != ("warmup", "cooldown"):
        return said(N_("a prompt of kind {kind} begins with warmup, ends with cooldown"), kind=kind)
    for number, step in enumerate(steps, start=1):
        bounds = STEP_S.get((kind, step["kind"]), (1, TOTAL_S[1]))
        fault = _within(*bounds)(step["seconds"])
        if fault is not None:
            where = N_("seconds of step {number}: {fault}")
            return said(where, number=number, fault=fault)
    fault = _within(*TOTAL_S)(sum(step["seconds"] for step in steps))
    return fault and said(N_("seconds of all steps: {fault}"), fault=fault)


def _translation_fault(raw: object, texts: Mapping[str, Text]) -> Said | None:
    fault = _fault(raw, _TRANSLATION, needed=("id",))
    if fault is not None:
        return fault
    assert isinstance(raw, dict)
    text = texts.get(raw["id"])
    if text is None:
        return said(N_("no prompt of this id is there to be translated"))
    if text.caution and not raw.get("caution", text.caution):
        return said(_FIELD_FAULT, field="caution", fault=said(_EMPTY))
    if len(raw.get("steps", text.steps)) != len(text.steps):
        return said(_COUNT, field="steps", count=len(raw["steps"]), expected=len(text.steps))
    return None


def _fault(raw: object, checks: Mapping[str, Check], needed: Collection[str]) -> Said | None:
    """Return the first fault of a table; *checks* has every field that may be in it."""
    if not isinstance(raw, dict):
        return said(N_("{value} is not a table"), value=_brief(raw))
    for name in checks:
        if name in needed and name not in raw:
            return said(N_("{field} is missing"), field=name)
    for name, value in raw.items():
        fault = (
            checks[name](value) if name in checks else said(N_("is no field that is known here"))
        )
        if fault is not None:
            return said(_FIELD_FAULT, field=name if name in checks else _brief(name), fault=fault)
    return None


def _named(name: str, label: str, fault: Said) -> Said:
    return said(N_("{pack}: {prompt}: {fault}"), pack=name, prompt=label, fault=fault)


def _brief(value: object) -> str:
    """Return *value* short enough for a line, however large or deep it is."""
    if isinstance(value, bool):
        return str(value).lower()  # as TOML writes it
    try:
        return reprlib.repr(value)
    except ValueError:  # a number with more digits than Python will print
        return "…"


def _line(limit: int, *, may_be_empty: bool = False) -> Check:
    def check(value: object) -> Said | None:
        if not isinstance(value, str) or _NOT_ONE_LINE.search(value):
            return said(N_("{value} is not a text of one line"), value=_brief(value))
        if not value.strip() and (value or not may_be_empty):
            return said(_EMPTY)
        if len(value) > limit:
            return said(
                N_("has {count} characters, at most {limit}"), count=len(value), limit=limit
            )
        return None

    return check


def _one_of(*known: object) -> Check:
    def check(value: object) -> Said | None:
        # By type too, for to Python true is 1.
        if any(value == one and type(value) is type(one) for one in known):
            return None
        expected = ", ".join(str(one).lower() for one in known)
        return said(N_("{value} is not one of: {expected}"), value=_brief(value), expected=expected)

    return check


def _within(low: int, high: int) -> Check:
    def check(value: object) -> Said | None:
        if type(value) is int and low <= value <= high:
            return None
        sentence = N_("{value} is not a whole number from {low} to {high}")
        return said(sentence, value=_brief(value), low=low, high=high)

    return check


def _written(pattern: str, example: str) -> Check:
    def check(value: object) -> Said | None:
        if isinstance(value, str) and re.fullmatch(pattern, value):
            return None
        return said(N_("{value} is not of the form {form}"), value=_brief(value), form=example)

    return check


def _list_of(check_one: Check, *, may_be_empty: bool = False) -> Check:
    def check(value: object) -> Said | None:
        if not isinstance(value, list):
            return said(N_("{value} is not a list"), value=_brief(value))
        if not value and not may_be_empty:
            return said(_EMPTY)
        for number, one in enumerate(value, start=1):
            fault = check_one(one)
            if fault is not None:
                return said(N_("no. {number}: {fault}"), number=number, fault=fault)
        return None

    return check


_EMPTY: Final = N_("is empty")
_TAKEN: Final = N_("another prompt has this id")
_COUNT: Final = N_("{field} has {count} entries, not {expected}")
_FIELD_FAULT: Final = N_("{field}: {fault}")

_id: Final = _written(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "P-ST-01")
_flag: Final = _one_of(True, False)  # noqa: FBT003 - the values, not a switch
_paragraph: Final = _line(1000)  # Source: our opinion; it only keeps out what is no paragraph

# What may stand in each table, and how it is checked.
_STEP: Final[Mapping[str, Check]] = {
    "kind": _one_of(*STEP_KINDS),
    "seconds": _within(1, TOTAL_S[1]),
    "text": _line(LONGEST["step"][0]),
}
_PROMPT: Final[Mapping[str, Check]] = {
    "id": _id,
    "kind": _one_of(*KINDS),
    "title": _line(LONGEST["title"][0]),
    "body": _line(LONGEST["body"][0]),
    "caution": _line(LONGEST["caution"][0], may_be_empty=True),
    "areas": _list_of(_one_of(*AREAS)),
    "positions": _list_of(_one_of(*POSITIONS)),
    "needs": _list_of(_one_of(*EQUIPMENT), may_be_empty=True),
    "discreet": _flag,
    "wheelchair": _flag,
    "avoid_if": _list_of(_one_of(*AVOID_TAGS), may_be_empty=True),
    "cycle": _one_of(*CYCLES),
    "source": _list_of(_paragraph),
    "steps": _list_of(lambda raw: _fault(raw, _STEP, needed=_STEP)),
}
_TRANSLATION: Final[Mapping[str, Check]] = {
    "id": _id,
    "title": _line(LONGEST["title"][1]),
    "body": _line(LONGEST["body"][1]),
    "caution": _line(LONGEST["caution"][1], may_be_empty=True),
    "steps": _list_of(_line(LONGEST["step"][1])),
}
_SAFETY: Final[Mapping[str, Check]] = {
    **dict.fromkeys(("line", "short", "long"), _paragraph),
    **dict.fromkeys(
        ("red_flags_emergency", "red_flags_urgent", "red_flags_routine"), _list_of(_paragraph)
    ),
    **dict.fromkeys(("no_massage", "stop_signs", "source"), _list_of(_paragraph)),
}
_PACK: Final[Mapping[str, Check]] = {
    "schema_version": _one_of(SCHEMA_VERSION),
    "language": _written(r"[a-z]{2,3}(_[A-Za-z]{2,4})?", "en, pt_BR"),
    "prompt": _list_of(lambda _: None, may_be_empty=True),
    "safety": lambda _: None,
    "sources": lambda _: None,
}
