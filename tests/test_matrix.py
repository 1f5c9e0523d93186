from __future__ import annotations

import pytest

from tests.desktop import matrix


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    """A table of two ports, where `nowhere` is not installed."""
    monkeypatch.setattr(matrix, "NEEDS", {"here": (), "there": ("no-such-program",)})
    rows = [("idle", "here"), ("idle", "there"), ("tray", "here")]
    monkeypatch.setattr(matrix, "_wanted", lambda: rows)


def test_given_a_wanted_cell_that_nobody_ran_when_its_programs_are_here_then_it_is_named() -> None:
    """A contract that quietly stops running is found out."""
    cells = {("idle", "here"): matrix.RAN}

    assert ["tray on here: no test recorded it"] == matrix.not_run(cells)


def test_given_a_test_that_skipped_itself_when_its_programs_are_here_then_it_is_named() -> None:
    """Skipping is for what is not installed."""
    cells = dict.fromkeys([("idle", "here"), ("tray", "here")], matrix.RAN)

    assert ["idle on elsewhere: no wish"] == matrix.not_run(
        {**cells, ("idle", "elsewhere"): "no wish"}
    )


def test_given_cells_when_they_are_printed_then_each_says_that_it_ran_or_why_not() -> None:
    """One row a port, with where it ran; then each place where it did not."""
    cells = {("idle", "here"): matrix.RAN, ("tray", "there"): "no panel for it"}

    assert [
        "idle  here",
        "      not run here: there (not installed: no-such-program)",
        "tray  -",
        "      not run here: there (no panel for it)",
    ] == list(matrix.table(cells))
