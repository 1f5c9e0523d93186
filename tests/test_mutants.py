from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests import mutants
from tests.architecture import REPOSITORY

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("codes", "row", "status"),
    [
        pytest.param([1] * 9 + [0], "plain 10 9 1 90.0% 0", 0, id="enough"),
        pytest.param([1] * 8 + [-24, 0, 0], "plain 11 9 2 81.8% 0", 1, id="too little"),
        pytest.param([1, None, None], "plain 3 1 0 100.0% 2", 0, id="the rest is for later"),
        pytest.param([33, 1], "plain 2 1 1 50.0% 0", 1, id="no test at all"),
        pytest.param([None], "plain 1 0 0 - 1", 0, id="nothing yet"),
    ],
)
def test_given_results_then_a_table_says_what_was_noticed_and_whether_it_is_enough(
    codes: list[int | None],
    row: str,
    status: int,
    *,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """What ran for too long was noticed; what was not tried yet counts neither way."""
    results = tmp_path / "mutants/deskbreak/core/plain.py.meta"
    results.parent.mkdir(parents=True)
    results.write_text(json.dumps({"exit_code_by_key": dict(enumerate(codes))}), encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    assert status == mutants.main()
    assert row.split() == capsys.readouterr().out.splitlines()[1].split()


def test_given_the_modules_that_speak_at_import_then_they_and_their_tests_are_there() -> None:
    """A module that was renamed would be judged by no test, and nobody would be told."""
    for module, tests in mutants.AT_IMPORT.items():
        assert (REPOSITORY / f"{module.replace('.', '/')}.py").is_file()
        for file, _, test in (name.partition("::") for name in tests):
            assert f"def {test}" in (REPOSITORY / "tests/core" / file).read_text(encoding="utf-8")
