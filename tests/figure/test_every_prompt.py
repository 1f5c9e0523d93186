"""Each prompt that comes with deskbreak, step by step: what the text says is what the figure does."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import pytest

from deskbreak.figure.angles import seen_angles
from deskbreak.figure.joints import HIP_FLEX, HIP_OUT, KNEE_BEND, RANGES, SIDES
from tests.figure.facts import FACTS
from tests.figure.measures import MEASURES
from tests.figure.shown import all_shown, moments
from tests.figure.solid import overlaps

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from deskbreak.figure.body import Body, Key

PROMPTS: Final = sorted(all_shown())
_SLACK: Final = 7.0  # degrees; of joints that follow from where a hand or foot is
_WRIST: Final = 88.0

_PASS: Final = {
    "left.forearm through right.forearm",
    "left.hand through right.upper_arm",
    "right.hand through left.upper_arm",
}
"""Arms that are crossed, or come apart, give way to each other on the way; not where they rest."""
_STANDS_UP: Final = {"P-PC-01", "P-PC-02", "P-PC-08", "P-PC-13"}
"""Their texts say to stand up, or to sit down."""

# What moves, or is held or touched, where an area is named.
_OF_AREA: Final = {
    "neck": ("head.", "shoulder."),
    "shoulders": ("shoulder.", "hand.", "arm."),
    "upper_back": ("trunk.", "shoulder.", "hand."),
    "lower_back": ("trunk.", "pelvis.", "hips.", "chair."),
    "hips": ("hips.", "knee.", "foot.", "pelvis.", "trunk."),
    "hamstrings": ("pelvis.", "knee.", "foot.", "hips."),
    "wrists": ("wrist.", "fingers.", "hand."),
    "eyes": ("eyes.", "head.", "screen."),
    "whole": ("",),
}
_OF_MARK: Final = {
    "neck": {"neck", "shoulder"},
    "shoulders": {"shoulder", "chest", "neck", "upper_back"},
    "upper_back": {"upper_back", "shoulder", "chest", "side"},
    "lower_back": {"lower_back", "belly", "hip", "side"},
    "hips": {"hip", "thigh", "lower_back"},
    "hamstrings": {"hamstring", "thigh"},
    "wrists": {"wrist", "hand", "forearm"},
    "eyes": {"eyes"},
}
_ANY_MARK: Final = {"calf", "eyes"}


@pytest.fixture(scope="module", params=PROMPTS, name="prompt")
def _prompt(request: pytest.FixtureRequest) -> str:
    """Each prompt in turn; all tests of one come together and share its moments."""
    name: str = request.param
    return name


def test_given_the_pack_then_each_prompt_has_a_pose_for_each_of_its_steps() -> None:
    """All 85, and none beside them."""
    assert 85 == len(PROMPTS)
    for shown in all_shown().values():
        assert len(shown.text.steps) == len(shown.scene.steps), shown.text.id
    assert set(FACTS) <= set(PROMPTS)


def test_given_the_facts_then_most_steps_that_move_have_some() -> None:
    """A step without a fact is one that checks, thinks or rests, or says what one before it says."""
    with_facts = sum(len(steps) for steps in FACTS.values())

    assert with_facts >= 185


def test_given_a_prompt_then_no_joint_goes_further_than_joints_go(prompt: str) -> None:
    """In every key pose and on the way, those that follow from hands and feet as well."""
    wrong = {
        f"step {one.step + 1}: {name} {value:.0f}"
        for one in moments(prompt)
        for name, value in _beyond(one.body)
    }

    assert set() == wrong


def _beyond(body: Body) -> Iterator[tuple[str, float]]:
    seen = seen_angles(body)
    for name, value in seen.items():
        joint = name.partition(".")[2]
        low, high = {
            "hip.flex": HIP_FLEX,
            "hip.out": HIP_OUT,
            "knee.bend": KNEE_BEND,
            "wrist.away": (0.0, _WRIST),
        }.get(joint) or RANGES[name]
        if (
            joint in {"arm.plane", "arm.twist"}
            and not 15 < seen[f"{name.partition('.')[0]}.arm.lift"] < 165
        ):
            continue
        if joint in {"forearm.roll", "wrist.bend"}:
            continue  # told by the hand as a whole: wrist.away has it
        if joint == "arm.twist":  # the end of it differs with how far the arm is lifted
            low, high = low - _SLACK, high + _SLACK
        if not low - _SLACK <= value <= high + _SLACK:
            yield name, value


def test_given_a_prompt_then_hands_and_feet_are_where_they_are_told_to_be(prompt: str) -> None:
    """To a centimetre and a half."""
    shown = all_shown()[prompt]
    missed = [
        f"step {step + 1}, pose {number}: {limb} by {far:.1f} cm"
        for step in range(len(shown.scene.steps))
        for number, body in enumerate(shown.bodies(step), start=1)
        for limb, far in body.missed.items()
        if far > 1.5
    ]

    assert [] == missed


def test_given_a_prompt_then_seated_stays_seated_and_standing_stands(prompt: str) -> None:
    """The hips stay on the seat; one foot at least is on the floor, and none below it."""
    shown = all_shown()[prompt]
    wrong = []
    for one in moments(prompt):
        body, place = one.body, f"step {one.step + 1}, {one.seconds:.1f} s"
        x, y, z = (MEASURES[name](body) for name in ("hips.right", "hips.up", "hips.ahead"))
        if shown.scene.stance != "stand" and prompt not in _STANDS_UP:
            x, z = x + body.values["chair.x"], z - body.values["chair.z"]
            y -= body.values["chair.up"]
            if not (abs(y) <= 5 and abs(x) <= 9 and -8 <= z <= 14):
                wrong.append(f"{place}: off the seat: {x:.0f} {y:.0f} {z:.0f}")
        lowest = [_lowest(body, side) for side in SIDES]
        stairs = "stairs" in shown.scene.steps[one.step].objects
        if min(lowest) < -1.0 and not stairs:
            wrong.append(f"{place}: a foot {min(lowest):.1f} cm below the floor")
        stands = shown.scene.stance == "stand" and MEASURES["hips.up"](body) > -20
        if stands and min(lowest) > 2.0 and not stairs:
            wrong.append(f"{place}: both feet in the air")
    assert [] == wrong[:5]


def _lowest(body: Body, side: str) -> float:
    foot = body.parts[f"{side}.foot"]
    return min(foot.point((0.0, -8.0, z))[1] for z in (-6.0, 16.0))


def test_given_a_prompt_then_nothing_goes_through_the_body(prompt: str) -> None:
    """No hand, forearm or leg through trunk, head or another limb, on the way neither."""
    worst: dict[str, tuple[float, str]] = {}
    for one in moments(prompt):
        place = f"step {one.step + 1}, {one.seconds:.1f} s"
        for what, deep in overlaps(one.body):
            if what in _PASS and not one.rests:
                continue
            if deep > worst.get(what, (0.0, ""))[0]:
                worst[what] = (deep, f"{place}: {what} by {deep:.1f} cm")

    assert [] == [said for _, said in worst.values()]


def test_given_a_prompt_then_the_area_that_it_names_is_the_one_that_moves(prompt: str) -> None:
    """Or is stroked or pressed; and what is marked as working is what the prompt names."""
    shown = all_shown()[prompt]
    areas = shown.entry.areas
    marked = {mark for step in shown.scene.steps for mark in step.works}
    plain = {re.sub("^(left|right)_", "", mark) for mark in marked}
    if "whole" not in areas:
        allowed = set().union(*(_OF_MARK[area] for area in areas)) | _ANY_MARK
        assert plain <= allowed, (plain, allowed)
    if shown.entry.kind in {"stretch", "massage"}:
        for area in set(areas) - {"whole"}:
            assert plain & _OF_MARK[area], f"{area} is never marked"
    if shown.entry.kind == "stretch":
        moves = _moving([one.body for one in moments(prompt)])
        for area in areas:
            wanted = _OF_AREA[area]
            assert any(_bare(name).startswith(wanted) for name in moves), (area, sorted(moves))


def _bare(measure: str) -> str:
    return re.sub(r"^(left|right)\.", "", measure)


def _moving(bodies: Sequence[Body]) -> set[str]:
    """Return what changes by more than a breath does."""
    moves = set()
    for name, measure in MEASURES.items():
        seen = [measure(body) for body in bodies]
        if max(seen) - min(seen) > (0.5 if name == "eyes.open" else 2.0):
            moves.add(name)
    return moves


@pytest.mark.parametrize(
    ("prompt", "step"), [(prompt, step) for prompt, steps in FACTS.items() for step in steps]
)
def test_given_a_step_then_what_its_text_says_is_seen(prompt: str, step: int) -> None:
    """Left is left, a hand that presses touches what is pressed, a hold differs from rest."""
    shown = all_shown()[prompt]
    keys, bodies = shown.scene.steps[step - 1].keys, shown.bodies(step - 1)

    missing = [fact for fact in FACTS[prompt][step] if not _holds(fact, keys, bodies)]

    assert [] == missing, shown.text.steps[step - 1].text


def _holds(fact: str, keys: Sequence[Key], bodies: Sequence[Body]) -> bool:
    words = fact.split()
    if words[1:2] == ["on"]:
        return any(_touches(key, words[0], words[2]) for key in keys)
    if words[0] == "swing":
        seen = [MEASURES[words[1]](body) for body in bodies]
        return max(seen) - min(seen) >= float(words[2])
    every = words[0] == "all"
    name, relation, number = words[-3:]
    seen = [MEASURES[name](body) for body in bodies]
    hold = [(one > float(number)) if relation == ">" else (one < float(number)) for one in seen]
    return all(hold) if every else any(hold)


def _touches(key: Key, limb: str, spot: str) -> bool:
    """Whether a hand or foot is told to lie on a spot of that name; that it reaches it is tested above."""
    name = key.touches.get(limb, "").partition(":")[0]
    side = limb.partition(".")[0]
    if spot.startswith("other."):
        return name.startswith(f"{SIDES[1 - SIDES.index(side)]}.{spot[6:]}")
    return name.startswith(spot) or name.partition(".")[2].startswith(spot)
