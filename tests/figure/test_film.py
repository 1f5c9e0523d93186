"""A scene in time: as long as its steps, without jumps, and small."""

from __future__ import annotations

import json
from itertools import pairwise
from math import hypot
from typing import Any

import pytest

from deskbreak.figure.film import film
from deskbreak.figure.poses import parse
from deskbreak.figure.ways import Timed, ways
from tests.figure.shown import all_shown
from tests.figure.test_poses import HEAD

PLAIN = f"""{HEAD}
[[prompt]]
id = "X-01"
stance = "stand"
view = "front"
[[prompt.steps]]
keys = [{{}}, {{ left.arm = {{ lift = 170, plane = 10 }} }}]
[[prompt.steps]]
view = "left"
keys = [{{ right.arm = {{ lift = 90, plane = 90 }} }}]
[[prompt.steps]]
keys = [{{}}, {{ neck.side = 30 }}]
"""
TIMED = (Timed("move", 12), Timed("hold", 15), Timed("cooldown", 20))


def numbers(made: dict[str, Any], frame: int, shape: str) -> list[int]:
    """Return the numbers of a shape in a frame."""
    index = [one["name"] for one in made["shapes"]].index(shape)
    found: list[int] = made["shapes"][index]["at"][made["frames"][frame][index + 1]]
    return found


def test_given_a_film_then_each_step_lasts_as_long_as_it_is_told() -> None:
    """To a tenth of a second; times only go on."""
    made = film(parse(PLAIN, "x").scenes["X-01"], TIMED)

    for step, time in zip(made["steps"], TIMED, strict=True):
        assert len(step["times"]) == len(step["frames"])
        assert all(a < b for a, b in pairwise(step["times"]))
        assert step["times"][0] == 0
        assert time.seconds - 3 <= step["times"][-1] <= time.seconds + 0.1
    for before, after in pairwise(made["steps"]):
        assert before["frames"][-1] == after["frames"][0]


def test_given_a_film_then_it_says_what_a_page_needs_and_no_more() -> None:
    """Each shape as often as it differs; numbers as many as its path has places for."""
    made = film(parse(PLAIN, "x").scenes["X-01"], TIMED)

    for shape in made["shapes"]:
        assert {len(at) for at in shape["at"]} == {shape["d"].count("#")}
        assert len({tuple(at) for at in shape["at"]}) == len(shape["at"])
    for frame in made["frames"]:
        drawn = {made["shapes"][index]["name"] for index in made["orders"][frame[0]]}
        known = {
            shape["name"] for shape, at in zip(made["shapes"], frame[1:], strict=True) if at >= 0
        }
        assert drawn == known
    used = {frame for step in made["steps"] for frame in step["frames"]}
    assert used == set(range(len(made["frames"])))
    assert json.loads(json.dumps(made)) == made


def test_given_two_frames_that_a_page_mixes_then_a_limb_hardly_shrinks() -> None:
    """Half-way between two of them an arm on its way up is as long as it was, to 4 %."""
    made = film(parse(PLAIN, "x").scenes["X-01"], TIMED)
    worst = 0.0
    for one, other in pairwise(made["steps"][0]["frames"]):
        a, b = numbers(made, one, "left.arm"), numbers(made, other, "left.arm")
        lengths = [_long(a), _long(b), _long([(x + y) / 2 for x, y in zip(a, b, strict=True)])]
        worst = max(worst, 1 - lengths[2] / max(1.0, (lengths[0] + lengths[1]) / 2))

    assert worst <= 0.04


def _long(arm: list[int] | list[float]) -> float:
    """Return how long an upper arm is that is drawn: a band around two circles."""
    shoulder = ((arm[0] + arm[4]) / 2, (arm[1] + arm[5]) / 2)
    elbow = ((arm[6] + arm[10]) / 2, (arm[7] + arm[11]) / 2)
    return hypot(elbow[0] - shoulder[0], elbow[1] - shoulder[1])


def test_given_a_step_that_calms_down_then_each_round_goes_less_far() -> None:
    """And it begins and ends at rest."""
    scene = parse(PLAIN, "x").scenes["X-01"]
    made = ways(scene.steps[2], TIMED[2], scene.steps[1].keys[0], 0.0)
    sides = [way.end.values["neck.side"] for way in made]
    peaks = [side for side in sides if side]

    assert (0.0, 0.0) == (sides[0], sides[-1])
    assert peaks == sorted(peaks, reverse=True)
    assert peaks[-1] < peaks[0] / 2


def test_given_a_hold_then_the_figure_stays_there_and_breathes() -> None:
    """Twelve breaths in a minute, and nothing else moves."""
    scene = parse(PLAIN, "x").scenes["X-01"]
    into, *after = ways(scene.steps[1], TIMED[1], scene.steps[0].keys[0], 0.0)

    assert into.seconds < 3
    for way in after:
        changed = {
            name for name, value in way.end.values.items() if value != way.start.values[name]
        }
        assert {"breath"} == changed


@pytest.mark.parametrize("prompt", sorted(all_shown()))
def test_given_a_prompt_then_its_film_is_small(prompt: str) -> None:
    """So that a page with it weighs less than 150 kB."""
    shown = all_shown()[prompt]
    size = len(json.dumps(film(shown.scene, shown.timed()), separators=(",", ":")))

    assert size <= 100_000
