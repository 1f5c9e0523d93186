"""Packs of prompts: read from TOML text, and checked."""

from __future__ import annotations

import enum
import tomllib
from dataclasses import field, replace
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from deskbreak.core.checks import (
    EMPTY,
    FIELD_FAULT,
    line,
    list_of,
    one_of,
    table_fault,
    within,
    written,
)
from deskbreak.core.content import (
    AREAS,
    AVOID_TAGS,
    CYCLES,
    EQUIPMENT,
    KINDS,
    POSITIONS,
    STEP_KINDS,
    Entry,
    Index,
    Safety,
    Step,
    Text,
)
from deskbreak.core.replacing import quick_dataclass
from deskbreak.core.words import N_, Said, said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from deskbreak.core.checks import Check

    Table = dict[str, Any]

SCHEMA_VERSION: Final = 1

MOST_PROMPTS: Final = 500
"""Of one file, and of a folder. Our own choice: six times as many as deskbreak brings along."""
_MOST_FAULTS: Final = 20  # that are named of one file; whoever mends those sees the next

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


class Whose(enum.Enum):
    """Who has added a prompt that is not built in."""

    ORGANISATION = "organisation"
    OWN = "own"


@quick_dataclass(frozen=True, slots=True)
class Pack:
    """Prompts in one language, and what was wrong with the files that they came from.

    ``whose`` has the ids of those that are not built in.
    """

    language: str
    index: Index = ()
    texts: Mapping[str, Text] = field(default_factory=dict)
    safety: Safety = field(default_factory=Safety)
    problems: tuple[Said, ...] = ()
    whose: Mapping[str, Whose] = field(default_factory=dict)


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


def joined(base: Pack, more: Pack, name: str, whose: Whose = Whose.OWN) -> Pack:
    """Add the prompts of *more*, called *name*, to *base*; of two with one id that of *base* stays."""
    new = tuple(entry for entry in more.index if entry.id not in base.texts)
    taken = [_named(name, one.id, said(_TAKEN)) for one in more.index if one.id in base.texts]
    return replace(
        base,
        index=base.index + new,
        texts={**more.texts, **base.texts},
        problems=(*base.problems, *more.problems, *_first_few(taken, name)),
        whose={**base.whose, **{entry.id: whose for entry in new}},
    )


def _read(text: str, name: str) -> tuple[Table, tuple[Said, ...]]:
    """Return the file as a table, or an empty one and why it is of no use."""
    try:
        table = tomllib.loads(text)
    except RecursionError:
        return {}, (said(N_("{pack}: is nested too deeply to be read"), pack=name),)
    except ValueError as error:  # TOMLDecodeError is one; so is a number with too many digits
        return {}, (said(N_("{pack}: cannot be read: {reason}"), pack=name, reason=str(error)),)
    fault = table_fault(table, _PACK, needed=("schema_version", "language"))
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
    return list(sound.values()), _first_few(problems, name)


def _first_few(problems: list[Said], name: str) -> list[Said]:
    """Return *problems*, or of very many the first and how many more there are."""
    more = len(problems) - _MOST_FAULTS
    if more <= 0:
        return problems
    rest = said(N_("{pack}: further prompts with a fault: {more}"), pack=name, more=more)
    return [*problems[:_MOST_FAULTS], rest]


def _safety(
    table: Table, name: str, base: Safety, needed: Collection[str]
) -> tuple[Safety, tuple[Said, ...]]:
    """Return *base* with the words of the table, or *base* and why those are of no use."""
    raw = table.get("safety")
    if raw is None:
        return base, ()
    fault = table_fault(raw, _SAFETY, needed)
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
    fault = table_fault(raw, _PROMPT, needed=_PROMPT.keys() - {"cycle"})
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
        fault = within(*bounds)(step["seconds"])
        if fault is not None:
            where = N_("seconds of step {number}: {fault}")
            return said(where, number=number, fault=fault)
    fault = within(*TOTAL_S)(sum(step["seconds"] for step in steps))
    return fault and said(N_("seconds of all steps: {fault}"), fault=fault)


def _translation_fault(raw: object, texts: Mapping[str, Text]) -> Said | None:
    fault = table_fault(raw, _TRANSLATION, needed=("id",))
    if fault is not None:
        return fault
    assert isinstance(raw, dict)
    text = texts.get(raw["id"])
    if text is None:
        return said(N_("no prompt of this id is there to be translated"))
    if text.caution and not raw.get("caution", text.caution):
        return said(FIELD_FAULT, field="caution", fault=said(EMPTY))
    if len(raw.get("steps", text.steps)) != len(text.steps):
        return said(_COUNT, field="steps", count=len(raw["steps"]), expected=len(text.steps))
    return None


def _named(name: str, label: str, fault: Said) -> Said:
    return said(N_("{pack}: {prompt}: {fault}"), pack=name, prompt=label, fault=fault)


_TAKEN: Final = N_("another prompt has this id")
_COUNT: Final = N_("{field} has {count} entries, not {expected}")

_id: Final = written(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,39}", "P-ST-01")
_flag: Final = one_of(True, False)  # noqa: FBT003 - the values, not a switch
_few: Final = partial(list_of, most=40)  # our opinion: three times what ours have
_paragraph: Final = line(1000)  # Source: our opinion; it only keeps out what is no paragraph

# What may stand in each table, and how it is checked.
_STEP: Final[Mapping[str, Check]] = {
    "kind": one_of(*STEP_KINDS),
    "seconds": within(1, TOTAL_S[1]),
    "text": line(LONGEST["step"][0]),
}
_PROMPT: Final[Mapping[str, Check]] = {
    "id": _id,
    "kind": one_of(*KINDS),
    "title": line(LONGEST["title"][0]),
    "body": line(LONGEST["body"][0]),
    "caution": line(LONGEST["caution"][0], may_be_empty=True),
    "areas": _few(one_of(*AREAS)),
    "positions": _few(one_of(*POSITIONS)),
    "needs": _few(one_of(*EQUIPMENT), may_be_empty=True),
    "discreet": _flag,
    "wheelchair": _flag,
    "avoid_if": _few(one_of(*AVOID_TAGS), may_be_empty=True),
    "cycle": one_of(*CYCLES),
    "source": _few(_paragraph),
    "steps": list_of(lambda raw: table_fault(raw, _STEP, needed=_STEP), most=TOTAL_S[1]),
}
_TRANSLATION: Final[Mapping[str, Check]] = {
    "id": _id,
    "title": line(LONGEST["title"][1]),
    "body": line(LONGEST["body"][1]),
    "caution": line(LONGEST["caution"][1], may_be_empty=True),
    "steps": list_of(line(LONGEST["step"][1]), most=TOTAL_S[1]),
}
_SAFETY: Final[Mapping[str, Check]] = {
    **dict.fromkeys(("line", "short", "long"), _paragraph),
    **dict.fromkeys(
        ("red_flags_emergency", "red_flags_urgent", "red_flags_routine"), _few(_paragraph)
    ),
    **dict.fromkeys(("no_massage", "stop_signs", "source"), _few(_paragraph)),
}
_PACK: Final[Mapping[str, Check]] = {
    "schema_version": one_of(SCHEMA_VERSION),
    "language": written(r"[a-z]{2,3}(_[A-Za-z]{2,4})?", "en, pt_BR"),
    "prompt": list_of(lambda _: None, may_be_empty=True, most=MOST_PROMPTS),
    "safety": lambda _: None,
    "sources": lambda _: None,
    "strengths": lambda _: None,
}
