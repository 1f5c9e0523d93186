"""Hands that stroke, press and grip, and balls that are leaned on."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from deskbreak.figure import poses
from deskbreak.figure.around import BALL_SIZE, ball_place
from deskbreak.figure.between import between
from deskbreak.figure.camera import VIEWS, Camera
from deskbreak.figure.picture import shapes
from deskbreak.figure.solve import solve
from deskbreak.figure.space import length, minus
from deskbreak.figure.ways import Timed, ways

if TYPE_CHECKING:
    from deskbreak.figure.scene import Scene


def _scene(steps: str, *, stance: str = "chair", extra: str = "") -> Scene:
    text = f'schema_version = 1\n[[prompt]]\nid = "X"\nstance = "{stance}"\n{extra}\n{steps}'
    read = poses.parse(text, "x.toml")
    assert () == read.problems
    return read.scenes["X"]


@pytest.mark.parametrize(("back", "flat"), [(-4, True), (6, False)])
def test_given_a_ball_at_the_wall_when_leaned_on_then_it_is_flat(
    back: float, *, flat: bool
) -> None:
    """A ball between back and wall is pressed flat by who leans on it, and round when left."""
    scene = _scene(f"[[prompt.steps]]\nkeys = [{{ pelvis.z = {back} }}]", stance="stand")
    body = solve(scene.steps[0].keys[0])
    ball = ball_place("left_ball_back", body.parts, body.values)
    assert flat == (ball.size[2] < BALL_SIZE)


def test_given_a_grip_when_solved_then_the_thumb_lies_on_the_spot_and_the_hand_behind_it() -> None:
    """A hand that grips has its palm behind what its thumb presses."""
    scene = _scene(
        "[[prompt.steps]]\nkeys = [{ right.arm = { lift = 30, plane = 100 },"
        ' right.elbow.bend = 98, left.hand = "right.thumb_base:grip" }]'
    )
    body = solve(scene.steps[0].keys[0])
    spot = body.touched["left.hand"]
    thumb = body.parts["left.hand"].point((-4.6, -9.2, 5.1))
    assert 1.5 > length(minus(thumb, spot.at))


@pytest.mark.parametrize(
    ("touch", "off", "rings"),
    [
        ("right.shoulder_top:tips", 0, 1),
        ("right.shoulder_top:tips", 8, 0),
        ("right.shoulder_top", 0, 0),
    ],
)
def test_given_a_hand_when_it_presses_then_a_ring_is_drawn_there(
    touch: str, off: float, rings: int
) -> None:
    """Only what presses has a ring: no hand that lies flat, and none that is lifted off."""
    scene = _scene(
        f'[[prompt.steps]]\nkeys = [{{ left.hand = "{touch}", "left.hand.off" = {off} }}]'
    )
    step = scene.steps[0]
    made = shapes(solve(step.keys[0]), step, Camera(0.0), close=False, pressing=True)
    assert rings == sum(shape.look == "press" for shape in made)


def test_given_a_hand_on_its_way_when_drawn_then_it_has_no_ring_yet() -> None:
    """A ring comes when the hand has arrived."""
    scene = _scene(
        '[[prompt.steps]]\nkeys = [{}, { left.hand = "right.shoulder_top:tips" }]',
    )
    step = scene.steps[0]
    way = between(solve(step.keys[0]), solve(step.keys[1]), 0.5)
    made = shapes(way, step, Camera(0.0), close=False, pressing=True)
    assert not any(shape.look == "press" for shape in made)


def test_given_close_hands_from_behind_when_drawn_then_nothing_hides_them() -> None:
    """Hands that are seen as one sees one's own are drawn without trunk and head."""
    scene = _scene("[[prompt.steps]]\nkeys = [{}]")
    step = scene.steps[0]
    made = shapes(solve(step.keys[0]), step, Camera(VIEWS["back"]), close=True, pressing=False)
    assert {"left.arm", "left.hand", "right.arm", "right.hand"} == {shape.name for shape in made}


def test_given_a_step_that_stays_when_it_is_over_then_it_is_in_its_last_pose() -> None:
    """A step that stays goes through its poses once, though its kind would go round."""
    scene = _scene(
        "[[prompt.steps]]\nonce = true\nkeys = [{}, { neck.turn = 40 }]", extra="works = []"
    )
    made = ways(scene.steps[0], Timed("move", 20), scene.steps[0].keys[0], 0.0)
    assert pytest.approx(40) == made[-1].end.values["neck.turn"]
