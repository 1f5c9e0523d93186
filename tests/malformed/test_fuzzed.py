"""Malformed files by the thousand: R15. `make malformed` reads 100,000."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from tests.board import Board, size
from tests.malformed.fuzzes import FUZZES, read

if TYPE_CHECKING:
    from pathlib import Path

EACH: Final = -(-size(2_000, 100_000) // len(FUZZES))


@pytest.mark.row("R15")
@pytest.mark.parametrize("language", FUZZES)
def test_given_mutated_files_then_the_last_good_one_stays_and_each_cause_is_one_message(
    tmp_path: Path, language: str, board: Board
) -> None:
    """Nothing raises, nothing unsound comes into force, and no file is touched."""
    tally = read(FUZZES[language](tmp_path), range(EACH))
    slowest_ms = 1000 * max(tally.took_s)
    over = sum(one > 0.1 for one in tally.took_s)
    board.note(
        load=EACH,
        faults=tally.outcomes["cannot be read"] + tally.outcomes["flawed"],
        figure=f"{language}: 0 raised, {over} of {EACH:,} over 100 ms, slowest {slowest_ms:.0f} ms",
    )

    assert EACH == len(tally.took_s)
    assert {"cannot be read", "flawed", "sound"} == tally.outcomes.keys()


@pytest.mark.parametrize("language", FUZZES)
def test_given_the_same_seeds_then_the_same_files_and_messages_come_out(
    tmp_path: Path, language: str
) -> None:
    """What failed yesterday fails today."""
    folders = [tmp_path / "first", tmp_path / "second"]
    for folder in folders:
        folder.mkdir()
    first, second = (read(FUZZES[language](folder), range(100)) for folder in folders)

    assert first.seen.digest() == second.seen.digest()
