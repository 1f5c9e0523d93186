"""Pose files: what they may say, and one clear line for what they may not."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deskbreak.core.words import spoken
from deskbreak.figure.poses import parse
from deskbreak.figure.scene import Scene, mirrored
from deskbreak.storage.language import catalogue

HEAD = "schema_version = 1\n"


def scene(step: str, more: str = "") -> str:
    """Return a file with one prompt of one step."""
    return f'{HEAD}{more}\n[[prompt]]\nid = "X-01"\nstance = "chair"\n[[prompt.steps]]\n{step}\n'


def read(text: str) -> Scene:
    """Return the one scene of a file without fault."""
    made = parse(text, "x.toml")
    assert () == made.problems
    return made.scenes["X-01"]


def problem(text: str) -> str:
    """Return the one problem of a file."""
    (found,) = parse(text, "x.toml").problems
    return spoken(found, catalogue("en"))


def test_given_both_then_left_and_right_are_told() -> None:
    """In a table or with dots, as TOML has it."""
    values = (
        read(scene("keys = [{ both.girdle.up = 12, left.girdle.up = 3 }]")).steps[0].keys[0].values
    )

    assert (3.0, 12.0) == (values["left.girdle.up"], values["right.girdle.up"])


def test_given_nothing_about_the_hands_of_somebody_seated_then_they_lie_on_the_thighs() -> None:
    """Whoever is told to lift an arm lets go."""
    rest, up = read(scene("keys = [{}, { left.arm.lift = 90 }]")).steps[0].keys

    assert {
        "left.hand": "left.thigh_mid:palm",
        "right.hand": "right.thigh_mid:palm",
    } == rest.touches
    assert {"right.hand": "right.thigh_mid:palm"} == up.touches


@pytest.mark.parametrize(
    ("told", "expected"),
    [
        ("thigh_top", "left.thigh_top:palm"),
        ("other.shoulder_top:tips", "right.shoulder_top:tips"),
        ("chin:thumb", "chin:thumb"),
        ("desk", "left.desk:palm"),
    ],
)
def test_given_a_spot_then_it_is_on_the_own_side_unless_it_says_other(
    told: str, expected: str
) -> None:
    """A hand is told what it touches in the shortest words."""
    key = read(scene(f'keys = [{{ left.hand = "{told}" }}]')).steps[0].keys[0]

    assert expected == key.touches["left.hand"]


def test_given_named_poses_then_later_words_count() -> None:
    """First the base of the prompt, then what it is like, then its own words."""
    more = "[pose.bow]\nneck.flex = 20\nchest.flex = 10\n"
    values = read(scene('keys = [{ like = "bow", neck.flex = 5 }]', more)).steps[0].keys[0].values

    assert (5.0, 10.0) == (values["neck.flex"], values["chest.flex"])


def test_given_a_step_that_mirrors_then_left_and_right_are_exchanged_twice_is_the_same() -> None:
    """Also the view, the marks and the objects."""
    step = 'keys = [{ right.hand = "other.shoulder_top", neck.side = 12 }]\nview = "half_left"\nworks = ["left_neck"]\nobjects = ["right_glass"]'
    first, second = read(scene(f"{step}\n[[prompt.steps]]\nmirrors = 1")).steps

    assert ("half_right", ("right_neck",), frozenset({"left_glass"})) == (
        second.view,
        second.works,
        second.objects,
    )
    assert "right.shoulder_top:palm" == second.keys[0].touches["left.hand"]
    assert -12.0 == second.keys[0].values["neck.side"]
    assert first == mirrored(second)


@pytest.mark.parametrize(
    ("step", "expected"),
    [
        ("keys = [{ neck.side = 90 }]", "step 1: neck.side: 90 is not a number from -40 to 40"),
        ("keys = [{ neck.side = true }]", "step 1: neck.side: true is not a number from -40 to 40"),
        ("keys = [{ neck.side = nan }]", "step 1: neck.side: nan is not a number from -40 to 40"),
        ("keys = [{ tail.up = 1 }]", "step 1: 'tail.up': is no field that is known here"),
        ('keys = [{ like = "bow" }]', "step 1: no pose is called 'bow'"),
        (
            'keys = [{ left.hand = "moon" }]',
            "step 1: left.hand: 'moon' is nothing that can be touched",
        ),
        (
            'keys = [{ left.hand = "forearm_mid" }]',
            "step 1: left.hand: 'forearm_mid' is nothing that can be touched",
        ),
        ("keys = []", "step 1: keys: is empty"),
        ("keys = [{}, {}, {}, {}, {}, {}, {}, {}, {}]", "step 1: has 9 poses, at most 8"),
        ("mirrors = 1", "step 1: no step before it has the number 1"),
        ("rounds = 0", "step 1: rounds: 0 is not a whole number from 1 to 60"),
        ('works = ["tail"]', "step 1: works: no. 1: 'tail' is not one of: "),
        ("colour = 1", "step 1: 'colour': is no field that is known here"),
    ],
)
def test_given_a_fault_then_one_line_says_where_and_what(step: str, expected: str) -> None:
    """The prompt is left out; it is told in words alone."""
    said = problem(scene(step))

    assert said.startswith(f"x.toml: X-01: {expected}"), said


@pytest.mark.parametrize(
    "text",
    ["", "schema_version = 2", "x = [", "[[prompt]]", HEAD + "prompt = 3", "a." * 5000 + "b = 1"],
)
def test_given_a_file_that_is_none_then_it_has_one_problem_and_no_scene(text: str) -> None:
    """Never an error."""
    made = parse(text, "x.toml")

    assert (0, 1) == (len(made.scenes), len(made.problems))


_value = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=6),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.text("abyz.", max_size=5), inner)
    ),
    max_leaves=8,
)


def _toml(value: object) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, dict):
        inner = ", ".join(f'"{key}" = {_toml(one)}' for key, one in value.items())
        return f"{{ {inner} }}"
    if isinstance(value, list):
        return f"[{', '.join(_toml(one) for one in value)}]"
    if value is None:
        return '""'
    return (
        repr(value)
        if isinstance(value, int | float)
        else f'"{"".join(c for c in str(value) if c.isalnum())}"'
    )


@settings(max_examples=300, deadline=None)
@given(
    st.dictionaries(
        st.sampled_from(
            ["id", "stance", "steps", "view", "frame", "base", "cover", "works", "icon", "x"]
        ),
        _value,
    ),
    st.dictionaries(st.sampled_from(["keys", "view", "rounds", "mirrors", "objects"]), _value),
)
def test_given_anything_in_a_file_then_reading_it_never_fails(
    prompt: dict[str, object], step: dict[str, object]
) -> None:
    """What an organisation puts there is data; at worst it is not used."""
    told = {"id": "X-01", "stance": "chair", "steps": [step], **prompt}
    lines = "\n".join(f"{name} = {_toml(value)}" for name, value in told.items())

    made = parse(f"{HEAD}[[prompt]]\n{lines}\n", "x.toml")

    assert 1 == len(made.scenes) + len(made.problems)


def test_given_a_pose_file_as_large_as_may_be_then_it_is_read_in_time() -> None:
    """256 kB; target 1 s."""
    one = '[[prompt]]\nid = "X-{}"\nstance = "chair"\n[[prompt.steps]]\nkeys = [{{ neck.side = 3 }}]\n'
    text = HEAD + "".join(one.format(number) for number in range(2800))
    started = time.process_time()

    made = parse(text[: 256 * 1024].rpartition("[[prompt]]")[0], "x.toml")

    taken = time.process_time() - started
    print(f"{len(made.scenes)} scenes in {taken:.2f} s, target 1 s")  # noqa: T201 - measured, not timed
    assert taken < 10
