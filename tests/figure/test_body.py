"""From joints to a body: bones keep their length, hands reach, feet stay where they stand."""

from __future__ import annotations

from itertools import pairwise
from types import MappingProxyType

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.figure import joints
from deskbreak.figure.angles import seen_angles
from deskbreak.figure.between import between
from deskbreak.figure.body import Key
from deskbreak.figure.joints import AT_REST, RANGES, SIDES
from deskbreak.figure.scene import Step, mirrored
from deskbreak.figure.solve import solve
from deskbreak.figure.space import dot, length, minus
from deskbreak.figure.touch import ON_BODY
from tests.figure.shown import all_shown

TOLD = (
    *("arm.lift", "arm.plane", "arm.twist", "elbow.bend", "forearm.roll", "wrist.bend"),
    *("girdle.up", "girdle.forward"),
)


def key(stance: str = "stand", touches: dict[str, str] | None = None, **told: float) -> Key:
    """Return a pose; ``left__arm__lift`` is left.arm.lift."""
    values = {**AT_REST, **{name.replace("__", "."): value for name, value in told.items()}}
    return Key(MappingProxyType(values), MappingProxyType(touches or {}), stance)


poses = st.builds(
    lambda stance, told: Key(MappingProxyType({**AT_REST, **told}), MappingProxyType({}), stance),
    st.sampled_from(["stand", "chair", "wheelchair"]),
    st.fixed_dictionaries(
        {},
        optional={
            name: st.floats(*RANGES[name])
            for name in RANGES
            if name.startswith(("lumbar", "chest", "neck", "head"))
            or name.partition(".")[2] in TOLD
        },
    ),
)

BONES = {
    "upper_arm": ("forearm", joints.UPPER_ARM),
    "forearm": ("hand", joints.FOREARM),
    "thigh": ("shank", joints.THIGH),
    "shank": ("foot", joints.SHANK),
}


@settings(max_examples=150, deadline=None)
@given(poses, poses, st.floats(0, 1))
def test_given_any_two_poses_then_bones_keep_their_length_on_the_way(
    one: Key, other: Key, share: float
) -> None:
    """However the figure moves, nothing of it is stretched; feet stay on the floor."""
    start, end = solve(one), solve(Key(other.values, other.touches, one.stance))
    body = between(start, end, share)

    for side in SIDES:
        for name, (next_, expected) in BONES.items():
            parts = body.parts
            found = length(minus(parts[f"{side}.{next_}"].at, parts[f"{side}.{name}"].at))
            assert expected == pytest.approx(found, abs=0.1), (side, name)
        for part in body.parts.values():
            for axis, next_axis in pairwise((*part.axes, part.axes[0])):
                assert 1 == pytest.approx(length(axis), abs=1e-6)
                assert 0 == pytest.approx(dot(axis, next_axis), abs=1e-4)


@settings(max_examples=150, deadline=None)
@given(poses)
def test_given_joints_that_are_told_then_the_body_has_them(one: Key) -> None:
    """What is read off the solved arms is what was told, where it is told in one way only."""
    seen = seen_angles(solve(one))

    for side in SIDES:
        lift = one.values[f"{side}.arm.lift"]
        assert lift == pytest.approx(seen[f"{side}.arm.lift"], abs=0.2)
        assert one.values[f"{side}.elbow.bend"] == pytest.approx(
            seen[f"{side}.elbow.bend"], abs=0.2
        )
        if 5 < lift < 175:  # hanging and straight up, an arm has no plane
            plane = one.values[f"{side}.arm.plane"]
            assert plane == pytest.approx(seen[f"{side}.arm.plane"], abs=0.5)
            twist = one.values[f"{side}.arm.twist"]
            assert twist == pytest.approx(seen[f"{side}.arm.twist"], abs=0.5)


def _untouched() -> list[str]:
    """Return the spots that no prompt of ours touches: those are reached, as tested elsewhere."""
    touched = {
        touch.partition(":")[0]
        for shown in all_shown().values()
        for step in shown.scene.steps
        for key in step.keys
        for touch in key.touches.values()
    }
    return sorted(ON_BODY.keys() - touched)


@pytest.mark.parametrize("spot", _untouched())
def test_given_a_spot_on_the_body_then_the_hand_of_the_other_side_or_its_own_reaches_it(
    spot: str,
) -> None:
    """Seated: every spot that can be named can be touched by somebody."""
    missed = []
    for side in SIDES:
        if ON_BODY[spot].part.startswith(f"{side}.") and "thigh" not in spot and "knee" not in spot:
            continue  # no hand touches its own arm
        other = SIDES[1 - SIDES.index(side)]  # holds its arm before the belly
        ahead = {f"{other}__arm__lift": 30, f"{other}__arm__plane": 70, f"{other}__elbow__bend": 95}
        for lean in ({}, {"lumbar__flex": 20, "chest__flex": 20}, {"pelvis__tilt": 45}):
            told = {**ahead, f"{other}__arm__twist": 45, **lean}
            body = solve(key("chair", {f"{side}.hand": f"{spot}:palm"}, **told))
            missed.append(body.missed[f"{side}.hand"])

    assert min(missed) < 1.5


@settings(max_examples=100, deadline=None)
@given(poses)
def test_given_a_pose_when_it_is_mirrored_then_each_part_is_in_its_mirror_place(one: Key) -> None:
    """Left and right are exchanged, wherever the figure is bent."""
    this = solve(one)
    (other,) = mirrored(Step((one,), "right")).keys
    that = solve(other)

    for name, part in this.parts.items():
        swapped = name.replace("left", "?").replace("right", "left").replace("?", "right")
        x, y, z = that.parts[swapped].at
        assert (-x, y, z) == pytest.approx(part.at, abs=1e-6), name


def test_given_a_hand_that_slides_then_it_stays_on_the_thigh() -> None:
    """From the knee to the hip, all along."""
    start = solve(key("chair", {"right.hand": "right.thigh_knee:palm"}))
    end = solve(key("chair", {"right.hand": "right.thigh_top:palm"}))
    heights = []
    for share in (0.25, 0.5, 0.75):
        body = between(start, end, share)
        thigh = body.parts["right.thigh"]
        own = minus(body.parts["right.hand"].point((0, -9, 0)), thigh.at)
        heights.append(dot(own, thigh.axes[2]))

    assert [pytest.approx(9.4, abs=1.5)] * 3 == heights


def test_given_a_foot_on_its_ball_then_the_heel_is_up_and_the_ball_is_not() -> None:
    """Heels and toes tip about what stays on the floor."""
    body = solve(key("stand", None, left__foot__pitch=-30, pelvis__y=5))
    foot = body.parts["left.foot"]
    heel, ball = joints.FOOT

    assert foot.point((0, -joints.ANKLE, ball))[1] == pytest.approx(0, abs=0.1)
    assert foot.point((0, -joints.ANKLE, heel))[1] > 8
