"""What `make mutants` needs besides mutmut: a plugin for its tests, and the table at its end."""

from __future__ import annotations

import json
import os
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pytest

LEAST: Final = 90
"""The share of changes, in per cent, that the tests have to notice."""

# What these modules have to say they say while they are imported: a table, a dict of checks.
# mutmut switches a change on when everything is imported already, and knows of no test that runs it.
AT_IMPORT: Final[Mapping[str, tuple[str, ...]]] = {
    "deskbreak.core.checks": (
        "test_content.py::test_given_a_prompt_with_a_fault_when_read_then_it_is_left_out_and_named",
        "test_content.py::test_given_a_file_that_is_no_pack_when_read_then_there_is_one_line_and_no_prompt",
        "test_content.py::test_given_something_else_among_the_prompts_when_read_then_its_number_names_it",
        "test_content.py::test_given_words_on_safety_with_a_fault_when_read_then_they_are_named",
        "test_content.py::test_given_a_translation_with_a_fault_when_laid_over_then_the_english_text_stays",
        "test_content.py::test_given_the_english_pack_then_every_prompt_is_there_and_sound",
    ),
    "deskbreak.core.plans": ("test_settings_table.py", "test_engine_days.py"),
    "deskbreak.core.settings_table": ("test_settings_table.py", "test_settings_rules.py"),
}
"""The modules whose functions run at import, and what of tests/core judges them."""

# A run that went on for too long was noticed as well.
NOTICED: Final = frozenset({1, 3, 24, 36, 152, 255, -24})
"""The exit codes with which mutmut says that a change was noticed."""


def pytest_configure(config: pytest.Config) -> None:
    """Import everything anew where the change under test is in what runs at import."""
    module = os.environ.get("MUTANT_UNDER_TEST", "").rpartition(".")[0]
    if module not in AT_IMPORT:
        return
    for name in [name for name in sys.modules if name.startswith(("deskbreak", "tests.core"))]:
        del sys.modules[name]
    config.args = [f"tests/core/{name}" for name in AT_IMPORT[module]]


def main() -> int:
    """Print what was noticed of each module; 1 if that is too little."""
    counted = {path.name.partition(".")[0]: _counted(path) for path in _results()}
    sys.stdout.writelines(_table({module: codes for module, codes in counted.items() if codes}))
    total = sum(counted.values(), Counter[int | None]())
    return int(_noticed(total) * 100 < LEAST * _judged(total))


def _results() -> list[Path]:
    return sorted(Path("mutants/deskbreak/core").glob("*.py.meta"))


def _counted(path: Path) -> Counter[int | None]:
    """Count the exit codes of a module; None is a change that was not tried yet."""
    return Counter(json.loads(path.read_text(encoding="utf-8"))["exit_code_by_key"].values())


def _table(counted: Mapping[str, Counter[int | None]]) -> Iterator[str]:
    yield f"{'module':16}{'changes':>9}{'noticed':>9}{'missed':>9}{'share':>9}{'not tried':>11}\n"
    for module, codes in counted.items():
        yield _row(module, codes)
    yield _row("all", sum(counted.values(), Counter[int | None]()))


def _row(name: str, codes: Counter[int | None]) -> str:
    judged, noticed = _judged(codes), _noticed(codes)
    share = f"{noticed / judged:.1%}" if judged else "-"
    figures = f"{codes.total():9}{noticed:9}{judged - noticed:9}{share:>9}{codes[None]:11}"
    return f"{name:16}{figures}\n"


def _judged(codes: Counter[int | None]) -> int:
    return codes.total() - codes[None]


def _noticed(codes: Counter[int | None]) -> int:
    return sum(codes[code] for code in NOTICED)


if __name__ == "__main__":
    sys.exit(main())
