"""The page of measurements is written by the command alone, a section for each benchmark."""

from __future__ import annotations

import pytest

from benchmarks.performance import BENCHMARKS, HEAD, ROOT, written


def test_given_a_section_when_it_is_measured_anew_then_the_others_stay_and_all_keep_their_order() -> (
    None
):
    """One benchmark takes minutes, another hours: each is run when it is worth it."""
    late, early = "growth", "idle_cost"
    titles = {name: f"## {BENCHMARKS[name].title}" for name in (late, early)}
    page = written("", late, f"{titles[late]}\n\nold\n")
    page = written(page, early, f"{titles[early]}\n\nsmall\n")
    page = written(page, late, f"{titles[late]}\n\nnew\n")

    assert f"{HEAD}\n{titles[early]}\n\nsmall\n\n{titles[late]}\n\nnew\n" == page


@pytest.mark.parametrize("name", BENCHMARKS)
def test_given_a_section_then_its_command_is_there(name: str) -> None:
    """Nothing is promised that nobody can run."""
    assert (ROOT / "benchmarks" / f"{name}.py").is_file()
