"""Prompts as the picker and the screen know them, and the choice of the one to show next."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from deskbreak.core.replacing import quick_dataclass

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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


@quick_dataclass(frozen=True, slots=True)
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


@quick_dataclass(frozen=True, slots=True)
class Step:
    """One step of a guided break."""

    kind: str
    seconds: int
    text: str


@quick_dataclass(frozen=True, slots=True)
class Text:
    """The words of a prompt; no caution is an empty one."""

    id: str
    title: str
    body: str
    caution: str
    steps: tuple[Step, ...]


@quick_dataclass(frozen=True, slots=True)
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


@quick_dataclass(frozen=True, slots=True)
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
    all_of_kind = [entry for entry in index if entry.kind == kind]
    suiting = [entry for entry in all_of_kind if entry.id != without and suits(entry, person)]
    if cycle:
        suiting = [entry for entry in suiting if entry.cycle == cycle] or suiting
    if not suiting:
        return None
    place = {prompt: number for number, prompt in enumerate(shown)}
    began = place.get(suiting[0].id, -1)
    left = [entry for entry in suiting if place.get(entry.id, -1) < began] or suiting[:1]
    if len(left) == 1:
        return left[0].id
    seen = [entry for entry in all_of_kind if entry.id in place]
    return _most_needed(left, sorted(seen, key=lambda entry: place[entry.id]), place).id


def suits(entry: Entry, person: Person) -> bool:
    """Whether a prompt is one for *person*."""
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
